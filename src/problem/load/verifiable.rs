//! Problems with what verifies them, as Prime Intellect publishes them: records of `problem_id, prompt,
//! gold_standard_solution, verification_info`, the last an object (or the text of one) of `language, test_cases`, where
//! a case is `{type: stdin_stdout | function_call, input, output, fn_name}`.

use super::apps::{call, lines, with_parsed};
use super::human_eval::{language_of, python_name};
use super::notes::{Notes, ProblemNote};
use super::records::{Item, Record, RecordFault};
use crate::problem::{Dataset, Language, Problem, Solution, Test, TestBody};
use crate::shown::shown;

/// The problem in a record; `None`, and a note, if it has no tests.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let mut problem =
        Problem::new(record.name_or_number("problem_id")?, Language::Python).stated(record.string("prompt")?);
    let reference = record.text_if_any("gold_standard_solution")?;
    problem.references = reference
        .into_iter()
        .map(|source| Solution::new("gold_standard_solution", unfenced(source)))
        .collect();
    problem.comparison = Dataset::VerifiableCoding.comparison();
    let info = record.required("verification_info")?;
    with_parsed(&info, |info| {
        if let Some(language) = info.optional("language")? {
            problem.language = language_of(&language)?;
        }
        let Some(cases) = info.optional("test_cases")? else { return Ok(()) };
        for case in cases.items()? {
            let test = test(&case, &mut problem.entry_point)?;
            problem.tests.push(Test::hidden(test));
        }
        Ok(())
    })?;
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    problem.facts.source = record.optional_string("source")?.map(str::to_owned);
    Ok(Some(problem))
}

fn test(case: &Item<'_, '_>, entry_point: &mut Option<String>) -> Result<TestBody, RecordFault> {
    let kind = case.required("type")?;
    let (input, output) = (case.required("input")?, case.required("output")?);
    match kind.string()? {
        "stdin_stdout" => Ok(TestBody::Stdio { input: lines(&input)?, expected: lines(&output)? }),
        "function_call" => {
            let item = case.required("fn_name")?;
            let name = python_name(&item)?;
            if entry_point.get_or_insert_with(|| name.clone()) != &name {
                return Err(item.unusable("is not the function of the tests before; leave the problem out"));
            }
            let (arguments, expected) = call(&input, &output)?;
            Ok(TestBody::Call { arguments, expected: Some(expected) })
        }
        other => {
            Err(kind
                .unusable(format!("is {:?}; it must be \"stdin_stdout\" or \"function_call\"", shown(other))))
        }
    }
}

/// A solution without the fence that may be around it.
pub(super) fn unfenced(source: &str) -> &str {
    let inner = source.trim().strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inner.and_then(|inner| inner.split_once('\n')).map_or(source, |(_, code)| code)
}
