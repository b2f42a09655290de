//! Cells: guests which run one program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::{debug, trace};
use wasmtime::Trap;

use super::block_on;
use super::instances::Instances;
use super::slot::{Export, Slot};
use crate::sandbox::files::FileError;
use crate::sandbox::units::{Bytes, Fuel};
use crate::sandbox::wasi::{HostStop, LONGEST_MESSAGE, fuel_of_message};

/// What a cell may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellLimits {
    /// Fuel for all calls of the cell together; about one unit for every
    /// WebAssembly instruction.
    pub fuel: Fuel,
    /// Size of the linear memory in bytes, which includes what the initial
    /// image takes. Guests that want more get a `MemoryError`.
    pub memory: Bytes,
    /// Bytes printed to standard output and standard error together.
    pub output: Bytes,
    /// Time for a single call. It is a backstop only: it depends on the machine,
    /// so fuel ought to be what ends programs.
    pub wall: Duration,
}

/// Why a call did not return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The fuel is burnt.
    #[error("out of fuel")]
    OutOfFuel,
    /// The guest gave up after it was denied memory.
    #[error("out of memory")]
    OutOfMemory,
    /// The guest printed too much.
    #[error("too much output")]
    OutputLimit,
    /// A response, or a question to the host, was longer than [`LONGEST_MESSAGE`].
    #[error("handed over too much at once")]
    MessageTooLong,
    /// The guest exited with this code.
    #[error("exited with code {0}")]
    Exited(i32),
    /// The guest recursed too deeply.
    #[error("stack overflow")]
    StackOverflow,
    /// The guest crashed.
    #[error("trap: {0}")]
    Trap(String),
    /// The call took too long.
    #[error("the wall clock ran out")]
    Backstop,
    /// The host refused to answer a question of the guest.
    #[error("the host refused to answer: {0}")]
    AskRefused(String),
    /// The guest has no such export.
    #[error("there is no export called {0}")]
    NoSuchExport(String),
    /// An earlier call on this cell did not return.
    #[error("the cell has already stopped")]
    AlreadyStopped,
}

/// A guest which is in its initial state when it is handed out, and which lives
/// for one program. See [`Guest::cell`](super::Guest::cell).
pub struct Cell {
    /// Always there, except while it is dropped.
    slot: Option<Slot>,
    instances: Arc<Instances>,
    limits: CellLimits,
    /// The export which was called last and the address of its response, which
    /// the guest has not yet been told to release.
    unreleased: Option<(Export, u32)>,
    stopped: bool,
}

impl Cell {
    pub(super) fn new(slot: Slot, instances: Arc<Instances>, limits: CellLimits) -> Self {
        Cell { slot: Some(slot), instances, limits, unreleased: None, stopped: false }
    }

    /// Calls an export of the guest, of type `func(request: list<u8>) -> list<u8>`; or, where the guest takes turns, has
    /// it execute the text `entry`, in which it fetches the request and hands over the response by `host.call`. State
    /// that the guest builds up lasts until the cell is dropped.
    ///
    /// # Errors
    ///
    /// If the guest does not return, or returns nothing or more than the host takes. It can not be called again then.
    pub fn call(&mut self, entry: &str, request: &[u8]) -> Result<Vec<u8>, Stop> {
        if self.stopped {
            return Err(Stop::AlreadyStopped);
        }
        let Some(slot) = self.slot.as_mut() else {
            return Err(Stop::AlreadyStopped);
        };
        let unreleased = self.unreleased.take();
        let deadline = Instant::now().checked_add(self.limits.wall);
        let result = if let Some((_, found)) = slot.exports.iter().find(|(name, _)| **name == *entry) {
            let found = found.clone();
            block_on(exchange(slot, found, unreleased, request), deadline)
        } else if slot.turns.is_some() {
            block_on(take_turn(slot, entry, request), deadline)
        } else {
            return Err(Stop::NoSuchExport(entry.to_string()));
        };
        let error = match result {
            Some(Ok((response, unreleased))) => match charge(slot, response.len()) {
                Ok(()) => {
                    self.unreleased = unreleased;
                    return Ok(response);
                }
                Err(error) => error,
            },
            Some(Err(error)) => error,
            None => {
                self.stopped = true;
                debug!(entry, wall = ?self.limits.wall, "the backstop stopped a cell");
                return Err(Stop::Backstop);
            }
        };
        self.stopped = true;
        let stop = stop(slot, &error);
        trace!(entry, %stop, "a cell stopped");
        Err(stop)
    }

