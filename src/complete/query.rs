//! What a model is asked and what it answers, whichever API carries it.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Form;
use super::left_out::{Addition, Additions};
use super::logprobs::Logprobs;
use crate::problem::TaskId;
use crate::shown::shown;

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions that stand above the conversation.
    System,
    /// Who asks.
    User,
    /// The model. Such a message last is the beginning of the answer, where the API allows that.
    Assistant,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// The text.
    pub content: String,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// A conversation, for chat models.
    Chat(Vec<Message>),
    /// A text to continue, for base models. A chat API gets it as one user's message.
    Text(String),
    /// What is before and after a text that is to be filled in, for base models that can. A chat API gets it as one
    /// user's message, with [`GAP`] between the two.
    Infill {
        /// What is before.
        prefix: String,
        /// What is after.
        suffix: String,
    },
}

/// What stands where a text is to be filled in, in a prompt that is one text.
pub const GAP: &str = "<FILL_IN_HERE>";

impl Message {
    /// A message.
    pub fn new(role: Role, content: impl Into<String>) -> Message {
        Message { role, content: content.into() }
    }
}

impl Prompt {
    /// A conversation of one user's message.
    pub fn user(content: impl Into<String>) -> Prompt {
        Prompt::Chat(vec![Message::new(Role::User, content)])
    }

    /// The prompt as messages.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Prompt::Chat(messages) => messages.clone(),
            Prompt::Text(_) | Prompt::Infill { .. } => vec![Message::new(Role::User, self.text())],
        }
    }

    /// The prompt as one text: messages are parted by an empty line, and who says them is lost.
    pub fn text(&self) -> String {
        match self {
            Prompt::Text(text) => text.clone(),
            Prompt::Infill { prefix, suffix } => format!("{prefix}{GAP}{suffix}"),
            Prompt::Chat(messages) => {
                let contents: Vec<&str> = messages.iter().map(|message| message.content.as_str()).collect();
                contents.join("\n\n")
            }
        }
    }

    /// Whether there are instructions in it that stand above the conversation.
    pub fn has_system_message(&self) -> bool {
        matches!(self, Prompt::Chat(messages) if messages.iter().any(|message| message.role == Role::System))
    }

    /// Its bytes.
    pub fn len(&self) -> usize {
        match self {
            Prompt::Text(text) => text.len(),
            Prompt::Infill { prefix, suffix } => prefix.len() + suffix.len(),
            Prompt::Chat(messages) => messages.iter().map(|message| message.content.len()).sum(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A guess at its tokens, for limits: a token is about four bytes of English or code.
    pub fn estimated_tokens(&self) -> u64 {
        self.len().div_ceil(4) as u64
    }
}

/// How the model is to answer. What is not set is left to the server, and is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// How random the choice of tokens is; 0 for the likeliest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Only tokens within this share of the probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The most tokens of an answer, thinking included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Texts before which the answer ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// Seed of sample 0. A sample gets this plus its index, and a request of its own where that has one seed: samples
    /// would be the same otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether to ask for the log probabilities of the answer's tokens.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub logprobs: bool,
    /// How much a reasoning model thinks: `low`, `medium`, `high`, or what else the server knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<String>,
    /// Fields that are put into the request as they are; one of the same name as another wins.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A field that is not `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a field of the request; give KEY=VALUE, as in top_k=40 or stop=[\"END\"]", shown(_0))]
pub struct ParameterError(pub String);

impl Parameters {
    /// Adds a field from `KEY=VALUE`. The value is JSON if it can be, a string otherwise. Dots in the key lead into
    /// objects: `thinking.type=adaptive`.
    ///
    /// # Errors
    ///
    /// When there is no `=`, or a part of the key is empty.
    pub fn add_extra(&mut self, text: &str) -> Result<(), ParameterError> {
        let error = || ParameterError(text.to_owned());
        let (key, value) = text.split_once('=').ok_or_else(error)?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        let mut parts: Vec<&str> = key.split('.').map(str::trim).collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(error());
        }
        let last = parts.pop().ok_or_else(error)?;
        let mut fields = &mut self.extra;
        for part in parts {
            let inner = fields.entry(part).or_insert_with(|| Value::Object(Map::new()));
            fields = inner.as_object_mut().ok_or_else(error)?;
        }
        fields.insert(last.to_owned(), value);
        Ok(())
    }

    /// The seed of a request, by the index of its first sample.
    pub fn seed_of(&self, first_sample: u32) -> Option<i64> {
        self.seed.map(|seed| seed.wrapping_add(i64::from(first_sample)))
    }
}

/// One request: some samples of one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The problem. Servers do not see it.
    pub task_id: TaskId,
    /// What is sent.
    pub prompt: Arc<Prompt>,
    /// How to answer.
    pub parameters: Arc<Parameters>,
    /// Which samples of the task are asked for. Never empty.
    pub samples: Range<u32>,
    /// What the server refuses, and the request therefore does without.
    pub left_out: Additions,
}

