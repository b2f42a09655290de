//! The Python runner: CPython in the sandbox.

mod arrays;
mod faults;
#[cfg(fuzzing)]
pub mod fuzzing;
mod lacking;
mod made;
mod one_cell_calls;
mod protocol;
mod scientific;
mod session;
mod shape;
mod wire;

pub use faults::LEAVES;
pub use scientific::RECIPE as SCIENTIFIC;

use std::sync::Arc;
use std::time::Duration;

use super::Runner;
use super::install::{Compiled, InstallError, RunnerSources};
use super::manifest::Fingerprint;
use super::recipe::Recipe;
use crate::language::{Interpreter, Language};
use crate::sandbox::{Bytes, CellLimits, Deepened, Fuel, Guest, NewStack};

/// Paths below a runner's folder, and what the files there hold.
macro_rules! sources {
    ($folder:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../runners/", $folder, "/", $path)))),*]
    };
}
use sources;

/// What the runner is built from.
const SOURCES: RunnerSources = RunnerSources {
    name: "python",
    manifest: include_str!("../../../runners/python/runner.toml"),
    files: &[sources!["python": "build.py", "world.wit"], GUEST],
    stack: Some(STACK),
    make: None,
};

/// The guest's part of the runner, which all interpreters of Python share.
const GUEST: &[(&str, &str)] = sources![
    "python":
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
    "guest/karat_guest/lacking.txt",
    "guest/karat_guest/locales.py",
    "guest/karat_guest/numpy_close.py",
    "guest/karat_guest/one_cell.py",
    "guest/karat_guest/one_cell_calls.py",
    "guest/karat_guest/pipes.py",
    "guest/karat_guest/preludes.py",
    "guest/karat_guest/program.py",
    "guest/karat_guest/put_off.py",
    "guest/karat_guest/raised.py",
    "guest/karat_guest/resource_limits.py",
    "guest/karat_guest/sealable.py",
    "guest/karat_guest/sealed_tests.py",
    "guest/karat_guest/shared.py",
    "guest/karat_guest/skipped.py",
    "guest/karat_guest/stand_in.py",
    "guest/karat_guest/swallowed.py",
    "guest/karat_guest/thread_pools.py",
    "guest/karat_guest/threads.py",
    "guest/karat_guest/time_zones.py",
    "guest/karat_guest/wire.py",
];

/// The stack of the interpreter, as `environment.py` sets it aside. CPython 3.14 keeps its bounds in the thread state,
/// as `c_stack_top`, `c_stack_soft_limit` and `c_stack_hard_limit`: two and one margins of 8 KiB above its end
/// (`_Py_InitializeRecursionLimits`).
const STACK: NewStack = NewStack {
    mark: inverted(*b"the stack's room"),
    size: 23 << 18,
    bounds: [16 << 10, 8 << 10],
    // Whatever holds other things is freed through this: natively that takes some hundred bytes a level.
    deepened: Some(Deepened { function: "_Py_Dealloc", takes: 128 }),
};

/// Every bit turned over: so the text itself, which is in the guest's memory, too, is not found.
const fn inverted(mut text: [u8; 16]) -> [u8; 16] {
    let mut index = 0;
    while index < text.len() {
        text[index] = !text[index];
        index += 1;
    }
    text
}

/// What one second of native CPython is worth.
///
/// The 164 reference programs of HumanEval burn 5.5 G of fuel and take 0.18 s in one native CPython 3.11 process on an
/// x86-64 server core of 2026, so a second there is 31 G.
pub const NATIVE_SECOND: Fuel = Fuel(30_000_000_000);

/// How the runner is made and loaded.
pub const RECIPE: Recipe = Recipe {
    language: Language::Python,
    interpreter: None,
    sources: SOURCES,
    native_second: NATIVE_SECOND,
    load: |compiled| Ok(Arc::new(PythonRunner::load(compiled)?)),
    probe: |compiled| probe(PythonRunner::load(compiled)),
};

/// Python programs in cells.
struct PythonRunner {
    guest: Guest,
    /// What is called with each request.
    entry: &'static str,
    /// Which interpreter it is, if not the usual one.
    interpreter: Option<Interpreter>,
    /// The digest of what it was made from.
    identity: String,
}

impl PythonRunner {
    /// The runner of the compiled guest.
    ///
    /// # Errors
    ///
    /// A compiled guest that this sandbox can not load.
    fn load(compiled: &Compiled) -> Result<PythonRunner, InstallError> {
        let guest = compiled.load("python", NATIVE_SECOND)?;
        let identity = compiled.inputs().to_owned();
        Ok(PythonRunner { guest, entry: "handle", interpreter: None, identity })
    }
}

/// The fingerprint of a loaded guest: the hash of a text, and the fuel of a program that touches what differs
/// between builds first: hashing, sets, dictionaries, allocation.
///
/// # Errors
///
/// A guest that can not be loaded or does not answer.
fn probe(runner: Result<PythonRunner, InstallError>) -> Result<Fingerprint, String> {
    const PROGRAM: &str = "\
words = [str(number) for number in range(5000)]
counts = {}
for word in set(words):
    counts[word] = hash(word) + len(counts)
def probe():
    return hash('karat')
";
    let runner = runner.map_err(|error| error.to_string())?;
    let limits = CellLimits {
        fuel: Fuel(10_000_000_000),
        memory: Bytes(runner.smallest_memory().0 + Bytes::mebi(512).0),
        output: Bytes::mebi(1),
        wall: Duration::from_secs(60),
    };
    runner.value_of_call(PROGRAM, "probe", &limits)
}
