//! The engine: from completions, or from a model, to verdicts and scores.
//!
//! ```text
//! Selection (a set and what dates leave of it) ─┐
//! Rules (judging, limits, k's) ─────────────────┤
//! Executor (runner, threads, references) ───────┴▶ ScoreRequest ─▶ Scored      a file of completions
//!                                                 RunRequest   ─▶ RunOutcome  a model, asked and judged at once
//!                                                 generate                    a model, asked only
//! ```
//!
//! Beside these, [`verify`] judges a set's own solutions, [`harden`] looks for tests that a problem lacks, and [`kept`]
//! knows what of the cache may go.
//!
//! Each of them tells what happens as [`Event`]s, which whoever asked for it may show. Nothing here prints, draws, or
//! reads the command line.

mod alone;
pub mod answer_endings;
pub mod asking;
pub mod error;
pub mod events;
pub mod execute;
pub mod executor;
pub mod generate;
pub mod group;
pub mod harden;
pub mod inputs;
pub mod kept;
pub mod model_run;
mod pipeline;
mod progress;
pub mod questions;
pub mod references;
pub mod resume;
pub mod rules;
pub mod spent;
pub mod summary;
pub mod verify;

pub use error::EvaluateError;
pub use events::{Event, Observer, unobserved};
pub use execute::{LeftOut, Scored};
pub use executor::{Executor, MOST_JOBS};
pub use inputs::{SampleSource, ScoreRequest};
pub use model_run::{RunOutcome, RunRequest};
pub use questions::{PromptSettings, Prompter, Questions};
pub use rules::{Rules, Selection};
