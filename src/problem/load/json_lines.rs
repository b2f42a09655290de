//! JSON lines: one object a line, read one line at a time, with errors that name file, line and field.

use std::io::{self, BufRead};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Longest line that input files may have, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// A line that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {fault}")]
pub struct LineError {
    /// The file, as the user named it.
    pub file: String,
    /// Line number, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: LineFault,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The line is longer than the reader accepts.
    #[error("longer than {limit} bytes; remove the line, or shorten what it holds")]
    TooLong {
        /// The most bytes that a line may have.
        limit: usize,
    },
    /// The line is not text in UTF-8.
    #[error("not UTF-8 at byte {byte} of the line; save the file in UTF-8")]
    InvalidUtf8 {
        /// Where the first wrong byte is, from 1.
        byte: usize,
    },
    /// The line is not JSON.
    #[error("not valid JSON: {message}, at column {column}; write one JSON object a line")]
    InvalidJson {
        /// What the parser said.
        message: String,
        /// Byte of the line, from 1.
        column: usize,
    },
    /// The line is JSON, but no object.
    #[error("{found} where a JSON object is expected; write one object a line")]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },
    /// The object lacks a field.
    #[error("field `{field}` is missing; {advice}")]
    MissingField {
        /// The field's name.
        field: &'static str,
        /// What to do about it.
        advice: &'static str,
    },
    /// A field is of another type.
    #[error("field `{field}` is {found}; it must be a string")]
    NotAString {
        /// The field's name.
        field: &'static str,
        /// What it is instead.
        found: &'static str,
    },
    /// A field that names something is the empty string.
    #[error("field `{field}` is empty; give it a value")]
    EmptyField {
        /// The field's name.
        field: &'static str,
    },
    /// A field that must hold a name of the problem's language holds something else.
    #[error(
        "field `{field}` is {value:?}, which can not name a function; give the name of the function to test"
    )]
    NotAnIdentifier {
        /// The field's name.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// A value that must be unique was there before.
    #[error("field `{field}` is {value:?} again, as in line {first_line}; remove or rename one of the two")]
    Duplicate {
        /// The field's name.
        field: &'static str,
        /// The value.
        value: String,
        /// Where it was first.
        first_line: u64,
    },
}

/// The advice where nothing better is known about a missing field.
pub(crate) const ADD_FIELD: &str = "add it, or remove the line";

/// Reads a stream line by line, in memory that one line bounds.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    longest: usize,
    number: u64,
    end: u64,
}

/// A line of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Line number, from 1.
    pub number: u64,
    /// Where its first byte is in the (decompressed) stream.
    pub offset: u64,
    /// The line without its line feed; cut at the limit if [`too_long`](Self::too_long).
    pub bytes: &'a [u8],
    /// Whether a line feed ends it; only the last line can lack one.
    pub terminated: bool,
    /// The limit, if the line is longer.
    pub too_long: Option<usize>,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `longest` bytes each.
    pub fn new(reader: R, longest: usize) -> Self {
        Lines { reader, buffer: Vec::new(), longest, number: 0, end: 0 }
    }

    /// The next line; `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        const KEEP: usize = 1024 * 1024;
        self.buffer.clear();
        self.buffer.shrink_to(KEEP); // one giant line must not cost memory for good
        let offset = self.end;
        let mut terminated = false;
        let mut too_long = None;
        while !terminated {
            let available = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                break;
            }
            let line_feed = available.iter().position(|&byte| byte == b'\n');
            let text = &available[..line_feed.unwrap_or(available.len())];
            let room = self.longest - self.buffer.len();
            if text.len() > room {
                too_long = Some(self.longest);
            }
            self.buffer.extend_from_slice(&text[..text.len().min(room)]);
            let used = text.len() + usize::from(line_feed.is_some());
            terminated = line_feed.is_some();
            self.reader.consume(used);
            self.end += used as u64;
        }
        if self.end == offset {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, offset, bytes: &self.buffer, terminated, too_long }))
    }

    /// Whether nothing follows the last line that was read.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn at_end(&mut self) -> io::Result<bool> {
        Ok(self.reader.fill_buf()?.is_empty())
    }

    /// The number of the last line that was read; 0 before the first.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The number of bytes that were read: where the next line begins.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The reader beneath.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }
}

impl<'a> Line<'a> {
    /// The line as text, without surrounding white space (and without the byte order mark that some editors put
    /// before the first line). Empty for a blank line.
    ///
    /// # Errors
    ///
    /// When the line is too long or not UTF-8.
    pub fn text(&self) -> Result<&'a str, LineFault> {
        if let Some(limit) = self.too_long {
            return Err(LineFault::TooLong { limit });
        }
        let text = str::from_utf8(self.bytes)
            .map_err(|error| LineFault::InvalidUtf8 { byte: error.valid_up_to() + 1 })?;
        let text = if self.number == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
        Ok(text.trim())
    }
}

/// Parses a line that must hold a JSON object.
///
/// # Errors
///
/// When it is no JSON, JSON but no object, or when `T` does not accept it.
pub fn parse_object<T: DeserializeOwned>(text: &str) -> Result<T, LineFault> {
    if !text.starts_with('{') {
        // Serde would read an array as a struct's fields in order; here only an object will do.
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| invalid_json(text, &error))?;
        return Err(LineFault::NotAnObject {
            found: match text.as_bytes().first() {
                Some(b'[') => "an array",
                Some(b'"') => "a string",
                Some(b't' | b'f') => "a boolean",
                Some(b'n') => "null",
                _ => "a number",
            },
        });
    }
    serde_json::from_str(text).map_err(|error| invalid_json(text, &error))
}

