//! What can be wrong with a record, in errors that name the field, say what was found and what to do about it.

use std::fmt;

use jiter::JsonErrorType;

use crate::json_lines::LineFault;
use crate::shown::{shown, shown_text};
use crate::value::json::without_lone_surrogates;

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
    pub(super) fn add_or_remove(self) -> &'static str {
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
