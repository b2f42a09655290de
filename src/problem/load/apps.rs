//! APPS's formats. As a folder: a folder a problem with `question.txt`, `input_output.json`, `solutions.json`,
//! `starter_code.py` and `metadata.json`. As rows: `question, input_output, solutions, starter_code, difficulty, url`,
//! where `input_output` and `solutions` are JSON in strings. A folder is read as the row that it would be.
//!
//! TACO's rows are of the same format, and have a `time_limit`, a `memory_limit`, `name`, `source` and tags, too.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use jiter::JsonValue;

use super::human_eval::python_name;
use super::live_code_bench::{arguments_of_text, value_of_text};
use super::notes::{Notes, ProblemNote};
use super::records::{Item, LONGEST_RECORD, Record, RecordFault, RecordPlace, Refusal, Values, refused};
use super::{LoadError, open_error};
use crate::files;
use crate::problem::{Comparison, Language, Problem, Solution, Test, TestBody};
use crate::sandbox::Bytes;
use crate::shown::shown;
use crate::value::Value;

/// The file that makes a folder a problem of APPS.
pub(super) const QUESTION: &str = "question.txt";

/// The other files of a problem, and the fields that they are in a row.
const FILES: [(&str, &str); 3] = [
    ("input_output.json", "input_output"),
    ("solutions.json", "solutions"),
    ("starter_code.py", "starter_code"),
];

const METADATA: &str = "metadata.json";

/// Calls `take` with each folder as a record, and returns the digest of the names and contents of all files that were
/// read.
pub(super) fn each_folder(
    path: &Path,
    folders: &[String],
    mut take: impl FnMut(&Path, Record<'_>) -> Result<(), Refusal>,
) -> Result<blake3::Hash, LoadError> {
    let mut hasher = blake3::Hasher::new();
    for folder in folders {
        let place = path.join(folder);
        let mut read = |name: &str| -> Result<Option<String>, LoadError> {
            let file = place.join(name);
            let content = match files::read_found(&file, LONGEST_RECORD) {
                Ok(content) => content,
                Err(error) if error.kind() == ErrorKind::NotFound && name != QUESTION => return Ok(None),
                Err(error) => return Err(open_error(&file, error)),
            };
            let name = format!("{folder}/{name}");
            for part in [name.as_bytes(), &content] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
            }
            files::text(content).map(Some).map_err(|error| open_error(&file, error))
        };
        let text = |name: &'static str, text: String| (Cow::Borrowed(name), JsonValue::Str(Cow::Owned(text)));
        let mut fields = vec![text("problem_id", folder.clone())];
        fields.extend(read(QUESTION)?.map(|content| text("question", content)));
        for (file, field) in FILES {
            fields.extend(read(file)?.map(|content| text(field, content)));
        }
        fields.extend(read(METADATA)?.map(|content| text("metadata", content)));
        take(&place, Record::new(RecordPlace::Whole, Arc::new(fields), Values::default()))
            .map_err(|refusal| refused(&place, RecordPlace::Whole, refusal))?;
    }
    Ok(hasher.finalize())
}

