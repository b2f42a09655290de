//! What OpenAI's two APIs, and servers that are compatible with them, have in common: fields of the request, and
//! `choices` in the reply, whole or as a stream of events.
//!
//! Facts from OpenAI's API reference; `reasoning_content` is DeepSeek's and vLLM's name for thinking, `reasoning`
//! OpenRouter's and newer vLLM's; `prompt_cache_hit_tokens` is DeepSeek's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::error::AskError;
use super::fault;
use super::http::{Body, Join, TimedBody, cut};
use crate::complete::left_out::Addition;
use crate::complete::logprobs::JoinedLogprobs;
use crate::complete::query::{FinishReason, Query, RawAnswer, Usage};

/// The fields that both APIs name alike. `None` is left out.
pub(super) fn request(model: &str, query: &Query, own: &[(&str, Value)]) -> Value {
    let parameters = &query.parameters;
    let mut fields = Map::new();
    fields.insert("model".to_owned(), json!(model));
    let common = [
        ("n", (query.count() > 1).then(|| json!(query.count()))),
        ("temperature", parameters.temperature.map(|value| json!(value))),
        ("top_p", parameters.top_p.map(|value| json!(value))),
        ("stop", (!query.stop().is_empty()).then(|| json!(query.stop()))),
        ("seed", query.seed().map(|value| json!(value))),
    ];
    fields.extend(common.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    fields.extend(own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    fields.extend(parameters.extra.clone());
    let asks_for_usage = !query.left_out.contains(Addition::StreamUsage);
    if fields.get("stream") == Some(&Value::Bool(true)) && asks_for_usage {
        // Otherwise a stream does not tell its tokens.
        fields.entry("stream_options").or_insert_with(|| json!({"include_usage": true}));
    }
    Value::Object(fields)
}

/// More choices than any request asks for.
const MOST_CHOICES: usize = 1000;

/// The longest name of a model that is kept.
const LONGEST_NAME: usize = 300;

/// What a reply, whole or in pieces, says.
#[derive(Default)]
pub(super) struct Choices {
    by_index: BTreeMap<u64, Choice>,
    model: Option<String>,
    usage: Option<Usage>,
    /// Whether llama.cpp's server sent it, which tells its times.
    has_timings: bool,
}

/// A choice, of which more may come.
#[derive(Default)]
struct Choice {
    text: String,
    thinking: String,
    refusal: String,
    finish: Option<String>,
    logprobs: JoinedLogprobs,
    /// Why there is no answer, where the server says so in its place.
    error: Option<AskError>,
    /// Whether it is the plain continuation of a text, which may be nothing.
    is_plain: bool,
}

/// Reads a reply to a request. Of several choices, those that failed are left out; the others were paid for.
pub(super) fn read(answer: TimedBody<Choices>, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
    let choices = match answer.body {
        Body::Json(mut value) => {
            number(pieces(&mut value));
            let mut choices = Choices::default();
            choices.add(value, "message")?;
            choices
        }
        Body::Events { joined: choices, count, done } => {
            let all = &choices.by_index;
            let all_ended = !all.is_empty() && all.values().all(|choice| choice.finish.is_some());
            if !done && !all_ended {
                return Err(AskError::CutStream { events: count });
            }
            choices
        }
    };
    if choices.by_index.is_empty() {
        return Err(AskError::NoChoices);
    }
    let mut usage = choices.usage.unwrap_or_default();
    let several = choices.by_index.len() > 1;
    let (mut answers, mut failure) = (Vec::with_capacity(choices.by_index.len()), None);
    for choice in choices.by_index.into_values() {
        match choice.into_answer() {
            Ok(answer) => answers.push(answer),
            Err(error) => drop(failure.get_or_insert(error)),
        }
    }
    if let Some(failure) = failure.filter(|_| answers.is_empty()) {
        return Err(failure);
    }
    let counts_first = several && choices.has_timings;
    if counts_first || leaves_out_answers(&usage, &answers, query.parameters.max_tokens) {
        usage.output = None;
        usage.reasoning = None;
    }
    let shares = usage.shares(answers.len());
    let answers = answers.into_iter().zip(shares).map(|(choice, usage)| RawAnswer {
        usage,
        latency_ms: answer.latency_ms,
        served_model: choices.model.clone(),
        ..choice
    });
    Ok(answers.take(query.count() as usize).collect())
}

impl Join for Choices {
    fn add(&mut self, event: Value) -> Result<usize, AskError> {
        Choices::add(self, event, "delta")
    }
}

impl Choices {
    /// Adds what a reply, or a piece of one, says; `part` is where a chat's text is in it. Returns how many bytes were
    /// added.
    fn add(&mut self, mut value: Value, part: &str) -> Result<usize, AskError> {
        let present = |name: &str| value.get(name).filter(|value| !value.is_null());
        self.has_timings |= present("timings").is_some();
        if let Some(model) = present("model") {
            self.model = model.as_str().map(name);
        }
        if let Some(counts) = present("usage") {
            self.usage = Some(usage(counts));
        }
        let mut size = 0;
        for (position, piece) in pieces(&mut value).iter_mut().enumerate() {
            let index = index(piece, position);
            if self.by_index.len() == MOST_CHOICES && !self.by_index.contains_key(&index) {
                return Err(AskError::TooManyValues { limit: MOST_CHOICES });
            }
            size += add_to(self.by_index.entry(index).or_default(), piece, part);
        }
        Ok(size)
    }
}

/// A model's name as a server gives it back: no longer than names are.
pub(super) fn name(text: &str) -> String {
    text.chars().take(LONGEST_NAME).collect()
}

/// Whether a count of tokens can not be that of all answers: some servers, llama.cpp's among them, count the first one
/// only. Where several answers were cut off, such a count is no more than one may have; and an answer has at least one
/// token.
fn leaves_out_answers(usage: &Usage, answers: &[RawAnswer], max_tokens: Option<u64>) -> bool {
    let count = |is: fn(&RawAnswer) -> bool| answers.iter().filter(|answer| is(answer)).count() as u64;
    let cut = count(|answer| answer.finish == FinishReason::Length);
    let least = count(|answer| !answer.text.is_empty());
    let is_of_one = |output| cut > 1 && max_tokens == Some(output) || output < least;
    answers.len() > 1 && usage.output.is_some_and(is_of_one)
}

/// The choices in a reply, or in a piece of one.
fn pieces(value: &mut Value) -> &mut [Value] {
    value.get_mut("choices").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default()
}

/// Which choice a piece is of.
fn index(piece: &Value, position: usize) -> u64 {
    piece.get("index").and_then(Value::as_u64).unwrap_or(position as u64)
}

/// Numbers the choices of a whole reply where they are not numbered: some servers give all the same index.
fn number(choices: &mut [Value]) {
    let known: BTreeSet<u64> =
        choices.iter().enumerate().map(|(position, choice)| index(choice, position)).collect();
    if known.len() < choices.len() {
        for (position, choice) in choices.iter_mut().enumerate() {
            choice.as_object_mut().map(|fields| fields.insert("index".to_owned(), position.into()));
        }
    }
}

/// Adds a piece to a choice. Returns how many bytes were added.
fn add_to(choice: &mut Choice, piece: &mut Value, part: &str) -> usize {
    let before = choice.size();
    let message = piece.get(part).unwrap_or(&Value::Null);
    choice.is_plain |= piece.get("text").is_some_and(Value::is_string);
    if let Some(error) = piece.get("error").filter(|error| !fault::says_nothing(error)) {
        choice.error = Some(fault::under_200(error, cut));
    }
    push(&mut choice.text, piece.get("text"));
    push(&mut choice.text, message.get("content"));
    push(&mut choice.refusal, message.get("refusal"));
    let thinking = message.get("reasoning_content").filter(|value| !value.is_null());
    push(&mut choice.thinking, thinking.or_else(|| message.get("reasoning")));
    if let Some(finish) = piece.get("finish_reason").and_then(Value::as_str) {
        choice.finish = Some(name(finish));
    }
    let mut size = choice.size() - before;
    if let Some(Value::String(logprobs)) = piece.get_mut("logprobs").map(Value::take) {
        size += logprobs.len();
        choice.logprobs.push(logprobs);
    }
    size
}

/// Appends a text, or the texts of a list of parts.
fn push(text: &mut String, value: Option<&Value>) {
    match value {
        Some(Value::String(piece)) => text.push_str(piece),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).for_each(|piece| text.push_str(piece));
        }
        _ => {}
    }
}

