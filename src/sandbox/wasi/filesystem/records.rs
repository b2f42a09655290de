//! What functions of `wasi:filesystem` return, as the canonical ABI lays it out.

use crate::sandbox::files::{FileError, FileResult, NodeKind, Stat};
use crate::sandbox::wasi::Guest;
use crate::sandbox::wasi::abi::write;
use crate::sandbox::wasi::resources::FIRST_FILE;

/// `descriptor-type`.
pub(super) fn kind_code(kind: NodeKind) -> u8 {
    match kind {
        NodeKind::Device => 2,
        NodeKind::Directory => 3,
        NodeKind::Link => 5,
        NodeKind::File => 6,
    }
}

/// `descriptor-stat`.
pub(super) fn stat_record(stat: Stat) -> Vec<u8> {
    let mut record = vec![0; 96];
    record[0] = kind_code(stat.kind);
    record[8..16].copy_from_slice(&stat.names.to_le_bytes());
    record[16..24].copy_from_slice(&stat.size.to_le_bytes());
    for (time, start) in [(stat.accessed, 24), (stat.modified, 48), (stat.changed, 72)] {
        record[start] = 1;
        record[start + 8..start + 16].copy_from_slice(&time.seconds.to_le_bytes());
        record[start + 16..start + 20].copy_from_slice(&time.nanoseconds.to_le_bytes());
    }
    record
}

/// `metadata-hash-value`: the guest's library takes the lower half for the number of the file.
pub(super) fn hash_record(stat: Stat) -> Vec<u8> {
    [stat.node.to_le_bytes(), [0; 8]].concat()
}

/// `error-code`.
fn error_code(error: FileError) -> u8 {
    match error {
        FileError::Access => 0,
        FileError::BadDescriptor => 3,
        FileError::Busy => 4,
        FileError::Exist => 7,
        FileError::FileTooLarge => 8,
        FileError::IllegalByteSequence => 9,
        FileError::Invalid => 12,
        FileError::IsDirectory => 14,
        FileError::Loop => 15,
        FileError::NameTooLong => 18,
        FileError::NoEntry => 20,
        // There is no code for too many open files.
        FileError::TooManyOpen => 22,
        FileError::InsufficientSpace => 23,
        FileError::NotDirectory => 24,
        FileError::NotEmpty => 25,
        FileError::NotPermitted => 31,
        FileError::InvalidSeek => 34,
    }
}

/// Stores the failed case of a result whose cases have this alignment.
pub(super) fn write_error(
    guest: &mut Guest<'_>,
    address: u32,
    alignment: usize,
    error: FileError,
) -> wasmtime::Result<()> {
    let mut record = vec![0; alignment + 1];
    (record[0], record[alignment]) = (1, error_code(error));
    write(guest, address, &record)
}

/// Stores a result whose cases have this alignment.
pub(super) fn write_result<T>(
    guest: &mut Guest<'_>,
    address: u32,
    alignment: usize,
    result: FileResult<T>,
    record: impl FnOnce(T) -> Vec<u8>,
) -> wasmtime::Result<()> {
    match result {
        Ok(value) => {
            let mut bytes = vec![0; alignment];
            bytes.extend(record(value));
            write(guest, address, &bytes)
        }
        Err(error) => write_error(guest, address, alignment, error),
    }
}

pub(super) fn write_done(guest: &mut Guest<'_>, address: u32, done: FileResult<()>) -> wasmtime::Result<()> {
    write_result(guest, address, 1, done, |()| Vec::new())
}

pub(super) fn write_handle(
    guest: &mut Guest<'_>,
    address: u32,
    handle: FileResult<u32>,
) -> wasmtime::Result<()> {
    write_result(guest, address, 4, handle, |handle| (FIRST_FILE + handle).to_le_bytes().into())
}
