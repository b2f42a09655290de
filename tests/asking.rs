//! `karat generate`, `karat problems prompt` and `karat cache`, through the binary.

#[path = "common/api_server.rs"]
mod api_server;
mod common;

use std::fs;
use std::process::Output;

use api_server::{ApiServer, Reply, Request};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Runs `karat` in a directory that holds its cache too, without any key.
fn karat(directory: &TempDir, arguments: &[&str]) -> Output {
    let mut command = common::karat();
    for variable in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "KARAT_API_KEY"] {
        command.env_remove(variable);
    }
    command.current_dir(directory.path()).env("KARAT_CACHE_DIR", directory.path().join("cache"));
    command.args(arguments).output().unwrap()
}

fn generate(directory: &TempDir, arguments: &[&str]) -> (Value, i32) {
    let set = common::file("fixtures/mini.jsonl");
    let mut all = vec!["generate", set.to_str().unwrap(), "--format", "json", "--quiet"];
    all.extend(arguments);
    let output = karat(directory, &all);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let result = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (result, output.status.code().unwrap())
}

fn lines(directory: &TempDir) -> Vec<Value> {
    common::json_lines(&directory.path().join("samples.jsonl"))
}

#[test]
fn reference_solutions_become_samples_in_the_order_of_the_set() {
    let directory = tempfile::tempdir().unwrap();
    let (result, status) = generate(&directory, &["--model", "reference", "-n", "2"]);
    assert_eq!((status, &result["answered"], &result["wanted"]), (0, &10.into(), &10.into()), "{result:#}");
    let set = common::json_lines(&common::file("fixtures/mini.jsonl"));
    for (index, line) in lines(&directory).iter().enumerate() {
        assert_eq!(line["task_id"], set[index / 2]["task_id"]);
        assert_eq!(line["sample"], index % 2);
        assert_eq!(line["completion"], set[index / 2]["canonical_solution"]);
    }
}

#[test]
fn a_command_sees_the_environment_without_its_keys() {
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    let model = "command:printf '%s.' \"$PLAIN\"; env | grep -c wellkept";
    let mut command = common::karat();
    command.env("KARAT_CACHE_DIR", directory.path().join("cache")).env("PLAIN", "plain");
    for key in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "KARAT_API_KEY"] {
        command.env(key, "wellkept");
    }
    // grep fails where it finds nothing, and what it wrote is then no answer.
    command.args(["generate", set.to_str().unwrap(), "--quiet", "--model", &format!("{model} || true")]);
    let output = command.current_dir(directory.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for line in lines(&directory) {
        assert_eq!(line["answer"]["text"], "plain.0\n");
    }
}

#[test]
fn a_commands_answer_is_extracted_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let script = "#!/bin/sh\ncat > /dev/null\nif [ \"$KARAT_TASK_ID\" = mini/words ]; then echo 'I can not.'; exit; fi\n\
                  printf 'Here you are:\\n```python\\ndef add(a, b):\\n    return a + b\\n```\\nDone.\\n'\n";
    let path = directory.path().join("model.sh");
    fs::write(&path, script).unwrap();
    let model = format!("command:sh {}", path.display());
    let (result, status) = generate(&directory, &["--model", &model]);
    assert_eq!((status, &result["answered"], &result["no_code"]), (0, &5.into(), &1.into()), "{result:#}");
    let lines = lines(&directory);
    let program = lines[0]["solution"].as_str().or(lines[0]["completion"].as_str()).unwrap();
    assert!(program.contains("return a + b") && !program.contains("```"), "{program}");
    assert_eq!(lines[0]["how"]["from"], "fences");
    assert!(lines[0]["answer"]["text"].as_str().unwrap().starts_with("Here you are:"), "the answer is kept");
    let silent = lines.iter().find(|line| line["task_id"] == "mini/words").unwrap();
    assert_eq!(silent["completion"], "");
    assert!(!silent["no_code"].is_null());
}

