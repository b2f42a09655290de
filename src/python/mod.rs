//! The text of programs in Python. One lexer divides it; three views are made of what it finds: [`tokens`] with their
//! places and the [`statements`] that they make, the [`lines`] of a text that may as well be prose and what is read off
//! them (the [`outline`] of what stands at the left margin, [`imports`], headers of [definitions](Definition)), and the
//! [`pieces`] that a page colours. `packages` lists what can be imported.
//!
//! Nothing is parsed, so any text has tokens and lines, also one that is not quite Python.

pub(crate) mod annotations;
mod definitions;
mod imports;
mod lexer;
mod lines;
mod outline;
mod packages;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

pub(crate) use definitions::{Defined, Definition, functions};
pub(crate) use imports::{imported_packages, imports};
pub(crate) use lexer::{Piece, Reading, pieces};
pub(crate) use lines::{LineRole, Scanner, SourceLine, Token, lines, statement_end};
pub(crate) use outline::{Chunk, StatementKind, outline};
pub(crate) use packages::{is_here, names, wants_scientific};
pub(crate) use statements::{Statement, annotations, split, statements};
pub(crate) use tokens::{PlacedToken, TokenKind, tokens};
pub(crate) use words::{begins_block, is_identifier, is_keyword, is_word_part, word_length};
