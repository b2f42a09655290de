//! EvoEval's format: records of `task_id, prompt, entry_point, canonical_solution, inputs`. Each input is the text of the
//! arguments as they stand between the parentheses of a call; expected values are what the reference answers.

use jiter::JsonValue;

use super::super::human_eval::python_name;
use super::super::notes::{Note, Notes};
use super::super::records::{Item, Record, RecordFault};
use crate::problem::{Dataset, Language, Problem, Solution, Test, TestBody};
use crate::value::Value;

/// The problem in a record; `None`, and a note, for one whose inputs are no plain data.
pub(in super::super) fn problem(
    record: &Record<'_>,
    notes: &mut Notes,
) -> Result<Option<Problem>, RecordFault> {
    let mut problem = Problem::new(record.name("task_id")?, Language::Python);
    problem.prompt = record.string("prompt")?.to_owned();
    problem.entry_point = Some(python_name(&record.required("entry_point")?)?);
    let reference = record.string("canonical_solution")?;
    problem.references = vec![Solution::new("canonical_solution", reference)];
    problem.comparison = Dataset::EvoEval.comparison();
    let inputs = record.required("inputs")?;
    match arguments(&inputs)? {
        Some(calls) if !calls.is_empty() => {
            let call = |arguments| Test::hidden(TestBody::Call { arguments, expected: None });
            problem.tests = calls.into_iter().map(call).collect();
        }
        Some(_) => match record.optional_string("test")? {
            Some(test) => {
                let body = TestBody::Assertions {
                    source: test.to_owned(),
                    calls_check: test.contains("def check("),
                };
                problem.tests = vec![Test::hidden(body)];
            }
            None => {
                notes.add(Note::WithoutTests);
                return Ok(None);
            }
        },
        None => {
            notes.add(Note::NoPlainData);
            return Ok(None);
        }
    }
    Ok(Some(problem))
}

/// The arguments of each call; `None` where an input is an expression that is no literal.
fn arguments(inputs: &Item<'_, '_>) -> Result<Option<Vec<Vec<Value>>>, RecordFault> {
    let of_text = |text: &str| Value::parse_literals(text).ok();
    match inputs.value() {
        JsonValue::Array(_) => inputs
            .items()?
            .map(|input| match input.value() {
                JsonValue::Str(text) => Ok(of_text(text)),
                _ => input.items().map(|items| Some(items.map(|item| Value::from(item.value())).collect())),
            })
            .collect(),
        // Copies in which the list is text.
        JsonValue::Str(text) if text.trim().is_empty() => Ok(Some(Vec::new())),
        JsonValue::Str(_) => {
            let Value::List(items) = inputs.literal()? else {
                return Err(inputs.expected("a list of inputs"));
            };
            items
                .into_iter()
                .map(|item| match item {
                    Value::Str(text) => Ok(of_text(&text)),
                    Value::List(arguments) | Value::Tuple(arguments) => Ok(Some(arguments)),
                    _ => Err(inputs.expected("a list of inputs")),
                })
                .collect()
        }
        _ => Err(inputs.expected("a list of inputs")),
    }
}
