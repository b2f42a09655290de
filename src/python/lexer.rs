//! The lexer: where each piece of a text ends, and what it is.

use super::words::{begins_word, is_string_prefix, is_word_part, word_length};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// One character of white space that ends no line.
    Blank,
    /// The line feed.
    LineEnd,
    /// A backslash, with the end of the line behind it if there is one.
    Backslash,
    /// A comment, up to the end of its line.
    Comment,
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A string of any sort, from its prefix to its last quote, formatted ones with all that they hold.
    Text {
        /// The quote of which three are missing at the end of the text.
        open: Option<u8>,
    },
    /// An operator, a bracket, or another character that is nothing else.
    Operator,
}

/// What a text is read as. Readers differ in what a number is and in what braces hold; the rest is the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A program. `1.` and `.5` are numbers, and the braces of a formatted string hold strings.
    Program,
    /// What may be prose. A final point is no part of a number, so that a numbered list can be told; an apostrophe in
    /// braces opens nothing, for what follows it would be lost.
    Answer,
    /// What a page colours. A number goes on while there are letters, digits and points.
    Listing,
}

/// Operators of several characters, the longer ones first.
const OPERATORS: [&str; 25] = [
    "**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "<>",
];

/// The pieces of a text from byte `at` on, each with where it begins and where it ends. Together they are the text.
pub(crate) fn pieces(text: &str, at: usize, reading: Reading) -> Pieces<'_> {
    Pieces { text, at, reading }
}

/// What [`pieces`] returns.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'a> {
    text: &'a str,
    at: usize,
    reading: Reading,
}

impl Iterator for Pieces<'_> {
    type Item = (Piece, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.at..];
        let (piece, length) = piece(rest, rest.chars().next()?, self.reading);
        let start = self.at;
        self.at += length;
        Some((piece, start, self.at))
    }
}

/// The piece that a text begins with, and its length in bytes.
fn piece(rest: &str, first: char, reading: Reading) -> (Piece, usize) {
    let bytes = rest.as_bytes();
    match first {
        '\n' => (Piece::LineEnd, 1),
        '#' => (Piece::Comment, rest.find('\n').unwrap_or(rest.len())),
        '\\' => {
            let line_end = ["\r\n", "\n"].into_iter().find(|end| rest[1..].starts_with(end));
            (Piece::Backslash, 1 + line_end.map_or(0, str::len))
        }
        '"' | '\'' => string(bytes, 0, false),
        _ if first.is_whitespace() => (Piece::Blank, first.len_utf8()),
        _ if begins_number(bytes, reading) => (Piece::Number, number_end(rest, reading)),
        _ if begins_word(first) || (reading == Reading::Listing && is_word_part(first)) => {
            let (word, after) = rest.split_at(word_length(rest));
            if is_string_prefix(word) && after.starts_with(['"', '\'']) {
                let formatted = word.bytes().any(|byte| b"fFtT".contains(&byte));
                string(bytes, word.len(), formatted && reading == Reading::Program)
            } else {
                (Piece::Word, word.len())
            }
        }
        _ => {
            let several = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
            (Piece::Operator, several.map_or(first.len_utf8(), |operator| operator.len()))
        }
    }
}

/// The string whose quote is at `from`, and its end. One that is not closed ends with its line, or, if it has three
/// quotes, with the text.
fn string(bytes: &[u8], from: usize, formatted: bool) -> (Piece, usize) {
    let quote = bytes[from];
    let triple = bytes[from..].starts_with(&[quote; 3]);
    let end = if triple {
        close(bytes, from + 3, &[quote; 3], formatted)
    } else {
        close(bytes, from + 1, &[quote], formatted)
    };
    let open = (triple && end.is_none()).then_some(quote);
    (Piece::Text { open }, end.unwrap_or(bytes.len()))
}

/// The end of a string in three quotes that was open before this text; none if it is open still.
pub(super) fn open_string_end(text: &str, quote: u8) -> Option<usize> {
    close(text.as_bytes(), 0, &[quote; 3], false)
}

/// Where the string ends that `closing` closes: behind that, or, with one quote, before the end of the line.
fn close(bytes: &[u8], from: usize, closing: &[u8], formatted: bool) -> Option<usize> {
    let mut at = from;
    // Of a formatted string: how many braces are open.
    let mut braces = 0_u32;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if closing.len() == 1 => return Some(at),
            _ if bytes[at..].starts_with(closing) => return Some(at + closing.len()),
            b'{' if formatted && braces == 0 && bytes.get(at + 1) == Some(&b'{') => at += 1,
            b'{' if formatted => braces += 1,
            b'}' if formatted => braces = braces.saturating_sub(1),
            inner @ (b'"' | b'\'') if braces > 0 && inner != closing[0] => {
                at = string(bytes, at, false).1;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn begins_number(bytes: &[u8], reading: Reading) -> bool {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    is_digit(0) || (reading == Reading::Program && bytes[0] == b'.' && is_digit(1))
}

/// The end of `12`, `0x1F`, `1_000.5`, `1e-9`, `2j`. `1if x` and `0or 1` are legal and nobody writes them.
fn number_end(rest: &str, reading: Reading) -> usize {
    if reading == Reading::Listing {
        return rest.find(|one| !is_word_part(one) && one != '.').unwrap_or(rest.len());
    }
    let bytes = rest.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_hexadecimal = bytes.len() > 1 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X');
    let is_part = |at: usize| {
        let is_exponent = || matches!(bytes[at - 1], b'e' | b'E');
        match (bytes[at], reading) {
            (b'.', Reading::Program) => true,
            (b'.', _) => is_digit(at + 1),
            (b'+' | b'-', Reading::Program) => !is_hexadecimal && is_exponent(),
            (b'+' | b'-', _) => is_exponent() && is_digit(at + 1),
            (byte, _) => byte == b'_' || byte.is_ascii_alphanumeric(),
        }
    };
    (1..bytes.len()).find(|&at| !is_part(at)).unwrap_or(bytes.len())
}
