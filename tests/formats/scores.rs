//! What scores say beside pass@k: base and plus, the average of tests, groups, dates.

use super::*;

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
