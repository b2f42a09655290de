//! The sandbox below the runner: restored cells are as good as new ones, everything that can stop a cell does, and
//! cells nest.

mod common;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use karat::runner::install::cache_directory;
use karat::runner::python;
use karat::sandbox::{
    AskFunction, Bytes, Cell, CellLimits, Engine, Fuel, Guest, HostRefusal, SandboxError, Stop,
};
use karat::value::{Value, marshal};

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(5_000_000_000),
    memory: Bytes::mebi(512),
    output: Bytes(10_000),
    wall: Duration::from_secs(100),
};

/// Bodies of a function that use different parts of the interpreter. Most return, some raise, some stop the cell.
const BODIES: &[&str] = &[
    "return None",
    "return sum(n * n for n in range(1000))",
    "import re\nreturn re.sub('a+', 'b', 'caaandaab' * 100)",
    "import hashlib\nreturn hashlib.sha256(b'x' * 10_000).hexdigest()",
    "import os, random\nreturn [random.random() for _ in range(50)], os.urandom(8)",
    "import builtins, math, sys\nbuiltins.leak = math.leak = 1\nsys.modules['leak'] = math\nreturn True",
    "import time\ntime.sleep(0.01)\nreturn time.time(), time.perf_counter_ns()",
    "print('x' * 5000)\nreturn {str(n): [n] * 10 for n in range(3000)}",
    "import sys\nsys.stdout.write('unflushed')\nsys.stderr.write('more')",
    "class A:\n    pass\nreturn len([A() for _ in range(1000)])",
    "def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\nreturn down(500)",
    "def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\nreturn down(10**6)",
    "import wit_world\nreturn wit_world.ask(b'x' * 1000)",
    "import json\nreturn json.loads(json.dumps(list(range(2000))))[-1]",
    "raise ValueError(3)",
    "return len([bytearray(5000) for _ in range(300)])",
    "return len(bytearray(b'x') * (20 << 20))", // many pages
    "return len(bytearray(200 << 20))",         // grows the memory, so the cell is not restored
    "return list({'a', 'b', 'c', 'd'}), hash('x'), id(object())",
    "import gc\ngc.unfreeze()\nreturn gc.collect() > 0, len(gc.get_objects())",
    "import decimal, fractions\nreturn str(decimal.Decimal(2).sqrt() + 1), str(fractions.Fraction('0.3'))",
    "import os\nos._exit(3)",
    "import os\nos.abort()",
];

/// Bodies that make the interpreter's own code recurse too deeply, through functions with small and large frames.
const OVERFLOWS: &[&str] = &[
    "nested = ()\nfor _ in range(3 * 10**6):\n    nested = (nested,)\nreturn hash(nested)",
    "numbers = iter([1])\nfor _ in range(10**6):\n    numbers = map(int, numbers)\nreturn list(numbers)",
];

/// The compiled guest.
fn compiled() -> &'static Path {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let cache = cache_directory().expect("there is a home directory");
        let installed = python::RECIPE.install(&cache, &mut |_| ());
        installed.expect("the Python runner can be installed").1.compiled().guests()[0].path().to_owned()
    })
}

/// A guest of its own, with the cells that it keeps.
fn load() -> Guest {
    load_into(Engine::shared().expect("this machine has room"))
}

fn load_into(engine: &Engine) -> Guest {
    // SAFETY: the installer made the file and checked its digest.
    unsafe { engine.load(compiled(), python::NATIVE_SECOND) }.expect("it loads")
}

/// The guest that tests share, and with it cells that ran something before.
fn guest() -> &'static Guest {
    static GUEST: OnceLock<Guest> = OnceLock::new();
    GUEST.get_or_init(load)
}

fn echo() -> AskFunction {
    Box::new(|request| Ok(request.to_vec()))
}

fn cell(guest: &Guest, limits: CellLimits) -> Cell {
    guest.cell(limits, 1, echo()).expect("there is room")
}

