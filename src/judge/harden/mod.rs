//! Hidden tests that grow: inputs are made from those that a problem has, right solutions say what is expected, and
//! those few are kept that catch programs which the tests let pass.

mod answers;
mod cover;
mod generate;
mod hint;
mod inputs;
mod opponent;
mod seeds;
mod text;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use super::Judge;
use super::reference::ReferenceRun;
use crate::problem::{Problem, Test, TestBody, TestKind};
use crate::runner::Returned;
use crate::value::Value;
use answers::{Answered, ProgramAnswer, Subject, tight};
pub(super) use generate::Settled;
pub(super) use opponent::Fate;
pub use opponent::{Opponent, OpponentKind, opponents};
pub use seeds::TestInput;
use seeds::compares_directly;

/// Nobody would look at a test of more characters.
const LONGEST_TEST: usize = 2_000;

/// Why a problem can not be hardened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HardenError {
    /// Nothing says what is right.
    #[error(
        "no right solution in the problem's language can be run, so that nothing says what a new test expects"
    )]
    NoReference,
    /// No test has an input to begin with.
    #[error(
        "no test has an input that could be changed; write at least one test that calls the function with literals \
         as arguments"
    )]
    NoInputs,
    /// The tests do not show how results are compared.
    #[error(
        "its assertions do more than compare: only {direct} of {tests} are nothing but `assert {name}(…) == …`, so that \
         it can not be told what a new one should look like; write half of them in that form, or make the problem \
         one by calls"
    )]
    NotDirect {
        /// How many tests only compare.
        direct: usize,
        /// How many tests there are.
        tests: usize,
        /// The function's name.
        name: String,
    },
    /// The constraints can not be evaluated.
    #[error(
        "`inputs.constraints` can not be used: {0}; write Python expressions over the parameters that all tests fulfil"
    )]
    Constraints(String),
}

/// The result of hardening a problem.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hardening {
    /// How many programs were tried that should be caught, including those that turned out to be right.
    pub opponents: usize,
    /// How many of them the tests caught already.
    pub caught_before: usize,
    /// How many new inputs were tried.
    pub inputs: usize,
    /// The tests to add.
    pub tests: Vec<NewTest>,
    /// Names of programs that no test catches, old or new. They may always do the same as right ones.
    pub not_caught: Vec<String>,
}

/// A test that catches something which the present ones do not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewTest {
    /// The test, hidden.
    pub test: Test,
    /// Names of the programs that it catches and the present tests do not.
    pub catches: Vec<String>,
}

/// How far hardening is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardenStep {
    /// Another program went through the present tests.
    Judged,
    /// Inputs are being made.
    Inputs,
    /// Another program that passed them was asked for its answers to the new inputs.
    Asked,
}