/// A server that gives one answer for each that is asked for, and none for the first task.
async fn server() -> ApiServer {
    ApiServer::start(|request: Request| async move {
        let text = request.body.to_string();
        if text.contains("Return the sum") {
            return Reply::json(400, json!({"error": {"message": "this one I do not like"}}));
        }
        let count = request.body["n"].as_u64().unwrap_or(1);
        let choice = |index| json!({"index": index, "message": {"content": "```python\npass\n```"}, "finish_reason": "stop"});
        let choices: Vec<Value> = (0..count).map(choice).collect();
        Reply::json(200, json!({"choices": choices, "usage": {"prompt_tokens": 7, "completion_tokens": 2 * count}}))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_not_asked_again_and_what_failed_is() {
    let server = server().await;
    let directory = tempfile::tempdir().unwrap();
    let model = format!("{}/v1#tiny", server.address());
    let arguments = ["--model", &model, "-n", "3", "--temperature", "0.5"];
    let ask = || tokio::task::block_in_place(|| generate(&directory, &arguments));
    let (first, status) = ask();
    assert_eq!((status, &first["answered"], &first["failed"]), (3, &12.into(), &3.into()), "{first:#}");
    assert_eq!(first["errors"][0][1], 3);
    assert_eq!((&first["output_tokens"], &first["cost"]), (&24.into(), &Value::Null), "no price, no cost");
    assert_eq!(lines(&directory).len(), 12);
    let asked = server.requests();

    let (second, status) = ask();
    assert_eq!(
        (status, &second["answered"], &second["from_cache"]),
        (3, &12.into(), &12.into()),
        "{second:#}"
    );
    assert_eq!(&second["output_tokens"], &Value::Null, "what comes from the cache is not spent again");
    let again = server.requests() - asked;
    // Once with all three samples, then without what the server might have refused.
    assert!((1..=4).contains(&again), "only what failed is asked again, not {again}");

    let cache = |command: &[&str]| tokio::task::block_in_place(|| karat(&directory, command));
    let stats: Value =
        serde_json::from_slice(&cache(&["cache", "stats", "--format", "json"]).stdout).unwrap();
    assert_eq!(stats["total"]["entries"], 12);
    let cleared = String::from_utf8(cache(&["cache", "clear"]).stdout).unwrap();
    assert!(cleared.starts_with("Forgot 12 answers"), "{cleared}");
}

#[test]
fn answers_of_a_program_are_not_cached_and_that_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    // It answers one of five problems.
    let program = "command:grep -o Halve";
    for _ in 0..2 {
        let output = karat(&directory, &["generate", set.to_str().unwrap(), "--model", program, "--quiet"]);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stdout}");
        assert!(
            stdout.starts_with("1 of 5 samples of command:grep -o Halve answered, 0 of them from the cache;"),
            "{stdout}"
        );
        assert!(stdout.contains("The same command again asks for all of them again.\n"), "{stdout}");
    }
}

#[test]
fn a_missing_key_and_an_unknown_price_are_errors_that_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    let fails = |arguments: &[&str]| {
        let output = karat(&directory, &[&["generate", set.to_str().unwrap()], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(!directory.path().join("samples.jsonl").exists());
        String::from_utf8(output.stderr).unwrap()
    };
    let key = fails(&["--model", "openai:gpt-5"]);
    assert!(key.contains("OPENAI_API_KEY"), "{key}");
    let price = fails(&["--model", "http://127.0.0.1:9/v1#m", "--max-cost", "5"]);
    assert!(price.contains("--prices"), "{price}");
    let model = fails(&["--model", "nonsense"]);
    assert!(model.contains("openai:"), "{model}");
}

#[test]
fn a_prompt_is_shown_as_it_would_be_sent_and_without_hidden_tests() {
    let directory = tempfile::tempdir().unwrap();
    let task = format!("{}/mini/add", common::file("fixtures/mini.jsonl").display());
    let output = karat(&directory, &["problems", "prompt", &task, "--model", "openai:gpt-5"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("--- user") && text.contains("Return the sum of a and b."), "{text}");
    assert!(!text.contains("assert candidate"), "{text}");

    let own = common::file("fixtures/formats/karat");
    let task = format!("{}/longest-plateau", own.display());
    let output =
        karat(&directory, &["problems", "prompt", &task, "--model", "reference", "--language", "zh"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("徒步者"), "{text}");
}
