//! What programs answer to many inputs, and whether two answers are the same to a problem.
//!
//! Calls are made many in one cell, since a cell costs more than most calls. What one call leaves behind can change
//! the next there, so that whoever finds a difference asks once more, with a cell for the call alone.

use super::seeds::TestInput;
use crate::judge::Judge;
use crate::judge::compare::{self, Mode};
use crate::judge::sealed::{given, prelude};
use crate::judge::verdict::Verdict;
use crate::problem::{Comparison, Problem, TestKind};
use crate::runner::capabilities::Prelude;
use crate::runner::{Execution, Failure, Prepared, Ran, Returned, Runner};
use crate::sandbox::Fuel;
use crate::value::{Value, python_equal_with_nan};

/// How many calls share a cell.
const TOGETHER: usize = 20;

/// Programs here run often enough to be compiled first.
const MANY_RUNS: usize = 2;

/// The least that an execution may burn. A program that burns more, and much more than the reference solution, will
/// hardly end.
pub(in crate::judge) const LEAST_FUEL: Fuel = Fuel(1_000_000_000);

/// How many times the reference solution's fuel a program may burn before it counts as one that does not end.
pub(in crate::judge) const FUEL_FACTOR: u64 = 20;

/// What a program answers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ProgramAnswer {
    /// What a function returned.
    Value(Returned),
    /// What a program wrote.
    Text(String),
    /// Nothing: it raised, left, or did not end.
    Nothing,
}

/// An answer and what it cost; of calls that shared a cell, each its part.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub reply: ProgramAnswer,
    pub fuel: Fuel,
}

/// A program that can be asked.
pub(super) struct Subject<'a> {
    runner: &'a dyn Runner,
    program: Prepared,
    /// With what makes many calls, where the program is a function.
    many: Option<Prepared>,
}

/// The limit for a program where the reference solution burned as much.
pub(super) fn tight(reference: Fuel) -> Fuel {
    Fuel(reference.0.saturating_mul(FUEL_FACTOR).max(LEAST_FUEL.0))
}

