//! `karat run`: from a model to scores, judging while answers arrive.

mod output;
mod spent;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;

use super::asking::{AskArguments, interrupt};
use super::judging::JudgeArguments;
use super::lines::tell;
use super::progress::Display;
use super::prompting::{MODEL_HELP, PromptArguments};
use super::serving::Answerer;
use super::shared::{FormatArguments, ProgressArguments, run_name};
use super::{Ending, Format};
use crate::complete::model_spec::ModelSpec;
use crate::evaluate::asking::AskSettings;
use crate::evaluate::{Event, Executor, Questions, RunOutcome, RunRequest, Selection};
use crate::record::{GrowingRun, RecordError, RunDirectory};
use crate::report::printable;
use crate::shown::shown;
use output::RunOutput;

/// The model that answers where none is named; a test compares it with what can be installed.
const BUILT_IN_MODEL: &str = "gguf:smollm2-135m";

/// Ask a model, judge what it answers and compute pass@k.
///
/// Completions are judged while others are still being written. Every answer is recorded in the run's directory: a run
/// that was interrupted, however hard, goes on with --resume, and no answered request is sent again. Answers of servers
/// and of the built-in model are also kept in a cache under what was asked, for other runs; those of command:, replay:
/// and reference are not. Ctrl-C waits for what is in flight; a second one does not.
///
/// Without a set, the suites of karat.toml are run, the same for everyone in a repository; a suite's name runs that
/// one. Options override what the file says. `karat config show` tells what would be run, and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat run problems/starter
  karat run HumanEval.jsonl.gz --model gguf:qwen2.5-coder-7b-q8_0.gguf -n 64
  karat run HumanEval.jsonl.gz --model openai:gpt-5 -n 20 --temperature 0.8
  karat run HumanEval.jsonl.gz \\
      --model http://localhost:8000/v1#Qwen2.5-Coder-7B --concurrency 64
  karat run problems/mine --model anthropic:claude-sonnet-4-5 --max-cost 5
  karat run HumanEval.jsonl.gz --model vllm:Qwen/Qwen2.5-Coder-7B-Instruct \\
      -n 64 -- --tensor-parallel-size 2
  karat run HumanEval.jsonl.gz --model reference
  karat run nightly --resume

Exit status: 0 every sample was answered and judged; 2 error; 3 some have no answer, or are inconclusive; 130 Ctrl-C.")]
pub(super) struct RunArguments {
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

    /// What to call the run in tables and pages, and for other commands [default: its model].
    #[arg(long, value_name = "NAME", value_parser = run_name, help_heading = "Recording")]
    name: Option<String>,

    /// Where to record the run [default: `runs/` and its name, or those of set and model].
    #[arg(long, value_name = "DIRECTORY", help_heading = "Recording")]
    run_dir: Option<PathBuf>,

    /// Go on with an interrupted run of the same question.
    #[arg(long, help_heading = "Recording")]
    resume: bool,

    /// The file of suites [default: the nearest karat.toml, here or in a folder above].
    #[arg(long, value_name = "FILE", help_heading = "Suites")]
    config: Option<PathBuf>,

