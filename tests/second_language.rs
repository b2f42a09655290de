//! One more language: a runner that is defined here, installed from packages by its manifest, registered, and used for
//! judging. Its guest is a command, an interpreter of programs with one letter for each instruction; two more are a
//! component and a snapshot.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::language::Language;
use karat::package::Sha256;
use karat::problem::{Comparison, Dataset, Problem};
use karat::runner::capabilities::Prelude;
use karat::runner::install::{Compiled, InstallError, InstallState, InstalledRunner, RunnerSources};
use karat::runner::manifest::Fingerprint;
use karat::runner::recipe::Recipe;
use karat::runner::{
    Execution, Exit, Explanation, Failure, Fault, FaultKind, Input, Place, Prepared, Ran, Runner, Runners,
};
use karat::sandbox::{Bytes, CellLimits, Fuel, Guest, SandboxError, Stop};

const SECOND: Fuel = Fuel(1_000_000_000);

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(1_000_000_000),
    memory: Bytes::mebi(64),
    output: Bytes(10_000),
    wall: Duration::from_secs(100),
};

/// The interpreter. Its program is the file `program`; with an argument it only checks it.
const INTERPRETER: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $arguments (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (data (i32.const 1024) "program")
    (data (i32.const 1040) "lib/greeting")
    (data (i32.const 1060) "answer")
    (data (i32.const 1080) "warned\n")
    (data (i32.const 1100) "Kaput on line ")
    (data (i32.const 1120) "unknown instruction on line ")
    (global $line (mut i32) (i32.const 49))
    (func $write (param $fd i32) (param $address i32) (param $length i32)
      (i32.store (i32.const 0) (local.get $address))
      (i32.store (i32.const 4) (local.get $length))
      (if (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable)))
    (func $read (param $fd i32) (param $address i32) (result i32)
      (i32.store (i32.const 0) (local.get $address))
      (i32.store (i32.const 4) (i32.const 4096))
      (if (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (i32.load (i32.const 8)))
    (func $open (param $path i32) (param $length i32) (param $how i32) (param $rights i64) (result i32)
      (if (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $length)
            (local.get $how) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 12))
        (then unreachable))
      (i32.load (i32.const 12)))
    ;; Ends with a message about this line.
    (func $fail (param $message i32) (param $length i32) (param $status i32)
      (call $write (i32.const 2) (local.get $message) (local.get $length))
      (i32.store8 (i32.const 16) (global.get $line))
      (call $write (i32.const 2) (i32.const 16) (i32.const 1))
      (call $exit (local.get $status)))
    (func $down (result i32) (i32.add (call $down) (i32.const 1)))
    (func (export "_start") (local $at i32) (local $end i32) (local $only_check i32) (local $letter i32)
      (drop (call $arguments (i32.const 20) (i32.const 24)))
      (local.set $only_check (i32.gt_u (i32.load (i32.const 20)) (i32.const 1)))
      (local.set $at (i32.const 8192))
      (local.set $end (i32.add (local.get $at)
        (call $read (call $open (i32.const 1024) (i32.const 7) (i32.const 0) (i64.const 2)) (local.get $at))))
      (loop $next
        (if (i32.eq (local.get $at) (local.get $end)) (then (return)))
        (local.set $letter (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.eq (local.get $letter) (i32.const 10))
          (then (global.set $line (i32.add (global.get $line) (i32.const 1))) (br $next)))
        (if (local.get $only_check)
          (then
            (if (i32.lt_u (local.get $letter) (i32.const 97))
              (then (call $fail (i32.const 1120) (i32.const 28) (i32.const 1))))
            (br $next)))
        ;; c: copy the input
        (if (i32.eq (local.get $letter) (i32.const 99))
          (then (call $write (i32.const 1) (i32.const 16384) (call $read (i32.const 0) (i32.const 16384)))))
        ;; g: print the greeting, which all cells have
        (if (i32.eq (local.get $letter) (i32.const 103))
          (then (call $write (i32.const 1) (i32.const 16384)
            (call $read (call $open (i32.const 1040) (i32.const 12) (i32.const 0) (i64.const 2)) (i32.const 16384)))))
        ;; a: copy the input into the file `answer`
        (if (i32.eq (local.get $letter) (i32.const 97))
          (then (call $write
            (call $open (i32.const 1060) (i32.const 6) (i32.const 1) (i64.const 64))
            (i32.const 16384) (call $read (i32.const 0) (i32.const 16384)))))
        ;; w: warn; r: raise; x: exit with status 3
        (if (i32.eq (local.get $letter) (i32.const 119))
          (then (call $write (i32.const 2) (i32.const 1080) (i32.const 7))))
        (if (i32.eq (local.get $letter) (i32.const 114))
          (then (call $fail (i32.const 1100) (i32.const 14) (i32.const 70))))
        (if (i32.eq (local.get $letter) (i32.const 120)) (then (call $exit (i32.const 3))))
        ;; l: loop; m: take all memory; d: recurse; t: trap
        (if (i32.eq (local.get $letter) (i32.const 108)) (then (loop $again (br $again))))
        (if (i32.eq (local.get $letter) (i32.const 109))
          (then
            (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
            unreachable))
        (if (i32.eq (local.get $letter) (i32.const 100)) (then (drop (call $down))))
        (if (i32.eq (local.get $letter) (i32.const 116)) (then unreachable))
        (br $next))))"#;

/// A component that returns how often it was called.
const COUNTER: &str = r#"(component
    (core module $module
      (memory (export "memory") 1)
      (table 1 funcref)
      (global $digit (mut i32) (i32.const 48))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "count") (param $address i32) (param $length i32) (result i32)
        (global.set $digit (i32.add (global.get $digit) (i32.const 1)))
        (i32.store8 (i32.const 600) (global.get $digit))
        (i32.store (i32.const 512) (i32.const 600))
        (i32.store (i32.const 516) (i32.const 1))
        (i32.const 512)))
    (core instance $instance (instantiate $module))
    (func (export "count") (param "request" (list u8)) (result (list u8))
      (canon lift (core func $instance "count") (memory (core memory $instance "memory"))
        (realloc (core func $instance "realloc")))))"#;

