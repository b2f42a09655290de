//! Tests by calls: values cross with their types, and what is not data equals nothing.

mod common;

use common::{calls_problem, judge_program};
use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::{Comparison, Dataset, Solution, TestBody};

/// The verdict on a function `solve(*arguments)` with this body.
fn verdict_on(body: &str, arguments: &str, expected: &str) -> Verdict {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let program = format!("def solve(*arguments):\n{indented}");
    judge_program(&calls_problem(&[(arguments, expected)], Comparison::Values), &program).verdict
}

#[track_caller]
fn returns(body: &str, arguments: &str, expected: &str) {
    let verdict = verdict_on(body, arguments, expected);
    assert_eq!(verdict, Verdict::Passed, "{body}");
}

#[track_caller]
fn differs(body: &str, arguments: &str, expected: &str) {
    let verdict = verdict_on(body, arguments, expected);
    assert!(matches!(verdict, Verdict::WrongAnswer(_)), "{body}: {verdict:?}");
}

#[test]
fn every_kind_of_plain_data_crosses_both_ways() {
    for value in [
        "None",
        "True",
        "0",
        "-7",
        "2 ",
        "123456789012345678901234567890",
        "-9223372036854775808",
        "1.5",
        "-0.0",
        "inf",
        "nan",
        "1e308",
        "(1+2j)",
        "'text with \\'quotes\\' and \\n'",
        "'é漢🎈'",
        "b'bytes\\x00'",
        "[]",
        "[1, [2, [3, None]]]",
        "()",
        "(1,)",
        "{}",
        "{'a': [1], 2: (3,)}",
        "set()",
        "{1, 2, 3}",
        "frozenset({1, 2})",
        "...",
    ] {
        returns("return arguments[0]", value, value);
        returns(&format!("inf, nan = float('inf'), float('nan')\nreturn {value}"), "", value);
    }
}

#[test]
fn types_are_kept_apart_as_python_keeps_them() {
    returns("return 1.0", "", "1");
    returns("return True", "", "1");
    differs("return (1, 2)", "", "[1, 2]");
    differs("return [1, 2]", "", "(1, 2)");
    differs("return '1'", "", "1");
    differs("return b'a'", "", "'a'");
    differs("return None", "", "0");
    differs("return [None]", "", "[]");
    returns("return frozenset([1])", "", "{1}");
    returns("return {'b': 2, 'a': 1}", "", "{'a': 1, 'b': 2}");
    differs("return 10**30 + 1", "", "1000000000000000000000000000000");
    differs("return float(2**53)", "", "9007199254740993");
}

#[test]
fn what_equals_plain_data_by_the_standard_library_is_taken_for_it() {
    returns("from collections import Counter\nreturn Counter('aab')", "", "{'a': 2, 'b': 1}");
    returns("from collections import OrderedDict\nreturn OrderedDict(a=1)", "", "{'a': 1}");
    returns(
        "from collections import defaultdict\nd = defaultdict(list)\nd[1].append(2)\nreturn d",
        "",
        "{1: [2]}",
    );
    returns("from collections import namedtuple\nreturn namedtuple('P', 'x y')(1, 2)", "", "(1, 2)");
    returns("from fractions import Fraction\nreturn Fraction(6, 2), Fraction(1, 2)", "", "(3, 0.5)");
    returns("from decimal import Decimal\nreturn Decimal('1.50')", "", "1.5");
    returns("from enum import IntEnum\nreturn IntEnum('E', 'A B').B", "", "2");
    returns("return bytearray(b'x')", "", "b'x'");
    differs("from fractions import Fraction\nreturn Fraction(1, 3)", "", "0.3333333333333333");
    differs("return range(3)", "", "[0, 1, 2]");
    differs("from collections import deque\nreturn deque([1])", "", "[1]");
    differs("return (n for n in [1])", "", "[1]");
    differs("return lambda: 1", "", "1");
    differs("return lambda: 1", "", "...");
    differs("return map(int, '12')", "", "[1, 2]");
}

#[test]
fn the_function_may_be_a_method_of_solution() {
    let problem = calls_problem(&[("2, 3", "6"), ("[1], 2", "[1, 1]")], Comparison::Values);
    let method = "class Solution:\n    def solve(self, a, b):\n        return a * b\n";
    assert_eq!(judge_program(&problem, method).verdict, Verdict::Passed);
    let missing = judge_program(&problem, "def other(a, b):\n    return a * b\n").verdict;
    let Verdict::Exception(raised) = missing else { panic!("{missing:?}") };
    assert_eq!(
        (raised.exception.as_str(), raised.message.as_str()),
        ("NameError", "name 'solve' is not defined")
    );
}

