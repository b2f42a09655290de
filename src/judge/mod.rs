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
use crate::language::Language;
use crate::problem::{Dataset, Problem, TestBody};
use crate::runner::{Runner, Runners};
use crate::sandbox::{Bytes, CellLimits, Fuel};
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
        // Where the problem itself can not run here, that is no fault of an answer.
        let runner = match problem.needed_package(answers.sealed.form == Form::Continuation) {
            Some(package) => Err(format!(
                "the problem's own code needs {}, which the sandbox does not have",
                shown(package)
            )),
            None => self.runner(problem.language),
        };
        let runner = match runner {
            Ok(runner) => runner,
            Err(reason) => {
                let judgement =
                    || Judgement::without_execution(Verdict::Inconclusive { reason: reason.clone() });
                return Judgements::by(judging, judgement, judgement);
            }
        };
        Judgements::by(
            judging,
            || self.sealed(runner, problem, answers.sealed, reference),
            || self.compat(runner, problem, answers.compat, reference),
        )
    }

    /// The runner of a language, or why nothing can be judged.
    fn runner(&self, language: Language) -> Result<&'a dyn Runner, String> {
        self.runners.get(language).ok_or_else(|| format!("there is no runner for {} here", language.name()))
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
        let (limits, longest) = (self.limits, expected.max().unwrap_or(0));
        move |fuel| limits.cell(fuel, memory, longest)
    }
}
