//! Files that are replaced whole or not at all, power loss included.
//!
//! Other files are written by `files::write_whole`, under a name that nobody else has. A run's directory has one writer,
//! and holds nothing but files of known names, so that what a crash left behind is recognised, and replaced.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::RecordError;
use super::error::io_error;

/// What is appended to a file's name while its next content is written.
const TEMPORARY: &str = ".tmp";

/// Writes the file's new content beside it, then puts it in its place. On error the old file stays as it was.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), RecordError>,
) -> Result<(), RecordError> {
    let temporary = temporary(path);
    let result = (|| {
        let file = File::create(&temporary).map_err(io_error("create", &temporary))?;
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        let file = writer.into_inner().map_err(|error| io_error("write", &temporary)(error.into_error()))?;
        file.sync_all().map_err(io_error("write", &temporary))?;
        drop(file);
        fs::rename(&temporary, path).map_err(io_error("replace", path))
    })();
    if result.is_err() {
        let _ = fs::remove_file(&temporary); // the error that led here says more
    }
    result?;
    sync_directory(path.parent().unwrap_or(Path::new("")))
}

/// The name under which [`replace`] writes.
pub(super) fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(TEMPORARY);
    PathBuf::from(name)
}

/// Makes the directory's entries durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), RecordError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|directory| directory.sync_all()).map_err(io_error("write", path))
}
