//! The built-in model.

pub mod device;
pub mod engine;
pub mod frames;
pub mod library;
pub mod pool;
pub mod sampling;
pub mod text;
pub mod worker;
