//! `karat run`: from a model to scores, judging while answers arrive.

mod directory;
mod output;
mod pipeline;
mod spent;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;
use indicatif::ProgressBar;
use tokio_util::sync::CancellationToken;

use super::asking::{AskArguments, end_on_interrupt};
use super::config::Resolved;
use super::executor::{Executor, set_path};
use super::judging::JudgeArguments;
use super::prompting::{MODEL_HELP, PromptArguments, Prompter};
use super::{Ending, Format, progress};
use crate::complete::generate::Work;
use crate::complete::model::ModelSpec;
use crate::judge::prepared::PreparedProblems;
use crate::problem::ProblemSet;
use crate::record::ModelIdentity;
use crate::shown::shown;
use directory::Record;
use output::RunOutput;
use pipeline::{Outcome, Pipeline, Progress};

/// The model that answers where none is named; a test compares it with what can be installed.
const BUILT_IN_MODEL: &str = "gguf:smollm2-135m";

/// Ask a model, judge what it answers and compute pass@k.
///
/// Completions are judged while others are still being written. Every answer is recorded in the run's directory: a run
/// that was interrupted, however hard, goes on with --resume, and no answered request is sent again. Answers of servers
/// and of the built-in model are also kept in a cache under what was asked, for other runs; those of command:, replay:
/// and reference are not. Ctrl-C waits for what is in flight; a second one does not.
///
/// Without a set, the suites of karat.toml are run, the same for everyone in a repository; a suite's name runs that one.
/// Options override what the file says. `karat config show` tells what would be run, and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat run problems/starter
  karat run HumanEval.jsonl.gz --model gguf:qwen2.5-coder-7b-q8_0.gguf -n 64
  karat run HumanEval.jsonl.gz --model openai:gpt-5 -n 20 --temperature 0.8
  karat run HumanEval.jsonl.gz --model http://localhost:8000/v1#Qwen2.5-Coder-7B --concurrency 64
  karat run problems/mine --model anthropic:claude-sonnet-4-5 --max-cost 5
  karat run HumanEval.jsonl.gz --model vllm:Qwen/Qwen2.5-Coder-7B-Instruct -n 64 -- --tensor-parallel-size 2
  karat run HumanEval.jsonl.gz --model reference
  karat run nightly --resume

Exit status: 0 every sample was answered and judged; 2 error; 3 some have no answer, or are inconclusive; 130 Ctrl-C.")]
pub struct RunArguments {
    /// The problem set, by path or name, or a suite of karat.toml [default: all suites].
    #[arg(value_name = "SET|SUITE")]
    pub set: Option<PathBuf>,

    /// The model; can be repeated.
    #[arg(long = "model", value_name = "MODEL", default_value = BUILT_IN_MODEL, long_help = MODEL_HELP)]
    pub models: Vec<ModelSpec>,

    #[command(flatten)]
    ask: AskArguments,

    #[command(flatten)]
    prompt: PromptArguments,

    #[command(flatten)]
    judge: JudgeArguments,

    /// Where to record the run [default: `runs/` and the names of set and model].
    #[arg(long, value_name = "DIRECTORY")]
    run_dir: Option<PathBuf>,

    /// Go on with an interrupted run of the same question.
    #[arg(long)]
    resume: bool,

    /// The file of suites [default: the nearest karat.toml, here or in a folder above].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,

    /// Show no progress.
    #[arg(long, short)]
    quiet: bool,
}

/// Runs suites, or what the command line says, one after the other.
pub fn run(all: Vec<Resolved>) -> anyhow::Result<Ending> {
    let format = all.first().map_or(Format::Table, |resolved| resolved.arguments.format);
    let mut ending = Ending::Done;
    let mut outputs = Vec::new();
    for Resolved { suite, arguments, settings } in &all {
        let is_chosen = settings.iter().any(|setting| setting.name == "models" && setting.from != "default");
        if !is_chosen && !arguments.quiet {
            eprintln!("note: no model is named, so that the built-in one answers: {BUILT_IN_MODEL}");
        }
        let result = run_models(arguments, &mut outputs);
        let result = match suite {
            Some(name) => result.with_context(|| format!("suite {name}")),
            None => result,
        };
        ending = ending.worse(result?);
        if ending == Ending::Interrupted {
            break;
        }
    }
    if format == Format::Json {
        // One run is an object, several are a list.
        let text = match &outputs[..] {
            [one] if all.len() == 1 && all[0].arguments.models.len() == 1 => {
                serde_json::to_string_pretty(one)
            }
            several => serde_json::to_string_pretty(several),
        };
        writeln!(io::stdout().lock(), "{}", text?)?;
    }
    Ok(ending)
}