    #[command(flatten, next_help_heading = "Output")]
    pub output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

/// What is run: a suite, or what the command line says.
#[derive(Debug)]
pub(super) struct PlannedRun {
    /// The suite, if it is one.
    pub suite: Option<String>,
    /// What is run.
    pub arguments: RunArguments,
    /// Whether a model was named.
    pub names_model: bool,
}

/// Runs suites, or what the command line says, one after the other.
pub(super) fn run(all: Vec<PlannedRun>) -> anyhow::Result<Ending> {
    let format = all.first().map_or(Format::Table, |plan| plan.arguments.output.format);
    let mut ending = Ending::Done;
    let mut outputs = Vec::new();
    let runs: usize = all.iter().map(|plan| plan.arguments.models.len()).sum();
    for PlannedRun { suite, arguments, names_model } in &all {
        // Of several, each has a heading.
        let heading = (runs > 1).then(|| suite.as_deref().unwrap_or_default());
        let result = run_models(arguments, *names_model, heading, &mut outputs);
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
fn run_models(
    arguments: &RunArguments,
    names_model: bool,
    heading: Option<&str>,
    outputs: &mut Vec<RunOutput>,
) -> anyhow::Result<Ending> {
    let named = arguments
        .set
        .as_ref()
        .context("there is no problem set; name one with `problems` in the suite, or on the command line")?;
    ensure!(
        arguments.run_dir.is_none() || arguments.models.len() == 1,
        "--run-dir names the directory of one run; leave it out where there are several models"
    );
    ensure!(
        arguments.name.is_none() || arguments.models.len() == 1,
        "--name names one run; leave it out where there are several models"
    );
    arguments.ask.check(&arguments.models)?;
    let selection = arguments.judge.rules().load(named)?;
    if !names_model && !arguments.progress.quiet {
        tell(&format!("note: no model is named, so that the built-in one answers: {BUILT_IN_MODEL}"));
    }
    // All that can be known beforehand is found out before anything is installed, asked or made.
    let prepared = arguments
        .models
        .iter()
        .map(|model| PreparedModel::new(arguments, model, &selection))
        .collect::<anyhow::Result<Vec<PreparedModel<'_>>>>()?;
    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let executor =
        Executor::start_beside_network(&selection.set.languages(), arguments.judge.jobs(), &observe)?;
    let mut ending = Ending::Done;
    for model in prepared {
        let heading = heading.map(|suite| {
            let (set, model) = (&selection.set.name, model.model.title());
            let suite = if suite.is_empty() { String::new() } else { format!("suite {suite}: ") };
            format!("{suite}{model} on {set}")
        });
        ending = ending.worse(run_model(arguments, model, &selection, &executor, (heading, outputs))?);
        if ending == Ending::Interrupted {
            break;
        }
    }
    Ok(ending)
}

/// A model of which everything was checked that can be without asking it.
struct PreparedModel<'a> {
    model: &'a ModelSpec,
    ask: AskSettings,
    questions: Questions,
    /// Who answers; the built-in model is loaded when it is its turn.
    answerer: Option<Answerer>,
}

impl<'a> PreparedModel<'a> {
    fn new(
        arguments: &RunArguments,
        model: &'a ModelSpec,
        selection: &Selection,
    ) -> anyhow::Result<PreparedModel<'a>> {
        let ask = arguments.ask.settings(model)?;
        ask.check(model)?;
        arguments.judge.rules().ks_for(ask.samples)?;
        if let Some(path) = arguments.run_dir.as_ref().filter(|_| !arguments.resume) {
            let is_run = RunDirectory::is_at(path) || GrowingRun::is_at(path);
            ensure!(!is_run, RecordError::AlreadyARun { path: path.clone() });
        }
        let questions = Questions::new(&arguments.prompt.settings(), model, &selection.set, ask.samples)?;
        let answerer = arguments.ask.answerer_beforehand(model, &selection.set, arguments.progress.quiet)?;
        Ok(PreparedModel { model, ask, questions, answerer })
    }
}

fn run_model(
    arguments: &RunArguments,
    PreparedModel { model, ask, questions, answerer }: PreparedModel<'_>,
    selection: &Selection,
    executor: &Executor,
    (heading, outputs): (Option<String>, &mut Vec<RunOutput>),
) -> anyhow::Result<Ending> {
    let answerer = match answerer {
        Some(answerer) => answerer,
        None => arguments.ask.answerer(model, &selection.set, &questions.works, arguments.progress.quiet)?,
    };
    let display = Display::new(arguments.progress.quiet);
    answerer.show_in(display.bars());
    let request = RunRequest {
        model: model.clone(),
        provider: Arc::clone(&answerer.provider),
        questions,
        ask,
        rules: arguments.judge.rules(),
        name: arguments.name.clone(),
        run_dir: arguments.run_dir.clone(),
        resume: arguments.resume,
    };
    let observe = |event: Event<'_>| display.show(event);
    let finished = match request.run(selection, executor, interrupt(&display), &observe)? {
        RunOutcome::Finished(finished) => finished,
        RunOutcome::Interrupted { answered: 0, .. } => {
            tell(&format!("interrupted before a sample of {model} was answered; nothing is recorded"));
            return Ok(Ending::Interrupted);
        }
        RunOutcome::Interrupted { path, wanted, answered, judged } => {
            let path = shown(path.display());
            tell(&format!(
                "interrupted: {answered} of {wanted} samples of {model} are answered and {judged} judged, all recorded in \
                 {path}.\nThe same command with --resume goes on from there."
            ));
            return Ok(Ending::Interrupted);
        }
    };
    let output = RunOutput::new(*finished, &selection.set);
    if arguments.output.format == Format::Table {
        if let Some(heading) = heading {
            let gap = if outputs.is_empty() { "" } else { "\n" };
            writeln!(io::stdout().lock(), "{gap}{}", printable(&heading))?;
        }
        output.print()?;
    }
    let ending = if output.is_whole() { Ending::Done } else { Ending::Inconclusive };
    outputs.push(output);
    Ok(ending)
}
