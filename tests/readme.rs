//! What the README shows works when it is copied: its commands, one after the other, in a directory of a user's own.

mod common;

use std::fs;
use std::path::Path;

use common::{karat, shared};
use serde_json::Value;

/// The README.
fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// Runs a line of the README as it stands there.
fn run(readme: &str, directory: &Path, data: &Path, line: &str) -> String {
    let is_there = readme.lines().any(|shown| {
        let command = shown.split("  #").next().unwrap_or_default();
        shown.starts_with("    ") && command.trim() == line
    });
    assert!(is_there, "the README does not show `{line}` any more");
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("karat"));
    let output = karat().current_dir(directory).env("KARAT_SETS_DIR", data).args(words).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{line}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_set_of_ones_own_grows_as_shown() {
    let (readme, directory) = (readme(), tempfile::tempdir().unwrap());
    let run = |line| run(&readme, directory.path(), directory.path(), line);
    assert!(run("karat data list").contains("HumanEval"));
    run("karat problems new mine/two-sum --kind calls");
    assert!(run("karat problems list problems/mine --tasks").contains("mine/two-sum"));
    assert!(run("karat problems show mine/two-sum --reveal").starts_with("mine/two-sum"));
    assert!(run("karat problems verify problems/mine --mutants").contains("1 of 1 problem in order"));
}

#[test]
fn scoring_comparing_and_reporting_work_as_shown() {
    let Some(set) = shared("humaneval/HumanEval.jsonl.gz") else { return };
    let (readme, directory, data) = (readme(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::copy(&set, data.path().join("HumanEval.jsonl.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(fs::File::open(&set).unwrap()),
        &mut text,
    )
    .unwrap();
    let problems: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let samples: String = problems
        .iter()
        .flat_map(|problem| (0..4).map(move |sample| (problem, sample)))
        .map(|(problem, sample)| {
            // One of the problems is solved by three of four.
            let is_wrong = problem["task_id"] == "HumanEval/3" && sample == 0;
            let completion =
                if is_wrong { "    return None\n" } else { problem["canonical_solution"].as_str().unwrap() };
            serde_json::json!({"task_id": problem["task_id"], "completion": completion}).to_string() + "\n"
        })
        .collect();
    fs::write(directory.path().join("samples.jsonl"), samples).unwrap();
    let run = |line| run(&readme, directory.path(), data.path(), line);
    assert!(run("karat score samples.jsonl HumanEval").contains("pass@1"));
    let shown = run("karat show samples HumanEval/3");
    assert!(shown.contains("return None") && shown.contains("1 sample that did not pass"), "{shown}");
    for name in ["today", "one", "other"] {
        common::copy_files(&directory.path().join("runs/samples"), &directory.path().join("runs").join(name));
    }
    run("karat baseline runs/today -o baseline.json");
    assert!(
        run("karat check runs/today --baseline baseline.json --max-drop 2pp --junit junit.xml")
            .starts_with("passed")
    );
    assert!(run("karat compare runs/one runs/other").contains("the two can not be told apart"));
    assert!(run("karat report runs").contains("99.8 %"));
    assert!(run("karat report runs --k 1,4").contains("pass@4"));
}
