//! The built-in model: completions without any server, on a GPU or the CPU.
//!
//! It knows nothing of problems. A prompt goes down and a completion comes up:
//!
//! ```text
//! pool ──frames──▶ worker (a process) ─▶ scheduler ─▶ engine ─▶ library (llama.cpp, opened at run time)
//!                                            └─▶ sampling, text
//! ```
//!
//! On the CPU a completion depends on the model's file, the prompt, the sampling and its key alone: to the byte, with
//! any number of slots and processes, and whatever is computed beside it. [`engine`] and [`sampling`] say what that
//! takes. On GPUs nobody promises that.

pub mod device;
pub mod engine;
pub mod frames;
pub mod library;
pub mod pool;
pub mod sampling;
pub mod text;
pub mod worker;