impl Choice {
    /// The bytes of its texts.
    fn size(&self) -> usize {
        self.text.len() + self.thinking.len() + self.refusal.len()
    }

    /// The answer, unless the server could not finish it, or it is empty although the model is said to be done.
    fn into_answer(self) -> Result<RawAnswer, AskError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let finish = finish(self.finish.as_deref().unwrap_or_default())?;
        let refused = self.text.is_empty() && !self.refusal.is_empty();
        let answer = RawAnswer {
            finish: if refused { FinishReason::Refusal } else { finish },
            thinking: (!self.thinking.is_empty()).then_some(self.thinking),
            logprobs: self.logprobs.finish(),
            ..RawAnswer::new(if refused { self.refusal } else { self.text })
        };
        if answer.is_empty() && !self.is_plain { Err(AskError::Empty) } else { Ok(answer) }
    }
}

/// Why an answer ended, by the names that servers have for it.
///
/// # Errors
///
/// When it did not end but failed.
fn finish(name: &str) -> Result<FinishReason, AskError> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "stop" | "eos" | "eos_token" | "stop_sequence" | "end_turn" | "complete" => FinishReason::Stop,
        "length" | "max_tokens" | "max_output_tokens" | "max_length" | "model_length" => FinishReason::Length,
        "content_filter" | "sensitive" | "safety" | "recitation" => FinishReason::ContentFilter,
        "refusal" => FinishReason::Refusal,
        // Zhipu's, DeepSeek's and vLLM's among them.
        "network_error" | "insufficient_system_resource" | "abort" | "aborted" | "cancelled" | "timeout" => {
            return Err(AskError::GivenUp { reason: name.to_owned() });
        }
        other if other.contains("error") => return Err(AskError::GivenUp { reason: name.to_owned() }),
        _ => FinishReason::Other,
    })
}

fn usage(value: &Value) -> Usage {
    let count = |path: &str| value.pointer(path).and_then(Value::as_u64);
    Usage {
        input: count("/prompt_tokens"),
        output: count("/completion_tokens"),
        cached: count("/prompt_tokens_details/cached_tokens").or_else(|| count("/prompt_cache_hit_tokens")),
        reasoning: count("/completion_tokens_details/reasoning_tokens"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_leaves_out_answers_is_unknown() {
        let answer = |finish| RawAnswer { finish, ..RawAnswer::new("x") };
        let cut = [answer(FinishReason::Length), answer(FinishReason::Length), answer(FinishReason::Stop)];
        let usage = |output| Usage { output: Some(output), ..Usage::default() };
        assert!(leaves_out_answers(&usage(40), &cut, Some(40)));
        assert!(leaves_out_answers(&usage(2), &cut, None), "fewer tokens than answers");
        assert!(!leaves_out_answers(&usage(81), &cut, Some(40)));
        assert!(!leaves_out_answers(&usage(40), &cut, None), "nothing tells");
        assert!(!leaves_out_answers(&usage(40), &cut[..1], Some(40)), "one answer is what was counted");
    }
}
