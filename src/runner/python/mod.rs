//! The Python runner: CPython in the sandbox.

#[cfg(fuzzing)]
pub mod fuzzing;
pub mod lacking;
pub mod marshal;
mod one_cell_calls;
mod protocol;
mod session;
mod wire;

use std::path::Path;
use std::time::Duration;

use super::install::{InstallError, Installed, Installer, Sources, Step};
use super::manifest::Fingerprint;
use crate::sandbox::{Bytes, CellLimits, Fuel, NewStack, Sandbox, SandboxError};

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../runners/python/", $path)))),*]
    };
}

/// What the runner is built from.
pub const SOURCES: Sources = Sources {
    name: "python",
    manifest: include_str!("../../../runners/python/runner.toml"),
    files: sources![
        "build.py",
        "world.wit",
        "guest/karat_guest/__init__.py",
        "guest/karat_guest/appending.py",
        "guest/karat_guest/candidate.py",
        "guest/karat_guest/derived.py",
        "guest/karat_guest/eager_annotations.py",
        "guest/karat_guest/environment.py",
        "guest/karat_guest/explain.py",
        "guest/karat_guest/harness_programs.py",
        "guest/karat_guest/known.py",
        "guest/karat_guest/lacking.py",
        "guest/karat_guest/numpy_close.py",
        "guest/karat_guest/one_cell.py",
        "guest/karat_guest/one_cell_calls.py",
        "guest/karat_guest/preludes.py",
        "guest/karat_guest/program.py",
        "guest/karat_guest/raised.py",
        "guest/karat_guest/sealable.py",
        "guest/karat_guest/sealed_tests.py",
        "guest/karat_guest/shared.py",
        "guest/karat_guest/skipped.py",
        "guest/karat_guest/stand_in.py",
        "guest/karat_guest/swallowed.py",
        "guest/karat_guest/threads.py",
        "guest/karat_guest/time_zones.py",
        "guest/karat_guest/wire.py",
    ],
    stack: Some(STACK),
};

/// The stack of the interpreter, as `environment.py` sets it aside. CPython 3.14 keeps its bounds in the thread state, as
/// `c_stack_top`, `c_stack_soft_limit` and `c_stack_hard_limit`: two and one margins of 8 KiB above its end
/// (`_Py_InitializeRecursionLimits`).
const STACK: NewStack =
    NewStack { mark: inverted(*b"the stack's room"), size: 23 << 18, bounds: [16 << 10, 8 << 10] };

/// Every bit turned over: so the text itself, which is in the guest's memory, too, is not found.
const fn inverted(mut text: [u8; 16]) -> [u8; 16] {
    let mut index = 0;
    while index < text.len() {
        text[index] = !text[index];
        index += 1;
    }
    text
}

pub use one_cell_calls::{Case, Harness, Ran, TOOK_TOO_LONG};

/// What harnesses put before a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prelude {
    /// Nothing.
    #[default]
    None,
    /// The usual imports of contest programs, as APPS has them.
    Apps,
    /// As LiveCodeBench has them.
    LiveCodeBench,
}

/// Tests by assertions, as the guest takes them.
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
    /// They define `check(candidate)`, which is to be called; else they are statements.
    pub calls_check: bool,
    /// What counts as an answer.
    pub answers: Answers,
}

/// What a program gives to its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Nothing but data. Tests that get that from the reference solution take nothing else for an answer: of a thing that
    /// stays in the program's cell they would have to ask there whether it is right.
    Data,
    /// Things, too: objects of its own, functions, iterators.
    Things,
}

/// Python programs in cells.
pub struct PythonRunner {
    sandbox: Sandbox,
}

impl PythonRunner {
    /// The runner in `installed`.
    ///
    /// # Errors
    ///
    /// A compiled guest that this sandbox can not load.
    pub fn load(installed: &Installed) -> Result<PythonRunner, SandboxError> {
        Self::load_file(&installed.compiled)
    }

    /// Installs the runner if it has to be, in a cache directory, and loads it.
    ///
    /// # Errors
    ///
    /// See [`Installer::ensure`].
    pub fn install(
        cache: &Path,
        progress: &mut dyn FnMut(Step),
    ) -> Result<(PythonRunner, Installed), InstallError> {
        let installed = Installer::new(SOURCES, cache)?.ensure(probe, progress)?;
        let runner = Self::load(&installed).map_err(|error| InstallError::Probe(error.to_string()))?;
        Ok((runner, installed))
    }

    /// The least memory that a cell can have, in bytes: what the interpreter itself takes.
    pub fn smallest_memory(&self) -> Bytes {
        self.sandbox.initial_memory_bytes().into()
    }

    fn load_file(path: &Path) -> Result<PythonRunner, SandboxError> {
        // SAFETY: the file is one that `Sandbox::precompile` wrote; the installer checked its digest, and it lies in
        // a directory of this user's.
        let sandbox = unsafe { Sandbox::load(path)? };
        Ok(PythonRunner { sandbox })
    }
}

/// The fingerprint of a compiled guest: the hash of a text, and the fuel of a program that touches what differs
/// between builds first: hashing, sets, dictionaries, allocation.
///
/// # Errors
///
/// A guest that can not be loaded or does not answer.
pub fn probe(compiled: &Path) -> Result<Fingerprint, String> {
    const PROGRAM: &str = "\
words = [str(number) for number in range(5000)]
counts = {}
for word in set(words):
    counts[word] = hash(word) + len(counts)
def probe():
    return hash('karat')
";
    let runner = PythonRunner::load_file(compiled).map_err(|error| error.to_string())?;
    let limits = CellLimits {
        fuel: Fuel(10_000_000_000),
        memory: Bytes::mebi(512),
        output: Bytes::mebi(1),
        wall: Duration::from_secs(60),
    };
    runner.value_of_call(PROGRAM, "probe", &limits)
}
