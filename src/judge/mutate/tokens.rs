//! Python's tokens with their places. Any text has tokens; what is not Python becomes tokens that nothing is made of.

use std::ops::Range;

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Its line, from 1.
    pub line: u32,
    /// How many brackets are around it; a bracket does not count itself.
    pub depth: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name that is no keyword.
    Name,
    /// A keyword.
    Keyword,
    /// A number.
    Number,
    /// A string of any sort, from its prefix to its last quote, formatted ones with all that they hold.
    Text,
    /// An operator, a bracket, or another character that is nothing else.
    Operator,
    /// The end of a line that ends a statement.
    LineEnd,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Its place in bytes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// Whether it is this operator.
    pub fn is(&self, operator: &str) -> bool {
        self.kind == Kind::Operator && self.text == operator
    }

    /// Whether it is this keyword.
    pub fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == Kind::Keyword && self.text == keyword
    }

    /// Whether a value can end with it, so that an operator behind it has two sides.
    pub fn ends_operand(&self) -> bool {
        match self.kind {
            Kind::Name | Kind::Number | Kind::Text => true,
            Kind::Keyword => matches!(self.text, "True" | "False" | "None"),
            Kind::Operator => matches!(self.text, ")" | "]" | "}" | "..."),
            Kind::LineEnd => false,
        }
    }
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Operators of several characters, the longer ones first.
const OPERATORS: [&str; 25] = [
    "**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "<>",
];

/// The tokens of a text, comments and blank space aside.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token> = Vec::new();
    let (mut at, mut line, mut depth) = (0, 1, 0_u32);
    while let Some(character) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, length) = match character {
            '\n' if depth == 0 && found.last().is_some_and(|last| last.kind != Kind::LineEnd) => {
                (Some(Kind::LineEnd), 1)
            }
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            // A backslash joins lines.
            '\\' => (
                None,
                if rest[1..].starts_with("\r\n") { 3 } else { 1 + usize::from(rest[1..].starts_with('\n')) },
            ),
            _ if character.is_whitespace() => (None, character.len_utf8()),
            '"' | '\'' => (Some(Kind::Text), text_end(rest.as_bytes(), 0, false)),
            _ if character == '_' || character.is_alphabetic() => word(rest),
            _ if begins_number(rest.as_bytes()) => (Some(Kind::Number), number_end(rest.as_bytes())),
            _ => (Some(Kind::Operator), operator(rest, character)),
        };
        let end = floor_boundary(source, at + length);
        let text = &source[at..end];
        if kind == Some(Kind::Operator) && matches!(character, ')' | ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        if let Some(kind) = kind {
            found.push(Token { kind, text, start: at, line, depth });
        }
        if kind == Some(Kind::Operator) && matches!(character, '(' | '[' | '{') {
            depth += 1;
        }
        line += text.matches('\n').count() as u32;
        at = end;
    }
    found
}

/// A name or keyword, or the string that it is the prefix of: its kind and its length in bytes.
fn word(rest: &str) -> (Option<Kind>, usize) {
    let part = |character: char| character == '_' || character.is_alphanumeric();
    let end = rest.find(|character| !part(character)).unwrap_or(rest.len());
    let name = &rest[..end];
    let prefix = name.len() <= 2 && name.bytes().all(|byte| b"rbfutRBFUT".contains(&byte));
    if prefix && rest[end..].starts_with(['"', '\'']) {
        let formatted = name.bytes().any(|byte| b"fFtT".contains(&byte));
        return (Some(Kind::Text), text_end(rest.as_bytes(), end, formatted));
    }
    (Some(if KEYWORDS.contains(&name) { Kind::Keyword } else { Kind::Name }), end)
}

/// The end of the string whose quote is at `from`. One that is not closed ends with its line, or, if it has three
/// quotes, with the text.
fn text_end(bytes: &[u8], from: usize, formatted: bool) -> usize {
    let quote = bytes[from];
    let triple = bytes[from..].starts_with(&[quote; 3]);
    let close: &[u8] = if triple { &[quote; 3] } else { &bytes[from..=from] };
    let mut at = from + close.len();
    // Of a formatted string: how many braces are open.
    let mut braces = 0_u32;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if bytes[at..].starts_with(close) => return at + close.len(),
            b'{' if formatted && braces == 0 && bytes.get(at + 1) == Some(&b'{') => at += 1,
            b'{' if formatted => braces += 1,
            b'}' if formatted => braces = braces.saturating_sub(1),
            inner @ (b'"' | b'\'') if braces > 0 && inner != quote => {
                at = text_end(bytes, at, false);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn begins_number(bytes: &[u8]) -> bool {
    bytes[0].is_ascii_digit() || bytes[0] == b'.' && bytes.get(1).is_some_and(u8::is_ascii_digit)
}

/// `12`, `0x1F`, `1_000.5`, `1e-9`, `2j`, `3.`.
fn number_end(bytes: &[u8]) -> usize {
    let hexadecimal = bytes.len() > 1 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X');
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        let exponent = !hexadecimal && matches!(byte, b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E');
        if !(byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric() || exponent) {
            break;
        }
        // `1if x` and `0or 1` are legal and nobody writes them.
        at += 1;
    }
    at
}

fn operator(rest: &str, character: char) -> usize {
    let several = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
    several.map_or(character.len_utf8(), |operator| operator.len())
}

/// The end of the character that byte `at` is in or before; a backslash before a character beyond ASCII skips a part
/// of it.
fn floor_boundary(source: &str, at: usize) -> usize {
    (at.min(source.len())..=source.len())
        .find(|&place| source.is_char_boundary(place))
        .unwrap_or(source.len())
}
