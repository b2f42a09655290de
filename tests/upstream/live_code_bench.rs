//! LiveCodeBench: programs by standard input and output, and functions by calls.

use karat::complete::answered::AnsweredSample;
use karat::complete::extract::AnswerKind;
use karat::complete::query::RawAnswer;
use karat::judge::BothAnswers;
use karat::judge::verdict::Judging;
use karat::problem::Dataset;

use super::Case;

fn writes(expected: &str) -> Case {
    Case::stdio(Dataset::LiveCodeBench, &[("", expected)])
}

fn writing(text: &str) -> String {
    format!("import sys\nsys.stdout.write({text:?})\n")
}

fn returns(expected: &str) -> Case {
    Case::calls(Dataset::LiveCodeBench, &[("1", expected)])
}

fn returning(value: &str) -> String {
    format!("class Solution:\n    def solve(self, a):\n        return {value}\n")
}

#[test]
fn lines_are_equal_as_text_or_as_decimal_numbers() {
    for (expected, got) in [
        ("a b\nc\n", " a b \nc"),
        ("1000\n", "1e3\n"),
        ("1000 2\n", "1_000  2.0\n"),
        ("0.5\n", "0.50\n"),
        ("-0\n", "0\n"),
        ("a b\n1.0\n", "a b\n1\n"),
    ] {
        writes(expected).passes(&writing(got));
    }
}

#[test]
fn numbers_have_no_tolerance() {
    for (expected, got) in
        [("0.1\n", "0.10000001\n"), ("1\n", "1.0000000001\n"), ("0.3\n", "0.30000000000000004\n")]
    {
        writes(expected).fails(&writing(got));
    }
    writes("123456789012345678901234567890\n").passes(&writing("123456789012345678901234567890.0\n"));
    writes("123456789012345678901234567890\n").fails(&writing("123456789012345678901234567891\n"));
}

#[test]
fn the_number_of_lines_and_the_text_within_them_count() {
    for (expected, got) in [
        ("1\n2\n", "1\n\n2\n"),
        ("1 2\n", "1\n2\n"),
        ("1\n2\n", "1 2\n"),
        ("a b\n", "a  b\n"),
        ("Yes\n", "YES\n"),
        ("1 2\n", "2 1\n"),
    ] {
        writes(expected).fails(&writing(got));
    }
}

#[test]
fn leaving_passes_if_the_output_is_right() {
    for leave in ["exit()", "import sys; sys.exit(0)", "raise SystemExit"] {
        writes("a\n").passes(&format!("print('a')\n{leave}\nprint('never')\n"));
        writes("b\n").fails(&format!("print('a')\n{leave}\n"));
    }
    // That one is taken away, and this one ends the harness.
    assert_eq!(writes("a\n").verdicts("print('a')\nquit()\n"), ("passed", "exception"));
    let ends = "import os, sys\nprint('a')\nsys.stdout.flush()\nos._exit(0)\n";
    assert_eq!(writes("a\n").verdicts(ends), ("passed", "exited"));
    // Upstream, it does so whatever the status is.
    assert_eq!(writes("a\n").verdicts("print('a')\nexit(1)\n"), ("exited", "passed"));
}

#[test]
fn a_program_can_go_through_the_lines_of_standard_input() {
    let case = Case::stdio(Dataset::LiveCodeBench, &[("1 2\n3\n", "6\n"), ("", "0\n")]);
    case.passes("import sys\nprint(sum(int(x) for line in sys.stdin for x in line.split()))\n");
    case.passes("import sys\nprint(sum(map(int, sys.stdin.read().split())))\n");
    case.passes("import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))\n");
}

#[test]
fn a_main_block_runs_and_the_usual_names_are_there() {
    writes("3 2 6\n").passes(
        "def main():\n    print(ceil(2.5), Counter('aab')['a'], reduce(mul, [1, 2, 3]))\n\nif __name__ == '__main__':\n    main()\n",
    );
    returns("[2, 3]").passes(
        "class Solution:\n    def solve(self, a: Optional[int]) -> List[int]:\n        heap = [3, 2]\n        heapify(heap)\n        \
         return [heappop(heap), *heap]\n",
    );
}

