//! How the runner of a language is made and loaded.

use std::path::Path;
use std::sync::Arc;

use super::Runner;
use super::install::{Compiled, InstallError, InstallStep, InstalledRunner, Installer, RunnerSources};
use super::manifest::Fingerprint;
use crate::language::{Interpreter, Language};
use crate::package::Package;
use crate::sandbox::Fuel;

/// How the runner of a language is made and loaded.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// The language.
    pub language: Language,
    /// Which interpreter of the language it is, where it is not the usual one.
    pub interpreter: Option<UnusualInterpreter>,
    /// What the runner is built from.
    pub sources: RunnerSources,
    /// See [`Runner::native_second`].
    pub native_second: Fuel,
    /// Loads it.
    pub load: fn(&Compiled) -> Result<Arc<dyn Runner>, InstallError>,
    /// Runs it for its fingerprint.
    pub probe: fn(&Compiled) -> Result<Fingerprint, String>,
}

/// An interpreter beside the usual one of a language.
#[derive(Clone, Copy)]
pub struct UnusualInterpreter {
    /// Its name.
    pub name: Interpreter,
    /// Whether a text needs it: a program, or what it is judged by. It may look at nothing else, so that the same
    /// interpreter is used everywhere.
    pub is_needed_by: fn(&str) -> bool,
}

impl Recipe {
    /// The runner's name, as in `karat runners install NAME`.
    pub fn name(&self) -> &'static str {
        self.sources.name
    }

    /// What the reference build of the runner answers to the probe; none where the manifest can not be read.
    pub fn reference_fingerprint(&self) -> Option<Fingerprint> {
        self.sources.manifest().ok().map(|manifest| manifest.fingerprint)
    }

    /// How many bytes are fetched for it, if nothing is in the cache; 0 where the manifest can not be read.
    pub fn bytes_to_fetch(&self) -> u64 {
        self.sources.manifest().map_or(0, |manifest| manifest.packages.iter().map(Package::bytes).sum())
    }

    /// The runner's place in a cache directory.
    ///
    /// # Errors
    ///
    /// As [`Installer::new`].
    pub fn installer(&self, cache: &Path) -> Result<Installer, InstallError> {
        Installer::new(self.sources, self.native_second, cache)
    }

    /// Installs the runner if it has to be, in a cache directory, and loads it.
    ///
    /// # Errors
    ///
    /// As [`Installer::ensure`], and compiled guests that this sandbox can not load.
    pub fn install(
        &self,
        cache: &Path,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<(Arc<dyn Runner>, InstalledRunner), InstallError> {
        let installed = self.installer(cache)?.ensure(self.probe, progress)?;
        let runner = (self.load)(installed.compiled())?;
        Ok((runner, installed))
    }
}
