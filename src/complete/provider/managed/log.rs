//! What a server writes: kept in a file of bounded size, with its last lines at hand.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::key::Key;

/// A file of this size is set aside, in place of the previous one, and a new one is begun.
const LARGEST_FILE: u64 = 8 << 20;

/// Longer lines are split.
const LONGEST_LINE: usize = 4 << 10;

/// How many lines are at hand.
const LAST_LINES: usize = 12;

/// The log of one server. Nothing that goes wrong with its file is the server's fault: then only the lines at hand are
/// kept.
pub(super) struct ServerLog {
    path: PathBuf,
    key: Key,
    inner: Mutex<Inner>,
}

struct Inner {
    file: Option<File>,
    written: u64,
    /// The beginning of a line that has not ended.
    unfinished: Vec<u8>,
    last: VecDeque<String>,
    heard: Instant,
}

impl ServerLog {
    /// Begins a log, in place of an older one of that name. The key is left out of it.
    ///
    /// # Errors
    ///
    /// When folder or file can not be made.
    pub(super) fn create(path: PathBuf, key: Key) -> io::Result<ServerLog> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = begin(&path)?;
        let inner = Inner {
            file: Some(file),
            written: 0,
            unfinished: Vec::new(),
            last: VecDeque::new(),
            heard: Instant::now(),
        };
        Ok(ServerLog { path, key, inner: Mutex::new(inner) })
    }

    /// Where the log is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what the server wrote. A carriage return ends a line, too, since progress bars use it.
    pub(super) fn add(&self, bytes: &[u8]) {
        let mut inner = self.lock();
        inner.heard = Instant::now();
        for byte in bytes {
            if matches!(byte, b'\n' | b'\r') {
                self.end_line(&mut inner);
            } else {
                inner.unfinished.push(*byte);
                if inner.unfinished.len() == LONGEST_LINE {
                    self.end_line(&mut inner);
                }
            }
        }
    }

    /// Ends the log.
    pub(super) fn finish(&self) {
        self.end_line(&mut self.lock());
    }

    fn end_line(&self, inner: &mut Inner) {
        let line = String::from_utf8_lossy(&inner.unfinished);
        let line = self.key.removed_from(line.trim_end());
        inner.unfinished.clear();
        if line.is_empty() {
            return;
        }
        if inner.written > LARGEST_FILE {
            // Even if the first part of the file is lost, the last one is worth having.
            let _ = fs::rename(&self.path, self.path.with_extension("log.1"));
            (inner.file, inner.written) = (begin(&self.path).ok(), 0);
        }
        if let Some(file) = &mut inner.file {
            let text = format!("{line}\n");
            if file.write_all(text.as_bytes()).is_err() {
                inner.file = None;
            }
            inner.written += text.len() as u64;
        }
        if inner.last.len() == LAST_LINES {
            inner.last.pop_front();
        }
        inner.last.push_back(line);
    }

    /// The last line that is not blank.
    pub(super) fn last_line(&self) -> String {
        self.lock().last.back().cloned().unwrap_or_default()
    }

    /// The last lines.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.lock().last.iter().cloned().collect()
    }

    /// How long the server has written nothing.
    pub(super) fn silence(&self) -> Duration {
        self.lock().heard.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new file that only its owner can read. Whoever still writes to an older one of that name goes on with the older
/// one.
fn begin(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(folder: &Path) -> ServerLog {
        ServerLog::create(folder.join("logs/a.log"), Key::random().unwrap()).unwrap()
    }

    #[test]
    fn lines_are_kept_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        log.add(b"first\n\n 10 %\r 20 %\rkey: ");
        assert_eq!(log.last_line(), " 20 %");
        log.add(format!("{}!\nlast", log.key.text()).as_bytes());
        log.finish();
        assert_eq!(log.last_lines(), ["first", " 10 %", " 20 %", "key: [key removed]!", "last"]);
        let text = fs::read_to_string(log.path()).unwrap();
        assert_eq!(text, "first\n 10 %\n 20 %\nkey: [key removed]!\nlast\n");
    }

    #[test]
    fn file_and_memory_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        let piece = vec![b'x'; 1 << 20]; // no end of line
        (0..30).for_each(|_| log.add(&piece));
        log.add(b"\nthe end\n");
        let files: Vec<u64> = fs::read_dir(folder.path().join("logs"))
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(files.len(), 2);
        assert!(files.iter().sum::<u64>() < 2 * (LARGEST_FILE + 2 * LONGEST_LINE as u64), "{files:?}");
        assert_eq!(log.last_line(), "the end");
        assert!(log.last_lines().iter().map(String::len).sum::<usize>() <= LAST_LINES * LONGEST_LINE);
    }
}
