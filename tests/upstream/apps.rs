//! APPS: programs by standard input and output, and functions by calls.

use karat::complete::Answer;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::Dataset;
use karat::runner::python::NATIVE_SECOND;

use super::Case;

fn stdio(tests: &[(&str, &str)]) -> Case {
    Case::stdio(Dataset::Apps, tests)
}

fn calls(tests: &[(&str, &str)]) -> Case {
    Case::calls(Dataset::Apps, tests)
}

/// A program that must write `expected`.
fn writes(expected: &str) -> Case {
    stdio(&[("", expected)])
}

/// A program that writes `text`.
fn writing(text: &str) -> String {
    format!("import sys\nsys.stdout.write({text:?})\n")
}

/// A function that must return `expected`.
fn returns(expected: &str) -> Case {
    calls(&[("1", expected)])
}

fn returning(value: &str) -> String {
    format!("def solve(a):\n    return {value}\n")
}

#[test]
fn the_usual_names_are_there_without_an_import() {
    let names = "[sys, time, itertools, accumulate, product, permutations, combinations, collections, Counter, \
        OrderedDict, deque, defaultdict, ChainMap, lru_cache, math, sqrt, sin, cos, tan, ceil, fabs, floor, gcd, exp, \
        log, log2, fractions, List, Tuple, random, heapq, heappush, heappop, heapify]";
    writes("[1, 3]\n").passes(&format!("{names}\nprint(list(accumulate([1, 2])))\n"));
    returns("2")
        .passes(&format!("{names}\ndef solve(a: List[int]) -> int:\n    return Counter([a, a])[a]\n"));
    assert_eq!(writes("").verdicts("import torch\nprint(torch.int64(1))\n"), ("unsupported", "unsupported"));
}

#[test]
fn the_function_may_be_a_method_of_solution() {
    let case = calls(&[("2, 3", "6"), ("[1], 2", "[1, 1]")]);
    case.passes("def solve(a, b):\n    return a * b\n");
    case.passes("class Solution:\n    def solve(self, a, b):\n        return a * b\n");
    case.fails("class Solution:\n    def solve(self, a, b):\n        return a\n");
    assert_eq!(case.verdicts("def other(a, b):\n    return a * b\n"), ("exception", "exception"));
}

#[test]
fn an_outer_tuple_is_a_list_and_so_are_tuples_within_the_first_element() {
    returns("[1, 2]").passes(&returning("(1, 2)"));
    returns("[1, 2]").passes(&returning("[1, 2]"));
    returns("[[[1, 2], [3]]]").passes(&returning("[(1, 2), (3,)]"));
    returns("[[1, 2], [3]]").fails(&returning("[(1, 2), (3,)]"));
    returns("[[1, 2], 3]").fails(&returning("[(1, 2), 3]"));
}

#[test]
fn the_first_element_of_the_expected_list_will_do_and_sealed_only_a_single_one() {
    returns("[3]").passes(&returning("3"));
    returns("[[1, 2]]").passes(&returning("[1, 2]"));
    returns("[3, 99]").passes_only_upstream(&returning("3"));
    returns("[3, 99]").fails(&returning("99"));
    returns("3").fails(&returning("[3]"));
}

#[test]
fn what_a_function_returns_is_compared_as_python_does() {
    returns("1").passes(&returning("True"));
    returns("2.0").passes(&returning("2"));
    returns("0.3").fails(&returning("0.1 + 0.2"));
    returns("'a'").fails(&returning("'A'"));
    returns("[1]").passes_only_upstream(
        "class Any:\n    def __eq__(self, other):\n        return True\ndef solve(a):\n    return Any()\n",
    );
}

#[test]
fn texts_are_compared_by_a_ladder() {
    for (expected, got) in [
        ("1 2\n", "1 2"),
        ("1 2", "\n 1 2 \n\n"),
        ("a\nb\n", " a \n  b  \n"),
        ("a\nb\n", "a\n\n\nb\n"),
        ("0.333333333\n2\n", "0.33333334\n2.0\n"),
        ("1000000.0\n", "1000001\n"),
        ("0.5 0.333333333\n", "0.5 0.3333333333\n"),
        ("", "\n"),
    ] {
        writes(expected).passes(&writing(got));
    }
}

