//! A value as a digest that is the same for all equal values, so that sets and dictionaries can be compared by sorting.
//!
//! What is digested may come from a hostile guest: each byte is digested once, however deep it lies, since what holds
//! a set or a long text takes the digest of that instead of its bytes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::slice::Iter;

use super::{Value, walk};

#[cfg(test)]
mod tests;

/// A digest: 32 bytes of BLAKE3, for which nobody can make two different values agree.
pub(crate) type Digest = [u8; blake3::OUT_LEN];

/// Longer texts are written as their digests.
const LONGEST_TEXT: usize = 64;

/// When two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// As Python's `==` says, except that NaN equals NaN: numbers by their value whatever their type, a set equals a
    /// frozen set.
    Python,
    /// Of the same types throughout, floats by their bits, except that any NaN is any NaN.
    Types,
}

/// The digest of a value. Two values have the same one exactly if they are equal in this sense.
pub(super) fn digest(value: &Value, sense: Sense) -> Digest {
    let mut writer = Writer { sense, out: Vec::new(), open: Vec::new() };
    writer.write(value);
    hash(&writer.out)
}

/// The values of a dictionary with the digests of their keys, in the order of these; of equal keys the last one counts.
pub(super) fn entries_by_key(entries: &[(Value, Value)], sense: Sense) -> Vec<(Digest, &Value)> {
    let digested = entries.iter().map(|(key, value)| (digest(key, sense), value)).collect();
    last_of_each_key(digested)
}

fn last_of_each_key<T>(mut entries: Vec<(Digest, T)>) -> Vec<(Digest, T)> {
    // Stable, so that of entries with one key the last written one is the first here, and the one that is kept.
    entries.reverse();
    entries.sort_by_key(|(key, _)| *key);
    entries.dedup_by(|later, kept| later.0 == kept.0);
    entries
}

/// Whether NaN is anywhere in a value, so that Python would not find it equal to a copy of itself.
pub(super) fn contains_nan(value: &Value) -> bool {
    walk::any(value, |value| match value {
        Value::Float(float) => float.is_nan(),
        Value::Complex(real, imaginary) => real.is_nan() || imaginary.is_nan(),
        _ => false,
    })
}

/// What makes a value one that Python refuses in a set or as a key: itself, or what it holds.
pub(super) fn unhashable(value: &Value) -> Option<&'static str> {
    // Only tuples are looked into: what is in a frozen set can be hashed.
    let mut open: Vec<Iter<Value>> = Vec::new();
    let mut next = Some(value);
    loop {
        match next {
            Some(Value::List(_)) => return Some("a list"),
            Some(Value::Set(_)) => return Some("a set"),
            Some(Value::Dict(_)) => return Some("a dictionary"),
            Some(Value::Tuple(items)) => open.push(items.iter()),
            Some(_) => {}
            None if open.pop().is_none() => return None,
            None => {}
        }
        next = open.last_mut().and_then(Iterator::next);
    }
}

/// The items without those that Python finds equal to an earlier one.
pub(super) fn unique(items: Vec<Value>) -> Vec<Value> {
    unique_keys(items.into_iter().map(|item| (item, Value::None)).collect())
        .into_iter()
        .map(|(item, _)| item)
        .collect()
}

/// The entries as a dictionary keeps them: of those with equal keys the first key and the last value.
pub(super) fn unique_keys(entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    if entries.len() < 2 {
        return entries; // sets within sets are not digested level by level where each is alone
    }
    let mut kept: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
    let mut places: HashMap<Digest, usize> = HashMap::new();
    for (key, value) in entries {
        if contains_nan(&key) {
            kept.push((key, value)); // equal to nothing
            continue;
        }
        match places.entry(digest(&key, Sense::Python)) {
            Entry::Occupied(place) => kept[*place.get()].1 = value,
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push((key, value));
            }
        }
    }
    kept
}

/// A number by its value. Equal numbers are the same variant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    /// An integer that fits, `True`, `2.0` and `2+0j` among them.
    Int(i64),
    /// Any other integer, 1e300 among them.
    BigInt(num_bigint::BigInt),
    /// What is no integer: fractions, the infinities, NaN.
    Float(f64),
    /// A complex number whose imaginary part is not 0.
    Complex(f64, f64),
}

