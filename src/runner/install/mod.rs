//! Installing a runner: fetch its package, build the component, compile it ahead of time, keep all of it in the
//! user's cache.
//!
//! Everything in the cache is named by the digest of what went in, written under a temporary name and renamed, so
//! that what has its name is whole. One lock a runner keeps two processes from doing the same work at once. What is
//! loaded has its digest checked first: a damaged file is built again, not executed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::debug;

use super::manifest::{DataPackage, Fingerprint, Manifest};
use crate::package::python::{self, Requirement, what_it_said};
use crate::package::{self, PackageError, TEMPORARY, remove_unfinished, write_whole};
use crate::sandbox::{Engine, NewStack};
use crate::shown::shown;

/// A runner's sources, which are part of the binary.
#[derive(Clone, Copy, Debug)]
pub struct Sources {
    /// The runner's name.
    pub name: &'static str,
    /// The text of `runner.toml`.
    pub manifest: &'static str,
    /// Path below the runner's folder and content of every file that the build reads.
    pub files: &'static [(&'static str, &'static str)],
    /// The memory that the guest sets aside for its stack, if it does.
    pub stack: Option<NewStack>,
}

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Waiting for another process that installs the same runner.
    Waiting,
    /// Making a virtual environment.
    Environment,
    /// Fetching the package.
    Package,
    /// Building the component.
    Component,
    /// Compiling it ahead of time.
    Compile,
    /// Asking the result for its fingerprint.
    Probe,
}

impl Step {
    /// The steps that follow one another, for progress.
    pub const ALL: [Step; 5] =
        [Step::Environment, Step::Package, Step::Component, Step::Compile, Step::Probe];

    /// What is being done, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Step::Waiting => "waiting for another process that installs it",
            Step::Environment => "making a virtual environment",
            Step::Package => "fetching the interpreter",
            Step::Component => "building the component",
            Step::Compile => "compiling ahead of time",
            Step::Probe => "checking the result",
        }
    }
}

/// A guest that this version of Karat compiled, on this machine or one like it. Only the installer makes one, after it has
/// checked the file's digest: it is machine code that is executed as it is.
#[derive(Clone, Debug)]
pub struct CompiledGuest {
    path: PathBuf,
    inputs: String,
}

impl CompiledGuest {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The digest of what it was made from. Two machines with the same digest run the same guest.
    pub fn inputs(&self) -> &str {
        &self.inputs
    }
}

/// An installed runner.
#[derive(Clone, Debug)]
pub struct Installed {
    guest: CompiledGuest,
    record: Record,
}

impl Installed {
    /// The compiled guest.
    pub fn guest(&self) -> &CompiledGuest {
        &self.guest
    }

    /// What is known of it.
    pub fn record(&self) -> &Record {
        &self.record
    }
}

/// What the cache remembers of a compiled guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Digest of all inputs: package, guest sources, manifest. Two machines with the same digest run the same guest.
    pub inputs: String,
    /// blake3 of the compiled file.
    pub compiled: String,
    /// What the guest answered to the probe.
    pub fingerprint: Fingerprint,
}

/// The state of a runner in the cache.
#[derive(Clone, Debug)]
pub enum State {
    /// Ready to run.
    Ready(Installed),
    /// Not installed, or for other inputs than these.
    Missing,
    /// Files are there, but not as they were written; what is wrong with them.
    Damaged(String),
}

/// Why a runner can not be installed.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the messages say it
pub enum InstallError {
    #[error("no cache directory: {0}; set KARAT_CACHE_DIR to a directory that can be written")]
    NoCacheDirectory(String),
    #[error("runner.toml of runner {runner}: {message}")]
    Manifest { runner: String, message: String },
    #[error("{action} {}: {error}", path.display())]
    File { action: &'static str, path: PathBuf, error: io::Error },
    #[error(
        "no Python found to install the {runner} runner with (tried: {tried}); install Python 3.9 or newer, or set \
         KARAT_PYTHON to one"
    )]
    NoPython { runner: String, tried: String },
    #[error(
        "{python} can not make a virtual environment with pip in it; on Debian or Ubuntu install python3-venv. It \
         said:\n{said}"
    )]
    NoPip { python: String, said: String },
    #[error(
        "pip can not fetch {package}: the package registry can not be reached. Check the network; it said:\n{said}"
    )]
    NoNetwork { package: String, said: String },
    #[error("pip can not install {package}. It said:\n{said}")]
    Pip { package: String, said: String },
    #[error("the component can not be built. The builder said:\n{said}")]
    Build { said: String },
    #[error("the component can not be compiled: {0}")]
    Compile(String),
    #[error("the installed runner does not work: {0}")]
    Probe(String),
}