    /// Runs a command, which is the guest's `_start`, with arguments of which the first is its own name; none of them
    /// may hold a zero. Returns its exit status. What it has done stays to be seen; it can not be run again.
    ///
    /// # Errors
    ///
    /// If the guest is no command, or does not end by itself.
    pub fn run(&mut self, arguments: &[&str]) -> Result<i32, Stop> {
        if self.stopped {
            return Err(Stop::AlreadyStopped);
        }
        let Some(slot) = self.slot.as_mut() else {
            return Err(Stop::AlreadyStopped);
        };
        let Some(start) = slot.start.take() else {
            return Err(Stop::NoSuchExport("_start".to_owned()));
        };
        slot.store.data_mut().give_arguments(arguments);
        let deadline = Instant::now().checked_add(self.limits.wall);
        self.stopped = true;
        match block_on(start.call_async(&mut slot.store, ()), deadline) {
            Some(Ok(())) => Ok(0),
            Some(Err(error)) => match stop(slot, &error) {
                Stop::Exited(status) => Ok(status),
                stop => {
                    trace!(%stop, "a command stopped");
                    Err(stop)
                }
            },
            None => {
                debug!(wall = ?self.limits.wall, "the backstop stopped a command");
                Err(Stop::Backstop)
            }
        }
    }

    /// The instance, which does not go back to its guest then.
    #[cfg(test)]
    pub(super) fn into_slot(mut self) -> Slot {
        self.slot.take().expect("a cell has a slot until it is dropped")
    }

    /// Fuel burnt by all calls so far.
    pub fn fuel_used(&self) -> Fuel {
        let left = self.slot.as_ref().map(|slot| slot.store.get_fuel());
        match left {
            Some(Ok(left)) => Fuel(self.limits.fuel.0.saturating_sub(left)),
            _ => self.limits.fuel,
        }
    }

    /// Gives the guest its standard input; without this it is empty.
    pub fn give_input(&mut self, input: Arc<[u8]>) {
        if let Some(slot) = self.slot.as_mut() {
            slot.store.data_mut().give_input(input);
        }
    }

    /// Puts a file into the guest's file system, which programs see at its root, their current directory.
    ///
    /// # Errors
    ///
    /// A path at which there can be no file, or more than the file system takes.
    pub fn give_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        match self.slot.as_mut() {
            Some(slot) => slot.store.data_mut().give_file(path, contents),
            None => Err(FileError::NoEntry),
        }
    }

    /// The contents of a file that the guest has, if there is one of that path.
    pub fn file(&mut self, path: &str) -> Option<&[u8]> {
        self.slot.as_mut()?.store.data_mut().file(path)
    }

    /// What the guest has written to standard output so far.
    pub fn output(&self) -> &[u8] {
        self.slot.as_ref().map_or(&[], |slot| slot.store.data().output())
    }

    /// What the guest has written to standard error so far.
    pub fn error_output(&self) -> &[u8] {
        self.slot.as_ref().map_or(&[], |slot| slot.store.data().error_output())
    }

    /// The name of the mark that the guest reached last, if it reached one.
    pub fn mark(&self) -> Option<&str> {
        self.slot.as_ref()?.store.data().mark()
    }

    /// Whether the guest was denied memory at some time.
    pub fn memory_denied(&self) -> bool {
        self.slot.as_ref().is_some_and(|slot| slot.store.data().memory_denied())
    }

    /// Size of the guest's memory in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.slot.as_ref().map_or(0, |slot| slot.memory.data_size(&slot.store))
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        if self.stopped {
            trace!("a stopped cell is dropped with its instance");
        } else {
            let is_restored = self.instances.take_back(slot);
            trace!(is_restored, "a cell is dropped");
        }
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cell")
            .field("limits", &self.limits)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

