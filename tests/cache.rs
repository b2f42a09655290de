//! What is kept for later, through the binary: references are measured within limits of their own, whatever a run's
//! limits are, and `karat cache` shows and clears everything that is kept.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::karat;
use karat::runner::builds;
use karat::runner::install::cache_directory;
use karat::runner::python::RECIPE;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A cache directory of its own, with the runner of the user's.
fn cache() -> TempDir {
    common::runners(); // it is installed on first use
    let directory = tempfile::tempdir().unwrap();
    let runners = cache_directory().unwrap().join("runners");
    std::os::unix::fs::symlink(runners, directory.path().join("runners")).unwrap();
    directory
}

fn output(cache: &Path, directory: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = karat();
    let output =
        command.current_dir(directory).env("KARAT_CACHE_DIR", cache).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// A set of EvalPlus's, whose expected values come from the reference: one problem for each body of `f`.
fn set(directory: &Path, bodies: &[&str]) -> PathBuf {
    let rows = bodies.iter().enumerate().map(|(number, body)| {
        let row = json!({
            "task_id": format!("HumanEval/{number}"),
            "prompt": "def f(x):\n    \"\"\"A function.\"\"\"\n",
            "contract": "",
            "entry_point": "f",
            "canonical_solution": body,
            "base_input": [[1], [2]],
            "plus_input": [[3]],
            "atol": 0,
        });
        row.to_string() + "\n"
    });
    let path = directory.join("set.jsonl");
    fs::write(&path, rows.collect::<String>()).unwrap();
    path
}

/// `karat score --reference`: the verdicts, and standard error.
fn score(cache: &Path, set: &Path, arguments: &[&str]) -> (Vec<u8>, String) {
    let directory = tempfile::tempdir().unwrap();
    let set = set.to_str().unwrap();
    let all = [&["score", "--reference", "--problems", set, "--run-dir", "run"], arguments].concat();
    let (stdout, stderr, _) = output(cache, directory.path(), &all);
    let verdicts = fs::read(directory.path().join("run/verdicts.jsonl"));
    (verdicts.unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")), stderr)
}

fn count(verdicts: &[u8], kind: &str) -> usize {
    String::from_utf8_lossy(verdicts).matches(&format!("\"verdict\":\"{kind}\"")).count()
}

#[test]
fn no_limit_of_a_run_spoils_the_references_of_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let bodies = [
        "    return x + 1\n",
        "    return len(bytearray(200 << 20)) + x\n",
        "    print('.' * 100_000)\n    return x\n",
    ];
    let set = set(directory.path(), &bodies);
    let fresh = cache();
    let (plain, stderr) = score(fresh.path(), &set, &[]);
    assert_eq!((count(&plain, "passed"), stderr.as_str()), (3, ""));
    for (flags, stopped, how_many) in [
        (["--fuel", "100K"], "out_of_fuel", 3),
        (["--memory", "128MiB"], "out_of_memory", 1),
        (["--output-limit", "1KiB"], "output_limit", 1),
    ] {
        let spoiled = cache();
        let (before, stderr) = score(spoiled.path(), &set, &flags);
        assert_eq!((count(&before, stopped), count(&before, "inconclusive")), (how_many, 0), "{flags:?}");
        assert_eq!(stderr, "", "{flags:?}: the references are measured");
        assert!(score(spoiled.path(), &set, &[]).0 == plain, "after {flags:?}");
        // The other way round.
        assert!(score(fresh.path(), &set, &flags).0 == before, "{flags:?} after a run without");
        assert!(score(fresh.path(), &set, &[]).0 == plain);
    }
}

#[test]
fn the_backstop_of_a_run_spoils_no_reference() {
    let directory = tempfile::tempdir().unwrap();
    let slow = "    if x == 3:\n        for _ in range(200_000_000): pass\n    return x + 1\n";
    let set = set(directory.path(), &["    return x + 1\n", slow]);
    let spoiled = cache();
    let (before, stderr) = score(spoiled.path(), &set, &["--backstop", "1"]);
    assert_eq!((count(&before, "passed"), count(&before, "inconclusive")), (1, 1), "{stderr}");
    let (after, stderr) = score(spoiled.path(), &set, &[]);
    assert_eq!((count(&after, "passed"), stderr.as_str()), (2, ""));
    assert!(score(cache().path(), &set, &[]).0 == after);
}

#[test]
fn what_a_limit_of_references_stops_is_told_and_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let bodies = [
        "    return x\n",
        "    return len(bytearray(1200 << 20)) + x\n",
        "    print('.' * (17 << 20))\n    return x\n",
        "    raise ValueError(x)\n",
    ];
    let set = set(directory.path(), &bodies);
    let cache = cache();
    for _ in 0..2 {
        let (verdicts, stderr) = score(cache.path(), &set, &[]);
        assert_eq!((count(&verdicts, "passed"), count(&verdicts, "inconclusive")), (1, 3));
        insta::assert_snapshot!("references_that_could_not_be_measured", stderr);
    }
    let (_, stderr) = score(cache.path(), &set, &["--fuel", "2G"]);
    assert!(stderr.contains("so its completions may burn 2 G, by --fuel, and"), "{stderr}");
    // Those that were measured are kept, among them a failure.
    let (stdout, ..) = output(cache.path(), directory.path(), &["cache", "stats", "--format", "json"]);
    let stats: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(stats["kinds"]["references"]["entries"], 2, "{stats:#}");
}