/// The program whose function `solve` has this body.
fn program(body: &str) -> String {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("def solve():\n{indented}")
}

fn handle(cell: &mut Cell, request: impl IntoIterator<Item = Value>) -> Result<Vec<Value>, Stop> {
    let reply = cell.call("handle", &marshal::encode(&Value::tuple(request)))?;
    Ok(marshal::decode(&reply).expect("replies are data").into_tuple().expect("replies are tuples"))
}

fn define(cell: &mut Cell, body: &str) -> Result<Vec<Value>, Stop> {
    handle(cell, ["load".into(), program(body).into(), "solve".into()])
}

/// Calls what was defined: returns its value, or, in a tuple of one, the name of the class that it raises.
fn call(cell: &mut Cell) -> Result<Value, Stop> {
    let arguments = Value::tuple([Value::tuple([]), Value::Dict(vec![])]);
    let arguments = Value::Bytes(marshal::encode(&arguments));
    let call = ["use".into(), Value::Int(0), "__call__".into(), Value::Int(0), arguments, Value::None];
    let reply = handle(cell, call)?;
    match &reply[..] {
        [Value::Str(status), Value::Int(0), Value::Bytes(value), _] if status == "value" => {
            Ok(marshal::decode(value).expect("a value is data"))
        }
        [Value::Str(status), Value::Tuple(description), _] if status == "raised" => {
            Ok(raised(description[0].clone()))
        }
        other => panic!("neither a value nor an exception: {other:?}"),
    }
}

fn raised(class: impl Into<Value>) -> Value {
    Value::tuple([class.into()])
}

fn run(cell: &mut Cell, body: &str) -> Result<Value, Stop> {
    assert_eq!(define(cell, body)?, ["loaded".into()], "{body}");
    call(cell)
}

/// Runs a function body in a cell of the shared guest.
fn run_once(limits: CellLimits, body: &str) -> Result<Value, Stop> {
    run(&mut cell(guest(), limits), body)
}

/// Everything that can be observed of a program.
#[derive(Debug, PartialEq)]
struct Observed {
    result: Result<Value, Stop>,
    fuel: Fuel,
    output: Vec<u8>,
    memory: usize,
}

fn observe(cell: &mut Cell, body: &str) -> Observed {
    let result = run(cell, body);
    Observed { result, fuel: cell.fuel_used(), output: cell.output().to_vec(), memory: cell.memory_bytes() }
}

#[test]
fn restored_cells_are_like_fresh_ones() {
    let fresh_only = load();
    // No cell is dropped before the last one is made, so none is a restored one.
    let (_fresh_cells, fresh): (Vec<Cell>, Vec<Observed>) = BODIES
        .iter()
        .map(|body| {
            let mut cell = cell(&fresh_only, LIMITS);
            let observed = observe(&mut cell, body);
            (cell, observed)
        })
        .unzip();
    let returned = |observed: &&Observed| !matches!(observed.result, Ok(Value::Tuple(_)) | Err(_));
    assert!(fresh.iter().filter(returned).count() > BODIES.len() / 2, "{fresh:?}");

    let restoring = load();
    if !restoring.restores() {
        println!("instances can not be restored on this machine: comparing new ones with new ones");
    }
    std::thread::scope(|scope| {
        for thread in 0..2_u64 {
            let (fresh, restoring) = (&fresh, &restoring);
            scope.spawn(move || {
                let mut order = thread;
                for _ in 0..300 {
                    order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let choice = (order >> 33) as usize % BODIES.len();
                    let now = observe(&mut cell(restoring, LIMITS), BODIES[choice]);
                    assert_eq!(now, fresh[choice], "{}", BODIES[choice]);
                }
            });
        }
    });
}

