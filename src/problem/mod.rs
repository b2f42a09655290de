//! What a model is asked to solve: [`Problem`], the hidden [`Test`]s that judge an answer, and the [`ProblemSet`] that
//! they come in. Reading them from files is [`load`]'s part.

use std::borrow::Borrow;
use std::fmt;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::sandbox::{Bytes, Fuel};
use crate::shown::shown;

pub mod comparison;
mod dataset;
pub mod format;
pub mod load;
pub mod locate;
mod packages;
mod program_files;
mod set;
mod test;

pub use crate::language::{Interpreter, Language};
pub use comparison::Comparison;
pub use dataset::{Dataset, UpstreamRules};
pub use program_files::{FileName, NotAFileName, ProgramFiles};
pub use set::{Entry, ProblemSet, ProblemSetBuilder, SetFacts, StoreError};
pub use test::{Test, TestBody, TestGroup, TestKind};

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

/// For people: a name that is long or could steer a terminal is shown as [`shown`] does. [`TaskId::as_str`] is the
/// name.
impl fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(&self.0).fmt(formatter)
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

/// One problem: what the model sees, and what only the judge sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name within the set.
    pub task_id: TaskId,
    /// The language of prompt, completion and tests.
    pub language: Language,
    /// The interpreter that every program of it is to be run by, where that is not for the text to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
    /// What is asked, by natural language (`en`, `zh`), the default first. Empty where the prompt says it all.
    pub statements: IndexMap<String, String>,
    /// Code that the set puts before every program, whether it goes on with the prompt or not: imports, classes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preamble: String,
    /// Code that the set puts behind every program: what the program is to find there, whatever it defines itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub epilogue: String,
    /// Packages that a program gets an import of where it or its tests use them, in a language that refuses imports that
    /// are not used: Go's paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
    /// Code that the model continues; a program begins with it. Empty where a completion is a whole program.
    pub prompt: String,
    /// Code that follows the completion, where a problem is to fill in what is between it and the prompt; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Code that is shown to the model as a start (a signature, an empty class) and is not part of the program.
    pub starter_code: Option<String>,
    /// The name under which tests in Python are given an answer as a text: they insert it in code of their own and
    /// execute that, so that nothing of it can run apart from them. The prompt is the code that stands before it there.
    /// Nothing where an answer is a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_name: Option<String>,
    /// Texts at which a completion is cut, the earliest occurrence first.
    pub stop_tokens: Vec<String>,
    /// The function that the tests call, as a function of the program or a method of its class `Solution`. Tests by
    /// calls need it.
    pub entry_point: Option<String>,
    /// The names of the entry point's parameters, where the set gives its signature.
    pub parameters: Vec<String>,
    /// What every input fulfils: expressions over the parameters, in the problem's language; for programs that read
    /// standard input, sentences. Empty where the set says nothing.
    pub input_constraints: Vec<String>,
    /// Solutions that are right, the one that sets limits first. Each is what a completion would be.
    pub references: Vec<Solution>,
    /// Solutions that are known to be wrong.
    pub wrong: Vec<Solution>,
    /// Code that runs before each test by assertions, in place of the tests.
    pub setup: String,
    /// Files that programs read and write in place of the standard streams.
    #[serde(default, skip_serializing_if = "ProgramFiles::is_empty")]
    pub files: ProgramFiles,
    /// What decides whether a completion is right, in order. Never shown to a model or a candidate.
    pub tests: Vec<Test>,
    /// When an answer counts as the expected one, for tests by calls and stdio.
    pub comparison: Comparison,
    /// The problem's own limits.
    pub limits: ProblemLimits,
    /// What is known about it.
    pub facts: Facts,
}

/// A program that is known to be right or wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// What to call it; for a wrong one, what is wrong with it.
    pub name: String,
    /// The language that it is written in, where that is not the problem's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The text.
    pub source: String,
    /// For a wrong one: the name of the verdict that it must get, if any will not do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
}

