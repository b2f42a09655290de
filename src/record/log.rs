//! A file of JSON lines that grows: appended whole lines, read by their place.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::completions::LONGEST_RECORD;
use super::error::io_error;
use super::{RecordError, open_file};
use crate::problem::load::json_lines::Lines;

/// Lines of at most this long can be lost to a power cut (to the death of the process: none).
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Where a line is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineAt {
    offset: u64,
    length: u32,
}

impl LineAt {
    /// A line of at most [`LONGEST_RECORD`] bytes, without its end.
    pub(super) fn new(offset: u64, length: usize) -> LineAt {
        LineAt { offset, length: length as u32 }
    }
}

/// The file, for appending lines of type `T`.
#[derive(Debug)]
pub(super) struct Log<T> {
    path: PathBuf,
    file: File,
    length: u64,
    line: Vec<u8>,
    synced: Instant,
    broken: bool,
    lines: PhantomData<fn(T)>,
}

impl<T: Serialize + DeserializeOwned> Log<T> {
    /// Opens the file, which need not exist, and hands every line that it holds to `each`. A last line that was not
    /// written whole is removed.
    ///
    /// # Errors
    ///
    /// When the file can not be read or written, or another line is damaged.
    pub fn open(path: PathBuf, mut each: impl FnMut(LineAt, T)) -> Result<Log<T>, RecordError> {
        let mut end = 0;
        match File::open(&path) {
            Ok(file) => {
                let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD);
                while let Some(line) = lines.next_line().map_err(io_error("read", &path))? {
                    let (number, offset, terminated) = (line.number, line.offset, line.terminated);
                    let at = LineAt::new(offset, line.bytes.len());
                    let parsed = serde_json::from_slice(line.bytes);
                    match parsed {
                        Ok(value) if terminated => each(at, value),
                        _ if !terminated || lines.at_end().map_err(io_error("read", &path))? => break,
                        Err(source) => return Err(RecordError::LogLine { path, line: number, source }),
                        Ok(_) => unreachable!("a line that is not terminated is the last"),
                    }
                    end = lines.end();
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("open", &path)(error)),
        }
        let file =
            OpenOptions::new().append(true).create(true).open(&path).map_err(io_error("open", &path))?;
        file.set_len(end).map_err(io_error("truncate", &path))?;
        Ok(Log {
            path,
            file,
            length: end,
            line: Vec::new(),
            synced: Instant::now(),
            broken: false,
            lines: PhantomData,
        })
    }

    /// Writes a value as one line, in one write.
    ///
    /// # Errors
    ///
    /// When it can not be written. What was written of it is then undone.
    pub fn append(&mut self, value: &T) -> Result<LineAt, RecordError> {
        if self.broken {
            return Err(RecordError::LogBroken { path: self.path.clone() });
        }
        self.line.clear();
        self.line.shrink_to(64 * 1024);
        serde_json::to_writer(&mut self.line, value)
            .map_err(|error| io_error("write", &self.path)(error.into()))?;
        let at = LineAt::new(self.length, self.line.len());
        self.line.push(b'\n');
        if let Err(error) = self.file.write_all(&self.line) {
            self.broken = self.file.set_len(self.length).is_err();
            return Err(io_error("write", &self.path)(error));
        }
        self.length += self.line.len() as u64;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(at)
    }

    /// Makes everything durable that was appended.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing more can be appended then.
    pub fn sync(&mut self) -> Result<(), RecordError> {
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
    pub fn clear(&mut self) -> Result<(), RecordError> {
        self.file.set_len(0).map_err(io_error("truncate", &self.path))?;
        self.length = 0;
        Ok(())
    }

    /// Reads lines by their place, also while others are appended.
    ///
    /// # Errors
    ///
    /// When the file can not be opened.
    pub fn reader(&self) -> Result<LogReader<T>, RecordError> {
        LogReader::open(&self.path)
    }
}

/// Reads the lines of a log by their place, from any thread.
#[derive(Clone, Debug)]
pub struct LogReader<T> {
    path: PathBuf,
    file: Arc<File>,
    lines: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> LogReader<T> {
    pub(super) fn open(path: &Path) -> Result<LogReader<T>, RecordError> {
        Ok(LogReader { path: path.to_owned(), file: Arc::new(open_file(path)?), lines: PhantomData })
    }

    /// The line at a place.
    ///
    /// # Errors
    ///
    /// When the file can not be read, or was changed by somebody else.
    pub fn read(&self, at: LineAt) -> Result<T, RecordError> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; at.length as usize];
        self.file.read_exact_at(&mut bytes, at.offset).map_err(io_error("read", &self.path))?;
        serde_json::from_slice(&bytes).map_err(|error| io_error("read", &self.path)(error.into()))
    }
}
