//! The engine: Wasmtime with the settings of the sandbox, and the pool of memories that all guests share.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wasmparser::{Encoding, Payload};
use wasmtime::{Config, InstanceAllocationStrategy, Module, OptLevel};

use super::config::config;
use super::guest::Guest;
use super::instance_pool::InstancePool;
use super::snapshot::{DEEP, Initializer, snapshot};
use super::{SandboxError, compatibility};
use crate::sandbox::files::FileTree;
use crate::sandbox::fuse::{NewStack, fuse};
use crate::sandbox::units::Fuel;

/// Machine stack for the code of guests that fusing has not made: what compilers' output and interpreters in C take for
/// hundreds of thousands of calls. It bounds what a cell takes beside its memory. A guest that recurses more deeply is
/// stopped by [`Stop::StackOverflow`](super::Stop::StackOverflow), and its runner says what that means.
const MODULE_STACK: usize = 64 << 20;
/// What the host functions that such a guest calls have beyond that.
const STACK_FOR_HOST: usize = 2 << 20;

/// What guests are compiled and run by. One a process is enough, and best: how many instances there can be at a time is
/// a property of it. Clones share everything.
#[derive(Clone)]
pub struct Engine {
    /// For guests that fusing has made, for snapshots whose stack's bounds were moved, and for compiling.
    pool: InstancePool,
    /// For all other guests: the same but for the machine's stack, which in Wasmtime is a property of an engine.
    modules: Arc<OnceLock<InstancePool>>,
}

