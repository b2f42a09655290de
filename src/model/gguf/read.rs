//! The bytes of a GGUF file's header.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use indexmap::IndexMap;

use super::{Gguf, GgufError, GgufFault, MetadataValue, Places, Tensor, TensorType, Tokens};
use crate::files;
use crate::shown::shown;

/// The most metadata fields. Files have a few dozen.
const MOST_FIELDS: u64 = 65_536;

/// The most tensors. The largest models have a few thousand.
const MOST_TENSORS: u64 = 1 << 18;

/// The most bytes of a name.
const MOST_NAME: u64 = 65_535;

/// The most bytes of one text. Chat templates have thousands.
const MOST_TEXT: u64 = 16 << 20;

/// The most bytes that are kept of the header: fields, names and the vocabulary.
const MOST_KEPT: u64 = 512 << 20;

/// The most elements of an array of integers that is kept: one value for each layer, say.
const MOST_KEPT_INTEGERS: u64 = 4096;

/// The most dimensions of a tensor.
const MOST_DIMENSIONS: u32 = 4;

/// The field with the texts of the vocabulary.
const TOKENS: &str = "tokenizer.ggml.tokens";

/// Reads the header of a file, which is number `index` of its model's.
pub(super) fn read(path: &Path, index: usize) -> Result<Gguf, GgufError> {
    let parse = || {
        let file = files::open_found(path).map_err(GgufFault::Io)?;
        let length = file.metadata().map_err(GgufFault::Io)?.len();
        Header { reader: BufReader::with_capacity(1 << 16, file), at: 0, length, kept: 0 }.parse(path, index)
    };
    parse().map_err(|fault| GgufError { path: path.to_owned(), fault })
}

struct Header {
    reader: BufReader<File>,
    /// How much was read.
    at: u64,
    /// The file's length.
    length: u64,
    /// How many bytes of it are kept.
    kept: u64,
}

/// The types of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unsigned(u8),
    Signed(u8),
    F32,
    F64,
    Bool,
    Text,
    Array,
}

impl Kind {
    fn from_number(number: u32) -> Option<Kind> {
        Some(match number {
            0 => Kind::Unsigned(1),
            1 => Kind::Signed(1),
            2 => Kind::Unsigned(2),
            3 => Kind::Signed(2),
            4 => Kind::Unsigned(4),
            5 => Kind::Signed(4),
            6 => Kind::F32,
            7 => Kind::Bool,
            8 => Kind::Text,
            9 => Kind::Array,
            10 => Kind::Unsigned(8),
            11 => Kind::Signed(8),
            12 => Kind::F64,
            _ => return None,
        })
    }

    /// The fewest bytes that a value of this type takes.
    fn least_bytes(self) -> u64 {
        match self {
            Kind::Unsigned(bytes) | Kind::Signed(bytes) => u64::from(bytes),
            Kind::F32 => 4,
            Kind::F64 | Kind::Text => 8,
            Kind::Bool => 1,
            Kind::Array => 12,
        }
    }
}

