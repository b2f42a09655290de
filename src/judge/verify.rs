//! Whether a problem is in order: its right solutions pass, its wrong ones fail, for the reason that they name.

use serde::{Deserialize, Serialize};

use super::Judge;
use super::reference::ReferenceRun;
use super::verdict::{Judging, Standing, Verdict};
use crate::complete::Answer;
use crate::problem::{Dataset, Problem, Solution, Test};

/// What is wrong with a problem, or why that can not be told here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// There is no solution to verify it by.
    NoReference,
    /// There is no test, so that everything would pass.
    NoTests,
    /// A solution that is said to be right does not pass.
    RightFails {
        /// The solution's name.
        solution: String,
        /// What it got instead.
        verdict: Verdict,
        /// The test that it fails, from 1, where there are several.
        test: Option<u32>,
    },
    /// A solution that is said to be wrong passes.
    WrongPasses {
        /// The solution's name.
        solution: String,
    },
    /// A solution that is said to be wrong fails, but not for the reason that it names.
    WrongReason {
        /// The solution's name.
        solution: String,
        /// The verdict that it names.
        expected: String,
        /// What it got instead.
        verdict: Verdict,
    },
    /// A solution needs what the sandbox does not have.
    CanNotRunHere {
        /// The solution's name.
        solution: String,
        /// What is missing.
        needs: String,
    },
    /// A test repeats an earlier one, or an example, and so tests nothing.
    RepeatedTest {
        /// The test, from 1.
        test: u32,
        /// The one that it repeats, from 1.
        earlier: u32,
        /// Whether the earlier one is an example that the model sees.
        example: bool,
    },
    /// The harness failed.
    Inconclusive {
        /// The solution's name.
        solution: String,
        /// What went wrong.
        reason: String,
    },
}

impl Finding {
    /// Whether it says that something is wrong, not only that something can not be told.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Finding::CanNotRunHere { .. } | Finding::Inconclusive { .. } | Finding::NoReference)
    }
}

/// The result of verifying a problem.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Right solutions that passed.
    pub right: u32,
    /// Wrong solutions that failed, as they should.
    pub wrong: u32,
    /// All that is not as it should be.
    pub findings: Vec<Finding>,
}

impl Judge<'_> {
    /// Judges a problem's own solutions, at most `most` right and `most` wrong ones.
    pub fn verify(&self, problem: &Problem, reference: Option<&ReferenceRun>, most: usize) -> Verification {
        let mut verification = Verification::default();
        let findings = &mut verification.findings;
        if problem.tests.is_empty() {
            findings.push(Finding::NoTests);
            return verification;
        }
        if self.dataset == Dataset::Karat {
            // Published sets repeat tests by the thousand, and nobody here can mend them.
            findings.extend(repeated_tests(problem));
        }
        let runs = |solution: &&Solution| solution.is_in_language_of(problem);
        if !problem.references.iter().any(|solution| runs(&solution)) {
            findings.push(Finding::NoReference);
        }
        for solution in problem.references.iter().filter(runs).take(most) {
            match self.verify_right(problem, solution, reference) {
                None => verification.right += 1,
                Some(finding) => findings.push(finding),
            }
        }
        for solution in problem.wrong.iter().filter(runs).take(most) {
            match self.verify_wrong(problem, solution, reference) {
                None => verification.wrong += 1,
                Some(finding) => findings.push(finding),
            }
        }
        verification
    }

    fn verify_right(
        &self,
        problem: &Problem,
        solution: &Solution,
        reference: Option<&ReferenceRun>,
    ) -> Option<Finding> {
        let (verdict, test) = self.verdict_on(problem, solution, reference);
        match verdict.kind().standing() {
            Standing::Pass => None,
            Standing::Fail => Some(Finding::RightFails { solution: solution.name.clone(), verdict, test }),
            Standing::Unknown => Some(unknown(solution, verdict)),
        }
    }

    fn verify_wrong(
        &self,
        problem: &Problem,
        solution: &Solution,
        reference: Option<&ReferenceRun>,
    ) -> Option<Finding> {
        let (verdict, _) = self.verdict_on(problem, solution, reference);
        let name = solution.name.clone();
        match (verdict.kind().standing(), &solution.verdict) {
            (Standing::Pass, _) => Some(Finding::WrongPasses { solution: name }),
            (Standing::Unknown, _) => Some(unknown(solution, verdict)),
            (Standing::Fail, Some(expected)) if verdict.kind().name() != expected => {
                Some(Finding::WrongReason { solution: name, expected: expected.clone(), verdict })
            }
            (Standing::Fail, _) => None,
        }
    }

    fn verdict_on(
        &self,
        problem: &Problem,
        solution: &Solution,
        reference: Option<&ReferenceRun>,
    ) -> (Verdict, Option<u32>) {
        let answer = Answer::continuation(&solution.source);
        let judgement = self.judge(problem, answer, reference, Judging::Sealed).into_counted();
        (judgement.verdict, judgement.tests.and_then(|tests| tests.failed).map(|index| index + 1))
    }
}

/// The tests that are the same as an earlier one.
fn repeated_tests(problem: &Problem) -> impl Iterator<Item = Finding> {
    let tests = &problem.tests;
    tests.iter().enumerate().filter_map(|(index, test)| {
        let same = |earlier: &Test| earlier.body == test.body;
        let earlier = tests[..index].iter().position(same)?;
        let example = tests[earlier].visible;
        let number = |index: usize| index as u32 + 1;
        Some(Finding::RepeatedTest { test: number(index), earlier: number(earlier), example })
    })
}

fn unknown(solution: &Solution, verdict: Verdict) -> Finding {
    let solution = solution.name.clone();
    match verdict {
        Verdict::Unsupported { needs } => Finding::CanNotRunHere { solution, needs },
        Verdict::Inconclusive { reason } => Finding::Inconclusive { solution, reason },
        other => Finding::RightFails { solution, verdict: other, test: None },
    }
}
