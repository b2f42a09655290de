//! Runs of many samples against servers that fail: every sample ends once, and nothing is asked again after an answer.

#[path = "../common/api_server.rs"]
mod api_server;

mod refusals;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_server::{ApiServer, Reply, Request};
use async_trait::async_trait;
use karat::complete::answer_cache::AnswerCache;
use karat::complete::budget::Budget;
use karat::complete::generate::{EndReason, GenerationEvent, Generator, Work};
use karat::complete::left_out::{Addition, Additions};
use karat::complete::provider::{self, AskError, Identity, Provider};
use karat::complete::query::{Message, Parameters, Prompt, Query, RawAnswer, Role};
use karat::complete::rate::RateLimits;
use karat::complete::retry::RetryPolicy;
use karat::problem::{Dataset, ProblemSetBuilder};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

const IMPATIENT: RetryPolicy = RetryPolicy {
    attempts: 60,
    first_wait: Duration::from_millis(1),
    longest_wait: Duration::from_millis(8),
    longest_retry_after: Duration::from_millis(5),
    request_timeout: Duration::from_secs(60),
};

fn client(server: &ApiServer) -> Generator {
    let spec = format!("{}/v1#m", server.address()).parse().unwrap();
    let problems =
        ProblemSetBuilder::new().finish("none".into(), Dataset::Karat, None, String::new()).unwrap();
    let provider = provider::open(&spec, &|_| None, &Arc::new(problems)).unwrap();
    Generator { retry: IMPATIENT, ..Generator::new(provider) }
}

/// The same samples of several tasks; the prompt is the task's name.
fn work(tasks: usize, samples: u32) -> impl Iterator<Item = Work> {
    (0..tasks).map(move |task| {
        let task_id = format!("T/{task}");
        Work { prompt: Arc::new(Prompt::user(&task_id)), task_id: task_id.into(), samples: 0..samples }
    })
}

/// A good reply with this many answers, which say whom they answer.
fn choices(request: &Request, count: u64) -> Reply {
    let task = request.body["messages"][0]["content"].as_str().unwrap_or_default();
    let choice = |index| json!({"index": index, "message": {"content": format!("{task} {}", request.number)}, "finish_reason": "stop"});
    let all: Vec<_> = (0..count).map(choice).collect();
    Reply::json(200, json!({"choices": all, "usage": {"prompt_tokens": 10, "completion_tokens": 10 * count}}))
}

fn asked_for(request: &Request) -> u64 {
    request.body["n"].as_u64().unwrap_or(1)
}

/// How a run went.
#[derive(Default)]
struct Seen {
    answered: BTreeMap<(String, u32), (String, bool)>,
    failed: BTreeMap<(String, u32), Arc<AskError>>,
    retries: usize,
    left_out: Vec<Additions>,
    budget_reached: usize,
    ending: Option<EndReason>,
}

impl Seen {
    /// Takes all events and checks that no sample has two.
    async fn all(mut events: Receiver<GenerationEvent>) -> Seen {
        let mut seen = Seen::default();
        while let Some(event) = events.recv().await {
            seen.take(event);
        }
        seen
    }

    fn take(&mut self, event: GenerationEvent) {
        assert_eq!(self.ending, None, "{event:?} came after the end");
        match event {
            GenerationEvent::Answered { task_id, sample, answer, from_cache } => {
                let key = (task_id.to_string(), sample);
                assert!(!self.failed.contains_key(&key));
                assert!(self.answered.insert(key, (answer.text, from_cache)).is_none());
            }
            GenerationEvent::Failed { task_id, sample, error } => {
                let key = (task_id.to_string(), sample);
                assert!(!self.answered.contains_key(&key));
                assert!(self.failed.insert(key, error).is_none());
            }
            GenerationEvent::Retrying { .. } => self.retries += 1,
            GenerationEvent::LeftOut { left_out, .. } => self.left_out.push(left_out),
            GenerationEvent::CacheFailed { error } => panic!("{error}"),
            GenerationEvent::BudgetReached => self.budget_reached += 1,
            GenerationEvent::Ended(ending) => self.ending = Some(ending),
        }
    }

    fn count_from_cache(&self) -> usize {
        self.answered.values().filter(|(_, from_cache)| *from_cache).count()
    }
}

