//! How completions are judged and scored, and of which problems.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::group::GroupBy;
use super::summary::{Summary, VerdictTally};
use super::{EvaluateError, Executor, Observer};
use crate::judge::limits::Limits;
use crate::judge::prepared::PreparedProblems;
use crate::judge::verdict::Judging;
use crate::judge::{BothAnswers, Judge, Judgements};
use crate::problem::load::load;
use crate::problem::locate::locate;
use crate::problem::{Dataset, Entry, Language, ProblemSet, TaskId, TestKind};
use crate::record::{
    FORMAT, ModelIdentity, ProblemSetIdentity, RunDirectory, RunManifest, RunnerIdentity, SamplesIdentity,
};
use crate::runner::SEED;
use crate::runner::install::cache_directory;
use crate::runner::recipe::Recipe;

/// By which rules, within which limits, and what is counted. The default is what Karat does unless told otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The format of the problem set; recognised from its content where it is not given.
    pub dataset: Option<Dataset>,
    /// By which rules a completion passes.
    pub judging: Judging,
    /// The k of pass@k; none for 1, and 10 and 100 where every problem has as many samples.
    pub ks: Vec<u64>,
    /// The limits of an execution.
    pub limits: Limits,
    /// Whether all tests of a problem run although one failed; by default, where the set's metrics need it.
    pub all_tests: Option<bool>,
    /// By what scores are grouped; as the set's own leaderboard does where this is empty.
    pub group_by: Vec<GroupBy>,
    /// Only problems published on this day or later.
    pub from: Option<Date>,
    /// Only problems published on this day or earlier.
    pub to: Option<Date>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            dataset: None,
            judging: Judging::Sealed,
            ks: Vec::new(),
            limits: Limits::default(),
            all_tests: None,
            group_by: Vec::new(),
            from: None,
            to: None,
        }
    }
}

/// The problems that are evaluated: a set, and what dates leave of it.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Where the set is.
    pub path: PathBuf,
    /// The problems.
    pub set: Arc<ProblemSet>,
    /// The problems of the set that are outside of the dates.
    pub outside: HashSet<TaskId>,
}

/// Where a problem set is that was named by its path or by its name.
///
/// # Errors
///
/// When it is a name, and there is no such set.
pub fn set_path(named: &Path) -> Result<PathBuf, EvaluateError> {
    let Some(name) = named.to_str().filter(|_| !named.exists()) else { return Ok(named.to_owned()) };
    match locate(name) {
        // Where nothing better is known, what can not be read is said.
        Err(error) if name.contains(['/', '.']) && !error.knows_better() => Ok(named.to_owned()),
        located => Ok(located?),
    }
}

/// Refuses a set in a language that nothing here can run.
///
/// # Errors
///
/// When it is one.
pub fn refuse_what_cannot_run(path: &Path, set: &ProblemSet) -> Result<(), EvaluateError> {
    let without: Vec<&str> =
        set.languages().into_iter().filter(|language| !language.runs_here()).map(Language::name).collect();
    if without.is_empty() {
        return Ok(());
    }
    Err(EvaluateError::NoRunner { path: path.to_owned(), languages: without.join(", ") })
}

impl Rules {
    /// Loads a set, by its path or its name, that can be judged by these rules, and leaves out what was published
    /// outside of the dates.
    ///
    /// # Errors
    ///
    /// When it can not be loaded or judged so, or nothing is left of it.
    pub fn load(&self, named: &Path) -> Result<Selection, EvaluateError> {
        let path = set_path(named)?;
        let mut set = load(&path, self.dataset)?;
        refuse_what_cannot_run(&path, &set)?;
        if self.judging != Judging::Sealed {
            if set.dataset == Dataset::Karat {
                return Err(EvaluateError::OwnFormat { path });
            }
            if set.dataset.upstream_rules().is_none() {
                return Err(EvaluateError::NoUpstreamRules { path, dataset: set.dataset });
            }
        }
        let outside = self.choose_by_date(&path, &mut set)?;
        Ok(Selection { path, set: Arc::new(set), outside })
    }

