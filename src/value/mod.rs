//! Values as they cross between cells: plain data with Python's types kept apart.

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod any;
mod canonical;
mod equality;
mod generalised;
pub mod integer;
pub mod json;
pub mod literal;
pub mod marshal;
mod pieces;
mod repr;
mod side_by_side;
mod walk;

pub(crate) use canonical::{Digest, Sense};
pub(crate) use equality::integer_distance;
pub use equality::{identical, python_equal, python_equal_with_nan};
pub(crate) use side_by_side::side_by_side;
pub(crate) use walk::Children;

#[cfg(test)]
pub(crate) use canonical::work;

#[cfg(test)]
pub(crate) use any::{any_value, any_value_without_nan};

/// A value of plain data. `1`, `1.0` and `True` are three different values, as are a list and a tuple.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `True` or `False`
    Bool(bool),
    /// An integer that fits in 64 bits.
    Int(i64),
    /// Any other integer.
    BigInt(BigInt),
    /// A binary64 number; NaN, the infinities and -0.0 included.
    Float(f64),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// Text.
    Str(String),
    /// Text with lone surrogates, which UTF-8 does not have: its generalised UTF-8 bytes.
    SurrogateStr(Vec<u8>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A set, in the order in which it was written.
    Set(Vec<Value>),
    /// A frozen set, in the order in which it was written.
    FrozenSet(Vec<Value>),
    /// A dictionary, in its order.
    Dict(Vec<(Value, Value)>),
}

/// An integer that does not fit in 64 bits, as marshal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BigInt {
    /// Below zero?
    pub negative: bool,
    /// Digits to the base 2¹⁵, the least significant first, the last one not 0.
    pub digits: Vec<u16>,
}

impl Value {
    /// A tuple of values: the shape of every request and reply.
    pub fn tuple(items: impl IntoIterator<Item = Value>) -> Value {
        Value::Tuple(items.into_iter().collect())
    }

    /// What is the same for all values that Python finds equal, NaN being equal to itself; for maps and sorting.
    pub(crate) fn python_key(&self) -> Digest {
        canonical::digest(self, Sense::Python)
    }

    /// Whether NaN is anywhere in the value.
    pub(crate) fn contains_nan(&self) -> bool {
        canonical::contains_nan(self)
    }

    /// The text, if this is one. Lone surrogates become U+FFFD.
    pub fn into_text(self) -> Option<String> {
        match self {
            Value::Str(text) => Some(text),
            Value::SurrogateStr(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            _ => None,
        }
    }

    /// The text that bytes in generalised UTF-8 are, which is UTF-8 that also has lone surrogates; nothing if they
    /// are no text.
    pub(crate) fn text_of(bytes: Vec<u8>) -> Option<Value> {
        match generalised::text(bytes) {
            Value::SurrogateStr(bytes) if !generalised::is_text(&bytes) => None,
            text => Some(text),
        }
    }

    /// The integer, if this is one that fits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The items, if this is a tuple.
    pub fn into_tuple(self) -> Option<Vec<Value>> {
        match self {
            Value::Tuple(items) => Some(items),
            _ => None,
        }
    }
}

/// Whether Python would take the value as an element of a set or as a key.
pub fn hashable(value: &Value) -> bool {
    canonical::unhashable(value).is_none()
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text)
    }
}
