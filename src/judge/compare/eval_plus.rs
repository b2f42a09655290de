//! EvalPlus's rule (`evalplus/eval/__init__.py` and `_special_oracle.py`).

use super::numbers::{Tolerance, parts};
use crate::problem::comparison::EvalPlusOracle;
use crate::value::{Value, hashable, python_equal};

/// numpy's default for `assert_allclose`, which upstream keeps.
const RELATIVE: f64 = 1e-7;
/// What takes the place of no tolerance where floats are expected.
const FLOAT_TOLERANCE: f64 = 1e-6;

/// The absolute tolerance in force for each test of a problem, in order: `atol`, but from the first expected value that
/// is a float or a list or tuple of floats on 1e-6, if `atol` is 0.
pub fn tolerances(atol: f64, expected: &[Value]) -> Vec<f64> {
    expected
        .iter()
        .scan(atol, |in_force, expected| {
            *in_force = tolerance(*in_force, expected);
            Some(*in_force)
        })
        .collect()
}

fn tolerance(atol: f64, expected: &Value) -> f64 {
    if atol == 0.0 && is_floats(expected) { FLOAT_TOLERANCE } else { atol }
}

fn is_floats(value: &Value) -> bool {
    match value {
        Value::Float(_) => true,
        Value::List(items) | Value::Tuple(items) => {
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Float(_)))
        }
        _ => false,
    }
}

/// Whether the answer is right. `atol` is the tolerance in force, as [`tolerances`] gives it.
pub(super) fn values(
    atol: f64,
    oracle: EvalPlusOracle,
    arguments: &[Value],
    expected: &Value,
    got: &Value,
) -> bool {
    if oracle == EvalPlusOracle::PolynomialZero {
        return polynomial(arguments, got).is_some_and(|at_answer| at_answer.abs() <= atol);
    }
    let equal = || python_equal(expected, got);
    // Nothing stands for what would raise upstream, and so fails.
    let by_oracle = match oracle {
        EvalPlusOracle::None | EvalPlusOracle::PolynomialZero => Some(equal()),
        EvalPlusOracle::Set => match (as_set(expected), as_set(got)) {
            (Some(expected), Some(got)) => Some(python_equal(&expected, &got)),
            _ => None,
        },
        EvalPlusOracle::NotNone => Some(is_there(expected) == is_there(got)),
        EvalPlusOracle::Anything => Some(true),
        EvalPlusOracle::OrZero => Some(equal() || python_equal(got, &Value::Int(0))),
        EvalPlusOracle::OrDigitDistance if equal() => Some(true),
        EvalPlusOracle::OrDigitDistance => {
            digit_distance(arguments).map(|distance| python_equal(got, &Value::Int(distance)))
        }
        EvalPlusOracle::OrPyramidSurface if equal() => Some(true),
        EvalPlusOracle::OrPyramidSurface => match (pyramid_surface(arguments), real(got)) {
            (Some(surface), Some(got)) => Some((got - surface).abs() <= atol),
            _ => None,
        },
    };
    match by_oracle {
        Some(true) => true,
        Some(false) => near(tolerance(atol, expected), expected, got),
        None => false,
    }
}

/// Whether there is a tolerance, and the answer has the type and shape of the expected value and every number in it
/// lies within. Lists and tuples are not told apart but as the outermost value.
fn near(atol: f64, expected: &Value, got: &Value) -> bool {
    if atol == 0.0 || python_type(expected) != python_type(got) {
        return false;
    }
    let tolerance = Tolerance { absolute: atol, relative: RELATIVE };
    match (Array::of(expected), Array::of(got)) {
        (Some(expected), Some(got)) => {
            expected.shape == got.shape
                && expected
                    .numbers
                    .iter()
                    .zip(&got.numbers)
                    .all(|(expected, got)| tolerance.allows_complex(*expected, *got))
        }
        _ => false,
    }
}

/// A number, or numbers in lists and tuples that are all of the same length on each level: what numpy makes an array
/// of numbers of.
#[derive(Default)]
struct Array {
    shape: Vec<usize>,
    numbers: Vec<(f64, f64)>,
}

impl Array {
    fn of(value: &Value) -> Option<Array> {
        let mut array = Array::default();
        let mut innermost = value;
        while let Value::List(items) | Value::Tuple(items) = innermost {
            array.shape.push(items.len());
            match items.first() {
                Some(first) => innermost = first,
                None => break,
            }
        }
        let shape = array.shape.clone();
        array.fill(value, &shape)?;
        Some(array)
    }

    fn fill(&mut self, value: &Value, shape: &[usize]) -> Option<()> {
        match (value, shape) {
            (Value::List(items) | Value::Tuple(items), [length, inner @ ..]) if items.len() == *length => {
                items.iter().try_for_each(|item| self.fill(item, inner))
            }
            (Value::List(_) | Value::Tuple(_), _) | (_, [_, ..]) => None,
            (number, []) => {
                self.numbers.push(parts(number)?);
                Some(())
            }
        }
    }
}

/// What tells Python's types apart.
fn python_type(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(match value {
        Value::BigInt(_) => &Value::Int(0),
        other => other,
    })
}

/// `set(value)`: nothing where that would raise.
fn as_set(value: &Value) -> Option<Value> {
    let items = match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            items.clone()
        }
        Value::Dict(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
        Value::Str(text) => text.chars().map(|character| Value::Str(character.into())).collect(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect(),
        _ => return None,
    };
    items.iter().all(hashable).then_some(Value::Set(items))
}

/// Whether there is an answer, or, for a truth value, whether it says so.
fn is_there(value: &Value) -> bool {
    !matches!(value, Value::None | Value::Bool(false))
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Complex(..) => None,
        other => parts(other).map(|(real, _)| real),
    }
}

/// The polynomial with the coefficients of the only argument, the constant first, at `x`.
fn polynomial(arguments: &[Value], x: &Value) -> Option<f64> {
    let [Value::List(coefficients) | Value::Tuple(coefficients)] = arguments else { return None };
    let x = real(x)?;
    let mut sum = 0.0;
    for (power, coefficient) in coefficients.iter().enumerate() {
        sum += real(coefficient)? * x.powf(power as f64);
    }
    Some(sum)
}

/// The sum of the differences of digits of two integers that are not below 0.
fn digit_distance(arguments: &[Value]) -> Option<i64> {
    let [one, other] = arguments else { return None };
    let digits = |value: &Value| match value {
        Value::Int(_) | Value::BigInt(_) => {
            let text = value.repr();
            text.bytes().all(|digit| digit.is_ascii_digit()).then_some(text)
        }
        _ => None,
    };
    let (one, other) = (digits(one)?, digits(other)?);
    let length = one.len().max(other.len());
    let distance = |(one, other): (u8, u8)| i64::from(one.abs_diff(other));
    Some(format!("{one:0>length$}").bytes().zip(format!("{other:0>length$}").bytes()).map(distance).sum())
}

/// The surface of a square pyramid with a base edge and a height, rounded as Python's `round` does.
fn pyramid_surface(arguments: &[Value]) -> Option<f64> {
    let [base_edge, height] = arguments else { return None };
    let (base_edge, height) = (real(base_edge)?, real(height)?);
    let slant_height = ((base_edge / 2.0).powi(2) + height.powi(2)).sqrt();
    Some((base_edge.powi(2) + 4.0 * (base_edge * slant_height) / 2.0).round_ties_even())
}