/// Karat's cache directory: `KARAT_CACHE_DIR`, or `karat` in the user's cache directory.
///
/// # Errors
///
/// Where the user has no home directory.
pub fn cache_directory() -> Result<PathBuf, InstallError> {
    if let Some(path) = std::env::var_os("KARAT_CACHE_DIR").filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let base = etcetera::choose_base_strategy()
        .map_err(|error| InstallError::NoCacheDirectory(error.to_string()))?;
    Ok(base.cache_dir().join("karat"))
}

/// A runner's place in the cache.
pub struct Installer {
    sources: Sources,
    manifest: Manifest,
    directory: PathBuf,
    inputs: String,
    key: String,
}

impl Installer {
    /// The installer of a runner, in a cache directory.
    ///
    /// # Errors
    ///
    /// A manifest that can not be read, or a relative `cache` where there is no current directory.
    pub fn new(sources: Sources, cache: &Path) -> Result<Installer, InstallError> {
        let manifest: Manifest = toml::from_str(sources.manifest).map_err(|error| {
            InstallError::Manifest { runner: sources.name.to_owned(), message: error.to_string() }
        })?;
        let mut hasher = blake3::Hasher::new();
        for (path, content) in sources.files.iter().chain([&("runner.toml", sources.manifest)]) {
            hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
            hasher.update(&(content.len() as u64).to_le_bytes()).update(content.as_bytes());
        }
        let inputs = hasher.finalize().to_hex()[..16].to_owned();
        // The builder works in a directory of its own, where a relative path would mean something else.
        let cache = std::path::absolute(cache).map_err(file_error("can not find", cache))?;
        let key = format!("{inputs}-{}", Engine::compatibility_key());
        Ok(Installer { directory: cache.join("runners").join(sources.name), sources, manifest, inputs, key })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of all inputs.
    pub fn inputs(&self) -> &str {
        &self.inputs
    }

    /// Looks at what is in the cache, reading the compiled guest once to check its digest.
    pub fn state(&self) -> State {
        let compiled = self.path("cwasm");
        let record: Record = match fs::read(self.path("json")) {
            Err(_) => return State::Missing,
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(record) => record,
                Err(error) => return State::Damaged(format!("its record can not be read: {error}")),
            },
        };
        match crate::files::digest(&compiled) {
            Err(error) => State::Damaged(format!("{}: {error}", compiled.display())),
            Ok(digest) if digest == record.compiled => {
                let guest = CompiledGuest { path: compiled, inputs: record.inputs.clone() };
                State::Ready(Installed { guest, record })
            }
            Ok(_) => State::Damaged(format!("{} is not as it was written", compiled.display())),
        }
    }

