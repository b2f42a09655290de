//! Every published format from its file to scores, through the binary, in a directory of its own.

mod common;

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
fn sets_without_reference_solutions_say_so() {
    let directory = tempfile::tempdir().unwrap();
    let errors: Vec<String> = ["live-code-bench", "multipl-e-py.jsonl", "code-contests.jsonl"]
        .iter()
        .map(|name| refused(&directory, &fixture(name), &["--reference"]))
        .collect();
    let nothing = refused(&directory, &fixture("live-code-bench"), &["--reference", "--allow-partial"]);
    insta::assert_snapshot!(errors.join("") + &nothing);
}

#[test]
fn a_language_without_a_runner_is_refused_by_name() {
    let directory = samples(&[("HumanEval_900_double", "    return n * 2\nend\n")]);
    let set = fixture("multipl-e-lua.jsonl");
    for arguments in [&["samples.jsonl"][..], &["--reference"], &["samples.jsonl", "--allow-partial"]] {
        let error = refused(&directory, &set, arguments);
        assert!(error.contains("multipl-e-lua.jsonl: karat has no runner for"), "{error}");
        assert!(error.to_lowercase().contains("lua;"), "{error}");
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

/// Completions of HumanEval+: the first passes all, the second the base tests only, the third does not compile.
fn human_eval_plus() -> TempDir {
    samples(&[
        ("HumanEval/0", "    return sum(numbers) / len(numbers) if numbers else 0.0\n"),
        ("HumanEval/0", "    return sum(numbers) / len(numbers)\n"),
        ("HumanEval/32", "    return (\n"),
        ("HumanEval/32", "    return 3.0 if len(xs) == 4 else -xs[0] / xs[1]\n"),
        ("HumanEval/99", "    return ''.join(word[0] for word in name.split(' '))\n"),
        ("HumanEval/99", "    return 'AL'\n"),
    ])
}

#[test]
fn eval_plus_scores_base_and_plus_in_one_run() {
    let arguments = ["samples.jsonl", "--judging", "both"];
    let directory = human_eval_plus();
    let result = scored(&directory, &fixture("humaneval-plus.jsonl"), &arguments);
    for judging in ["sealed", "compat"] {
        let scores = &result[judging];
        let value = |name: &str| scores[name][0]["value"].as_f64().unwrap();
        assert!((value("base_pass_at_k") - (1.0 + 0.5 + 1.0) / 3.0).abs() < 1e-12, "{judging}: {scores}");
        assert!((value("pass_at_k") - (0.5 + 0.5 + 0.0) / 3.0).abs() < 1e-12, "{judging}: {scores}");
    }
    let bases: Vec<Value> = verdicts(&directory, "samples")
        .iter()
        .map(|verdict| verdict["sealed"]["tests"]["base_passed"].clone())
        .collect();
    assert_eq!(bases, [json!(true), json!(true), Value::Null, json!(true), json!(true), json!(true)]);
    insta::assert_snapshot!(table(&human_eval_plus(), &fixture("humaneval-plus.jsonl"), &arguments));
}

#[test]
fn eval_plus_samples_are_solutions_completions_or_a_folder_of_programs() {
    let programs = [
        "def sum_div(number):\n    return sum(d for d in range(1, number) if number % d == 0)\n",
        "def sum_div(number):\n    return 7\n",
    ];
    let set = fixture("mbpp-plus.jsonl");
    let as_solutions =
        directory(programs.iter().map(|program| json!({"task_id": "Mbpp/295", "solution": program})));
    let as_completions = samples(&programs.map(|program| ("Mbpp/295", program)));
    let as_folder = tempfile::tempdir().unwrap();
    let folder = as_folder.path().join("model").join("Mbpp_295");
    fs::create_dir_all(&folder).unwrap();
    for (number, program) in programs.iter().enumerate() {
        fs::write(folder.join(format!("{number}.py")), program).unwrap();
    }
    for (directory, samples, run) in [
        (&as_solutions, "samples.jsonl", "samples"),
        (&as_completions, "samples.jsonl", "samples"),
        (&as_folder, "model", "model"),
    ] {
        let result = scored(directory, &set, &[samples, "--allow-partial"]);
        assert_eq!(result["sealed"]["verdicts"], json!({"passed": 1, "wrong_answer": 1}), "{samples}");
        assert_eq!(result["sealed"]["base_pass_at_k"][0]["value"], 0.5);
        let kinds: Vec<Value> =
            verdicts(directory, run).iter().map(|one| one["sealed"]["verdict"].clone()).collect();
        assert_eq!(kinds, ["passed", "wrong_answer"], "{samples}");
    }
}

/// Completions of APPS, one for each problem: half of the tests pass, all, none.
fn apps() -> TempDir {
    samples(&[
        ("0", "print(3)\n"),
        ("1", "def running(numbers):\n    return list(accumulate(numbers))\n"),
        ("2", "class Solution:\n    def swap(self, pairs):\n        return pairs\n"),
    ])
}

#[test]
fn apps_has_its_test_case_average_and_its_difficulties() {
    let arguments = ["samples.jsonl", "--judging", "both"];
    let result = scored(&apps(), &fixture("apps.jsonl"), &arguments);
    for judging in ["sealed", "compat"] {
        let close = |value: &Value, expected: f64| {
            assert!((value.as_f64().unwrap() - expected).abs() < 1e-12, "{judging}: {value} for {expected}");
        };
        close(&result[judging]["pass_at_k"][0]["value"], 1.0 / 3.0);
        close(&result[judging]["test_case_average"]["value"], 0.5);
        let introductory = &group(&result, "difficulty", "introductory")[judging];
        close(&introductory["pass_at_k"][0]["value"], 0.5);
        close(&introductory["test_case_average"]["value"], 0.5);
        let interview = &group(&result, "difficulty", "interview")[judging];
        close(&interview["pass_at_k"][0]["value"], 0.0);
        close(&interview["test_case_average"]["value"], 0.5);
    }
    assert_eq!(group(&result, "difficulty", "introductory")["problems"], 2);
    insta::assert_snapshot!(table(&apps(), &fixture("apps.jsonl"), &arguments));
}

#[test]
fn a_program_that_does_not_run_leaves_the_test_case_average_there() {
    let directory = samples(&[
        ("0", "print(\n"),
        ("1", "def running(numbers):\n    return (\n"),
        ("2", "import os\nos._exit(0)\n"),
        ("0", "a = int(input())\nb = int(input())\nprint(a + b)\n"),
    ]);
    let result = scored(&directory, &fixture("apps.jsonl"), &["samples.jsonl", "--judging", "both"]);
    for judging in ["sealed", "compat"] {
        let average = |scores: &Value| scores[judging]["test_case_average"]["value"].as_f64().unwrap();
        assert!((average(&result) - 0.5 / 3.0).abs() < 1e-12, "{judging}: {result}");
        assert_eq!(average(group(&result, "difficulty", "introductory")), 0.0);
        assert_eq!(average(group(&result, "difficulty", "interview")), 0.5);
    }
}

#[test]
fn all_tests_run_or_the_first_failure_ends_it_as_asked_for() {
    let ran = |directory: &TempDir, set: &str, arguments: &[&str]| {
        let arguments = [&["samples.jsonl", "--allow-partial"], arguments].concat();
        let result = scored(directory, &fixture(set), &arguments);
        let tests = verdicts(directory, "samples")[0]["sealed"]["tests"].clone();
        fs::remove_dir_all(directory.path().join("runs")).unwrap();
        let average = result["sealed"]["test_case_average"]["value"].clone();
        (tests["run"].as_u64().unwrap(), tests["total"].as_u64().unwrap(), average)
    };
    let directory = samples(&[("0", "print(-2)\n")]); // right for the second test only
    assert_eq!(ran(&directory, "apps.jsonl", &[]), (2, 2, json!(0.5)));
    assert_eq!(ran(&directory, "apps.jsonl", &["--all-tests"]), (2, 2, json!(0.5)));
    assert_eq!(ran(&directory, "apps.jsonl", &["--stop-at-first-failure"]), (1, 2, Value::Null));
    let directory = samples(&[("9001_A", "print('q')\n")]); // right for the last test only
    assert_eq!(ran(&directory, "live-code-bench", &[]), (1, 3, Value::Null));
    assert_eq!(ran(&directory, "live-code-bench", &["--stop-at-first-failure"]), (1, 3, Value::Null));
    let (run, total, average) = ran(&directory, "live-code-bench", &["--all-tests"]);
    assert_eq!((run, total), (3, 3));
    assert!((average.as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
}

/// Completions of LiveCodeBench, all right.
fn live_code_bench() -> TempDir {
    samples(&[
        ("9001_A", "a = input()\nb = input()\nprint(a if len(a) >= len(b) else b)\n"),
        (
            "9002",
            "class Solution:\n    def countSteps(self, number, most):\n        return -(-number // most)\n",
        ),
        ("abc900_a", "a, b = map(int, input().split())\nprint(a / b)\n"),
    ])
}

#[test]
fn live_code_bench_is_grouped_by_difficulty_and_narrowed_by_date() {
    let set = fixture("live-code-bench");
    let result = scored(&live_code_bench(), &set, &["samples.jsonl"]);
    assert_eq!(result["sealed"]["verdicts"], json!({"passed": 3}));
    let names: Vec<&Value> =
        result["groups"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["easy", "medium", "hard"]);

    let within = |dates: &[&str]| {
        let arguments = [&["samples.jsonl"], dates].concat();
        let result = scored(&live_code_bench(), &set, &arguments);
        assert_eq!(result["skipped_lines"], 0, "they are not invalid");
        (result["problems"].as_u64().unwrap(), result["completions"].as_u64().unwrap())
    };
    assert_eq!(within(&["--from", "2024-02-10"]), (2, 2));
    assert_eq!(within(&["--from", "2024-02-11"]), (1, 1));
    assert_eq!(within(&["--to", "2024-02-10"]), (2, 2));
    assert_eq!(within(&["--from", "2023-08-22", "--to", "2024-12-31"]), (1, 1));
}

#[test]
fn dates_without_a_problem_are_refused_with_the_sets_own_range() {
    let lcb = fixture("live-code-bench");
    let late = refused(&live_code_bench(), &lcb, &["samples.jsonl", "--from", "2026-01-01"]);
    let between =
        refused(&live_code_bench(), &lcb, &["samples.jsonl", "--from", "2023-09-01", "--to", "2023-10-01"]);
    let none = refused(&apps(), &fixture("apps.jsonl"), &["samples.jsonl", "--to", "2026-01-01"]);
    let bad = run(&live_code_bench(), &lcb, &["samples.jsonl", "--from", "2024-13-01"]).1;
    assert!(bad.contains("2024-13-01") && bad.contains("--from"), "{bad}");
    insta::assert_snapshot!([late, between, none].concat());
}

#[test]
fn scores_are_grouped_by_what_is_asked_for() {
    let directory = samples(&[
        ("1_A. Totals", "input()\nprint(sum(map(int, input().split())))\n"),
        ("p00002 Backwards", "print(1)\n"),
    ]);
    let arguments = ["samples.jsonl", "--allow-partial", "--by", "tag,source,language"];
    let result = scored(&directory, &fixture("code-contests.jsonl"), &arguments);
    let score = |by, name| group(&result, by, name)["sealed"]["pass_at_k"][0]["value"].clone();
    assert_eq!((score("tag", "math"), score("tag", "implementation")), (json!(1.0), json!(1.0)));
    assert_eq!(score("tag", "rating:800"), 1.0);
    assert_eq!((score("tag", "(none)"), score("source", "AIZU")), (json!(0.0), json!(0.0)));
    assert_eq!((score("source", "CODEFORCES"), score("language", "python")), (json!(1.0), json!(0.5)));
    let by: Vec<&str> =
        result["groups"].as_array().unwrap().iter().map(|group| group["by"].as_str().unwrap()).collect();
    assert!(
        by.is_sorted_by_key(|by| ["tag", "source", "language"].iter().position(|one| one == by)),
        "{by:?}"
    );
    // What is asked for replaces the set's own grouping.
    let result = scored(&apps(), &fixture("apps.jsonl"), &["samples.jsonl", "--by", "source"]);
    assert!(result["groups"].as_array().unwrap().iter().all(|group| group["by"] == "source"));
    assert_eq!(group(&result, "source", "example-kata.com")["problems"], 1);
}

#[test]
fn a_format_can_be_forced_and_must_fit() {
    let directory = samples(&[("Mbpp/600", "def last_digit(n):\n    return abs(n) % 10\n")]);
    let arguments = ["samples.jsonl", "--allow-partial", "--dataset", "mbpp"];
    let result = scored(&directory, &fixture("mbpp.jsonl"), &arguments);
    assert_eq!(result["sealed"]["verdicts"], json!({"passed": 1}));
    fs::remove_dir_all(directory.path().join("runs")).unwrap();
    let humaneval = ["samples.jsonl", "--allow-partial", "--dataset", "humaneval"];
    let errors = [
        refused(&directory, &fixture("mbpp.jsonl"), &humaneval),
        refused(&directory, &fixture("apps"), &["samples.jsonl", "--dataset", "livecodebench"]),
        refused(&directory, &fixture("mbpp.jsonl"), &["samples.jsonl", "--dataset", "karat"]),
    ];
    insta::assert_snapshot!(errors.concat());
}

#[test]
fn a_bad_record_in_the_middle_is_named_before_anything_runs() {
    let set = tempfile::tempdir().unwrap();
    let mut errors = String::new();
    for (name, field, value) in [
        ("humaneval-plus.jsonl", "entry_point", json!("not a name")),
        ("humaneval-plus.jsonl", "plus_input", json!("[]")),
        ("mbpp.jsonl", "test_list", json!([1])),
        ("apps.jsonl", "input_output", json!("{\"inputs\": [\"1\"], \"outputs\": []}")),
        ("code-contests.jsonl", "private_tests", json!({"input": ["1"]})),
        ("multipl-e-py.jsonl", "language", json!("cobol")),
        ("mbpp-sanitized.json", "task_id", Value::Null),
        ("apps.jsonl", "problem_id", json!(0)),
    ] {
        let text = fs::read_to_string(fixture(name)).unwrap();
        let is_array = text.starts_with('[');
        let mut records: Vec<Value> = if is_array {
            serde_json::from_str(&text).unwrap()
        } else {
            // serde_json reads no Infinity, which stands in the first record only.
            text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let bad = if is_array { 1 } else { 0 };
        records[bad][field] = value;
        let rest: String = records.iter().map(|record| format!("{record}\n")).collect();
        let text = if is_array {
            serde_json::to_string(&records).unwrap()
        } else {
            format!("{}\n{rest}", text.lines().next().unwrap())
        };
        let path = set.path().join(name);
        fs::write(&path, text).unwrap();
        let error = refused(&samples(&[("x", "")]), &path, &["samples.jsonl"]);
        assert!(error.contains(name), "{error}");
        assert!(field == "problem_id" || error.contains(field), "{error}"); // that one is made into the task id
        assert!(error.contains("line 2") || error.contains("record 2"), "{error}");
        errors.push_str(&error);
    }
    let gzip = set.path().join("cut.jsonl.gz");
    fs::write(&gzip, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]).unwrap();
    errors.push_str(&refused(&samples(&[("x", "")]), &gzip, &["samples.jsonl"]));
    insta::assert_snapshot!(errors);
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

/// Sets that are published in formats of their own: a problem of each, a completion that solves it and one that does
/// not.
#[test]
fn right_and_wrong_completions_are_told_apart_in_every_published_format() {
    let body = ["    return 2 * n\n", "    return n + 2\n"];
    let function = ["def double(n):\n    return 2 * n\n", "def double(n):\n    return n + 2\n"];
    let program = ["print(sum(map(int, input().split())))\n", "print(3)\n"];
    let linked = [
        "class Solution:\n    def doubled(self, head):\n        return list_node([2, 4]) if head else None\n",
        // It brings its own comparison, which the tests must not take.
        "def is_same_list(one, two):\n    return True\n\nclass Solution:\n    def doubled(self, head):\n        return head\n",
    ];
    let method = [
        "class Solution:\n    def double(self, n):\n        return 2 * n\n",
        "class Solution:\n    def double(self, n):\n        return n + 2\n",
    ];
    let class = [
        "class Counter:\n    sum = 0\n    def add(self, n):\n        self.sum += n\n        return self.sum\n",
        "class Counter:\n    def add(self, n):\n        return n\n",
    ];
    let total = ["\n    return sum(items)\n", "\n    return len(items) and 3\n"];
    let places = [
        // Right places other than the reference's.
        "    found = [(i, j) for j in range(len(cards)) for i in range(j) if cards[i] * cards[j] == magicNumber]\n    \
         return found[-1] if found else 'No magic today'\n",
        "    return (0, 1)\n",
    ];
    let split = [
        "n = int(open('input.txt').read())\nopen('output.txt', 'w').write(f'{n - 10} 10')\n",
        "n = int(open('input.txt').read())\nopen('output.txt', 'w').write(f'{n} 1')\n",
    ];
    let cases: [(&str, &str, [&str; 2]); 29] = [
        ("humaneval-x.jsonl", "Python/0", body),
        ("humanevalpack.jsonl", "Python/0", body),
        ("mxeval.jsonl", "MBPP/900", body),
        ("humaneval-xl.jsonl", "python/0", body),
        ("evoeval.jsonl", "EvoEval/0", body),
        ("evoeval.jsonl", "EvoEval/1", total),
        ("evoeval.jsonl", "EvoEval/69", places),
        ("humaneval-plus-hf.jsonl", "HumanEval/900", body),
        ("humaneval-plus-hf.jsonl", "HumanEval/901", body),
        (
            "mbpp-plus-hf.jsonl",
            "Mbpp/900",
            ["def last(xs):\n    return xs[-1] if xs else None\n", "def last(xs):\n    return xs[-1]\n"],
        ),
        ("odex.jsonl", "900", ["os.path.splitext(text)[1]", "text[-4:]"]),
        ("odex.jsonl", "900-2", ["xs.sort()", "sorted(xs)"]),
        ("mhpp.jsonl", "1", body),
        ("leetcode.jsonl", "double-items", linked),
        ("leetcode-contests.jsonl", "weekly-1-double", method),
        ("mercury.jsonl", "double", method),
        ("taco.jsonl", "0000", program),
        ("codeforces.jsonl", "1/A", program),
        ("codeforces.jsonl", "1/B", split),
        ("kodcode.jsonl", "P0", function),
        ("kodcode.jsonl", "P1", function),
        ("acecode.jsonl", "oss_0", function),
        ("classeval.jsonl", "ClassEval_900", class),
        ("cruxeval.jsonl", "sample_0/output", ["[2, 4]", "f([1, 2])"]),
        ("cruxeval.jsonl", "sample_0/input", ["f([1.0, 2])", "f([2, 4])"]),
        (
            "sandboxfusion.jsonl",
            "2",
            ["def double(n):\n    return two * n\n", "def double(n):\n    return n\n"],
        ),
        ("sandboxfusion.jsonl", "4", function),
        ("sandboxfusion.jsonl", "3", ["print(sum(map(int, input().split())))\n", "print(4)\n"]),
        ("verifiable.jsonl", "v1", ["def double(n):\n    return 2 * n\n", "def double(n):\n    return 5\n"]),
    ];
    for (set, task_id, [right, wrong]) in cases {
        let directory = samples(&[(task_id, right), (task_id, wrong)]);
        let set = fixture("published").join(set);
        scored(&directory, &set, &["samples.jsonl", "--allow-partial"]);
        let passed: Vec<bool> = verdicts(&directory, "samples")
            .iter()
            .map(|verdict| verdict["sealed"]["verdict"] == "passed")
            .collect();
        assert_eq!(
            passed,
            [true, false],
            "{} {task_id}: {:?}",
            set.display(),
            verdicts(&directory, "samples")
        );
    }
}

#[test]
fn reference_solutions_pass_in_every_published_format() {
    let directory = tempfile::tempdir().unwrap();
    for (name, problems) in [
        ("humaneval-x.jsonl", 1),
        ("humanevalpack.jsonl", 1),
        ("mxeval.jsonl", 1),
        ("humaneval-xl.jsonl", 1),
        ("evoeval.jsonl", 3),
        ("humaneval-plus-hf.jsonl", 2),
        ("mbpp-plus-hf.jsonl", 1),
        ("odex.jsonl", 2),
        ("mhpp.jsonl", 1),
        ("leetcode.jsonl", 1),
        ("mercury.jsonl", 1),
        ("taco.jsonl", 1),
        ("kodcode.jsonl", 2),
        ("classeval.jsonl", 1),
        ("cruxeval.jsonl", 2),
        ("studenteval.jsonl", 1),
        ("sandboxfusion.jsonl", 5),
        ("verifiable.jsonl", 2),
    ] {
        let set = fixture("published").join(name);
        let result = scored(&directory, &set, &["--reference", "--allow-partial"]);
        assert_eq!(result["sealed"]["verdicts"], json!({"passed": problems}), "{name}: {result}");
    }
}

#[test]
fn what_has_no_rules_upstream_or_no_runner_is_refused_by_name() {
    let directory = samples(&[("Python/0", "    return 2 * n\n")]);
    let set = fixture("published/humaneval-x.jsonl");
    let error = refused(&directory, &set, &["samples.jsonl", "--judging", "both"]);
    assert!(error.contains("does not have the rules of the upstream harness of HumanEval-X"), "{error}");
    let set = fixture("published/humaneval-x-js.jsonl");
    let error = refused(&directory, &set, &["samples.jsonl"]);
    assert!(error.contains("karat has no runner for javascript"), "{error}");
}

#[test]
fn a_problem_whose_tests_need_a_package_is_inconclusive_whatever_the_answer() {
    let directory = samples(&[("HumanEval/902", "    return 2 * n\n"), ("HumanEval/902", "    return (\n")]);
    let set = fixture("published/needs-numpy.jsonl");
    let (stdout, stderr, status) =
        run(&directory, &set, &["samples.jsonl", "--judging", "both", "--format", "json"]);
    assert_eq!(status, Some(3), "{stdout}{stderr}");
    for verdict in verdicts(&directory, "samples") {
        for judging in ["sealed", "compat"] {
            assert_eq!(verdict[judging]["verdict"], "inconclusive", "{verdict}");
            assert!(verdict[judging]["reason"].as_str().unwrap().contains("numpy"), "{verdict}");
        }
    }
}

#[test]
fn samples_of_other_harnesses_are_scored() {
    let right = "def last_digit(n):\n    return abs(n) % 10\n";
    let wrong = "def last_digit(n):\n    return n % 10\n";
    let fenced = |program: &str| format!("Here it is:\n\n```python\n{program}```\nIt works.");
    for (what, content, arguments) in [
        (
            "bare ids",
            format!(
                "{}\n{}\n",
                json!({"task_id": 600, "solution": right}),
                json!({"task_id": "600", "generation": wrong})
            ),
            &[][..],
        ),
        ("bigcode", json!([[], [], [right, wrong]]).to_string(), &[]),
        ("LiveCodeBench", json!([{"question_id": "Mbpp/600", "code_list": [right, wrong]}]).to_string(), &[]),
        (
            "raw",
            format!("{}\n", json!({"task_id": "Mbpp/600", "raw": fenced(right)}))
                + &format!("{}\n", json!({"task_id": "Mbpp/600", "output": fenced(wrong)})),
            &["--raw"],
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("samples.jsonl"), content).unwrap();
        let arguments = [&["samples.jsonl", "--allow-partial"], arguments].concat();
        let result = scored(&directory, &fixture("mbpp.jsonl"), &arguments);
        assert_eq!(result["sealed"]["verdicts"], json!({"passed": 1, "wrong_answer": 1}), "{what}");
    }
    let directory = tempfile::tempdir().unwrap();
    let result_file = fixture("published/multipl-e-result.json");
    fs::copy(&result_file, directory.path().join("results.json")).unwrap();
    let result = scored(&directory, &result_file, &["results.json"]);
    assert_eq!(result["sealed"]["pass_at_k"][0]["value"], 0.5);
}

#[test]
fn generations_of_crux_eval_are_answers_to_the_half_that_they_are_of() {
    for (answers, verdicts) in [
        // Values, one of which is a call.
        (json!(["[2, 4]", "[2]", "f([1, 2])"]), json!({"passed": 1, "wrong_answer": 1, "exception": 1})),
        (json!(["f([1, 2])", "f([2])"]), json!({"passed": 1, "wrong_answer": 1})),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let content = json!({"sample_0": answers}).to_string();
        fs::write(directory.path().join("samples.jsonl"), content).unwrap();
        let set = fixture("published/cruxeval.jsonl");
        let result = scored(&directory, &set, &["samples.jsonl", "--allow-partial"]);
        assert_eq!(result["sealed"]["verdicts"], verdicts, "{answers}");
    }
    // A whole program that repeats the function is judged by the arguments of its call.
    let program = "def f(xs):\n    return [2 * x for x in xs]\n\ndef call():\n    return f([1, 2])\n";
    let directory = directory([json!({"task_id": "sample_0/input", "solution": program})].into_iter());
    let set = fixture("published/cruxeval.jsonl");
    let result = scored(&directory, &set, &["samples.jsonl", "--allow-partial"]);
    assert_eq!(result["sealed"]["verdicts"], json!({"passed": 1}));
}

#[test]
fn a_lone_surrogate_fails_its_sample_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let lines = r#"{"task_id": "Mbpp/600", "solution": "x = '\ud800'\ndef last_digit(n):\n    return abs(n) % 10\n"}
{"task_id": "Mbpp/600", "solution": "def last_digit(n):\n    return abs(n) % 10\n"}
"#;
    fs::write(directory.path().join("samples.jsonl"), lines).unwrap();
    let result = scored(&directory, &fixture("mbpp.jsonl"), &["samples.jsonl", "--allow-partial"]);
    assert_eq!(result["sealed"]["verdicts"], json!({"passed": 1, "syntax_error": 1}));
}
