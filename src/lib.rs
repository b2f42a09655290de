//! Karat tells how good a code-generating model is: it loads problem sets with hidden tests, takes completions,
//! executes them in a Wasmtime sandbox and computes pass@k.
//!
//! Data flows one way, and lower modules never import higher ones:
//!
//! ```text
//! problem ─▶ complete ─▶ judge ─▶ stats ─▶ report
//!                          │
//!                        runner ─▶ sandbox        record keeps what each stage made
//! ```

#![warn(clippy::unwrap_used)] // what comes from outside is never unwrapped

pub mod cli;
pub mod complete;
mod files;
pub mod judge;
pub mod model;
pub mod package;
pub mod problem;
pub mod record;
pub mod report;
pub mod runner;
pub mod sandbox;
mod shown;
pub mod stats;
pub mod value;
