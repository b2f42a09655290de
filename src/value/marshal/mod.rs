//! Python's marshal format, version 2, restricted to plain data.
//!
//! marshal is what CPython reads and writes fastest, but its reader trusts its input: hostile bytes can make it
//! build code objects or crash. So nothing that one cell wrote reaches another before [`decode`] accepted it here,
//! and what reaches it is written anew by [`encode`]. Type codes from the CPython documentation of `marshal` and by
//! writing values and looking at the bytes; version 2 has no references and no short forms.

#[cfg(test)]
mod tests;

use thiserror::Error;

use super::{BigInt, Children, Value};

/// Values nested deeper than this are refused; CPython's own writer stops at 2,000.
pub const MAX_DEPTH: usize = 2_000;

/// Data that would take more bytes of the host's memory than this, once it is read, is refused. The shortest value is
/// one byte in a cell and [`SLOT`] bytes here.
pub const MAX_MEMORY: usize = 128 << 20;

/// What a value takes where it stands, in bytes; what it holds besides is elsewhere.
const SLOT: usize = size_of::<Value>();

/// Why bytes are not plain data in marshal format.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MarshalError {
    /// The bytes end within a value.
    #[error("the data ends within a value, at byte {0}")]
    Truncated(usize),
    /// A type that is not plain data (a code object, say), or none at all.
    #[error("type code {code:#04x} at byte {at} is not plain data")]
    NotData {
        /// The code found.
        code: u8,
        /// Its offset.
        at: usize,
    },
    /// A length or digit out of its range.
    #[error("a length or digit at byte {0} is out of range")]
    OutOfRange(usize),
    /// More than [`MAX_DEPTH`] levels.
    #[error("the value is nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// More than [`MAX_MEMORY`].
    #[error("the value would take more than {} MiB of memory", MAX_MEMORY >> 20)]
    TooLarge,
    /// A text that is none, not even with lone surrogates.
    #[error("the text with its length at byte {0} is not in UTF-8")]
    NotText(usize),
    /// A set with an item, or a key of a dictionary, that Python would refuse there.
    #[error("the items or the key at byte {0} can not be hashed or holds what can not be")]
    Unhashable(usize),
    /// Bytes follow the value.
    #[error("{0} bytes follow the value")]
    Trailing(usize),
}

impl MarshalError {
    /// Whether the data was refused for its size or depth. Any other refusal is for its shape, which the guest's own
    /// code never writes.
    pub fn is_too_large(&self) -> bool {
        matches!(self, MarshalError::TooLarge | MarshalError::TooDeep)
    }
}

/// Reads one value that takes up all of `bytes`.
///
/// # Errors
///
/// Anything that is not plain data, well-formed and complete; and what is too large or nested too deep.
pub fn decode(bytes: &[u8]) -> Result<Value, MarshalError> {
    decode_within(bytes, MAX_MEMORY)
}

fn decode_within(bytes: &[u8], memory: usize) -> Result<Value, MarshalError> {
    let mut reader = Reader { bytes, at: 0, memory };
    let value = reader.value()?;
    match bytes.len() - reader.at {
        0 => Ok(value),
        rest => Err(MarshalError::Trailing(rest)),
    }
}

/// Writes a value. What [`decode`] read takes no more bytes here than it did there.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    append(value, &mut out);
    out
}

/// Writes a value part by part, so that one which is put together of others need not hold copies of them: they may be
/// large.
#[derive(Debug, Default)]
pub struct Parts {
    out: Vec<u8>,
}

impl Parts {
    /// Begins a tuple of this many values, which follow.
    pub fn tuple(&mut self, length: usize) -> &mut Parts {
        write_length(b'(', length, &mut self.out);
        self
    }

    /// Begins a list of this many values, which follow.
    pub fn list(&mut self, length: usize) -> &mut Parts {
        write_length(b'[', length, &mut self.out);
        self
    }

    /// Writes a value.
    pub fn value(&mut self, value: &Value) -> &mut Parts {
        append(value, &mut self.out);
        self
    }

