//! Finds the runs that people mean by directories, names, and folders that hold runs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::LeaderboardError;
use crate::record::{GrowingRun, RunDirectory};
use crate::report::run_name::run_path;

/// The directories of the runs that are meant by paths and names, each that of a run or of a folder that holds runs; a
/// run that is named twice counts once.
///
/// # Errors
///
/// When one is neither.
pub fn find_runs(named: &[PathBuf]) -> Result<Vec<PathBuf>, LeaderboardError> {
    let is_run = |path: &Path| RunDirectory::is_at(path) || GrowingRun::is_at(path);
    let mut found: Vec<PathBuf> = Vec::new();
    for named in named {
        let path = run_path(named)?;
        if path.is_file() {
            return Err(LeaderboardError::NotADirectory { path });
        }
        if is_run(&path) {
            found.push(path);
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
        found.append(&mut runs);
    }
    found.sort();
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(found)
}
