//! The languages that have a runner. A further language is a folder in `runners/`, one beside this file, and a line in
//! [`RECIPES`].

use std::sync::Arc;

use super::recipe::Recipe;
use super::{Runner, python};
use crate::language::Language;
use crate::sandbox::Bytes;

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
}

impl Language {
    /// Whether there is a runner for it.
    pub fn runs_here(self) -> bool {
        Recipe::of(self).is_some()
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
