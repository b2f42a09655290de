//! How busy a server is kept that answers in 50 ms over 64 connections.
//!
//!     cargo bench --bench requests
//!
//! Prints the share of the ideal rate, 1,280 answers a second, that is reached: with idle cores, and with a thread at
//! work on each core, as while completions are judged. The server runs in the same process.

#[path = "../tests/common/api_server.rs"]
mod api_server;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api_server::{ApiServer, Reply};
use karat::complete::answer_cache::AnswerCache;
use karat::complete::generate::{Event, Generator, Work};
use karat::complete::provider;
use karat::complete::query::Prompt;
use karat::complete::rate::Limits;
use karat::problem::{Dataset, ProblemSetBuilder};
use serde_json::json;

const CONNECTIONS: usize = 64;
const LATENCY: Duration = Duration::from_millis(50);
const SAMPLES: usize = 6400;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("idle cores: {:.1} % of the ideal rate", 100.0 * share());
    let done = AtomicBool::new(false);
    let share = std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut number = 0_u64;
                while !done.load(Ordering::Relaxed) {
                    number = black_box(number.wrapping_mul(6364136223846793005).wrapping_add(1));
                }
            });
        }
        let share = share();
        done.store(true, Ordering::Relaxed);
        share
    });
    println!("{cores} busy cores: {:.1} % of the ideal rate", 100.0 * share);
}

/// The share of the ideal rate in one run.
fn share() -> f64 {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let servers = runtime().expect("there is a runtime");
    let server = servers.block_on(ApiServer::start(|_| async {
        tokio::time::sleep(LATENCY).await;
        let text = "    return sorted(numbers)[len(numbers) // 2]\n".repeat(10);
        let choice = json!({"index": 0, "message": {"content": text}, "finish_reason": "stop"});
        Reply::json(
            200,
            json!({"choices": [choice], "usage": {"prompt_tokens": 200, "completion_tokens": 120}}),
        )
    }));
    let spec = format!("{}/v1#m", server.address()).parse().expect("the address is one");
    let problems = ProblemSetBuilder::new().finish("none".into(), Dataset::Karat, None, String::new());
    let problems = Arc::new(problems.expect("nothing can be stored"));
    let provider = provider::open(&spec, &|_| None, &problems).expect("it needs no key");
    let folder = tempfile::tempdir().expect("there is room for a cache");
    let generator = Generator {
        limits: Limits { concurrency: CONNECTIONS, ..Limits::default() },
        cache: Some(AnswerCache::new(folder.path())),
        ..Generator::new(provider)
    };
    let work = (0..SAMPLES).map(|task| Work {
        task_id: format!("T/{task}").into(),
        prompt: Arc::new(Prompt::user(format!("{task}: {}", "Write the median of a list. ".repeat(20)))),
        samples: 0..1,
    });
    let clients = runtime().expect("there is a runtime");
    let start = Instant::now();
    let answered = clients.block_on(async {
        let mut events = generator.start(work);
        let mut answered = 0;
        while let Some(event) = events.recv().await {
            answered += usize::from(matches!(event, Event::Answered { .. }));
        }
        answered
    });
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(answered, SAMPLES, "every sample is answered");
    let ideal = SAMPLES as f64 / CONNECTIONS as f64 * LATENCY.as_secs_f64();
    ideal / seconds
}
