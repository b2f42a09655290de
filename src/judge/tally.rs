//! From the outcomes of a problem's tests to one judgement.

use super::verdict::{Judgement, Standing, TestCounts, Verdict};
use crate::problem::{Problem, TestGroup};
use crate::sandbox::Fuel;

/// The outcome of one test.
pub(super) struct TestOutcome {
    pub verdict: Verdict,
    pub fuel: Fuel,
    /// Judged in one cell, since the test can not be sealed.
    pub open: bool,
    /// Where the program gave something other than data to a sealed test that it passed, if that is known.
    pub things: Option<Vec<String>>,
}

impl TestOutcome {
    /// The judgement if this is all there is.
    pub(super) fn alone(self) -> Judgement {
        let TestOutcome { verdict, fuel, open, .. } = self;
        Judgement { verdict, fuel, tests: None, open, interpreter: None }
    }
}

/// Collects the outcomes of a problem's tests, in order.
pub(super) struct Tally<'a> {
    problem: &'a Problem,
    stop_at_first_failure: bool,
    run: u32,
    passed: u32,
    unknown: u32,
    base_failed: bool,
    fuel: Fuel,
    open: bool,
    /// The first test that failed, or, until one did, the first that has no verdict on the completion.
    decisive: Option<(u32, Verdict)>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(problem: &'a Problem, stop_at_first_failure: bool) -> Tally<'a> {
        Tally {
            problem,
            stop_at_first_failure,
            run: 0,
            passed: 0,
            unknown: 0,
            base_failed: false,
            fuel: Fuel(0),
            open: false,
            decisive: None,
        }
    }

    /// Takes the outcome of the next test; false if no more tests need to run. What the sandbox lacks keeps no other
    /// test from telling that the program is wrong.
    pub(super) fn add(&mut self, outcome: TestOutcome) -> bool {
        let index = self.run;
        self.run += 1;
        self.fuel = Fuel(self.fuel.0.saturating_add(outcome.fuel.0));
        self.open |= outcome.open;
        let standing = outcome.verdict.kind().standing();
        match standing {
            Standing::Pass => {
                self.passed += 1;
                return true;
            }
            Standing::Unknown => self.unknown += 1,
            Standing::Fail => {}
        }
        let group = self.problem.tests.get(index as usize).map(|test| test.group);
        self.base_failed |= group == Some(TestGroup::Base);
        let is_open = matches!(outcome.verdict, Verdict::Unsupported { .. });
        let unknown_so_far =
            self.decisive.as_ref().is_some_and(|(_, verdict)| verdict.kind().standing() == Standing::Unknown);
        if self.decisive.is_none() || unknown_so_far && standing == Standing::Fail {
            self.decisive = Some((index, outcome.verdict));
        }
        is_open || !self.stop_at_first_failure
    }

    /// Whether the first test that does not pass is the last.
    pub(super) fn stops_at_first_failure(&self) -> bool {
        self.stop_at_first_failure
    }

    /// Adds fuel that was burned outside of any test.
    pub(super) fn add_fuel(&mut self, fuel: Fuel) {
        self.fuel = Fuel(self.fuel.0.saturating_add(fuel.0));
    }

    /// The judgement of all tests together.
    pub(super) fn judgement(self) -> Judgement {
        let total = u32::try_from(self.problem.tests.len()).unwrap_or(u32::MAX);
        let has_groups = self.problem.tests.iter().any(|test| test.group == TestGroup::Plus);
        let (failed, verdict) = match self.decisive {
            Some((index, verdict)) => (Some(index), verdict),
            None => (None, Verdict::Passed),
        };
        let counts = TestCounts {
            total,
            run: self.run,
            passed: self.passed,
            unknown: self.unknown,
            failed,
            base_passed: has_groups.then_some(!self.base_failed),
        };
        Judgement {
            verdict,
            fuel: self.fuel,
            tests: (total > 1).then_some(counts),
            open: self.open,
            interpreter: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Language, Test, TestBody};

    fn problem(groups: &[TestGroup]) -> Problem {
        let stdio = |group: &TestGroup| Test {
            group: *group,
            ..Test::hidden(TestBody::Stdio { input: String::new(), expected: String::new() })
        };
        Problem { tests: groups.iter().map(stdio).collect(), ..Problem::new("p", Language::Python) }
    }

    fn outcome(verdict: Verdict) -> TestOutcome {
        TestOutcome { verdict, fuel: Fuel(10), open: false, things: None }
    }

    #[test]
    fn a_failure_decides_over_an_earlier_test_without_verdict() {
        let problem = problem(&[TestGroup::Base; 4]);
        let mut tally = Tally::new(&problem, false);
        let unsupported = Verdict::Unsupported { needs: "numpy".into() };
        let verdicts = [Verdict::Passed, unsupported, Verdict::OutOfFuel { limit: Fuel(1) }, Verdict::NoCode];
        for verdict in verdicts {
            assert!(tally.add(outcome(verdict)));
        }
        let judgement = tally.judgement();
        assert_eq!(judgement.verdict, Verdict::OutOfFuel { limit: Fuel(1) });
        assert_eq!(judgement.fuel, Fuel(40));
        let counts = judgement.tests.unwrap();
        assert_eq!((counts.run, counts.passed, counts.unknown, counts.failed), (4, 1, 1, Some(2)));
        assert_eq!(counts.base_passed, None);
    }

    #[test]
    fn the_first_failure_ends_it_where_that_is_asked_for() {
        let problem = problem(&[TestGroup::Base, TestGroup::Base, TestGroup::Plus]);
        let mut tally = Tally::new(&problem, true);
        assert!(tally.add(outcome(Verdict::Passed)));
        assert!(tally.add(outcome(Verdict::Passed)));
        assert!(!tally.add(outcome(Verdict::NoCode)));
        let counts = tally.judgement().tests.unwrap();
        assert_eq!((counts.total, counts.run), (3, 3));
        assert_eq!(counts.base_passed, Some(true), "only a test of the plus group failed");
    }

    #[test]
    fn what_the_sandbox_lacks_does_not_end_it() {
        let problem = problem(&[TestGroup::Base; 4]);
        let unsupported = || outcome(Verdict::Unsupported { needs: "numpy".into() });
        let mut tally = Tally::new(&problem, true);
        assert!(tally.add(unsupported()));
        assert!(tally.add(outcome(Verdict::Passed)));
        assert!(!tally.add(outcome(Verdict::NoCode)));
        assert_eq!(tally.judgement().verdict, Verdict::NoCode);
        let mut tally = Tally::new(&problem, true);
        assert!(tally.add(unsupported()) && tally.add(outcome(Verdict::Passed)));
        assert_eq!(tally.judgement().verdict, Verdict::Unsupported { needs: "numpy".into() });
    }

    #[test]
    fn a_problem_with_one_test_needs_no_counts() {
        let problem = problem(&[TestGroup::Base]);
        let mut tally = Tally::new(&problem, true);
        tally.add(outcome(Verdict::Passed));
        assert_eq!(tally.judgement().tests, None);
    }
}
