//! What `karat generate` and `karat run` share: how models are asked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use clap::Args;

use super::built_in::BuiltInArguments;
use super::progress::Display;
use super::serving::{Answerer, ServerArguments};
use crate::complete::generate::Work;
use crate::complete::model_spec::ModelSpec;
use crate::complete::price::PriceTable;
use crate::complete::provider::built_in;
use crate::complete::query::Parameters;
use crate::evaluate::asking::{AskSettings, Interrupt, MostSpent};
use crate::problem::ProblemSet;

const PRICES_HELP: &str = "\
A file of prices, which come before Karat's own: TOML with the day as of which they hold, and for each model US dollars for a \
million tokens, input for those of prompts, output for those of answers, and cached for those that the server had in its cache \
(the same as input, if it is missing):

  date = \"2025-11\"

  [models.\"openai:gpt-5\"]
  input = 1.25
  cached = 0.125
  output = 10.0
";

/// How a model answers, how fast it is asked, and how much may be spent.
#[derive(Debug, Args)]
pub(super) struct AskArguments {
    /// How many completions of each problem.
    #[arg(short = 'n', long = "samples", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub samples: u32,

    /// Randomness of the answers [default: the server's; of the built-in model 0 for one sample and 0.8 for several].
    #[arg(long, value_name = "T", allow_negative_numbers = true, help_heading = "Asking")]
    temperature: Option<f64>,

    /// Only tokens within this share of the probability [default: the server's].
    #[arg(long, value_name = "P", allow_negative_numbers = true, help_heading = "Asking")]
    top_p: Option<f64>,

    /// Most tokens of an answer, thinking included [default: the server's; 512 of the built-in model].
    #[arg(long, value_name = "N", help_heading = "Asking")]
    max_tokens: Option<u64>,

    /// A text before which an answer ends; can be repeated.
    #[arg(long, value_name = "TEXT", help_heading = "Asking")]
    stop: Vec<String>,

    /// Seed of the first sample; the others count on from it. The built-in model has 0 where nothing is said.
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, help_heading = "Asking")]
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
    #[arg(long, value_name = "FILE", help_heading = "Asking", long_help = PRICES_HELP)]
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
    pub(super) fn answerer(
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

    /// Refuses options that none of the models has a use for.
    pub(super) fn check(&self, models: &[ModelSpec]) -> anyhow::Result<()> {
        self.server.check(models)?;
        self.built_in.check(models)?;
        let is_asked = |model: &ModelSpec| !matches!(model, ModelSpec::Replay { .. } | ModelSpec::Reference);
        let options = [
            ("--temperature", self.temperature.is_some()),
            ("--top-p", self.top_p.is_some()),
            ("--max-tokens", self.max_tokens.is_some()),
            ("--stop", !self.stop.is_empty()),
            ("--seed", self.seed.is_some()),
            ("--effort", self.effort.is_some()),
            ("--logprobs", self.logprobs),
            ("--param", !self.extra.is_empty()),
        ];
        match options.into_iter().find(|(_, given)| *given) {
            Some((option, _)) if !models.iter().any(is_asked) => bail!(
                "{option} says how a model answers, and none is asked here: the answers are there already; leave it out"
            ),
            _ => Ok(()),
        }
    }

    /// Who answers, with all made ready that can be before anything else is: keys and files are there, and addresses
    /// can be asked. Nothing for the built-in model, which takes time and memory; that there is one is checked.
    pub(super) fn answerer_beforehand(
        &self,
        model: &ModelSpec,
        set: &Arc<ProblemSet>,
        quiet: bool,
    ) -> anyhow::Result<Option<Answerer>> {
        match model {
            ModelSpec::Gguf { model, .. } => self.built_in.check_model(model).map(|()| None),
            _ => self.server.open(model, set, self.concurrency, quiet).map(Some),
        }
    }

    /// How the model is to answer.
    fn parameters(&self, model: &ModelSpec) -> anyhow::Result<Parameters> {
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

    /// How a model is asked.
    pub(super) fn settings(&self, model: &ModelSpec) -> anyhow::Result<AskSettings> {
        let prices = match &self.prices {
            Some(path) => PriceTable::embedded().with_file(path)?,
            None => PriceTable::embedded(),
        };
        Ok(AskSettings {
            samples: self.samples,
            parameters: self.parameters(model)?,
            concurrency: self.concurrency,
            requests_per_minute: self.requests_per_minute,
            tokens_per_minute: self.tokens_per_minute,
            request_timeout: Duration::from_secs(self.request_timeout),
            most_spent: match (self.max_cost, self.max_total_tokens) {
                (Some(dollars), _) => Some(MostSpent::Dollars(dollars)),
                (None, tokens) => tokens.map(MostSpent::Tokens),
            },
            price: prices.get(model),
            cache: !self.no_cache,
        })
    }
}

/// Ends at the first Ctrl-C, which lets what is in flight come; the second does not wait for it.
pub(super) fn interrupt(display: &Display) -> Interrupt {
    let display = display.clone();
    Box::pin(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return std::future::pending().await;
        }
        display.say("waiting for what is in flight; Ctrl-C again does not wait");
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        });
    })
}
