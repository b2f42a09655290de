//! Asks a provider for every sample of a list of tasks, as fast as limits allow, and tells what happens as it happens.
//!
//! Each sample ends in one [`GenerationEvent::Answered`] or one [`GenerationEvent::Failed`], unless the run ends
//! before; what has neither then was not asked, or not with an answer, and can be asked again. Memory depends on the
//! limits, not on the length of the list: the list is read as requests are sent, and a slow reader of events slows it.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::answer_cache::{AnswerCache, AnswerKeys};
use super::budget::{Budget, Reservation};
use super::left_out::{Addition, Additions};
use super::provider::{AskError, Provider};
use super::query::{LONGEST_TEXT, Parameters, Prompt, Query, RawAnswer, Usage};
use super::rate::{Limiter, RateLimits};
use super::retry::{Backoff, RetryPolicy};
use crate::problem::TaskId;
use feed::Feed;
use refused::Refusals;
use review::{look_over, may_have_cost, withheld};

mod event;
mod feed;
mod refused;
mod review;

pub use event::{EndReason, GenerationEvent};

/// How many requests are prepared, or wait to be tried again, for each that may be under way.
const JOBS_A_REQUEST: usize = 4;

/// How often a request is sent to an address where nobody has ever listened: a server may be about to start.
const TO_NOBODY: u32 = 3;

/// How many events may wait for their reader.
const EVENTS: usize = 1024;

/// Samples of a task that are wanted.
#[derive(Clone, Debug)]
pub struct Work {
    /// The task.
    pub task_id: TaskId,
    /// What is sent.
    pub prompt: Arc<Prompt>,
    /// Which samples. A task of which only some are missing comes as several.
    pub samples: Range<u32>,
}

/// How to ask.
pub struct Generator {
    /// Who is asked.
    pub provider: Arc<dyn Provider>,
    /// How to answer.
    pub parameters: Arc<Parameters>,
    /// How often and how patiently.
    pub retry: RetryPolicy,
    /// How much at once.
    pub limits: RateLimits,
    /// Where answers are kept, if anywhere.
    pub cache: Option<AnswerCache>,
    /// How much may be spent.
    pub budget: Option<Arc<Budget>>,
    /// Ends the run: requests in flight are waited for, others not sent.
    pub cancellation: CancellationToken,
    /// Seed of the waits between attempts.
    pub seed: u64,
}

impl Generator {
    /// Asks with usual limits, without a cache or a budget.
    pub fn new(provider: Arc<dyn Provider>) -> Generator {
        Generator {
            provider,
            parameters: Arc::default(),
            retry: RetryPolicy::default(),
            limits: RateLimits::default(),
            cache: None,
            budget: None,
            cancellation: CancellationToken::new(),
            seed: 0,
        }
    }

    /// Begins, on the runtime of the caller. The list is read on that runtime, a task at a time, so it should be quick.
    ///
    /// The last event is [`GenerationEvent::Ended`]; a receiver that closes without it means that a provider panicked.
    /// Dropping the receiver ends the run.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time and I/O.
    pub fn start(self, work: impl Iterator<Item = Work> + Send + 'static) -> mpsc::Receiver<GenerationEvent> {
        let (events, receiver) = mpsc::channel(EVENTS);
        let has_own_seeds = self.parameters.seed.is_some() && self.provider.one_seed_a_request();
        let most_samples = if has_own_seeds { 1 } else { self.provider.most_samples().max(1) };
        let engine = Engine {
            most_samples: AtomicU32::new(most_samples),
            refusals: Refusals::default(),
            limiter: Limiter::new(self.limits),
            stop: self.cancellation.child_token(),
            cache_failed: AtomicBool::new(false),
            has_answered: AtomicBool::new(false),
            events,
            settings: self,
        };
        tokio::spawn(drive(Arc::new(engine), work));
        receiver
    }
}

struct Engine {
    settings: Generator,
    limiter: Arc<Limiter>,
    events: mpsc::Sender<GenerationEvent>,
    /// How many samples a request may ask for. Lowered when the server gives fewer.
    most_samples: AtomicU32,
    refusals: Refusals,
    /// No request is sent any more, for this reason or another.
    stop: CancellationToken,
    cache_failed: AtomicBool,
    /// Whether any request was answered.
    has_answered: AtomicBool,
}

/// Samples that are not in the cache.
#[derive(Clone)]
struct Batch {
    task_id: TaskId,
    prompt: Arc<Prompt>,
    keys: Option<Arc<AnswerKeys>>,
    samples: Range<u32>,
}

