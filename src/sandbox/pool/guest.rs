//! Guests: what cells are made of.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::trace;
use wasmtime::{ExternType, Memory, Module, Store, ValType};

use super::SandboxError;
use super::cell::{Cell, CellLimits};
use super::engine::Engine;
use super::pagemap::PageMap;
use super::slot::{Slot, Template};
use crate::sandbox::files::FileTree;
use crate::sandbox::units::Fuel;
use crate::sandbox::wasi::{self, AskFunction, Host};

/// How many unused instances are kept for every list of them.
const MAX_KEPT: usize = 8;
/// Number of lists of unused instances. Threads use different ones, so that
/// they neither wait for each other nor exchange memory between their caches.
const LISTS: usize = 16;

/// A program or an interpreter that cells are made of, with the instances that it keeps for them. Clones share
/// everything, and threads can use them at the same time.
#[derive(Clone)]
pub struct Guest {
    pub(super) inner: Arc<GuestInner>,
}

/// What the clones of a [`Guest`] share.
pub(super) struct GuestInner {
    pub(super) template: Template,
    kept: Vec<Mutex<Vec<Slot>>>,
    /// Size of the memory of a new instance in bytes.
    initial_size: usize,
    /// Missing if instances cannot be restored here.
    pub(super) restoring: Option<Restoring>,
}

/// What restoring takes.
pub(super) struct Restoring {
    /// An instance of which nothing is ever called, as the source of initial
    /// contents. Its memory is the mapped image, so it takes no memory itself.
    pristine: (Store<Host>, Memory),
    pub map: PageMap,
}

impl Restoring {
    pub fn pristine(&self) -> &[u8] {
        let (store, memory) = &self.pristine;
        memory.data(store)
    }
}

impl Guest {
    /// The guest of a module that fusing has made.
    pub(super) fn fused(engine: &Engine, module: &Module, native_second: Fuel) -> Result<Self, SandboxError> {
        let guest = Self::new(engine, module, native_second, FileTree::default(), true)?;
        engine.register(&guest.inner);
        Ok(guest)
    }

    /// The guest of any other module. Nothing is known of where it keeps its state, so that each cell is a new instance.
    pub(super) fn plain(
        engine: &Engine,
        module: &Module,
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Self, SandboxError> {
        Self::new(engine, module, native_second, files, false)
    }

    fn new(
        engine: &Engine,
        module: &Module,
        native_second: Fuel,
        files: FileTree,
        is_fused: bool,
    ) -> Result<Self, SandboxError> {
        let Some(ExternType::Memory(memory)) = module.get_export("memory") else {
            return Err(SandboxError::NotAGuest("it has no memory".into()));
        };
        let initial_size = usize::try_from(memory.minimum().saturating_mul(memory.page_size()));
        let globals = module.exports().filter(|export| export.name().starts_with("global:")).count();
        let template = Template {
            engine: engine.clone(),
            native_second,
            files,
            instance: wasi::linker(module.engine(), module)?.instantiate_pre(module)?,
            exports: callable_exports(module),
            globals: if is_fused { globals } else { 0 },
            is_fused,
        };
        let mut inner = GuestInner {
            template,
            kept: (0..LISTS).map(|_| Mutex::new(Vec::new())).collect(),
            initial_size: initial_size.unwrap_or(usize::MAX),
            restoring: None,
        };
        if is_fused && let Ok(map) = PageMap::open() {
            let Slot { store, memory, .. } = inner.template.slot()?;
            let restoring = Restoring { pristine: (store, memory), map };
            if inner.releasing_restores(&restoring)? {
                inner.restoring = Some(restoring);
            }
        }
        Ok(Guest { inner: Arc::new(inner) })
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
        let size = self.inner.initial_size;
        if limits.memory.as_size() < size {
            return Err(SandboxError::MemoryLimitTooLow(size));
        }
        let mut slot = self.inner.take()?;
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
        self.inner.restoring.is_some()
    }

    /// Size of the memory of a guest in its initial state, in bytes.
    pub fn initial_memory_bytes(&self) -> usize {
        self.inner.initial_size
    }
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Guest").field("restores", &self.restores()).finish_non_exhaustive()
    }
}

impl GuestInner {
    /// Finds out whether releasing a changed page brings its initial contents
    /// back, which is how the pooling allocator is expected to map memory.
    fn releasing_restores(&self, restoring: &Restoring) -> Result<bool, SandboxError> {
        let mut slot = self.template.slot()?;
        let pristine = restoring.pristine();
        // A page with contents tells the most; the probe must not be zero.
        let probe = pristine.iter().position(|byte| *byte != 0).unwrap_or(0);
        slot.memory.data_mut(&mut slot.store)[probe] ^= 0x55;
        if !slot.release_memory() {
            return Ok(false);
        }
        let mut left = Vec::new();
        let memory = slot.memory.data(&slot.store);
        Ok(restoring.map.written(memory, &mut left).is_ok() && left.is_empty() && memory == pristine)
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
        match self.template.slot() {
            Ok(slot) => Ok(slot),
            // There may be too many instances, of which other threads keep some unused.
            Err(error) => self.any_kept().ok_or(error),
        }
    }

    fn any_kept(&self) -> Option<Slot> {
        (0..self.kept.len()).find_map(|list| self.with_list(list, Vec::pop))
    }

    /// Drops an instance that is kept unused; `false` if there is none.
    pub fn drop_kept(&self) -> bool {
        self.any_kept().is_some()
    }

    /// Restores an instance for the next cell, if that can be done.
    pub(super) fn take_back(&self, mut slot: Slot) -> bool {
        let restore = |restoring: &Restoring| slot.restore(&restoring.map, restoring.pristine());
        let is_restored = self.restoring.as_ref().is_some_and(restore);
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
    if module.get_export("cabi_realloc").is_none() {
        return Vec::new(); // a request could not be allocated
    }
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
