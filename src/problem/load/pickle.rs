//! The one shape of pickle that LiveCodeBench has: a single text. A pickle is a program for a machine with a stack; of
//! its instructions only those that `pickle.dumps` writes for a text are known here, protocols 0 to 5, so that nothing
//! is called, built or nested.

use std::io::{self, BufRead, ErrorKind, Read};

/// Why a pickle is not a single text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PickleFault {
    #[error("the instruction {0:#04x} at byte {1} is none of those that write a text")]
    Instruction(u8, u64),
    #[error("something other than the end follows the text, at byte {0}")]
    Trailing(u64),
    #[error("it ends before the text does")]
    CutOff,
    #[error("a malformed escape in the text, before byte {0}")]
    Escape(u64),
}

impl From<PickleFault> for io::Error {
    fn from(fault: PickleFault) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, fault)
    }
}

// The instructions, by the names and codes of Python's `pickletools`.
const PROTO: u8 = 0x80;
const FRAME: u8 = 0x95;
const UNICODE: u8 = b'V';
const SHORT_BINUNICODE: u8 = 0x8c;
const BINUNICODE: u8 = b'X';
const BINUNICODE8: u8 = 0x8d;
const PUT: u8 = b'p';
const BINPUT: u8 = b'q';
const LONG_BINPUT: u8 = b'r';
const MEMOIZE: u8 = 0x94;
const STOP: u8 = b'.';

/// The bytes of the text in a pickle, as they come; whether they are UTF-8 is not looked at. Reading ends with an error
/// where the pickle holds anything else.
#[derive(Debug)]
pub(super) struct PickledText<R> {
    reader: R,
    /// How many bytes of the pickle were taken.
    at: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Start,
    /// Within a text, of which this many bytes follow.
    Bytes(u64),
    /// Within a text of protocol 0, which ends with its line. What was decoded of it waits here.
    Line(Waiting),
    End,
}

/// Up to four bytes of UTF-8.
#[derive(Debug, Default)]
struct Waiting {
    bytes: [u8; 4],
    given: usize,
    length: usize,
}

impl<R: BufRead> PickledText<R> {
    /// The text in the pickle that a stream holds.
    pub(super) fn new(reader: R) -> PickledText<R> {
        PickledText { reader, at: 0, state: State::Start }
    }

    /// Passes over what comes before the text.
    fn start(&mut self) -> io::Result<State> {
        loop {
            match self.byte()? {
                PROTO => drop(self.byte()?),
                FRAME => drop(self.length(8)?),
                SHORT_BINUNICODE => return Ok(State::Bytes(self.length(1)?)),
                BINUNICODE => return Ok(State::Bytes(self.length(4)?)),
                BINUNICODE8 => return Ok(State::Bytes(self.length(8)?)),
                UNICODE => return Ok(State::Line(Waiting::default())),
                other => return Err(PickleFault::Instruction(other, self.at - 1).into()),
            }
        }
    }

    /// Checks that the text is what the pickle leaves.
    fn finish(&mut self) -> io::Result<()> {
        loop {
            match self.byte()? {
                STOP => break,
                FRAME => drop(self.length(8)?),
                MEMOIZE => {}
                BINPUT => drop(self.length(1)?),
                LONG_BINPUT => drop(self.length(4)?),
                PUT => while self.byte()? != b'\n' {},
                _ => return Err(PickleFault::Trailing(self.at - 1).into()),
            }
        }
        if !self.reader.fill_buf()?.is_empty() {
            return Err(PickleFault::Trailing(self.at).into());
        }
        self.state = State::End;
        Ok(())
    }

    /// A number of a few bytes, the least significant first.
    fn length(&mut self, bytes: u32) -> io::Result<u64> {
        (0..bytes).try_fold(0, |length, index| Ok(length | u64::from(self.byte()?) << (8 * index)))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = *self.reader.fill_buf()?.first().ok_or(PickleFault::CutOff)?;
        self.reader.consume(1);
        self.at += 1;
        Ok(byte)
    }

    /// The next character of a text of protocol 0: Latin-1, and others as `\uXXXX` and `\UXXXXXXXX`. Nothing at its
    /// end.
    fn character(&mut self) -> io::Result<Option<char>> {
        let digits = match self.byte()? {
            b'\n' => return Ok(None),
            b'\\' => match self.byte()? {
                b'u' => 4,
                b'U' => 8,
                _ => return Err(PickleFault::Escape(self.at).into()),
            },
            other => return Ok(Some(other.into())),
        };
        let mut code = 0;
        for _ in 0..digits {
            let digit = char::from(self.byte()?).to_digit(16).ok_or(PickleFault::Escape(self.at))?;
            code = code << 4 | digit;
        }
        Ok(Some(char::from_u32(code).ok_or(PickleFault::Escape(self.at))?))
    }
}

