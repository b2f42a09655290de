//! Which fields of a server's JSON are kept: those that a protocol here reads. Servers add many of their own, and a
//! body of 40 MB of them would take 1.4 GB as values.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::mend::mended;
use crate::complete::logprobs::is_shallow;

/// Every field that some protocol reads.
const READ: [&str; 44] = [
    // OpenAI's and those of compatible servers
    "choices",
    "index",
    "message",
    "delta",
    "text",
    "content",
    "refusal",
    "reasoning_content",
    "reasoning",
    "finish_reason",
    "model",
    "usage",
    "prompt_tokens",
    "prompt_tokens_details",
    "cached_tokens",
    "prompt_cache_hit_tokens",
    "completion_tokens",
    "completion_tokens_details",
    "reasoning_tokens",
    "timings",
    // Anthropic's
    "type",
    "thinking",
    "stop_reason",
    "content_block",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    // Gemini's
    "candidates",
    "parts",
    "thought",
    "finishReason",
    "promptFeedback",
    "blockReason",
    "usageMetadata",
    "promptTokenCount",
    "candidatesTokenCount",
    "cachedContentTokenCount",
    "thoughtsTokenCount",
    "modelVersion",
    // Errors
    "error",
    "code",
    "status",
    "param",
];

/// The fields that are kept as the text of their JSON, where log probabilities are asked for.
const LOGPROBS: [&str; 2] = ["logprobs", "logprobsResult"];

/// The most values of one body or event, log probabilities aside. An answer has a few dozen.
pub(super) const MOST_VALUES: usize = 100_000;

/// Reads the JSON of one reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeper {
    keeps_logprobs: bool,
}

/// Why JSON was not read.
#[derive(Debug)]
pub(super) enum UnreadJson {
    /// It is no JSON.
    Invalid(serde_json::Error),
    /// It has more values than this.
    TooMany(usize),
}

impl Keeper {
    /// Keeps what a protocol reads, and log probabilities if they were asked for.
    pub(super) fn new(keeps_logprobs: bool) -> Keeper {
        Keeper { keeps_logprobs }
    }

    /// Whether log probabilities are kept.
    pub(super) fn keeps_logprobs(self) -> bool {
        self.keeps_logprobs
    }

    /// The value of a body, or of an event. Log probabilities are kept as a string that holds their JSON. What is
    /// almost JSON is mended.
    ///
    /// # Errors
    ///
    /// When it is not JSON, or too much of it would be kept.
    pub(super) fn parse(self, json: &str) -> Result<Value, UnreadJson> {
        match self.parse_strictly(json) {
            Err(UnreadJson::Invalid(error)) => match mended(json) {
                Some(mended) => self.parse_strictly(&mended),
                None => Err(UnreadJson::Invalid(error)),
            },
            other => other,
        }
    }

    fn parse_strictly(self, json: &str) -> Result<Value, UnreadJson> {
        let left = Left {
            keeps_logprobs: self.keeps_logprobs,
            values: Cell::new(MOST_VALUES),
            is_exceeded: Cell::new(false),
        };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let value = Kept { left: &left, part: Part::Read }.deserialize(&mut deserializer);
        value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| {
            if left.is_exceeded.get() { UnreadJson::TooMany(MOST_VALUES) } else { UnreadJson::Invalid(error) }
        })
    }
}

/// How many values may still be kept.
struct Left {
    keeps_logprobs: bool,
    values: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl Left {
    fn take<E: Error>(&self) -> Result<(), E> {
        match self.values.get().checked_sub(1) {
            Some(fewer) => {
                self.values.set(fewer);
                Ok(())
            }
            None => {
                self.is_exceeded.set(true);
                Err(E::custom("too many values"))
            }
        }
    }
}

/// What a value is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What a protocol reads some fields of.
    Read,
    /// An error, of which all is kept.
    Error,
    /// Log probabilities, of which the text is kept.
    Logprobs,
}

