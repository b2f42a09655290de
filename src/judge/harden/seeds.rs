//! The inputs that a problem's own tests have.

use std::collections::HashMap;

use crate::problem::{Problem, TestBody};
use crate::python::{PlacedToken, Statement, TokenKind, statements, tokens};
use crate::value::Value;

/// An input of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum TestInput {
    /// The arguments of a call.
    Arguments(Vec<Value>),
    /// Standard input.
    Text(String),
}

impl TestInput {
    /// The input as a reader sees it, not cut.
    pub fn shown(&self) -> String {
        match self {
            TestInput::Arguments(arguments) => {
                arguments.iter().map(Value::repr).collect::<Vec<_>>().join(", ")
            }
            TestInput::Text(text) => text.clone(),
        }
    }
}

/// The inputs of a problem's tests, each with the number of its test. Assertions have those of the calls in them whose
/// arguments are literals.
pub(super) fn seeds(problem: &Problem) -> Vec<(usize, TestInput)> {
    let mut found = Vec::new();
    for (index, test) in problem.tests.iter().enumerate() {
        match &test.body {
            TestBody::Call { arguments, .. } => found.push((index, TestInput::Arguments(arguments.clone()))),
            TestBody::Stdio { input, .. } => found.push((index, TestInput::Text(input.clone()))),
            TestBody::Assertions { source, .. } => {
                let names = [problem.entry_point.as_deref().unwrap_or("candidate"), "candidate"];
                found.extend(
                    calls(source, &names).into_iter().map(|call| (index, TestInput::Arguments(call))),
                );
            }
        }
    }
    found
}

/// The arguments of the calls of functions of these names, where they are literals or names that stand for one.
fn calls(source: &str, names: &[&str]) -> Vec<Vec<Value>> {
    let tokens = tokens(source);
    let literals = literals(source, &tokens);
    let mut found = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        if names.contains(&pair[0].text)
            && pair[1].is("(")
            && let Some(close) = closing(&tokens, index + 1)
        {
            let mut arguments = String::new();
            let mut end = pair[1].end();
            for token in &tokens[index + 2..close] {
                arguments.push_str(&source[end..token.start]);
                arguments.push_str(literals.get(token.text).unwrap_or(&token.text));
                end = token.end();
            }
            found.extend(Value::parse_literals(&arguments).ok());
        }
    }
    found
}

/// The names that statements make stand for a literal, once and for all.
fn literals<'a>(source: &'a str, tokens: &[PlacedToken<'a>]) -> HashMap<&'a str, &'a str> {
    let mut found = HashMap::new();
    let mut several = Vec::new();
    for Statement { tokens: range, .. } in statements(tokens) {
        let [name, equals, first, ..] = &tokens[range.clone()] else { continue };
        if name.kind != TokenKind::Name || !equals.is("=") {
            continue;
        }
        let text = &source[first.start..tokens[range.end - 1].end()];
        if Value::parse_literal(text).is_err() || found.insert(name.text, text).is_some() {
            several.push(name.text);
        }
    }
    for name in several {
        found.remove(name);
    }
    found
}

/// Whether all that a test asserts is that results of the function equal something, as in `assert name(…) == …`: then
/// a new test may say the same of another result.
pub(super) fn compares_directly(source: &str, name: &str) -> bool {
    let tokens = tokens(source);
    // Names that stand for a result.
    let mut results = Vec::new();
    let mut asserted = false;
    // Where what follows a call of the function begins.
    let after_call = |index: usize| {
        let called = tokens.get(index).is_some_and(|token| token.text == name);
        let open = called && tokens.get(index + 1).is_some_and(|token| token.is("("));
        open.then(|| closing(&tokens, index + 1)).flatten().map(|close| close + 1)
    };
    for Statement { tokens: range, .. } in statements(&tokens) {
        let first = &tokens[range.start];
        if first.is_keyword("assert") {
            let is_result = tokens.get(range.start + 1).is_some_and(|token| results.contains(&token.text));
            let after = after_call(range.start + 1).or_else(|| is_result.then_some(range.start + 2));
            let Some(after) = after.filter(|&after| after < range.end && tokens[after].is("==")) else {
                return false;
            };
            let rest = tokens[after + 1..range.end].iter().filter(|token| token.depth == first.depth);
            if rest.into_iter().any(|token| CONNECTIVES.contains(&token.text)) {
                return false;
            }
            asserted = true;
        } else if tokens[range.clone()].get(1).is_some_and(|token| token.is("="))
            && after_call(range.start + 2) == Some(range.end)
        {
            results.push(first.text);
        }
    }
    asserted
}

/// Operators that make more of an assertion than one comparison.
const CONNECTIVES: [&str; 10] = ["and", "or", "if", "==", "!=", "<", ">", "<=", ">=", "in"];

/// The bracket that closes the one at an index.
fn closing(tokens: &[PlacedToken], open: usize) -> Option<usize> {
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
    fn names_stand_for_literals() {
        let source = "a = [1,\n 2]\nb = 3\nc = [x]\nb = 4\nassert f(a, 5) == f(b) == f(c) == f([a])";
        let expected: Vec<Vec<Value>> =
            ["[1, 2], 5", "[[1, 2]]"].iter().map(|text| Value::parse_literals(text).unwrap()).collect();
        assert_eq!(calls(source, &["f"]), expected);
    }

    #[test]
    fn direct_comparison_is_told() {
        for source in [
            "assert f(1, [2]) == {'a': (1,)}\n",
            "assert f() == None, 'message'",
            "n = [3]\nassert f(n) == [x for x in n if x]\nassert f(1) == f(2)",
            "result = f(1)\nassert result == (2 < 3)",
            "for n in range(3):\n    assert f(n) == n",
        ] {
            assert!(compares_directly(source, "f"), "{source}");
        }
        for source in [
            "assert f(1)",
            "assert sorted(f(1)) == [1]",
            "assert f(1) == 1 or f(2) == 2",
            "assert f(1) == 1\nassert f(2) < 2",
            "assert f(1)[0] == 1",
            "assert g(1) == 1",
            "result = sorted(f(1))\nassert result == 1",
            "assert f(1",
            "f(1)",
            "",
        ] {
            assert!(!compares_directly(source, "f"), "{source}");
        }
    }
}