/// Runs every model that is named, one after the other.
fn run_models(arguments: &RunArguments, outputs: &mut Vec<RunOutput>) -> anyhow::Result<Ending> {
    let named = arguments
        .set
        .as_ref()
        .context("there is no problem set; name one with `problems` in the suite, or on the command line")?;
    ensure!(
        arguments.run_dir.is_none() || arguments.models.len() == 1,
        "--run-dir names the directory of one run; leave it out where there are several models"
    );
    arguments.ask.server.check(&arguments.models)?;
    let path = set_path(named)?;
    let mut set = arguments.judge.load(&path)?;
    arguments.judge.choose_by_date(&path, &mut set)?;
    let set = Arc::new(set);
    let executor = Executor::start_beside_network(arguments.judge.jobs, arguments.quiet)?;
    let mut ending = Ending::Done;
    for model in &arguments.models {
        let run = ModelRun { arguments, path: &path, set: &set, executor: &executor, model };
        ending = ending.worse(run.run(outputs)?);
        if ending == Ending::Interrupted {
            break;
        }
    }
    Ok(ending)
}

/// A model and all that its run needs.
struct ModelRun<'a> {
    arguments: &'a RunArguments,
    path: &'a PathBuf,
    set: &'a Arc<ProblemSet>,
    executor: &'a Executor,
    model: &'a ModelSpec,
}

impl ModelRun<'_> {
    fn run(&self, outputs: &mut Vec<RunOutput>) -> anyhow::Result<Ending> {
        let ModelRun { arguments, set, executor, model, .. } = *self;
        let price = arguments.ask.price(model)?;
        let ask = &arguments.ask;
        let prompter = Prompter::new(&arguments.prompt, model, set)?;
        let (mut works, prompts) = self.works(&prompter)?;
        let answerer = ask.answerer(model, set, &works, arguments.quiet)?;
        let provider = Arc::clone(&answerer.provider);
        let identity = ModelIdentity {
            model: model.clone(),
            // A server of ours is at another one each time, and a model of ours at none.
            address: provider.identity().map(|identity| identity.address).filter(|address| {
                !address.is_empty() && !matches!(model, ModelSpec::Managed { .. } | ModelSpec::Gguf { .. })
            }),
            setup: provider.setup(),
            resources: provider.resources(),
            parameters: arguments.ask.parameters(model)?,
            samples: arguments.ask.samples,
            prompts,
            language: arguments.prompt.language.clone(),
        };
        let ks = self.ks()?;
        let manifest = arguments.judge.manifest(set, self.path, None, Some(identity), ks.clone())?;
        let cancellation = CancellationToken::new();
        let generator = arguments.ask.generator(model, provider, price, cancellation.clone())?;

        let judge = arguments.judge.judge(executor, set.dataset)?;
        executor.measure_references(set, &judge, |_, entry| arguments.judge.wants_reference(entry))?;
        let Record { run, progress, resumed } = directory::begin_or_resume(self, manifest)?;
        let run_path = run.path().to_owned();
        works = missing(works, set, &progress);
        let wanted = set.len() as u64 * u64::from(arguments.ask.samples);
        let bars = Bars::new(wanted, &progress, arguments.quiet);
        answerer.show_in(&bars.both);
        bars.say(&format!(
            "recording in {}; should this be interrupted, it goes on with --resume",
            shown(run_path.display())
        ));
        let interrupted = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("network")
            .enable_all()
            .build()
            .context("can not start the network threads")?;
        let events = {
            let _entered = runtime.enter();
            tokio::spawn(end_on_interrupt(interrupted.clone(), bars.asking.clone()));
            let (interrupted, cancellation) = (interrupted.clone(), cancellation.clone());
            tokio::spawn(async move {
                interrupted.cancelled().await;
                cancellation.cancel();
            });
            generator.start(works.into_iter())
        };
        let pipeline = Pipeline {
            set,
            kind: prompter.kind,
            problems: PreparedProblems::new(set, Some(&executor.references)),
            judge,
            judging: arguments.judge.judging,
            price,
            pool: &executor.pool,
            asking_bar: bars.asking.clone(),
            judging_bar: bars.judging.clone(),
            interrupted: interrupted.clone(),
            cancellation,
        };
        let outcome = pipeline.run(run, progress, events);
        bars.clear();
        drop(answerer); // while Ctrl-C is still listened to
        runtime.shutdown_background();
        let outcome = outcome.with_context(|| {
            format!("{}: what came before this is recorded; go on with --resume", shown(run_path.display()))
        })?;
        if interrupted.is_cancelled() {
            return self.interrupted(outcome, wanted);
        }
        let output = RunOutput::finish(self, outcome, wanted, &ks, resumed, price)?;
        if arguments.format == Format::Table {
            output.print()?;
        }
        let ending = if output.is_whole() { Ending::Done } else { Ending::Inconclusive };
        outputs.push(output);
        Ok(ending)
    }

    /// The work and the digest of all prompts.
    fn works(&self, prompter: &Prompter) -> anyhow::Result<(Vec<Work>, String)> {
        let mut hasher = blake3::Hasher::new();
        let mut works = Vec::with_capacity(self.set.len());
        for task_id in self.set.task_ids() {
            let prompt = prompter.prompt(self.set, task_id)?;
            hasher.update(&serde_json::to_vec(&*prompt)?);
            works.push(Work { task_id: task_id.clone(), prompt, samples: 0..self.arguments.ask.samples });
        }
        Ok((works, hasher.finalize().to_hex().to_string()))
    }

    /// The k's that are scored.
    fn ks(&self) -> anyhow::Result<Vec<u64>> {
        let samples = u64::from(self.arguments.ask.samples);
        let mut ks = self.arguments.judge.k.clone();
        if ks.is_empty() {
            ks = [1, 10, 100].into_iter().filter(|k| *k <= samples).collect();
        }
        ks.sort_unstable();
        ks.dedup();
        if let Some(k) = ks.iter().find(|k| **k > samples) {
            anyhow::bail!(
                "pass@{k} needs {k} samples a problem; ask for as many with -n {k}, or choose a smaller --k"
            );
        }
        Ok(ks)
    }

    fn interrupted(&self, outcome: Outcome, wanted: u64) -> anyhow::Result<Ending> {
        let (answers, judged) = (outcome.progress.answers(), outcome.progress.judged());
        let path = outcome.run.close()?;
        eprintln!(
            "interrupted: {answers} of {wanted} samples of {} are answered and {judged} judged, all recorded in {}.\n\
             The same command with --resume goes on from there.",
            self.model,
            shown(path.display())
        );
        Ok(Ending::Interrupted)
    }
}

