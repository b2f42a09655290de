//! Headers of functions and classes.

use super::lines::{SourceLine, Token, lines, statement_tokens};
use super::words::is_keyword;

/// The header of a function or of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition<'a> {
    /// What it defines.
    pub what: Defined,
    /// The name.
    pub name: &'a str,
    /// What stands between its parentheses: parameters, or bases.
    pub within: Vec<Token<'a>>,
}

/// What a header begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defined {
    /// `def`
    Function,
    /// `async def`
    AsyncFunction,
    /// `class`
    Class,
}

impl<'a> Definition<'a> {
    /// The definition whose header begins on a line, if one does.
    pub(crate) fn on(lines: &[SourceLine<'a>], line: usize) -> Option<Definition<'a>> {
        if !lines[line].is_statement() {
            return None;
        }
        let tokens: Vec<Token<'a>> = statement_tokens(lines, line).collect();
        let (what, name, rest) = match tokens.as_slice() {
            [Token::Name("def"), Token::Name(name), rest @ ..] => (Defined::Function, *name, rest),
            [Token::Name("async"), Token::Name("def"), Token::Name(name), rest @ ..] => {
                (Defined::AsyncFunction, *name, rest)
            }
            [Token::Name("class"), Token::Name(name), rest @ ..] => (Defined::Class, *name, rest),
            _ => return None,
        };
        (!is_keyword(name)).then(|| Definition { what, name, within: in_parentheses(rest).to_vec() })
    }

    /// Whether it is one of a function, async ones included.
    pub(crate) fn is_function(&self) -> bool {
        self.what != Defined::Class
    }
}

/// What the parentheses hold that come next but for the parameters of a type.
fn in_parentheses<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut depth = 0_u32;
    let mut open = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark(':') if depth == 0 => break,
            Token::Mark('(') if depth == 0 => {
                open = Some(at + 1);
                depth = 1;
            }
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if let (0, Some(open)) = (depth, open) {
                    return &tokens[open..at];
                }
            }
            _ => {}
        }
    }
    open.map_or(&[], |open| &tokens[open..])
}

/// The names of the functions that a text defines at its left margin.
pub(crate) fn functions(text: &str) -> Vec<&str> {
    let lines = lines(text);
    let top = (0..lines.len()).filter(|&line| lines[line].is_top());
    let definitions = top.filter_map(|line| Definition::on(&lines, line));
    definitions.filter(Definition::is_function).map(|definition| definition.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<(Defined, &str, usize)> {
        let lines = lines(text);
        let definition = Definition::on(&lines, 0)?;
        Some((definition.what, definition.name, definition.within.len()))
    }

    #[test]
    fn headers_are_taken_apart() {
        for (text, expected) in [
            ("def f(): pass", Some((Defined::Function, "f", 0))),
            ("def f (a, b=(1, 2)):\n  pass", Some((Defined::Function, "f", 9))),
            ("async def f(\n    a,  # one)\n    b):\n  pass", Some((Defined::AsyncFunction, "f", 3))),
            ("class A:\n  def f(self): pass", Some((Defined::Class, "A", 0))),
            ("class A(unittest.TestCase): pass", Some((Defined::Class, "A", 3))),
            ("def f[T: (int, str)](a): pass", Some((Defined::Function, "f", 1))),
            ("def f(a", Some((Defined::Function, "f", 1))),
            ("def (a): pass", None),
            ("def if(a): pass", None),
            ("define(a)", None),
            ("# def f(): pass", None),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }

    #[test]
    fn functions_at_the_margin_are_no_text_and_no_method() {
        let text = "'''\ndef a(): pass\n'''\ndef b(\n  x): pass\nclass C:\n  def d(self): pass\nasync def e(): pass\n";
        assert_eq!(functions(text), ["b", "e"]);
    }
}
