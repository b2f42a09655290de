//! The inputs that a problem's own tests have.

use crate::judge::mutate::tokens::{Token, tokens};
use crate::problem::{Problem, TestBody};
use crate::value::Value;

/// An input of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The arguments of a call.
    Arguments(Vec<Value>),
    /// Standard input.
    Text(String),
}

impl Input {
    /// The input as a reader sees it, not cut.
    pub fn shown(&self) -> String {
        match self {
            Input::Arguments(arguments) => arguments.iter().map(Value::repr).collect::<Vec<_>>().join(", "),
            Input::Text(text) => text.clone(),
        }
    }
}

/// The inputs of a problem's tests, each with the number of its test. Assertions have those of the calls in them whose
/// arguments are literals.
pub(super) fn seeds(problem: &Problem) -> Vec<(usize, Input)> {
    let mut found = Vec::new();
    for (index, test) in problem.tests.iter().enumerate() {
        match &test.body {
            TestBody::Call { arguments, .. } => found.push((index, Input::Arguments(arguments.clone()))),
            TestBody::Stdio { input, .. } => found.push((index, Input::Text(input.clone()))),
            TestBody::Assertions { source, .. } => {
                let names = [problem.entry_point.as_deref().unwrap_or("candidate"), "candidate"];
                found.extend(calls(source, &names).into_iter().map(|call| (index, Input::Arguments(call))));
            }
        }
    }
    found
}

/// The arguments of the calls of functions of these names, where they are literals.
fn calls(source: &str, names: &[&str]) -> Vec<Vec<Value>> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        if names.contains(&pair[0].text)
            && pair[1].is("(")
            && let Some(close) = closing(&tokens, index + 1)
        {
            found.extend(Value::parse_literals(&source[pair[1].end()..tokens[close].start]).ok());
        }
    }
    found
}

/// Whether an assertion is nothing but `assert name(literals) == literal`, so that it shows how results are compared.
pub(super) fn is_plain_equality(source: &str, name: &str) -> bool {
    let tokens = tokens(source);
    let [assert, called, open, ..] = tokens.as_slice() else { return false };
    if !(assert.is_keyword("assert") && called.text == name && open.is("(")) {
        return false;
    }
    let Some(close) = closing(&tokens, 2) else { return false };
    tokens.get(close + 1).is_some_and(|token| token.is("=="))
        && Value::parse_literals(&source[open.end()..tokens[close].start]).is_ok()
        && Value::parse_literal(source[tokens[close + 1].end()..].trim()).is_ok()
}

/// The bracket that closes the one at an index.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let depth = tokens[open].depth;
    let rest = tokens[open + 1..].iter().position(|token| token.is(")") && token.depth == depth);
    rest.map(|length| open + 1 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_with_literals_are_found() {
        let found = calls(
            "r = f([1, (2)], 'x)') + g(1)\nassert f(n) and f() == candidate(-1)[0] == f",
            &["f", "candidate"],
        );
        let expected: Vec<Vec<Value>> =
            ["[1, 2], 'x)'", "", "-1"].iter().map(|text| Value::parse_literals(text).unwrap()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn plain_equality_is_told() {
        for source in ["assert f(1, [2]) == {'a': (1,)}\n", "assert f() == None"] {
            assert!(is_plain_equality(source, "f"), "{source}");
        }
        for source in [
            "assert f(1)",
            "assert sorted(f(1)) == [1]",
            "assert f(n) == 1",
            "assert f(1) == g(1)",
            "assert f(1) == 1\nassert f(2) == 2",
            "assert f(1)[0] == 1",
            "assert g(1) == 1",
            "x = 1\nassert f(x) == 1",
            "assert f(1",
            "",
        ] {
            assert!(!is_plain_equality(source, "f"), "{source}");
        }
    }
}