    fn choose_by_date(&self, path: &Path, set: &mut ProblemSet) -> Result<HashSet<TaskId>, EvaluateError> {
        let mut outside = HashSet::new();
        if self.from.is_none() && self.to.is_none() {
            return Ok(outside);
        }
        let dates = || set.entries().filter_map(|(_, entry)| entry.facts.date);
        let (Some(first), Some(last)) = (dates().min(), dates().max()) else {
            return Err(EvaluateError::NoDates { path: path.to_owned() });
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
        if set.is_empty() {
            return Err(EvaluateError::OtherDates { path: path.to_owned(), first, last });
        }
        Ok(outside)
    }

    /// Whether all tests of a problem run although one failed: as asked for, else where the set's metrics need it.
    pub fn runs_all_tests(&self, dataset: Dataset) -> bool {
        self.all_tests.unwrap_or_else(|| dataset.runs_all_tests())
    }

    /// By what the scores are grouped: as asked for, else as the set's own leaderboard does.
    fn groups(&self, dataset: Dataset) -> Vec<GroupBy> {
        match (self.group_by.is_empty(), dataset) {
            (true, Dataset::Apps | Dataset::LiveCodeBench | Dataset::LeetCode | Dataset::Karat) => {
                vec![GroupBy::Difficulty]
            }
            (true, Dataset::Ds1000) => vec![GroupBy::Tag],
            _ => self.group_by.clone(),
        }
    }

    /// The k's that are scored where every problem has this many samples.
    pub(super) fn ks_of(&self, samples: u64) -> Vec<u64> {
        if self.ks.is_empty() {
            return [1, 10, 100].into_iter().filter(|k| *k <= samples).collect();
        }
        let mut ks = self.ks.clone();
        ks.sort_unstable();
        ks.dedup();
        ks
    }

    /// The k's that are scored where this many samples are asked for.
    ///
    /// # Errors
    ///
    /// When one is larger than that.
    pub fn ks_for(&self, samples: u32) -> Result<Vec<u64>, EvaluateError> {
        let ks = self.ks_of(samples.into());
        match ks.iter().find(|k| **k > u64::from(samples)) {
            Some(&k) => Err(EvaluateError::UnaskedK { k }),
            None => Ok(ks),
        }
    }

    /// Judges by these rules, with an executor's runner.
    ///
    /// # Errors
    ///
    /// When the limits leave a program no memory, or no fuel to begin with.
    pub fn judge<'a>(&self, executor: &'a Executor, dataset: Dataset) -> Result<Judge<'a>, EvaluateError> {
        self.limits.refuse_little_fuel().map_err(EvaluateError::Fuel)?;
        let smallest = executor.runners.smallest_memory();
        if self.limits.memory < smallest {
            return Err(EvaluateError::Memory { mebibytes: smallest.0.div_ceil(1 << 20) });
        }
        Ok(Judge::new(&executor.runners, self.limits, dataset).all_tests(self.runs_all_tests(dataset)))
    }

    /// Whether judging wants to know what a problem's reference solution burns or returns, or which tests can be
    /// sealed.
    pub fn wants_reference(&self, entry: &Entry) -> bool {
        let limits_need_it = self.limits.fuel.is_none();
        let seal_needs_it = entry.kinds.contains(&TestKind::Assertions);
        entry.needs_reference || self.judging != Judging::Compat && (limits_need_it || seal_needs_it)
    }

    /// What `run.json` says of a run that begins now. What is not known before all completions are there is blank.
    pub(super) fn manifest(
        &self,
        selection: &Selection,
        samples: Option<String>,
        model: Option<ModelIdentity>,
        ks: Vec<u64>,
    ) -> Result<RunManifest, EvaluateError> {
        let set = &selection.set;
        Ok(RunManifest {
            format: FORMAT,
            karat_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: None,
            command: command_line(),
            problems: ProblemSetIdentity {
                name: set.name.clone(),
                dataset: set.dataset,
                path: selection.path.display().to_string(),
                digest: set.digest.clone(),
                from: self.from,
                to: self.to,
            },
            samples: SamplesIdentity { path: samples, digest: String::new(), count: 0 },
            model,
            date: Some(TimeZone::UTC.to_datetime(Timestamp::now()).date()),
            runner: runner_identity(&set.languages())?,
            judging: self.judging,
            all_tests: self.runs_all_tests(set.dataset),
            limits: self.limits,
            ks,
            seed: SEED,
        })
    }

    /// The scores of a run, from its verdicts.
    ///
    /// # Errors
    ///
    /// When the verdicts can not be read, or there are too few for a k.
    pub fn summary(
        &self,
        run: &RunDirectory,
        set: &ProblemSet,
        ks: &[u64],
    ) -> Result<Summary, EvaluateError> {
        let mut tally = VerdictTally::new(self.runs_all_tests(set.dataset));
        for recorded in run.verdicts()? {
            let record = recorded?.record;
            tally.add(&record.task_id, record.sample, &record.judgements);
        }
        let by = self.groups(set.dataset);
        Ok(tally.summary(ks, set.len() as u64)?.grouped(&tally, ks, &by, set))
    }
}

