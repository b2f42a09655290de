//! OpenAI's chat completions, as OpenAI and compatible servers (vLLM, llama.cpp, Ollama, SGLang) speak them.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::error::AskError;
use super::http::Server;
use super::{Identity, Provider, choices};
use crate::complete::model::ModelSpec;
use crate::complete::query::{Query, RawAnswer};

/// A chat model behind OpenAI's API or a compatible one.
pub struct OpenAi {
    server: Server,
    spec: String,
    model: String,
    limit_field: &'static str,
}

impl OpenAi {
    /// How many answers one request asks for: OpenAI's reasoning models allow no more.
    pub(super) const MOST_SAMPLES: u32 = 8;

    pub(super) fn new(server: Server, spec: &ModelSpec, model: &str) -> OpenAi {
        OpenAi { server, spec: spec.to_string(), model: model.to_owned(), limit_field: "max_tokens" }
    }

    /// Limits tokens by the field that OpenAI's reasoning models insist on, and its other models take too. Compatible
    /// servers may only know the older one.
    pub(super) fn with_max_completion_tokens(mut self) -> OpenAi {
        self.limit_field = "max_completion_tokens";
        self
    }
}

#[async_trait]
impl Provider for OpenAi {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let parameters = &query.parameters;
        let mut own: Vec<(&str, Value)> = vec![("messages", json!(query.prompt.messages()))];
        own.extend(parameters.max_tokens.map(|limit| (self.limit_field, json!(limit))));
        own.extend(parameters.effort.as_ref().map(|effort| ("reasoning_effort", json!(effort))));
        own.extend(parameters.logprobs.then(|| ("logprobs", json!(true))));
        let request = choices::request(&self.model, query, &own);
        choices::read(self.server.post("chat/completions", &request).await?, query)
    }

    fn most_samples(&self) -> u32 {
        OpenAi::MOST_SAMPLES
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity { model: self.spec.clone(), address: self.server.address().to_string() })
    }
}
