//! What `karat score` and `karat run` share: how completions are judged and scored.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::executor::{Executor, MOST_JOBS, refuse_what_cannot_run};
use crate::judge::Judge;
use crate::judge::limits::Limits;
use crate::judge::verdict::Judging;
use crate::problem::load::load;
use crate::problem::{Dataset, Entry, ProblemSet, TaskId, TestKind};
use crate::record::{
    FORMAT, ModelIdentity, ProblemSetIdentity, RunDirectory, RunManifest, RunnerIdentity, SamplesIdentity,
};
use crate::report::group::GroupBy;
use crate::report::summary::{Summary, Tally};
use crate::runner::install::cache_directory;
use crate::runner::python;
use crate::sandbox::{Bytes, Fuel};
use crate::shown::shown;

/// By which rules, within which limits, and what is counted.
#[derive(Debug, Args)]
pub struct JudgeArguments {
    /// The format of the problem set [default: recognised from its content].
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Judging")]
    pub dataset: Option<Dataset>,

    /// By which rules a completion passes.
    #[arg(long, value_enum, default_value_t = Judging::Sealed, help_heading = "Judging")]
    pub judging: Judging,

    /// The k of pass@k, one or several [default: 1, and 10 and 100 where every problem has as many samples].
    #[arg(long, value_name = "K", value_delimiter = ',', help_heading = "Judging", value_parser = clap::value_parser!(u64).range(1..))]
    pub k: Vec<u64>,

    /// How many completions are executed at once [default: one a core].
    #[arg(long, short, value_name = "N", help_heading = "Judging", value_parser = clap::value_parser!(u16).range(1..=MOST_JOBS))]
    pub jobs: Option<u16>,

    /// Fuel limit of an execution, as in 500M or 30G [default: ten times what the reference solution burns, at least
    /// one second of native-speed work; compatible judging: the data set's time limit].
    #[arg(long, value_name = "FUEL", help_heading = "Judging")]
    pub fuel: Option<Fuel>,

    /// Memory limit of an execution.
    #[arg(long, value_name = "SIZE", default_value = "512MiB", help_heading = "Judging")]
    memory: Bytes,

    /// How much an execution may write to standard output and standard error.
    #[arg(long, value_name = "SIZE", default_value = "1MiB", help_heading = "Judging")]
    output_limit: Bytes,

    /// Wall-clock backstop of an execution, in seconds. It never fails a completion: what it stops is judged once
    /// more, alone, and is then inconclusive [default: 60 and one for every 1G of the fuel limit].
    #[arg(long, value_name = "SECONDS", help_heading = "Judging")]
    backstop: Option<u64>,

    /// Stop at the first test of a problem that a completion fails [default, where the set's metrics allow it].
    #[arg(long, conflicts_with = "all_tests", help_heading = "Judging")]
    stop_at_first_failure: bool,

    /// Run all tests of a problem although one failed [default for APPS, whose test case average needs it].
    #[arg(long, help_heading = "Judging")]
    all_tests: bool,

    /// Also group the scores, by one or several of these [default: by difficulty for APPS, LiveCodeBench and sets in
    /// Karat's own format].
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',', help_heading = "Judging")]
    by: Vec<GroupBy>,

    /// Only problems published on this day or later, as in 2024-08-01. Problems without a date are left out, and so
    /// are the completions of all problems that are.
    #[arg(long, value_name = "DATE", help_heading = "Judging")]
    pub from: Option<Date>,

    /// Only problems published on this day or earlier.
    #[arg(long, value_name = "DATE", help_heading = "Judging")]
    pub to: Option<Date>,
}

impl JudgeArguments {
    /// Whether all tests of a problem run although one failed: as asked for, else where the set's metrics need it.
    pub fn runs_all_tests(&self, dataset: Dataset) -> bool {
        self.all_tests || dataset.runs_all_tests() && !self.stop_at_first_failure
    }

    /// By what the scores are grouped: as asked for, else as the set's own leaderboard does.
    pub fn group_by(&self, dataset: Dataset) -> Vec<GroupBy> {
        match (self.by.is_empty(), dataset) {
            (true, Dataset::Apps | Dataset::LiveCodeBench | Dataset::LeetCode | Dataset::Karat) => {
                vec![GroupBy::Difficulty]
            }
            _ => self.by.clone(),
        }
    }

    /// The limits of an execution.
    pub fn limits(&self) -> Limits {
        Limits {
            fuel: self.fuel,
            memory: self.memory,
            output: self.output_limit,
            backstop_seconds: self.backstop,
        }
    }

