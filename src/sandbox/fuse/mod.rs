//! Fuses a component of several core modules into one core module.
//!
//! `componentize-py` produces a component whose core modules (libc, libpython,
//! the application's bindings, adapters, …) are linked when the component is
//! instantiated. That costs about half a millisecond for every instance, since
//! imports have to be resolved and tables have to be filled with functions
//! which are known at run time only. [`fuse`] does this linking once and for
//! all:
//!
//! * Imports from one module to another become direct indices.
//! * Functions which the component lowers from its imports become imports of
//!   the fused module. Its import module is the interface name, such as
//!   `wasi:io/streams@0.2.9`, or `$root`; the import name is the function name,
//!   or `[resource-drop]NAME`. If the same function is lowered several times
//!   with different allocators, the second one is called `NAME#2` and so on.
//! * Constant expressions are evaluated, so that wasmtime can precompute tables
//!   and map the initial memory copy-on-write.
//! * Globals which no instruction ever sets become constants in the code, which
//!   removes the cost of position-independent code, and indirect calls through
//!   constant table slots become direct calls.
//!
//! # Exports of the fused module
//!
//! | Export | Meaning |
//! |---|---|
//! | `memory` | the only memory |
//! | `NAME` | the core function behind the component's export `NAME` |
//! | `cabi_post_NAME` | to be called when the results of `NAME` were read |
//! | `cabi_realloc` | allocates parameters of exports |
//! | `cabi_import_realloc:MODULE:NAME` | allocates results of an import |
//! | `global:N` | every global that can change |
//! | `__stack_pointer` | the pointer to the guest's stack, if known |
//!
//! # State of an instance
//!
//! Modules with instructions that change tables or drop segments are refused,
//! as are start functions. Hence the state of an instance of a fused module is
//! exactly its memory and the globals `global:N`: putting these back gives an
//! instance that can not be told from a new one.

mod emit;
mod link;
mod module;
mod stack;
#[cfg(test)]
mod tests;
mod walk;

pub use stack::{Deepened, NewStack};

use std::convert::Infallible;

use wasmparser::{Validator, WasmFeatures};

/// Why a component can not be fused.
#[derive(Debug, thiserror::Error)]
pub enum FuseError {
    /// The bytes are not a valid component.
    #[error("not a valid component: {0}")]
    Invalid(#[from] wasmparser::BinaryReaderError),
    /// The component has something that fusing does not understand.
    #[error("fusing does not support {0}")]
    Unsupported(String),
    /// An import has no counterpart.
    #[error("nothing called {name} is found in {module}")]
    Unresolved {
        /// Where it should have been.
        module: String,
        /// What should have been there.
        name: String,
    },
    /// A segment is outside its table or memory, so instantiation would trap.
    #[error("a segment is outside of its {0}")]
    SegmentOutOfBounds(&'static str),
    /// An instance would have state other than memory and globals.
    #[error("an instruction changes state that can not be restored: {0}")]
    HiddenState(String),
    /// Rewriting an instruction failed.
    #[error("can not rewrite an instruction: {0}")]
    Rewrite(#[from] wasm_encoder::reencode::Error<Infallible>),
}

/// Fuses `component` into one core module; see the [module](self) documentation. Its stack is moved to the memory that
/// it has set aside as `stack` says.
///
/// The nested instances which a component exports (`componentize-py` leaves its
/// `exports` interface for initialization there) are not carried over, only
/// functions exported by the component itself.
///
/// # Errors
///
/// If the component is invalid or uses anything that is not understood.
pub fn fuse(component: &[u8], stack: Option<&NewStack>) -> Result<Vec<u8>, FuseError> {
    // Validation first: it is what makes sure that instances refer to earlier
    // ones only, that types of imports match and that indices exist.
    Validator::new_with_features(features()).validate_all(component)?;
    let structure = walk::walk(component)?;
    let modules = structure
        .modules
        .iter()
        .map(|binary| module::CoreModule::read(binary))
        .collect::<Result<Vec<_>, _>>()?;
    let mut linked = link::link(&structure, &modules)?;
    if let Some(stack) = stack {
        linked.move_stack(stack)?;
    }
    let deepened = stack.and_then(|stack| stack.deepened);
    let fused = emit::emit(&structure, &modules, &linked, deepened.as_ref())?;
    Validator::new_with_features(features()).validate_all(&fused)?;
    Ok(fused)
}

/// The proposals that Python's toolchain makes use of, and which fusing handles.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::COMPONENT_MODEL
}
