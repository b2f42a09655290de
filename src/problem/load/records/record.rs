//! One record of a file: names and values, with errors that name the field, say what was found and what to do about it.

use std::fmt;

use jiter::{JsonErrorType, JsonObject, JsonValue};

use super::{MOST_VALUES, Values};
use crate::json_lines::LineFault;
use crate::shown::{shown, shown_text};
use crate::value::Value;
use crate::value::json::{from_json, without_lone_surrogates};

/// Where a record is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordPlace {
    /// A line of a file of JSON lines, from 1.
    Line(u64),
    /// An element of a JSON array, from 1.
    Record(u64),
    /// A row of a Parquet file, from 1.
    Row(u64),
    /// All of it: a folder that is a problem.
    Whole,
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordPlace::Line(number) => write!(formatter, "line {number}"),
            RecordPlace::Record(number) => write!(formatter, "record {number}"),
            RecordPlace::Row(number) => write!(formatter, "row {number}"),
            RecordPlace::Whole => formatter.write_str("the folder"),
        }
    }
}

impl RecordPlace {
    /// What to do about a missing field.
    fn add_or_remove(self) -> &'static str {
        match self {
            RecordPlace::Line(_) => "add it, or remove the line",
            RecordPlace::Record(_) => "add it, or remove the record",
            RecordPlace::Row(_) => "add it, or remove the row",
            RecordPlace::Whole => "add it, or remove the folder",
        }
    }
}

/// A record that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, {place}: {fault}", shown(file))]
pub struct MalformedRecord {
    /// The file, as the user named it.
    pub file: String,
    /// Where the record is in it.
    pub place: RecordPlace,
    /// What is wrong with it.
    pub fault: RecordFault,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// The line that holds it is no JSON object in UTF-8.
    #[error(transparent)]
    Line(#[from] LineFault),
    /// The record is longer than the reader accepts.
    #[error("longer than {limit} bytes; remove the record, or shorten what it holds")]
    TooLong {
        /// The most bytes that a record may have.
        limit: u64,
    },
    /// The record has more numbers, texts and lists in it than fit into memory.
    #[error("holds more than {limit} values; remove the record, or leave out some of its tests")]
    TooManyValues {
        /// The most values that a record may have.
        limit: u64,
    },
    /// The record is not JSON.
    #[error(
        "not valid JSON: {}, at byte {byte} of the record; mend it, or fetch the file again",
        shown(message)
    )]
    InvalidJson {
        /// What the parser said.
        message: String,
        /// Byte of the record, from 1.
        byte: usize,
    },
    /// The record is a value of another kind.
    #[error("{found} where an object is expected; each record must be one")]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },
    /// A field is missing.
    #[error("field `{}` is missing; {advice}", shown(field))]
    Missing {
        /// The field's name, with the path to it.
        field: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// A field is of another type.
    #[error("field `{}` is {found}; it must be {expected}", shown(field))]
    WrongType {
        /// The field's name, with the path to it.
        field: String,
        /// What it is instead.
        found: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A field has the right type, but can not be used.
    #[error("field `{}` {}", shown(field), shown_text(problem))]
    Unusable {
        /// The field's name, with the path to it.
        field: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// A value that must be unique is there for the second time.
    #[error(
        "the problem {:?} is there again, as in {}; remove or rename one of the two",
        shown(value),
        shown(first)
    )]
    Duplicate {
        /// The problem's name.
        value: String,
        /// Where it was first.
        first: String,
    },
    /// The first record is not like that of any known set.
    #[error(
        "the fields ({}) are those of no problem set that Karat knows; name its format with --dataset, or give \
         another file",
        shown(fields)
    )]
    Unrecognised {
        /// The names of the fields.
        fields: String,
    },
    /// The record belongs to another set than those before it.
    #[error(
        "this is a record of {what}, where the first is one of {first}; put each set into a file of its own, or name \
         one format for all records with --dataset"
    )]
    Mixed {
        /// The set that this record belongs to.
        what: &'static str,
        /// The set that the first record belongs to.
        first: &'static str,
    },
    /// The first record has most fields of a known set, and lacks others.
    #[error(
        "this looks most like {what}, and has no {missing}; add what is missing, name another format with --dataset, or \
         give another file"
    )]
    NotQuite {
        /// The name of the set.
        what: &'static str,
        /// The fields that are missing.
        missing: String,
    },
    /// The first record belongs to a set that can not be used.
    #[error("this looks like {what}; {advice}")]
    NotProblems {
        /// What it is.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
}

/// What the name of a problem must be.
pub(in super::super) const NAME: &str = "a string or an integer of at most 64 bits";

const IS_COMPLETIONS: &str =
    "this looks like a file of completions; give it as the samples, not as the problems";

/// A record: names and values.
#[derive(Clone, Debug)]
pub(crate) struct Record<'a> {
    /// Where it is in its file.
    pub place: RecordPlace,
    fields: JsonObject<'a>,
    values: Values,
}

impl<'a> Record<'a> {
    /// A record with these fields; `values` is how many values its texts may still hold.
    pub(crate) fn new(place: RecordPlace, fields: JsonObject<'a>, values: Values) -> Record<'a> {
        Record { place, fields, values }
    }

    /// The names of its fields, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_ref())
    }

