//! Runners: how a program of a language becomes cells that run.
//!
//! A runner is installed, not vendored: [`manifest`] says which package of a public registry it is made from,
//! [`install`] makes and caches it, and one module a language speaks with its guest.

pub mod install;
pub mod manifest;
pub mod python;

use crate::sandbox::{Fuel, Stop};

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
    /// The module that was asked for and does not exist in the sandbox.
    pub missing_module: Option<String>,
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

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The tests ran to their end.
    Passed,
    /// Program or tests raised.
    Failed(Fault, Explanation),
    /// The program could not be compiled.
    NotAProgram(Fault),
    /// The tests hand the candidate something that can not cross between cells; why.
    Unsealable(String),
    /// A cell was stopped.
    Stopped(Stop),
}

/// An execution: how it ended and what it used.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// How it ended.
    pub outcome: Outcome,
    /// Fuel of the candidate's cell.
    pub fuel: Fuel,
    /// Whether a cell asked for memory beyond its limit and was refused.
    pub memory_denied: bool,
}
