//! Each provider's protocol against a server on loopback, whole and with every fault that servers have.

#[path = "../common/api_server.rs"]
mod api_server;

mod command;
mod faults;

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_server::{ApiServer, Reply, Request};
use karat::complete::provider::{self, AskError, Provider};
use karat::complete::query::{FinishReason, Message, Parameters, Prompt, Query, RawAnswer, Role, Usage};
use karat::problem::{Dataset, ProblemSet, ProblemSetBuilder};
use serde_json::{Value, json};

const KEY: &str = "sk-test-0123456789abcdef";

fn no_problems() -> Arc<ProblemSet> {
    Arc::new(ProblemSetBuilder::new().finish("none".into(), Dataset::Karat, None, String::new()).unwrap())
}

fn open(model: &str, address: &str) -> Arc<dyn Provider> {
    let environment = |name: &str| match name {
        "OPENAI_BASE_URL" => Some(format!("{address}/v1")),
        "ANTHROPIC_BASE_URL" | "GEMINI_BASE_URL" => Some(address.to_owned()),
        "OPENAI_API_KEY" | "ANTHROPIC_API_KEY" | "GOOGLE_API_KEY" | "KARAT_API_KEY" => Some(KEY.to_owned()),
        _ => None,
    };
    let spec = model.replace("SERVER", address).parse().unwrap();
    provider::open(&spec, &environment, &no_problems()).unwrap()
}

fn query(samples: Range<u32>, parameters: Parameters) -> Query {
    let messages = vec![Message::new(Role::System, "Be brief."), Message::new(Role::User, "Add a and b.")];
    let prompt = Arc::new(Prompt::Chat(messages));
    Query {
        task_id: "T/0".into(),
        prompt,
        parameters: Arc::new(parameters),
        samples,
        left_out: Default::default(),
    }
}

fn every_parameter() -> Parameters {
    let mut parameters = Parameters {
        temperature: Some(0.8),
        top_p: Some(0.95),
        max_tokens: Some(512),
        stop: vec!["\ndef".into()],
        seed: Some(40),
        logprobs: true,
        effort: Some("low".into()),
        ..Parameters::default()
    };
    parameters.add_extra("top_k=5").unwrap();
    parameters
}

/// The log probabilities of an answer.
fn logprobs(answer: &RawAnswer) -> Value {
    answer.logprobs.as_ref().map_or(Value::Null, |logprobs| serde_json::from_str(logprobs.json()).unwrap())
}

fn streamed() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.add_extra("stream=true").unwrap();
    parameters
}

/// Asks a server that gives this reply, and returns what it was sent.
async fn exchange(model: &str, query: Query, reply: Reply) -> (Result<Vec<RawAnswer>, AskError>, Request) {
    let (reply, seen) = (Mutex::new(Some(reply)), Arc::new(Mutex::new(None)));
    let server = ApiServer::start({
        let seen = Arc::clone(&seen);
        move |request| {
            *seen.lock().unwrap() = Some(request);
            let reply = reply.lock().unwrap().take().expect("a provider sends one request");
            async { reply }
        }
    })
    .await;
    let result = open(model, &server.address()).ask(&query).await;
    let request = seen.lock().unwrap().take().expect("a request was sent");
    (result, request)
}

async fn error_of(model: &str, reply: Reply) -> AskError {
    let (result, _) = exchange(model, query(0..1, Parameters::default()), reply).await;
    let error = result.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(KEY) && !text.contains(&KEY[..12]), "{text}");
    error
}

fn usage(input: u64, output: u64, cached: Option<u64>, reasoning: Option<u64>) -> Usage {
    Usage { input: Some(input), output: Some(output), cached, reasoning }
}

const MODELS: [&str; 5] = [
    "openai:gpt-5",
    "openai-completions:base",
    "SERVER/v1#local",
    "anthropic:claude-sonnet-4-5",
    "gemini:gemini-2.5-pro",
];

