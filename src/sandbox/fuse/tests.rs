//! Tests of fusing with components that are written by hand.

use wasmtime::{Engine, Instance, Linker, Module, Store};

use super::{Deepened, FuseError, NewStack, fuse};

/// Two modules which share memory, table and globals; the second one fills the
/// table of the first one, and calls the host through it.
const LINKED: &str = r#"
(component
  (import "host:log/log@1.0.0" (instance $log (export "add" (func (param "n" u32) (result u32)))))
  (core module $main
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global (export "base") i32 (i32.const 16))
    (global (export "got") (mut i32) (i32.const 2))
    (global (export "counter") (mut i32) (i32.const 5))
    (func (export "shim") (param i32) (result i32)
      local.get 0
      i32.const 3
      call_indirect (param i32) (result i32)))
  (core module $library
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 4 funcref))
    (import "env" "base" (global $base i32))
    (import "env" "got" (global $got (mut i32)))
    (import "env" "counter" (global $counter (mut i32)))
    (import "env" "shim" (func $shim (param i32) (result i32)))
    (import "host" "add" (func $add (param i32) (result i32)))
    (func $double (param i32) (result i32)
      local.get 0
      i32.const 2
      i32.mul)
    (func (export "go") (param i32) (result i32)
      global.get $counter
      i32.const 1
      i32.add
      global.set $counter
      local.get 0
      global.get $got
      call_indirect (param i32) (result i32)
      call $shim
      global.get $base
      i32.load8_u
      i32.add
      global.get $counter
      i32.add)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      i32.const 64)
    (elem (i32.const 2) func $double $add)
    (data (global.get $base) "\07"))
  (core instance $main (instantiate $main))
  (alias export $log "add" (func $add))
  (core func $add (canon lower (func $add)))
  (core instance $host (export "add" (func $add)))
  (core instance $library (instantiate $library
    (with "env" (instance $main))
    (with "host" (instance $host))))
  (alias core export $main "memory" (core memory $memory))
  (func (export "go") (param "n" u32) (result u32)
    (canon lift (core func $library "go") (memory $memory)
      (realloc (core func $library "realloc"))))
)"#;

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text of the test is a component")
}

/// A component with one module, whose body has this text.
fn single(body: &str) -> Vec<u8> {
    component(&format!(
        r#"(component
          (core module $m
            (memory (export "memory") 1)
            (table 1 funcref)
            {body}
            (func (export "go")))
          (core instance $i (instantiate $m))
          (func (export "go")
            (canon lift (core func $i "go") (memory (core memory $i "memory")))))"#
    ))
}

#[test]
fn modules_are_linked() {
    let fused = fuse(&component(LINKED), None).expect("fusing works");
    let engine = Engine::default();
    let module = Module::new(&engine, &fused).expect("the result is valid");
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host:log/log@1.0.0", "add", |n: u32| n + 1000).expect("there is one definition");
    let mut store = Store::new(&engine, ());
    let instance: Instance = linker.instantiate(&mut store, &module).expect("imports are as expected");
    let go = instance.get_typed_func::<u32, u32>(&mut store, "go").expect("the export is there");
    // Twice 20, plus 1000 from the host, 7 from memory, and the counter.
    assert_eq!(go.call(&mut store, 20).expect("it returns"), 1053);
    assert_eq!(go.call(&mut store, 20).expect("it returns"), 1054);
    let mut names: Vec<&str> = module.exports().map(|export| export.name()).collect();
    names.sort_unstable();
    // The counter is the only global that changes.
    assert_eq!(names, ["cabi_realloc", "global:0", "go", "memory"]);
}

#[test]
fn hidden_state_is_refused() {
    for body in [
        "(func (table.set (i32.const 0) (ref.null func)))",
        "(func (drop (table.grow (ref.null func) (i32.const 1))))",
        "(data $d \"x\") (func (data.drop $d))",
        "(data $d \"x\") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(elem $e func) (func (elem.drop $e))",
    ] {
        let error = fuse(&single(body), None).expect_err("this changes hidden state");
        assert!(matches!(error, FuseError::HiddenState(_)), "{error}");
    }
}

