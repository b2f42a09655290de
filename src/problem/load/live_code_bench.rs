//! LiveCodeBench's format: records of `question_title, question_content, platform, question_id, contest_date,
//! starter_code, difficulty, public_test_cases, private_test_cases, metadata`, a file for each release.

use std::borrow::Cow;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use jiff::civil::Date;
use jiter::JsonValue;

use super::human_eval::python_name;
use super::records::{Item, Record, RecordFault};
use crate::problem::{Comparison, Language, Problem, Test, TestBody};
use crate::value::Value;
use crate::value::json::from_json;

/// The most bytes that the hidden tests of one problem may take after decompression.
const MOST_TESTS: u64 = 2 << 30;

/// The problem in a record.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let mut problem = Problem::new(record.name("question_id")?, Language::Python);
    problem.statements.insert("en".to_owned(), record.string("question_content")?.to_owned());
    problem.starter_code = record.optional_string("starter_code")?.map(str::to_owned);
    problem.entry_point = function(record)?;
    problem.comparison = Comparison::LiveCodeBench;

    let facts = &mut problem.facts;
    facts.title = record.optional_string("question_title")?.map(str::to_owned);
    facts.difficulty = record.optional_string("difficulty")?.map(str::to_owned);
    facts.source = record.optional_string("platform")?.map(str::to_owned);
    facts.date = date(record)?;

    let public = record.required("public_test_cases")?;
    let text = public.string().map(Cow::Borrowed);
    append_tests(&public, text?, true, &mut problem)?;
    let private = record.required("private_test_cases")?;
    let text = private.string()?;
    let text =
        if text.trim_start().starts_with('[') { Cow::Borrowed(text) } else { unpack(&private, text)?.into() };
    append_tests(&private, text, false, &mut problem)?;
    Ok(problem)
}

/// `metadata.func_name`: the function that functional tests call.
fn function(record: &Record<'_>) -> Result<Option<String>, RecordFault> {
    let Some(metadata) = record.optional("metadata") else { return Ok(None) };
    let parsed = match metadata.value() {
        JsonValue::Str(text) if text.is_empty() => return Ok(None),
        JsonValue::Str(_) => metadata.parse()?,
        other => other.clone(),
    };
    let metadata = metadata.within(&parsed);
    metadata.optional("func_name")?.map(|name| python_name(&name)).transpose()
}

/// The day of the contest: `2023-08-21T00:00:00`.
fn date(record: &Record<'_>) -> Result<Option<Date>, RecordFault> {
    let Some(item) = record.optional("contest_date") else { return Ok(None) };
    let text = item.string()?;
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    day.parse().map(Some).map_err(|_| item.unusable(format!("is {text:?}; write it as 2024-12-31")))
}

/// The JSON in a pickled text, compressed with zlib, in base64. A pickle is a program; this one is only taken apart,
/// and anything but a text in it is an error.
fn unpack(item: &Item<'_, '_>, text: &str) -> Result<String, RecordFault> {
    let damaged = |what: &str, error: &dyn std::fmt::Display| {
        item.unusable(format!(
            "is neither JSON nor base64 of zlib of a pickled text: {what}: {error}; fetch the file again"
        ))
    };
    let compressed = STANDARD.decode(text.trim()).map_err(|error| damaged("base64", &error))?;
    let mut pickle = Vec::new();
    ZlibDecoder::new(&compressed[..])
        .take(MOST_TESTS + 1)
        .read_to_end(&mut pickle)
        .map_err(|error| damaged("zlib", &error))?;
    drop(compressed);
    if pickle.len() as u64 > MOST_TESTS {
        return Err(item.unusable(format!("takes more than {MOST_TESTS} bytes; leave the problem out")));
    }
    serde_pickle::from_slice(&pickle, serde_pickle::DeOptions::new().decode_strings())
        .map_err(|error| damaged("pickle", &error))
}

/// Puts the tests of a list of `{input, output, testtype}` in the problem.
fn append_tests(
    item: &Item<'_, '_>,
    text: Cow<'_, str>,
    visible: bool,
    problem: &mut Problem,
) -> Result<(), RecordFault> {
    let text = JsonValue::Str(text);
    let text = item.within(&text);
    let tests = text.parse()?;
    let tests = text.within(&tests);
    for test in tests.items()? {
        let (input, output) = (test.required("input")?, test.required("output")?);
        let kind = test.required("testtype")?;
        let body = match kind.string()? {
            "stdin" => {
                TestBody::Stdio { input: input.string()?.to_owned(), expected: output.string()?.to_owned() }
            }
            "functional" if problem.entry_point.is_none() => {
                return Err(kind.unusable(
                    "is \"functional\", and `metadata` has no `func_name`; name the function to call there",
                ));
            }
            "functional" => TestBody::Call {
                arguments: arguments_of_text(&input)?,
                expected: Some(value_of_text(&output)?),
            },
            other => {
                return Err(kind.unusable(format!("is {other:?}; it must be \"stdin\" or \"functional\"")));
            }
        };
        problem.tests.push(if visible { Test::visible(body) } else { Test::hidden(body) });
    }
    Ok(())
}

/// The arguments in a text that has one JSON value a line.
pub(super) fn arguments_of_text(item: &Item<'_, '_>) -> Result<Vec<Value>, RecordFault> {
    item.string()?.lines().filter(|line| !line.trim().is_empty()).map(|line| value(item, line)).collect()
}

/// The value in a text that is JSON.
pub(super) fn value_of_text(item: &Item<'_, '_>) -> Result<Value, RecordFault> {
    value(item, item.string()?)
}

fn value(item: &Item<'_, '_>, text: &str) -> Result<Value, RecordFault> {
    from_json(text.as_bytes()).map_err(|error| item.unusable(format!("holds {error}; mend it")))
}
