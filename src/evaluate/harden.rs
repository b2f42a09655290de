//! Tests that a problem of a set lacks: looked for, and appended to the problem's file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{EvaluateError, Event, Executor, Observer};
use crate::complete::Answer;
use crate::complete::samples::{Sample, SampleTask, Samples, Tasks};
use crate::judge::Judge;
use crate::judge::harden::{HardenError, Hardening, NewTest, opponents};
use crate::judge::limits::Limits;
use crate::judge::prepared::PreparedProblems;
use crate::problem::format::test_table;
use crate::problem::load::karat::problem_files;
use crate::problem::load::{LoadError, load};
use crate::problem::locate::{find_task, split_task};
use crate::problem::{Dataset, Language, ProblemSet, TaskId};
use crate::shown::shown;

/// How many of the programs that a new test catches are named in the file.
const MOST_NAMED: usize = 5;

/// Why a problem gets no new tests. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum HardenTargetError {
    /// The problem can not be read, or not be judged.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// There is no file to put tests into.
    #[error(
        "{}: follows the format of {}; only sets in Karat's own format can be hardened (`karat problems new` begins one)",
        shown(path.display()),
        dataset.name()
    )]
    OtherFormat {
        /// The set.
        path: PathBuf,
        /// Its format.
        dataset: Dataset,
    },
    /// The problem's file is not there any more.
    #[error("{task_id}: its file is gone from {}", shown(path.display()))]
    FileGone {
        /// The problem.
        task_id: TaskId,
        /// The set.
        path: PathBuf,
    },
    /// Inputs are made for Python alone.
    #[error("{task_id}: is in {}; only problems in Python can be hardened", language.name())]
    OtherLanguage {
        /// The problem.
        task_id: TaskId,
        /// Its language.
        language: Language,
    },
    /// The completions are of other problems.
    #[error(
        "{}: has no completion of {task_id}; name a file that has, or leave out --completions",
        shown(path.display())
    )]
    NoCompletion {
        /// The problem.
        task_id: TaskId,
        /// The file of completions.
        path: PathBuf,
    },
    /// What is right can not be told.
    #[error(
        "{task_id}: its reference solution does not pass its own tests; `karat problems verify` says why"
    )]
    ReferenceFails {
        /// The problem.
        task_id: TaskId,
    },
    /// The problem is none that can be hardened.
    #[error("{task_id}: can not be hardened")]
    Harden {
        /// The problem.
        task_id: TaskId,
        /// Why.
        source: HardenError,
    },
    /// The file can not be read or written.
    #[error("{}: can not be written", shown(path.display()))]
    Write {
        /// The problem's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// With the new tests the set is broken.
    #[error(
        "{}: stays as it was, since the set could not be read with the new tests: {fault}",
        shown(path.display())
    )]
    Unreadable {
        /// The problem's file.
        path: PathBuf,
        /// What is wrong with the set then.
        fault: Box<LoadError>,
    },
}

/// A problem that may get new tests.
#[derive(Debug)]
pub struct HardenTarget {
    /// Its set, with this problem alone.
    set: ProblemSet,
    path: PathBuf,
    /// The problem.
    pub task_id: TaskId,
    /// Its file.
    pub file: PathBuf,
}

impl HardenTarget {
    /// The problem that is named by its set, a slash, and its name.
    ///
    /// # Errors
    ///
    /// When there is none, or none that can be hardened.
    pub fn open(named: &str) -> Result<HardenTarget, HardenTargetError> {
        let (path, task) = split_task(named).map_err(EvaluateError::from)?;
        let mut set = load(&path, None).map_err(EvaluateError::from)?;
        if set.dataset != Dataset::Karat {
            return Err(HardenTargetError::OtherFormat { path, dataset: set.dataset });
        }
        let task_id = find_task(&set, task).map_err(EvaluateError::from)?;
        let file = file_of(&path, &task_id)?;
        set.retain(|other, _| *other == task_id);
        let language = set.languages().into_iter().next().unwrap_or(Language::Python);
        if language != Language::Python {
            return Err(HardenTargetError::OtherLanguage { task_id, language });
        }
        Ok(HardenTarget { set, path, task_id, file })
    }

    /// The languages that an [`Executor`] has to have for it.
    pub fn languages(&self) -> Vec<Language> {
        self.set.languages()
    }

