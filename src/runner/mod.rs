//! Runners: how a program of a language becomes cells that run.
//!
//! A runner is installed, not vendored: [`manifest`] says which package of a public registry it is made from,
//! [`install`] makes and caches it, [`builds`] tells what the cache holds, and one module a language speaks with its guest.

pub mod builds;
pub mod install;
pub mod manifest;
pub mod python;

use serde::{Deserialize, Serialize};

use crate::sandbox::{Fuel, Stop};
use crate::value::Value;

/// An exception, as the guest described it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Its class.
    pub class: String,
    /// The nearest built-in class that it is a kind of.
    pub base: String,
    /// Its message.
    pub message: String,
    /// The innermost line of program or tests that it passed through, from 1.
    pub place: Option<Place>,
    /// What is missing, if the guest says that something is: a module, or a function as `module.function`.
    pub missing: Option<String>,
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
    /// The program could not be compiled.
    NotAProgram(Fault),
    /// What came back is more than the host takes.
    TooLarge,
    /// A cell was stopped.
    Stopped(Stop),
}

/// An execution: its outcome, and what it used. Tests that ran to their end give `()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution<T = ()> {
    /// How it ended: with a value, or why not.
    pub result: Result<T, Failure>,
    /// Fuel of the candidate's cell.
    pub fuel: Fuel,
    /// Whether a cell asked for memory beyond its limit and was refused.
    pub memory_denied: bool,
}

/// A program as cells take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// Its text.
    Source(String),
    /// What the runner's compiler made of the text; only good for the runner that made it.
    Compiled(Vec<u8>),
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
            Returned::Data(value) => python::marshal::encode(value).len(),
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

/// The outcome of one call among several in one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutcome {
    /// The result was accepted.
    Passed,
    /// It was not; the result as text.
    Wrong(String),
    /// The call raised.
    Raised(Fault),
}
