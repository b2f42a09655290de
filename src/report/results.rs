//! The results of a run, problem by problem: what is compared, checked and reported. They come from a run directory, from a
//! baseline, a small file that stands for one, or from the results that EvalPlus wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::change::{Change, Moved};
use super::eval_plus::{self, UpstreamResults};
use super::run_name::{RunNameError, run_path};
use super::site::plural;
use crate::evaluate::spent::Generation;
use crate::evaluate::summary::Summary;
use crate::files;
use crate::judge::verdict::{Judgement, Judging, Standing, VerdictKind};
use crate::problem::TaskId;
use crate::record::{Difference, RecordError, RunDirectory, RunManifest};
use crate::shown::shown;
use crate::stats::{Estimate, PairedComparison, PassAtKError, ProblemCounts, compare_paired, mean_pass_at_k};

/// The format of baselines that this version writes, and the newest that it reads.
const FORMAT: u32 = 1;

/// Most bytes that a baseline may have: enough for 100,000 problems.
const LARGEST_BASELINE: u64 = 16 << 20;

/// Most bytes that results of another harness may have, programs included: enough for 200 samples of each problem.
const LARGEST_RESULTS: u64 = 256 << 20;

/// The results of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResults {
    /// The format, for baselines.
    baseline_format: u32,
    /// What the run is called: the name of its directory.
    pub name: String,
    /// What it is called elsewhere, for baselines, which do not say which model was asked at which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// What it was asked.
    pub manifest: RunManifest,
    /// The counts of each problem.
    pub problems: BTreeMap<TaskId, ProblemCounts>,
    /// How many completions got each verdict.
    pub verdicts: BTreeMap<VerdictKind, u64>,
    /// What it took to get the completions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
}

/// Why results can not be read or compared. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The run directory.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// There is no such run.
    #[error(transparent)]
    Name(#[from] RunNameError),
    /// A file that is no baseline.
    #[error(
        "{}: not a baseline; give a run's directory, a file that `karat baseline` wrote, or EvalPlus's results",
        path.display()
    )]
    NotABaseline {
        /// The file that was to be a baseline.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A file of EvalPlus's results that can not be read.
    #[error("{}: {fault}", shown(path.display()))]
    Upstream {
        /// The file of EvalPlus's results.
        path: PathBuf,
        /// What is wrong with it.
        fault: eval_plus::ReadError,
    },
    /// A baseline from the future.
    #[error("{}: a baseline of a newer karat (format {found}, this one reads up to {FORMAT}); use that version", path.display())]
    Newer {
        /// The baseline.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The file can not be read.
    #[error("can not read {}", shown(path.display()))]
    Io {
        /// The baseline that could not be read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing to compare.
    #[error(
        "{one} and {other} have no problem in common that both have {} of; choose {}runs of the same problem set",
        plural(*k, "sample"), if *k > 1 { "a smaller --k, or " } else { "" }
    )]
    NothingInCommon {
        /// A run.
        one: String,
        /// The other.
        other: String,
        /// The k of pass@k.
        k: u64,
    },
    /// The counts contradict each other.
    #[error("{name}: {source}")]
    Counts {
        /// The run.
        name: String,
        /// How.
        source: PassAtKError,
    },
}

impl RunResults {
    /// Reads a run, by its directory or its name, a baseline, or results that EvalPlus wrote.
    ///
    /// Where a run was judged both ways, sealed judging counts.
    ///
    /// # Errors
    ///
    /// When it can not be read, or the run is not finished.
    pub fn open(path: &Path) -> Result<RunResults, ResultsError> {
        let path = run_path(path)?;
        if path.is_file() {
            return RunResults::open_file(&path);
        }
        RunResults::of(&RunDirectory::open(path)?)
    }

    /// The results of a run.
    ///
    /// # Errors
    ///
    /// When it can not be read, or is not finished.
    pub fn of(run: &RunDirectory) -> Result<RunResults, ResultsError> {
        RunResults::of_each(run, |_, _, _| ())
    }

