//! How busy `karat run` keeps a server that answers in 50 ms over 64 connections, while it judges what comes.
//!
//!     cargo bench --bench requests
//!
//! Prints the share of the ideal rate, 1,280 answers a second, that is reached from the first request to the last
//! answer. Every answer is another program, so that each is judged, on all cores. The server runs in this process, on
//! the same cores.

#[path = "../tests/common/api_server.rs"]
mod api_server;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api_server::{ApiServer, Reply, Request};
use serde_json::json;

const CONNECTIONS: usize = 64;
const LATENCY: Duration = Duration::from_millis(50);
/// Of each of the five problems.
const SAMPLES: usize = 2560;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("there is a runtime");
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let seen = Arc::clone(&times);
    let server = runtime.block_on(ApiServer::start(move |request: Request| {
        let seen = Arc::clone(&seen);
        async move {
            let note = || seen.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
            if request.number == 0 {
                note();
            }
            tokio::time::sleep(LATENCY).await;
            let text = format!("    return sorted(words)[{}:]\n", request.number);
            let choice = json!({"index": 0, "message": {"content": text}, "finish_reason": "stop"});
            note();
            Reply::json(
                200,
                json!({"choices": [choice], "usage": {"prompt_tokens": 200, "completion_tokens": 20}}),
            )
        }
    }));
    let folder = tempfile::tempdir().expect("there is room for a run");
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mini.jsonl");
    let mut karat = Command::new(env!("CARGO_BIN_EXE_karat"));
    karat.current_dir(folder.path()).arg("run").arg(set).args([
        "--format",
        "json",
        "--no-cache",
        "--param",
        "n=1",
    ]);
    karat.args(["--model", &format!("{}/v1#m", server.address()), "-n", &SAMPLES.to_string()]);
    karat.args(["--concurrency", &CONNECTIONS.to_string()]).stdout(Stdio::piped());
    let start = Instant::now();
    let output = karat.spawn().and_then(|child| child.wait_with_output()).expect("karat runs");
    let whole = start.elapsed().as_secs_f64();
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the result is JSON");
    let answered = 5 * SAMPLES;
    assert_eq!(result["completions"], answered, "every sample is answered and judged");
    let times = times.lock().unwrap_or_else(PoisonError::into_inner);
    let seconds = times.last().zip(times.first()).map_or(0.0, |(last, first)| (*last - *first).as_secs_f64());
    let ideal = answered as f64 / CONNECTIONS as f64 * LATENCY.as_secs_f64();
    println!(
        "{answered} answers in {seconds:.2} s: {:.1} % of the ideal rate, while judging; all judged after {whole:.2} s",
        100.0 * ideal / seconds
    );
}
