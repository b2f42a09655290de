//! MultiPL-E's format: records of `name, language, prompt, tests, stop_tokens`, one language a file. A file of
//! results is such a record with `completions`, which are read as samples.

use super::human_eval::language_of;
use super::records::{Record, RecordFault};
use crate::problem::{Problem, Test, TestBody};

/// The problem in a record. There are no reference solutions in this set.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let name = record.name("name")?;
    let language = language_of(&record.required("language")?)?;
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
