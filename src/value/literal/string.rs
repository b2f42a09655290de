//! Strings and bytes: quotes, prefixes, escape sequences, and the joining of adjacent literals.

use super::super::generalised;
use super::{Fault, LiteralFault, Parser, Value, fault_at};
use crate::python::word_length;

/// What a prefix says.
#[derive(Clone, Copy)]
struct Kind {
    bytes: bool,
    raw: bool,
}

impl Parser<'_> {
    /// One or several adjacent literals. The first begins here.
    pub(super) fn strings(&mut self) -> Result<Value, Fault> {
        let mut content = Vec::new();
        let mut is_bytes = None;
        while let Some(prefix) = self.string_prefix() {
            let start = self.at;
            let kind =
                kind_of(prefix).ok_or_else(|| fault_at(start, LiteralFault::Prefix(prefix.to_owned())))?;
            if *is_bytes.get_or_insert(kind.bytes) != kind.bytes {
                return Err(fault_at(start, LiteralFault::MixedStrings));
            }
            self.at += prefix.len();
            self.string(kind, start, &mut content)?;
            self.skip_blank();
        }
        Ok(if is_bytes == Some(true) { Value::Bytes(content) } else { generalised::text(content) })
    }

    /// What stands before the opening quote, if a string begins here.
    fn string_prefix(&self) -> Option<&str> {
        let rest = self.rest();
        let end = word_length(rest);
        rest[end..].starts_with(['"', '\'']).then_some(&rest[..end])
    }

    /// The rest of a literal, from its opening quote. `start` is where its prefix began.
    fn string(&mut self, kind: Kind, start: usize, content: &mut Vec<u8>) -> Result<(), Fault> {
        let rest = self.rest();
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote));
        let Some(quote) = quote else { return Err(self.expected("a quote")) };
        let is_long = quote.len() == 3;
        self.at += quote.len();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                return Ok(());
            }
            let Some(character) = rest.chars().next() else {
                return Err(fault_at(start, LiteralFault::UnterminatedString(quote)));
            };
            match character {
                '\\' if kind.raw => {
                    // The character after a backslash never ends a raw string, and the backslash stays.
                    self.at += 1;
                    content.push(b'\\');
                    match self.peek() {
                        Some('\r' | '\n') => self.new_line(content),
                        Some(next) => self.literal_character(next, kind, content)?,
                        None => {}
                    }
                }
                '\\' => self.escape(kind, content)?,
                '\r' | '\n' if is_long => self.new_line(content),
                '\r' | '\n' => return Err(fault_at(start, LiteralFault::UnterminatedString(quote))),
                _ => self.literal_character(character, kind, content)?,
            }
        }
    }

    /// A line's end within a string: Python reads all three kinds as a line feed.
    fn new_line(&mut self, content: &mut Vec<u8>) {
        self.at += if self.rest().starts_with("\r\n") { 2 } else { 1 };
        content.push(b'\n');
    }

    fn literal_character(&mut self, character: char, kind: Kind, content: &mut Vec<u8>) -> Result<(), Fault> {
        if kind.bytes && !character.is_ascii() {
            return Err(fault_at(self.at, LiteralFault::NotAscii(character)));
        }
        self.at += character.len_utf8();
        content.extend(character.encode_utf8(&mut [0; 4]).bytes());
        Ok(())
    }

    fn escape(&mut self, kind: Kind, content: &mut Vec<u8>) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        let Some(character) = self.peek() else { return Ok(()) }; // the loop reports the missing end
        let simple = match character {
            '\\' | '\'' | '"' => Some(character as u8),
            'a' => Some(0x07),
            'b' => Some(0x08),
            'f' => Some(0x0c),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(0x0b),
            _ => None,
        };
        if let Some(byte) = simple {
            self.at += 1;
            content.push(byte);
            return Ok(());
        }
        match character {
            '\r' | '\n' => {
                self.new_line(&mut Vec::new()); // the literal goes on in the next line
                Ok(())
            }
            '0'..='7' => {
                let code = self.digits(3, 8);
                if kind.bytes {
                    content.push(code as u8); // as Python does, the ninth bit is dropped
                } else {
                    generalised::push(code, content);
                }
                Ok(())
            }
            'x' => self.code_point(start, 2, "\\x must be followed by two hexadecimal digits", kind, content),
            'u' if !kind.bytes => {
                self.code_point(start, 4, "\\u must be followed by four hexadecimal digits", kind, content)
            }
            'U' if !kind.bytes => self.code_point(
                start,
                8,
                "\\U must be followed by eight hexadecimal digits, at most 0010ffff",
                kind,
                content,
            ),
            'N' if !kind.bytes => Err(fault_at(
                start,
                LiteralFault::Escape(
                    "names of characters (\\N{…}) are not known here; write \\u or \\U and the code",
                ),
            )),
            _ => {
                // No escape sequence: the backslash stays.
                content.push(b'\\');
                self.literal_character(character, kind, content)
            }
        }
    }

    /// A hexadecimal escape, from the letter after its backslash at `start`.
    fn code_point(
        &mut self,
        start: usize,
        length: usize,
        fault: &'static str,
        kind: Kind,
        content: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.at += 1;
        let first = self.at;
        let code = self.digits(length, 16);
        if self.at - first < length || code > 0x10_ffff {
            return Err(fault_at(start, LiteralFault::Escape(fault)));
        }
        if kind.bytes {
            content.push(code as u8); // two digits
        } else {
            generalised::push(code, content);
        }
        Ok(())
    }

    /// Takes digits of a base, at most eight, and gives their value.
    fn digits(&mut self, at_most: usize, radix: u32) -> u32 {
        let digits = self.rest().chars().take(at_most).map_while(|character| character.to_digit(radix));
        let (count, value) = digits.fold((0, 0), |(count, value), digit| (count + 1, value * radix + digit));
        self.at += count;
        value
    }
}

fn kind_of(prefix: &str) -> Option<Kind> {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "u" => Some(Kind { bytes: false, raw: false }),
        "r" => Some(Kind { bytes: false, raw: true }),
        "b" => Some(Kind { bytes: true, raw: false }),
        "br" | "rb" => Some(Kind { bytes: true, raw: true }),
        _ => None,
    }
}
