//! What a Parquet file says of its sizes, checked before it is read: the reader of the `parquet` crate takes the file's
//! word for how deep its types are, how large a page becomes and how many values are in it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::thrift::{Shape, ThriftEvent, Walker, malformed};
use crate::problem::load::stream::Inflation;

/// What every Parquet file begins with.
pub(super) const MAGIC: &[u8; 4] = b"PAR1";

/// The largest footer, in bytes. It names every column of every group of rows; this is enough for 100,000 of them.
const LARGEST_FOOTER: u64 = 16 << 20;

/// The most columns, groups of columns included.
const MOST_COLUMNS: u64 = 10_000;

/// The most columns of all groups of rows together.
const MOST_CHUNKS: u64 = 100_000;

/// How deeply types may be nested. A list of lists of texts has six levels.
const DEEPEST: usize = 32;

/// How much a file may decompress to.
#[derive(Clone, Copy)]
pub(super) struct ReadLimits {
    /// Of the pages that are in memory at once: one of each column. They can be large, as some writers put a thousand
    /// values into each, but hold no more than the file that they are in has been made of.
    pages: Inflation,
    /// All rows together.
    rows: Inflation,
    /// The most values of one column in a group of rows: the first number in any file, one more for each four bytes of
    /// the file, and never more than the second number.
    values: [u64; 2],
}

/// The limits that are in force.
pub(super) const LIMITS: ReadLimits = ReadLimits {
    pages: Inflation {
        free: 64 << 20,
        ratio: 32,
        most: 4 << 30,
        advice: "write the file with smaller pages, or as JSON lines",
    },
    rows: Inflation { free: 64 << 20, ratio: 128, most: u64::MAX, advice: "give the rows as JSON lines" },
    values: [2 << 20, 8 << 20],
};

/// The encodings of texts by their lengths' differences and by what they share with the text before.
const DELTA_TEXTS: [i64; 2] = [6, 7];

use Shape::{Binary, Bool, Byte, Integer, List, Refused, Struct};

const NOTHING: Shape = Struct(&[]);
const UNIT: Shape = Struct(&[(1, NOTHING), (2, NOTHING), (3, NOTHING)]);
const TIME: Shape = Struct(&[(1, Bool), (2, UNIT)]);
const KEY_VALUE: Shape = Struct(&[(1, Binary), (2, Binary)]);

const LOGICAL_TYPE: Shape = Struct(&[
    (1, NOTHING),
    (2, NOTHING),
    (3, NOTHING),
    (4, NOTHING),
    (5, Struct(&[(1, Integer), (2, Integer)])),
    (6, NOTHING),
    (7, TIME),
    (8, TIME),
    (10, Struct(&[(1, Byte), (2, Bool)])),
    (11, NOTHING),
    (12, NOTHING),
    (13, NOTHING),
    (14, NOTHING),
    (15, NOTHING),
]);

const SCHEMA_ELEMENT: Shape = Struct(&[
    (1, Integer),
    (2, Integer),
    (3, Integer),
    (4, Binary),
    (5, Integer), // how many children it has
    (6, Integer),
    (7, Integer),
    (8, Integer),
    (9, Integer),
    (10, LOGICAL_TYPE),
]);

const STATISTICS: Shape = Struct(&[
    (1, Binary),
    (2, Binary),
    (3, Integer),
    (4, Integer),
    (5, Binary),
    (6, Binary),
    (7, Bool),
    (8, Bool),
    (9, Integer),
]);

const COLUMN: Shape = Struct(&[
    (1, Integer),
    (2, List(&Integer)),
    (3, List(&Binary)),
    (4, Integer),
    (5, Integer),
    (6, Integer),
    (7, Integer),
    (8, List(&KEY_VALUE)),
    (9, Integer),
    (10, Integer),
    (11, Integer),
    (12, STATISTICS),
    (13, List(&Struct(&[(1, Integer), (2, Integer), (3, Integer)]))),
    (14, Integer),
    (15, Integer),
    (16, Struct(&[(1, Integer), (2, List(&Integer)), (3, List(&Integer))])),
    (17, Refused), // of places on Earth
]);

const COLUMN_CHUNK: Shape = Struct(&[
    (1, Binary),
    (2, Integer),
    (3, COLUMN),
    (4, Integer),
    (5, Integer),
    (6, Integer),
    (7, Integer),
    (8, Refused), // encryption
    (9, Refused),
]);

