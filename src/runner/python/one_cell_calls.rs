//! Tests by calls in one cell with the candidate: the ways of upstream harnesses.

use super::protocol;
use super::session::{ask_cell, execution, tampered};
use super::{Prelude, PythonRunner};
use crate::runner::{CallOutcome, Code, Execution};
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
    /// What the harness's rule needs besides: for EvalPlus the name of the oracle and the tolerance in force.
    pub option: Value,
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
        let (name, prelude) = match harness {
            Harness::EvalPlus => ("eval_plus", Prelude::None),
            Harness::Apps => ("apps", Prelude::Apps),
            Harness::LiveCodeBench => ("live_code_bench", Prelude::LiveCodeBench),
        };
        let cases = cases.into_iter().map(value_of).collect();
        let mut cell = self.new_cell(limits)?;
        let request = protocol::one_cell_calls(name, program, prelude, entry_point, cases, stop);
        let result = ask_cell(&mut cell, &request).and_then(|(status, rest)| {
            protocol::call_outcomes(&status, rest?).map_err(|malformed| tampered(&malformed))
        });
        Ok(execution(result, &cell))
    }
}

fn value_of(case: Case) -> Value {
    Value::tuple([Value::List(case.arguments), case.expected, case.option])
}
