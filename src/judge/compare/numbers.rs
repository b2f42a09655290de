//! Numbers within a tolerance, in texts and in values.

use super::decimal::Decimal;
use super::text;
use crate::value::{Sense, Value, integer_distance, python_equal_with_nan, side_by_side};

/// How far numbers may lie apart: by `absolute + relative × |expected|`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    /// In units of the numbers.
    pub(super) absolute: f64,
    /// A fraction of the expected number.
    pub(super) relative: f64,
}

impl Tolerance {
    /// Whether a number lies near enough to a finite one. Infinities are only near themselves, NaN is near nothing.
    pub(super) fn allows(self, expected: f64, got: f64) -> bool {
        expected == got
            || (expected.is_finite()
                && (got - expected).abs() <= self.absolute + self.relative * expected.abs())
    }

    /// Whether a decimal number lies near enough to another, both also given as texts. Binary64 is only asked where it
    /// tells such numbers apart.
    pub(super) fn allows_decimal(self, expected: (&str, &Decimal), got: (&str, &Decimal)) -> bool {
        if expected.1 == got.1 {
            return true;
        }
        let (Ok(size), Ok(got_size)) = (expected.0.parse::<f64>(), got.0.parse::<f64>()) else {
            return false;
        };
        if !self.is_any() || size.is_infinite() {
            false
        } else if expected.1.fits_binary64() && got.1.fits_binary64() {
            self.allows(size, got_size)
        } else {
            expected.1.distance(got.1) <= self.absolute + self.relative * size.abs()
        }
    }

    /// Whether every token is the same or a number near enough. Without tolerance, decimal numbers are compared
    /// exactly.
    pub(super) fn texts(self, expected: &str, got: &str) -> bool {
        let mut got = text::tokens(got);
        text::tokens(expected).all(|expected| got.next().is_some_and(|got| self.tokens(expected, got)))
            && got.next().is_none()
    }

    fn tokens(self, expected: &str, got: &str) -> bool {
        if expected == got {
            return true;
        }
        match (Decimal::parse(expected), Decimal::parse(got)) {
            (Some(exact), Some(exact_got)) => self.allows_decimal((expected, &exact), (got, &exact_got)),
            _ => false,
        }
    }

    fn is_any(self) -> bool {
        self.absolute > 0.0 || self.relative > 0.0
    }

    /// Whether values have the same shape and types, and their numbers are near enough.
    pub(super) fn values(self, expected: &Value, got: &Value) -> bool {
        side_by_side(expected, got, Sense::Python, |expected, got| match (expected, got) {
            (Value::Bool(expected), Value::Bool(got)) => expected == got,
            (Value::Bool(_), _) | (_, Value::Bool(_)) => false,
            _ => python_equal_with_nan(expected, got) || (self.is_any() && self.allows_number(expected, got)),
        })
    }

    /// Whether a number lies near enough to another; integers however long they are.
    fn allows_number(self, expected: &Value, got: &Value) -> bool {
        let (Some(size), Some(got_size)) = (parts(expected), parts(got)) else { return false };
        match integer_distance(expected, got) {
            Some(distance) => distance <= self.absolute + self.relative * size.0.abs(),
            None => self.allows_complex(size, got_size),
        }
    }

    /// As [`allows`](Self::allows), for complex numbers by their distance.
    pub(super) fn allows_complex(self, expected: (f64, f64), got: (f64, f64)) -> bool {
        if expected.1 == 0.0 && got.1 == 0.0 {
            return self.allows(expected.0, got.0);
        }
        let size = libm::hypot(expected.0, expected.1);
        let distance = libm::hypot(got.0 - expected.0, got.1 - expected.1);
        expected == got || (size.is_finite() && distance <= self.absolute + self.relative * size)
    }
}

/// A number as real and imaginary part; truth values are 0 and 1. Nothing for an integer beyond what binary64 holds.
pub(super) fn parts(value: &Value) -> Option<(f64, f64)> {
    match value {
        Value::Bool(bool) => Some((f64::from(u8::from(*bool)), 0.0)),
        Value::Int(int) => Some((*int as f64, 0.0)),
        Value::BigInt(big) => num_traits::ToPrimitive::to_f64(&num_bigint::BigInt::from(big))
            .filter(|float| float.is_finite())
            .map(|float| (float, 0.0)),
        Value::Float(float) => Some((*float, 0.0)),
        Value::Complex(real, imaginary) => Some((*real, *imaginary)),
        _ => None,
    }
}
