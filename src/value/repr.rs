//! Values as CPython's `repr` prints them.

use std::fmt::{self, Write};

use super::integer::MAX_DECIMAL_DIGITS;
use super::pieces::{Direction, PrintedPiece, Whole, pieces};
use super::{BigInt, Value, generalised, integer};

impl Value {
    /// The value as CPython's `repr` prints it; [`Value::parse_literal`] reads it back. Only integers of more than
    /// 4,300 digits, which CPython refuses to print, are in hexadecimal.
    pub fn repr(&self) -> String {
        let mut out = String::new();
        write(self.into(), &mut out).expect("a String takes all that is written");
        out
    }

    /// The [`repr`](Self::repr) in at most `limit` characters, the middle being replaced by `…` where it is longer.
    /// Time and memory are bounded by the limit, not by the value, except that the quotes of a text depend on all of
    /// it.
    pub fn repr_short(&self, limit: usize) -> String {
        short(self.into(), limit)
    }

    /// The [`repr_short`](Self::repr_short) of the list that these would be the items of.
    pub fn list_repr_short(items: &[Value], limit: usize) -> String {
        short(Whole::List(items), limit)
    }
}

fn short(whole: Whole<'_>, limit: usize) -> String {
    let mut start = Start { text: String::new(), room: limit };
    if write(whole, &mut start).is_ok() {
        return start.text;
    }
    let kept = limit.saturating_sub(1);
    let end_length = kept / 2;
    let start = start.text.chars().take(kept - end_length);
    start.chain(['…']).chain(end(whole, end_length)).collect()
}

/// Takes the first characters of what is written and refuses more.
struct Start {
    text: String,
    /// How many more it takes.
    room: usize,
}

impl Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.room = self.room.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

/// The last characters of a value that is longer, found from its end.
fn end(whole: Whole<'_>, length: usize) -> Vec<char> {
    let mut reversed = Vec::with_capacity(length);
    for piece in pieces(whole, Direction::Backward) {
        if reversed.len() >= length {
            break;
        }
        match piece {
            PrintedPiece::Text(text) => reversed.extend(text.chars().rev()),
            PrintedPiece::Plain(plain) => reversed.extend(end_of_plain(plain, length).chars().rev()),
        }
    }
    reversed.truncate(length);
    reversed.reverse();
    reversed
}

/// At least the last `length` characters of what holds no other values, or all.
fn end_of_plain(value: &Value, length: usize) -> String {
    let mut out = String::new();
    // Each character, byte or digit is written as one character or more.
    let written = match value {
        Value::Str(text) if text.len() > 4 * length => {
            write_characters(generalised::end(text.as_bytes(), length), quote_for(text.as_bytes()), &mut out)
        }
        Value::SurrogateStr(text) if text.len() > 4 * length => {
            write_characters(generalised::end(text, length), quote_for(text), &mut out)
        }
        Value::Bytes(bytes) if bytes.len() > length => {
            write_byte_characters(&bytes[bytes.len() - length..], quote_for(bytes), &mut out)
        }
        Value::BigInt(big) if integer::hexadecimal_length(big) > length.max(MAX_DECIMAL_DIGITS) => {
            let reversed: Vec<char> = integer::hexadecimal(big).rev().take(length).collect();
            out.extend(reversed.into_iter().rev());
            Ok(())
        }
        short => write_plain(short, &mut out),
    };
    written.expect("a String takes all that is written");
    out
}

fn write(whole: Whole<'_>, out: &mut impl Write) -> fmt::Result {
    pieces(whole, Direction::Forward).try_for_each(|piece| match piece {
        PrintedPiece::Text(text) => out.write_str(text),
        PrintedPiece::Plain(plain) => write_plain(plain, out),
    })
}

