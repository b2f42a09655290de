//! Anthropic's messages API. Facts from its reference: the system's instructions stand apart from the messages,
//! `max_tokens` has to be there, there is no `n`, no `seed` and no `logprobs`, and `input_tokens` leaves out what is
//! written to and read from the cache.

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use super::error::AskError;
use super::http::{Body, Join, Server};
use super::{Identity, Provider, choices};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::model_spec::ModelSpec;
use crate::complete::query::{FinishReason, Query, RawAnswer, Role, Usage};

/// The version of the API that is spoken, for the header `anthropic-version`.
pub(super) const VERSION: &str = "2023-06-01";

/// The most tokens of an answer where the user sets no limit: the API has no default, and every model allows this.
const MAX_TOKENS: u64 = 8192;

/// A model behind Anthropic's API.
pub struct Anthropic {
    server: Server,
    spec: String,
    model: String,
}

impl Anthropic {
    pub(super) fn new(server: Server, spec: &ModelSpec, model: &str) -> Anthropic {
        Anthropic { server, spec: spec.to_string(), model: model.to_owned() }
    }

    fn request(&self, query: &Query) -> Value {
        let parameters = &query.parameters;
        let (mut system, mut messages) = (Vec::new(), Vec::new());
        for message in query.messages() {
            match message.role {
                Role::System => system.push(message.content),
                Role::User | Role::Assistant => messages.push(message),
            }
        }
        let optional = [
            ("system", (!system.is_empty()).then(|| json!(system.join("\n\n")))),
            ("temperature", parameters.temperature.map(|value| json!(value))),
            ("top_p", parameters.top_p.map(|value| json!(value))),
            ("stop_sequences", (!query.stop().is_empty()).then(|| json!(query.stop()))),
            ("output_config", parameters.effort.as_ref().map(|effort| json!({"effort": effort}))),
        ];
        let mut fields = Map::new();
        fields.insert("model".to_owned(), json!(self.model));
        fields.insert("max_tokens".to_owned(), json!(parameters.max_tokens.unwrap_or(MAX_TOKENS)));
        fields.insert("messages".to_owned(), json!(messages));
        fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        fields.extend(parameters.extra.clone());
        Value::Object(fields)
    }
}

#[async_trait]
impl Provider for Anthropic {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let answer = self.server.post::<Message>("v1/messages", &self.request(query)).await?;
        let message = match answer.body {
            Body::Json(message) => message,
            Body::Events { joined: Message { whole, ended: true, blocks }, count, .. } => {
                let Value::Object(mut fields) = whole else {
                    return Err(AskError::CutStream { events: count });
                };
                fields.insert("content".to_owned(), Value::Array(blocks));
                Value::Object(fields)
            }
            Body::Events { count, .. } => return Err(AskError::CutStream { events: count }),
        };
        Ok(vec![RawAnswer { latency_ms: answer.latency_ms, ..read(&message)? }])
    }

    fn additions(&self, query: &Query) -> Additions {
        query.additions(&[Addition::SystemMessage, Addition::Stop])
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity { model: self.spec.clone(), address: self.server.address().to_string() })
    }
}

/// Reads a whole message.
fn read(message: &Value) -> Result<RawAnswer, AskError> {
    let blocks = message.get("content").and_then(Value::as_array).ok_or(AskError::NoChoices)?;
    let text_of = |kind: &str, field: &str| -> String {
        let of_kind = blocks.iter().filter(|block| block.get("type").and_then(Value::as_str) == Some(kind));
        of_kind.filter_map(|block| block.get(field)?.as_str()).collect()
    };
    let thinking = text_of("thinking", "thinking");
    let finish = match message.get("stop_reason").and_then(Value::as_str) {
        Some("end_turn" | "stop_sequence") => FinishReason::Stop,
        Some("max_tokens" | "model_context_window_exceeded") => FinishReason::Length,
        Some("refusal") => FinishReason::Refusal,
        _ => FinishReason::Other,
    };
    let answer = RawAnswer {
        thinking: (!thinking.is_empty()).then_some(thinking),
        finish,
        usage: usage(message.get("usage").unwrap_or(&Value::Null)),
        served_model: message.get("model").and_then(Value::as_str).map(choices::name),
        ..RawAnswer::new(text_of("text", "text"))
    };
    if answer.is_empty() { Err(AskError::Empty) } else { Ok(answer) }
}

fn usage(value: &Value) -> Usage {
    let count = |name: &str| value.get(name).and_then(Value::as_u64);
    let (cached, written) = (count("cache_read_input_tokens"), count("cache_creation_input_tokens"));
    Usage {
        input: count("input_tokens")
            .map(|fresh| fresh.saturating_add(cached.unwrap_or(0)).saturating_add(written.unwrap_or(0))),
        output: count("output_tokens"),
        cached,
        reasoning: None,
    }
}

/// More blocks than any answer has.
const MOST_BLOCKS: usize = 10_000;

/// A message, put together from the events of a stream.
#[derive(Default)]
struct Message {
    /// All but its blocks.
    whole: Value,
    blocks: Vec<Value>,
    ended: bool,
}

impl Join for Message {
    fn add(&mut self, mut event: Value) -> Result<usize, AskError> {
        let mut size = 0;
        match event.get("type").and_then(Value::as_str) {
            Some("message_start") => self.whole = event["message"].take(),
            Some("content_block_start") if self.blocks.len() == MOST_BLOCKS => {
                return Err(AskError::TooManyValues { limit: MOST_BLOCKS });
            }
            Some("content_block_start") => self.blocks.push(event["content_block"].take()),
            Some("content_block_delta") => {
                let index = event.get("index").and_then(Value::as_u64).unwrap_or(0) as usize;
                let block = self.blocks.get_mut(index).and_then(Value::as_object_mut);
                if let Some(block) = block {
                    for field in ["text", "thinking"] {
                        let Some(piece) =
                            event.pointer("/delta").and_then(|delta| delta.get(field)?.as_str())
                        else {
                            continue;
                        };
                        size += piece.len();
                        match block.get_mut(field) {
                            Some(Value::String(before)) => before.push_str(piece),
                            _ => drop(block.insert(field.to_owned(), Value::from(piece))),
                        }
                    }
                }
            }
            Some("message_delta") => {
                if let Some(message) = self.whole.as_object_mut() {
                    message.insert("stop_reason".to_owned(), event["delta"]["stop_reason"].take());
                    // The counts here are the whole message's, not what was added.
                    if let (Some(Value::Object(all)), Some(last)) =
                        (message.get_mut("usage"), event["usage"].as_object())
                    {
                        all.extend(last.clone());
                    }
                }
            }
            Some("message_stop") => self.ended = true,
            _ => {}
        }
        Ok(size)
    }
}
