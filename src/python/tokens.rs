//! Tokens with their places. Any text has tokens; what is not Python becomes tokens that nothing is made of.

use std::ops::Range;

use super::lexer::{Piece, Reading, pieces};
use super::words;

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlacedToken<'a> {
    /// What it is.
    pub kind: TokenKind,
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
pub(crate) enum TokenKind {
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

impl PlacedToken<'_> {
    /// Where it ends, in bytes.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Its place in bytes.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// Whether it is this operator.
    pub(crate) fn is(&self, operator: &str) -> bool {
        self.kind == TokenKind::Operator && self.text == operator
    }

    /// Whether it is this keyword.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Keyword && self.text == keyword
    }

    /// Whether a value can end with it, so that an operator behind it has two sides.
    pub(crate) fn ends_operand(&self) -> bool {
        match self.kind {
            TokenKind::Name | TokenKind::Number | TokenKind::Text => true,
            TokenKind::Keyword => matches!(self.text, "True" | "False" | "None"),
            TokenKind::Operator => matches!(self.text, ")" | "]" | "}" | "..."),
            TokenKind::LineEnd => false,
        }
    }
}

/// The tokens of a program, comments and blank space aside.
pub(crate) fn tokens(source: &str) -> Vec<PlacedToken<'_>> {
    let mut found: Vec<PlacedToken> = Vec::new();
    let (mut line, mut depth) = (1, 0_u32);
    for (piece, start, end) in pieces(source, 0, Reading::Program) {
        let text = &source[start..end];
        let kind = match piece {
            Piece::LineEnd => {
                let ends = depth == 0 && found.last().is_some_and(|last| last.kind != TokenKind::LineEnd);
                ends.then_some(TokenKind::LineEnd)
            }
            // A backslash joins lines.
            Piece::Blank | Piece::Backslash | Piece::Comment => None,
            Piece::Word if words::is_keyword(text) => Some(TokenKind::Keyword),
            Piece::Word => Some(TokenKind::Name),
            Piece::Number => Some(TokenKind::Number),
            Piece::Text { .. } => Some(TokenKind::Text),
            Piece::Operator => Some(TokenKind::Operator),
        };
        if piece == Piece::Operator && matches!(text, ")" | "]" | "}") {
            depth = depth.saturating_sub(1);
        }
        if let Some(kind) = kind {
            found.push(PlacedToken { kind, text, start, line, depth });
        }
        if piece == Piece::Operator && matches!(text, "(" | "[" | "{") {
            depth += 1;
        }
        line += text.matches('\n').count() as u32;
    }
    found
}
