//! What installing runners left in the cache, and which of it is in use: builds of older inputs stay there.
//!
//! In `runners/NAME/` the name of a file begins with the digest of the inputs that it was built from; see
//! [`install`](super::install).

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::install::{InstallState, Installer};
use crate::files::size;
use crate::package::LOCK;

/// Files that were made together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The runner.
    pub runner: String,
    /// What it is, in words: the digest of its inputs, say.
    pub what: String,
    /// Whether commands of this version need it.
    pub in_use: bool,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// How many bytes they take.
    pub bytes: u64,
}

/// Every build in a cache directory, those in use first. `installers` are those of this version's runners.
///
/// # Errors
///
/// When a folder can not be read.
pub fn builds(cache: &Path, installers: &[(&str, Installer)]) -> io::Result<Vec<Build>> {
    let mut found: Vec<Build> = Vec::new();
    for (runner, folder) in entries(&cache.join("runners"))? {
        let installer = installers.iter().find(|(name, _)| *name == runner).map(|(_, installer)| installer);
        let in_use = installer.map(InUse::of);
        for (name, path) in entries(&folder)? {
            if name == LOCK {
                continue; // never removed: two processes would each lock "the" file
            }
            let what = what(&name);
            let is_in_use = in_use.as_ref().is_some_and(|in_use| in_use.has(&name));
            let bytes = size(&path)?;
            match found
                .iter_mut()
                .find(|build| (&build.runner, &build.what, build.in_use) == (&runner, &what, is_in_use))
            {
                Some(build) => {
                    build.paths.push(path);
                    build.bytes += bytes;
                }
                None => found.push(Build {
                    runner: runner.clone(),
                    what,
                    in_use: is_in_use,
                    paths: vec![path],
                    bytes,
                }),
            }
        }
    }
    found.sort_by(|a, b| (&a.runner, !a.in_use, &a.what).cmp(&(&b.runner, !b.in_use, &b.what)));
    Ok(found)
}

/// The right to remove builds of a runner; `None` while a process installs it.
///
/// # Errors
///
/// When the lock can not be made.
pub fn lock(cache: &Path, runner: &str) -> io::Result<Option<File>> {
    let file = File::create(cache.join("runners").join(runner).join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// The names in a runner's folder that are in use.
struct InUse {
    /// How the names of the compiled guests and their record begin, if they are installed.
    compiled: Option<String>,
    /// How the names of the components begin that they are compiled from.
    components: String,
    /// The virtual environment that components are built in, and the folder of what was fetched.
    folders: Vec<String>,
}

impl InUse {
    fn of(installer: &Installer) -> InUse {
        let compiled = match installer.state() {
            InstallState::Ready(_) => Some(format!("{}.", installer.key())),
            InstallState::Missing | InstallState::Damaged(_) => None,
        };
        InUse {
            compiled,
            components: format!("{}.", installer.inputs()),
            folders: installer.environment_name().into_iter().chain(installer.packages_name()).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.folders.iter().any(|folder| folder == name)
            || name.starts_with(&self.components)
            || self.compiled.as_ref().is_some_and(|compiled| name.starts_with(compiled.as_str()))
    }
}

/// What a file in a runner's folder belongs to.
fn what(name: &str) -> String {
    if let Some(environment) = name.strip_prefix("venv-") {
        return format!("environment {environment}");
    }
    if let Some(packages) = name.strip_prefix("packages-") {
        return format!("packages {packages}");
    }
    if name.starts_with('.') {
        return "unfinished".to_owned();
    }
    let inputs = name.split(['-', '.']).next().unwrap_or(name);
    format!("build {inputs}")
}

fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::python::RECIPE;

    #[test]
    fn builds_of_other_inputs_are_told_from_the_one_in_use() {
        let cache = tempfile::tempdir().unwrap();
        let installer = || RECIPE.installer(cache.path()).unwrap();
        let inputs = installer().inputs().to_owned();
        let environment = installer().environment_name().unwrap();
        let folder = cache.path().join("runners/python");
        fs::create_dir_all(folder.join(&environment).join("bin")).unwrap();
        for (name, length) in [
            ("lock".to_owned(), 0),
            (format!("{inputs}.python.wasm"), 10),
            (format!("{inputs}.python.wasm.blake3"), 1),
            // Of this version, but of another wasmtime or processor, or damaged.
            (format!("{inputs}-0000.python.cwasm"), 100),
            ("0123456789abcdef.wasm".to_owned(), 20),
            ("0123456789abcdef-0000.cwasm".to_owned(), 200),
            (format!("{environment}/bin/python"), 1000),
            (".unfinished-x".to_owned(), 5),
        ] {
            fs::write(folder.join(name), vec![0; length]).unwrap();
        }
        let found = builds(cache.path(), &[(RECIPE.name(), installer())]).unwrap();
        let found: Vec<(&str, bool, u64)> =
            found.iter().map(|build| (build.what.as_str(), build.in_use, build.bytes)).collect();
        let (build, environment) = (format!("build {inputs}"), environment.replace("venv-", "environment "));
        assert_eq!(found.len(), 5, "{found:?}");
        for expected in [
            (build.as_str(), true, 11),
            (environment.as_str(), true, 1000),
            (build.as_str(), false, 100),
            ("build 0123456789abcdef", false, 220),
            ("unfinished", false, 5),
        ] {
            assert!(found.contains(&expected), "{expected:?} in {found:?}");
        }
        assert!(found[..2].iter().all(|(_, in_use, _)| *in_use));
        let held = lock(cache.path(), "python").unwrap();
        assert!(held.is_some() && lock(cache.path(), "python").unwrap().is_none());
    }
}
