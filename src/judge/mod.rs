//! Judging: whether a completion solves its problem.
//!
//! A [`Judge`] takes a problem and an answer to a [`Judgement`]. How a language runs is the runner's business; what
//! an outcome means is decided here: `sealed` judges by Karat's rules, `compat` by those of the upstream harnesses,
//! [`compare`] says when an answer is the expected one.

pub mod compare;
mod compat;
mod execute;
pub mod harden;
mod judgements;
pub mod limits;
pub mod mutate;
pub mod mutation_score;
mod outcome;
pub mod prepared;
pub mod reference;
pub mod reference_cache;
mod reference_run;
mod sealed;
mod shared_cell;
mod tally;
pub mod verdict;
pub mod verify;

use tracing::trace;

use crate::complete::{Answer, Form};
use crate::language::{Interpreter, Language};
use crate::problem::{Dataset, Problem, TestBody};
use crate::python;
use crate::runner::{Runner, Runners, interpreter_of};
use crate::sandbox::{Bytes, CellLimits, Fuel, MOST_MEMORY};
use crate::shown::shown;
use limits::{FuelLimit, Limits};
use verdict::{Judgement, Judging, Verdict};

pub use execute::{ExecuteError, Executed, ProgramEnding};
pub use judgements::{BothAnswers, Judgements, NoJudgement};
pub use reference_run::ReferenceRun;

/// The language of what problem sets are written in beside problems: checkers and constraints, whatever language their
/// problems are in.
pub const LANGUAGE_OF_SETS: Language = Language::Python;

/// Judges completions by one set of limits.
pub struct Judge<'a> {
    runners: &'a Runners,
    limits: Limits,
    dataset: Dataset,
    all_tests: bool,
}

impl<'a> Judge<'a> {
    /// A judge of completions of `dataset`, which executes with `runners` and stops at the first test that fails.
    pub fn new(runners: &'a Runners, limits: Limits, dataset: Dataset) -> Judge<'a> {
        Judge { runners, limits, dataset, all_tests: false }
    }

    /// Whether to run all tests of a problem although one failed.
    pub fn all_tests(self, all_tests: bool) -> Judge<'a> {
        Judge { all_tests, ..self }
    }

    /// The limits that it judges by.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The fuel limit of a test where no reference solution tells what it takes; none where there is no runner.
    pub fn limit_without_reference(&self, problem: &Problem) -> Option<FuelLimit> {
        let second = self.runners.get(problem.language)?.native_second();
        Some(self.limits.sealed(&problem.limits, None, self.dataset, second))
    }

    /// Judges an answer. `reference` is what running the problem's reference solution gave, where that is known.
    pub fn judge(
        &self,
        problem: &Problem,
        answer: Answer,
        reference: Option<&ReferenceRun>,
        judging: Judging,
    ) -> Judgements {
        self.judge_each(problem, BothAnswers { sealed: answer, compat: answer }, reference, judging)
    }

    /// As [`Judge::judge`], where the upstream harness takes the program out of an answer by a rule of its own.
    pub fn judge_each(
        &self,
        problem: &Problem,
        answers: BothAnswers,
        reference: Option<&ReferenceRun>,
        judging: Judging,
    ) -> Judgements {
        let judgements = self.judgements(problem, answers, reference, judging);
        for (rules, judgement) in [("sealed", judgements.sealed()), ("compat", judgements.compat())] {
            if let Some(Judgement { verdict, fuel: Fuel(fuel), open, .. }) = judgement {
                let (task, verdict) = (&problem.task_id, verdict.kind().name());
                trace!(%task, rules, verdict, fuel, open, "judged");
            }
        }
        judgements
    }

