//! The languages that have a runner. A further language is a folder in `runners/`, one beside this file, and a line in
//! [`RECIPES`].

use std::sync::Arc;

use super::recipe::Recipe;
use super::{Runner, clang, python};
use crate::language::Language;
use crate::sandbox::Bytes;

/// Every runner, in the order in which they are listed.
pub static RECIPES: &[Recipe] = &[python::RECIPE, clang::C_RECIPE, clang::CPP_RECIPE];

impl Recipe {
    /// The recipe of a language.
    pub fn of(language: Language) -> Option<&'static Recipe> {
        RECIPES.iter().find(|recipe| recipe.language == language)
    }

    /// Each runner once: some have several languages.
    pub fn runners() -> impl Iterator<Item = &'static Recipe> {
        let is_first =
            |recipe: &&Recipe| Recipe::named(recipe.name()).is_some_and(|first| std::ptr::eq(first, *recipe));
        RECIPES.iter().filter(is_first)
    }

    /// The recipe of a runner's name; of several languages that it has, the first one's.
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
    fn each_language_has_one_runner() {
        for recipe in RECIPES {
            assert!(std::ptr::eq(Recipe::of(recipe.language).unwrap(), recipe), "{}", recipe.name());
            // It is installed once, whatever it is loaded for.
            let first = Recipe::named(recipe.name()).unwrap();
            assert!(std::ptr::eq(first.sources.manifest, recipe.sources.manifest), "{}", recipe.name());
            assert_eq!(first.native_second, recipe.native_second);
        }
    }

    #[test]
    fn the_manifests_are_whole() {
        for recipe in RECIPES {
            let manifest = recipe.sources.manifest().unwrap();
            assert_eq!(manifest.name, recipe.name());
            assert_eq!(Recipe::of(manifest.language).unwrap().name(), recipe.name());
            assert_eq!(recipe.reference_fingerprint(), Some(manifest.fingerprint));
        }
    }
}
