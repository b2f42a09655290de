//! The functions of preview 1 that take a descriptor.

use wasmtime::Linker;

use super::bytes::{list, read, seek, write_buffers};
use super::records::{NOT_SUPPORTED, SUCCESS, code, fdstat, filestat, timestamp as time_at};
use super::{Errno, tell};
use crate::sandbox::files::{FileError, FileResult, NewTime, NodeKind, Stat};
use crate::sandbox::wasi::abi::{FUEL_A_SHORT_CALL, charge, write};
use crate::sandbox::wasi::descriptor_table::OpenDescriptor;
use crate::sandbox::wasi::file_access::{with_descriptor, with_files};
use crate::sandbox::wasi::host::Host;
use crate::sandbox::wasi::{Guest, Import, time_of_day};

/// The descriptor of the root directory, which a guest begins with.
const ROOT: u32 = 3;
/// `fdflags.append`.
const APPEND: u32 = 1;

/// Adds a function that takes a descriptor.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match name {
        "fd_read" | "fd_write" => {
            let move_bytes = if name == "fd_read" { read } else { write_buffers };
            linker.func_wrap(
                module,
                name,
                move |mut guest: Guest<'_>, fd: u32, list: u32, count: u32, result: u32| {
                    move_bytes(&mut guest, fd, (list, count), None, result)
                },
            )?;
        }
        "fd_pread" | "fd_pwrite" => {
            let move_bytes = if name == "fd_pread" { read } else { write_buffers };
            linker.func_wrap(
                module,
                name,
                move |mut guest: Guest<'_>, fd: u32, list: u32, count: u32, offset: u64, result: u32| {
                    move_bytes(&mut guest, fd, (list, count), Some(offset), result)
                },
            )?;
        }
        "fd_seek" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, offset: i64, whence: u32, result: u32| {
                    seek(&mut guest, fd, offset, whence, result)
                },
            )?;
        }
        "fd_tell" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, result: u32| {
                seek(&mut guest, fd, 0, 1, result)
            })?;
        }
        "fd_close" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                let taken = guest.data_mut().descriptors().take(fd);
                tell(Ok(taken.map(|opened| close(guest.data_mut(), opened))))
            })?;
        }
        "fd_renumber" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, to: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                tell(Ok(renumber(guest.data_mut(), fd, to)))
            })?;
        }
        "fd_readdir" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, address: u32, length: u32, cookie: u64, result: u32| {
                    list(&mut guest, fd, (address, length), cookie, result)
                },
            )?;
        }
        "fd_prestat_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, result: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                if fd != ROOT || !guest.data_mut().descriptors().has(ROOT) {
                    return Ok(code(FileError::BadDescriptor));
                }
                write(&mut guest, result, &[0, 0, 0, 0, 1, 0, 0, 0])?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "fd_prestat_dir_name" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, path: u32, length: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                if fd != ROOT || !guest.data_mut().descriptors().has(ROOT) {
                    return Ok(code(FileError::BadDescriptor));
                }
                if length < 1 {
                    return Ok(code(FileError::NameTooLong));
                }
                write(&mut guest, path, b"/")?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        _ => return provide_records(linker, import),
    }
    Ok(true)
}

/// Adds a function that tells or changes what is known of a descriptor.
fn provide_records(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match name {
        "fd_fdstat_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, result: u32| {
                let (stat, append) = match stat(&mut guest, fd)? {
                    Ok(found) => found,
                    Err(error) => return Ok(code(error)),
                };
                write(&mut guest, result, &fdstat(stat.kind, u16::from(append)))?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "fd_filestat_get" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, result: u32| {
                let stat = match stat(&mut guest, fd)? {
                    Ok((stat, _)) => stat,
                    Err(error) => return Ok(code(error)),
                };
                write(&mut guest, result, &filestat(stat))?;
                Ok::<_, wasmtime::Error>(SUCCESS)
            })?;
        }
        "fd_fdstat_set_flags" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, flags: u32| {
                charge(&mut guest, FUEL_A_SHORT_CALL)?;
                let descriptors = guest.data_mut().descriptors();
                descriptors.set_append(fd, flags & APPEND != 0);
                tell(Ok(descriptors.get(fd).map(|_| ())))
            })?;
        }
        // Rights are not kept: what may be done with a descriptor is what it was opened for.
        "fd_fdstat_set_rights" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, _base: u64, _inheriting: u64| exists(&mut guest, fd),
            )?;
        }
        // What is in memory needs no advice and no writing to a disk.
        "fd_sync" | "fd_datasync" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32| exists(&mut guest, fd))?;
        }
        "fd_advise" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, _offset: u64, _length: u64, _advice: u32| {
                    exists(&mut guest, fd)
                },
            )?;
        }
        "fd_allocate" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, _fd: u32, _offset: u64, _length: u64| {
                    charge(&mut guest, FUEL_A_SHORT_CALL)?;
                    Ok::<_, wasmtime::Error>(NOT_SUPPORTED)
                },
            )?;
        }
        "fd_filestat_set_size" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, fd: u32, size: u64| {
                tell(with_descriptor(&mut guest, fd, |files, handle, now| files.set_size(handle, size, now)))
            })?;
        }
        "fd_filestat_set_times" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, accessed: u64, modified: u64, flags: u32| {
                    tell(with_descriptor(&mut guest, fd, |files, handle, now| {
                        files.set_times(handle, new_times(accessed, modified, flags)?, now)
                    }))
                },
            )?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn exists(guest: &mut Guest<'_>, fd: u32) -> wasmtime::Result<Errno> {
    charge(guest, FUEL_A_SHORT_CALL)?;
    tell(Ok(guest.data_mut().descriptors().get(fd).map(|_| ())))
}

fn close(host: &mut Host, opened: OpenDescriptor) {
    if let OpenDescriptor::File { handle, .. } = opened {
        host.files().close(handle);
    }
}

/// Gives a descriptor the number of another one, which is closed.
fn renumber(host: &mut Host, from: u32, to: u32) -> FileResult<()> {
    let descriptors = host.descriptors();
    descriptors.get(to)?;
    descriptors.get(from)?;
    if from != to {
        let opened = descriptors.take(from)?;
        let replaced = descriptors.replace(to, opened)?;
        close(host, replaced);
    }
    Ok(())
}

/// What is known of a descriptor, and whether it is always written at the end.
fn stat(guest: &mut Guest<'_>, fd: u32) -> wasmtime::Result<FileResult<(Stat, bool)>> {
    let opened = guest.data_mut().descriptors().get(fd);
    let start = time_of_day(0);
    with_files(guest, |files, _| match opened? {
        OpenDescriptor::Stream(_) => {
            let (node, size) = (0, 0);
            let (accessed, modified, changed) = (start, start, start);
            Ok((Stat { kind: NodeKind::Device, node, names: 1, size, accessed, modified, changed }, false))
        }
        OpenDescriptor::File { handle, append, .. } => Ok((files.stat(handle)?, append)),
    })
}

/// Times in nanoseconds, and flags that say whether to set them: to what is given, or to now.
pub(super) fn new_times(accessed: u64, modified: u64, flags: u32) -> FileResult<[NewTime; 2]> {
    let time = |given: u64, flags: u32| match flags & 3 {
        0 => Ok(NewTime::Keep),
        1 => Ok(NewTime::At(time_at(given))),
        2 => Ok(NewTime::Now),
        _ => Err(FileError::Invalid),
    };
    Ok([time(accessed, flags)?, time(modified, flags >> 2)?])
}
