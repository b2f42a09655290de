//! Fusing components: any bytes; a component that can be fused, with some of its bytes changed; and two modules of
//! arbitrary content that are linked as libraries are. Whatever is a valid component is fused or refused, and what
//! comes out is valid.

#![no_main]

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use karat::sandbox::fuse::{FuseError, fuse};
use libfuzzer_sys::fuzz_target;
use wasm_encoder::{CanonicalOption, ComponentBuilder, ComponentExportKind, ExportKind, ModuleArg};
use wasm_smith::{Config, InstructionKind, InstructionKinds, Module};
use wasmparser::{Validator, WasmFeatures};

/// What the modules share.
const SHARED: &str = r#"
  (memory (export "memory") 1) (table (export "table") 4 funcref)
  (global (export "base") i32 (i32.const 16)) (global (export "counter") (mut i32) (i32.const 5))
  (func (export "shim") (param i32) (result i32) local.get 0)"#;

static MAIN: LazyLock<Vec<u8>> = LazyLock::new(|| wasm(&format!("(module {SHARED})")));
static LIBRARY: LazyLock<Vec<u8>> = LazyLock::new(|| wasm(r#"(module (func (export "go")))"#));
static IMPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    wasm(
        r#"(module (import "env" "memory" (memory 1)) (import "env" "table" (table 4 funcref))
          (import "env" "base" (global i32)) (import "env" "counter" (global (mut i32)))
          (import "env" "shim" (func (param i32) (result i32))) (import "host" "add" (func (param i32) (result i32))))"#,
    )
});
/// A component with all that fusing does.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    wasm(&format!(
        r#"(component
          (import "host:log/log@1.0.0" (instance $log (export "add" (func (param "n" u32) (result u32)))))
          (core module $main {SHARED})
          (core module $library
            (import "env" "memory" (memory 1)) (import "env" "table" (table 4 funcref))
            (import "env" "base" (global $base i32)) (import "env" "counter" (global $counter (mut i32)))
            (import "env" "shim" (func $shim (param i32) (result i32)))
            (import "host" "add" (func $add (param i32) (result i32)))
            (func (export "go") (param i32) (result i32)
              (global.set $counter (i32.add (global.get $counter) (i32.load8_u (global.get $base))))
              (call $shim (call_indirect (param i32) (result i32) (local.get 0) (i32.const 2))))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
            (elem (i32.const 2) func $shim $add) (data (global.get $base) "\07"))
          (core instance $main (instantiate $main))
          (alias export $log "add" (func $add))
          (core func $add (canon lower (func $add)))
          (core instance $host (export "add" (func $add)))
          (core instance $library (instantiate $library (with "env" (instance $main)) (with "host" (instance $host))))
          (alias core export $main "memory" (core memory $memory))
          (func (export "go") (param "n" u32) (result u32)
            (canon lift (core func $library "go") (memory $memory) (realloc (core func $library "realloc")))))"#
    ))
});

fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is a module or component")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    match choice % 3 {
        0 => check(bytes),
        1 => {
            let mut component = WHOLE.clone();
            for edit in bytes.chunks_exact(3) {
                let place = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % component.len();
                component[place] = edit[2];
            }
            check(&component);
        }
        _ => drop(linked(&mut Unstructured::new(bytes)).map(|component| check(&component))),
    }
});

fn check(component: &[u8]) {
    let features = WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::COMPONENT_MODEL;
    let is_valid = Validator::new_with_features(features).validate_all(component).is_ok();
    match fuse(component, None) {
        Ok(_) => assert!(is_valid),
        Err(FuseError::Invalid(error)) => assert!(!is_valid, "the result is not valid: {error}"),
        Err(error) => assert!(is_valid && !error.to_string().is_empty()),
    }
}

/// Two arbitrary modules, the second of which imports from the first and from the host.
fn linked(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    use InstructionKind::{Control, Memory, Numeric, Parametric, Reference, Table, Variable, Vector};
    let mut kinds = vec![Control, Memory, Numeric, Parametric, Reference, Variable, Vector];
    if bytes.ratio(1, 8)? {
        kinds.push(Table);
    }
    let config = Config {
        allowed_instructions: InstructionKinds::new(&kinds),
        allow_start_export: bytes.ratio(1, 16)?,
        bulk_memory_enabled: bytes.ratio(1, 4)?,
        exceptions_enabled: false,
        gc_enabled: false,
        max_memories: 1,
        max_tables: 4,
        max_table_elements: 100,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: true,
        threads_enabled: false,
        ..Config::default()
    };
    let main = Module::new(Config { exports: Some(MAIN.clone()), max_imports: 0, ..config.clone() }, bytes)?;
    let library = Config {
        exports: Some(LIBRARY.clone()),
        available_imports: Some(IMPORTS.clone()),
        max_memories: 0,
        ..config
    };
    let library = Module::new(library, bytes)?;
    let mut component = ComponentBuilder::default();
    let main = component.core_module_raw(None, &main.to_bytes());
    let library = component.core_module_raw(None, &library.to_bytes());
    let main = component.core_instantiate(None, main, []);
    let shim = component.core_alias_export(None, main, "shim", ExportKind::Func);
    let host = component.core_instantiate_exports(None, [("add", ExportKind::Func, shim)]);
    let arguments = [("env", ModuleArg::Instance(main)), ("host", ModuleArg::Instance(host))];
    let library = component.core_instantiate(None, library, arguments);
    let memory = component.core_alias_export(None, main, "memory", ExportKind::Memory);
    let go = component.core_alias_export(None, library, "go", ExportKind::Func);
    let (ty, mut function) = component.type_function(None);
    function.params::<[(&str, wasm_encoder::ComponentValType); 0], _>([]).result(None);
    let go = component.lift_func(None, go, ty, [CanonicalOption::Memory(memory)]);
    component.export("go", ComponentExportKind::Func, go, None);
    Ok(component.finish())
}
