//! Why a question can not be put to the built-in model.

use serde_json::Value;

use crate::model::chat::ChatError;
use crate::shown::shown;

/// Why there is no text for the model to continue.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The template can not make a text of the conversation.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The model can only continue texts.
    #[error(
        "{}: the model has no tokens to fill in the middle of a text, and what is asked for here is followed by a text; \
         models for code have them (Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, CodeGemma, Granite Code), and `karat models \
         show FILE` tells; chat models do without if they are asked as such, without ?api=completions",
        shown(file)
    )]
    NoMiddle {
        /// The model's file.
        file: String,
    },
}

/// Why the built-in model can not answer with these settings. Each message names the option.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A field that is not known.
    #[error("--param {}: the built-in model does not know it; it knows {}", shown(name), known.join(", "))]
    Unknown {
        /// The field.
        name: String,
        /// The fields that are known.
        known: &'static [&'static str],
    },
    /// A field of another type.
    #[error("--param {name}: {} is not {needed}", shown(value))]
    Type {
        /// The field.
        name: &'static str,
        /// What was given.
        value: Value,
        /// What type it must have.
        needed: &'static str,
    },
    /// A setting out of range.
    #[error("the built-in model can not answer so: {0}")]
    Sampling(#[from] crate::model::sampling::SamplingError),
    /// Stop texts that are not accepted.
    #[error("--stop: {0}")]
    Stops(#[from] crate::model::text::StopsError),
    /// Whether it thinks is up to the model's file.
    #[error("--effort: the built-in model does not know efforts; leave it out")]
    Effort,
    /// No tokens, or more than a context has.
    #[error("--max-tokens {0}: give a number from 1 to {max}", max = u32::MAX)]
    Tokens(u64),
}
