//! BigCodeBench and DS-1000. Of their fixtures, these are the problems that need nothing beyond Python.

use super::*;

/// The answers in a fixture to problems of these names, and whether each passes.
fn answers(name: &str, tasks: &[&str]) -> Vec<Value> {
    let all = json_lines(&fixture("published").join(name));
    all.into_iter().filter(|answer| tasks.contains(&answer["task_id"].as_str().unwrap())).collect()
}

#[test]
fn answers_to_big_code_bench_and_ds_1000_are_judged_as_their_harnesses_do() {
    for (set, tasks, dataset) in [
        ("bigcodebench", &["BigCodeBench/9010", "BigCodeBench/9011"][..], "bigcodebench"),
        ("bigcodebench", &["BigCodeBench/9010", "BigCodeBench/9011"][..], "bigcodebench-uncalibrated"),
        ("ds-1000", &["DS-1000/9900"][..], "ds-1000"),
    ] {
        let answers = answers(&format!("{set}-answers.jsonl"), tasks);
        assert!(answers.len() >= 3 * tasks.len(), "{set}");
        let directory = directory(answers.iter().cloned());
        let path = fixture("published").join(format!("{set}.jsonl"));
        let arguments = ["samples.jsonl", "--allow-partial", "--judging", "both", "--dataset", dataset];
        scored(&directory, &path, &arguments);
        let verdicts = verdicts(&directory, "samples");
        for (answer, verdict) in answers.iter().zip(&verdicts) {
            for judging in ["sealed", "compat"] {
                let passed = verdict[judging]["verdict"] == "passed";
                assert_eq!(passed, answer["passes"], "{dataset} {judging}: {answer}\n{verdict}");
            }
            // Tests that patch a module, and those that insert the answer, run where it runs.
            let open = verdict["task_id"] != "BigCodeBench/9010";
            assert_eq!(verdict["sealed"]["open"].as_bool().unwrap_or(false), open, "{verdict}");
        }
    }
}

#[test]
fn a_class_of_tests_fails_with_the_first_failing_tests_own_exception_and_line() {
    let answers = answers("bigcodebench-answers.jsonl", &["BigCodeBench/9010"]);
    let directory = directory(answers.into_iter());
    let set = fixture("published/bigcodebench.jsonl");
    scored(&directory, &set, &["samples.jsonl", "--allow-partial", "--judging", "both"]);
    let verdicts = verdicts(&directory, "samples");
    for judging in ["sealed", "compat"] {
        let wrong = &verdicts[1][judging];
        assert_eq!(wrong["verdict"], "wrong_answer", "{wrong}");
        assert_eq!(
            wrong["assertion"], "self.assertEqual(task_func(lines), {'info': 1, 'warn': 2})",
            "{wrong}"
        );
        assert!(wrong["message"].as_str().unwrap().starts_with("{'warn': 2} != "), "{wrong}");
        let raised = &verdicts[2][judging];
        assert_eq!(
            (&raised["verdict"], &raised["exception"]),
            (&json!("exception"), &json!("JSONDecodeError")),
            "{raised}"
        );
        assert_eq!(raised["location"]["source"], "program", "{raised}");
    }
}

#[test]
fn an_answer_that_is_inserted_is_shown_where_it_stands() {
    let directory =
        directory([json!({"task_id": "DS-1000/9900", "completion": "total = len(texts)\n"})].into_iter());
    let set = fixture("published/ds-1000.jsonl");
    let shown = table(&directory, &set, &["samples.jsonl", "--allow-partial", "--failures", "DS-1000/9900"]);
    assert!(
        shown.contains("1 │ texts = test_input\n") && shown.contains("2 │ total = len(texts)\n"),
        "{shown}"
    );
    assert!(shown.contains("assertion  assert math.isclose(result, ans)"), "{shown}");
}

#[test]
fn only_what_is_calibrated_may_lack_the_imports_of_its_prompt() {
    let program = "def task_func(lines):\n    levels = Counter(json.loads(line)['level'] for line in lines if line.strip())\n    \
                   return dict(sorted(levels.items()))\n";
    for (dataset, verdict) in [("bigcodebench", "passed"), ("bigcodebench-uncalibrated", "exception")] {
        let directory = directory([json!({"task_id": "BigCodeBench/9010", "solution": program})].into_iter());
        let set = fixture("published/bigcodebench.jsonl");
        let arguments = ["samples.jsonl", "--allow-partial", "--judging", "both", "--dataset", dataset];
        scored(&directory, &set, &arguments);
        let verdicts = verdicts(&directory, "samples");
        for judging in ["sealed", "compat"] {
            assert_eq!(verdicts[0][judging]["verdict"], verdict, "{dataset} {judging}: {verdicts:?}");
        }
    }
}
