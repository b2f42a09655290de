//! JSON lines: one object a line, read one line at a time, with errors that name file, line and field.

use std::io::{self, BufRead};

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::shown::shown;

mod field;
mod foreign;

pub(crate) use field::Field;
use foreign::foreign;

/// The longest line that input files may have, in bytes.
pub(crate) const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// The most bytes of white space in a row where lines are expected. Nobody writes as many, and a small compressed file
/// can hold any number of them.
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
    /// A field that names something is neither a string nor an integer.
    #[error("field `{field}` is {found}; it must be a string or an integer of at most 64 bits")]
    NotAName {
        /// The field's name.
        field: &'static str,
        /// What it is instead.
        found: &'static str,
    },
    /// A field that holds several texts is of another type.
    #[error("field `{field}` is {found}; it must be a string or an array of strings")]
    NotTexts {
        /// The field's name.
        field: &'static str,
        /// What it is instead.
        found: &'static str,
    },
    /// The file is of another kind altogether.
    #[error("this is {what}; {advice}")]
    Foreign {
        /// What it is.
        what: &'static str,
        /// What to do.
        advice: &'static str,
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
    /// Those of the reader. Also where there is nothing but white space for a mebibyte, and where a line is so much
    /// longer than allowed that it would take long to pass over it.
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

impl Line<'_> {
    /// A fault of this line; or, where it is the first one and begins like a file of another kind, that.
    pub(crate) fn explained(&self, fault: LineFault) -> LineFault {
        let may_be_other = matches!(fault, LineFault::InvalidUtf8 { .. } | LineFault::InvalidJson { .. });
        match foreign(self.bytes) {
            Some((what, advice)) if self.number == 1 && may_be_other => LineFault::Foreign { what, advice },
            _ => fault,
        }
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

#[cfg(test)]
mod tests;
