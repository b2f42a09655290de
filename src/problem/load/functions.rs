//! Sets of functions in Python with their tests as code, each in fields of its own.
//!
//! - ODEX: `task_id, prompt, suffix, canonical_solution, test_start, test, entry_point, intent, library`; every item of
//!   `test` goes on with `test_start`.
//! - MHPP: `prompt` (or `question`, where the prompt has instructions, too), `function_name, test`.
//! - AceCode: `id, question, test_cases`, a list of assertions.
//! - StudentEval: `problem, entrypoint, assertions, prompt, completion`: a row for each prompt that a student wrote.

use super::human_eval::python_name;
use super::mbpp::called;
use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test, TestBody};
use crate::python::{imports, lines};

/// The problem in a record of ODEX.
pub(super) fn odex(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let mut problem = Problem::new(record.name_or_number("task_id")?, Language::Python);
    if let Some(intent) = record.optional_string("intent")? {
        problem = problem.stated(intent);
    }
    problem.prompt = record.string("prompt")?.to_owned();
    problem.suffix = record.optional_string("suffix")?.map(str::to_owned);
    problem.entry_point = Some(python_name(&record.required("entry_point")?)?);
    let reference = record.text_if_any("canonical_solution")?;
    problem.references =
        reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect();
    let start = record.string("test_start")?;
    // Upstream, tests and program are one text, so that what the tests import is there for the program, too.
    let lines = lines(start);
    let imports = imports(&lines).into_iter().flat_map(|import| import.lines);
    problem.preamble = imports.map(|line| format!("{}\n", lines[line].text)).collect();
    let tests = record.required("test")?.strings_or_literal()?;
    let test = |test| TestBody::Assertions { source: format!("{start}{test}"), calls_check: true };
    problem.tests = tests.into_iter().map(|item| Test::hidden(test(item))).collect();
    problem.facts.tags =
        record.optional("library").map_or(Ok(Vec::new()), |item| item.strings_or_literal())?;
    Ok(problem)
}

/// The problem in a record of MHPP.
pub(super) fn mhpp(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let task_id = record.name_or_number(if record.has("task_id") { "task_id" } else { "id" })?;
    let mut problem = Problem::new(task_id, Language::Python);
    problem.prompt = match record.optional_string("question")? {
        Some(question) => question.to_owned(),
        None => from_first_code(record.string("prompt")?).to_owned(),
    };
    problem.entry_point = Some(python_name(&record.required("function_name")?)?);
    let reference = record.text_if_any("canonical_solution")?;
    problem.references =
        reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect();
    problem.tests = vec![Test::asserting(record.string("test")?)];
    problem.facts.difficulty = record
        .optional("difficulty_types")
        .filter(|item| item.string().is_ok())
        .map(|item| item.string().map(str::to_owned))
        .transpose()?;
    Ok(problem)
}

/// A text from its first line of code on: instructions may stand before it.
fn from_first_code(text: &str) -> &str {
    let is_code = |line: &str| {
        let starts = ["def ", "class ", "import ", "@"];
        starts.iter().any(|start| line.starts_with(start))
            || line.starts_with("from ") && line.contains(" import ")
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if is_code(line) {
            return &text[start..];
        }
        start += line.len();
    }
    text
}

/// The problem in a record of AceCode.
pub(super) fn ace_code(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let question = record.string("question")?;
    let mut problem = Problem::new(record.name_or_number("id")?, Language::Python).stated(question);
    let tests = record.required("test_cases")?.strings_or_literal()?;
    problem.entry_point = asserted(&tests);
    problem.tests = tests.into_iter().map(Test::asserting).collect();
    problem.facts.source = record.optional_string("source")?.map(str::to_owned);
    Ok(problem)
}

/// The function that an assertion calls first: `add` in `assert add(1, 2) == 3`.
fn asserted(tests: &[String]) -> Option<String> {
    let call = tests.first()?.trim_start().strip_prefix("assert ")?.trim_start();
    let name = call.split('(').next()?.trim();
    // Written so that the rule for MBPP finds it.
    called(&format!("def {name}(): pass"), tests)
}

/// The problem in a row of StudentEval, which is called by its number: a problem has many prompts. What a model of the
/// time answered becomes a solution, or a wrong one.
pub(super) fn student_eval(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let name = record.name("problem")?;
    let mut problem = Problem::new(format!("{name}/{}", record.number()), Language::Python);
    problem.prompt = record.string("prompt")?.to_owned();
    problem.entry_point = Some(python_name(&record.required("entrypoint")?)?);
    problem.tests = vec![Test::asserting(record.string("assertions")?)];
    if let Some(completion) = record.optional_string("completion")? {
        let [passed, total] = ["tests_passed", "total_tests"].map(|field| record.optional_integer(field));
        match (passed?, total?) {
            (Some(passed), Some(total)) if total > 0 && passed == total => {
                problem.references.push(Solution::new("completion", completion));
            }
            (Some(_), Some(_)) => problem.wrong.push(Solution::new("completion", completion)),
            _ => {}
        }
    }
    problem.facts.tags = record.optional_string("username")?.map(str::to_owned).into_iter().collect();
    Ok(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_begins_behind_instructions() {
        assert_eq!(from_first_code("Write it.\n\ndef f():\n    pass\n"), "def f():\n    pass\n");
        assert_eq!(from_first_code("from here on\nfrom math import pi\n"), "from math import pi\n");
        assert_eq!(from_first_code("no code"), "no code");
    }
}
