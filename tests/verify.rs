//! `karat problems verify`, through the binary: what is in order, what is not, and what can not be decided here.

mod common;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

/// Verifies a set; returns the result and the exit status.
fn verify(set: &Path, arguments: &[&str]) -> (Value, i32) {
    let output = common::karat()
        .args(["problems", "verify", "--format", "json", "--quiet"])
        .arg(set)
        .args(arguments)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let result = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (result, output.status.code().unwrap())
}

/// A set in Karat's own format with one problem, which has this file.
fn set_of(problem: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let set = "name = \"one\"\nversion = \"1\"\nlicence = \"MIT\"\nlanguages = [\"python\"]\n\
               natural_languages = [\"en\"]\n";
    fs::write(directory.path().join("set.toml"), set).unwrap();
    fs::write(directory.path().join("double.toml"), problem).unwrap();
    directory
}

/// A problem by calls with these further right and wrong solutions.
fn double(solutions: &str) -> String {
    format!(
        "title = \"Double\"\ndifficulty = \"introductory\"\nkind = \"calls\"\n\
         signature = \"def double(n: int) -> int:\"\n[statement]\nen = \"Return twice the number.\"\n\
         [[examples]]\narguments = \"1\"\nexpected = \"2\"\n[[examples]]\narguments = \"2\"\nexpected = \"4\"\n\
         [[tests]]\narguments = \"0\"\nexpected = \"0\"\n[[tests]]\narguments = \"-3\"\nexpected = \"-6\"\n\
         [[solutions]]\nname = \"addition\"\nsource = \"def double(n):\\n    return n + n\\n\"\n{solutions}"
    )
}

#[test]
fn a_set_in_order_is_in_order() {
    let (result, status) = verify(&common::file("fixtures/formats/karat"), &[]);
    assert_eq!(status, 0, "{result:#}");
    assert_eq!((&result["problems"], &result["in_order"]), (&4.into(), &4.into()), "{result:#}");
    assert_eq!((&result["right_solutions"], &result["wrong_solutions"]), (&8.into(), &8.into()));
    assert_eq!(result["findings"], Value::Array(vec![]));
}

#[test]
fn every_template_verifies_as_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    let mut written = 0;
    for kind in ["calls", "assertions", "stdio"] {
        for difficulty in ["introductory", "interview", "competition"] {
            let task = format!("{}/{kind}-{difficulty}", directory.path().join("mine").display());
            common::karat()
                .args(["problems", "new", &task, "--kind", kind, "--difficulty", difficulty])
                .assert()
                .success();
            written += 1;
        }
    }
    let (result, status) = verify(&directory.path().join("mine"), &[]);
    assert_eq!((status, &result["in_order"]), (0, &Value::from(written)), "{result:#}");
}

#[test]
fn what_is_not_in_order_is_named_with_its_reason() {
    let set = set_of(&double(
        "[[solutions]]\nname = \"square\"\nsource = \"def double(n):\\n    return n * n\\n\"\n\
         [[wrong]]\nname = \"shift\"\nsource = \"def double(n):\\n    return n << 1\\n\"\n\
         [[wrong]]\nname = \"loops\"\nverdict = \"out_of_fuel\"\nsource = \"def double(n):\\n    return 1 / n\\n\"\n\
         [[wrong]]\nname = \"half\"\nverdict = \"wrong_answer\"\nsource = \"def double(n):\\n    return n / 2\\n\"\n",
    ));
    let (result, status) = verify(set.path(), &[]);
    assert_eq!(status, 2, "{result:#}");
    assert_eq!((&result["not_in_order"], &result["wrong_solutions"]), (&1.into(), &1.into()));
    let found: Vec<(&str, &str)> = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["finding"].as_str().unwrap(), finding["solution"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("right_fails", "square"), ("wrong_passes", "shift"), ("wrong_reason", "loops")]);

    let output = common::karat().args(["problems", "verify", "--quiet"]).arg(set.path()).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("findings_table", stdout);
}

#[test]
fn what_the_sandbox_lacks_is_told_apart_from_what_is_wrong() {
    let torch = "[[wrong]]\nname = \"array\"\nsource = \"import torch\\ndef double(n):\\n    return torch.add(n, n)\\n\"\n";
    let (result, status) = verify(set_of(&double(torch)).path(), &[]);
    assert_eq!(status, 0, "{result:#}");
    assert_eq!(result["not_known"], 1);
    assert_eq!(result["missing"]["torch"], 1);
}

#[test]
fn problems_without_references_can_not_be_told() {
    let (result, status) = verify(&common::file("fixtures/formats/live-code-bench"), &[]);
    assert_eq!(status, 0, "{result:#}");
    assert_eq!(result["not_known"], result["problems"]);
}

#[test]
fn single_problems_are_verified_by_name() {
    let set = common::file("fixtures/formats/humaneval-plus.jsonl");
    let (all, _) = verify(&set, &[]);
    assert_eq!((&all["problems"], &all["in_order"]), (&3.into(), &3.into()), "{all:#}");
    let output = common::karat().args(["problems", "verify"]).arg(&set).arg("no-such-task").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-task"));
}

#[test]
fn human_eval_is_in_order() {
    let Some(path) = common::shared("humaneval/HumanEval.jsonl.gz") else { return };
    let (result, status) = verify(&path, &[]);
    assert_eq!((status, &result["in_order"]), (0, &164.into()), "{result:#}");
}