    /// Whether it has a field of that name, `null` included.
    pub(crate) fn has(&self, name: &str) -> bool {
        value_of(&self.fields, name).is_some()
    }

    /// The field, if it is there and not `null`.
    pub(crate) fn optional<'p>(&self, name: &'p str) -> Option<Item<'p, '_>> {
        let values = &self.values;
        present(&self.fields, name).map(|value| Item { step: Step::Field(&Step::Root, name), value, values })
    }

    /// The field. One that is `null` is there, and of the wrong type for all but [`Item::value`].
    ///
    /// # Errors
    ///
    /// When there is none of that name.
    pub(crate) fn required<'p>(&self, name: &'p str) -> Result<Item<'p, '_>, RecordFault> {
        match value_of(&self.fields, name) {
            Some(value) => Ok(Item { step: Step::Field(&Step::Root, name), value, values: &self.values }),
            None => {
                let advice = if self.has("completion") { IS_COMPLETIONS } else { self.place.add_or_remove() };
                Err(RecordFault::Missing { field: name.to_owned(), advice })
            }
        }
    }

    /// The text of a field.
    ///
    /// # Errors
    ///
    /// When it is missing, or no text.
    pub(crate) fn string(&self, name: &str) -> Result<&str, RecordFault> {
        self.required(name)?.string()
    }

    /// The text of a field that names something.
    ///
    /// # Errors
    ///
    /// When it is missing, no text, or empty.
    pub(crate) fn name(&self, name: &str) -> Result<&str, RecordFault> {
        let item = self.required(name)?;
        let text = item.string()?;
        if text.is_empty() { Err(item.unusable("is empty; give it a value")) } else { Ok(text) }
    }

    /// The text of a field, if it is there, not `null` and not empty.
    ///
    /// # Errors
    ///
    /// When it is neither text nor `null`.
    pub(crate) fn optional_string(&self, name: &str) -> Result<Option<&str>, RecordFault> {
        let text = self.optional(name).map(|item| item.string()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The text of a field, if it is there and not empty. The texts that stand for a missing one, `null` or NaN, count
    /// as missing.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub(crate) fn text_if_any(&self, name: &str) -> Result<Option<&str>, RecordFault> {
        match self.optional(name).map(|item| item.value()) {
            Some(JsonValue::Float(number)) if number.is_nan() => Ok(None),
            _ => self.optional_string(name),
        }
    }

    /// The name in a field that may also be a number.
    ///
    /// # Errors
    ///
    /// When it is missing, empty, or neither text nor an integer.
    pub(crate) fn name_or_number(&self, name: &str) -> Result<String, RecordFault> {
        let item = self.required(name)?;
        match item.value() {
            JsonValue::Int(number) => Ok(number.to_string()),
            JsonValue::Str(_) => self.name(name).map(str::to_owned),
            _ => Err(item.expected(NAME)),
        }
    }

    /// The number of the record in its file, from 0.
    pub(crate) fn number(&self) -> u64 {
        match self.place {
            RecordPlace::Line(number) | RecordPlace::Record(number) | RecordPlace::Row(number) => number - 1,
            RecordPlace::Whole => 0,
        }
    }

    /// The integer of a field, if it is there and not `null`.
    ///
    /// # Errors
    ///
    /// When it is neither an integer nor `null`.
    pub(crate) fn optional_integer(&self, name: &str) -> Result<Option<i64>, RecordFault> {
        self.optional(name).map(|item| item.integer()).transpose()
    }

    /// The texts of a field that is a list of texts; none if it is missing or `null`.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(crate) fn strings(&self, name: &str) -> Result<Vec<String>, RecordFault> {
        self.optional(name).map_or(Ok(Vec::new()), |item| item.strings())
    }
}

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

/// What a JSON parser said, and where.
pub(super) struct JsonErrorAt {
    pub message: String,
    /// The byte, from 1.
    pub byte: usize,
}

impl JsonErrorAt {
    /// What is wrong with this text as JSON.
    pub(crate) fn of(error: &jiter::JsonError, text: &[u8]) -> JsonErrorAt {
        let message = match &error.error_type {
            JsonErrorType::UnexpectedEndOfHexEscape | JsonErrorType::LoneLeadingSurrogateInHexEscape => {
                let lone = str::from_utf8(text).ok().and_then(without_lone_surrogates);
                lone.map(|_| {
                    "half of a character (a lone surrogate such as \\ud800), which no text can have"
                        .to_owned()
                })
            }
            _ if text.trim_ascii().is_empty() => Some("nothing where a record is expected".to_owned()),
            _ => None,
        };
        let message = message.unwrap_or_else(|| error.error_type.to_string());
        JsonErrorAt { message, byte: error.index + 1 }
    }
}

/// The value of that name. Of several, the last one counts, as in Python.
fn value_of<'s, 'a>(fields: &'s JsonObject<'a>, name: &str) -> Option<&'s JsonValue<'a>> {
    fields.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// The value of that name, if it is not `null`.
fn present<'s, 'a>(fields: &'s JsonObject<'a>, name: &str) -> Option<&'s JsonValue<'a>> {
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
