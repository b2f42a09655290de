//! What only this module can see of restoring: every byte and every global. What programs can see of it is tested in
//! `tests/sandbox.rs`.

use crate::sandbox::{Bytes, Fuel};
use std::time::Duration;

use wasmtime::Val;

use super::slot::Slot;
use super::{Cell, CellLimits, Engine};
use crate::runner::install::cache_directory;
use crate::runner::python::{NATIVE_SECOND, RECIPE};
use crate::sandbox::AskFunction;
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
