//! Tests in Python that a test runner calls: functions `test_…` as pytest finds them, and classes of unittest. What calls
//! them is written behind them, since the sandbox has no test runner.

use crate::python::{is_identifier, is_word_part};
use crate::value::Value;

/// What of pytest the tests may use, and what runs those that more than a call is needed for.
const PYTEST: &str = include_str!("pytest.py");

/// The tests of a text for pytest, such that they run: each function `test…` at the top level, each method of that name of
/// a class `Test…`, and each class of unittest. Where all that is needed is a call, it is a call; parameters, fixtures,
/// marks and what else is pytest's are provided by code that goes before them. The candidate's names need no import, so
/// that of `solution` is left out. `None` where there is no test, or the tests want the solution as a module.
pub(super) fn pytest(text: &str) -> Option<String> {
    let found = found(text)?;
    let mut body = without_main(&without_import(text)?);
    let needs_more = found.iter().any(|found| found.needs_more) || mentions(text, "pytest");
    if needs_more {
        body = importing(&body);
    }
    let calls: String = found.iter().map(|found| found.call(needs_more)).collect();
    Some(match (needs_more, body.strip_prefix('\n')) {
        (false, _) => format!("{body}\n{calls}"),
        // One line, and where the first one is free it, so that the lines keep their numbers.
        (true, rest) => {
            format!("exec({})\n{}\n{calls}", Value::from(PYTEST).repr(), rest.unwrap_or(&body))
        }
    })
}

/// Whether a text has tests for pytest or unittest, and nothing at its top level that runs them.
pub(super) fn only_defines_tests(text: &str) -> bool {
    let Some(found) = found(text) else { return false };
    let is_code = |line: &&str| {
        line.starts_with(|first: char| !first.is_whitespace() && first != '#' && first != '@')
            && !["def ", "class ", "async ", "import ", "from "].iter().any(|start| line.starts_with(start))
    };
    let without_main = without_main(text);
    let mut code = without_main.lines().filter(is_code);
    !code.any(|line| {
        let runs = ["unittest", "pytest", "exec", "eval", "globals", "suite"];
        found.iter().any(|found| mentions(line, found.name)) || runs.iter().any(|word| mentions(line, word))
    })
}

/// Whether a text has a word.
fn mentions(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_word_part) && !text[at + word.len()..].starts_with(is_word_part)
    })
}

/// A function, or a class, of tests.
struct Found<'a> {
    name: &'a str,
    kind: Kind<'a>,
    /// Whether a call alone does not run it.
    needs_more: bool,
}

enum Kind<'a> {
    Function,
    Unittest,
    /// A class of pytest, with its methods.
    Class(Vec<&'a str>),
}

impl Found<'_> {
    /// The code that runs it, where there is what [`PYTEST`] defines or nothing.
    fn call(&self, with_pytest: bool) -> String {
        let name = self.name;
        match &self.kind {
            Kind::Unittest => run_unittest(name),
            Kind::Function if with_pytest => format!("pytest._run({name})\n"),
            Kind::Function => format!("{name}()\n"),
            Kind::Class(_) if with_pytest => format!("pytest._run_class({name})\n"),
            Kind::Class(methods) => methods.iter().map(|method| format!("{name}().{method}()\n")).collect(),
        }
    }
}

/// The tests that a text defines at its top level; none if it defines no test.
fn found(text: &str) -> Option<Vec<Found<'_>>> {
    let mut all: Vec<Found<'_>> = Vec::new();
    // The class that the lines are in, if it is one of tests.
    let mut within = false;
    for line in text.lines() {
        let is_top = line.starts_with(|first: char| !first.is_whitespace() && first != '#' && first != ')');
        if is_top {
            within = false;
            if let Some(name) = class_name(line) {
                let is_unittest = line.contains("TestCase");
                within = is_unittest || name.starts_with("Test");
                let kind = if is_unittest { Kind::Unittest } else { Kind::Class(Vec::new()) };
                if within {
                    all.push(Found { name, kind, needs_more: false });
                }
                continue;
            }
        }
        let (is_async, line) = match line.trim_start().strip_prefix("async ") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let Some((name, parameters)) = definition(line) else { continue };
        let is_test = name.starts_with("test");
        if is_top && is_test {
            let needs_more = is_async || !parameters.is_empty();
            all.push(Found { name, kind: Kind::Function, needs_more });
        } else if within && let Some(class) = all.last_mut() {
            let is_set_up = name.starts_with("setup") || name.starts_with("teardown");
            let Kind::Class(methods) = &mut class.kind else { continue };
            class.needs_more |= is_set_up || is_test && (is_async || parameters != "self");
            if is_test {
                methods.push(name);
            }
        }
    }
    let has_tests = |found: &Found<'_>| !matches!(&found.kind, Kind::Class(methods) if methods.is_empty());
    all.retain(has_tests);
    (!all.is_empty()).then_some(all)
}

