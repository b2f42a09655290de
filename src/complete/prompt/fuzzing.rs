//! What the fuzz targets in `fuzz/` reach of prompts.

use super::{PromptError, Template};

/// Reads the text of a template's file.
///
/// # Errors
///
/// When it is not as it must be.
pub fn template(text: &str) -> Result<Template, PromptError> {
    Template::parse("fuzz", "fuzz.toml", text)
}
