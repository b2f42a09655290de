//! Modules whose exports are called, and snapshots of them.

use super::*;

/// Counts in memory and in a global, and returns both.
const STARTED: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 48))
    (func $step (result i32)
      (memory.fill (i32.const 60000) (i32.const 48) (i32.const 2))
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (i32.store8 (i32.const 60001) (global.get $count))
      (i32.sub (memory.grow (i32.const 1)) (memory.grow (i32.const 0))))
    (func (export "_initialize") (drop (call $step)))
    (func (export "prepare") (result i32) (drop (call $step)) (i32.const 0))
    (func (export "fails") (result i32) (i32.const 7))
    (func (export "traps") unreachable)
    (func (export "leaves") (call $exit (i32.const 3)))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "state") (param $address i32) (param $length i32) (result i32)
      (i32.store8 (i32.const 60002) (global.get $count))
      (i32.store8 (i32.const 60003) (i32.add (memory.size) (i32.const 48)))
      (global.set $count (i32.const 33))
      (i32.store (i32.const 512) (i32.const 60000))
      (i32.store (i32.const 516) (i32.const 4))
      (i32.const 512)))"#;

#[test]
fn a_snapshot_is_the_module_as_it_was_initialised() {
    let module = parse(STARTED);
    let snapshot = |module: &[u8], functions: &[&str]| {
        let steps: Vec<_> = functions.iter().map(|name| Initializer::Call((*name).to_owned())).collect();
        engine().snapshot(module, &steps, FileTree::default(), SECOND)
    };
    let cells = |module: &[u8]| {
        let reactor = guest(module);
        let state =
            || cell(&reactor).call("state", b"").map(|state| String::from_utf8_lossy(&state).into_owned());
        (state(), state())
    };
    let twice = |state: &str| (Ok(state.to_owned()), Ok(state.to_owned()));
    // As the module comes, each cell begins with `_initialize`.
    assert_eq!(cells(&module), twice("0112"));
    let started = snapshot(&module, &["_initialize", "prepare"]).expect("it is initialised");
    assert_eq!(cells(&started), twice("0223"));
    // It is the same each time, and a snapshot can be initialised further.
    assert_eq!(snapshot(&module, &["_initialize", "prepare"]).expect("it is initialised"), started);
    assert_eq!(cells(&snapshot(&started, &["prepare"]).expect("it is initialised")), twice("0334"));
    for (function, message) in [
        ("fails", "by its function fails: it returned [I32(7)]"),
        ("traps", "by its function traps: "),
        ("leaves", "by its function leaves: "),
        ("missing", "by its function missing: there is no function of that name"),
    ] {
        let error = snapshot(&module, &["prepare", function]).expect_err(function).to_string();
        assert!(error.contains(message), "{error}");
    }
    let turn = [Initializer::Turn("text".to_owned())];
    let error = engine().snapshot(&module, &turn, FileTree::default(), SECOND).expect_err("no session");
    assert!(error.to_string().contains("by its function turn: it takes no turns"), "{error}");
    let hidden = STARTED.replace(
        "(func (export \"traps\")",
        "(table 1 funcref) (func (export \"hides\") (table.set (i32.const 0) (ref.null func)))
            (func (export \"traps\")",
    );
    let error = snapshot(&parse(&hidden), &["prepare"]).expect_err("tables are not kept").to_string();
    assert!(error.contains("table.set"), "{error}");
}

/// State that restoring would not see: tables, segments that are dropped, and globals that are not exported.
#[test]
fn what_a_module_hides_is_new_in_every_cell() {
    let text = r#"(module
        (memory (export "memory") 1)
        (table $functions 4 funcref)
        (elem $passive func $one)
        (data $bytes "x")
        (global $hidden (mut i32) (i32.const 0))
        (func $one)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "changed") (param $address i32) (param $length i32) (result i32)
          ;; how much is not as it was in the beginning, as a digit
          (i32.store8 (i32.const 600) (i32.add (i32.const 48)
            (i32.add (i32.add (global.get $hidden) (i32.sub (table.size $functions) (i32.const 4)))
              (i32.eqz (ref.is_null (table.get $functions (i32.const 0)))))))
          ;; traps if the segments were dropped
          (memory.init $bytes (i32.const 700) (i32.const 0) (i32.const 1))
          (table.init $functions $passive (i32.const 0) (i32.const 0) (i32.const 1))
          (global.set $hidden (i32.add (global.get $hidden) (i32.const 1)))
          (drop (table.grow $functions (ref.null func) (i32.const 1)))
          (data.drop $bytes)
          (elem.drop $passive)
          (i32.store (i32.const 512) (i32.const 600))
          (i32.store (i32.const 516) (i32.const 1))
          (i32.const 512)))"#;
    let reactor = guest(&parse(text));
    assert!(!reactor.restores());
    for _ in 0..50 {
        let mut cell = cell(&reactor);
        assert_eq!(cell.call("changed", b""), Ok(b"0".to_vec()));
        assert!(matches!(cell.call("changed", b""), Err(Stop::Trap(_))), "within a cell the change stays");
    }
}

#[test]
fn a_reactor_is_initialised_once_and_called() {
    let text = r#"(module
        (memory (export "memory") 1)
        (global $ready (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $ready (i32.add (global.get $ready) (i32.const 1))))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "first") (param $address i32) (param $length i32) (result i32)
          ;; the request, with a digit in place of its first byte that says how often it was made ready
          (i32.store8 (local.get $address) (i32.add (global.get $ready) (i32.const 48)))
          (i32.store (i32.const 512) (local.get $address))
          (i32.store (i32.const 516) (local.get $length))
          (i32.const 512)))"#;
    let reactor = guest(&parse(text));
    let mut cell = cell(&reactor);
    assert_eq!(cell.run(&[]), Err(Stop::NoSuchExport("_start".to_owned())));
    assert_eq!(cell.call("first", b"abc"), Ok(b"1bc".to_vec()));
    assert_eq!(cell.call("first", b"x"), Ok(b"1".to_vec()));
}

#[test]
fn exceptions_are_thrown_and_caught() {
    let fields = "(tag $thrown (param i32))
        (func $throws (throw $thrown (i32.const 41)))
        (func $caught (result i32) (block $handler (result i32)
          (try_table (catch $thrown $handler) (call $throws))
          (i32.const 0)))";
    assert_eq!(run("(call $proc_exit (i32.add (call $caught) (i32.const 1)))", fields).0, Ok(42));
    let many = "(local $n i32) (loop $again
        (if (i32.ne (call $caught) (i32.const 41)) (then unreachable))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 200000))))";
    assert_eq!(run(many, fields).0, Ok(0), "what was thrown is collected");
    assert!(matches!(run("(call $throws)", fields).0, Err(Stop::Trap(_))));
}