impl<'a> Judge<'a> {
    /// Makes a program ready to be asked; nothing if it does not compile.
    pub(super) fn subject(&self, problem: &Problem, program: &str) -> Option<Subject<'a>> {
        let runner = self.runner_of(problem, program).ok()?;
        let limits = self.cell(runner, problem, runner.native_second());
        let prepare =
            |text: &str| runner.prepare(text, prelude(self.dataset), MANY_RUNS, &limits).ok()?.result.ok();
        let prepared = prepare(program)?;
        let many = problem.entry_point.as_deref().filter(|_| !reads_standard_input(problem));
        let many = many.and_then(|name| prepare(&format!("{program}\n{}", many_calls(name))));
        Some(Subject { runner, program: prepared, many })
    }

    /// What a program answers to each input, with limits of fuel for each.
    pub(super) fn answers(
        &self,
        problem: &Problem,
        subject: &Subject,
        inputs: &[&TestInput],
        limit: impl Fn(usize) -> Fuel,
    ) -> Vec<Answered> {
        let mut answers = Vec::with_capacity(inputs.len());
        for chunk in inputs.chunks(TOGETHER) {
            let start = answers.len();
            match self.answers_together(problem, subject, chunk, limit(start)) {
                Some(together) => answers.extend(together),
                None => {
                    let each = chunk.iter().enumerate();
                    answers.extend(
                        each.map(|(index, input)| self.answer(problem, subject, input, limit(start + index))),
                    );
                }
            }
        }
        answers
    }

    /// The answers of calls in one cell; nothing if that does not work out.
    fn answers_together(
        &self,
        problem: &Problem,
        subject: &Subject,
        inputs: &[&TestInput],
        limit: Fuel,
    ) -> Option<Vec<Answered>> {
        let calls = inputs.iter().map(|input| match input {
            TestInput::Arguments(arguments) => Some(Value::List(arguments.clone())),
            TestInput::Text(_) => None,
        });
        let calls = Value::List(calls.collect::<Option<_>>()?);
        let limits = self.cell(subject.runner, problem, Fuel(limit.0.saturating_mul(2)));
        let many = subject.many.as_ref()?;
        let execution = subject.runner.calls()?.call(many, MANY, &[calls], &limits).ok()?;
        let Ok(Returned::Data(Value::List(replies))) = execution.result else { return None };
        if replies.len() != inputs.len() {
            return None;
        }
        let fuel = Fuel(execution.fuel.0 / inputs.len().max(1) as u64);
        let reply = |reply: Value| match <[Value; 2]>::try_from(reply.into_tuple()?) {
            Ok([Value::Bool(true), value]) => Some(ProgramAnswer::Value(Returned::Data(value))),
            Ok([Value::Bool(false), _]) => Some(ProgramAnswer::Nothing),
            _ => None,
        };
        replies.into_iter().map(|value| Some(Answered { reply: reply(value)?, fuel })).collect()
    }

    /// What a program answers to one input in a cell of its own.
    pub(super) fn answer(
        &self,
        problem: &Problem,
        subject: &Subject,
        input: &TestInput,
        limit: Fuel,
    ) -> Answered {
        let limits = self.cell(subject.runner, problem, limit);
        let answered = |reply: Option<ProgramAnswer>, fuel| Answered {
            reply: reply.unwrap_or(ProgramAnswer::Nothing),
            fuel,
        };
        match input {
            TestInput::Arguments(arguments) => {
                let name = problem.entry_point.as_deref().unwrap_or_default();
                let calls = subject.runner.calls();
                match calls.map(|calls| calls.call(&subject.program, name, arguments, &limits)) {
                    Some(Ok(Execution { result, fuel, .. })) => {
                        answered(result.ok().map(ProgramAnswer::Value), fuel)
                    }
                    Some(Err(_)) | None => answered(None, Fuel(0)),
                }
            }
            TestInput::Text(text) => {
                let ran = subject.runner.run(&subject.program, given(problem, text), &limits);
                match ran.map(Ran::into_output) {
                    Ok(Execution { result: Ok(output), fuel, .. }) if output.status == 0 => answered(
                        Some(ProgramAnswer::Text(String::from_utf8_lossy(&output.text).into_owned())),
                        fuel,
                    ),
                    Ok(Execution { fuel, .. }) => answered(None, fuel),
                    Err(_) => answered(None, Fuel(0)),
                }
            }
        }
    }

    /// Whether an answer is as good as the expected one.
    pub(super) fn same(
        &self,
        problem: &Problem,
        input: &TestInput,
        expected: &ProgramAnswer,
        got: &ProgramAnswer,
    ) -> bool {
        let rule = &problem.comparison;
        let accepted = |input: Value, expected: Value, got: Value| match rule {
            Comparison::Checker { source } => {
                let Ok(runner) = self.runner_of_set(source) else { return false };
                let limits = self.cell(runner, problem, runner.native_second());
                let refused = |_| Verdict::WrongAnswer(Default::default());
                self.checked(source, input, expected, got, &limits, refused) == Verdict::Passed
            }
            _ => false,
        };
        match (input, expected, got) {
            (TestInput::Text(input), ProgramAnswer::Text(expected), ProgramAnswer::Text(got)) => {
                compare::texts(rule, Mode::Sealed, expected, got).unwrap_or_else(|_| {
                    accepted(input.as_str().into(), expected.as_str().into(), got.as_str().into())
                })
            }
            (
                TestInput::Arguments(arguments),
                ProgramAnswer::Value(Returned::Data(expected)),
                ProgramAnswer::Value(Returned::Data(got)),
            ) if problem.kinds() != [TestKind::Assertions] => {
                compare::values(rule, Mode::Sealed, arguments, expected, got).unwrap_or_else(|_| {
                    accepted(Value::List(arguments.clone()), expected.clone(), got.clone())
                })
            }
            (
                _,
                ProgramAnswer::Value(Returned::Data(expected)),
                ProgramAnswer::Value(Returned::Data(got)),
            ) => python_equal_with_nan(expected, got),
            _ => expected == got,
        }
    }

    /// For each input, whether it fulfils the problem's constraints. Sentences can not be asked: then all do.
    ///
    /// # Errors
    ///
    /// Constraints that are no expressions.
    pub(super) fn admitted(&self, problem: &Problem, inputs: &[TestInput]) -> Result<Vec<bool>, String> {
        let Some(program) = constraints_program(problem) else { return Ok(vec![true; inputs.len()]) };
        let runner = self.runner_of_set(&program)?;
        let calls = runner.calls().ok_or("the runner can not call functions")?;
        let limits = self.cell(runner, problem, Fuel(runner.native_second().0 / 3));
        let prepared = runner.prepare(&program, Prelude::None, MANY_RUNS, &limits);
        let prepared = match prepared.map_err(|error| error.to_string())?.result {
            Ok(prepared) => prepared,
            Err(Failure::NotAProgram(fault) | Failure::Raised(fault, _)) => return Err(fault.message),
            Err(_) => return Err("they can not be compiled".into()),
        };
        let ask = |inputs: &[TestInput]| -> Option<Vec<bool>> {
            let together = inputs.iter().map(|input| match input {
                TestInput::Arguments(arguments) => Value::List(arguments.clone()),
                TestInput::Text(_) => Value::None,
            });
            let together = Value::List(together.collect());
            match calls.call(&prepared, MANY, &[together], &limits).ok()?.result {
                Ok(Returned::Data(Value::List(replies))) if replies.len() == inputs.len() => {
                    Some(replies.iter().map(holds).collect())
                }
                _ => None,
            }
        };
        // A constraint that takes too long on one input must not speak for all.
        let one = |input: &TestInput| ask(std::slice::from_ref(input)).is_some_and(|reply| reply[0]);
        Ok(inputs
            .chunks(100)
            .flat_map(|chunk| ask(chunk).unwrap_or_else(|| chunk.iter().map(one).collect()))
            .collect())
    }
}