/// What is still to be asked: the samples that have no answer yet.
fn missing(works: Vec<Work>, set: &ProblemSet, progress: &Progress) -> Vec<Work> {
    let answered = progress.answered();
    let mut missing = Vec::with_capacity(works.len());
    for work in works {
        let position = set.position(work.task_id.as_str());
        let Some(known) = position.and_then(|position| answered.get(&position)) else {
            missing.push(work);
            continue;
        };
        let mut start = work.samples.start;
        let mut known = known.clone();
        known.sort_unstable();
        for sample in known.into_iter().chain([work.samples.end]) {
            if sample > start {
                missing.push(Work { samples: start..sample, ..work.clone() });
            }
            start = start.max(sample.saturating_add(1));
        }
    }
    missing
}

/// One display of two bars: what is asked, what is judged.
struct Bars {
    both: indicatif::MultiProgress,
    asking: ProgressBar,
    judging: ProgressBar,
}

impl Bars {
    fn new(wanted: u64, progress: &Progress, quiet: bool) -> Bars {
        let both = progress::together(quiet);
        let add = |prefix: &'static str, done| {
            let bar = both.add(progress::judging(wanted, quiet));
            bar.set_prefix(prefix);
            bar.set_position(done);
            bar.reset_eta();
            bar
        };
        let asking = add("asking ", progress.answers());
        asking.set_message("0 failed");
        let judging = add("judging", progress.judged());
        Bars { asking, judging, both }
    }

    /// Writes a line above the bars; nothing where there are none.
    fn say(&self, line: &str) {
        let _ = self.both.println(line);
    }

    fn clear(&self) {
        self.asking.finish_and_clear();
        self.judging.finish_and_clear();
    }
}