/// How a job ended.
enum Outcome {
    /// All of its samples have their event.
    Done,
    /// Other requests have to ask for these.
    Rest(Batch),
    /// It was stopped before an answer.
    Stopped,
    /// There was no budget for it.
    BudgetReached,
    /// It failed as all others will.
    Hopeless,
}

/// Keeps jobs going until there is no more work, or a reason to stop.
async fn drive(engine: Arc<Engine>, work: impl Iterator<Item = Work> + Send) {
    let mut feed = Feed::new(work);
    let mut jobs = JoinSet::new();
    let most_jobs = engine.settings.limits.concurrency.max(1).saturating_mul(JOBS_A_REQUEST);
    let (mut started, mut unfinished) = (0_u64, false);
    let (mut budget_reached, mut hopeless) = (false, false);
    loop {
        while jobs.len() < most_jobs
            && !engine.stop.is_cancelled()
            && let Some(batch) = feed.next(&engine).await
        {
            jobs.spawn(Arc::clone(&engine).ask(batch, started));
            started += 1;
        }
        let Some(outcome) = jobs.join_next().await else { break };
        match outcome {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Rest(batch)) => feed.put_back(batch),
            Ok(Outcome::Stopped) => unfinished = true,
            Ok(Outcome::BudgetReached) => {
                engine.stop.cancel();
                if !std::mem::replace(&mut budget_reached, true) {
                    engine.tell(GenerationEvent::BudgetReached).await;
                }
            }
            Ok(Outcome::Hopeless) => {
                engine.stop.cancel();
                hopeless = true;
            }
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => return, // the runtime is shutting down
            },
        }
    }
    let ending = if hopeless {
        EndReason::Hopeless
    } else if budget_reached {
        EndReason::BudgetReached
    } else if engine.stop.is_cancelled() && (unfinished || feed.has_more()) {
        EndReason::Cancelled
    } else {
        EndReason::Complete
    };
    engine.tell(GenerationEvent::Ended(ending)).await;
}

