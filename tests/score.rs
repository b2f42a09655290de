//! `karat score` as its users meet it: through the binary, in a directory of their own.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{file, json_lines, karat};
use tempfile::TempDir;

/// A directory to run in, with a samples file.
fn directory_with(samples: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("samples.jsonl"), samples).unwrap();
    directory
}

fn mini_samples() -> TempDir {
    directory_with(&fs::read_to_string(file("fixtures/mini-samples.jsonl")).unwrap())
}

/// `karat score samples.jsonl --problems mini.jsonl --fuel 3G …`
fn score(directory: &TempDir, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = karat();
    command.current_dir(directory.path()).args(["score", "samples.jsonl", "--fuel", "3G", "--problems"]);
    command.arg(file("fixtures/mini.jsonl")).args(arguments);
    command
}

fn output(command: &mut assert_cmd::Command) -> (String, String, Option<i32>) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The error of a call that has to fail, without the paths of this machine.
fn error_of(directory: &TempDir, arguments: &[&str]) -> String {
    let (stdout, stderr, status) = output(&mut score(directory, arguments));
    assert_eq!(status, Some(2), "{stdout}{stderr}");
    assert_eq!(stdout, "");
    assert!(!directory.path().join("runs").join("samples").exists(), "nothing ran, so there is no run");
    stderr.replace(&file("").display().to_string(), "tests/")
}

#[test]
fn the_table_shows_scores_intervals_and_every_verdict() {
    let (stdout, stderr, status) = output(&mut score(&mini_samples(), &["--judging", "both"]));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(stderr, "", "quiet when piped");
    insta::assert_snapshot!(stdout);
}

