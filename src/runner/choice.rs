//! Which interpreter of a language runs a program: told by texts alone, so that it is the same everywhere.

use super::table::RECIPES;
use crate::language::{Interpreter, Language};

/// The interpreter that runs a program in place of the language's usual one, if one does: the one that the problem asks
/// for, or else the one that any of the `texts` needs: the program, and what it is judged by.
pub fn interpreter_of<'a>(
    language: Language,
    asked: Option<Interpreter>,
    texts: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<Interpreter> {
    let recipes = RECIPES.iter().filter(|recipe| recipe.language == language);
    let mut interpreters = recipes.filter_map(|recipe| recipe.interpreter);
    match asked {
        Some(asked) if interpreters.clone().any(|interpreter| interpreter.name == asked) => Some(asked),
        _ => interpreters
            .find(|interpreter| texts.clone().into_iter().any(interpreter.is_needed_by))
            .map(|interpreter| interpreter.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_goes_and_else_what_is_imported() {
        let scientific = Some(Interpreter::PythonScientific);
        for (language, asked, texts, expected) in [
            (Language::Python, None, &["import numpy", ""][..], scientific),
            (Language::Python, None, &["x = 1", "def f():\n    import numpy"], scientific),
            (Language::Python, None, &["import math", "import torch"], None),
            (Language::Python, scientific, &["import math"], scientific),
            (Language::JavaScript, None, &["import numpy"], None),
            (Language::JavaScript, scientific, &["import numpy"], None),
        ] {
            assert_eq!(interpreter_of(language, asked, texts.iter().copied()), expected, "{texts:?}");
        }
    }
}
