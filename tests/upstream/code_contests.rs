//! CodeContests: programs by standard input and output.

use karat::judge::verdict::Verdict;
use karat::problem::Dataset;
use karat::sandbox::Bytes;

use super::Case;

fn writes(expected: &str) -> Case {
    Case::stdio(Dataset::CodeContests, &[("", expected)])
}

fn writing(text: &str) -> String {
    format!("import sys\nsys.stdout.write({text:?})\n")
}

#[test]
fn tokens_count_and_neither_case_nor_white_space_between_them() {
    for (expected, got) in [("YES\n", "yes"), ("1 2\n3\n", "1\n2   3"), ("a", "\n\ta \n"), ("", "\n")] {
        writes(expected).passes(&writing(got));
    }
    for (expected, got) in
        [("1 2\n", "2 1\n"), ("1 2\n", "12\n"), ("a\n", "a a\n"), ("yes\n", "no\n"), ("a", "")]
    {
        writes(expected).fails(&writing(got));
    }
}

#[test]
fn numbers_match_within_a_hundred_thousandth() {
    writes("0.5 a\n").passes(&writing("0.500009 A\n"));
    writes("0.5\n").fails(&writing("0.50002\n"));
    writes("2\n").passes(&writing("2.0\n"));
    writes("1e3\n").passes(&writing("1000\n"));
    writes("100000.5\n").fails(&writing("100000.6\n")); // absolute, not relative
}

#[test]
fn long_integers_that_are_the_same_float_pass_upstream_only() {
    writes("9007199254740993\n").passes_only_upstream(&writing("9007199254740992\n"));
    writes("9007199254740993\n").passes_only_upstream(&writing("9007199254740992.5\n"));
}

#[test]
fn leaving_is_an_end_with_status_zero_only() {
    writes("a\n").passes("print('a')\nexit()\n");
    assert_eq!(writes("a\n").verdicts("print('a')\nexit(1)\n"), ("exited", "exited"));
}

#[test]
fn the_memory_limit_of_the_problem_is_for_the_program_itself() {
    let mut case = Case::stdio(Dataset::CodeContests, &[("", "1000000\n")]);
    case.problem.limits.memory = Some(Bytes::mebi(64));
    case.passes("print(len(bytes(1000 * 1000)))\n");
    let both = case.both("print(len(bytes(200 << 20)))\n");
    assert!(matches!(both.sealed.verdict, Verdict::OutOfMemory { .. }), "{both}");
    assert!(matches!(both.compat.verdict, Verdict::OutOfMemory { .. }), "{both}");
}

#[test]
fn right_and_wrong_solutions_of_the_set_are_told_apart() {
    let case = Case::fixture("code-contests.jsonl", "1_A. Totals");
    let source = case.problem.reference().unwrap().source.clone();
    case.passes(&source);
    let wrong = case.problem.wrong[0].source.clone();
    case.fails(&wrong);
}