impl Query {
    /// How many samples are asked for.
    pub fn count(&self) -> u32 {
        self.samples.end.saturating_sub(self.samples.start)
    }

    /// The prompt as messages. For a server that takes none of the system's, its text begins the first user's.
    pub fn messages(&self) -> Vec<Message> {
        let mut messages = self.prompt.messages();
        if !self.left_out.contains(Addition::SystemMessage) {
            return messages;
        }
        let mut system = Vec::new();
        messages.retain_mut(|message| {
            if message.role == Role::System {
                system.push(std::mem::take(&mut message.content));
            }
            message.role != Role::System
        });
        if let Some(first) = messages.iter_mut().find(|message| message.role == Role::User) {
            system.push(std::mem::take(&mut first.content));
            first.content = system.join("\n\n");
        } else if !system.is_empty() {
            messages.insert(0, Message::new(Role::User, system.join("\n\n")));
        }
        messages
    }

    /// The seed of the request, that of its first sample.
    pub fn seed(&self) -> Option<i64> {
        self.parameters.seed_of(self.samples.start).filter(|_| !self.left_out.contains(Addition::Seed))
    }

    /// The texts before which the server is to end an answer.
    pub fn stop(&self) -> &[String] {
        if self.left_out.contains(Addition::Stop) { &[] } else { &self.parameters.stop }
    }

    /// Which of these additions the request has, by what is asked.
    pub fn additions(&self, possible: &[Addition]) -> Additions {
        let has = |addition: &Addition| match addition {
            Addition::SeveralAnswers => self.count() > 1,
            Addition::SystemMessage => self.prompt.has_system_message(),
            Addition::TokenLimit => self.parameters.max_tokens.is_some(),
            Addition::StreamUsage => self.parameters.extra.get("stream") == Some(&Value::Bool(true)),
            Addition::Stop => !self.parameters.stop.is_empty(),
            Addition::Seed => self.parameters.seed.is_some(),
        };
        possible.iter().copied().filter(has).filter(|addition| !self.left_out.contains(*addition)).collect()
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model was done, or a stop text came.
    Stop,
    /// It reached the limit of tokens.
    Length,
    /// A filter of the server ended it.
    ContentFilter,
    /// The model refused, as the API reports it.
    Refusal,
    /// Anything else, or the server did not say.
    Other,
}

/// Tokens of an answer. What the server did not say is unknown, never zero.
///
/// Where one request had several answers, the server counts them together; each answer then holds its share, and the
/// shares add up to the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt, those from the server's cache included.
    pub input: Option<u64>,
    /// Tokens of the answer, thinking included.
    pub output: Option<u64>,
    /// Those tokens of the prompt that came from the server's cache.
    pub cached: Option<u64>,
    /// Those tokens of the answer that were thinking.
    pub reasoning: Option<u64>,
}

impl Usage {
    /// The share of each of `parts` answers, the sum of which is this. Larger shares come first.
    pub fn shares(self, parts: usize) -> impl Iterator<Item = Usage> {
        let parts = parts as u64;
        let share = move |count: Option<u64>, part: u64| {
            count.map(|count| count / parts + u64::from(part < count % parts))
        };
        (0..parts).map(move |part| Usage {
            input: share(self.input, part),
            output: share(self.output, part),
            cached: share(self.cached, part),
            reasoning: share(self.reasoning, part),
        })
    }
}

/// What a model answered to one sample, before anything is taken from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawAnswer {
    /// The text, without thinking that the API keeps apart.
    pub text: String,
    /// Thinking that the API keeps apart; no code is looked for in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<String>,
    /// Why it ended.
    pub finish: FinishReason,
    /// Its tokens.
    #[serde(default)]
    pub usage: Usage,
    /// How long the request took that brought it, in milliseconds, without waits and failed attempts; 0 if unknown.
    pub latency_ms: u64,
    /// The model's name as the server gave it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_model: Option<String>,
    /// Log probabilities as the server wrote them, where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Logprobs>,
    /// What the text is, where its source says so: then it is taken as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Whether the server counts far fewer tokens of the prompt than it can have: the server may have cut it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prompt_cut: bool,
    /// What its request did without, since the server refuses it.
    #[serde(default, skip_serializing_if = "Additions::is_empty")]
    pub left_out: Additions,
}

/// The most bytes of an answer's text that may be an answer. The longest that models give, thinking included, have some
/// hundred thousand; to find the code in one takes a hundred times the memory that it has.
pub const LONGEST_TEXT: usize = 2 << 20;

