//! What the integration tests share.
#![allow(dead_code)] // each test binary uses its own part

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use karat::runner::install::cache_directory;
use karat::runner::python::PythonRunner;

/// The `karat` binary, with colours and the terminal's width out of the way.
pub fn karat() -> Command {
    let mut command = Command::cargo_bin("karat").expect("cargo built it");
    command.env("NO_COLOR", "1").env("COLUMNS", "100").env_remove("RUST_BACKTRACE");
    command
}

/// A file of `tests/`.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The Python runner, installed on first use.
pub fn runner() -> &'static PythonRunner {
    static RUNNER: OnceLock<PythonRunner> = OnceLock::new();
    RUNNER.get_or_init(|| {
        let cache = cache_directory().expect("there is a home directory");
        PythonRunner::install(&cache, &mut |_| ()).expect("the Python runner can be installed").0
    })
}

/// A file of the shared data, or nothing and a line that says so.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KARAT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join("data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {} (set KARAT_SHARED)", path.display());
    None
}

/// Reads JSON lines.
pub fn json_lines(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}