/// Whether the problem's tests run whole programs.
pub(super) fn reads_standard_input(problem: &Problem) -> bool {
    problem.kinds().contains(&TestKind::Stdio)
}

fn holds(reply: &Value) -> bool {
    matches!(reply, Value::Tuple(parts) if matches!(parts[..], [Value::Bool(true), Value::Bool(true)]))
}

/// The function that makes many calls, beside the program's own.
const MANY: &str = "karat_many_calls";

fn many_calls(name: &str) -> String {
    format!(
        "def {MANY}(calls):
    answers = []
    for arguments in calls:
        try:
            if 'Solution' in globals() and hasattr(Solution, '{name}'):
                answers.append((True, Solution().{name}(*arguments)))
            else:
                answers.append((True, {name}(*arguments)))
        except Exception as error:
            answers.append((False, None))
    return answers
"
    )
}

/// A function with the problem's own header that says whether arguments fulfil the constraints.
fn constraints_program(problem: &Problem) -> Option<String> {
    let name = problem.entry_point.as_deref()?;
    if problem.input_constraints.is_empty() || reads_standard_input(problem) {
        return None;
    }
    let header = match problem.starter_code.as_deref().map(str::trim) {
        Some(code) if code.ends_with(':') => code.to_owned(),
        _ => format!("def {name}({}):", problem.parameters.join(", ")),
    };
    // Each on lines of its own, so that a comment ends where it should.
    let all = problem.input_constraints.iter().map(|constraint| format!("({constraint}\n)"));
    let all = all.collect::<Vec<_>>().join(" and ");
    Some(format!(
        "from __future__ import annotations\n{header}\n    return bool({all})\n{}",
        many_calls(name)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;

    #[test]
    fn constraints_become_a_function() {
        let problem = Problem {
            entry_point: Some("f".into()),
            starter_code: Some("def f(a: int, b: X = 1) -> int:\n".into()),
            input_constraints: vec!["a > 0 # positive".into(), "b < 2 or\na == 1".into()],
            ..Problem::new("p", Language::Python)
        };
        let program = constraints_program(&problem).unwrap();
        let start = "from __future__ import annotations\ndef f(a: int, b: X = 1) -> int:\n    \
                     return bool((a > 0 # positive\n) and (b < 2 or\na == 1\n))\ndef karat_many_calls(calls):\n";
        assert!(program.starts_with(start), "{program}");
        assert_eq!(constraints_program(&Problem { input_constraints: vec![], ..problem }), None);
    }
}