impl Solution {
    /// A solution in the problem's own language.
    pub fn new(name: impl Into<String>, source: impl Into<String>) -> Solution {
        Solution { name: name.into(), language: None, source: source.into(), verdict: None }
    }

    /// Whether it is written in the language of its problem.
    pub fn is_in_language_of(&self, problem: &Problem) -> bool {
        self.language.is_none_or(|language| language == problem.language)
    }
}

/// Limits that a problem sets for one test, in place of the general rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProblemLimits {
    /// Fuel.
    pub fuel: Option<Fuel>,
    /// The time limit that its authors set, in seconds of native speed.
    pub seconds: Option<f64>,
    /// Memory that the program itself may use, beside the interpreter's own.
    pub memory: Option<Bytes>,
}

/// What is known about a problem, for choosing and grouping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// A title.
    pub title: Option<String>,
    /// How hard it is, in the set's own words (`introductory`, `interview`, `competition`; `easy`, `medium`, `hard`).
    pub difficulty: Option<String>,
    /// What it is about.
    pub tags: Vec<String>,
    /// Where it comes from: a contest site, say.
    pub source: Option<String>,
    /// The day on which it was published.
    pub date: Option<Date>,
    /// Where it can be read.
    pub url: Option<String>,
}

impl Problem {
    /// A problem without any content.
    pub fn new(task_id: impl Into<TaskId>, language: Language) -> Problem {
        Problem {
            task_id: task_id.into(),
            language,
            interpreter: None,
            statements: IndexMap::new(),
            preamble: String::new(),
            epilogue: String::new(),
            imports: Vec::new(),
            prompt: String::new(),
            suffix: None,
            starter_code: None,
            text_name: None,
            stop_tokens: Vec::new(),
            entry_point: None,
            parameters: Vec::new(),
            input_constraints: Vec::new(),
            references: Vec::new(),
            wrong: Vec::new(),
            setup: String::new(),
            files: ProgramFiles::default(),
            tests: Vec::new(),
            comparison: Comparison::default(),
            limits: ProblemLimits::default(),
            facts: Facts::default(),
        }
    }

    /// The reference solution: the first that is in the problem's language.
    pub fn reference(&self) -> Option<&Solution> {
        self.references.iter().find(|solution| solution.is_in_language_of(self))
    }

    /// Whether tests leave what they expect to the reference solution, so that nothing can be judged without it.
    pub fn needs_reference(&self) -> bool {
        self.tests.iter().any(|test| matches!(test.body, TestBody::Call { expected: None, .. }))
    }

    /// The problem with a statement in English.
    #[must_use]
    pub fn stated(mut self, statement: impl Into<String>) -> Problem {
        self.statements.insert("en".to_owned(), statement.into());
        self
    }

    /// The kinds of its tests, each once.
    pub fn kinds(&self) -> Vec<TestKind> {
        let mut kinds: Vec<TestKind> = self.tests.iter().map(Test::kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
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
        let hostile = TaskId::from(format!("a\n\x1b[2J{}", "b".repeat(200_000)));
        assert!(hostile.to_string().starts_with("a\\n\\u{1b}[2Jbbb") && hostile.to_string().len() < 500);
        let map: IndexMap<TaskId, u8> = [(task_id, 1)].into_iter().collect();
        assert_eq!(map.get("HumanEval/7"), Some(&1));
    }

    #[test]
    fn the_reference_is_the_first_solution_in_the_problems_language() {
        let mut problem = Problem::new("p", Language::Python);
        assert_eq!(problem.reference(), None);
        let cpp = Solution { language: Some(Language::Cpp), ..Solution::new("first", "int main() {}") };
        problem.references = vec![cpp, Solution::new("second", "pass")];
        assert_eq!(problem.reference().map(|solution| solution.name.as_str()), Some("second"));
    }
}
