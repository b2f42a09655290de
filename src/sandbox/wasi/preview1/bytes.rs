//! Reading, writing and listing what descriptors stand for.

use super::records::{IS_PIPE, SUCCESS, code, dirent};
use super::{Errno, MOST_AT_ONCE};
use crate::sandbox::files::{Device, FileError, FileResult, Files};
use crate::sandbox::wasi::Guest;
use crate::sandbox::wasi::abi::{self, FUEL_A_CALL, FUEL_A_SHORT_CALL, READ_WINDOW, charge, slice, write};
use crate::sandbox::wasi::descriptor_table::OpenDescriptor;
use crate::sandbox::wasi::file_access::{pay, timestamp, with_descriptor};
use crate::sandbox::wasi::resources::{STANDARD_ERROR, STANDARD_OUTPUT};

/// What bytes are read from or written to.
enum End {
    Device(Device),
    File { handle: u32, position: u64 },
}

/// What a descriptor reads from or writes to, at its own position or another one.
fn end(guest: &mut Guest<'_>, fd: u32, at: Option<u64>) -> FileResult<End> {
    let host = guest.data_mut();
    let device = match host.descriptors().get(fd)? {
        OpenDescriptor::Stream(device) => device,
        OpenDescriptor::File { handle, position, .. } => match host.files().device(handle)? {
            Some(device) => device,
            None => return Ok(End::File { handle, position: at.unwrap_or(position) }),
        },
    };
    if at.is_some() { Err(FileError::InvalidSeek) } else { Ok(End::Device(device)) }
}

/// Buffers of a guest: addresses and lengths.
type Buffers = Vec<(u32, u32)>;

/// The buffers that a guest passes.
fn buffers(guest: &mut Guest<'_>, (list, count): (u32, u32)) -> wasmtime::Result<FileResult<Buffers>> {
    charge(guest, FUEL_A_CALL)?;
    if count > MOST_AT_ONCE {
        return Ok(Err(FileError::Invalid));
    }
    charge(guest, u64::from(count) * FUEL_A_SHORT_CALL)?;
    let bytes = slice(guest, list, count * 8)?.0;
    let words = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
    let words: Vec<u32> = words.collect();
    Ok(Ok(words.as_chunks::<2>().0.iter().map(|[address, length]| (*address, *length)).collect()))
}

/// The buffers that a guest passes, and what it reads them from or writes them to.
fn buffers_of_end(
    guest: &mut Guest<'_>,
    fd: u32,
    buffers_at: (u32, u32),
    at: Option<u64>,
) -> wasmtime::Result<FileResult<(Buffers, End)>> {
    let buffers = buffers(guest, buffers_at)?;
    Ok(buffers.and_then(|buffers| Ok((buffers, end(guest, fd, at)?))))
}

/// Reads into buffers. Less than there is room for is read at the end, and where it would be more than a mebibyte.
pub(super) fn read(
    guest: &mut Guest<'_>,
    fd: u32,
    buffers_at: (u32, u32),
    at: Option<u64>,
    result: u32,
) -> wasmtime::Result<Errno> {
    let (buffers, mut end) = match buffers_of_end(guest, fd, buffers_at, at)? {
        Ok(both) => both,
        Err(error) => return Ok(code(error)),
    };
    let mut total = 0;
    for (address, length) in buffers {
        let length = length.min(READ_WINDOW as u32 - total);
        let count = match read_once(guest, &mut end, address, length)? {
            Ok(count) => count,
            Err(error) if total == 0 => return Ok(code(error)),
            Err(_) => break,
        };
        total += count;
        if count < length {
            break;
        }
    }
    finish(guest, fd, (at, &end), total, result)
}

fn read_once(
    guest: &mut Guest<'_>,
    end: &mut End,
    address: u32,
    length: u32,
) -> wasmtime::Result<FileResult<u32>> {
    Ok(Ok(match end {
        End::File { handle, position } => {
            let (bytes, host) = slice(guest, address, length)?;
            let read = host.files().read_at(*handle, *position, bytes);
            pay(guest)?;
            let count = match read {
                Ok(count) => count as u32,
                Err(error) => return Ok(Err(error)),
            };
            *position = position.saturating_add(u64::from(count));
            count
        }
        End::Device(Device::Input) => {
            let (bytes, host) = slice(guest, address, length)?;
            let (input, range) = host.read_input(length as usize);
            let count = range.len();
            bytes[..count].copy_from_slice(&input[range]);
            count as u32
        }
        End::Device(Device::Random) => {
            abi::fill_random(guest, address, length)?;
            length
        }
        End::Device(Device::Null) => 0,
        End::Device(Device::Output | Device::ErrorOutput) => return Ok(Err(FileError::BadDescriptor)),
    }))
}

