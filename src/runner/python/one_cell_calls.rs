//! Tests by calls in one cell with the candidate: the ways of upstream harnesses.

use super::protocol::{self, Malformed};
use super::session::{ask_cell, execution, tampered};
use super::{Prelude, PythonRunner};
use crate::runner::{CallOutcome, Code, Execution, Fault};
use crate::sandbox::{CellLimits, SandboxError};
use crate::value::Value;

/// Whose way of calling and comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harness {
    /// EvalPlus's.
    EvalPlus,
    /// APPS's.
    Apps,
    /// LiveCodeBench's.
    LiveCodeBench,
}

/// A call and what it must return.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Positional arguments.
    pub arguments: Vec<Value>,
    /// What it must return.
    pub expected: Value,
    /// How long the harness waits for it, in seconds; nothing if only all calls together are limited.
    pub seconds: Option<f64>,
    /// EvalPlus's rule for it: the name of the oracle and the tolerance in force.
    pub rule: Option<(&'static str, f64)>,
}

/// The class of the exception that stands for a call which came to its end after more than [`Case::seconds`].
pub const TOOK_TOO_LONG: &str = "TookTooLong";

/// The outcome of a whole program that a harness ran as a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// What it raised, if it did not come to its end.
    pub raised: Option<Fault>,
    /// What it wrote to the stream that the harness reads.
    pub output: Vec<u8>,
}

impl PythonRunner {
    /// Calls a function of a program for each case, all in one cell, where the harness's own rule compares too. With
    /// `stop`, the first call that does not pass is the last.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn one_cell_calls(
        &self,
        harness: Harness,
        program: &Code,
        entry_point: &str,
        cases: Vec<Case>,
        stop: bool,
        limits: &CellLimits,
    ) -> Result<Execution<Vec<CallOutcome>>, SandboxError> {
        let cases = cases.into_iter().map(value_of).collect();
        let mut cell = self.new_cell(limits)?;
        let request = request(harness, program, entry_point, cases, stop);
        let result = ask_cell(&mut cell, &request).and_then(|(status, rest)| {
            protocol::call_outcomes(&status, rest?).map_err(|malformed| tampered(&malformed))
        });
        Ok(execution(result, &cell))
    }

    /// Runs a whole program on a standard input, as a harness does that makes a function of it.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn one_cell_program(
        &self,
        harness: Harness,
        program: &Code,
        input: &str,
        limits: &CellLimits,
    ) -> Result<Execution<Ran>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let request = request(harness, program, "", vec![Value::from(input)], true);
        let result = ask_cell(&mut cell, &request).and_then(|(status, rest)| {
            let rest = rest?;
            let output = match rest.as_slice() {
                [_, Value::Bytes(output)] => output.clone(),
                _ => return Err(tampered(&Malformed::Shape)),
            };
            let outcomes =
                protocol::call_outcomes(&status, rest).map_err(|malformed| tampered(&malformed))?;
            let raised = match <[CallOutcome; 1]>::try_from(outcomes) {
                Ok([CallOutcome::Passed]) => None,
                Ok([CallOutcome::Raised(fault)]) => Some(fault),
                _ => return Err(tampered(&Malformed::Shape)),
            };
            Ok(Ran { raised, output })
        });
        Ok(execution(result, &cell))
    }
}

fn request(harness: Harness, program: &Code, entry_point: &str, cases: Vec<Value>, stop: bool) -> Vec<u8> {
    let (name, prelude) = match harness {
        Harness::EvalPlus => ("eval_plus", Prelude::None),
        Harness::Apps => ("apps", Prelude::Apps),
        Harness::LiveCodeBench => ("live_code_bench", Prelude::LiveCodeBench),
    };
    protocol::one_cell_calls(name, program, prelude, entry_point, cases, stop)
}

fn value_of(case: Case) -> Value {
    let seconds = case.seconds.map_or(Value::None, Value::Float);
    let (oracle, atol) = match case.rule {
        Some((oracle, atol)) => (Value::from(oracle), Value::Float(atol)),
        None => (Value::None, Value::None),
    };
    Value::tuple([Value::List(case.arguments), case.expected, Value::tuple([seconds, oracle, atol])])
}
