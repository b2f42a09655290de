//! What is built at installation: the library of C++ with exceptions, where programs begin, and the header of all
//! headers, compiled.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::tools::{self, Compilation, Unmade, options};
use super::{ALL_HEADERS, C, CPP, LIBRARY, NATIVE_SECOND, START_C, START_CPP, TAGS};
use crate::runner::install::Compiled;
use crate::sandbox::{Guest, SandboxError};

/// The library, as an archive.
pub(super) const ARCHIVE: &str = "karat/libc++.a";
/// Where programs begin.
pub(super) const START_OF_C: &str = "karat/start_c.o";
pub(super) const START_OF_CPP: &str = "karat/start_cpp.o";
/// Where they begin with their tests.
pub(super) const MARKED_START_OF_C: &str = "karat/marked_start_c.o";
pub(super) const MARKED_START_OF_CPP: &str = "karat/marked_start_cpp.o";
/// What is thrown.
pub(super) const TAGS_OBJECT: &str = "karat/tags.o";
/// The header of all headers, compiled; where its text is, in a folder that there is already; and the name by which
/// programs include it.
pub(super) const COMPILED_HEADERS: &str = "karat/stdc++.pch";
const HEADERS: &str = "library/stdc++.h";
const HEADERS_BY_NAME: &str = "usr/include/c++/v1/bits/stdc++.h";

/// A file to be compiled.
struct Unit {
    source: String,
    options: Vec<&'static str>,
    given: Vec<(&'static str, &'static [u8])>,
    to: String,
}

/// Builds all of it.
///
/// # Errors
///
/// When a file can not be compiled.
pub(super) fn make(compiled: &Compiled) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let guest = compiled.load("clang", NATIVE_SECOND).map_err(|error| error.to_string())?;
    let mut units = units();
    let archived = units.len();
    units.extend(others());
    let objects: Result<Vec<Vec<u8>>, String> = units.par_iter().map(|unit| unit.make(&guest)).collect();
    let mut objects = objects?;
    let mut files: BTreeMap<String, Vec<u8>> =
        units[archived..].iter().map(|unit| unit.to.clone()).zip(objects.split_off(archived)).collect();
    files.insert(HEADERS.to_owned(), ALL_HEADERS.as_bytes().to_vec());
    files.insert(HEADERS_BY_NAME.to_owned(), format!("#include \"/{HEADERS}\"\n").into_bytes());
    files.insert(ARCHIVE.to_owned(), archive(&guest, &units[..archived], &objects)?);
    Ok(files)
}

/// The files of the library.
fn units() -> Vec<Unit> {
    let (mut units, mut options): (Vec<Unit>, Vec<&str>) = (Vec::new(), Vec::new());
    for line in LIBRARY.lines().filter(|line| !line.starts_with('#')) {
        if line.is_empty() {
            options.clear();
        } else if line.starts_with('-') {
            options.extend(line.split(' '));
        } else {
            let source = format!("/library/{line}");
            let to = format!("{}.o", line.replace('/', "_"));
            units.push(Unit {
                source,
                options: [&["-emit-obj"], options.as_slice()].concat(),
                given: Vec::new(),
                to,
            });
        }
    }
    units
}

/// What is no part of the archive.
fn others() -> Vec<Unit> {
    let unit = |source: &'static str, text: &'static str, options: Vec<&'static str>, to: &str| Unit {
        source: source.to_owned(),
        options,
        given: vec![(source, text.as_bytes())],
        to: to.to_owned(),
    };
    let cpp = |more: &[&'static str]| options(CPP).chain(more.iter().copied()).collect();
    let headers = ["-emit-pch", "-x", "c++-header", "-fno-pch-timestamp", "-fpch-instantiate-templates"];
    let c = |more: &[&'static str]| options(C).chain(more.iter().copied()).collect();
    vec![
        unit("start.c", START_C, c(&["-emit-obj", "-x", "c"]), START_OF_C),
        unit("start.c", START_C, c(&["-emit-obj", "-x", "c", "-DMARK"]), MARKED_START_OF_C),
        unit("start.cpp", START_CPP, cpp(&["-emit-obj", "-x", "c++", "-DMARK"]), MARKED_START_OF_CPP),
        unit("start.cpp", START_CPP, cpp(&["-emit-obj", "-x", "c++"]), START_OF_CPP),
        unit("tags.c", TAGS, vec!["-emit-obj", "-x", "c"], TAGS_OBJECT),
        unit(HEADERS, ALL_HEADERS, cpp(&headers), COMPILED_HEADERS),
    ]
}

impl Unit {
    fn make(&self, guest: &Guest) -> Result<Vec<u8>, String> {
        let source = format!("/{}", self.source.trim_start_matches('/'));
        let to = self.to.rsplit('/').next().unwrap_or(&self.to);
        let options = self.options.iter().copied().chain(["-o", to, source.as_str()]);
        built(&source, tools::compile(guest, options, &self.given, to))
    }
}

fn archive(guest: &Guest, units: &[Unit], objects: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let to = "libc++.a";
    let names = units.iter().map(|unit| unit.to.as_str());
    let given: Vec<(&str, &[u8])> = names.clone().zip(objects.iter().map(Vec::as_slice)).collect();
    let arguments: Vec<String> = ["ar", "rcsD", to].into_iter().chain(names).map(str::to_owned).collect();
    built(to, tools::tool(guest, &arguments, &given, to))
}

fn built(what: &str, made: Result<Compilation, SandboxError>) -> Result<Vec<u8>, String> {
    let Compilation { file, said, .. } = made.map_err(|error| error.to_string())?;
    file.map_err(|unmade| match unmade {
        Unmade::Refused => format!("{what}: {}", said.lines().next().unwrap_or_default()),
        Unmade::Stopped(stop) => format!("{what}: {stop}"),
    })
}
