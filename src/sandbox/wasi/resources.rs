//! Handles that guests hold on resources of the host.
//!
//! Most resources have no state and hence fixed handles; dropping these is a
//! no-operation. Timers are kept in a table here, files and their streams among
//! the [files](crate::sandbox::files).

use super::stop::HostStop;
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
/// How many timers a guest may have at a time. Its libraries have one, which they give back when it has run.
const MOST_TIMERS: usize = 1024;
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
    pub(super) fn clear(&mut self) {
        self.timers.clear();
    }

    /// Adds a timer, reusing the lowest free handle.
    ///
    /// # Errors
    ///
    /// When there are too many, which only a guest has that means no good.
    pub(super) fn add_timer(&mut self, deadline: u64) -> Result<u32, HostStop> {
        let free = self.timers.iter().position(Option::is_none);
        let index = match free {
            Some(index) => index,
            None if self.timers.len() >= MOST_TIMERS => return Err(HostStop::TooManyTimers),
            None => {
                self.timers.push(None);
                self.timers.len() - 1
            }
        };
        self.timers[index] = Some(deadline);
        Ok(FIRST_TIMER + index as u32)
    }

    /// When a pollable is ready; `None` if it is ready already.
    pub(super) fn deadline(&self, pollable: u32) -> Option<u64> {
        let index = pollable.checked_sub(FIRST_TIMER)?;
        *self.timers.get(index as usize)?
    }

    /// Frees the handle of a pollable.
    pub(super) fn drop_pollable(&mut self, pollable: u32) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_bounded_and_their_handles_used_again() {
        let mut resources = Resources::default();
        let added: Vec<u32> = (0..).map_while(|deadline| resources.add_timer(deadline).ok()).collect();
        assert_eq!(added.len(), MOST_TIMERS);
        assert!(added.iter().all(|handle| !is_file(*handle)));
        resources.drop_pollable(added[7]);
        assert_eq!(resources.add_timer(5), Ok(added[7]));
        assert_eq!(resources.add_timer(5), Err(HostStop::TooManyTimers));
        assert_eq!(resources.deadline(added[7]), Some(5));
        added.into_iter().for_each(|handle| resources.drop_pollable(handle));
        assert_eq!(resources.add_timer(6), Ok(FIRST_TIMER));
    }
}
