//! Access to the guest's memory as the canonical ABI lays values out.

use wasmtime::{Caller, Extern, Memory, Trap};

use super::host::Host;
use super::stop::HostStop;

/// The longest message that a guest may hand to the host, in bytes: a request, or the response to one.
pub const LONGEST_MESSAGE: usize = 32 << 20;

/// What the host charges a guest for a byte that it works on for it, in units of fuel. Decoding a byte, comparing what
/// it stands for and writing it anew takes less than the time in which a guest burns as much.
const FUEL_A_BYTE: u64 = 500;
/// What the host charges for answering a question, however short: it enters another guest and comes back.
const FUEL_A_QUESTION: u64 = 100_000;
/// What the host charges for making room in the guest, which it enters for that, and for taking what it prints: as much
/// as a guest burns in that time.
pub(super) const FUEL_A_CALL: u64 = 20_000;
/// What the host charges for a call that takes next to no work, as for the time.
pub(super) const FUEL_A_SHORT_CALL: u64 = 5_000;
/// How much a guest may read at once, from a stream or a file.
pub(super) const READ_WINDOW: usize = 1 << 20;
/// What the host charges for a random byte.
const FUEL_A_RANDOM_BYTE: u64 = 64;
/// How many bytes of a message cost nothing.
const FREE_BYTES: usize = 64 << 10;

/// What the host charges for its work on a message of that many bytes.
pub fn fuel_of_message(length: usize) -> u64 {
    length.saturating_sub(FREE_BYTES) as u64 * FUEL_A_BYTE
}

/// The error for addresses outside of the guest's memory.
pub(super) fn bad_pointer() -> wasmtime::Error {
    wasmtime::Error::new(HostStop::BadPointer)
}

fn memory(guest: &mut Caller<'_, Host>) -> wasmtime::Result<Memory> {
    match guest.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(bad_pointer()),
    }
}

/// The guest's memory at an address, together with the host's state.
pub(super) fn slice<'g>(
    guest: &'g mut Caller<'_, Host>,
    address: u32,
    length: u32,
) -> wasmtime::Result<(&'g mut [u8], &'g mut Host)> {
    let memory = memory(guest)?;
    let (bytes, host) = memory.data_and_store_mut(guest);
    let bytes = bytes
        .get_mut(address as usize..)
        .and_then(|bytes| bytes.get_mut(..length as usize))
        .ok_or_else(bad_pointer)?;
    Ok((bytes, host))
}

/// Stores bytes in the guest's memory.
pub(super) fn write(guest: &mut Caller<'_, Host>, address: u32, bytes: &[u8]) -> wasmtime::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| bad_pointer())?;
    slice(guest, address, length)?.0.copy_from_slice(bytes);
    Ok(())
}

/// Takes fuel for what the host does.
pub(super) fn charge(guest: &mut Caller<'_, Host>, fuel: u64) -> wasmtime::Result<()> {
    let left = guest.get_fuel()?.checked_sub(fuel).ok_or(Trap::OutOfFuel)?;
    guest.set_fuel(left)
}

/// Copies a question to the host out of the guest's memory, which is charged for.
pub(super) fn read_question(
    guest: &mut Caller<'_, Host>,
    address: u32,
    length: u32,
) -> wasmtime::Result<Vec<u8>> {
    charge(guest, FUEL_A_QUESTION)?;
    read_message(guest, address, length)
}

/// Copies a message out of the guest's memory, which is charged for.
pub(super) fn read_message(
    guest: &mut Caller<'_, Host>,
    address: u32,
    length: u32,
) -> wasmtime::Result<Vec<u8>> {
    if length as usize > LONGEST_MESSAGE {
        return Err(wasmtime::Error::new(HostStop::MessageTooLong));
    }
    charge(guest, fuel_of_message(length as usize))?;
    Ok(slice(guest, address, length)?.0.to_vec())
}

/// Appends bytes of the guest's memory to what it printed to a stream.
pub(super) fn output(
    guest: &mut Caller<'_, Host>,
    stream: u32,
    address: u32,
    length: u32,
) -> wasmtime::Result<()> {
    charge(guest, FUEL_A_CALL)?;
    let (bytes, host) = slice(guest, address, length)?;
    host.write_output(stream, bytes).map_err(wasmtime::Error::new)
}

/// Fills the guest's memory with random bytes, which is charged for.
pub(super) fn fill_random(guest: &mut Caller<'_, Host>, address: u32, length: u32) -> wasmtime::Result<()> {
    charge(guest, u64::from(length) * FUEL_A_RANDOM_BYTE)?;
    let (bytes, host) = slice(guest, address, length)?;
    host.fill_random(bytes);
    Ok(())
}

/// Allocates memory in the guest, with the allocator exported as `realloc`, which returns zero where it has none. That
/// is charged for.
pub(super) async fn allocate(
    guest: &mut Caller<'_, Host>,
    realloc: &str,
    alignment: u32,
    size: u32,
) -> wasmtime::Result<u32> {
    charge(guest, FUEL_A_CALL)?;
    let Some(Extern::Func(function)) = guest.get_export(realloc) else {
        return Err(bad_pointer());
    };
    let function = function.typed::<(u32, u32, u32, u32), u32>(&*guest)?;
    match function.call_async(guest, (0, 0, alignment, size)).await? {
        0 if size > 0 => Err(bad_pointer()),
        address => Ok(address),
    }
}

/// Stores address and length of a list.
pub(super) fn write_list(
    guest: &mut Caller<'_, Host>,
    result: u32,
    address: u32,
    length: u32,
) -> wasmtime::Result<()> {
    let mut record = [0; 8];
    record[..4].copy_from_slice(&address.to_le_bytes());
    record[4..].copy_from_slice(&length.to_le_bytes());
    write(guest, result, &record)
}

/// Returns a list of `length` elements through the return pointer `result`.
pub(super) async fn return_list(
    guest: &mut Caller<'_, Host>,
    realloc: &str,
    result: u32,
    bytes: &[u8],
    length: u32,
    alignment: u32,
) -> wasmtime::Result<()> {
    let size = u32::try_from(bytes.len()).map_err(|_| bad_pointer())?;
    let address = allocate(guest, realloc, alignment, size).await?;
    write(guest, address, bytes)?;
    write_list(guest, result, address, length)
}
