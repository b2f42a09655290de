//! What Karat puts into requests beside what the user asks for, and leaves out where a server refuses it.
//!
//! A server that refuses one of these refuses every request, in words of its own. So a refused request is sent again
//! without them, one after the other; what it is answered without is left out of all others, and said once.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that a request can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addition {
    /// A number of answers, where a request asks for several.
    #[serde(rename = "n")]
    SeveralAnswers,
    /// A message of the system: its text then begins the user's.
    SystemMessage,
    /// The name of the field that limits an answer's tokens: there are two of them.
    #[serde(rename = "token_limit_name")]
    TokenLimit,
    /// That the end of a stream is to tell its tokens.
    #[serde(rename = "stream_options")]
    StreamUsage,
    /// Texts before which an answer ends: it is then cut here.
    Stop,
    /// A seed.
    Seed,
}

impl Addition {
    /// All of them, those first that are refused most often.
    pub const ALL: [Addition; 6] = [
        Addition::SeveralAnswers,
        Addition::SystemMessage,
        Addition::TokenLimit,
        Addition::StreamUsage,
        Addition::Stop,
        Addition::Seed,
    ];

    /// Its name in results.
    pub fn name(self) -> &'static str {
        match self {
            Addition::SeveralAnswers => "n",
            Addition::SystemMessage => "system_message",
            Addition::TokenLimit => "token_limit_name",
            Addition::StreamUsage => "stream_options",
            Addition::Stop => "stop",
            Addition::Seed => "seed",
        }
    }

    /// What is done instead, as a sentence.
    pub fn instead(self) -> &'static str {
        match self {
            Addition::SeveralAnswers => "each request asks for one answer",
            Addition::SystemMessage => "what the system's message says begins the user's",
            Addition::TokenLimit => "the limit of tokens goes by its other name",
            Addition::StreamUsage => "streams are not asked for their tokens",
            Addition::Stop => "answers are cut here at the stop texts",
            Addition::Seed => "requests have no seed, and another run gets other answers",
        }
    }

    /// Whether a refusal in these words is likely to be of this.
    fn is_named_in(self, words: &str) -> bool {
        let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        match self {
            Addition::SeveralAnswers => {
                any(&["`n`", "'n'", "\"n\"", "best_of", "choice", "completions per", "only one", "multiple"])
                    || words.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "n")
            }
            Addition::SystemMessage => any(&["system", "role", "developer", "instruction"]),
            Addition::TokenLimit => any(&["max_tokens", "max_completion_tokens", "max_new_tokens"]),
            Addition::StreamUsage => any(&["stream_options", "include_usage"]),
            Addition::Stop => any(&["stop"]),
            Addition::Seed => any(&["seed"]),
        }
    }

    /// Whether words that may be of anything, as those of a failure, name this.
    fn is_surely_named_in(self, words: &str) -> bool {
        let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        let quoted =
            |name: &str| ['`', '\'', '"'].iter().any(|mark| words.contains(&format!("{mark}{name}{mark}")));
        match self {
            Addition::SeveralAnswers => {
                quoted("n") || any(&["best_of", "completion choice", "multiple choices"])
            }
            Addition::SystemMessage => {
                any(&[
                    "system role",
                    "system message",
                    "system prompt",
                    "roles must alternate",
                    "developer role",
                ]) || quoted("system")
            }
            Addition::TokenLimit | Addition::StreamUsage => self.is_named_in(words),
            Addition::Stop => quoted("stop") || any(&["stop sequence", "stop word", "stop text"]),
            Addition::Seed => quoted("seed"),
        }
    }
}

/// Some additions; in records, a list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Addition>", into = "Vec<Addition>")]
pub struct Additions(u8);

impl From<Vec<Addition>> for Additions {
    fn from(additions: Vec<Addition>) -> Additions {
        additions.into_iter().collect()
    }
}

impl From<Additions> for Vec<Addition> {
    fn from(additions: Additions) -> Vec<Addition> {
        additions.iter().collect()
    }
}

impl Additions {
    /// Whether this is one of them.
    pub fn contains(self, addition: Addition) -> bool {
        self.0 & (1 << addition as u8) != 0
    }

    /// These and another.
    #[must_use]
    pub fn with(self, addition: Addition) -> Additions {
        Additions(self.0 | (1 << addition as u8))
    }

    /// These and others.
    #[must_use]
    pub fn and(self, others: Additions) -> Additions {
        Additions(self.0 | others.0)
    }

