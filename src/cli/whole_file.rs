//! Files that are written whole or not at all.

use std::io::BufWriter;
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;

use crate::files;
use crate::shown::shown;

/// Writes a file beside its place and moves it there.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let context = || format!("can not write {}", shown(path.display()));
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = BufWriter::new(files::new_beside(parent, ".tmp").with_context(context)?);
    write(&mut file).with_context(context)?;
    file.into_inner().with_context(context)?.persist(path).with_context(context)?;
    Ok(())
}
