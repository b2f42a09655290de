//! Numbers within a tolerance, in texts and in values.

use std::collections::HashMap;

use super::decimal::Decimal;
use super::text;
use crate::value::{Value, python_equal_with_nan};

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
            (Some(exact), Some(exact_got)) => {
                exact == exact_got
                    || (self.is_any()
                        && matches!((expected.parse(), got.parse()), (Ok(expected), Ok(got)) if self.allows(expected, got)))
            }
            _ => false,
        }
    }

    fn is_any(self) -> bool {
        self.absolute > 0.0 || self.relative > 0.0
    }

    /// Whether values have the same shape and types, and their numbers are near enough.
    pub(super) fn values(self, expected: &Value, got: &Value) -> bool {
        match (expected, got) {
            (Value::List(expected), Value::List(got)) | (Value::Tuple(expected), Value::Tuple(got)) => {
                expected.len() == got.len()
                    && expected.iter().zip(got).all(|(expected, got)| self.values(expected, got))
            }
            (Value::Dict(expected), Value::Dict(got)) => {
                // Of equal keys that a guest wrote, the last counts, as in Python.
                let by_key = |entries: &[(Value, Value)]| -> HashMap<Vec<u8>, usize> {
                    entries.iter().enumerate().map(|(index, (key, _))| (key.python_key(), index)).collect()
                };
                let (places, got_places) = (by_key(expected), by_key(got));
                places.len() == got_places.len()
                    && places.iter().all(|(key, place)| {
                        got_places
                            .get(key)
                            .is_some_and(|got_place| self.values(&expected[*place].1, &got[*got_place].1))
                    })
            }
            (Value::Bool(expected), Value::Bool(got)) => expected == got,
            (Value::Bool(_), _) | (_, Value::Bool(_)) => false,
            _ => {
                python_equal_with_nan(expected, got)
                    || (self.is_any()
                        && matches!(
                            (parts(expected), parts(got)),
                            (Some(expected), Some(got)) if self.allows_complex(expected, got)
                        ))
            }
        }
    }

    /// As [`allows`](Self::allows), for complex numbers by their distance.
    pub(super) fn allows_complex(self, expected: (f64, f64), got: (f64, f64)) -> bool {
        if expected.1 == 0.0 && got.1 == 0.0 {
            return self.allows(expected.0, got.0);
        }
        let size = expected.0.hypot(expected.1);
        let distance = (got.0 - expected.0).hypot(got.1 - expected.1);
        expected == got || (size.is_finite() && distance <= self.absolute + self.relative * size)
    }
}

/// A number as real and imaginary part; truth values are 0 and 1.
pub(super) fn parts(value: &Value) -> Option<(f64, f64)> {
    match value {
        Value::Bool(bool) => Some((f64::from(u8::from(*bool)), 0.0)),
        Value::Int(int) => Some((*int as f64, 0.0)),
        Value::BigInt(big) => {
            num_traits::ToPrimitive::to_f64(&num_bigint::BigInt::from(big)).map(|float| (float, 0.0))
        }
        Value::Float(float) => Some((*float, 0.0)),
        Value::Complex(real, imaginary) => Some((*real, *imaginary)),
        _ => None,
    }
}
