//! MBPP's formats. In full, JSON lines of `text, code, task_id, test_setup_code, test_list, challenge_test_list`;
//! sanitized, a JSON array of `source_file, task_id, prompt, code, test_imports, test_list`.
//!
//! Problems are called `Mbpp/11`, as EvalPlus calls them, so that completions can be judged by either set.

use super::records::{NAME, Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test, TestBody};
use crate::python::{functions, is_word_part};

/// The problem in a record of either format.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let (task_id, number) = task_id(record)?;
    let statement = if record.has("text") { record.string("text")? } else { record.string("prompt")? };
    let code = record.optional_string("code")?;
    let asserts = record.required("test_list")?;
    // `challenge_test_list` stays out: upstream does not judge by it.
    let asserts = asserts.strings_or_literal()?;
    let setup = match record.optional_string("test_setup_code")? {
        Some(code) => code.to_owned(),
        None => imports(record)?.join("\n"),
    };
    let mut problem = Problem::new(task_id, Language::Python);
    problem.statements.insert("en".to_owned(), statement.to_owned());
    problem.entry_point = code.and_then(|code| called(code, &asserts));
    problem.references = code.into_iter().map(|code| Solution::new("code", code)).collect();
    problem.setup = setup;
    // Each is in the prompt of MBPP's paper, so a model may see them all.
    problem.tests = asserts
        .into_iter()
        .map(|source| Test::visible(TestBody::Assertions { source, calls_check: false }))
        .collect();
    problem.facts.tags = number.and_then(split).map(str::to_owned).into_iter().collect();
    Ok(problem)
}

/// What the sanitized set imports for its tests: a list, which some copies have as text.
fn imports(record: &Record<'_>) -> Result<Vec<String>, RecordFault> {
    record.optional("test_imports").map_or(Ok(Vec::new()), |item| item.strings_or_literal())
}

/// The problem's name, and its number.
pub(super) fn task_id(record: &Record<'_>) -> Result<(String, Option<u64>), RecordFault> {
    const PREFIX: &str = "Mbpp/";
    let item = record.required("task_id")?;
    if let Ok(number) = item.integer() {
        return Ok((format!("{PREFIX}{number}"), u64::try_from(number).ok()));
    }
    let text = item.string().map_err(|_| item.expected(NAME))?;
    let number = text.strip_prefix(PREFIX).unwrap_or(text);
    if number.is_empty() {
        return Err(item.unusable("is empty; give it a value"));
    }
    Ok((format!("{PREFIX}{number}"), number.parse().ok()))
}

/// The part of MBPP that a number belongs to, by the README of the set. 2, 3 and 4 are the shots of the paper's prompt.
pub(super) fn split(number: u64) -> Option<&'static str> {
    match number {
        2..=4 => Some("few-shot"),
        11..=510 => Some("test"),
        511..=600 => Some("validation"),
        601..=974 => Some("train"),
        _ => None,
    }
}

/// The function of the reference that the first assert calls first. Prompts name it; judging does not depend on it.
pub(super) fn called(code: &str, asserts: &[String]) -> Option<String> {
    let assert = asserts.first()?;
    let calls = |name: &str| {
        assert.match_indices(name).find(|(start, _)| {
            let after = assert[start + name.len()..].trim_start();
            after.starts_with('(') && !assert[..*start].ends_with(is_word_part)
        })
    };
    functions(code)
        .into_iter()
        .filter_map(|name| calls(name).map(|(start, _)| (start, name)))
        .min()
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_that_is_tested_is_found() {
        let code =
            "import math\r\ndef half(x):\r\n  return x/2\r\ndef is_even (x):\r\n  return half(x) == x//2\r\n";
        let found = |assert: &str| called(code, &[assert.to_owned()]);
        assert_eq!(found("assert is_even(4) == True").as_deref(), Some("is_even"));
        assert_eq!(found("assert set([is_even (half(4))]) == {True}").as_deref(), Some("is_even"));
        assert_eq!(found("assert not_half(1) == half_of(2)"), None);
        assert_eq!(called(code, &[]), None);
        assert_eq!(called("def (x):", &["assert (1)".to_owned()]), None);
    }

    #[test]
    fn numbers_have_their_split() {
        for (number, expected) in [
            (1, None),
            (4, Some("few-shot")),
            (11, Some("test")),
            (510, Some("test")),
            (511, Some("validation")),
        ] {
            assert_eq!(split(number), expected);
        }
        assert_eq!((split(601), split(974), split(975)), (Some("train"), Some("train"), None));
    }
}
