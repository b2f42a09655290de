//! Judging: whether a completion solves its problem.
//!
//! A [`Judge`] takes a problem and an answer to a [`Judgement`]. How a language runs is the runner's business; what
//! an outcome means is decided here: `sealed` judges by Karat's rules, `compat` by those of the upstream harnesses,
//! [`compare`] says when an answer is the expected one.

pub mod compare;
mod compat;
pub mod harden;
pub mod limits;
pub mod mutate;
mod outcome;
pub mod prepared;
pub mod reference;
pub mod reference_cache;
mod sealed;
mod tally;
pub mod verdict;
pub mod verify;

use tracing::trace;

use crate::complete::{Answer, Form};
use crate::problem::{Dataset, Problem, TestBody};
use crate::runner::python::PythonRunner;
use crate::sandbox::{Bytes, CellLimits, Fuel};
use crate::shown::shown;
use limits::Limits;
use reference::ReferenceRun;
use verdict::{Judgement, Judging, Standing, Verdict};

/// Judges completions by one set of limits.
pub struct Judge<'a> {
    runner: &'a PythonRunner,
    limits: Limits,
    dataset: Dataset,
    all_tests: bool,
}

/// The judgements of one completion: one or both, as asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgements {
    /// By sealed judging.
    pub sealed: Option<Judgement>,
    /// By the upstream harness's rules.
    pub compat: Option<Judgement>,
}

impl Judgements {
    /// Whether the completion passes: by sealed judging, where it was judged so.
    pub fn passes(&self) -> bool {
        let judgement = self.sealed.as_ref().or(self.compat.as_ref());
        judgement.is_some_and(|judgement| judgement.verdict.kind().standing() == Standing::Pass)
    }

    /// Whether a judgement is inconclusive, so that the completion should be judged once more, alone.
    pub fn any_inconclusive(&self) -> bool {
        [&self.sealed, &self.compat]
            .into_iter()
            .flatten()
            .any(|judgement| matches!(judgement.verdict, Verdict::Inconclusive { .. }))
    }
}

/// One answer as both ways of judging take it: an upstream harness may take another program out of it.
#[derive(Clone, Copy, Debug)]
pub struct BothAnswers<'a> {
    /// For sealed judging.
    pub sealed: Answer<'a>,
    /// For compatible judging.
    pub compat: Answer<'a>,
}

impl<'a> Judge<'a> {
    /// A judge of completions of `dataset`, which executes with `runner` and stops at the first test that fails.
    pub fn new(runner: &'a PythonRunner, limits: Limits, dataset: Dataset) -> Judge<'a> {
        Judge { runner, limits, dataset, all_tests: false }
    }

    /// Whether to run all tests of a problem although one failed.
    pub fn all_tests(self, all_tests: bool) -> Judge<'a> {
        Judge { all_tests, ..self }
    }

    /// The limits that it judges by.
    pub fn limits(&self) -> &Limits {
        &self.limits
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
        for (rules, judgement) in [("sealed", &judgements.sealed), ("compat", &judgements.compat)] {
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
        if let Some(package) = problem.needed_package(answers.sealed.form == Form::Continuation) {
            let reason =
                format!("the problem's own code needs {}, which the sandbox does not have", shown(package));
            let judgement = || Judgement::without_execution(Verdict::Inconclusive { reason: reason.clone() });
            return Judgements {
                sealed: (judging != Judging::Compat).then(judgement),
                compat: (judging != Judging::Sealed).then(judgement),
            };
        }
        Judgements {
            sealed: (judging != Judging::Compat).then(|| self.sealed(problem, answers.sealed, reference)),
            compat: (judging != Judging::Sealed).then(|| self.compat(problem, answers.compat, reference)),
        }
    }

    /// The limits of a cell for one execution of a program of this problem.
    fn cell(&self, problem: &Problem, fuel: Fuel) -> CellLimits {
        self.cells(problem)(fuel)
    }

    /// The limits of cells for executions of programs of this problem, by their fuel: what they share is found out once.
    fn cells(&self, problem: &Problem) -> impl Fn(Fuel) -> CellLimits + use<> {
        // What a problem grants is for the program; the interpreter's own memory comes on top.
        let interpreter = self.runner.smallest_memory();
        let memory = problem.limits.memory.map(|Bytes(own)| Bytes(own.saturating_add(interpreter.0)));
        let expected = problem.tests.iter().map(|test| match &test.body {
            TestBody::Stdio { expected, .. } => expected.len(),
            _ => 0,
        });
        let (limits, longest) = (self.limits, expected.max().unwrap_or(0));
        move |fuel| limits.cell(fuel, memory, longest)
    }
}
