//! Each provider's protocol against a server on loopback, whole and with every fault that servers have.

#[path = "common/api_server.rs"]
mod api_server;

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

#[tokio::test]
async fn a_stream_that_is_cut_is_no_answer() {
    let chat = [r#"{"choices":[{"index":0,"delta":{"content":"def f"}}]}"#];
    let message = [
        r#"{"type":"message_start","message":{"content":[]}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"def f"}}"#,
    ];
    let piece = [r#"{"candidates":[{"content":{"parts":[{"text":"def f"}]}}]}"#];
    let cases: [(&str, &[&str]); 3] = [
        ("openai:gpt-5", &chat),
        ("anthropic:claude-sonnet-4-5", &message),
        ("gemini:gemini-2.5-pro", &piece),
    ];
    for (model, events) in cases {
        for reply in [Reply::cut_events(events.iter().copied()), Reply::events(events.iter().copied())] {
            let error = error_of(model, reply).await;
            assert!(
                matches!(error, AskError::CutStream { events: count } if count == events.len() as u64),
                "{error}"
            );
            assert!(error.is_retryable());
        }
    }
    let mid_stream = [chat[0], r#"{"error":{"message":"overloaded"}}"#];
    let error = error_of("openai:gpt-5", Reply::events(mid_stream)).await;
    assert!(matches!(error, AskError::Busy { status: 500, .. }), "{error}");
    let error = error_of("openai:gpt-5", Reply::events([chat[0], "{oops"])).await;
    assert!(matches!(error, AskError::InvalidJson { .. }), "{error}");
}

#[tokio::test]
async fn what_servers_do_wrong_has_a_name_for_every_provider() {
    let with_retry = |value: &str| {
        let headers = format!("content-type: application/json\r\nretry-after: {value}\r\n");
        Reply::Whole(429, headers, json!({"error": {"message": "slow down"}}).to_string())
    };
    for model in MODELS {
        let error = error_of(model, with_retry("7")).await;
        assert!(
            matches!(&error, AskError::Busy { status: 429, message, .. } if message == "slow down"),
            "{error}"
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let error = error_of(model, with_retry("Sun, 06 Nov 1994 08:49:37 GMT")).await;
        assert_eq!(error.retry_after(), Some(Duration::ZERO));
        for status in [408, 409, 429, 500, 502, 503, 529] {
            let error = error_of(model, Reply::Whole(status, String::new(), String::new())).await;
            assert!(matches!(error, AskError::Busy { retry_after: None, .. }), "{status}: {error}");
            assert!(error.is_retryable());
        }
        let echoing = format!("Incorrect API key provided: {KEY}. {}", "More words. ".repeat(100));
        let body = json!({"error": {"message": echoing}});
        let error = error_of(model, Reply::json(401, body)).await;
        let text = error.to_string();
        assert!(text.contains("Incorrect API key provided: [key removed]") && text.len() < 600, "{text}");
        assert!(!error.is_retryable() && error.concerns_all());
        let error =
            error_of(model, Reply::Whole(400, "content-type: text/plain\r\n".into(), "no\nsuch".into()))
                .await;
        assert!(
            matches!(&error, AskError::Refused { status: 400, message } if message == "no such"),
            "{error}"
        );
        assert!(!error.is_retryable() && !error.concerns_all());
        let moved = format!("location: https://elsewhere/{KEY}\r\n");
        let error = error_of(model, Reply::Whole(308, moved, String::new())).await;
        assert!(error.to_string().contains("it redirects to https://elsewhere/[key removed]"), "{error}");

        let error = error_of(model, Reply::truncated("{\"choices\": [{\"mess")).await;
        assert!(matches!(error, AskError::Truncated { .. }) && error.is_retryable(), "{error}");
        let error = error_of(model, Reply::Broken(String::new())).await;
        assert!(matches!(error, AskError::Connection { .. }) && error.is_retryable(), "{error}");
        let error = error_of(model, Reply::json(200, format!("{{\"{KEY}\": oops"))).await;
        assert!(matches!(error, AskError::InvalidJson { .. }) && error.is_retryable(), "{error}");
        let page = Reply::Whole(200, "content-type: text/html\r\n".into(), "<h1>Please wait</h1>".into());
        let error = error_of(model, page).await;
        assert!(matches!(&error, AskError::ContentType { found, .. } if found == "text/html"), "{error}");
        assert!(error.is_retryable() && error.to_string().contains("Please wait"));
        for empty in [json!({}), json!({"choices": []}), json!([])] {
            let error = error_of(model, Reply::json(200, empty)).await;
            assert!(matches!(error, AskError::NoChoices) && error.is_retryable(), "{error}");
        }
    }
    let no_money = json!({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}});
    let error = error_of("openai:gpt-5", Reply::json(429, no_money)).await;
    assert!(!error.is_retryable() && error.concerns_all(), "{error}");
    let invalid = json!({"error": {"message": "key not valid", "details": [{"reason": "API_KEY_INVALID"}]}});
    let error = error_of("gemini:m", Reply::json(400, invalid)).await;
    assert!(error.concerns_all(), "{error}");
    let one = json!({"error": {"message": "n must be 1", "param": "n"}});
    let error = error_of("openai:gpt-5", Reply::json(400, one)).await;
    assert!(matches!(error, AskError::OneAtATime { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_connection() {
    let error =
        open("SERVER/v1#m", "http://127.0.0.1:1").ask(&query(0..1, Parameters::default())).await.unwrap_err();
    assert!(matches!(error, AskError::Connection { .. }) && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn filters_are_told_from_answers() {
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}});
    let error = error_of("gemini:gemini-2.5-pro", Reply::json(200, blocked)).await;
    assert!(matches!(&error, AskError::ContentFilter { reason } if reason.contains("SAFETY")), "{error}");
    assert!(!error.is_retryable());
    let refused = json!({"error": {"message": "filtered", "code": "content_filter"}});
    let error = error_of("openai:gpt-5", Reply::json(400, refused)).await;
    assert!(matches!(error, AskError::ContentFilter { .. }), "{error}");

    let withheld = [
        (
            "openai:gpt-5",
            json!({"choices": [{"message": {"content": null}, "finish_reason": "content_filter"}]}),
        ),
        ("openai-completions:m", json!({"choices": [{"text": "", "finish_reason": "content_filter"}]})),
        ("anthropic:m", json!({"content": [], "stop_reason": "refusal"})),
        ("gemini:m", json!({"candidates": [{"finishReason": "PROHIBITED_CONTENT"}]})),
    ];
    for (model, reply) in withheld {
        let (answers, _) = exchange(model, query(0..1, Parameters::default()), Reply::json(200, reply)).await;
        assert!(answers.unwrap()[0].is_withheld(), "{model}");
    }
    let refusal = json!({"choices": [{"message": {"content": null, "refusal": "I can not."}, "finish_reason": "stop"}]});
    let (answers, _) =
        exchange("openai:m", query(0..1, Parameters::default()), Reply::json(200, refusal)).await;
    let answer = answers.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.finish), ("I can not.", FinishReason::Refusal));
}

#[tokio::test]
async fn the_key_is_in_no_answer_either() {
    for model in MODELS {
        let escaped: String = KEY.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
        for key in [KEY, &escaped] {
            let text = good_reply(model).to_string().replace("\"x\"", &format!("\"{key}\""));
            let (answers, _) =
                exchange(model, query(0..1, Parameters::default()), Reply::json(200, text)).await;
            let answers = answers.unwrap();
            assert_eq!(answers[0].text, "[key removed]");
            assert!(!serde_json::to_string(&answers).unwrap().contains(KEY));
        }
    }
}

#[tokio::test]
async fn fields_that_nobody_reads_are_passed_over() {
    for model in MODELS {
        let mut reply = good_reply(model).to_string();
        reply.truncate(reply.len() - 1);
        for item in ["0", "{}", "[[]]", "{\"content\": \"y\"}"] {
            let wide = format!("{reply}, \"unknown\": [{}0]}}", format!("{item},").repeat(500_000));
            let (answers, _) =
                exchange(model, query(0..1, Parameters::default()), Reply::json(200, wide)).await;
            assert_eq!(answers.unwrap()[0].text, "x", "{model}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_too_much_is_none() {
    let wide = |field: &str| format!("{{\"{field}\": [{}0]}}", "{\"text\": \"\"},".repeat(200_000));
    for (model, field) in MODELS.iter().zip(["choices", "choices", "choices", "content", "candidates"]) {
        let error = error_of(model, Reply::json(200, wide(field))).await;
        assert!(matches!(error, AskError::TooManyValues { .. }) && !error.is_retryable(), "{error}");
        assert!(error.to_string().contains("more than 100000 values"), "{error}");
        let long = good_reply(model).to_string().replace("\"x\"", &format!("\"{}\"", "x".repeat(33 << 20)));
        let error = error_of(model, Reply::json(200, long)).await;
        assert!(matches!(error, AskError::TooLong { .. }) && !error.is_retryable(), "{error}");
        // Little is read of a body that is no answer, and less is shown.
        let page = Reply::Whole(200, "content-type: text/html\r\n".into(), "<p>".repeat(1 << 20));
        let text = error_of(model, page).await.to_string();
        assert!(text.len() < 600, "{text}");
        let page = Reply::Whole(500, "content-type: text/html\r\n".into(), "<p>".repeat(1 << 20));
        let text = error_of(model, page).await.to_string();
        assert!(text.len() < 600, "{text}");
        let deep = error_of(model, Reply::json(200, format!("{{\"{field}\": {}", "[".repeat(100_000)))).await;
        assert!(matches!(deep, AskError::InvalidJson { .. }), "{deep}");
    }
    let choice = |index: u64| json!({"choices": [{"index": index, "delta": {"content": "x"}}]}).to_string();
    let many: Vec<String> = (0..1001).map(choice).collect();
    let error = error_of("openai:gpt-5", Reply::events(many.iter().map(String::as_str))).await;
    assert!(matches!(error, AskError::TooManyValues { limit: 1000 }), "{error}");
    let line = format!("\"{}", "x".repeat(33 << 20));
    let error = error_of("openai:gpt-5", Reply::events([line.as_str()])).await;
    assert!(matches!(error, AskError::TooLong { .. }), "{error}");
}

#[tokio::test]
async fn many_small_events_are_joined_as_they_come() {
    const EVENTS: usize = 100_000;
    let piece = r#"{"choices":[{"index":0,"delta":{"content":"ab"}}]}"#;
    let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let reply = Reply::events(std::iter::repeat_n(piece, EVENTS).chain([end, "[DONE]"]));
    let (answers, _) = exchange("openai:gpt-5", query(0..1, streamed()), reply).await;
    assert_eq!(answers.unwrap()[0].text, "ab".repeat(EVENTS));
    let start = [
        r#"{"type":"message_start","message":{"content":[],"usage":{"input_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    ];
    let piece = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ab"}}"#;
    let end =
        [r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, r#"{"type":"message_stop"}"#];
    let reply = Reply::events(start.into_iter().chain(std::iter::repeat_n(piece, EVENTS)).chain(end));
    let (answers, _) = exchange("anthropic:m", query(0..1, streamed()), reply).await;
    assert_eq!(answers.unwrap()[0].text, "ab".repeat(EVENTS));
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

#[cfg(unix)]
mod command {
    use super::*;

    async fn ask(line: &str) -> Result<Vec<RawAnswer>, AskError> {
        open(&format!("command:{line}"), "").ask(&query(3..4, Parameters::default())).await
    }

    #[tokio::test]
    async fn gets_the_prompt_and_the_names_of_task_and_sample() {
        let answers = ask("printf '%s %s ' \"$KARAT_TASK_ID\" \"$KARAT_SAMPLE\"; cat").await.unwrap();
        assert_eq!(answers[0].text, "T/0 3 Be brief.\n\nAdd a and b.");
        let unread = ask("exec <&-; echo x").await.unwrap();
        assert_eq!(unread[0].text, "x\n");
    }

    #[tokio::test]
    async fn fails_by_its_status_and_last_words() {
        let error = ask("echo half; echo 'no model' >&2; exit 3").await.unwrap_err();
        assert!(
            matches!(&error, AskError::CommandFailed { message, .. } if message == "no model"),
            "{error}"
        );
        assert!(error.to_string().contains("exit status: 3"), "{error}");
        assert!(!error.is_retryable());
        let error = ask("kill -9 $$").await.unwrap_err();
        assert!(error.to_string().contains("signal: 9"), "{error}");
    }

    #[tokio::test]
    async fn is_killed_when_it_writes_without_end() {
        let error = ask("exec yes").await.unwrap_err();
        assert!(matches!(error, AskError::TooLong { .. }), "{error}");
    }

    #[tokio::test]
    async fn is_killed_with_all_it_started_when_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("process");
        let line = format!("sleep 600 & echo $! > {}; wait", file.display());
        let provider = open(&format!("command:{line}"), "");
        let asking = tokio::spawn(async move { provider.ask(&query(0..1, Parameters::default())).await });
        let process: i32 = loop {
            match std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()) {
                Some(process) => break process,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        asking.abort();
        // A process that was killed and has no parent to wait for it may stay a zombie; it does not run any more.
        let runs = || {
            let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            status.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
        };
        while runs() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn a_failed_request_under_status_200_is_no_answer() {
    let choice = |choice: Value| json!({"choices": [choice]});
    let chat =
        |text: &str, finish: &str| choice(json!({"message": {"content": text}, "finish_reason": finish}));
    let gemini = |parts: Value, reason: &str| json!({"candidates": [{"content": {"parts": parts}, "finishReason": reason}]});
    let code = json!([{"text": "def"}]);
    let failed_choice = json!({"message": {"content": ""}, "finish_reason": "error",
        "error": {"code": 502, "message": "upstream disconnected"}});
    for (model, reply) in [
        ("openai:m", choice(failed_choice)),
        ("openai:m", chat("", "stop")),
        (
            "openai:m",
            choice(json!({"message": {"content": null, "reasoning_content": "hm"}, "finish_reason": "stop"})),
        ),
        (
            "openai:m",
            choice(json!({"message": {"content": null, "tool_calls": []}, "finish_reason": "tool_calls"})),
        ),
        ("SERVER/v1#glm", chat("def f", "network_error")),
        ("SERVER/v1#deepseek", chat("def f", "insufficient_system_resource")),
        ("SERVER/v1#vllm", chat("def f", "abort")),
        ("SERVER/v1#vllm", json!({"object": "error", "message": "busy", "code": 503})),
        ("openai-completions:m", choice(json!({"text": "def", "finish_reason": "error"}))),
        ("anthropic:m", json!({"content": [], "stop_reason": "end_turn"})),
        ("gemini:m", json!({"candidates": [{"content": {}, "finishReason": "STOP"}]})),
        ("gemini:m", gemini(json!([{"text": "hm", "thought": true}]), "STOP")),
        ("gemini:m", gemini(code.clone(), "MALFORMED_FUNCTION_CALL")),
        ("gemini:m", gemini(code.clone(), "MALFORMED_RESPONSE")),
        ("gemini:m", gemini(code, "OTHER")),
    ] {
        let error = error_of(model, Reply::json(200, &reply)).await;
        assert!(error.is_retryable() && !error.concerns_all(), "{model} {reply}: {error}");
    }
    // An answer that is cut off while it thinks is the model's answer, and so is an empty continuation of a text.
    let answers = [
        (
            "openai:m",
            choice(json!({"message": {"content": null, "reasoning": "hm"}, "finish_reason": "length"})),
        ),
        ("openai-completions:m", choice(json!({"text": "", "finish_reason": "stop"}))),
        ("gemini:m", json!({"candidates": [{"content": {}, "finishReason": "MAX_TOKENS"}]})),
    ];
    for (model, reply) in answers {
        let (answers, _) = exchange(model, query(0..1, Parameters::default()), Reply::json(200, reply)).await;
        assert_eq!(answers.unwrap()[0].text, "", "{model}");
    }
}

#[tokio::test]
async fn of_several_answers_those_that_came_are_kept() {
    let good = json!({"index": 1, "message": {"content": "x"}, "finish_reason": "stop"});
    let failed = json!({"index": 0, "message": {"content": ""}, "finish_reason": "error", "error": "broken"});
    let reply = json!({"choices": [failed, good], "usage": {"prompt_tokens": 5, "completion_tokens": 9}});
    let (answers, _) =
        exchange("openai:m", query(0..2, Parameters::default()), Reply::json(200, reply)).await;
    let answers = answers.unwrap();
    assert_eq!((answers.len(), answers[0].text.as_str(), answers[0].usage.output), (1, "x", Some(9)));
}

#[tokio::test]
async fn an_answer_that_was_paid_for_is_not_thrown_away() {
    for model in MODELS {
        let good = good_reply(model);
        let broken = good.to_string().replace("\"x\"", r#""x\ud83d""#);
        let (answers, _) =
            exchange(model, query(0..1, Parameters::default()), Reply::json(200, broken)).await;
        assert_eq!(answers.unwrap()[0].text, "x\u{fffd}", "{model}");

        for content_type in ["text/plain; charset=utf-8", "text/html", ""] {
            let headers = match content_type {
                "" => String::new(),
                name => format!("content-type: {name}\r\n"),
            };
            let body = format!("\u{feff}\n {good}")
                .replace('\u{feff}', if content_type.is_empty() { "\u{feff}" } else { "" });
            let (answers, _) =
                exchange(model, query(0..1, Parameters::default()), Reply::Whole(200, headers, body)).await;
            assert_eq!(answers.unwrap()[0].text, "x", "{model} {content_type}");
        }

        for nothing in [json!(""), json!({}), json!(null), json!({"code": 0, "message": ""})] {
            let mut reply = good.clone();
            reply["error"] = nothing;
            let (answers, _) =
                exchange(model, query(0..1, Parameters::default()), Reply::json(200, reply)).await;
            assert_eq!(answers.unwrap()[0].text, "x", "{model}");
        }
    }
    let events = Reply::events([
        r#"{"choices":[{"index":0,"delta":{"content":"x"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ]);
    let Reply::Whole(status, _, body) = events else { unreachable!() };
    let plain = Reply::Whole(status, "content-type: text/plain\r\n".into(), body);
    let (answers, _) = exchange("SERVER/v1#m", query(0..1, streamed()), plain).await;
    assert_eq!(answers.unwrap()[0].text, "x");
}

#[tokio::test]
async fn the_count_of_the_first_answer_is_not_that_of_all() {
    let choice = |index: u64| json!({"index": index, "message": {"content": "x"}, "finish_reason": "stop"});
    let usage = json!({"prompt_tokens": 40, "completion_tokens": 100});
    let reply = |count: u64, timings: bool| {
        let mut reply = json!({"choices": (0..count).map(choice).collect::<Vec<_>>(), "usage": usage});
        if timings {
            reply["timings"] = json!({"prompt_n": 40, "predicted_n": 100});
        }
        Reply::json(200, reply)
    };
    let counted = async |count: u32, timings| {
        let reply = reply(count.into(), timings);
        let (answers, _) = exchange("SERVER/v1#m", query(0..count, Parameters::default()), reply).await;
        let answers = answers.unwrap();
        let sum = |count: fn(&Usage) -> Option<u64>| {
            answers.iter().map(|answer| count(&answer.usage)).sum::<Option<u64>>()
        };
        (sum(|usage| usage.input), sum(|usage| usage.output))
    };
    assert_eq!(counted(5, true).await, (Some(40), None));
    assert_eq!(counted(5, false).await, (Some(40), Some(100)));
    assert_eq!(counted(1, true).await, (Some(40), Some(100)));
}

#[tokio::test]
async fn googles_delay_is_honoured_and_a_used_up_day_ends_the_run() {
    let quota = |id: &str| {
        json!({"error": {"code": 429, "message": "You exceeded your current quota", "status": "RESOURCE_EXHAUSTED", "details": [
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": id}]},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"},
        ]}})
    };
    let minute = quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier");
    for body in [minute.clone(), json!([minute])] {
        let error = error_of("gemini:m", Reply::json(429, body)).await;
        assert_eq!(error.retry_after(), Some(Duration::from_millis(34_500)));
        assert!(error.is_retryable() && error.is_throttling(), "{error}");
    }
    let day = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
    let error = error_of("gemini:m", Reply::json(429, day)).await;
    assert!(!error.is_retryable() && error.concerns_all(), "{error}");
}
