//! The statements at the left margin of a program, each with what belongs to it.

use std::ops::Range;

use super::lines::{LineRole, SourceLine, Token, statement_tokens};
use super::words::is_keyword;

/// A statement at the left margin, its block, and the comments and decorators above it.
#[derive(Clone, Debug)]
pub(crate) struct Chunk<'a> {
    /// Its lines, by number from 0.
    pub lines: Range<usize>,
    /// The line on which the statement begins.
    pub head: usize,
    /// What it does.
    pub kind: StatementKind<'a>,
}

/// What a statement at the left margin does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatementKind<'a> {
    /// It imports these names, or, if it imports `*`, all that there are.
    Import(Vec<&'a str>),
    /// It defines a function.
    Function {
        /// Its name.
        name: &'a str,
        /// Whether its first parameter is `self`.
        takes_self: bool,
        /// Whether it has no body but a docstring, `pass`, `...` or `raise NotImplementedError`.
        stub: bool,
    },
    /// It defines a class.
    Class {
        /// Its name.
        name: &'a str,
        /// The names of its methods that are no stubs, and whether each is one.
        methods: Vec<(&'a str, bool)>,
    },
    /// It gives these names a value.
    Assignment(Vec<&'a str>),
    /// It leaves a function.
    Return,
    /// `if __name__ == …`.
    MainGuard,
    /// It is a string.
    Docstring,
    /// Anything else.
    Other,
}

impl<'a> StatementKind<'a> {
    /// The names that it binds.
    pub(crate) fn binds(&self) -> &[&'a str] {
        match self {
            StatementKind::Import(names) | StatementKind::Assignment(names) => names,
            StatementKind::Function { name, .. } | StatementKind::Class { name, .. } => {
                std::slice::from_ref(name)
            }
            _ => &[],
        }
    }

    /// Whether it does no more than make names known.
    pub(crate) fn is_definition(&self) -> bool {
        matches!(
            self,
            StatementKind::Import(_)
                | StatementKind::Function { .. }
                | StatementKind::Class { .. }
                | StatementKind::Assignment(_)
        )
    }
}

/// The statements at the left margin, in order. Lines before the first one belong to it.
pub(crate) fn outline<'a>(lines: &[SourceLine<'a>]) -> Vec<Chunk<'a>> {
    let mut heads: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    let mut decorated = false;
    for (number, line) in lines.iter().enumerate() {
        let owned = match line.role {
            LineRole::Blank => false,
            LineRole::Comment => line.indent > 0,
            _ => !line.is_top() || goes_with_the_last(line),
        };
        if owned && !decorated && !heads.is_empty() {
            from = number + 1;
        } else if line.is_top() {
            decorated = line.tokens.first().is_some_and(|first| first.is('@'));
            if !decorated {
                heads.push((from, number));
                from = number + 1;
            }
        }
    }
    let ends = heads.iter().skip(1).map(|&(from, _)| from).chain([lines.len()]);
    heads
        .iter()
        .zip(ends)
        .map(|(&(from, head), end)| Chunk { lines: from..end, head, kind: kind(lines, head, end) })
        .collect()
}

/// Whether a line at the left margin is a further part of the statement before it.
fn goes_with_the_last(line: &SourceLine<'_>) -> bool {
    matches!(line.tokens.first(), Some(Token::Name("else" | "elif" | "except" | "finally")))
}

fn kind<'a>(lines: &[SourceLine<'a>], head: usize, end: usize) -> StatementKind<'a> {
    let tokens = lines[head].tokens.as_slice();
    match tokens {
        [Token::Name("import"), ..] => StatementKind::Import(imported(tokens)),
        [Token::Name("from"), ..] => {
            // The names may go on over lines within brackets.
            let all: Vec<Token<'a>> = statement_tokens(lines, head).collect();
            StatementKind::Import(imported(&all))
        }
        [Token::Name("def"), Token::Name(name), ..]
        | [Token::Name("async"), Token::Name("def"), Token::Name(name), ..] => StatementKind::Function {
            name,
            takes_self: takes_self(statement_tokens(lines, head)),
            stub: is_stub(lines, head, end),
        },
        [Token::Name("class"), Token::Name(name), ..] => {
            StatementKind::Class { name, methods: methods(lines, head, end) }
        }
        [Token::Name("return"), ..] => StatementKind::Return,
        [Token::Name("if"), Token::Name("__name__"), ..] => StatementKind::MainGuard,
        [Token::Name(word), ..] if is_keyword(word) => StatementKind::Other,
        [Token::Text] => StatementKind::Docstring,
        _ => match assigned(tokens) {
            names if names.is_empty() => StatementKind::Other,
            names => StatementKind::Assignment(names),
        },
    }
}

