//! Tests by calls in one cell with the candidate: the ways of upstream harnesses.

use super::PythonRunner;
use super::protocol;
use super::session::{ask_cell, execution, tampered};
use super::wire::Malformed;
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
            Ok(FunctionRun { raised, output })
        });
        Ok(execution(result, program, &cell))
    }
}

fn request(harness: Harness, program: &str, entry_point: &str, cases: Vec<Value>, stop: bool) -> Vec<u8> {
    let (name, prelude) = match harness {
        Harness::EvalPlus => ("eval_plus", Prelude::None),
        Harness::Apps => ("apps", Prelude::Apps),
        Harness::LiveCodeBench => ("live_code_bench", Prelude::LiveCodeBench),
    };
    protocol::one_cell_calls(name, &Prepared::source(program, prelude), entry_point, cases, stop)
}

fn value_of(case: Case) -> Value {
    let seconds = case.seconds.map_or(Value::None, Value::Float);
    let (oracle, atol) = match case.rule {
        Some((oracle, atol)) => (Value::from(oracle), Value::Float(atol)),
        None => (Value::None, Value::None),
    };
    Value::tuple([Value::List(case.arguments), case.expected, Value::tuple([seconds, oracle, atol])])
}
