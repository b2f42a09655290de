//! Hands out guests in their initial state, quickly.
//!
//! Making an instance takes far longer than what most small programs need to
//! run, and a new instance takes a page fault for everything that it touches.
//! Therefore a [`Sandbox`] keeps instances of programs which ended cleanly and
//! restores them: it copies the initial contents of those pages that the program
//! has changed. A restored instance cannot be told from a new one by anything
//! that runs in it, down to the fuel it burns; `pool/slot.rs` explains why.
//!
//! Whatever ended otherwise, or grew its memory, is thrown away. The same goes
//! for everything if the kernel cannot tell which pages were written (Linux
//! before 6.7); then each cell is a new instance.

mod cell;
mod compatibility;
mod config;
mod pagemap;
mod slot;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use tracing::trace;
use wasmtime::{Engine, ExternType, Memory, Module, Store, ValType};

pub use cell::{Cell, CellLimits, Stop};

use config::config;
use pagemap::PageMap;
use slot::{Slot, Template};

use super::files::FileError;
use super::fuse::{FuseError, NewStack, fuse};
use super::units::Fuel;
use super::wasi::{self, AskFunction, Host};

/// How many unused instances are kept for every list of them.
const MAX_KEPT: usize = 8;
/// Number of lists of unused instances. Threads use different ones, so that
/// they neither wait for each other nor exchange memory between their caches.
const LISTS: usize = 16;
/// Why a sandbox cannot be set up or cannot make a cell.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The component cannot be fused.
    #[error(transparent)]
    Fuse(#[from] FuseError),
    /// Wasmtime cannot compile, load or instantiate the guest.
    #[error("wasmtime: {0:#}")]
    Wasmtime(wasmtime::Error),
    /// The module is not what [`Sandbox::precompile`] makes.
    #[error("not a guest for this sandbox: {0}")]
    NotAGuest(String),
    /// A file can not be put into a cell.
    #[error("a file can not be put into the sandbox: {0}")]
    File(#[from] FileError),
    /// The memory limit of a cell is below what every guest has.
    #[error("guests need at least {0} bytes of memory")]
    MemoryLimitTooLow(usize),
}

impl From<wasmtime::Error> for SandboxError {
    fn from(error: wasmtime::Error) -> Self {
        SandboxError::Wasmtime(error)
    }
}

/// Makes cells. Clones share everything, and threads can use them at the same
/// time.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<SandboxInner>,
}

/// What the clones of a [`Sandbox`] share.
struct SandboxInner {
    template: Template,
    kept: Vec<Mutex<Vec<Slot>>>,
    /// An instance of which nothing is ever called, as the source of initial
    /// contents. Its memory is the mapped image, so it takes no memory itself.
    pristine: (Store<Host>, Memory),
    /// Missing if instances cannot be restored here.
    map: Option<PageMap>,
}

impl Sandbox {
    /// Translates a component to machine code that [`Sandbox::load`] takes, its stack moved as `stack` says.
    ///
    /// This takes many seconds; the result depends on the version of wasmtime
    /// and on the processor.
    ///
    /// # Errors
    ///
    /// If the component cannot be fused or compiled.
    pub fn precompile(component: &[u8], stack: Option<&NewStack>) -> Result<Vec<u8>, SandboxError> {
        let module = fuse(component, stack)?;
        Ok(Engine::new(&config())?.precompile_module(&module)?)
    }

    /// Tells apart what different versions of this library, of wasmtime and of processors make of a component.
    pub fn compatibility_key() -> String {
        compatibility::key(Engine::new(&config()).ok().as_ref())
    }

    /// Loads what [`Sandbox::precompile`] has made. The file is mapped, so
    /// processes share it; it must not be changed while it is in use. The clock
    /// of its guests goes on by a second whenever they have burned `native_second`.
    ///
    /// # Safety
    ///
    /// The file contains machine code that is executed without any checks. It
    /// has to come from [`Sandbox::precompile`] of this version of the library,
    /// unchanged: among other things, only modules from there keep all of their
    /// state where restoring looks for it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or was made for another version or machine.
    pub unsafe fn load(path: &Path, native_second: Fuel) -> Result<Self, SandboxError> {
        let engine = Engine::new(&config())?;
        // SAFETY: the caller vouches for the file.
        let module = unsafe { Module::deserialize_file(&engine, path)? };
        Self::new(engine, &module, native_second)
    }

    fn new(engine: Engine, module: &Module, native_second: Fuel) -> Result<Self, SandboxError> {
        let instance = wasi::linker(&engine, module)?.instantiate_pre(module)?;
        let globals = module.exports().filter(|export| export.name().starts_with("global:")).count();
        let template =
            Template { engine, native_second, instance, exports: callable_exports(module), globals };
        let Slot { store, memory, .. } = Slot::new(&template)?;
        let mut inner = SandboxInner {
            template,
            kept: (0..LISTS).map(|_| Mutex::new(Vec::new())).collect(),
            pristine: (store, memory),
            map: PageMap::open().ok(),
        };
        if !inner.releasing_restores()? {
            inner.map = None;
        }
        Ok(Sandbox { inner: Arc::new(inner) })
    }

