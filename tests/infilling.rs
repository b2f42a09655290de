//! Problems that have a text before and after the gap, through the binary: what is judged is what goes between the two,
//! and a small random model is asked with its own tokens.

mod common;
#[path = "common/tiny_model.rs"]
mod tiny_model;

use std::fs;
use std::path::Path;

use common::{file, json_lines, karat};
use serde_json::{Value, json};
use tiny_model::TinyModel;

/// The verdict of each completion, in the order of the file, by a way of judging.
fn verdicts(samples: &[Value], judging: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let lines: String = samples.iter().map(|sample| format!("{sample}\n")).collect();
    fs::write(directory.path().join("samples.jsonl"), lines).unwrap();
    let mut command = karat();
    command.current_dir(directory.path()).args([
        "score",
        "samples.jsonl",
        "--allow-partial",
        "--judging",
        judging,
    ]);
    let output = command.arg("--problems").arg(file("fixtures/infilling.jsonl")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let written = json_lines(&directory.path().join("runs/samples/verdicts.jsonl"));
    written.iter().map(|line| verdict(line, judging)).collect()
}

fn verdict(line: &Value, judging: &str) -> String {
    let verdict = &line[judging]["verdict"];
    verdict.as_str().unwrap_or_else(|| panic!("{line}")).to_owned()
}

#[test]
fn what_is_judged_stands_between_prompt_and_suffix() {
    let sample = |task: &str, completion: &str| json!({"task_id": format!("infilling/{task}"), "completion": completion});
    let samples = [
        sample("clamp", "        return low\n"),
        // Nothing is cut and nothing is indented: what follows is another block then, or none.
        sample("clamp", "        value = low\n"),
        sample("clamp", "        return high\n"),
        sample("clamp", "return low\n"),
        sample("clamp", ""),
        sample("vowels", "is_vowel(letter)"),
        sample("vowels", "1"),
        sample("vowels", "is_vowel(letter)\n"),
        sample("runs", "    previous, item = 0, 0\n    for item in items:\n"),
        json!({"task_id": "infilling/clamp", "solution": "def clamp(value, low, high):\n    return sorted([value, low, high])[1]\n"}),
    ];
    let sealed = verdicts(&samples, "sealed");
    let expected = [
        "passed",
        "passed",
        "wrong_answer",
        "syntax_error",
        "no_code",
        "passed",
        "wrong_answer",
        "passed",
        "wrong_answer",
        "passed",
    ];
    assert_eq!(sealed, expected);
    let mut compat = verdicts(&samples, "compat");
    assert_eq!(std::mem::replace(&mut compat[4], sealed[4].clone()), "syntax_error");
    assert_eq!(compat, sealed);
}

#[test]
fn what_tests_use_of_the_prompt_is_the_prompts_own() {
    let lies = "0 * bool(globals().update(is_vowel=lambda letter: False))";
    let sample = json!({"task_id": "infilling/vowels", "completion": lies});
    assert_eq!(verdicts(std::slice::from_ref(&sample), "sealed"), ["wrong_answer"]);
    assert_eq!(verdicts(&[sample], "compat"), ["passed"]);
}

#[test]
fn the_sets_own_solutions_pass() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = karat();
    command.current_dir(directory.path()).args(["run", "--model", "reference", "--format", "json"]);
    let output = command.arg(file("fixtures/infilling.jsonl")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = directory.path().join(result["run"].as_str().expect("it is recorded"));
    let verdicts = json_lines(&run.join("verdicts.jsonl"));
    assert_eq!(verdicts.len(), 3);
    assert!(verdicts.iter().all(|line| verdict(line, "sealed") == "passed"), "{verdicts:?}");
}

#[test]
fn a_problem_is_shown_with_what_follows() {
    let task = format!("{}/infilling/clamp", file("fixtures/infilling.jsonl").display());
    let shown = |arguments: &[&str]| {
        let output = karat().args(["problems"]).args(arguments).arg(&task).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(
        shown(&["show"]).contains("After the completion\n      if value > high:\n"),
        "{}",
        shown(&["show"])
    );
    let asked = ["prompt", "--model", "gguf:m.gguf?api=completions", "--format", "json"];
    let prompt: Value = serde_json::from_str(&shown(&asked)).unwrap();
    assert_eq!(prompt["infill"]["suffix"], "    if value > high:\n        return high\n    return value\n");
    let chat = shown(&["prompt", "--model", "openai:gpt-5"]);
    assert!(chat.contains("    if value < low:\n<FILL_IN_HERE>    if value > high:\n"), "{chat}");
}

/// Asks the small model for two samples of each problem.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))] // the engine is for no other machine
fn ask(directory: &Path, infills: bool) -> std::process::Output {
    let model = TinyModel { infills, ..TinyModel::default() };
    model.write(&directory.join("tiny.gguf")).expect("there is space");
    let mut command = karat();
    command.current_dir(directory).args(["run", "--model", "gguf:./tiny.gguf?api=completions"]);
    command.args(["--device", "cpu", "--no-cache", "-n", "2", "--max-tokens", "8", "--run-dir", "run"]);
    command.arg(file("fixtures/infilling.jsonl")).output().unwrap()
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_built_in_model_is_asked_by_the_tokens_of_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let output = ask(directory.path(), true);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let problems = json_lines(&file("fixtures/infilling.jsonl"));
    let bytes = |task: &Value| {
        let problem = problems.iter().find(|problem| problem["task_id"] == *task).unwrap();
        ["prompt", "suffix"].map(|field| problem[field].as_str().unwrap().len() as u64).iter().sum::<u64>()
    };
    let answers = json_lines(&directory.path().join("run/answers.jsonl"));
    assert_eq!(answers.len(), 6);
    for line in &answers {
        // One token for each byte, and the three around them: a token's name within a problem is text.
        assert_eq!(line["answer"]["usage"]["input"], bytes(&line["task_id"]) + 3, "{line}");
        assert_eq!(line["completion"], line["answer"]["text"], "a base model is taken at its word");
    }
    let shown = karat().args(["models", "show"]).arg(directory.path().join("tiny.gguf")).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("<|fim_prefix|> <|fim_suffix|> <|fim_middle|>"), "{shown}");
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_model_without_such_tokens_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let output = ask(directory.path(), false);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("the model has no tokens to fill in the middle of a text"), "{error}");
    assert!(error.contains("Qwen2.5-Coder") && error.contains("without ?api=completions"), "{error}");
}
