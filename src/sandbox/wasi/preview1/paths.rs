//! Functions of preview 1 that take paths, each from an open directory on.

use wasmtime::Linker;

use super::descriptors::new_times;
use super::records::{SUCCESS, code, filestat};
use super::{Errno, tell};
use crate::sandbox::files::{FileResult, Files, Open, Timestamp};
use crate::sandbox::wasi::abi::write;
use crate::sandbox::wasi::descriptor_table::OpenDescriptor;
use crate::sandbox::wasi::file_access::{opening, read_path, with_descriptor, with_files};
use crate::sandbox::wasi::host::Host;
use crate::sandbox::wasi::{Guest, Import};

/// `lookupflags.symlink_follow`.
const FOLLOW: u32 = 1;
/// `fdflags.append`.
const APPEND: u32 = 1;
// Bits of `rights`.
const READ: u64 = 1 << 1;
const WRITE: u64 = 1 << 6;

/// Adds a function that takes paths.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    type Change = fn(&mut Files, u32, &str, Timestamp) -> FileResult<()>;
    let (module, name) = (import.module, import.name);
    let mut change = |change: Change| {
        let call = move |mut guest: Guest<'_>, fd: u32, path: u32, length: u32| {
            tell(at_path(&mut guest, fd, (path, length), change))
        };
        linker.func_wrap(module, name, call).map(|_| true)
    };
    match name {
        "path_create_directory" => return change(Files::create_directory),
        "path_remove_directory" => return change(Files::remove_directory),
        "path_unlink_file" => return change(Files::remove_file),
        "path_open" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 fd: u32,
                 lookup: u32,
                 path: u32,
                 length: u32,
                 how: u32,
                 rights: u64,
                 _inheriting: u64,
                 flags: u32,
                 result: u32| {
                    let how = Open {
                        read: rights & READ != 0,
                        write: rights & WRITE != 0,
                        follow: lookup & FOLLOW != 0,
                        ..opening(how)
                    };
                    open(&mut guest, fd, (path, length), how, flags & APPEND != 0, result)
                },
            )?;
        }
        "path_filestat_get" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, fd: u32, lookup: u32, path: u32, length: u32, result: u32| {
                    let stat = at_path(&mut guest, fd, (path, length), |files, at, path, _| {
                        files.stat_at(at, path, lookup & FOLLOW != 0)
                    })?;
                    match stat {
                        Ok(stat) => write(&mut guest, result, &filestat(stat)).map(|()| SUCCESS),
                        Err(error) => Ok(code(error)),
                    }
                },
            )?;
        }
        "path_filestat_set_times" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 fd: u32,
                 lookup: u32,
                 path: u32,
                 length: u32,
                 accessed: u64,
                 modified: u64,
                 flags: u32| {
                    tell(at_path(&mut guest, fd, (path, length), |files, at, path, now| {
                        let times = new_times(accessed, modified, flags)?;
                        files.set_times_at(at, path, lookup & FOLLOW != 0, times, now)
                    }))
                },
            )?;
        }
        "path_readlink" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 fd: u32,
                 path: u32,
                 length: u32,
                 buffer: u32,
                 size: u32,
                 result: u32| {
                    let target = at_path(&mut guest, fd, (path, length), |files, at, path, _| {
                        files.target_of_link(at, path)
                    })?;
                    let target = match target {
                        Ok(target) => target,
                        Err(error) => return Ok(code(error)),
                    };
                    let count = target.len().min(size as usize);
                    write(&mut guest, buffer, &target.as_bytes()[..count])?;
                    write(&mut guest, result, &(count as u32).to_le_bytes())?;
                    Ok::<_, wasmtime::Error>(SUCCESS)
                },
            )?;
        }
        _ => return provide_links(linker, import),
    }
    Ok(true)
}

/// Adds a function that takes two paths.
fn provide_links(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match name {
        "path_symlink" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, old: u32, old_length: u32, fd: u32, new: u32, new_length: u32| {
                    let target = read_path(&mut guest, old, old_length)?;
                    tell(at_path(&mut guest, fd, (new, new_length), |files, at, path, now| {
                        files.make_symbolic_link(&target?, at, path, now)
                    }))
                },
            )?;
        }
        "path_rename" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 old_fd: u32,
                 old: u32,
                 old_length: u32,
                 new_fd: u32,
                 new: u32,
                 new_length: u32| {
                    let paths = [(old_fd, old, old_length), (new_fd, new, new_length)];
                    two_paths(&mut guest, paths, Files::rename)
                },
            )?;
        }
        "path_link" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 old_fd: u32,
                 lookup: u32,
                 old: u32,
                 old_length: u32,
                 new_fd: u32,
                 new: u32,
                 new_length: u32| {
                    let paths = [(old_fd, old, old_length), (new_fd, new, new_length)];
                    two_paths(&mut guest, paths, |files, from, to, now| {
                        files.link(from, to, lookup & FOLLOW != 0, now)
                    })
                },
            )?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Does something with a path from a directory on.
fn at_path<T>(
    guest: &mut Guest<'_>,
    fd: u32,
    (address, length): (u32, u32),
    act: impl FnOnce(&mut Files, u32, &str, Timestamp) -> FileResult<T>,
) -> wasmtime::Result<FileResult<T>> {
    let path = read_path(guest, address, length)?;
    with_descriptor(guest, fd, |files, at, now| act(files, at, &path?, now))
}

fn two_paths(
    guest: &mut Guest<'_>,
    [old, new]: [(u32, u32, u32); 2],
    act: impl FnOnce(&mut Files, (u32, &str), (u32, &str), Timestamp) -> FileResult<()>,
) -> wasmtime::Result<Errno> {
    let old_path = read_path(guest, old.1, old.2)?;
    let new_path = read_path(guest, new.1, new.2)?;
    let descriptors = guest.data_mut().descriptors();
    let (old_at, new_at) = (descriptors.handle(old.0), descriptors.handle(new.0));
    tell(with_files(guest, |files, now| act(files, (old_at?, &old_path?), (new_at?, &new_path?), now)))
}

fn open(
    guest: &mut Guest<'_>,
    fd: u32,
    path: (u32, u32),
    how: Open,
    append: bool,
    result: u32,
) -> wasmtime::Result<Errno> {
    let opened = at_path(guest, fd, path, |files, at, path, now| files.open_at(at, path, how, now))?;
    match opened {
        Ok(handle) => {
            let descriptors = guest.data_mut().descriptors();
            let number = descriptors.add(OpenDescriptor::File { handle, position: 0, append });
            write(guest, result, &number.to_le_bytes())?;
            Ok(SUCCESS)
        }
        Err(error) => Ok(code(error)),
    }
}