/// A server that fails a third of the requests, in every way in turn, and counts the answers that it gave.
async fn failing_server(given: Arc<AtomicUsize>) -> ApiServer {
    ApiServer::start(move |request| {
        let given = Arc::clone(&given);
        async move {
            if request.number % 3 != 0 {
                // Now and then fewer than asked for, but never none.
                let asked = asked_for(&request);
                let count = if request.number % 10 == 1 { asked.div_ceil(2) } else { asked };
                given.fetch_add(count as usize, Ordering::SeqCst);
                return choices(&request, count);
            }
            let busy = |status, headers: &str| Reply::Whole(status, headers.to_owned(), "{}".to_owned());
            let started = r#"{"choices":[{"index":0,"delta":{"content":"def"}}]}"#;
            match request.number / 3 % 10 {
                0 => busy(429, ""),
                1 => busy(429, "retry-after: 1\r\n"),
                2 => busy(503, "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
                3 => busy(500, ""),
                4 => Reply::truncated("{\"choices\": [{"),
                5 => Reply::json(200, "{\"choices\": oops"),
                6 => Reply::Broken(String::new()),
                7 => Reply::cut_events([started]),
                8 => Reply::Whole(200, "content-type: text/html\r\n".into(), "<p>Wait</p>".into()),
                _ => Reply::json(200, json!({"choices": []})),
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_samples_are_answered_once_though_a_third_of_the_requests_fails() {
    let given = Arc::new(AtomicUsize::new(0));
    let server = failing_server(Arc::clone(&given)).await;
    let limits = RateLimits { concurrency: 32, ..RateLimits::default() };
    let seen = Seen::all(Generator { limits, ..client(&server) }.start(work(50, 20))).await;
    assert_eq!(seen.ending, Some(EndReason::Complete));
    assert_eq!((seen.answered.len(), seen.failed.len()), (1000, 0));
    assert_eq!(given.load(Ordering::SeqCst), 1000);
    assert!(seen.retries >= server.requests() / 3);
    for ((task, _), (text, _)) in &seen.answered {
        assert_eq!(text.split(' ').next(), Some(task.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_cancelled_goes_on_without_asking_again() {
    let given = Arc::new(AtomicUsize::new(0));
    let server = failing_server(Arc::clone(&given)).await;
    let folder = tempfile::tempdir().unwrap();
    let generator = || Generator { cache: Some(AnswerCache::new(folder.path())), ..client(&server) };

    let first = generator();
    let cancellation = first.cancellation.clone();
    let mut events = first.start(work(50, 20));
    let mut seen = Seen::default();
    while let Some(event) = events.recv().await {
        seen.take(event);
        if seen.answered.len() == 100 {
            cancellation.cancel();
        }
    }
    assert_eq!(seen.ending, Some(EndReason::Cancelled));
    let before = seen.answered.len();
    assert!((100..1000).contains(&before), "{before}");
    assert_eq!(given.load(Ordering::SeqCst), before, "what was in flight is not lost");

    let seen = Seen::all(generator().start(work(50, 20))).await;
    assert_eq!((seen.ending, seen.answered.len()), (Some(EndReason::Complete), 1000));
    assert_eq!((seen.count_from_cache(), given.load(Ordering::SeqCst)), (before, 1000));

    let requests = server.requests();
    let seen = Seen::all(generator().start(work(50, 20))).await;
    assert_eq!((seen.count_from_cache(), server.requests()), (1000, requests));
}

#[tokio::test]
async fn a_server_that_knows_no_n_is_asked_one_by_one() {
    for refuses in [false, true] {
        let largest = Arc::new(Mutex::new(Vec::new()));
        let server = ApiServer::start({
            let largest = Arc::clone(&largest);
            move |request| {
                let asked = asked_for(&request);
                largest.lock().unwrap().push(asked);
                let error = json!({"error": {"message": "n must be 1", "param": "n"}});
                let reply = if refuses && asked > 1 { Reply::json(400, error) } else { choices(&request, 1) };
                async { reply }
            }
        })
        .await;
        let limits = RateLimits { concurrency: 1, ..RateLimits::default() };
        let seen = Seen::all(Generator { limits, ..client(&server) }.start(work(3, 20))).await;
        assert_eq!((seen.ending, seen.answered.len()), (Some(EndReason::Complete), 60));
        // Only those that were prepared before the first reply ask for more than one.
        let asked = largest.lock().unwrap();
        assert!(asked[0] > 1 && asked[asked.len() - 40..].iter().all(|&n| n == 1), "{asked:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_not_tried_a_thousand_times() {
    let server =
        ApiServer::start(|_| async { Reply::json(401, json!({"error": {"message": "wrong key"}})) }).await;
    let limits = RateLimits { concurrency: 4, ..RateLimits::default() };
    let seen = Seen::all(Generator { limits, ..client(&server) }.start(work(1000, 1))).await;
    assert_eq!(seen.ending, Some(EndReason::Hopeless));
    assert!(server.requests() <= 16 && seen.answered.is_empty(), "{}", server.requests());
    assert_eq!(seen.failed.len(), server.requests());
    assert!(seen.failed.values().all(|error| error.to_string().contains("wrong key")));
}

#[tokio::test]
async fn only_so_many_attempts_are_made_and_then_the_sample_failed() {
    let server = ApiServer::start(|request| async move {
        let task = request.body["messages"][0]["content"].as_str().unwrap_or_default();
        if task == "T/1" { Reply::json(500, "{}") } else { choices(&request, asked_for(&request)) }
    })
    .await;
    let retry = RetryPolicy { attempts: 3, ..IMPATIENT };
    let seen = Seen::all(Generator { retry, ..client(&server) }.start(work(3, 2))).await;
    assert_eq!((seen.ending, seen.answered.len(), seen.retries), (Some(EndReason::Complete), 4, 2));
    assert_eq!(seen.failed.keys().collect::<Vec<_>>(), [&("T/1".to_owned(), 0), &("T/1".to_owned(), 1)]);
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn a_server_that_hangs_is_asked_again() {
    let server = ApiServer::start(|request| async move {
        if request.number == 0 {
            std::future::pending::<()>().await;
        }
        choices(&request, 1)
    })
    .await;
    // Long enough that, even on a slow machine, one of many attempts succeeds.
    let retry = RetryPolicy { request_timeout: Duration::from_millis(300), ..IMPATIENT };
    let mut events = Generator { retry, ..client(&server) }.start(work(1, 1));
    let first = events.recv().await;
    let is_timeout = |error: &AskError| matches!(error, AskError::Timeout { .. });
    assert!(
        matches!(&first, Some(GenerationEvent::Retrying { error, .. }) if is_timeout(error)),
        "{first:?}"
    );
    assert_eq!(Seen::all(events).await.answered.len(), 1);
}

#[tokio::test]
async fn an_answer_that_a_filter_kept_back_is_a_failure_of_its_sample_alone() {
    let server = ApiServer::start(|_| async {
        let choice = |index: u64, finish: &str, text: &str| json!({"index": index, "message": {"content": text}, "finish_reason": finish});
        Reply::json(200, json!({"choices": [choice(0, "stop", "x"), choice(1, "content_filter", "")]}))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let cache = AnswerCache::new(folder.path());
    let seen = Seen::all(Generator { cache: Some(cache.clone()), ..client(&server) }.start(work(1, 2))).await;
    assert_eq!((seen.answered.len(), server.requests()), (1, 1));
    assert!(matches!(*seen.failed[&("T/0".to_owned(), 1)], AskError::ContentFilter { .. }));
    assert_eq!(cache.stats().unwrap().total.entries, 1);
}

#[tokio::test]
async fn a_budget_ends_the_run_and_what_is_in_flight_is_kept() {
    let server = ApiServer::start(|request| async move { choices(&request, asked_for(&request)) }).await;
    let budget = Budget::tokens(1000);
    let generator = Generator { budget: Some(Arc::clone(&budget)), ..client(&server) };
    let seen = Seen::all(generator.start(work(200, 1))).await;
    assert_eq!((seen.ending, seen.budget_reached), (Some(EndReason::BudgetReached), 1));
    assert!(seen.failed.is_empty());
    assert_eq!(seen.answered.len(), server.requests());
    let spent = budget.spent();
    assert_eq!(spent.amount, 20.0 * seen.answered.len() as f64);
    assert!(spent.amount > 900.0 && spent.amount <= 1000.0 && !spent.is_estimate, "{spent:?}");
}

/// A provider without a network, for tests of time and memory.
struct Local<Answer>(Answer);

#[async_trait]
impl<Answer> Provider for Local<Answer>
where
    Answer: Fn(&Query) -> Option<Result<Vec<RawAnswer>, AskError>> + Send + Sync,
{
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        match (self.0)(query) {
            Some(result) => result,
            None => std::future::pending().await,
        }
    }

    fn identity(&self) -> Option<Identity> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_is_given_up_and_tried_again() {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let start = tokio::time::Instant::now();
    let provider = Local({
        let requests = Arc::clone(&requests);
        move |_: &Query| {
            let mut requests = requests.lock().unwrap();
            requests.push(start.elapsed());
            match requests.len() {
                1 => None,
                2 => Some(Err(AskError::Busy {
                    status: 429,
                    message: String::new(),
                    retry_after: Some(Duration::from_secs(30)),
                })),
                3 => Some(Ok(Vec::new())),
                _ => Some(Ok(vec![RawAnswer::new("x")])),
            }
        }
    });
    let seen = Seen::all(Generator::new(Arc::new(provider)).start(work(1, 1))).await;
    assert_eq!((seen.ending, seen.answered.len(), seen.retries), (Some(EndReason::Complete), 1, 3));
    let times = requests.lock().unwrap();
    let timeout = RetryPolicy::default().request_timeout;
    assert!(times[1] >= timeout && times[1] <= timeout + Duration::from_secs(2), "{times:?}");
    let wait = times[2] - times[1];
    assert!(wait >= Duration::from_secs(30) && wait <= Duration::from_secs(32), "{times:?}");
}

#[tokio::test]
async fn a_million_samples_are_read_as_they_are_needed() {
    let read = Arc::new(AtomicUsize::new(0));
    let work = {
        let read = Arc::clone(&read);
        work(1_000_000, 1).inspect(move |_| {
            read.fetch_add(1, Ordering::SeqCst);
        })
    };
    let provider = Local(|_: &Query| Some(Ok(vec![RawAnswer::new("x")])));
    let generator = Generator::new(Arc::new(provider));
    let concurrency = generator.limits.concurrency;
    let mut events = generator.start(work);
    for _ in 0..10 {
        assert!(events.recv().await.is_some());
    }
    // The run goes on until it can not: then nothing more is read.
    let mut before = 0;
    while before != read.load(Ordering::SeqCst) {
        before = read.load(Ordering::SeqCst);
        for _ in 0..10_000 {
            tokio::task::yield_now().await;
        }
    }
    assert!(before <= 10 + 1024 + 4 * concurrency, "{before}");
    drop(events);
}

#[tokio::test]
async fn seeds_and_samples_reach_the_provider_as_they_should() {
    let asked: Arc<Mutex<HashMap<String, Vec<Range<u32>>>>> = Arc::default();
    let provider = Local({
        let asked = Arc::clone(&asked);
        move |query: &Query| {
            asked.lock().unwrap().entry(query.task_id.to_string()).or_default().push(query.samples.clone());
            Some(Ok(vec![RawAnswer::new("x"); query.count() as usize]))
        }
    });
    let some = work(2, 3).map(|work| Work { samples: 5..7, ..work });
    let seen = Seen::all(Generator::new(Arc::new(provider)).start(some)).await;
    assert_eq!(seen.answered.len(), 4);
    for ranges in asked.lock().unwrap().values_mut() {
        ranges.sort_by_key(|range| range.start);
        assert_eq!(*ranges, [5..6, 6..7]);
    }
}

#[tokio::test]
async fn every_sample_has_a_request_of_its_own_where_seeds_are_given() {
    let seeds = Arc::new(Mutex::new(Vec::new()));
    let server = ApiServer::start({
        let seeds = Arc::clone(&seeds);
        move |request| {
            seeds.lock().unwrap().push((request.body["seed"].as_i64().unwrap(), asked_for(&request)));
            let reply = choices(&request, asked_for(&request));
            async { reply }
        }
    })
    .await;
    let parameters = Arc::new(Parameters { seed: Some(5), ..Parameters::default() });
    let seen = Seen::all(Generator { parameters, ..client(&server) }.start(work(1, 4))).await;
    assert_eq!(seen.answered.len(), 4);
    let mut seeds = seeds.lock().unwrap().clone();
    seeds.sort_unstable();
    assert_eq!(seeds, [(5, 1), (6, 1), (7, 1), (8, 1)]);
}

#[tokio::test]
async fn an_empty_answer_is_asked_again_and_is_an_error_at_worst() {
    let empty = json!({"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]});
    let server = ApiServer::start({
        move |request: Request| {
            let task = request.body["messages"][0]["content"].as_str().unwrap_or_default();
            let is_empty = task == "T/1" || (task == "T/0" && request.number == 0);
            let reply = if is_empty { Reply::json(200, &empty) } else { choices(&request, 1) };
            async { reply }
        }
    })
    .await;
    let limits = RateLimits { concurrency: 1, ..RateLimits::default() };
    let seen = Seen::all(Generator { limits, ..client(&server) }.start(work(2, 1))).await;
    assert_eq!((seen.ending, seen.answered.len()), (Some(EndReason::Complete), 1));
    assert!(matches!(&*seen.failed[&("T/1".to_owned(), 0)], AskError::Empty));
    assert!(server.requests() <= 6, "{}", server.requests());
}

#[tokio::test]
async fn a_prompt_of_which_the_server_counts_little_is_marked() {
    let server = ApiServer::start(|request| async move { choices(&request, 2) }).await;
    for (length, is_cut) in [(90, false), (5000, true)] {
        let long =
            work(1, 2).map(move |work| Work { prompt: Arc::new(Prompt::user("x".repeat(length))), ..work });
        let mut events = client(&server).start(long);
        while let Some(event) = events.recv().await {
            if let GenerationEvent::Answered { answer, .. } = event {
                assert_eq!(answer.prompt_cut, is_cut, "{length}");
            }
        }
    }
}