/// A response, and what is to be released when the next one is called for.
type Exchanged = (Vec<u8>, Option<(Export, u32)>);

/// One call: releases the previous response, passes the request, runs the
/// export and copies the response out.
///
/// The last response is not released, because the whole guest usually goes away
/// next.
async fn exchange(
    slot: &mut Slot,
    export: Export,
    unreleased: Option<(Export, u32)>,
    request: &[u8],
) -> wasmtime::Result<Exchanged> {
    let bad = || wasmtime::Error::new(HostStop::BadPointer);
    if let Some((previous, address)) = unreleased
        && let Some(post_return) = previous.post_return
    {
        post_return.call_async(&mut slot.store, address).await?;
    }
    initialize(slot).await?;
    let length = u32::try_from(request.len()).map_err(|_| bad())?;
    let realloc = slot.realloc.clone().ok_or_else(bad)?;
    let address = realloc.call_async(&mut slot.store, (0, 0, 1, length)).await?;
    if address == 0 && length > 0 {
        return Err(bad()); // the allocator has nothing left
    }
    slot.memory.write(&mut slot.store, address as usize, request).map_err(|_| bad())?;
    let result = export.function.call_async(&mut slot.store, (address, length)).await?;
    let memory = slot.memory.data(&slot.store);
    let word = |address: u32| {
        let bytes = memory.get(address as usize..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    };
    let start = word(result).ok_or_else(bad)?;
    let length = result.checked_add(4).and_then(word).ok_or_else(bad)?;
    if length as usize > LONGEST_MESSAGE {
        return Err(wasmtime::Error::new(HostStop::MessageTooLong));
    }
    let response =
        memory.get(start as usize..).and_then(|bytes| bytes.get(..length as usize)).ok_or_else(bad)?;
    Ok((response.to_vec(), Some((export, result))))
}

/// One turn: the request lies ready, the guest executes the text, and the response is what it hands over meanwhile.
async fn take_turn(slot: &mut Slot, text: &str, request: &[u8]) -> wasmtime::Result<Exchanged> {
    initialize(slot).await?;
    let nothing = || wasmtime::Error::new(HostStop::NoReply);
    let turns = slot.turns.clone().ok_or_else(nothing)?;
    slot.store.data_mut().begin_turn(request);
    turns.execute(&mut slot.store, slot.memory, text).await?;
    let reply = slot.store.data_mut().end_turn().ok_or_else(nothing)?;
    Ok((reply, None))
}

/// Calls what has to be called before anything else.
async fn initialize(slot: &mut Slot) -> wasmtime::Result<()> {
    match slot.initialize.take() {
        Some(initialize) => initialize.call_async(&mut slot.store, ()).await,
        None => Ok(()),
    }
}

/// Charges a guest for what the host does with a response.
fn charge(slot: &mut Slot, length: usize) -> wasmtime::Result<()> {
    let left = slot.store.get_fuel()?.checked_sub(fuel_of_message(length)).ok_or(Trap::OutOfFuel)?;
    slot.store.set_fuel(left)
}

/// Translates the error of a call.
fn stop(slot: &mut Slot, error: &wasmtime::Error) -> Stop {
    if let Some(reason) = error.downcast_ref::<HostStop>() {
        return match reason {
            HostStop::Exited(code) => Stop::Exited(*code),
            HostStop::OutputLimit => Stop::OutputLimit,
            HostStop::MessageTooLong => Stop::MessageTooLong,
            HostStop::AskRefused(refusal) => Stop::AskRefused(refusal.0.clone()),
            // What crosses into the guest has to be allocated there.
            HostStop::BadPointer if slot.store.data().memory_denied() => Stop::OutOfMemory,
            other => Stop::Trap(other.to_string()),
        };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Stop::OutOfFuel,
        Some(Trap::StackOverflow) => Stop::StackOverflow,
        Some(Trap::MemoryOutOfBounds) if slot.stack_overflowed() => Stop::StackOverflow,
        // CPython and its libraries abort where they can not cope.
        Some(_) if slot.store.data().memory_denied() => Stop::OutOfMemory,
        Some(trap) => Stop::Trap(trap.to_string()),
        None => Stop::Trap(error.to_string()),
    }
}
