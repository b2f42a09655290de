//! Runs that end too early: what they leave, what is said of them, and how they go on.

mod common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use common::{file, karat};
use tempfile::TempDir;

/// A directory with the small set and samples of it.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["mini.jsonl", "mini-samples.jsonl"] {
        fs::copy(file("fixtures").join(name), directory.path().join(name)).unwrap();
    }
    directory
}

fn output(directory: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = karat().current_dir(directory).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

fn runs(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory.join("runs")).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Takes away what is made of answers and verdicts at the end, as if the run had been killed just before.
fn break_off(run: &Path) {
    for name in ["run.json", "scores.json", "completions.jsonl", "verdicts.jsonl", "references.json"] {
        fs::remove_file(run.join(name)).unwrap();
    }
}

#[test]
fn a_run_that_ends_before_anything_is_in_it_leaves_no_folder() {
    let directory = directory();
    let directory = directory.path();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{closed}/v1#m");
    for arguments in [
        &["run", "mini.jsonl", "--model", "reference", "--name", "mine", "--memory", "1"][..],
        &["run", "mini.jsonl", "--model", &nobody, "--name", "mine", "--no-cache"],
        &["run", "mini.jsonl", "--model", "reference", "--name", "mine", "--memory", "100GB"],
        &["score", "mini-samples.jsonl", "mini.jsonl", "--name", "mine", "--memory", "1"],
        &["score", "mini-samples.jsonl", "mini.jsonl", "--name", "mine", "--k", "40"],
    ] {
        let (_, stderr, status) = output(directory, arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {stderr}");
        assert_eq!(runs(directory), [""; 0], "{arguments:?}");
    }
    // A directory of one's own stays, empty as it was.
    fs::create_dir(directory.join("own")).unwrap();
    let (.., status) =
        output(directory, &["run", "mini.jsonl", "--model", &nobody, "--run-dir", "own", "--no-cache"]);
    assert_eq!(status, Some(2));
    assert_eq!(fs::read_dir(directory.join("own")).unwrap().count(), 0);
    let (_, stderr, status) =
        output(directory, &["score", "mini-samples.jsonl", "mini.jsonl", "--name", "mine", "--fuel", "3G"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(runs(directory), ["mine"]);
    // What was killed before its completions were all there is replaced, too.
    for name in ["run.json", "scores.json", "verdicts.jsonl", "references.json"] {
        fs::remove_file(directory.join("runs/mine").join(name)).unwrap();
    }
    let (_, stderr, status) = output(directory, &["score", "--reference", "mini.jsonl", "--name", "mine"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(runs(directory), ["mine"]);
}

#[test]
fn of_a_run_that_is_not_finished_every_command_says_how_it_goes_on() {
    let directory = directory();
    let directory = directory.path();
    let command = ["run", "mini.jsonl", "--model", "reference", "--name", "half a run"];
    for arguments in [&command[..], &["score", "--reference", "mini.jsonl", "--name", "whole"]] {
        let (_, stderr, status) = output(directory, arguments);
        assert_eq!(status, Some(0), "{stderr}");
    }
    break_off(&directory.join("runs/half-a-run"));
    let resume = "karat run mini.jsonl --model reference --name 'half a run' --resume";
    let said = format!("the run is not finished; this goes on with it:\n  {resume}");
    for arguments in [
        &["show", "half a run"][..],
        &["show", "half a run", "--export", "results.csv"],
        &["compare", "half a run", "whole"],
        &["baseline", "half a run"],
        &["check", "half a run", "--baseline", "whole"],
        &["report", "half a run"],
        &["view", "half a run", "--no-open"],
    ] {
        let (stdout, stderr, status) = output(directory, arguments);
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(&said), "{arguments:?}: {stderr}");
    }
    // A new run of the same question begins, and says that there is another.
    let (_, stderr, status) = output(directory, &command);
    assert_eq!(status, Some(0));
    assert!(stderr.contains("a new run begins, although there is runs/half-a-run: "), "{stderr}");
    assert!(stderr.contains(resume), "{stderr}");
    // It does go on, and not the newer one that is finished.
    let (_, stderr, status) = output(directory, &[&command[..], &["--resume"]].concat());
    assert_eq!(status, Some(0), "{stderr}");
    assert!(!stderr.contains("a new one begins"), "{stderr}");
    assert_eq!(runs(directory), ["half-a-run", "half-a-run-2", "whole"]);
    let (stdout, stderr, status) = output(directory, &["show", "runs/half-a-run"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{stdout}");
}

#[test]
fn where_there_is_nothing_to_resume_that_is_said() {
    let directory = directory();
    let directory = directory.path();
    let run = ["run", "mini.jsonl", "--model", "reference", "--name", "mine", "--resume"];
    let score = ["score", "mini-samples.jsonl", "mini.jsonl", "--name", "other", "--resume"];
    let note = "note: no run that was asked the same is there to be resumed: a new one begins";
    for command in [&run[..], &score] {
        let (_, stderr, status) = output(directory, command);
        assert_eq!(status, Some(0), "{stderr}");
        assert_eq!(stderr.matches(note).count(), 1, "{stderr}");
        let (_, stderr, _) = output(directory, command);
        assert!(!stderr.contains(note), "{stderr}");
    }
    assert_eq!(runs(directory), ["mine", "other"]);
}

#[test]
fn of_several_runs_those_that_are_not_finished_are_left_out_and_named() {
    let directory = directory();
    let directory = directory.path();
    for name in ["one", "broken", "three"] {
        let (_, stderr, status) =
            output(directory, &["run", "mini.jsonl", "--model", "reference", "--name", name]);
        assert_eq!(status, Some(0), "{stderr}");
    }
    // What tables call a run, commands take.
    let (_, stderr, status) =
        output(directory, &["run", "mini.jsonl", "--model", "replay:mini-samples.jsonl"]);
    assert_eq!(status, Some(0), "{stderr}");
    let (stdout, stderr, status) = output(directory, &["show", "replay:mini-samples.jsonl", "--summary"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("runs/mini-mini-samples"), "{stdout}");
    break_off(&directory.join("runs/broken"));
    for command in ["report", "compare"] {
        let (stdout, stderr, status) = output(directory, &[command, "runs/one", "runs/broken", "runs/three"]);
        assert_eq!(status, Some(0), "{stderr}");
        assert!(stderr.contains("left out, since not finished: broken"), "{stderr}");
        assert!(stdout.contains("one") && stdout.contains("three") && !stdout.contains("broken"), "{stdout}");
    }
    let (_, stderr, status) = output(directory, &["compare", "one", "broken"]);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("runs/broken: the run is not finished"), "{stderr}");
}
