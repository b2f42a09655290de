//! LiveCodeBench's format: records of `question_title, question_content, platform, question_id, contest_date,
//! starter_code, difficulty, public_test_cases, private_test_cases, metadata`, a file for each release.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;
use flate2::bufread::ZlibDecoder;
use jiff::civil::Date;
use jiter::JsonValue;

use super::human_eval::python_name;
use super::pickle::PickledText;
use super::records::{Elements, Item, LONGEST_RECORD, Record, RecordFault};
use super::stream::{BUFFER, Counting, Inflating, Inflation, TooMuch};
use crate::problem::{Comparison, Language, Problem, Test, TestBody};
use crate::shown::shown;
use crate::value::Value;

/// What the hidden tests of one problem may decompress to. They are mostly numbers, which zlib packs into a third, so
/// few come near to 64 MiB, and none of the published ones to 256. They are read test by test, so that only the tests
/// themselves are in memory.
const TESTS: Inflation =
    Inflation { free: 64 << 20, ratio: 32, most: LONGEST_RECORD, advice: "leave the problem out" };

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
    append_tests(&public, public.string()?.as_bytes(), true, &mut problem)?;
    let private = record.required("private_test_cases")?;
    let text = private.string()?;
    if text.trim_start().starts_with('[') {
        append_tests(&private, text.as_bytes(), false, &mut problem)?;
    } else {
        append_tests(&private, BufReader::with_capacity(BUFFER, unpack(text)), false, &mut problem)?;
    }
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
    day.parse().map(Some).map_err(|_| item.unusable(format!("is {:?}; write it as 2024-12-31", shown(text))))
}

/// The JSON in a pickled text, compressed with zlib, in base64. A pickle is a program; this one is only taken apart,
/// and anything but a text in it is an error.
fn unpack(text: &str) -> impl Read + '_ {
    let base64 = Stage { what: "base64", reader: DecoderReader::new(text.trim().as_bytes(), &STANDARD) };
    let (compressed, taken) = Counting::new(base64);
    let zlib = Stage { what: "zlib", reader: ZlibDecoder::new(BufReader::with_capacity(BUFFER, compressed)) };
    let inflated = Inflating::new(zlib, taken, TESTS);
    Stage { what: "pickle", reader: PickledText::new(BufReader::with_capacity(BUFFER, inflated)) }
}

/// One step of unpacking.
struct Stage<R> {
    what: &'static str,
    reader: R,
}

/// A step failed.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
struct Damaged {
    what: &'static str,
    source: io::Error,
}

impl<R: Read> Read for Stage<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|source| match source.get_ref() {
            // An earlier step explains its error better; and if there is too much, that explains it all.
            Some(inner) if inner.is::<Damaged>() || inner.is::<TooMuch>() => source,
            _ if source.kind() == ErrorKind::Interrupted => source,
            _ => io::Error::new(ErrorKind::InvalidData, Damaged { what: self.what, source }),
        })
    }
}

/// The fault of a field with tests that can not be unpacked, or are no list.
fn unreadable(item: &Item<'_, '_>, error: &io::Error) -> RecordFault {
    match error.get_ref() {
        Some(inner) if inner.is::<TooMuch>() => item.unusable(error.to_string()),
        Some(inner) if inner.is::<Damaged>() => item.unusable(format!(
            "is neither JSON nor base64 of zlib of a pickled text: {error}; fetch the file again"
        )),
        _ => item.unusable(format!("holds no list of tests: {error}; fetch the file again")),
    }
}

/// Puts the tests of a list of `{input, output, testtype}` in the problem, one after the other.
fn append_tests(
    item: &Item<'_, '_>,
    json: impl BufRead,
    visible: bool,
    problem: &mut Problem,
) -> Result<(), RecordFault> {
    let mut elements = Elements::new(json, LONGEST_RECORD as usize);
    while let Some(element) = elements.next_element().map_err(|error| unreadable(item, &error))? {
        let index = element.number as usize - 1;
        if element.too_long {
            let problem = format!("has more than {LONGEST_RECORD} bytes; leave the test out");
            return Err(item.nth(index, &JsonValue::Null).unusable(problem));
        }
        let test = item.nth(index, &JsonValue::Null).parse_bytes(element.bytes)?;
        problem.tests.push(read_test(&item.nth(index, &test), visible, problem)?);
    }
    Ok(())
}

/// The test in `{input, output, testtype}`.
fn read_test(test: &Item<'_, '_>, visible: bool, problem: &Problem) -> Result<Test, RecordFault> {
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
        "functional" => {
            TestBody::Call { arguments: arguments_of_text(&input)?, expected: Some(value_of_text(&output)?) }
        }
        other => {
            return Err(
                kind.unusable(format!("is {:?}; it must be \"stdin\" or \"functional\"", shown(other)))
            );
        }
    };
    Ok(if visible { Test::visible(body) } else { Test::hidden(body) })
}

/// The arguments in a text that has one JSON value a line.
pub(super) fn arguments_of_text(item: &Item<'_, '_>) -> Result<Vec<Value>, RecordFault> {
    item.string()?.lines().filter(|line| !line.trim().is_empty()).map(|line| item.json_value(line)).collect()
}

/// The value in a text that is JSON.
pub(super) fn value_of_text(item: &Item<'_, '_>) -> Result<Value, RecordFault> {
    item.json_value(item.string()?)
}
