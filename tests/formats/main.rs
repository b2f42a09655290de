//! Every published format from its file to scores, through the binary, in a directory of its own.

#[path = "../common/mod.rs"]
mod common;

mod libraries;
mod published;
mod refused;
mod samples;
mod scores;

use std::fs;
use std::path::{Path, PathBuf};

use common::{file, json_lines, karat};
use serde_json::{Value, json};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    file("fixtures/formats").join(name)
}

/// A directory with a `samples.jsonl` of `(task id, completion)`.
fn samples(completions: &[(&str, &str)]) -> TempDir {
    let lines = completions.iter().map(|(task_id, text)| json!({"task_id": task_id, "completion": text}));
    directory(lines)
}

fn directory(lines: impl Iterator<Item = Value>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    fs::write(directory.path().join("samples.jsonl"), text).unwrap();
    directory
}

/// The output of `karat score ARGUMENTS --problems SET`, and its exit status.
fn run(directory: &TempDir, set: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = karat()
        .current_dir(directory.path())
        .arg("score")
        .args(arguments)
        .arg("--problems")
        .arg(set)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The result of a call that has to succeed.
#[track_caller]
fn scored(directory: &TempDir, set: &Path, arguments: &[&str]) -> Value {
    let (stdout, stderr, status) = run(directory, set, &[arguments, &["--format", "json"]].concat());
    assert_eq!(status, Some(0), "{}: {stderr}", set.display());
    serde_json::from_str(&stdout).unwrap()
}

/// The error of a call that has to fail before anything is written, without the paths of this machine.
#[track_caller]
fn refused(directory: &TempDir, set: &Path, arguments: &[&str]) -> String {
    let (stdout, stderr, status) = run(directory, set, arguments);
    assert_eq!(status, Some(2), "{stdout}{stderr}");
    assert_eq!(stdout, "");
    let runs = fs::read_dir(directory.path().join("runs")).map_or(0, Iterator::count);
    assert_eq!(runs, 0, "nothing ran, so there is no run");
    let folder = set.parent().unwrap().display().to_string();
    stderr.replace(&format!("{folder}/"), "")
}

/// A table without what differs between machines.
fn table(directory: &TempDir, set: &Path, arguments: &[&str]) -> String {
    let (stdout, stderr, status) = run(directory, set, arguments);
    assert_eq!(status, Some(0), "{stderr}");
    let mut lines: Vec<&str> = stdout.lines().collect();
    lines.retain(|line| !line.starts_with("This machine's interpreter"));
    lines.iter().map(|line| format!("{}\n", line.split(" · fuel ").next().unwrap_or_default())).collect()
}

fn verdicts(directory: &TempDir, run: &str) -> Vec<Value> {
    json_lines(&directory.path().join("runs").join(run).join("verdicts.jsonl"))
}

fn group<'a>(result: &'a Value, by: &str, name: &str) -> &'a Value {
    let groups = result["groups"].as_array().unwrap();
    groups
        .iter()
        .find(|group| group["by"] == by && group["name"] == name)
        .unwrap_or_else(|| panic!("no {by} {name}: {groups:?}"))
}

/// The sets that come with reference solutions, how many of these run here, and the further arguments for scoring them.
const WITH_REFERENCES: [(&str, u64, &[&str]); 9] = [
    ("humaneval-plus.jsonl", 3, &[]),
    ("mbpp-plus.jsonl", 4, &[]),
    ("mbpp.jsonl", 3, &[]),
    ("mbpp-sanitized.json", 2, &[]),
    ("apps.jsonl", 3, &[]),
    ("apps.parquet", 3, &[]),
    ("apps", 3, &[]),
    ("code-contests.jsonl", 2, &["--allow-partial"]),
    ("code-contests.parquet", 2, &["--allow-partial"]),
];

#[test]
fn reference_solutions_pass_in_every_format() {
    let directory = tempfile::tempdir().unwrap();
    for (name, problems, more) in WITH_REFERENCES {
        let arguments = [&["--reference", "--judging", "both"], more].concat();
        let result = scored(&directory, &fixture(name), &arguments);
        assert_eq!(result["sealed"]["verdicts"], json!({"passed": problems}), "{name}");
        assert_eq!(result["sealed"]["pass_at_k"][0]["value"], 1.0, "{name}");
        // Upstream leaves out the setup of one problem of the full MBPP, so that nothing can pass there.
        let (passed, failed) = if name == "mbpp.jsonl" { (problems - 1, 1) } else { (problems, 0) };
        assert_eq!(result["compat"]["verdicts"]["passed"], passed, "{name}");
        assert_eq!(result["disagreements"].as_array().map_or(0, Vec::len), failed, "{name}");
    }
}