/// A server's reply with one answer, `x`.
fn good_reply(model: &str) -> Value {
    if model.starts_with("anthropic") {
        json!({"content": [{"type": "text", "text": "x"}], "stop_reason": "end_turn", "model": "m"})
    } else if model.starts_with("gemini") {
        json!({"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]})
    } else if model.contains("completions") {
        json!({"choices": [{"index": 0, "text": "x", "finish_reason": "stop"}]})
    } else {
        json!({"choices": [{"index": 0, "message": {"content": "x"}, "finish_reason": "stop"}]})
    }
}

#[tokio::test]
async fn open_ai_chat_sends_what_is_set_and_keeps_thinking_apart() {
    let choice = |index: u64, text: &str| {
        json!({"index": index, "finish_reason": if index == 0 { "stop" } else { "length" },
            "logprobs": {"content": [{"token": "a", "logprob": -0.1}]},
            "message": {"role": "assistant", "content": text, "reasoning_content": "hm"}})
    };
    let reply = json!({
        "model": "gpt-5-2025-08-07", "choices": [choice(1, "second"), choice(0, "first")],
        "usage": {"prompt_tokens": 21, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4},
            "completion_tokens_details": {"reasoning_tokens": 6}},
    });
    let (answers, request) =
        exchange("openai:gpt-5", query(2..4, every_parameter()), Reply::json(200, reply)).await;
    assert_eq!(request.path, "/v1/chat/completions");
    assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    let expected = json!({
        "model": "gpt-5", "n": 2, "temperature": 0.8, "top_p": 0.95, "stop": ["\ndef"], "seed": 42,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add a and b."}],
        "max_completion_tokens": 512, "reasoning_effort": "low", "logprobs": true, "top_k": 5,
    });
    assert_eq!(request.body, expected);
    let answers = answers.unwrap();
    assert_eq!(answers[0].text, "first");
    assert_eq!(answers[0].thinking.as_deref(), Some("hm"));
    assert_eq!(answers[0].served_model.as_deref(), Some("gpt-5-2025-08-07"));
    assert_eq!(logprobs(&answers[0]), json!({"content": [{"token": "a", "logprob": -0.1}]}));
    assert_eq!(answers[0].usage, usage(11, 5, Some(2), Some(3)));
    assert_eq!(answers[1].usage, usage(10, 5, Some(2), Some(3)));
    assert_eq!((answers[0].finish, answers[1].finish), (FinishReason::Stop, FinishReason::Length));
}

#[tokio::test]
async fn a_compatible_server_gets_the_older_limit_and_no_key_but_its_own() {
    let parameters = Parameters { max_tokens: Some(9), ..Parameters::default() };
    let reply = json!({"choices": [{"message": {"content": "x", "reasoning": "because"}}], "usage": null});
    let (answers, request) =
        exchange("SERVER/v1#local", query(0..1, parameters), Reply::json(200, reply)).await;
    let messages =
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add a and b."}]);
    assert_eq!(request.body, json!({"model": "local", "messages": messages, "max_tokens": 9}));
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.thinking.as_deref(), answer.finish), (Some("because"), FinishReason::Other));
    assert_eq!(answer.usage, Usage::default());

    let server = ApiServer::start(|request: Request| async move {
        assert!(!request.headers.contains_key("authorization"));
        Reply::json(200, good_reply("SERVER"))
    })
    .await;
    let spec = format!("{}/v1#local", server.address()).parse().unwrap();
    let other_keys = |name: &str| (name != "KARAT_API_KEY").then(|| KEY.to_owned());
    let provider = provider::open(&spec, &other_keys, &no_problems()).unwrap();
    assert_eq!(provider.ask(&query(0..1, Parameters::default())).await.unwrap()[0].text, "x");
}

#[tokio::test]
async fn plain_completions_continue_a_text() {
    let mut query = query(0..1, every_parameter());
    query.prompt = Arc::new(Prompt::Text("def f():\n".into()));
    let reply = json!({"choices": [{"text": "    return 1\n", "finish_reason": "stop", "logprobs": {"tokens": ["a"]}}]});
    let (answers, request) = exchange("SERVER/v1?api=completions#base", query, Reply::json(200, reply)).await;
    assert_eq!(request.path, "/v1/completions");
    let expected = json!({
        "model": "base", "temperature": 0.8, "top_p": 0.95, "stop": ["\ndef"], "seed": 40, "prompt": "def f():\n",
        "max_tokens": 512, "reasoning_effort": "low", "logprobs": 1, "top_k": 5,
    });
    assert_eq!(request.body, expected);
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), logprobs(&answer)), ("    return 1\n", json!({"tokens": ["a"]})));
}

#[tokio::test]
async fn what_follows_a_gap_goes_in_the_field_for_it() {
    let mut query = query(0..1, Parameters::default());
    query.prompt =
        Arc::new(Prompt::Infill { prefix: "def f():\n".into(), suffix: "\n    return x\n".into() });
    let reply = || Reply::json(200, json!({"choices": [{"text": "    x = 1", "finish_reason": "stop"}]}));
    let (answers, request) = exchange("SERVER/v1?api=completions#base", query.clone(), reply()).await;
    let expected = json!({"model": "base", "prompt": "def f():\n", "suffix": "\n    return x\n"});
    assert_eq!((request.body, answers.unwrap().remove(0).text.as_str()), (expected, "    x = 1"));
    // A chat API has no such field.
    let (_, request) = exchange("SERVER/v1#chat", query, reply()).await;
    let content = "def f():\n<FILL_IN_HERE>\n    return x\n";
    assert_eq!(request.body["messages"], json!([{"role": "user", "content": content}]));
}