impl Number {
    /// The value as a number, if it is one.
    pub(super) fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Bool(bool) => Some(Number::Int(i64::from(*bool))),
            Value::Int(int) => Some(Number::Int(*int)),
            Value::BigInt(big) => Some(Number::from_big(big.into())),
            Value::Float(float) => Some(Number::from_float(*float)),
            Value::Complex(real, 0.0) => Some(Number::from_float(*real)),
            Value::Complex(real, imaginary) => Some(Number::Complex(*real, *imaginary)),
            _ => None,
        }
    }

    fn from_big(integer: num_bigint::BigInt) -> Number {
        i64::try_from(&integer).map_or(Number::BigInt(integer), Number::Int)
    }

    fn from_float(float: f64) -> Number {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2⁶³, which i64 just lacks
        if float.fract() != 0.0 || !float.is_finite() {
            Number::Float(float)
        } else if (-LIMIT..LIMIT).contains(&float) {
            Number::Int(float as i64)
        } else {
            num_traits::FromPrimitive::from_f64(float).map_or(Number::Float(float), Number::BigInt)
        }
    }
}

/// The bits, the same for every NaN.
pub(super) fn bits(float: f64) -> u64 {
    if float.is_nan() { f64::NAN.to_bits() } else { float.to_bits() }
}

fn hash(bytes: &[u8]) -> Digest {
    #[cfg(test)]
    work::add(bytes.len());
    *blake3::hash(bytes).as_bytes()
}

/// Writes a value so that equal values, and no others, are the same bytes. Each variant begins with a code and says its
/// length, so that no two sequences of values are the same bytes either.
struct Writer<'a> {
    sense: Sense,
    out: Vec<u8>,
    open: Vec<Open<'a>>,
}