impl Judge<'_> {
    /// Looks for tests that catch those of the opponents which the present tests let pass, with at most `budget` new
    /// inputs.
    ///
    /// # Errors
    ///
    /// When the problem is none that can be hardened.
    pub fn harden(
        &self,
        problem: &Problem,
        reference: Option<&ReferenceRun>,
        opponents: &[Opponent],
        budget: usize,
        progress: impl Fn(HardenStep) + Sync,
    ) -> Result<Hardening, HardenError> {
        must_compare_directly(problem)?;
        let fates: Vec<Fate> = opponents
            .par_iter()
            .map(|opponent| {
                let fate = self.fate(problem, reference, opponent);
                progress(HardenStep::Judged);
                fate
            })
            .collect();
        let with = |fate: Fate| opponents.iter().zip(&fates).filter(move |(_, other)| **other == fate);
        let passing: Vec<&Opponent> = with(Fate::Passes).map(|(opponent, _)| opponent).collect();
        let caught_before = with(Fate::Caught).count();
        let mut hardening =
            Hardening { opponents: caught_before + passing.len(), caught_before, ..Hardening::default() };
        if passing.is_empty() {
            return Ok(hardening);
        }
        progress(HardenStep::Inputs);
        let settled = self.settled_inputs(problem, reference, budget)?;
        hardening.inputs = settled.len();
        let made: Vec<(Test, &Settled)> = settled
            .iter()
            .filter_map(|settled| Some((new_test(problem, &settled.input, &settled.expected)?, settled)))
            .collect();
        let told: Vec<Vec<usize>> = passing
            .par_iter()
            .map(|opponent| {
                let told = self.told_by(problem, &opponent.program, &made);
                progress(HardenStep::Asked);
                told
            })
            .collect();

        // What was found many calls in a cell is only believed if the test, as it will stand, says so.
        let mut covers: Vec<Vec<usize>> = vec![Vec::new(); made.len()];
        for (row, columns) in told.iter().enumerate() {
            columns.iter().for_each(|&column| covers[column].push(row));
        }
        let chosen = loop {
            let chosen = cover::few_columns(&covers);
            if self.confirm(problem, &chosen, &mut covers, &made, &passing) {
                break chosen;
            }
        };
        let mut caught = vec![false; passing.len()];
        for column in chosen {
            covers[column].iter().for_each(|&row| caught[row] = true);
            let catches = covers[column].iter().map(|&row| passing[row].name.clone()).collect();
            hardening.tests.push(NewTest { test: made[column].0.clone(), catches });
        }
        let left = passing.iter().zip(caught).filter(|(_, caught)| !caught);
        hardening.not_caught = left.map(|(opponent, _)| opponent.name.clone()).collect();
        Ok(hardening)
    }

    /// The indices of the inputs on which a program does not do what is expected.
    fn told_by(&self, problem: &Problem, program: &str, made: &[(Test, &Settled)]) -> Vec<usize> {
        let Some(subject) = self.subject(problem, program) else { return Vec::new() };
        let settled: Vec<&Settled> = made.iter().map(|(_, settled)| *settled).collect();
        self.differences(problem, &subject, &settled)
    }

    fn differences(&self, problem: &Problem, subject: &Subject, settled: &[&Settled]) -> Vec<usize> {
        let asked: Vec<&TestInput> = settled.iter().map(|settled| &settled.input).collect();
        let replies = self.answers(problem, subject, &asked, |index| tight(settled[index].fuel));
        let differs = |(index, answered): (usize, Answered)| {
            let Settled { input, expected, .. } = settled[index];
            (!self.same(problem, input, expected, &answered.reply)).then_some(index)
        };
        replies.into_iter().enumerate().filter_map(differs).collect()
    }

    /// Runs the chosen tests on right solutions and on what they are said to catch, and takes out of `covers` what
    /// they do not. Says whether nothing had to be taken out.
    fn confirm(
        &self,
        problem: &Problem,
        chosen: &[usize],
        covers: &mut [Vec<usize>],
        made: &[(Test, &Settled)],
        passing: &[&Opponent],
    ) -> bool {
        let mut all = true;
        for &column in chosen {
            let test = &made[column].0;
            let Some(fuel) = self.fuel_of_right(problem, test) else {
                covers[column].clear();
                all = false;
                continue;
            };
            let before = covers[column].len();
            covers[column].retain(|&row| self.fails(problem, passing[row], test, fuel));
            all &= covers[column].len() == before;
        }
        all
    }

    /// An input on which a program does not do what the right ones do, if one of the inputs shows it.
    pub(super) fn told_apart(
        &self,
        problem: &Problem,
        program: &str,
        settled: &[Settled],
    ) -> Option<TestInput> {
        const AT_ONCE: usize = 20;
        let subject = self.subject(problem, program)?;
        let right = self.subject(problem, &opponent::program_of(problem.reference()?, problem))?;
        let settled: Vec<&Settled> = settled.iter().collect();
        for some in settled.chunks(AT_ONCE) {
            for index in self.differences(problem, &subject, some) {
                // Once more with a cell for each call alone.
                let input = &some[index].input;
                let expected = self.answer(problem, &right, input, tight(some[index].fuel));
                let got = self.answer(problem, &subject, input, tight(expected.fuel));
                if expected.reply != ProgramAnswer::Nothing
                    && !self.same(problem, input, &expected.reply, &got.reply)
                {
                    return Some(input.clone());
                }
            }
        }
        None
    }
}

/// Whether it can be told what a new test looks like.
fn must_compare_directly(problem: &Problem) -> Result<(), HardenError> {
    let name = problem.entry_point.as_deref().unwrap_or_default();
    let sources: Vec<&str> = problem
        .tests
        .iter()
        .filter_map(|test| match &test.body {
            TestBody::Assertions { source, .. } => Some(source.as_str()),
            _ => None,
        })
        .collect();
    let direct = sources.iter().filter(|source| compares_directly(source, name)).count();
    if 2 * direct >= sources.len() {
        return Ok(());
    }
    Err(HardenError::NotDirect { direct, tests: sources.len(), name: name.to_owned() })
}

/// The test that expects an answer, if it can be written.
fn new_test(problem: &Problem, input: &TestInput, expected: &ProgramAnswer) -> Option<Test> {
    let body = match (input, expected) {
        (TestInput::Text(input), ProgramAnswer::Text(expected)) => {
            TestBody::Stdio { input: input.clone(), expected: expected.clone() }
        }
        (TestInput::Arguments(arguments), ProgramAnswer::Value(Returned::Data(value))) => {
            if problem.kinds() == [TestKind::Assertions] {
                if has_float(value) {
                    return None; // nobody promised all its digits
                }
                let name = problem.entry_point.as_deref()?;
                let source = format!("assert {name}({}) == {}", input.shown(), value.repr());
                TestBody::Assertions { source, calls_check: false }
            } else {
                TestBody::Call { arguments: arguments.clone(), expected: Some(value.clone()) }
            }
        }
        _ => return None,
    };
    let length = input.shown().len()
        + match expected {
            ProgramAnswer::Text(text) => text.len(),
            ProgramAnswer::Value(Returned::Data(value)) => value.repr_short(LONGEST_TEST + 1).len(),
            _ => 0,
        };
    (length <= LONGEST_TEST).then(|| Test::hidden(body))
}

fn has_float(value: &Value) -> bool {
    match value {
        Value::Float(_) | Value::Complex(..) => true,
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            items.iter().any(has_float)
        }
        Value::Dict(entries) => entries.iter().any(|(key, value)| has_float(key) || has_float(value)),
        _ => false,
    }
}
