//! Values as CPython's `repr` prints them.

use std::collections::VecDeque;
use std::fmt::{self, Write};

use super::{Value, generalised, integer};

impl Value {
    /// The value as CPython's `repr` prints it; [`Value::parse_literal`] reads it back. Only integers of more than
    /// 4,300 digits, which CPython refuses to print, are in hexadecimal.
    pub fn repr(&self) -> String {
        let mut out = String::new();
        write(self, &mut out).expect("a String takes all that is written");
        out
    }

    /// The [`repr`](Self::repr) in at most `limit` characters, the middle being replaced by `…` where it is longer.
    /// Memory use is bounded by the limit, not by the value.
    pub fn repr_short(&self, limit: usize) -> String {
        let mut out = Middle::new(limit);
        write(self, &mut out).expect("a sink takes all that is written");
        out.finish()
    }
}

/// Keeps the first and the last characters of what is written.
struct Middle {
    limit: usize,
    start: Vec<char>,
    end: VecDeque<char>,
    overflowed: bool,
}

impl Middle {
    fn new(limit: usize) -> Middle {
        Middle { limit, start: Vec::new(), end: VecDeque::new(), overflowed: false }
    }

    /// How many characters stand after the ellipsis.
    fn end_length(&self) -> usize {
        self.limit.saturating_sub(1) / 2
    }

    fn finish(self) -> String {
        let end_length = self.end_length();
        let start_length = self.limit.saturating_sub(1) - end_length;
        if !self.overflowed {
            return self.start.into_iter().collect();
        }
        let from = (self.start.len() + self.end.len()).saturating_sub(end_length);
        let mut short: String = self.start.iter().take(start_length).collect();
        short.push('…');
        short.extend(self.start.iter().chain(&self.end).skip(from));
        short
    }
}

impl Write for Middle {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.start.len() < self.limit {
                self.start.push(character);
                continue;
            }
            self.overflowed = true;
            self.end.push_back(character);
            if self.end.len() > self.end_length() {
                self.end.pop_front();
            }
        }
        Ok(())
    }
}

fn write(value: &Value, out: &mut impl Write) -> fmt::Result {
    match value {
        Value::None => out.write_str("None"),
        Value::Ellipsis => out.write_str("Ellipsis"),
        Value::Bool(true) => out.write_str("True"),
        Value::Bool(false) => out.write_str("False"),
        Value::Int(int) => write!(out, "{int}"),
        Value::BigInt(big) => out.write_str(&integer::to_text(big)),
        Value::Float(float) => out.write_str(&float_text(*float, ".0")),
        Value::Complex(real, imaginary) => write_complex(*real, *imaginary, out),
        Value::Str(text) => write_text(text.as_bytes(), out),
        Value::SurrogateStr(text) => write_text(text, out),
        Value::Bytes(bytes) => write_bytes(bytes, out),
        Value::List(items) => write_items("[", items, "]", out),
        Value::Tuple(items) if items.len() == 1 => write_items("(", items, ",)", out),
        Value::Tuple(items) => write_items("(", items, ")", out),
        Value::Set(items) if items.is_empty() => out.write_str("set()"),
        Value::Set(items) => write_items("{", items, "}", out),
        Value::FrozenSet(items) if items.is_empty() => out.write_str("frozenset()"),
        Value::FrozenSet(items) => write_items("frozenset({", items, "})", out),
        Value::Dict(entries) => {
            out.write_char('{')?;
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.write_str(", ")?;
                }
                write(key, out)?;
                out.write_str(": ")?;
                write(value, out)?;
            }
            out.write_char('}')
        }
    }
}

fn write_items(open: &str, items: &[Value], close: &str, out: &mut impl Write) -> fmt::Result {
    out.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write(item, out)?;
    }
    out.write_str(close)
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

fn write_bytes(bytes: &[u8], out: &mut impl Write) -> fmt::Result {
    let quote = quote_for(bytes);
    write!(out, "b{quote}")?;
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
