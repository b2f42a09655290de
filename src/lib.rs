//! Karat tells how good a code-generating model is: it loads problem sets with hidden tests, takes completions,
//! executes them in a Wasmtime sandbox and computes pass@k.
//!
//! What a program uses is named here, at the root of the crate: a [`Rules`] says how completions are judged and loads
//! the problems, an [`Executor`] executes, a [`ScoreRequest`] scores a file of completions, a [`RunRequest`] asks a
//! model, and both tell what happens as [`Event`]s. `examples/` has a program for each.
//!
//! ```
//! use karat::{Executor, Rules, SampleSource, ScoreRequest, unobserved};
//!
//! # let folder = tempfile::tempdir()?;
//! let rules = Rules::default();
//! let problems = rules.load("problems/starter".as_ref())?;
//! let executor = Executor::start(&problems.set.languages(), None, &unobserved)?;
//! let mut request = ScoreRequest::new(SampleSource::Reference, rules);
//! request.run_dir = Some(folder.path().join("reference"));
//! let scored = request.run(&problems, &executor, &unobserved)?;
//! assert_eq!(scored.summary.sealed.expect("it is the default").pass_at_k[0].value, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The modules behind it are the crate's own rooms, which its tests and benches look into; they change without notice.
//! Data flows one way, and lower rooms never import higher ones:
//!
//! ```text
//! cli ─▶ report ─▶ evaluate ─▶ record ─▶ judge ─▶ complete ─▶ problem ─▶ value
//!                                          │          └─▶ model
//!                                        runner ─▶ sandbox
//! ```
//!
//! What stands on the ground floor is for all: `package`, `published`, `stats`, `value`, `python`, `language`,
//! `json_lines`, `files`, `http_client`, `child`, `lock`, `shown` and `share`.

#![warn(clippy::unwrap_used)] // what comes from outside is never unwrapped
#![cfg_attr(not(test), warn(clippy::disallowed_methods))] // those of clippy.toml

mod child;
mod cli;
#[doc(hidden)]
pub mod complete;
#[doc(hidden)]
pub mod evaluate;
mod files;
mod http_client;
mod json_lines;
#[doc(hidden)]
pub mod judge;
#[doc(hidden)]
pub mod language;
mod lock;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod package;
#[doc(hidden)]
pub mod problem;
#[doc(hidden)]
pub mod published;
mod python;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod runner;
#[doc(hidden)]
pub mod sandbox;
mod share;
mod shown;
#[doc(hidden)]
pub mod stats;
#[doc(hidden)]
pub mod value;

pub use complete::Answer;
pub use complete::model_spec::ModelSpec;
pub use evaluate::asking::{AskSettings, Asked, Interrupt, MostSpent, uninterrupted};
pub use evaluate::generate::{GenerateRequest, Generated};
pub use evaluate::group::GroupBy;
pub use evaluate::model_run::AskedRun;
pub use evaluate::summary::{Scores, Summary};
pub use evaluate::{
    EvaluateError, Event, Executor, LeftOut, MOST_JOBS, Observer, PromptSettings, Questions, Rules,
    RunOutcome, RunRequest, SampleSource, ScoreRequest, Scored, Selection, unobserved,
};
pub use judge::limits::Limits;
pub use judge::verdict::{Judgement, Judging, Verdict, VerdictKind};
pub use judge::{ExecuteError, Executed, Judge, Judgements, ProgramEnding};
pub use problem::load::{LoadError, load};
pub use problem::{Comparison, Dataset, Language, Problem, ProblemSet, TaskId, Test, TestBody};
pub use record::{RecordError, RunDirectory, RunManifest, VerdictRecord};
pub use report::results::RunResults;
pub use sandbox::units::QuantityError;
pub use sandbox::{Bytes, Fuel};
pub use share::look_in as installed_files_are_in;
pub use shown::with_causes;
pub use stats::{Estimate, pass_at_k, pass_hat_k};
pub use value::Value;
pub use value::marshal::{MarshalError, decode as value_from_marshal};

/// The `karat` command: parses the command line, does what it says and returns the exit status.
pub fn main() -> std::process::ExitCode {
    cli::main()
}
