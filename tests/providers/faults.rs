//! Every fault that servers have, and what is read of it.

use super::*;

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