const ROW_GROUP: Shape = Struct(&[
    (1, List(&COLUMN_CHUNK)),
    (2, Integer),
    (3, Integer),
    (4, List(&Struct(&[(1, Integer), (2, Bool), (3, Bool)]))),
    (5, Integer),
    (6, Integer),
    (7, Integer),
]);

const FOOTER: &[(i16, Shape)] = &[
    (1, Integer),
    (2, List(&SCHEMA_ELEMENT)),
    (3, Integer),
    (4, List(&ROW_GROUP)),
    (5, List(&KEY_VALUE)),
    (6, Binary),
    (7, List(&UNIT)),
    (8, Refused), // encryption
    (9, Refused),
];

const PAGE_HEADER: &[(i16, Shape)] = &[
    (1, Integer), // the type
    (2, Integer), // how many bytes it becomes
    (3, Integer), // how many it takes
    (4, Integer),
    (5, Struct(&[(1, Integer), (2, Integer), (3, Integer), (4, Integer), (5, STATISTICS)])),
    (6, NOTHING),
    (7, Struct(&[(1, Integer), (2, Integer), (3, Bool)])),
    (
        8,
        Struct(&[
            (1, Integer), // how many values
            (2, Integer),
            (3, Integer),
            (4, Integer),
            (5, Integer), // how many bytes of levels are before what is compressed
            (6, Integer),
            (7, Bool), // whether the rest is compressed
            (8, STATISTICS),
        ]),
    ),
];

/// Checks the footer of a file: that it is small, and that its types are not nested deeply.
///
/// # Errors
///
/// When the file can not be read, or is not as it should be.
pub(super) fn check(file: &mut File) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(tail) = length.checked_sub(8) else { return Err(malformed("it is cut off")) };
    file.seek(SeekFrom::Start(tail))?;
    let mut end = [0; 8];
    file.read_exact(&mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    if magic != *MAGIC {
        return Err(malformed("it does not end as one; was the download cut short?"));
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    let Some(start) = tail.checked_sub(size) else { return Err(malformed("its footer is cut off")) };
    if size > LARGEST_FOOTER {
        return Err(malformed(&format!("its footer is longer than {LARGEST_FOOTER} bytes")));
    }
    file.seek(SeekFrom::Start(start))?;
    let mut types = Types::default();
    let mut chunks = 0;
    Walker::walk(BufReader::new(file), size, FOOTER, |path: &[i16], event| match (path, event) {
        ([2], ThriftEvent::List(count)) => types.begin(count),
        ([2, 5], ThriftEvent::Integer(children)) => types.has_children(children),
        ([2], ThriftEvent::End) => types.end_element(),
        ([4, 1], ThriftEvent::List(count)) => {
            chunks += count;
            if chunks > MOST_CHUNKS {
                return Err(malformed(&format!("it has more than {MOST_CHUNKS} columns in groups of rows")));
            }
            Ok(())
        }
        _ => Ok(()),
    })?;
    Ok(())
}

/// The types of a file: written depth first, each with the number of its children.
#[derive(Default)]
struct Types {
    /// How many types follow.
    left: u64,
    children: u64,
    /// Of each type around the next one: how many of its children follow.
    around: Vec<u64>,
}

impl Types {
    fn begin(&mut self, count: u64) -> io::Result<()> {
        if count > MOST_COLUMNS {
            return Err(malformed(&format!("it has more than {MOST_COLUMNS} columns")));
        }
        self.left = count;
        Ok(())
    }

    fn has_children(&mut self, count: i64) -> io::Result<()> {
        self.children = u64::try_from(count).map_err(|_| malformed("a type has less than no children"))?;
        if self.children > self.left {
            return Err(malformed("a type has more children than there are types"));
        }
        Ok(())
    }

    fn end_element(&mut self) -> io::Result<()> {
        self.left = self.left.saturating_sub(1);
        while self.around.last() == Some(&0) {
            self.around.pop();
        }
        if let Some(children) = self.around.last_mut() {
            *children -= 1;
        }
        if self.children > 0 {
            self.around.push(std::mem::take(&mut self.children));
        }
        if self.around.len() > DEEPEST {
            return Err(malformed(&format!("its types are nested more than {DEEPEST} deep")));
        }
        Ok(())
    }
}

impl ReadLimits {
    /// Checks what the headers of all pages say of their sizes.
    ///
    /// # Errors
    ///
    /// When the file can not be read, or decompresses to more than can be of use.
    pub(super) fn check_pages(&self, file: &File, metadata: &ParquetMetaData) -> io::Result<()> {
        let length = file.metadata()?.len();
        let [free, most] = self.values;
        let most = most.min(free + length / 4);
        let mut total = 0;
        for group in metadata.row_groups() {
            let mut at_once = 0;
            for column in group.columns() {
                let sizes = Sizes::of(file, length, column)?;
                if sizes.values > most {
                    let values = sizes.values;
                    return Err(malformed(&format!(
                        "a column has {values} values in a row group, more than {most}"
                    )));
                }
                at_once += sizes.largest;
                total += sizes.total;
            }
            self.pages.check(length, at_once)?;
        }
        self.check_rows(length, total)
    }

    /// Checks how many bytes a file of this length decompressed to.
    ///
    /// # Errors
    ///
    /// When that is far more than can be of use.
    pub(super) fn check_rows(&self, length: u64, given: u64) -> io::Result<()> {
        self.rows.check(length, given)
    }
}

/// The sizes of a column's pages, in bytes.
#[derive(Default)]
struct Sizes {
    largest: u64,
    total: u64,
    values: u64,
}

/// What the header of a page says.
#[derive(Default)]
struct Header {
    inflated: i64,
    compressed: i64,
    values: i64,
    encoding: i64,
    levels: i64,
    is_plain: bool,
}

impl Sizes {
    fn of(file: &File, length: u64, column: &ColumnChunkMetaData) -> io::Result<Sizes> {
        let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        let (Ok(start), Ok(mut left)) = (u64::try_from(start), u64::try_from(column.compressed_size()))
        else {
            return Err(malformed("a column begins before the file"));
        };
        if start.checked_add(left).is_none_or(|end| end > length) {
            return Err(malformed("a column is cut off"));
        }
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(start))?;
        let mut sizes = Sizes::default();
        while left > 0 {
            let header = Header::read(&mut reader, &mut left)?;
            if DELTA_TEXTS.contains(&header.encoding) {
                return Err(malformed(
                    "its texts are written as differences (DELTA_…BYTE_ARRAY), which do not say how large they become; \
                     write it with plain or dictionary encoding",
                ));
            }
            let size = |value: i64| u64::try_from(value).map_err(|_| malformed("a page has a size below 0"));
            let (inflated, compressed) = (size(header.inflated)?, size(header.compressed)?);
            let Some(after) = left.checked_sub(compressed) else {
                return Err(malformed("a page is longer than its column"));
            };
            left = after;
            sizes.values += size(header.values)?;
            sizes.largest = sizes.largest.max(inflated);
            sizes.total += inflated;
            if matches!(column.compression(), Compression::GZIP(_)) && !header.is_plain {
                check_gzip(&mut reader, compressed, size(header.levels)?, inflated)?;
            } else {
                reader.seek_relative(compressed as i64)?;
            }
        }
        Ok(sizes)
    }
}

