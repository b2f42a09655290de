//! HumanEval's format: records of `task_id, prompt, entry_point, canonical_solution, test`; and HumanEval-Infilling's, whose
//! records have a `suffix`, too: code that follows the completion.

use super::records::{Item, Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test, TestBody};
use crate::shown::shown;

/// The problem in a record. Fields beyond those named above are not looked at.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let task_id = record.name("task_id")?;
    let prompt = record.string("prompt")?;
    let suffix = record.optional_string("suffix")?;
    let entry_point = python_name(&record.required("entry_point")?)?;
    let reference = record.optional("canonical_solution").map(|item| item.string()).transpose()?;
    let source = record.string("test")?.to_owned();
    Ok(Problem {
        prompt: prompt.to_owned(),
        suffix: suffix.map(str::to_owned),
        entry_point: Some(entry_point),
        references: reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect(),
        tests: vec![Test::hidden(TestBody::Assertions { source, calls_check: true })],
        ..Problem::new(task_id, Language::Python)
    })
}

/// A text that Python would take for a name. It is pasted into programs, so nothing else may pass.
///
/// # Errors
///
/// When it is anything else.
pub(super) fn python_name(item: &Item<'_, '_>) -> Result<String, RecordFault> {
    let text = item.string()?;
    if is_python_identifier(text) {
        Ok(text.to_owned())
    } else {
        Err(item.unusable(format!(
            "is {:?}, which can not name a function; give the name of the function to test",
            shown(text)
        )))
    }
}

/// Whether Python would take the text for a name.
pub(super) fn is_python_identifier(text: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
        "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
        "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|other| other == '_' || other.is_alphanumeric())
        && !KEYWORDS.contains(&text)
}
