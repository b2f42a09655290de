//! One more language: a runner that is defined here, installed from packages by its manifest, registered, and used for
//! judging. Its guest is a command, an interpreter of programs with one letter for each instruction; two more are a
//! component and a snapshot.

#[path = "../common/mod.rs"]
mod common;

mod letters;
mod registries;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::language::Language;
use karat::problem::{Comparison, Dataset, Problem};
use karat::runner::capabilities::Prelude;
use karat::runner::install::{Compiled, InstallState, InstalledRunner};
use karat::runner::recipe::Recipe;
use karat::runner::{Exit, Explanation, Failure, Fault, Input, Place, Runner, Runners};
use karat::sandbox::{Bytes, CellLimits, Fuel, Stop};
use registries::{counter, interpreter, recipe, registry};

const SECOND: Fuel = Fuel(1_000_000_000);

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(1_000_000_000),
    memory: Bytes::mebi(64),
    output: Bytes(10_000),
    wall: Duration::from_secs(100),
};

const FOLDER: &str = "KARAT_TEST_FOLDER";

/// Runs a test of this file, with an npm and a registry of crates that give the packages.
fn run_with_registries(test: &str, cargo: &OsStr) {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let npm = folder.path().join("npm");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = pack ] || exit 0\necho packed >> {0}/log\ncp {0}/package.tgz .\n",
        folder.path().display()
    );
    fs::write(&npm, script).expect("there is space");
    fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    fs::write(folder.path().join("package.tgz"), interpreter()).expect("there is space");
    let settings = format!(
        "[source.crates-io]\nreplace-with = \"local\"\n\n[source.local]\nregistry = \"sparse+{}/\"\n",
        registry(counter())
    );
    fs::write(folder.path().join("config.toml"), settings).expect("there is space");
    let output = Command::new(std::env::current_exe().expect("it runs"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("KARAT_NPM", &npm)
        .env("KARAT_CARGO", cargo)
        .env("CARGO_HOME", folder.path())
        .env(FOLDER, folder.path())
        .output()
        .expect("it starts");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_language_is_installed_from_its_manifest_and_judged() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run_with_registries("with_registries", &cargo);
}

#[test]
fn without_cargo_the_error_says_what_to_do() {
    run_with_registries("without_cargo", OsStr::new("/nonexistent/cargo"));
}

#[test]
#[ignore = "a test above runs it"]
fn without_cargo() {
    let folder = std::env::var_os(FOLDER).expect("the test above sets it");
    let installed = recipe().install(&Path::new(&folder).join("cache"), &mut |_| ());
    let error = installed.err().expect("there is no cargo");
    assert_eq!(error.to_string(), "can not install the letters runner");
    let why = std::error::Error::source(&error).expect("it has a reason").to_string();
    for part in
        ["letters-counter 1.0.0", "KARAT_CARGO=/nonexistent/cargo", "install Rust, or set KARAT_CARGO"]
    {
        assert!(why.contains(part), "{why}");
    }
}

#[test]
#[ignore = "a test above runs it"]
fn with_registries() {
    let folder = std::env::var(FOLDER).expect("the test above sets it");
    let folder = Path::new(&folder);
    let recipe = recipe();
    let cache = folder.join("cache");
    let (_, installed) = install(&recipe, &cache);
    let state = || recipe.installer(&cache).expect("the manifest is good").state();
    assert!(matches!(state(), InstallState::Ready(_)));
    assert_eq!(installed.record().fingerprint.hash, 6);
    let packed = || fs::read_to_string(folder.join("log")).expect("it was written").lines().count();
    install(&recipe, &cache);
    assert_eq!(packed(), 1, "what is there is not fetched again");

    // What cells read is checked like the compiled guest, and mended.
    let runner = cache.join("runners/letters");
    let packages = recipe.installer(&cache).expect("the manifest is good").manifest().part().expect("one");
    let greeting = runner.join(format!("packages-{}", packages.inputs())).join("lib/greeting");
    fs::write(&greeting, "jello\n").expect("there is space");
    assert!(
        matches!(state(), InstallState::Damaged(how) if how.contains("lib/greeting is not as it was written"))
    );
    install(&recipe, &cache);
    assert_eq!(packed(), 2);
    let guest = installed.compiled().guests()[0].path();
    common::flip_a_byte(guest);
    assert!(matches!(state(), InstallState::Damaged(how) if how.contains(".letters.cwasm is not as it was")));
    // A record of other inputs does not belong to this runner.
    let (runner, _) = install(&recipe, &cache);
    assert_eq!(packed(), 2);
    let record = guest.with_extension("").with_extension("json");
    let text = fs::read_to_string(&record).expect("it is there");
    fs::write(&record, text.replace(runner.identity(), "0123456789abcdef")).expect("there is space");
    assert!(matches!(state(), InstallState::Damaged(how) if how.contains("of other inputs")));

    let (runner, installed) = install(&recipe, &cache);
    components_are_restored(installed.compiled());
    snapshots_are_initialised(installed.compiled());
    sessions_take_turns(installed.compiled());
    programs_run(runner.as_ref());
    answers_are_judged(&Runners::from_iter([runner]));
}

fn install(recipe: &Recipe, cache: &Path) -> (Arc<dyn Runner>, InstalledRunner) {
    recipe.install(cache, &mut |_| ()).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

fn components_are_restored(compiled: &Compiled) {
    let counter = compiled.load("counter", SECOND).expect("it can be loaded");
    for _ in 0..3 {
        let mut cell =
            counter.cell(LIMITS, 0, Box::new(|_| unreachable!("it does not ask"))).expect("there is room");
        assert_eq!(cell.call("count", b""), Ok(b"1".to_vec()));
        assert_eq!(cell.call("count", b""), Ok(b"2".to_vec()));
        assert_eq!(cell.run(&[]), Err(Stop::NoSuchExport("_start".into())), "a component is no command");
    }
    let missing = compiled.load("other", SECOND).expect_err("there is none").to_string();
    assert_eq!(missing, "the runner has no guest that is called other");
}

fn snapshots_are_initialised(compiled: &Compiled) {
    let started = compiled.load("started", SECOND).expect("it can be loaded");
    let mut cell =
        started.cell(LIMITS, 0, Box::new(|_| unreachable!("it does not ask"))).expect("there is room");
    assert_eq!(cell.call("greeting", b""), Ok(b"hello".to_vec()));
    assert!(cell.fuel_used() < Fuel(1_000), "{:?}", cell.fuel_used());
}

fn sessions_take_turns(compiled: &Compiled) {
    let turns = compiled.load("turns", SECOND).expect("it can be loaded");
    let cell = || {
        let answer = |question: &[u8]| Ok([b"<", question, b">"].concat());
        turns.cell(LIMITS, 0, Box::new(answer)).expect("there is room")
    };
    let mut burned = Vec::new();
    for _ in 0..20 {
        // One turn was taken when it was initialised, and all cells begin after that.
        let mut cell = cell();
        assert_eq!(cell.call("echo", b"first"), Ok(b"2first".to_vec()));
        assert_eq!(cell.call("echo", b""), Ok(b"3".to_vec()));
        assert_eq!(cell.call("ask", b"why?"), Ok(b"4<why?>".to_vec()));
        assert_eq!(cell.call("odd", b""), Ok(b"51".to_vec()), "the host's status is -1");
        burned.push(cell.fuel_used());
    }
    assert!(burned.windows(2).all(|pair| pair[0] == pair[1]), "{burned:?}");
    let counter = compiled.load("counter", SECOND).expect("it can be loaded");
    assert_eq!(turns.restores(), counter.restores(), "its cells are restored where others are");
    for silent in ["quiet", "fails"] {
        let mut cell = cell();
        assert_eq!(cell.call(silent, b""), Err(Stop::Trap("the guest gave no reply".to_owned())));
        assert_eq!(cell.call("echo", b""), Err(Stop::AlreadyStopped));
    }
}

fn programs_run(runner: &dyn Runner) {
    let run = |text: &str, input: Input<'_>| {
        let prepared = runner.prepare(text, Prelude::None, 1, &LIMITS).expect("there is room for a cell");
        let prepared = prepared.result.expect("it is a program");
        runner.run(&prepared, input, &LIMITS).expect("there is room for a cell")
    };
    let input = Input { text: "three\n", file: None, output_file: Some("answer") };
    let ran = run("wgca", input);
    assert_eq!(ran.execution.result, Ok(Exit { status: 0, early: false }));
    assert_eq!(ran.standard_output, b"hello\nthree\n");
    assert_eq!(ran.standard_error, b"warned\n");
    assert_eq!(ran.output_file.as_deref(), Some(&b""[..]), "the input was at its end");
    assert_eq!(run("a", input).output_file.as_deref(), Some(&b"three\n"[..]));
    assert_eq!(run("gx", input).execution.result, Ok(Exit { status: 3, early: true }));

    // What was written before is reported however the program ended, and fuel is the same each time.
    for (text, expected) in [
        ("gwl", Failure::Stopped(Stop::OutOfFuel)),
        ("gwm", Failure::Stopped(Stop::OutOfMemory)),
        (
            "gwd",
            Failure::Raised(Fault { class: "TooDeep".into(), ..Fault::default() }, Explanation::default()),
        ),
    ] {
        let (one, other) = (run(text, input), run(text, input));
        assert_eq!(one.execution.result, Err(expected), "{text}");
        assert_eq!(
            (one.standard_output.as_slice(), one.standard_error.as_slice()),
            (&b"hello\n"[..], &b"warned\n"[..])
        );
        assert_eq!(one, other, "{text}");
    }
    match run("g\nr", input).execution.result {
        Err(Failure::Raised(fault, _)) => {
            assert_eq!((fault.class.as_str(), fault.place), ("Kaput", Some(Place::Program(2))));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(run("t", input).execution.result, Err(Failure::Stopped(Stop::Trap(_)))));
}

fn answers_are_judged(runners: &Runners) {
    let problem = Problem {
        language: Language::Ada,
        ..common::stdio_problem(&[("one\n", "one\n"), ("two\n", "two\n")], Comparison::TrimmedLines)
    };
    let limits = Limits { fuel: Some(LIMITS.fuel), memory: LIMITS.memory, ..Limits::default() };
    let judge = Judge::new(runners, limits, Dataset::Karat).all_tests(true);
    let verdict = |program: &str| {
        judge.judge(&problem, Answer::program(program), None, Judging::Sealed).into_counted().verdict
    };
    for (program, kind) in [
        ("c", "passed"),
        ("cw", "passed"),
        ("gc", "wrong_answer"),
        ("w", "wrong_answer"),
        ("", "no_code"),
        ("cl", "out_of_fuel"),
        ("cm", "out_of_memory"),
        ("cr", "exception"),
        ("cd", "exception"),
        ("ct", "exception"),
    ] {
        let verdict = verdict(program);
        assert_eq!(verdict.kind().name(), kind, "{program}: {verdict:?}");
    }
    match verdict("c\nC") {
        Verdict::CompileError { message } => assert_eq!(message, "unknown instruction on line 2"),
        other => panic!("{other:?}"),
    }
    match verdict("c\n\nr") {
        Verdict::Exception(raised) => {
            assert_eq!((raised.exception.as_str(), raised.message.as_str()), ("Kaput", "Kaput on line 3"));
            assert_eq!(raised.location.map(|location| location.line), Some(3));
        }
        other => panic!("{other:?}"),
    }
    let python = common::stdio_problem(&[("one\n", "one\n")], Comparison::TrimmedLines);
    let judgement = judge.judge(&python, Answer::program("c"), None, Judging::Sealed).into_counted();
    assert!(
        matches!(judgement.verdict, Verdict::Inconclusive { reason } if reason.contains("no runner for python"))
    );
}