impl Header {
    fn parse(mut self, path: &Path, index: usize) -> Result<Gguf, GgufFault> {
        let mut magic = [0; 4];
        match self.reader.read_exact(&mut magic) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(GgufFault::NotGguf),
            result => result.map_err(GgufFault::Io)?,
        }
        self.at = 4;
        self.length = self.length.max(4);
        if &magic != b"GGUF" {
            return Err(GgufFault::NotGguf);
        }
        let version = self.u32("the version")?;
        match version {
            2 | 3 => {}
            _ if matches!(version.swap_bytes(), 1..=3) => return Err(GgufFault::BigEndian),
            _ => return Err(GgufFault::Version(version)),
        }
        // A tensor takes at least its name's length, dimensions, type and offset; a field its name's length and type.
        let tensor_count = self.count("tensors", MOST_TENSORS, 24)?;
        let field_count = self.count("metadata fields", MOST_FIELDS, 13)?;
        let mut tokens = Tokens::default();
        let mut metadata = IndexMap::new();
        let mut file_type = None;
        for _ in 0..field_count {
            let at = self.at;
            let key = self.name("the name of a metadata field")?;
            let kind = self.kind(&key)?;
            if key == "general.file_type" && kind == Kind::Unsigned(4) {
                file_type = Some(self.at);
            }
            let value = self.value(&key, kind, &mut tokens)?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(GgufFault::Wrong {
                    at,
                    what: format!("metadata {} is there twice", shown(&key)),
                });
            }
        }
        let metadata_end = self.at;
        let mut tensors = Vec::new();
        for _ in 0..tensor_count {
            tensors.push(self.tensor(index)?);
        }
        let mut names: Vec<&str> = tensors.iter().map(|tensor: &Tensor| tensor.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(GgufFault::Wrong {
                at: self.at,
                what: format!("tensor {} is there twice", shown(pair[0])),
            });
        }
        let alignment = match metadata.get("general.alignment") {
            None => 32,
            Some(MetadataValue::Integer(alignment)) if (1..=1 << 20).contains(alignment) => {
                u64::try_from(*alignment).unwrap_or(32)
            }
            Some(_) => {
                let message = "it is no alignment: a number from 1 to 1048576 is".to_owned();
                return Err(GgufFault::Field { key: "general.alignment".to_owned(), message });
            }
        };
        self.place(&mut tensors, alignment)?;
        let places = Places { metadata_end, file_type, alignment };
        let files = vec![path.to_owned()];
        Ok(Gguf { files, file_bytes: self.length, version, metadata, tensors, tokens, places })
    }

    /// Makes offsets relative to the beginning of the file, and checks that all tensors end before it does.
    fn place(&self, tensors: &mut [Tensor], alignment: u64) -> Result<(), GgufFault> {
        let start = self.at.next_multiple_of(alignment);
        let wrong = |tensor: &Tensor, what: &str| GgufFault::Wrong {
            at: self.at,
            what: format!("tensor {} {what}", shown(&tensor.name)),
        };
        let mut last: Option<(u64, &str)> = None;
        for tensor in tensors {
            if tensor.offset % alignment != 0 {
                return Err(wrong(tensor, "begins at an offset that is not aligned"));
            }
            let end = start
                .checked_add(tensor.offset)
                .and_then(|offset| {
                    tensor.offset = offset;
                    offset.checked_add(tensor.bytes)
                })
                .ok_or_else(|| wrong(tensor, "is at no place that a file can have"))?;
            if last.is_none_or(|(last, _)| end > last) {
                last = Some((end, &tensor.name));
            }
        }
        match last {
            Some((end, name)) if end > self.length => {
                Err(GgufFault::Truncated { length: self.length, name: name.to_owned(), end })
            }
            _ => Ok(()),
        }
    }

    fn tensor(&mut self, file: usize) -> Result<Tensor, GgufFault> {
        let at = self.at;
        let name = self.name("the name of a tensor")?;
        let wrong = |what: &str| GgufFault::Wrong { at, what: format!("tensor {} {what}", shown(&name)) };
        let dimensions = self.u32("a tensor")?;
        if dimensions > MOST_DIMENSIONS {
            return Err(wrong(&format!("has {dimensions} dimensions, and at most {MOST_DIMENSIONS} can be")));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(self.u64("a tensor")?);
        }
        let number = self.u32("a tensor")?;
        let offset = self.u64("a tensor")?;
        let Some(kind) = TensorType::from_number(number) else {
            return Err(GgufFault::TensorType { at, name, kind: number });
        };
        let elements = shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
        let elements = elements.ok_or_else(|| wrong("has more elements than can be counted"))?;
        if !shape.first().copied().unwrap_or(1).is_multiple_of(kind.block_elements()) {
            return Err(wrong(&format!("has rows that are no whole blocks of {kind}")));
        }
        let bytes = (elements / kind.block_elements())
            .checked_mul(kind.block_bytes())
            .ok_or_else(|| wrong("has more bytes than can be counted"))?;
        Ok(Tensor { name, shape, kind, file, offset, bytes })
    }

    fn value(&mut self, key: &str, kind: Kind, tokens: &mut Tokens) -> Result<MetadataValue, GgufFault> {
        Ok(match kind {
            Kind::Unsigned(_) | Kind::Signed(_) => MetadataValue::Integer(self.integer(key, kind)?),
            Kind::F32 => MetadataValue::Number(f32::from_le_bytes(self.bytes(key)?).into()),
            Kind::F64 => MetadataValue::Number(f64::from_le_bytes(self.bytes(key)?)),
            Kind::Bool => {
                let at = self.at;
                let [byte] = self.bytes(key)?;
                if byte > 1 {
                    let what = format!("metadata {} is {byte}, neither true nor false", shown(key));
                    return Err(GgufFault::Wrong { at, what });
                }
                MetadataValue::Bool(byte == 1)
            }
            Kind::Text => {
                let bytes = self.text(key, MOST_TEXT)?;
                MetadataValue::Text(match String::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
                })
            }
            Kind::Array => self.array(key, tokens)?,
        })
    }

    fn array(&mut self, key: &str, tokens: &mut Tokens) -> Result<MetadataValue, GgufFault> {
        let at = self.at;
        let kind = self.kind(key)?;
        let length = self.u64(key)?;
        if kind == Kind::Array {
            let what =
                format!("metadata {} is an array of arrays, which the format does not have", shown(key));
            return Err(GgufFault::Wrong { at, what });
        }
        let least = length.checked_mul(kind.least_bytes()).filter(|least| *least <= self.length - self.at);
        if least.is_none() {
            return Err(
                self.ends(&format!("the array {}, which is said to have {length} elements", shown(key)))
            );
        }
        let mut integers = None;
        match kind {
            Kind::Text if key == TOKENS => {
                self.keep(key, length.saturating_mul(size_of::<usize>() as u64))?;
                for _ in 0..length {
                    let token = self.text(key, MOST_TEXT)?;
                    tokens.bytes.extend(token);
                    tokens.ends.push(tokens.bytes.len());
                }
            }
            Kind::Text => {
                for _ in 0..length {
                    let bytes = self.u64(key)?;
                    self.skip(key, bytes)?;
                }
            }
            Kind::Unsigned(_) | Kind::Signed(_) if length <= MOST_KEPT_INTEGERS => {
                self.keep(key, length * size_of::<i128>() as u64)?;
                let all: Result<Vec<i128>, GgufFault> =
                    (0..length).map(|_| self.integer(key, kind)).collect();
                integers = Some(all?);
            }
            _ => self.skip(key, length * kind.least_bytes())?,
        }
        Ok(MetadataValue::Array { length, integers })
    }

    fn integer(&mut self, key: &str, kind: Kind) -> Result<i128, GgufFault> {
        Ok(match kind {
            Kind::Unsigned(1) => u8::from_le_bytes(self.bytes(key)?).into(),
            Kind::Unsigned(2) => u16::from_le_bytes(self.bytes(key)?).into(),
            Kind::Unsigned(4) => u32::from_le_bytes(self.bytes(key)?).into(),
            Kind::Signed(1) => i8::from_le_bytes(self.bytes(key)?).into(),
            Kind::Signed(2) => i16::from_le_bytes(self.bytes(key)?).into(),
            Kind::Signed(4) => i32::from_le_bytes(self.bytes(key)?).into(),
            Kind::Signed(_) => i64::from_le_bytes(self.bytes(key)?).into(),
            _ => u64::from_le_bytes(self.bytes(key)?).into(),
        })
    }

    fn kind(&mut self, key: &str) -> Result<Kind, GgufFault> {
        let at = self.at;
        let number = self.u32(key)?;
        Kind::from_number(number).ok_or_else(|| GgufFault::Wrong {
            at,
            what: format!("metadata {} is of type {number}, which the format does not have", shown(key)),
        })
    }

    /// A number of items, each of which takes at least some bytes.
    fn count(&mut self, what: &str, most: u64, least_bytes: u64) -> Result<u64, GgufFault> {
        let at = self.at;
        let count = self.u64("the header")?;
        if count > most {
            return Err(GgufFault::TooMuch { at, what: format!("it is said to have {count} {what}"), most });
        }
        if count * least_bytes > self.length {
            return Err(self.ends(&format!("its {count} {what}")));
        }
        Ok(count)
    }

    fn name(&mut self, what: &str) -> Result<String, GgufFault> {
        let at = self.at;
        let bytes = self.text(what, MOST_NAME)?;
        String::from_utf8(bytes).map_err(|_| GgufFault::Wrong { at, what: format!("{what} is not UTF-8") })
    }

    fn text(&mut self, what: &str, most: u64) -> Result<Vec<u8>, GgufFault> {
        let at = self.at;
        let length = self.u64(what)?;
        if length > self.length - self.at {
            return Err(self.ends(&shown(what).to_string()));
        }
        if length > most {
            let what = format!("{} has {length} bytes", shown(what));
            return Err(GgufFault::TooMuch { at, what, most });
        }
        self.keep(what, length)?;
        // The length is bounded, and no more than is left of the file.
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.fill(what, &mut bytes)?;
        Ok(bytes)
    }

    fn keep(&mut self, what: &str, bytes: u64) -> Result<(), GgufFault> {
        self.kept = self.kept.saturating_add(bytes);
        if self.kept > MOST_KEPT {
            let what = format!("with {} the header has more than can be kept", shown(what));
            return Err(GgufFault::TooMuch { at: self.at, what, most: MOST_KEPT });
        }
        Ok(())
    }

    fn skip(&mut self, what: &str, bytes: u64) -> Result<(), GgufFault> {
        if bytes > self.length - self.at {
            return Err(self.ends(&shown(what).to_string()));
        }
        let offset = i64::try_from(bytes).map_err(|_| self.ends(&shown(what).to_string()))?;
        self.reader.seek_relative(offset).map_err(GgufFault::Io)?;
        self.at += bytes;
        Ok(())
    }

    fn u32(&mut self, what: &str) -> Result<u32, GgufFault> {
        Ok(u32::from_le_bytes(self.bytes(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64, GgufFault> {
        Ok(u64::from_le_bytes(self.bytes(what)?))
    }

    fn bytes<const LENGTH: usize>(&mut self, what: &str) -> Result<[u8; LENGTH], GgufFault> {
        let mut bytes = [0; LENGTH];
        self.fill(what, &mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, what: &str, bytes: &mut [u8]) -> Result<(), GgufFault> {
        match self.reader.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(self.ends(&shown(what).to_string()));
            }
            result => result.map_err(GgufFault::Io)?,
        }
        self.at += bytes.len() as u64;
        // A file that grows while it is read.
        self.length = self.length.max(self.at);
        Ok(())
    }

    fn ends(&self, within: &str) -> GgufFault {
        GgufFault::Ends { at: self.at, within: within.to_owned() }
    }
}
