//! BigCodeBench's format: records of `task_id, complete_prompt, instruct_prompt, canonical_solution, code_prompt, test,
//! entry_point, doc_struct, libs`. The tests are a class of unittest, `TestCases`.
//!
//! Both of its prompts are in a problem: the one to be completed is its prompt, and the one of instructions its
//! statement. `code_prompt` is the former without its docstring.

use super::human_eval::python_name;
use super::python_tests::run_unittest;
use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test};
use crate::python::{StatementKind, lines, outline};

/// The class that the harness runs.
const TEST_CLASS: &str = "TestCases";

/// What the harness sees to: that tests find the module that they are in by its name, as `unittest.mock.patch` looks
/// for it.
const SETUP: &str = "\
import sys
__name__ = '__test__'
class _Names:
    def __getattr__(self, name):
        if name not in globals():
            raise AttributeError(name)
        return globals()[name]
    def __setattr__(self, name, value):
        globals()[name] = value
    def __delattr__(self, name):
        del globals()[name]
sys.modules[__name__] = _Names()
";

/// Where base models go on to something else, by the harness: after the function, of which a completion is the rest.
const STOP_TOKENS: [&str; 8] =
    ["\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ", "\nprint(", "\nif __name__", "<|endoftext|>"];

/// The problem in a record. A calibrated one puts the code of its prompt before every program.
pub(super) fn problem(record: &Record<'_>, calibrated: bool) -> Result<Problem, RecordFault> {
    let mut problem =
        Problem::new(record.name("task_id")?, Language::Python).stated(record.string("instruct_prompt")?);
    problem.prompt = record.string("complete_prompt")?.to_owned();
    if !problem.prompt.ends_with('\n') {
        problem.prompt.push('\n');
    }
    problem.entry_point = Some(python_name(&record.required("entry_point")?)?);
    problem.stop_tokens = STOP_TOKENS.map(str::to_owned).to_vec();
    problem.setup = SETUP.to_owned();
    let code = record.string("code_prompt")?;
    if calibrated {
        problem.preamble = format!("{code}\n    pass\n");
    }
    let reference = record.text_if_any("canonical_solution")?;
    problem.references =
        reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect();
    let item = record.required("test")?;
    let test = item.string()?;
    if !test.trim().is_empty() {
        if !defines_the_class(test) {
            return Err(item.unusable(format!("defines no class {TEST_CLASS}; fetch the file again")));
        }
        let end = if test.ends_with('\n') { "" } else { "\n" };
        problem.tests = vec![Test::asserting(format!("{test}{end}{}", run_unittest(TEST_CLASS)))];
    }
    problem.facts.tags = record.optional("libs").map_or(Ok(Vec::new()), |item| item.strings_or_literal())?;
    Ok(problem)
}

fn defines_the_class(test: &str) -> bool {
    let lines = lines(test);
    outline(&lines).iter().any(|chunk| matches!(chunk.kind, StatementKind::Class { name: TEST_CLASS, .. }))
}
