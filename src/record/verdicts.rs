//! `verdicts.jsonl`: appended line by line during the run, put in order at its end.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;

use tracing::info;

use super::append::AppendOnly;
use super::error::io_error;
use super::names::{SCORES, VERDICTS};
use super::ordinals::OrdinalSet;
use super::scan::{FileDigest, Scan, Scanned};
use super::seal::Sealer;
use super::unkept::Unkept;
use super::{ActiveRun, RecordError, RunDirectory, VerdictRecord, atomic};
use crate::shown::shown;

/// Takes verdicts in any order and writes each as a line, at once.
///
/// From several threads, use it through a mutex.
#[derive(Debug)]
pub struct VerdictLog {
    /// What removes the run again as long as there is no verdict, where that is wanted.
    unkept: Option<Unkept>,
    run: ActiveRun,
    file: AppendOnly,
    done: OrdinalSet,
    sealer: Sealer,
}

impl VerdictLog {
    pub(super) fn open(
        run: ActiveRun,
        mut keep: impl FnMut(&VerdictRecord) -> bool,
    ) -> Result<Self, RecordError> {
        let directory = run.directory();
        let path = directory.path().join(VERDICTS);
        let mut done = OrdinalSet::new(directory.index().len());
        let mut kept = Vec::new();
        let mut all_kept = true;
        let mut scan = Scan::open(directory)?;
        while let Some(Scanned { ordinal, offset, record }) = scan.next()? {
            if keep(&record) {
                done.insert(ordinal);
                kept.push(offset);
            } else {
                all_kept = false;
            }
        }
        let mut end = scan.end; // what is behind it is a torn last line
        drop(scan);
        if !all_kept {
            unfinish(directory)?;
            copy_lines(&path, kept.into_iter())?;
            end = fs::metadata(&path).map_err(io_error("read", &path))?.len();
        }
        let mut file = AppendOnly::open(path, end)?;
        file.sync()?;
        atomic::sync_directory(directory.path())?;
        let sealer = directory.verdict_sealer();
        let (total, verdicts) = (directory.index().len(), done.len());
        if verdicts > 0 || !all_kept {
            info!(path = %shown(directory.path().display()), verdicts, total, all_kept, "resuming");
        }
        Ok(VerdictLog { unkept: None, run, file, done, sealer })
    }

    /// From now on, if this is dropped before there is a verdict, nothing of the run is left.
    #[must_use]
    pub fn kept_from_first_verdict(mut self) -> VerdictLog {
        self.unkept = self.done.is_empty().then(|| Unkept::new(self.directory().path(), self.run.made));
        self
    }

    /// The run, for reading.
    pub fn directory(&self) -> &RunDirectory {
        self.run.directory()
    }

    /// The positions in `completions.jsonl` of all completions that have their verdict.
    pub fn done(&self) -> &OrdinalSet {
        &self.done
    }

    /// How many completions have no verdict yet.
    pub fn missing(&self) -> u64 {
        self.run.directory().index().len() - self.done.len()
    }

    /// Writes a verdict as one line, in one write. Of two verdicts on the same completion the first counts; the
    /// second is not written, and the answer is false.
    ///
    /// # Errors
    ///
    /// When the run has no such completion, or the line can not be written. What was written of it is then undone, so
    /// that one can go on once there is room on the disk again.
    pub fn append(&mut self, record: &VerdictRecord) -> Result<bool, RecordError> {
        let VerdictRecord { task_id, sample, .. } = record;
        let index = self.run.directory().index();
        let ordinal = index
            .ordinal(task_id.as_str(), *sample)
            .ok_or_else(|| RecordError::UnknownCompletion { task_id: task_id.clone(), sample: *sample })?;
        if self.done.contains(ordinal) {
            return Ok(false);
        }
        let content = index.content(ordinal);
        self.file.append(record, |line| self.sealer.close_line(content, line))?;
        if let Some(mut unkept) = self.unkept.take() {
            unkept.keep();
        }
        self.done.insert(ordinal);
        self.file.sync_now_and_then()?;
        Ok(true)
    }

    /// Makes everything durable that was appended. Done about every second without asking.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing more can be appended then.
    pub fn sync(&mut self) -> Result<(), RecordError> {
        self.file.sync()
    }

    /// Ends the run: puts the verdicts in the order of the completions, durably, and releases the lock. Two runs
    /// that reached the same verdicts then have the same file, to the byte.
    ///
    /// # Errors
    ///
    /// When a completion has no verdict, or the file can not be written; the run can then be resumed.
    pub fn finish(mut self) -> Result<RunDirectory, RecordError> {
        self.sync()?;
        let total = self.run.directory().index().len();
        if self.missing() > 0 {
            return Err(RecordError::Unfinished { missing: self.missing(), total });
        }
        let VerdictLog { run, file, .. } = self;
        let path = file.path().to_owned();
        drop(file);
        let mut offsets = vec![0; total as usize];
        let mut scan = Scan::open(run.directory())?;
        let mut lines = 0;
        let mut ordered = true;
        while let Some(Scanned { ordinal, offset, .. }) = scan.next()? {
            ordered &= u64::from(ordinal) == lines;
            lines += 1;
            offsets[ordinal as usize] = offset;
        }
        if lines < total {
            return Err(RecordError::Unfinished { missing: total - lines, total }); // somebody changed the file meanwhile
        }
        let read = scan.digest();
        drop(scan);
        let digest = if ordered { read } else { copy_lines(&path, offsets.into_iter())? };
        Ok(RunDirectory { verdicts: Some(digest), ..run.directory })
    }
}

/// Makes a finished run unfinished: its verdicts are about to change.
fn unfinish(run: &RunDirectory) -> Result<(), RecordError> {
    let path = run.path().join(SCORES);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io_error("remove", &path)(error)),
        _ => {}
    }
    atomic::sync_directory(run.path())
}

/// Replaces a file by those of its lines that begin at the offsets, in that order. Returns what identifies it then.
fn copy_lines(path: &Path, offsets: impl Iterator<Item = u64>) -> Result<FileDigest, RecordError> {
    let mut lines = 0;
    let mut hasher = blake3::Hasher::new();
    atomic::replace(path, |writer| {
        let mut reader = BufReader::with_capacity(64 * 1024, super::open_file(path)?);
        let mut line = Vec::new();
        let mut position = 0;
        for offset in offsets {
            // Threads reach verdicts nearly in order, so the line is mostly in the buffer, which this keeps.
            reader.seek_relative(offset as i64 - position as i64).map_err(io_error("read", path))?;
            line.clear();
            position = offset + reader.read_until(b'\n', &mut line).map_err(io_error("read", path))? as u64;
            writer.write_all(&line).map_err(io_error("write", path))?;
            hasher.update(&line);
            lines += 1;
        }
        Ok(())
    })?;
    Ok(FileDigest { lines, digest: hasher.finalize().to_hex().to_string() })
}
