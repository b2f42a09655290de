//! EvoEval's format: records of `task_id, prompt, entry_point, canonical_solution, inputs`. Each input is the text of
//! the arguments as they stand between the parentheses of a call; expected values are what the reference answers.
//!
//! A third of the problems have inputs that are no literals, such as `[1] * 1000`. Only Python can evaluate these, so
//! they are tests by assertions, which hold the reference and compare in Python by the same rule.

use jiter::JsonValue;

use super::super::human_eval::python_name;
use super::super::notes::{Notes, ProblemNote};
use super::super::records::{Item, Record, RecordFault};
use crate::problem::{Comparison, Language, Problem, Solution, Test, TestBody};
use crate::value::Value;

/// Upstream's rule in Python: the same types throughout, and numbers as close as numpy's `allclose` requires.
const SAME: &str = include_str!("same.py");

/// The rules of the problems for which equality is wrong, by task and function: those that ask for one of several right
/// answers. Each is a program as a checker has it.
const CHECKERS: [(&str, &str, &str); 6] = [
    ("EvoEval/10", "make_palindrome", include_str!("make_palindrome.py")),
    ("EvoEval/32", "find_zeros_interval", include_str!("find_zeros_interval.py")),
    ("EvoEval/32", "find_zero", include_str!("find_zero.py")),
    ("EvoEval/26", "pathfinder", include_str!("pathfinder.py")),
    ("EvoEval/30", "find_path", include_str!("find_path.py")),
    ("EvoEval/69", "magicTrick", include_str!("magic_trick.py")),
];

/// The problem in a record; `None`, and a note, for one without tests.
pub(in super::super) fn problem(
    record: &Record<'_>,
    notes: &mut Notes,
) -> Result<Option<Problem>, RecordFault> {
    let task_id = record.name("task_id")?;
    let mut problem = Problem::new(task_id, Language::Python);
    problem.prompt = record.string("prompt")?.to_owned();
    let entry_point = python_name(&record.required("entry_point")?)?;
    // Upstream puts a line break between the two; many prompts end without one.
    let reference = format!("\n{}", record.string("canonical_solution")?);
    let is_it = |(task, function, _): &&(&str, &str, &str)| (*task, *function) == (task_id, &entry_point);
    let rule = CHECKERS.iter().find(is_it).map_or(SAME, |(_, _, source)| source);
    problem.comparison = Comparison::Checker { source: rule.to_owned() };
    let program = format!("{}{reference}", problem.prompt);
    let inputs = inputs(&record.required("inputs")?)?;
    problem.tests = inputs
        .into_iter()
        .map(|input| {
            Test::hidden(match input {
                Input::Data(arguments) => TestBody::Call { arguments, expected: None },
                Input::Expression(text) => TestBody::Assertions {
                    source: assertion(rule, &program, &entry_point, &text),
                    calls_check: true,
                },
            })
        })
        .collect();
    if problem.tests.is_empty()
        && let Some(test) = record.optional_string("test")?
    {
        let calls_check = test.contains("def check(");
        let body = TestBody::Assertions { source: test.to_owned(), calls_check };
        problem.tests = vec![Test::hidden(body)];
    }
    if problem.tests.is_empty() {
        notes.add(ProblemNote::WithoutTests);
        return Ok(None);
    }
    problem.references = vec![Solution::new("canonical_solution", reference)];
    problem.entry_point = Some(entry_point);
    Ok(Some(problem))
}

/// A test that calls the candidate and the reference with the arguments in a text, and compares what they return.
fn assertion(rule: &str, program: &str, entry_point: &str, arguments: &str) -> String {
    let text = |text: &str| Value::from(text).repr();
    format!(
        "def check(candidate):\n    rule, program = {{}}, {{}}\n    exec({}, rule)\n    exec({}, program)\n    \
         arguments = lambda: eval({}, {{'nan': float('nan'), 'inf': float('inf')}})\n    \
         expected = program[{}](*arguments())\n    got = candidate(*arguments())\n    \
         assert rule['check'](arguments(), expected, got) is True, f'got {{got!r}}, expected {{expected!r}}'\n",
        text(rule),
        text(program),
        text(&format!("[{arguments}]")),
        text(entry_point),
    )
}

/// The arguments of a call.
enum Input {
    Data(Vec<Value>),
    /// An expression that is no literal.
    Expression(String),
}

impl Input {
    fn of(text: &str) -> Input {
        Value::parse_literals(text).map_or_else(|_| Input::Expression(text.to_owned()), Input::Data)
    }
}

/// The arguments of each call.
fn inputs(inputs: &Item<'_, '_>) -> Result<Vec<Input>, RecordFault> {
    match inputs.value() {
        JsonValue::Array(_) => inputs
            .items()?
            .map(|input| match input.value() {
                JsonValue::Str(text) => Ok(Input::of(text)),
                _ => Ok(Input::Data(input.items()?.map(|item| Value::from(item.value())).collect())),
            })
            .collect(),
        // Copies in which the list is text.
        JsonValue::Str(text) if text.trim().is_empty() => Ok(Vec::new()),
        JsonValue::Str(_) => {
            let Value::List(items) = inputs.literal()? else {
                return Err(inputs.expected("a list of inputs"));
            };
            items
                .into_iter()
                .map(|item| match item {
                    Value::Str(text) => Ok(Input::of(&text)),
                    Value::List(arguments) | Value::Tuple(arguments) => Ok(Input::Data(arguments)),
                    _ => Err(inputs.expected("a list of inputs")),
                })
                .collect()
        }
        _ => Err(inputs.expected("a list of inputs")),
    }
}