/// Writes buffers. Each is written as a whole or not at all.
pub(super) fn write_buffers(
    guest: &mut Guest<'_>,
    fd: u32,
    buffers_at: (u32, u32),
    at: Option<u64>,
    result: u32,
) -> wasmtime::Result<Errno> {
    let (buffers, mut end) = match buffers_of_end(guest, fd, buffers_at, at)? {
        Ok(both) => both,
        Err(error) => return Ok(code(error)),
    };
    let opened = guest.data_mut().descriptors().get(fd);
    if let (End::File { handle, position }, Ok(OpenDescriptor::File { append: true, .. }), None) =
        (&mut end, opened, at)
    {
        *position = match guest.data_mut().files().stat(*handle) {
            Ok(stat) => stat.size,
            Err(error) => return Ok(code(error)),
        };
    }
    let mut total: u32 = 0;
    for (address, length) in buffers {
        let Some(sum) = total.checked_add(length) else { break };
        match write_once(guest, &mut end, address, length)? {
            Ok(()) => total = sum,
            Err(error) if total == 0 => return Ok(code(error)),
            Err(_) => break,
        }
    }
    finish(guest, fd, (at, &end), total, result)
}

fn write_once(
    guest: &mut Guest<'_>,
    end: &mut End,
    address: u32,
    length: u32,
) -> wasmtime::Result<FileResult<()>> {
    let now = timestamp(guest)?;
    let (bytes, host) = slice(guest, address, length)?;
    let stream = match end {
        End::File { handle, position } => {
            let written = host.files().write_at(*handle, *position, bytes, now);
            pay(guest)?;
            if written.is_ok() {
                *position = position.saturating_add(u64::from(length));
            }
            return Ok(written);
        }
        End::Device(Device::Output) => STANDARD_OUTPUT,
        End::Device(Device::ErrorOutput) => STANDARD_ERROR,
        End::Device(Device::Null | Device::Random) => return Ok(Ok(())),
        End::Device(Device::Input) => return Ok(Err(FileError::BadDescriptor)),
    };
    host.write_output(stream, bytes).map_err(wasmtime::Error::new)?;
    Ok(Ok(()))
}

/// Says how many bytes were moved, and goes on behind them unless the guest said where.
fn finish(
    guest: &mut Guest<'_>,
    fd: u32,
    (at, end): (Option<u64>, &End),
    total: u32,
    result: u32,
) -> wasmtime::Result<Errno> {
    if let (None, End::File { position, .. }) = (at, end) {
        guest.data_mut().descriptors().advance(fd, *position);
    }
    write(guest, result, &total.to_le_bytes())?;
    Ok(SUCCESS)
}

pub(super) fn seek(
    guest: &mut Guest<'_>,
    fd: u32,
    offset: i64,
    whence: u32,
    result: u32,
) -> wasmtime::Result<Errno> {
    charge(guest, FUEL_A_SHORT_CALL)?;
    let (handle, position) = match end(guest, fd, None) {
        Ok(End::File { handle, position }) => (handle, position),
        Ok(End::Device(_)) => return Ok(IS_PIPE),
        Err(error) => return Ok(code(error)),
    };
    let base = match whence {
        0 => Ok(0),
        1 => Ok(position),
        2 => guest.data_mut().files().stat(handle).map(|stat| stat.size),
        _ => Err(FileError::Invalid),
    };
    let to = base.and_then(|base| base.checked_add_signed(offset).ok_or(FileError::Invalid));
    match to {
        Ok(to) => {
            guest.data_mut().descriptors().advance(fd, to);
            write(guest, result, &to.to_le_bytes())?;
            Ok(SUCCESS)
        }
        Err(error) => Ok(code(error)),
    }
}

/// `fd_readdir`: as many entries as there is room for, the last one cut off, from the one with a number on.
pub(super) fn list(
    guest: &mut Guest<'_>,
    fd: u32,
    (address, length): (u32, u32),
    cookie: u64,
    result: u32,
) -> wasmtime::Result<Errno> {
    let most = (length as usize).min(READ_WINDOW);
    let listed = with_descriptor(guest, fd, |files, directory, _| {
        let listing = files.list(directory)?;
        let entries = entries(files, directory, listing, cookie, most);
        files.close(listing);
        entries
    })?;
    let mut bytes = match listed {
        Ok(bytes) => bytes,
        Err(error) => return Ok(code(error)),
    };
    bytes.truncate(most);
    charge(guest, abi::fuel_of_message(bytes.len()))?;
    write(guest, address, &bytes)?;
    write(guest, result, &(bytes.len() as u32).to_le_bytes())?; // at most a mebibyte
    Ok(SUCCESS)
}

fn entries(files: &mut Files, directory: u32, listing: u32, cookie: u64, most: usize) -> FileResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut number = 0_u64;
    while bytes.len() < most {
        let Some((name, kind)) = files.next_entry(listing)? else { break };
        number += 1;
        if number > cookie {
            let node = files.stat_at(directory, &name, false)?.node;
            bytes.extend(dirent(number, node, &name, kind));
        }
    }
    Ok(bytes)
}
