//! Files that are there whole or not at all, and the lock by which processes keep off one another.

use std::fs::{self, File};
use std::path::Path;

use super::error::{PackageError, file_error};
use crate::files;

/// What begins the names of files and folders that are not whole yet.
pub(crate) const TEMPORARY: &str = files::UNFINISHED;

/// The file by which processes keep off one another.
pub(crate) const LOCK: &str = "lock";

/// Writes a file so that it is there whole or not at all.
///
/// # Errors
///
/// When the file can not be written.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    files::write_durably(path, bytes).map_err(file_error("can not write", path))
}

/// Waits until no other process works in a folder. `waiting` is called if there is one.
///
/// # Errors
///
/// When the lock can not be made.
pub(crate) fn lock(directory: &Path, waiting: impl FnOnce()) -> Result<File, PackageError> {
    let path = directory.join(LOCK);
    let file = File::create(&path).map_err(file_error("can not make", &path))?;
    if file.try_lock().is_err() {
        waiting();
        file.lock().map_err(file_error("can not lock", &path))?;
    }
    Ok(file)
}

/// Removes what a process that was killed left under temporary names. Nobody else writes any while the lock is held;
/// what can not be removed does no harm.
pub(crate) fn remove_unfinished(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_as_open_as_others_that_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        fs::write(folder.path().join("other"), "").unwrap();
        write_whole(&folder.path().join("whole"), b"all of it").unwrap();
        assert_eq!(mode("whole"), mode("other"));
        assert_eq!(fs::read(folder.path().join("whole")).unwrap(), b"all of it");
    }
}