/// The names that an import makes known.
fn imported<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let from =
        tokens.iter().position(|token| *token == Token::Name("import")).map_or(tokens.len(), |at| at + 1);
    let parts = tokens[from..].split(|token| token.is(','));
    parts
        .filter_map(|part| {
            let names: Vec<&str> = part.iter().filter_map(|token| token.name()).collect();
            match names.as_slice() {
                [.., "as", name] => Some(*name),
                [name, ..] => Some(*name),
                [] => None,
            }
        })
        .collect()
}

/// The names before the `=` signs of an assignment.
fn assigned<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut depth = 0_i32;
    let mut last_assignment = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark('=') if depth == 0 => {
                let compares =
                    |other: Option<&Token<'_>>| matches!(other, Some(Token::Mark('=' | '!' | '<' | '>')));
                if compares(tokens.get(at + 1)) || (at > 0 && compares(tokens.get(at - 1))) {
                    return names;
                }
                names.extend(targets(&tokens[last_assignment..at]));
                last_assignment = at + 1;
            }
            _ => {}
        }
    }
    names
}

/// The names in a target: `a, b`; `a: int`. Those that only a part is given, `a.b` and `a[0]`, are not bound by it.
fn targets<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let plain = tokens.iter().position(|token| token.is(':')).unwrap_or(tokens.len());
    let part = |token: &&Token<'_>| token.is('.') || token.is('[');
    if tokens[..plain].iter().any(|token| part(&token)) {
        return Vec::new();
    }
    tokens[..plain].iter().filter_map(|token| token.name()).collect()
}

fn takes_self<'a>(tokens: impl Iterator<Item = Token<'a>>) -> bool {
    tokens.skip_while(|token| !token.is('(')).nth(1) == Some(Token::Name("self"))
}

/// Whether nothing but a placeholder follows the header of a definition.
fn is_stub(lines: &[SourceLine<'_>], head: usize, end: usize) -> bool {
    let header = lines[head + 1..end].iter().take_while(|line| line.role == LineRole::Continued).count();
    let last = &lines[head + header];
    let mut body = lines[head + header + 1..end].iter().filter(|line| line.is_statement()).peekable();
    if body.peek().is_none() {
        // `def f(): pass`, or nothing at all.
        let after = last.tokens.iter().rposition(|token| token.is(':')).map_or(0, |colon| colon + 1);
        return is_placeholder(&last.tokens[after..]);
    }
    body.all(|line| is_placeholder(&line.tokens))
}

fn is_placeholder(tokens: &[Token<'_>]) -> bool {
    matches!(
        tokens,
        [] | [Token::Text]
            | [Token::Name("pass")]
            | [Token::Mark('.'), Token::Mark('.'), Token::Mark('.')]
            | [Token::Name("raise"), Token::Name("NotImplementedError"), ..]
    )
}

/// The methods of a class: the functions at the indentation of its first statement.
fn methods<'a>(lines: &[SourceLine<'a>], head: usize, end: usize) -> Vec<(&'a str, bool)> {
    let within = head + 1..end;
    let Some(indent) = lines[within.clone()]
        .iter()
        .find(|line| line.is_statement() && line.indent > 0)
        .map(|line| line.indent)
    else {
        return Vec::new();
    };
    let starts: Vec<usize> =
        within.filter(|&number| lines[number].is_statement() && lines[number].indent <= indent).collect();
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| match lines[start].tokens.as_slice() {
            [Token::Name("def"), Token::Name(name), ..]
            | [Token::Name("async"), Token::Name("def"), Token::Name(name), ..] => {
                Some((*name, is_stub(lines, start, end)))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    #[test]
    fn chunks_cover_the_program_and_know_what_they_bind() {
        let text = "\
# first
import os.path, numpy as np
from typing import (List,
                    Dict as D)

@cache
def f(a,
      b):
    # c
    return a
else_ = x, y = 1, 2
class Solution:
    def g(self): pass
    def h(self):
        return 1
def stub(x):
    '''Doc.'''
if a == b:
    pass
else:
    pass
table[0] = 3
if __name__ == '__main__':
    f(1, 2)
";
        let lines = lines(text);
        let chunks = outline(&lines);
        let kinds: Vec<_> = chunks.iter().map(|chunk| chunk.kind.clone()).collect();
        let expected = [
            StatementKind::Import(vec!["os", "np"]),
            StatementKind::Import(vec!["List", "D"]),
            StatementKind::Function { name: "f", takes_self: false, stub: false },
            StatementKind::Assignment(vec!["else_", "x", "y"]),
            StatementKind::Class { name: "Solution", methods: vec![("g", true), ("h", false)] },
            StatementKind::Function { name: "stub", takes_self: false, stub: true },
            StatementKind::Other,
            StatementKind::Other,
            StatementKind::MainGuard,
        ];
        assert_eq!(kinds, expected);
        assert_eq!(chunks[0].lines.start, 0);
        assert!(chunks.windows(2).all(|pair| pair[0].lines.end == pair[1].lines.start));
        assert_eq!(chunks.last().unwrap().lines.end, lines.len());
        assert_eq!(lines[chunks[2].lines.start].text, "");
    }
}
