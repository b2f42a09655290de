//! Tests with a real Python guest, see `test_guest/app.py`. They do nothing
//! unless the environment variable `KARAT_TEST_GUEST` names its component.

use std::sync::OnceLock;
use std::time::Duration;

use super::{Cell, CellLimits, Sandbox, Slot, Stop};
use crate::sandbox::wasi::{AskError, AskFunction};

const LIMITS: CellLimits = CellLimits {
    fuel: 5_000_000_000,
    memory_bytes: 64 << 20,
    output_bytes: 10_000,
    wall: Duration::from_secs(100),
};

/// Programs which use different parts of the interpreter.
const PROGRAMS: &[&str] = &[
    "",
    "result = sum(i * i for i in range(1000))",
    "import re; result = re.sub('a+', 'b', 'caaandaab' * 100)",
    "import hashlib; result = hashlib.sha256(b'x' * 10000).hexdigest()",
    "import random; result = [random.random() for _ in range(50)]",
    "import builtins; builtins.leak = 1; import math; math.leak = 2",
    "import time; time.sleep(1); result = time.time()",
    "print('x' * 5000); result = {str(i): [i] * 10 for i in range(3000)}",
    "class A:\n  pass\nresult = [A() for _ in range(100)] and 1",
    "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nresult = f(500)",
    "result = ask(b'x' * 1000)[:3]",
    "import json; result = json.loads(json.dumps(list(range(2000))))[-1]",
    "raise ValueError(3)",
    "result = len([bytearray(5000) for _ in range(300)])",
];

fn sandbox() -> Option<&'static Sandbox> {
    static SANDBOX: OnceLock<Option<Sandbox>> = OnceLock::new();
    SANDBOX
        .get_or_init(|| {
            let Some(path) = std::env::var_os("KARAT_TEST_GUEST") else {
                eprintln!("KARAT_TEST_GUEST is not set; skipping");
                return None;
            };
            let component = std::fs::read(path).expect("the guest can be read");
            let code = Sandbox::precompile(&component).expect("the guest compiles");
            let name = format!("karat-test-{}.cwasm", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, code).expect("there is space");
            // SAFETY: the file was just made by `precompile`.
            let sandbox = unsafe { Sandbox::load(&path) }.expect("it loads");
            std::fs::remove_file(path).expect("it is there");
            Some(sandbox)
        })
        .as_ref()
}

fn echo() -> AskFunction {
    Box::new(|request| Ok(request.to_vec()))
}

fn run(cell: &mut Cell, program: &str) -> Result<String, Stop> {
    let response = cell.call("handle", format!("p{program}").as_bytes())?;
    Ok(String::from_utf8(response).expect("the guest encodes its response"))
}

fn once(sandbox: &Sandbox, limits: CellLimits, program: &str) -> Result<String, Stop> {
    run(&mut sandbox.cell(limits, 1, echo()).expect("there is room"), program)
}

/// Everything that can be observed of a program.
fn observe(sandbox: &Sandbox, program: &str) -> (Result<String, Stop>, u64, Vec<u8>) {
    let mut cell = sandbox.cell(LIMITS, 1, echo()).expect("there is room");
    let result = run(&mut cell, program);
    (result, cell.fuel_used(), cell.output().to_vec())
}

/// Throws unused instances away, so that the next cell is a new instance.
fn forget(sandbox: &Sandbox) {
    for list in 0..sandbox.inner.kept.len() {
        sandbox.inner.with_list(list, Vec::clear);
    }
}

#[test]
fn restored_instances_are_like_new_ones() {
    let Some(sandbox) = sandbox() else { return };
    // A clone with lists of its own would share them, so this test makes its
    // new instances directly.
    let fresh: Vec<_> = PROGRAMS
        .iter()
        .map(|program| {
            let slot = Slot::new(&sandbox.inner.template).expect("there is room");
            sandbox.inner.keep(slot);
            let observed = observe(sandbox, program);
            forget(sandbox);
            observed
        })
        .collect();
    assert!(fresh.iter().all(|(result, ..)| result.is_ok()), "{fresh:?}");
    std::thread::scope(|scope| {
        for thread in 0..2_u64 {
            let fresh = &fresh;
            scope.spawn(move || {
                let mut order = thread;
                for _ in 0..400 {
                    order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let choice = (order >> 33) as usize % PROGRAMS.len();
                    let now = observe(sandbox, PROGRAMS[choice]);
                    assert_eq!(now, fresh[choice], "{}", PROGRAMS[choice]);
                }
            });
        }
    });
}

#[test]
fn restoring_brings_back_every_byte() {
    let Some(sandbox) = sandbox() else { return };
    let Some(map) = &sandbox.inner.map else { return };
    let mut slot = Slot::new(&sandbox.inner.template).expect("there is room");
    let globals = |slot: &mut Slot| -> Vec<i64> {
        let (store, globals) = (&mut slot.store, &slot.globals);
        let value = |value: wasmtime::Val| value.i64().or(value.i32().map(i64::from));
        globals.iter().map(|(global, _)| value(global.get(&mut *store)).expect("an integer")).collect()
    };
    let initial = globals(&mut slot);
    for _ in 0..3 {
        for program in PROGRAMS {
            slot.store.set_fuel(LIMITS.fuel).expect("fuel is enabled");
            slot.store.data_mut().start(LIMITS.fuel, LIMITS.memory_bytes, 10_000, 1, echo());
            let mut cell = Cell::new(slot, sandbox.inner.clone(), LIMITS);
            run(&mut cell, program).expect("it returns");
            slot = cell.into_slot();
            assert!(slot.restore(map, sandbox.inner.pristine()), "{program}");
            let memory = slot.memory.data(&slot.store);
            assert!(memory == sandbox.inner.pristine(), "{program}");
            assert_eq!(globals(&mut slot), initial, "{program}");
        }
    }
}

