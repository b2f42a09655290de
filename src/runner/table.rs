//! The languages that there is a runner for. A language more is a folder in `runners/`, one beside this file, and a line
//! in [`RECIPES`].

use std::path::Path;
use std::sync::Arc;

use super::install::{Compiled, InstallError, Installed, Installer, Sources, Step};
use super::manifest::Fingerprint;
use super::{Runner, python};
use crate::language::Language;
use crate::sandbox::{Bytes, Fuel};

/// How the runner of a language is made and loaded.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// The language.
    pub language: Language,
    /// What the runner is built from.
    pub sources: Sources,
    /// See [`Runner::native_second`].
    pub native_second: Fuel,
    /// Loads it.
    pub load: fn(&Compiled) -> Result<Arc<dyn Runner>, InstallError>,
    /// Runs it for its fingerprint.
    pub probe: fn(&Compiled) -> Result<Fingerprint, String>,
}

/// Every runner, in the order in which they are listed.
pub static RECIPES: &[Recipe] = &[python::RECIPE];

impl Recipe {
    /// The recipe of a language.
    pub fn of(language: Language) -> Option<&'static Recipe> {
        RECIPES.iter().find(|recipe| recipe.language == language)
    }

    /// The recipe of a runner's name.
    pub fn named(name: &str) -> Option<&'static Recipe> {
        RECIPES.iter().find(|recipe| recipe.name() == name)
    }

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
        Installer::new(self.sources, cache)
    }

    /// Installs the runner if it has to be, in a cache directory, and loads it.
    ///
    /// # Errors
    ///
    /// As [`Installer::ensure`], and compiled guests that this sandbox can not load.
    pub fn install(
        &self,
        cache: &Path,
        progress: &mut dyn FnMut(Step),
    ) -> Result<(Arc<dyn Runner>, Installed), InstallError> {
        let installed = self.installer(cache)?.ensure(self.probe, progress)?;
        let runner = (self.load)(installed.compiled())?;
        Ok((runner, installed))
    }
}

/// The runners that are at hand, at most one a language.
#[derive(Clone, Default)]
pub struct Runners(Vec<Arc<dyn Runner>>);

impl Runners {
    /// The runner of a language.
    pub fn get(&self, language: Language) -> Option<&dyn Runner> {
        self.0.iter().find(|runner| runner.language() == language).map(AsRef::as_ref)
    }

    /// The least memory, in bytes, in which cells of every language have room.
    pub fn smallest_memory(&self) -> Bytes {
        self.0.iter().map(|runner| runner.smallest_memory()).max().unwrap_or(Bytes(0))
    }

    /// Adds a runner, in place of any other of its language.
    pub fn insert(&mut self, runner: Arc<dyn Runner>) {
        self.0.retain(|other| other.language() != runner.language());
        self.0.push(runner);
    }
}

impl FromIterator<Arc<dyn Runner>> for Runners {
    fn from_iter<All: IntoIterator<Item = Arc<dyn Runner>>>(all: All) -> Runners {
        let mut runners = Runners::default();
        all.into_iter().for_each(|runner| runners.insert(runner));
        runners
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_one_runner_with_a_name_of_its_own() {
        for recipe in RECIPES {
            assert!(std::ptr::eq(Recipe::of(recipe.language).unwrap(), recipe), "{}", recipe.name());
            assert_eq!(recipe.name(), recipe.language.name());
        }
        for &language in Language::ALL {
            assert_eq!(language.runs_here(), Recipe::of(language).is_some(), "{language}");
        }
    }

    #[test]
    fn the_manifests_are_whole() {
        for recipe in RECIPES {
            let manifest = recipe.sources.manifest().unwrap();
            assert_eq!((manifest.name.as_str(), manifest.language), (recipe.name(), recipe.language));
            assert_eq!(recipe.reference_fingerprint(), Some(manifest.fingerprint));
        }
    }
}
