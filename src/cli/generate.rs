//! `karat generate`: completions from a model, into a file that `karat score` reads.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use super::asking::{AskArguments, end_on_interrupt};
use super::executor::set_path;
use super::prompting::{MODEL_HELP, PromptArguments, Prompter};
use super::whole_file::write_whole;
use super::{Ending, Format, progress};
use crate::complete::answered::AnsweredSample;
use crate::complete::extract::AnswerKind;
use crate::complete::generate::{Event, Work};
use crate::complete::left_out::Addition;
use crate::complete::model::ModelSpec;
use crate::complete::query::RawAnswer;
use crate::problem::load::load;
use crate::problem::{Dataset, Problem, ProblemSet, TaskId};
use crate::report::generation::{Ends, GenerationTally};
use crate::report::printable;
use crate::shown::shown;

/// Get completions from a model, to be judged later by `karat score`.
///
/// Answers of servers and of the built-in model are kept in a cache under what was asked: a repeated or interrupted run
/// asks only for what is missing. Those of command:, replay: and reference are not: they are asked for again.
/// Keys come from the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, KARAT_API_KEY) and are never
/// written anywhere. Ctrl-C waits for what is in flight and keeps it; a second one does not wait.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat generate HumanEval.jsonl.gz --model openai:gpt-5 -n 20 --temperature 0.8
  karat generate problems/mine --model http://localhost:8000/v1#Qwen2.5-Coder-7B --concurrency 64
  karat generate HumanEval.jsonl.gz --model vllm:Qwen/Qwen2.5-Coder-7B-Instruct -- --max-model-len 8192
  karat generate HumanEval.jsonl.gz --model command:./my-model.sh --out samples.jsonl
  karat score samples.jsonl --problems HumanEval.jsonl.gz

Exit status: 0 every sample was answered; 2 error; 3 not every sample was answered: run it again.")]
pub struct GenerateArguments {
    /// The problem set, by path or name.
    #[arg(value_name = "SET")]
    set: PathBuf,

    /// The model.
    #[arg(long, value_name = "MODEL", long_help = MODEL_HELP)]
    model: ModelSpec,

    #[command(flatten)]
    prompt: PromptArguments,

    /// The format of the problem set [default: recognised from its content].
    #[arg(long, value_enum, value_name = "FORMAT")]
    dataset: Option<Dataset>,

    #[command(flatten)]
    ask: AskArguments,

    /// Where to write the completions.
    #[arg(long, short, value_name = "FILE", default_value = "samples.jsonl")]
    out: PathBuf,

    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Show no progress.
    #[arg(long, short)]
    quiet: bool,
}

/// The result for standard output.
#[derive(Debug, Default, Serialize)]
struct GenerateOutput {
    out: PathBuf,
    model: String,
    wanted: u64,
    answered: u64,
    from_cache: u64,
    failed: u64,
    no_code: u64,
    /// How the answers ended.
    #[serde(flatten)]
    ends: Ends,
    /// What the server refuses, and requests did without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<&'static str>,
    /// Tokens of the answers that were not in the cache; nothing if the server did not say.
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    /// US dollars of the answers that were not in the cache; nothing if the price or a count is unknown.
    cost: Option<f64>,
    /// Whether answers are kept for the next time.
    #[serde(skip)]
    is_cached: bool,
    ending: &'static str,
    /// Why samples failed, each reason once, with how often.
    errors: Vec<(String, u64)>,
}

pub fn run(mut arguments: GenerateArguments) -> anyhow::Result<Ending> {
    arguments.ask.server.check(std::slice::from_ref(&arguments.model))?;
    arguments.set = set_path(&arguments.set)?;
    let set = Arc::new(load(&arguments.set, arguments.dataset)?);
    let prompter = Prompter::new(&arguments.prompt, &arguments.model, &set)?;
    let work = set
        .task_ids()
        .map(|task_id| {
            let prompt = prompter.prompt(&set, task_id)?;
            Ok(Work { task_id: task_id.clone(), prompt, samples: 0..arguments.ask.samples })
        })
        .collect::<anyhow::Result<Vec<Work>>>()?;
    let model = &arguments.model;
    let price = arguments.ask.price(model)?;
    let answerer = arguments.ask.answerer(model, &set, &work, arguments.quiet)?;
    let cancellation = CancellationToken::new();
    let provider = Arc::clone(&answerer.provider);
    let generator = arguments.ask.generator(model, provider, price, cancellation.clone())?;
    let wanted = set.len() as u64 * u64::from(arguments.ask.samples);
    let display = progress::together(arguments.quiet);
    let bar = display.add(progress::judging(wanted, arguments.quiet));
    bar.set_prefix("asking");
    answerer.show_in(&display);
    let mut samples = SamplesFile::new(&arguments.out, &set, prompter.kind)?;
    let mut output = GenerateOutput {
        out: arguments.out.clone(),
        model: model.to_string(),
        wanted,
        is_cached: generator.cache.is_some() && generator.provider.identity().is_some(),
        ..GenerateOutput::default()
    };
    let runtime = tokio::runtime::Runtime::new().context("can not start the network threads")?;
    runtime.block_on(async {
        tokio::spawn(end_on_interrupt(cancellation, bar.clone()));
        let events = generator.start(work.into_iter());
        output.follow(events, &mut samples, GenerationTally::new(price), &bar).await
    })?;
    bar.finish_and_clear();
    drop(answerer);
    samples.finish()?;
    output.print(arguments.format)?;
    Ok(if output.answered == wanted { Ending::Done } else { Ending::Inconclusive })
}

