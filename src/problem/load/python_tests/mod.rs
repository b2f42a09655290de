//! Tests in Python that a test runner calls: functions `test_…` as pytest finds them, and classes of unittest. Calls
//! are added after them, since the sandbox has no test runner.

use std::borrow::Cow;

use crate::python::{
    Chunk, Defined, Definition, SourceLine, StatementKind, Token, imports, lines, outline, statement_end,
};
use crate::value::Value;

/// The part of pytest that tests may use, and the code that runs those for which a call is not enough.
const PYTEST: &str = include_str!("pytest.py");

/// What runs a class of unittest.
const UNITTEST: &str = include_str!("unittest.py");

/// The tests of a text for pytest, in a form that runs: each function `test…` at the top level, each method of that
/// name of a class `Test…`, and each class of unittest. Where a call is enough, it is a call; parameters, fixtures,
/// marks and the like of pytest's are provided by code that goes before the tests. The candidate's names need no
/// import, so importing them from `solution` is left out. `None` where there is no test, or the tests want the solution
/// as a module.
pub(super) fn pytest(text: &str) -> Option<String> {
    let lines = lines(text);
    let chunks = outline(&lines);
    let found = found(&lines, &chunks)?;
    let mut body = Body::of(text);
    body.leave_out_main(&lines, &chunks);
    body.leave_out_import(&lines)?;
    let has_pytest = lines.iter().flat_map(SourceLine::names).any(|name| name == "pytest");
    let needs_more = has_pytest || found.iter().any(|found| found.needs_more);
    if needs_more {
        body.hide_imports_of_pytest(&lines);
    }
    let body = body.text();
    let calls: String = found.iter().map(|found| found.call(needs_more)).collect();
    Some(match (needs_more, body.strip_prefix('\n')) {
        (false, _) => format!("{body}\n{calls}"),
        // On one line, the first one if that is free, so that the lines keep their numbers.
        (true, rest) => {
            format!("exec({})\n{}\n{calls}", Value::from(PYTEST).repr(), rest.unwrap_or(&body))
        }
    })
}

/// Whether a text has tests for pytest or unittest, and nothing at its top level that runs them.
pub(super) fn only_defines_tests(text: &str) -> bool {
    let lines = lines(text);
    let chunks = outline(&lines);
    let Some(found) = found(&lines, &chunks) else { return false };
    let may_run = |chunk: &&Chunk<'_>| {
        !matches!(
            chunk.kind,
            StatementKind::Function { .. }
                | StatementKind::Class { .. }
                | StatementKind::Import(_)
                | StatementKind::MainGuard
        )
    };
    let runs = |name: &str| {
        ["unittest", "pytest", "exec", "eval", "globals", "suite"].contains(&name)
            || found.iter().any(|found| found.name == name)
    };
    !chunks
        .iter()
        .filter(may_run)
        .flat_map(|chunk| &lines[chunk.lines.clone()])
        .flat_map(SourceLine::names)
        .any(runs)
}

/// A function, or a class, of tests.
struct Found<'a> {
    name: &'a str,
    kind: TestsOf<'a>,
    /// Whether more than a call is needed to run it.
    needs_more: bool,
}

enum TestsOf<'a> {
    Function,
    Unittest,
    /// A class of pytest, with its methods.
    Class(Vec<&'a str>),
}

impl Found<'_> {
    /// The code that runs it, given [`PYTEST`] or nothing.
    fn call(&self, with_pytest: bool) -> String {
        let name = self.name;
        match &self.kind {
            TestsOf::Unittest => run_unittest(name),
            TestsOf::Function if with_pytest => format!("pytest._run({name})\n"),
            TestsOf::Function => format!("{name}()\n"),
            TestsOf::Class(_) if with_pytest => format!("pytest._run_class({name})\n"),
            TestsOf::Class(methods) => {
                methods.iter().map(|method| format!("{name}().{method}()\n")).collect()
            }
        }
    }
}

/// The tests that a text defines at its top level; none if it defines no test.
fn found<'a>(lines: &[SourceLine<'a>], chunks: &[Chunk<'a>]) -> Option<Vec<Found<'a>>> {
    let of_chunk = |chunk: &Chunk<'a>| {
        let Definition { what, name, within } = Definition::on(lines, chunk.head)?;
        if what != Defined::Class {
            let needs_more = what == Defined::AsyncFunction || !within.is_empty();
            return name.starts_with("test").then_some(Found { name, kind: TestsOf::Function, needs_more });
        }
        let is_unittest = |name: &str| name.contains("TestCase");
        if is_unittest(name) || within.iter().filter_map(|token| token.name()).any(is_unittest) {
            return Some(Found { name, kind: TestsOf::Unittest, needs_more: false });
        }
        if !name.starts_with("Test") {
            return None;
        }
        let methods = methods(&lines[..chunk.lines.end], chunk.head);
        let is_test = |method: &Definition<'_>| method.name.starts_with("test");
        let needs_more = methods.iter().any(|method| {
            let is_set_up = method.name.starts_with("setup") || method.name.starts_with("teardown");
            let is_plain = method.what == Defined::Function && method.within == [Token::Name("self")];
            is_set_up || is_test(method) && !is_plain
        });
        let tests: Vec<&str> =
            methods.iter().filter(|method| is_test(method)).map(|method| method.name).collect();
        (!tests.is_empty()).then_some(Found { name, kind: TestsOf::Class(tests), needs_more })
    };
    let all: Vec<Found<'_>> = chunks.iter().filter_map(of_chunk).collect();
    (!all.is_empty()).then_some(all)
}

