//! WASI preview 1, `wasi_snapshot_preview1`: what most languages' compilers target.
//!
//! It is the same world as that of the [other functions](super), with the same clock, random numbers and files and at
//! the same price. A guest has three streams, of which none is a terminal, and as descriptor 3 the root directory,
//! where its programs start. What is not there fails with `ENOSYS`.
//!
//! Lengths and numbers that a guest passes are bounded here; an address outside of its memory stops it.

mod bytes;
mod descriptors;
mod paths;
mod records;

use wasmtime::Linker;

use super::abi::{self, FUEL_A_CALL, FUEL_A_SHORT_CALL, charge, slice, write};
use super::host::Host;
use super::{CLOCK_RESOLUTION, Guest, Import, guest_now, sleep, time_of_day};
use crate::sandbox::files::FileError;

use records::{BAD_DESCRIPTOR, ERROR_BITS, INVALID, NO_SUCH_FUNCTION, NOT_SUPPORTED, SUCCESS, code};

/// The module that these functions are imported from.
pub(super) const MODULE: &str = "wasi_snapshot_preview1";

/// What a function returns where it fails: a number of an error.
type Errno = i32;

/// How many buffers a guest may pass at once, and how many events it may wait for.
const MOST_AT_ONCE: u32 = 1024;
/// `subclockflags.abstime`.
const ABSOLUTE: u16 = 1;
/// Sizes of `subscription` and `event`.
const SUBSCRIPTION: usize = 48;
const EVENT: usize = 32;

/// What a function that is not there returns.
pub(super) const MISSING: Errno = NO_SUCH_FUNCTION;

/// Adds a function of preview 1 to the linker; `false` if it is not there.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match name {
        "args_sizes_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, count: u32, size: u32| {
                let arguments = &guest.data().arguments;
                let total: usize = arguments.iter().map(|argument| argument.len() + 1).sum();
                let number = arguments.len() as u32;
                write_sizes(&mut guest, (count, number), (size, total as u32))
            })?;
        }
        "args_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, list: u32, bytes: u32| {
                arguments(&mut guest, list, bytes)
            })?;
        }
        "environ_sizes_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, count: u32, size: u32| {
                write_sizes(&mut guest, (count, 0), (size, 0))
            })?;
        }
        "environ_get" => {
            linker.func_wrap(module, name, |_list: u32, _bytes: u32| SUCCESS)?;
        }
        "clock_res_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, clock: u32, result: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                if clock > 3 {
                    return Ok(INVALID);
                }
                write(&mut guest, result, &CLOCK_RESOLUTION.to_le_bytes())?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "clock_time_get" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, clock: u32, _precision: u64, result: u32| {
                    let now = guest_now(&mut guest)?;
                    let Some(now) = on_clock(clock, now) else { return Ok(INVALID) };
                    write(&mut guest, result, &now.to_le_bytes())?;
                    Ok::<_, wasmtime::Error>(SUCCESS)
                },
            )?;
        }
        "random_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, address: u32, length: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                abi::fill_random(&mut guest, address, length)?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "poll_oneoff" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, list: u32, events: u32, count: u32, result: u32| {
                    poll(&mut guest, list, events, count, result)
                },
            )?;
        }
        "proc_exit" => {
            linker.func_wrap(module, name, |status: u32| super::exit(status as i32))?;
        }
        "sched_yield" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "sock_accept" | "sock_recv" | "sock_send" | "sock_shutdown" => {
            return provide_sockets(linker, import);
        }
        _ => return Ok(descriptors::provide(linker, import)? || paths::provide(linker, import)?),
    }
    Ok(true)
}