    /// Writes a list of values.
    pub fn list_of(&mut self, values: &[Value]) -> &mut Parts {
        self.list(values.len());
        values.iter().for_each(|value| append(value, &mut self.out));
        self
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

fn append(value: &Value, out: &mut Vec<u8>) {
    let mut open: Vec<Children> = Vec::new();
    let mut next = Some(value);
    loop {
        match next {
            Some(value) => {
                write(value, out);
                open.extend(value.children());
            }
            None => match open.pop() {
                Some(Children::Entries { .. }) => out.push(b'0'),
                Some(Children::Items(_)) => {}
                None => return,
            },
        }
        next = open.last_mut().and_then(Iterator::next);
    }
}

/// What an allocation takes in bytes, its size being rounded up and kept beside it.
fn allocation(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { (bytes.saturating_add(8)).next_multiple_of(16).max(32) }
}

/// Collections that are being read are kept in a list, not on the machine's stack.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many more bytes of memory may be taken.
    memory: usize,
}

/// A value, and whether Python would take it as an element of a set or as a key.
struct Read {
    value: Value,
    hashable: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], MarshalError> {
        let end = self.at.checked_add(count).ok_or(MarshalError::OutOfRange(self.at))?;
        let taken = self.bytes.get(self.at..end).ok_or(MarshalError::Truncated(self.bytes.len()))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MarshalError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn int(&mut self) -> Result<i32, MarshalError> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn float(&mut self) -> Result<f64, MarshalError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn length(&mut self) -> Result<usize, MarshalError> {
        let at = self.at;
        usize::try_from(self.int()?).map_err(|_| MarshalError::OutOfRange(at))
    }

    /// Accounts for memory before it is taken.
    fn charge(&mut self, bytes: usize) -> Result<(), MarshalError> {
        self.memory = self.memory.checked_sub(bytes).ok_or(MarshalError::TooLarge)?;
        Ok(())
    }

    /// A copy of that many bytes.
    fn copy(&mut self, length: usize) -> Result<Vec<u8>, MarshalError> {
        let taken = self.take(length)?;
        self.charge(allocation(length))?;
        Ok(taken.to_vec())
    }

    /// Reads a value with all that it holds.
    fn value(&mut self) -> Result<Value, MarshalError> {
        self.charge(SLOT)?;
        let mut open: Vec<Open> = Vec::new();
        loop {
            if open.len() > MAX_DEPTH {
                return Err(MarshalError::TooDeep);
            }
            let at = self.at;
            let [code] = self.array()?;
            let mut read = match code {
                b'0' => match open.pop() {
                    Some(Open::Dict { entries, key: None, .. }) => {
                        Read { value: Value::Dict(entries), hashable: false }
                    }
                    _ => return Err(MarshalError::NotData { code, at }),
                },
                b'[' | b'(' | b'<' | b'>' => {
                    open.push(self.sequence(code)?);
                    match open.pop_if(|begun| begun.is_complete()) {
                        Some(empty) => empty.finish(),
                        None => continue,
                    }
                }
                b'{' => {
                    open.push(Open::Dict { entries: Vec::new(), key: None, at: self.at });
                    continue;
                }
                _ => Read { value: self.plain(code, at)?, hashable: true },
            };
            // What is complete goes into what it stands in, which may be complete then.
            loop {
                let Some(innermost) = open.last_mut() else { return Ok(read.value) };
                innermost.add(read, self)?;
                match open.pop_if(|innermost| innermost.is_complete()) {
                    Some(complete) => read = complete.finish(),
                    None => break,
                }
            }
        }
    }

    /// The beginning of a list, tuple or set.
    fn sequence(&mut self, code: u8) -> Result<Open, MarshalError> {
        let at = self.at;
        let length = self.length()?;
        // An item takes at least one byte.
        if length > self.bytes.len() - self.at {
            return Err(MarshalError::Truncated(self.bytes.len()));
        }
        self.charge(allocation(length.saturating_mul(SLOT)))?;
        Ok(Open::Sequence { code, at, items: Vec::with_capacity(length), length, hashable: true })
    }

    /// A value that holds no others.
    fn plain(&mut self, code: u8, at: usize) -> Result<Value, MarshalError> {
        Ok(match code {
            b'N' => Value::None,
            b'.' => Value::Ellipsis,
            b'T' => Value::Bool(true),
            b'F' => Value::Bool(false),
            b'i' => Value::Int(self.int()?.into()),
            b'l' => self.big_int()?,
            b'g' => Value::Float(self.float()?),
            b'y' => Value::Complex(self.float()?, self.float()?),
            b'u' => self.text()?,
            b's' => {
                let length = self.length()?;
                Value::Bytes(self.copy(length)?)
            }
            code => return Err(MarshalError::NotData { code, at }),
        })
    }

    fn text(&mut self) -> Result<Value, MarshalError> {
        let at = self.at;
        let length = self.length()?;
        Value::text_of(self.copy(length)?).ok_or(MarshalError::NotText(at))
    }

    fn big_int(&mut self) -> Result<Value, MarshalError> {
        let at = self.at;
        let signed = self.int()?;
        let count = signed.unsigned_abs() as usize;
        let digits = self.take(count.checked_mul(2).ok_or(MarshalError::OutOfRange(at))?)?;
        let digits = digits.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        if digits.clone().any(|digit| digit >= 1 << 15) || digits.clone().next_back() == Some(0) {
            return Err(MarshalError::OutOfRange(at));
        }
        let negative = signed < 0;
        if count <= 5 {
            let magnitude = digits.clone().rev().fold(0i128, |sum, digit| sum << 15 | i128::from(digit));
            if let Ok(small) = i64::try_from(if negative { -magnitude } else { magnitude }) {
                return Ok(Value::Int(small));
            }
        }
        self.charge(allocation(2 * count))?;
        Ok(Value::BigInt(BigInt { negative, digits: digits.collect() }))
    }
}

/// A collection of which some items are read.
enum Open {
    /// A list, tuple or set, by its type code.
    Sequence {
        code: u8,
        /// Where its length stands.
        at: usize,
        items: Vec<Value>,
        length: usize,
        /// All items so far can be hashed.
        hashable: bool,
    },
    Dict {
        entries: Vec<(Value, Value)>,
        /// The key whose value comes next.
        key: Option<Value>,
        /// Where the next key stands.
        at: usize,
    },
}

impl Open {
    fn is_complete(&self) -> bool {
        match self {
            Open::Sequence { items, length, .. } => items.len() == *length,
            Open::Dict { .. } => false, // a mark ends it
        }
    }

