//! What only this module can see of restoring: every byte and every global. What programs can see of it is tested in
//! `tests/sandbox.rs`.

use crate::sandbox::{Bytes, Fuel};
use std::time::Duration;

use wasmtime::Val;

use super::slot::Slot;
use super::{Cell, CellLimits, Engine, Guest, Initializer, StackBounds, Stop};
use crate::runner::install::cache_directory;
use crate::runner::python::{NATIVE_SECOND, RECIPE};
use crate::sandbox::{AskFunction, FileTree};
use crate::value::{Value, marshal};

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(5_000_000_000),
    memory: Bytes::mebi(512),
    output: Bytes(10_000),
    wall: Duration::from_secs(100),
};

/// Programs that write to different parts of the interpreter, and to few pages or many.
const PROGRAMS: &[&str] = &[
    "",
    "import builtins, math; builtins.leak = 1; math.leak = 2",
    "print('x' * 5000); held = {str(i): [i] * 10 for i in range(3000)}",
    "import gc; gc.collect(); gc.unfreeze(); gc.collect()",
    "import wit_world; wit_world.ask(b'x' * 100_000)",
    "import random, time; time.sleep(0.001); held = [random.random() for _ in range(100)]",
    "def down(n): return n and down(n - 1)\ndown(900)\nraise ValueError(3)",
    "held = bytearray(b'x') * (20 << 20)",
];

fn echo() -> AskFunction {
    Box::new(|request| Ok(request.to_vec()))
}

#[test]
fn restoring_brings_back_every_byte() {
    let cache = cache_directory().expect("there is a home directory");
    let (_, installed) = RECIPE.install(&cache, &mut |_| ()).expect("the runner can be installed");
    let engine = Engine::shared().expect("this machine has room");
    // SAFETY: the installer made the file and checked its digest.
    let guest =
        unsafe { engine.load(installed.compiled().guests()[0].path(), NATIVE_SECOND) }.expect("it loads");
    let Some(restoring) = &guest.instances.restoring else {
        println!("skipped: instances can not be restored on this machine");
        return;
    };
    let mut slot = guest.instances.template.slot().expect("there is room");
    let globals = |slot: &mut Slot| -> Vec<i64> {
        let (store, globals) = (&mut slot.store, &slot.globals);
        let value = |value: Val| value.i64().or(value.i32().map(i64::from));
        globals.iter().map(|(global, _)| value(global.get(&mut *store)).expect("an integer")).collect()
    };
    let initial = globals(&mut slot);
    // Often enough that pages nobody changes any more are released meanwhile.
    for round in 0..10 {
        for program in PROGRAMS {
            slot.store.set_fuel(LIMITS.fuel.0).expect("fuel is enabled");
            slot.store.data_mut().start(LIMITS.fuel.0, LIMITS.memory.as_size(), 10_000, round, echo());
            let mut cell = Cell::new(slot, guest.instances.clone(), LIMITS);
            let ways = [Value::Bool(false), Value::Bool(false)];
            let request = Value::tuple(["one_cell".into(), (*program).into()].into_iter().chain(ways));
            cell.call("handle", &marshal::encode(&request)).expect("it returns");
            slot = cell.into_slot();
            // A program that returns leaves most globals as they were, the stack pointer above all.
            for (global, initial) in &slot.globals {
                let other = match initial {
                    Val::I32(value) => Val::I32(!value),
                    Val::I64(value) => Val::I64(!value),
                    other => panic!("not an integer: {other:?}"),
                };
                global.set(&mut slot.store, other).expect("the type is the global's");
            }
            assert!(slot.restore(&restoring.map, restoring.pristine()), "{program}");
            let memory = slot.memory.data(&slot.store);
            assert!(memory == restoring.pristine(), "{program}");
            assert_eq!(globals(&mut slot), initial, "{program}");
        }
    }
}