#[test]
fn order_repetition_and_later_decimals_count_in_sealed_judging_only() {
    for (expected, got) in [
        ("1 2\n", "2 1\n"),
        ("1 2\n", "1 2 2\n"),
        ("a\nb\n", "b\na\n"),
        ("a\nb\n", "a\nb\nb\n"),
        ("1.2341 2\n", "1.2342 2\n"),
    ] {
        writes(expected).passes_only_upstream(&writing(got));
    }
}

#[test]
fn integers_are_exact_and_real_numbers_stand_anywhere_in_sealed_judging_only() {
    for (expected, got) in
        [("1000000007\n", "1000001007\n"), ("1000000\n", "1000001\n"), ("1000000007\n", "1000000007.4\n")]
    {
        writes(expected).passes_only_upstream(&writing(got));
    }
    writes("1000000007\n2\n").passes(&writing("1000000007.0\n2e0\n"));
    assert_eq!(writes("500.0 600.0\n").verdicts(&writing("500.002 600.002\n")), ("passed", "wrong_answer"));
    assert_eq!(
        writes("area: 0.25 3\n").verdicts(&writing("area: 0.2500001 3\n")),
        ("passed", "wrong_answer")
    );
    writes("area: 0.25 3\n").fails(&writing("area: 0.2500001 3.1\n"));
}

#[test]
fn case_and_content_count() {
    for (expected, got) in [
        ("YES\n", "Yes\n"),
        ("1.0\n", "1.01\n"),
        ("1 2\n", "1 3\n"),
        ("1.234 2\n", "1.236 2\n"),
        ("a b", "ab"),
        ("a", ""),
    ] {
        writes(expected).fails(&writing(got));
    }
}

#[test]
fn leaving_is_an_end_but_exit_and_quit_are_taken_away_upstream() {
    let leaving = |leave: &str| writes("a\n").verdicts(&format!("print('a')\n{leave}\n"));
    for leave in ["exit()", "quit()"] {
        assert_eq!(leaving(leave), ("passed", "exception"), "{leave}");
    }
    for leave in ["import sys\nsys.exit()", "import sys\nsys.exit(0)", "raise SystemExit"] {
        assert_eq!(leaving(leave), ("passed", "passed"), "{leave}");
    }
    // Upstream, it does so whatever the status is, but not if the whole process ends.
    assert_eq!(leaving("import sys\nsys.exit(1)"), ("exited", "passed"));
    assert_eq!(leaving("import os, sys\nsys.stdout.flush()\nos._exit(0)"), ("passed", "exited"));
    // In a call, that is no end, and the process is lost with all tests.
    let call = |leave: &str| returns("1").verdicts(&format!("import sys\ndef solve(a):\n    {leave}\n"));
    assert_eq!(call("exit()"), ("exited", "exception"));
    assert_eq!(call("sys.exit()"), ("exited", "exited"));
}

#[test]
fn a_program_is_the_body_of_a_function_upstream() {
    let sum = stdio(&[("3 4\n", "7\n"), ("1 1\n", "2\n")]);
    for (program, verdicts) in [
        ("a, b = map(int, input().split())\nprint(a + b)\nreturn\n", ("syntax_error", "passed")),
        (
            "t = 0\ndef add(x):\n    global t\n    t += x\nfor x in input().split():\n    add(int(x))\nprint(t)\n",
            ("passed", "exception"),
        ),
        ("sum = sum(map(int, input().split()))\nprint(sum)\n", ("passed", "exception")),
        ("print(sum(map(int, sys.stdin.buffer.readline().split())))\n", ("passed", "exception")),
        ("print(sum(map(int, open('input.txt').read().split())))\n", ("exception", "passed")),
        ("print(sum(map(int, stdin.readline().split())))\n", ("passed", "passed")),
    ] {
        assert_eq!(sum.verdicts(program), verdicts, "{program}");
    }
}

#[test]
fn what_a_program_raised_is_told_with_its_line() {
    let both = stdio(&[("1\n", "1\n")]).both("import sys\nn = int(input())\n\nprint(1 // (n - 1))\n");
    for verdict in [&both.sealed.verdict, &both.compat.verdict] {
        let Verdict::Exception(raised) = verdict else { panic!("{both}") };
        let location = raised.location.as_ref().expect("it is known");
        assert_eq!((location.line, location.text.as_str()), (4, "print(1 // (n - 1))"));
    }
}