    /// These without others.
    #[must_use]
    pub fn without(self, others: Additions) -> Additions {
        Additions(self.0 & !others.0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Addition> {
        Addition::ALL.into_iter().filter(move |addition| self.contains(*addition))
    }

    /// What to do without, try by try, after a refusal in these words: what they name, each other one, and then all at
    /// once. Another name for a limit is not tried where the prompt is too long: a server that does not know the name
    /// would have no limit.
    pub fn tries(self, refusal: &str) -> Vec<Additions> {
        let words = refusal.to_lowercase();
        let too_long = words.contains("context") || words.contains("too long");
        let possible = self.iter().filter(|addition| !(too_long && *addition == Addition::TokenLimit));
        let (named, others): (Vec<Addition>, Vec<Addition>) =
            possible.partition(|addition| addition.is_named_in(&words));
        let singles = named.into_iter().chain(others).map(|addition| Additions::default().with(addition));
        let mut tries: Vec<Additions> = singles.collect();
        if tries.len() > 1 {
            tries.push(tries.iter().fold(Additions::default(), |all, one| all.and(*one)));
        }
        tries
    }
}

impl Additions {
    /// What to do without, one after the other, where a server fails in words that name some of these.
    pub fn named_in(self, failure: &str) -> Vec<Additions> {
        let words = failure.to_lowercase();
        let named = self.iter().filter(|addition| addition.is_surely_named_in(&words));
        named.map(|addition| Additions::default().with(addition)).collect()
    }
}

impl FromIterator<Addition> for Additions {
    fn from_iter<Items: IntoIterator<Item = Addition>>(additions: Items) -> Additions {
        additions.into_iter().fold(Additions::default(), Additions::with)
    }
}

impl fmt::Display for Additions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<&str> = self.iter().map(Addition::instead).collect();
        formatter.write_str(&all.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refusal_names_is_tried_first_and_all_at_last() {
        let some: Additions =
            [Addition::Seed, Addition::SystemMessage, Addition::SeveralAnswers].into_iter().collect();
        let first = |words: &str| some.tries(words)[0].iter().next().unwrap();
        assert_eq!(first("System role not supported"), Addition::SystemMessage);
        assert_eq!(first("n must be 1 when using greedy sampling, got 2."), Addition::SeveralAnswers);
        assert_eq!(first("Only one completion choice is allowed"), Addition::SeveralAnswers);
        assert_eq!(first("unknown field `seed`"), Addition::Seed);
        assert_eq!(first("no"), Addition::SeveralAnswers);
        let tries = some.tries("no");
        assert_eq!((tries.len(), tries[3]), (4, some));
        assert!(Additions::default().tries("no").is_empty());
        let limit = Additions::default().with(Addition::TokenLimit);
        assert_eq!(limit.tries("Unsupported parameter: 'max_tokens'"), [limit]);
        assert!(limit.tries("maximum context length is 4096, and max_tokens is 5000").is_empty());
    }

    #[test]
    fn a_failure_is_of_an_addition_only_if_it_names_it() {
        let all: Additions = Addition::ALL.into_iter().collect();
        for (words, addition) in [
            ("System role not supported", Addition::SystemMessage),
            ("Conversation roles must alternate user/assistant/...", Addition::SystemMessage),
            ("unexpected keyword argument 'n'", Addition::SeveralAnswers),
            ("got an unexpected keyword argument 'seed'", Addition::Seed),
            ("unknown option max_completion_tokens", Addition::TokenLimit),
        ] {
            assert_eq!(all.named_in(words), [Additions::default().with(addition)], "{words}");
        }
        for words in
            ["Internal system error", "the worker stopped", "only one GPU is left", "", "seeding failed"]
        {
            assert!(all.named_in(words).is_empty(), "{words}");
        }
    }

    #[test]
    fn additions_are_a_set() {
        let one = Additions::default().with(Addition::Stop);
        let both = one.with(Addition::Seed);
        assert!(
            both.contains(Addition::Stop)
                && both.contains(Addition::Seed)
                && !both.contains(Addition::TokenLimit)
        );
        assert_eq!(both.without(one).iter().collect::<Vec<_>>(), [Addition::Seed]);
        assert!(one.without(both).is_empty());
    }

    #[test]
    fn records_have_their_names() {
        let all: Additions = Addition::ALL.into_iter().collect();
        let written = serde_json::to_value(all).unwrap();
        assert_eq!(written, serde_json::json!(Addition::ALL.map(Addition::name)));
        assert_eq!(serde_json::from_value::<Additions>(written).unwrap(), all);
    }
}