fn invalid_json(text: &str, error: &serde_json::Error) -> LineFault {
    let column = error.column();
    let mut message = error.to_string();
    if let Some(position) = message.rfind(" at line ") {
        message.truncate(position);
    }
    let (before, rest) = text.as_bytes().split_at(column.saturating_sub(1).min(text.len()));
    if rest.starts_with(b"NaN")
        || rest.starts_with(b"Infinity")
        || before.ends_with(b"-") && rest.starts_with(b"I")
    {
        message.push_str(" (NaN and Infinity are not JSON, though Python's json module writes them)");
    }
    LineFault::InvalidJson { message, column }
}

/// A field that may be missing, or of any type, until it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Field(Option<Value>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Field(Some(value)))
    }
}

impl Field {
    /// Whether the field is there, `null` included.
    pub fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// The string that the field must hold.
    ///
    /// # Errors
    ///
    /// When it is missing or no string; `advice` says what to do about a missing one.
    pub fn string(self, field: &'static str, advice: &'static str) -> Result<String, LineFault> {
        match self.0 {
            None => Err(LineFault::MissingField { field, advice }),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(LineFault::NotAString { field, found: type_name(&other) }),
        }
    }

    /// The string that the field holds, if it is there and not `null`.
    ///
    /// # Errors
    ///
    /// When it is neither a string nor `null`.
    pub fn optional_string(self, field: &'static str) -> Result<Option<String>, LineFault> {
        match self.0 {
            None | Some(Value::Null) => Ok(None),
            present => Field(present).string(field, ADD_FIELD).map(Some),
        }
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct One {
        #[serde(default)]
        name: Field,
    }

    fn fault(text: &str) -> LineFault {
        match parse_object::<One>(text) {
            Err(fault) => fault,
            Ok(one) => one.name.string("name", ADD_FIELD).unwrap_err(),
        }
    }

    #[test]
    fn faults_say_what_is_wrong() {
        assert_eq!(fault("{}"), LineFault::MissingField { field: "name", advice: ADD_FIELD });
        assert_eq!(fault(r#"{"name": null}"#), LineFault::NotAString { field: "name", found: "null" });
        assert_eq!(fault(r#"{"name": 3}"#), LineFault::NotAString { field: "name", found: "a number" });
        assert_eq!(fault(r#"["x"]"#), LineFault::NotAnObject { found: "an array" });
        assert_eq!(fault("7"), LineFault::NotAnObject { found: "a number" });
        assert!(matches!(fault(r#"{"name": "x""#), LineFault::InvalidJson { .. }));
        assert!(matches!(fault(r#"{"name": "x"} {}"#), LineFault::InvalidJson { column: 15, .. }));
        assert!(matches!(fault("hello"), LineFault::InvalidJson { column: 1, .. }));
        assert!(!fault("{").to_string().contains("line 1"));
    }

    #[test]
    fn pythons_not_quite_json_is_explained() {
        for word in ["NaN", "Infinity", "-Infinity"] {
            let message = fault(&format!(r#"{{"name": "x", "score": {word}}}"#)).to_string();
            assert!(message.contains("are not JSON"), "{message}");
        }
        assert!(!fault(r#"{"name": x}"#).to_string().contains("NaN"));
    }

    #[test]
    fn a_byte_order_mark_is_dropped_on_the_first_line_only() {
        let mut lines = Lines::new("\u{feff}{}\r\n\u{feff}{}".as_bytes(), 100);
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("{}"));
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("\u{feff}{}"));
    }

    #[test]
    fn a_long_line_is_passed_over() {
        let mut lines = Lines::new(BufReader::with_capacity(3, &b"12345\n123456\n12"[..]), 5);
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Ok("12345"));
        let long = lines.next_line().unwrap().unwrap();
        assert_eq!(long.text(), Err(LineFault::TooLong { limit: 5 }));
        assert_eq!(long.bytes, b"12345");
        let last = lines.next_line().unwrap().unwrap();
        assert_eq!((last.number, last.offset, last.terminated), (3, 13, false));
        assert!(lines.at_end().unwrap());
        assert!(lines.next_line().unwrap().is_none());
    }

    proptest! {
        #[test]
        fn lines_and_offsets_rebuild_the_stream(
            content in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            capacity in 1usize..20,
        ) {
            let mut lines = Lines::new(BufReader::with_capacity(capacity, &content[..]), LONGEST_LINE);
            let mut rebuilt = Vec::new();
            let mut count = 0;
            while let Some(line) = lines.next_line().unwrap() {
                count += 1;
                prop_assert_eq!(line.number, count);
                prop_assert_eq!(line.offset, rebuilt.len() as u64);
                rebuilt.extend_from_slice(line.bytes);
                if line.terminated {
                    rebuilt.push(b'\n');
                }
            }
            prop_assert_eq!(lines.end(), content.len() as u64);
            prop_assert_eq!(rebuilt, content);
        }

        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = parse_object::<One>(text.trim());
        }
    }
}
