//! Installing a runner: fetch its packages, build its guests by the steps that its manifest names, compile them ahead
//! of time, keep all of it in the user's cache. Guests that came with Karat (`bundle`) are not built.
//!
//! Everything in the cache is named by the digest of what went in, written under a temporary name and renamed, so
//! that what has its name is whole. One lock a runner keeps two processes from doing the same work at once. What is
//! loaded has its digest checked first: a damaged file is built again, not executed.

mod bundle;
mod compiled;
mod componentize;
mod likeness;
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy;
use thiserror::Error;
use tracing::{debug, info};

pub use compiled::{Compiled, CompiledGuest, InstalledRunner};
pub use likeness::Likeness;
pub use record::InstallRecord;

use super::manifest::{BuildStep, Fingerprint, GuestPlan, Manifest, ManifestError};
use crate::package::{self, Folder, PackageError, remove_unfinished, write_whole};
use crate::sandbox::{Engine, FileTree, Fuel, NewStack, SandboxError};
use crate::shown::shown;
use compiled::{FilesOfCells, GuestForm, pack};

/// What the archive of made files is called, in the record, too: guests have no dots in their names.
const MADE: &str = "made.tar";

/// A runner's sources, which are part of the binary.
#[derive(Clone, Copy, Debug)]
pub struct RunnerSources {
    /// The runner's name.
    pub name: &'static str,
    /// The text of `runner.toml`.
    pub manifest: &'static str,
    /// Path below the runner's folder and content of every file that the build reads, in groups: runners share some.
    pub files: &'static [&'static [(&'static str, &'static str)]],
    /// The memory that the guest sets aside for its stack, if it does.
    pub stack: Option<NewStack>,
    /// What makes further files for cells, in cells of the compiled guests, if there are any.
    pub make: Option<MakeFiles>,
}

/// Makes files, by their paths in cells, of what was compiled. Cells of the guests have them from then on.
pub type MakeFiles = fn(&Compiled) -> Result<BTreeMap<String, Vec<u8>>, String>;

impl RunnerSources {
    /// Path and content of every file.
    pub(super) fn each_file(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.files.iter().copied().flatten().copied()
    }

    /// The manifest, read.
    ///
    /// # Errors
    ///
    /// What is wrong in it, and where.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        Manifest::parse(&format!("runners/{}/runner.toml", self.name), self.manifest)
    }
}

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallStep {
    /// Waiting for another process that installs the same runner.
    Waiting,
    /// Making a virtual environment.
    Environment,
    /// Fetching packages.
    Fetch,
    /// Building guests.
    Build,
    /// Compiling them ahead of time.
    Compile,
    /// Making files with them.
    Make,
    /// Asking the result for its fingerprint.
    Probe,
}

impl InstallStep {
    /// The steps that follow one another, for progress.
    pub const ALL: [InstallStep; 6] = [
        InstallStep::Environment,
        InstallStep::Fetch,
        InstallStep::Build,
        InstallStep::Compile,
        InstallStep::Make,
        InstallStep::Probe,
    ];

    /// What is being done, for people.
    pub fn describe(self) -> &'static str {
        match self {
            InstallStep::Waiting => "waiting for another process that installs it",
            InstallStep::Environment => "making a virtual environment",
            InstallStep::Fetch => "fetching packages",
            InstallStep::Build => "building the guest",
            InstallStep::Compile => "compiling ahead of time",
            InstallStep::Make => "building the language's library",
            InstallStep::Probe => "checking the result",
        }
    }
}

