//! `wasi:filesystem`: the cell's [files](crate::sandbox::files), as the canonical ABI hands them to guests.
//!
//! Each function costs [`FUEL_A_CALL`], and what the work is worth beside that. Errors of the file system are results;
//! a handle that is none is such an error, too.

mod records;

use wasmtime::Linker;

use super::abi::{self, FUEL_A_CALL, READ_WINDOW, allocate, charge, return_list, slice, write};
use super::file_access::{opening, pay, read_path, timestamp, with_files};
use super::resources::{FIRST_FILE, as_file};
use super::{Guest, Host, Import};
use crate::sandbox::files::{FileError, FileResult, Files, NewTime, Open, Timestamp};

use records::{hash_record, kind_code, stat_record, write_done, write_error, write_handle, write_result};

// A bit of `path-flags`, then bits of `descriptor-flags`.
const FOLLOW: u32 = 1;
const READ: u32 = 1;
const WRITE: u32 = 1 << 1;
const MUTATE_DIRECTORY: u32 = 1 << 5;

/// Adds a function of `wasi:filesystem/types` to the linker.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "[method]descriptor.read-via-stream" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, offset: u64, result: u32| {
                let stream = with_files(&mut guest, |files, _| files.input_stream(as_file(file)?, offset))?;
                write_handle(&mut guest, result, stream)
            })?;
        }
        "[method]descriptor.write-via-stream" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, offset: u64, result: u32| {
                let open = |files: &mut Files, _| files.output_stream(as_file(file)?, Some(offset));
                let stream = with_files(&mut guest, open)?;
                write_handle(&mut guest, result, stream)
            })?;
        }
        "[method]descriptor.append-via-stream" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, result: u32| {
                let stream = with_files(&mut guest, |files, _| files.output_stream(as_file(file)?, None))?;
                write_handle(&mut guest, result, stream)
            })?;
        }
        "[method]descriptor.read" => read(linker, import)?,
        "[method]descriptor.write" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, file: u32, bytes: u32, length: u32, offset: u64, result: u32| {
                    let written = write_at(&mut guest, file, bytes, length, offset)?;
                    write_result(&mut guest, result, 8, written, |_| u64::from(length).to_le_bytes().into())
                },
            )?;
        }
        "[method]descriptor.advise" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, file: u32, _offset: u64, _length: u64, _advice: u32, result: u32| {
                    checked_only(&mut guest, file, result)
                },
            )?;
        }
        "[method]descriptor.sync" | "[method]descriptor.sync-data" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, result: u32| {
                checked_only(&mut guest, file, result)
            })?;
        }
        "[method]descriptor.get-flags" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, result: u32| {
                let flags = with_files(&mut guest, |files, _| flags(files, file))?;
                write_result(&mut guest, result, 1, flags, |flags| vec![flags as u8])
            })?;
        }
        "[method]descriptor.get-type" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, result: u32| {
                let stat = with_files(&mut guest, |files, _| files.stat(as_file(file)?))?;
                write_result(&mut guest, result, 1, stat, |stat| vec![kind_code(stat.kind)])
            })?;
        }
        "[method]descriptor.set-size" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, size: u64, result: u32| {
                let done = with_files(&mut guest, |files, now| files.set_size(as_file(file)?, size, now))?;
                write_done(&mut guest, result, done)
            })?;
        }
        function @ ("[method]descriptor.stat" | "[method]descriptor.metadata-hash") => {
            let record = if function.ends_with("stat") { stat_record } else { hash_record };
            linker.func_wrap(module, name, move |mut guest: Guest<'_>, file: u32, result: u32| {
                let stat = with_files(&mut guest, |files, _| files.stat(as_file(file)?))?;
                write_result(&mut guest, result, 8, stat, record)
            })?;
        }
        "[method]descriptor.read-directory" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, file: u32, result: u32| {
                let listing = with_files(&mut guest, |files, _| files.list(as_file(file)?))?;
                write_handle(&mut guest, result, listing)
            })?;
        }
        "[method]directory-entry-stream.read-directory-entry" => read_entry(linker, import)?,
        "[resource-drop]descriptor" | "[resource-drop]directory-entry-stream" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, handle: u32| {
                guest.data_mut().close_file(handle);
            })?;
        }
        _ => return provide_times(linker, import),
    }
    Ok(true)
}

/// Adds a function that takes times.
fn provide_times(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "[method]descriptor.set-times" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 file: u32,
                 a: u32,
                 b: u64,
                 c: u32,
                 d: u32,
                 e: u64,
                 f: u32,
                 result: u32| {
                    let done = with_files(&mut guest, |files, now| {
                        files.set_times(as_file(file)?, [new_time(a, b, c)?, new_time(d, e, f)?], now)
                    })?;
                    write_done(&mut guest, result, done)
                },
            )?;
        }
        "[method]descriptor.set-times-at" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 at: u32,
                 how: u32,
                 path: u32,
                 length: u32,
                 a: u32,
                 b: u64,
                 c: u32,
                 d: u32,
                 e: u64,
                 f: u32,
                 result: u32| {
                    let done = at_path(&mut guest, (at, path, length), |files, at, path, now| {
                        let times = [new_time(a, b, c)?, new_time(d, e, f)?];
                        files.set_times_at(at, path, how & FOLLOW != 0, times, now)
                    })?;
                    write_done(&mut guest, result, done)
                },
            )?;
        }
        _ => return provide_paths(linker, import),
    }
    Ok(true)
}