#[test]
fn json_has_what_the_table_has() {
    let directory = mini_samples();
    let (stdout, ..) = output(&mut score(&directory, &["--format", "json", "--k", "1,2"]));
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    insta::assert_json_snapshot!(result);
    let run = fs::read(directory.path().join("runs/samples/run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_slice(&run).unwrap();
    let program = &run["command"].as_array().unwrap()[..2];
    assert_eq!(program, ["karat", "score"], "the command without the place of this machine's program");
}

#[test]
fn verdicts_are_recorded_with_their_reasons() {
    let directory = mini_samples();
    score(&directory, &[]).assert().success();
    let verdicts = json_lines(&directory.path().join("runs/samples/verdicts.jsonl"));
    let without_fuel: Vec<_> = verdicts
        .into_iter()
        .map(|mut verdict| {
            assert!(verdict["sealed"]["fuel"].is_u64());
            assert_eq!(verdict["seal"].as_str().map(str::len), Some(32));
            verdict["sealed"].as_object_mut().unwrap().remove("fuel");
            verdict.as_object_mut().unwrap().shift_remove("seal");
            verdict
        })
        .collect();
    insta::assert_json_snapshot!(without_fuel);
}

#[test]
fn failures_show_program_test_and_reason() {
    let (stdout, ..) =
        output(&mut score(&mini_samples(), &["--failures", "mini/apply", "--failures", "mini/add"]));
    let failures = &stdout[stdout.find("\nmini/apply").unwrap()..];
    let without_fuel: String = failures
        .lines()
        .map(|line| line.split(" · fuel ").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    insta::assert_snapshot!(without_fuel);
    assert!(!failures.contains('\x1b'), "what a completion wrote does not reach the terminal raw");
}

#[test]
fn human_evals_results_are_exported() {
    let directory = mini_samples();
    score(&directory, &["--export", "results.jsonl"]).assert().success();
    let results = json_lines(&directory.path().join("results.jsonl"));
    let samples = json_lines(&directory.path().join("samples.jsonl"));
    assert_eq!(results.len(), samples.len());
    for (result, sample) in results.iter().zip(&samples) {
        assert_eq!((&result["task_id"], &result["completion"]), (&sample["task_id"], &sample["completion"]));
        assert_eq!(result["passed"].as_bool().unwrap(), result["result"] == "passed");
    }
    assert_eq!(results[6]["result"], "timed out");
    assert_eq!(results[1]["result"], "failed: got -1, expected 3");
}

#[test]
fn samples_come_gzipped_and_from_standard_input_too() {
    let directory = mini_samples();
    let samples = fs::read(directory.path().join("samples.jsonl")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &samples).unwrap();
    score(&directory, &["--run-dir", "plain"]).assert().success();
    karat()
        .current_dir(directory.path())
        .args(["score", "-", "--fuel", "3G", "--run-dir", "stdin", "--problems"])
        .arg(file("fixtures/mini.jsonl"))
        .write_stdin(gzip.finish().unwrap())
        .assert()
        .success();
    let verdicts = |run: &str| fs::read(directory.path().join(run).join("verdicts.jsonl")).unwrap();
    assert_eq!(verdicts("plain"), verdicts("stdin"));
}

#[test]
fn malformed_input_stops_before_anything_runs() {
    let line = |text: &str| format!("{{\"task_id\": \"mini/add\", \"completion\": \"x\"}}\n{text}\n");
    let cases = [
        ("invalid JSON", "{\"task_id\": \"mini/add\", \"completion\": "),
        ("missing field", "{\"task_id\": \"mini/add\"}"),
        ("wrong type", "{\"task_id\": \"mini/add\", \"completion\": 3}"),
        ("unknown task", "{\"task_id\": \"mini/none\", \"completion\": \"\"}"),
        ("no object", "[1, 2]"),
    ];
    let mut errors = String::new();
    for (name, text) in cases {
        let directory = directory_with(&line(text));
        let error = error_of(&directory, &["--allow-partial"]);
        assert!(error.contains("samples.jsonl") && error.contains("line 2"), "{error}");
        errors.push_str(&format!("{name}\n{error}\n"));
        let (stdout, ..) = output(&mut score(&directory, &["--allow-partial", "--skip-invalid"]));
        assert!(
            stdout.contains("Left out of the samples, being malformed or of an unknown task: 1 sample."),
            "{stdout}"
        );
    }
    insta::assert_snapshot!(errors);
}

#[test]
fn too_few_samples_are_an_error_that_says_so() {
    let directory = directory_with("{\"task_id\": \"mini/add\", \"completion\": \"    return a + b\\n\"}\n");
    let missing = error_of(&directory, &[]);
    let k = error_of(&directory, &["--k", "2", "--allow-partial"]);
    let empty = error_of(&directory_with("\n"), &[]);
    let mini = mini_samples();
    let (few, _) = {
        let samples = fs::read_to_string(mini.path().join("samples.jsonl")).unwrap();
        let without_last: String = samples.lines().take(19).map(|line| format!("{line}\n")).collect();
        let directory = directory_with(&without_last);
        (error_of(&directory, &["--k", "4"]), directory)
    };
    let task = error_of(&mini, &["--failures", "mini/none"]);
    insta::assert_snapshot!([missing, k, empty, few, task].join("\n"));
    let (stdout, ..) = output(&mut score(&directory, &["--allow-partial"]));
    assert!(stdout.contains("4 of 5 problems have no completion"), "{stdout}");
}

#[test]
fn a_run_is_never_overwritten() {
    let directory = mini_samples();
    score(&directory, &["--run-dir", "run"]).assert().success();
    let (_, stderr, status) = output(&mut score(&directory, &["--run-dir", "run"]));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("--resume") || stderr.contains("run"), "{stderr}");
    score(&directory, &[]).assert().success();
    score(&directory, &[]).assert().success();
    assert!(directory.path().join("runs/samples-2/scores.json").exists());
}

#[test]
fn jobs_do_not_change_a_byte() {
    let directory = mini_samples();
    for jobs in ["1", "2", "3"] {
        score(&directory, &["--judging", "both", "--jobs", jobs, "--run-dir", jobs]).assert().success();
    }
    for name in ["verdicts.jsonl", "scores.json", "completions.jsonl"] {
        let bytes = |run: &str| fs::read(directory.path().join(run).join(name)).unwrap();
        assert_eq!(bytes("1"), bytes("2"), "{name}");
        assert_eq!(bytes("1"), bytes("3"), "{name}");
    }
}

#[test]
fn the_backstop_is_inconclusive_and_never_a_failure() {
    let directory =
        directory_with("{\"task_id\": \"mini/add\", \"completion\": \"    while True: pass\\n\"}\n");
    let score = || {
        let mut command = karat();
        command.current_dir(directory.path()).args(["score", "samples.jsonl", "--problems"]);
        command.arg(file("fixtures/mini.jsonl")).args(["--allow-partial", "--format", "json"]);
        // Fuel for minutes.
        command.args(["--run-dir", "run", "--fuel", "1000G", "--backstop", "1"]);
        command
    };
    let (stdout, stderr, status) = output(&mut score());
    assert_eq!(status, Some(3), "{stdout}{stderr}");
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["sealed"]["verdicts"]["inconclusive"], 1);
    assert_eq!(result["sealed"]["pass_at_k"][0]["upper_bound"], 1.0);
    // Resuming judges it again.
    let (stdout, ..) = output(score().arg("--resume"));
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["resumed_verdicts"], 0);
}