    /// Adds the next item, key or value.
    fn add(&mut self, read: Read, reader: &mut Reader) -> Result<(), MarshalError> {
        match self {
            Open::Sequence { code, at, items, hashable, .. } => {
                if !read.hashable && matches!(code, b'<' | b'>') {
                    return Err(MarshalError::Unhashable(*at));
                }
                *hashable &= read.hashable;
                items.push(read.value);
            }
            Open::Dict { entries, key, at } => match key.take() {
                None if !read.hashable => return Err(MarshalError::Unhashable(*at)),
                None => *key = Some(read.value),
                Some(key) => {
                    if entries.len() == entries.capacity() {
                        // How many there will be is not known, so there is room for twice as many each time.
                        let more = (2 * entries.len()).max(4);
                        reader.charge(allocation(2 * SLOT * more) - allocation(2 * SLOT * entries.len()))?;
                        entries.reserve_exact(more - entries.len());
                    }
                    entries.push((key, read.value));
                    *at = reader.at;
                }
            },
        }
        Ok(())
    }

    fn finish(self) -> Read {
        match self {
            Open::Sequence { code: b'[', items, .. } => Read { value: Value::List(items), hashable: false },
            Open::Sequence { code: b'(', items, hashable, .. } => {
                Read { value: Value::Tuple(items), hashable }
            }
            Open::Sequence { code: b'<', items, .. } => Read { value: Value::Set(items), hashable: false },
            Open::Sequence { items, .. } => Read { value: Value::FrozenSet(items), hashable: true },
            Open::Dict { entries, .. } => Read { value: Value::Dict(entries), hashable: false },
        }
    }
}

/// Writes a value, or what stands before that which it holds.
fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.push(b'N'),
        Value::Ellipsis => out.push(b'.'),
        Value::Bool(true) => out.push(b'T'),
        Value::Bool(false) => out.push(b'F'),
        Value::Int(int) => match i32::try_from(*int) {
            Ok(small) => {
                out.push(b'i');
                out.extend(small.to_le_bytes());
            }
            Err(_) => {
                let mut digits = Vec::with_capacity(5);
                let mut rest = int.unsigned_abs();
                while rest > 0 {
                    digits.push((rest & 0x7fff) as u16);
                    rest >>= 15;
                }
                write_digits(*int < 0, &digits, out);
            }
        },
        Value::BigInt(int) => write_digits(int.negative, &int.digits, out),
        Value::Float(float) => {
            out.push(b'g');
            out.extend(float.to_le_bytes());
        }
        Value::Complex(real, imaginary) => {
            out.push(b'y');
            out.extend(real.to_le_bytes());
            out.extend(imaginary.to_le_bytes());
        }
        Value::Str(text) => write_bytes(b'u', text.as_bytes(), out),
        Value::SurrogateStr(bytes) => write_bytes(b'u', bytes, out),
        Value::Bytes(bytes) => write_bytes(b's', bytes, out),
        Value::List(items) => write_length(b'[', items.len(), out),
        Value::Tuple(items) => write_length(b'(', items.len(), out),
        Value::Set(items) => write_length(b'<', items.len(), out),
        Value::FrozenSet(items) => write_length(b'>', items.len(), out),
        Value::Dict(_) => out.push(b'{'),
    }
}

fn write_length(code: u8, length: usize, out: &mut Vec<u8>) {
    out.push(code);
    // Lengths come from a guest's memory of at most 4 GiB through `decode`, which only accepts 31 bits.
    out.extend(i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes());
}

fn write_bytes(code: u8, bytes: &[u8], out: &mut Vec<u8>) {
    write_length(code, bytes.len(), out);
    out.extend(bytes);
}

fn write_digits(negative: bool, digits: &[u16], out: &mut Vec<u8>) {
    out.push(b'l');
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    out.extend((if negative { -count } else { count }).to_le_bytes());
    for digit in digits {
        out.extend(digit.to_le_bytes());
    }
}