    /// The completions of the problem in a samples file.
    ///
    /// # Errors
    ///
    /// When it can not be read, or has none.
    pub fn completions(&self, path: &Path) -> Result<Vec<Sample>, HardenTargetError> {
        let HardenTarget { set, task_id, .. } = self;
        let mut found = Vec::new();
        let tasks = Tasks::of(set);
        for sample in Samples::open(path).map_err(EvaluateError::from)? {
            let sample = sample.map_err(EvaluateError::from)?;
            let is_it = match &sample.task {
                SampleTask::Named(name) => name == task_id || find_task(set, name.as_str()).is_ok(),
                SampleTask::Position(_) | SampleTask::Part(..) => tasks.find(&sample.task) == Some(task_id),
            };
            if is_it {
                found.push(sample);
            }
        }
        if found.is_empty() {
            let (task_id, path) = (task_id.clone(), path.to_owned());
            return Err(HardenTargetError::NoCompletion { task_id, path });
        }
        Ok(found)
    }

    /// Looks for tests that catch mutants of the reference solution, known-wrong solutions and these completions.
    ///
    /// # Errors
    ///
    /// When the reference solution can not be measured or does not pass, or the problem is none that can be hardened.
    pub fn harden(
        &self,
        executor: &Executor,
        completions: &[Sample],
        most_mutants: usize,
        most_inputs: usize,
        observe: Observer<'_>,
    ) -> Result<Hardening, HardenTargetError> {
        let task_id = || self.task_id.clone();
        let judge = Judge::new(&executor.runners, Limits::default(), self.set.dataset);
        executor.measure_references(&self.set, &judge, |_, _| true, observe)?;
        let prepared = PreparedProblems::new(&self.set, Some(&executor.references)).get(&self.task_id);
        let prepared = prepared.map_err(EvaluateError::from)?;
        let (problem, reference) = (&prepared.problem, prepared.reference.as_ref());
        if !reference.is_some_and(|run| run.passes()) {
            return Err(HardenTargetError::ReferenceFails { task_id: task_id() });
        }
        let answers = completions.iter().map(|sample| {
            (
                format!("completion on {}", sample.place),
                Answer { text: &sample.completion, form: sample.form },
            )
        });
        let opponents = opponents(problem, most_mutants, answers);
        observe(Event::Hardening(opponents.len() as u64));
        let hardening = executor.pool.install(|| {
            judge.harden(problem, reference, &opponents, most_inputs, |step| {
                observe(Event::HardenStep(step));
            })
        });
        observe(Event::Hardened);
        hardening.map_err(|source| HardenTargetError::Harden { task_id: task_id(), source })
    }

    /// Puts tests behind what the problem's file has, unless the set can no longer be read then.
    ///
    /// # Errors
    ///
    /// When the file can not be written, or the set not be read: then the file is as it was.
    pub fn append(&self, tests: &[NewTest]) -> Result<(), HardenTargetError> {
        let path = || self.file.clone();
        let can_not = |source| HardenTargetError::Write { path: path(), source };
        let tables: Vec<String> = tests.iter().map(table_of).collect();
        let before = fs::read(&self.file).map_err(can_not)?;
        let end_line = if before.ends_with(b"\n") { "" } else { "\n" };
        let mut open = OpenOptions::new().append(true).open(&self.file).map_err(can_not)?;
        open.write_all(format!("{end_line}\n{}", tables.join("\n")).as_bytes()).map_err(can_not)?;
        if let Err(error) = load(&self.path, None) {
            open.set_len(before.len() as u64).map_err(can_not)?;
            return Err(HardenTargetError::Unreadable { path: path(), fault: Box::new(error) });
        }
        Ok(())
    }
}

/// The file of a problem of a set.
fn file_of(set: &Path, task_id: &TaskId) -> Result<PathBuf, HardenTargetError> {
    let name = task_id.as_str().rsplit('/').next().unwrap_or_default();
    let files = problem_files(set).map_err(EvaluateError::from)?.into_values();
    let mut named = files.filter(|path| path.file_stem().is_some_and(|stem| stem == name));
    named.next().ok_or_else(|| HardenTargetError::FileGone { task_id: task_id.clone(), path: set.to_owned() })
}

/// A test as a table of a problem's file, with what it catches.
pub fn table_of(new: &NewTest) -> String {
    let mut comments: Vec<String> =
        new.catches.iter().take(MOST_NAMED).map(|name| format!("Catches {name}.")).collect();
    if new.catches.len() > MOST_NAMED {
        comments.push(format!("Catches {} more.", new.catches.len() - MOST_NAMED));
    }
    test_table(&new.test, &comments)
}
