//! Which tokens make a statement.

use std::ops::Range;

use super::tokens::{PlacedToken, TokenKind};
use super::words::begins_block;

/// A simple statement, or the header of a compound one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The indices of its tokens, without what ends it and, for a header, without the colon.
    pub tokens: Range<usize>,
    /// Whether a block belongs to it.
    pub is_header: bool,
}

/// The statements of a program, in order.
pub(crate) fn statements(tokens: &[PlacedToken]) -> Vec<Statement> {
    let mut found = Vec::new();
    for line in split(0..tokens.len(), |index| tokens[index].kind == TokenKind::LineEnd) {
        if !line.is_empty() {
            of_line(tokens, line, &mut found);
        }
    }
    found
}

/// The statements of a logical line, which is not empty.
fn of_line(tokens: &[PlacedToken], line: Range<usize>, found: &mut Vec<Statement>) {
    let depth = tokens[line.start].depth;
    let mut rest = line.clone();
    if let Some(colon) = header_end(tokens, &line) {
        found.push(Statement { tokens: line.start..colon, is_header: true });
        rest.start = colon + 1;
    }
    let simple = split(rest, |index| tokens[index].is(";") && tokens[index].depth == depth);
    let simple = simple.into_iter().filter(|piece| !piece.is_empty());
    found.extend(simple.map(|tokens| Statement { tokens, is_header: false }));
}

/// The pieces of a range that separators leave.
pub(crate) fn split(range: Range<usize>, separates: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    for index in range.clone() {
        if separates(index) {
            found.push(start..index);
            start = index + 1;
        }
    }
    found.push(start..range.end);
    found
}

/// The colon behind the header that a line begins with, if it does.
fn header_end(tokens: &[PlacedToken], line: &Range<usize>) -> Option<usize> {
    let first = &tokens[line.start];
    let soft = first.kind == TokenKind::Name
        && matches!(first.text, "match" | "case")
        && tokens[line.end - 1].is(":")
        && line.len() > 2;
    if !(soft || first.kind == TokenKind::Keyword && begins_block(first.text)) {
        return None;
    }
    // The colon of a lambda is not the header's.
    let mut lambdas = 0;
    for index in line.clone() {
        let token = &tokens[index];
        if token.depth != first.depth {
            continue;
        } else if token.is_keyword("lambda") {
            lambdas += 1;
        } else if token.is(":") && lambdas > 0 {
            lambdas -= 1;
        } else if token.is(":") {
            return Some(index);
        }
    }
    None
}

/// Whether each token belongs to the type of a parameter, a result or a variable, where a change means nothing.
pub(crate) fn annotations(tokens: &[PlacedToken], statements: &[Statement]) -> Vec<bool> {
    let mut ignored = vec![false; tokens.len()];
    for Statement { tokens: range, is_header } in statements {
        let first = &tokens[range.start];
        let is_function = *is_header && (first.is_keyword("def") || first.is_keyword("async"));
        let mut depth = first.depth + u32::from(is_function);
        if *is_header && !is_function {
            continue;
        }
        let mut within = false;
        let mut lambdas = 0;
        for index in range.clone() {
            let token = &tokens[index];
            if is_function && token.depth == first.depth && token.is("->") {
                within = true;
                depth = first.depth; // no parameter follows: a comma in brackets belongs to the type
            } else if token.depth == depth {
                match token.text {
                    "lambda" if token.kind == TokenKind::Keyword => lambdas += 1,
                    ":" if lambdas > 0 => lambdas -= 1,
                    ":" => within = true,
                    "," | "=" => within = false,
                    _ => {}
                }
            } else if is_function && token.depth < depth && token.is(")") {
                within = false;
            }
            ignored[index] = within;
        }
    }
    ignored
}
