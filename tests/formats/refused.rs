//! Sets that are refused, and what the error says.

use super::*;

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
fn what_has_no_rules_upstream_or_no_runner_is_refused_by_name() {
    let directory = samples(&[("Python/0", "    return 2 * n\n")]);
    let set = fixture("published/humaneval-x.jsonl");
    let error = refused(&directory, &set, &["samples.jsonl", "--judging", "both"]);
    assert!(error.contains("does not have the rules of the upstream harness of HumanEval-X"), "{error}");
    let set = fixture("published/humaneval-x-js.jsonl");
    let error = refused(&directory, &set, &["samples.jsonl"]);
    assert!(error.contains("karat has no runner for javascript"), "{error}");
}
