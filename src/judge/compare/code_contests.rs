//! CodeContests' rule (`execution/tester_sandboxer.cc`).

use super::Mode;
use super::decimal::Decimal;

const PRECISION: f64 = 1e-5;

/// The same lower-cased tokens, or as many, each the same or a number less than 1e-5 away.
///
/// Upstream compares all numbers as binary64, in which long ones that differ can be the same; sealed judging compares
/// them as decimal numbers, and two integers exactly.
pub(super) fn texts(mode: Mode, expected: &str, got: &str) -> bool {
    all(expected, got, |expected, got| expected.eq_ignore_ascii_case(got))
        || all(expected, got, |expected, got| matches(mode, expected, got))
}

/// Whether there are as many tokens and something holds for each two.
fn all(expected: &str, got: &str, holds: impl Fn(&str, &str) -> bool) -> bool {
    let mut got = tokens(got);
    tokens(expected).all(|expected| got.next().is_some_and(|got| holds(expected, got)))
        && got.next().is_none()
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
    if mode == Mode::Upstream || !near {
        return near;
    }
    match (Decimal::parse(expected), Decimal::parse(got)) {
        (Some(expected), Some(got)) if expected.is_integer() && got.is_integer() => expected == got,
        (Some(expected), Some(got)) if !(expected.fits_binary64() && got.fits_binary64()) => {
            expected.distance(&got) < PRECISION
        }
        _ => true,
    }
}
