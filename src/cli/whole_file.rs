//! Files that are written whole or not at all.

use std::io::BufWriter;
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;

use crate::files;
use crate::shown::shown;

/// Writes a file beside its place and moves it there; an error names it.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    files::write_whole(path, write).with_context(|| format!("can not write {}", shown(path.display())))
}