/// A reactor that reads the greeting when it is initialised.
const STARTED: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 1040) "lib/greeting")
    (func (export "_initialize")
      (if (call $path_open (i32.const 3) (i32.const 1) (i32.const 1040) (i32.const 12)
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 12))
        (then unreachable))
      (i32.store (i32.const 0) (i32.const 600))
      (i32.store (i32.const 4) (i32.const 5))
      (if (call $fd_read (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable)))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "greeting") (param $address i32) (param $length i32) (result i32)
      (i32.store (i32.const 512) (i32.const 600))
      (i32.store (i32.const 516) (i32.const 5))
      (i32.const 512)))"#;

/// Programs of that language in cells.
struct Letters {
    guest: Guest,
    identity: String,
}

impl Letters {
    fn load(compiled: &Compiled) -> Result<Letters, InstallError> {
        let guest = compiled.load("letters", SECOND)?;
        Ok(Letters { guest, identity: compiled.inputs().to_owned() })
    }

    /// Runs the interpreter; returns how it ended, and what the program wrote.
    fn execute(
        &self,
        text: &str,
        arguments: &[&str],
        input: Input<'_>,
        limits: &CellLimits,
    ) -> Result<Ran, SandboxError> {
        let mut cell = self.guest.cell(
            *limits,
            karat::runner::SEED,
            Box::new(|_| unreachable!("commands do not ask")),
        )?;
        cell.give_input(Arc::from(input.text.as_bytes()));
        cell.give_file("program", text.as_bytes())?;
        let said = |cell: &karat::sandbox::Cell| String::from_utf8_lossy(cell.error_output()).into_owned();
        let result = match cell.run(arguments) {
            Ok(1) if arguments.len() > 1 => Err(Failure::Refused(said(&cell))),
            Ok(70) => {
                let message = said(&cell);
                let line = message.chars().next_back().and_then(|digit| digit.to_digit(10));
                let fault = Fault {
                    class: "Kaput".into(),
                    place: line.map(Place::Program),
                    message,
                    kind: FaultKind::Other,
                };
                Err(Failure::Raised(fault, Explanation::default()))
            }
            Ok(status) => Ok(Exit { status, early: status != 0 }),
            Err(Stop::StackOverflow) => {
                let fault = Fault { class: "TooDeep".into(), ..Fault::default() };
                Err(Failure::Raised(fault, Explanation::default()))
            }
            Err(stop) => Err(Failure::Stopped(stop)),
        };
        Ok(Ran {
            execution: Execution { result, fuel: cell.fuel_used(), memory_denied: cell.memory_denied() },
            standard_output: cell.output().to_vec(),
            standard_error: cell.error_output().to_vec(),
            output_file: input.output_file.and_then(|path| cell.file(path)).map(<[u8]>::to_vec),
        })
    }
}

