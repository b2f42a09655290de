//! KodCode's format: records of `style, subset, question_id, question, solution, test, test_info, gpt_difficulty`,
//! where `test` (`test_code` in the first release) is a file for pytest.

use super::notes::{Notes, ProblemNote};
use super::python_tests::pytest;
use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test};
use crate::python::is_identifier;

/// The problem in a record; `None`, and a note, if only pytest could run its tests.
pub(super) fn problem(record: &Record<'_>, notes: &mut Notes) -> Result<Option<Problem>, RecordFault> {
    let question = record.string("question")?;
    let mut problem = Problem::new(record.name_or_number("question_id")?, Language::Python).stated(question);
    let tests = record.string(if record.has("test") { "test" } else { "test_code" })?;
    let Some(source) = pytest(tests) else {
        notes.add(ProblemNote::NotFunctions);
        return Ok(None);
    };
    problem.tests = vec![Test::asserting(source)];
    problem.references = vec![Solution::new("solution", record.string("solution")?)];
    if let Some(info) = record.optional("test_info").filter(|item| item.items().is_ok())
        && let Some(first) = info.items()?.next()
    {
        let text = |name| first.optional(name).ok().flatten().and_then(|item| item.string().ok());
        problem.entry_point = text("function_name").filter(|name| is_identifier(name)).map(str::to_owned);
        problem.starter_code = text("function_declaration").map(str::to_owned);
    }
    let facts = &mut problem.facts;
    facts.difficulty = record.optional_string("gpt_difficulty")?.map(str::to_owned);
    facts.source = record.optional_string("subset")?.map(str::to_owned);
    facts.tags = record.optional_string("style")?.map(str::to_owned).into_iter().collect();
    Ok(Some(problem))
}
