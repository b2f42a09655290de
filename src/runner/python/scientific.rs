//! The scientific interpreter: CPython with numpy, pandas, SciPy, scikit-learn, matplotlib and what is used with them. It
//! takes turns, and speaks with the host as the usual one does.

use std::sync::Arc;

use super::{GUEST, NATIVE_SECOND, PythonRunner, probe, sources};
use crate::language::{Interpreter, Language};
use crate::python::wants_scientific;
use crate::runner::install::{Compiled, InstallError, RunnerSources};
use crate::runner::recipe::{Recipe, UnusualInterpreter};

/// What the guest executes with each request: it fetches the request, and hands over the reply.
const ENTRY: &str = "import karat_scientific\nkarat_scientific.turn()";

/// The guest's part of it.
const OWN: &[(&str, &str)] = sources![
    "python-scientific":
    "guest/karat_scientific/__init__.py",
    "guest/karat_scientific/archive.py",
    "guest/karat_scientific/array_files.py",
    "guest/karat_scientific/by_value.py",
    "guest/karat_scientific/first_uses/__init__.py",
    "guest/karat_scientific/first_uses/arrays.py",
    "guest/karat_scientific/first_uses/documents.py",
    "guest/karat_scientific/first_uses/learning.py",
    "guest/karat_scientific/first_uses/plots.py",
    "guest/karat_scientific/first_uses/science.py",
    "guest/karat_scientific/first_uses/tables.py",
    "guest/karat_scientific/lacking_here.py",
    "guest/karat_scientific/lacking_here.txt",
    "guest/karat_scientific/libraries.py",
    "guest/karat_scientific/plots.py",
    "guest/karat_scientific/surroundings.py",
    "guest/wit_world.py",
];

/// How the interpreter is made and loaded.
pub const RECIPE: Recipe = Recipe {
    language: Language::Python,
    interpreter: Some(UnusualInterpreter {
        name: Interpreter::PythonScientific,
        is_needed_by: wants_scientific,
    }),
    sources: RunnerSources {
        name: "python-scientific",
        manifest: include_str!("../../../runners/python-scientific/runner.toml"),
        files: &[OWN, GUEST],
        stack: None,
        make: None,
    },
    native_second: NATIVE_SECOND,
    load: |compiled| Ok(Arc::new(load(compiled)?)),
    probe: |compiled| probe(load(compiled)),
};

fn load(compiled: &Compiled) -> Result<PythonRunner, InstallError> {
    let guest = compiled.load("python", NATIVE_SECOND)?;
    let (interpreter, identity) = (Some(Interpreter::PythonScientific), compiled.inputs().to_owned());
    Ok(PythonRunner { guest, entry: ENTRY, interpreter, identity })
}