impl RawAnswer {
    /// An answer of which only the text is known.
    pub fn new(text: impl Into<String>) -> RawAnswer {
        RawAnswer {
            text: text.into(),
            thinking: None,
            finish: FinishReason::Other,
            usage: Usage::default(),
            latency_ms: 0,
            served_model: None,
            logprobs: None,
            form: None,
            prompt_cut: false,
            left_out: Additions::default(),
        }
    }

    /// Whether its text is longer than any that is looked for code in: see [`LONGEST_TEXT`].
    pub fn is_too_long(&self) -> bool {
        self.text.len() > LONGEST_TEXT
    }

    /// Whether the server kept the answer back: it is not the model's, and no program can be judged.
    pub fn is_withheld(&self) -> bool {
        matches!(self.finish, FinishReason::ContentFilter | FinishReason::Refusal)
            && self.text.trim().is_empty()
    }

    /// Whether there is no text in it although nothing kept or cut it.
    pub fn is_empty(&self) -> bool {
        matches!(self.finish, FinishReason::Stop | FinishReason::Other) && self.text.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn extra_fields_are_json_or_text() {
        let mut parameters = Parameters::default();
        for field in [
            "top_k=40",
            "stop=[\"a=b\"]",
            "style=plain text",
            "empty=",
            "thinking.type=on",
            "thinking.budget_tokens=9",
        ] {
            parameters.add_extra(field).unwrap();
        }
        let expected = json!({
            "top_k": 40, "stop": ["a=b"], "style": "plain text", "empty": "",
            "thinking": {"type": "on", "budget_tokens": 9}
        });
        assert_eq!(Value::Object(parameters.extra.clone()), expected);
        for wrong in ["top_k", "=1", "a.=1", "top_k.x=1"] {
            assert_eq!(parameters.add_extra(wrong), Err(ParameterError(wrong.to_owned())), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_set_is_written() {
        assert_eq!(serde_json::to_value(Parameters::default()).unwrap(), json!({}));
        assert_eq!(serde_json::from_value::<Parameters>(json!({})).unwrap(), Parameters::default());
        let answer = serde_json::to_value(RawAnswer::new("x")).unwrap();
        let usage = json!({"input": null, "output": null, "cached": null, "reasoning": null});
        assert_eq!(answer, json!({"text": "x", "finish": "other", "usage": usage, "latency_ms": 0}));
    }

    #[test]
    fn a_filtered_answer_with_text_is_not_withheld() {
        let mut answer = RawAnswer { finish: FinishReason::ContentFilter, ..RawAnswer::new(" \n") };
        assert!(answer.is_withheld());
        answer.text = "def f(".into();
        assert!(!answer.is_withheld());
        assert!(!RawAnswer::new("").is_withheld());
        assert!(!RawAnswer::new("x".repeat(LONGEST_TEXT)).is_too_long());
        assert!(RawAnswer::new("x".repeat(LONGEST_TEXT + 1)).is_too_long());
    }

    #[test]
    fn what_a_system_message_says_is_not_lost_with_it() {
        let prompt = Prompt::Chat(vec![
            Message::new(Role::System, "Be brief."),
            Message::new(Role::User, "Add."),
            Message::new(Role::Assistant, "1"),
            Message::new(Role::User, "Again."),
        ]);
        let parameters =
            Arc::new(Parameters { seed: Some(3), stop: vec!["x".into()], ..Parameters::default() });
        let mut query = Query {
            task_id: "t".into(),
            prompt: Arc::new(prompt),
            parameters,
            samples: 2..4,
            left_out: Additions::default(),
        };
        assert_eq!((query.messages().len(), query.seed(), query.stop().len()), (4, Some(5), 1));
        let all = query.additions(&Addition::ALL);
        assert!(all.contains(Addition::SeveralAnswers) && !all.contains(Addition::TokenLimit));
        query.left_out = all;
        let messages = query.messages();
        assert_eq!((messages.len(), messages[0].content.as_str()), (3, "Be brief.\n\nAdd."));
        assert_eq!((query.seed(), query.stop().len()), (None, 0));
        assert!(query.additions(&Addition::ALL).is_empty());
    }

    proptest! {
        #[test]
        fn shares_add_up(input in proptest::option::of(0_u64..1000), output in 0_u64..1000, parts in 1_usize..9) {
            let usage = Usage { input, output: Some(output), ..Usage::default() };
            let shares: Vec<Usage> = usage.shares(parts).collect();
            prop_assert_eq!(shares.len(), parts);
            prop_assert_eq!(shares.iter().map(|share| share.input).sum::<Option<u64>>(), input);
            prop_assert_eq!(shares.iter().map(|share| share.output).sum::<Option<u64>>(), Some(output));
            prop_assert!(shares.iter().all(|share| share.cached.is_none()));
        }
    }
}
