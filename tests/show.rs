//! `karat show` as its users meet it, and runs by their names.

mod common;

use std::fs;

use common::{file, karat};
use tempfile::TempDir;

fn output(command: &mut assert_cmd::Command) -> (String, String, Option<i32>) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// `karat …` in a directory.
fn karat_in(directory: &TempDir, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = karat();
    command.current_dir(directory.path()).args(arguments);
    command
}

/// A directory with a scored run of the small set, by the name `first try`.
fn scored() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["mini.jsonl", "mini-samples.jsonl"] {
        fs::copy(file("fixtures").join(name), directory.path().join(name)).unwrap();
    }
    let arguments =
        ["score", "mini-samples.jsonl", "--problems", "mini.jsonl", "--fuel", "3G", "--name", "first try"];
    karat_in(&directory, &arguments).assert().success();
    directory
}

/// What is shown, without what fuel was burned and without today.
fn steady(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("date "));
    lines.map(|line| line.split(" · fuel ").next().unwrap_or_default().to_owned() + "\n").collect()
}

#[test]
fn a_run_is_shown_with_its_scores_and_what_failed() {
    let directory = scored();
    assert!(directory.path().join("runs/first-try/scores.json").exists(), "the name is the directory's, too");
    let (stdout, stderr, status) = output(&mut karat_in(&directory, &["show", "first try"]));
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(steady(&stdout));
    assert!(!stdout.contains('\x1b'), "there is neither a pager nor a colour where it is piped");
    let (by_path, ..) = output(&mut karat_in(&directory, &["show", "runs/first-try"]));
    assert_eq!(stdout, by_path);
}

#[test]
fn samples_are_chosen_by_problem_verdict_and_number() {
    let directory = scored();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let arguments = [&["show", "first-try", "--format", "json"], arguments].concat();
        let (stdout, stderr, status) = output(&mut karat_in(&directory, &arguments));
        assert_eq!(status, Some(0), "{stderr}");
        serde_json::from_str(&stdout).unwrap()
    };
    let all = json(&["--verdict", "all"]);
    assert_eq!(all["samples"].as_array().unwrap().len(), 20);
    assert_eq!((&all["name"], &all["finished"]), (&"first try".into(), &true.into()));
    let failed = json(&[]);
    let failed = failed["samples"].as_array().unwrap();
    assert!(!failed.is_empty() && failed.iter().all(|sample| sample["verdict"] != "passed"));
    let first = &failed[0];
    assert!(first["program"].as_str().unwrap().contains("def "), "{first}");
    assert_ne!(first["reason"], "");
    for name in ["mini/add", "add", "mini/mini/add", "mini.jsonl/mini/add"] {
        let one = json(&[name, "--verdict", "all", "--sample", "1"]);
        let samples = one["samples"].as_array().unwrap();
        assert_eq!(samples.len(), 1, "{name}");
        assert_eq!((&samples[0]["task_id"], &samples[0]["sample"]), (&"mini/add".into(), &1.into()));
    }
    let passed = json(&["--verdict", "passed"]);
    assert_eq!(passed["samples"].as_array().unwrap().len() + failed.len(), 20);
    assert!(json(&["--summary"]).get("samples").is_none());
}

#[test]
fn without_the_set_programs_are_shown_as_they_were_written() {
    let directory = scored();
    fs::remove_file(directory.path().join("mini.jsonl")).unwrap();
    let (stdout, stderr, status) = output(&mut karat_in(&directory, &["show", "first-try", "mini/add"]));
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("is not, or no longer, at mini.jsonl"), "{stdout}");
    assert!(stdout.contains("mini/add sample "), "{stdout}");
}

#[test]
fn what_is_misspelt_is_told_with_what_may_be_meant() {
    let directory = scored();
    for (arguments, says) in [
        (&["show", "first-tri"][..], "did you mean first-try"),
        (&["show", "first-try", "mini/ad"], "did you mean mini/add"),
        (&["show", "first-try", "--verdict", "wrong"], "wrong_answer"),
        (&["check", "first-trry", "--baseline", "first-try"], "did you mean first-try"),
        (&["report", "zzz"], "those in ./runs are"),
        (&["score", "mini-samples.jsonl", "--problems", "mini.jsonl", "--name", "a/b"], "without slashes"),
    ] {
        let (stdout, stderr, status) = output(&mut karat_in(&directory, arguments));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
}

#[test]
fn a_runs_name_is_what_tables_and_baselines_call_it() {
    let directory = scored();
    let (report, ..) = output(&mut karat_in(&directory, &["report", "first try"]));
    assert!(report.contains("first try"), "{report}");
    let (baseline, ..) = output(&mut karat_in(&directory, &["baseline", "first-try"]));
    let baseline: serde_json::Value = serde_json::from_str(&baseline).unwrap();
    assert_eq!(baseline["title"], "first try");
    assert_eq!(baseline["manifest"]["command"], serde_json::json!([]));
    assert_eq!(baseline["manifest"]["problems"]["path"], "mini.jsonl");
}

#[test]
fn a_sample_that_was_judged_both_ways_counts_once() {
    let directory = scored();
    let both =
        ["score", "mini-samples.jsonl", "mini.jsonl", "--fuel", "3G", "--name", "both", "--judging", "both"];
    karat_in(&directory, &both).assert().success();
    let (stdout, ..) =
        output(&mut karat_in(&directory, &["show", "both", "--verdict", "all", "--format", "json"]));
    let shown: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let judgements = shown["samples"].as_array().unwrap();
    let completions = shown["completions"].as_u64().unwrap();
    assert_eq!(judgements.len() as u64, 2 * completions);
    let (stdout, ..) = output(&mut karat_in(&directory, &["show", "both", "--verdict", "all"]));
    assert!(stdout.ends_with(&format!("\n{completions} samples with such a verdict.\n")), "{stdout}");
}

#[test]
fn of_a_set_that_was_changed_it_is_said_that_it_was() {
    let directory = scored();
    let set = directory.path().join("mini.jsonl");
    let text = fs::read_to_string(&set).unwrap();
    fs::write(&set, text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let (stdout, stderr, status) = output(&mut karat_in(&directory, &["show", "first-try"]));
    assert_eq!(status, Some(0), "{stderr}");
    let said: String = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("was changed since: another one is at") && said.contains("mini.jsonl"), "{stdout}");
}
