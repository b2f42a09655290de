//! Parquet: rows as records. One row is in memory at a time, and, of each column, the page that it is in.

use std::any::Any;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiter::JsonValue;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};

use super::footer::{self, LIMITS};
use super::{MOST_VALUES, Record, RecordFault, RecordPlace, Refusal, Values, broken, refused};
use crate::problem::load::{LoadError, open_error};

/// How many values of a column are read at once: few, since one can have megabytes.
const BATCH: usize = 16;

/// Calls `take` with every row of a file, in order, and returns the digest of the file.
pub(super) fn each_row(
    path: &Path,
    mut file: File,
    mut take: impl FnMut(Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let unreadable = |source| open_error(path, source);
    file.rewind().map_err(unreadable)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&file).map_err(unreadable)?;

    footer::check(&mut file).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let reader = file.try_clone().map_err(unreadable)?;
    let reader = guarded(|| SerializedFileReader::new(reader)).map_err(unreadable)?;
    LIMITS.check_pages(&file, reader.metadata()).map_err(unreadable)?;
    let mut rows = guarded(|| Ok(RowIter::from_file_into(Box::new(reader)).with_batch_size(BATCH)))
        .map_err(unreadable)?;
    let (mut number, mut given) = (0, 0);
    loop {
        let unreadable = |source| broken(path, RecordPlace::Row(number), source);
        let Some(row) = guarded(|| rows.next().transpose()).map_err(unreadable)? else { break };
        let row = object(row);
        let size = Size::of(&row);
        given += size.bytes;
        LIMITS.check_rows(length, given).map_err(unreadable)?;
        number += 1;
        let place = RecordPlace::Row(number);
        let values = Values::default();
        let taken = match row {
            _ if !values.take(size.values) => Err(RecordFault::TooManyValues { limit: MOST_VALUES }.into()),
            JsonValue::Object(fields) => take(Record::new(place, fields, values)),
            _ => unreachable!("rows become objects"),
        };
        taken.map_err(|refusal| refused(path, place, refusal))?;
    }
    Ok(hasher.finalize())
}

/// The function that takes a row.
#[derive(Clone, Copy, Default)]
struct Size {
    values: u64,
    bytes: u64,
}

impl Size {
    fn of(value: &JsonValue<'_>) -> Size {
        let mut size = Size::default();
        size.add(value);
        size
    }

    fn add(&mut self, value: &JsonValue<'_>) {
        self.values += 1;
        self.bytes += size_of::<JsonValue<'_>>() as u64;
        match value {
            JsonValue::Str(text) => self.bytes += text.len() as u64,
            JsonValue::Array(items) => items.iter().for_each(|item| self.add(item)),
            JsonValue::Object(fields) => fields.iter().for_each(|(_, value)| self.add(value)),
            _ => {}
        }
    }
}

/// The crate panics on types that it does not know and on some damaged files. Neither may end the process.
fn guarded<T>(read: impl FnOnce() -> parquet::errors::Result<T>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
        Err(panic) => Err(io::Error::new(io::ErrorKind::InvalidData, message(&*panic))),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the Parquet reader failed").to_owned()
}

fn object(row: Row) -> JsonValue<'static> {
    let fields = row.into_columns().into_iter().map(|(name, field)| (Cow::Owned(name), value(field)));
    JsonValue::Object(Arc::new(fields.collect()))
}

/// The field as JSON would have it. Dates become texts in ISO 8601.
fn value(field: Field) -> JsonValue<'static> {
    match field {
        Field::Null => JsonValue::Null,
        Field::Bool(value) => JsonValue::Bool(value),
        Field::Byte(value) => JsonValue::Int(value.into()),
        Field::Short(value) => JsonValue::Int(value.into()),
        Field::Int(value) => JsonValue::Int(value.into()),
        Field::Long(value) => JsonValue::Int(value),
        Field::UByte(value) => JsonValue::Int(value.into()),
        Field::UShort(value) => JsonValue::Int(value.into()),
        Field::UInt(value) => JsonValue::Int(value.into()),
        Field::ULong(value) => match i64::try_from(value) {
            Ok(value) => JsonValue::Int(value),
            Err(_) => JsonValue::BigInt(value.into()),
        },
        Field::Float16(value) => JsonValue::Float(value.into()),
        Field::Float(value) => JsonValue::Float(value.into()),
        Field::Double(value) => JsonValue::Float(value),
        Field::Str(text) => JsonValue::Str(Cow::Owned(text)),
        // Writers that do not mark text as such are common; what is no text is replaced by one that no format accepts.
        Field::Bytes(bytes) => text(String::from_utf8_lossy(bytes.data())),
        Field::Date(days) => text(
            Date::new(1970, 1, 1)
                .and_then(|epoch| epoch.checked_add(jiff::Span::new().try_days(days)?))
                .map_or_else(|_| days.to_string(), |date| date.to_string()),
        ),
        Field::TimestampMillis(value) => timestamp(Timestamp::from_millisecond(value), value),
        Field::TimestampMicros(value) => timestamp(Timestamp::from_microsecond(value), value),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => {
            JsonValue::Array(Arc::new(list.elements().iter().cloned().map(value).collect()))
        }
        // Decimals, times of day and maps: no format has them.
        other => text(other.to_string()),
    }
}

fn text(text: impl Into<String>) -> JsonValue<'static> {
    JsonValue::Str(Cow::Owned(text.into()))
}

fn timestamp(timestamp: Result<Timestamp, jiff::Error>, value: i64) -> JsonValue<'static> {
    text(timestamp.map_or_else(|_| value.to_string(), |timestamp| timestamp.to_string()))
}
