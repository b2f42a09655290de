//! Files of records: JSON lines, a JSON array or Parquet; each may be plain, gzipped or compressed with zstd. The first
//! bytes tell which, never the name. One record is in memory at a time.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use jiter::JsonValue;

mod elements;
mod fault;
mod footer;
mod item;
mod record;
mod rows;
mod thrift;
mod values;

pub use elements::{Element, Elements};
pub use fault::{MalformedRecord, RecordFault, RecordPlace};
pub(super) use item::Item;
pub(super) use record::{NAME, Record};
pub(super) use values::{MOST_VALUES, Values};

use super::stream::{BUFFER, Compression, Digesting, decode};
use super::{LoadError, open_error};
use crate::files;
use crate::json_lines::{LineFault, Lines, MOST_BLANK};
use crate::problem::StoreError;
use fault::JsonErrorAt;
use item::type_name;

/// The longest record that a file of problems may have, in bytes: as plain JSON, the hidden tests of one problem of
/// LiveCodeBench come close to 200 MiB.
pub(super) const LONGEST_RECORD: u64 = 256 << 20;

/// How many bytes a record of any compressed file may have; each byte of the file allows [`MOST_OF_BYTE`] more.
const LONGEST_OF_SMALL_FILE: u64 = 64 << 20;

/// How many bytes of a record a byte of a compressed file may stand for.
const MOST_OF_BYTE: u64 = 32;

/// Why a record was refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Fault(#[from] RecordFault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Calls `take` with every record of a file, in order, and returns the digest of the content after decompression.
///
/// # Errors
///
/// When the file can not be read to its end, or something is no record, or `take` refuses it.
pub(super) fn each_record(
    path: &Path,
    take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let unreadable = |source| open_error(path, source);
    let mut file = files::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
    if start == footer::MAGIC {
        return rows::each_row(path, on_disk(file, start).map_err(unreadable)?, take);
    }
    let compression = Compression::of(&start);
    let mut reader = decode(Cursor::new(start).chain(file)).map_err(unreadable)?;
    let start = first_text(&mut reader).map_err(unreadable)?;
    let whole = Cursor::new(start.clone()).chain(reader);
    if compression != Compression::None && start.starts_with(footer::MAGIC) {
        // Parquet is read from its end, so it is decompressed to where that can be done.
        let mut file = tempfile::tempfile().map_err(StoreError::from)?;
        io::copy(&mut { whole }, &mut file).and_then(|_| file.rewind()).map_err(unreadable)?;
        return rows::each_row(path, file, take);
    }
    let longest = if compression == Compression::None { LONGEST_RECORD } else { longest_record(length) };
    let input = BufReader::with_capacity(BUFFER, Digesting::new(whole));
    let first = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start).trim_ascii_start().first();
    if first == Some(&b'[') {
        each_element(path, input, longest, take)
    } else if is_one_object(&start) {
        the_only(path, input, longest, take)
    } else {
        each_line(path, input, longest, take)
    }
}

/// The longest record that a compressed file of this length may have. (A pipe says that its length is 0.)
fn longest_record(length: u64) -> u64 {
    LONGEST_RECORD.min(length.saturating_mul(MOST_OF_BYTE).saturating_add(LONGEST_OF_SMALL_FILE))
}

/// A file whose first bytes were read, or, for a pipe, its contents as a file.
fn on_disk(mut file: File, start: Vec<u8>) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut Cursor::new(start).chain(&mut file), &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads from a stream until something other than white space and a byte order mark is among the bytes.
fn first_text(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    const AT_ONCE: u64 = 4096;
    let mut start = Vec::new();
    let mut blank = 0;
    loop {
        if reader.take(AT_ONCE).read_to_end(&mut start)? == 0 {
            return Ok(start);
        }
        if start.starts_with(BYTE_ORDER_MARK) {
            blank = blank.max(BYTE_ORDER_MARK.len());
        }
        blank += start[blank..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if blank < start.len() {
            return Ok(start);
        }
        if blank as u64 > MOST_BLANK {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("begins with more than {MOST_BLANK} bytes of white space; take them out"),
            ));
        }
    }
}

type Input<R> = BufReader<Digesting<R>>;

