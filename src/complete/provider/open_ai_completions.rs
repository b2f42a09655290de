//! OpenAI's plain completions, for base models: the prompt is continued, without a template around it. Where there is a
//! text to fill in, what follows it goes in the field `suffix`.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::error::AskError;
use super::http::Server;
use super::{Identity, Provider, choices};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::model_spec::ModelSpec;
use crate::complete::query::{Prompt, Query, RawAnswer};

/// A base model behind OpenAI's API or a compatible one.
pub struct OpenAiCompletions {
    server: Server,
    spec: String,
    model: String,
}

impl OpenAiCompletions {
    /// How many answers one request asks for. Servers share the work on the prompt between them.
    pub(super) const MOST_SAMPLES: u32 = 16;

    /// What a request can do without.
    pub(super) const ADDITIONS: [Addition; 4] =
        [Addition::SeveralAnswers, Addition::StreamUsage, Addition::Stop, Addition::Seed];

    pub(super) fn new(server: Server, spec: &ModelSpec, model: &str) -> OpenAiCompletions {
        OpenAiCompletions { server, spec: spec.to_string(), model: model.to_owned() }
    }
}

#[async_trait]
impl Provider for OpenAiCompletions {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let parameters = &query.parameters;
        let mut own: Vec<(&str, Value)> = match &*query.prompt {
            Prompt::Infill { prefix, suffix } => vec![("prompt", json!(prefix)), ("suffix", json!(suffix))],
            prompt => vec![("prompt", json!(prompt.text()))],
        };
        own.extend(parameters.max_tokens.map(|limit| ("max_tokens", json!(limit))));
        own.extend(parameters.effort.as_ref().map(|effort| ("reasoning_effort", json!(effort))));
        // Here it is a number: of how many alternatives beside each token.
        own.extend(parameters.logprobs.then(|| ("logprobs", json!(1))));
        let request = choices::request(&self.model, query, &own);
        choices::read(self.server.post("completions", &request).await?, query)
    }

    fn most_samples(&self) -> u32 {
        OpenAiCompletions::MOST_SAMPLES
    }

    fn one_seed_a_request(&self) -> bool {
        true
    }

    fn additions(&self, query: &Query) -> Additions {
        query.additions(&OpenAiCompletions::ADDITIONS)
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity { model: self.spec.clone(), address: self.server.address().to_string() })
    }
}
