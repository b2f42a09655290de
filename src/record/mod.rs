//! The run directory: what a run was asked, what it judged and the verdicts, safe against a crash at any instant.
//!
//! ```text
//! runs/<name>/
//!   run.json           RunManifest: everything needed to repeat the run
//!   completions.jsonl  one Completion a line
//!   verdicts.jsonl     one VerdictRecord a line
//!   scores.json        derived; can be rebuilt from the other three. Where it is, the run is finished
//!   references.json    what the reference solutions burn, for the report of efficiency
//!   .lock              held by the process that writes
//! ```
//!
//! The life of a run, each step a type that only allows the next one:
//!
//! 1. [`RunDirectory::create`] gives a [`CompletionWriter`], which takes every completion. An input that turns out to
//!    be malformed costs nothing: dropping the writer removes what it wrote.
//! 2. [`CompletionWriter::close`] gives a [`NewRun`], which knows the digest and the counts.
//! 3. [`NewRun::start`] writes `run.json`, whole or not at all. A directory with it is a run; one without is rubbish
//!    of a crash, and `create` replaces it.
//! 4. [`ActiveRun::verdict_log`] gives a [`VerdictLog`], which takes verdicts in any order, through a mutex from any
//!    thread.
//! 5. [`VerdictLog::finish`] puts them in the order of the completions, so that two runs give identical files.
//!
//! [`RunDirectory::resume`] enters at step 4; [`RunDirectory::open`] only reads, and needs no lock. Completions
//! and verdicts are never held in memory, only an ordinal, a digest and a bit for each (and in `finish` an offset).
//!
//! Every line and every file has a seal, and whatever reads a run checks it: what was changed, lost, doubled or moved
//! is an error that names file and line. The module `seal` says what seals are bound to, and what they do not prove.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

mod answers;
mod append;
mod atomic;
mod completions;
mod error;
mod growing;
mod lock;
mod log;
mod manifest;
mod names;
mod ordinals;
mod sample_reader;
mod scan;
mod seal;
mod sealed_file;
mod unkept;
mod verdict_record;
mod verdicts;

pub use answers::{AnswerText, RecordedAnswer};
pub use append::LineAt;
pub use completions::{CompletionIndex, CompletionReader, CompletionWriter, NewRun, RecordedCompletion};
pub use error::{RecordError, unfinished};
pub use growing::{FailedSample, GrowingRun, JudgedProgram, ProgramDigest};
pub use log::LogReader;
pub use manifest::{
    Difference, ModelIdentity, ProblemSetIdentity, RunManifest, RunnerIdentity, SamplesIdentity,
};
pub use names::FORMAT;
pub use ordinals::OrdinalSet;
pub use sample_reader::{RecordedSample, SampleReader};
pub use scan::{RecordedVerdict, Verdicts};
pub use verdict_record::VerdictRecord;
pub use verdicts::VerdictLog;

use crate::files;
use crate::problem::TaskId;
use crate::sandbox::Fuel;
use error::io_error;
use lock::DirectoryLock;
use names::{COMPLETIONS, REFERENCES, RUN, SCORES, VERDICTS};
use scan::{FileDigest, Scan, ScoredFiles};
use seal::Sealer;

/// What to do about a file that is derived from others.
const DERIVED: &str = "remove it, and --resume makes it again";

/// A run that has started, for reading.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
    manifest: RunManifest,
    index: Arc<CompletionIndex>,
    /// What the verdicts are, where this process has just put them in order.
    verdicts: Option<FileDigest>,
}

impl RunDirectory {
    /// Makes a directory for a new run, parents included, and locks it.
    ///
    /// What a run that never started left behind is replaced.
    ///
    /// # Errors
    ///
    /// When the directory holds a run or anything else, another process writes there, or it can not be made.
    pub fn create(path: impl Into<PathBuf>) -> Result<CompletionWriter, RecordError> {
        CompletionWriter::create(path.into())
    }

