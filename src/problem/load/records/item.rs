//! A value in a record, read as what it should be.

use std::fmt;

use jiter::{JsonObject, JsonValue};

use super::fault::{JsonErrorAt, RecordFault};
use super::{MOST_VALUES, Values};
use crate::value::Value;
use crate::value::json::from_json;

/// A value in a record, and the way to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'p, 'v> {
    step: Step<'p>,
    value: &'v JsonValue<'v>,
    values: &'v Values,
}

/// The last step of the way to a value, and the steps before it. Written out only for an error.
#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Root,
    Field(&'p Step<'p>, &'p str),
    Index(&'p Step<'p>, usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Root => Ok(()),
            Step::Field(Step::Root, name) => formatter.write_str(name),
            Step::Field(before, name) => write!(formatter, "{before}.{name}"),
            Step::Index(before, index) => write!(formatter, "{before}[{index}]"),
        }
    }
}

impl<'p, 'v> Item<'p, 'v> {
    /// The value of a record's field.
    pub(super) fn of_field(name: &'p str, value: &'v JsonValue<'v>, values: &'v Values) -> Item<'p, 'v> {
        Item { step: Step::Field(&Step::Root, name), value, values }
    }

    /// The value as it is.
    pub(crate) fn value(&self) -> &'v JsonValue<'v> {
        self.value
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn string(&self) -> Result<&'v str, RecordFault> {
        match self.value {
            JsonValue::Str(text) => Ok(text),
            _ => Err(self.expected("a string")),
        }
    }

    /// The integer.
    ///
    /// # Errors
    ///
    /// When it is something else, or does not fit in 64 bits.
    pub(crate) fn integer(&self) -> Result<i64, RecordFault> {
        match self.value {
            JsonValue::Int(value) => Ok(*value),
            _ => Err(self.expected("an integer of at most 64 bits")),
        }
    }

