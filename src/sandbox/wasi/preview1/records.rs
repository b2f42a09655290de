//! How preview 1 lays out what its functions return.

use super::Errno;
use crate::sandbox::files::{FileError, NodeKind, Stat, Timestamp};

pub(super) const SUCCESS: Errno = 0;
pub(super) const BAD_DESCRIPTOR: Errno = 8;
pub(super) const INVALID: Errno = 28;
pub(super) const NO_SUCH_FUNCTION: Errno = 52;
pub(super) const NOT_SUPPORTED: Errno = 58;
pub(super) const IS_PIPE: Errno = 70;
/// The bits that an error has in a record.
pub(super) const ERROR_BITS: Errno = 0xffff;

/// Everything for which preview 1 has a right, since what can really be done with a descriptor shows when it is tried.
/// With the right to seek, streams are no terminals for the guest's library, which then buffers.
pub(super) const ALL_RIGHTS: u64 = (1 << 30) - 1;

/// `errno`.
pub(super) fn code(error: FileError) -> Errno {
    match error {
        FileError::Access => 2,
        FileError::BadDescriptor => BAD_DESCRIPTOR,
        FileError::Busy => 10,
        FileError::Exist => 20,
        FileError::FileTooLarge => 22,
        FileError::IllegalByteSequence => 25,
        FileError::Invalid => INVALID,
        FileError::IsDirectory => 31,
        FileError::Loop => 32,
        FileError::TooManyOpen => 33,
        FileError::NameTooLong => 37,
        FileError::NoEntry => 44,
        FileError::InsufficientSpace => 51,
        FileError::NotDirectory => 54,
        FileError::NotEmpty => 55,
        FileError::NotPermitted => 63,
        FileError::InvalidSeek => IS_PIPE,
    }
}

/// `filetype`.
pub(super) fn kind_code(kind: NodeKind) -> u8 {
    match kind {
        NodeKind::Device => 2,
        NodeKind::Directory => 3,
        NodeKind::File => 4,
        NodeKind::Link => 7,
    }
}

/// `filestat`.
pub(super) fn filestat(stat: Stat) -> [u8; 64] {
    let mut record = [0; 64];
    let numbers = [
        (8, stat.node),
        (24, stat.names),
        (32, stat.size),
        (40, nanoseconds(stat.accessed)),
        (48, nanoseconds(stat.modified)),
        (56, nanoseconds(stat.changed)),
    ];
    for (start, number) in numbers {
        record[start..start + 8].copy_from_slice(&number.to_le_bytes());
    }
    record[16] = kind_code(stat.kind);
    record
}

/// `fdstat`.
pub(super) fn fdstat(kind: NodeKind, flags: u16) -> [u8; 24] {
    let mut record = [0; 24];
    record[0] = kind_code(kind);
    record[2..4].copy_from_slice(&flags.to_le_bytes());
    record[8..16].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
    record[16..].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
    record
}

/// `dirent`, with the name behind it.
pub(super) fn dirent(next: u64, node: u64, name: &str, kind: NodeKind) -> Vec<u8> {
    let mut record = [next.to_le_bytes(), node.to_le_bytes()].concat();
    record.extend((name.len() as u32).to_le_bytes());
    record.extend([kind_code(kind), 0, 0, 0]);
    record.extend(name.as_bytes());
    record
}

/// A time in nanoseconds since 1970.
pub(super) fn nanoseconds(time: Timestamp) -> u64 {
    time.seconds.saturating_mul(1_000_000_000).saturating_add(time.nanoseconds.into())
}

/// A time that is given in nanoseconds since 1970.
pub(super) fn timestamp(nanoseconds: u64) -> Timestamp {
    Timestamp { seconds: nanoseconds / 1_000_000_000, nanoseconds: (nanoseconds % 1_000_000_000) as u32 }
}