    /// Installs the runner unless it is there; a damaged one is built again. `probe` runs the compiled guest for its
    /// fingerprint; `progress` hears of each step.
    ///
    /// # Errors
    ///
    /// No Python, no pip, no network, a build that fails, a cache that can not be written.
    pub fn ensure(
        &self,
        probe: impl Fn(&CompiledGuest) -> Result<Fingerprint, String>,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Installed, InstallError> {
        let runner = self.sources.name;
        match self.state() {
            State::Ready(installed) => {
                debug!(runner, inputs = self.inputs, "runner ready");
                return Ok(installed);
            }
            State::Missing => debug!(runner, inputs = self.inputs, "runner to be installed"),
            State::Damaged(what) => debug!(runner, what = %shown(&what), "runner to be installed again"),
        }
        fs::create_dir_all(&self.directory).map_err(file_error("can not make", &self.directory))?;
        let _lock =
            package::lock(&self.directory, || progress(Step::Waiting)).map_err(|error| self.error(error))?;
        if let State::Ready(installed) = self.state() {
            return Ok(installed); // another process made it meanwhile
        }
        remove_unfinished(&self.directory);
        let component = self.component(progress)?;
        progress(Step::Compile);
        let compiled = Engine::shared()
            .and_then(|engine| engine.precompile_component(&component, self.sources.stack.as_ref()))
            .map_err(|error| InstallError::Compile(error.to_string()))?;
        let path = self.path("cwasm");
        write_whole(&path, &compiled).map_err(|error| self.error(error))?;
        progress(Step::Probe);
        let guest = CompiledGuest { path, inputs: self.inputs.clone() };
        let fingerprint = probe(&guest).map_err(InstallError::Probe)?;
        let record = Record {
            inputs: self.inputs.clone(),
            compiled: blake3::hash(&compiled).to_hex().to_string(),
            fingerprint,
        };
        let json = serde_json::to_vec_pretty(&record).expect("a record is plain data");
        write_whole(&self.path("json"), &json).map_err(|error| self.error(error))?;
        Ok(Installed { guest, record })
    }

    /// Removes what was built, so that `ensure` builds it again. The virtual environment stays.
    ///
    /// # Errors
    ///
    /// Files that can not be removed.
    pub fn remove(&self) -> Result<(), InstallError> {
        for path in [self.path("json"), self.path("cwasm"), self.component_path()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(InstallError::File { action: "can not remove", path, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", self.key))
    }

    fn component_path(&self) -> PathBuf {
        self.directory.join(format!("{}.wasm", self.inputs))
    }

    /// The component: from the cache, where its digest is beside it, or built.
    fn component(&self, progress: &mut dyn FnMut(Step)) -> Result<Vec<u8>, InstallError> {
        let path = self.component_path();
        let digest_path = path.with_extension("wasm.blake3");
        if let (Ok(bytes), Ok(digest)) = (fs::read(&path), fs::read_to_string(&digest_path))
            && blake3::hash(&bytes).to_hex().as_str() == digest
        {
            return Ok(bytes);
        }
        let python = self.environment(progress)?;
        progress(Step::Component);
        let work = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(&self.directory)
            .map_err(file_error("can not make a directory in", &self.directory))?;
        for (name, content) in self.sources.files {
            let target = work.path().join(name);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(file_error("can not make", parent))?;
            }
            fs::write(&target, content).map_err(file_error("can not write", &target))?;
        }
        let output = Command::new(&python)
            .current_dir(work.path())
            .args(["build.py", "--wit-path", "world.wit", "--world", &self.manifest.component.world])
            .args(["componentize", "--python-path", "guest", &self.manifest.component.module])
            .args(["--output", "component.wasm"])
            .env_remove("RUST_BACKTRACE")
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .stdin(Stdio::null())
            .output()
            .map_err(file_error("can not run", &python))?;
        let built = work.path().join("component.wasm");
        let bytes = match fs::read(&built) {
            Ok(bytes) if output.status.success() => bytes,
            _ => return Err(InstallError::Build { said: what_it_said(&output) }),
        };
        write_whole(&path, &bytes).map_err(|error| self.error(error))?;
        write_whole(&digest_path, blake3::hash(&bytes).to_hex().as_bytes())
            .map_err(|error| self.error(error))?;
        Ok(bytes)
    }

    /// The Python of a virtual environment that has the package.
    fn environment(&self, progress: &mut dyn FnMut(Step)) -> Result<PathBuf, InstallError> {
        let package = &self.manifest.package;
        let mut directory = self.directory.join(format!("venv-{}-{}", package.name, package.version));
        for data in &self.manifest.data {
            directory.as_mut_os_string().push(format!("-{}-{}", data.name, data.version));
        }
        let python = python::within(&directory);
        let complete = directory.join("karat-complete");
        if complete.exists() && python::runs(&python.display().to_string()) {
            return Ok(python);
        }
        progress(Step::Environment);
        if directory.exists() {
            fs::remove_dir_all(&directory).map_err(file_error("can not remove", &directory))?;
        }
        let mut install = || -> Result<PathBuf, PackageError> {
            let python = python::environment(&python::base()?, &directory)?;
            progress(Step::Package);
            let requirement =
                Requirement { name: &package.name, version: &package.version, sha256: &package.sha256 };
            python::install(&python, requirement, &directory)?;
            for DataPackage { name, version, sha256 } in &self.manifest.data {
                python::install(&python, Requirement { name, version, sha256 }, &directory)?;
            }
            write_whole(&complete, b"")?;
            Ok(python)
        };
        install().map_err(|error| self.error(error))
    }

    /// An error about a package as one about the runner.
    fn error(&self, error: PackageError) -> InstallError {
        let said = error.to_string();
        match error {
            PackageError::NoPython { tried } => {
                InstallError::NoPython { runner: self.sources.name.to_owned(), tried }
            }
            PackageError::NoPip { python, said } => InstallError::NoPip { python, said },
            PackageError::Unreachable { package, said, .. } => InstallError::NoNetwork { package, said },
            PackageError::Refused { package, said, .. } => InstallError::Pip { package, said },
            PackageError::File { action, path, error } => InstallError::File { action, path, error },
            PackageError::WrongDigest { package, .. } => InstallError::Pip { package, said },
            PackageError::NoNpm { .. }
            | PackageError::NpmNotFetched { .. }
            | PackageError::DiskFull { .. }
            | PackageError::Made { .. }
            | PackageError::Archive { .. } => {
                let package = &self.manifest.package;
                InstallError::Pip { package: format!("{}=={}", package.name, package.version), said }
            }
        }
    }
}

fn file_error<'a>(action: &'static str, path: &'a Path) -> impl Fn(io::Error) -> InstallError + 'a {
    move |error| InstallError::File { action, path: path.to_owned(), error }
}
