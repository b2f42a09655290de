//! Whether an answer counts as the expected one: the rules of [`Comparison`], carried out on the host, on data.
//!
//! The rules of upstream harnesses were read in their sources; a test names each clause. What takes white space for a
//! separator takes all that Python does.

use crate::problem::Comparison;
use crate::value::{Value, identical, python_equal, python_equal_with_nan};

mod apps;
mod code_contests;
mod decimal;
mod difference;
mod eval_plus;
mod live_code_bench;
mod numbers;
#[cfg(test)]
mod tests;
mod text;

pub use difference::{LineDifference, first_difference};
pub use eval_plus::tolerances;

/// How strictly the rules of upstream harnesses are applied. The other rules have no leniencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Without what passes upstream though the answer is not the expected one.
    Sealed,
    /// As upstream, to the letter.
    Upstream,
}

/// A rule was asked to compare what it does not compare. [`Comparison::compares_texts`] and
/// [`Comparison::compares_values`] tell beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the comparison rule `{rule}` does not compare {kind} here; {advice}")]
pub struct WrongKind {
    /// The rule's name.
    pub rule: &'static str,
    kind: &'static str,
    advice: &'static str,
}

/// Whether what a program wrote counts as what was expected. Takes at most n·log n time.
///
/// # Errors
///
/// For a rule that does not compare texts, and for a checker, which runs in the sandbox.
pub fn texts(rule: &Comparison, mode: Mode, expected: &str, got: &str) -> Result<bool, WrongKind> {
    match rule {
        Comparison::Exact => Ok(expected == got),
        Comparison::TrimmedLines => Ok(text::stripped_lines(expected).eq(text::stripped_lines(got))),
        Comparison::Tokens => Ok(text::tokens(expected).eq(text::tokens(got))),
        Comparison::Numbers { absolute, relative } => {
            Ok(numbers::Tolerance { absolute: *absolute, relative: *relative }.texts(expected, got))
        }
        Comparison::Unordered => {
            Ok(sorted(text::stripped_lines(expected)) == sorted(text::stripped_lines(got)))
        }
        Comparison::Apps => Ok(apps::texts(mode, expected, got)),
        Comparison::LiveCodeBench => Ok(live_code_bench::texts(expected, got)),
        Comparison::CodeContests => Ok(code_contests::texts(mode, expected, got)),
        Comparison::Values | Comparison::EvalPlus { .. } | Comparison::Checker { .. } => Err(wrong_kind(
            rule,
            "texts",
            "use `trimmed_lines`, `tokens` or `numbers` for output of programs",
        )),
    }
}

/// Whether what a function returned counts as what was expected, `arguments` being what it was called with.
///
/// # Errors
///
/// For a rule that does not compare values, and for a checker, which runs in the sandbox.
pub fn values(
    rule: &Comparison,
    mode: Mode,
    arguments: &[Value],
    expected: &Value,
    got: &Value,
) -> Result<bool, WrongKind> {
    match rule {
        Comparison::Exact => Ok(identical(expected, got)),
        Comparison::Values => Ok(python_equal_with_nan(expected, got)),
        Comparison::Numbers { absolute, relative } => {
            Ok(numbers::Tolerance { absolute: *absolute, relative: *relative }.values(expected, got))
        }
        Comparison::Unordered => Ok(unordered_values(expected, got)),
        Comparison::EvalPlus { atol, oracle } => {
            Ok(eval_plus::values(mode, *atol, *oracle, arguments, expected, got))
        }
        Comparison::Apps => Ok(apps::values(mode, expected, got)),
        Comparison::LiveCodeBench => Ok(live_code_bench::values(expected, got)),
        Comparison::TrimmedLines
        | Comparison::Tokens
        | Comparison::CodeContests
        | Comparison::Checker { .. } => {
            Err(wrong_kind(rule, "values", "use `values`, `numbers` or `exact` for results of calls"))
        }
    }
}

fn wrong_kind(rule: &Comparison, kind: &'static str, advice: &'static str) -> WrongKind {
    let advice =
        if matches!(rule, Comparison::Checker { .. }) { "its program must run in a cell" } else { advice };
    WrongKind { rule: rule.name(), kind, advice }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}

/// Whether Python's `==` holds between two values where a tuple as the outermost value counts as a list. Expected
/// values of the sets that this is for have no tuples, since they come from JSON.
fn equal_but_for_outer_tuple(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::List(expected) | Value::Tuple(expected), Value::List(got) | Value::Tuple(got)) => {
            all_equal(expected, got)
        }
        _ => python_equal(expected, got),
    }
}

fn all_equal(expected: &[Value], got: &[Value]) -> bool {
    expected.len() == got.len() && expected.iter().zip(got).all(|(expected, got)| python_equal(expected, got))
}

fn unordered_values(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::List(expected), Value::List(got)) | (Value::Tuple(expected), Value::Tuple(got)) => {
            expected.len() == got.len()
                && sorted(expected.iter().map(Value::python_key)) == sorted(got.iter().map(Value::python_key))
        }
        _ => python_equal_with_nan(expected, got),
    }
}
