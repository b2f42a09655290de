//! How the runner of a language is made and loaded.

use std::path::Path;
use std::sync::Arc;

use super::Runner;
use super::install::{Compiled, InstallError, InstallStep, InstalledRunner, Installer, RunnerSources};
use super::manifest::Fingerprint;
use crate::language::Language;
use crate::sandbox::Fuel;

/// How the runner of a language is made and loaded.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// The language.
    pub language: Language,
    /// What the runner is built from.
    pub sources: RunnerSources,
    /// See [`Runner::native_second`].
    pub native_second: Fuel,
    /// Loads it.
    pub load: fn(&Compiled) -> Result<Arc<dyn Runner>, InstallError>,
    /// Runs it for its fingerprint.
    pub probe: fn(&Compiled) -> Result<Fingerprint, String>,
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
