//! APPS' rules (`eval/testing_util.py`).

use super::decimal::{Decimal, infinity};
use super::numbers::Tolerance;
use super::{Mode, all_equal, equal_but_for_outer_tuple, sorted, text};
use crate::value::{Value, python_equal};

/// numpy's defaults for `allclose`.
const TOLERANCE: Tolerance = Tolerance { absolute: 1e-8, relative: 1e-5 };

/// Whether an output is the expected one.
///
/// Upstream has a ladder, whose first step that holds decides. It treats integers as real numbers, so that
/// 1000001007 is near enough to 1000000007, but has a tolerance only where each line is a single number; where there
/// are more it takes lines for sets. Sealed judging asks what the ladder is for: the same lines of the same tokens,
/// real numbers within the tolerance wherever they stand, and all else exactly.
pub(super) fn texts(mode: Mode, expected: &str, got: &str) -> bool {
    same_text(expected, got)
        || match mode {
            Mode::Sealed => expected == got || same_lines(expected, got),
            Mode::Upstream => ladder(expected, got),
        }
}

/// The same text, white space at both ends of it and of the answer's lines aside.
fn same_text(expected: &str, got: &str) -> bool {
    let expected = text::strip(expected);
    let lines = text::split_lines(got);
    let stripped: Vec<&str> = lines.iter().map(|line| text::strip(line)).collect();
    [lines, stripped].iter().any(|lines| text::strip(&lines.join("\n")) == expected)
}

/// Whether the lines that are not empty are the same token by token. A line of spaces that is expected matches none, as
/// upstream.
fn same_lines(expected: &str, got: &str) -> bool {
    let mut lines = text::split_lines(got).into_iter().filter(|line| !text::strip(line).is_empty());
    let mut expected = text::split_lines(expected).into_iter().filter(|line| !line.is_empty());
    expected.all(|expected| lines.next().is_some_and(|line| same_line(expected, line)))
        && lines.next().is_none()
}

fn same_line(expected: &str, line: &str) -> bool {
    let mut tokens = text::tokens(line);
    text::tokens(expected).all(|expected| tokens.next().is_some_and(|token| same_token(expected, token)))
        && tokens.next().is_none()
}

/// Whether a token is as good as the expected one. What is expected decides: an integer wants an equal number, however
/// it is written (5, 5.0, 5e0); any other number one within the tolerance, infinity only itself; and what is no number,
/// `nan` among that, the same text.
fn same_token(expected: &str, token: &str) -> bool {
    if expected == token {
        return true;
    }
    if let Some(negative) = infinity(expected) {
        return infinity(token) == Some(negative);
    }
    if has_leading_zeros(expected) {
        return false;
    }
    match (Decimal::parse(expected), Decimal::parse(token)) {
        (Some(exact), Some(exact_token)) if is_written_as_integer(expected) => exact == exact_token,
        (Some(exact), Some(exact_token)) => {
            TOLERANCE.allows_decimal((expected, &exact), (token, &exact_token))
        }
        _ => false,
    }
}

/// Whether digits stand behind a zero, as in 0101 or 09: a string of bits, a time or a name, each digit of which
/// counts.
fn has_leading_zeros(token: &str) -> bool {
    let unsigned = token.strip_prefix(['-', '+']).unwrap_or(token);
    matches!(unsigned.as_bytes(), [b'0', b'0'..=b'9', ..])
}

fn is_written_as_integer(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// The steps of upstream's ladder after the first two. They leave out lines without any character; a line of spaces
/// stays. Stripped, as only the expected lines are, it matches no line of the answer.
fn ladder(expected: &str, got: &str) -> bool {
    let expected: Vec<&str> = expected.split('\n').filter(|line| !line.is_empty()).map(text::strip).collect();
    let lines: Vec<&str> = text::split_lines(got).into_iter().filter(|line| !line.is_empty()).collect();
    lines == expected
        || one_number_a_line(&expected, &lines)
        || sets_of_tokens(&expected, &lines)
        || sets_of_rounded_numbers(&expected, &lines)
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
    same_sets(
        expected.iter().map(|line| set(text::tokens(line).collect())).collect(),
        lines.iter().map(|line| set(text::tokens(line).collect())).collect(),
    )
}

/// The same with numbers rounded to three decimals; not where a token is no number.
fn sets_of_rounded_numbers(expected: &[&str], lines: &[&str]) -> bool {
    let numbers = |line: &&str| text::tokens(line).map(rounded).collect::<Option<_>>().map(set);
    let sets = |lines: &[&str]| lines.iter().map(numbers).collect::<Option<Vec<_>>>();
    match (sets(expected), sets(lines)) {
        (Some(expected), Some(lines)) => same_sets(expected, lines),
        _ => false,
    }
}

fn same_sets<T: Ord>(expected: Vec<Vec<T>>, mut lines: Vec<Vec<T>>) -> bool {
    lines.retain(|line| !line.is_empty());
    set(expected) == set(lines)
}

fn set<T: Ord>(items: Vec<T>) -> Vec<T> {
    let mut items = sorted(items.into_iter());
    items.dedup();
    items
}

/// The bits of a number that is rounded to three decimals, the same for both zeros. NaN, which is equal to nothing, is
/// no number here.
fn rounded(token: &str) -> Option<u64> {
    let number = text::float(token).filter(|number| !number.is_nan())?;
    // Beyond this binary64 has no three decimals; the digits of such a number would be many.
    let rounded = if number.abs() < 1e15 { format!("{number:.3}").parse().unwrap_or(number) } else { number };
    Some((rounded + 0.0).to_bits())
}

/// Equal to the expected value or to its first element, a tuple as the outermost value counting as a list. The first
/// element is also compared with tuples within the answer taken for lists, if the first item is one.
///
/// Sealed judging looks at the first element only of a list that has no other: such lists wrap the result in the data
/// set, while of longer ones the first element is not the answer.
pub(super) fn values(mode: Mode, expected: &Value, got: &Value) -> bool {
    if equal_but_for_outer_tuple(expected, got) {
        return true;
    }
    let (Value::List(wrapping) | Value::Tuple(wrapping)) = expected else { return false };
    let first = match (mode, wrapping.as_slice()) {
        (Mode::Sealed, [only]) => only,
        (Mode::Upstream, [first, ..]) => first,
        _ => return false,
    };
    match (first, got) {
        (Value::List(first), Value::List(got) | Value::Tuple(got)) => {
            all_equal(first, got) || equal_with_inner_tuples(first, got)
        }
        _ if matches!(got, Value::Tuple(_)) => false, // it counts as a list, and what is expected is none
        _ => python_equal(first, got),
    }
}

/// Whether the items are equal once each is a list, as `[list(item) for item in value]` makes them, if the first one is
/// a tuple. Not where that would raise, nor for items without order.
fn equal_with_inner_tuples(expected: &[Value], got: &[Value]) -> bool {
    let as_list = |expected: &Value, got: &Value| match (expected, got) {
        (Value::List(expected), Value::List(got) | Value::Tuple(got)) => all_equal(expected, got),
        (Value::List(expected), Value::Str(text)) => {
            let mut characters = text.chars();
            let same = |expected: &Value, character: char| match expected {
                Value::Str(expected) => *expected == *character.encode_utf8(&mut [0; 4]),
                _ => false,
            };
            expected
                .iter()
                .all(|expected| characters.next().is_some_and(|character| same(expected, character)))
                && characters.next().is_none()
        }
        _ => false,
    };
    matches!(got, [Value::Tuple(_), ..])
        && expected.len() == got.len()
        && expected.iter().zip(got).all(|(expected, got)| as_list(expected, got))
}
