//! Whole programs, as a runner runs them: their output is reported however they ended.

mod common;

use std::fs;
use std::path::Path;
use std::time::Duration;

use karat::language::Language;
use karat::runner::capabilities::Prelude;
use karat::runner::{Exit, Failure, FaultKind, Ran};
use karat::sandbox::{Bytes, CellLimits, Fuel, Stop};

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(3_000_000_000),
    memory: Bytes::mebi(256),
    output: Bytes::mebi(1),
    wall: Duration::from_secs(120),
};

fn run(program: &str, runs: usize) -> Ran {
    let runner = common::runners().get(Language::Python).expect("it is installed");
    let prepared = runner.prepare(program, Prelude::None, runs, &LIMITS).expect("there is room for a cell");
    let prepared = prepared.result.expect("it is a program");
    runner.run(&prepared, "three\n".into(), &LIMITS).expect("there is room for a cell")
}

#[test]
fn a_program_that_ends_tells_its_status_and_both_streams() {
    for runs in [1, 2] {
        let ran = run("import sys\nprint(input())\nprint('e', file=sys.stderr)\nsys.exit(3)\n", runs);
        assert_eq!(ran.execution.result, Ok(Exit { status: 3, early: true }));
        assert_eq!(
            (ran.standard_output.as_slice(), ran.standard_error.as_slice()),
            (&b"three\n"[..], &b"e\n"[..])
        );
        assert!(ran.execution.fuel > Fuel(0));
    }
}

#[test]
fn what_a_program_wrote_is_told_although_it_failed() {
    let write = "import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\n";
    let raised = run(&format!("{write}1 / 0\n"), 1);
    match &raised.execution.result {
        Err(Failure::Raised(fault, _)) => {
            assert_eq!((fault.class.as_str(), &fault.kind), ("ZeroDivisionError", &FaultKind::Other));
        }
        other => panic!("{other:?}"),
    }
    let endless = run(&format!("{write}while True:\n    pass\n"), 2);
    assert_eq!(endless.execution.result, Err(Failure::Stopped(Stop::OutOfFuel)));
    let killed = run(&format!("{write}import os\nos.abort()\n"), 1);
    assert!(killed.execution.result.is_err(), "{:?}", killed.execution.result);
    for ran in [raised, endless, killed] {
        assert_eq!(ran.standard_output, b"out\n");
        assert!(ran.standard_error.starts_with(b"err\n"), "{:?}", ran.standard_error);
    }
}

#[test]
fn a_runner_tells_what_it_is() {
    let runner = common::runners().get(Language::Python).expect("it is installed");
    assert_eq!(runner.language(), Language::Python);
    assert_eq!(runner.identity().len(), 16);
    assert!(runner.smallest_memory() < LIMITS.memory);
    assert!(runner.calls().is_some() && runner.assertions().is_some());
    assert!(runner.upstream().is_some() && runner.checker().is_some());
    assert!(common::runners().get(Language::Ada).is_none());
}

/// The sources that know a runner by its language. A further language is a line in the table; whoever adds another
/// place has to say why here.
#[test]
fn a_language_more_is_a_line_in_the_table() {
    const PLACES: [&str; 1] = ["src/runner/table.rs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap_or_default();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
            let names_runner = code.lines().any(|line| {
                ["runner::python", "python::RECIPE"].iter().any(|way| line.contains(way))
                    || line.contains("runner::{") && line.contains("python")
            });
            if names_runner && !is_test && !name.starts_with("src/runner/python/") {
                found.push(name);
            }
        }
    }
    found.sort();
    assert_eq!(found, PLACES);
}
