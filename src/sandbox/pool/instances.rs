//! The instances of a guest: made, handed to cells, restored, and kept unused for the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::trace;
use wasmtime::{ExternType, Memory, Module, Store, ValType};

use super::SandboxError;
use super::instance_pool::{InstancePool, KeepsInstances};
use super::pagemap::PageMap;
use super::slot::{Slot, SlotTemplate, release};
use super::snapshot::GLOBAL;
use crate::sandbox::files::FileTree;
use crate::sandbox::units::Fuel;
use crate::sandbox::wasi::{self, Host};

/// How many unused instances are kept for every list of them.
const MAX_KEPT: usize = 8;
/// Number of lists of unused instances. Threads use different ones, so that
/// they neither wait for each other nor exchange memory between their caches.
const LISTS: usize = 16;
/// How much of an instance's memory is compared at a time with that of another. What is looked at becomes resident; if
/// all of it did, it would take memory, and finding the pages that a cell has written would take longer ever after.
const PIECE: usize = 16 << 20;

/// What made the module of a guest. It decides what is known of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MadeBy {
    /// Fusing: all of it is known.
    Fused,
    /// Making a snapshot: all of it is known, too.
    Snapshot,
    /// Anyone: nothing is known.
    Anyone,
}

/// The instances of a guest, which all of its clones share.
pub(super) struct Instances {
    pub template: SlotTemplate,
    kept: Vec<Mutex<Vec<Slot>>>,
    /// Size of the memory of a new instance in bytes.
    pub initial_size: usize,
    /// Missing if instances can not be restored here.
    pub restoring: Option<Restoring>,
}

/// What restoring takes.
pub(super) struct Restoring {
    /// An instance of which nothing is ever called, as the source of initial
    /// contents. Its memory is the mapped image, so it takes no memory itself.
    pristine: (Store<Host>, Memory),
    pub map: PageMap,
}

impl Restoring {
    pub(super) fn pristine(&self) -> &[u8] {
        let (store, memory) = &self.pristine;
        memory.data(store)
    }
}

impl Instances {
    /// The instances of a module, of which there are none yet. They are kept and restored if their state is known.
    pub(super) fn new(
        pool: &InstancePool,
        module: &Module,
        native_second: Fuel,
        files: FileTree,
        made_by: MadeBy,
    ) -> Result<Arc<Self>, SandboxError> {
        let Some(ExternType::Memory(memory)) = module.get_export("memory") else {
            return Err(SandboxError::NotAGuest("it has no memory".into()));
        };
        let initial_size = usize::try_from(memory.minimum().saturating_mul(memory.page_size()));
        let restores = made_by != MadeBy::Anyone;
        let globals = module.exports().filter(|export| export.name().starts_with(GLOBAL)).count();
        let template = SlotTemplate {
            pool: pool.clone(),
            native_second,
            files,
            instance: wasi::linker(&pool.wasmtime, module)?.instantiate_pre(module)?,
            exports: callable_exports(module),
            globals: if restores { globals } else { 0 },
            is_fused: made_by == MadeBy::Fused,
            restores,
        };
        let mut instances = Instances {
            template,
            kept: (0..LISTS).map(|_| Mutex::new(Vec::new())).collect(),
            initial_size: initial_size.unwrap_or(usize::MAX),
            restoring: None,
        };
        if restores && let Ok(map) = PageMap::open() {
            let Slot { store, memory, .. } = instances.template.slot()?;
            let mut restoring = Restoring { pristine: (store, memory), map };
            if instances.releasing_restores(&mut restoring)? {
                instances.restoring = Some(restoring);
            }
        }
        Ok(Arc::new(instances))
    }

    /// Finds out whether releasing a changed page brings its initial contents
    /// back, which is how the pooling allocator is expected to map memory.
    fn releasing_restores(&self, restoring: &mut Restoring) -> Result<bool, SandboxError> {
        let mut slot = self.template.slot()?;
        // A page with contents tells the most; the probe must not be zero.
        let probe = restoring.pristine().iter().position(|byte| *byte != 0).unwrap_or(0);
        slot.memory.data_mut(&mut slot.store)[probe] ^= 0x55;
        if !slot.release_memory() {
            return Ok(false);
        }
        let mut left = Vec::new();
        let memory = slot.memory.data_mut(&mut slot.store);
        if restoring.map.written(memory, &mut left).is_err() || !left.is_empty() {
            return Ok(false);
        }
        let (store, pristine) = &mut restoring.pristine;
        let pristine = pristine.data_mut(store);
        for (piece, pristine) in memory.chunks_mut(PIECE).zip(pristine.chunks_mut(PIECE)) {
            let whole = 0..piece.len();
            let is_same = piece == pristine;
            let is_released = [piece, pristine].map(|piece| release(piece, std::slice::from_ref(&whole)));
            if !is_same || is_released != [true; 2] {
                return Ok(false);
            }
        }
        Ok(true)
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

    /// An instance in its initial state: one that is kept, or a new one.
    pub(super) fn take(&self) -> Result<Slot, SandboxError> {
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

impl KeepsInstances for Instances {
    fn drop_kept(&self) -> bool {
        self.any_kept().is_some()
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