fn each_line<R: Read>(
    path: &Path,
    input: Input<R>,
    longest: u64,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut lines = Lines::up_to_a_long_one(input, longest as usize);
    loop {
        let after = RecordPlace::Line(lines.number());
        let line = lines.next_filled_line().map_err(|source| broken(path, after, source))?;
        let Some(line) = line else { break };
        let place = RecordPlace::Line(line.number);
        let text = line
            .text()
            .map_err(|fault| refused(path, place, Refusal::Fault(line.explained(fault).into())))?;
        if text.is_empty() {
            continue;
        }
        parse_line(text)
            .map_err(|fault| match fault {
                RecordFault::Line(fault) => Refusal::Fault(line.explained(fault).into()),
                fault => Refusal::Fault(fault),
            })
            .and_then(|(value, values)| give(place, value, values, &mut take))
            .map_err(|refusal| refused(path, place, refusal))?;
    }
    Ok(lines.get_mut().get_ref().digest())
}

fn each_element<R: Read>(
    path: &Path,
    input: Input<R>,
    longest: u64,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut elements = Elements::new(input, longest as usize);
    loop {
        let after = RecordPlace::Record(elements.number());
        let element = elements.next_element().map_err(|source| broken(path, after, source))?;
        let Some(element) = element else { break };
        let place = RecordPlace::Record(element.number);
        let values = Values::default();
        let value = parse_record(element.bytes, element.too_long, longest, &values);
        value
            .map_err(Refusal::Fault)
            .and_then(|value| give(place, value, values, &mut take))
            .map_err(|refusal| refused(path, place, refusal))?;
    }
    Ok(elements.get_mut().get_ref().digest())
}

/// Whether a text begins with an object that is written over several lines, so that it is no line of its own.
pub fn is_one_object(start: &[u8]) -> bool {
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start).trim_ascii_start();
    let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    first.trim_ascii() == b"{" && first.len() < start.len()
}

/// A file that is one object, as MultiPL-E writes the results of a problem.
fn the_only<R: Read>(
    path: &Path,
    mut input: Input<R>,
    longest: u64,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut content = Vec::new();
    let read = input.by_ref().take(longest + 1).read_to_end(&mut content);
    read.map_err(|source| broken(path, RecordPlace::Record(0), source))?;
    let values = Values::default();
    let text = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&content);
    parse_record(text, content.len() as u64 > longest, longest, &values)
        .map_err(Refusal::Fault)
        .and_then(|value| give(RecordPlace::Record(1), value, values, &mut take))
        .map_err(|refusal| refused(path, RecordPlace::Record(1), refusal))?;
    Ok(input.get_ref().digest())
}

/// Parses a record that is not a line.
fn parse_record<'a>(
    text: &'a [u8],
    too_long: bool,
    longest: u64,
    values: &Values,
) -> Result<JsonValue<'a>, RecordFault> {
    if too_long {
        return Err(RecordFault::TooLong { limit: longest });
    }
    if !values.take_json(text) {
        return Err(RecordFault::TooManyValues { limit: MOST_VALUES });
    }
    JsonValue::parse(text, true).map_err(|error| {
        let JsonErrorAt { message, byte } = JsonErrorAt::of(&error, text);
        RecordFault::InvalidJson { message, byte }
    })
}

/// Parses a line. Unlike [`json_lines::parse_object`](crate::json_lines::parse_object), which reads what models and
/// people write, this takes the NaN, Infinity and huge integers that published tests hold.
fn parse_line(text: &str) -> Result<(JsonValue<'_>, Values), RecordFault> {
    let values = Values::default();
    if !values.take_json(text.as_bytes()) {
        return Err(RecordFault::TooManyValues { limit: MOST_VALUES });
    }
    let value = JsonValue::parse(text.as_bytes(), true).map_err(|error| {
        let JsonErrorAt { message, byte } = JsonErrorAt::of(&error, text.as_bytes());
        LineFault::InvalidJson { message, column: byte }
    })?;
    match value {
        JsonValue::Object(_) => Ok((value, values)),
        other => Err(LineFault::NotAnObject { found: type_name(&other) }.into()),
    }
}

fn give(
    place: RecordPlace,
    value: JsonValue<'_>,
    values: Values,
    take: &mut impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match value {
        JsonValue::Object(fields) => take(Record::new(place, fields, values)),
        other => Err(RecordFault::NotAnObject { found: type_name(&other) }.into()),
    }
}

/// The refusal, with the name of the file.
pub(super) fn refused(path: &Path, place: RecordPlace, refusal: Refusal) -> LoadError {
    match refusal {
        Refusal::Fault(fault) => MalformedRecord { file: path.display().to_string(), place, fault }.into(),
        Refusal::Store(error) => error.into(),
    }
}

/// The error of a file that can not be read any further.
fn broken(path: &Path, after: RecordPlace, source: io::Error) -> LoadError {
    LoadError::Broken { path: path.to_owned(), after, source }
}

#[cfg(test)]
mod tests;
