//! What `karat generate` and `karat run` share: how models are asked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use indicatif::ProgressBar;
use tokio_util::sync::CancellationToken;

use super::built_in::BuiltInArguments;
use super::serving::{Answerer, ServerArguments};
use crate::complete::answer_cache::AnswerCache;
use crate::complete::budget::Budget;
use crate::complete::generate::{Generator, Work};
use crate::complete::model::ModelSpec;
use crate::complete::price::{Price, PriceTable};
use crate::complete::provider::{Provider, built_in};
use crate::complete::query::Parameters;
use crate::complete::rate::Limits;
use crate::complete::retry::RetryPolicy;
use crate::problem::ProblemSet;
use crate::runner::install::cache_directory;

/// How a model answers, how fast it is asked, and how much may be spent.
#[derive(Debug, Args)]
pub struct AskArguments {
    /// How many completions of each problem.
    #[arg(short = 'n', long = "samples", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub samples: u32,

    /// Randomness of the answers [default: the server's; of the built-in model 0 for one sample and 0.8 for several].
    #[arg(long, value_name = "T", help_heading = "Asking")]
    temperature: Option<f64>,

    /// Only tokens within this share of the probability [default: the server's].
    #[arg(long, value_name = "P", help_heading = "Asking")]
    top_p: Option<f64>,

    /// Most tokens of an answer, thinking included [default: the server's; 512 of the built-in model].
    #[arg(long, value_name = "N", help_heading = "Asking")]
    max_tokens: Option<u64>,

    /// A text before which an answer ends; can be repeated.
    #[arg(long, value_name = "TEXT", help_heading = "Asking")]
    stop: Vec<String>,

    /// Seed of the first sample; the others count on from it. The built-in model has 0 where nothing is said.
    #[arg(long, value_name = "SEED", help_heading = "Asking")]
    seed: Option<i64>,

    /// How much a reasoning model thinks: low, medium, high.
    #[arg(long, value_name = "EFFORT", help_heading = "Asking")]
    effort: Option<String>,

    /// Also ask for the log probabilities of the answer's tokens, and keep them with the answer.
    #[arg(long, help_heading = "Asking")]
    logprobs: bool,

    /// A further field of the request, as in top_k=40; can be repeated.
    #[arg(long = "param", value_name = "KEY=VALUE", help_heading = "Asking")]
    extra: Vec<String>,

    /// Requests under way at once; the built-in model has --slots.
    #[arg(long, value_name = "N", default_value_t = 16, help_heading = "Asking", value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,

    /// Requests that begin in any minute, at most.
    #[arg(long, value_name = "N", help_heading = "Asking", value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: Option<u32>,

    /// Tokens in any minute, at most.
    #[arg(long, value_name = "N", help_heading = "Asking", value_parser = clap::value_parser!(u64).range(1..))]
    tokens_per_minute: Option<u64>,

    /// How long a request may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, help_heading = "Asking", value_parser = clap::value_parser!(u64).range(1..))]
    request_timeout: u64,

    /// Stop when this call has spent this many US dollars; the model's price has to be known.
    #[arg(long, value_name = "DOLLARS", help_heading = "Asking", conflicts_with = "max_total_tokens")]
    max_cost: Option<f64>,

    /// Stop when this call has spent this many tokens, of prompts and answers.
    #[arg(long, value_name = "N", help_heading = "Asking")]
    max_total_tokens: Option<u64>,

    /// A file of prices, which come before Karat's own.
    #[arg(long, value_name = "FILE", help_heading = "Asking")]
    prices: Option<PathBuf>,

    /// Neither read nor write the cache of answers. Those of command:, replay: and reference are never in it.
    #[arg(long, help_heading = "Asking")]
    no_cache: bool,

    #[command(flatten)]
    pub server: ServerArguments,

    #[command(flatten)]
    built_in: BuiltInArguments,
}

impl AskArguments {
    /// Who answers: a server is started, and the built-in model loaded, when the first question is there.
    pub fn answerer(
        &self,
        model: &ModelSpec,
        set: &Arc<ProblemSet>,
        works: &[Work],
        quiet: bool,
    ) -> anyhow::Result<Answerer> {
        match model {
            ModelSpec::Gguf { model: file, api } => {
                let opened = self.built_in.open((file, *api), &self.parameters(model)?, works, quiet)?;
                Ok(Answerer::built_in(opened.0, opened.1))
            }
            _ => self.server.open(model, set, self.concurrency, quiet),
        }
    }

    /// How the model is to answer.
    pub fn parameters(&self, model: &ModelSpec) -> anyhow::Result<Parameters> {
        let mut parameters = Parameters {
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: self.max_tokens,
            stop: self.stop.clone(),
            seed: self.seed,
            logprobs: self.logprobs,
            effort: self.effort.clone(),
            ..Parameters::default()
        };
        for field in &self.extra {
            parameters.add_extra(field)?;
        }
        Ok(match model {
            ModelSpec::Gguf { .. } => built_in::with_defaults(parameters, self.samples),
            _ => parameters,
        })
    }

    /// What a model costs, if that is known.
    pub fn price(&self, model: &ModelSpec) -> anyhow::Result<Option<Price>> {
        let prices = match &self.prices {
            Some(path) => PriceTable::embedded().with_file(path)?,
            None => PriceTable::embedded(),
        };
        Ok(prices.get(model))
    }

    /// Asks a provider as the arguments say, until it is cancelled.
    pub fn generator(
        &self,
        model: &ModelSpec,
        provider: Arc<dyn Provider>,
        price: Option<Price>,
        cancellation: CancellationToken,
    ) -> anyhow::Result<Generator> {
        let concurrency = provider.concurrency().unwrap_or(self.concurrency.into());
        Ok(Generator {
            provider,
            parameters: Arc::new(self.parameters(model)?),
            retry: RetryPolicy {
                request_timeout: Duration::from_secs(self.request_timeout),
                ..RetryPolicy::default()
            },
            limits: Limits {
                concurrency,
                requests_per_minute: self.requests_per_minute,
                tokens_per_minute: self.tokens_per_minute,
            },
            cache: (!self.no_cache)
                .then(|| cache_directory().map(|cache| AnswerCache::new(&cache)))
                .transpose()?,
            budget: self.budget(model, price)?,
            cancellation,
            seed: self.seed.unwrap_or(0).unsigned_abs(),
        })
    }

    fn budget(&self, model: &ModelSpec, price: Option<Price>) -> anyhow::Result<Option<Arc<Budget>>> {
        match (self.max_cost, self.max_total_tokens, price) {
            (Some(dollars), _, Some(price)) => Ok(Some(Budget::money(dollars, price))),
            (Some(_), _, None) => bail!(
                "--max-cost: the price of {model} is not known; name it in a file for --prices, or limit \
                 --max-total-tokens"
            ),
            (None, Some(tokens), _) => Ok(Some(Budget::tokens(tokens))),
            (None, None, _) => Ok(None),
        }
    }
}

/// The first Ctrl-C lets what is in flight come, the second does not wait for it. Runs on the runtime of the caller.
pub async fn end_on_interrupt(cancellation: CancellationToken, bar: ProgressBar) {
    if tokio::signal::ctrl_c().await.is_ok() {
        bar.suspend(|| eprintln!("waiting for what is in flight; Ctrl-C again does not wait"));
        cancellation.cancel();
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}