#[test]
fn a_call_that_fails_says_what_was_called_and_why() {
    let verdict = verdict_on("return sorted(arguments[0], key=len)[0]", "['bb', 'a'], 5", "'bb'");
    let Verdict::WrongAnswer(mismatch) = verdict else { panic!("{verdict:?}") };
    assert_eq!(mismatch.input.as_deref(), Some("['bb', 'a'], 5"));
    assert_eq!(mismatch.expected.as_deref(), Some("'bb'"));
    assert_eq!(mismatch.got.as_deref(), Some("'a'"));

    let verdict = verdict_on("raise KeyError(arguments[0])", "'k'", "1");
    let Verdict::Exception(raised) = verdict else { panic!("{verdict:?}") };
    assert_eq!((raised.exception.as_str(), raised.message.as_str()), ("KeyError", "'k'"));
    assert_eq!(raised.location.unwrap().text, "raise KeyError(arguments[0])");

    assert!(matches!(verdict_on("import sys\nsys.exit(0)", "", "1"), Verdict::Exited { .. }));
    assert!(matches!(verdict_on("import os\nos._exit(0)", "", "1"), Verdict::Exited { .. }));
    assert!(matches!(
        verdict_on("import torch\nreturn torch.int64(1)", "", "1"),
        Verdict::Unsupported { .. }
    ));
}

#[test]
fn calls_do_not_see_each_other_nor_changed_arguments() {
    let problem = calls_problem(&[("[3, 1]", "1"), ("[3, 1]", "1"), ("[3, 1]", "1")], Comparison::Values);
    let program = "calls = []\ndef solve(items):\n    calls.append(items)\n    items.sort()\n    items.append(0)\n    \
                   return len(calls)\n";
    assert_eq!(judge_program(&problem, program).verdict, Verdict::Passed);
}

#[test]
fn a_checker_judges_values_too() {
    let checker = "def check(input, expected, output):\n    return sorted(output) == sorted(input[0])\n";
    let problem = calls_problem(&[("[2, 1]", "None")], Comparison::Checker { source: checker.into() });
    assert_eq!(judge_program(&problem, "def solve(a):\n    return a[::-1]").verdict, Verdict::Passed);
    let verdict = judge_program(&problem, "def solve(a):\n    return a[:1]").verdict;
    assert!(matches!(verdict, Verdict::WrongAnswer(_)), "{verdict:?}");
}

/// EvalPlus leaves expected values to the reference solution.
#[test]
fn what_a_reference_returns_that_is_no_data_is_equal_to_nothing_and_different_from_nothing() {
    let left_to_the_reference = |reference: &str| {
        let mut problem = calls_problem(&[("[2]", "0")], Comparison::Values);
        problem.references = vec![Solution::new("reference", reference)];
        for test in &mut problem.tests {
            if let TestBody::Call { expected, .. } = &mut test.body {
                *expected = None;
            }
        }
        problem
    };
    let judge = Judge::new(common::runners(), Limits::default(), Dataset::MbppPlus);
    let verdict = |reference: &str, program: &str| {
        let problem = left_to_the_reference(reference);
        let measured = judge.measure(&problem).expect("a cell can be made");
        let judgements = judge.judge(&problem, Answer::program(program), Some(&measured), Judging::Sealed);
        judgements.into_counted().verdict
    };
    let iterator = "def solve(n):\n    return iter([n, n])\n";
    for program in [iterator, "def solve(n):\n    return iter([])\n", "def solve(n):\n    return [n, n]\n"] {
        let verdict = verdict(iterator, program);
        let Verdict::Inconclusive { reason } = &verdict else { panic!("{verdict:?}") };
        assert!(reason.contains("no plain data"), "{reason}");
    }
    let list = "def solve(n):\n    return [n, n]\n";
    assert_eq!(verdict(list, list), Verdict::Passed);
    assert!(matches!(verdict(list, iterator), Verdict::WrongAnswer(_)));
    // A returned value is in memory, so its size is limited.
    let huge = "def solve(n):\n    return 'x' * 2**26\n";
    let measured = judge.measure(&left_to_the_reference(huge)).expect("a cell can be made");
    assert!(measured.stopped().is_some() && measured.returned(0).is_none());
}