#[test]
fn a_dropped_cell_leaves_nothing() {
    let body = "\
import builtins, gc, math, os, sys, threading
found = [
    hasattr(builtins, 'leak'), hasattr(math, 'leak'), 'leak' in sys.modules, 'leak' in os.environ,
    sys.getrecursionlimit() == 77_777, threading.stack_size() != 0,
    any(type(thing) is bytearray and thing[:4] == b'leak' for thing in gc.get_objects()),
    any(bytearray(8 << 20)), len(gc.get_objects()), sys.getallocatedblocks(), id(object()),
]
builtins.leak = math.leak = sys.modules['leak'] = [bytearray(b'leak' * 1000) for _ in range(1000)]
os.environ['leak'] = 'x'
sys.setrecursionlimit(77_777)
bytearray(b'leak') * (5 << 20)
solve.leak = [].append
return found";
    let first = run_once(LIMITS, body).expect("it returns");
    let Value::List(found) = &first else { panic!("{first:?}") };
    assert!(found[..8].iter().all(|leaked| *leaked == Value::Bool(false)), "{found:?}");
    for _ in 0..5 {
        assert_eq!(run_once(LIMITS, body).as_ref(), Ok(&first));
    }
}

#[test]
fn state_lasts_within_a_cell() {
    let mut cell = cell(guest(), LIMITS);
    let body = "import math\nmath.count = getattr(math, 'count', 0) + 1\nreturn math.count";
    assert_eq!(run(&mut cell, body), Ok(Value::Int(1)));
    let fuel = cell.fuel_used();
    assert_eq!(call(&mut cell), Ok(Value::Int(2)));
    assert!(cell.fuel_used() > fuel);
    // Programs are loaded one after another; number 0 remains the first one.
    assert_eq!(define(&mut cell, "print('second')\nreturn None"), Ok(vec!["loaded".into()]));
    assert_eq!(call(&mut cell), Ok(Value::Int(3)));
}

#[test]
fn large_requests_and_replies_cross() {
    let body = format!("import wit_world\nreturn wit_world.ask(b'{}' * 3)", "e".repeat(1_000_000));
    assert_eq!(run_once(LIMITS, &body), Ok(Value::Bytes(vec![b'e'; 3_000_000])));
}

#[test]
fn programs_are_stopped() {
    let stops = |limits, body| run_once(limits, body).expect_err(body);
    let endless = "while True:\n    pass";
    assert_eq!(stops(CellLimits { fuel: Fuel(1_000_000_000), ..LIMITS }, endless), Stop::OutOfFuel);
    let start = Instant::now();
    let quick = CellLimits { fuel: Fuel(u64::MAX / 2), wall: Duration::from_millis(50), ..LIMITS };
    assert_eq!(stops(quick, endless), Stop::Backstop);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(stops(LIMITS, "while True:\n    print('x' * 99)"), Stop::OutputLimit);
    assert_eq!(stops(LIMITS, "import os\nwhile True:\n    os.write(2, b'x' * 99)"), Stop::OutputLimit);
    // WASI tells the host only whether it succeeded.
    assert_eq!(stops(LIMITS, "import os\nos._exit(0)"), Stop::Exited(0));
    assert_eq!(stops(LIMITS, "import os\nos._exit(7)"), Stop::Exited(1));
    for body in OVERFLOWS {
        assert_eq!(stops(LIMITS, body), Stop::StackOverflow);
    }
    assert!(matches!(stops(LIMITS, "import os\nos.abort()"), Stop::Trap(_)));
}

#[test]
fn fuel_is_enough_or_not() {
    let body = "return sum(len(str(n)) for n in range(500))";
    let mut whole = cell(guest(), LIMITS);
    assert_eq!(run(&mut whole, body), Ok(Value::Int(1390)));
    let fuel = whole.fuel_used();
    assert_eq!(run_once(CellLimits { fuel, ..LIMITS }, body), Ok(Value::Int(1390)));
    // Not to the unit: the guest checks its fuel where functions and iterations of loops begin.
    for fuel in [fuel.0 - fuel.0 / 100, fuel.0 / 2, 1000, 0].map(Fuel) {
        let mut short = cell(guest(), CellLimits { fuel, ..LIMITS });
        assert_eq!(run(&mut short, body), Err(Stop::OutOfFuel));
        assert_eq!(short.fuel_used(), fuel);
    }
}

