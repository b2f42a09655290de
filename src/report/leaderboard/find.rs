//! Finds the runs that people mean by directories, names, and folders that hold runs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{FinishedRun, LeaderboardError};
use crate::record::{GrowingRun, RunDirectory};
use crate::report::results::ResultsError;
use crate::report::run_name::run_path;

/// A run's directory, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRun {
    /// The directory.
    pub path: PathBuf,
    /// Whether it was named itself, not the folder that it is in.
    pub is_named: bool,
}

/// The runs that are meant by paths and names, each that of a run or of a folder that holds runs; a run that is named
/// twice counts once.
///
/// # Errors
///
/// When one is neither.
pub fn find_runs(named: &[PathBuf]) -> Result<Vec<FoundRun>, LeaderboardError> {
    let is_run = |path: &Path| RunDirectory::is_at(path) || GrowingRun::is_at(path);
    let mut found: Vec<FoundRun> = Vec::new();
    for named in named {
        let path = run_path(named)?;
        if path.is_file() {
            return Err(LeaderboardError::NotADirectory { path });
        }
        if is_run(&path) {
            found.push(FoundRun { path, is_named: true });
            continue;
        }
        let failed = |source| LeaderboardError::Folder { path: path.clone(), source };
        let mut runs = Vec::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            if is_run(&entry) {
                runs.push(entry);
            }
        }
        if runs.is_empty() {
            return Err(LeaderboardError::NoRun { path });
        }
        runs.sort();
        found.extend(runs.into_iter().map(|path| FoundRun { path, is_named: false }));
    }
    // One that was named is named, in whatever order.
    found.sort_by_key(|run| !run.is_named);
    let mut seen = HashSet::new();
    found.retain(|run| seen.insert(fs::canonicalize(&run.path).unwrap_or_else(|_| run.path.clone())));
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

impl FoundRun {
    /// Reads it; nothing where it is not finished and was only found in a folder.
    ///
    /// # Errors
    ///
    /// When it can not be read, or was named and is not finished.
    pub fn open(&self) -> Result<Option<FinishedRun>, LeaderboardError> {
        if !RunDirectory::is_at(&self.path) {
            return match self.is_named {
                true => Err(LeaderboardError::Unfinished { path: self.path.clone() }),
                false => Ok(None),
            };
        }
        match FinishedRun::open(&self.path) {
            Err(LeaderboardError::Results(ResultsError::Unfinished { .. })) if !self.is_named => Ok(None),
            opened => opened.map(Some),
        }
    }
}
