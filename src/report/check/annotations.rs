//! The check as workflow commands, which GitHub shows beside a job.
//!
//! The commands and their escapes are those of GitHub's documentation of workflow commands: `%`, CR and LF in a
//! message; also `:` and `,` in a property.

use std::fmt::Write;

use super::{Change, Check, Outcome};
use crate::report::printable;

/// GitHub shows ten annotations of a kind a step.
const MOST: usize = 9;

/// The commands, a line each.
pub fn annotations(check: &Check) -> String {
    let mut out = String::new();
    let level = match check.outcome {
        Outcome::Passed => "notice",
        Outcome::Regressed => "error",
        Outcome::Inconclusive => "warning",
    };
    let _ = writeln!(out, "::{level} title={}::{}", property("karat check"), message(&check.reason));
    // What is within the allowed drop is no warning.
    let level = if check.outcome == Outcome::Passed { "notice" } else { "warning" };
    for problem in check.worse().into_iter().take(MOST) {
        let what = if problem.change == Change::NewlyFailing { "fails" } else { "passes less often" };
        let title = property(&format!("{} {what}", problem.task_id));
        let _ = writeln!(out, "::{level} title={title}::{}", message(&problem.words()));
    }
    out
}

fn message(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
