//! Servers' answers: status, content type and body are the fuzzer's, and a server on this machine sends them to each of
//! the providers.

#![no_main]

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use karat::complete::model_spec::ModelSpec;
use karat::complete::provider::{Provider, open};
use karat::complete::query::{Parameters, Prompt, Query, RawAnswer};
use karat::problem::{Dataset, ProblemSetBuilder};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

const TYPES: [&str; 4] = ["application/json", "text/event-stream", "application/problem+json", "text/html"];
const STATUSES: [&str; 8] = ["200", "200", "200", "200", "400", "404", "429", "503"];

/// What the server sends next.
static RESPONSE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct World {
    runtime: Runtime,
    providers: Vec<Arc<dyn Provider>>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let base = format!("http://{}", listener.local_addr().expect("it has an address"));
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let builder = ProblemSetBuilder::new();
    let problems =
        builder.finish("none".into(), Dataset::HumanEval, None, String::new()).expect("a set can be empty");
    let (problems, server) = (Arc::new(problems), format!("{base}/v1#m"));
    let specs = [server.as_str(), "openai-completions:m", "anthropic:m", "gemini:m"];
    let environment = |name: &str| Some(if name.ends_with("_URL") { base.clone() } else { "k".repeat(20) });
    let open = |spec: &str| {
        let spec: ModelSpec = spec.parse().expect("it names a model");
        open(&spec, &environment, &problems).expect("a provider can be made")
    };
    let providers = specs.map(open).into();
    World { runtime, providers }
});

/// Sends the response to whatever is asked.
async fn serve(mut stream: TcpStream) -> Option<()> {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        request.extend_from_slice(&piece[..length]);
        // All requests are JSON, which ends here.
        if request.ends_with(b"}") {
            request.clear();
            let response = RESPONSE.lock().unwrap_or_else(PoisonError::into_inner).clone();
            stream.write_all(&response).await.ok()?;
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, body @ ..] = bytes else { return };
    let choice = usize::from(*choice);
    let (content_type, status) = (TYPES[choice >> 2 & 3], STATUSES[choice >> 4 & 7]);
    let length = body.len();
    let mut response =
        format!("HTTP/1.1 {status} x\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n")
            .into_bytes();
    response.extend_from_slice(body);
    *RESPONSE.lock().unwrap_or_else(PoisonError::into_inner) = response;
    let prompt = Arc::new(Prompt::user("?"));
    let parameters = Arc::new(Parameters { logprobs: choice >> 7 == 1, ..Parameters::default() });
    let query =
        Query { task_id: "t".into(), prompt, parameters, samples: 0..3, left_out: Default::default() };
    match WORLD.runtime.block_on(WORLD.providers[choice & 3].ask(&query)) {
        Ok(answers) => {
            assert!((1..=3).contains(&answers.len()), "{answers:?}");
            for answer in answers {
                let line = serde_json::to_string(&answer).expect("an answer is JSON");
                assert_eq!(
                    serde_json::from_str::<RawAnswer>(&line).expect("an answer is read again"),
                    answer
                );
            }
        }
        Err(error) => assert!(error.to_string().len() < 8_000, "{error}"),
    }
});
