//! The part of Thrift's compact protocol that Parquet files use: walked over without building anything, so that what a
//! file says of itself can be checked before it is believed.
//!
//! Only what every writer writes is accepted: fields in ascending order, each of the type that the format gives it, no
//! sets, maps and lists of booleans, and no deeper nesting than a format without recursion needs. The reader of the
//! `parquet` crate does not look at the types of fields that it knows; this way, both see the same.

use std::io::{self, ErrorKind, Read};

/// How deeply structures may be nested. Parquet's have six levels.
const DEEPEST: usize = 16;

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// `true` or `false`, within the head of its field.
    Bool,
    /// One byte.
    Byte,
    /// An integer of any width: all are written alike.
    Integer,
    /// Text or bytes after their length.
    Binary,
    /// A structure of these fields, by number. Others are passed over.
    Struct(&'static [(i16, Shape)]),
    /// A list.
    List(&'static Shape),
    /// Something that is refused, such as encryption.
    Refused,
}

/// What a visitor is told on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThriftEvent {
    /// A list of this many items begins.
    List(u64),
    /// An integer.
    Integer(i64),
    /// A boolean.
    Bool(bool),
    /// A structure ended.
    End,
}

/// Walks over one structure.
pub(super) struct Walker<R, V> {
    reader: R,
    /// How many bytes may still be read.
    left: u64,
    visit: V,
}

/// The numbers of the fields that lead to a value, outermost first.
type Path = Vec<i16>;

impl<R: Read, V: FnMut(&[i16], ThriftEvent) -> io::Result<()>> Walker<R, V> {
    /// Walks over a structure of this shape and tells `visit` what is in it, with the numbers of the fields that lead
    /// there. Returns how many bytes it takes.
    ///
    /// # Errors
    ///
    /// Those of the reader and of `visit`; when it is not of that shape or longer than `limit` bytes.
    pub(super) fn walk(reader: R, limit: u64, shape: &'static [(i16, Shape)], visit: V) -> io::Result<u64> {
        let mut walker = Walker { reader, left: limit, visit };
        walker.structure(shape, &mut Path::new())?;
        Ok(limit - walker.left)
    }

    fn structure(&mut self, fields: &'static [(i16, Shape)], path: &mut Path) -> io::Result<()> {
        if path.len() == DEEPEST {
            return Err(malformed("structures are nested too deep"));
        }
        let mut last = 0_i16;
        loop {
            let head = self.byte()?;
            let (kind, delta) = (head & 0x0f, i16::from(head >> 4));
            if kind == 0 {
                return (self.visit)(path, ThriftEvent::End);
            }
            if delta == 0 {
                return Err(malformed("fields are out of order"));
            }
            last = last.checked_add(delta).ok_or_else(|| malformed("a field's number is too large"))?;
            path.push(last);
            match fields.iter().find(|(number, _)| *number == last) {
                Some((_, shape)) => self.value(kind, *shape, path)?,
                None => self.unknown(kind, path.len())?,
            }
            path.pop();
        }
    }

    fn value(&mut self, kind: u8, shape: Shape, path: &mut Path) -> io::Result<()> {
        match (kind, shape) {
            (1 | 2, Shape::Bool) => (self.visit)(path, ThriftEvent::Bool(kind == 1)),
            (3, Shape::Byte) => self.byte().map(drop),
            (4..=6, Shape::Integer) => {
                let value = self.varint()?;
                let value = (value >> 1) as i64 ^ -((value & 1) as i64);
                (self.visit)(path, ThriftEvent::Integer(value))
            }
            (8, Shape::Binary) => self.binary(),
            (9, Shape::List(item)) => {
                let (kind, count) = self.list_head()?;
                (self.visit)(path, ThriftEvent::List(count))?;
                (0..count).try_for_each(|_| self.value(kind, *item, path))
            }
            (12, Shape::Struct(fields)) => self.structure(fields, path),
            _ => Err(malformed("a field is of another type than the format gives it")),
        }
    }