#[test]
fn compressed_sets_are_the_same_sets() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["humaneval-plus.jsonl", "mbpp-sanitized.json", "apps.parquet", "code-contests.jsonl"] {
        let content = fs::read(fixture(name)).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &content).unwrap();
        let arguments = ["--reference", "--allow-partial"];
        let plain = scored(&directory, &fixture(name), &arguments);
        for (extension, bytes) in
            [("gz", gzip.finish().unwrap()), ("zst", zstd::encode_all(&content[..], 1).unwrap())]
        {
            let path = directory.path().join(format!("{name}.{extension}"));
            fs::write(&path, bytes).unwrap();
            let result = scored(&directory, &path, &arguments);
            assert_eq!(result["problem_set"], plain["problem_set"], "{name}.{extension}");
            assert_eq!(result["sealed"], plain["sealed"], "{name}.{extension}");
        }
    }
}

#[test]
fn right_and_wrong_completions_are_told_apart_in_every_format() {
    let cases: [(&str, &str, &str, &str); 8] = [
        (
            "mbpp.jsonl",
            "Mbpp/600",
            "def last_digit(n):\n    return abs(n) % 10\n",
            "def last_digit(n):\n    return n % 10\n",
        ),
        (
            "mbpp-sanitized.json",
            "Mbpp/3",
            "def is_palindrome(text):\n    return text == text[::-1]\n",
            "def is_palindrome(text):\n    return text[0] == text[-1]\n",
        ),
        (
            "humaneval-plus.jsonl",
            "HumanEval/99",
            "    return ''.join(word[0] for word in name.split())\n",
            "    return ''.join(word[0] for word in name.split(' '))\n",
        ),
        (
            "mbpp-plus.jsonl",
            "Mbpp/295",
            "def sum_div(number):\n    return sum(d for d in range(1, number) if number % d == 0)\n",
            "def sum_div(number):\n    return number - 1\n",
        ),
        (
            "apps",
            "0001",
            "from itertools import accumulate\ndef running(numbers):\n    return list(accumulate(numbers))\n",
            "def running(numbers):\n    return numbers\n",
        ),
        (
            "code-contests.jsonl",
            "p00002 Backwards",
            "print(''.join(reversed(input())))\n",
            "print(input())\n",
        ),
        (
            "live-code-bench",
            "abc900_a",
            "a, b = map(int, input().split())\nprint(a / b)\n",
            "a, b = map(int, input().split())\nprint(a // b)\n",
        ),
        (
            "multipl-e-py.jsonl",
            "HumanEval_901_is_empty",
            "    return not items\n\nclass Never:\n",
            "    return items == ''\n",
        ),
    ];
    for (set, task_id, right, wrong) in cases {
        let directory =
            samples(&[(task_id, right), (task_id, wrong), (task_id, "    def (\n"), (task_id, right)]);
        let arguments = ["samples.jsonl", "--allow-partial", "--judging", "both", "--k", "1,2"];
        let result = scored(&directory, &fixture(set), &arguments);
        for judging in ["sealed", "compat"] {
            let scores = &result[judging];
            assert_eq!(scores["verdicts"]["passed"], 2, "{set} {judging}: {scores}");
            assert_eq!(scores["verdicts"]["syntax_error"], 1, "{set} {judging}: {scores}");
            assert_eq!(scores["pass_at_k"][0]["value"], 0.5, "{set} {judging}");
        }
        assert_eq!((&result["problems"], &result["completions"]), (&json!(1), &json!(4)), "{set}");
        assert!(result["disagreements"].as_array().is_none_or(Vec::is_empty), "{set}: {result}");
    }
}

#[test]
fn failures_show_input_expected_and_got() {
    let directory = samples(&[
        ("0", "a = int(input())\nb = int(input())\nprint(a - b)\n"),
        ("1", "def running(numbers):\n    return numbers[:1] * len(numbers)\n"),
        ("2", "class Solution:\n    def swap(self, pairs):\n        return pairs.swapped\n"),
    ]);
    let arguments = ["samples.jsonl", "--failures", "0", "--failures", "1", "--failures", "2"];
    let shown = table(&directory, &fixture("apps.jsonl"), &arguments);
    let failures = &shown[shown.find("\n0 sample").unwrap()..];
    insta::assert_snapshot!(failures);
}

#[test]
fn failures_of_assertions_show_the_one_that_failed() {
    let directory = samples(&[("Mbpp/600", "def last_digit(n):\n    return n % 10\n")]);
    let arguments = ["samples.jsonl", "--allow-partial", "--judging", "both", "--failures", "Mbpp/600"];
    let shown = table(&directory, &fixture("mbpp.jsonl"), &arguments);
    let failures = &shown[shown.find("\nMbpp/600 sample").unwrap()..];
    insta::assert_snapshot!(failures);
}
