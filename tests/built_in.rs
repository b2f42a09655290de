//! The built-in model through the binary, with a small random model: completions are the same whatever is computed
//! beside them, and after a crash. And one problem with the default model.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))] // the engine is for no other machine

mod common;
#[path = "common/tiny_model.rs"]
mod tiny_model;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tiny_model::TinyModel;

/// A directory with a model in it.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("there is a place for temporary files");
    TinyModel::default().write(&directory.path().join("tiny.gguf")).expect("there is space");
    directory
}

fn karat(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("karat"));
    command.env("NO_COLOR", "1").env("COLUMNS", "110").env_remove("RUST_BACKTRACE");
    command.current_dir(directory).args(arguments);
    command
}

fn output(directory: &Path, arguments: &[&str]) -> Output {
    karat(directory, arguments).output().expect("karat starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mini() -> String {
    common::file("fixtures/mini.jsonl").to_str().expect("its path is text").to_owned()
}

/// How every test asks the small model.
const ASKED: [&str; 8] = [
    "--model",
    "gguf:./tiny.gguf?api=completions",
    "--temperature",
    "0.9",
    "--device",
    "cpu",
    "--no-cache",
    "--logprobs",
];

/// The answers, by task and sample, as JSON without their times.
fn answers(file: &Path) -> BTreeMap<(String, u64), Value> {
    common::json_lines(file)
        .into_iter()
        .map(|mut line| {
            let key = (line["task_id"].as_str().unwrap().to_owned(), line["sample"].as_u64().unwrap());
            line["answer"]["latency_ms"].take();
            (key, line["answer"].take())
        })
        .collect()
}

fn generate(directory: &Path, set: &str, more: &[&str]) -> BTreeMap<(String, u64), Value> {
    let out = directory.join("out.jsonl");
    let mut arguments = vec!["generate", set, "--out", out.to_str().unwrap()];
    arguments.extend(ASKED);
    arguments.extend(["-n", "5", "--max-tokens", "20"]);
    arguments.extend(more);
    let output = output(directory, &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    answers(&out)
}

#[test]
fn completions_are_the_same_whatever_is_computed_beside_them() {
    let directory = directory();
    let path = directory.path();
    let alone = generate(path, &mini(), &["--slots", "1", "--processes", "1"]);
    assert_eq!(alone.len(), 25);
    let texts: std::collections::BTreeSet<&str> =
        alone.values().map(|answer| answer["text"].as_str().unwrap()).collect();
    assert!(texts.len() > 20, "samples differ: {texts:?}");
    assert!(alone.values().all(|answer| answer["logprobs"]["content"].is_array()));
    assert_eq!(generate(path, &mini(), &["--slots", "7", "--processes", "2"]), alone);
    assert_eq!(generate(path, &mini(), &["--slots", "3", "--processes", "1", "--context", "1024"]), alone);

    let lines = fs::read_to_string(mini()).unwrap();
    let two: Vec<&str> = lines.lines().skip(1).take(2).collect();
    fs::write(path.join("two.jsonl"), two.join("\n")).unwrap();
    let some = generate(path, "two.jsonl", &[]);
    assert_eq!(some.len(), 10);
    assert!(some.iter().all(|(key, answer)| alone[key] == *answer));
    assert_ne!(generate(path, &mini(), &["--seed", "1"]), alone);
}

/// Process ids of the workers that a process has started.
fn workers(parent: u32) -> Vec<u32> {
    let listed = fs::read_dir("/proc").expect("this is Linux").flatten();
    let ids = listed.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_worker = |id: &u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        status.contains(&format!("\nPPid:\t{parent}\n"))
            && line.windows(12).any(|part| part == b"model-worker")
    };
    ids.filter(is_worker).collect()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_was_killed_goes_on_to_the_same_end() {
    let directory = directory();
    let path = directory.path();
    let set = mini();
    let run = |name: &'static str, more: &[&'static str]| {
        let mut arguments = vec!["run", set.as_str(), "--run-dir", name, "--quiet"];
        arguments.extend(ASKED);
        arguments.extend(["-n", "60", "--max-tokens", "60"]);
        arguments.extend(more);
        karat(path, &arguments)
    };
    let whole = run("whole", &["--processes", "2"]).output().unwrap();
    assert_eq!(whole.status.code(), Some(0), "{}", stderr(&whole));

    let mut killed =
        run("killed", &["--slots", "2", "--processes", "1"]).stdout(Stdio::null()).spawn().unwrap();
    let lines = || fs::read_to_string(path.join("killed/answers.jsonl")).unwrap_or_default().lines().count();
    let mut left = Vec::new();
    until("nothing was answered", || {
        left = workers(killed.id());
        lines() > 20 && !left.is_empty()
    });
    killed.kill().unwrap();
    killed.wait().unwrap();
    until("a worker is left", || left.iter().all(|id| !Path::new(&format!("/proc/{id}/exe")).exists()));
    assert!((20..300).contains(&lines()));

    // Other slots and processes make no difference.
    let resumed = run("killed", &["--resume", "--processes", "2"]).output().unwrap();
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    let [whole, resumed] = ["whole", "killed"].map(|name| answers(&path.join(name).join("answers.jsonl")));
    assert_eq!(whole.len(), 300);
    assert_eq!(whole, resumed);
    let same = |file: &str| {
        let [one, other] = ["whole", "killed"].map(|name| path.join(name).join(file));
        assert_eq!(fs::read(one).unwrap(), fs::read(other).unwrap(), "{file}");
    };
    same("completions.jsonl");
    let question: Value =
        serde_json::from_slice(&fs::read(path.join("whole/run.json")).unwrap()).expect("it is JSON");
    let model = &question["model"];
    assert_eq!(model["setup"]["device"], "cpu");
    assert_eq!(model["setup"]["engine"], "llama.cpp 0.5.0");
    assert_eq!(model["setup"]["precision"], "mostly F32");
    assert_eq!(model["setup"]["digest"].as_str().map(str::len), Some(64));
    assert_eq!(model["resources"]["processes"], 2);
    assert_eq!(model["parameters"]["seed"], 0);
}

fn error(directory: &Path, arguments: &[&str]) -> String {
    let set = mini();
    let mut all = vec!["generate", set.as_str(), "--out", "none.jsonl"];
    all.extend(arguments);
    let output = output(directory, &all);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

#[test]
fn what_can_not_be_is_told() {
    let directory = directory();
    let path = directory.path();
    let asked = ["--model", "gguf:./tiny.gguf?api=completions"];
    let with = |more: &[&'static str]| error(path, &[&asked[..], more].concat());
    for (more, words) in [
        (&["--device", "cuda"][..], "no device cuda:0"),
        (&["--device", "gpu"], "`gpu` is no device"),
        (&["--device", "auto,cpu"], "`auto` stands alone"),
        (&["--slots", "0"], "--slots 0: give a number from 1"),
        (&["--context", "99999999"], "--context 99999999"),
        (&["--processes", "1", "--slots", "254", "--context", "4000000"], "would fit"),
        (&["--param", "logit_bias=1"], "the built-in model does not know it"),
        (&["--effort", "high"], "--effort"),
        (&["--max-tokens", "0"], "--max-tokens 0: give a number from 1"),
        (&["--temperature", "-1"], "temperature -1 is out of range"),
    ] {
        let error = with(more);
        assert!(error.contains(words), "{more:?}: {error}");
    }
    let missing = error(path, &["--model", "gguf:./none.gguf"]);
    assert!(missing.contains("none.gguf"), "{missing}");
    let unknown = error(path, &["--model", "gguf:smollm2-135"]);
    assert!(unknown.contains("is it `smollm2-135m`?"), "{unknown}");
    let content = fs::read(path.join("tiny.gguf")).unwrap();
    fs::write(path.join("cut.gguf"), &content[..content.len() / 2]).unwrap();
    let cut = error(path, &["--model", "gguf:./cut.gguf?api=completions"]);
    assert!(cut.contains("cut.gguf"), "{cut}");
    fs::write(path.join("text.gguf"), "no model").unwrap();
    let text = error(path, &["--model", "gguf:./text.gguf?api=completions"]);
    assert!(text.contains("text.gguf"), "{text}");
}

/// The first problem of the starter set, in a set of its own.
fn one_starter_problem(directory: &Path) -> PathBuf {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems/starter");
    let set = directory.join("one");
    fs::create_dir_all(set.join("introductory")).unwrap();
    let listed = fs::read_dir(starter.join("introductory")).unwrap();
    let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let first = names.filter(|name| name.ends_with(".toml")).min().expect("the set has problems");
    for file in ["set.toml".to_owned(), format!("introductory/{first}")] {
        fs::copy(starter.join(&file), set.join(&file)).unwrap();
    }
    set
}

#[test]
fn the_default_model_answers_where_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let set = one_starter_problem(directory.path());
    let output = output(directory.path(), &["run", set.to_str().unwrap(), "--no-cache", "--format", "json"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("no model is named") && said.contains("gguf:smollm2-135m"), "{said}");
    let result: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let run = directory.path().join(result["run"].as_str().expect("it is recorded"));
    let answers = answers(&run.join("answers.jsonl"));
    assert_eq!(answers.len(), 1);
    for answer in answers.values() {
        assert!(answer["text"].as_str().unwrap().len() > 40, "{answer}");
        assert!(answer["usage"]["output"].as_u64().unwrap() > 10, "{answer}");
    }
}