/// A text in which imports of pytest are not at the top level, where they count as packages that the tests need.
fn importing(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| {
            let of_pytest = line.strip_prefix("import ").or(line.strip_prefix("from "));
            match of_pytest {
                Some(rest) if rest.trim_start().starts_with("pytest") => format!("if True: {line}"),
                _ => line.to_owned(),
            }
        })
        .collect()
}

/// A text without what it does as a main program.
fn without_main(text: &str) -> String {
    let mut within = false;
    text.split_inclusive('\n')
        .map(|line| {
            let is_top = line.starts_with(|first: char| !first.is_whitespace());
            within = if is_top { line.starts_with("if __name__ ==") } else { within };
            if within { "\n" } else { line }
        })
        .collect()
}

/// Code that runs the tests of a class of unittest and fails where one does.
pub(super) fn run_unittest(class: &str) -> String {
    format!(
        "import unittest\n_result = unittest.TestResult()\n\
         unittest.defaultTestLoader.loadTestsFromTestCase({class}).run(_result)\n\
         for _, _text in _result.errors + _result.failures:\n    raise AssertionError(_text)\n\
         assert _result.testsRun, 'the class has no tests'\n"
    )
}

/// The name of the class that begins in a line.
fn class_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("class ")?.split(['(', ':']).next()?.trim();
    is_identifier(name).then_some(name)
}

/// The name of a function that begins in a line, and what stands between its parentheses.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim_start().strip_prefix("def ")?.split_once('(')?;
    let parameters = rest.split(')').next().unwrap_or(rest);
    is_identifier(name.trim()).then_some((name.trim(), parameters.trim()))
}

/// A text without its statements `from solution import …`, also those over several lines; none for one that wants the
/// module itself.
fn without_import(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    let mut within = false;
    for line in text.split_inclusive('\n') {
        let line_within = within;
        if !within && line.trim_start().starts_with("from solution import") {
            within = line.contains('(');
            // The lines keep their numbers; a block keeps a statement.
            let indent = &line[..line.len() - line.trim_start().len()];
            kept.push_str(indent);
            kept.push_str(if indent.is_empty() { "\n" } else { "pass\n" });
        } else if within {
            kept.push('\n');
        } else if line.trim_start().starts_with("import solution") {
            return None;
        } else {
            kept.push_str(line);
        }
        within = (within || line_within) && !line.contains(')');
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_methods_are_called() {
        let text = "from solution import (\n    add,\n)\n\ndef helper(x):\n    return x\n\ndef test_add():\n    \
                    def test_inner(): pass\n    assert add(1, 2) == 3\n\nclass TestMore:\n    def test_it(self):\n        pass\n";
        let made = pytest(text).unwrap();
        assert!(made.starts_with("\n\n\n\ndef helper"), "{made}");
        assert!(made.ends_with("\ntest_add()\nTestMore().test_it()\n"), "{made}");
    }

    #[test]
    fn what_has_no_test_is_none() {
        for text in
            ["", "def helper(): pass", "class TestA:\n    pass\n", "import solution\ndef test_a(): pass\n"]
        {
            assert_eq!(pytest(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_call_does_not_run_is_run_by_what_stands_for_pytest() {
        for (text, ends) in [
            ("def test_a(tmp_path): pass\n", "pytest._run(test_a)\n"),
            ("import pytest\n\n@pytest.mark.slow\ndef test_a(): pass\n", "pytest._run(test_a)\n"),
            ("async def test_a(): pass\n", "pytest._run(test_a)\n"),
            ("class TestA:\n    def test_b(self, x): pass\n", "pytest._run_class(TestA)\n"),
            (
                "class TestA:\n    def setup_method(self): pass\n    def test_b(self): pass\n",
                "pytest._run_class(TestA)\n",
            ),
        ] {
            let made = pytest(text).unwrap();
            assert!(made.starts_with("exec(") && made.ends_with(ends), "{made}");
            assert!(!made.contains("\nimport pytest"), "{made}");
        }
    }

    #[test]
    fn tests_that_nothing_runs_are_told_from_those_that_run() {
        for (text, defines) in [
            ("def test_a():\n    assert f() == 1\n", true),
            ("import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n", true),
            ("def test_a(): pass\nif __name__ == '__main__':\n    unittest.main()\n", true),
            ("def test_a(): pass\ntest_a()\n", false),
            ("class TestA:\n    def test_b(self): pass\nTestA().test_b()\n", false),
            ("def check(candidate): pass\n", false),
            ("assert f() == 1\n", false),
        ] {
            assert_eq!(only_defines_tests(text), defines, "{text}");
        }
    }

    #[test]
    fn classes_of_unittest_are_run() {
        let made =
            pytest("import unittest\nclass A(unittest.TestCase):\n    def test_b(self): pass\n").unwrap();
        assert!(made.contains("loadTestsFromTestCase(A)"), "{made}");
    }
}
