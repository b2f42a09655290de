//! What reference solutions burn and return: found out once a test, [kept](super::reference_cache) in the cache. Their
//! fuel is the yardstick of fuel limits; what they return is what is expected where a set does not say (EvalPlus).

use tracing::debug;

use super::Judge;
use super::limits::Limits;
use super::outcome::{Sources, of_test};
use super::reference_run::{Isolation, ReferenceTest};
use super::sealed::{CHECKER_FAILED, Candidate, Expected, assertions_of};
use super::shared_cell::only_in_its_cell;
use super::verdict::Verdict;
use crate::complete::Answer;
use crate::problem::{Problem, Test, TestBody};
use crate::runner::capabilities::Answers;
use crate::runner::{Returned, Runner};
use crate::sandbox::{CellLimits, Fuel};
use crate::shown::shown;

pub use super::reference_run::ReferenceRun;

/// Counts changes of what is measured, so that older files are not taken for it.
pub(super) const FORMAT: u32 = 4;

/// How many times the data set's own time limit a reference solution may take.
pub(super) const PATIENCE: u64 = 10;

/// Most bytes, packed, of what a reference solution returns in all tests of a problem: all of it is in memory at once.
const MOST_RETURNED: usize = 32 << 20;

/// Why nothing is known of a test.
enum Unmeasured {
    /// A limit stopped the solution.
    Stopped(String),
    /// The harness failed.
    Harness(String),
}