#[tokio::test]
async fn anthropic_messages_keep_system_and_thinking_apart() {
    let reply = json!({
        "model": "claude-sonnet-4-5-20250929", "stop_reason": "max_tokens",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2, "output_tokens": 7},
    });
    let model = "anthropic:claude-sonnet-4-5";
    let (answers, request) = exchange(model, query(0..1, every_parameter()), Reply::json(200, reply)).await;
    assert_eq!(request.path, "/v1/messages");
    assert_eq!(request.headers["x-api-key"], KEY);
    assert_eq!(request.headers["anthropic-version"], "2023-06-01");
    let expected = json!({
        "model": "claude-sonnet-4-5", "max_tokens": 512, "system": "Be brief.", "temperature": 0.8, "top_p": 0.95,
        "messages": [{"role": "user", "content": "Add a and b."}], "stop_sequences": ["\ndef"],
        "output_config": {"effort": "low"}, "top_k": 5,
    });
    assert_eq!(request.body, expected);
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.thinking.as_deref()), ("ab", Some("hm")));
    assert_eq!((answer.finish, answer.usage), (FinishReason::Length, usage(15, 7, Some(3), None)));
}

#[tokio::test]
async fn gemini_sends_its_key_as_a_header_and_keeps_thoughts_apart() {
    let reply = json!({
        "modelVersion": "gemini-2.5-pro-001",
        "candidates": [{"finishReason": "STOP", "content": {"role": "model",
            "parts": [{"text": "hm", "thought": true}, {"text": "x = 1"}]}}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 4, "thoughtsTokenCount": 20},
    });
    let model = "gemini:gemini-2.5-pro";
    let (answers, request) = exchange(model, query(0..1, every_parameter()), Reply::json(200, reply)).await;
    assert_eq!(request.path, "/v1beta/models/gemini-2.5-pro:generateContent");
    assert_eq!(request.headers["x-goog-api-key"], KEY);
    let expected = json!({
        "contents": [{"role": "user", "parts": [{"text": "Add a and b."}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"temperature": 0.8, "topP": 0.95, "maxOutputTokens": 512, "stopSequences": ["\ndef"],
            "seed": 40, "responseLogprobs": true, "thinkingConfig": {"thinkingLevel": "low"}},
        "top_k": 5,
    });
    assert_eq!(request.body, expected);
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.thinking.as_deref()), ("x = 1", Some("hm")));
    assert_eq!(answer.usage, usage(10, 24, Some(0), Some(20)));
}

#[tokio::test]
async fn streams_are_put_together() {
    let chat = [
        r#"{"model":"m","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"h"}}]}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"reasoning_content":"m","content":"a"},"logprobs":{"content":[1]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"b"},"logprobs":{"content":[2]},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":6}}"#,
        "[DONE]",
    ];
    let parameters = Parameters { logprobs: true, ..streamed() };
    let (answers, request) = exchange("openai:gpt-5", query(0..2, parameters), Reply::events(chat)).await;
    assert_eq!(request.body["stream_options"], json!({"include_usage": true}));
    let answers = answers.unwrap();
    assert_eq!((answers[0].text.as_str(), answers[0].thinking.as_deref()), ("ab", Some("hm")));
    assert_eq!(logprobs(&answers[0]), json!({"content": [1, 2]}));
    assert_eq!((answers[1].text.as_str(), answers[1].finish), ("other", FinishReason::Length));
    assert_eq!(answers[1].usage, usage(2, 3, None, None));

    let messages = [
        r#"{"type":"message_start","message":{"model":"m","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let model = "anthropic:claude-sonnet-4-5";
    let (answers, _) = exchange(model, query(0..1, streamed()), Reply::events(messages)).await;
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.thinking.as_deref()), ("ab", Some("hm")));
    assert_eq!((answer.finish, answer.usage), (FinishReason::Stop, usage(9, 5, None, None)));

    let pieces = [
        r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"ab"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2}}"#,
    ];
    let model = "gemini:gemini-2.5-pro";
    let (answers, request) = exchange(model, query(0..1, streamed()), Reply::events(pieces)).await;
    assert_eq!(request.path, "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.usage), ("ab", usage(9, 2, Some(0), Some(0))));
}

#[test]
fn what_can_not_be_opened_says_what_to_set() {
    let error = |model: &str, environment: &dyn Fn(&str) -> Option<String>| {
        provider::open(&model.parse().unwrap(), environment, &no_problems()).err().unwrap().to_string()
    };
    assert!(error("openai:gpt-5", &|_| None).contains("OPENAI_API_KEY"));
    assert!(error("gemini:m", &|_| None).contains("GEMINI_API_KEY or GOOGLE_API_KEY"));
    let with_password = |name: &str| match name {
        "ANTHROPIC_BASE_URL" => Some("https://user:hunter2@host".to_owned()),
        _ => Some(KEY.to_owned()),
    };
    let text = error("anthropic:m", &with_password);
    assert!(text.starts_with("ANTHROPIC_BASE_URL") && !text.contains("hunter2"), "{text}");
    assert!(!error("openai:m", &|name| (name == "OPENAI_API_KEY").then(|| "a\nb".into())).contains("a\nb"));
}