#[test]
fn a_call_that_takes_too_long_fails_alone() {
    let case = calls(&[("1", "1"), ("5", "5"), ("3", "3")]);
    let both = case.both("import time\ndef solve(a):\n    time.sleep(a if a > 4 else 0)\n    return a\n");
    assert_eq!(both.compat.verdict, Verdict::OutOfFuel { limit: NATIVE_SECOND.times(4.0) });
    let counts = both.compat.tests.expect("there are several");
    assert_eq!((counts.run, counts.passed, counts.failed), (3, 2, Some(1)));
}

#[test]
fn programs_read_standard_input_and_run_as_main_in_sealed_judging_only() {
    let case = stdio(&[("3 4\n", "7\n"), ("1 1\n", "2\n")]);
    case.passes("print(sum(map(int, input().split())))\n");
    let main = "def main():\n    print(sum(int(x) for line in sys.stdin for x in line.split()))\n\n";
    case.passes(&format!("{main}main()\n"));
    let in_block = format!("{main}if __name__ == '__main__':\n    main()\n");
    assert_eq!(case.verdicts(&in_block), ("passed", "wrong_answer"), "`__name__` is `builtins`");
}

#[test]
fn all_tests_run_and_the_average_counts_those_that_pass() {
    let case = stdio(&[("1\n", "1\n"), ("2\n", "2\n"), ("3\n", "9\n"), ("4\n", "4\n")]);
    for counts in case.both("print(input())\n").counts() {
        assert_eq!((counts.total, counts.run, counts.passed, counts.failed), (4, 4, 3, Some(2)));
    }
    let case = calls(&[("0", "0"), ("2", "2"), ("3", "9")]);
    let both = case.both("def solve(a):\n    return 0 if 6 // a == 0 else a\n"); // raises on the first
    assert_eq!(both.names(), ("exception", "exception"));
    for counts in both.counts() {
        assert_eq!((counts.total, counts.run, counts.passed, counts.failed), (3, 3, 1, Some(0)));
    }
}

#[test]
fn a_program_that_does_not_run_passes_no_test() {
    let case = stdio(&[("1\n", "1\n"), ("2\n", "2\n")]);
    assert_eq!(case.verdicts("print(\n"), ("syntax_error", "syntax_error"));
    for case in [case, calls(&[("1", "1"), ("2", "2")])] {
        let both = case.both("print(input()\n");
        assert_eq!(both.names(), ("syntax_error", "syntax_error"));
        assert_eq!([both.sealed.tests, both.compat.tests], [None, None]);
        assert_eq!(case.verdicts("1 / 0\n"), ("exception", "exception"));
    }
}

#[test]
fn a_process_that_ends_during_a_call_takes_all_tests_with_it_upstream() {
    let case = calls(&[("1", "1"), ("2", "2"), ("3", "3")]);
    let both = case.both("import os\ndef solve(a):\n    if a == 2:\n        os._exit(0)\n    return a\n");
    assert_eq!(both.names(), ("exited", "exited"));
    let counts = both.sealed.tests.unwrap();
    assert_eq!((counts.run, counts.passed, counts.failed), (3, 2, Some(1)));
    assert_eq!(both.compat.tests, None);
}

#[test]
fn the_whole_problem_is_stopped_after_eleven_seconds() {
    let slow = "n = int(input())\nfor _ in range(60_000_000):\n    pass\nprint(n)\n";
    let lines: Vec<String> = (0..40).map(|number| format!("{number}\n")).collect();
    let tests: Vec<(&str, &str)> = lines.iter().map(|line| (line.as_str(), line.as_str())).collect();
    let case = stdio(&tests);
    let compat =
        case.judge().judge(&case.problem, Answer::program(slow), None, Judging::Compat).into_counted();
    assert_eq!(compat.verdict, Verdict::OutOfFuel { limit: NATIVE_SECOND.times(11.0) });
    assert_eq!(compat.tests, None, "no test counts as passed");
}