    /// Makes a cell: a guest in its initial state.
    ///
    /// Random numbers of the guest follow from `seed`, and `ask` answers its
    /// questions; it may use further cells for that.
    ///
    /// # Errors
    ///
    /// If there are too many cells, or `limits` leaves no memory at all.
    pub fn cell(&self, limits: CellLimits, seed: u64, ask: AskFunction) -> Result<Cell, SandboxError> {
        let mut slot = self.inner.take()?;
        if limits.memory.as_size() < slot.initial_size() {
            let size = slot.initial_size();
            self.inner.keep(slot);
            return Err(SandboxError::MemoryLimitTooLow(size));
        }
        slot.store.set_fuel(limits.fuel.0)?;
        slot.store.data_mut().start(
            limits.fuel.0,
            limits.memory.as_size(),
            limits.output.as_size(),
            seed,
            ask,
        );
        Ok(Cell::new(slot, self.inner.clone(), limits))
    }

    /// Whether instances are restored instead of made anew.
    pub fn restores(&self) -> bool {
        self.inner.map.is_some()
    }

    /// Size of the memory of a guest in its initial state, in bytes.
    pub fn initial_memory_bytes(&self) -> usize {
        self.inner.pristine().len()
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sandbox").field("restores", &self.restores()).finish_non_exhaustive()
    }
}

impl SandboxInner {
    fn pristine(&self) -> &[u8] {
        let (store, memory) = &self.pristine;
        memory.data(store)
    }

    /// Finds out whether releasing a changed page brings its initial contents
    /// back, which is how the pooling allocator is expected to map memory.
    fn releasing_restores(&self) -> Result<bool, SandboxError> {
        let Some(map) = &self.map else {
            return Ok(false);
        };
        let mut slot = Slot::new(&self.template)?;
        let pristine = self.pristine();
        // A page with contents tells the most; the probe must not be zero.
        let probe = pristine.iter().position(|byte| *byte != 0).unwrap_or(0);
        slot.memory.data_mut(&mut slot.store)[probe] ^= 0x55;
        if !slot.release_memory() {
            return Ok(false);
        }
        let mut left = Vec::new();
        let memory = slot.memory.data(&slot.store);
        Ok(map.written(memory, &mut left).is_ok() && left.is_empty() && memory == pristine)
    }

    /// The list of unused instances that this thread prefers.
    fn list(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static LIST: usize = NEXT.fetch_add(1, Ordering::Relaxed);
        }
        LIST.with(|list| *list) % self.kept.len()
    }

    fn with_list<R>(&self, list: usize, work: impl FnOnce(&mut Vec<Slot>) -> R) -> R {
        // A panic elsewhere does not make the list inconsistent.
        work(&mut self.kept[list].lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self) -> Result<Slot, SandboxError> {
        let own = self.list();
        if let Some(slot) = self.with_list(own, Vec::pop) {
            trace!("a cell from a restored instance");
            return Ok(slot);
        }
        trace!("a cell from a new instance");
        match Slot::new(&self.template) {
            Ok(slot) => Ok(slot),
            // There may be too many instances, of which others keep some unused.
            Err(error) => (0..self.kept.len()).find_map(|list| self.with_list(list, Vec::pop)).ok_or(error),
        }
    }

    /// Restores an instance for the next cell, if that can be done.
    fn take_back(&self, mut slot: Slot) -> bool {
        let is_restored = self.map.as_ref().is_some_and(|map| slot.restore(map, self.pristine()));
        if is_restored {
            self.keep(slot);
        }
        is_restored
    }

    /// Keeps an instance in its initial state for the next cell.
    fn keep(&self, slot: Slot) {
        let surplus = self.with_list(self.list(), |kept| {
            if kept.len() < MAX_KEPT {
                kept.push(slot);
                None
            } else {
                Some(slot)
            }
        });
        // Dropped without holding the lock.
        drop(surplus);
    }
}

/// Exports of the shape `func(request: list<u8>) -> list<u8>`.
fn callable_exports(module: &Module) -> Vec<Arc<str>> {
    let is_word = |ty: &ValType| matches!(ty, ValType::I32);
    module
        .exports()
        .filter(|export| match export.ty() {
            ExternType::Func(ty) => {
                ty.params().len() == 2
                    && ty.results().len() == 1
                    && ty.params().all(|ty| is_word(&ty))
                    && ty.results().all(|ty| is_word(&ty))
            }
            _ => false,
        })
        .map(|export| export.name().into())
        .collect()
}

/// Runs a future of wasmtime on this thread, which is ready to go on whenever it
/// has yielded. `None` if it has not finished by the deadline; dropping it
/// unwinds the guest.
fn block_on<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending => {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return None;
                }
            }
        }
    }
}
