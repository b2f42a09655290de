//! What reference solutions burn and return: found out once a test, kept in the cache. Their fuel is the yardstick of
//! fuel limits; what they return is what is expected where a set does not say (EvalPlus).

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::Judge;
use super::sealed::{Candidate, Seal, assertions_of};
use super::verdict::Verdict;
use crate::complete::Answer;
use crate::problem::{Entry, Problem, Test, TestBody};
use crate::runner::{Execution, Failure, Returned};
use crate::sandbox::{CellLimits, Fuel, Stop};

/// Counts changes of what is measured, so that older files are not taken for it.
const FORMAT: u32 = 1;

/// How many times the data set's own time limit a reference solution may take.
const PATIENCE: u64 = 10;

/// What came of running a problem's reference solution on its tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReferenceRun {
    tests: Vec<ReferenceTest>,
}

/// What came of one test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct ReferenceTest {
    /// What the solution burned, if it passes.
    fuel: Option<Fuel>,
    /// What it returned, where the set leaves that to it.
    returned: Option<Returned>,
    /// The test can not be sealed: the solution passes it in one cell with it only; without a solution, the test's text
    /// says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    open: bool,
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
    pub(super) fn seal(&self, test: usize) -> Seal {
        if self.tests.get(test).is_some_and(|test| test.open) { Seal::Open } else { Seal::Sealed }
    }

    /// What the solution burned in all tests together, if it passes every one.
    pub fn total_fuel(&self) -> Option<Fuel> {
        let sum = self.tests.iter().try_fold(0_u64, |sum, test| Some(sum.saturating_add(test.fuel?.0)));
        sum.filter(|_| !self.tests.is_empty()).map(Fuel)
    }

    /// Whether the solution passes every test.
    pub fn passes(&self) -> bool {
        self.tests.iter().all(|test| test.fuel.is_some())
    }
}

impl Judge<'_> {
    /// Runs a problem's reference solution on every test. Without one, only says which tests can not be sealed, by
    /// their text.
    ///
    /// # Errors
    ///
    /// The harness's own failure, which says nothing about the solution.
    pub fn measure(&self, problem: &Problem) -> Result<ReferenceRun, String> {
        let Some(reference) = problem.reference() else { return self.read_tests(problem) };
        let patience = Fuel::of_seconds((self.dataset.seconds() * PATIENCE) as f64);
        let limits = self.cell(problem, self.limits.fuel.unwrap_or(patience));
        let program = Answer::continuation(&reference.source).program_for(problem);
        let Ok(candidate) = self.candidate(problem, &program) else { return Ok(ReferenceRun::default()) };
        let tests = problem.tests.iter().map(|test| self.measure_test(&candidate, test, &limits));
        Ok(ReferenceRun { tests: tests.collect::<Result<_, _>>()? })
    }

    fn measure_test(
        &self,
        candidate: &Candidate,
        test: &Test,
        limits: &CellLimits,
    ) -> Result<ReferenceTest, String> {
        let Candidate { problem, code, prelude, .. } = candidate;
        if let (TestBody::Call { arguments, expected: None }, Some(entry_point)) =
            (&test.body, &problem.entry_point)
        {
            let execution = self.runner.call(code, *prelude, entry_point, arguments, limits);
            return match execution.map_err(|error| error.to_string())? {
                Execution { result: Ok(returned), fuel, .. } => {
                    Ok(ReferenceTest { fuel: Some(fuel), returned: Some(returned), open: false })
                }
                Execution { result: Err(Failure::Stopped(stop @ Stop::Backstop)), .. } => {
                    Err(stop.to_string())
                }
                _ => Ok(ReferenceTest::default()),
            };
        }
        let expected = match &test.body {
            TestBody::Call { expected: Some(value), .. } => Some(Returned::Data(value.clone())),
            _ => None,
        };
        // A tolerance that depends on earlier tests goes with expected values that the set does not contain.
        let run = |seal| self.test(candidate, test, expected.as_ref(), &problem.comparison, seal, limits);
        let mut outcome = run(Seal::Sealed);
        // A limit that was reached says nothing of the seal.
        let does_not_hold = matches!(
            outcome.verdict,
            Verdict::Exception(_) | Verdict::WrongAnswer(_) | Verdict::Exited { .. }
        );
        if does_not_hold && matches!(test.body, TestBody::Assertions { .. }) {
            outcome = run(Seal::Open);
        }
        match outcome.verdict {
            Verdict::Passed => {
                Ok(ReferenceTest { fuel: Some(outcome.fuel), returned: None, open: outcome.open })
            }
            Verdict::Inconclusive { reason } => Err(reason),
            _ => Ok(ReferenceTest::default()),
        }
    }

    /// What the text of a problem's tests tells of them.
    fn read_tests(&self, problem: &Problem) -> Result<ReferenceRun, String> {
        let limits = self.cell(problem, Fuel::PER_NATIVE_SECOND);
        let read = |test: &Test| match &test.body {
            &TestBody::Assertions { ref source, calls_check } => {
                let tests = assertions_of(problem, source, calls_check);
                let execution = self.runner.sealable(&tests, &limits).map_err(|error| error.to_string())?;
                Ok(ReferenceTest {
                    open: matches!(execution.result, Ok(Some(_))),
                    ..ReferenceTest::default()
                })
            }
            _ => Ok(ReferenceTest::default()),
        };
        Ok(ReferenceRun { tests: problem.tests.iter().map(read).collect::<Result<_, String>>()? })
    }
}

/// The cache of what reference solutions burn and return: a file a problem, named by a digest of all that it depends
/// on.
#[derive(Debug)]
pub struct ReferenceCache {
    directory: PathBuf,
    runner_inputs: String,
    /// What could not be written, by the problem's digest.
    unwritten: Mutex<HashMap<String, ReferenceRun>>,
}

impl ReferenceCache {
    /// The cache of runs with one guest, in a cache directory.
    pub fn new(cache: &Path, runner_inputs: &str) -> ReferenceCache {
        ReferenceCache {
            directory: cache.join("reference"),
            runner_inputs: runner_inputs.to_owned(),
            unwritten: Mutex::default(),
        }
    }

    /// What is known of a problem. A file that can not be read counts as missing: it is made again.
    pub fn get(&self, entry: &Entry) -> Option<ReferenceRun> {
        let written = fs::read(self.file(entry)).ok().and_then(|bytes| rmp_serde::from_slice(&bytes).ok());
        written.or_else(|| self.unwritten().get(&entry.digest).cloned())
    }

    /// Keeps what was found out; in memory, if it can not be written.
    pub fn put(&self, entry: &Entry, run: ReferenceRun) {
        if self.write(entry, &run).is_err() {
            self.unwritten().insert(entry.digest.clone(), run);
        }
    }

    fn write(&self, entry: &Entry, run: &ReferenceRun) -> io::Result<()> {
        let file = self.file(entry);
        let parent = file.parent().unwrap_or(&self.directory);
        fs::create_dir_all(parent)?;
        let mut temporary = tempfile::NamedTempFile::new_in(parent)?;
        temporary.write_all(&rmp_serde::to_vec_named(run).map_err(io::Error::other)?)?;
        temporary.persist(&file)?;
        Ok(())
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<String, ReferenceRun>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, entry: &Entry) -> PathBuf {
        let text = format!("{FORMAT} {} {}", entry.digest, self.runner_inputs);
        let name = blake3::hash(text.as_bytes()).to_hex();
        self.directory.join(&name[..2]).join(&name[2..])
    }
}
