//! Numbers: Python's lexical rules for integers, floats and imaginary numbers.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::super::canonical::Number;
use super::super::integer::MAX_DECIMAL_DIGITS;
use super::{Fault, LiteralFault, Parser, Value, fault_at};

/// The number with a minus before it. A complex number here is an imaginary one, and its real part stays 0.
pub(super) fn negate(number: Value) -> Value {
    match number {
        Value::Int(int) => int.checked_neg().map_or_else(|| (-BigInt::from(int)).into(), Value::Int),
        Value::BigInt(big) => (-BigInt::from(&big)).into(),
        Value::Float(float) => Value::Float(with_sign(float, true)),
        Value::Complex(real, imaginary) => Value::Complex(real, with_sign(imaginary, true)),
        other => other,
    }
}

/// The float, negated if asked for. Every NaN becomes the same one, since `repr` does not tell them apart.
pub(super) fn with_sign(float: f64, negative: bool) -> f64 {
    match (float.is_nan(), negative) {
        (true, _) => f64::NAN,
        (false, true) => -float,
        (false, false) => float,
    }
}

/// The number as a float; nothing if it is too large or no real number.
pub(super) fn to_float(number: &Value) -> Option<f64> {
    match Number::of(number)? {
        Number::Int(int) => Some(int as f64),
        Number::Float(float) => Some(float),
        Number::BigInt(big) => big.to_f64().filter(|float| float.is_finite()),
        Number::Complex(..) => None,
    }
}

impl Parser<'_> {
    /// A number without sign. It takes every character that numbers or names are made of, so that `1x` and `1.2.3` are
    /// malformed numbers, and not a number followed by something else.
    pub(super) fn number(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        let rest = self.rest();
        let is_radix = rest.starts_with('0') && rest[1..].starts_with(['x', 'X', 'o', 'O', 'b', 'B']);
        let mut previous = ' ';
        let mut length = 0;
        for character in rest.chars() {
            let is_sign = matches!(character, '+' | '-') && matches!(previous, 'e' | 'E') && !is_radix;
            if !(character.is_alphanumeric() || matches!(character, '.' | '_') || is_sign) {
                break;
            }
            previous = character;
            length += character.len_utf8();
        }
        let text = &rest[..length];
        self.at += length;
        let number = if is_radix { radix_integer(text) } else { decimal(text) };
        number.map_err(|reason| fault_at(start, LiteralFault::Number { text: text.to_owned(), reason }))
    }
}

/// An integer such as `0xff`, `0o17` or `0b1_0`.
fn radix_integer(text: &str) -> Result<Value, &'static str> {
    let radix = match text.as_bytes().get(1) {
        Some(b'x' | b'X') => 16,
        Some(b'o' | b'O') => 8,
        _ => 2,
    };
    let digits = &text[2..];
    if !single_underscores(digits.strip_prefix('_').unwrap_or(digits)) {
        return Err(UNDERSCORE);
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() {
        return Err("digits must follow the prefix");
    }
    // num-bigint would take a sign here; there is none, since the characters of a number have none outside exponents.
    let integer = BigInt::parse_bytes(digits.as_bytes(), radix).ok_or("a digit is not of that base")?;
    Ok(integer.into())
}

const UNDERSCORE: &str = "underscores must stand alone, between digits";

/// Whether every underscore stands between two digits, of whatever base.
fn single_underscores(text: &str) -> bool {
    text.split('_').count() == 1
        || text.split('_').all(|part| {
            let is_digit = |character: char| character.is_ascii_hexdigit();
            part.starts_with(is_digit) && part.ends_with(is_digit)
        })
}

/// A decimal integer, a float, or an imaginary number.
fn decimal(text: &str) -> Result<Value, &'static str> {
    let (body, is_imaginary) = match text.strip_suffix(['j', 'J']) {
        Some(body) => (body, true),
        None => (text, false),
    };
    let is_digits_and = |others: &'static [char]| {
        body.chars().all(|character| character.is_ascii_digit() || others.contains(&character))
    };
    if !is_digits_and(&['.', '_', 'e', 'E', '+', '-']) {
        return Err("a character does not belong in a number");
    }
    // An exponent's `e` must not pass for a digit on either side of an underscore.
    if !body.split(['.', 'e', 'E', '+', '-']).all(single_underscores) {
        return Err(UNDERSCORE);
    }
    let digits = body.replace('_', "");
    if is_imaginary || !is_digits_and(&['_']) {
        let float: f64 = digits.parse().map_err(|_| "not a decimal number")?;
        return Ok(if is_imaginary { Value::Complex(0.0, float) } else { Value::Float(float) });
    }
    if digits.len() > 1 && digits.starts_with('0') && !digits.trim_start_matches('0').is_empty() {
        return Err("an integer has no leading zeros; the prefix of octal numbers is 0o");
    }
    if let Ok(small) = digits.parse() {
        return Ok(Value::Int(small));
    }
    if digits.len() > MAX_DECIMAL_DIGITS {
        return Err("more than 4,300 digits; write it in hexadecimal");
    }
    let integer: BigInt = digits.parse().map_err(|_| "not a decimal number")?;
    Ok(integer.into())
}
