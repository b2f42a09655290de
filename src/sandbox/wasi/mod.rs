//! The host side of the guest's imports, for a guest that can reach nothing outside of its cell.
//!
//! A [fused](super::fuse) guest calls the functions of WASI 0.2 with the core
//! signatures that the canonical ABI prescribes; guests of one core module call
//! those of [preview 1](preview1), which are the same to them. What they offer here:
//!
//! * the cell's own [files](super::files), in memory; no environment, no
//!   arguments, no network: creating sockets and resolving names fail with
//!   `not-supported`, which Python turns into an `OSError`;
//! * standard input is what the host gave, empty unless it gave something;
//!   standard output and error go to buffers of limited size;
//! * both clocks are virtual: they advance with the fuel that the guest burns,
//!   and sleeping burns at once what advances them to the end of the sleep;
//! * random numbers are a function of a seed.
//!
//! Consequently everything that a guest observes is determined by its requests,
//! the seed and the answers to what it [asks](AskFunction).
//!
//! Functions that no guest can reach because it can not get hold of their
//! resource (methods of sockets), as well as unknown ones, stop the
//! guest with [`HostStop::NotProvided`].

mod abi;
mod descriptor_table;
mod file_access;
mod filesystem;
mod host;
mod marks;
mod preview1;
mod resources;
mod stop;
mod streams;
mod turns;

pub use abi::{LONGEST_MESSAGE, fuel_of_message};
pub use host::{AskFunction, Host, NANOSECONDS_AT_START};
pub use stop::{HostRefusal, HostStop};
pub use turns::ALLOCATE;

use super::files::Timestamp;
use wasmtime::{Caller, Engine, ExternType, Linker, Module, Val, ValType};

use abi::{allocate, read_message, read_question, return_list, write};

/// Error code `not-supported` of `wasi:sockets/network`.
const SOCKET_NOT_SUPPORTED: u8 = 2;
/// Reported resolution of the clocks, in nanoseconds.
const CLOCK_RESOLUTION: u64 = 1;

/// Makes a linker that provides every import of `module`.
///
/// # Errors
///
/// If the module imports something that is not a function.
pub fn linker(engine: &Engine, module: &Module) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    // A module may import the same function twice.
    linker.allow_shadowing(true);
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else {
            return Err(wasmtime::Error::msg(format!(
                "the import {}.{} is not a function",
                import.module(),
                import.name()
            )));
        };
        let target = Import { module: import.module(), name: import.name() };
        if provide(&mut linker, target)? || marks::provide(&mut linker, target, &ty)? {
            continue;
        }
        let stop =
            HostStop::NotProvided { module: import.module().to_string(), name: import.name().to_string() };
        let results = ty.results().len();
        let says_so = import.module() == preview1::MODULE
            && ty.results().map(|ty| ty.matches(&ValType::I32)).eq([true]);
        let drops = target.function().starts_with("[resource-drop]");
        linker.func_new(target.module, target.name, ty, move |_, _, values: &mut [Val]| {
            // Resources of this kind carry no state.
            if drops && results == 0 && values.is_empty() {
                return Ok(());
            }
            if says_so {
                values.fill(Val::I32(preview1::MISSING));
                return Ok(());
            }
            Err(wasmtime::Error::new(stop.clone()))
        })?;
    }
    Ok(linker)
}

/// An import of the fused module.
#[derive(Clone, Copy)]
struct Import<'a> {
    module: &'a str,
    name: &'a str,
}

impl<'a> Import<'a> {
    /// Name of the interface without its version.
    fn interface(self) -> &'a str {
        self.module.split_once('@').map_or(self.module, |(name, _)| name)
    }

    /// Name of the function without the suffix that tells lowerings apart.
    fn function(self) -> &'a str {
        self.name.split_once('#').map_or(self.name, |(name, _)| name)
    }

    /// Export which allocates the memory of results.
    fn realloc(self) -> String {
        format!("cabi_import_realloc:{}:{}", self.module, self.name)
    }
}

type Guest<'a> = Caller<'a, Host>;

