//! CRUXEval's format: records of `id, code, input, output`, where `code` defines a function `f` and the other two are
//! literals. Each is two problems: which value does `f` return, and for which arguments does it return this one?
//!
//! An answer is an expression. For the output, it is evaluated where there is no `f`, so that calling it does not help;
//! for the input, it is a call of `f`, whose arguments the tests pass to the real one.

use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test, TestBody};

/// What replaces the function where an answer calls it.
const STAND_IN: &str = "def f(*arguments, **named):\n    return arguments, named\n";

/// The problems in a record, `ID/output` and `ID/input`.
pub(super) fn problems(record: &Record<'_>) -> Result<[Problem; 2], RecordFault> {
    let id = record.name_or_number("id")?;
    let code = record.string("code")?;
    let input = record.string("input")?;
    let output = record.required("output")?;
    let expected = output.literal()?;
    let shown = format!("```python\n{}\n```", code.trim_end());

    let mut predict = Problem::new(format!("{id}/output"), Language::Python).stated(format!(
        "Given this function:\n\n{shown}\n\nwhat does `f({input})` return? Complete `output` so that it returns that value, \
         written as a literal; `f` can not be called there."
    ));
    predict.prompt = "def output():\n    return ".to_owned();
    predict.entry_point = Some("output".to_owned());
    predict.references = vec![Solution::new("output", output.string()?)];
    predict.tests = vec![Test::hidden(TestBody::Call { arguments: Vec::new(), expected: Some(expected) })];
    predict.facts.tags = vec!["output".to_owned()];

    let written = output.string()?;
    let mut invert = Problem::new(format!("{id}/input"), Language::Python).stated(format!(
        "Given this function:\n\n{shown}\n\nfor which arguments does it return `{written}`? Complete `call` so that it returns \
         a call of `f` with such arguments, written as literals."
    ));
    invert.prompt = format!("{STAND_IN}\ndef call():\n    return ");
    // An answer may well repeat the function.
    invert.epilogue = STAND_IN.to_owned();
    invert.entry_point = Some("call".to_owned());
    invert.references = vec![Solution::new("input", format!("f({input})"))];
    // After what the candidate defines, so that this is the `f` that is called.
    let source = format!(
        "{code}\n\ndef check(candidate):\n    arguments, named = candidate()\n    assert f(*arguments, **named) == {}\n",
        expected_text(written)
    );
    invert.tests = vec![Test::hidden(TestBody::Assertions { source, calls_check: true })];
    invert.facts.tags = vec!["input".to_owned()];
    Ok([predict, invert])
}

/// A literal that can stand in an expression: in parentheses, since it may go over several lines.
fn expected_text(literal: &str) -> String {
    format!("({literal}\n    )")
}
