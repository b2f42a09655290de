//! Finds runs by what people call them.
//!
//! A run is named by its directory, or by its name alone: that of its directory below [`RUNS`], or what tables call it,
//! which is the name that `--name` gave it or else its model.

use std::path::{Path, PathBuf};

use crate::evaluate::resume::RUNS;
use crate::files;
use crate::problem::locate::near;
use crate::record::{GrowingRun, RunDirectory};
use crate::shown::{either, shown};

/// Why no run could be found. Each message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunNameError {
    /// There is no path and no run of that name.
    #[error("there is no run {:?}; {}", shown(name), advice(near, available))]
    Unknown {
        /// The name that was given.
        name: String,
        /// Names of runs that it may be a misspelling of.
        near: Vec<String>,
        /// Some of the names there are.
        available: Vec<String>,
    },
    /// Several runs have that name.
    #[error(
        "several runs are called {:?}: {}; write the path of one", shown(name),
        paths.iter().map(|path| shown(path.display()).to_string()).collect::<Vec<_>>().join(", ")
    )]
    Ambiguous {
        /// The name that was given.
        name: String,
        /// Their directories.
        paths: Vec<PathBuf>,
    },
}

/// How many names of runs an error lists.
const MOST_LISTED: usize = 20;

fn advice(near: &[String], available: &[String]) -> String {
    if !near.is_empty() {
        format!("did you mean {}?", either(near))
    } else if available.is_empty() {
        format!("give the path of a run's directory (no run is in ./{RUNS})")
    } else {
        format!(
            "those in ./{RUNS} are {} (or give the path of one)",
            available.iter().map(|name| shown(name).to_string()).collect::<Vec<_>>().join(", ")
        )
    }
}

/// The path that is meant by a path or the name of a run. What exists is meant as a path.
///
/// # Errors
///
/// When there is nothing there and no run has that name, or several have.
pub fn run_path(named: &Path) -> Result<PathBuf, RunNameError> {
    run_path_in(Path::new(RUNS), named)
}

fn run_path_in(runs: &Path, named: &Path) -> Result<PathBuf, RunNameError> {
    if named.exists() {
        return Ok(named.to_owned());
    }
    let name = named.to_string_lossy().into_owned();
    let is_plain = !name.is_empty() && !name.contains('/');
    let below = runs.join(named);
    if is_plain && below.exists() {
        return Ok(below);
    }
    let mut paths: Vec<PathBuf> = files::some_paths(runs).filter(|path| path.is_dir()).collect();
    paths.sort();
    let given: Vec<(String, PathBuf)> =
        paths.iter().filter_map(|path| Some((given_name(path)?, path.clone()))).collect();
    let mut found: Vec<PathBuf> =
        given.iter().filter(|(given, _)| *given == name).map(|(_, path)| path.clone()).collect();
    match (found.pop(), found.is_empty()) {
        (Some(path), true) => return Ok(path),
        (Some(path), false) => {
            found.push(path);
            return Err(RunNameError::Ambiguous { name, paths: found });
        }
        (None, _) => {}
    }
    let directories = paths.iter().filter(|path| RunDirectory::is_at(path) || GrowingRun::is_at(path));
    let directories = directories.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let mut names: Vec<String> = directories.chain(given.into_iter().map(|(name, _)| name)).collect();
    names.sort();
    names.dedup();
    let last = named.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let near = near(&last, names.iter().cloned());
    names.truncate(MOST_LISTED);
    Err(RunNameError::Unknown { name, near, available: names })
}

/// What tables call a run, where that is not the name of its directory.
fn given_name(path: &Path) -> Option<String> {
    let manifest = match RunDirectory::is_at(path) {
        true => RunDirectory::manifest_of(path),
        false => GrowingRun::question_of(path),
    };
    manifest.ok()?.given_name()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_run_is_found_by_path_and_by_the_name_of_its_directory() {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs");
        fs::create_dir_all(runs.join("HumanEval-gpt-5")).unwrap();
        fs::write(runs.join("HumanEval-gpt-5/run.json"), "{}").unwrap();
        let path = runs.join("HumanEval-gpt-5");
        assert_eq!(run_path_in(&runs, &path).unwrap(), path);
        assert_eq!(run_path_in(&runs, Path::new("HumanEval-gpt-5")).unwrap(), path);
        let message = run_path_in(&runs, Path::new("HumanEval-gpt5")).unwrap_err().to_string();
        assert!(message.contains("did you mean HumanEval-gpt-5?"), "{message}");
        let message = run_path_in(&runs, Path::new("zzz")).unwrap_err().to_string();
        assert!(message.contains("those in ./runs are HumanEval-gpt-5"), "{message}");
        let message = run_path_in(folder.path(), Path::new("zzz")).unwrap_err().to_string();
        assert!(message.contains("give the path of a run's directory"), "{message}");
    }
}