/// Adds an import to the linker if it is one that guests can use.
fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match (import.interface(), import.function()) {
        ("$root", "ask") => ask(linker, import)?,
        (turns::MODULE, turns::FUNCTION) => turns::provide(linker, import)?,
        ("wasi:clocks/monotonic-clock", _) => return provide_monotonic_clock(linker, import),
        ("wasi:clocks/wall-clock", "now") => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, result: u32| {
                let now = time_of_day(guest_now(&mut guest)?);
                write_datetime(&mut guest, result, now)
            })?;
        }
        ("wasi:clocks/wall-clock", "resolution") => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, result: u32| {
                let resolution = Timestamp { seconds: 0, nanoseconds: CLOCK_RESOLUTION as u32 };
                write_datetime(&mut guest, result, resolution)
            })?;
        }
        (preview1::MODULE, _) => return preview1::provide(linker, import),
        ("wasi:io/poll", _) => return provide_poll(linker, import),
        ("wasi:io/streams", _) => return streams::provide(linker, import),
        ("wasi:filesystem/types", _) => return filesystem::provide(linker, import),
        ("wasi:filesystem/preopens", "get-directories") => filesystem::get_directories(linker, import)?,
        ("wasi:random/random" | "wasi:random/insecure" | "wasi:random/insecure-seed", _) => {
            return provide_random(linker, import);
        }
        ("wasi:cli/stdin", "get-stdin") => {
            linker.func_wrap(module, name, || resources::STANDARD_INPUT)?;
        }
        ("wasi:cli/stdout", "get-stdout") => {
            linker.func_wrap(module, name, || resources::STANDARD_OUTPUT)?;
        }
        ("wasi:cli/stderr", "get-stderr") => {
            linker.func_wrap(module, name, || resources::STANDARD_ERROR)?;
        }
        // Option without a value: nothing is a terminal, and there is no
        // initial directory.
        ("wasi:cli/terminal-stdin" | "wasi:cli/terminal-stdout" | "wasi:cli/terminal-stderr", _)
        | ("wasi:cli/environment", "initial-cwd") => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, result: u32| {
                write(&mut guest, result, &[0])
            })?;
        }
        ("wasi:cli/environment", "get-environment" | "get-arguments") => empty_list(linker, import)?,
        ("wasi:cli/exit", "exit") => {
            linker.func_wrap(module, name, |status: u32| exit(i32::from(status != 0)))?;
        }
        ("wasi:cli/exit", "exit-with-code") => {
            linker.func_wrap(module, name, |status: u32| exit(status as i32))?;
        }
        ("wasi:sockets/instance-network", "instance-network") => {
            linker.func_wrap(module, name, || resources::NETWORK)?;
        }
        ("wasi:sockets/udp-create-socket" | "wasi:sockets/tcp-create-socket", _) => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, _family: u32, result| {
                write_socket_error(&mut guest, result)
            })?;
        }
        ("wasi:sockets/ip-name-lookup", "resolve-addresses") => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, _network: u32, _name: u32, _length: u32, result: u32| {
                    write_socket_error(&mut guest, result)
                },
            )?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn exit(code: i32) -> wasmtime::Result<()> {
    Err(wasmtime::Error::new(HostStop::Exited(code)))
}

/// Virtual nanoseconds since the guest started; asking is charged for.
fn guest_now(guest: &mut Guest<'_>) -> wasmtime::Result<u64> {
    abi::charge(guest, abi::FUEL_A_SHORT_CALL)?;
    let remaining = guest.get_fuel()?;
    Ok(guest.data().nanoseconds(remaining))
}

/// What the wall clock shows this long after the guest started.
fn time_of_day(nanoseconds: u64) -> Timestamp {
    let nanoseconds = nanoseconds.saturating_add(NANOSECONDS_AT_START);
    Timestamp { seconds: nanoseconds / 1_000_000_000, nanoseconds: (nanoseconds % 1_000_000_000) as u32 }
}

/// Stores a record of seconds (64 bits) and nanoseconds (32 bits).
fn write_datetime(guest: &mut Guest<'_>, address: u32, time: Timestamp) -> wasmtime::Result<()> {
    let mut record = [0; 12];
    record[..8].copy_from_slice(&time.seconds.to_le_bytes());
    record[8..].copy_from_slice(&time.nanoseconds.to_le_bytes());
    write(guest, address, &record)
}

/// Stores the failed case of a result whose cases are aligned to four bytes.
fn write_socket_error(guest: &mut Guest<'_>, address: u32) -> wasmtime::Result<()> {
    write(guest, address, &[1, 0, 0, 0, SOCKET_NOT_SUPPORTED])
}

