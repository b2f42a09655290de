//! The runner of C and C++: clang and its linker in the sandbox, then Cranelift on the host.
//!
//! [`tools`] runs the compiler, [`library`] builds at installation what it lacks, [`session`] makes programs and runs
//! them. [`shared`] puts tests into their cells, of which [`declaration`] and [`object`] know what crosses. [`wide`]
//! makes `long` as wide as programs expect, [`messages`] reads what the compiler says, [`faults`] what a program left
//! that did not come to its end.

mod declaration;
mod faults;
mod library;
mod messages;
mod object;
mod session;
mod shared;
mod tools;
mod wide;

use std::sync::Arc;
use std::time::Duration;

use super::install::{Compiled, InstallError, RunnerSources};
use super::manifest::Fingerprint;
use super::recipe::Recipe;
use super::{Input, Runner};
use crate::language::Language;
use crate::sandbox::{Bytes, CellLimits, Fuel};
use session::ClangRunner;

macro_rules! guest_files {
    ($($name:ident = $path:literal;)*) => {
        $(const $name: &str = include_str!(concat!("../../../runners/clang/guest/", $path));)*
        const FILES: &[(&str, &str)] = &[$((concat!("guest/", $path), $name)),*];
    };
}

guest_files! {
    COMPILE = "compile.txt";
    C = "c.txt";
    CPP = "cpp.txt";
    LINK = "link.txt";
    LIBRARY = "library.txt";
    START_C = "start.c";
    START_CPP = "start.cpp";
    TAGS = "tags.c";
    ALL_HEADERS = "stdc++.h";
}

/// What the runner of both languages is built from.
const SOURCES: RunnerSources = RunnerSources {
    name: "clang",
    manifest: include_str!("../../../runners/clang/runner.toml"),
    files: &[FILES],
    stack: None,
    make: Some(library::make),
};

/// What one second of native work is worth.
const NATIVE_SECOND: Fuel = Fuel(30_000_000_000);

/// How the runner of C is made and loaded.
pub const C_RECIPE: Recipe = Recipe {
    language: Language::C,
    interpreter: None,
    sources: SOURCES,
    native_second: NATIVE_SECOND,
    load: |compiled| load(compiled, Dialect::C),
    probe,
};

/// How the runner of C++ is made and loaded: the same one.
pub const CPP_RECIPE: Recipe =
    Recipe { language: Language::Cpp, load: |compiled| load(compiled, Dialect::Cpp), ..C_RECIPE };

/// The languages that it compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    C,
    Cpp,
}

impl Dialect {
    fn language(self) -> Language {
        match self {
            Dialect::C => Language::C,
            Dialect::Cpp => Language::Cpp,
        }
    }
}

fn load(compiled: &Compiled, dialect: Dialect) -> Result<Arc<dyn Runner>, InstallError> {
    Ok(Arc::new(ClangRunner::load(compiled, dialect)?))
}

/// The fingerprint of a compiled guest: how a program is compiled, and what it burns.
///
/// # Errors
///
/// A guest that can not be loaded or does not answer.
fn probe(compiled: &Compiled) -> Result<Fingerprint, String> {
    const PROGRAM: &str = "\
#include <bits/stdc++.h>
using namespace std;
int main() {
    map<string, int> counts;
    for (int i = 0; i < 5000; i++) counts[to_string(i % 500)] += i;
    try {
        cout << counts.at(\"499\") << endl << counts.at(\"500\");
    } catch (const out_of_range& error) {
        cout << error.what() << endl;
    }
}
";
    let runner = ClangRunner::load(compiled, Dialect::Cpp).map_err(|error| error.to_string())?;
    let limits = CellLimits {
        fuel: Fuel(10_000_000_000),
        memory: Bytes::mebi(512),
        output: Bytes::mebi(1),
        wall: Duration::from_secs(60),
    };
    let failed = |what: &dyn std::fmt::Debug| format!("the probe's program: {what:?}");
    let (prepared, hash) = runner.without_cache(PROGRAM).map_err(|error| error.to_string())?;
    let prepared = prepared.map_err(|failure| failed(&failure))?;
    let ran = runner.run(&prepared, Input::default(), &limits).map_err(|error| error.to_string())?;
    match ran.execution.result {
        Ok(exit) if exit.status == 0 => Ok(Fingerprint { hash, fuel: ran.execution.fuel.0 }),
        other => Err(failed(&other)),
    }
}