#[test]
fn references_are_shown_and_cleared() {
    let directory = tempfile::tempdir().unwrap();
    let set = set(directory.path(), &["    return x\n", "    return -x\n"]);
    let cache = cache();
    let karat = |arguments: &[&str]| output(cache.path(), directory.path(), arguments);
    score(cache.path(), &set, &[]);
    let (stdout, ..) = karat(&["cache", "stats"]);
    let row = stdout.lines().find(|line| line.contains("references")).unwrap();
    assert!(row.contains(" 2 ") && row.contains("KiB"), "{stdout}");
    assert!(
        stdout.lines().any(|line| line.contains("python, build ") && line.contains(", in use")),
        "{stdout}"
    );
    let (stdout, _, status) = karat(&["cache", "clear", "references"]);
    assert_eq!(status, Some(0));
    assert!(stdout.starts_with("Forgot 2 reference runs, ") && stdout.lines().count() == 1, "{stdout}");
    let (stdout, ..) = karat(&["cache", "clear", "answers", "references", "--format", "json"]);
    let cleared: Value = serde_json::from_str(&stdout).unwrap();
    let nothing = json!({"entries": 0, "bytes": 0});
    assert_eq!(
        cleared,
        json!({
            "removed": {"answers": nothing, "references": nothing},
            "kept_in_use": nothing,
            "not_removed": [],
        })
    );
    assert_eq!(score(cache.path(), &set, &[]).1, "", "they are measured again");
}

/// A cache with builds of runners that nobody could run.
fn cache_of_builds() -> TempDir {
    let cache = tempfile::tempdir().unwrap();
    let installer = RECIPE.installer(cache.path()).unwrap();
    let folder = cache.path().join("runners/python");
    fs::create_dir_all(folder.join("venv-older-1.0/bin")).unwrap();
    for (name, length) in [
        (format!("{}.wasm", installer.inputs()), 3000),
        ("0123456789abcdef.wasm".to_owned(), 1000),
        ("0123456789abcdef-00.cwasm".to_owned(), 50_000),
        ("venv-older-1.0/bin/python".to_owned(), 7000),
        ("lock".to_owned(), 0),
    ] {
        fs::write(folder.join(name), vec![0; length]).unwrap();
    }
    cache
}

#[test]
fn builds_of_older_inputs_are_cleared_and_the_one_in_use_only_if_asked() {
    let cache = cache_of_builds();
    let karat = |arguments: &[&str]| output(cache.path(), cache.path(), arguments);
    let bytes = || {
        let stats: Value = serde_json::from_str(&karat(&["cache", "stats", "--format", "json"]).0).unwrap();
        stats["kinds"]["runners"]["bytes"].as_u64().unwrap()
    };
    assert_eq!(bytes(), 61_000);
    let (stdout, _, status) = karat(&["cache", "clear"]);
    assert_eq!(status, Some(0));
    assert_eq!(
        stdout,
        "Forgot 0 answers, 0.0 KiB.\nForgot 0 reference runs, 0.0 KiB.\nForgot 2 builds, 56.6 KiB.\nForgot 0 compiled \
         programs, 0.0 KiB.\nForgot 0 models, 0.0 KiB.\nForgot 0 parts of the engine, 0.0 KiB.\nForgot 0 logs of servers, 0.0 KiB.\nForgot 0 reports, 0.0 KiB.\nIn use, and so kept: 2.9 \
         KiB; --in-use removes that, too.\n"
    );
    assert_eq!(bytes(), 3000);
    assert_eq!(karat(&["cache", "clear", "runners", "--in-use"]).0, "Forgot 1 build, 2.9 KiB.\n");
    assert_eq!(bytes(), 0);
    assert!(cache.path().join("runners/python/lock").exists());
}