#[test]
fn a_program_is_the_body_of_a_function_upstream() {
    let sum = Case::stdio(Dataset::LiveCodeBench, &[("3 4\n", "7\n"), ("1 1\n", "2\n")]);
    for (program, verdicts) in [
        (
            "t = 0\ndef add(x):\n    global t\n    t += x\nfor x in input().split():\n    add(int(x))\nprint(t)\n",
            ("passed", "exception"),
        ),
        ("print(sum(map(int, open(0).read().split())))\n", ("passed", "wrong_answer")),
        ("print(sum(map(int, input().split())))\nreturn\n", ("syntax_error", "passed")),
        ("class Solution:\n    pass\nprint(sum(map(int, input().split())))\n", ("passed", "exception")),
        ("print(sum(map(int, stdin.readline().split())))\n", ("passed", "passed")),
    ] {
        assert_eq!(sum.verdicts(program), verdicts, "{program}");
    }
}

#[test]
fn the_program_is_what_stands_between_the_last_two_fences_upstream() {
    let case = writes("a\n");
    let code = "```python\nprint('a')\n```\n";
    for (answer, verdicts) in [
        (format!("Here:\n{code}That is all.\n"), ("passed", "passed")),
        (format!("Here:\n{code}It writes\n```\na\n```\n"), ("passed", "exception")),
        (format!("Here:\n{code}{code}"), ("passed", "passed")),
        ("print('a')\n".to_owned(), ("passed", "syntax_error")), // no fences, no program
    ] {
        let answered = AnsweredSample::new(&case.problem, 0, RawAnswer::new(&answer), AnswerKind::Chat);
        let answers = BothAnswers { sealed: answered.program(), compat: answered.upstream_program() };
        let judged = case.judge().judge_each(&case.problem, answers, None, Judging::Both);
        let names: Vec<&str> = judged.each().map(|(_, judgement)| judgement.verdict.kind().name()).collect();
        assert_eq!((names[0], names[1]), verdicts, "{answer}");
    }
}

#[test]
fn recursion_may_be_deep_without_asking() {
    let down = "def down(n):\n    return n and 1 + down(n - 1)\n";
    writes("20000\n").passes(&format!("{down}print(down(20000))\n"));
    returns("20000")
        .passes(&format!("{down}class Solution:\n    def solve(self, a):\n        return down(20000)\n"));
}

#[test]
fn functions_are_compared_as_python_does_an_outer_tuple_being_a_list() {
    returns("1").passes(&returning("True"));
    returns("True").passes(&returning("1"));
    returns("[1, 2]").passes(&returning("(1, 2)"));
    returns("[[1, 2]]").fails(&returning("[(1, 2)]"));
    returns("0.3").fails(&returning("0.1 + 0.2"));
    returns("2.0").passes(&returning("2"));
    returns("[3]").fails(&returning("3"));
    returns("'1'").fails(&returning("1"));
    returns("2").passes("def solve(a):\n    return a + 1\n");
}

#[test]
fn an_object_that_is_equal_to_everything_passes_upstream_only() {
    returns("[1]").passes_only_upstream(
        "class Any:\n    def __eq__(self, other):\n        return True\n\n\
         class Solution:\n    def solve(self, a):\n        return Any()\n",
    );
}

#[test]
fn the_first_test_that_fails_ends_it() {
    let case = Case::stdio(Dataset::LiveCodeBench, &[("1\n", "1\n"), ("2\n", "4\n"), ("3\n", "3\n")]);
    let functions = Case::calls(Dataset::LiveCodeBench, &[("1", "1"), ("2", "4"), ("3", "3")]);
    for (case, program) in [(case, "print(input())\n"), (functions, "def solve(a):\n    return a\n")] {
        for counts in case.both(program).counts() {
            assert_eq!((counts.total, counts.run, counts.passed, counts.failed), (3, 2, 1, Some(1)));
        }
    }
}

#[test]
fn problems_of_a_release_are_judged_by_public_and_private_tests() {
    let words = Case::fixture("live-code-bench", "9001_A");
    words.passes("a = input()\nb = input()\nprint(a if len(a) >= len(b) else b)\n");
    words.fails("a = input()\nb = input()\nprint(a if len(a) > len(b) else b)\n"); // right for the public test
    let steps = Case::fixture("live-code-bench", "9002");
    steps.passes(
        "class Solution:\n    def countSteps(self, number, most):\n        return -(-number // most)\n",
    );
    steps.fails("class Solution:\n    def countSteps(self, number, most):\n        return 4\n");
}