/// A collection that is being written.
enum Open<'a> {
    /// A list or tuple.
    Items(Iter<'a, Value>),
    Set {
        code: u8,
        items: Iter<'a, Value>,
        members: Members,
    },
    /// The keys of a dictionary, which come first, to be sorted.
    Keys {
        entries: &'a [(Value, Value)],
        members: Members,
    },
    /// The values of a dictionary, each behind the digest of its key.
    Values(std::vec::IntoIter<(Digest, &'a Value)>),
}

/// Members of a set, or keys, of which only the digests stay.
#[derive(Default)]
struct Members {
    digests: Vec<Digest>,
    /// Where the one begins that is being written.
    begins: Option<usize>,
}

impl Members {
    /// Puts the digest of the member that was just written in its place.
    fn close(&mut self, out: &mut Vec<u8>) {
        if let Some(begins) = self.begins.take() {
            self.digests.push(hash(&out[begins..]));
            out.truncate(begins);
        }
    }
}

impl<'a> Writer<'a> {
    fn write(&mut self, value: &'a Value) {
        let mut next = Some(value);
        loop {
            match next {
                Some(value) => self.begin(value),
                None if self.open.pop().is_none() => return,
                None => {}
            }
            next = self.next();
        }
    }

    /// Writes a value, or what stands before that which it holds.
    fn begin(&mut self, value: &'a Value) {
        match value {
            Value::List(items) => self.begin_items(b'[', items),
            Value::Tuple(items) => self.begin_items(b'(', items),
            Value::Set(items) => self.begin_set(b'<', items),
            Value::FrozenSet(items) if self.sense == Sense::Python => self.begin_set(b'<', items),
            Value::FrozenSet(items) => self.begin_set(b'>', items),
            Value::Dict(entries) => self.open.push(Open::Keys { entries, members: Members::default() }),
            plain => write_plain(plain, self.sense, &mut self.out),
        }
    }

    fn begin_items(&mut self, code: u8, items: &'a [Value]) {
        write_length(code, items.len(), &mut self.out);
        self.open.push(Open::Items(items.iter()));
    }

    fn begin_set(&mut self, code: u8, items: &'a [Value]) {
        self.open.push(Open::Set { code, items: items.iter(), members: Members::default() });
    }

    /// What comes next of the innermost collection. Where nothing does, all of it is written.
    fn next(&mut self) -> Option<&'a Value> {
        let innermost = self.open.last_mut()?;
        match innermost {
            Open::Items(items) => items.next(),
            Open::Set { code, items, members } => {
                members.close(&mut self.out);
                let next = items.next();
                match next {
                    Some(_) => members.begins = Some(self.out.len()),
                    None => {
                        members.digests.sort_unstable();
                        members.digests.dedup(); // what a guest wrote need not be a set
                        write_length(*code, members.digests.len(), &mut self.out);
                        self.out.extend(members.digests.as_flattened());
                    }
                }
                next
            }
            Open::Keys { entries, members } => {
                members.close(&mut self.out);
                if let Some((key, _)) = entries.get(members.digests.len()) {
                    members.begins = Some(self.out.len());
                    return Some(key);
                }
                let entries: &'a [(Value, Value)] = entries;
                let values = entries.iter().map(|(_, value)| value);
                let digests = std::mem::take(&mut members.digests);
                let by_key = last_of_each_key(digests.into_iter().zip(values).collect());
                write_length(b'{', by_key.len(), &mut self.out);
                *innermost = Open::Values(by_key.into_iter());
                self.next()
            }
            Open::Values(entries) => {
                let (key, value) = entries.next()?;
                self.out.extend(key);
                Some(value)
            }
        }
    }
}

/// Writes what holds no other values.
fn write_plain(value: &Value, sense: Sense, out: &mut Vec<u8>) {
    match value {
        Value::Str(text) => write_text(b's', text.as_bytes(), out),
        Value::SurrogateStr(text) => write_text(b's', text, out),
        Value::Bytes(bytes) => write_text(b'b', bytes, out),
        Value::Ellipsis => out.push(b'.'),
        other => match sense {
            Sense::Python => write_number(other, out),
            Sense::Types => write_typed_number(other, out),
        },
    }
}

/// Writes a number by its value, or `None`, which is the only thing here that is none.
fn write_number(value: &Value, out: &mut Vec<u8>) {
    match Number::of(value) {
        None => out.push(b'N'),
        Some(Number::Int(int)) => write_fixed(b'i', &[int as u64], out),
        Some(Number::BigInt(big)) => write_text(b'I', &big.to_signed_bytes_le(), out),
        Some(Number::Float(float)) => write_fixed(b'f', &[bits(float)], out),
        // Adding 0 makes 0 of -0.
        Some(Number::Complex(real, imaginary)) => {
            write_fixed(b'c', &[bits(real + 0.0), bits(imaginary)], out);
        }
    }
}

fn write_typed_number(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Bool(bool) => out.push(if *bool { b'T' } else { b'F' }),
        Value::Float(float) => write_fixed(b'f', &[bits(*float)], out),
        Value::Complex(real, imaginary) => write_fixed(b'c', &[bits(*real), bits(*imaginary)], out),
        integer => write_number(integer, out),
    }
}

fn write_fixed(code: u8, words: &[u64], out: &mut Vec<u8>) {
    out.push(code);
    for word in words {
        out.extend(word.to_le_bytes());
    }
}

fn write_length(code: u8, length: usize, out: &mut Vec<u8>) {
    out.push(code);
    out.extend((length as u64).to_le_bytes());
}

/// Writes a text, or, behind the same length, the digest of a long one.
fn write_text(code: u8, text: &[u8], out: &mut Vec<u8>) {
    write_length(code, text.len(), out);
    if text.len() > LONGEST_TEXT { out.extend(hash(text)) } else { out.extend(text) }
}

/// Counts the bytes that are digested, which are all that comparing copies, so that tests can tell the work from the
/// time.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local!(static DIGESTED: Cell<usize> = const { Cell::new(0) });

    pub(super) fn add(bytes: usize) {
        DIGESTED.set(DIGESTED.get() + bytes);
    }

    /// How many bytes are digested on this thread while something is done.
    pub(crate) fn of<T>(done: impl FnOnce() -> T) -> (T, usize) {
        let before = DIGESTED.get();
        let result = done();
        (result, DIGESTED.get() - before)
    }
}
