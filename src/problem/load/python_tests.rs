//! Tests in Python that a test runner calls: functions `test_…` as pytest finds them, and classes of unittest. What calls
//! them is written behind them, since the sandbox has no test runner.

use super::human_eval::is_python_identifier;

/// The tests of a text for pytest, such that they call themselves: each function `test…` without arguments at the top
/// level, and each such method of a class `Test…`. The candidate's names need no import, so that of `solution` is left
/// out. `None` where nothing can be called so: tests that take fixtures or parameters, or none at all.
pub(super) fn pytest(text: &str) -> Option<String> {
    if text.contains("unittest.TestCase") {
        let classes = classes(text, |line| line.contains("unittest.TestCase"));
        let runs: String = classes.iter().map(|class| run_unittest(class)).collect();
        return (!classes.is_empty()).then(|| format!("{}\n{runs}", without_import(text)));
    }
    let mut calls = String::new();
    let mut class = None;
    for line in text.lines() {
        let is_top = line.starts_with(|first: char| !first.is_whitespace() && first != '#');
        if is_top {
            class = class_name(line).filter(|name| name.starts_with("Test"));
        }
        let Some((name, parameters)) = definition(line) else { continue };
        if !name.starts_with("test") {
            continue;
        }
        match (is_top, class) {
            (true, _) if parameters.is_empty() => calls.push_str(&format!("{name}()\n")),
            (false, Some(class)) if parameters == "self" => calls.push_str(&format!("{class}().{name}()\n")),
            (true, _) | (false, Some(_)) => return None,
            // A function in a function, or in a class that is none of tests.
            (false, None) => {}
        }
    }
    (!calls.is_empty()).then(|| format!("{}\n{calls}", without_import(text)))
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

/// The names of the classes whose first lines `is` picks.
fn classes(text: &str, is: impl Fn(&str) -> bool) -> Vec<&str> {
    text.lines().filter(|line| is(line)).filter_map(class_name).collect()
}

fn class_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("class ")?.split(['(', ':']).next()?.trim();
    is_python_identifier(name).then_some(name)
}

/// The name of a function that begins in a line, and what stands between its parentheses.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim_start().strip_prefix("def ")?.split_once('(')?;
    let parameters = rest.split(')').next().unwrap_or(rest);
    is_python_identifier(name.trim()).then_some((name.trim(), parameters.trim()))
}

/// A text without its statements `from solution import …`, also those over several lines.
fn without_import(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut within = false;
    for line in text.split_inclusive('\n') {
        if !within && line.starts_with("from solution import") {
            within = line.contains('(');
            // The lines keep their numbers.
            kept.push('\n');
        } else if within {
            kept.push('\n');
        } else {
            kept.push_str(line);
            continue;
        }
        within &= !line.contains(')');
    }
    kept
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
    fn what_only_pytest_can_call_is_none() {
        for text in [
            "",
            "def helper(): pass",
            "def test_a(tmp_path): pass",
            "class TestA:\n    def test_b(self, x): pass",
        ] {
            assert_eq!(pytest(text), None, "{text}");
        }
    }

    #[test]
    fn classes_of_unittest_are_run() {
        let made =
            pytest("import unittest\nclass A(unittest.TestCase):\n    def test_b(self): pass\n").unwrap();
        assert!(made.contains("loadTestsFromTestCase(A)"), "{made}");
    }
}
