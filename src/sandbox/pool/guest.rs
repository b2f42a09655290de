//! Guests: what cells are made of.

use std::sync::Arc;

use wasmtime::Module;

use super::SandboxError;
use super::cell::{Cell, CellLimits};
use super::instance_pool::InstancePool;
use super::instances::{Instances, MadeBy};
use crate::sandbox::files::FileTree;
use crate::sandbox::units::Fuel;
use crate::sandbox::wasi::AskFunction;

/// A program or an interpreter that cells are made of, with the instances that it keeps for them. Clones share
/// everything, and threads can use them at the same time.
#[derive(Clone)]
pub struct Guest {
    pub(super) instances: Arc<Instances>,
}

impl Guest {
    /// The guest of a module that fusing has made.
    pub(super) fn fused(
        pool: &InstancePool,
        module: &Module,
        native_second: Fuel,
    ) -> Result<Self, SandboxError> {
        let instances = Instances::new(pool, module, native_second, FileTree::default(), MadeBy::Fused)?;
        pool.register(&instances);
        Ok(Guest { instances })
    }

    /// The guest of any other module. Nothing is known of where it keeps its state, so that each cell is a new
    /// instance.
    pub(super) fn plain(
        pool: &InstancePool,
        module: &Module,
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Self, SandboxError> {
        Ok(Guest { instances: Instances::new(pool, module, native_second, files, MadeBy::Anyone)? })
    }

    /// The guest of a snapshot.
    pub(super) fn snapshot(
        pool: &InstancePool,
        module: &Module,
        native_second: Fuel,
        files: FileTree,
    ) -> Result<Self, SandboxError> {
        let instances = Instances::new(pool, module, native_second, files, MadeBy::Snapshot)?;
        pool.register(&instances);
        Ok(Guest { instances })
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
        let size = self.instances.initial_size;
        if limits.memory.as_size() < size {
            return Err(SandboxError::MemoryLimitTooLow(size));
        }
        let mut slot = self.instances.take()?;
        slot.store.set_fuel(limits.fuel.0)?;
        slot.store.data_mut().start(
            limits.fuel.0,
            limits.memory.as_size(),
            limits.output.as_size(),
            seed,
            ask,
        );
        Ok(Cell::new(slot, self.instances.clone(), limits))
    }

    /// Whether instances are restored instead of made anew.
    pub fn restores(&self) -> bool {
        self.instances.restoring.is_some()
    }

    /// Size of the memory of a guest in its initial state, in bytes.
    pub fn initial_memory_bytes(&self) -> usize {
        self.instances.initial_size
    }
}

/// Clones are equal, and nothing else is.
impl PartialEq for Guest {
    fn eq(&self, other: &Guest) -> bool {
        Arc::ptr_eq(&self.instances, &other.instances)
    }
}

impl Eq for Guest {}

impl std::fmt::Debug for Guest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Guest").field("restores", &self.restores()).finish_non_exhaustive()
    }
}