impl Engine {
    /// The engine of this process.
    ///
    /// # Errors
    ///
    /// If Wasmtime does not support this machine, or there is no address space for the pool.
    pub fn shared() -> Result<&'static Engine, SandboxError> {
        static SHARED: OnceLock<Engine> = OnceLock::new();
        static MAKING: Mutex<()> = Mutex::new(());
        let _one_makes_it = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = SHARED.get() {
            return Ok(engine);
        }
        let engine = Engine::new()?;
        Ok(SHARED.get_or_init(|| engine))
    }

    /// An engine with a pool of its own, for who wants to have all of it.
    ///
    /// # Errors
    ///
    /// As [`Engine::shared`].
    pub fn new() -> Result<Engine, SandboxError> {
        Ok(Engine { pool: InstancePool::new(&config())?, modules: Arc::default() })
    }

    /// The pool for guests that fusing has not made. It is made when it is first needed.
    fn modules(&self) -> Result<&InstancePool, SandboxError> {
        static MAKING: Mutex<()> = Mutex::new(());
        let _one_makes_it = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = self.modules.get() {
            return Ok(pool);
        }
        let pool = InstancePool::new(&config_of_modules())?;
        Ok(self.modules.get_or_init(|| pool))
    }

    /// Translates a component to machine code that [`Engine::load`] takes, its stack moved as `stack` says.
    ///
    /// This takes many seconds; the result depends on the version of wasmtime and on the processor.
    ///
    /// # Errors
    ///
    /// If the component can not be fused or compiled.
    pub fn precompile_component(
        &self,
        component: &[u8],
        stack: Option<&NewStack>,
    ) -> Result<Vec<u8>, SandboxError> {
        Ok(self.pool.wasmtime.precompile_module(&fuse(component, stack)?)?)
    }

    /// Translates a module of its own to machine code that [`Engine::load_module`] takes.
    ///
    /// # Errors
    ///
    /// If the module is invalid, or none that cells can be made of.
    pub fn precompile_module(&self, module: &[u8]) -> Result<Vec<u8>, SandboxError> {
        check(module)?;
        Ok(self.pool.wasmtime.precompile_module(module)?)
    }

    /// Calls functions of a module that take nothing, as `_initialize`, and gives the module as they leave it, for
    /// [`Engine::precompile_module`] or [`Engine::compile`]. What they find in files is in `files`; nothing of files
    /// that they leave open or change is kept. Their clock goes on by a second whenever `native_second` is burned.
    ///
    /// # Errors
    ///
    /// If the module is invalid or none that cells can be made of, if a function is not there, does not return, or
    /// returns anything but zero, and if the module has instructions whose effects can not be kept.
    pub fn snapshot(
        &self,
        module: &[u8],
        steps: &[Initializer],
        files: FileTree,
        native_second: Fuel,
    ) -> Result<Vec<u8>, SandboxError> {
        check(module)?;
        // What runs once is to be compiled quickly; what it does is the same.
        let mut config = config_of_modules();
        config.cranelift_opt_level(OptLevel::None);
        config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
        let engine = wasmtime::Engine::new(&config)?;
        snapshot(&engine, module, steps, files, native_second)
    }

    /// Makes a guest of a module, compiling it at once. The module may come from anyone. Its cells have `files` to
    /// begin with; their clock goes on by a second whenever they have burned `native_second`.
    ///
    /// # Errors
    ///
    /// If the module is invalid, or none that cells can be made of: it has to export its `memory` as that, to import
    /// nothing but functions, and to have no start function, which would run before there are limits.
    pub fn compile(
        &self,
        module: &[u8],
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Guest, SandboxError> {
        check(module)?;
        let pool = self.modules()?;
        let module = Module::from_binary(&pool.wasmtime, module)?;
        Guest::plain(pool, &module, native_second, files)
    }

    /// Loads what [`Engine::precompile_module`] has made, as [`Engine::load`] does. Each cell is a new instance.
    ///
    /// # Safety
    ///
    /// The file contains machine code that is executed without any checks. It has to come from
    /// [`Engine::precompile_module`] of this version of the library, unchanged.
    ///
    /// # Errors
    ///
    /// If the file can not be read, or was made for another version or machine.
    pub unsafe fn load_module(
        &self,
        path: &Path,
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Guest, SandboxError> {
        let pool = self.modules()?;
        // SAFETY: the caller vouches for the file.
        let module = unsafe { Module::deserialize_file(&pool.wasmtime, path)? };
        Guest::plain(pool, &module, native_second, files)
    }

    /// Loads a snapshot that [`Engine::precompile_module`] has made, as [`Engine::load_module`] does. Its cells are
    /// restored.
    ///
    /// # Safety
    ///
    /// As there, and the module has to come from [`Engine::snapshot`].
    ///
    /// # Errors
    ///
    /// As there.
    pub unsafe fn load_snapshot(
        &self,
        path: &Path,
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Guest, SandboxError> {
        let mut pool = self.modules()?;
        // SAFETY: the caller vouches for the file.
        let mut module = unsafe { Module::deserialize_file(&pool.wasmtime, path)? };
        if module.get_export(DEEP).is_some() {
            pool = &self.pool;
            // SAFETY: as above.
            module = unsafe { Module::deserialize_file(&pool.wasmtime, path)? };
        }
        Guest::snapshot(pool, &module, native_second, files)
    }

    /// Tells apart what different versions of this library, of wasmtime and of processors make of a component.
    pub fn compatibility_key() -> String {
        compatibility::key(Engine::shared().ok().map(|engine| &engine.pool.wasmtime))
    }

    /// Loads what [`Engine::precompile_component`] has made. The file is mapped, so processes share it; it must not be
    /// changed while it is in use. The clock of its guests goes on by a second whenever they have burned
    /// `native_second`.
    ///
    /// # Safety
    ///
    /// The file contains machine code that is executed without any checks. It has to come from
    /// [`Engine::precompile_component`] of this version of the library, unchanged: among other things, only modules
    /// from there keep all of their state where restoring looks for it.
    ///
    /// # Errors
    ///
    /// If the file can not be read, or was made for another version or machine.
    pub unsafe fn load(&self, path: &Path, native_second: Fuel) -> Result<Guest, SandboxError> {
        // SAFETY: the caller vouches for the file.
        let module = unsafe { Module::deserialize_file(&self.pool.wasmtime, path)? };
        Guest::fused(&self.pool, &module, native_second)
    }
}

/// The settings for guests that fusing has not made.
fn config_of_modules() -> Config {
    let mut config = config();
    config.max_wasm_stack(MODULE_STACK).async_stack_size(MODULE_STACK + STACK_FOR_HOST);
    config
}

/// Checks that nothing of a module runs when an instance of it is made. All else is checked by compiling it.
fn check(module: &[u8]) -> Result<(), SandboxError> {
    let refuse = |why: &str| Err(SandboxError::NotAGuest(why.to_owned()));
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        match payload {
            Ok(Payload::StartSection { .. }) => return refuse("it has a start function"),
            Ok(Payload::Version { encoding: Encoding::Component, .. }) => return refuse("it is a component"),
            Ok(_) => {}
            Err(error) => return refuse(&format!("it is no module: {error}")),
        }
    }
    Ok(())
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}
