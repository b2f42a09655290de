//! Access to the cell's files for a guest that pays for it, whichever functions it calls.

use super::abi::{FUEL_A_CALL, charge, slice};
use super::{Guest, guest_now, time_of_day};
use crate::sandbox::files::{FileError, FileResult, Files, LONGEST_PATH, Open, Timestamp};

// Bits of `open-flags`, which preview 1 calls `oflags`.
const CREATE: u32 = 1;
const DIRECTORY: u32 = 1 << 1;
const EXCLUSIVE: u32 = 1 << 2;
const TRUNCATE: u32 = 1 << 3;

/// What `open-flags` say of how a file is opened; the rest is said elsewhere.
pub(super) fn opening(flags: u32) -> Open {
    Open {
        create: flags & CREATE != 0,
        exclusive: flags & EXCLUSIVE != 0,
        truncate: flags & TRUNCATE != 0,
        directory: flags & DIRECTORY != 0,
        ..Open::default()
    }
}

/// Does something with the files and takes the fuel for it.
pub(super) fn with_files<T>(
    guest: &mut Guest<'_>,
    act: impl FnOnce(&mut Files, Timestamp) -> FileResult<T>,
) -> wasmtime::Result<FileResult<T>> {
    charge(guest, FUEL_A_CALL)?;
    let now = timestamp(guest)?;
    let done = act(guest.data_mut().files(), now);
    pay(guest)?;
    Ok(done)
}

/// Does something with the file that a descriptor of preview 1 stands for: its handle among the files.
pub(super) fn with_descriptor<T>(
    guest: &mut Guest<'_>,
    descriptor: u32,
    act: impl FnOnce(&mut Files, u32, Timestamp) -> FileResult<T>,
) -> wasmtime::Result<FileResult<T>> {
    let handle = guest.data_mut().descriptors().handle(descriptor);
    with_files(guest, |files, now| act(files, handle?, now))
}

/// Takes the fuel for what was done with files.
pub(super) fn pay(guest: &mut Guest<'_>) -> wasmtime::Result<()> {
    let work = guest.data_mut().files().take_work();
    charge(guest, work)
}

/// The time on the guest's clock.
pub(super) fn timestamp(guest: &mut Guest<'_>) -> wasmtime::Result<Timestamp> {
    Ok(time_of_day(guest_now(guest)?))
}

/// A path in the guest's memory.
pub(super) fn read_path(
    guest: &mut Guest<'_>,
    address: u32,
    length: u32,
) -> wasmtime::Result<FileResult<String>> {
    if length as usize > LONGEST_PATH {
        return Ok(Err(FileError::NameTooLong));
    }
    let bytes = slice(guest, address, length)?.0.to_vec();
    Ok(String::from_utf8(bytes).map_err(|_| FileError::IllegalByteSequence))
}