/// Writes what holds no other values.
fn write_plain(value: &Value, out: &mut impl Write) -> fmt::Result {
    match value {
        Value::None => out.write_str("None"),
        Value::Ellipsis => out.write_str("Ellipsis"),
        Value::Bool(true) => out.write_str("True"),
        Value::Bool(false) => out.write_str("False"),
        Value::Int(int) => write!(out, "{int}"),
        Value::BigInt(big) => write_big(big, out),
        Value::Float(float) => out.write_str(&float_text(*float, ".0")),
        Value::Complex(real, imaginary) => write_complex(*real, *imaginary, out),
        Value::Str(text) => write_text(text.as_bytes(), out),
        Value::SurrogateStr(text) => write_text(text, out),
        Value::Bytes(bytes) => {
            let quote = quote_for(bytes);
            write!(out, "b{quote}")?;
            write_byte_characters(bytes, quote, out)
        }
        Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::FrozenSet(_) | Value::Dict(_) => Ok(()),
    }
}

fn write_big(big: &BigInt, out: &mut impl Write) -> fmt::Result {
    if let Some(decimal) = integer::decimal(big) {
        return out.write_str(&decimal);
    }
    out.write_str(if big.negative { "-0x" } else { "0x" })?;
    integer::hexadecimal(big).try_for_each(|digit| out.write_char(digit))
}

/// The shortest decimal number that is read as this float, with an exponent below 1e-4 and from 1e16. `if_whole`
/// follows digits without point or exponent.
pub(super) fn float_text(float: f64, if_whole: &str) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = float.to_string();
        let suffix = if plain.contains('.') { "" } else { if_whole };
        format!("{plain}{suffix}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

fn write_complex(real: f64, imaginary: f64, out: &mut impl Write) -> fmt::Result {
    let imaginary_text = float_text(imaginary, "");
    if real == 0.0 && real.is_sign_positive() {
        return write!(out, "{imaginary_text}j");
    }
    let plus = if imaginary_text.starts_with('-') { "" } else { "+" };
    write!(out, "({}{plus}{imaginary_text}j)", float_text(real, ""))
}

/// The quote that a text is written in: the single one, unless only that one is in it.
fn quote_for(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

fn write_text(text: &[u8], out: &mut impl Write) -> fmt::Result {
    let quote = quote_for(text);
    out.write_char(quote)?;
    write_characters(text, quote, out)
}

/// The characters of a text and the quote that ends it.
fn write_characters(text: &[u8], quote: char, out: &mut impl Write) -> fmt::Result {
    for code in generalised::code_points(text) {
        match char::from_u32(code) {
            Some(character) => write_character(character, quote, out)?,
            None => write!(out, "\\u{code:04x}")?, // a surrogate
        }
    }
    out.write_char(quote)
}

fn write_character(character: char, quote: char, out: &mut impl Write) -> fmt::Result {
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        '\\' => out.write_str("\\\\"),
        _ if character == quote => write!(out, "\\{quote}"),
        ' '..='~' => out.write_char(character),
        _ if is_printable(character) => out.write_char(character),
        _ => match u32::from(character) {
            code @ ..0x100 => write!(out, "\\x{code:02x}"),
            code @ ..0x1_0000 => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        },
    }
}

/// Python's `str.isprintable` for a character beyond ASCII: not of the Unicode categories "other" and "separator".
/// The standard library escapes the same categories, and combining characters only where they begin a text.
fn is_printable(character: char) -> bool {
    let mut buffer = [0; 5];
    buffer[0] = b'a';
    let length = 1 + character.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(character))
}

/// What stands between the quotes of bytes, and the quote that ends them.
fn write_byte_characters(bytes: &[u8], quote: char, out: &mut impl Write) -> fmt::Result {
    for byte in bytes {
        match byte {
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            b'\\' => out.write_str("\\\\")?,
            _ if char::from(*byte) == quote => write!(out, "\\{quote}")?,
            b' '..=b'~' => out.write_char(char::from(*byte))?,
            _ => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char(quote)
}
