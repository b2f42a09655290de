//! Locks of which nothing is left half done.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock, although a thread that held it panicked: for what is whole at all times.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
