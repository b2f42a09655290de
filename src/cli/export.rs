//! `karat export`: a run in the files of another harness.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::Ending;
use super::results_file::{can_be_exported, export as export_human_eval};
use super::whole_file::can_be_written;
use crate::record::RunDirectory;
use crate::report::eval_plus::{self, ExportPlace};
use crate::report::recorded_set::{RecordedSetError, recorded_set, what_became};
use crate::report::results::RunResults;
use crate::report::run_name::run_path;
use crate::report::site::plural;
use crate::shown::{either, shown};

/// Write a finished run in the files of another harness.
///
/// As `evalplus`, the programs go to OUT, a file of JSON lines if it is called *.jsonl, else a new folder with a program a
/// file; and the results go beside them, where `evalplus.evaluate --samples OUT` finds them and prints its scores. As
/// `human-eval`, OUT is what human-eval calls `…_results.jsonl`: each sample with its result.
///
/// Of runs that were judged both ways, sealed judging counts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat export runs/gpt-5 samples.jsonl --as evalplus
  karat export gpt-5 programs --as evalplus
  karat export gpt-5 results.jsonl --as human-eval")]
pub(super) struct ExportArguments {
    /// The run: its directory, or its name.
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Where to write it: a file, or for `evalplus` also a new folder.
    #[arg(value_name = "OUT")]
    out: PathBuf,

    /// Whose files to write.
    #[arg(long = "as", value_enum, value_name = "HARNESS")]
    harness: Harness,

    /// The problem set of the run, by path or name [default: where the run had it].
    #[arg(long, value_name = "SET")]
    problems: Option<PathBuf>,
}

/// A harness whose files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Harness {
    /// EvalPlus: samples, and results beside them.
    #[value(name = "evalplus")]
    EvalPlus,
    /// human-eval: samples with their results.
    #[value(name = "human-eval")]
    HumanEval,
}

pub(super) fn run(arguments: &ExportArguments) -> anyhow::Result<Ending> {
    let run = RunDirectory::open(run_path(&arguments.run)?)?;
    // It says whether the run is finished.
    let samples = RunResults::of(&run)?.problems.values().map(|counts| counts.samples).sum();
    let mut out = io::stdout().lock();
    match arguments.harness {
        Harness::HumanEval => {
            can_be_exported(&arguments.out)?;
            export_human_eval(&arguments.out, &run)?;
            writeln!(out, "{} with results: {}", plural(samples, "sample"), shown(arguments.out.display()))?;
        }
        Harness::EvalPlus => {
            let identity = &run.manifest().problems;
            let set = match recorded_set(arguments.problems.as_deref(), identity, &[identity]) {
                Err(RecordedSetError::Gone { name, tried, is_other, .. }) => bail!(
                    "the problem set {} of the run {} {}; say with --problems where it is",
                    shown(name),
                    what_became(is_other),
                    either(&tried)
                ),
                set => set?,
            };
            let place = ExportPlace::of(&arguments.out);
            if let ExportPlace::File(path) = &place {
                can_be_written(path)?;
            }
            let written = eval_plus::export(&run, &set, &place)?;
            let samples = plural(written.samples, "sample");
            writeln!(out, "{samples}: {}", shown(arguments.out.display()))?;
            writeln!(out, "results: {}", shown(written.results.display()))?;
        }
    }
    Ok(Ending::Done)
}
