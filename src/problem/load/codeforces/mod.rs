//! The format in which Open R1 publishes problems of Codeforces: records of `id, title, description, input_format,
//! output_format, note, examples, official_tests, official_tests_complete, time_limit, memory_limit, input_mode,
//! interaction_format, generated_checker, rating, tags, contest_start`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::notes::{Notes, ProblemNote};
use super::records::{Item, Record, RecordFault};
use crate::problem::{Comparison, Dataset, FileName, Language, Problem, ProgramFiles, Test, TestBody};
use crate::sandbox::Bytes;
use crate::shown::shown;
use crate::value::Value;

/// The names of the files that a problem whose `input_mode` is `file` reads and writes.
const INPUT_FILE: &str = "input.txt";
const OUTPUT_FILE: &str = "output.txt";

/// The problem in a record; `None`, and a note, for one that is interactive or has no tests.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    if record.optional_string("interaction_format")?.is_some() {
        notes.add(ProblemNote::Interactive);
        return Ok(None);
    }
    let input_mode = record.optional("input_mode").filter(|item| item.string() != Ok(""));
    let files = match input_mode.as_ref().map(Item::string).transpose()? {
        None | Some("stdio") => ProgramFiles::default(),
        Some("file") => {
            let named = |name: &str| FileName::try_from(name.to_owned()).ok();
            ProgramFiles { input: named(INPUT_FILE), output: named(OUTPUT_FILE) }
        }
        Some(other) => {
            let other = shown(other);
            let item = record.required("input_mode")?;
            return Err(item.unusable(format!("is {other:?}; it must be \"stdio\" or \"file\"")));
        }
    };
    let mut problem = Problem::new(record.name("id")?, Language::Python).stated(statement(record, &files)?);
    let examples = pairs(record, "examples")?;
    for (input, expected) in pairs(record, "official_tests")? {
        let visible = examples.iter().any(|example| (&example.0, &example.1) == (&input, &expected));
        problem.tests.push(Test { visible, ..Test::hidden(TestBody::Stdio { input, expected }) });
    }
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    if record.optional("official_tests_complete").is_some_and(|item| item.is_false()) {
        notes.add(ProblemNote::SomeTests);
    }
    problem.comparison = match record.optional_string("generated_checker")? {
        Some(source) => Comparison::Checker { source: with_files(source) },
        None => Dataset::Codeforces.comparison(),
    };
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
    if !files.is_empty() {
        facts.tags.push("files".to_owned());
        notes.add(ProblemNote::UsesFiles);
    }
    problem.files = files;
    Ok(Some(problem))
}

/// A checker that is a program: its arguments are the names of three files, those of input, expected output and output,
/// and it prints 1 if the output is right. Here, the checker's function writes these files.
fn with_files(source: &str) -> String {
    format!("PROGRAM = {}\n\n{}", Value::from(source).repr(), include_str!("checker.py"))
}

/// The statement with its parts, the names of files, and the examples.
fn statement(record: &Record<'_>, files: &ProgramFiles) -> Result<String, RecordFault> {
    let mut text = record.string("description")?.to_owned();
    for (field, title) in [("input_format", "Input"), ("output_format", "Output"), ("note", "Note")] {
        if let Some(part) = record.optional_string(field)? {
            text.push_str(&format!("\n\n{title}\n\n{part}"));
        }
    }
    if !files.is_empty() {
        text.push_str(&format!(
            "\n\nThe input is in the file {INPUT_FILE}; write the output to the file {OUTPUT_FILE}."
        ));
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
    let pair = |item: Item<'_, '_>| {
        Ok((item.required("input")?.string()?.to_owned(), item.required("output")?.string()?.to_owned()))
    };
    list.items()?.map(pair).collect()
}
