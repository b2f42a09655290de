//! One record of a file: names and values.

use jiter::{JsonObject, JsonValue};

use super::Values;
use super::fault::{RecordFault, RecordPlace};
use super::item::{Item, present, value_of};

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
        present(&self.fields, name).map(|value| Item::of_field(name, value, values))
    }

    /// The field. One that is `null` is there, and of the wrong type for all but [`Item::value`].
    ///
    /// # Errors
    ///
    /// When there is none of that name.
    pub(crate) fn required<'p>(&self, name: &'p str) -> Result<Item<'p, '_>, RecordFault> {
        match value_of(&self.fields, name) {
            Some(value) => Ok(Item::of_field(name, value, &self.values)),
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