/// The problem in a record; `None`, and a note, if it has no tests: a few have none.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let mut problem = Problem::new(task_id(record)?, Language::Python);
    problem.statements.insert("en".to_owned(), record.string("question")?.to_owned());
    let Some(input_output) = record.optional("input_output").filter(|item| !is_blank(item)) else {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    };
    with_parsed(&input_output, |item| append_tests(item, &mut problem))?;
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    problem.comparison = Comparison::Apps;
    problem.starter_code = record.optional_string("starter_code")?.map(str::to_owned);
    if let Some(solutions) = record.optional("solutions").filter(|item| !is_blank(item)) {
        let sources = with_parsed(&solutions, |item| item.strings())?;
        let named = sources.into_iter().enumerate();
        problem.references =
            named.map(|(number, source)| Solution::new(format!("solutions[{number}]"), source)).collect();
    }
    problem.limits.seconds = quantity(record, "time_limit", &[("second", 1.0), ("millisecond", 1e-3)])?;
    let bytes = quantity(
        record,
        "memory_limit",
        &[("byte", 1.0), ("kilobyte", 1e3), ("megabyte", 1e6), ("gigabyte", 1e9)],
    )?;
    problem.limits.memory = bytes.map(|bytes| Bytes(bytes as u64));
    let facts = &mut problem.facts;
    if record.has("raw_tags") {
        facts.title = record.optional_string("name")?.map(str::to_owned);
        facts.tags = record.optional("tags").map_or(Ok(Vec::new()), |item| item.strings_or_literal())?;
    }
    facts.difficulty = record.optional_string("difficulty")?.map(str::to_owned);
    facts.url = record.optional_string("url")?.map(str::to_owned);
    if let Some(metadata) = record.optional("metadata").filter(|item| !is_blank(item)) {
        with_parsed(&metadata, |item| {
            let text = |name| item.optional(name)?.map(|item| item.string().map(str::to_owned)).transpose();
            facts.difficulty = text("difficulty")?;
            facts.url = text("url")?;
            Ok(())
        })?;
    }
    facts.source = facts.url.as_deref().and_then(host);
    Ok(Some(problem))
}

/// A quantity as TACO writes it, `2.0 seconds`, in the first of the units. Only TACO's records have `raw_tags`.
fn quantity(record: &Record<'_>, field: &str, units: &[(&str, f64)]) -> Result<Option<f64>, RecordFault> {
    let Some(item) = record.optional(field).filter(|_| record.has("raw_tags")) else { return Ok(None) };
    let text = item.string()?.trim();
    let (number, unit) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let unit = unit.trim().trim_end_matches('s');
    let factor = units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| factor);
    match (number.parse::<f64>(), factor) {
        _ if text.is_empty() => Ok(None),
        (Ok(number), Some(factor)) if number.is_finite() && number > 0.0 => Ok(Some(number * factor)),
        _ => Err(item.unusable(format!("is {:?}; write it as in 2.0 {}s", shown(text), units[0].0))),
    }
}

/// The name of the folder, the number of the row where the set gives it one, or else its place in the file from 0, as
/// the folders are called.
fn task_id(record: &Record<'_>) -> Result<String, RecordFault> {
    for name in ["problem_id", "id"] {
        if let Some(item) = record.optional(name) {
            return match item.value() {
                JsonValue::Int(number) => Ok(number.to_string()),
                JsonValue::Str(text) if !text.is_empty() => Ok(text.clone().into_owned()),
                _ => Err(item.expected("a number or a name")),
            };
        }
    }
    let number = record.number();
    Ok(format!("{number:04}"))
}

/// Whether this is the empty text that stands for nothing.
fn is_blank(item: &Item<'_, '_>) -> bool {
    matches!(item.value(), JsonValue::Str(text) if text.trim().is_empty())
}

/// Calls `take` with what a field holds, whether that is JSON or text that is JSON.
pub(super) fn with_parsed<T>(
    item: &Item<'_, '_>,
    take: impl FnOnce(&Item<'_, '_>) -> Result<T, RecordFault>,
) -> Result<T, RecordFault> {
    match item.value() {
        JsonValue::Str(_) => {
            let parsed = item.parse()?;
            take(&item.within(&parsed))
        }
        _ => take(item),
    }
}

