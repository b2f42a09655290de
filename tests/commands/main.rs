//! Guests of one core module: commands and what they see of WASI preview 1. The modules are written by hand.

mod files;
mod reactors;

use std::sync::Arc;
use std::time::Duration;

use files::{PATHS, READING, WRITING};
use karat::sandbox::{
    AskFunction, Bytes, Cell, CellLimits, Engine, FileTree, Fuel, Guest, Initializer, SandboxError, Stop,
};

const LIMITS: CellLimits = CellLimits {
    fuel: Fuel(1_000_000_000),
    memory: Bytes::mebi(64),
    output: Bytes(10_000),
    wall: Duration::from_secs(100),
};
const SECOND: Fuel = Fuel(1_000_000_000);

/// All functions of preview 1 with their parameters: `i` and `I` for 32 and 64 bits.
const FUNCTIONS: &[(&str, &str)] = &[
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_get", "ii"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

/// What the modules have in common. Each function ends the program with an error's number if it fails.
const HELPERS: &str = r#"
    (memory (export "memory") 2)
    (func $check (param $errno i32)
      (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
    (func $print (param $fd i32) (param $address i32) (param $length i32)
      (i32.store (i32.const 0) (local.get $address))
      (i32.store (i32.const 4) (local.get $length))
      (call $check (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func $read (param $fd i32) (param $address i32) (param $length i32) (result i32)
      (i32.store (i32.const 0) (local.get $address))
      (i32.store (i32.const 4) (local.get $length))
      (call $check (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.load (i32.const 8)))
    (func $open (param $path i32) (param $length i32) (param $how i32) (param $rights i64) (result i32)
      (call $check (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $length)
        (local.get $how) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 12)))
      (i32.load (i32.const 12)))
"#;

/// A module that imports all of preview 1, with the body of its `_start` and further fields.
fn module(start: &str, fields: &str) -> Vec<u8> {
    let imports: String = FUNCTIONS
        .iter()
        .map(|(name, parameters)| {
            let types: String =
                parameters.chars().map(|letter| if letter == 'I' { " i64" } else { " i32" }).collect();
            let import = format!("(import \"wasi_snapshot_preview1\" \"{name}\"");
            format!("{import} (func ${name} (param{types}) (result i32)))\n")
        })
        .collect();
    let exit = "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $proc_exit (param i32)))";
    parse(&format!("(module {imports} {exit} {HELPERS} {fields} (func (export \"_start\") {start}))"))
}

fn parse(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn engine() -> &'static Engine {
    Engine::shared().expect("this machine has room")
}

fn guest(module: &[u8]) -> Guest {
    engine().compile(module, SECOND, FileTree::default()).expect("it is a guest")
}

fn command(start: &str, fields: &str) -> Guest {
    guest(&module(start, fields))
}

fn refuse() -> AskFunction {
    Box::new(|_| unreachable!("commands do not ask"))
}

fn cell(guest: &Guest) -> Cell {
    cell_with(guest, LIMITS)
}

fn cell_with(guest: &Guest, limits: CellLimits) -> Cell {
    guest.cell(limits, 1, refuse()).expect("there is room")
}

/// Runs a command once; its status and output.
fn run(start: &str, fields: &str) -> (Result<i32, Stop>, Vec<u8>) {
    let mut cell = cell(&command(start, fields));
    let ended = cell.run(&["command"]);
    (ended, cell.output().to_vec())
}

const HELLO: &str = "(call $print (i32.const 1) (i32.const 1024) (i32.const 6))";
const HELLO_DATA: &str = r#"(data (i32.const 1024) "hello\n")"#;

const ECHO: &str = "(local $count i32)
    (loop $again
      (local.set $count (call $read (i32.const 0) (i32.const 2048) (i32.const 100)))
      (call $print (i32.const 1) (i32.const 2048) (local.get $count))
      (br_if $again (local.get $count)))";

#[test]
fn a_command_prints_and_ends_well() {
    let mut cell = cell(&command(
        &format!("{HELLO} (call $print (i32.const 2) (i32.const 1028) (i32.const 2))"),
        HELLO_DATA,
    ));
    assert_eq!(cell.run(&["hello"]), Ok(0));
    assert_eq!(cell.output(), b"hello\n");
    assert_eq!(cell.error_output(), b"o\n");
    assert!(cell.fuel_used() > Fuel(0) && cell.fuel_used() < Fuel(1_000_000));
    assert_eq!(cell.run(&["hello"]), Err(Stop::AlreadyStopped), "a command runs once");
}

#[test]
fn standard_input_is_read_to_its_end() {
    let text: Vec<u8> = (0..5000_u32).map(|number| (number % 251) as u8).collect();
    for input in [&b""[..], b"x", &text] {
        let mut cell = cell(&command(ECHO, ""));
        cell.give_input(Arc::from(input));
        assert_eq!(cell.run(&["echo"]), Ok(0));
        assert_eq!(cell.output(), input);
    }
}

#[test]
fn arguments_arrive() {
    let start = "(call $check (call $args_sizes_get (i32.const 16) (i32.const 20)))
        (call $check (call $args_get (i32.const 4096) (i32.const 8192)))
        (call $print (i32.const 1) (i32.const 8192) (i32.load (i32.const 20)))
        ;; the last argument once more, by its address
        (call $print (i32.const 1) (i32.load (i32.const 4104)) (i32.const 3))
        (call $proc_exit (i32.load (i32.const 16)))";
    let mut cell = cell(&command(start, ""));
    assert_eq!(cell.run(&["name", "", "é b"]), Ok(3));
    assert_eq!(cell.output(), "name\0\0é b\0é ".as_bytes());
}

#[test]
fn the_status_is_the_one_it_exits_with() {
    for status in [0, 1, 42, 126, 255, -1] {
        assert_eq!(run(&format!("(call $proc_exit (i32.const {status})) unreachable"), "").0, Ok(status));
    }
    assert!(matches!(run("unreachable", "").0, Err(Stop::Trap(_))));
}

#[test]
fn commands_are_stopped() {
    let endless = command("(loop $again (br $again))", "");
    let mut cell = cell_with(&endless, CellLimits { fuel: Fuel(100_000), ..LIMITS });
    assert_eq!(cell.run(&[]), Err(Stop::OutOfFuel));
    assert_eq!(cell.fuel_used(), Fuel(100_000));

    let quick = CellLimits { fuel: Fuel(u64::MAX / 2), wall: Duration::from_millis(50), ..LIMITS };
    assert_eq!(cell_with(&endless, quick).run(&[]), Err(Stop::Backstop));

    let printing = command(&format!("(loop $again {HELLO} (br $again))"), HELLO_DATA);
    let mut cell = cell_with(&printing, LIMITS);
    assert_eq!(cell.run(&[]), Err(Stop::OutputLimit));
    assert_eq!(cell.output().len(), 10_000);

    assert_eq!(run("(call $down)", "(func $down (call $down) (call $down))").0, Err(Stop::StackOverflow));
}

#[test]
fn recursion_ends_within_the_stack_that_commands_have() {
    const STACK: usize = 64 << 20;
    // A call leaves at least two words on the stack: the return address and the caller's frame.
    const LEAST_FRAME: usize = 16;
    // Prints a byte every 1024 calls.
    let fields = format!(
        "{HELLO_DATA}
        (func $down (param $depth i32) (result i32)
          (if (i32.eqz (i32.and (local.get $depth) (i32.const 1023)))
            (then (call $print (i32.const 1) (i32.const 1024) (i32.const 1))))
          (i32.add (call $down (i32.add (local.get $depth) (i32.const 1))) (local.get $depth)))"
    );
    let guest = command("(drop (call $down (i32.const 1)))", &fields);
    let depth = || {
        let mut cell = cell(&guest);
        assert_eq!(cell.run(&[]), Err(Stop::StackOverflow));
        cell.output().len() * 1024
    };
    assert!(depth() > 500_000 && depth() * LEAST_FRAME <= STACK, "{}", depth());
    assert_eq!(depth(), depth());
    // The next cell, perhaps on the same stack, has all of it.
    assert_eq!(run(HELLO, HELLO_DATA).0, Ok(0));
}

#[test]
fn memory_is_denied() {
    let grow = "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))";
    let mut caught = cell(&command(grow, ""));
    assert_eq!(caught.run(&[]), Ok(0));
    assert!(caught.memory_denied());
    assert!(caught.memory_bytes() <= 64 << 20 && caught.memory_bytes() > 60 << 20);
    assert_eq!(run(&format!("{grow} unreachable"), "").0, Err(Stop::OutOfMemory));

    let least = CellLimits { memory: Bytes(1 << 17), ..LIMITS };
    let hello = command(HELLO, HELLO_DATA);
    assert_eq!(cell_with(&hello, least).run(&[]), Ok(0));
    match hello.cell(CellLimits { memory: Bytes((1 << 17) - 1), ..LIMITS }, 1, refuse()) {
        Err(SandboxError::MemoryLimitTooLow(size)) => assert_eq!(size, 1 << 17),
        other => panic!("{other:?}"),
    }
}

/// The numbers of 64 bits that a command printed.
fn numbers(cell: &Cell) -> Vec<u64> {
    cell.output().as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()
}

#[test]
fn the_clock_goes_on_with_fuel_and_with_sleep() {
    let ask = |clock: u32, at: u32| {
        format!("(call $check (call $clock_time_get (i32.const {clock}) (i64.const 1) (i32.const {at})))")
    };
    // A subscription to the monotonic clock, a second from now.
    let sleep = "(i64.store (i32.const 4096) (i64.const 77))
        (i32.store (i32.const 4112) (i32.const 1))
        (i64.store (i32.const 4120) (i64.const 500000000))
        (call $check (call $poll_oneoff (i32.const 4096) (i32.const 8192) (i32.const 1) (i32.const 16)))
        (i64.store (i32.const 2072) (i64.load (i32.const 8192)))";
    let spin = "(local $n i32) (loop $again (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 10000))))";
    let start = format!(
        "{spin} {} {} {sleep} {} (call $print (i32.const 1) (i32.const 2048) (i32.const 32))",
        ask(0, 2048),
        ask(1, 2056),
        ask(1, 2064),
    );
    let guest = command(&start, "");
    let mut first = cell(&guest);
    assert_eq!(first.run(&[]), Ok(0));
    let [day, before, after, userdata] = numbers(&first)[..] else { panic!("{:?}", first.output()) };
    assert!(before > 20_000 && before < 1_000_000, "fuel is nanoseconds here: {before}");
    assert_eq!(day / 1_000_000_000, 1_767_225_600);
    assert!(after >= before + 500_000_000, "{after}");
    assert!(first.fuel_used() >= Fuel(500_000_000));
    assert_eq!(userdata, 77);
    let mut second = cell(&guest);
    assert_eq!(second.run(&[]), Ok(0));
    assert_eq!((second.output(), second.fuel_used()), (first.output(), first.fuel_used()));
    let late = ask(7, 2048);
    assert_eq!(run(&late, "").0, Ok(28), "there is no such clock");
}

#[test]
fn random_numbers_follow_from_the_seed() {
    let start = "(call $check (call $random_get (i32.const 2048) (i32.const 100)))
        (call $print (i32.const 1) (i32.const 2048) (i32.const 100))";
    let guest = command(start, "");
    let drawn = |seed| {
        let mut cell = guest.cell(LIMITS, seed, refuse()).expect("there is room");
        assert_eq!(cell.run(&[]), Ok(0));
        cell.output().to_vec()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert!(drawn(1).iter().any(|byte| *byte != 0));
}

#[test]
fn hostile_numbers_are_errors() {
    let values = ["0", "1", "3", "5", "131071", "0x7fffffff", "0xfffffff0", "-1"];
    let mut stopped = 0;
    for (name, parameters) in FUNCTIONS {
        // One function with values that are the same everywhere, and some with one parameter that differs.
        for (index, value) in values.iter().enumerate() {
            for odd in 0..parameters.len().max(1) {
                let arguments: String = parameters
                    .char_indices()
                    .map(|(place, letter)| {
                        let value = if place == odd { values[(index + 2) % values.len()] } else { value };
                        format!("({}.const {value})", if letter == 'I' { "i64" } else { "i32" })
                    })
                    .collect();
                let (ended, _) = run(&format!("(call $check (call ${name} {arguments}))"), "");
                match ended {
                    Ok(status) => assert!((0..=76).contains(&status), "{name} {arguments}: {status}"),
                    Err(Stop::Trap(message)) => {
                        assert!(message.contains("bad address"), "{name} {arguments}: {message}");
                        stopped += 1;
                    }
                    Err(Stop::OutOfFuel) => {}
                    Err(other) => panic!("{name} {arguments}: {other}"),
                }
            }
        }
    }
    assert!(stopped > 100, "{stopped}");
}

#[test]
fn what_is_not_there_says_so() {
    let module = |import: &str, call: &str| {
        parse(&format!(
            "(module (import {import} (func $missing (param i32) (result i32)))
               (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
               (memory (export \"memory\") 1)
               (func (export \"_start\") {call}))"
        ))
    };
    let call = "(call $exit (call $missing (i32.const 1)))";
    let preview = guest(&module(r#""wasi_snapshot_preview1" "sock_open""#, call));
    assert_eq!(cell(&preview).run(&[]), Ok(52));
    let other = guest(&module(r#""env" "callback""#, call));
    match cell(&other).run(&[]) {
        Err(Stop::Trap(message)) => assert!(message.contains("env.callback"), "{message}"),
        ended => panic!("{ended:?}"),
    }
    let unused = guest(&module(r#""env" "callback""#, ""));
    assert_eq!(cell(&unused).run(&[]), Ok(0), "what is never called may be missing");
    let wrong = module(r#""wasi_snapshot_preview1" "fd_write""#, call);
    assert!(engine().compile(&wrong, SECOND, FileTree::default()).is_err(), "a function of another type");
}

#[test]
fn cells_see_nothing_of_each_other() {
    // Counts in memory, in a global and in a file, and exits with the sum: 3 if nothing was there before.
    let start = format!(
        "(local $file i32)
        (i32.store (i32.const 70000) (i32.add (i32.load (i32.const 70000)) (i32.const 1)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (local.set $file (call $open (i32.const 1040) (i32.const 3) (i32.const 1) (i64.const {})))
        (call $check (call $fd_seek (local.get $file) (i64.const 0) (i32.const 2) (i32.const 16)))
        (call $print (local.get $file) (i32.const 1024) (i32.const 1))
        (call $check (call $fd_tell (local.get $file) (i32.const 16)))
        (call $proc_exit (i32.add (i32.load (i32.const 16))
          (i32.add (global.get $count) (i32.load (i32.const 70000)))))",
        READING | WRITING
    );
    let guest =
        command(&start, &format!("{PATHS} (global $count (export \"global:0\") (mut i32) (i32.const 0))"));
    assert!(!guest.restores());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..400).for_each(|_| assert_eq!(cell(&guest).run(&[]), Ok(3))));
        }
    });
}

#[test]
fn what_is_no_guest_is_refused() {
    let refused = |bytes: &[u8]| {
        engine().compile(bytes, SECOND, FileTree::default()).expect_err("no guest").to_string()
    };
    let memory = r#"(memory (export "memory") 1)"#;
    let starts = parse(&format!("(module {memory} (func $main) (start $main))"));
    assert!(refused(&starts).contains("start function"));
    assert!(refused(&parse("(module)")).contains("no memory"));
    assert!(refused(&parse("(component)")).contains("component"));
    assert!(refused(b"\0asm").contains("no module"));
    assert!(refused(&parse(r#"(module (import "env" "memory" (memory 1)))"#)).contains("memory"));
    assert!(refused(&parse(&format!("(module {memory} (memory 1))"))).contains("memor"));
    let outside =
        parse(&format!("(module {memory} (data (i32.const 65536) \"x\") (func (export \"_start\")))"));
    let outside = engine().compile(&outside, SECOND, FileTree::default());
    assert!(outside.and_then(|guest| guest.cell(LIMITS, 1, refuse())).is_err(), "data outside of the memory");
}

#[test]
fn a_module_is_compiled_ahead_of_time() {
    let compiled = engine().precompile_module(&module(HELLO, HELLO_DATA)).expect("it compiles");
    let file = tempfile::NamedTempFile::new().expect("there is a temporary directory");
    std::fs::write(file.path(), compiled).expect("it can be written");
    // SAFETY: the file was just made, by the same engine.
    let guest = unsafe { engine().load_module(file.path(), SECOND, FileTree::default()) }.expect("it loads");
    for _ in 0..3 {
        let mut cell = cell(&guest);
        assert_eq!(cell.run(&[]), Ok(0));
        assert_eq!(cell.output(), b"hello\n");
    }
}
