//! The compiler's tools, each run in a cell of its own.

use std::time::Duration;

use super::{COMPILE, LINK};
use crate::runner::SEED;
use crate::sandbox::{Bytes, Cell, CellLimits, Fuel, Guest, HostRefusal, MOST_MEMORY, SandboxError, Stop};

/// What the compiler may use. A large contest program takes a tenth of it.
const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(120_000_000_000),
    memory: Bytes::mebi(1024),
    output: Bytes::mebi(1),
    wall: Duration::from_secs(240),
};

/// The options in one of the runner's files, in which lines can be comments.
pub(super) fn options(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// What a tool left, the compiler above all.
#[derive(Debug)]
pub(super) struct Compilation {
    /// The file that it was to make; else how it ended.
    pub file: Result<Vec<u8>, Unmade>,
    /// What it wrote to standard error.
    pub said: String,
    /// What it burned.
    pub fuel: Fuel,
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unmade {
    /// The tool found a fault, and said which.
    Refused,
    /// It was stopped: by what the program has it do.
    Stopped(Stop),
}

impl Unmade {
    /// Whether what the tool was to make is more than a cell has room for, as far as can be told.
    pub(super) fn is_large(&self, said: &str) -> bool {
        match self {
            Unmade::Refused => ["File too large", "No space left"].iter().any(|sign| said.contains(sign)),
            Unmade::Stopped(stop) => *stop == Stop::OutOfMemory || said.contains("out of memory"),
        }
    }

    /// Whether the machine was too slow, which says nothing of the program.
    pub(super) fn backstop(&self) -> bool {
        *self == Unmade::Stopped(Stop::Backstop)
    }

    /// In words, where the tool was stopped.
    pub(super) fn limit(&self) -> Option<String> {
        match self {
            Unmade::Refused => None,
            Unmade::Stopped(Stop::OutOfFuel) => {
                Some(format!("more than {} G of fuel", LIMITS.fuel.0 / 1_000_000_000))
            }
            Unmade::Stopped(Stop::OutOfMemory) => {
                Some(format!("more than {} MiB of memory", LIMITS.memory.0 >> 20))
            }
            Unmade::Stopped(stop) => Some(stop.to_string()),
        }
    }
}

/// Compiles a file in a cell of `guest`, with these options beside those of all that is compiled. `given` are files
/// that the cell has beside its guest's.
pub(super) fn compile(
    guest: &Guest,
    options_of_it: impl IntoIterator<Item = impl Into<String>>,
    given: &[(&str, &[u8])],
    to: &str,
) -> Result<Compilation, SandboxError> {
    let mut arguments: Vec<String> = ["clang", "-cc1"].map(str::to_owned).to_vec();
    arguments.extend(options(COMPILE).map(str::to_owned));
    arguments.extend(options_of_it.into_iter().map(Into::into));
    tool_within(LIMITS, guest, &arguments, given, to)
}

/// Links objects and archives in a cell of `guest`.
pub(super) fn link(
    guest: &Guest,
    objects: &[&str],
    given: &[(&str, &[u8])],
) -> Result<Compilation, SandboxError> {
    let output = "program.wasm";
    let mut arguments: Vec<String> = vec!["wasm-ld".to_owned()];
    arguments.extend(options(LINK).chain(["-o", output]).map(str::to_owned));
    arguments.extend(objects.iter().map(|object| (*object).to_owned()));
    // What a program has in memory when it begins is in the linker's memory more than once.
    let limits = CellLimits { memory: MOST_MEMORY, ..LIMITS };
    tool_within(limits, guest, &arguments, given, output)
}

/// Runs a tool that makes the file `to`.
pub(super) fn tool(
    guest: &Guest,
    arguments: &[String],
    given: &[(&str, &[u8])],
    to: &str,
) -> Result<Compilation, SandboxError> {
    tool_within(LIMITS, guest, arguments, given, to)
}

fn tool_within(
    limits: CellLimits,
    guest: &Guest,
    arguments: &[String],
    given: &[(&str, &[u8])],
    to: &str,
) -> Result<Compilation, SandboxError> {
    let mut cell = cell(guest, limits)?;
    for (path, content) in given {
        cell.give_file(path, content)?;
    }
    let arguments: Vec<&str> =
        ["yowasp-llvm"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let file = match cell.run(&arguments) {
        Ok(0) => Ok(cell.file(to).unwrap_or_default().to_vec()),
        Ok(_) => Err(Unmade::Refused),
        Err(stop) => Err(Unmade::Stopped(stop)),
    };
    Ok(Compilation { file, said: said(&cell), fuel: cell.fuel_used() })
}

/// A file that all cells of `guest` have.
pub(super) fn shared_file(guest: &Guest, path: &str) -> Result<Option<Vec<u8>>, SandboxError> {
    let mut cell = cell(guest, LIMITS)?;
    cell.give_file("any", b"")?; // a cell has no files before it needs one
    Ok(cell.file(path).map(<[u8]>::to_vec))
}

fn cell(guest: &Guest, limits: CellLimits) -> Result<Cell, SandboxError> {
    guest.cell(limits, SEED, Box::new(|_| Err(HostRefusal("a compiler asks nobody".into()))))
}

fn said(cell: &Cell) -> String {
    String::from_utf8_lossy(cell.error_output()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{C, CPP};
    use super::*;

    #[test]
    fn options_are_words() {
        for text in [COMPILE, C, CPP, LINK] {
            let options: Vec<&str> = options(text).collect();
            assert!(options.len() > 5 && options.iter().all(|option| !option.contains('#')), "{options:?}");
        }
    }
}
