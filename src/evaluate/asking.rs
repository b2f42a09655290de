//! Asking a model: the settings, and following the events.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use super::answer_endings::AnswerEndings;
use super::spent::GenerationTally;
use super::{EvaluateError, Event, Observer};
use crate::complete::answer_cache::AnswerCache;
use crate::complete::budget::Budget;
use crate::complete::generate::{EndReason, GenerationEvent as AskEvent, Generator, Work};
use crate::complete::left_out::Additions;
use crate::complete::model_spec::ModelSpec;
use crate::complete::price::Price;
use crate::complete::provider::Provider;
use crate::complete::query::{Parameters, RawAnswer};
use crate::complete::rate::RateLimits;
use crate::complete::retry::RetryPolicy;
use crate::problem::TaskId;
use crate::record::FailedSample;
use crate::runner::install::cache_directory;

/// How many different reasons for sending a request again are reported.
const MOST_RETRIES_TOLD: usize = 10;

/// How a model answers, how fast it is asked, and how much may be spent.
#[derive(Clone, Debug)]
pub struct AskSettings {
    /// How many completions of each problem.
    pub samples: u32,
    /// How it is to answer.
    pub parameters: Parameters,
    /// Requests under way at once, unless the provider decides that.
    pub concurrency: u16,
    /// Requests that begin in any minute, at most.
    pub requests_per_minute: Option<u32>,
    /// Tokens in any minute, at most.
    pub tokens_per_minute: Option<u64>,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// When to stop.
    pub most_spent: Option<MostSpent>,
    /// What the model costs, if that is known.
    pub price: Option<Price>,
    /// Whether answers are read from the cache of answers, and written to it.
    pub cache: bool,
}

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MostSpent {
    /// This many US dollars.
    Dollars(f64),
    /// This many tokens, of prompts and answers.
    Tokens(u64),
}

impl Default for AskSettings {
    fn default() -> AskSettings {
        AskSettings {
            samples: 1,
            parameters: Parameters::default(),
            concurrency: 16,
            requests_per_minute: None,
            tokens_per_minute: None,
            request_timeout: Duration::from_secs(600),
            most_spent: None,
            price: None,
            cache: true,
        }
    }
}

impl AskSettings {
    /// The generator that asks a provider by these settings, until it is cancelled.
    pub(super) fn generator(
        &self,
        model: &ModelSpec,
        provider: Arc<dyn Provider>,
        cancellation: CancellationToken,
    ) -> Result<Generator, EvaluateError> {
        let concurrency = provider.concurrency().unwrap_or(self.concurrency.into());
        Ok(Generator {
            provider,
            parameters: Arc::new(self.parameters.clone()),
            retry: RetryPolicy { request_timeout: self.request_timeout, ..RetryPolicy::default() },
            limits: RateLimits {
                concurrency,
                requests_per_minute: self.requests_per_minute,
                tokens_per_minute: self.tokens_per_minute,
            },
            cache: if self.cache { Some(AnswerCache::new(&cache_directory()?)) } else { None },
            budget: self.budget(model)?,
            cancellation,
            seed: self.parameters.seed.unwrap_or(0).unsigned_abs(),
        })
    }

    /// Refuses a limit of money for a model of which nobody knows the price.
    ///
    /// # Errors
    ///
    /// When there is such a limit.
    pub fn check(&self, model: &ModelSpec) -> Result<(), EvaluateError> {
        self.budget(model).map(drop)
    }

    fn budget(&self, model: &ModelSpec) -> Result<Option<Arc<Budget>>, EvaluateError> {
        match (self.most_spent, self.price) {
            (Some(MostSpent::Dollars(dollars)), Some(price)) => Ok(Some(Budget::money(dollars, price))),
            (Some(MostSpent::Dollars(_)), None) => {
                Err(EvaluateError::UnknownPrice { model: model.to_string() })
            }
            (Some(MostSpent::Tokens(tokens)), _) => Ok(Some(Budget::tokens(tokens))),
            (None, _) => Ok(None),
        }
    }
}

/// Completes when the user wants no more answers.
pub type Interrupt = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An [`Interrupt`] that never comes.
pub fn uninterrupted() -> Interrupt {
    Box::pin(std::future::pending())
}

/// A model that is being asked.
pub(super) struct Asking {
    runtime: Runtime,
    provider: Arc<dyn Provider>,
    pub events: Receiver<AskEvent>,
    /// Cancelled when the user wants no more answers: what is in flight still comes.
    pub interrupted: CancellationToken,
}

