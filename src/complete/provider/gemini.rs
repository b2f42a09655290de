//! Google's Gemini API, `generateContent`. Facts from its reference: the model's turns are said by `model`, parts with
//! `thought` are thinking, a refused prompt has `promptFeedback` and no candidates, and `candidatesTokenCount` leaves
//! thoughts out. Counts that are 0 are not sent, as the JSON form of protocol buffers has it.

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use super::error::AskError;
use super::http::{Body, Join, Server};
use super::{Identity, Provider, choices};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::logprobs::JoinedLogprobs;
use crate::complete::model_spec::ModelSpec;
use crate::complete::query::{FinishReason, Query, RawAnswer, Role, Usage};

/// A model behind Google's API.
pub struct Gemini {
    server: Server,
    spec: String,
    model: String,
}

impl Gemini {
    pub(super) fn new(server: Server, spec: &ModelSpec, model: &str) -> Gemini {
        Gemini { server, spec: spec.to_string(), model: model.to_owned() }
    }
}

/// The request, and whether it asks for a stream. A stream has a path of its own here, so `stream` is no field.
fn request(query: &Query) -> (Value, bool) {
    let parameters = &query.parameters;
    let (mut system, mut contents) = (Vec::new(), Vec::new());
    for message in query.messages() {
        let part = json!({"text": message.content});
        match message.role {
            Role::System => system.push(part),
            Role::User => contents.push(json!({"role": "user", "parts": [part]})),
            Role::Assistant => contents.push(json!({"role": "model", "parts": [part]})),
        }
    }
    let optional = [
        ("temperature", parameters.temperature.map(|value| json!(value))),
        ("topP", parameters.top_p.map(|value| json!(value))),
        ("maxOutputTokens", parameters.max_tokens.map(|value| json!(value))),
        ("stopSequences", (!query.stop().is_empty()).then(|| json!(query.stop()))),
        ("seed", query.seed().map(|value| json!(value))),
        ("responseLogprobs", parameters.logprobs.then(|| json!(true))),
        ("thinkingConfig", parameters.effort.as_ref().map(|effort| json!({"thinkingLevel": effort}))),
    ];
    let mut generation: Map<String, Value> =
        optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let mut fields = Map::new();
    fields.insert("contents".to_owned(), json!(contents));
    if !system.is_empty() {
        fields.insert("systemInstruction".to_owned(), json!({"parts": system}));
    }
    let mut extra = parameters.extra.clone();
    let stream = extra.shift_remove("stream") == Some(Value::Bool(true));
    if let Some(Value::Object(own)) = extra.shift_remove("generationConfig") {
        generation.extend(own);
    }
    fields.insert("generationConfig".to_owned(), Value::Object(generation));
    fields.extend(extra);
    (Value::Object(fields), stream)
}

#[async_trait]
impl Provider for Gemini {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let (request, stream) = request(query);
        let method = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
        let answer =
            self.server.post::<Reply>(&format!("v1beta/models/{}:{method}", self.model), &request).await?;
        let reply = match answer.body {
            Body::Json(value) => {
                let mut reply = Reply::default();
                reply.add(value)?;
                reply
            }
            Body::Events { joined, .. } => joined,
        };
        Ok(vec![RawAnswer { latency_ms: answer.latency_ms, ..reply.into_answer()? }])
    }

    fn additions(&self, query: &Query) -> Additions {
        query.additions(&[Addition::SystemMessage, Addition::Stop, Addition::Seed])
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity { model: self.spec.clone(), address: self.server.address().to_string() })
    }
}

/// A reply, joined from the pieces that have come so far.
#[derive(Default)]
struct Reply {
    pieces: u64,
    has_candidate: bool,
    text: String,
    thinking: String,
    reason: Option<String>,
    logprobs: JoinedLogprobs,
    usage: Option<Usage>,
    model: Option<String>,
}

impl Join for Reply {
    fn add(&mut self, mut piece: Value) -> Result<usize, AskError> {
        self.pieces += 1;
        if let Some(blocked) = piece.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
            return Err(AskError::ContentFilter { reason: format!("the prompt was refused ({blocked})") });
        }
        if let Some(counts) = piece.get("usageMetadata") {
            self.usage = Some(usage(counts));
        }
        if let Some(version) = piece.get("modelVersion") {
            self.model = version.as_str().map(choices::name);
        }
        let Some(candidate) = piece.pointer_mut("/candidates/0") else { return Ok(0) };
        self.has_candidate = true;
        if let Some(reason) = candidate.get("finishReason").and_then(Value::as_str) {
            self.reason = Some(choices::name(reason));
        }
        let mut size = 0;
        if let Some(Value::String(logprobs)) = candidate.get_mut("logprobsResult").map(Value::take) {
            size += logprobs.len();
            self.logprobs.push(logprobs);
        }
        let before = self.text.len() + self.thinking.len();
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            let is_thought = part.get("thought").and_then(Value::as_bool).unwrap_or(false);
            let target = if is_thought { &mut self.thinking } else { &mut self.text };
            target.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default());
        }
        Ok(size + self.text.len() + self.thinking.len() - before)
    }
}

impl Reply {
    fn into_answer(self) -> Result<RawAnswer, AskError> {
        let finish = match self.reason.as_deref() {
            // Both forms say why a candidate ended; a stream that does not say it was cut.
            None if self.has_candidate || self.pieces == 0 => {
                return Err(AskError::CutStream { events: self.pieces });
            }
            None => return Err(AskError::NoChoices),
            Some("STOP") => FinishReason::Stop,
            Some("MAX_TOKENS") => FinishReason::Length,
            Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE") => {
                FinishReason::ContentFilter
            }
            // Its reference calls this reason unknown, or the model's answer malformed: the model is not to blame for
            // either.
            Some(reason) if reason == "OTHER" || reason.starts_with("MALFORMED") => {
                return Err(AskError::GivenUp { reason: reason.to_owned() });
            }
            Some(_) => FinishReason::Other,
        };
        let answer = RawAnswer {
            thinking: (!self.thinking.is_empty()).then_some(self.thinking),
            finish,
            usage: self.usage.unwrap_or_default(),
            served_model: self.model,
            logprobs: self.logprobs.finish(),
            ..RawAnswer::new(self.text)
        };
        if answer.is_empty() { Err(AskError::Empty) } else { Ok(answer) }
    }
}

fn usage(value: &Value) -> Usage {
    let count = |name: &str| value.get(name).map_or(Some(0), Value::as_u64);
    let reasoning = count("thoughtsTokenCount");
    Usage {
        input: count("promptTokenCount"),
        output: count("candidatesTokenCount")
            .zip(reasoning)
            .map(|(visible, thoughts): (u64, u64)| visible.saturating_add(thoughts)),
        cached: count("cachedContentTokenCount"),
        reasoning,
    }
}
