//! EvalPlus's rule (`evalplus/eval/__init__.py` and `_special_oracle.py`).

use std::collections::BTreeSet;
use std::iter::Zip;
use std::slice::Iter;

use super::Mode;
use super::numbers::{Tolerance, parts};
use crate::problem::comparison::EvalPlusOracle;
use crate::value::{Digest, Value, hashable, python_equal};

/// numpy's default for `assert_allclose`, which upstream keeps.
const RELATIVE: f64 = 1e-7;
/// The tolerance where floats are expected and the problem sets none.
const FLOAT_TOLERANCE: f64 = 1e-6;

/// The absolute tolerance in force for each test of a problem, in order: `atol`, but from the first expected value that
/// is a float or a list or tuple of floats on 1e-6, if `atol` is 0.
pub fn tolerances<'a>(atol: f64, expected: impl IntoIterator<Item = &'a Value>) -> Vec<f64> {
    expected
        .into_iter()
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
///
/// Some oracles of upstream let pass what is no answer to the problem: Mbpp/295 takes 0 for every sum, Mbpp/164
/// whatever comes. In sealed judging an oracle stands for what the problem means, by its statement and by MBPP's own
/// assertions, of which the prompt shows one.
pub(super) fn values(
    mode: Mode,
    atol: f64,
    oracle: EvalPlusOracle,
    arguments: &[Value],
    expected: &Value,
    got: &Value,
) -> bool {
    if oracle == EvalPlusOracle::PolynomialZero {
        // The problem asks for a zero, and there may be several: the same in both modes.
        return polynomial(arguments, got).is_some_and(|at_answer| at_answer.abs() <= atol);
    }
    let by_oracle = match mode {
        Mode::Upstream => upstream(atol, oracle, arguments, expected, got),
        Mode::Sealed => sealed(oracle, arguments, expected, got),
    };
    match by_oracle {
        Some(true) => true,
        Some(false) => near(mode, tolerance(atol, expected), expected, got),
        None => false,
    }
}

/// The oracles to the letter. `None` stands for what would raise upstream, and so fails.
fn upstream(
    atol: f64,
    oracle: EvalPlusOracle,
    arguments: &[Value],
    expected: &Value,
    got: &Value,
) -> Option<bool> {
    let equal = || python_equal(expected, got);
    match oracle {
        EvalPlusOracle::None | EvalPlusOracle::PolynomialZero => Some(equal()),
        EvalPlusOracle::Set => Some(set_of(expected)? == set_of(got)?),
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
    }
}

/// What each oracle stands for, without what passes upstream though it is no answer. Nothing stands for what the
/// tolerance can not mend.
fn sealed(oracle: EvalPlusOracle, arguments: &[Value], expected: &Value, got: &Value) -> Option<bool> {
    // This stands for an object, which is an answer only where a truth value is asked for.
    if matches!(got, Value::Ellipsis) && !matches!(oracle, EvalPlusOracle::None | EvalPlusOracle::NotNone) {
        return None;
    }
    let equal = || python_equal(expected, got);
    Some(match oracle {
        EvalPlusOracle::None | EvalPlusOracle::PolynomialZero => equal(),
        // MBPP asserts that sets of the two are equal, so that neither order nor repetition counts. But what is asked
        // for is a collection of elements: a dictionary or a text only happens to become one in `set()`.
        EvalPlusOracle::Set => elements(expected)? == elements(got)?,
        // MBPP asserts `f(…)` or `not f(…)` where the reference returns a match or None: the truth value is the answer,
        // so that an empty text is no match, though it is not None. Of a reference that answers True or False, one of
        // these is expected, and neither None nor a match is that.
        EvalPlusOracle::NotNone if matches!(expected, Value::Bool(_)) => equal(),
        EvalPlusOracle::NotNone => is_true(expected) == is_true(got),
        // Whether two numbers have the same sum of divisors. Upstream takes everything, since its reference is wrong
        // for some numbers: it counts the root of a square twice, and 1 as a divisor of itself. So the answer is right
        // that the reference gives, and the one that the divisors give.
        EvalPlusOracle::Anything => {
            let by_divisors = || same_sum_of_divisors(arguments).map(Value::Bool);
            equal() || by_divisors().is_some_and(|right| python_equal(&right, got))
        }
        // The sum of the divisors of a number, itself left out. Of 1 and less there is none, and their sum is 0, while
        // the reference says 1; only there 0 is another answer.
        EvalPlusOracle::OrZero => {
            let none_to_add =
                matches!(arguments, [number] if real(number).is_some_and(|number| number <= 1.0));
            equal() || (none_to_add && python_equal(got, &Value::Int(0)))
        }
        // The statement leaves open what a digit distance is: the digits of the difference, as the reference has it, or
        // the differences of the digits. All of MBPP's assertions hold for both.
        EvalPlusOracle::OrDigitDistance => {
            equal() || python_equal(&Value::Int(digit_distance(arguments)?), got)
        }
        // The statement says height, but MBPP asserts surface_Area(3, 4) == 33, which holds for a slant height of 4
        // only. Taking it for the height of the pyramid contradicts the assertion that the prompt shows.
        EvalPlusOracle::OrPyramidSurface => equal(),
    })
}

/// Whether there is a tolerance, and the answer has the type and shape of the expected value and every number in it
/// lies within. Lists and tuples are not told apart but as the outermost value. Shapes are those that numpy makes
/// arrays of: all lists of a level are as long.
///
/// In sealed judging an expected integer wants an equal number: the tolerance is for what is calculated in floats.
fn near(mode: Mode, atol: f64, expected: &Value, got: &Value) -> bool {
    if atol == 0.0 || python_type(expected) != python_type(got) {
        return false;
    }
    let tolerance = Tolerance { absolute: atol, relative: RELATIVE };
    let numbers_are_near = |expected: &Value, got: &Value| match (mode, expected) {
        (Mode::Sealed, Value::Bool(_) | Value::Int(_) | Value::BigInt(_)) => python_equal(expected, got),
        _ => match (parts(expected), parts(got)) {
            (Some(expected), Some(got)) => tolerance.allows_complex(expected, got),
            _ => false,
        },
    };
    let shape = shape(expected);
    let mut open: Vec<Zip<Iter<Value>, Iter<Value>>> = Vec::new();
    let mut next = Some((expected, got));
    while let Some((expected, got)) = next {
        match (items(expected), items(got)) {
            (Some(expected), Some(got))
                if shape.get(open.len()) == Some(&expected.len()) && expected.len() == got.len() =>
            {
                open.push(expected.iter().zip(got));
            }
            (None, None) if open.len() == shape.len() && numbers_are_near(expected, got) => {}
            _ => return false,
        }
        next = loop {
            let Some(innermost) = open.last_mut() else { break None };
            match innermost.next() {
                None => drop(open.pop()),
                pair => break pair,
            };
        };
    }
    true
}

/// The lengths of the list, of its first item, of that one's first item, and so on.
fn shape(value: &Value) -> Vec<usize> {
    let mut shape = Vec::new();
    let mut first = Some(value);
    while let Some(items) = first.and_then(items) {
        shape.push(items.len());
        first = items.first();
    }
    shape
}

/// The items of a list or tuple.
fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(items) | Value::Tuple(items) => Some(items),
        _ => None,
    }
}

