//! The text of programs in Python. One lexer divides it; three views are made of what it finds: [`tokens`] with their
//! places and the [`statements`] that they make, the [`lines`] of a text that may as well be prose and the [`outline`]
//! of what stands at the left margin, and the [`pieces`] that a page colours.
//!
//! Nothing is parsed, so any text has tokens and lines, also one that is not quite Python.

mod lexer;
mod lines;
mod outline;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

pub(crate) use lexer::{Piece, Reading, pieces};
pub(crate) use lines::{Line, Role, Scanner, Token, lines};
pub(crate) use outline::{Chunk, Kind, outline};
pub(crate) use statements::{Statement, annotations, split, statements};
pub(crate) use tokens::{PlacedToken, TokenKind, tokens};
pub(crate) use words::{begins_block, begins_word, is_identifier, is_keyword, is_word_part, word_length};