    /// Opens a run to read it. It may be unfinished, and being written by another process.
    ///
    /// All completions are read once, to check them against the manifest's digest.
    ///
    /// # Errors
    ///
    /// When there is no run, it was written by a karat with another format, or what it was asked or its completions are
    /// not as they were when it started.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RecordError> {
        let path = path.into();
        let manifest = RunDirectory::manifest_of(&path)?;
        let index = CompletionIndex::read(&path.join(COMPLETIONS), &manifest.samples)?;
        Ok(RunDirectory { path, manifest, index: Arc::new(index), verdicts: None })
    }

    /// Whether there is a run, judging by the names of its files.
    pub fn is_at(path: &Path) -> bool {
        path.join(RUN).exists()
    }

    /// Whether the run there is finished, judging by the names of its files.
    pub fn is_finished(path: &Path) -> bool {
        path.join(SCORES).exists()
    }

    /// Whether there is nothing but what a run left that never started, and that nobody writes now: [`create`](Self::create)
    /// replaces it.
    pub fn is_left_over(path: &Path) -> bool {
        let is_ours = path.join(lock::LOCK).exists() && completions::check_replaceable(path).is_ok();
        is_ours && DirectoryLock::acquire(path).is_ok()
    }

    /// What a run was asked, without looking at anything else of it.
    ///
    /// # Errors
    ///
    /// When there is no run, it was written by a karat with another format, or `run.json` is not as it was written.
    pub fn manifest_of(path: &Path) -> Result<RunManifest, RecordError> {
        match RunManifest::read(path) {
            // One whose answers are still to come.
            Err(RecordError::NotARun { .. }) if GrowingRun::is_at(path) => {
                Err(GrowingRun::question_of(path)?.not_finished(path))
            }
            read => read,
        }
    }

    /// Opens a run to continue it, and locks it.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), and when another process writes there.
    pub fn resume(path: impl Into<PathBuf>) -> Result<ActiveRun, RecordError> {
        let path = path.into();
        RunManifest::read(&path)?; // so that no lock file is put where there is no run
        let lock = DirectoryLock::acquire(&path)?;
        let directory = RunDirectory::open(path)?;
        Ok(ActiveRun { directory, made: false, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the run was asked.
    pub fn manifest(&self) -> &RunManifest {
        &self.manifest
    }

    /// Which completions there are, without their text.
    pub fn index(&self) -> &CompletionIndex {
        &self.index
    }

    /// Reads the completions one by one, in their order.
    ///
    /// # Errors
    ///
    /// When the file can not be opened.
    pub fn completions(&self) -> Result<CompletionReader, RecordError> {
        CompletionReader::open(self.path.join(COMPLETIONS))
    }

    /// Reads the verdicts one by one: in the order of the completions if the run is finished, else in the order in
    /// which they were reached, without a torn last line. A line that was changed, lost, doubled or moved is an error;
    /// while the run is not finished, lost and moved lines can not be told, and are judged again.
    ///
    /// # Errors
    ///
    /// When the file is there but can not be opened, or `scores.json` is damaged.
    pub fn verdicts(&self) -> Result<Verdicts, RecordError> {
        Verdicts::open(self)
    }

    /// Writes `scores.json`, an object, whole or not at all. The run is finished then.
    ///
    /// # Errors
    ///
    /// When it can not be written, or not every completion has its verdict.
    pub fn write_scores(&self, scores: &impl Serialize) -> Result<(), RecordError> {
        /// What `scores.json` holds.
        #[derive(Serialize)]
        struct Scores<'a, S> {
            #[serde(flatten)]
            scores: &'a S,
            files: ScoredFiles,
        }
        let verdicts = match &self.verdicts {
            Some(verdicts) => verdicts.clone(),
            None => {
                let mut scan = Scan::open(self)?;
                while scan.next()?.is_some() {}
                scan.digest()
            }
        };
        let total = self.index.len();
        if verdicts.lines < total {
            return Err(RecordError::Unfinished { missing: total - verdicts.lines, total });
        }
        let files = ScoredFiles { completions: self.manifest.samples.digest.clone(), verdicts };
        sealed_file::replace(&self.path.join(SCORES), &self.sealer(SCORES), &Scores { scores, files })?;
        Ok(())
    }

    /// Writes `references.json`: what the reference solution of each problem burns on all of its tests.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn write_reference_fuel(&self, fuel: &BTreeMap<TaskId, Fuel>) -> Result<(), RecordError> {
        let references = ReferenceFuel { fuel };
        sealed_file::replace(&self.path.join(REFERENCES), &self.sealer(REFERENCES), &references)?;
        Ok(())
    }

    /// Reads `references.json`; nothing is known where there is none.
    ///
    /// # Errors
    ///
    /// When it is there and can not be read, or is not as it was written.
    pub fn reference_fuel(&self) -> Result<BTreeMap<TaskId, Fuel>, RecordError> {
        let references: Option<ReferenceFuel<_>> = self.read(REFERENCES)?;
        Ok(references.map(|references| references.fuel).unwrap_or_default())
    }

    /// Reads `scores.json`; `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// When it can not be read, is not as it was written, or is no `T`.
    pub fn scores<T: DeserializeOwned>(&self) -> Result<Option<T>, RecordError> {
        self.read(SCORES)
    }

    /// What `scores.json` says of the files that it was computed from; `None` if the run is not finished.
    fn scored_files(&self) -> Result<Option<ScoredFiles>, RecordError> {
        /// What this needs of it.
        #[derive(Deserialize)]
        struct Files {
            files: ScoredFiles,
        }
        let Some(Files { files }) = self.read(SCORES)? else { return Ok(None) };
        if files.completions != self.manifest.samples.digest || files.verdicts.lines != self.index.len() {
            return Err(RecordError::Changed {
                path: self.path.join(SCORES),
                problem: "the scores of a run of other completions".to_owned(),
                remedy: DERIVED,
            });
        }
        Ok(Some(files))
    }

    fn read<T: DeserializeOwned>(&self, file: &'static str) -> Result<Option<T>, RecordError> {
        let read = sealed_file::read(&self.path.join(file), &self.sealer(file), DERIVED)?;
        Ok(read.map(|(value, _)| value))
    }

    /// What makes the seals of verdicts.
    fn verdict_sealer(&self) -> Sealer {
        self.sealer(VERDICTS)
    }

    /// What makes the seals of a file that depends on how the run judges.
    fn sealer(&self, file: &'static str) -> Sealer {
        Sealer::new(file, &self.manifest.judged_by())
    }
}

/// What `references.json` holds.
#[derive(Serialize, Deserialize)]
struct ReferenceFuel<F> {
    fuel: F,
}

/// A run that this process may write, and no other, until this is dropped.
#[derive(Debug)]
pub struct ActiveRun {
    directory: RunDirectory,
    /// Whether its directory was made for it, now.
    made: bool,
    _lock: DirectoryLock,
}

impl ActiveRun {
    /// The run, for reading.
    pub fn directory(&self) -> &RunDirectory {
        &self.directory
    }

    /// Opens the log of verdicts to append to it, after mending what a crash left.
    ///
    /// Verdicts for which `keep` is false are removed, so that their completions are judged again: an inconclusive
    /// one, say. Pass `|_| true` to keep all.
    ///
    /// # Errors
    ///
    /// When the file can not be read or written, or a line is damaged in a way that no crash explains.
    pub fn verdict_log(self, keep: impl FnMut(&VerdictRecord) -> bool) -> Result<VerdictLog, RecordError> {
        VerdictLog::open(self, keep)
    }
}

fn open_file(path: &Path) -> Result<File, RecordError> {
    files::open_found(path).map_err(io_error("open", path))
}

#[cfg(test)]
mod tests;
