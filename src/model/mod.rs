//! The built-in model.

pub mod chat;
pub mod find;
pub mod gguf;
pub mod install;
pub mod memory;
