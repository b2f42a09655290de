//! LiveCodeBench's rules (`lcb_runner/evaluation/testing_util.py`).

use std::borrow::Cow;

use super::decimal::{Decimal, infinity};
use super::{equal_but_for_outer_tuple, text};
use crate::value::Value;

/// The same number of stripped lines, each equal as text or as a sequence of decimal numbers.
pub(super) fn texts(expected: &str, got: &str) -> bool {
    let mut got = text::stripped_lines(got);
    text::stripped_lines(expected).all(|expected| got.next().is_some_and(|got| lines(expected, got)))
        && got.next().is_none()
}

fn lines(expected: &str, got: &str) -> bool {
    if expected == got {
        return true;
    }
    let mut got = text::tokens(got);
    text::tokens(expected).all(|expected| got.next().is_some_and(|got| decimals(expected, got)))
        && got.next().is_none()
}

/// Whether both are what Python's `Decimal` reads, and equal; which NaN never is.
fn decimals(expected: &str, got: &str) -> bool {
    match (decimal(expected), decimal(got)) {
        (Some(expected), Some(got)) => expected == got,
        _ => false,
    }
}

#[derive(PartialEq)]
enum Number {
    Finite(Decimal),
    Infinite { negative: bool },
}

fn decimal(token: &str) -> Option<Number> {
    // Python's Decimal drops underscores wherever they are.
    let token: Cow<str> = if token.contains('_') { token.replace('_', "").into() } else { token.into() };
    if let Some(finite) = Decimal::parse(&token) {
        return Some(Number::Finite(finite));
    }
    infinity(&token).map(|negative| Number::Infinite { negative })
}

/// Equal in Python, where a tuple as the outermost value counts as a list.
pub(super) fn values(expected: &Value, got: &Value) -> bool {
    equal_but_for_outer_tuple(expected, got)
}