/// Puts the tests of `{inputs, outputs, fn_name?}` in the problem.
fn append_tests(item: &Item<'_, '_>, problem: &mut Problem) -> Result<(), RecordFault> {
    let Some(inputs) = item.optional("inputs")? else { return Ok(()) };
    let outputs = item.required("outputs")?;
    let entry_point = item.optional("fn_name")?.map(|item| python_name(&item)).transpose()?;
    let [all_inputs, all_outputs] = [inputs.items()?, outputs.items()?];
    if all_inputs.len() != all_outputs.len() {
        return Err(outputs.unusable(format!(
            "has {} items, and `inputs` has {}; fetch the file again",
            all_outputs.len(),
            all_inputs.len()
        )));
    }
    for (input, output) in all_inputs.zip(all_outputs) {
        let body = if entry_point.is_some() {
            let (arguments, expected) = call(&input, &output)?;
            TestBody::Call { arguments, expected: Some(expected) }
        } else {
            TestBody::Stdio { input: lines(&input)?, expected: lines(&output)? }
        };
        problem.tests.push(Test::hidden(body));
    }
    problem.entry_point = entry_point;
    Ok(())
}

/// Arguments and expected value: JSON values, or texts as LiveCodeBench has them.
pub(super) fn call(input: &Item<'_, '_>, output: &Item<'_, '_>) -> Result<(Vec<Value>, Value), RecordFault> {
    if let JsonValue::Str(_) = input.value() {
        let expected = if let JsonValue::Str(_) = output.value() {
            value_of_text(output)?
        } else {
            Value::from(output.value())
        };
        return Ok((arguments_of_text(input)?, expected));
    }
    let mut arguments: Vec<Value> = input.items()?.map(|item| Value::from(item.value())).collect();
    arguments.first_mut().map(integer_keys);
    let mut expected = Value::from(output.value());
    match &mut expected {
        Value::List(items) => items.first_mut().map_or((), integer_keys),
        other => integer_keys(other),
    }
    Ok((arguments, expected))
}

/// JSON turns the keys of a dictionary into texts. Upstream undoes that in the first argument and in the expected value
/// where all keys are integers in text. (It then drops the other arguments, so that no solution can pass; that is not
/// imitated here.)
fn integer_keys(value: &mut Value) {
    let Value::Dict(items) = value else { return };
    let integer = |key: &Value| match key {
        Value::Str(text) => text.trim().parse().ok().map(Value::Int),
        _ => None,
    };
    let Some(keys) = items.iter().map(|(key, _)| integer(key)).collect::<Option<Vec<_>>>() else { return };
    for ((key, _), integer) in items.iter_mut().zip(keys) {
        *key = integer;
    }
}

/// What is read or written: a text, or a list of its lines. Some sets have a number in place of its text.
pub(super) fn lines(item: &Item<'_, '_>) -> Result<String, RecordFault> {
    let text = |item: &Item<'_, '_>| match item.value() {
        JsonValue::Str(text) => Ok(text.clone().into_owned()),
        JsonValue::Int(number) => Ok(number.to_string()),
        JsonValue::BigInt(number) => Ok(number.to_string()),
        _ => Err(item.expected("a string, or a list of strings")),
    };
    match item.value() {
        JsonValue::Array(_) => {
            let lines: Vec<String> = item.items()?.map(|item| text(&item)).collect::<Result<_, _>>()?;
            Ok(lines.join("\n"))
        }
        _ => text(item),
    }
}

/// The host of a URL, without `www.`.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_the_host_of_the_url() {
        assert_eq!(host("https://www.codewars.com/kata/1").as_deref(), Some("codewars.com"));
        assert_eq!(host("http://codeforces.com?x=1/").as_deref(), Some("codeforces.com"));
        assert_eq!((host("codeforces.com/1"), host("https:///x"), host("")), (None, None, None));
    }

    #[test]
    fn keys_become_integers_where_all_of_them_can() {
        let dictionary = |keys: [&str; 2]| Value::Dict(keys.map(|key| (key.into(), Value::None)).to_vec());
        let mut value = dictionary(["1", "-2"]);
        integer_keys(&mut value);
        assert_eq!(value, Value::Dict(vec![(Value::Int(1), Value::None), (Value::Int(-2), Value::None)]));
        let mut value = dictionary(["1", "b"]);
        integer_keys(&mut value);
        assert_eq!(value, dictionary(["1", "b"]));
    }
}
