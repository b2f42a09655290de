//! What the fuzz targets in `fuzz/` reach of how texts become markup.

use super::code;
use crate::problem::Language;

/// The markup of a statement.
pub fn statement(text: &str) -> String {
    super::statement::render(text)
}

/// The markup of a program.
pub fn program(text: &str, language: Language) -> String {
    code::block(text, Some(language), "Code", Some(1))
}
