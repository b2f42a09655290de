//! The format in which Open R1 publishes problems of Codeforces: records of `id, title, description, input_format,
//! output_format, note, examples, official_tests, official_tests_complete, time_limit, memory_limit, input_mode,
//! interaction_format, generated_checker, rating, tags, contest_start`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::notes::{Note, Notes};
use super::records::{Record, RecordFault};
use crate::problem::{Dataset, Language, Problem, Test, TestBody};
use crate::sandbox::Bytes;

/// The problem in a record; `None`, and a note, for one that is not to be judged by comparing outputs.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let has_text = |field| record.optional_string(field).map(|text| text.is_some());
    let left_out = if has_text("interaction_format")? {
        Some(Note::Interactive)
    } else if has_text("generated_checker")? {
        Some(Note::NeedsChecker)
    } else {
        None
    };
    if let Some(note) = left_out {
        notes.add(note);
        return Ok(None);
    }
    let mut problem = Problem::new(record.name("id")?, Language::Python).stated(statement(record)?);
    let examples = pairs(record, "examples")?;
    for (input, expected) in pairs(record, "official_tests")? {
        let visible = examples.iter().any(|example| (&example.0, &example.1) == (&input, &expected));
        problem.tests.push(Test { visible, ..Test::hidden(TestBody::Stdio { input, expected }) });
    }
    if problem.tests.is_empty() {
        notes.add(Note::WithoutTests);
        return Ok(None);
    }
    if record.optional("official_tests_complete").is_some_and(|item| item.is_false()) {
        notes.add(Note::SomeTests);
    }
    problem.comparison = Dataset::Codeforces.comparison();
    let positive = |field| -> Result<Option<f64>, RecordFault> {
        let number = record.optional(field).map(|item| item.float()).transpose()?;
        Ok(number.filter(|number| number.is_finite() && *number > 0.0))
    };
    problem.limits.seconds = positive("time_limit")?;
    problem.limits.memory = positive("memory_limit")?.map(|mebibytes| Bytes((mebibytes * 1048576.0) as u64));
    let facts = &mut problem.facts;
    facts.title = record.optional_string("title")?.map(str::to_owned);
    facts.source = Some("codeforces".to_owned());
    facts.tags = record.strings("tags")?;
    if let Some(rating) = record.optional("rating").map(|item| item.float()).transpose()? {
        facts.tags.push(format!("rating:{rating}"));
    }
    let start = record.optional_integer("contest_start")?.filter(|&seconds| seconds > 0);
    let start = start.and_then(|seconds| Timestamp::from_second(seconds).ok());
    facts.date = start.map(|start| TimeZone::UTC.to_datetime(start).date());
    if record.optional_string("input_mode")? == Some("file") {
        facts.tags.push("files".to_owned());
        notes.add(Note::UsesFiles);
    }
    Ok(Some(problem))
}

/// The statement with its parts, and the examples.
fn statement(record: &Record<'_>) -> Result<String, RecordFault> {
    let mut text = record.string("description")?.to_owned();
    for (field, title) in [("input_format", "Input"), ("output_format", "Output"), ("note", "Note")] {
        if let Some(part) = record.optional_string(field)? {
            text.push_str(&format!("\n\n{title}\n\n{part}"));
        }
    }
    for (number, (input, output)) in (1..).zip(pairs(record, "examples")?) {
        text.push_str(&format!(
            "\n\nExample {number}\n\nInput:\n{}\n\nOutput:\n{}",
            input.trim_end(),
            output.trim_end()
        ));
    }
    Ok(text)
}

/// The pairs in a list of `{input, output}`.
fn pairs(record: &Record<'_>, field: &str) -> Result<Vec<(String, String)>, RecordFault> {
    let Some(list) = record.optional(field) else { return Ok(Vec::new()) };
    let pair = |item: super::records::Item<'_, '_>| {
        Ok((item.required("input")?.string()?.to_owned(), item.required("output")?.string()?.to_owned()))
    };
    list.items()?.map(pair).collect()
}
