//! A value as bytes that are the same for all equal values, so that sets and dictionaries can be compared by sorting.
//!
//! Values may be nested 2,000 deep and threads have small stacks, so what calls itself does so from plain loops.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Value;

/// When two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// As Python's `==` says, except that NaN equals NaN: numbers by their value whatever their type, a set equals a
    /// frozen set.
    Python,
    /// Of the same types throughout, floats by their bits, except that any NaN is any NaN.
    Types,
}

/// The bytes of a value. Two values have the same ones exactly if they are equal in this sense.
pub(super) fn bytes(value: &Value, sense: Sense) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, sense, &mut out);
    out
}

/// Whether NaN is anywhere in a value, so that Python would not find it equal to a copy of itself.
pub(super) fn contains_nan(value: &Value) -> bool {
    match value {
        Value::Float(float) => float.is_nan(),
        Value::Complex(real, imaginary) => real.is_nan() || imaginary.is_nan(),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            items.iter().any(contains_nan)
        }
        Value::Dict(entries) => entries.iter().any(|(key, value)| contains_nan(key) || contains_nan(value)),
        _ => false,
    }
}

/// What makes a value one that Python refuses in a set or as a key: itself, or what it holds.
pub(super) fn unhashable(value: &Value) -> Option<&'static str> {
    match value {
        Value::List(_) => Some("a list"),
        Value::Set(_) => Some("a set"),
        Value::Dict(_) => Some("a dictionary"),
        Value::Tuple(items) => items.iter().find_map(unhashable),
        _ => None,
    }
}

/// The items without those that Python finds equal to an earlier one.
pub(super) fn unique(items: Vec<Value>) -> Vec<Value> {
    unique_keys(items.into_iter().map(|item| (item, Value::None)).collect())
        .into_iter()
        .map(|(item, _)| item)
        .collect()
}

/// The entries as a dictionary keeps them: of those with equal keys the first key and the last value.
pub(super) fn unique_keys(entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let mut kept: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    for (key, value) in entries {
        if contains_nan(&key) {
            kept.push((key, value)); // equal to nothing
            continue;
        }
        match places.entry(bytes(&key, Sense::Python)) {
            Entry::Occupied(place) => kept[*place.get()].1 = value,
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push((key, value));
            }
        }
    }
    kept
}

/// A number by its value. Equal numbers are the same variant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    /// An integer that fits, `True`, `2.0` and `2+0j` among them.
    Int(i64),
    /// Any other integer, 1e300 among them.
    BigInt(num_bigint::BigInt),
    /// What is no integer: fractions, the infinities, NaN.
    Float(f64),
    /// A complex number whose imaginary part is not 0.
    Complex(f64, f64),
}

impl Number {
    /// The value as a number, if it is one.
    pub(super) fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Bool(bool) => Some(Number::Int(i64::from(*bool))),
            Value::Int(int) => Some(Number::Int(*int)),
            Value::BigInt(big) => Some(Number::from_big(big.into())),
            Value::Float(float) => Some(Number::from_float(*float)),
            Value::Complex(real, 0.0) => Some(Number::from_float(*real)),
            Value::Complex(real, imaginary) => Some(Number::Complex(*real, *imaginary)),
            _ => None,
        }
    }

    fn from_big(integer: num_bigint::BigInt) -> Number {
        i64::try_from(&integer).map_or(Number::BigInt(integer), Number::Int)
    }

    fn from_float(float: f64) -> Number {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2⁶³, which i64 just lacks
        if float.fract() != 0.0 || !float.is_finite() {
            Number::Float(float)
        } else if (-LIMIT..LIMIT).contains(&float) {
            Number::Int(float as i64)
        } else {
            num_traits::FromPrimitive::from_f64(float).map_or(Number::Float(float), Number::BigInt)
        }
    }
}

/// The bits, the same for every NaN.
pub(super) fn bits(float: f64) -> u64 {
    if float.is_nan() { f64::NAN.to_bits() } else { float.to_bits() }
}

