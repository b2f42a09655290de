//! Completions that try to pass without solving the problem, and some that are right in an odd way. Under sealed
//! judging, none of the former may pass or open the seal, and each must get the verdict that it names; all of the
//! latter must pass. There is a folder for each kind of test in `tests/cheats`; `common::corpus` says how its files are
//! written.

mod common;

use common::corpus::{Corpus, by_rules, every_reference_passes};
use common::{calls_problem, stdio_problem};
use karat::problem::load::load;
use karat::problem::{Comparison, Dataset, Problem, Solution};
use karat::sandbox::Fuel;

/// The problems in a file of `tests/cheats`.
fn problems(file: &str) -> (Vec<Problem>, Dataset) {
    let set = load(&common::file("cheats").join(file), None).unwrap();
    (set.problems().map(|problem| problem.unwrap()).collect(), set.dataset)
}

#[test]
fn assertions() {
    let (problems, dataset) = problems("assertions/problems.jsonl");
    let fuel = Fuel(20_000_000_000);
    Corpus { folder: "assertions", least: 95, dataset, fuel, problems }.every_program_gets_its_verdict();
}

/// The tests are statements that use several names of the program.
#[test]
fn statements() {
    let (problems, dataset) = problems("statements/problems.jsonl");
    let fuel = Fuel(4_000_000_000);
    Corpus { folder: "statements", least: 130, dataset, fuel, problems }.every_program_gets_its_verdict();
}

/// Things that right solutions do and that are hard to take from one cell to another. For some it is impossible: what
/// the tests hand over to run in their own cell, and what would show the candidate the expected values.
#[test]
fn honest_statements() {
    let (problems, dataset) = problems("statements/honest.jsonl");
    let open = [
        "iterator_of_the_tests",
        "function_of_the_tests",
        "coroutine",
        "operators",
        "exceptions_made_by_the_tests",
    ];
    every_reference_passes(&problems, dataset, Fuel(4_000_000_000), &open);
}

/// `solve(items)` adds up numbers, or joins texts or lists. The expected value is nowhere in the arguments.
#[test]
fn calls() {
    let sums = [
        ("[3, 1, 3, 2]", "9"),
        ("['mari', 'gold']", "'marigold'"),
        ("[[1], [2, 3], [[4]]]", "[1, 2, 3, [4]]"),
        ("[0.5, 0.25]", "0.75"),
        ("[[], []]", "[]"),
        ("[4096, 8192, 16384]", "28672"),
    ];
    let sum = "def solve(items):\n    total = items[0]\n    for item in items[1:]:\n        total = total + item\n    \
               return total\n";
    let collections = [
        ("[3, 1, 3, 2]", "{1, 2, 3}"),
        ("['a', 'b', 'a']", "{'a': 2, 'b': 1}"),
        ("[(1, 2), (2, 1)]", "frozenset({frozenset({1, 2})})"),
    ];
    let collect = "def solve(items):\n    if type(items[0]) is int:\n        return set(items)\n    \
                   if type(items[0]) is str:\n        return {item: items.count(item) for item in items}\n    \
                   return frozenset(map(frozenset, items))\n";
    let mut problems = Vec::new();
    for (name, tests, honest) in [("sums", &sums[..], sum), ("collections", &collections[..], collect)] {
        let problem = calls_problem(tests, Comparison::default());
        problems.extend(by_rules(&named(name, problem, honest), rules_for_values()));
    }
    let (folder, fuel) = ("calls", Fuel(4_000_000_000));
    Corpus { folder, least: 165, dataset: Dataset::Karat, fuel, problems }.every_program_gets_its_verdict();
}

fn rules_for_values() -> Vec<Comparison> {
    let source = "def check(input, expected, output):\n    return output == expected\n";
    vec![
        Comparison::Values,
        Comparison::Exact,
        Comparison::Numbers { absolute: 1e-9, relative: 1e-9 },
        Comparison::Unordered,
        Comparison::EvalPlus { atol: 1e-6, oracle: Default::default() },
        Comparison::Apps,
        Comparison::LiveCodeBench,
        Comparison::Checker { source: source.into() },
    ]
}

/// A count, then as many numbers: their sum and the largest are asked for, a line each.
#[test]
fn stdio() {
    let sums = [
        ("3\n1 2 4\n", "7\n4\n"),
        ("1\n-5\n", "-5\n-5\n"),
        ("2\n7300 1\n", "7301\n7300\n"),
        ("4\n10 20 30 40\n", "100\n40\n"),
        ("2\n0 0\n", "0\n0\n"),
    ];
    // A whole number for which a tolerance for real ones would allow a thousand others, alone and before real ones.
    let large = [("2\n999999999 8\n", "1000000007\n")];
    let mixed = [("2\n999999999 8\n", "1000000007\n499999999.5 333333333.0\n4.0 2.6666666666666665\n")];
    let sum = "input()\nnumbers = [int(word) for word in input().split()]\nprint(sum(numbers))\n";
    let largest = "print(max(numbers))\n";
    let halves = "for number in numbers:\n    print(number / 2, number / 3)\n";
    let mut problems = Vec::new();
    for (name, tests, rest) in
        [("sums", &sums[..], largest), ("large", &large[..], ""), ("mixed", &mixed[..], halves)]
    {
        let problem = named(name, stdio_problem(tests, Comparison::TrimmedLines), &format!("{sum}{rest}"));
        problems.extend(by_rules(&problem, rules_for_texts()));
    }
    let (folder, fuel) = ("stdio", Fuel(4_000_000_000));
    Corpus { folder, least: 135, dataset: Dataset::Karat, fuel, problems }.every_program_gets_its_verdict();
}

fn rules_for_texts() -> Vec<Comparison> {
    let source = "def check(input, expected, output):\n    return output.split() == expected.split()\n";
    vec![
        Comparison::TrimmedLines,
        Comparison::Exact,
        Comparison::Tokens,
        Comparison::Numbers { absolute: 1e-9, relative: 1e-9 },
        Comparison::Unordered,
        Comparison::Apps,
        Comparison::LiveCodeBench,
        Comparison::CodeContests,
        Comparison::Checker { source: source.into() },
    ]
}

/// Checker programs that make assumptions about what an answer looks like.
#[test]
fn checkers() {
    let (problems, dataset) = problems("checkers/problems");
    let fuel = Fuel(4_000_000_000);
    Corpus { folder: "checkers", least: 50, dataset, fuel, problems }.every_program_gets_its_verdict();
}

/// The functions of MBPP+ that EvalPlus does not judge by equality.
#[test]
fn eval_plus() {
    let (problems, dataset) = problems("eval_plus/mbpp_plus.jsonl");
    let fuel = Fuel(4_000_000_000);
    Corpus { folder: "eval_plus", least: 45, dataset, fuel, problems }.every_program_gets_its_verdict();
}

/// The function of HumanEval+ that has many right answers.
#[test]
fn eval_plus_polynomials() {
    let (problems, dataset) = problems("eval_plus/human_eval_plus.jsonl");
    let (folder, fuel) = ("eval_plus/polynomials", Fuel(4_000_000_000));
    Corpus { folder, least: 10, dataset, fuel, problems }.every_program_gets_its_verdict();
}

/// The problem by another name, with a right solution.
fn named(name: &str, problem: Problem, honest: &str) -> Problem {
    Problem { task_id: name.into(), references: vec![Solution::new("honest", honest)], ..problem }
}