#[test]
fn unsupported_components_are_refused() {
    for body in [
        "(func $start) (start $start)",
        "(memory $second 1) (func (drop (i32.load $second (i32.const 0))))",
        "(global (mut funcref) (ref.null func)) (func (global.set 0 (ref.null func)))",
    ] {
        fuse(&single(body), None).expect_err("this is not supported");
    }
    let error = fuse(&single("(data (i32.const 65536) \"x\")"), None).expect_err("out of bounds");
    assert!(matches!(error, FuseError::SegmentOutOfBounds(_)), "{error}");
    let error = fuse(b"not a component", None).expect_err("garbage");
    assert!(matches!(error, FuseError::Invalid(_)), "{error}");
    let error = fuse(b"\0asm\x01\0\0\0", None).expect_err("a core module");
    assert!(!error.to_string().is_empty());
}

#[test]
fn a_small_component_can_not_ask_for_much_memory() {
    let refusal = |text: &str| fuse(&component(text), None).expect_err("this is too much").to_string();
    let tables = "(table 4000000 funcref)".repeat(3);
    let error = fuse(&single(&tables), None).expect_err("these are too many slots");
    assert!(error.to_string().contains("slots"), "{error}");
    let instances = "(core instance (instantiate $m))".repeat(3);
    let error = refusal(&format!("(component (core module $m (table 4000000 funcref)) {instances})"));
    assert!(error.contains("slots"), "{error}");
    let instances = "(core instance (instantiate $m (with \"main\" (instance $main))))".repeat(520);
    let error = refusal(&format!(
        r#"(component
          (core module $main (memory (export "memory") 17))
          (core module $m (import "main" "memory" (memory 17)) (data (i32.const 0) "{}"))
          (core instance $main (instantiate $main)) {instances})"#,
        "x".repeat(1 << 20)
    ));
    assert!(error.contains("bytes of code and data"), "{error}");
}

/// A guest with a stack of 4096 bytes and these contents of its memory, whose export returns its stack pointer, and the
/// words at 8192.
fn with_stack(data: &str) -> Vec<u8> {
    component(&format!(
        r#"(component
          (core module $main
            (memory (export "memory") 2)
            (global (export "__stack_pointer") (mut i32) (i32.const 4096))
            {data})
          (core module $library
            (import "env" "memory" (memory 1))
            (import "env" "__stack_pointer" (global $stack (mut i32)))
            (func (export "go") (param i32) (result i32)
              global.get $stack
              i32.const 16
              i32.sub
              global.set $stack
              global.get $stack
              local.get 0
              i32.load offset=8192
              i32.add))
          (core instance $main (instantiate $main))
          (core instance $library (instantiate $library (with "env" (instance $main))))
          (func (export "go") (param "n" u32) (result u32)
            (canon lift (core func $library "go") (memory (core memory $main "memory")))))"#
    ))
}

const STACK: NewStack =
    NewStack { mark: *b"here is the room", size: 512 << 10, bounds: [512, 256], deepened: None };
const ROOM: &str = r#"(data (i32.const 16384) "here is the room")"#;
const BOUNDS: &str = r#"(data (i32.const 8190) "..\00\10\00\00\00\02\00\00\00\01\00\00..")"#;

#[test]
fn a_stack_is_moved_to_the_memory_that_was_set_aside() {
    let fused = fuse(&with_stack(&format!("{ROOM} {BOUNDS}")), Some(&STACK)).expect("fusing works");
    let engine = Engine::default();
    let module = Module::new(&engine, &fused).expect("the result is valid");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("there are no imports");
    let go = instance.get_typed_func::<u32, u32>(&mut store, "go").expect("the export is there");
    let mut go = |at: u32| go.call(&mut store, at).expect("it returns");
    let (base, size) = (16_384, STACK.size);
    let lowest = base + (256 << 10);
    assert_eq!(
        go(0),
        base + size - 16 + base + size,
        "the top of the stack, and what the interpreter takes for it"
    );
    assert_eq!(go(4), base + size - 32 + lowest + 512);
    assert_eq!(go(8), base + size - 48 + lowest + 256);
}