#[test]
fn a_stopped_cell_stays_stopped() {
    let mut refused =
        guest().cell(LIMITS, 1, Box::new(|_| Err(HostRefusal("no".into())))).expect("there is room");
    let ask =
        "import wit_world\ntry:\n    return wit_world.ask(b'')\nexcept BaseException:\n    return 'caught'";
    assert_eq!(run(&mut refused, ask), Err(Stop::AskRefused("no".into())));
    assert_eq!(call(&mut refused), Err(Stop::AlreadyStopped));

    let mut cell = cell(guest(), LIMITS);
    assert_eq!(cell.call("nothing", b""), Err(Stop::NoSuchExport("nothing".into())));
    assert_eq!(run(&mut cell, "return 1"), Ok(Value::Int(1)));
}

#[test]
fn memory_is_denied() {
    let initial = guest().initial_memory_bytes();
    match guest().cell(CellLimits { memory: Bytes::from(initial - 1), ..LIMITS }, 1, echo()) {
        Err(SandboxError::MemoryLimitTooLow(least)) => assert_eq!(least, initial),
        other => panic!("{other:?}"),
    }

    let tight = CellLimits { memory: Bytes::from(initial + (8 << 20)), ..LIMITS };
    let mut caught = cell(guest(), tight);
    assert_eq!(
        run(&mut caught, "held = bytearray()\nwhile True:\n    held += bytes(1 << 20)"),
        Ok(raised("MemoryError"))
    );
    assert!(caught.memory_denied());
    assert!(caught.memory_bytes() <= tight.memory.as_size());
    assert_eq!(call(&mut caught), Ok(raised("MemoryError")), "the cell goes on");
    let mut small = cell(guest(), tight);
    assert_eq!(run(&mut small, "return len(bytes(1 << 20))"), Ok(Value::Int(1 << 20)));
    assert!(!small.memory_denied());
}

#[test]
fn a_guest_that_gives_up_for_want_of_memory_is_out_of_memory() {
    let tight = CellLimits { memory: guest().initial_memory_bytes().into(), ..LIMITS };
    let abort = "import os\ntry:\n    bytearray(1 << 30)\nexcept MemoryError:\n    os.abort()";
    let mut aborting = cell(guest(), tight);
    assert_eq!(run(&mut aborting, abort), Err(Stop::OutOfMemory));
    assert!(aborting.memory_denied());

    let mut requested = cell(guest(), tight);
    let long = format!("return len({:?})", "x".repeat(100 << 20));
    assert_eq!(define(&mut requested, &long), Err(Stop::OutOfMemory), "a request that does not fit");

    let large = |size: usize| -> AskFunction { Box::new(move |_| Ok(vec![0; size])) };
    let mut asking = guest().cell(tight, 1, large(100 << 20)).expect("there is room");
    let result = run(&mut asking, "import wit_world\nreturn wit_world.ask(b'')");
    assert_eq!(result, Err(Stop::OutOfMemory), "an answer that does not fit");

    // An answer that would fit into the memory that the guest begins with.
    let mut full = guest().cell(tight, 1, large(1 << 20)).expect("there is room");
    let body = "import wit_world\nsize, held = 1 << 24, []\nwhile size > 1000:\n    try:\n        \
                held.append(bytearray(size))\n    except MemoryError:\n        size //= 2\n\
                return wit_world.ask(b'')";
    assert_eq!(run(&mut full, body), Err(Stop::OutOfMemory));
}