impl Judge<'_> {
    /// Runs a problem's reference solution on every test, within the limits of reference solutions: those of this judge
    /// play no part, since what is measured is kept for runs with others. Without a solution, only says which tests can
    /// not be sealed, by their text.
    ///
    /// # Errors
    ///
    /// The harness's own failure, which says nothing about the solution.
    pub fn measure(&self, problem: &Problem) -> Result<ReferenceRun, String> {
        let measured = self.run_reference(problem);
        let task = &problem.task_id;
        match &measured {
            Ok(ReferenceRun { tests, stopped: None }) => {
                let passed = tests.iter().filter(|test| test.fuel.is_some()).count();
                let fuel: u64 = tests.iter().filter_map(|test| test.fuel).map(|Fuel(fuel)| fuel).sum();
                debug!(%task, tests = tests.len(), passed, fuel, "reference measured");
            }
            Ok(ReferenceRun { stopped: Some(limit), .. }) => debug!(%task, limit, "reference stopped"),
            Err(reason) => debug!(%task, reason = %shown(reason), "reference not measured"),
        }
        measured
    }

    fn run_reference(&self, problem: &Problem) -> Result<ReferenceRun, String> {
        let judge = Judge { limits: Limits::OF_REFERENCES, ..*self };
        let program =
            problem.reference().map(|solution| Answer::continuation(&solution.source).program_for(problem));
        let runner = judge.runner_of(problem, program.as_deref().unwrap_or_default())?;
        let Some(program) = program else { return judge.read_tests(runner, problem) };
        let fuel = runner.native_second().times((judge.dataset.seconds() * PATIENCE) as f64);
        let mut limits = judge.cell(runner, problem, fuel);
        // What a problem grants may be less, and is for others.
        limits.memory = limits.memory.max(Limits::OF_REFERENCES.memory);
        let mut run =
            ReferenceRun { tests: vec![ReferenceTest::default(); problem.tests.len()], stopped: None };
        let candidate = match judge.candidate(runner, problem, &program) {
            Ok(candidate) => candidate,
            Err(outcome) => match unless_failed(outcome.verdict) {
                Some(Unmeasured::Harness(reason)) => return Err(reason),
                Some(Unmeasured::Stopped(limit)) => return Ok(ReferenceRun { stopped: Some(limit), ..run }),
                None => return Ok(run),
            },
        };
        let mut returned = 0;
        for (measured, test) in run.tests.iter_mut().zip(&problem.tests) {
            match judge.measure_test(&candidate, test, &limits) {
                Ok(test) => {
                    returned += test.returned.as_ref().map_or(0, Returned::size);
                    if returned > MOST_RETURNED {
                        let stopped = Some(format!("more than {} MiB of results", MOST_RETURNED >> 20));
                        return Ok(ReferenceRun { tests: Vec::new(), stopped });
                    }
                    *measured = test;
                }
                // Of such a run nothing is kept, so the other tests need not be waited for.
                Err(Unmeasured::Stopped(limit)) => return Ok(ReferenceRun { stopped: Some(limit), ..run }),
                Err(Unmeasured::Harness(reason)) => return Err(reason),
            }
        }
        Ok(run)
    }

    fn measure_test(
        &self,
        candidate: &Candidate,
        test: &Test,
        limits: &CellLimits,
    ) -> Result<ReferenceTest, Unmeasured> {
        let Candidate { problem, program, prepared, .. } = candidate;
        let mut returned = None;
        let outcome = match (&test.body, &problem.entry_point) {
            (TestBody::Call { arguments, expected: None }, Some(entry_point)) => match candidate.calls() {
                Ok(runner) => {
                    let execution = runner.call(prepared, entry_point, arguments, limits);
                    let sources = Sources { program, test: "", one_text: false };
                    of_test(execution, &sources, limits, |value| {
                        returned = Some(value);
                        Verdict::Passed
                    })
                }
                Err(lacking) => lacking,
            },
            (body, _) => {
                let expected = Expected::of_test(test);
                // A tolerance that depends on earlier tests goes with expected values that the set does not contain.
                let run = |seal| self.test(candidate, test, expected, &problem.comparison, seal, limits);
                let sealed = run(Isolation::Sealed(Answers::OfReference));
                // A limit that was reached says nothing of the seal.
                let does_not_hold = matches!(
                    sealed.verdict,
                    Verdict::Exception(_) | Verdict::WrongAnswer(_) | Verdict::Exited { .. }
                );
                if does_not_hold && matches!(body, TestBody::Assertions { .. }) {
                    run(Isolation::Open)
                } else {
                    sealed
                }
            }
        };
        match outcome.verdict {
            Verdict::Passed => Ok(ReferenceTest {
                fuel: Some(outcome.fuel),
                returned,
                open: outcome.open,
                things: outcome.things,
            }),
            verdict => unless_failed(verdict).map_or_else(|| Ok(ReferenceTest::default()), Err),
        }
    }

    /// What the text of a problem's tests tells of them.
    fn read_tests(&self, runner: &dyn Runner, problem: &Problem) -> Result<ReferenceRun, String> {
        let limits = self.cell(runner, problem, runner.native_second());
        let read = |test: &Test| match &test.body {
            &TestBody::Assertions { ref source, calls_check } => {
                let tests = assertions_of(problem, source, calls_check);
                let open = match runner.assertions() {
                    Some(runner) => {
                        let read = runner.sealable(&tests, &limits).map_err(|error| error.to_string())?;
                        matches!(read.result, Ok(Some(_)))
                    }
                    None => only_in_its_cell(runner),
                };
                Ok(ReferenceTest { open, ..ReferenceTest::default() })
            }
            _ => Ok(ReferenceTest::default()),
        };
        let tests = problem.tests.iter().map(read).collect::<Result<_, String>>()?;
        Ok(ReferenceRun { tests, stopped: None })
    }
}

/// Why a verdict other than passed says nothing about the solution; `None` if it says that the solution fails.
fn unless_failed(verdict: Verdict) -> Option<Unmeasured> {
    let stopped = |most: u64, unit| Some(Unmeasured::Stopped(format!("more than {most} {unit}")));
    match verdict {
        Verdict::OutOfFuel { limit } => stopped(limit.0 / 1_000_000_000, "G of fuel"),
        Verdict::OutOfMemory { limit } => stopped(limit.0 >> 20, "MiB of memory"),
        Verdict::OutputLimit { limit } => stopped(limit.0 >> 20, "MiB of output"),
        Verdict::Inconclusive { reason } if reason.starts_with(CHECKER_FAILED) => None,
        Verdict::Inconclusive { reason } => Some(Unmeasured::Harness(reason)),
        _ => None,
    }
}
