//! The starter set: what it promises, that its problems are in order, and the first command of the README.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use karat::problem::load::load;
use karat::problem::{Problem, TestKind};
use serde_json::Value;

fn set() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/problems/starter"))
}

#[test]
fn every_problem_has_what_the_set_promises() {
    let set_of_problems = load(set(), None).unwrap();
    let mut levels: BTreeMap<String, u32> = BTreeMap::new();
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    for (task_id, entry) in set_of_problems.entries() {
        let problem: Problem = set_of_problems.problem(task_id.as_str()).unwrap();
        let level = entry.facts.difficulty.clone().unwrap();
        *levels.entry(level.clone()).or_default() += 1;
        let kind = entry.kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join("+");
        *kinds.entry(kind).or_default() += 1;
        let languages: Vec<&String> = problem.statements.keys().collect();
        assert_eq!(languages, ["en", "zh"], "{task_id}");
        let han = |text: &String| {
            text.chars().filter(|character| ('\u{4e00}'..='\u{9fff}').contains(character)).count()
        };
        assert!(han(&problem.statements["zh"]) > 40 && han(&problem.statements["en"]) < 10, "{task_id}");
        let visible = problem.tests.iter().filter(|test| test.visible).count();
        assert!(visible >= 2 && problem.tests.len() - visible >= 12, "{task_id}");
        if entry.kinds.iter().any(|kind| *kind != TestKind::Stdio) {
            assert!(problem.starter_code.as_deref().is_some_and(|header| header.contains("->")), "{task_id}");
        }
        let (right, wrong) = (&problem.references, &problem.wrong);
        assert!(right.len() >= 2 && wrong.len() >= 3, "{task_id}");
        assert!(wrong.iter().all(|solution| solution.verdict.is_some()), "{task_id}");
        let too_slow = |verdict: &Option<String>| verdict.as_deref() == Some("out_of_fuel");
        assert!(level != "competition" || wrong.iter().any(|one| too_slow(&one.verdict)), "{task_id}");
    }
    assert!(levels.values().all(|count| *count == 20) && levels.len() == 3, "{levels:?}");
    assert!(kinds.values().all(|count| *count == 20) && kinds.len() == 3, "{kinds:?}");
}

#[test]
fn right_solutions_pass_and_wrong_ones_fail_as_they_say() {
    let output = common::karat()
        .args(["problems", "verify", set().to_str().unwrap(), "--format", "json"])
        .output()
        .unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &result["findings"]),
        (Some(0), &Value::Array(Vec::new())),
        "{result:#}"
    );
    assert_eq!((&result["in_order"], &result["not_known"]), (&60.into(), &0.into()));
}

#[test]
fn the_first_command_shows_every_verdict_and_a_score_between() {
    let directory = tempfile::tempdir().unwrap();
    let replay = format!("replay:{}", set().join("replay.jsonl").display());
    let output = common::karat()
        .current_dir(directory.path())
        .args([
            "run",
            set().to_str().unwrap(),
            "--model",
            &replay,
            "-n",
            "4",
            "--k",
            "1,2,4",
            "--format",
            "json",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts = &result["sealed"]["verdicts"];
    // The README shows this: it is the same on every machine.
    let expected: Value = serde_json::from_str(
        r#"{"passed": 110, "wrong_answer": 80, "exception": 23, "syntax_error": 5, "out_of_fuel": 6, "out_of_memory": 3,
            "output_limit": 2, "exited": 3, "no_code": 4, "unsupported": 4}"#,
    )
    .unwrap();
    assert_eq!(verdicts, &expected);
    let scores: Vec<f64> =
        (0..3).map(|k| result["sealed"]["pass_at_k"][k]["value"].as_f64().unwrap()).collect();
    let expected = [110.0 / 240.0, 0.6611, 0.8333];
    assert!(
        scores.iter().zip(expected).all(|(score, expected)| (score - expected).abs() < 1e-4),
        "{scores:?}"
    );
}
