//! Fields of objects, before what they hold is known.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{ADD_FIELD, LineFault};

/// A field that may be missing, or of any type, until it is asked for. Kept are texts, integers and lists of texts, and
/// of an object its text `text`; of anything else, the type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field(Option<Found>);

#[derive(Clone, Debug)]
enum Found {
    Text(String),
    Integer(String),
    Texts(Vec<String>),
    /// An object, and what it calls `text`.
    Object(Option<String>),
    Null,
    Other(&'static str),
}

impl Found {
    fn type_name(&self) -> &'static str {
        match self {
            Found::Text(_) => "a string",
            Found::Integer(_) => "a number",
            Found::Texts(_) => "an array",
            Found::Object(_) => "an object",
            Found::Null => "null",
            Found::Other(name) => name,
        }
    }
}

impl Field {
    /// Whether the field is there, `null` included.
    pub(crate) fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// The string that the field must hold.
    ///
    /// # Errors
    ///
    /// When it is missing or no string; `advice` says what to do about a missing one.
    pub(crate) fn string(self, field: &'static str, advice: &'static str) -> Result<String, LineFault> {
        match self.0 {
            None => Err(LineFault::MissingField { field, advice }),
            Some(Found::Text(text)) => Ok(text),
            Some(other) => Err(LineFault::NotAString { field, found: other.type_name() }),
        }
    }

    /// The name that the field must hold, which some write as an integer.
    ///
    /// # Errors
    ///
    /// When it is missing, empty, or neither a string nor an integer.
    pub(crate) fn name_or_number(
        self,
        field: &'static str,
        advice: &'static str,
    ) -> Result<String, LineFault> {
        match self.0 {
            None => Err(LineFault::MissingField { field, advice }),
            Some(Found::Text(name)) if name.is_empty() => Err(LineFault::EmptyField { field }),
            Some(Found::Text(name) | Found::Integer(name)) => Ok(name),
            Some(other) => Err(LineFault::NotAName { field, found: other.type_name() }),
        }
    }

    /// The texts that the field holds: a list of them, or one alone; of an object, its `text`. None if it is missing,
    /// `null` or something else.
    pub(crate) fn into_texts(self) -> Option<Vec<String>> {
        self.texts("").ok().flatten()
    }

    /// As [`into_texts`](Self::into_texts); none if it is missing.
    ///
    /// # Errors
    ///
    /// When it is `null`, or something else.
    pub(crate) fn texts(self, field: &'static str) -> Result<Option<Vec<String>>, LineFault> {
        match self.0 {
            None => Ok(None),
            Some(Found::Text(text) | Found::Object(Some(text))) => Ok(Some(vec![text])),
            Some(Found::Texts(texts)) => Ok(Some(texts)),
            Some(other) => Err(LineFault::NotTexts { field, found: other.type_name() }),
        }
    }

    /// Whether the field holds something, be it what it should be or not.
    pub(crate) fn is_filled(&self) -> bool {
        !matches!(self.0, None | Some(Found::Null))
    }

    /// The string that the field holds, if it is there and not `null`.
    ///
    /// # Errors
    ///
    /// When it is neither a string nor `null`.
    pub(crate) fn optional_string(self, field: &'static str) -> Result<Option<String>, LineFault> {
        match self.0 {
            None | Some(Found::Null) => Ok(None),
            present => Field(present).string(field, ADD_FIELD).map(Some),
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FoundVisitor).map(|found| Field(Some(found)))
    }
}

struct FoundVisitor;

impl<'de> Visitor<'de> for FoundVisitor {
    type Value = Found;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Found, E> {
        Ok(Found::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Found, E> {
        Ok(Found::Other("a boolean"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Found, E> {
        Ok(Found::Integer(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Found, E> {
        Ok(Found::Integer(number.to_string()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Found, E> {
        Ok(Found::Other("a number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Found, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Found, E> {
        Ok(Found::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
        let mut texts = Vec::new();
        while let Some(item) = items.next_element::<Field>()? {
            let Some(Found::Text(text)) = item.0 else {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Found::Other("an array"));
            };
            texts.push(text);
        }
        Ok(Found::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Found, A::Error> {
        let mut text = None;
        while let Some(name) = fields.next_key::<String>()? {
            if name == "text" {
                text = match fields.next_value::<Field>()?.0 {
                    Some(Found::Text(text)) => Some(text),
                    _ => None,
                };
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Found::Object(text))
    }
}