#[test]
fn a_stack_is_moved_only_where_everything_is_found_once() {
    let refusal =
        |data: &str| fuse(&with_stack(data), Some(&STACK)).expect_err("this is not clear").to_string();
    assert!(refusal(BOUNDS).contains("set no memory aside"));
    let twice = r#"(data (i32.const 32768) "here is the room")"#;
    assert!(refusal(&format!("{ROOM} {BOUNDS} {twice}")).contains("twice"));
    assert!(refusal(ROOM).contains("0 times"));
    let again = r#"(data (i32.const 9000) "\00\10\00\00\00\02\00\00\00\01\00\00")"#;
    assert!(refusal(&format!("{ROOM} {BOUNDS} {again}")).contains("2 times"));
    let none = fuse(&single(""), Some(&STACK)).expect_err("it has no stack").to_string();
    assert!(none.contains("0 stack pointers"), "{none}");
}

/// A module whose function `dive` calls `free`, which looks at the stack pointer and calls `dive` again, this many
/// times.
fn diving(free: &str) -> Vec<u8> {
    component(&format!(
        r#"(component
          (core module $main
            (memory (export "memory") 10)
            (global (export "__stack_pointer") (mut i32) (i32.const 4096)))
          (core module $library
            (import "env" "memory" (memory 10))
            (import "env" "__stack_pointer" (global $pointer (mut i32)))
            (global $lowest (mut i32) (i32.const 0))
            (func $dive (param i32)
              global.get $pointer
              global.set $lowest
              local.get 0
              (if (then local.get 0 i32.const 1 i32.sub call $free)))
            (func $free (param i32) (local i32) {free})
            (func (export "go") (param i32) (result i32)
              local.get 0
              call $dive
              global.get $pointer
              global.get $lowest
              i32.sub)
            {ROOM} {BOUNDS})
          (core instance $main (instantiate $main))
          (core instance $library (instantiate $library (with "env" (instance $main))))
          (func (export "go") (param "n" u32) (result u32)
            (canon lift (core func $library "go") (memory (core memory $main "memory")))))"#
    ))
}

/// It puts the stack's pointer back, as code does that was compiled to look at it.
const PUTS_BACK: &str = "global.get $pointer local.set 1 (if (i32.eqz (local.get 0)) \
                         (then local.get 0 call $dive local.get 1 global.set $pointer return)) \
                         local.get 0 call $dive local.get 1 global.set $pointer";

fn deepened(function: &'static str) -> NewStack {
    NewStack { deepened: Some(Deepened { function, takes: 128 }), ..STACK }
}

#[test]
fn a_function_that_looks_at_the_stack_is_made_to_take_some() {
    let lowest = |stack: &NewStack, depth: u32| {
        let fused = fuse(&diving(PUTS_BACK), Some(stack)).expect("fusing works");
        let engine = Engine::default();
        let module = Module::new(&engine, &fused).expect("the result is valid");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("there are no imports");
        let go = instance.get_typed_func::<u32, u32>(&mut store, "go").expect("the export is there");
        let first = go.call(&mut store, depth).expect("it returns");
        assert_eq!(go.call(&mut store, depth).expect("it returns"), first, "nothing is left on the stack");
        first
    };
    assert_eq!([0, 1, 5].map(|depth| lowest(&STACK, depth)), [0; 3]);
    assert_eq!([0, 1, 5].map(|depth| lowest(&deepened("free"), depth)), [0, 128, 5 * 128]);
}

#[test]
fn a_function_that_does_otherwise_with_the_stack_is_refused() {
    let refusal = |free: &str, name| {
        fuse(&diving(free), Some(&deepened(name))).expect_err("this is not understood").to_string()
    };
    assert!(refusal(PUTS_BACK, "frees").contains("nothing called frees"));
    let ends = "local.get 1 global.set $pointer";
    for free in [
        "local.get 0 call $dive".to_owned(),
        format!("i32.const 5 local.set 1 {ends}"),
        "global.get $pointer local.set 1 local.get 0 call $dive".to_owned(),
        format!("global.get $pointer local.set 1 (if (local.get 0) (then return)) {ends}"),
        format!("global.get $pointer local.set 1 local.get 0 br_if 0 {ends}"),
        format!("global.get $pointer local.set 1 block local.get 0 br_if 1 end {ends}"),
        "global.get $pointer local.set 1 local.get 0 return_call $dive".to_owned(),
    ] {
        let said = refusal(&free, "free");
        assert!(said.contains("what free does with the stack's pointer"), "{free}: {said}");
    }
}
