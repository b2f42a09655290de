//! The built-in model: completions without a server.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`gguf`] | the files that models come in |
//! | [`install`] | the engine and the models that Karat can fetch |
//! | [`find`] | models that are on the machine already |
//! | [`chat`] | a conversation as the text that a model continues |
//! | [`memory`] | what a model needs, and what there is |
//! | [`device`], [`plan`] | where it can run, and what is loaded where |
//! | [`pool`] | its processes, from the caller's side |
//! | [`frames`] | the messages between these and their parent |
//! | [`worker`] | one such process: a scheduler over an [`engine`], which calls the `library` |
//! | [`sampling`], [`text`] | from logits to tokens, and from tokens to text |

pub mod chat;
pub mod device;
pub mod engine;
pub mod find;
pub mod frames;
pub mod gguf;
pub mod install;
mod library;
pub mod memory;
pub mod plan;
pub mod pool;
pub mod prompt;
pub mod sampling;
pub mod text;
pub mod worker;
