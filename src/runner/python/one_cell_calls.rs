//! Tests by calls in one cell with the candidate: the ways of upstream harnesses.

use super::PythonRunner;
use super::protocol;
use super::session::{ask_cell, execution, tampered};
use super::shape::Malformed;
use crate::runner::capabilities::{CallOutcome, Case, FunctionRun, Harness, Prelude, UpstreamHarnesses};
use crate::runner::{Execution, Prepared};
use crate::sandbox::{CellLimits, SandboxError};
use crate::value::Value;

impl UpstreamHarnesses for PythonRunner {
    fn human_eval(&self, source: &str, limits: &CellLimits) -> Result<Execution, SandboxError> {
        self.one_text(source, true, limits)
    }

    fn calls_in_one_cell(
        &self,
        harness: Harness,
        program: &str,
        entry_point: &str,
        cases: &[Case<'_>],
        stop: bool,
        limits: &CellLimits,
    ) -> Result<Execution<Vec<CallOutcome>>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let (name, program_there) = of(harness, program);
        let request = protocol::one_cell_calls(name, &program_there, entry_point, cases, stop);
        let result = ask_cell(&mut cell, &request).and_then(|(status, rest)| {
            protocol::call_outcomes(&status, rest?).map_err(|malformed| tampered(&malformed))
        });
        Ok(execution(result, program, &cell))
    }

    fn program_as_function(
        &self,
        harness: Harness,
        program: &str,
        input: &str,
        limits: &CellLimits,
    ) -> Result<Execution<FunctionRun>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let (name, program_there) = of(harness, program);
        let request = protocol::program_as_function(name, &program_there, input);
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
            Ok(FunctionRun { raised, output })
        });
        Ok(execution(result, program, &cell))
    }
}

/// What the guest calls a harness, and a program with what that harness puts before it.
fn of(harness: Harness, program: &str) -> (&'static str, Prepared) {
    let (name, prelude) = match harness {
        Harness::EvalPlus => ("eval_plus", Prelude::None),
        Harness::Apps => ("apps", Prelude::Apps),
        Harness::LiveCodeBench => ("live_code_bench", Prelude::LiveCodeBench),
    };
    (name, Prepared::source(program, prelude))
}
