//! The run directory: what a run was asked, what it judged and what came of it, safe against a crash at any instant.
//!
//! ```text
//! runs/<name>/
//!   run.json           RunManifest: everything needed to repeat the run
//!   completions.jsonl  one Completion a line
//!   verdicts.jsonl     one VerdictRecord a line
//!   scores.json        derived; can be rebuilt from the other three
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
//! and verdicts are never held in memory: what is, is an ordinal and a bit for each (and in `finish` an offset).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

mod atomic;
mod completions;
mod error;
mod growing;
mod lock;
mod log;
mod manifest;
mod ordinals;
mod sample_reader;
mod verdicts;

pub use completions::{CompletionIndex, CompletionWriter, Completions, NewRun, RecordedCompletion};
pub use error::RecordError;
pub use growing::{FailedSample, GrowingRun, JudgedProgram, ProgramDigest};
pub use log::{LineAt, LogReader};
pub use manifest::{
    Difference, FORMAT, ModelIdentity, ProblemSetIdentity, RunManifest, RunnerIdentity, SamplesIdentity,
};
pub use ordinals::OrdinalSet;
pub use sample_reader::SampleReader;
pub use verdicts::{RecordedVerdict, VerdictLog, VerdictRecord, Verdicts};

use crate::problem::TaskId;
use crate::sandbox::Fuel;
use error::io_error;
use lock::DirectoryLock;

const RUN: &str = "run.json";
const COMPLETIONS: &str = "completions.jsonl";
const VERDICTS: &str = "verdicts.jsonl";
const SCORES: &str = "scores.json";
const REFERENCES: &str = "references.json";

/// A run that has started, for reading.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
    manifest: RunManifest,
    index: Arc<CompletionIndex>,
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
    /// When there is no run, it was written by a newer karat, or its completions are not those it started with.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RecordError> {
        let path = path.into();
        let manifest = RunManifest::read(&path)?;
        let index = CompletionIndex::read(&path.join(COMPLETIONS), &manifest.samples)?;
        Ok(RunDirectory { path, manifest, index: Arc::new(index) })
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
        Ok(ActiveRun { directory, _lock: lock })
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
    pub fn completions(&self) -> Result<Completions, RecordError> {
        Completions::open(self.path.join(COMPLETIONS))
    }

    /// Reads the verdicts one by one: in the order of the completions if the run is finished, else in the order in
    /// which they were reached. A torn last line is left out, and of two verdicts on one completion the second.
    ///
    /// # Errors
    ///
    /// When the file is there but can not be opened.
    pub fn verdicts(&self) -> Result<Verdicts, RecordError> {
        Verdicts::open(self.path.join(VERDICTS), Arc::clone(&self.index))
    }

    /// Writes `scores.json`, whole or not at all.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn write_scores(&self, scores: &impl Serialize) -> Result<(), RecordError> {
        atomic::replace_json(&self.path.join(SCORES), scores)
    }

    /// Writes `references.json`: what the reference solution of each problem burns on all of its tests.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn write_reference_fuel(&self, fuel: &BTreeMap<TaskId, Fuel>) -> Result<(), RecordError> {
        atomic::replace_json(&self.path.join(REFERENCES), fuel)
    }

    /// Reads `references.json`; nothing is known where there is none.
    ///
    /// # Errors
    ///
    /// When it is there and can not be read.
    pub fn reference_fuel(&self) -> Result<BTreeMap<TaskId, Fuel>, RecordError> {
        Ok(self.read_json(REFERENCES)?.unwrap_or_default())
    }

    /// Reads `scores.json`; `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// When it can not be read or is no `T`.
    pub fn scores<T: DeserializeOwned>(&self) -> Result<Option<T>, RecordError> {
        self.read_json(SCORES)
    }

    fn read_json<T: DeserializeOwned>(&self, file: &str) -> Result<Option<T>, RecordError> {
        let path = self.path.join(file);
        match fs::read(&path) {
            Ok(content) => serde_json::from_slice(&content)
                .map(Some)
                .map_err(|source| RecordError::Scores { path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", &path)(error)),
        }
    }
}

/// A run that this process may write, and no other, until this is dropped.
#[derive(Debug)]
pub struct ActiveRun {
    directory: RunDirectory,
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
    /// When the file can not be read or written, or a line other than the last is damaged.
    pub fn verdict_log(self, keep: impl FnMut(&VerdictRecord) -> bool) -> Result<VerdictLog, RecordError> {
        VerdictLog::open(self, keep)
    }
}

fn open_file(path: &Path) -> Result<File, RecordError> {
    File::open(path).map_err(io_error("open", path))
}

#[cfg(test)]
mod tests;
