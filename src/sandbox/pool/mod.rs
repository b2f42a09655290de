//! Hands out guests in their initial state, quickly.
//!
//! Making an instance takes far longer than what most small programs need to
//! run, and a new instance takes a page fault for everything that it touches.
//! Therefore a [`Guest`] keeps instances of programs which ended cleanly and
//! restores them: it copies the initial contents of those pages that the program
//! has changed. A restored instance can not be told from a new one by anything
//! that runs in it, down to the fuel it burns; `pool/slot.rs` explains why.
//!
//! Whatever ended otherwise, or grew its memory, is thrown away. The same goes
//! for everything if the kernel can not tell which pages were written (Linux
//! before 6.7); then each cell is a new instance.
//!
//! Only guests that [fusing](super::fuse) has made are restored, and snapshots: of
//! other modules nobody knows where they keep their state, so each cell is a new
//! instance.
//!
//! One [`Engine`] serves all guests of a process.

mod cell;
mod compatibility;
mod config;
mod engine;
mod guest;
mod instance_pool;
mod instances;
mod pagemap;
mod slot;
mod snapshot;
mod stack_bounds;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

pub use cell::{Cell, CellLimits, Stop};
pub use config::MOST_MEMORY;
pub use engine::Engine;
pub use guest::Guest;
pub use snapshot::Initializer;
pub use stack_bounds::StackBounds;

use super::files::FileError;
use super::fuse::FuseError;

/// Why a guest can not be set up or a cell can not be made.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The component can not be fused.
    #[error(transparent)]
    Fuse(#[from] FuseError),
    /// Wasmtime can not compile, load or instantiate the guest.
    #[error("wasmtime: {0:#}")]
    Wasmtime(wasmtime::Error),
    /// The module is not one that cells can be made of.
    #[error("not a guest for this sandbox: {0}")]
    NotAGuest(String),
    /// A module can not be initialised.
    #[error("it can not be initialised by its function {function}: {message}")]
    NotInitialised {
        /// The function that was called.
        function: String,
        /// How that ended.
        message: String,
    },
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