/// Adds a function that takes paths.
fn provide_paths(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    type Change = fn(&mut Files, u32, &str, Timestamp) -> FileResult<()>;
    let (module, name) = (import.module, import.name);
    let mut change = |change: Change| {
        let call = move |mut guest: Guest<'_>, at: u32, path: u32, length: u32, result: u32| {
            let done = at_path(&mut guest, (at, path, length), change)?;
            write_done(&mut guest, result, done)
        };
        linker.func_wrap(module, name, call).map(|_| true)
    };
    match import.function() {
        "[method]descriptor.create-directory-at" => return change(Files::create_directory),
        "[method]descriptor.remove-directory-at" => return change(Files::remove_directory),
        "[method]descriptor.unlink-file-at" => return change(Files::remove_file),
        "[method]descriptor.readlink-at" => read_link(linker, import)?,
        "[method]descriptor.symlink-at" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 at: u32,
                 old: u32,
                 old_length: u32,
                 new: u32,
                 new_length: u32,
                 result: u32| {
                    let done = match read_path(&mut guest, old, old_length)? {
                        Ok(target) => at_path(&mut guest, (at, new, new_length), |files, at, path, now| {
                            files.make_symbolic_link(&target, at, path, now)
                        })?,
                        Err(error) => Err(error),
                    };
                    write_done(&mut guest, result, done)
                },
            )?;
        }
        function @ ("[method]descriptor.stat-at" | "[method]descriptor.metadata-hash-at") => {
            let asks_for_hash = function.ends_with("hash-at");
            let record = if asks_for_hash { hash_record } else { stat_record };
            linker.func_wrap(
                module,
                name,
                move |mut guest: Guest<'_>, at: u32, how: u32, path: u32, length: u32, result: u32| {
                    let stat = at_path(&mut guest, (at, path, length), |files, at, path, _| {
                        let follow = how & FOLLOW != 0;
                        if asks_for_hash {
                            // The C library follows links for the record of a file and not for its number, so that a
                            // file would not be the same as itself by its link.
                            return files
                                .stat_at(at, path, true)
                                .or_else(|_| files.stat_at(at, path, follow));
                        }
                        files.stat_at(at, path, follow)
                    })?;
                    write_result(&mut guest, result, 8, stat, record)
                },
            )?;
        }
        "[method]descriptor.open-at" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 at: u32,
                 path_flags: u32,
                 path: u32,
                 length: u32,
                 how: u32,
                 flags: u32,
                 result: u32| {
                    let how = Open {
                        read: flags & READ != 0,
                        write: flags & WRITE != 0,
                        follow: path_flags & FOLLOW != 0,
                        ..opening(how)
                    };
                    let opened = at_path(&mut guest, (at, path, length), |files, at, path, now| {
                        files.open_at(at, path, how, now)
                    })?;
                    write_handle(&mut guest, result, opened)
                },
            )?;
        }
        "[method]descriptor.rename-at" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 old_at: u32,
                 old: u32,
                 old_length: u32,
                 new_at: u32,
                 new: u32,
                 new_length: u32,
                 result: u32| {
                    let paths = [(old_at, old, old_length), (new_at, new, new_length)];
                    two_paths(&mut guest, paths, result, Files::rename)
                },
            )?;
        }
        "[method]descriptor.link-at" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>,
                 old_at: u32,
                 how: u32,
                 old: u32,
                 old_length: u32,
                 new_at: u32,
                 new: u32,
                 new_length: u32,
                 result: u32| {
                    let paths = [(old_at, old, old_length), (new_at, new, new_length)];
                    two_paths(&mut guest, paths, result, |files, from, to, now| {
                        files.link(from, to, how & FOLLOW != 0, now)
                    })
                },
            )?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// `get-directories: func() -> list<tuple<descriptor, string>>`: the root directory.
pub(super) fn get_directories(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(import.module, import.name, move |mut guest: Guest<'_>, (result,): (u32,)| {
        let realloc = realloc.clone();
        Box::new(async move {
            let root = with_files(&mut guest, |files, _| files.open_root())?;
            let Ok(root) = root else {
                return return_list(&mut guest, &realloc, result, &[], 0, 4).await;
            };
            let path = allocate(&mut guest, &realloc, 1, 1).await?;
            write(&mut guest, path, b"/")?;
            let pair = [FIRST_FILE + root, path, 1].map(u32::to_le_bytes).concat();
            return_list(&mut guest, &realloc, result, &pair, 1, 4).await
        })
    })?;
    Ok(())
}

