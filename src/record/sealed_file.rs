//! Files that are written whole, as JSON with a seal: `run.json`, `scores.json` and their like.

use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::io_error;
use super::seal::{Seal, SealFault, Sealer};
use super::{RecordError, atomic};
use crate::files;

/// Most bytes of such a file: one of 10,000 problems' scores has a few million.
const LARGEST: u64 = 256 << 20;

/// Replaces a file by a value as indented JSON, whole or not at all. The value is an object with members.
pub(super) fn replace(path: &Path, sealer: &Sealer, value: &impl Serialize) -> Result<Seal, RecordError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| io_error("write", path)(error.into()))?;
    let seal = sealer.close_file(&mut text);
    atomic::replace(path, |writer| writer.write_all(&text).map_err(io_error("write", path)))?;
    Ok(seal)
}

/// Reads a file that [`replace`] wrote; `None` if it is not there.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    sealer: &Sealer,
    remedy: &'static str,
) -> Result<Option<(T, Seal)>, RecordError> {
    match files::read_found(path, LARGEST) {
        Ok(text) => parse(path, &text, sealer, remedy).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

/// The value and the seal in the text of such a file.
pub(super) fn parse<T: DeserializeOwned>(
    path: &Path,
    text: &[u8],
    sealer: &Sealer,
    remedy: &'static str,
) -> Result<(T, Seal), RecordError> {
    let seal = sealer.check_file(text).map_err(|fault| RecordError::Changed {
        path: path.to_owned(),
        problem: match fault {
            SealFault::Missing => "has no seal at its end: it was cut off, or rewritten by another program",
            SealFault::Other => "changed since it was written, or of another run: its seal does not fit",
        }
        .to_owned(),
        remedy,
    })?;
    let value = serde_json::from_slice(text).map_err(|source| RecordError::Unreadable {
        path: path.to_owned(),
        remedy,
        source,
    })?;
    Ok((value, seal))
}