/// The functions in the block of the class that begins on a line, and not deeper.
fn methods<'a>(lines: &[SourceLine<'a>], head: usize) -> Vec<Definition<'a>> {
    let mut block = (head + 1..lines.len()).filter(|&line| lines[line].is_statement()).peekable();
    let indent = block.peek().map_or(0, |&first| lines[first].indent);
    let definitions =
        block.filter(|&line| lines[line].indent == indent).filter_map(|line| Definition::on(lines, line));
    definitions.filter(Definition::is_function).collect()
}

/// The lines of a text with their ends; lines can be replaced by others, so that each keeps its number.
struct Body<'a> {
    lines: Vec<Cow<'a, str>>,
}

impl<'a> Body<'a> {
    fn of(text: &'a str) -> Body<'a> {
        Body { lines: text.split_inclusive('\n').map(Cow::Borrowed).collect() }
    }

    fn text(self) -> String {
        self.lines.concat()
    }

    /// Leaves out what the text does as a main program.
    fn leave_out_main(&mut self, lines: &[SourceLine<'_>], chunks: &[Chunk<'_>]) {
        debug_assert_eq!(self.lines.len(), lines.len());
        for chunk in chunks.iter().filter(|chunk| chunk.kind == StatementKind::MainGuard) {
            self.lines[chunk.head..chunk.lines.end].fill(Cow::Borrowed("\n"));
        }
    }

    /// Leaves out the statements `from solution import …`; none for a text that wants the module itself.
    fn leave_out_import(&mut self, lines: &[SourceLine<'_>]) -> Option<()> {
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.is_statement()) {
            let is_import = matches!(line.tokens.first(), Some(Token::Name("import" | "from")));
            match line.tokens.as_slice() {
                [Token::Name("from"), Token::Name("solution"), Token::Name("import"), ..] => {
                    // A block keeps a statement.
                    let left = if line.indent == 0 {
                        "\n".to_owned()
                    } else {
                        format!("{}pass\n", line.indentation())
                    };
                    let end = statement_end(lines, number);
                    self.lines[number..end].fill(Cow::Borrowed("\n"));
                    self.lines[number] = Cow::Owned(left);
                }
                [_, modules @ ..] if is_import => {
                    let from = matches!(line.tokens.first(), Some(Token::Name("from")));
                    let of = if from { &modules[..modules.len().min(1)] } else { modules };
                    if of.contains(&Token::Name("solution")) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Moves imports of pytest to where they do not count as packages that the tests need.
    fn hide_imports_of_pytest(&mut self, lines: &[SourceLine<'_>]) {
        for import in imports(lines) {
            if import.packages.contains(&"pytest") {
                let line = &mut self.lines[import.lines.start];
                *line = Cow::Owned(format!("if True: {line}"));
            }
        }
    }
}

/// Code that runs the tests of a class of unittest up to the first that fails, and ends with the exception that this one
/// ended with: so it has its own line, and the verdict its class.
pub(super) fn run_unittest(class: &str) -> String {
    format!("{UNITTEST}_run_unittest({class})\n")
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
            ("'''By unittest.'''\ndef test_a(): pass  # exec\n", true),
            ("def test_a(): pass\nfor one in 1, 2:\n    test_a()\n", false),
            ("def check(candidate): pass\n", false),
            ("assert f() == 1\n", false),
        ] {
            assert_eq!(only_defines_tests(text), defines, "{text}");
        }
    }

    #[test]
    fn what_stands_in_a_text_or_goes_on_over_lines_is_read_as_python_reads_it() {
        let text = "\"\"\"Tests.\n\ndef test_x(): pass\n\"\"\"\ndef test_a(\n):\n    pass\n\n\
                    class TestB:\n    def test_c(\n        self):\n        def test_d(self): pass\n";
        assert!(pytest(text).unwrap().ends_with("\ntest_a()\nTestB().test_c()\n"));
        let text = "if True:\n    from solution import (\n        f,\n    )\ndef test_a(): pass\n";
        assert!(pytest(text).unwrap().starts_with("if True:\n    pass\n\n\ndef test_a"));
        for text in
            ["import os, pytest\ndef test_a(): pass", "from pytest import (\n    raises)\ndef test_a(): pass"]
        {
            assert!(pytest(text).unwrap().contains("if True: "), "{text}");
        }
        assert_eq!(pytest("import os, solution\ndef test_a(): pass"), None);
        let main = "def test_a(): pass\nif __name__ == '__main__':\n    x()\nelse:\n    y()\nz = 1\n";
        assert!(pytest(main).unwrap().starts_with("def test_a(): pass\n\n\n\n\nz = 1\n"));
    }

    #[test]
    fn classes_of_unittest_are_run() {
        let made =
            pytest("import unittest\nclass A(unittest.TestCase):\n    def test_b(self): pass\n").unwrap();
        assert!(made.ends_with("_run_unittest(A)\n"), "{made}");
    }
}
