//! A file of JSON lines that only grows: what is under the [log](super::log) of answers and under that of
//! [verdicts](super::verdicts).

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::RecordError;
use super::error::io_error;

/// What was written for at most this long can be lost to a power cut (to the death of the process: nothing). Answers
/// are then asked for again, and verdicts reached again, the same as before.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// How much memory is kept for the next line.
const KEPT: usize = 64 * 1024;

/// Where a line is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineAt {
    pub(super) offset: u64,
    pub(super) length: u32,
}

impl LineAt {
    /// A line of at most [`LONGEST_RECORD`](super::names::LONGEST_RECORD) bytes, without its end.
    pub(super) fn new(offset: u64, length: usize) -> LineAt {
        LineAt { offset, length: length as u32 }
    }
}

/// The file. It ends with a whole line at all times, unless a write failed and could not be undone.
#[derive(Debug)]
pub(super) struct AppendOnly {
    path: PathBuf,
    file: File,
    /// Where the last whole line ends.
    length: u64,
    line: Vec<u8>,
    synced: Instant,
    broken: bool,
}

impl AppendOnly {
    /// Opens the file, which need not exist, and cuts off what is behind `end`: a line that was not written whole.
    pub(super) fn open(path: PathBuf, end: u64) -> Result<AppendOnly, RecordError> {
        let file =
            OpenOptions::new().append(true).create(true).open(&path).map_err(io_error("open", &path))?;
        file.set_len(end).map_err(io_error("truncate", &path))?;
        Ok(AppendOnly { path, file, length: end, line: Vec::new(), synced: Instant::now(), broken: false })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a value as one line, in one write. `seal` puts the seal into the line.
    ///
    /// # Errors
    ///
    /// When it can not be written. What was written of it is then undone, so that one can go on once there is room on
    /// the disk again.
    pub(super) fn append<S>(
        &mut self,
        value: &impl Serialize,
        seal: impl FnOnce(&mut Vec<u8>) -> S,
    ) -> Result<(LineAt, S), RecordError> {
        if self.broken {
            return Err(RecordError::LogBroken { path: self.path.clone() });
        }
        self.line.clear();
        self.line.shrink_to(KEPT);
        serde_json::to_writer(&mut self.line, value)
            .map_err(|error| io_error("write", &self.path)(error.into()))?;
        let seal = seal(&mut self.line);
        let at = LineAt::new(self.length, self.line.len());
        self.line.push(b'\n');
        if let Err(error) = self.file.write_all(&self.line) {
            self.broken = self.file.set_len(self.length).is_err();
            return Err(io_error("write", &self.path)(error));
        }
        self.length += self.line.len() as u64;
        Ok((at, seal))
    }

    /// Makes durable what was appended, if that was not done for a while.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync).
    pub(super) fn sync_now_and_then(&mut self) -> Result<(), RecordError> {
        if self.synced.elapsed() >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    /// Makes everything durable that was appended.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing more can be appended then: nobody can tell what is on the disk, and a second
    /// attempt would not say.
    pub(super) fn sync(&mut self) -> Result<(), RecordError> {
        self.file.sync_data().map_err(|error| {
            self.broken = true;
            io_error("write", &self.path)(error)
        })?;
        self.synced = Instant::now();
        Ok(())
    }

    /// Removes all lines.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(super) fn clear(&mut self) -> Result<(), RecordError> {
        self.file.set_len(0).map_err(io_error("truncate", &self.path))?;
        self.length = 0;
        Ok(())
    }
}
