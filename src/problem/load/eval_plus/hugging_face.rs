//! EvalPlus's sets as they are on Hugging Face, in the fields of HumanEval and MBPP: inputs and results are literals in
//! the text of `test`, which checks with numpy what EvalPlus checks without. Taken apart, they are the tests by calls
//! that they were made of.

use super::super::human_eval::python_name;
use super::super::records::{Item, Record, RecordFault};
use super::super::{human_eval, mbpp};
use super::{base, oracle};
use crate::problem::load::notes::{Notes, ProblemNote};
use crate::problem::{Comparison, Dataset, Language, Problem, Solution, Test, TestBody, TestGroup};
use crate::python::{is_identifier, is_word_part};
use crate::value::Value;

/// Whether the tests of a record are inputs with their results, or inputs that are given to a reference, too.
pub(super) fn is_it(record: &Record<'_>) -> bool {
    let test = record.optional_string("test").ok().flatten().unwrap_or_default();
    let compares = test.contains("assertion(") || test.contains("_poly(");
    compares && Parts::of(test).is_some()
}

/// The problem in a record of HumanEval+. Which of its inputs are HumanEval's own is not in the record, but known;
/// where the inputs are others, they are all one group, and a note says so.
pub(super) fn human_eval_plus(record: &Record<'_>, notes: &mut Notes) -> Result<Problem, RecordFault> {
    let entry_point = python_name(&record.required("entry_point")?)?;
    let reference = record.text_if_any("canonical_solution")?;
    let test = record.required("test")?;
    let mut problem = Problem::new(record.name("task_id")?, Language::Python);
    problem.prompt = record.string("prompt")?.to_owned();
    problem.references =
        reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect();
    let task_id = problem.task_id.as_str().to_owned();
    fill(&mut problem, &test, Dataset::HumanEvalPlus, entry_point, |inputs| {
        base::of_human_eval(&task_id, inputs).unwrap_or_else(|| {
            notes.add(ProblemNote::NoBase);
            usize::MAX
        })
    })?;
    Ok(problem)
}

/// The problem in a record of MBPP+. The asserts of `test_list` are MBPP's own tests, which stand first among the
/// inputs.
pub(super) fn mbpp_plus(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let (task_id, number) = mbpp::task_id(record)?;
    let asserts = record.required("test_list")?.strings_or_literal()?;
    let test = record.required("test")?;
    let text = test.string()?;
    let code = record.text_if_any("code")?;
    let entry_point = called(text)
        .or_else(|| code.and_then(human_eval::last_function))
        .ok_or_else(|| test.unusable("calls no function in its last lines; fetch the file again"))?;
    let mut problem = Problem::new(task_id, Language::Python);
    // The docstring that the same problem has for a prompt in EvalPlus's own files.
    let example = asserts.first().map(|assert| format!("{assert}\n")).unwrap_or_default();
    problem.prompt = format!("\"\"\"\n{}\n{example}\"\"\"\n", record.string("prompt")?);
    problem.references = code.into_iter().map(|source| Solution::new("code", source)).collect();
    problem.facts.tags = number.and_then(mbpp::split).map(str::to_owned).into_iter().collect();
    let entry_point = entry_point.to_owned();
    fill(&mut problem, &test, Dataset::MbppPlus, entry_point, |_| base::of_mbpp(number, asserts.len()))?;
    Ok(problem)
}

/// Adds tests and comparison to a problem; `base` says how many of the inputs, the first ones, are those of the
/// original set.
fn fill(
    problem: &mut Problem,
    test: &Item<'_, '_>,
    dataset: Dataset,
    entry_point: String,
    base: impl FnOnce(&[Value]) -> usize,
) -> Result<(), RecordFault> {
    let text = test.string()?;
    let parts = Parts::of(text).ok_or_else(|| {
        test.unusable("has no `inputs` to test with; fetch the file again, or name its format")
    })?;
    let list = |literal: &str, what| match test.literal_in(literal)? {
        Value::List(items) => Ok(items),
        _ => Err(test.unusable(format!("has {what} that are no list; fetch the file again"))),
    };
    let inputs = list(parts.inputs, "`inputs`")?;
    let results = parts.results.map(|results| list(results, "`results`")).transpose()?;
    if let Some(results) = results.as_ref().filter(|results| results.len() != inputs.len()) {
        let (results, inputs) = (results.len(), inputs.len());
        return Err(test.unusable(format!("has {results} results for {inputs} inputs; fetch the file again")));
    }
    let oracle = oracle(dataset, &entry_point);
    let base = base(&inputs);
    let mut results = results.map(Vec::into_iter);
    for (index, input) in inputs.into_iter().enumerate() {
        let (Value::List(arguments) | Value::Tuple(arguments)) = input else {
            return Err(test.unusable(format!(
                "has an input {index} that is no list of arguments; fetch the file again"
            )));
        };
        let expected = results.as_mut().and_then(Iterator::next);
        let group = if index < base { TestGroup::Base } else { TestGroup::Plus };
        problem.tests.push(Test { visible: false, group, body: TestBody::Call { arguments, expected } });
    }
    problem.comparison = Comparison::EvalPlus { atol: parts.atol, oracle };
    problem.entry_point = Some(entry_point);
    Ok(())
}

