//! EvalPlus's files both ways, through the binary. `tests/python/drop_ins` reads and writes them with EvalPlus itself.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{file, karat};
use serde_json::{Value, json};
use tempfile::TempDir;

fn set() -> PathBuf {
    file("fixtures/formats/humaneval-plus.jsonl")
}

/// A directory with a judged run, `runs/model`: of the first problem a sample that passes, of the second one that passes the
/// base test alone, of the third one that passes nothing.
fn judged() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let lines = [
        ("HumanEval/0", "    return sum(numbers) / len(numbers) if numbers else 0.0\n"),
        ("HumanEval/32", "    return -0.5\n"),
        ("HumanEval/99", "    return name\n"),
    ]
    .map(|(task_id, completion)| format!("{}\n", json!({"task_id": task_id, "completion": completion})));
    fs::write(directory.path().join("model.jsonl"), lines.concat()).unwrap();
    let set = set();
    said(&directory, &["score", "model.jsonl", set.to_str().unwrap()], 0);
    directory
}

/// What a command says on standard output, or on standard error where it has to fail.
#[track_caller]
fn said(directory: &TempDir, words: &[&str], status: i32) -> String {
    let output = karat().current_dir(directory.path()).args(words).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{stdout}{stderr}");
    if status == 0 { stdout } else { stderr }
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_run_is_written_as_samples_with_results_beside_them() {
    let directory = judged();
    let text = said(&directory, &["export", "model", "samples.jsonl", "--as", "evalplus"], 0);
    assert_eq!(text, "3 samples: samples.jsonl\nresults: samples_eval_results.json\n");
    let samples = fs::read_to_string(directory.path().join("samples.jsonl")).unwrap();
    let first: Value = serde_json::from_str(samples.lines().next().unwrap()).unwrap();
    assert_eq!(first["task_id"], "HumanEval/0");
    let program = first["solution"].as_str().unwrap();
    assert!(program.starts_with("def mean(") && program.contains("return sum(numbers)"), "{program}");

    let results = json_of(&directory.path().join("samples_eval_results.json"));
    let statuses = |task: &str| {
        let [result] = results["eval"][task].as_array().unwrap().as_slice() else { panic!("{results}") };
        assert_eq!(result["task_id"], task);
        let fields = ["base_status", "plus_status", "base_fail_tests", "plus_fail_tests"];
        json!(fields.map(|field| result[field].clone()))
    };
    assert_eq!(results["eval"]["HumanEval/0"][0]["solution"], program);
    assert_eq!(statuses("HumanEval/0"), json!(["pass", "pass", [], []]));
    assert_eq!(statuses("HumanEval/32"), json!(["pass", "fail", [], [[[-6, 11, -6, 1]]]]));
    assert_eq!(statuses("HumanEval/99"), json!(["fail", null, [["Ada Lovelace"]], []]));
}

#[test]
fn a_run_is_written_as_a_folder_of_programs_that_is_judged_alike() {
    let directory = judged();
    said(&directory, &["export", "model", "programs", "--as", "evalplus"], 0);
    assert!(directory.path().join("programs/HumanEval_99/0.py").is_file());
    let error = said(&directory, &["export", "model", "programs", "--as", "evalplus"], 2);
    assert!(error.contains("programs: is not empty; name a new folder"), "{error}");
    let set = set();
    let set = set.to_str().unwrap();
    // From the folder, and from the programs in the results.
    for samples in ["programs", "programs/eval_results.json"] {
        let text = said(&directory, &["score", samples, set, "--run-dir", "again", "--format", "json"], 0);
        let scored: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(scored["sealed"]["pass_at_k"][0]["value"], json!(1.0 / 3.0), "{samples}");
        fs::remove_dir_all(directory.path().join("again")).unwrap();
    }
}

#[test]
fn results_of_the_harness_are_compared_with_a_run() {
    let directory = judged();
    said(&directory, &["export", "model", "ours.jsonl", "--as", "evalplus"], 0);
    let path = directory.path().join("ours_eval_results.json");
    let mut results = json_of(&path);
    results["eval"]["HumanEval/32"][0]["plus_status"] = json!("pass");
    fs::write(directory.path().join("theirs_eval_results.json"), results.to_string()).unwrap();
    let words = ["compare", "model", "theirs_eval_results.json", "--format", "json"];
    let compared: Value = serde_json::from_str(&said(&directory, &words, 0)).unwrap();
    assert_eq!(compared["runs"][1]["name"], "theirs");
    assert_eq!(compared["runs"][1]["score"]["value"], json!(2.0 / 3.0));
    let pair = &compared["pairs"][0];
    assert_eq!(pair["newly_passing"], json!(["HumanEval/32"]));
    let difference = json!([{"what": "harness", "one": "Karat (sealed)", "other": "EvalPlus"}]);
    assert_eq!(pair["differences"], difference);
    let table = said(&directory, &["compare", "model", "theirs_eval_results.json"], 0);
    assert!(table.contains("judged with other harness: Karat (sealed) and EvalPlus"), "{table}");

    fs::write(directory.path().join("old_eval_results.json"), r#"{"eval": {"HumanEval/0": {"base": []}}}"#)
        .unwrap();
    let error = said(&directory, &["compare", "model", "old_eval_results.json"], 2);
    assert!(error.contains("old_eval_results.json: not EvalPlus's results"), "{error}");
}

#[test]
fn a_run_whose_set_is_gone_is_told_to_be_given_one() {
    let directory = tempfile::tempdir().unwrap();
    fs::copy(set(), directory.path().join("set.jsonl")).unwrap();
    said(&directory, &["score", "--reference", "set.jsonl", "--run-dir", "run"], 0);
    fs::rename(directory.path().join("set.jsonl"), directory.path().join("moved.jsonl")).unwrap();
    let error = said(&directory, &["export", "run", "out.jsonl", "--as", "evalplus"], 2);
    assert!(error.contains("say with --problems where it is"), "{error}");
    assert!(!directory.path().join("out.jsonl").exists());
    said(&directory, &["export", "run", "out.jsonl", "--as", "evalplus", "--problems", "moved.jsonl"], 0);
    said(&directory, &["export", "run", "results.jsonl", "--as", "human-eval"], 0);
    let results = fs::read_to_string(directory.path().join("results.jsonl")).unwrap();
    assert_eq!(results.matches(r#""passed":true"#).count(), 3, "{results}");
}
