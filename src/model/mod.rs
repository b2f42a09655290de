//! The built-in model.

pub mod gguf;
pub mod install;
