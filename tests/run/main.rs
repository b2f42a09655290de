//! `karat run` and `karat config`, through the binary: faults, crashes, resuming.

#[path = "../common/api_server.rs"]
mod api_server;
#[path = "../common/mod.rs"]
mod common;

mod configuration;
mod interrupted;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_server::{ApiServer, Reply, Request};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::block_in_place;

/// `karat` in a directory that holds its answers too, with the runner that the other tests use.
fn karat(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("karat"));
    for variable in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "KARAT_API_KEY"] {
        command.env_remove(variable);
    }
    command.env("NO_COLOR", "1").env("COLUMNS", "110").current_dir(directory).args(arguments);
    command
}

fn output(directory: &Path, arguments: &[&str]) -> Output {
    karat(directory, arguments).output().expect("karat starts")
}

/// Runs the small set and gives the result as JSON, with the exit status.
fn run(directory: &Path, arguments: &[&str]) -> (Value, i32) {
    let set = common::file("fixtures/mini.jsonl");
    let mut all = vec!["run", set.to_str().unwrap(), "--format", "json"];
    all.extend(arguments);
    let output = output(directory, &all);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let result = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (result, output.status.code().expect("it ends by itself"))
}

fn bytes(directory: &Path, file: &str) -> Vec<u8> {
    let path = directory.join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Which problem a request is about: a word of each prompt.
const TASKS: [(&str, &str); 5] = [
    ("mini/add", "sum of a and b"),
    ("mini/words", "words of a text"),
    ("mini/halve", "Halve every number"),
    ("mini/root", "root of a straight line"),
    ("mini/apply", ""),
];

fn task_of(body: &Value) -> &'static str {
    let text = body.to_string();
    TASKS.iter().find(|(_, words)| text.contains(words)).map(|(task, _)| *task).expect("the last has all")
}

/// The samples that a request asks for: its seed is the first one's.
fn samples_of(body: &Value) -> std::ops::Range<u64> {
    let first = body["seed"].as_u64().expect("the tests give --seed 0");
    first..first + body["n"].as_u64().unwrap_or(1)
}

/// A model whose answer depends on problem and sample alone: some are right, some wrong, some no code at all.
fn answer(task: &str, sample: u64) -> String {
    let body = match (task, sample % 4) {
        (_, 3) => return "I do not know.".to_owned(),
        ("mini/add", 0 | 1) => "def add(a: int, b: int) -> int:\n    return a + b",
        ("mini/words", 0) => "def words(text):\n    return text.upper().split()",
        ("mini/halve", 1) => "def halve(numbers):\n    numbers[:] = [number / 2 for number in numbers]",
        (task, _) => return format!("```python\ndef {}(*all):\n    return {}\n```", &task[5..], sample % 3),
    };
    format!("Here it is:\n```python\n{body}\n```\n")
}

fn reply(body: &Value, most: u64) -> Reply {
    let (task, samples) = (task_of(body), samples_of(body));
    let first = samples.start;
    let choice = |sample| {
        let message = json!({"content": answer(task, sample)});
        json!({"index": sample - first, "message": message, "finish_reason": "stop"})
    };
    let choices: Vec<Value> = samples.take(most as usize).map(choice).collect();
    let count = choices.len();
    let usage = json!({"prompt_tokens": 50, "completion_tokens": 20 * count});
    Reply::json(200, json!({"choices": choices, "usage": usage}))
}

