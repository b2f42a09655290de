//! Files of records: JSON lines, a JSON array or Parquet; each as it is, gzipped or compressed with zstd. Which, is
//! told from the first bytes, never from the name. One record is in memory at a time.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use jiter::JsonValue;

mod elements;
mod record;
mod rows;

pub use record::{Item, MalformedRecord, Place, Record, RecordFault};

use super::json_lines::{LineFault, Lines};
use super::stream::{BUFFER, Compression, Digesting, decode};
use super::{LoadError, open_error};
use crate::problem::StoreError;
use elements::Elements;
use record::{JsonErrorAt, type_name};

/// Longest record that a file of problems may have, in bytes: the hidden tests of one problem can take hundreds of
/// mebibytes.
const LONGEST_RECORD: usize = 1 << 30;

/// Why a record was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Fault(#[from] RecordFault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives every record of a file to `take`, in order, and returns the digest of the content after decompression.
///
/// # Errors
///
/// When the file can not be read to its end, or a record is none or was not taken.
pub(super) fn each_record(
    path: &Path,
    take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let unreadable = |source| open_error(path, source);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
    if start == rows::MAGIC {
        return rows::each_row(path, file, take);
    }
    let compression = Compression::of(&start);
    let mut reader = decode(Cursor::new(start).chain(file)).map_err(unreadable)?;
    let start = first_text(&mut reader).map_err(unreadable)?;
    let whole = Cursor::new(start.clone()).chain(reader);
    if compression != Compression::None && start.starts_with(rows::MAGIC) {
        // Parquet is read from its end, so it is decompressed to where that can be done.
        let mut file = tempfile::tempfile().map_err(StoreError::from)?;
        io::copy(&mut { whole }, &mut file).and_then(|_| file.rewind()).map_err(unreadable)?;
        return rows::each_row(path, file, take);
    }
    let input = BufReader::with_capacity(BUFFER, Digesting::new(whole));
    let first = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start).trim_ascii_start().first();
    if first == Some(&b'[') { each_element(path, input, take) } else { each_line(path, input, take) }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Takes bytes off a stream until there is something beside white space and a byte order mark among them.
fn first_text(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    loop {
        let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start).trim_ascii_start();
        let is_part_of_mark = !start.is_empty() && BYTE_ORDER_MARK.starts_with(&start);
        if !text.is_empty() && !is_part_of_mark {
            return Ok(start);
        }
        if reader.take(64).read_to_end(&mut start)? == 0 {
            return Ok(start);
        }
    }
}

type Input<R> = BufReader<Digesting<R>>;

fn each_line<R: Read>(
    path: &Path,
    input: Input<R>,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut lines = Lines::new(input, LONGEST_RECORD);
    while let Some(line) = lines.next_line().map_err(|source| open_error(path, source))? {
        let place = Place::Line(line.number);
        let text = line.text().map_err(|fault| refused(path, place, Refusal::Fault(fault.into())))?;
        if text.is_empty() {
            continue;
        }
        parse_line(text)
            .map_err(|fault| Refusal::Fault(fault.into()))
            .and_then(|value| give(place, value, &mut take))
            .map_err(|refusal| refused(path, place, refusal))?;
    }
    Ok(lines.get_mut().get_ref().digest())
}

fn each_element<R: Read>(
    path: &Path,
    input: Input<R>,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut elements = Elements::new(input, LONGEST_RECORD);
    while let Some(element) = elements.next_element().map_err(|source| open_error(path, source))? {
        let place = Place::Record(element.number);
        let value = if element.too_long {
            Err(RecordFault::TooLong { limit: LONGEST_RECORD })
        } else {
            JsonValue::parse(element.bytes, true).map_err(|error| {
                let JsonErrorAt { message, byte } = JsonErrorAt::from(&error);
                RecordFault::InvalidJson { message, byte }
            })
        };
        value
            .map_err(Refusal::Fault)
            .and_then(|value| give(place, value, &mut take))
            .map_err(|refusal| refused(path, place, refusal))?;
    }
    Ok(elements.get_mut().get_ref().digest())
}

/// Parses a line. Unlike [`json_lines::parse_object`](super::json_lines::parse_object), which reads what models and
/// people write, this takes the NaN, Infinity and huge integers that published tests hold.
fn parse_line(text: &str) -> Result<JsonValue<'_>, LineFault> {
    let value = JsonValue::parse(text.as_bytes(), true).map_err(|error| {
        let JsonErrorAt { message, byte } = JsonErrorAt::from(&error);
        LineFault::InvalidJson { message, column: byte }
    })?;
    match value {
        JsonValue::Object(_) => Ok(value),
        other => Err(LineFault::NotAnObject { found: type_name(&other) }),
    }
}

fn give(
    place: Place,
    value: JsonValue<'_>,
    take: &mut impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match value {
        JsonValue::Object(fields) => take(Record::new(place, fields)),
        other => Err(RecordFault::NotAnObject { found: type_name(&other) }.into()),
    }
}

/// The refusal, with the name of the file.
pub(super) fn refused(path: &Path, place: Place, refusal: Refusal) -> LoadError {
    match refusal {
        Refusal::Fault(fault) => MalformedRecord { file: path.display().to_string(), place, fault }.into(),
        Refusal::Store(error) => error.into(),
    }
}

#[cfg(test)]
mod tests;