#[test]
fn cells_do_not_see_each_other() {
    let Some(sandbox) = sandbox() else { return };
    for _ in 0..3 {
        let program = "import math\nresult = getattr(math, 'leak', 0)\nmath.leak = 1";
        assert_eq!(once(sandbox, LIMITS, program), Ok("0".into()));
    }
}

#[test]
fn state_lasts_within_a_cell() {
    let Some(sandbox) = sandbox() else { return };
    let mut cell = sandbox.cell(LIMITS, 1, echo()).expect("there is room");
    assert_eq!(run(&mut cell, "import math; math.leak = 5"), Ok("".into()));
    assert_eq!(run(&mut cell, "import math; result = math.leak"), Ok("5".into()));
    let large = vec![b'e'; 3_000_000];
    assert_eq!(cell.call("handle", &large).as_deref(), Ok(&large[1..]));
}

#[test]
fn cells_nest() {
    let Some(sandbox) = sandbox() else { return };
    fn nested(sandbox: &'static Sandbox, depth: u32, program: &'static str) -> AskFunction {
        Box::new(move |request| {
            if depth == 0 {
                return Ok([b"bottom: ", request].concat());
            }
            let mut cell = sandbox
                .cell(LIMITS, 1, nested(sandbox, depth - 1, program))
                .map_err(|error| AskError(error.to_string()))?;
            let result = run(&mut cell, program).map_err(|stop| AskError(stop.to_string()))?;
            Ok(result.into_bytes())
        })
    }
    // Every level recurses deeply before it asks the next one.
    let program = "def down(n): return down(n - 1) if n else ask(b'x' * 10)\n\
        result = down(300).decode() + '!'";
    for _ in 0..3 {
        let ask = nested(sandbox, 5, program);
        let mut cell = sandbox.cell(LIMITS, 1, ask).expect("there is room");
        let result = run(&mut cell, program);
        assert_eq!(result, Ok("bottom: xxxxxxxxxx!!!!!!".into()));
    }
    // A stack overflow at the bottom is a refusal one level up.
    let overflow = "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()";
    let ask = nested(sandbox, 5, overflow);
    let mut cell = sandbox.cell(LIMITS, 1, ask).expect("there is room");
    let result = run(&mut cell, "ask(b'')");
    assert_eq!(result, Err(Stop::AskRefused("stack overflow".into())));
}

#[test]
fn programs_are_stopped() {
    let Some(sandbox) = sandbox() else { return };
    let stops = |limits, program| once(sandbox, limits, program).expect_err(program);
    let endless = "while True: pass";
    assert_eq!(stops(LIMITS, endless), Stop::OutOfFuel);
    let wall = Duration::from_millis(50);
    let quick = CellLimits { wall, ..LIMITS };
    assert_eq!(stops(quick, endless), Stop::Backstop);
    let chatty = "while True: print('x' * 99)";
    assert_eq!(stops(LIMITS, chatty), Stop::OutputLimit);
    assert_eq!(stops(LIMITS, "import os; os._exit(1)"), Stop::Exited(1));
    let overflow = "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()";
    assert_eq!(stops(LIMITS, overflow), Stop::StackOverflow);
    let deep = "x = []\nfor _ in range(10**5): x = [x]\nimport sys; sys.setrecursionlimit(10**9)\nrepr(x)";
    let fuel = 10 * LIMITS.fuel;
    let patient = CellLimits { fuel, ..LIMITS };
    assert_eq!(stops(patient, deep), Stop::StackOverflow);
    assert!(matches!(stops(LIMITS, "import os; os.abort()"), Stop::Trap(_)));

    let mut cell = sandbox.cell(LIMITS, 1, Box::new(|_| Err(AskError("no".into())))).expect("there is room");
    let refused = Err(Stop::AskRefused("no".into()));
    assert_eq!(run(&mut cell, "ask(b'')"), refused);
    assert_eq!(run(&mut cell, ""), Err(Stop::AlreadyStopped));

    let mut cell = sandbox.cell(LIMITS, 1, echo()).expect("there is room");
    let no_export = Err(Stop::NoSuchExport("nothing".into()));
    assert_eq!(cell.call("nothing", b""), no_export);
    assert_eq!(run(&mut cell, "x = bytearray(1 << 30)"), Ok("MemoryError()".into()));
    assert!(cell.memory_denied());
}

#[test]
fn time_is_virtual() {
    let Some(sandbox) = sandbox() else { return };
    let program =
        "import time\na = time.time()\ntime.sleep(86400)\nresult = round(a), round(time.time() - a)";
    let start = std::time::Instant::now();
    let result = once(sandbox, LIMITS, program);
    assert_eq!(result, Ok("(1767225600, 86400)".into()));
    assert!(start.elapsed() < Duration::from_secs(60));
}