/// `read: func(length: u64, offset: u64) -> result<tuple<list<u8>, bool>, error-code>`.
fn read(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (file, most, offset, result): (u32, u64, u64, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let left = match with_files(&mut guest, |files, _| files.left(as_file(file)?, offset))? {
                    Ok(left) => left,
                    Err(error) => return write_error(&mut guest, result, 4, error),
                };
                let length = left.min(most).min(READ_WINDOW as u64) as u32;
                let address = allocate(&mut guest, &realloc, 1, length).await?;
                let (bytes, host) = slice(&mut guest, address, length)?;
                let read = as_file(file).and_then(|file| host.files().read_at(file, offset, bytes));
                pay(&mut guest)?;
                let length = read.unwrap_or_default() as u32;
                write(&mut guest, result, &[0])?;
                abi::write_list(&mut guest, result.wrapping_add(4), address, length)?;
                write(&mut guest, result.wrapping_add(12), &[u8::from(u64::from(length) == left)])
            })
        },
    )?;
    Ok(())
}

fn write_at(
    guest: &mut Guest<'_>,
    file: u32,
    bytes: u32,
    length: u32,
    offset: u64,
) -> wasmtime::Result<FileResult<()>> {
    charge(guest, FUEL_A_CALL)?;
    let now = timestamp(guest)?;
    let (bytes, host) = slice(guest, bytes, length)?;
    let written = as_file(file).and_then(|file| host.files().write_at(file, offset, bytes, now));
    pay(guest)?;
    Ok(written)
}

/// `readlink-at: func(path: string) -> result<string, error-code>`.
fn read_link(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (at, path, length, result): (u32, u32, u32, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let target = at_path(&mut guest, (at, path, length), |files, at, path, _| {
                    files.target_of_link(at, path)
                })?;
                match target {
                    Ok(target) => {
                        write(&mut guest, result, &[0])?;
                        let (bytes, length) = (target.as_bytes(), target.len() as u32); // it is a path
                        return_list(&mut guest, &realloc, result.wrapping_add(4), bytes, length, 1).await
                    }
                    Err(error) => write_error(&mut guest, result, 4, error),
                }
            })
        },
    )?;
    Ok(())
}

/// `read-directory-entry: func() -> result<option<directory-entry>, error-code>`.
fn read_entry(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (listing, result): (u32, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let entry = with_files(&mut guest, |files, _| files.next_entry(as_file(listing)?))?;
                match entry {
                    Ok(Some((name, kind))) => {
                        write(&mut guest, result, &[0, 0, 0, 0, 1, 0, 0, 0, kind_code(kind)])?;
                        let length = name.len() as u32; // names are short
                        let list = result.wrapping_add(12);
                        return_list(&mut guest, &realloc, list, name.as_bytes(), length, 1).await
                    }
                    Ok(None) => write(&mut guest, result, &[0; 5]),
                    Err(error) => write_error(&mut guest, result, 4, error),
                }
            })
        },
    )?;
    Ok(())
}

/// Does something with a path from an open directory: its handle, and address and length of the path.
fn at_path<T>(
    guest: &mut Guest<'_>,
    (at, address, length): (u32, u32, u32),
    act: impl FnOnce(&mut Files, u32, &str, Timestamp) -> FileResult<T>,
) -> wasmtime::Result<FileResult<T>> {
    match read_path(guest, address, length)? {
        Ok(path) => with_files(guest, |files, now| act(files, as_file(at)?, &path, now)),
        Err(error) => with_files(guest, |_, _| Err(error)),
    }
}

fn two_paths(
    guest: &mut Guest<'_>,
    [old, new]: [(u32, u32, u32); 2],
    result: u32,
    act: impl FnOnce(&mut Files, (u32, &str), (u32, &str), Timestamp) -> FileResult<()>,
) -> wasmtime::Result<()> {
    let old_path = read_path(guest, old.1, old.2)?;
    let new_path = read_path(guest, new.1, new.2)?;
    let done = with_files(guest, |files, now| {
        act(files, (as_file(old.0)?, &old_path?), (as_file(new.0)?, &new_path?), now)
    })?;
    write_done(guest, result, done)
}

/// Succeeds for every file that is open: what is in memory needs no advice and no writing to a disk.
fn checked_only(guest: &mut Guest<'_>, file: u32, result: u32) -> wasmtime::Result<()> {
    let done = with_files(guest, |files, _| files.stat(as_file(file)?).map(|_| ()))?;
    write_done(guest, result, done)
}

fn flags(files: &mut Files, file: u32) -> FileResult<u32> {
    let file = as_file(file)?;
    let (read, write) = files.access(file)?;
    let write_flag = if files.is_directory(file)? { MUTATE_DIRECTORY } else { WRITE };
    Ok(if read { READ } else { 0 } | if write { write_flag } else { 0 })
}

fn new_time(case: u32, seconds: u64, nanoseconds: u32) -> FileResult<NewTime> {
    match case {
        0 => Ok(NewTime::Keep),
        1 => Ok(NewTime::Now),
        2 => Ok(NewTime::At(Timestamp { seconds, nanoseconds })),
        _ => Err(FileError::Invalid),
    }
}
