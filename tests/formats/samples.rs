//! Samples as other harnesses write them.

use super::*;

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
