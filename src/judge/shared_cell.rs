//! Tests by assertions in the program's own cell: where a language has no way to seal them. The verdict says that it is
//! open.

use super::outcome::{Sources, left_with, of_test};
use super::tally::TestOutcome;
use super::verdict::Verdict;
use crate::runner::Runner;
use crate::runner::capabilities::{Assertions, SharedCell, SharedEnd};
use crate::sandbox::CellLimits;

/// Whether the tests by assertions of a language can only run in the program's own cell.
pub(super) fn only_in_its_cell(runner: &dyn Runner) -> bool {
    runner.assertions().is_none() && runner.shared_cell().is_some()
}

/// Runs tests by assertions in the program's cell.
pub(super) fn in_its_cell(
    runner: &dyn SharedCell,
    program: &str,
    tests: &Assertions,
    limits: &CellLimits,
) -> TestOutcome {
    let execution = runner.in_one_cell(program, tests, limits);
    let sources = Sources { program, test: tests.source, one_text: false };
    let outcome = of_test(execution, &sources, limits, |ended| match ended {
        SharedEnd::Ended => Verdict::Passed,
        SharedEnd::Left(0) => Verdict::Exited { how: "the process exited before the tests ended".to_owned() },
        SharedEnd::Left(status) => left_with(status),
        SharedEnd::Unfit(why) => Verdict::Inconclusive { reason: format!("the problem's tests: {why}") },
    });
    TestOutcome { open: true, ..outcome }
}