/// How many times each sample was answered in full.
type Answered = Arc<Mutex<HashMap<(&'static str, u64), u32>>>;

fn count(answered: &Answered, body: &Value, most: u64) {
    let mut answered = answered.lock().unwrap();
    for sample in samples_of(body).take(most as usize) {
        *answered.entry((task_of(body), sample)).or_default() += 1;
    }
}

/// A server without faults that waits before it answers.
async fn steady(wait: Duration) -> (ApiServer, Answered) {
    let answered = Answered::default();
    let counted = Arc::clone(&answered);
    let server = ApiServer::start(move |request: Request| {
        let counted = Arc::clone(&counted);
        async move {
            tokio::time::sleep(wait).await;
            count(&counted, &request.body, 1);
            reply(&request.body, 1)
        }
    })
    .await;
    (server, answered)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_samples_survive_every_fault_and_score_as_without_them() {
    let answered = Answered::default();
    let counted = Arc::clone(&answered);
    let server = ApiServer::start(move |request: Request| {
        let counted = Arc::clone(&counted);
        async move {
            let ok = reply(&request.body, 3);
            let Reply::Whole(_, _, text) = &ok else { unreachable!() };
            let half = &text[..text.len() / 2];
            // Every third request fails, each time in another way.
            match request.number % 24 {
                0 => Reply::Whole(429, "retry-after: 0\r\n".into(), "{}".into()),
                3 => Reply::json(429, json!({"error": {"message": "slow down"}})),
                6 => Reply::json(500, json!({"error": {"message": "oh"}})),
                9 => Reply::truncated(half),
                12 => Reply::json(200, half),
                15 => Reply::Broken(String::new()),
                18 => Reply::json(200, json!({"choices": []})),
                21 => Reply::Whole(503, "content-type: text/html\r\n".into(), "<html>busy</html>".into()),
                _ => {
                    count(&counted, &request.body, 3); // fewer choices than asked for
                    ok
                }
            }
        }
    })
    .await;
    let model = format!("{}/v1#m", server.address());
    let disturbed = tempfile::tempdir().unwrap();
    let arguments =
        ["--model", &model, "-n", "200", "--seed", "0", "--no-cache", "--run-dir", "run", "--quiet"];
    let (result, status) = block_in_place(|| run(disturbed.path(), &arguments));
    assert_eq!((status, &result["completions"]), (0, &1000.into()), "{result:#}");
    assert_eq!((&result["failed"], &result["ending"]), (&0.into(), &"complete".into()));
    {
        let answered = answered.lock().unwrap();
        assert_eq!(answered.len(), 1000);
        let twice: Vec<_> = answered.iter().filter(|(_, count)| **count != 1).collect();
        assert!(twice.is_empty(), "answered more than once: {twice:?}");
    }
    assert!(server.requests() > 500, "{}", server.requests());

    let (server, _) = steady(Duration::ZERO).await;
    let model = format!("{}/v1#m", server.address());
    let undisturbed = tempfile::tempdir().unwrap();
    let arguments =
        ["--model", &model, "-n", "200", "--seed", "0", "--no-cache", "--run-dir", "run", "--quiet"];
    let (expected, _) = block_in_place(|| run(undisturbed.path(), &arguments));
    assert_eq!(result["sealed"], expected["sealed"]);
    let verdicts = |directory: &TempDir| bytes(directory.path(), "run/verdicts.jsonl");
    assert!(verdicts(&disturbed) == verdicts(&undisturbed));
    assert!(
        bytes(disturbed.path(), "run/completions.jsonl")
            == bytes(undisturbed.path(), "run/completions.jsonl")
    );

    // Equal programs of a problem are judged once.
    let judged = common::json_lines(&undisturbed.path().join("run/judged.jsonl"));
    let distinct: std::collections::HashSet<String> =
        judged.iter().map(|line| format!("{} {}", line["task_id"], line["program"])).collect();
    assert_eq!(distinct.len(), judged.len());
    assert!(judged.len() < 40, "{} programs were judged", judged.len());
    let costs = &result["generation"];
    assert_eq!(
        (&costs["answered"], &costs["cost"], &costs["solved"]),
        (&1000.into(), &Value::Null, &3.into())
    );
    assert_eq!(costs["output_tokens"], 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_is_an_error_of_its_sample_and_is_asked_again() {
    let mended = Arc::new(Mutex::new(false));
    let is_mended = Arc::clone(&mended);
    let server = ApiServer::start(move |request: Request| {
        let mended = *is_mended.lock().unwrap();
        async move {
            match task_of(&request.body) {
                "mini/add" if samples_of(&request.body).contains(&1) && !mended => {
                    Reply::json(400, json!({"error": {"message": "this one I do not like"}}))
                }
                _ => reply(&request.body, 1),
            }
        }
    })
    .await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let arguments =
        ["--model", &model, "-n", "2", "--k", "1,2", "--seed", "0", "--param", "n=1", "--run-dir", "run"];
    let (result, status) = block_in_place(|| run(directory.path(), &arguments));
    assert_eq!((status, &result["failed"], &result["completions"]), (3, &1.into(), &9.into()), "{result:#}");
    let add = &common::json_lines(&directory.path().join("run/verdicts.jsonl"))[0];
    assert_eq!((&add["task_id"], &add["sealed"]["verdict"]), (&"mini/add".into(), &"passed".into()));
    let errors = common::json_lines(&directory.path().join("run/errors.jsonl"));
    assert_eq!(
        (errors.len(), &errors[0]["task_id"], &errors[0]["sample"]),
        (1, &"mini/add".into(), &1.into())
    );
    assert_eq!(result["sealed"]["partial"][0]["left_out"], 1, "pass@2 leaves the problem out and says so");

    *mended.lock().unwrap() = true;
    let asked = server.requests();
    let resumed: Vec<&str> = arguments.iter().copied().chain(["--resume"]).collect();
    let (result, status) = block_in_place(|| run(directory.path(), &resumed));
    assert_eq!((status, &result["failed"], &result["completions"]), (0, &0.into(), &10.into()), "{result:#}");
    assert_eq!(server.requests() - asked, 1);
    assert_eq!(bytes(directory.path(), "run/errors.jsonl"), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_whole_are_counted_and_equal_ones_are_told() {
    let server = ApiServer::start(|request: Request| async move {
        let (message, finish) = match task_of(&request.body) {
            "mini/add" => (json!({"content": "```python\ndef add(a, b):\n    retu"}), "length"),
            "mini/words" => (json!({"content": null, "reasoning": "Hm."}), "length"),
            "mini/halve" => (json!({"content": null}), "content_filter"),
            "mini/root" => (json!({"content": null, "refusal": "I can not."}), "stop"),
            _ => (json!({"content": "```python\ndef apply(f, x):\n    return f(x)\n```"}), "stop"),
        };
        let choice = |index: u64| json!({"index": index, "message": message, "finish_reason": finish});
        let choices: Vec<Value> = (0..request.body["n"].as_u64().unwrap_or(1)).map(choice).collect();
        Reply::json(200, json!({"choices": choices, "timings": {}, "usage": {"prompt_tokens": 900, "completion_tokens": 9}}))
    })
    .await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--model", &model, "-n", "2", "--temperature", "0.8", "--no-cache", "--run-dir"];
    let with = |name: &'static str| arguments.iter().copied().chain([name]).collect::<Vec<_>>();
    let (result, status) = block_in_place(|| run(directory.path(), &with("json")));
    assert_eq!((status, &result["failed"]), (3, &2.into()), "{result:#}");
    let scores: Value = serde_json::from_slice(&bytes(directory.path(), "json/scores.json")).unwrap();
    for generation in [&result["generation"], &scores["generation"]] {
        let counts =
            ["cut_off", "cut_off_without_text", "empty", "refused", "filtered", "problems_of_equal_samples"]
                .map(|name| generation[name].as_u64().unwrap_or(0));
        assert_eq!(counts, [4, 2, 0, 2, 2, 3], "those without text are not equal: {generation:#}");
    }
    let set = common::file("fixtures/mini.jsonl");
    let table = [vec!["run", set.to_str().unwrap()], with("table")].concat();
    let text = block_in_place(|| output(directory.path(), &table)).stdout;
    let text = String::from_utf8(text).unwrap();
    for part in [
        "Cut off at the limit of tokens: 4 of 8 answers, 2 of them before there was any text. With more tokens",
        "Refused by the model: 2 of 10 samples.",
        "Ended or kept back by a filter of the server: 2 of 10 samples.",
        "All samples are equal of 3 of 4 problems, although the temperature is 0.8",
        "tokens unknown, since the server counts one of several answers only",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let report = block_in_place(|| output(directory.path(), &["report", "table", "--out", "site"]));
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stderr));
    let page = fs::read_dir(directory.path().join("site/run")).unwrap().next().unwrap().unwrap().path();
    let page = fs::read_to_string(page).unwrap();
    for part in ["Cut off at the limit of tokens: 4 of 8 answers", "All samples are equal of 3 of 4 problems"]
    {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    // A sample without a program says why, and shows no program.
    for (problem, why) in [
        ("words", "cut off at the limit of tokens before there was any text"),
        ("root", "the model refused to answer"),
    ] {
        let page =
            fs::read_to_string(directory.path().join(format!("site/problem/mini-{problem}.html"))).unwrap();
        let samples = page.split_once("id=\"samples-title\"").unwrap().1;
        assert_eq!(samples.matches(why).count(), 2, "{samples}");
        for program in ["<code>", "is not shown", "the answer is the program"] {
            assert!(!samples.contains(program), "{program}:\n{samples}");
        }
    }
    // What is read must be as it was written.
    let answers = directory.path().join("table/answers.jsonl");
    let text = fs::read_to_string(&answers).unwrap();
    fs::write(&answers, text.replacen("I can not.", "I can.", 1)).unwrap();
    let edited = block_in_place(|| output(directory.path(), &["report", "table", "--out", "other"]));
    let stderr = String::from_utf8_lossy(&edited.stderr);
    assert!(edited.status.code() == Some(2) && stderr.contains("answers.jsonl"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_is_said_in_the_result() {
    let server = ApiServer::start(|request: Request| async move {
        if request.body["messages"][0]["role"] == "system" {
            return Reply::json(400, json!({"message": "Conversation roles must alternate"}));
        }
        let message = json!({"content": "```python\npass\n```"});
        Reply::json(200, json!({"choices": [{"message": message, "finish_reason": "stop"}]}))
    })
    .await;
    let model = format!("{}/v1#m", server.address());
    let directory = tempfile::tempdir().unwrap();
    let asked = ["--model", &model, "--run-dir", "run"];
    let (result, status) = block_in_place(|| run(directory.path(), &asked));
    assert_eq!((status, &result["left_out"]), (0, &json!(["system_message"])), "{result:#}");
    // Whoever reads the run later learns of it, even if nothing was asked for again.
    let again = [asked.as_slice(), &["--resume"]].concat();
    let (resumed, _) = block_in_place(|| run(directory.path(), &again));
    let set = common::file("fixtures/mini.jsonl");
    for (more, what) in [("-n", "number of samples"), ("--max-tokens", "parameters")] {
        let other = [&["run", set.to_str().unwrap()], again.as_slice(), &[more, "2"]].concat();
        let refused = block_in_place(|| output(directory.path(), &other));
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert!(stderr.contains(&format!("run is another run, by its {what};")), "{stderr}");
    }
    let scores: Value = serde_json::from_slice(&bytes(directory.path(), "run/scores.json")).unwrap();
    for generation in [&result["generation"], &resumed["generation"], &scores["generation"]] {
        assert_eq!(generation["left_out"], json!(["system_message"]), "{generation:#}");
    }
    let report = block_in_place(|| output(directory.path(), &["report", "run", "--out", "site"]));
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stderr));
    let page = fs::read_dir(directory.path().join("site/run")).unwrap().next().unwrap().unwrap().path();
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .contains("what the system&#39;s message says begins the user&#39;s")
    );
}

#[test]
fn a_run_scores_as_score_does() {
    let directory = tempfile::tempdir().unwrap();
    let set = common::file("fixtures/mini.jsonl");
    let samples = common::file("fixtures/mini-samples.jsonl");
    let model = format!("replay:{}", samples.display());
    let (result, status) = run(directory.path(), &["--model", &model, "-n", "2", "--run-dir", "run"]);
    assert_eq!(status, 0);
    let set = set.to_str().unwrap();
    let scored =
        output(directory.path(), &["score", "run/answers.jsonl", "--problems", set, "--format", "json"]);
    let scored: Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert_eq!(result["sealed"], scored["sealed"]);

    let several = output(
        directory.path(),
        &["run", set, "-n", "2", "--model", &model, "--model", "reference", "--format", "json"],
    );
    let several: Value = serde_json::from_slice(&several.stdout).unwrap();
    let scores: Vec<&Value> = (0..2).map(|run| &several[run]["sealed"]["pass_at_k"][0]["value"]).collect();
    assert_eq!(scores, [&json!(0.6), &json!(1.0)]);
}
