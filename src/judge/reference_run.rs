//! What is known of a problem's reference solution and of its tests.

use serde::{Deserialize, Serialize};

use crate::runner::Returned;
use crate::runner::capabilities::Answers;
use crate::sandbox::Fuel;

/// The result of running a problem's reference solution on its tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReferenceRun {
    pub(super) tests: Vec<ReferenceTest>,
    /// The limit that stopped the solution, in words. Of such a run nothing is kept: another karat may have patience.
    #[serde(skip)]
    pub(super) stopped: Option<String>,
}

/// The result of one test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ReferenceTest {
    /// What the solution burned, if it passes.
    pub(super) fuel: Option<Fuel>,
    /// What it returned, where the set leaves that to it.
    pub(super) returned: Option<Returned>,
    /// The test can not be sealed: the solution passes it in one cell with it only; without a solution, the test's text
    /// says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) open: bool,
    /// Where the solution gives a sealed test something other than data, if that is known: nowhere else is such a thing
    /// taken for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) things: Option<Vec<String>>,
}

impl ReferenceRun {
    /// What the solution burned in a test, if it passes.
    pub fn fuel(&self, test: usize) -> Option<Fuel> {
        self.tests.get(test)?.fuel
    }

    /// What the solution returned in a test, where the set leaves that to it.
    pub fn returned(&self, test: usize) -> Option<&Returned> {
        self.tests.get(test)?.returned.as_ref()
    }

    /// Whether a test can be sealed. In doubt it can.
    pub(super) fn seal(&self, test: usize) -> Isolation<'_> {
        match self.tests.get(test) {
            Some(ReferenceTest { open: true, .. }) => Isolation::Open,
            Some(ReferenceTest { things: Some(places), .. }) => Isolation::Sealed(Answers::ThingsAt(places)),
            _ => Isolation::default(),
        }
    }

    /// What the solution burned in all tests together, if it passes every one.
    pub fn total_fuel(&self) -> Option<Fuel> {
        let sum = self.tests.iter().try_fold(0_u64, |sum, test| Some(sum.saturating_add(test.fuel?.0)));
        sum.filter(|_| !self.tests.is_empty()).map(Fuel)
    }

    /// The limit of reference solutions that stopped this one in a test, if one did: more than that is needed.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Whether the solution passes every test.
    pub fn passes(&self) -> bool {
        self.tests.iter().all(|test| test.fuel.is_some())
    }

    #[cfg(test)]
    pub(super) fn of_fuel(fuel: &[u64]) -> ReferenceRun {
        let tests =
            fuel.iter().map(|fuel| ReferenceTest { fuel: Some(Fuel(*fuel)), ..ReferenceTest::default() });
        ReferenceRun { tests: tests.collect(), stopped: None }
    }

    #[cfg(test)]
    pub(super) fn stopped_by(self, limit: &str) -> ReferenceRun {
        ReferenceRun { stopped: Some(limit.to_owned()), ..self }
    }
}

/// Where assertions run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation<'a> {
    /// In a cell of their own, where this counts as an answer.
    Sealed(Answers<'a>),
    /// In the candidate's cell, because the reference solution can not pass them elsewhere. Nothing that a candidate
    /// does leads here.
    Open,
}

/// Where nothing is known of a reference solution.
impl Default for Isolation<'_> {
    fn default() -> Self {
        Isolation::Sealed(Answers::Unknown)
    }
}
