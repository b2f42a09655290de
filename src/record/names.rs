//! How the files of a run's directory are called, and how long their lines may be.

use crate::json_lines::LONGEST_LINE;

pub(super) const RUN: &str = "run.json";
pub(super) const COMPLETIONS: &str = "completions.jsonl";
pub(super) const VERDICTS: &str = "verdicts.jsonl";
pub(super) const SCORES: &str = "scores.json";
pub(super) const REFERENCES: &str = "references.json";
pub(super) const QUESTION: &str = "question.json";
pub(super) const ANSWERS: &str = "answers.jsonl";
pub(super) const JUDGED: &str = "judged.jsonl";
pub(super) const ERRORS: &str = "errors.jsonl";

/// Longest line of a file that karat itself wrote: writing a completion anew may make its line a little longer.
pub(super) const LONGEST_RECORD: usize = 4 * LONGEST_LINE;

/// The format of run directories that this version writes and reads. Format 1 had no seals.
pub const FORMAT: u32 = 2;
