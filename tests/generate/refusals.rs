//! Servers that refuse requests, or answer none: what is left out of later ones, and when a run ends.

use super::*;

/// A chat's request as HumanEval's is: with a message of the system.
fn with_system(tasks: usize, samples: u32) -> impl Iterator<Item = Work> {
    work(tasks, samples).map(|work| {
        let messages = vec![
            Message::new(Role::System, "Answer with code."),
            Message::new(Role::User, work.task_id.to_string()),
        ];
        Work { prompt: Arc::new(Prompt::Chat(messages)), ..work }
    })
}

/// Whether a server refuses a request with this body.
type Refuses = Box<dyn Fn(&Value) -> bool + Send + Sync>;

/// A server that refuses some of the requests, in the words that are given for their bodies.
async fn refusing(refuses: impl Fn(&Value) -> Option<&'static str> + Send + Sync + 'static) -> ApiServer {
    ApiServer::start(move |request| {
        let reply = match refuses(&request.body) {
            Some(words) => Reply::json(400, json!({"object": "error", "message": words, "code": 400})),
            None => choices(&request, asked_for(&request)),
        };
        async { reply }
    })
    .await
}

#[tokio::test]
async fn what_karat_adds_is_left_out_where_a_server_refuses_it_and_said_once() {
    let has = |field: &'static str| move |body: &Value| body.get(field).is_some();
    let has_system = |body: &Value| body["messages"][0]["role"] == "system";
    let cases: [(Refuses, &'static str, Addition); 6] = [
        (
            Box::new(|body| body["n"].as_u64().unwrap_or(1) > 1),
            "Only one completion choice is allowed",
            Addition::SeveralAnswers,
        ),
        (Box::new(has_system), "System role not supported", Addition::SystemMessage),
        (Box::new(has_system), "Conversation roles must alternate", Addition::SystemMessage),
        (Box::new(has("max_tokens")), "Unsupported parameter", Addition::TokenLimit),
        (Box::new(has("stop")), "extra fields not permitted", Addition::Stop),
        (Box::new(has("seed")), "bad request", Addition::Seed),
    ];
    for (refuses, words, addition) in cases {
        let server = refusing(move |body| refuses(body).then_some(words)).await;
        let seed = (addition == Addition::Seed).then_some(7);
        let parameters = Parameters {
            max_tokens: Some(50),
            stop: vec!["END".into(), " ".into()],
            seed,
            ..Parameters::default()
        };
        let generator = Generator { parameters: Arc::new(parameters), ..client(&server) };
        let seen = Seen::all(generator.start(with_system(20, 4))).await;
        assert_eq!((seen.ending, seen.answered.len()), (Some(EndReason::Complete), 80), "{words}");
        assert_eq!(seen.left_out, [Additions::default().with(addition)], "{words}");
        if addition == Addition::Stop {
            assert!(seen.answered.values().all(|(text, _)| !text.contains(' ')), "cut here instead");
        }
    }
}

#[tokio::test]
async fn several_refusals_are_found_one_after_the_other() {
    let server = refusing(|body| {
        let system = body["messages"][0]["role"] == "system";
        let several = body["n"].as_u64().unwrap_or(1) > 1;
        if several { Some("no") } else { system.then_some("nor this") }
    })
    .await;
    let seen = Seen::all(client(&server).start(with_system(3, 4))).await;
    assert_eq!(seen.answered.len(), 12);
    let both = [Addition::SeveralAnswers, Addition::SystemMessage].into_iter().collect::<Additions>();
    assert_eq!(seen.left_out, [both]);
}

#[tokio::test]
async fn what_the_user_asks_for_is_not_left_out_and_its_refusal_ends_the_run() {
    let server = refusing(|body| body.get("temperature").map(|_| "'temperature' does not support 0.6")).await;
    let parameters = Arc::new(Parameters { temperature: Some(0.6), ..Parameters::default() });
    let limits = RateLimits { concurrency: 4, ..RateLimits::default() };
    let seen =
        Seen::all(Generator { parameters, limits, ..client(&server) }.start(with_system(1000, 2))).await;
    assert_eq!((seen.ending, seen.answered.len(), seen.left_out.len()), (Some(EndReason::Hopeless), 0, 0));
    assert!(server.requests() <= 40, "{}", server.requests());
}

#[tokio::test]
async fn a_refusal_that_comes_as_a_failure_is_one_if_it_names_what_it_is_of() {
    let server = ApiServer::start(|request| async move {
        let has_system = request.body["messages"][0]["role"] == "system";
        match has_system {
            true => Reply::json(500, json!({"error": {"code": 500, "message": "System role not supported"}})),
            false => choices(&request, asked_for(&request)),
        }
    })
    .await;
    let seen = Seen::all(client(&server).start(with_system(20, 2))).await;
    assert_eq!((seen.ending, seen.answered.len(), seen.failed.len()), (Some(EndReason::Complete), 40, 0));
    assert_eq!(seen.left_out, [Additions::default().with(Addition::SystemMessage)]);
    // A refusal that names nothing is a failure like others.
    let server =
        failing_always(|| Reply::json(500, json!({"error": {"message": "Internal system error"}}))).await;
    let retry = RetryPolicy { attempts: 3, ..IMPATIENT };
    let seen = Seen::all(Generator { retry, ..client(&server) }.start(with_system(2, 1))).await;
    assert_eq!((seen.failed.len(), seen.left_out.len(), server.requests()), (2, 0, 6));
}

async fn failing_always(reply: impl Fn() -> Reply + Send + Sync + 'static) -> ApiServer {
    ApiServer::start(move |_| {
        let reply = reply();
        async { reply }
    })
    .await
}

#[tokio::test]
async fn a_server_that_never_answers_ends_the_run_after_a_few_tasks() {
    let cases: [fn() -> Reply; 4] = [
        || Reply::json(503, json!({"error": {"message": "loading"}})),
        || Reply::Whole(200, "content-type: text/html\r\n".into(), "<p>Wait</p>".into()),
        || Reply::json(200, "{oops"),
        || Reply::json(200, json!({"choices": []})),
    ];
    for reply in cases {
        let server = failing_always(reply).await;
        let retry = RetryPolicy { attempts: 2, ..IMPATIENT };
        let limits = RateLimits { concurrency: 4, ..RateLimits::default() };
        let seen = Seen::all(Generator { retry, limits, ..client(&server) }.start(work(1000, 1))).await;
        assert_eq!((seen.ending, seen.answered.len()), (Some(EndReason::Hopeless), 0));
        assert!(server.requests() <= 60, "{}", server.requests());
    }
    // An address where nobody listens.
    let gone = failing_always(|| Reply::json(503, "{}")).await;
    let nobody = client(&gone);
    drop(gone);
    let retry = RetryPolicy { attempts: 2, ..IMPATIENT };
    let seen = Seen::all(Generator { retry, ..nobody }.start(work(1000, 1))).await;
    assert_eq!(seen.ending, Some(EndReason::Hopeless));
    assert!(seen.failed.len() < 100, "{}", seen.failed.len());
    // An error that the prompt may have caused ends nothing.
    let server = failing_always(|| {
        Reply::json(200, json!({"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]}))
    })
    .await;
    let retry = RetryPolicy { attempts: 2, ..IMPATIENT };
    let seen = Seen::all(Generator { retry, ..client(&server) }.start(work(30, 1))).await;
    assert_eq!((seen.ending, seen.failed.len()), (Some(EndReason::Complete), 30));
}

#[tokio::test]
async fn a_task_that_is_refused_does_not_end_the_others() {
    let server = refusing(|body| {
        let task = body["messages"][0]["content"].as_str().unwrap_or_default();
        task.ends_with('3').then_some("the prompt is too long")
    })
    .await;
    let limits = RateLimits { concurrency: 1, ..RateLimits::default() };
    let seen = Seen::all(Generator { limits, ..client(&server) }.start(work(100, 2))).await;
    assert_eq!((seen.ending, seen.answered.len(), seen.failed.len()), (Some(EndReason::Complete), 180, 20));
}