    fn judgements(
        &self,
        problem: &Problem,
        answers: BothAnswers,
        reference: Option<&ReferenceRun>,
        judging: Judging,
    ) -> Judgements {
        let judged = |answer: Answer, judge: &dyn Fn(&dyn Runner, &str) -> Judgement| {
            let program = answer.program_for(problem);
            // Where the problem itself can not run here, that is no fault of an answer.
            let runner = match problem.needed_package(answer.form == Form::Continuation) {
                Some(package) => Err(format!(
                    "the problem's own code needs {}, which the sandbox does not have",
                    shown(package)
                )),
                None => self.runner_of(problem, &program),
            };
            match runner {
                Ok(runner) => Judgement { interpreter: runner.interpreter(), ..judge(runner, &program) },
                Err(reason) => Judgement::without_execution(Verdict::Inconclusive { reason }),
            }
        };
        Judgements::by(
            judging,
            || {
                judged(answers.sealed, &|runner, program| match answers.sealed.is_blank_for(problem) {
                    true => Judgement::without_execution(Verdict::NoCode),
                    false => self.sealed(runner, problem, program, reference),
                })
            },
            || judged(answers.compat, &|runner, program| self.compat(runner, problem, program, reference)),
        )
    }

    /// The runner of a program that is an answer to a problem, or why nothing can be judged.
    fn runner_of(&self, problem: &Problem, program: &str) -> Result<&'a dyn Runner, String> {
        self.runner(problem.language, self.interpreter_of(problem, program))
    }

    /// The interpreter that a program of a problem is judged by, where that is not the language's usual one.
    pub fn interpreter_of(&self, problem: &Problem, program: &str) -> Option<Interpreter> {
        let before = imported_before(self.dataset, program);
        interpreter_of(problem.language, problem.interpreter, problem.own_code().chain([program, before]))
    }

    /// The runner of what a problem set has beside its problems, a text in [`LANGUAGE_OF_SETS`].
    fn runner_of_set(&self, text: &str) -> Result<&'a dyn Runner, String> {
        self.runner(LANGUAGE_OF_SETS, interpreter_of(LANGUAGE_OF_SETS, None, [text]))
    }

    fn runner(&self, language: Language, interpreter: Option<Interpreter>) -> Result<&'a dyn Runner, String> {
        self.runners.of(language, interpreter).map_err(|error| error.to_string())
    }

    /// The limits of a cell for one execution of a program of this problem.
    fn cell(&self, runner: &dyn Runner, problem: &Problem, fuel: Fuel) -> CellLimits {
        self.cells(runner, problem)(fuel)
    }

    /// The limits of cells for executions of programs of this problem, by their fuel: what they share is found out
    /// once.
    fn cells(&self, runner: &dyn Runner, problem: &Problem) -> impl Fn(Fuel) -> CellLimits + use<> {
        // What a problem grants is for the program; the interpreter's own memory comes on top.
        let interpreter = runner.smallest_memory();
        let memory = problem.limits.memory.map(|Bytes(own)| Bytes(own.saturating_add(interpreter.0)));
        let expected = problem.tests.iter().map(|test| match &test.body {
            TestBody::Stdio { expected, .. } => expected.len(),
            _ => 0,
        });
        let (limits, longest) = (self.limits_in(runner), expected.max().unwrap_or(0));
        move |fuel| limits.cell(fuel, memory, longest)
    }

    /// The limits of this judge, in cells of a runner: what an interpreter takes beyond the usual one of its language
    /// comes on top of the memory, so that a program has the same in both.
    fn limits_in(&self, runner: &dyn Runner) -> Limits {
        let usual = self.runners.get(runner.language()).map_or(Bytes(0), Runner::smallest_memory);
        let beyond = runner.smallest_memory().0.saturating_sub(usual.0);
        Limits { memory: Bytes(self.limits.memory.0.saturating_add(beyond)).min(MOST_MEMORY), ..self.limits }
    }
}

/// What a set has imported before a program that uses it: APPS has numpy, as `np`.
fn imported_before(dataset: Dataset, program: &str) -> &'static str {
    let is_used = || dataset == Dataset::Apps && python::names(program, "np");
    if is_used() { "import numpy as np" } else { "" }
}
