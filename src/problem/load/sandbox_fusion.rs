//! The envelope of SandboxFusion's data sets: records of `id, content, labels, test` (or `test_list`) and perhaps
//! `canonical_solution`. What `test` is tells how it is judged: assertions as text; an object with `code` in which the
//! answer is inserted, or with `test`; or a list of `{input: {stdin}, output: {stdout}}`.

use jiter::JsonValue;

use super::human_eval::{language_of, python_name};
use super::notes::{Notes, ProblemNote};
use super::python_tests::{only_defines_tests, pytest};
use super::records::{Item, Record, RecordFault};
use super::verifiable::unfenced;
use crate::problem::{Comparison, Language, Problem, Solution, Test, TestBody};

/// What stands for the answer in a test's code.
const INSERT: &str = "#<INSERT>";

/// The problem in a record; `None`, and a note, if its tests need files that come with them.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let labels = record.required("labels")?;
    let parsed = object(&labels)?;
    let labels = labels.within(&parsed);
    let language = match [labels.optional("programming_language")?, labels.optional("language")?] {
        [Some(item), _] | [None, Some(item)] => language_of(&item)?,
        [None, None] => Language::Python,
    };
    let content = record.string("content")?;
    let mut problem = Problem::new(record.name_or_number("id")?, language);
    let reference = match record.text_if_any("canonical_solution")? {
        Some(reference) => Some(reference.to_owned()),
        None => {
            labels.optional("canonical_solution")?.map(|item| item.string().map(str::to_owned)).transpose()?
        }
    };
    let reference = reference.filter(|source| !source.trim().is_empty());
    problem.references =
        reference.into_iter().map(|source| Solution::new("canonical_solution", unfenced(&source))).collect();
    let entry_point = labels.optional("entry_point")?.map(|name| match language {
        Language::Python => python_name(&name),
        _ => name.string().map(str::to_owned),
    });
    let entry_point = entry_point.transpose()?;
    if entry_point.is_some() {
        // The fields of HumanEval under other names.
        problem.prompt = content.to_owned();
        if !content.ends_with('\n') {
            problem.prompt.push('\n');
        }
    } else {
        problem = problem.stated(content);
    }
    problem.facts.difficulty =
        labels.optional("difficulty")?.and_then(|item| item.string().ok()).map(str::to_owned);
    problem.tests = match record.optional("test_list") {
        Some(list) => list.strings_or_literal()?.into_iter().map(Test::asserting).collect(),
        None => match tests(&record.required("test")?, entry_point.is_some(), &mut problem)? {
            Some(tests) => tests,
            None => {
                notes.add(ProblemNote::NeedsFiles);
                return Ok(None);
            }
        },
    };
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    if problem.tests.iter().any(|test| matches!(test.body, TestBody::Stdio { .. })) {
        problem.comparison = Comparison::Tokens;
    }
    problem.entry_point = entry_point;
    Ok(Some(problem))
}

/// An object, or the one that a text is.
fn object<'v>(item: &Item<'_, 'v>) -> Result<JsonValue<'v>, RecordFault> {
    match item.value() {
        JsonValue::Null => Ok(JsonValue::Object(Default::default())),
        JsonValue::Str(text) if text.trim().is_empty() => Ok(JsonValue::Object(Default::default())),
        JsonValue::Str(_) => item.parse(),
        other => Ok(other.clone()),
    }
}

/// The tests. What a test's code has before the answer goes to the preamble. `None` if they need files.
fn tests(
    item: &Item<'_, '_>,
    calls_check: bool,
    problem: &mut Problem,
) -> Result<Option<Vec<Test>>, RecordFault> {
    if let JsonValue::Str(text) = item.value() {
        let begins = text.trim_start();
        if !begins.starts_with(['{', '[']) {
            if !text.trim().contains(char::is_whitespace) && begins.len() > 1 {
                return Err(item.unusable("is packed, or no code; give the set in the format of its authors"));
            }
            let calls_check = calls_check && text.contains("def check(");
            let source = running(item, text, problem.language)?;
            return Ok(Some(vec![Test::hidden(TestBody::Assertions { source, calls_check })]));
        }
    }
    let parsed = object(item)?;
    let item = item.within(&parsed);
    match item.value() {
        JsonValue::Array(_) => {
            item.items()?.map(|case| stdio(&case)).collect::<Result<Vec<_>, _>>().map(Some)
        }
        JsonValue::Object(_) => {
            let assets = item
                .optional("asset")?
                .map(|asset| {
                    Ok::<_, RecordFault>(
                        !matches!(object(&asset)?, JsonValue::Object(files) if files.is_empty()),
                    )
                })
                .transpose()?;
            if assets == Some(true) {
                return Ok(None);
            }
            let code = item.optional("code")?.or(item.optional("test")?);
            let code = code
                .ok_or_else(|| item.unusable("has neither `code` nor `test` in it; leave the problem out"))?;
            let source = code.string()?;
            let (before, after) = source.split_once(INSERT).unwrap_or(("", source));
            before.clone_into(&mut problem.preamble);
            Ok(Some(vec![Test::asserting(running(&code, after, problem.language)?)]))
        }
        _ => Err(item.expected("code, an object or a list of tests")),
    }
}

/// Tests that run: those that pytest or unittest would look for are called.
fn running(item: &Item<'_, '_>, code: &str, language: Language) -> Result<String, RecordFault> {
    if language != Language::Python || !only_defines_tests(code) {
        return Ok(code.to_owned());
    }
    pytest(code).ok_or_else(|| item.unusable("defines tests that can not be run here; leave the problem out"))
}

/// The test in `{input: {stdin}, output: {stdout}}`.
fn stdio(case: &Item<'_, '_>) -> Result<Test, RecordFault> {
    let (input, output) = (case.required("input")?, case.required("output")?);
    let input = input.optional("stdin")?.map_or(Ok(""), |item| item.string())?.to_owned();
    let expected = output.required("stdout")?.string()?.to_owned();
    Ok(Test::hidden(TestBody::Stdio { input, expected }))
}