    /// The number.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn float(&self) -> Result<f64, RecordFault> {
        match self.value {
            JsonValue::Int(value) => Ok(*value as f64),
            JsonValue::Float(value) => Ok(*value),
            _ => Err(self.expected("a number")),
        }
    }

    /// Whether it is false.
    pub(crate) fn is_false(&self) -> bool {
        matches!(self.value, JsonValue::Bool(false))
    }

    /// The items of a list.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn items<'s>(&'s self) -> Result<impl ExactSizeIterator<Item = Item<'s, 'v>>, RecordFault> {
        match self.value {
            JsonValue::Array(items) => {
                Ok(items.iter().enumerate().map(|(index, value)| self.nth(index, value)))
            }
            _ => Err(self.expected("a list")),
        }
    }

    /// The texts of a list of texts.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn strings(&self) -> Result<Vec<String>, RecordFault> {
        self.items()?.map(|item| item.string().map(str::to_owned)).collect()
    }

    /// The texts of a list of texts, which may be a list or, as in some sets, a text that is a Python literal of one.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn strings_or_literal(&self) -> Result<Vec<String>, RecordFault> {
        let JsonValue::Str(text) = self.value else { return self.strings() };
        let expected = || self.expected("a list of strings, or a text that writes one");
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        match self.literal()? {
            Value::List(items) | Value::Tuple(items) => items
                .into_iter()
                .map(|item| if let Value::Str(text) = item { Ok(text) } else { Err(expected()) })
                .collect(),
            _ => Err(expected()),
        }
    }

    /// The value that this text writes as a Python literal.
    ///
    /// # Errors
    ///
    /// When it is no text, no literal, or holds more values than a record may have.
    pub(crate) fn literal(&self) -> Result<Value, RecordFault> {
        self.literal_in(self.string()?)
    }

    /// The value that a part of this text writes as a Python literal.
    ///
    /// # Errors
    ///
    /// When it is no literal, or holds more values than a record may have.
    pub(crate) fn literal_in(&self, part: &str) -> Result<Value, RecordFault> {
        if !self.values.take_value(part.as_bytes()) {
            return Err(self.too_many_values());
        }
        Value::parse_literal(part.trim()).map_err(|error| {
            self.unusable(format!("holds {error}, where a Python literal is expected; mend it"))
        })
    }

    /// The fields of an object.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn object(&self) -> Result<&'v JsonObject<'v>, RecordFault> {
        match self.value {
            JsonValue::Object(fields) => Ok(fields),
            _ => Err(self.expected("an object")),
        }
    }

    /// A field of an object, if it is there and not `null`.
    ///
    /// # Errors
    ///
    /// When this is no object.
    pub(crate) fn optional<'s>(&'s self, name: &'s str) -> Result<Option<Item<'s, 'v>>, RecordFault> {
        let value = present(self.object()?, name);
        Ok(value.map(|value| Item { step: Step::Field(&self.step, name), value, values: self.values }))
    }

    /// A field of an object.
    ///
    /// # Errors
    ///
    /// When this is no object, or there is no field of that name.
    pub(crate) fn required<'s>(&'s self, name: &'s str) -> Result<Item<'s, 'v>, RecordFault> {
        let step = Step::Field(&self.step, name);
        let value = value_of(self.object()?, name)
            .ok_or_else(|| RecordFault::Missing { field: step.to_string(), advice: "add it" })?;
        Ok(Item { step, value, values: self.values })
    }

    /// Parses the JSON that this text is; [`Item::within`] says what is in it.
    ///
    /// # Errors
    ///
    /// When it is no text, or no JSON.
    pub(crate) fn parse(&self) -> Result<JsonValue<'v>, RecordFault> {
        self.parse_bytes(self.string()?.as_bytes())
    }

    /// Parses JSON that was taken out of this value.
    ///
    /// # Errors
    ///
    /// When it is no JSON, or holds more values than a record may have.
    pub(crate) fn parse_bytes<'j>(&self, json: &'j [u8]) -> Result<JsonValue<'j>, RecordFault> {
        if !self.values.take_json(json) {
            return Err(self.too_many_values());
        }
        JsonValue::parse(json, true).map_err(|error| {
            let JsonErrorAt { message, byte } = JsonErrorAt::of(&error, json);
            self.unusable(format!("holds text that is not valid JSON: {message}, at byte {byte}; mend it"))
        })
    }

    /// The value that the JSON in this text stands for.
    ///
    /// # Errors
    ///
    /// When it is no JSON, or holds more values than a record may have.
    pub(crate) fn json_value(&self, json: &str) -> Result<Value, RecordFault> {
        if !self.values.take_value(json.as_bytes()) {
            return Err(self.too_many_values());
        }
        from_json(json.as_bytes()).map_err(|error| self.unusable(format!("holds {error}; mend it")))
    }

    fn too_many_values(&self) -> RecordFault {
        self.unusable(format!(
            "makes it more than {MOST_VALUES} values, the most that a problem may have; leave out some of the tests"
        ))
    }

    /// A value that was made from this one, under a name for errors.
    pub(crate) fn within<'s>(&'s self, value: &'s JsonValue<'s>) -> Item<'s, 's> {
        Item { step: self.step, value, values: self.values }
    }

    /// The item of this value at an index, from 0.
    pub(crate) fn nth<'s, 'w>(&'s self, index: usize, value: &'w JsonValue<'w>) -> Item<'s, 'w>
    where
        'v: 'w,
    {
        Item { step: Step::Index(&self.step, index), value, values: self.values }
    }

    /// The fault that it has the wrong type.
    pub(crate) fn expected(&self, expected: &'static str) -> RecordFault {
        RecordFault::WrongType { field: self.step.to_string(), found: type_name(self.value), expected }
    }

    /// The fault that it can not be used; `problem` says why and what to do.
    pub(crate) fn unusable(&self, problem: impl Into<String>) -> RecordFault {
        RecordFault::Unusable { field: self.step.to_string(), problem: problem.into() }
    }
}

/// The value of that name. Of several, the last one counts, as in Python.
pub(super) fn value_of<'s, 'a>(fields: &'s JsonObject<'a>, name: &str) -> Option<&'s JsonValue<'a>> {
    fields.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// The value of that name, if it is not `null`.
pub(super) fn present<'s, 'a>(fields: &'s JsonObject<'a>, name: &str) -> Option<&'s JsonValue<'a>> {
    value_of(fields, name).filter(|value| !matches!(value, JsonValue::Null))
}

/// What a value is, for an error.
pub(super) fn type_name(value: &JsonValue<'_>) -> &'static str {
    match value {
        JsonValue::Null => "null",
        JsonValue::Bool(_) => "a boolean",
        JsonValue::Int(_) | JsonValue::BigInt(_) | JsonValue::Float(_) => "a number",
        JsonValue::Str(_) => "a string",
        JsonValue::Array(_) => "an array",
        JsonValue::Object(_) => "an object",
    }
}
