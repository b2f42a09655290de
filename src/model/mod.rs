//! The built-in model.

pub mod install;
