//! The languages that have a runner. A further language is a folder in `runners/`, one beside this file, and a line in
//! [`RECIPES`].

use std::sync::Arc;

use super::install::InstallError;
use super::recipe::Recipe;
use super::{OnDemand, Runner, clang, python};
use crate::language::{Interpreter, Language};
use crate::sandbox::Bytes;

/// Every runner, in the order in which they are listed.
pub static RECIPES: &[Recipe] = &[python::RECIPE, python::SCIENTIFIC, clang::C_RECIPE, clang::CPP_RECIPE];

impl Recipe {
    /// The recipe of a language's usual runner.
    pub fn of(language: Language) -> Option<&'static Recipe> {
        RECIPES.iter().find(|recipe| recipe.language == language && recipe.interpreter.is_none())
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

/// The runners that are at hand: at most one a language, and the interpreters that are installed when programs need
/// them.
#[derive(Clone, Default)]
pub struct Runners {
    ready: Vec<Arc<dyn Runner>>,
    on_demand: Vec<OnDemand>,
}

/// Why nothing runs a program.
#[derive(Debug, thiserror::Error)]
pub enum NoRunner {
    /// There is none for the language.
    #[error("there is no runner for {} here", .0.name())]
    Language(Language),
    /// The program needs an interpreter that is not at hand.
    #[error("the interpreter {0} is not at hand")]
    Interpreter(Interpreter),
    /// The interpreter that it needs can not be installed.
    #[error("{0}")]
    Install(Arc<InstallError>),
}

impl Runners {
    /// The usual runner of a language.
    pub fn get(&self, language: Language) -> Option<&dyn Runner> {
        self.ready.iter().find(|runner| runner.language() == language).map(AsRef::as_ref)
    }

    /// What runs a program: the interpreter, or else the language's usual runner. An interpreter that is not installed
    /// yet is installed now.
    ///
    /// # Errors
    ///
    /// [`NoRunner`].
    pub fn of(&self, language: Language, interpreter: Option<Interpreter>) -> Result<&dyn Runner, NoRunner> {
        let Some(interpreter) = interpreter else {
            return self.get(language).ok_or(NoRunner::Language(language));
        };
        let on_demand = self.on_demand(interpreter).ok_or(NoRunner::Interpreter(interpreter))?;
        on_demand.get(&mut |_| ()).map_err(|error| NoRunner::Install(error.clone()))
    }

    /// An interpreter, installed or not.
    pub fn on_demand(&self, interpreter: Interpreter) -> Option<&OnDemand> {
        let is_it = |other: &&OnDemand| other.recipe().interpreter.is_some_and(|it| it.name == interpreter);
        self.on_demand.iter().find(is_it)
    }

    /// All interpreters beside the usual ones, installed or not.
    pub fn all_on_demand(&self) -> &[OnDemand] {
        &self.on_demand
    }

    /// The least memory, in bytes, in which cells of every language have room.
    pub fn smallest_memory(&self) -> Bytes {
        self.ready.iter().map(|runner| runner.smallest_memory()).max().unwrap_or(Bytes(0))
    }

    /// Adds a runner, in place of any other of its language.
    pub fn insert(&mut self, runner: Arc<dyn Runner>) {
        self.ready.retain(|other| other.language() != runner.language());
        self.ready.push(runner);
    }

    /// Adds an interpreter that is installed when the first program needs it.
    pub fn insert_on_demand(&mut self, interpreter: OnDemand) {
        self.on_demand.push(interpreter);
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
    fn each_language_has_one_usual_runner() {
        for recipe in RECIPES {
            match recipe.interpreter {
                None => {
                    assert!(std::ptr::eq(Recipe::of(recipe.language).unwrap(), recipe), "{}", recipe.name());
                }
                Some(interpreter) => assert_eq!(recipe.name(), interpreter.name.name()),
            }
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
            let is_usual = Recipe::of(manifest.language).unwrap().name() == recipe.name();
            assert_eq!(is_usual, recipe.interpreter.is_none(), "{}", recipe.name());
            assert_eq!(recipe.reference_fingerprint(), Some(manifest.fingerprint));
        }
    }
}