impl Asking {
    /// Begins to ask. The generator's own cancellation follows the interrupt.
    pub(super) fn start(
        generator: Generator,
        works: Vec<Work>,
        interrupt: Interrupt,
    ) -> Result<Asking, EvaluateError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(EvaluateError::Network)?;
        let provider = Arc::clone(&generator.provider);
        let interrupted = CancellationToken::new();
        let events = {
            let _entered = runtime.enter();
            let (interrupted, cancellation) = (interrupted.clone(), generator.cancellation.clone());
            tokio::spawn(async move {
                interrupt.await;
                interrupted.cancel();
                cancellation.cancel();
            });
            generator.start(works.into_iter())
        };
        Ok(Asking { runtime, provider, events, interrupted })
    }

    /// Ends what was started to answer, while an interrupt is still listened to.
    pub(super) fn end(self) {
        self.provider.close();
        self.runtime.shutdown_background();
    }
}

/// What was told of the asking.
#[derive(Debug)]
pub struct Asked {
    /// Why it ended; nothing while it has not.
    pub(super) ending: Option<EndReason>,
    /// Answers that were in the cache.
    pub from_cache: u64,
    /// What the answers took that were not.
    pub spent: GenerationTally,
    /// Samples that failed.
    pub failed: u64,
    /// Why samples failed, each reason once, with how often.
    pub errors: IndexMap<String, u64>,
    /// Samples that were kept back, by whom.
    pub kept_back: AnswerEndings,
    /// What the server refuses, and requests did without.
    pub left_out: Additions,
    /// Why requests were sent again, the reasons that were reported.
    retried: HashSet<String>,
}

/// What there is to keep of an event.
pub(super) enum ToKeep {
    Answer { task_id: TaskId, sample: u32, answer: RawAnswer },
    Failure(FailedSample),
}

impl Asked {
    pub(super) fn new(price: Option<Price>) -> Asked {
        Asked {
            ending: None,
            from_cache: 0,
            spent: GenerationTally::new(price),
            failed: 0,
            errors: IndexMap::new(),
            kept_back: AnswerEndings::default(),
            left_out: Additions::default(),
            retried: HashSet::new(),
        }
    }

    /// Follows the events to their end, and hands over what is to be kept.
    pub(super) fn follow(
        &mut self,
        events: &mut Receiver<AskEvent>,
        observe: Observer<'_>,
        mut keep: impl FnMut(ToKeep) -> Result<(), EvaluateError>,
    ) -> Result<(), EvaluateError> {
        while let Some(event) = events.blocking_recv() {
            match event {
                AskEvent::Answered { task_id, sample, answer, from_cache } => {
                    self.from_cache += u64::from(from_cache);
                    if !from_cache {
                        self.spent.add_answer(&answer);
                    }
                    keep(ToKeep::Answer { task_id, sample, answer })?;
                    observe(Event::Answered);
                }
                AskEvent::Failed { task_id, sample, error } => {
                    self.failed += 1;
                    self.kept_back.add_failed(&error);
                    let text = error.to_string();
                    let is_new = !self.errors.contains_key(&text);
                    let (failed, error) = (self.failed, &*error);
                    observe(Event::Unanswered { task_id: &task_id, sample, error, failed, is_new });
                    keep(ToKeep::Failure(FailedSample { task_id, sample, error: text.clone() }))?;
                    *self.errors.entry(text).or_default() += 1;
                }
                AskEvent::Retrying { error, .. } => {
                    let error = error.to_string();
                    if !self.retried.contains(&error) && self.retried.len() < MOST_RETRIES_TOLD {
                        observe(Event::Retrying(&error));
                        self.retried.insert(error);
                    }
                }
                AskEvent::LeftOut { left_out, error } => {
                    self.left_out = self.left_out.and(left_out);
                    observe(Event::LeftOut { left_out: &left_out, error: &error });
                }
                AskEvent::CacheFailed { error } => observe(Event::CacheFailed(&error.to_string())),
                AskEvent::BudgetReached => observe(Event::BudgetReached),
                AskEvent::Ended(ending) => {
                    self.ending = Some(ending);
                    break;
                }
            }
        }
        observe(Event::AskingEnded);
        Ok(())
    }

    /// Why it ended.
    pub fn ending(&self) -> EndReason {
        self.ending.unwrap_or(EndReason::Complete)
    }
}
