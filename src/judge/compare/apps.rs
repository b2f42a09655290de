//! APPS' rules (`eval/testing_util.py`).

use super::numbers::Tolerance;
use super::{Mode, outer_as_list, sorted, text};
use crate::value::{Value, python_equal};

/// numpy's defaults for `allclose`.
const TOLERANCE: Tolerance = Tolerance { absolute: 1e-8, relative: 1e-5 };

/// The ladder: whichever step holds first.
pub(super) fn texts(mode: Mode, expected: &str, got: &str) -> bool {
    let lines = text::split_lines(got);
    let joined = |lines: &[&str]| text::strip(&lines.join("\n")) == text::strip(expected);
    let stripped: Vec<&str> = lines.iter().map(|line| text::strip(line)).collect();
    if joined(&lines) || joined(&stripped) {
        return true;
    }
    // The steps that follow leave out lines without any character. A line of spaces stays; stripped, as only the
    // expected lines are, it matches no line of the answer.
    let expected: Vec<&str> = expected.split('\n').filter(|line| !line.is_empty()).map(text::strip).collect();
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines == expected
        || one_number_a_line(&expected, &lines)
        || match mode {
            Mode::Sealed => {
                !expected.contains(&"") && stripped.iter().filter(|line| !line.is_empty()).eq(&expected)
            }
            Mode::Upstream => sets_of_tokens(&expected, &lines) || sets_of_rounded_numbers(&expected, &lines),
        }
}

fn one_number_a_line(expected: &[&str], lines: &[&str]) -> bool {
    expected.len() == lines.len()
        && expected.iter().zip(lines).all(|(expected, line)| {
            matches!((text::float(expected), text::float(line)), (Some(expected), Some(line)) if TOLERANCE.allows(expected, line))
        })
}

/// Whether the lines, each as the set of its tokens, are the same set. Lines of the answer without a token do not
/// count.
fn sets_of_tokens(expected: &[&str], lines: &[&str]) -> bool {
    let sets = |lines: &[&str]| -> Vec<Vec<String>> {
        lines.iter().map(|line| set(text::tokens(line).map(str::to_owned).collect())).collect()
    };
    same_sets(sets(expected), sets(lines))
}

/// The same with numbers rounded to three decimals; not where a token is no number.
fn sets_of_rounded_numbers(expected: &[&str], lines: &[&str]) -> bool {
    let numbers = |line: &&str| text::tokens(line).map(rounded).collect::<Option<Vec<String>>>().map(set);
    let sets = |lines: &[&str]| lines.iter().map(numbers).collect::<Option<Vec<_>>>();
    match (sets(expected), sets(lines)) {
        (Some(expected), Some(lines)) => same_sets(expected, lines),
        _ => false,
    }
}

fn same_sets(expected: Vec<Vec<String>>, mut lines: Vec<Vec<String>>) -> bool {
    lines.retain(|line| !line.is_empty());
    set(expected) == set(lines)
}

fn set<T: Ord>(items: Vec<T>) -> Vec<T> {
    let mut items = sorted(items.into_iter());
    items.dedup();
    items
}

/// A number with three decimals, the same text for the same number. NaN, which is equal to nothing, is no number here.
fn rounded(token: &str) -> Option<String> {
    let number = text::float(token).filter(|number| !number.is_nan())?;
    let rounded = format!("{number:.3}");
    Some(if rounded == "-0.000" { "0.000".to_owned() } else { rounded })
}

/// Equal to the expected value or to its first element, a tuple as the outermost value counting as a list. The first
/// element is also compared with tuples within the answer taken for lists, if the first item is one.
///
/// Sealed judging looks at the first element only of a list that has no other: such lists wrap the result in the data
/// set, while of longer ones the first element is not the answer.
pub(super) fn values(mode: Mode, expected: &Value, got: &Value) -> bool {
    let (expected, got) = (outer_as_list(expected), outer_as_list(got));
    if python_equal(&got, &expected) {
        return true;
    }
    let Value::List(wrapping) = &*expected else { return false };
    let first = match (mode, wrapping.as_slice()) {
        (Mode::Sealed, [only]) => only,
        (Mode::Upstream, [first, ..]) => first,
        _ => return false,
    };
    python_equal(&got, first)
        || tuples_as_lists(&got).is_some_and(|with_lists| python_equal(&with_lists, first))
}

/// `[list(item) for item in value]` if the first item is a tuple; nothing where that would raise, and for items
/// without order.
fn tuples_as_lists(value: &Value) -> Option<Value> {
    let Value::List(items) = value else { return None };
    let [Value::Tuple(_), ..] = items.as_slice() else { return None };
    let as_list = |item: &Value| match item {
        Value::List(items) | Value::Tuple(items) => Some(Value::List(items.clone())),
        Value::Str(text) => Some(Value::List(text.chars().map(|c| Value::Str(c.into())).collect())),
        _ => None,
    };
    items.iter().map(as_list).collect::<Option<Vec<Value>>>().map(Value::List)
}