/// Judges answers to the problems of a set.
pub(super) struct AnswerJudge<'a> {
    pub problems: PreparedProblems<'a>,
    pub judge: Judge<'a>,
    pub judging: Judging,
    executor: &'a Executor,
    observe: Observer<'a>,
}

impl<'a> AnswerJudge<'a> {
    pub(super) fn new(
        rules: &Rules,
        set: &'a ProblemSet,
        executor: &'a Executor,
        judge: Judge<'a>,
        observe: Observer<'a>,
    ) -> AnswerJudge<'a> {
        let problems = PreparedProblems::new(set, Some(&executor.references));
        AnswerJudge { problems, judge, judging: rules.judging, executor, observe }
    }

    /// Judges answers, and before that installs the interpreters that they need.
    pub(super) fn judge(
        &self,
        task_id: &TaskId,
        answers: BothAnswers<'_>,
    ) -> Result<Judgements, EvaluateError> {
        let prepared = self.problems.get(task_id)?;
        let judged = match self.judging {
            Judging::Sealed => &[answers.sealed][..],
            Judging::Compat => &[answers.compat],
            Judging::Both if answers.sealed == answers.compat => &[answers.sealed],
            Judging::Both => &[answers.sealed, answers.compat],
        };
        for &answer in judged {
            self.executor.provide(&self.judge, &prepared.problem, answer, self.observe)?;
        }
        Ok(self.judge.judge_each(&prepared.problem, answers, prepared.reference.as_ref(), self.judging))
    }
}

/// The command line, word by word. Of the program only the name: where it lies is the machine's own affair.
fn command_line() -> Vec<String> {
    let mut words = std::env::args_os();
    let program = words.next().map(PathBuf::from);
    let name = program.as_deref().and_then(Path::file_name).map(ToOwned::to_owned);
    name.into_iter().chain(words).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// The runners of these languages as a run tells them: of several, their names and digests one behind the other.
fn runner_identity(languages: &[Language]) -> Result<RunnerIdentity, EvaluateError> {
    let cache = cache_directory()?;
    let (mut names, mut digests) = (Vec::new(), Vec::new());
    for recipe in languages.iter().filter_map(|language| Recipe::of(*language)) {
        names.push(recipe.name());
        digests.push(recipe.installer(&cache)?.inputs().to_owned());
    }
    Ok(RunnerIdentity { name: names.join("+"), digest: digests.join("+") })
}
