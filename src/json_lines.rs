//! JSON lines: one object a line, read one line at a time, with errors that name file, line and field.

use std::fmt;
use std::io::{self, BufRead};

use serde::de::{DeserializeOwned, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::shown::shown;

/// Longest line that input files may have, in bytes.
pub(crate) const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Most bytes of white space in a row where lines are expected. Nobody writes as many, and a small compressed file can hold
/// any number of them.
pub(crate) const MOST_BLANK: u64 = 1 << 20;

/// How many times as long as allowed a line may be to be passed over. What is longer does not look like lines at all.
const PASSED_OVER: u64 = 4;

/// No line is passed over that is longer than this, in bytes, unless lines may be as long.
const LONGEST_PASSED_OVER: u64 = 256 << 20;

/// A line that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, line {line}: {fault}", shown(file))]
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
    #[error("not valid JSON: {}, at column {column}; write one JSON object a line", shown(message))]
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
}

/// The advice where nothing better is known about a missing field.
pub(crate) const ADD_FIELD: &str = "add it, or remove the line";

/// Reads a stream line by line, in memory that one line bounds.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    longest: usize,
    number: u64,
    end: u64,
    /// How many bytes of blank lines there were just now.
    blank: u64,
    /// Whether lines that are too long are read to their end, so that others can follow.
    passes_over: bool,
}

/// A line of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
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
    /// Lines of at most `longest` bytes each. Longer ones are passed over.
    pub(crate) fn new(reader: R, longest: usize) -> Self {
        Lines { reader, buffer: Vec::new(), longest, number: 0, end: 0, blank: 0, passes_over: true }
    }

    /// Lines of at most `longest` bytes each, for readers that go no further than to a longer one.
    pub(crate) fn up_to_a_long_one(reader: R, longest: usize) -> Self {
        Lines { passes_over: false, ..Lines::new(reader, longest) }
    }

    /// The next line; `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Those of the reader. Also where there is nothing but white space for a mebibyte, and where a line is so much longer
    /// than allowed that it would take long to pass over it.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
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
            if too_long.is_some() && !self.passes_over {
                break;
            }
            let longest = self.longest as u64;
            let most = longest.saturating_mul(PASSED_OVER).min(LONGEST_PASSED_OVER).max(longest);
            if too_long.is_some() && self.end - offset > most {
                return Err(refused(format!(
                    "the next line is longer than {most} bytes; this is no file of lines"
                )));
            }
        }
        if self.end == offset {
            return Ok(None);
        }
        if is_blank(&self.buffer) {
            self.count_blank(self.end - offset)?;
        } else {
            self.blank = 0;
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, offset, bytes: &self.buffer, terminated, too_long }))
    }

    /// The next line that is not empty, or has at least white space in it.
    ///
    /// # Errors
    ///
    /// As [`next_line`](Self::next_line).
    pub(crate) fn next_filled_line(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let available = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let empty = available.iter().take_while(|&&byte| byte == b'\n').count();
            let goes_on = empty > 0 && empty == available.len();
            self.reader.consume(empty);
            self.number += empty as u64;
            self.end += empty as u64;
            self.count_blank(empty as u64)?;
            if !goes_on {
                return self.next_line();
            }
        }
    }

    /// Takes note of blank lines.
    fn count_blank(&mut self, bytes: u64) -> io::Result<()> {
        self.blank += bytes;
        if self.blank > MOST_BLANK {
            return Err(refused(format!(
                "more than {MOST_BLANK} bytes of white space follow; take them out"
            )));
        }
        Ok(())
    }

    /// Whether nothing follows the last line that was read.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub(crate) fn at_end(&mut self) -> io::Result<bool> {
        Ok(self.reader.fill_buf()?.is_empty())
    }

    /// The number of the last line that was read; 0 before the first.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The number of bytes that were read: where the next line begins.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The reader beneath.
    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }
}

/// Whether a line is nothing but white space, that of Unicode included.
fn is_blank(line: &[u8]) -> bool {
    let rest = line.trim_ascii_start();
    match rest.first() {
        None => true,
        Some(first) => !first.is_ascii() && str::from_utf8(rest).is_ok_and(|text| text.trim().is_empty()),
    }
}