impl Runner for Letters {
    fn language(&self) -> Language {
        Language::Ada
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn native_second(&self) -> Fuel {
        SECOND
    }

    fn smallest_memory(&self) -> Bytes {
        self.guest.initial_memory_bytes().into()
    }

    fn prepare(
        &self,
        source: &str,
        prelude: Prelude,
        _runs: usize,
        limits: &CellLimits,
    ) -> Result<Execution<Prepared>, SandboxError> {
        let checked = self.execute(source, &["letters", "check"], Input::default(), limits)?;
        Ok(checked.execution.map(|exit| exit.map(|_| Prepared::source(source, prelude))))
    }

    fn run(&self, program: &Prepared, input: Input<'_>, limits: &CellLimits) -> Result<Ran, SandboxError> {
        self.execute(program.text(), &["letters"], input, limits)
    }
}

fn probe(compiled: &Compiled) -> Result<Fingerprint, String> {
    let runner = Letters::load(compiled).map_err(|error| error.to_string())?;
    let ran =
        runner.execute("g", &["letters"], Input::default(), &LIMITS).map_err(|error| error.to_string())?;
    match ran.execution.result {
        Ok(_) => Ok(Fingerprint { hash: ran.standard_output.len() as i64, fuel: ran.execution.fuel.0 }),
        Err(failure) => Err(format!("{failure:?}")),
    }
}

/// A gzipped package with these files; all paths begin with `root`.
fn package(root: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, format!("{root}/{path}"), *content).expect("there is memory");
    }
    builder.into_inner().and_then(GzEncoder::finish).expect("there is memory")
}

/// The contents of npm's registry: the interpreter, and a file for its cells.
fn interpreter() -> Vec<u8> {
    let [letters, started] = [INTERPRETER, STARTED].map(|text| wat::parse_str(text).expect("it is a module"));
    package(
        "package",
        &[("letters.wasm", &letters), ("started.wasm", &started), ("lib/greeting", b"hello\n")],
    )
}

/// The contents of the registry of crates: the counter.
fn counter() -> Vec<u8> {
    let component = wat::parse_str(COUNTER).expect("it is a component");
    let manifest = "[package]\nname = \"letters-counter\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    let files: [(&str, &[u8]); 3] =
        [("Cargo.toml", manifest.as_bytes()), ("src/lib.rs", b""), ("counter.wasm", &component)];
    package("letters-counter-1.0.0", &files)
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::of(bytes).expect("memory can be read")
}

/// A registry of that one crate; its address.
fn registry(archive: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let files = format!("{{\"dl\": \"{address}/files\"}}").into_bytes();
    let index = serde_json::json!({
        "name": "letters-counter", "vers": "1.0.0", "deps": [], "cksum": sha256(&archive).to_string(),
        "features": {}, "yanked": false,
    });
    let index = format!("{index}\n").into_bytes();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody asks");
            let mut lines =
                BufReader::new(stream.try_clone().expect("it is open")).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            let (status, body) = match request.split(' ').nth(1) {
                Some("/config.json") => ("200 OK", files.as_slice()),
                Some("/le/tt/letters-counter") => ("200 OK", index.as_slice()),
                Some("/files/letters-counter/1.0.0/download") => ("200 OK", archive.as_slice()),
                _ => ("404 Not Found", &b""[..]),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), body].concat());
        }
    });
    address
}

/// The runner's recipe, as `src/runner/table.rs` lists those of others.
fn recipe() -> Recipe {
    let (interpreter, counter) = (interpreter(), counter());
    let manifest = format!(
        r#"name = "letters"
language = "ada"
interpreter = "letters 1"

[[packages]]
registry = "npm"
name = "letters"
version = "1.0.0"
archives = [{{ sha256 = "{}", bytes = {} }}]
members = [
    {{ path = "package/letters.wasm", to = "letters.wasm", bytes = 10000 }},
    {{ path = "package/started.wasm", to = "started.wasm", bytes = 10000 }},
    {{ path = "package/lib/", to = "lib/", bytes = 10000 }},
]

[[packages]]
registry = "crates"
name = "letters-counter"
version = "1.0.0"
archives = [{{ sha256 = "{}", bytes = {} }}]
members = [{{ path = "letters-counter-1.0.0/counter.wasm", to = "counter.wasm", bytes = 10000 }}]

[[guests]]
name = "letters"
step = "module"
file = "letters.wasm"
files = [{{ from = "lib/", at = "lib" }}]

[[guests]]
name = "counter"
step = "component"
file = "counter.wasm"

[[guests]]
name = "started"
step = "snapshot"
file = "started.wasm"
initialize = ["_initialize"]
files = [{{ from = "lib/", at = "lib" }}]

[fingerprint]
hash = 6
fuel = 1
"#,
        sha256(&interpreter),
        interpreter.len(),
        sha256(&counter),
        counter.len(),
    );
    let sources = RunnerSources { name: "letters", manifest: manifest.leak(), files: &[], stack: None };
    let load = |compiled: &Compiled| Ok(Arc::new(Letters::load(compiled)?) as Arc<dyn Runner>);
    Recipe { language: Language::Ada, sources, native_second: SECOND, load, probe }
}

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
