//! Karat's own format for problem sets, as its files have it. [`load`](super::load) makes problems of them.
//!
//! A set is a folder with a `set.toml` ([`SetFile`]) and one TOML file a problem ([`ProblemFile`]), beside `set.toml`
//! or in subfolders. People write and review these files by hand, so each field is what reads best; what a field
//! means is said once, at its type, and the JSON schemas are made from there ([`schema`]).

mod comparison_table;
mod error;
mod new_test;
mod problem_file;
pub mod schema;
mod set_file;
mod signature;

pub use comparison_table::ComparisonTable;
pub use error::{FormatError, FormatFault};
pub use new_test::test_table;
pub use problem_file::{
    Difficulty, ExpectedVerdict, InputsTable, LimitsTable, ProblemFile, SolutionTable, TestTable, WrongTable,
};
pub use set_file::{ComparisonsTable, SetFile};
pub use signature::{Signature, SignatureError};

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::str::FromStr;

use crate::shown::shown;

/// The file that makes a folder a problem set.
pub const SET_FILE: &str = "set.toml";

/// A file of a set as text, to say where in it something is.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    text: &'a str,
}

/// Why a text can not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnreadToml {
    /// It is no TOML; what the parser said.
    Syntax(String),
    /// A field is missing, unknown, or of another type.
    Field {
        /// The path of the field, where it is known.
        field: Option<String>,
        /// What the parser said.
        message: String,
    },
}

impl<'a> Document<'a> {
    /// The document of that text.
    pub fn new(text: &'a str) -> Document<'a> {
        Document { text }
    }

    /// Parses the text. `schema` is the name of its schema, for errors.
    ///
    /// # Errors
    ///
    /// The line, from 1, and what is wrong there.
    pub fn parse<T: DeserializeOwned>(&self, schema: &'static str) -> Result<T, (Option<u64>, FormatFault)> {
        self.read().map_err(|(line, unread)| match unread {
            UnreadToml::Syntax(message) => (line, FormatFault::Syntax { message }),
            UnreadToml::Field { field, message } => (line, FormatFault::Field { field, message, schema }),
        })
    }

    /// Parses the text, of any form.
    ///
    /// # Errors
    ///
    /// As [`Document::parse`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, (Option<u64>, UnreadToml)> {
        let located = |error: toml::de::Error, unread| {
            let line = error.span().map(|span| self.line_of(span.start));
            (line.or_else(|| self.line_of_deep_key()), unread)
        };
        let table = toml::de::DeTable::parse(self.text).map_err(|error| {
            let message = one_line(error.message());
            located(error, UnreadToml::Syntax(message))
        })?;
        T::deserialize(toml::de::Deserializer::from(table)).map_err(|error| {
            let (field, message) = (field_of(&error), one_line(error.message()));
            located(error, UnreadToml::Field { field, message })
        })
    }

    /// The first line that may have a key of more parts than the parser takes, which it refuses without saying where.
    fn line_of_deep_key(&self) -> Option<u64> {
        const MOST_PARTS: usize = 80;
        let line = self.text.lines().position(|line| line.matches('.').count() >= MOST_PARTS)?;
        Some(line as u64 + 1)
    }

    /// The number of the line in which a byte is, from 1.
    pub fn line_of(&self, byte: usize) -> u64 {
        let before = &self.text.as_bytes()[..byte.min(self.text.len())];
        1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64
    }
}

fn one_line(message: &str) -> String {
    message.trim_end().replace('\n', "; ")
}

/// The path of the field that an error is about. The parser shows it only in its whole message, in the last line.
fn field_of(error: &toml::de::Error) -> Option<String> {
    let whole = error.to_string();
    let (_, field) = whole.trim_end().rsplit_once("\nin `")?;
    Some(field.trim_end_matches('`').to_owned())
}

/// Whether a text can be a part of a task's name, which is a file name, a part of a path and an argument of the command
/// line.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['.', '-'])
        && text.chars().all(|character| character.is_alphanumeric() || "-_.+".contains(character))
}

/// Reads a quantity that is written as text.
fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map(Some)
        .map_err(|error| D::Error::custom(format!("{:?} is no quantity; {error}", shown(&text))))
}

#[cfg(test)]
mod tests;