fn provide_monotonic_clock(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "now" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>| guest_now(&mut guest))?;
        }
        "resolution" => {
            linker.func_wrap(module, name, || CLOCK_RESOLUTION)?;
        }
        "subscribe-instant" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, instant: u64| {
                abi::charge(&mut guest, abi::FUEL_A_SHORT_CALL)?;
                guest.data_mut().resources.add_timer(instant).map_err(wasmtime::Error::new)
            })?;
        }
        "subscribe-duration" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, duration: u64| {
                let deadline = guest_now(&mut guest)?.saturating_add(duration);
                guest.data_mut().resources.add_timer(deadline).map_err(wasmtime::Error::new)
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn provide_poll(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "[method]pollable.block" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, pollable: u32| {
                let now = guest_now(&mut guest)?;
                match guest.data().resources.deadline(pollable) {
                    Some(deadline) => sleep(&mut guest, deadline.saturating_sub(now)),
                    None => Ok(()),
                }
            })?;
        }
        "[method]pollable.ready" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, pollable: u32| {
                let now = guest_now(&mut guest)?;
                let deadline = guest.data().resources.deadline(pollable);
                Ok(u32::from(deadline.is_none_or(|deadline| deadline <= now)))
            })?;
        }
        "poll" => poll(linker, import)?,
        "[resource-drop]pollable" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, pollable: u32| {
                guest.data_mut().resources.drop_pollable(pollable);
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Lets time go by. Time limits are in fuel, and nothing really waits: sleeping burns what working for as long would
/// burn.
fn sleep(guest: &mut Guest<'_>, nanoseconds: u64) -> wasmtime::Result<()> {
    let fuel = guest.data().fuel_of_nanoseconds(nanoseconds);
    let left = guest.get_fuel()?;
    guest.set_fuel(left.saturating_sub(fuel))?;
    if fuel > left { Err(wasmtime::Trap::OutOfFuel.into()) } else { Ok(()) }
}

/// `poll: func(in: list<borrow<pollable>>) -> list<u32>`.
fn poll(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (list, count, result): (u32, u32, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let size = count.checked_mul(4).ok_or_else(abi::bad_pointer)?;
                let handles = read_message(&mut guest, list, size)?;
                let now = guest_now(&mut guest)?;
                let resources = &guest.data().resources;
                let waits: Vec<u64> = handles
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|handle| resources.deadline(u32::from_le_bytes(*handle)))
                    .map(|deadline| deadline.map_or(0, |deadline| deadline.saturating_sub(now)))
                    .collect();
                // Nobody is there who could wake the guest before the earliest
                // deadline, so the clock can go there right away.
                let wait = waits.iter().copied().min().unwrap_or(0);
                sleep(&mut guest, wait)?;
                let ready: Vec<u8> = (0_u32..)
                    .zip(&waits)
                    .filter(|(_, needed)| **needed <= wait)
                    .flat_map(|(index, _)| index.to_le_bytes())
                    .collect();
                let length = (ready.len() / 4) as u32;
                return_list(&mut guest, &realloc, result, &ready, length, 4).await
            })
        },
    )?;
    Ok(())
}

fn provide_random(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "get-random-u64" | "get-insecure-random-u64" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>| {
                abi::charge(&mut guest, abi::FUEL_A_SHORT_CALL)?;
                Ok(guest.data_mut().random_u64())
            })?;
        }
        "insecure-seed" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, result: u32| {
                let mut seed = [0; 16];
                guest.data_mut().fill_random(&mut seed);
                write(&mut guest, result, &seed)
            })?;
        }
        "get-random-bytes" | "get-insecure-random-bytes" => {
            let realloc = import.realloc();
            linker.func_wrap_async(
                module,
                name,
                move |mut guest: Guest<'_>, (length, result): (u64, u32)| {
                    let realloc = realloc.clone();
                    Box::new(async move {
                        let length = u32::try_from(length).map_err(|_| abi::bad_pointer())?;
                        let address = allocate(&mut guest, &realloc, 1, length).await?;
                        abi::fill_random(&mut guest, address, length)?;
                        abi::write_list(&mut guest, result, address, length)
                    })
                },
            )?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A function without parameters that returns a list, which is always empty.
fn empty_list(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(import.module, import.name, move |mut guest: Guest<'_>, (result,): (u32,)| {
        let realloc = realloc.clone();
        Box::new(async move { return_list(&mut guest, &realloc, result, &[], 0, 4).await })
    })?;
    Ok(())
}

/// `ask: func(request: list<u8>) -> list<u8>`.
fn ask(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (request, length, result): (u32, u32, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let request = read_question(&mut guest, request, length)?;
                let answer = guest.data_mut().ask(&request).map_err(wasmtime::Error::new)?;
                let length = u32::try_from(answer.len()).map_err(|_| abi::bad_pointer())?;
                return_list(&mut guest, &realloc, result, &answer, length, 1).await
            })
        },
    )?;
    Ok(())
}
