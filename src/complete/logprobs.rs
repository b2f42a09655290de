//! Log probabilities as a server wrote them: JSON that is kept as text. As values, 12 MB of it can take a hundred times
//! as much.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How deep lists and objects may be within each other. Servers need five.
const DEEPEST: usize = 32;

/// The log probabilities of an answer's tokens, in the server's own form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Logprobs(Box<RawValue>);

impl Logprobs {
    /// From JSON.
    ///
    /// # Errors
    ///
    /// When it is not JSON.
    pub fn from_json(json: String) -> Result<Logprobs, serde_json::Error> {
        RawValue::from_string(json).map(Logprobs)
    }

    /// The JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Logprobs {
    fn eq(&self, other: &Logprobs) -> bool {
        self.json() == other.json()
    }
}

/// Whether JSON is nested no deeper than log probabilities are, so that all who read it later can.
pub(super) fn is_shallow(json: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

/// The log probabilities of an answer that comes in pieces: lists of the same name are joined.
#[derive(Debug, Default)]
pub(super) struct JoinedLogprobs {
    /// The only piece so far.
    first: Option<String>,
    /// The JSON of each field, where there were several pieces.
    fields: IndexMap<String, String>,
}

impl JoinedLogprobs {
    /// Adds a piece of JSON. What is no object takes the place of all that came before.
    pub(super) fn push(&mut self, piece: String) {
        if self.first.is_none() && self.fields.is_empty() {
            self.first = Some(piece);
            return;
        }
        if let Some(first) = self.first.take() {
            self.push_fields(first);
        }
        self.push_fields(piece);
    }

    fn push_fields(&mut self, piece: String) {
        let Ok(fields) = serde_json::from_str::<IndexMap<String, &RawValue>>(&piece) else {
            self.fields.clear();
            self.first = Some(piece);
            return;
        };
        self.first = None;
        for (name, value) in fields {
            let value = value.get();
            match self.fields.get_mut(&name) {
                Some(list) if list.starts_with('[') && value.starts_with('[') => append(list, value),
                _ => drop(self.fields.insert(name, value.to_owned())),
            }
        }
    }

    /// All that came; nothing if nothing did.
    pub(super) fn finish(self) -> Option<Logprobs> {
        let json = match self.first {
            Some(json) => json,
            None if self.fields.is_empty() => return None,
            None => {
                let mut json = String::from("{");
                for (position, (name, value)) in self.fields.into_iter().enumerate() {
                    json.push_str(if position == 0 { "" } else { "," });
                    json.push_str(&serde_json::to_string(&name).ok()?);
                    json.push(':');
                    json.push_str(&value);
                }
                json.push('}');
                json
            }
        };
        Logprobs::from_json(json).ok()
    }
}

/// Appends what is in one JSON list to another.
fn append(list: &mut String, more: &str) {
    let inner = |list: &str| list.len() > 2 && !list[1..list.len() - 1].trim().is_empty();
    let part = if inner(list) && inner(more) { "," } else { "" };
    list.pop();
    list.push_str(part);
    list.push_str(&more[1..]);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn joined(pieces: &[&str]) -> Value {
        let mut all = JoinedLogprobs::default();
        pieces.iter().for_each(|piece| all.push((*piece).to_owned()));
        all.finish().map_or(Value::Null, |logprobs| serde_json::from_str(logprobs.json()).unwrap())
    }

    #[test]
    fn lists_of_pieces_are_joined() {
        assert_eq!(joined(&[]), Value::Null);
        assert_eq!(joined(&[" {\"content\" : [ 1 ] } "]), json!({"content": [1]}));
        let pieces = [
            "{\"content\":[1, [2]],\"refusal\":null}",
            "{\"content\":[]}",
            "{\"content\":[ \"]\" ], \"é\":2}",
        ];
        assert_eq!(joined(&pieces), json!({"content": [1, [2], "]"], "refusal": null, "é": 2}));
        assert_eq!(joined(&["{\"a\":[]}", "{\"a\":[1]}", "{\"a\":3}"]), json!({"a": 3}));
        assert_eq!(joined(&["{\"a\":[ ]}", "{\"a\":[ ]}"]), json!({"a": []}));
        assert_eq!(joined(&["[1]", "[2]"]), json!([2]));
        assert_eq!(joined(&["{\"a\":[1]}", "[2]", "{\"a\":[3]}"]), json!({"a": [3]}));
    }

    #[test]
    fn depth_is_that_of_brackets_outside_of_strings() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_shallow(&nested(DEEPEST)) && !is_shallow(&nested(DEEPEST + 1)));
        assert!(is_shallow(&format!("[{}]", vec![nested(3); 100].join(","))));
        assert!(is_shallow(&format!("\"\\\"{}\"", "[".repeat(100))));
        assert!(!is_shallow(&format!("{{\"\\\\\":{}", "[".repeat(100))));
    }

    #[test]
    fn it_is_written_as_it_came() {
        let logprobs = Logprobs::from_json("{\"a\": 1.10, \"b\": [1e400]}".to_owned()).unwrap();
        let text = serde_json::to_string(&logprobs).unwrap();
        assert_eq!(text, logprobs.json());
        assert_eq!(serde_json::from_str::<Logprobs>(&text).unwrap(), logprobs);
        assert!(Logprobs::from_json("{".to_owned()).is_err());
    }
}