/// Keeps bounds of its stack, as CPython does: at 64, behind the top. `answer` replies with what the request begins with:
/// a number of calls that it makes within one another, each with more to come back to than processors have registers for.
const KEEPS_BOUNDS: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "_initialize")
        (i32.store (i32.const 64) (i32.const 32768))
        (i32.store (i32.const 68) (i32.const 32512))
        (i32.store (i32.const 72) (i32.const 32256)))
    (func $deep (param $left i32) (param $sum i64) (result i64)
        (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $e i64) (local $f i64) (local $g i64)
        (if (i32.eqz (local.get $left)) (then (return (local.get $sum))))
        (local.set $a (i64.mul (local.get $sum) (i64.const 3)))
        (local.set $b (i64.xor (local.get $a) (i64.load (i32.const 64))))
        (local.set $c (i64.mul (local.get $b) (i64.const 7)))
        (local.set $d (i64.xor (local.get $c) (i64.load (i32.const 68))))
        (local.set $e (i64.mul (local.get $d) (i64.const 11)))
        (local.set $f (i64.xor (local.get $e) (i64.load (i32.const 72))))
        (local.set $g (i64.mul (local.get $f) (i64.const 13)))
        (call $deep (i32.sub (local.get $left) (i32.const 1)) (local.get $g))
        (i64.add (local.get $a)) (i64.add (local.get $b)) (i64.add (local.get $c)) (i64.add (local.get $d))
        (i64.add (local.get $e)) (i64.add (local.get $f)) (i64.add (local.get $g)))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "answer") (param $address i32) (param $length i32) (result i32)
        (drop (call $deep (i32.load (local.get $address)) (i64.const 1)))
        (i32.store (i32.const 512) (i32.const 64))
        (i32.store (i32.const 516) (i32.const 12))
        (i32.const 512)))"#;

#[test]
fn where_bounds_of_a_stack_are_moved_cells_recurse_further() {
    let engine = Engine::shared().expect("this machine has room");
    let folder = tempfile::tempdir().expect("a folder");
    let module = wat::parse_str(KEEPS_BOUNDS).expect("a module");
    let initialize = || Initializer::Call("_initialize".to_owned());
    let guest = |name: &str, steps: &[Initializer]| -> Guest {
        let snapshot = engine.snapshot(&module, steps, FileTree::default(), NATIVE_SECOND).expect(name);
        let path = folder.path().join(name);
        std::fs::write(&path, engine.precompile_module(&snapshot).expect(name)).expect("the disk has room");
        // SAFETY: it has just been made.
        unsafe { engine.load_snapshot(&path, NATIVE_SECOND, FileTree::default()) }.expect(name)
    };
    let answer = |guest: &Guest, depth: u32| {
        let mut cell = guest.cell(LIMITS, 0, echo()).expect("there is room");
        cell.call("answer", &depth.to_le_bytes())
    };
    let words = |words: [u32; 3]| Ok(words.map(u32::to_le_bytes).concat());
    let usual = guest("usual", &[initialize()]);
    assert_eq!(answer(&usual, 3), words([32768, 32512, 32256]));
    let bounds = StackBounds { from: [256, 512], to: [32000, 32256] };
    let deep = guest("deep", &[initialize(), Initializer::Stack(bounds)]);
    assert_eq!(answer(&deep, 3), words([32768, 768, 512]));
    // The stack of the one is less than half of that of the other.
    let mut depth = 1024;
    while answer(&usual, depth).is_ok() {
        depth *= 2;
    }
    assert_eq!(answer(&usual, depth), Err(Stop::StackOverflow));
    assert_eq!(answer(&deep, depth), words([32768, 768, 512]));

    let again = [initialize(), Initializer::Stack(bounds), Initializer::Stack(bounds)];
    let error = engine.snapshot(&module, &again, FileTree::default(), NATIVE_SECOND).unwrap_err().to_string();
    assert!(error.contains("such bounds of a stack are not in its memory"), "{error}");
}
