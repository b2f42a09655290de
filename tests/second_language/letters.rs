//! The runner of the language Letters, and the guests that it runs.

use karat::runner::install::InstallError;
use karat::runner::manifest::Fingerprint;
use karat::runner::{Execution, FaultKind, Prepared, Ran};
use karat::sandbox::{Guest, SandboxError};

use super::*;

/// The interpreter. Its program is the file `program`; with an argument it only checks it.
pub(super) const INTERPRETER: &str = r#"(module
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
pub(super) const COUNTER: &str = r#"(component
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
pub(super) const STARTED: &str = r#"(module
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

/// A session: executes a text a turn, of which the first letter says what it does. Its response is how many turns there
/// were, and the request. `quiet`: gives no response; `fails`: says so after that; `ask`: asks the host, and gives the
/// answer in place of the request; `odd`: wishes what there is not, and gives the host's status.
pub(super) const TURNS: &str = r#"(module
    (import "host" "call" (func $call (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) "r")
    (global $turns (mut i32) (i32.const 48))
    (global $free (mut i32) (i32.const 8192))
    (func (export "host_alloc") (param $bytes i32) (result i32)
      (global.get $free)
      (global.set $free (i32.add (global.get $free) (local.get $bytes))))
    ;; what lies at 32, with its length at 36, becomes the rest of the response
    (func $take (memory.copy (i32.const 1026) (i32.load (i32.const 32)) (i32.load (i32.const 36))))
    (func (export "turn") (param $text i32) (param $length i32) (result i32) (local $letter i32)
      (local.set $letter (i32.load8_u (local.get $text)))
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (drop (call $call (i32.const 16) (i32.const 1) (i32.const 32) (i32.const 36)))
      (call $take)
      (if (i32.eq (local.get $letter) (i32.const 113)) (then (return (i32.const 0)))) ;; quiet
      (if (i32.eq (local.get $letter) (i32.const 102)) (then (return (i32.const 1)))) ;; fails
      (if (i32.eq (local.get $letter) (i32.const 97)) ;; ask
        (then
          (i32.store8 (i32.const 1025) (i32.const 97))
          (drop (call $call (i32.const 1025) (i32.add (i32.load (i32.const 36)) (i32.const 1))
            (i32.const 32) (i32.const 36)))
          (call $take)))
      (if (i32.eq (local.get $letter) (i32.const 111)) ;; odd
        (then
          (i32.store8 (i32.const 1026)
            (i32.sub (i32.const 48) (call $call (local.get $text) (local.get $length) (i32.const 32) (i32.const 36))))
          (i32.store (i32.const 36) (i32.const 1))))
      (i32.store8 (i32.const 1024) (i32.const 100))
      (i32.store8 (i32.const 1025) (global.get $turns))
      (call $call (i32.const 1024) (i32.add (i32.load (i32.const 36)) (i32.const 2)) (i32.const 40) (i32.const 44))))"#;

/// Programs of that language in cells.
pub(super) struct Letters {
    guest: Guest,
    identity: String,
}

impl Letters {
    pub(super) fn load(compiled: &Compiled) -> Result<Letters, InstallError> {
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

pub(super) fn probe(compiled: &Compiled) -> Result<Fingerprint, String> {
    let runner = Letters::load(compiled).map_err(|error| error.to_string())?;
    let ran =
        runner.execute("g", &["letters"], Input::default(), &LIMITS).map_err(|error| error.to_string())?;
    match ran.execution.result {
        Ok(_) => Ok(Fingerprint { hash: ran.standard_output.len() as i64, fuel: ran.execution.fuel.0 }),
        Err(failure) => Err(format!("{failure:?}")),
    }
}
