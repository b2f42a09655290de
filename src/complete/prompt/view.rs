//! What a template may show of a problem. Hidden tests and solutions are not in it, so no template can reach them.

use serde::Serialize;

use super::PromptError;
use crate::problem::{Language, Problem, TestBody, TestKind};

/// What a template may name: the fields of [`View`].
pub const NAMES: [&str; 11] = [
    "title",
    "statement",
    "prompt",
    "suffix",
    "starter_code",
    "entry_point",
    "language",
    "fence",
    "is_function",
    "assertions",
    "examples",
];

/// A problem as a model may see it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View<'a> {
    /// Its title, if it has one.
    title: Option<&'a str>,
    /// What is asked, in the natural language that was chosen; empty where the prompt says it all.
    statement: &'a str,
    /// Code to continue; may be empty.
    prompt: &'a str,
    /// Code that follows what is to be written; may be empty.
    suffix: &'a str,
    /// Code to begin with.
    starter_code: Option<&'a str>,
    /// The function that is called.
    entry_point: Option<&'a str>,
    /// The programming language, as in prose.
    language: String,
    /// The programming language, as on a fence.
    fence: &'static str,
    /// Whether a function is called, and no program run.
    is_function: bool,
    /// Tests by assertions that a model may see.
    assertions: Vec<&'a str>,
    /// Other tests that a model may see.
    examples: Vec<Example>,
}

/// A test that a model may see: what a program reads and writes, or a call and what it returns.
#[derive(Clone, Debug, Serialize)]
struct Example {
    input: String,
    expected: String,
}

/// A solved problem that is shown before the task.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shot<'a> {
    #[serde(flatten)]
    view: View<'a>,
    /// Its reference solution.
    solution: &'a str,
}

impl<'a> View<'a> {
    /// What may be seen of a problem in a natural language, the first that it has if none is named.
    ///
    /// # Errors
    ///
    /// When it is not there in that language.
    pub(super) fn of(problem: &'a Problem, language: Option<&str>) -> Result<View<'a>, PromptError> {
        let entry_point = problem.entry_point.as_deref();
        let visible = || problem.tests.iter().filter(|test| test.visible).map(|test| &test.body);
        let assertions = visible().filter_map(|body| match body {
            TestBody::Assertions { source, .. } => Some(source.as_str()),
            _ => None,
        });
        let examples = visible().filter_map(|body| match body {
            TestBody::Stdio { input, expected } => {
                Some(Example { input: input.clone(), expected: expected.clone() })
            }
            TestBody::Call { arguments, expected: Some(expected) } => {
                let arguments: Vec<String> = arguments.iter().map(|argument| argument.repr()).collect();
                let input = format!("{}({})", entry_point.unwrap_or_default(), arguments.join(", "));
                Some(Example { input, expected: expected.repr() })
            }
            _ => None,
        });
        Ok(View {
            title: problem.facts.title.as_deref(),
            statement: statement(problem, language)?,
            prompt: &problem.prompt,
            suffix: problem.suffix.as_deref().unwrap_or_default(),
            starter_code: problem.starter_code.as_deref().filter(|code| !code.trim().is_empty()),
            entry_point,
            language: name_of(problem.language),
            fence: problem.language.name(),
            is_function: problem.kinds() != [TestKind::Stdio],
            assertions: assertions.collect(),
            examples: examples.collect(),
        })
    }
}

impl<'a> Shot<'a> {
    /// A solved problem; none if it is not solved.
    ///
    /// # Errors
    ///
    /// When it is not there in the natural language.
    pub(super) fn of(problem: &'a Problem, language: Option<&str>) -> Result<Option<Shot<'a>>, PromptError> {
        let view = View::of(problem, language)?;
        Ok(problem.reference().map(|solution| Shot { view, solution: &solution.source }))
    }
}

/// The statement in a natural language.
fn statement<'a>(problem: &'a Problem, language: Option<&str>) -> Result<&'a str, PromptError> {
    let found = match language {
        None => problem.statements.values().next(),
        Some(language) => {
            let missing = || PromptError::NaturalLanguage {
                task_id: problem.task_id.clone(),
                wanted: language.to_owned(),
                there: problem.statements.keys().cloned().collect(),
            };
            Some(problem.statements.get(language).ok_or_else(missing)?)
        }
    };
    Ok(found.map_or("", String::as_str))
}

/// A programming language's name in prose.
fn name_of(language: Language) -> String {
    match language {
        Language::Cpp => "C++".to_owned(),
        Language::CSharp => "C#".to_owned(),
        Language::JavaScript => "JavaScript".to_owned(),
        Language::OCaml => "OCaml".to_owned(),
        Language::Php => "PHP".to_owned(),
        Language::Shell => "Bash".to_owned(),
        Language::TypeScript => "TypeScript".to_owned(),
        other => {
            let (first, rest) = other.name().split_at(1);
            first.to_uppercase() + rest
        }
    }
}