    /// Passes over a value of a field that is not known here.
    fn unknown(&mut self, kind: u8, depth: usize) -> io::Result<()> {
        if depth >= DEEPEST {
            return Err(malformed("structures are nested too deep"));
        }
        match kind {
            1 | 2 => Ok(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.pass_over(8),
            8 => self.binary(),
            9 => {
                let (kind, count) = self.list_head()?;
                (0..count).try_for_each(|_| self.unknown(kind, depth + 1))
            }
            12 => loop {
                match self.byte()? {
                    head if head & 0x0f == 0 => return Ok(()),
                    head if head >> 4 == 0 => return Err(malformed("fields are out of order")),
                    head => self.unknown(head & 0x0f, depth + 1)?,
                }
            },
            _ => Err(malformed("a field is of a type that the format does not use")),
        }
    }

    /// The type and number of a list's items. Each takes a byte at least.
    fn list_head(&mut self) -> io::Result<(u8, u64)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => count.into(),
        };
        let kind = head & 0x0f;
        if count > self.left || count > 0 && kind < 3 {
            return Err(malformed("a list is longer than what holds it, or one of booleans"));
        }
        Ok((kind, count))
    }

    fn binary(&mut self) -> io::Result<()> {
        let length = self.varint()?;
        self.pass_over(length)
    }

    fn pass_over(&mut self, length: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(length).ok_or_else(too_long)?;
        if io::copy(&mut self.reader.by_ref().take(length), &mut io::sink())? < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(malformed("a number is longer than 64 bits"))
    }

    fn byte(&mut self) -> io::Result<u8> {
        self.left = self.left.checked_sub(1).ok_or_else(too_long)?;
        let mut byte = [0];
        self.reader.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

fn too_long() -> io::Error {
    malformed("a structure is longer than what holds it")
}

/// The error of a Parquet file that is not as the format wants it.
pub(super) fn malformed(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("not a Parquet file as it should be: {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POINT: &[(i16, Shape)] = &[(1, Shape::Integer), (2, Shape::Bool)];
    const LINE: &[(i16, Shape)] =
        &[(1, Shape::List(&Shape::Struct(POINT))), (2, Shape::Binary), (4, Shape::Refused)];

    fn walk(bytes: &[u8], limit: u64) -> Result<(u64, Vec<(Path, ThriftEvent)>), String> {
        let mut events = Vec::new();
        let length = Walker::walk(bytes, limit, LINE, |path: &[i16], event| {
            events.push((path.to_vec(), event));
            Ok(())
        });
        length.map(|length| (length, events)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_structure_is_walked_over() {
        #[rustfmt::skip]
        let bytes = [
            // A list of two points, -2 and true, and one with nothing but a text that is not known.
            0x19, 0x2c,  0x15, 0x03, 0x11, 0x00,  0x38, 0x01, b'x', 0x00,
            // A text, a list of one double that is not known, and the end.
            0x18, 0x02, b'h', b'i',  0x19, 0x17, 1, 2, 3, 4, 5, 6, 7, 8,  0x00,
        ];
        let expected = vec![
            (vec![1], ThriftEvent::List(2)),
            (vec![1, 1], ThriftEvent::Integer(-2)),
            (vec![1, 2], ThriftEvent::Bool(true)),
            (vec![1], ThriftEvent::End),
            (vec![1], ThriftEvent::End),
            (vec![], ThriftEvent::End),
        ];
        let length = bytes.len() as u64;
        assert_eq!(walk(&[&bytes[..], &[0xff]].concat(), 100), Ok((length, expected)));
        assert!(walk(&bytes, length - 1).is_err(), "longer than allowed");
        assert!(walk(&bytes[..bytes.len() - 1], 100).is_err(), "cut off");
    }

    #[test]
    fn what_writers_do_not_write_is_refused() {
        for (bytes, message) in [
            (&[0x09, 0x02, 0x0c, 0x00][..], "out of order"),
            (&[0x15, 0x00, 0x00], "another type"),
            (&[0x19, 0x15, 0x00, 0x00], "another type"),
            (&[0x48, 0x00, 0x00], "another type"),
            (&[0x3a, 0x00, 0x00], "does not use"),
            (&[0x3b, 0x00, 0x00], "does not use"),
            (&[0x39, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00], "one of booleans"),
            (&[0x39, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00], "longer than what holds it"),
            (&[0x28, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00], "longer than what holds it"),
            (&[0x36, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "64 bits"),
            (&[0x3c; 100], "too deep"),
            (&[&[0x39][..], &[0x19; 100]].concat(), "too deep"),
        ] {
            let error = walk(bytes, 100).unwrap_err();
            assert!(error.contains(message), "{bytes:x?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_over_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok((length, _)) = walk(&bytes, 50) {
                prop_assert!(length <= 50);
            }
        }
    }
}
