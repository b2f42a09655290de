//! The shapes of values that a guest's replies are built of.

use crate::value::Value;
use crate::value::marshal::MarshalError;

/// A reply that is not of any shape that the guest's code writes.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    /// Not even data.
    #[error("what came back is not data: {0}")]
    NotData(#[from] MarshalError),
    /// Data of another shape.
    #[error("what came back has the wrong shape")]
    Shape,
}

/// A class with a longer name has its name cut, in bytes.
pub(super) const LONGEST_NAME: usize = 200;

pub(super) fn list(value: Value) -> Result<Vec<Value>, Malformed> {
    match value {
        Value::List(items) => Ok(items),
        _ => Err(Malformed::Shape),
    }
}

pub(super) fn array<const N: usize>(items: Vec<Value>) -> Result<[Value; N], Malformed> {
    items.try_into().map_err(|_| Malformed::Shape)
}

/// The items of a tuple of that many.
///
/// # Errors
///
/// Another value.
pub(super) fn parts<const N: usize>(value: Value) -> Result<[Value; N], Malformed> {
    array(value.into_tuple().ok_or(Malformed::Shape)?)
}

pub(super) fn one_of(value: Value, names: &[&str]) -> Result<Value, Malformed> {
    match &value {
        Value::Str(name) if names.contains(&name.as_str()) => Ok(value),
        _ => Err(Malformed::Shape),
    }
}

pub(super) fn natural(value: Value) -> Result<Value, Malformed> {
    match value {
        Value::Int(0..) => Ok(value),
        _ => Err(Malformed::Shape),
    }
}

pub(super) fn name_cut(value: Value) -> Result<Value, Malformed> {
    Ok(Value::Str(cut(value.into_text().ok_or(Malformed::Shape)?, LONGEST_NAME)))
}

/// The text, or as many of its first bytes as are allowed.
pub(super) fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}
