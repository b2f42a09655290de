//! Snapshots: a core module as it is once it was initialised, so that cells need not do that.

use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef, ValType};
use wasmtime::{Instance, Memory, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, Wizer};

use super::slot::Turns;
use super::stack_bounds::StackBounds;
use super::{SandboxError, block_on};
use crate::sandbox::files::FileTree;
use crate::sandbox::units::{Bytes, Fuel};
use crate::sandbox::wasi::{self, Host, HostRefusal};

/// What initialising may burn: some minutes.
const MOST_FUEL: Fuel = Fuel(2_000_000_000_000);
const MOST_MEMORY: Bytes = Bytes::mebi(1024);
const MOST_OUTPUT: Bytes = Bytes::mebi(1);

/// What initialises a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Initializer {
    /// A function of it, which takes nothing, and returns nothing or zero.
    Call(String),
    /// A text that it executes in a turn.
    Turn(String),
    /// From now on it uses more of its stack, or less.
    Stack(StackBounds),
}

/// Initialises a module, and gives it in the state that this leaves. `_initialize` is no export of the result: it would
/// be called once more.
///
/// Wizer refuses what it could not keep: instructions that change tables or drop segments, and globals of references.
pub(super) fn snapshot(
    engine: &wasmtime::Engine,
    module: &[u8],
    steps: &[Initializer],
    files: FileTree,
    native_second: Fuel,
) -> Result<Vec<u8>, SandboxError> {
    let mut wizer = Wizer::new();
    wizer.init_func("_initialize");
    let (context, instrumented) = wizer.instrument(module)?;
    let module = Module::from_binary(engine, &instrumented)?;
    let mut store = Store::new(engine, Host::new(native_second, files));
    store.limiter(|host| host);
    store.set_fuel(MOST_FUEL.0)?;
    let nobody = Box::new(|_: &[u8]| Err(HostRefusal("nobody answers while a guest is initialised".into())));
    store.data_mut().start(MOST_FUEL.0, MOST_MEMORY.as_size(), MOST_OUTPUT.as_size(), 0, nobody);
    let linker = wasi::linker(engine, &module)?;
    let work = async {
        let instance = linker.instantiate_async(&mut store, &module).await?;
        for step in steps {
            match step {
                Initializer::Call(name) => call(&mut store, &instance, name).await?,
                Initializer::Turn(text) => turn(&mut store, &instance, text).await?,
                Initializer::Stack(bounds) => {
                    let memory = memory_of(&mut store, &instance, "stack")?;
                    let moved = bounds.apply(memory.data_mut(&mut store));
                    moved.map_err(|message| not_initialised("stack", message))?;
                }
            }
        }
        let mut initialised = Initialised { store: &mut store, instance };
        Ok(wizer.snapshot(&context, &mut initialised).await?)
    };
    let never = || Err(SandboxError::NotAGuest("it is never initialised".into()));
    let is_deep = steps.iter().any(|step| matches!(step, Initializer::Stack(_)));
    add_exports(&block_on(work, None).unwrap_or_else(never)?, is_deep)
}

/// How the names of globals begin that are exported for restoring.
pub(super) const GLOBAL: &str = "global:";
/// What the memory is exported as, too, in a module that needs much of the machine's stack.
pub(super) const DEEP: &str = "deep";

/// Exports every global that can change as `global:N`, so that restoring finds them, and what says that the module `is_deep`.
fn add_exports(module: &[u8], is_deep: bool) -> Result<Vec<u8>, SandboxError> {
    let invalid = |error: BinaryReaderError| SandboxError::NotAGuest(format!("it is no module: {error}"));
    let (mut globals, mut changing) = (0, Vec::new());
    let mut is_marked = false;
    let mut exports = ExportSection::new();
    let mut all = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(invalid)?;
        match &payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    globals += u32::from(matches!(import.map_err(invalid)?.ty, TypeRef::Global(_)));
                }
            }
            Payload::GlobalSection(section) => {
                for global in section.clone() {
                    if global.map_err(invalid)?.ty.mutable {
                        changing.push(globals);
                    }
                    globals += 1;
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export.map_err(invalid)?;
                    // A snapshot that is initialised further has such exports already.
                    if !export.name.starts_with(GLOBAL) {
                        exports.export(export.name, export.kind.into(), export.index);
                    }
                    is_marked |= export.name == DEEP;
                }
                if is_deep && !is_marked {
                    exports.export(DEEP, ExportKind::Memory, 0);
                }
                for (number, global) in changing.iter().enumerate() {
                    exports.export(&format!("{GLOBAL}{number}"), ExportKind::Global, *global);
                }
                all.section(&exports);
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            all.section(&RawSection { id, data: &module[range] });
        }
    }
    Ok(all.finish())
}

fn not_initialised(function: &str, message: impl Into<String>) -> SandboxError {
    SandboxError::NotInitialised { function: function.to_owned(), message: message.into() }
}

fn memory_of(store: &mut Store<Host>, instance: &Instance, function: &str) -> Result<Memory, SandboxError> {
    instance.get_memory(store, "memory").ok_or_else(|| not_initialised(function, "it has no memory"))
}

async fn turn(store: &mut Store<Host>, instance: &Instance, text: &str) -> Result<(), SandboxError> {
    let failed = |message: String| not_initialised("turn", message);
    let turns = Turns::of(store, instance).ok_or_else(|| failed("it takes no turns".to_owned()))?;
    let memory = memory_of(store, instance, "turn")?;
    store.data_mut().begin_turn(&[]);
    let error = match turns.execute(store, memory, text).await {
        Ok(true) => return Ok(()),
        Ok(false) => String::new(),
        Err(error) => format!("{error:#}"),
    };
    let said = String::from_utf8_lossy(store.data().error_output()).into_owned();
    Err(failed(format!("{error}\n{said}").trim().to_owned()))
}

async fn call(store: &mut Store<Host>, instance: &Instance, name: &str) -> Result<(), SandboxError> {
    let failed = |message: String| not_initialised(name, message);
    let function = instance
        .get_func(&mut *store, name)
        .ok_or_else(|| failed("there is no function of that name".to_owned()))?;
    let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
    let called = function.call_async(&mut *store, &[], &mut results).await;
    if let Err(error) = called {
        let said = String::from_utf8_lossy(store.data().error_output()).into_owned();
        return Err(failed(format!("{error:#}\n{said}").trim_end().to_owned()));
    }
    match results.as_slice() {
        [] | [Val::I32(0)] => Ok(()),
        other => Err(failed(format!("it returned {other:?}"))),
    }
}

/// An instance whose state Wizer reads, by the names that it exports it under.
struct Initialised<'a> {
    store: &'a mut Store<Host>,
    instance: Instance,
}

impl InstanceState for Initialised<'_> {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut *self.store, name);
        match global.map(|global| global.get(&mut *self.store)) {
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(bits)) => SnapshotVal::F32(bits),
            Some(Val::F64(bits)) => SnapshotVal::F64(bits),
            Some(Val::V128(value)) => SnapshotVal::V128(value.as_u128()),
            other => unreachable!("Wizer exported a global and took it for a number: {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory = self.instance.get_memory(&mut *self.store, name).expect("Wizer exported it");
        contents(memory.data(&*self.store));
    }
}
