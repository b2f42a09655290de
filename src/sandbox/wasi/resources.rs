//! Handles that guests hold on resources of the host.
//!
//! Most resources have no state and hence fixed handles; dropping these is a
//! no-operation. Timers are kept in a table here, files and their streams among
//! the [files](crate::sandbox::files).

use crate::sandbox::files::FileError;

/// Handle of the standard input.
pub(super) const STANDARD_INPUT: u32 = 1;
/// Handle of standard output.
pub(super) const STANDARD_OUTPUT: u32 = 2;
/// Handle of standard error.
pub(super) const STANDARD_ERROR: u32 = 5;
/// Handle of the network which refuses everything.
pub(super) const NETWORK: u32 = 3;
/// Handle of a pollable which is always ready.
pub(super) const ALWAYS_READY: u32 = 4;
/// Handle of every error, of which nobody asks what it is.
pub(super) const ERROR: u32 = 6;
/// Handle of the first timer.
const FIRST_TIMER: u32 = 16;
/// Handle of the first file; the handles of all others are below.
pub(super) const FIRST_FILE: u32 = 1 << 30;

/// Whether a handle is one that files and their streams have.
pub(super) fn is_file(handle: u32) -> bool {
    handle >= FIRST_FILE
}

/// The number of a handle among those of files.
pub(super) fn as_file(handle: u32) -> Result<u32, FileError> {
    handle.checked_sub(FIRST_FILE).ok_or(FileError::BadDescriptor)
}

/// The timers of a guest.
#[derive(Debug, Default)]
pub(super) struct Resources {
    /// Deadlines in virtual nanoseconds.
    timers: Vec<Option<u64>>,
}

impl Resources {
    /// Forgets all timers.
    pub fn clear(&mut self) {
        self.timers.clear();
    }

    /// Adds a timer, reusing the lowest free handle.
    pub fn add_timer(&mut self, deadline: u64) -> u32 {
        let free = self.timers.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.timers.push(None);
            self.timers.len() - 1
        });
        self.timers[index] = Some(deadline);
        FIRST_TIMER + index as u32
    }

    /// When a pollable is ready; `None` if it is ready already.
    pub fn deadline(&self, pollable: u32) -> Option<u64> {
        let index = pollable.checked_sub(FIRST_TIMER)?;
        *self.timers.get(index as usize)?
    }

    /// Frees the handle of a pollable.
    pub fn drop_pollable(&mut self, pollable: u32) {
        if let Some(index) = pollable.checked_sub(FIRST_TIMER)
            && let Some(timer) = self.timers.get_mut(index as usize)
        {
            *timer = None;
        }
        // Keeps the search for a free handle short.
        while let Some(None) = self.timers.last() {
            self.timers.pop();
        }
    }
}