    /// Loads a set that can be judged as asked for.
    pub fn load(&self, path: &Path) -> anyhow::Result<ProblemSet> {
        let set = load(path, self.dataset)?;
        refuse_what_cannot_run(path, &set)?;
        anyhow::ensure!(
            set.dataset != Dataset::Karat || self.judging == Judging::Sealed,
            "{}: sets in Karat's own format have no upstream harness; leave out --judging",
            shown(path.display())
        );
        anyhow::ensure!(
            set.dataset.upstream_rules().is_some() || self.judging == Judging::Sealed,
            "{}: karat does not have the rules of the upstream harness of {}; leave out --judging",
            shown(path.display()),
            set.dataset
        );
        Ok(set)
    }

    /// Judges as asked for, by the executor's runner.
    pub fn judge<'a>(&self, executor: &'a Executor, dataset: Dataset) -> anyhow::Result<Judge<'a>> {
        let limits = self.limits();
        let smallest = executor.runners.smallest_memory();
        anyhow::ensure!(
            limits.memory >= smallest,
            "--memory: the interpreter itself takes {} MiB; allow more than that",
            smallest.0.div_ceil(1 << 20)
        );
        Ok(Judge::new(&executor.runners, limits, dataset).all_tests(self.runs_all_tests(dataset)))
    }

    /// Whether judging wants to know what a problem's reference solution burns or returns, or which tests can be
    /// sealed.
    pub fn wants_reference(&self, entry: &Entry) -> bool {
        let limits_need_it = self.fuel.is_none();
        let seal_needs_it = entry.kinds.contains(&TestKind::Assertions);
        entry.needs_reference || self.judging != Judging::Compat && (limits_need_it || seal_needs_it)
    }

    /// What `run.json` says of a run that begins now. What is not known before all completions are there is blank.
    pub fn manifest(
        &self,
        set: &ProblemSet,
        path: &Path,
        samples: Option<String>,
        model: Option<ModelIdentity>,
        ks: Vec<u64>,
    ) -> anyhow::Result<RunManifest> {
        Ok(RunManifest {
            format: FORMAT,
            karat_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: std::env::args().collect(),
            problems: ProblemSetIdentity {
                name: set.name.clone(),
                dataset: set.dataset,
                path: path.display().to_string(),
                digest: set.digest.clone(),
                from: self.from,
                to: self.to,
            },
            samples: SamplesIdentity { path: samples, digest: String::new(), count: 0 },
            model,
            date: Some(TimeZone::UTC.to_datetime(Timestamp::now()).date()),
            runner: RunnerIdentity {
                name: python::RECIPE.name().to_owned(),
                digest: python::RECIPE.installer(&cache_directory()?)?.inputs().to_owned(),
            },
            judging: self.judging,
            all_tests: self.runs_all_tests(set.dataset),
            limits: serde_json::to_value(self.limits()).context("limits are plain data")?,
            ks,
            seed: 0,
        })
    }

    /// The scores of a run, from its verdicts.
    pub fn summary(&self, run: &RunDirectory, set: &ProblemSet, ks: &[u64]) -> anyhow::Result<Summary> {
        let mut tally = Tally::new(self.runs_all_tests(set.dataset));
        for recorded in run.verdicts()? {
            let record = recorded?.record;
            tally.add(&record.task_id, record.sample, record.sealed.as_ref(), record.compat.as_ref());
        }
        let by = self.group_by(set.dataset);
        Ok(tally.summary(ks, set.len() as u64)?.grouped(&tally, ks, &by, set))
    }

    /// Leaves out what was published outside of the dates asked for, and tells what that is.
    pub fn choose_by_date(&self, path: &Path, set: &mut ProblemSet) -> anyhow::Result<HashSet<TaskId>> {
        let mut outside = HashSet::new();
        if self.from.is_none() && self.to.is_none() {
            return Ok(outside);
        }
        let dates = || set.entries().filter_map(|(_, entry)| entry.facts.date);
        let (first, last) = (dates().min(), dates().max());
        let (Some(first), Some(last)) = (first, last) else {
            anyhow::bail!("{}: the problems have no dates; leave out --from and --to", shown(path.display()));
        };
        set.retain(|task_id, entry| {
            let inside = entry.facts.date.is_some_and(|date| {
                self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
            });
            if !inside {
                outside.insert(task_id.clone());
            }
            inside
        });
        anyhow::ensure!(
            !set.is_empty(),
            "{}: no problem was published between --from and --to; the set has problems from {first} to {last}",
            shown(path.display())
        );
        Ok(outside)
    }
}