impl<R: BufRead> Read for PickledText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.state {
                _ if buffer.is_empty() => return Ok(0),
                State::Start => self.state = self.start()?,
                State::End => return Ok(0),
                State::Bytes(0) => self.finish()?,
                State::Bytes(left) => {
                    let most = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
                    let length = self.reader.read(&mut buffer[..most])?;
                    if length == 0 {
                        return Err(PickleFault::CutOff.into());
                    }
                    *left -= length as u64;
                    self.at += length as u64;
                    return Ok(length);
                }
                State::Line(waiting) if waiting.given < waiting.length => {
                    buffer[0] = waiting.bytes[waiting.given];
                    waiting.given += 1;
                    return Ok(1);
                }
                State::Line(_) => match self.character()? {
                    None => self.finish()?,
                    Some(character) => {
                        let mut bytes = [0; 4];
                        let length = character.encode_utf8(&mut bytes).len();
                        self.state = State::Line(Waiting { bytes, given: 0, length });
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn text(pickle: &[u8], capacity: usize) -> Result<String, String> {
        let mut text = String::new();
        let reader = BufReader::with_capacity(capacity, pickle);
        BufReader::with_capacity(7, PickledText::new(reader))
            .read_to_string(&mut text)
            .map(|_| text)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn texts_of_every_protocol_are_read() {
        // What CPython 3.11 gives for `pickle.dumps('[é\n\\€😀]', protocol)`.
        let expected = "[é\n\\€😀]";
        for pickle in [
            &b"V[\xe9\\u000a\\u005c\\u20ac\\U0001f600]\np0\n."[..],
            b"X\x0d\x00\x00\x00[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]q\x00.",
            b"\x80\x02X\x0d\x00\x00\x00[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]q\x00.",
            b"\x80\x03X\x0d\x00\x00\x00[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]q\x00.",
            b"\x80\x04\x95\x11\x00\x00\x00\x00\x00\x00\x00\x8c\x0d[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]\x94.",
            b"\x80\x05\x95\x11\x00\x00\x00\x00\x00\x00\x00\x8c\x0d[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]\x94.",
            b"\x80\x04\x8d\x0d\x00\x00\x00\x00\x00\x00\x00[\xc3\xa9\n\\\xe2\x82\xac\xf0\x9f\x98\x80]r\x00\x00\x00\x00.",
        ] {
            for capacity in [1, 3, 100] {
                assert_eq!(text(pickle, capacity).as_deref(), Ok(expected), "{pickle:x?}");
            }
        }
        assert_eq!(text(b"\x80\x04\x8c\x00.", 9).as_deref(), Ok(""));
        let long = [&b"\x80\x04X\xa0\x86\x01\x00"[..], &[b'x'; 100_000], b"\x94."].concat();
        assert_eq!(text(&long, 9), Ok("x".repeat(100_000)));
    }

    #[test]
    fn everything_else_is_refused_at_its_byte() {
        for (pickle, fault) in [
            (&b""[..], PickleFault::CutOff),
            (b"\x80", PickleFault::CutOff),
            (b"\x80\x04\x8c\x05abc", PickleFault::CutOff),
            (b"\x80\x04\x8c\x03abc", PickleFault::CutOff),
            (b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff", PickleFault::CutOff),
            (b"cbuiltins\nprint\n(tR.", PickleFault::Instruction(b'c', 0)),
            (b"\x80\x04(lp0\n.", PickleFault::Instruction(b'(', 2)),
            (b"I1\n.", PickleFault::Instruction(b'I', 0)),
            (b"\x80\x04\x8c\x01a\x8c\x01b.", PickleFault::Trailing(5)),
            (b"\x80\x04\x8c\x01a.\x80", PickleFault::Trailing(6)),
            (b"Va\\x41\n.", PickleFault::Escape(4)),
            (b"V\\ud800\n.", PickleFault::Escape(7)),
            (b"V\\u00g0\n.", PickleFault::Escape(6)),
        ] {
            assert_eq!(text(pickle, 4), Err(fault.to_string()), "{pickle:x?}");
        }
    }

    #[test]
    fn a_pickle_of_lists_in_lists_is_refused_at_the_first() {
        assert_eq!(text(&[b']'; 1_000_000], 64), Err(PickleFault::Instruction(b']', 0).to_string()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            start in proptest::sample::select(vec![&b""[..], b"\x80\x04", b"V", b"X\x02\x00\x00\x00", b"\x8c\x02"]),
            bytes in proptest::collection::vec(any::<u8>(), 0..30),
        ) {
            let mut text = Vec::new();
            let _ = PickledText::new(&[start, &bytes].concat()[..]).read_to_end(&mut text);
        }
    }
}