impl Header {
    fn read(reader: &mut impl Read, left: &mut u64) -> io::Result<Header> {
        let mut header = Header::default();
        *left -= Walker::walk(reader, *left, PAGE_HEADER, |path: &[i16], event| {
            match (path, event) {
                ([2], ThriftEvent::Integer(size)) => header.inflated = size,
                ([3], ThriftEvent::Integer(size)) => header.compressed = size,
                ([5 | 7 | 8, 1], ThriftEvent::Integer(count)) => header.values = count,
                ([5, 2] | [8, 4], ThriftEvent::Integer(encoding)) => header.encoding = encoding,
                ([8, 5 | 6], ThriftEvent::Integer(size)) => {
                    header.levels = header.levels.saturating_add(size)
                }
                ([8, 7], ThriftEvent::Bool(is_compressed)) => header.is_plain = !is_compressed,
                _ => {}
            }
            Ok(())
        })?;
        Ok(header)
    }
}

/// Checks that a page becomes no larger than it says; the crate does not look at that before it has it all in memory.
fn check_gzip(reader: &mut impl Read, compressed: u64, levels: u64, inflated: u64) -> io::Result<()> {
    let mut page = reader.take(compressed);
    io::copy(&mut page.by_ref().take(levels), &mut io::sink())?;
    let most = inflated.saturating_sub(levels);
    let length = io::copy(&mut MultiGzDecoder::new(&mut page).take(most + 1), &mut io::sink())?;
    if length > most {
        return Err(malformed("a page becomes larger than it says"));
    }
    io::copy(&mut page, &mut io::sink()).map(drop)
}

#[cfg(test)]
mod tests;
