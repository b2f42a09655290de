//! `karat compare`, `karat check` and `karat baseline`, through the binary, on small runs that are committed.

mod common;

use std::fs;
use std::process::Output;

use karat::judge::Judgements;
use karat::judge::verdict::{Judgement, Verdict};
use serde_json::Value;

fn karat(arguments: &[&str]) -> Output {
    let mut command = common::karat();
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command.current_dir(common::file("fixtures/runs")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn two_runs_are_compared_at_length() {
    let output = karat(&["compare", "good", "poor"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(stdout(&output));
    // The other way round, everything is mirrored.
    let json = |arguments: &[&str]| -> Value { serde_json::from_slice(&karat(arguments).stdout).unwrap() };
    let there = json(&["compare", "good", "poor", "--format", "json"]);
    let back = json(&["compare", "poor", "good", "--format", "json"]);
    let (there, back) = (&there["pairs"][0], &back["pairs"][0]);
    assert_eq!(there["difference"].as_f64(), back["difference"].as_f64().map(|difference| -difference));
    assert_eq!((&there["won"], &there["lost"]), (&back["lost"], &back["won"]));
    assert_eq!(there["p_value"], back["p_value"]);
}

#[test]
fn several_runs_are_ranked_and_their_p_values_corrected() {
    let output = karat(&["compare", "good", "poor", "good", "--format", "json"]);
    let output: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output["pairs"].as_array().unwrap().len(), 3);
    assert_eq!(
        output["runs"].as_array().unwrap().iter().map(|run| run["rank"].as_u64().unwrap()).max(),
        Some(1)
    );
    let pair = &output["pairs"][0];
    assert_eq!((pair["p_value"].as_f64(), pair["adjusted_p_value"].as_f64()), (Some(0.125), Some(0.375)));
    insta::assert_snapshot!(stdout(&karat(&["compare", "good", "poor", "good"])));
}

#[test]
fn the_exit_status_tells_what_came_of_the_check() {
    let status = |arguments: &[&str]| karat(&[&["check"], arguments].concat()).status.code().unwrap();
    assert_eq!(status(&["good", "--baseline", "good"]), 0);
    assert_eq!(status(&["good", "--baseline", "poor"]), 0, "better is no regression");
    assert_eq!(status(&["poor", "--baseline", "good"]), 3, "four problems of five may be chance");
    assert_eq!(status(&["poor", "--baseline", "good", "--alpha", "0.2"]), 1);
    assert_eq!(status(&["poor", "--baseline", "good", "--alpha", "0.2", "--max-drop", "40pp"]), 0);
    assert_eq!(status(&["poor", "--baseline", "nowhere"]), 2);
    assert_eq!(status(&["poor", "--baseline", "good", "--max-drop", "2"]), 2);
}

#[test]
fn a_baseline_is_one_file_that_stands_for_its_run() {
    let directory = tempfile::tempdir().unwrap();
    let baseline = directory.path().join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    assert_eq!(karat(&["baseline", "good", "-o", baseline]).status.code(), Some(0));
    let check = |against: &str| karat(&["check", "poor", "--baseline", against, "--format", "json"]);
    assert_eq!(stdout(&check(baseline)), stdout(&check("good")));
    assert_eq!(karat(&["compare", baseline, "poor"]).status.code(), Some(0));

    let edit = |from: &str, to: &str| {
        let text = fs::read_to_string(baseline).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(baseline, text.replace(from, to)).unwrap();
    };
    edit("\"digest\": \"6eb9", "\"digest\": \"0000");
    edit("\"memory\": 536870912", "\"memory\": 1073741824");
    let refused = check(baseline);
    assert_eq!(refused.status.code(), Some(2));
    let stderr = String::from_utf8(refused.stderr).unwrap().replace(baseline, "baseline.json");
    insta::assert_snapshot!(stderr);
    let allowed = karat(&["check", "poor", "--baseline", baseline, "--allow-differences"]);
    assert_eq!(allowed.status.code(), Some(3));
    assert!(stdout(&allowed).contains("Judged with other limits"));

    edit("\"baseline_format\": 1", "\"baseline_format\": 9");
    assert!(String::from_utf8(check(baseline).stderr).unwrap().contains("newer karat"));
}

#[test]
fn ci_gets_junit_markdown_and_annotations() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    fs::write(path("summary.md"), "before\n").unwrap();
    // A problem that the baseline solves and this run does not: its passing samples are removed.
    let poor = directory.path().join("poor");
    common::copy_run(
        &common::file("fixtures/runs/poor"),
        &poor,
        |_| (),
        |record| {
            if record.task_id.as_str() == "mini/halve" {
                let judgement = record.judgements.counted().clone();
                record.judgements = Judgements::Sealed(Judgement { verdict: Verdict::NoCode, ..judgement });
            }
        },
    );
    let output = common::karat()
        .current_dir(common::file("fixtures/runs"))
        .args(["check", poor.to_str().unwrap(), "--baseline", "good", "--alpha", "0.2"])
        .args([
            "--junit",
            path("junit.xml").to_str().unwrap(),
            "--markdown",
            path("own.md").to_str().unwrap(),
        ])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", path("summary.md"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!("ci_table_and_annotations", stdout(&output));
    insta::assert_snapshot!("ci_junit", read("junit.xml"));
    insta::assert_snapshot!("ci_markdown", read("own.md"));
    assert_eq!(read("summary.md"), format!("before\n{}", read("own.md")));
}

#[test]
fn an_unfinished_run_is_no_result() {
    let directory = tempfile::tempdir().unwrap();
    let run = directory.path().join("run");
    common::copy_files(&common::file("fixtures/runs/poor"), &run);
    fs::remove_file(run.join("scores.json")).unwrap();
    let verdicts = fs::read_to_string(run.join("verdicts.jsonl")).unwrap();
    let less: String = verdicts.split_inclusive('\n').take(7).collect();
    fs::write(run.join("verdicts.jsonl"), less).unwrap();
    let output = karat(&["check", run.to_str().unwrap(), "--baseline", "good"]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("the run is not finished; begin it again as it was begun"), "{stderr}");
}

#[test]
fn what_is_within_the_allowed_drop_fails_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (junit, markdown) = (path("junit.xml"), path("summary.md"));
    let check = |rule: &[&str]| {
        let files = ["--junit", &junit, "--markdown", &markdown];
        let output =
            karat(&[&["check", "poor", "--baseline", "good", "--alpha", "0.2"], rule, &files].concat());
        let read = |path: &str| fs::read_to_string(path).unwrap();
        (output.status.code().unwrap(), stdout(&output), read(&junit), read(&markdown))
    };
    let (status, text, junit, markdown) = check(&["--max-drop", "60pp"]);
    assert_eq!(status, 0);
    assert!(junit.contains("failures=\"0\" errors=\"0\"") && !junit.contains("<failure"), "{junit}");
    assert!(
        junit.contains("<skipped message=\"worse, but the score is within what is allowed: 2 of 2 → 1 of 2;"),
        "{junit}"
    );
    assert!(markdown.starts_with("## ✅ karat check: passed\n"), "{markdown}");
    for form in [&text, &markdown] {
        assert!(form.contains("assing less often: 4"), "{form}");
    }
    let (status, text, junit, markdown) = check(&[]);
    assert_eq!(status, 1);
    assert!(junit.contains("failures=\"5\""), "the whole and four problems: {junit}");
    assert!(
        markdown.starts_with("## ❌ karat check: regressed\n")
            && text.contains("passing less often: 4. A smaller share"),
        "{text}"
    );
}
