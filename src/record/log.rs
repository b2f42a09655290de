//! A file of JSON lines that grows: appended whole lines, each sealed with the one before, read by their place.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::append::{AppendOnly, LineAt};
use super::error::io_error;
use super::names::LONGEST_RECORD;
use super::seal::{Chain, Seal, Sealer, in_chain};
use super::{RecordError, open_file};
use crate::files;
use crate::json_lines::Lines;

/// How far a log had grown when something was made from it: at least that much must be there later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogMark {
    /// How many lines there were.
    lines: u64,
    /// The seal of the last.
    seal: String,
}

/// The file, for appending lines of type `T`.
#[derive(Debug)]
pub(super) struct Log<T> {
    file: AppendOnly,
    count: u64,
    sealer: Sealer,
    chain: Chain,
    lines: PhantomData<fn(T)>,
}

/// Whether the line that was just read was torn as it was written, so that a run goes on without it: it has no end, or it
/// is no JSON and nothing follows it. Any other line that is not as it should be was damaged later.
pub(super) fn is_torn(lines: &mut Lines<impl BufRead>, terminated: bool, is_json: bool) -> io::Result<bool> {
    Ok(!terminated || !is_json && lines.at_end()?)
}

impl<T: Serialize + DeserializeOwned> Log<T> {
    /// Opens the file, which need not exist, and hands every line that it holds to `each`. A last line that was not
    /// written whole is removed.
    ///
    /// # Errors
    ///
    /// When the file can not be read or written, another line is not as it was written, or what was there at `mark` is
    /// gone.
    pub(super) fn open(
        path: PathBuf,
        sealer: Sealer,
        mark: Option<&LogMark>,
        mut each: impl FnMut(LineAt, T),
    ) -> Result<Log<T>, RecordError> {
        let mut end = 0;
        let mut count = 0;
        let mut chain = Chain::new(sealer.clone());
        let mut marked = Seal::default();
        match files::open_found(&path) {
            Ok(file) => {
                let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD);
                while let Some(line) = lines.next_line().map_err(io_error("read", &path))? {
                    let (number, terminated) = (line.number, line.terminated);
                    let at = LineAt::new(line.offset, line.bytes.len());
                    let parsed = serde_json::from_slice(line.bytes);
                    let sealed = chain.check_line(line.bytes);
                    let damaged =
                        |problem| RecordError::LogLine { path: path.clone(), line: number, problem };
                    let is_json = parsed.as_ref().map_or_else(serde_json::Error::is_data, |_| true);
                    if is_torn(&mut lines, terminated, is_json).map_err(io_error("read", &path))? {
                        break;
                    }
                    let value =
                        parsed.map_err(|error| damaged(format!("not what belongs there: {error}")))?;
                    chain.follow(sealed.map_err(|fault| damaged(in_chain(fault).to_owned()))?);
                    each(at, value);
                    end = lines.end();
                    count = number;
                    if mark.is_some_and(|mark| mark.lines == count) {
                        marked = chain.last();
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("open", &path)(error)),
        }
        if let Some(mark) = mark.filter(|mark| mark.seal != marked.to_string()) {
            let problem = format!("run.json says that there were {} lines, other than these", mark.lines);
            return Err(RecordError::LogLine { path, line: count.min(mark.lines) + 1, problem });
        }
        let file = AppendOnly::open(path, end)?;
        Ok(Log { file, count, sealer, chain, lines: PhantomData })
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// How far the log has grown.
    pub(super) fn mark(&self) -> LogMark {
        LogMark { lines: self.count, seal: self.chain.last().to_string() }
    }

    /// Writes a value as one line, in one write.
    ///
    /// # Errors
    ///
    /// When it can not be written. What was written of it is then undone.
    pub(super) fn append(&mut self, value: &T) -> Result<LineAt, RecordError> {
        let (at, seal) = self.file.append(value, |line| self.chain.close_line(line))?;
        self.count += 1;
        self.chain.follow(seal);
        self.file.sync_now_and_then()?;
        Ok(at)
    }

    /// Makes everything durable that was appended.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing more can be appended then.
    pub(super) fn sync(&mut self) -> Result<(), RecordError> {
        self.file.sync()
    }

    /// Removes all lines.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(super) fn clear(&mut self) -> Result<(), RecordError> {
        self.file.clear()?;
        self.count = 0;
        self.chain = Chain::new(self.sealer.clone());
        Ok(())
    }

    /// Reads lines by their place, also while others are appended.
    ///
    /// # Errors
    ///
    /// When the file can not be opened.
    pub(super) fn reader(&self) -> Result<LogReader<T>, RecordError> {
        LogReader::open(self.file.path())
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
        self.read_checked(at, |_| true)
    }

    /// The line at a place, if `check` finds its bytes as they were.
    ///
    /// # Errors
    ///
    /// When the file can not be read, or was changed by somebody else.
    pub(super) fn read_checked(
        &self,
        at: LineAt,
        check: impl FnOnce(&[u8]) -> bool,
    ) -> Result<T, RecordError> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; at.length as usize];
        self.file.read_exact_at(&mut bytes, at.offset).map_err(io_error("read", &self.path))?;
        if !check(&bytes) {
            return Err(RecordError::Changed {
                path: self.path.clone(),
                problem: "changed while it was read".to_owned(),
                remedy: "try it again",
            });
        }
        serde_json::from_slice(&bytes).map_err(|error| io_error("read", &self.path)(error.into()))
    }
}