fn write(value: &Value, sense: Sense, out: &mut Vec<u8>) {
    match value {
        Value::List(items) => write_items(b'[', items, sense, out),
        Value::Tuple(items) => write_items(b'(', items, sense, out),
        Value::Set(items) => write_set(b'<', items, sense, out),
        Value::FrozenSet(items) if sense == Sense::Python => write_set(b'<', items, sense, out),
        Value::FrozenSet(items) => write_set(b'>', items, sense, out),
        Value::Dict(entries) => write_dict(entries, sense, out),
        plain => write_plain(plain, sense, out),
    }
}

/// Writes what holds no other values. Apart from [`write`], whose frames are many.
fn write_plain(value: &Value, sense: Sense, out: &mut Vec<u8>) {
    match value {
        Value::None => out.push(b'N'),
        Value::Ellipsis => out.push(b'.'),
        Value::Str(text) => write_text(b's', text.as_bytes(), out),
        Value::SurrogateStr(text) => write_text(b's', text, out),
        Value::Bytes(bytes) => write_text(b'b', bytes, out),
        number => match sense {
            Sense::Python => write_number(Number::of(number).as_ref(), out),
            Sense::Types => write_typed_number(number, out),
        },
    }
}

fn write_number(number: Option<&Number>, out: &mut Vec<u8>) {
    match number {
        None => {}
        Some(Number::Int(int)) => write_fixed(b'i', &[*int as u64], out),
        Some(Number::BigInt(big)) => write_text(b'I', &big.to_signed_bytes_le(), out),
        Some(Number::Float(float)) => write_fixed(b'f', &[bits(*float)], out),
        // Adding 0 makes 0 of -0.
        Some(Number::Complex(real, imaginary)) => {
            write_fixed(b'c', &[bits(real + 0.0), bits(*imaginary)], out);
        }
    }
}

fn write_typed_number(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Bool(bool) => out.push(if *bool { b'T' } else { b'F' }),
        Value::Float(float) => write_fixed(b'f', &[bits(*float)], out),
        Value::Complex(real, imaginary) => write_fixed(b'c', &[bits(*real), bits(*imaginary)], out),
        integer => write_number(Number::of(integer).as_ref(), out),
    }
}

fn write_fixed(code: u8, words: &[u64], out: &mut Vec<u8>) {
    out.push(code);
    for word in words {
        out.extend(word.to_le_bytes());
    }
}

fn write_length(code: u8, length: usize, out: &mut Vec<u8>) {
    out.push(code);
    out.extend((length as u64).to_le_bytes());
}

fn write_text(code: u8, text: &[u8], out: &mut Vec<u8>) {
    write_length(code, text.len(), out);
    out.extend(text);
}

fn write_items(code: u8, items: &[Value], sense: Sense, out: &mut Vec<u8>) {
    write_length(code, items.len(), out);
    for item in items {
        write(item, sense, out);
    }
}

fn write_set(code: u8, items: &[Value], sense: Sense, out: &mut Vec<u8>) {
    let mut written = Vec::with_capacity(items.len());
    for item in items {
        written.push(bytes(item, sense));
    }
    written.sort_unstable();
    written.dedup(); // what a guest wrote need not be a set
    write_length(code, written.len(), out);
    out.extend(written.concat());
}

fn write_dict(entries: &[(Value, Value)], sense: Sense, out: &mut Vec<u8>) {
    let mut by_key = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        by_key.push((bytes(key, sense), value));
    }
    // Stable, so that of entries with one key the last written one is the first here, and the one that is kept.
    by_key.reverse();
    by_key.sort_by(|one, other| one.0.cmp(&other.0));
    by_key.dedup_by(|later, kept| later.0 == kept.0);
    write_length(b'{', by_key.len(), out);
    for (key, value) in by_key {
        out.extend(key);
        write(value, sense, out);
    }
}
