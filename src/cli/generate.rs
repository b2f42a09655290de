//! `karat generate`: completions from a model, into a file that `karat score` reads.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::asking::{AskArguments, interrupt};
use super::lines;
use super::progress::Display;
use super::prompting::{ModelArguments, PromptArguments};
use super::shared::{DatasetArguments, FormatArguments, ProgressArguments};
use super::whole_file::can_be_written;
use super::{Ending, Format};
use crate::complete::left_out::Addition;
use crate::evaluate::answer_endings::AnswerEndings;
use crate::evaluate::generate::{GenerateRequest, Generated};
use crate::evaluate::rules::set_path;
use crate::evaluate::{Event, Questions};
use crate::problem::load::load;
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
  karat generate problems/mine \\
      --model http://localhost:8000/v1#Qwen2.5-Coder-7B --concurrency 64
  karat generate HumanEval.jsonl.gz \\
      --model vllm:Qwen/Qwen2.5-Coder-7B-Instruct -- --max-model-len 8192
  karat generate HumanEval.jsonl.gz --model command:./my-model.sh \\
      --out samples.jsonl
  karat score samples.jsonl HumanEval.jsonl.gz

Exit status: 0 every sample was answered; 2 error; 3 not every sample was answered: run it again.")]
pub(super) struct GenerateArguments {
    /// The problem set, by path or name.
    #[arg(value_name = "SET")]
    set: PathBuf,

    #[command(flatten)]
    model: ModelArguments,

    #[command(flatten)]
    prompt: PromptArguments,

    #[command(flatten)]
    dataset: DatasetArguments,

    #[command(flatten)]
    ask: AskArguments,

    /// Where to write the completions.
    #[arg(long, short, value_name = "FILE", default_value = "samples.jsonl", help_heading = "Output")]
    out: PathBuf,

    #[command(flatten, next_help_heading = "Output")]
    output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

/// The result for standard output.
#[derive(Debug, Serialize)]
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
    ends: AnswerEndings,
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

pub(super) fn run(arguments: GenerateArguments) -> anyhow::Result<Ending> {
    arguments.ask.check(std::slice::from_ref(&arguments.model.model))?;
    can_be_written(&arguments.out)?;
    let set = Arc::new(load(&set_path(&arguments.set)?, arguments.dataset.dataset)?);
    let model = &arguments.model.model;
    let ask = arguments.ask.settings(model)?;
    ask.check(model)?;
    let questions = Questions::new(&arguments.prompt.settings(), model, &set, ask.samples)?;
    let answerer = arguments.ask.answerer(model, &set, &questions.works, arguments.progress.quiet)?;
    let display = Display::new(arguments.progress.quiet);
    answerer.show_in(display.bars());
    display.show_asking("asking", set.len() as u64 * u64::from(ask.samples), 0);
    let request = GenerateRequest {
        model: model.clone(),
        provider: Arc::clone(&answerer.provider),
        questions,
        ask,
        out: arguments.out,
    };
    let generated = request.run(&set, interrupt(&display), &|event: Event<'_>| display.show(event))?;
    let output = GenerateOutput::new(&request, generated);
    output.print(arguments.output.format)?;
    Ok(if output.answered == output.wanted { Ending::Done } else { Ending::Inconclusive })
}

impl GenerateOutput {
    fn new(request: &GenerateRequest, generated: Generated) -> GenerateOutput {
        let Generated { wanted, answered, no_code, ends, asked } = generated;
        let ending = asked.ending().name();
        let spent = asked.spent.generation(String::new(), 0, 0, AnswerEndings::default());
        GenerateOutput {
            out: request.out.clone(),
            model: request.model.to_string(),
            wanted,
            answered,
            from_cache: asked.from_cache,
            failed: asked.failed,
            no_code,
            ends,
            left_out: asked.left_out.iter().map(Addition::name).collect(),
            input_tokens: spent.input_tokens,
            output_tokens: spent.output_tokens,
            cost: spent.cost,
            is_cached: request.is_cached(),
            ending,
            errors: asked.errors.into_iter().collect(),
        }
    }

    fn print(&self, format: Format) -> io::Result<()> {
        let mut out = lines::stdout(format);
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
