//! Executing a program without expecting anything of it.

use super::Judge;
use super::limits::LittleFuel;
use super::outcome::{Sources, verdict};
use super::verdict::Verdict;
use crate::language::Language;
use crate::runner::capabilities::Prelude;
use crate::runner::{Exit, Failure, Input, NoRunner, interpreter_of};
use crate::sandbox::{Fuel, SandboxError};

/// A program that was executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// How it ended.
    pub ending: ProgramEnding,
    /// What it wrote to standard output, however it ended.
    pub standard_output: Vec<u8>,
    /// What it wrote to standard error.
    pub standard_error: Vec<u8>,
    /// The fuel that it burned.
    pub fuel: Fuel,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ProgramEnding {
    /// It came to its end, with this exit status.
    Exited(i32),
    /// It did not: what would be said of a completion that ended so.
    Failed(Verdict),
}

impl Judge<'_> {
    /// Executes a program with a text on its standard input, in a cell of its own. It may burn the fuel of the judge's
    /// limits, or what ten seconds of native work are worth.
    ///
    /// # Errors
    ///
    /// The harness's failures: a language that has no runner here, and a cell that can not be made. And a fuel limit
    /// within which no program begins.
    pub fn execute(&self, program: &str, language: Language, input: &str) -> Result<Executed, ExecuteError> {
        const SECONDS: f64 = 10.0;
        self.limits.refuse_little_fuel().map_err(ExecuteError::LittleFuel)?;
        let runner = self.runners.of(language, interpreter_of(language, None, [program]))?;
        let fuel = self.limits.fuel.unwrap_or_else(|| runner.native_second().times(SECONDS));
        let limits = self.limits_in(runner).cell(fuel, None, 0);
        let sources = Sources { program, test: "", one_text: false };
        let failed = |failure: Failure, memory_denied: bool| {
            ProgramEnding::Failed(verdict(failure, memory_denied, &sources, &limits))
        };
        let prepared = runner.prepare(program, Prelude::None, 1, &limits)?;
        let prepared = match prepared.result {
            Ok(program) => program,
            Err(failure) => {
                return Ok(Executed {
                    ending: failed(failure, prepared.memory_denied),
                    standard_output: Vec::new(),
                    standard_error: Vec::new(),
                    fuel: prepared.fuel,
                });
            }
        };
        let ran = runner.run(&prepared, Input::from(input), &limits)?;
        let ending = match ran.execution.result {
            Ok(Exit { status, .. }) => ProgramEnding::Exited(status),
            Err(failure) => failed(failure, ran.execution.memory_denied),
        };
        let (standard_output, standard_error) = (ran.standard_output, ran.standard_error);
        Ok(Executed { ending, standard_output, standard_error, fuel: ran.execution.fuel })
    }
}

/// Why a program could not be executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// There is no runner for it.
    #[error(transparent)]
    NoRunner(#[from] NoRunner),
    /// The fuel limit ends every program before it begins.
    #[error("fuel: {0}")]
    LittleFuel(LittleFuel),
    /// No cell can be made.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}
