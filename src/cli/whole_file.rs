//! Files that are written whole or not at all.

use std::io::{self, BufWriter, IsTerminal};
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;

use super::lines::tell;
use crate::files;
use crate::shown::shown;

/// Refuses a file that can not be written for sure, before anything takes time.
pub(super) fn can_be_written(path: &Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = shown(path.display());
    anyhow::ensure!(!path.is_dir(), "can not write {shown}: it is a folder");
    anyhow::ensure!(parent.is_dir(), "can not write {shown}: there is no folder {}", parent.display());
    Ok(())
}

/// Says where a file was written, to whoever sits at a terminal.
pub(super) fn tell_written(path: &Path) {
    if io::stderr().is_terminal() {
        tell(&format!("wrote {}", shown(path.display())));
    }
}

/// Writes a file beside its place and moves it there; an error names it.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    files::write_whole(path, write).with_context(|| format!("can not write {}", shown(path.display())))
}
