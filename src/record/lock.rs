//! One writer a run directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::RecordError;
use super::error::io_error;

/// Name of the lock file. It stays when the lock is released: removing it would let two processes each lock "the"
/// file, one of them a removed one. It also marks a directory as karat's own.
pub(super) const LOCK: &str = ".lock";

/// The right to write a run directory, until dropped. The system releases it when the process dies, however it dies.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, or says at once who holds it.
    pub(super) fn acquire(directory: &Path) -> Result<Self, RecordError> {
        let path: PathBuf = directory.join(LOCK);
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(io_error("create", &path))?;
            match file.try_lock() {
                Ok(()) if is_still_there(&file, &path) => {
                    // Only for the message of a process that comes second, so failing to write it is no harm.
                    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                    return Ok(DirectoryLock { _file: file });
                }
                Ok(()) => continue, // its last holder removed it between our open and lock
                Err(TryLockError::WouldBlock) => {
                    let process = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
                    return Err(RecordError::Locked { path: directory.to_owned(), process });
                }
                Err(TryLockError::Error(source)) => return Err(io_error("lock", &path)(source)),
            }
        }
    }
}

fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}