fn refused(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl<'a> Line<'a> {
    /// The line as text, without surrounding white space (and without the byte order mark that some editors put
    /// before the first line). Empty for a blank line.
    ///
    /// # Errors
    ///
    /// When the line is too long or not UTF-8.
    pub(crate) fn text(&self) -> Result<&'a str, LineFault> {
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
pub(crate) fn parse_object<T: DeserializeOwned>(text: &str) -> Result<T, LineFault> {
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

/// A field that may be missing, or of any type, until it is asked for. Kept are texts, integers and lists of texts, and of
/// an object its text `text`; of anything else, the type.
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
            Some(Found::Integer(number)) => Ok(number),
            other => Field(other).string(field, advice).and_then(|name| {
                if name.is_empty() { Err(LineFault::EmptyField { field }) } else { Ok(name) }
            }),
        }
    }

    /// The texts that the field holds: a list of them, or one alone; of an object, its `text`. None if it is missing, `null`
    /// or something else.
    pub(crate) fn into_texts(self) -> Option<Vec<String>> {
        match self.0? {
            Found::Text(text) | Found::Object(Some(text)) => Some(vec![text]),
            Found::Texts(texts) => Some(texts),
            _ => None,
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

    #[test]
    fn white_space_without_end_is_refused() {
        let blank = MOST_BLANK as usize;
        for unit in ["\n", " ", " \r\n\t\n", "\u{a0}\n"] {
            let much = unit.repeat(blank / unit.len() + 1);
            let mut lines = Lines::new(BufReader::new(much.as_bytes()), LONGEST_LINE);
            let error = loop {
                match lines.next_line() {
                    Ok(Some(line)) => assert_eq!(line.text(), Ok("")),
                    Ok(None) => panic!("{unit:?} was read to the end"),
                    Err(error) => break error.to_string(),
                }
            };
            assert!(error.contains(&format!("more than {MOST_BLANK} bytes of white space")), "{error}");
        }
        // What is not in a row does not count together.
        let apart = format!("{}\n{{}}\n\n\n", " ".repeat(blank / 2)).repeat(4);
        let mut lines = Lines::new(BufReader::new(apart.as_bytes()), LONGEST_LINE);
        while lines.next_line().unwrap().is_some() {}
        assert_eq!(lines.number(), 16);
    }

    #[test]
    fn empty_lines_are_passed_over_and_counted() {
        let content = b"\n\n{}\n\n\n\n  \n[]\n\n";
        for capacity in 1..content.len() {
            let mut lines = Lines::new(BufReader::with_capacity(capacity, &content[..]), 100);
            let mut seen = Vec::new();
            while let Some(line) = lines.next_filled_line().unwrap() {
                seen.push((line.number, line.offset, line.bytes.to_vec()));
            }
            assert_eq!(seen, [(3, 2, b"{}".to_vec()), (7, 8, b"  ".to_vec()), (8, 11, b"[]".to_vec())]);
            assert_eq!((lines.number(), lines.end()), (9, content.len() as u64));
        }
        let much = "\n".repeat(MOST_BLANK as usize + 1);
        let error = Lines::new(much.as_bytes(), 100).next_filled_line().unwrap_err().to_string();
        assert!(error.contains("white space"), "{error}");
    }

    #[test]
    fn a_line_without_end_is_not_passed_over() {
        let mut lines = Lines::new(BufReader::new(io::repeat(b'a')), 100);
        let error = lines.next_line().unwrap_err().to_string();
        assert!(error.contains("longer than 400 bytes"), "{error}");
        let mut lines = Lines::up_to_a_long_one(BufReader::new(io::repeat(b'a')), 100);
        assert_eq!(lines.next_line().unwrap().unwrap().text(), Err(LineFault::TooLong { limit: 100 }));
    }

    #[test]
    fn deep_and_wide_fields_are_refused_or_passed_over() {
        let deep = format!("{{\"name\": {}", "[".repeat(100_000));
        assert!(matches!(fault(&deep), LineFault::InvalidJson { .. }));
        let wide = format!("{{\"name\": [{}0], \"other\": [{}0]}}", "{},".repeat(1000), "0,".repeat(1000));
        assert_eq!(fault(&wide), LineFault::NotAString { field: "name", found: "an array" });
        assert_eq!(
            fault(r#"{"name": {"a": 1}}"#),
            LineFault::NotAString { field: "name", found: "an object" }
        );
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
