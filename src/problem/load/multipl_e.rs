//! MultiPL-E's format: records of `name, language, prompt, tests, stop_tokens`, one language a file.

use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Test, TestBody};
use crate::shown::shown;

/// The problem in a record. There are no reference solutions in this set.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let name = record.name("name")?;
    let item = record.required("language")?;
    let language = item.string()?;
    let language = Language::from_name(language).ok_or_else(|| {
        item.unusable(format!(
            "is {:?}, a language that Karat does not know; leave its problems out",
            shown(language)
        ))
    })?;
    let prompt = record.string("prompt")?.to_owned();
    let source = record.string("tests")?.to_owned();
    Ok(Problem {
        prompt,
        stop_tokens: record.strings("stop_tokens")?,
        // The tests call themselves: upstream runs prompt, completion and tests as one program.
        tests: vec![Test::hidden(TestBody::Assertions { source, calls_check: false })],
        ..Problem::new(name, language)
    })
}
