//! OpenAI's chat completions, as OpenAI and compatible servers (vLLM, llama.cpp, Ollama, SGLang) speak them.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::error::AskError;
use super::http::Server;
use super::{Identity, Provider, choices};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::model_spec::ModelSpec;
use crate::complete::query::{Query, RawAnswer};

/// A chat model behind OpenAI's API or a compatible one.
pub struct OpenAi {
    server: Server,
    spec: String,
    model: String,
    limit_field: &'static str,
}

/// The names of the field that limits an answer's tokens: the older one, and the one that OpenAI's reasoning models
/// insist on.
const LIMITS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

impl OpenAi {
    /// How many answers one request asks for: OpenAI's reasoning models allow no more.
    pub(super) const MOST_SAMPLES: u32 = 8;

    pub(super) fn new(server: Server, spec: &ModelSpec, model: &str) -> OpenAi {
        OpenAi { server, spec: spec.to_string(), model: model.to_owned(), limit_field: LIMITS[0] }
    }

    /// Limits tokens by the field that OpenAI's reasoning models insist on, and its other models take too. Compatible
    /// servers may only know the older one.
    pub(super) fn with_max_completion_tokens(mut self) -> OpenAi {
        self.limit_field = LIMITS[1];
        self
    }

    /// The name of the limit, or the other one where the server refuses it.
    fn limit_field(&self, query: &Query) -> &'static str {
        let is_usable =
            |name: &&str| (*name == self.limit_field) != query.left_out.contains(Addition::TokenLimit);
        LIMITS.into_iter().find(is_usable).unwrap_or(self.limit_field)
    }
}

#[async_trait]
impl Provider for OpenAi {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let parameters = &query.parameters;
        let mut own: Vec<(&str, Value)> = vec![("messages", json!(query.messages()))];
        own.extend(parameters.max_tokens.map(|limit| (self.limit_field(query), json!(limit))));
        own.extend(parameters.effort.as_ref().map(|effort| ("reasoning_effort", json!(effort))));
        own.extend(parameters.logprobs.then(|| ("logprobs", json!(true))));
        let request = choices::request(&self.model, query, &own);
        choices::read(self.server.post("chat/completions", &request).await?, query)
    }

    fn most_samples(&self) -> u32 {
        OpenAi::MOST_SAMPLES
    }

    fn one_seed_a_request(&self) -> bool {
        true
    }

    fn additions(&self, query: &Query) -> Additions {
        query.additions(&Addition::ALL)
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity { model: self.spec.clone(), address: self.server.address().to_string() })
    }
}
