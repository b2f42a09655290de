//! What an execution is given, and how it ended, in any language.

use serde::{Deserialize, Serialize};

use crate::sandbox::{Fuel, Stop};
use crate::value::{Value, marshal};

/// Every cell starts with the same randomness.
pub const SEED: u64 = 0;

/// An exception, as the guest described it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Its class.
    pub class: String,
    /// Its message.
    pub message: String,
    /// The innermost line of program or tests that it passed through, from 1.
    pub place: Option<Place>,
    /// What it means.
    pub kind: FaultKind,
}

/// What an exception means. Only the runner of its language can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FaultKind {
    /// The text is no program of the language.
    Syntax,
    /// An assertion did not hold.
    Assertion,
    /// The program left, by what its language calls so.
    Exit(&'static str),
    /// It ran out of memory.
    Memory,
    /// It asked for something that a sandbox does not have, by name.
    Missing(String),
    /// It went wrong in any other way.
    #[default]
    Other,
}

/// A line of one of the two sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of the program.
    Program(u32),
    /// A line of the tests.
    Tests(u32),
}

/// What the guest could find out about an assertion that failed, each as source text or `repr`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The assertion's source.
    pub assertion: Option<String>,
    /// The arguments of the candidate's calls in it.
    pub input: Option<String>,
    /// The side that does not come from the candidate.
    pub expected: Option<String>,
    /// The side that comes from the candidate.
    pub got: Option<String>,
}

/// Why an execution did not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// Program or tests raised.
    Raised(Fault, Explanation),
    /// The text is no program: an interpreter could not make one of it.
    NotAProgram(Fault),
    /// A compiler refused the program; what it said.
    Refused(String),
    /// What came back is more than the host takes.
    TooLarge,
    /// A cell was stopped.
    Stopped(Stop),
}

/// An execution: its result and what it used. Tests that ran to their end give `()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution<T = ()> {
    /// The result.
    pub result: Result<T, Failure>,
    /// Fuel of the candidate's cell.
    pub fuel: Fuel,
    /// Whether a cell asked for memory beyond its limit and was refused.
    pub memory_denied: bool,
}

impl<T> Execution<T> {
    /// The same execution, with another result.
    pub fn map<U>(self, other: impl FnOnce(Result<T, Failure>) -> Result<U, Failure>) -> Execution<U> {
        let Execution { result, fuel, memory_denied } = self;
        Execution { result: other(result), fuel, memory_denied }
    }
}

/// What a function returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Returned {
    /// Plain data.
    Data(Value),
    /// Something else, which is equal to no plain data.
    Object {
        /// Its class.
        class: String,
        /// What it says of itself, cut.
        text: String,
    },
}

impl Returned {
    /// How many bytes it takes when it is packed.
    pub fn size(&self) -> usize {
        match self {
            Returned::Data(value) => marshal::encode(value).len(),
            Returned::Object { class, text } => class.len() + text.len(),
        }
    }
}

/// What a program is given to read, and where it may leave what it writes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// What is on standard input.
    pub text: &'a str,
    /// A file that holds the same.
    pub file: Option<&'a str>,
    /// A file whose contents are the output if it exists in the end; else the output is what the program prints.
    pub output_file: Option<&'a str>,
}

impl<'a> From<&'a str> for Input<'a> {
    fn from(text: &'a str) -> Input<'a> {
        Input { text, ..Input::default() }
    }
}

/// A whole program that ran, to its end or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// How it ended, and what that took.
    pub execution: Execution<Exit>,
    /// What it wrote to standard output.
    pub standard_output: Vec<u8>,
    /// What it wrote to standard error.
    pub standard_error: Vec<u8>,
    /// What is in its output file, if it was told of one and there is one.
    pub output_file: Option<Vec<u8>>,
}

/// How a program ended that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit status.
    pub status: i32,
    /// It left by `sys.exit` and its like, not by its last line.
    pub early: bool,
}

impl Ran {
    /// The execution with the program's output: what is in its output file, or else what it printed.
    pub fn into_output(self) -> Execution<Output> {
        let text = self.output_file.unwrap_or(self.standard_output);
        self.execution.map(|exit| exit.map(|Exit { status, early }| Output { status, exited: early, text }))
    }
}

/// What a program left that ran to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its exit status.
    pub status: i32,
    /// It left by `sys.exit` and its like, not by its last line.
    pub exited: bool,
    /// What it wrote to standard output, or to its output file.
    pub text: Vec<u8>,
}