#[derive(Clone, Copy)]
struct Kept<'l> {
    left: &'l Left,
    part: Part,
}

impl Kept<'_> {
    /// What the field of that name is part of; nothing if it is not kept.
    fn field(self, name: &str) -> Option<Self> {
        let part = match self.part {
            Part::Error | Part::Logprobs => self.part,
            Part::Read if LOGPROBS.contains(&name) && self.left.keeps_logprobs => Part::Logprobs,
            Part::Read if name == "error" => Part::Error,
            Part::Read if READ.contains(&name) => Part::Read,
            Part::Read => return None,
        };
        Some(Kept { part, ..self })
    }

    fn leaf<E: Error>(self, value: Value) -> Result<Value, E> {
        self.left.take()?;
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.part != Part::Logprobs {
            return deserializer.deserialize_any(self);
        }
        let json = Box::<str>::from(Box::<RawValue>::deserialize(deserializer)?);
        if &*json == "null" {
            return self.leaf(Value::Null);
        }
        if !is_shallow(&json) {
            return Err(D::Error::custom("log probabilities are nested too deeply"));
        }
        self.leaf(Value::String(json.into()))
    }
}

impl<'de> Visitor<'de> for Kept<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.leaf(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.leaf(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.leaf(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.leaf(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.leaf(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.leaf(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        self.leaf(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.left.take()?;
        let mut kept = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            kept.push(item);
        }
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        self.left.take()?;
        let mut kept = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            match self.field(&name) {
                Some(part) => drop(kept.insert(name, fields.next_value_seed(part)?)),
                None => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_read_is_kept_and_nothing_else() {
        let reply = json!({
            "id": "x", "model": "m", "choices": [{"index": 0, "message": {"content": "a", "audio": [1]},
                "logprobs": {"content": [{"token": "a", "bytes": [97]}]}}],
            "error": {"metadata": {"raw": [1.5, -2, true, null]}},
        });
        let mut kept = reply.clone();
        kept.as_object_mut().unwrap().shift_remove("id");
        kept["choices"][0]["message"].as_object_mut().unwrap().shift_remove("audio");
        kept["choices"][0]["logprobs"] = json!(kept["choices"][0]["logprobs"].to_string());
        assert_eq!(Keeper::new(true).parse(&reply.to_string()).unwrap(), kept);
        kept["choices"][0].as_object_mut().unwrap().shift_remove("logprobs");
        assert_eq!(Keeper::new(false).parse(&reply.to_string()).unwrap(), kept);
    }

    #[test]
    fn only_so_many_values_are_kept() {
        let many = |field: &str, item: &str, count: usize| {
            format!("{{\"{field}\": [{}0]}}", format!("{item},").repeat(count))
        };
        let keeper = Keeper::new(true);
        let limit = |json: &str| match keeper.parse(json) {
            Ok(_) => None,
            Err(UnreadJson::TooMany(limit)) => Some(limit),
            Err(other) => panic!("{other:?}"),
        };
        for item in ["0", "{}", "[]", "\"\"", "{\"a\": 0}", "[0]"] {
            assert_eq!(limit(&many("choices", item, MOST_VALUES)), Some(MOST_VALUES), "{item}");
            assert_eq!(limit(&many("unknown", item, MOST_VALUES)), None, "{item}");
            assert_eq!(limit(&many("logprobs", item, MOST_VALUES)), None, "{item}");
        }
        assert_eq!(limit(&many("choices", "0", MOST_VALUES / 2)), None);
        assert!(matches!(keeper.parse("{} {}"), Err(UnreadJson::Invalid(_))));
    }

    #[test]
    fn deep_json_is_refused() {
        for field in ["choices", "error", "logprobs"] {
            for open in ["[", "{\"content\":"] {
                let deep = format!("{{\"{field}\": {}", open.repeat(100_000));
                assert!(matches!(Keeper::new(true).parse(&deep), Err(UnreadJson::Invalid(_))));
            }
        }
    }
}
