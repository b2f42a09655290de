//! HumanEval's format and those that were made of it.
//!
//! - HumanEval: records of `task_id, prompt, entry_point, canonical_solution, test`; HumanEval-Infilling's have a
//!   `suffix`, too: code that follows the completion.
//! - mxeval and HumanEval-XL: the same, with a `language`.
//! - HumanEval-X: `task_id, prompt, declaration, canonical_solution, test, example_test`, where the name of a task
//!   begins with its language and the tests call themselves; those in Go have an `import` and a `test_setup`, too, and
//!   HumanEvalPack's a `buggy_solution` and an `entry_point`.

use super::around;
use super::records::{Item, Record, RecordFault};
use crate::problem::{Dataset, Language, Problem, Solution, Test, TestBody};
use crate::python::{SourceLine, Token, functions, is_identifier, lines};
use crate::shown::shown;

/// The problem in a record of one of these formats. Fields beyond those named above are not looked at.
pub(super) fn problem(record: &Record<'_>, dataset: Dataset) -> Result<Problem, RecordFault> {
    let task_id = record.name("task_id")?;
    let of_x = matches!(dataset, Dataset::HumanEvalX | Dataset::HumanEvalPack);
    let language = language(record, of_x)?;
    let mut problem = Problem::new(task_id, language);
    problem.prompt = record.string("prompt")?.to_owned();
    problem.suffix = record.optional_string("suffix")?.map(str::to_owned);
    problem.entry_point = entry_point(record, language, of_x)?;
    let solution = |field: &'static str| -> Result<Vec<Solution>, RecordFault> {
        Ok(record.text_if_any(field)?.into_iter().map(|source| Solution::new(field, source)).collect())
    };
    problem.references = solution("canonical_solution")?;
    problem.wrong = solution("buggy_solution")?;
    let source = record.string("test")?.to_owned();
    let calls_check = language == Language::Python && !(of_x && calls_itself(&source));
    problem.tests = vec![Test::hidden(TestBody::Assertions { source, calls_check })];
    if of_x {
        around::put(&mut problem, record, dataset)?;
    }
    problem.facts.tags = record.text_if_any("natural_language")?.map(str::to_owned).into_iter().collect();
    Ok(problem)
}

/// The language of a record: that of its field `language`, or the one that the name of the task begins with, or Python.
fn language(record: &Record<'_>, of_task_id: bool) -> Result<Language, RecordFault> {
    if let Some(item) = record.optional("language") {
        return language_of(&item);
    }
    if !of_task_id {
        return Ok(Language::Python);
    }
    let item = record.required("task_id")?;
    let name = item.string()?.split('/').next().unwrap_or_default();
    Language::from_name(name).ok_or_else(|| {
        item.unusable(format!(
            "begins with {:?}, which is no language that Karat knows; write Python/0 and the like",
            shown(name)
        ))
    })
}

/// The language that a field names.
///
/// # Errors
///
/// When it is none that Karat knows.
pub(super) fn language_of(item: &Item<'_, '_>) -> Result<Language, RecordFault> {
    let name = item.string()?;
    Language::from_name(name).ok_or_else(|| {
        item.unusable(format!(
            "is {:?}, a language that Karat does not know; leave its problems out",
            shown(name)
        ))
    })
}

/// The function that is tested. HumanEval-X only declares it; the names of other languages are not checked here.
fn entry_point(
    record: &Record<'_>,
    language: Language,
    is_optional: bool,
) -> Result<Option<String>, RecordFault> {
    if language != Language::Python {
        return Ok(record.text_if_any("entry_point")?.map(str::to_owned));
    }
    if is_optional && !record.has("entry_point") {
        let declared = record.optional_string("declaration")?.and_then(last_function);
        return Ok(declared.map(str::to_owned));
    }
    python_name(&record.required("entry_point")?).map(Some)
}

/// The last function that a text in Python defines at its top level.
pub(super) fn last_function(text: &str) -> Option<&str> {
    functions(text).pop()
}

/// Whether tests call their `check` by themselves.
fn calls_itself(tests: &str) -> bool {
    let calls = |line: &SourceLine<'_>| {
        matches!(line.tokens.as_slice(), [Token::Name("check"), Token::Mark('('), ..])
    };
    lines(tests).iter().any(|line| line.is_top() && calls(line))
}

/// A text that Python would take for a name. It is pasted into programs, so nothing else may pass.
///
/// # Errors
///
/// When it is anything else.
pub(super) fn python_name(item: &Item<'_, '_>) -> Result<String, RecordFault> {
    let text = item.string()?;
    if is_identifier(text) {
        Ok(text.to_owned())
    } else {
        Err(item.unusable(format!(
            "is {:?}, which can not name a function; give the name of the function to test",
            shown(text)
        )))
    }
}