#[test]
fn cells_nest() {
    fn nested(depth: u32, body: &'static str) -> AskFunction {
        Box::new(move |request| {
            if depth == 0 {
                return Ok([b"bottom: ", request].concat());
            }
            let cell = guest().cell(LIMITS, 1, nested(depth - 1, body));
            let mut cell = cell.map_err(|error| HostRefusal(error.to_string()))?;
            match run(&mut cell, body) {
                Ok(Value::Bytes(bytes)) => Ok(bytes),
                Ok(other) => Err(HostRefusal(format!("{other:?}"))),
                Err(stop) => Err(HostRefusal(stop.to_string())),
            }
        })
    }
    let outermost = |depth, body| guest().cell(LIMITS, 1, nested(depth, body)).expect("there is room");
    // Every level recurses deeply before it asks the next one.
    let body = "import wit_world\ndef down(n):\n    return down(n - 1) if n else wit_world.ask(b'x' * 10)\n\
                return down(300) + b'!'";
    for _ in 0..3 {
        let result = run(&mut outermost(5, body), body);
        assert_eq!(result, Ok(Value::Bytes(b"bottom: xxxxxxxxxx!!!!!!".to_vec())));
    }
    // What stops the lower cell is a refusal one level up.
    let result = run(&mut outermost(5, OVERFLOWS[0]), "import wit_world\nreturn wit_world.ask(b'')");
    assert_eq!(result, Err(Stop::AskRefused("stack overflow".into())));
}

#[test]
fn time_is_virtual() {
    let body = "import time\nstart = time.time()\ntime.sleep(86_400)\n\
                return int(start), round(time.time() - start)";
    let start = Instant::now();
    let limits = CellLimits { fuel: python::NATIVE_SECOND.times(90_000.0), ..LIMITS };
    assert_eq!(run_once(limits, body), Ok(Value::tuple([Value::Int(1_767_225_600), Value::Int(86_400)])));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn sleeping_burns_what_working_for_as_long_would() {
    let sandbox = load();
    let mut cell = cell(&sandbox, CellLimits { fuel: python::NATIVE_SECOND.times(3.0), ..LIMITS });
    assert_eq!(run(&mut cell, "import time\ntime.sleep(1)\nreturn 7"), Ok(Value::Int(7)));
    let burnt = cell.fuel_used();
    assert!(
        (python::NATIVE_SECOND.times(1.0)..python::NATIVE_SECOND.times(1.1)).contains(&burnt),
        "{burnt:?}"
    );
    for body in ["import time\ntime.sleep(10)", "import asyncio\nasyncio.run(asyncio.sleep(10))"] {
        let limits = CellLimits { fuel: python::NATIVE_SECOND.times(3.0), ..LIMITS };
        assert_eq!(run_once(limits, body), Err(Stop::OutOfFuel), "{body}");
    }
}

#[test]
fn too_many_cells_are_an_error_until_some_are_dropped() {
    // Not the engine of the other tests, which would have no room meanwhile.
    let engine = Engine::new().expect("this machine has room");
    let sandbox = load_into(&engine);
    let another = load_into(&engine);
    let mut cells = Vec::new();
    let error = loop {
        match sandbox.cell(LIMITS, 1, echo()) {
            Ok(cell) => cells.push(cell),
            Err(error) => break error,
        }
        assert!(cells.len() < 100_000);
    };
    assert!(cells.len() >= 100, "{}: {error}", cells.len());
    assert!(matches!(error, SandboxError::Wasmtime(_)), "{error}");
    // Another thread prefers another list of unused instances, and takes from this one's if it has to.
    cells.truncate(cells.len() - 1);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| run(&mut cell(&sandbox, LIMITS), "return 1")).join().expect("it does not panic")
    });
    assert_eq!(result, Ok(Value::Int(1)));
    // One guest's unused cells make room for another's.
    let mut other = cell(&another, LIMITS);
    assert_eq!(run(&mut other, "return 2"), Ok(Value::Int(2)));
    assert!(sandbox.cell(LIMITS, 1, echo()).is_err(), "all are in use");
}