/// Lines of the run's verdicts so far.
fn verdicts_so_far(run: &Path) -> usize {
    fs::read_to_string(run.join("verdicts.jsonl")).map_or(0, |text| text.lines().count())
}

#[test]
fn a_killed_run_resumes_to_the_scores_of_an_undisturbed_one() {
    // Each takes some ten milliseconds, so that there is time for the kill.
    let samples: String = (0..60)
        .map(|number| {
            let completion = format!("    for _ in range({}): pass\\n    return a + b\\n", 200_000 + number);
            format!("{{\"task_id\": \"mini/add\", \"completion\": \"{completion}\"}}\n")
        })
        .collect();
    let directory = directory_with(&samples);
    score(&directory, &["--allow-partial", "--run-dir", "undisturbed"]).assert().success();
    let run = directory.path().join("killed");
    for _ in 0..3 {
        let before = verdicts_so_far(&run);
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("karat"))
            .current_dir(directory.path())
            .args([
                "score",
                "samples.jsonl",
                "--fuel",
                "3G",
                "--allow-partial",
                "--resume",
                "--run-dir",
                "killed",
            ])
            .arg("--problems")
            .arg(file("fixtures/mini.jsonl"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while verdicts_so_far(&run) < before + 10 && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    let (stdout, stderr, status) = output(&mut score(
        &directory,
        &["--allow-partial", "--resume", "--run-dir", "killed", "--format", "json"],
    ));
    assert_eq!(status, Some(0), "{stderr}");
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(
        result["resumed_verdicts"].as_u64().unwrap() >= 30,
        "verdicts from before the kills are kept: {result}"
    );
    for name in ["verdicts.jsonl", "scores.json"] {
        let bytes = |run: &str| fs::read(directory.path().join(run).join(name)).unwrap();
        assert_eq!(bytes("killed"), bytes("undisturbed"), "{name}");
    }
}

#[test]
fn resume_refuses_a_run_of_something_else() {
    let directory = mini_samples();
    score(&directory, &["--run-dir", "run"]).assert().success();
    let (_, stderr, status) =
        output(&mut score(&directory, &["--run-dir", "run", "--resume", "--judging", "both"]));
    assert_eq!(status, Some(2));
    assert!(stderr.contains("another run, by its judging"), "{stderr}");
    // Without a name, it finds the run by what was judged.
    score(&directory, &[]).assert().success();
    let (stdout, ..) = output(&mut score(&directory, &["--resume", "--format", "json"]));
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&result["run"], &result["resumed_verdicts"]), (&"runs/samples".into(), &20.into()));
}

#[test]
fn reference_solutions_pass() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = karat();
    command.current_dir(directory.path()).args(["score", "--reference", "--format", "json", "--problems"]);
    let (stdout, stderr, status) = output(command.arg(file("fixtures/mini.jsonl")));
    assert_eq!(status, Some(0), "{stderr}");
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["sealed"]["verdicts"], serde_json::json!({"passed": 5}));
}

#[test]
fn help_has_examples() {
    for arguments in [
        &["--help"][..],
        &["score", "--help"],
        &["runners", "--help"],
        &["cache", "--help"],
        &["cache", "clear", "--help"],
    ] {
        let (stdout, ..) = output(karat().args(arguments));
        assert!(stdout.contains("Examples:\n  karat "), "{stdout}");
    }
}