impl GenerateOutput {
    async fn follow(
        &mut self,
        mut events: Receiver<Event>,
        samples: &mut SamplesFile<'_>,
        mut asked: GenerationTally,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        while let Some(event) = events.recv().await {
            match event {
                Event::Answered { task_id, sample, answer, from_cache } => {
                    self.answered += 1;
                    self.ends.add(&answer);
                    self.from_cache += u64::from(from_cache);
                    if !from_cache {
                        asked.add_answer(&answer);
                    }
                    self.no_code += u64::from(!samples.add(&task_id, sample, answer)?);
                    bar.inc(1);
                    bar.set_message(format!("{} failed", self.failed));
                }
                Event::Failed { task_id, sample, error } => {
                    self.failed += 1;
                    self.ends.add_failed(&error);
                    bar.println(printable(&format!("{task_id}, sample {sample}: {error}")));
                    let text = error.to_string();
                    match self.errors.iter_mut().find(|(known, _)| *known == text) {
                        Some((_, count)) => *count += 1,
                        None => self.errors.push((text, 1)),
                    }
                }
                Event::Retrying { .. } => {}
                Event::LeftOut { left_out, error } => {
                    self.left_out.extend(left_out.iter().map(Addition::name));
                    bar.suspend(|| eprintln!("{}", printable(&format!("{error}; from now on {left_out}"))));
                }
                Event::CacheFailed { error } => bar.println(printable(&error.to_string())),
                Event::BudgetReached => bar.println("the budget is used up; waiting for what is in flight"),
                Event::Ended(ending) => {
                    self.ending = ending.name();
                    let asked = asked.generation(String::new(), 0, 0, Ends::default());
                    (self.input_tokens, self.output_tokens) = (asked.input_tokens, asked.output_tokens);
                    self.cost = asked.cost;
                    return Ok(());
                }
            }
        }
        bail!(
            "the provider stopped without saying why; run it again{}",
            if self.is_cached { ", what was answered is in the cache" } else { "" }
        )
    }

    fn print(&self, format: Format) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if format == Format::Json {
            return writeln!(out, "{}", serde_json::to_string_pretty(self)?);
        }
        writeln!(
            out,
            "{} of {} samples of {} answered, {} of them from the cache; {} without code.",
            self.answered,
            self.wanted,
            shown(&self.model),
            self.from_cache,
            self.no_code
        )?;
        if let Some((input, output)) = self.input_tokens.zip(self.output_tokens) {
            let cost = self.cost.map_or("cost unknown".to_owned(), |cost| format!("{cost:.4} US dollars"));
            writeln!(out, "spent now: {input} tokens in, {output} out; {cost}.")?;
        }
        for note in self.ends.notes(self.wanted, self.answered) {
            writeln!(out, "{note}")?;
        }
        for (error, count) in &self.errors {
            writeln!(out, "{count} × {}", printable(error))?;
        }
        if self.answered < self.wanted {
            let what = if self.is_cached { "what is missing" } else { "all of them again" };
            writeln!(out, "The same command again asks for {what}.")?;
        }
        writeln!(out, "samples: {}", self.out.display())
    }
}

/// Takes samples as they come, and leaves them in the order of the set.
struct SamplesFile<'a> {
    path: &'a Path,
    set: &'a ProblemSet,
    kind: AnswerKind,
    arrived: BufWriter<File>,
    end: u64,
    /// Where the line of each sample is: task by position in the set, sample, offset, length.
    lines: Vec<(usize, u32, u64, usize)>,
    /// The problem that the last sample was of: they mostly come together.
    last: Option<Problem>,
}

impl<'a> SamplesFile<'a> {
    fn new(path: &'a Path, set: &'a ProblemSet, kind: AnswerKind) -> anyhow::Result<SamplesFile<'a>> {
        let arrived =
            tempfile::tempfile().context("can not make a temporary file (TMPDIR names another place)")?;
        let arrived = BufWriter::new(arrived);
        Ok(SamplesFile { path, set, kind, arrived, end: 0, lines: Vec::new(), last: None })
    }

    /// Adds an answer; false if there is no code in it.
    fn add(&mut self, task_id: &TaskId, sample: u32, answer: RawAnswer) -> anyhow::Result<bool> {
        let problem = match self.last.take().filter(|problem| problem.task_id == *task_id) {
            Some(problem) => problem,
            None => self.set.problem(task_id.as_str())?,
        };
        let line = AnsweredSample::new(&problem, sample, answer, self.kind);
        let has_code = line.no_code.is_none();
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.arrived.write_all(&bytes)?;
        let position = self.set.position(task_id.as_str()).unwrap_or(usize::MAX);
        self.lines.push((position, sample, self.end, bytes.len()));
        self.end += bytes.len() as u64;
        self.last = Some(problem);
        Ok(has_code)
    }

    /// Writes the file, whole or not at all.
    fn finish(mut self) -> anyhow::Result<()> {
        self.arrived.flush().context("can not write to the temporary file")?;
        self.lines.sort_unstable();
        write_whole(self.path, |out| {
            let mut bytes = Vec::new();
            for (_, _, offset, length) in &self.lines {
                bytes.resize(*length, 0);
                let arrived = self.arrived.get_mut();
                arrived.seek(SeekFrom::Start(*offset))?;
                arrived.read_exact(&mut bytes)?;
                out.write_all(&bytes)?;
            }
            Ok(())
        })
    }
}
