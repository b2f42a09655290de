//! What a model is asked to solve: [`Problem`], the hidden [`Test`] that judges an answer, and the
//! [`ProblemSet`] that they come in. Reading them from files is [`load`]'s part.

use std::borrow::Borrow;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub mod load;

/// The name of a problem within its set, `HumanEval/0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(String);

impl TaskId {
    /// A task id from its text.
    pub fn new(text: impl Into<String>) -> Self {
        TaskId(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

// Sound because the derived Eq, Ord and Hash are those of the string.
impl Borrow<str> for TaskId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for TaskId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TaskId {
    fn from(text: &str) -> Self {
        TaskId::new(text)
    }
}

impl From<String> for TaskId {
    fn from(text: String) -> Self {
        TaskId::new(text)
    }
}

/// The programming language of a problem's solutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Python 3.
    Python,
}

impl Language {
    /// The name in records, and of the folder in `runners/`.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A published problem set, or one in the format of such a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Dataset {
    /// OpenAI's HumanEval: complete a Python function from its signature and docstring.
    HumanEval,
}

impl Dataset {
    /// The name, as its authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Dataset::HumanEval => "HumanEval",
        }
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// One problem: what the model sees, and what only the judge sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name within the set.
    pub task_id: TaskId,
    /// The text that the model continues; a program begins with it.
    pub prompt: String,
    /// The function that the tests call.
    pub entry_point: String,
    /// The reference completion, where the set has one.
    pub reference: Option<String>,
    /// What decides whether a completion is right. Never shown to a model or a candidate.
    pub test: Test,
    /// The language of prompt, completion and test.
    pub language: Language,
}

/// What decides whether a completion is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Test {
    /// Code that calls the candidate and asserts what it answers. For HumanEval it defines `check(candidate)`.
    Assertions {
        /// The code, in the problem's language.
        source: String,
    },
}

/// Problems that belong together, in the order of their file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemSet {
    /// What to call it in reports: the file's name without its extensions.
    pub name: String,
    /// The set whose format and rules it follows.
    pub dataset: Dataset,
    /// BLAKE3 of the file's content after decompression, in hexadecimal.
    pub digest: String,
    /// The problems by name, in the order of the file. Never empty when loaded from a file.
    pub problems: IndexMap<TaskId, Problem>,
}

impl ProblemSet {
    /// The problem of that name.
    pub fn get(&self, task_id: &str) -> Option<&Problem> {
        self.problems.get(task_id)
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// Whether there is no problem at all.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_id_is_its_text_in_json_and_in_maps() {
        let task_id = TaskId::from("HumanEval/7");
        assert_eq!(serde_json::to_string(&task_id).unwrap(), r#""HumanEval/7""#);
        assert_eq!(serde_json::from_str::<TaskId>(r#""HumanEval/7""#).unwrap(), task_id);
        assert_eq!(format!("{task_id:>12}"), " HumanEval/7");
        let map: IndexMap<TaskId, u8> = [(task_id, 1)].into_iter().collect();
        assert_eq!(map.get("HumanEval/7"), Some(&1));
    }

    #[test]
    fn names_are_those_of_the_records() {
        assert_eq!(serde_json::to_value(Language::Python).unwrap(), Language::Python.name());
        assert_eq!(serde_json::to_value(Dataset::HumanEval).unwrap(), Dataset::HumanEval.name());
    }
}
