//! `-v`, `-vv` and `KARAT_LOG`, through the binary: a run can be followed on standard error, and its results stay the
//! same.

#[path = "common/api_server.rs"]
mod api_server;
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use api_server::{ApiServer, Reply, Request};
use serde_json::json;
use tokio::task::block_in_place;

/// A key that must not be seen.
const KEY: &str = "sk-this-is-secret-0123456789abcdef";

/// A word that is in answers only.
const IN_ANSWERS: &str = "colibri";

fn karat(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("karat"));
    command.env("NO_COLOR", "1").env("COLUMNS", "110").env_remove("KARAT_LOG");
    command.current_dir(directory).args(arguments);
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn fixture(name: &str) -> String {
    common::file("fixtures").join(name).to_str().expect("its path is text").to_owned()
}

/// Scores the small samples in a directory of its own.
fn score(directory: &Path, log: Option<&str>, options: &[&str]) -> Output {
    let (samples, problems) = (fixture("mini-samples.jsonl"), fixture("mini.jsonl"));
    let fixed = ["score", &samples, "--problems", &problems, "--run-dir", "run", "--fuel", "200M"];
    let mut command = karat(directory, &fixed);
    if let Some(log) = log {
        command.env("KARAT_LOG", log);
    }
    command.args(options).output().expect("karat starts")
}

/// What a run has recorded, but for the lock, which names the process.
fn files(run: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(run).expect("it is there").map(|entry| entry.expect("it can be read").path());
    let name = |path: &Path| path.file_name().expect("it has one").to_string_lossy().into_owned();
    entries
        .map(|path| (name(&path), path))
        .filter(|(name, _)| name != ".lock")
        .map(|(name, path)| (name, fs::read_to_string(path).expect("it is text")))
        .collect()
}

/// Whether a line has all of these.
#[track_caller]
fn assert_told(stderr: &str, words: &[&str]) {
    let is_told = stderr.lines().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(is_told, "no line has {words:?}:\n{stderr}");
}

#[test]
fn a_run_can_be_followed_and_gives_the_same_bytes() {
    let [quiet, followed] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let without = score(quiet.path(), None, &[]);
    let with = score(followed.path(), Some("karat=trace"), &[]);
    assert_eq!(without.status.code(), with.status.code());
    assert_eq!(without.stdout, with.stdout);
    assert_eq!(files(&quiet.path().join("run")), files(&followed.path().join("run")));
    assert!(!stderr(&without).contains("DEBUG"), "{}", stderr(&without));

    let told = stderr(&with);
    assert_told(&told, &["INFO", "problem set loaded", "dataset=HumanEval", "mini.jsonl"]);
    assert_told(&told, &["INFO", "runner ready", "runner=\"python\""]);
    for said in ["run begins", "run ended"] {
        assert_told(&told, &["INFO", said, "path=run", "samples="]);
    }
    assert_told(&told, &["references", "unknown="]);
    assert_told(&told, &["judged", "task=mini/add", "verdict=\"passed\"", "fuel="]);
    assert_told(&told, &["TRACE", "karat::sandbox", "cell"]);
}

#[test]
fn one_v_tells_what_is_decided_and_two_what_each_cell_does() {
    let [once, twice] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let once = stderr(&score(once.path(), None, &["-v"]));
    assert_told(&once, &["INFO", "problem set loaded"]);
    assert_told(&once, &["DEBUG", "references"]);
    assert!(!once.contains("TRACE") && !once.contains("karat::sandbox"), "{once}");
    let twice = stderr(&score(twice.path(), None, &["-vv"]));
    assert_told(&twice, &["TRACE", "karat::sandbox", "cell"]);
}

#[test]
fn the_variable_chooses_parts_of_karat() {
    let directory = tempfile::tempdir().unwrap();
    let told = stderr(&score(directory.path(), Some("karat::problem=debug"), &[]));
    assert_told(&told, &["problem set loaded"]);
    assert!(!told.contains("karat::judge") && !told.contains("karat::sandbox"), "{told}");
}

#[test]
fn a_level_tells_what_a_run_does_in_the_large() {
    let directory = tempfile::tempdir().unwrap();
    let told = stderr(&score(directory.path(), Some("karat::complete=trace,info"), &[]));
    assert_told(&told, &["INFO", "karat::problem", "problem set loaded"]);
    assert_told(&told, &["INFO", "karat::evaluate", "run ended"]);
    assert!(!told.contains("DEBUG"), "{told}");
}

#[test]
fn what_resuming_decides_is_told() {
    let directory = tempfile::tempdir().unwrap();
    score(directory.path(), None, &[]);
    let told = stderr(&score(directory.path(), Some("karat=debug"), &["--resume"]));
    assert_told(&told, &["resuming", "path=run", "verdicts="]);
}

#[test]
fn a_variable_that_says_nothing_stops_the_command() {
    let directory = tempfile::tempdir().unwrap();
    let output = score(directory.path(), Some("karat=loud"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("KARAT_LOG: write a level"), "{}", stderr(&output));
    assert!(!directory.path().join("run").exists());
}

#[test]
fn every_command_has_the_option() {
    let directory = tempfile::tempdir().unwrap();
    for command in
        ["run", "score", "generate", "compare", "check", "report", "runners list", "problems verify"]
    {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.push("--help");
        let output = karat(directory.path(), &words).output().expect("karat starts");
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(help.contains("-v, --verbose") && help.contains("KARAT_LOG"), "{command}:\n{help}");
    }
}

/// The first request is refused, the others are answered.
#[tokio::test(flavor = "multi_thread")]
async fn requests_and_retries_are_told_without_keys_and_answers() {
    let requests = AtomicUsize::new(0);
    let server = ApiServer::start(move |request: Request| {
        assert!(request.headers["authorization"].contains(KEY), "the server gets the key");
        let first = requests.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                return Reply::json(503, json!({"error": {"message": format!("no place for {KEY}")}}));
            }
            let content = format!("```python\ndef add(a, b):\n    return a + b  # {IN_ANSWERS}\n```");
            let choices = json!([{"index": 0, "message": {"content": content}, "finish_reason": "stop"}]);
            Reply::json(200, json!({"choices": choices}))
        }
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let problems = fixture("mini.jsonl");
    let model = ["--model", "openai:some-model", "--no-cache", "-vv"];
    let output = block_in_place(|| {
        let mut command = karat(directory.path(), &["run", &problems]);
        command
            .args(model)
            .env("OPENAI_API_KEY", KEY)
            .env("OPENAI_BASE_URL", format!("{}/v1", server.address()));
        command.output().expect("karat starts")
    });
    let told = stderr(&output);
    assert_told(&told, &["request answered", "status=200", &server.address()]);
    assert_told(&told, &["trying again", "task=mini/", "attempts=1"]);
    assert!(!told.contains(KEY), "{told}");
    assert!(!told.contains(IN_ANSWERS), "{told}");
}