    /// The results of a run, with a look at each judgement that counts: of which problem, and which of its samples.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn of_each(
        run: &RunDirectory,
        mut each: impl FnMut(&TaskId, u32, &Judgement),
    ) -> Result<RunResults, ResultsError> {
        let mut problems: BTreeMap<TaskId, ProblemCounts> = BTreeMap::new();
        let mut verdicts: BTreeMap<VerdictKind, u64> = BTreeMap::new();
        let mut judged = 0;
        for recorded in run.verdicts()? {
            let record = recorded?.record;
            let judgement = record.judgements.counted();
            judged += 1;
            each(&record.task_id, record.sample, judgement);
            let kind = judgement.verdict.kind();
            *verdicts.entry(kind).or_default() += 1;
            let counts = problems.entry(record.task_id).or_default();
            counts.samples += 1;
            match kind.standing() {
                Standing::Pass => counts.passed += 1,
                Standing::Unknown => counts.unknown += 1,
                Standing::Fail => {}
            }
        }
        if judged < run.index().len() {
            return Err(run.manifest().not_finished(run.path()).into());
        }
        let scores: Option<Summary> = run.scores()?;
        Ok(RunResults {
            baseline_format: FORMAT,
            name: run.path().file_name().unwrap_or_default().to_string_lossy().into_owned(),
            title: None,
            manifest: run.manifest().clone(),
            problems,
            verdicts,
            generation: scores.and_then(|scores| scores.generation),
        })
    }

    fn open_file(path: &Path) -> Result<RunResults, ResultsError> {
        let io_error = |source| ResultsError::Io { path: path.to_owned(), source };
        let content = files::read(path, LARGEST_RESULTS).map_err(io_error)?;
        if eval_plus::is_results(&content) {
            return UpstreamResults::read(path, &content)
                .map(RunResults::from)
                .map_err(|fault| ResultsError::Upstream { path: path.to_owned(), fault });
        }
        #[derive(Deserialize)]
        struct Format {
            baseline_format: u32,
        }
        let not_a_baseline = |source| ResultsError::NotABaseline { path: path.to_owned(), source };
        let content = files::read(path, LARGEST_BASELINE).map_err(io_error)?;
        let Format { baseline_format: found } = serde_json::from_slice(&content).map_err(not_a_baseline)?;
        if found > FORMAT {
            return Err(ResultsError::Newer { path: path.to_owned(), found });
        }
        serde_json::from_slice(&content).map_err(not_a_baseline)
    }

    #[cfg(test)]
    pub(super) fn for_tests(
        name: &str,
        manifest: RunManifest,
        problems: BTreeMap<TaskId, ProblemCounts>,
    ) -> RunResults {
        UpstreamResults { name: name.to_owned(), manifest, problems, verdicts: BTreeMap::new() }.into()
    }

    /// What to call it: the name that it was given; else the model where Karat asked one, with the natural language of
    /// the statements where one was chosen; else the name of its directory.
    pub fn title(&self) -> String {
        self.title.clone().or_else(|| self.manifest.given_name()).unwrap_or_else(|| self.name.clone())
    }

    /// The results for others: without the addresses and the paths of the machine that the run was made on.
    #[must_use]
    pub fn without_places(mut self) -> RunResults {
        let last_part = |path: &mut String| {
            *path = Path::new(path.as_str()).file_name().unwrap_or_default().to_string_lossy().into_owned();
        };
        self.title = Some(self.title());
        let manifest = &mut self.manifest;
        manifest.command.clear();
        manifest.model = None;
        last_part(&mut manifest.problems.path);
        manifest.samples.path.iter_mut().for_each(last_part);
        if let Some(generation) = &mut self.generation {
            // Older runs have the address in it.
            if generation.model.contains("//") || generation.model.contains(":/") {
                generation.model = self.title.clone().unwrap_or_default();
            }
        }
        self
    }

    /// Mean pass@k over the problems that have k samples; nothing if none has.
    pub fn pass_at_k(&self, k: u64) -> Option<Estimate> {
        let counts: Vec<ProblemCounts> =
            self.problems.values().copied().filter(|counts| counts.samples >= k).collect();
        mean_pass_at_k(&counts, k).ok()
    }

    /// The smallest number of samples that a problem has.
    pub fn fewest_samples(&self) -> u64 {
        self.problems.values().map(|counts| counts.samples).min().unwrap_or(0)
    }

    /// The ways in which the two were not judged alike that matter: of a run that was judged both ways, only sealed
    /// judging does. Baselines of other versions of karat are comparable. Of what another harness judged, no more is known
    /// than that.
    pub fn differences(&self, other: &RunResults) -> Vec<Difference> {
        let harness = |results: &RunResults| {
            UpstreamResults::harness(&results.manifest)
                .map_or_else(|| format!("Karat ({})", results.manifest.judging.name()), str::to_owned)
        };
        let (one, two) = (harness(self), harness(other));
        let is_upstream = |results: &RunResults| UpstreamResults::harness(&results.manifest).is_some();
        if is_upstream(self) != is_upstream(other) {
            return vec![Difference { what: "harness".to_owned(), one, other: two }];
        }
        let is_compat = |results: &RunResults| results.manifest.judging == Judging::Compat;
        let mut differences = self.manifest.differences(&other.manifest);
        differences.retain(|difference| difference.what != "judging" || is_compat(self) != is_compat(other));
        differences
    }

    /// How `other` differs from this, on the problems that both have with k samples.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn compare(&self, other: &RunResults, k: u64) -> Result<Compared, ResultsError> {
        let mut common = Vec::new();
        let mut pairs = Vec::new();
        for (task_id, &one) in &self.problems {
            let Some(&two) = other.problems.get(task_id) else { continue };
            if one.samples >= k && two.samples >= k {
                common.push(task_id.clone());
                pairs.push((one, two));
            }
        }
        if pairs.is_empty() {
            let (one, other) = (self.title(), other.title());
            return Err(ResultsError::NothingInCommon { one, other, k });
        }
        let paired = compare_paired(&pairs, k)
            .map_err(|source| ResultsError::Counts { name: other.name.clone(), source })?;
        let left_out =
            (self.problems.len() - pairs.len()) as u64 + (other.problems.len() - pairs.len()) as u64;
        let changed = |change: Change| -> Vec<Moved> {
            let pairs = common.iter().zip(&pairs);
            pairs
                .filter(|(_, (before, now))| Change::of(Some(*before), Some(*now)) == change)
                .map(|(task_id, &(before, now))| Moved { task_id: task_id.clone(), before, now })
                .collect()
        };
        let names = |moved: Vec<Moved>| moved.into_iter().map(|one| one.task_id).collect();
        let mut less_often = changed(Change::PassingLessOften);
        less_often.sort_by(|one, other| one.by_drop(other, k));
        let mut more_often = changed(Change::PassingMoreOften);
        more_often.sort_by(|one, other| one.by_rise(other, k));
        Ok(Compared {
            newly_failing: names(changed(Change::NewlyFailing)),
            less_often,
            newly_passing: names(changed(Change::NewlyPassing)),
            more_often,
            left_out,
            paired,
        })
    }
}

impl ResultsError {
    /// The run's directory, if what is wrong is that it is not finished.
    pub fn unfinished(&self) -> Option<&Path> {
        match self {
            ResultsError::Record(error) => error.unfinished(),
            _ => None,
        }
    }
}

impl From<UpstreamResults> for RunResults {
    fn from(results: UpstreamResults) -> RunResults {
        let UpstreamResults { name, manifest, problems, verdicts } = results;
        RunResults {
            baseline_format: FORMAT,
            name,
            title: None,
            manifest,
            problems,
            verdicts,
            generation: None,
        }
    }
}

/// How a run differs from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The statistics.
    #[serde(flatten)]
    pub paired: PairedComparison,
    /// Problems of either run that the other one does not have, or not with enough samples.
    pub left_out: u64,
    /// Problems that some sample solved, and now none does.
    pub newly_failing: Vec<TaskId>,
    /// Problems that a smaller share of the samples solves than before, the largest drop first.
    pub less_often: Vec<Moved>,
    /// Problems that no sample solved, and now one does.
    pub newly_passing: Vec<TaskId>,
    /// Problems that a larger share of the samples solves than before, the largest rise first.
    pub more_often: Vec<Moved>,
}
