//! `wasi:io/streams`: standard input, output and error, and the streams of files.

use wasmtime::Linker;

use super::abi::{self, FUEL_A_CALL, READ_WINDOW, allocate, charge, return_list, slice, write};
use super::file_access::{pay, timestamp};
use super::resources::{self, ERROR, STANDARD_ERROR, STANDARD_OUTPUT, as_file, is_file};
use super::{Guest, Host, Import};
use crate::sandbox::files::{Device, FileError, Target};

/// How much a guest may write to a stream at once.
const WRITE_WINDOW: u64 = 1 << 20;

/// `result<_, stream-error>`, failed, with its case `closed`.
const CLOSED: [u8; 5] = [1, 0, 0, 0, 1];

/// Adds a function of `wasi:io/streams` to the linker.
pub(super) fn provide(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<bool> {
    let (module, name) = (import.module, import.name);
    match import.function() {
        "[method]input-stream.read" | "[method]input-stream.blocking-read" => read(linker, import)?,
        "[method]output-stream.check-write" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, _stream: u32, result: u32| {
                let mut bytes = [0; 16];
                bytes[8..].copy_from_slice(&WRITE_WINDOW.to_le_bytes());
                write(&mut guest, result, &bytes)
            })?;
        }
        "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush" => {
            linker.func_wrap(
                module,
                name,
                |mut guest: Guest<'_>, stream: u32, bytes: u32, length: u32, result: u32| {
                    let written = if is_file(stream) {
                        write_file(&mut guest, stream, bytes, length)?
                    } else {
                        abi::output(&mut guest, stream, bytes, length)?;
                        Ok(())
                    };
                    match written {
                        Ok(()) => write(&mut guest, result, &[0]),
                        Err(_) => failed(&mut guest, result),
                    }
                },
            )?;
        }
        "[method]output-stream.flush" | "[method]output-stream.blocking-flush" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, _stream: u32, result: u32| {
                write(&mut guest, result, &[0])
            })?;
        }
        "[method]input-stream.subscribe" | "[method]output-stream.subscribe" => {
            linker.func_wrap(module, name, |_stream: u32| resources::ALWAYS_READY)?;
        }
        "[resource-drop]input-stream" | "[resource-drop]output-stream" => {
            linker.func_wrap(module, name, |mut guest: Guest<'_>, stream: u32| {
                guest.data_mut().close_file(stream);
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Stores the case `last-operation-failed`. The guest's library makes `EIO` of it, whatever the error was.
fn failed(guest: &mut Guest<'_>, result: u32) -> wasmtime::Result<()> {
    write(guest, result, &[[1, 0, 0, 0], [0; 4], ERROR.to_le_bytes()].concat())
}

/// `read: func(len: u64) -> result<list<u8>, stream-error>`.
fn read(linker: &mut Linker<Host>, import: Import<'_>) -> wasmtime::Result<()> {
    let realloc = import.realloc();
    linker.func_wrap_async(
        import.module,
        import.name,
        move |mut guest: Guest<'_>, (stream, most, result): (u32, u64, u32)| {
            let realloc = realloc.clone();
            Box::new(async move {
                let most = usize::try_from(most).unwrap_or(usize::MAX).min(READ_WINDOW);
                let source = if is_file(stream) {
                    charge(&mut guest, FUEL_A_CALL)?;
                    as_file(stream).and_then(|stream| guest.data_mut().files().source(stream))
                } else {
                    Ok(Target::Device(Device::Input))
                };
                let length = match source {
                    Ok(Target::File { left }) => left.min(most as u64) as u32,
                    Ok(Target::Device(Device::Random)) => most as u32,
                    Ok(Target::Device(Device::Null)) => 0,
                    Ok(Target::Device(Device::Input)) => {
                        return read_input(&mut guest, &realloc, most, result).await;
                    }
                    Ok(Target::Device(Device::Output | Device::ErrorOutput)) | Err(_) => {
                        return failed(&mut guest, result);
                    }
                };
                if length == 0 && most > 0 {
                    return write(&mut guest, result, &CLOSED);
                }
                let address = allocate(&mut guest, &realloc, 1, length).await?;
                if source == Ok(Target::Device(Device::Random)) {
                    abi::fill_random(&mut guest, address, length)?;
                } else {
                    read_file(&mut guest, stream, address, length)?;
                }
                write(&mut guest, result, &[0])?;
                abi::write_list(&mut guest, result.wrapping_add(4), address, length)
            })
        },
    )?;
    Ok(())
}

/// Reads standard input, the one input that is not a file.
async fn read_input(guest: &mut Guest<'_>, realloc: &str, most: usize, result: u32) -> wasmtime::Result<()> {
    let (input, range) = guest.data_mut().read_input(most);
    if range.is_empty() && most > 0 {
        return write(guest, result, &CLOSED);
    }
    write(guest, result, &[0])?;
    let length = range.len() as u32;
    return_list(guest, realloc, result.wrapping_add(4), &input[range], length, 1).await
}

/// Copies as many bytes as are known to follow in a file into the guest's memory.
fn read_file(guest: &mut Guest<'_>, stream: u32, address: u32, length: u32) -> wasmtime::Result<()> {
    let (bytes, host) = slice(guest, address, length)?;
    let read = as_file(stream).and_then(|stream| host.files().read_stream(stream, bytes));
    debug_assert_eq!(read, Ok(length as usize), "nothing came between");
    pay(guest)
}

/// Writes bytes of the guest's memory to a file or device.
fn write_file(
    guest: &mut Guest<'_>,
    stream: u32,
    address: u32,
    length: u32,
) -> wasmtime::Result<Result<(), FileError>> {
    let sink = as_file(stream).and_then(|stream| guest.data_mut().files().sink(stream));
    match sink {
        Ok(Target::Device(Device::Output)) => abi::output(guest, STANDARD_OUTPUT, address, length).map(Ok),
        Ok(Target::Device(Device::ErrorOutput)) => {
            abi::output(guest, STANDARD_ERROR, address, length).map(Ok)
        }
        Ok(Target::Device(Device::Null | Device::Random)) => charge(guest, FUEL_A_CALL).map(Ok),
        Ok(Target::Device(Device::Input)) => {
            charge(guest, FUEL_A_CALL)?;
            Ok(Err(FileError::BadDescriptor))
        }
        Ok(Target::File { .. }) => {
            charge(guest, FUEL_A_CALL)?;
            let now = timestamp(guest)?;
            let (bytes, host) = slice(guest, address, length)?;
            let written = as_file(stream).and_then(|stream| host.files().write_stream(stream, bytes, now));
            pay(guest)?;
            Ok(written)
        }
        Err(error) => {
            charge(guest, FUEL_A_CALL)?;
            Ok(Err(error))
        }
    }
}
