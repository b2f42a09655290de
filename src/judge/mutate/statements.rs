//! Which tokens make a statement.

use std::ops::Range;

use super::tokens::{Kind, Token};

/// A simple statement, or the header of a compound one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The indices of its tokens, without what ends it and, for a header, without the colon.
    pub tokens: Range<usize>,
    /// Whether a block belongs to it.
    pub is_header: bool,
}

/// Words that begin the header of a compound statement.
const HEADERS: [&str; 12] =
    ["if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async"];

/// The statements of a program, in order.
pub(super) fn statements(tokens: &[Token]) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut start = 0;
    for end in 0..=tokens.len() {
        if tokens.get(end).is_none_or(|token| token.kind == Kind::LineEnd) {
            of_line(tokens, start..end, &mut found);
            start = end + 1;
        }
    }
    found
}

/// The statements of a logical line.
fn of_line(tokens: &[Token], line: Range<usize>, found: &mut Vec<Statement>) {
    let mut start = line.start;
    if line.is_empty() {
        return;
    }
    let depth = tokens[line.start].depth;
    if let Some(colon) = header_end(tokens, &line) {
        found.push(Statement { tokens: start..colon, is_header: true });
        start = colon + 1;
    }
    for end in start..=line.end {
        let ends = end == line.end || tokens[end].is(";") && tokens[end].depth == depth;
        if ends {
            if start < end {
                found.push(Statement { tokens: start..end, is_header: false });
            }
            start = end + 1;
        }
    }
}

/// The colon behind the header that a line begins with, if it does.
fn header_end(tokens: &[Token], line: &Range<usize>) -> Option<usize> {
    let first = &tokens[line.start];
    let soft = first.kind == Kind::Name
        && matches!(first.text, "match" | "case")
        && tokens[line.end - 1].is(":")
        && line.len() > 2;
    if !(soft || first.kind == Kind::Keyword && HEADERS.contains(&first.text)) {
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
pub(super) fn annotations(tokens: &[Token], statements: &[Statement]) -> Vec<bool> {
    let mut ignored = vec![false; tokens.len()];
    for Statement { tokens: range, is_header } in statements {
        let first = &tokens[range.start];
        let is_function = *is_header && (first.is_keyword("def") || first.is_keyword("async"));
        let depth = first.depth + u32::from(is_function);
        if *is_header && !is_function {
            continue;
        }
        let mut within = false;
        let mut lambdas = 0;
        for index in range.clone() {
            let token = &tokens[index];
            if is_function && token.depth == first.depth && token.is("->") {
                within = true;
            } else if token.depth == depth {
                match token.text {
                    "lambda" if token.kind == Kind::Keyword => lambdas += 1,
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
