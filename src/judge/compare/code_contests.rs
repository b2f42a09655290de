//! CodeContests' rule (`execution/tester_sandboxer.cc`).

use super::Mode;
use super::decimal::Decimal;

const PRECISION: f64 = 1e-5;

/// The same lower-cased tokens, or as many, each the same or a number less than 1e-5 away.
///
/// Upstream compares all numbers as binary64, in which long integers that differ can be the same; sealed judging
/// compares integers as integers.
pub(super) fn texts(mode: Mode, expected: &str, got: &str) -> bool {
    let expected: Vec<&str> = tokens(expected).collect();
    let got: Vec<&str> = tokens(got).collect();
    let same = |(expected, got): (&&str, &&str)| expected.eq_ignore_ascii_case(got);
    expected.len() == got.len()
        && (expected.iter().zip(&got).all(same)
            || expected.iter().zip(&got).all(|(expected, got)| matches(mode, expected, got)))
}

/// Upstream's separators: ASCII white space but the form feed.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\t', '\r', '\x0b']).filter(|token| !token.is_empty())
}

fn matches(mode: Mode, expected: &str, got: &str) -> bool {
    let (Ok(number), Ok(got_number)) = (expected.parse::<f64>(), got.parse::<f64>()) else {
        return expected.eq_ignore_ascii_case(got);
    };
    let near = (number - got_number).abs() < PRECISION; // never where one is NaN or both are infinite
    if mode == Mode::Upstream {
        return near;
    }
    match (Decimal::parse(expected), Decimal::parse(got)) {
        (Some(expected), Some(got)) if expected.is_integer() && got.is_integer() => near && expected == got,
        _ => near,
    }
}