/// The data in a text of tests.
#[derive(Debug, PartialEq)]
struct Parts<'a> {
    inputs: &'a str,
    /// `None` where the text has the reference compute them.
    results: Option<&'a str>,
    atol: f64,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Parts<'a>> {
        let inputs = after_line_start(text, "inputs = ")?;
        let (inputs, rest) = up_to(inputs, &["results = ", "for "])?;
        let results = rest.strip_prefix("results = ");
        let results = results.and_then(|results| up_to(results, &["for "]));
        let (results, rest) = results.map_or((None, rest), |(results, rest)| (Some(results), rest));
        Some(Parts { inputs, results, atol: atol(rest) })
    }
}

/// What follows a text that a line begins with, white space aside: the last line that does.
fn after_line_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let found = text
        .match_indices(start)
        .filter(|(at, _)| text[..*at].rsplit('\n').next().is_some_and(|before| before.trim().is_empty()));
    found.last().map(|(at, _)| &text[at + start.len()..])
}

/// The text up to the first line that begins with one of these, and the rest from there.
fn up_to<'a>(text: &'a str, starts: &[&str]) -> Option<(&'a str, &'a str)> {
    text.match_indices('\n').find_map(|(at, _)| {
        let rest = text[at..].trim_start();
        starts.iter().any(|start| rest.starts_with(start)).then_some((&text[..at], rest))
    })
}

/// The tolerance: the last argument of `assertion(…, 1e-06)`, or what `<= 0.0001` says. 0 if there is none.
fn atol(lines: &str) -> f64 {
    let line = lines.lines().find(|line| line.contains("assert"));
    let number = line.and_then(|line| line.trim_end().trim_end_matches(')').rsplit([',', '=']).next());
    number.and_then(|number| number.trim().parse().ok()).filter(|atol: &f64| atol.is_finite()).unwrap_or(0.0)
}

/// The function that the last lines call with `*inp`.
fn called(text: &str) -> Option<&str> {
    let end = text.rfind("(*inp")?;
    let before = &text[..end];
    let start = before
        .rfind(|character| !is_word_part(character))
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let name = &before[start..];
    // With a second way to be right, the reference is called last: `assertion(f(*inp), exp, _f(*inp), 0)`.
    let name =
        name.strip_prefix('_').filter(|name| text.contains(&format!("assertion({name}("))).unwrap_or(name);
    // Where the reference computes what is expected, it is called last, too.
    let name = if name == "ref_func" { called(&text[..start])? } else { name };
    is_identifier(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_found_between_the_code() {
        let text = "import numpy as np\n\ndef check(candidate):\n    inputs = [[1], ['for x\\n']]\n    results = [2,\n      3]\n    \
                    for i, (inp, exp) in enumerate(zip(inputs, results)):\n        assertion(candidate(*inp), exp, 1e-06)\n";
        let parts = Parts { inputs: "[[1], ['for x\\n']]", results: Some("[2,\n      3]"), atol: 1e-6 };
        assert_eq!(Parts::of(text), Some(parts));
        let text =
            "inputs = [[0]]\nfor i, inp in enumerate(inputs):\n    assertion(f(*inp), ref_func(*inp), 0)\n";
        assert_eq!(Parts::of(text), Some(Parts { inputs: "[[0]]", results: None, atol: 0.0 }));
        assert_eq!(called(text), Some("f"));
        let poly =
            "inputs = [[0]]\nresults = [1]\nfor x in y:\n    assert _poly(*candidate(*inp), inp) <= 0.0001\n";
        assert_eq!(Parts::of(poly).unwrap().atol, 1e-4);
        let two = "for i in j:\n    assertion(area(*inp), exp, _area(*inp), 0)\n";
        assert_eq!(called(two), Some("area"));
        for other in ["", "assert f(1) == 2", "x_inputs = []\nfor i in x:\n", "inputs = [1]"] {
            assert_eq!(Parts::of(other), None, "{other}");
        }
    }
}