/// The state of a runner in the cache.
#[derive(Clone, Debug)]
pub enum InstallState {
    /// Ready to run.
    Ready(InstalledRunner),
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
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("{action} {}: {error}", path.display())]
    File { action: &'static str, path: PathBuf, error: io::Error },
    #[error("can not install the {runner} runner")]
    Package { runner: String, source: PackageError },
    #[error("{}: {}", shown(path.display()), shown(message))]
    Bundle { path: PathBuf, message: String },
    #[error("the component can not be built. The builder said:\n{said}")]
    Build { said: String },
    #[error("the guest {guest} can not be compiled: {error}")]
    Compile { guest: String, error: Box<SandboxError> },
    #[error("the guest {guest} can not be loaded: {error}")]
    Load { guest: String, error: Box<SandboxError> },
    #[error("the runner has no guest that is called {0}")]
    NoGuest(String),
    #[error("the files in {} can not be given to cells: {message}", folder.display())]
    CellFiles { folder: PathBuf, message: String },
    #[error("a file of the {runner} runner can not be made: {message}")]
    Make { runner: String, message: String },
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

/// The folder in which a guest that is initialised for a snapshot finds its runner's files.
const OWN_FILES: &str = "karat";

/// A runner's place in the cache.
pub struct Installer {
    sources: RunnerSources,
    native_second: Fuel,
    manifest: Manifest,
    directory: PathBuf,
    inputs: String,
    key: String,
}

impl Installer {
    /// The installer, in a cache directory, of a runner for which a native second is worth this much fuel.
    ///
    /// # Errors
    ///
    /// A manifest that can not be read, or a relative `cache` where there is no current directory.
    pub fn new(sources: RunnerSources, native_second: Fuel, cache: &Path) -> Result<Installer, InstallError> {
        let manifest = sources.manifest()?;
        let mut hasher = blake3::Hasher::new();
        let manifest_file = ("runner.toml", sources.manifest);
        for (path, content) in sources.each_file().chain([manifest_file]) {
            hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
            hasher.update(&(content.len() as u64).to_le_bytes()).update(content.as_bytes());
        }
        hasher.update(format!("{:?}", sources.stack).as_bytes());
        let inputs = hasher.finalize().to_hex()[..16].to_owned();
        // The builder works in a directory of its own, where a relative path would mean something else.
        let cache = std::path::absolute(cache).map_err(file_error("can not find", cache))?;
        let key = format!("{inputs}-{}", Engine::compatibility_key());
        let directory = cache.join("runners").join(sources.name);
        Ok(Installer { sources, native_second, manifest, directory, inputs, key })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of all inputs.
    pub fn inputs(&self) -> &str {
        &self.inputs
    }

    /// How the names of compiled guests and their record begin.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Looks at what is in the cache, reading each file once to check its digest.
    pub fn state(&self) -> InstallState {
        let record: InstallRecord = match fs::read(self.record_path()) {
            Err(_) => return InstallState::Missing,
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(record) => record,
                Err(error) => return InstallState::Damaged(format!("its record can not be read: {error}")),
            },
        };
        if record.inputs != self.inputs {
            let inputs = shown(&record.inputs);
            return InstallState::Damaged(format!(
                "its record is of other inputs than its name says: {inputs}"
            ));
        }
        let as_written = |name: &str, path: &Path| match crate::files::digest(path) {
            Err(error) => Err(format!("{} can not be read: {error}", path.display())),
            Ok(digest) if record.compiled.get(name) == Some(&digest) => Ok(()),
            Ok(_) => Err(format!("{} is not as it was written", path.display())),
        };
        let made = self.sources.make.map(|_| self.made_path());
        if let Some(Err(how)) = made.as_deref().map(|made| as_written(MADE, made)) {
            return InstallState::Damaged(how);
        }
        let mut guests = Vec::new();
        for plan in &self.manifest.guests {
            let path = self.compiled_path(&plan.name);
            match as_written(&plan.name, &path).and_then(|()| self.compiled(plan, path, made.as_deref())) {
                Ok(guest) => guests.push(guest),
                Err(how) => return InstallState::Damaged(how),
            }
        }
        InstallState::Ready(InstalledRunner::new(Compiled::new(self.inputs.clone(), guests), record))
    }

    /// A guest whose compiled file is as it was written, if the files are there that its cells have; `made` has those
    /// that were made with it.
    fn compiled(
        &self,
        plan: &GuestPlan,
        path: PathBuf,
        made: Option<&Path>,
    ) -> Result<CompiledGuest, String> {
        let Some(files) = plan.step.cell_files() else {
            return Ok(CompiledGuest::new(&plan.name, path, GuestForm::Fused));
        };
        let packages = self.packages().map_err(|error| error.to_string())?;
        let folder =
            packages.as_ref().map_or(self.directory.as_path(), |(folder, _)| folder.path()).to_owned();
        if let (Some((folder, part)), false) = (&packages, files.is_empty()) {
            match folder.state(part) {
                package::PartState::Ready => {}
                package::PartState::Missing => return Err("its files are not there".to_owned()),
                package::PartState::Damaged(how) => return Err(how),
            }
        }
        let files = FilesOfCells { folder, files: files.to_vec(), made: made.map(Path::to_owned) };
        let form = match plan.step {
            BuildStep::Snapshot { .. } => GuestForm::Snapshot(files),
            _ => GuestForm::Module(files),
        };
        Ok(CompiledGuest::new(&plan.name, path, form))
    }

    /// Installs the runner unless it is there; a damaged one is built again. `probe` runs the compiled guests for their
    /// fingerprint; `progress` hears of each step.
    ///
    /// # Errors
    ///
    /// No Python, no pip, no network, a build that fails, a cache that can not be written.
    pub fn ensure(
        &self,
        probe: impl Fn(&Compiled) -> Result<Fingerprint, String>,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<InstalledRunner, InstallError> {
        let runner = self.sources.name;
        match self.state() {
            InstallState::Ready(installed) => {
                info!(runner, inputs = self.inputs, "runner ready");
                return Ok(installed);
            }
            InstallState::Missing => debug!(runner, inputs = self.inputs, "runner to be installed"),
            InstallState::Damaged(what) => {
                debug!(runner, what = %shown(&what), "runner to be installed again")
            }
        }
        fs::create_dir_all(&self.directory).map_err(file_error("can not make", &self.directory))?;
        let _lock = self.package(package::lock(&self.directory, || progress(InstallStep::Waiting)))?;
        if let InstallState::Ready(installed) = self.state() {
            return Ok(installed); // another process made it meanwhile
        }
        remove_unfinished(&self.directory);
        let (mut guests, mut compiled) = (Vec::new(), BTreeMap::new());
        for plan in &self.manifest.guests {
            let bytes = self.build(plan, progress)?;
            progress(InstallStep::Compile);
            let code = self.compile(plan, &bytes)?;
            let path = self.compiled_path(&plan.name);
            self.package(write_whole(&path, &code))?;
            compiled.insert(plan.name.clone(), blake3::hash(&code).to_hex().to_string());
            guests.push(self.compiled(plan, path, None).map_err(InstallError::Probe)?);
        }
        let mut guests = Compiled::new(self.inputs.clone(), guests);
        if let Some(make) = self.sources.make {
            progress(InstallStep::Make);
            let files =
                make(&guests).map_err(|message| InstallError::Make { runner: runner.to_owned(), message })?;
            let (path, archive) = (self.made_path(), pack(&files));
            self.package(write_whole(&path, &archive))?;
            compiled.insert(MADE.to_owned(), blake3::hash(&archive).to_hex().to_string());
            guests = guests.with_made(&path);
        }
        progress(InstallStep::Probe);
        let fingerprint = probe(&guests).map_err(InstallError::Probe)?;
        let record = InstallRecord { inputs: self.inputs.clone(), compiled, fingerprint };
        let json = serde_json::to_vec_pretty(&record).expect("a record is plain data");
        self.package(write_whole(&self.record_path(), &json))?;
        info!(runner, inputs = self.inputs, "runner installed");
        Ok(InstalledRunner::new(guests, record))
    }

    /// The component or module of a guest.
    fn build(
        &self,
        plan: &GuestPlan,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<Vec<u8>, InstallError> {
        match &plan.step {
            BuildStep::Componentize { world, module } => match self.bundled(&plan.name) {
                Some(component) => Ok(component),
                None => self.componentized(&plan.name, world, module, progress),
            },
            BuildStep::Component { file }
            | BuildStep::Module { file, .. }
            | BuildStep::Snapshot { file, .. } => {
                let Some((folder, part)) = self.packages()? else {
                    return Err(InstallError::NoGuest(plan.name.clone())); // manifests without packages are refused
                };
                self.package(folder.ensure(&part, &mut |step| {
                    progress(match step {
                        package::FetchStep::Waiting => InstallStep::Waiting,
                        package::FetchStep::Environment => InstallStep::Environment,
                        _ => InstallStep::Fetch,
                    });
                }))?;
                progress(InstallStep::Build);
                let path = folder.path().join(file);
                fs::read(&path).map_err(file_error("can not read", &path))
            }
        }
    }

    fn compile(&self, plan: &GuestPlan, bytes: &[u8]) -> Result<Vec<u8>, InstallError> {
        let failed = |error| InstallError::Compile { guest: plan.name.clone(), error: Box::new(error) };
        let engine = Engine::shared().map_err(failed)?;
        match &plan.step {
            BuildStep::Componentize { .. } | BuildStep::Component { .. } => {
                engine.precompile_component(bytes, self.sources.stack.as_ref())
            }
            BuildStep::Module { .. } => engine.precompile_module(bytes),
            BuildStep::Snapshot { initialize, files, .. } => {
                // The runner's own files are there while it is initialised, and not in cells.
                let own = self
                    .sources
                    .each_file()
                    .map(|(path, content)| (format!("{OWN_FILES}/{path}"), Arc::from(content.as_bytes())));
                let files = match self.packages()? {
                    Some((folder, _)) => compiled::cell_files(folder.path(), files, own)?,
                    None => FileTree::default(), // manifests without packages are refused
                };
                let snapshot = engine.snapshot(bytes, initialize, files, self.native_second);
                snapshot.and_then(|module| engine.precompile_module(&module))
            }
        }
        .map_err(failed)
    }

    /// Removes what was built, so that `ensure` builds it again. What was fetched stays.
    ///
    /// # Errors
    ///
    /// Files that can not be removed.
    pub fn remove(&self) -> Result<(), InstallError> {
        let guests = self.manifest.guests.iter();
        let built = guests.flat_map(|plan| [self.compiled_path(&plan.name), self.component_path(&plan.name)]);
        for path in [self.record_path(), self.made_path()].into_iter().chain(built) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(InstallError::File { action: "can not remove", path, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn record_path(&self) -> PathBuf {
        self.directory.join(format!("{}.json", self.key))
    }

    fn compiled_path(&self, guest: &str) -> PathBuf {
        self.directory.join(format!("{}.{guest}.cwasm", self.key))
    }

    fn made_path(&self) -> PathBuf {
        self.directory.join(format!("{}.{MADE}", self.key))
    }

    fn component_path(&self, guest: &str) -> PathBuf {
        self.directory.join(format!("{}.{guest}.wasm", self.inputs))
    }

    /// The name of the folder that has the packages' files. None if there is none.
    pub(super) fn packages_name(&self) -> Option<String> {
        Some(format!("packages-{}", self.manifest.part()?.inputs()))
    }

    /// The folder that has the packages' files, and what belongs there.
    fn packages(&self) -> Result<Option<(Folder, package::Part)>, InstallError> {
        let (Some(part), Some(name)) = (self.manifest.part(), self.packages_name()) else { return Ok(None) };
        Ok(Some((self.package(Folder::new(&self.directory.join(name)))?, part)))
    }

    /// An error about a package as one about the runner.
    fn package<T>(&self, result: Result<T, PackageError>) -> Result<T, InstallError> {
        result.map_err(|source| match source {
            PackageError::File { action, path, error } => InstallError::File { action, path, error },
            source => InstallError::Package { runner: self.sources.name.to_owned(), source },
        })
    }
}

fn file_error<'a>(action: &'static str, path: &'a Path) -> impl Fn(io::Error) -> InstallError + 'a {
    move |error| InstallError::File { action, path: path.to_owned(), error }
}
