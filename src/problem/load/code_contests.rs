//! CodeContests's format: records of `name, description, public_tests, private_tests, generated_tests, solutions,
//! incorrect_solutions, difficulty, source, cf_rating, cf_tags, time_limit, memory_limit_bytes, input_file,
//! output_file`. The numbers of languages, sources and difficulties are those of its `contest_problem.proto`.

use jiter::JsonValue;

use super::notes::{Notes, ProblemNote};
use super::records::{Item, Record, RecordFault};
use crate::problem::{Comparison, FileName, Language, Problem, ProgramFiles, Solution, Test, TestBody};
use crate::sandbox::Bytes;

const SOURCES: [&str; 8] =
    ["UNKNOWN_SOURCE", "CODECHEF", "CODEFORCES", "HACKEREARTH", "CODEJAM", "", "ATCODER", "AIZU"];

#[rustfmt::skip]
const DIFFICULTIES: [&str; 30] = [
    "UNKNOWN_DIFFICULTY", "EASY", "MEDIUM", "HARD", "HARDER", "HARDEST", "EXTERNAL", "A", "B", "C", "D", "E", "F", "G",
    "H", "I", "J", "K", "", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V",
];

const LANGUAGES: [&str; 5] = ["UNKNOWN_LANGUAGE", "PYTHON", "CPP", "PYTHON3", "JAVA"];

/// The problem in a record; `None`, and a note, if it has no tests.
///
/// Some statements ask for programs that read or write files of given names; such problems are tagged `files` and
/// noted.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let mut problem = Problem::new(record.name("name")?, Language::Python);
    problem.statements.insert("en".to_owned(), record.string("description")?.to_owned());
    for (field, visible) in [("public_tests", true), ("private_tests", false), ("generated_tests", false)] {
        record.required(field)?;
        each_pair(record, field, ["input", "output"], |input, output| {
            let (input, expected) = (input.string()?.to_owned(), output.string()?.to_owned());
            let body = TestBody::Stdio { input, expected };
            problem.tests.push(if visible { Test::visible(body) } else { Test::hidden(body) });
            Ok(())
        })?;
    }
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    problem.comparison = Comparison::CodeContests;
    problem.references = solutions(record, "solutions")?;
    // The first reference sets limits, so those in the language that runs here come first.
    problem.references.sort_by_key(|solution| solution.language.is_some());
    problem.wrong = solutions(record, "incorrect_solutions")?;
    problem.limits.seconds = seconds(record)?;
    problem.limits.memory = record
        .optional_integer("memory_limit_bytes")?
        .and_then(|bytes| u64::try_from(bytes).ok())
        .filter(|&bytes| bytes > 0)
        .map(Bytes);

    let facts = &mut problem.facts;
    facts.difficulty = named(record, "difficulty", &DIFFICULTIES)?;
    facts.source = named(record, "source", &SOURCES)?;
    facts.tags = record.strings("cf_tags")?;
    facts.tags.retain(|tag| !tag.is_empty());
    if let Some(rating) = record.optional_integer("cf_rating")?.filter(|&rating| rating > 0) {
        facts.tags.push(format!("rating:{rating}"));
    }
    problem.files =
        ProgramFiles { input: file_name(record, "input_file")?, output: file_name(record, "output_file")? };
    if !problem.files.is_empty() {
        facts.tags.push("files".to_owned());
        notes.add(ProblemNote::UsesFiles);
    }
    Ok(Some(problem))
}

/// The name of a file in a field, if there is one.
fn file_name(record: &Record<'_>, field: &str) -> Result<Option<FileName>, RecordFault> {
    let Some(item) = record.optional(field) else { return Ok(None) };
    match item.string()? {
        "" => Ok(None),
        name => {
            FileName::try_from(name.to_owned()).map(Some).map_err(|error| item.unusable(error.to_string()))
        }
    }
}

/// Calls `take` with each pair in a field. They are written as an object of two lists, or as a list of objects.
fn each_pair(
    record: &Record<'_>,
    field: &str,
    names: [&str; 2],
    mut take: impl FnMut(Item<'_, '_>, Item<'_, '_>) -> Result<(), RecordFault>,
) -> Result<(), RecordFault> {
    let Some(pairs) = record.optional(field) else { return Ok(()) };
    if let Ok(items) = pairs.items() {
        for item in items {
            take(item.required(names[0])?, item.required(names[1])?)?;
        }
        return Ok(());
    }
    let [first, second] = [pairs.required(names[0])?, pairs.required(names[1])?];
    let [first_items, second_items] = [first.items()?, second.items()?];
    if first_items.len() != second_items.len() {
        return Err(second.unusable(format!(
            "has {} items, and `{}` has {}; fetch the file again",
            second_items.len(),
            names[0],
            first_items.len()
        )));
    }
    first_items.zip(second_items).try_for_each(|(first, second)| take(first, second))
}

/// The solutions in a field. Those in Python 2 and in languages that the set does not know are left out.
fn solutions(record: &Record<'_>, field: &str) -> Result<Vec<Solution>, RecordFault> {
    let mut solutions = Vec::new();
    let mut number = 0;
    each_pair(record, field, ["language", "solution"], |language, source| {
        let name = format!("{field}[{number}]");
        number += 1;
        let language = match name_of(&language, &LANGUAGES)? {
            Some("PYTHON3") => None,
            Some("CPP") => Some(Language::Cpp),
            Some("JAVA") => Some(Language::Java),
            _ => return Ok(()),
        };
        solutions.push(Solution { language, ..Solution::new(name, source.string()?) });
        Ok(())
    })?;
    Ok(solutions)
}

/// The name in a field that holds a name or its number; `None` for the name that means unknown.
fn named(record: &Record<'_>, field: &str, names: &[&'static str]) -> Result<Option<String>, RecordFault> {
    let Some(item) = record.optional(field) else { return Ok(None) };
    let name = match item.value() {
        JsonValue::Str(name) => Some(name.as_ref()),
        _ => name_of(&item, names)?,
    };
    Ok(name.filter(|name| !name.is_empty() && !name.starts_with("UNKNOWN_")).map(str::to_owned))
}

/// One of `names`, by itself or by its number.
fn name_of(item: &Item<'_, '_>, names: &[&'static str]) -> Result<Option<&'static str>, RecordFault> {
    if let JsonValue::Str(text) = item.value() {
        return Ok(names.iter().copied().find(|name| *name == text));
    }
    let number = item.integer().map_err(|_| item.expected("a number or a name"))?;
    Ok(usize::try_from(number).ok().and_then(|number| names.get(number)).copied())
}

/// The time limit: `{seconds, nanos}`.
fn seconds(record: &Record<'_>) -> Result<Option<f64>, RecordFault> {
    let Some(limit) = record.optional("time_limit") else { return Ok(None) };
    let part = |name| limit.optional(name)?.map_or(Ok(0.0), |item| item.float());
    let seconds = part("seconds")? + part("nanos")? / 1e9;
    Ok((seconds > 0.0).then_some(seconds))
}
