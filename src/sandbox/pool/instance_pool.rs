//! The pool of instances that all guests share: Wasmtime's, which bounds how many there can be, and who keeps some
//! unused.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use wasmtime::Config;

use super::SandboxError;

/// Who keeps instances unused for later, which others may need sooner.
pub(super) trait KeepsInstances: Send + Sync {
    /// Drops an instance that is kept unused; `false` if there is none.
    fn drop_kept(&self) -> bool;
}

/// Wasmtime with the settings of the sandbox, and all who keep instances of its pool. Clones share everything.
#[derive(Clone)]
pub(super) struct InstancePool {
    pub wasmtime: wasmtime::Engine,
    keepers: Arc<Mutex<Vec<Weak<dyn KeepsInstances>>>>,
}

impl InstancePool {
    /// A pool of its own, with these settings.
    pub(super) fn new(config: &Config) -> Result<InstancePool, SandboxError> {
        Ok(InstancePool { wasmtime: wasmtime::Engine::new(config)?, keepers: Arc::default() })
    }

    /// Notes that someone may keep instances.
    pub(super) fn register<K: KeepsInstances + 'static>(&self, keeper: &Arc<K>) {
        let keeper: Weak<K> = Arc::downgrade(keeper);
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        keepers.retain(|keeper| keeper.strong_count() > 0);
        keepers.push(keeper);
    }

    /// Drops an instance that someone keeps unused, so that there is room for another; `false` if there is none.
    pub(super) fn make_room(&self) -> bool {
        let keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        keepers.iter().filter_map(Weak::upgrade).any(|keeper| keeper.drop_kept())
    }
}
