//! Runners: how a program of a language becomes cells that run.
//!
//! A [`Runner`] runs whole programs; what else it can do, it says by its [`capabilities`]. It is installed, not
//! vendored: [`manifest`] says which package of a public registry it is made from, [`install`] makes and caches it,
//! [`builds`] tells what the cache holds, and one module a language speaks with its guest. [`table`] lists the
//! languages.

pub mod builds;
pub mod capabilities;
mod choice;
pub mod clang;
mod execution;
pub mod install;
pub mod manifest;
mod on_demand;
mod prepared;
pub mod programs;
pub mod python;
pub mod recipe;
pub mod table;

pub use choice::interpreter_of;
pub use execution::{
    Execution, Exit, Explanation, Failure, Fault, FaultKind, Input, Output, Place, Ran, Returned, SEED,
};
pub use on_demand::OnDemand;
pub use prepared::{Prepared, PreparedForm};
pub use table::{NoRunner, Runners};

use crate::language::{Interpreter, Language};
use crate::sandbox::{Bytes, CellLimits, Fuel, SandboxError};
use capabilities::{AssertionTests, Calls, Checker, Prelude, SharedCell, UpstreamHarnesses};

/// What runs programs of a language.
pub trait Runner: Send + Sync {
    /// The language.
    fn language(&self) -> Language;

    /// Its name, where it is not the language's usual one.
    fn interpreter(&self) -> Option<Interpreter> {
        None
    }

    /// What tells apart runners that may judge differently: the digest of all that the runner was made from.
    fn identity(&self) -> &str;

    /// What one second of work of the language's usual native implementation burns here. It sets the scale of limits
    /// and of the guest's clock; what a program burns does not depend on it.
    fn native_second(&self) -> Fuel;

    /// The least memory that a cell can have, in bytes: what the language itself takes.
    fn smallest_memory(&self) -> Bytes;

    /// Makes a program ready to run about this many times: compiles it, where that pays off or the language requires
    /// it. Nothing of it is executed.
    ///
    /// # Errors
    ///
    /// A cell that can not be made: the harness's failure, not the program's.
    fn prepare(
        &self,
        source: &str,
        prelude: Prelude,
        runs: usize,
        limits: &CellLimits,
    ) -> Result<Execution<Prepared>, SandboxError>;

    /// Runs a whole program in a cell of its own, with `input` on standard input and, where it says so, in a file. A
    /// program's output is returned even if it failed.
    ///
    /// # Errors
    ///
    /// As [`Runner::prepare`], and when the file can not be put there.
    fn run(&self, program: &Prepared, input: Input<'_>, limits: &CellLimits) -> Result<Ran, SandboxError>;

    /// Calls of functions, if it has them.
    fn calls(&self) -> Option<&dyn Calls> {
        None
    }

    /// Tests by assertions, if it has them.
    fn assertions(&self) -> Option<&dyn AssertionTests> {
        None
    }

    /// Tests by assertions in the program's own cell, if it has no others.
    fn shared_cell(&self) -> Option<&dyn SharedCell> {
        None
    }

    /// The ways of upstream harnesses, if it has them.
    fn upstream(&self) -> Option<&dyn UpstreamHarnesses> {
        None
    }

    /// Checkers, if it has them.
    fn checker(&self) -> Option<&dyn Checker> {
        None
    }
}
