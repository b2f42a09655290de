//! Programs that a problem's tests should catch, and whether they do.

use std::collections::HashSet;

use serde::Serialize;

use super::answers::tight;
use crate::complete::Answer;
use crate::judge::Judge;
use crate::judge::mutate::mutants;
use crate::judge::reference::ReferenceRun;
use crate::judge::reference_run::Isolation;
use crate::judge::sealed::{Expected, expected_values, rules};
use crate::judge::verdict::{Standing, Verdict};
use crate::problem::{Problem, Solution, Test};
use crate::runner::Runner;
use crate::sandbox::Fuel;

/// A program that the tests should catch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opponent {
    /// What to call it in reports.
    pub name: String,
    /// The program, with the problem's prompt if it has one.
    pub program: String,
    /// Where it comes from.
    pub kind: OpponentKind,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OpponentKind {
    /// The problem says that it is wrong.
    Wrong,
    /// The reference solution with one place changed.
    Mutant,
    /// A model wrote it. It may be right.
    Completion,
}

/// What tests make of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::judge) enum Fate {
    /// It fails.
    Caught,
    /// It passes.
    Passes,
    /// It is none, or can not be judged here.
    NoProgram,
}

/// The programs that a problem's tests should catch: its wrong solutions, at most `most_mutants` mutants of its
/// reference solution, and completions. Each program is there once, and none is a right solution.
pub fn opponents<'a>(
    problem: &Problem,
    most_mutants: usize,
    completions: impl IntoIterator<Item = (String, Answer<'a>)>,
) -> Vec<Opponent> {
    let runs = |solution: &&Solution| solution.is_in_language_of(problem);
    let mut seen: HashSet<String> =
        problem.references.iter().filter(runs).map(|solution| program_of(solution, problem)).collect();
    let mut found = Vec::new();
    let mut add = |name: String, program: String, kind| {
        if seen.insert(program.clone()) {
            found.push(Opponent { name, program, kind });
        }
    };
    for wrong in problem.wrong.iter().filter(runs) {
        add(format!("wrong solution {:?}", wrong.name), program_of(wrong, problem), OpponentKind::Wrong);
    }
    if let Some(reference) = problem.reference() {
        for mutant in mutants(&reference.source, most_mutants) {
            let program = Answer::continuation(&mutant.source).program_for(problem);
            add(format!("mutant, {}", mutant.describe()), program, OpponentKind::Mutant);
        }
    }
    for (name, answer) in completions {
        add(name, answer.program_for(problem), OpponentKind::Completion);
    }
    found
}

/// The program that a solution makes.
pub(super) fn program_of(solution: &Solution, problem: &Problem) -> String {
    Answer::continuation(&solution.source).program_for(problem)
}

impl Judge<'_> {
    /// What the present tests make of a program, the cheapest first. A mutant that burns much more than the reference
    /// solution does is taken for one that never ends, long before a limit stops it.
    pub(in crate::judge) fn fate(
        &self,
        problem: &Problem,
        reference: Option<&ReferenceRun>,
        opponent: &Opponent,
    ) -> Fate {
        let Ok(runner) = self.runner_of(problem, &opponent.program) else { return Fate::NoProgram };
        let Ok(candidate) = self.candidate(runner, problem, &opponent.program) else {
            return Fate::NoProgram;
        };
        let expected = expected_values(problem, reference);
        let rules = rules(problem, &expected);
        let burned = |index: usize| reference.and_then(|run| run.fuel(index));
        let mut order: Vec<usize> = (0..problem.tests.len()).collect();
        order.sort_by_key(|&index| burned(index).unwrap_or(Fuel(u64::MAX)));
        let cell = self.cells(runner, problem);
        let mut fate = Fate::Passes;
        for index in order {
            let limits = cell(self.limit(runner, problem, opponent.kind, burned(index)));
            let rule = rules.get(index).unwrap_or(&problem.comparison);
            let test = &problem.tests[index];
            let seal = reference.map_or(Isolation::default(), |run| run.seal(index));
            let outcome = self.test(&candidate, test, expected[index], rule, seal, &limits);
            let verdict = outcome.verdict;
            match verdict.kind().standing() {
                Standing::Pass => {}
                Standing::Fail if matches!(verdict, Verdict::SyntaxError(_)) => return Fate::NoProgram,
                Standing::Fail => return Fate::Caught,
                Standing::Unknown => fate = Fate::NoProgram,
            }
        }
        fate
    }

    fn limit(
        &self,
        runner: &dyn Runner,
        problem: &Problem,
        kind: OpponentKind,
        burned: Option<Fuel>,
    ) -> Fuel {
        let second = runner.native_second();
        let real = self.limits.sealed(&problem.limits, burned, self.dataset, second).limit;
        match (kind, burned) {
            (OpponentKind::Mutant, Some(burned)) => real.min(tight(burned)),
            _ => real,
        }
    }

    /// What the reference solution burns in a test, if all right solutions pass it.
    pub(super) fn fuel_of_right(&self, problem: &Problem, test: &Test) -> Option<Fuel> {
        let runs = |solution: &&Solution| solution.is_in_language_of(problem);
        let mut reference = None;
        for solution in problem.references.iter().filter(runs) {
            let (verdict, fuel) = self.alone(problem, &program_of(solution, problem), test, reference, false);
            if verdict != Verdict::Passed {
                return None;
            }
            reference.get_or_insert(fuel);
        }
        reference
    }

    /// Whether a test catches a program, `reference` being what the reference solution burns in it.
    pub(super) fn fails(&self, problem: &Problem, opponent: &Opponent, test: &Test, reference: Fuel) -> bool {
        let is_mutant = opponent.kind == OpponentKind::Mutant;
        let (verdict, _) = self.alone(problem, &opponent.program, test, Some(reference), is_mutant);
        verdict.kind().standing() == Standing::Fail
    }

    fn alone(
        &self,
        problem: &Problem,
        program: &str,
        test: &Test,
        reference: Option<Fuel>,
        is_mutant: bool,
    ) -> (Verdict, Fuel) {
        let runner = match self.runner_of(problem, program) {
            Ok(runner) => runner,
            Err(reason) => return (Verdict::Inconclusive { reason }, Fuel(0)),
        };
        let candidate = match self.candidate(runner, problem, program) {
            Ok(candidate) => candidate,
            Err(outcome) => return (outcome.verdict, outcome.fuel),
        };
        let kind = if is_mutant { OpponentKind::Mutant } else { OpponentKind::Wrong };
        let limits = self.cell(runner, problem, self.limit(runner, problem, kind, reference));
        let expected = Expected::of_test(test);
        let rule = &problem.comparison;
        let outcome = self.test(&candidate, test, expected, rule, Isolation::default(), &limits);
        (outcome.verdict, outcome.fuel)
    }
}