/// Sockets, of which there are none.
fn provide_sockets(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match name {
        "sock_accept" => {
            linker.func_wrap(module, name, |_fd: u32, _flags: u32, _result: u32| NOT_SUPPORTED)?;
        }
        "sock_shutdown" => {
            linker.func_wrap(module, name, |_fd: u32, _how: u32| NOT_SUPPORTED)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// What a clock shows: that of the day, or one of those that begin with the guest.
fn on_clock(clock: u32, now: u64) -> Option<u64> {
    match clock {
        0 => Some(records::nanoseconds(time_of_day(now))),
        1..=3 => Some(now),
        _ => None,
    }
}

fn write_sizes(
    guest: &mut Guest<'_>,
    (count, number): (u32, u32),
    (size, bytes): (u32, u32),
) -> wasmtime::Result<Errno> {
    write(guest, count, &number.to_le_bytes())?;
    write(guest, size, &bytes.to_le_bytes())?;
    Ok(SUCCESS)
}

/// Stores the arguments, each with a zero behind it, and a list of their addresses.
fn arguments(guest: &mut Guest<'_>, list: u32, bytes: u32) -> wasmtime::Result<Errno> {
    let arguments = guest.data().arguments.clone();
    let (mut list, mut bytes) = (list, bytes);
    for argument in arguments.iter() {
        charge(guest, FUEL_A_SHORT_CALL)?;
        write(guest, list, &bytes.to_le_bytes())?;
        write(guest, bytes, argument)?;
        let end = bytes.checked_add(argument.len() as u32).ok_or_else(abi::bad_pointer)?;
        write(guest, end, &[0])?;
        list = list.checked_add(4).ok_or_else(abi::bad_pointer)?;
        bytes = end.checked_add(1).ok_or_else(abi::bad_pointer)?;
    }
    Ok(SUCCESS)
}

/// Does something with the guest and gives the number of the error, if there is one.
fn tell(done: wasmtime::Result<Result<(), FileError>>) -> wasmtime::Result<Errno> {
    Ok(match done? {
        Ok(()) => SUCCESS,
        Err(error) => code(error),
    })
}

/// What a guest waits for.
struct Awaited {
    userdata: [u8; 8],
    kind: u8,
    error: Errno,
    /// Nanoseconds until it is there.
    wait: u64,
}

/// `poll_oneoff`: streams and files are ready at once, and nobody is there who could wake the guest before a clock
/// does, so that the clock can go there right away.
fn poll(guest: &mut Guest<'_>, list: u32, events: u32, count: u32, result: u32) -> wasmtime::Result<Errno> {
    charge(guest, FUEL_A_CALL)?;
    if count == 0 || count > MOST_AT_ONCE {
        return Ok(INVALID);
    }
    charge(guest, u64::from(count) * FUEL_A_SHORT_CALL)?;
    let now = guest_now(guest)?;
    let (bytes, host) = slice(guest, list, count * SUBSCRIPTION as u32)?;
    let awaited: Vec<Awaited> =
        bytes.as_chunks::<SUBSCRIPTION>().0.iter().map(|bytes| awaited(bytes, host, now)).collect();
    let wait = awaited.iter().map(|awaited| awaited.wait).min().unwrap_or(0);
    sleep(guest, wait)?;
    let mut happened = Vec::new();
    for Awaited { userdata, kind, error, .. } in awaited.iter().filter(|awaited| awaited.wait <= wait) {
        let mut event = [0; EVENT];
        event[..8].copy_from_slice(userdata);
        event[8..10].copy_from_slice(&(*error as u16).to_le_bytes());
        event[10] = *kind;
        event[16..24].copy_from_slice(&u64::from(*kind != 0).to_le_bytes());
        happened.extend(event);
    }
    write(guest, events, &happened)?;
    write(guest, result, &((happened.len() / EVENT) as u32).to_le_bytes())?;
    Ok(SUCCESS)
}

fn awaited(bytes: &[u8; SUBSCRIPTION], host: &mut Host, now: u64) -> Awaited {
    let word = |start: usize| u32::from_le_bytes([0, 1, 2, 3].map(|index| bytes[start + index]));
    let double = |start: usize| u64::from(word(start)) | u64::from(word(start + 4)) << 32;
    let userdata = double(0).to_le_bytes();
    let (kind, clock_or_file, timeout) = (bytes[8], word(16), double(24));
    let (error, wait) = match kind {
        0 => match on_clock(clock_or_file, now) {
            None => (INVALID, 0),
            Some(shown) if word(40) as u16 & ABSOLUTE != 0 => (SUCCESS, timeout.saturating_sub(shown)),
            Some(_) => (SUCCESS, timeout),
        },
        1 | 2 if host.descriptors().has(clock_or_file) => (SUCCESS, 0),
        1 | 2 => (BAD_DESCRIPTOR, 0),
        _ => (INVALID, 0),
    };
    Awaited { userdata, kind, error: error & ERROR_BITS, wait }
}