/// What tells Python's types apart.
fn python_type(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(match value {
        Value::BigInt(_) => &Value::Int(0),
        other => other,
    })
}

/// What `set(value)` holds, for comparing; nothing where that would raise.
fn set_of(value: &Value) -> Option<Elements> {
    match value {
        Value::Dict(entries) => Elements::of(entries.iter().map(|(key, _)| key)),
        Value::Str(text) => {
            let characters: BTreeSet<char> = text.chars().collect();
            let texts: Vec<Value> =
                characters.into_iter().map(|character| character.to_string().into()).collect();
            Elements::of(&texts)
        }
        Value::Bytes(bytes) => {
            let bytes: BTreeSet<u8> = bytes.iter().copied().collect();
            let numbers: Vec<Value> = bytes.into_iter().map(|byte| Value::Int(byte.into())).collect();
            Elements::of(&numbers)
        }
        other => elements(other),
    }
}

/// The elements of a collection, order and repetition aside; nothing for what is none, and where one can not be in a
/// set.
fn elements(value: &Value) -> Option<Elements> {
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            Elements::of(items)
        }
        _ => None,
    }
}

/// Elements of a set, told apart as Python does. With NaN among them they are equal to none.
struct Elements {
    keys: Vec<Digest>,
    nan: bool,
}

impl Elements {
    fn of<'a>(items: impl IntoIterator<Item = &'a Value>) -> Option<Elements> {
        let mut elements = Elements { keys: Vec::new(), nan: false };
        for item in items {
            if !hashable(item) {
                return None;
            }
            elements.nan |= item.contains_nan();
            elements.keys.push(item.python_key());
        }
        elements.keys.sort_unstable();
        elements.keys.dedup();
        Some(elements)
    }
}

impl PartialEq for Elements {
    fn eq(&self, other: &Elements) -> bool {
        !self.nan && self.keys == other.keys
    }
}

/// Whether there is an answer, or, for a truth value, whether it says so.
fn is_there(value: &Value) -> bool {
    !matches!(value, Value::None | Value::Bool(false))
}

/// The truth value, as `bool(value)` gives it.
fn is_true(value: &Value) -> bool {
    match value {
        Value::None => false,
        Value::Bool(bool) => *bool,
        Value::Str(text) => !text.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            !items.is_empty()
        }
        Value::Dict(entries) => !entries.is_empty(),
        Value::Int(int) => *int != 0,
        Value::Float(float) => *float != 0.0,
        Value::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        Value::Ellipsis | Value::BigInt(_) | Value::SurrogateStr(_) => true,
    }
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
        sum += real(coefficient)? * libm::pow(x, power as f64);
    }
    Some(sum)
}

/// Whether the divisors of two numbers, the numbers themselves left out, add up to the same.
fn same_sum_of_divisors(arguments: &[Value]) -> Option<bool> {
    let [one, other] = arguments else { return None };
    Some(sum_of_divisors(one)? == sum_of_divisors(other)?)
}

/// The sum of the divisors of a positive integer, itself left out; nothing for what is too large to try them all.
fn sum_of_divisors(number: &Value) -> Option<u64> {
    const LARGEST: u64 = 1 << 40;
    let number = u64::try_from(number.as_int()?).ok().filter(|number| (1..=LARGEST).contains(number))?;
    let pairs = (1..=number.isqrt()).filter(|divisor| number % divisor == 0);
    let sum = |divisor| if divisor * divisor == number { divisor } else { divisor + number / divisor };
    Some(pairs.map(sum).sum::<u64>() - number)
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