#[test]
fn what_could_not_be_removed_is_told() {
    let cache = cache_of_builds();
    let lock = builds::lock(cache.path(), "python").unwrap().expect("nobody else has it");
    let (stdout, _, status) = output(cache.path(), cache.path(), &["cache", "clear", "runners"]);
    assert_eq!(status, Some(2));
    assert!(stdout.starts_with("Forgot 0 builds, 0.0 KiB.\n"), "{stdout}");
    assert!(stdout.contains("Not removed: ") && stdout.contains("another karat is installing"), "{stdout}");
    drop(lock);
    assert_eq!(output(cache.path(), cache.path(), &["cache", "clear", "runners"]).2, Some(0));
}

#[test]
fn compiled_programs_are_shown_and_cleared() {
    let cache = tempfile::tempdir().unwrap();
    for name in ["ab/cd", "ab/ef", "12/34"] {
        let path = cache.path().join("programs").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [0; 1000]).unwrap();
    }
    let karat = |arguments: &[&str]| output(cache.path(), cache.path(), arguments).0;
    let stats: Value = serde_json::from_str(&karat(&["cache", "stats", "--format", "json"])).unwrap();
    assert_eq!(stats["kinds"]["programs"], json!({"entries": 3, "bytes": 3000}));
    assert_eq!(karat(&["cache", "clear", "programs"]), "Forgot 3 compiled programs, 2.9 KiB.\n");
    let stats: Value = serde_json::from_str(&karat(&["cache", "stats", "--format", "json"])).unwrap();
    assert_eq!(stats["kinds"]["programs"], json!({"entries": 0, "bytes": 0}));
}

#[test]
fn logs_of_servers_are_shown_and_cleared() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("servers");
    fs::create_dir(&folder).unwrap();
    for (name, length) in [("vllm-small.log", 3000), ("vllm-small.log.1", 5000), ("sglang-small.log", 0)] {
        fs::write(folder.join(name), vec![b'x'; length]).unwrap();
    }
    let karat = |arguments: &[&str]| output(cache.path(), cache.path(), arguments);
    let stats: Value = serde_json::from_str(&karat(&["cache", "stats", "--format", "json"]).0).unwrap();
    assert_eq!(stats["kinds"]["servers"], json!({"entries": 3, "bytes": 8000}));
    assert_eq!(stats["total"], stats["kinds"]["servers"]);
    let (stdout, ..) = karat(&["cache", "stats"]);
    let row = stdout.lines().find(|line| line.contains("servers")).unwrap();
    assert!(row.contains(" 3 ") && row.contains("7.8 KiB"), "{stdout}");
    assert_eq!(karat(&["cache", "clear", "answers"]).2, Some(0));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "other kinds leave them");
    let (stdout, _, status) = karat(&["cache", "clear", "servers"]);
    assert_eq!((stdout.as_str(), status), ("Forgot 3 logs of servers, 7.8 KiB.\n", Some(0)));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn reports_of_view_are_shown_and_cleared() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("views/0123456789abcdef");
    fs::create_dir_all(folder.join("run")).unwrap();
    fs::write(folder.join("index.html"), vec![b'x'; 1000]).unwrap();
    fs::write(folder.join("run/one.html"), vec![b'x'; 500]).unwrap();
    let karat = |arguments: &[&str]| output(cache.path(), cache.path(), arguments);
    let stats: Value = serde_json::from_str(&karat(&["cache", "stats", "--format", "json"]).0).unwrap();
    assert_eq!(stats["kinds"]["views"], json!({"entries": 1, "bytes": 1500}));
    assert_eq!(karat(&["cache", "clear", "views"]).0, "Forgot 1 report, 1.5 KiB.\n");
    assert_eq!(fs::read_dir(cache.path().join("views")).unwrap().count(), 0);
}
