//! EvalPlus's files: the samples that it evaluates, a file `samples.jsonl` or a folder of programs, and the results that it
//! keeps beside them, `samples_eval_results.json` or `eval_results.json` in the folder.

mod read;
mod write;

pub use read::{ReadError, UpstreamResults, is_results};
pub use write::{ExportError, ExportPlace, Exported, export};

/// The statuses of a sample, of the base tests or of those that were added.
const PASS: &str = "pass";
const FAIL: &str = "fail";
const TIMEOUT: &str = "timeout";
