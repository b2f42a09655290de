//! The text that a model continues.

use serde::{Deserialize, Serialize};

/// The text that a model continues, and how it becomes tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptText {
    /// Its parts. Each is tokenised by itself, so that no token spans two of them.
    pub parts: Vec<PromptPart>,
    /// Whether the tokens are added that the model's file puts before every text; chat templates write them themselves.
    pub begin: bool,
}

/// A part of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptPart {
    /// The text.
    pub text: String,
    /// Whether names of control tokens in the text stand for these tokens.
    pub special: bool,
}

impl PromptText {
    /// A prompt of one part.
    pub fn new(text: impl Into<String>, begin: bool, special: bool) -> PromptText {
        PromptText { parts: vec![PromptPart { text: text.into(), special }], begin }
    }

    /// The text of all parts.
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// How many bytes the text has.
    pub fn length(&self) -> usize {
        self.parts.iter().map(|part| part.text.len()).sum()
    }
}