impl Engine {
    /// Sends a batch's request, repeatedly if need be, and reports the outcome.
    async fn ask(self: Arc<Self>, batch: Batch, number: u64) -> Outcome {
        let settings = &self.settings;
        let mut query = Query {
            task_id: batch.task_id.clone(),
            prompt: Arc::clone(&batch.prompt),
            parameters: Arc::clone(&settings.parameters),
            samples: batch.samples.clone(),
            left_out: Additions::default(),
        };
        let mut backoff =
            Backoff::new(settings.retry, settings.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        loop {
            let ready = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Outcome::Stopped,
                ready = settings.provider.ready() => ready,
            };
            if let Err(error) = ready {
                return self.failed(&batch, error).await;
            }
            let input = query.prompt.estimated_tokens();
            let output = settings.parameters.max_tokens.unwrap_or(0).saturating_mul(u64::from(query.count()));
            let permit = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Outcome::Stopped,
                permit = self.limiter.admit(input.saturating_add(output)) => permit,
            };
            let reservation = match &settings.budget {
                None => None,
                Some(budget) => {
                    let most_output = settings.parameters.max_tokens;
                    let reservation = tokio::select! {
                        biased;
                        () = self.stop.cancelled() => return Outcome::Stopped,
                        reservation = budget.reserve(input, most_output, query.count()) => reservation,
                    };
                    match reservation {
                        None => return Outcome::BudgetReached,
                        some => some,
                    }
                }
            };
            query.left_out = self.refusals.left_out();
            if query.left_out.contains(Addition::SeveralAnswers) && query.count() > 1 {
                return Outcome::Rest(batch);
            }
            let result = match self.send(&query).await {
                Ok(answers) => Ok(Some(answers)),
                Err(error) => self.try_without(&query, error).await,
            };
            let error = match result {
                Ok(None) => continue,
                Ok(Some(answers)) => {
                    self.has_answered.store(true, Ordering::Relaxed);
                    let usages: Vec<Usage> = answers.iter().map(|answer| answer.usage).collect();
                    permit.answered(usages.iter().map(|usage| Some(usage.input? + usage.output?)).sum());
                    if let Some(reservation) = reservation {
                        reservation.settle(&usages);
                    }
                    return self.answered(batch, answers).await;
                }
                Err(error) => error,
            };
            if let Some(reservation) = reservation.filter(|_| may_have_cost(&error)) {
                Reservation::lose(reservation);
            }
            drop(permit);
            let is_nobody = error.is_refused_connection() && !self.has_answered.load(Ordering::Relaxed);
            let wait = backoff.after(&error).filter(|_| !is_nobody || backoff.failures() < TO_NOBODY);
            let Some(wait) = wait else { return self.failed(&batch, error).await };
            if error.is_throttling() {
                self.limiter.slow_down(wait);
            }
            self.tell(GenerationEvent::Retrying {
                task_id: batch.task_id.clone(),
                samples: batch.samples.clone(),
                attempts: backoff.failures(),
                wait,
                error: Arc::new(error),
            })
            .await;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Outcome::Stopped,
                () = sleep(wait) => {}
            }
        }
    }

    async fn send(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let limit = match self.settings.provider.queues() {
            true => Duration::MAX,
            false => self.settings.retry.request_timeout,
        };
        match timeout(limit, self.settings.provider.ask(query)).await {
            Ok(Ok(answers)) if answers.is_empty() => Err(AskError::NoChoices),
            Ok(Ok(mut answers)) => {
                self.note_answered(query);
                look_over(query, &mut answers);
                Ok(answers)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(AskError::Timeout { limit }),
        }
    }

    /// Keeps and tells a reply.
    async fn answered(&self, mut batch: Batch, answers: Vec<RawAnswer>) -> Outcome {
        let first = batch.samples.start;
        let answers = self.keep(&batch, answers).await;
        let mut came = 0;
        for (sample, answer) in batch.samples.clone().zip(answers) {
            let task_id = batch.task_id.clone();
            came += 1;
            self.tell(if answer.is_withheld() {
                GenerationEvent::Failed { task_id, sample, error: Arc::new(withheld(&answer)) }
            } else if answer.is_too_long() {
                GenerationEvent::Failed {
                    task_id,
                    sample,
                    error: Arc::new(AskError::TooLong { limit: LONGEST_TEXT }),
                }
            } else {
                GenerationEvent::Answered { task_id, sample, answer, from_cache: false }
            })
            .await;
        }
        batch.samples.start = first + came;
        if batch.samples.is_empty() {
            return Outcome::Done;
        }
        // The server gives no more than this to a request, so the rest goes out side by side.
        self.most_samples.fetch_min(came.max(1), Ordering::Relaxed);
        Outcome::Rest(batch)
    }

    async fn failed(&self, batch: &Batch, error: AskError) -> Outcome {
        let hopeless = error.concerns_all() || self.refusals.concerns_all(&batch.task_id, &error);
        let error = Arc::new(error);
        for sample in batch.samples.clone() {
            let task_id = batch.task_id.clone();
            self.tell(GenerationEvent::Failed { task_id, sample, error: Arc::clone(&error) }).await;
        }
        if hopeless {
            self.stop.cancel(); // before another request goes out
            return Outcome::Hopeless;
        }
        Outcome::Done
    }

    /// What the cache has of these samples, in their order.
    async fn cached(&self, keys: Option<Arc<AnswerKeys>>, samples: Range<u32>) -> Vec<Option<RawAnswer>> {
        let (Some(cache), Some(keys)) = (self.settings.cache.clone(), keys) else { return Vec::new() };
        let look_up = move || samples.map(|sample| cache.get(&keys.of(sample))).collect();
        spawn_blocking(look_up).await.unwrap_or_default()
    }

    /// Puts answers into the cache, if there is one, and gives them back.
    async fn keep(&self, batch: &Batch, answers: Vec<RawAnswer>) -> Vec<RawAnswer> {
        let (Some(cache), Some(keys)) = (self.settings.cache.clone(), batch.keys.clone()) else {
            return answers;
        };
        let first = batch.samples.start;
        let keep = move || {
            let mut kept =
                (first..).zip(&answers).filter(|(_, answer)| !answer.is_withheld() && !answer.is_too_long());
            let result = kept.try_for_each(|(sample, answer)| cache.put(&keys, sample, answer));
            (answers, result)
        };
        match spawn_blocking(keep).await {
            Ok((answers, Ok(()))) => answers,
            Ok((answers, Err(error))) => {
                if !self.cache_failed.swap(true, Ordering::Relaxed) {
                    self.tell(GenerationEvent::CacheFailed { error }).await;
                }
                answers
            }
            Err(error) => resume_unwind(error.into_panic()),
        }
    }

    /// Tells an event; without a reader there is no use in going on.
    async fn tell(&self, event: GenerationEvent) {
        event.log();
        if self.events.send(event).await.is_err() {
            self.stop.cancel();
        }
    }
}
