//! `verdicts.jsonl`: appended line by line during the run, put in order at its end.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::iter::FusedIterator;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::completions::LONGEST_RECORD;
use super::error::io_error;
use super::ordinals::OrdinalSet;
use super::{ActiveRun, CompletionIndex, RecordError, RunDirectory, VERDICTS, atomic};
use crate::judge::verdict::Judgement;
use crate::problem::TaskId;
use crate::problem::load::json_lines::Lines;

/// Verdicts of at most this long can be lost to a power cut (to the death of the process: none). They are then
/// reached again, the same as before.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What was judged of one completion: a line of `verdicts.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// The problem.
    pub task_id: TaskId,
    /// Which of its completions.
    pub sample: u32,
    /// By sealed judging, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Judgement>,
    /// By the upstream harness's rules, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compat: Option<Judgement>,
}

/// Takes verdicts in any order and writes each as a line, at once.
///
/// From several threads, use it through a mutex.
#[derive(Debug)]
pub struct VerdictLog {
    run: ActiveRun,
    path: PathBuf,
    file: File,
    /// Length of the file: the end of the last whole line.
    length: u64,
    done: OrdinalSet,
    line: Vec<u8>,
    synced: Instant,
    broken: bool,
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
        let mut scan = Scan::open(path.clone(), Arc::clone(&directory.index))?;
        while let Some(Scanned { ordinal, offset, record }) = scan.next()? {
            if !keep(&record) {
                all_kept = false;
            } else if done.insert(ordinal) {
                kept.push(offset);
            }
        }
        let end = scan.end;
        drop(scan);
        if !all_kept {
            copy_lines(&path, kept.into_iter())?;
        }
        let file =
            OpenOptions::new().append(true).create(true).open(&path).map_err(io_error("open", &path))?;
        let mut length = file.metadata().map_err(io_error("read", &path))?.len();
        if all_kept && length > end {
            file.set_len(end).map_err(io_error("truncate", &path))?; // a torn last line
            length = end;
        }
        file.sync_all().map_err(io_error("write", &path))?;
        atomic::sync_directory(directory.path())?;
        Ok(VerdictLog {
            run,
            path,
            file,
            length,
            done,
            line: Vec::new(),
            synced: Instant::now(),
            broken: false,
        })
    }

    /// The run, for reading.
    pub fn directory(&self) -> &RunDirectory {
        self.run.directory()
    }

    /// Whether the completion at this position of `completions.jsonl` has its verdict.
    pub fn is_done(&self, ordinal: u32) -> bool {
        self.done.contains(ordinal)
    }

    /// The positions of all completions that have their verdict.
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
        if self.broken {
            return Err(RecordError::LogBroken { path: self.path.clone() });
        }
        let VerdictRecord { task_id, sample, .. } = record;
        let ordinal =
            self.run.directory().index().ordinal(task_id.as_str(), *sample).ok_or_else(|| {
                RecordError::UnknownCompletion { task_id: task_id.clone(), sample: *sample }
            })?;
        if self.done.contains(ordinal) {
            return Ok(false);
        }
        self.line.clear();
        serde_json::to_writer(&mut self.line, record)
            .map_err(|error| io_error("write", &self.path)(error.into()))?;
        self.line.push(b'\n');
        if let Err(error) = self.file.write_all(&self.line) {
            self.broken = self.file.set_len(self.length).is_err();
            return Err(io_error("write", &self.path)(error));
        }
        self.length += self.line.len() as u64;
        self.done.insert(ordinal);
        if self.synced.elapsed() >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(true)
    }

    /// Makes everything durable that was appended. Done about every second without asking.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing more can be appended then.
    pub fn sync(&mut self) -> Result<(), RecordError> {
        // After a failed sync nobody can tell what is on the disk, and a second one would not say.
        self.file.sync_data().map_err(|error| {
            self.broken = true;
            io_error("write", &self.path)(error)
        })?;
        self.synced = Instant::now();
        Ok(())
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
        let VerdictLog { run, path, file, done, .. } = self;
        drop((file, done));
        /// Stands for "no line yet" below.
        const NONE: u64 = u64::MAX;
        let mut offsets = vec![NONE; total as usize];
        let mut scan = Scan::open(path.clone(), Arc::clone(&run.directory().index))?;
        let mut lines = 0;
        let mut ordered = true;
        while let Some(Scanned { ordinal, offset, .. }) = scan.next()? {
            ordered &= u64::from(ordinal) == lines;
            lines += 1;
            let first = &mut offsets[ordinal as usize];
            *first = (*first).min(offset);
        }
        drop(scan);
        let missing = offsets.iter().filter(|&&offset| offset == NONE).count() as u64;
        if missing > 0 {
            return Err(RecordError::Unfinished { missing, total }); // somebody changed the file meanwhile
        }
        if !ordered {
            copy_lines(&path, offsets.into_iter())?;
        }
        Ok(run.directory)
    }
}

/// Replaces a file by those of its lines that begin at the offsets, in that order.
fn copy_lines(path: &Path, offsets: impl Iterator<Item = u64>) -> Result<(), RecordError> {
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
        }
        Ok(())
    })
}

/// A verdict with the position of its completion.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedVerdict {
    /// The position of the completion among all completions, from 0.
    pub ordinal: u32,
    /// The verdict.
    pub record: VerdictRecord,
}

/// Reads `verdicts.jsonl` line by line, in the order of the file.
#[derive(Debug)]
pub struct Verdicts {
    scan: Option<Scan>,
    seen: OrdinalSet,
}

impl Verdicts {
    pub(super) fn open(path: PathBuf, index: Arc<CompletionIndex>) -> Result<Self, RecordError> {
        let seen = OrdinalSet::new(index.len());
        Ok(Verdicts { scan: Some(Scan::open(path, index)?), seen })
    }
}

impl Iterator for Verdicts {
    type Item = Result<RecordedVerdict, RecordError>;

    /// The next verdict. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        let scan = self.scan.as_mut()?;
        loop {
            match scan.next() {
                Ok(Some(Scanned { ordinal, record, .. })) => {
                    if self.seen.insert(ordinal) {
                        return Some(Ok(RecordedVerdict { ordinal, record }));
                    }
                }
                end => {
                    self.scan = None;
                    return end.err().map(Err);
                }
            }
        }
    }
}

impl FusedIterator for Verdicts {}

/// Every whole line of the file, second verdicts included.
#[derive(Debug)]
struct Scan {
    path: PathBuf,
    index: Arc<CompletionIndex>,
    /// None if there is no file, or at the torn last line.
    lines: Option<Lines<BufReader<File>>>,
    /// Where the last good line ends.
    end: u64,
}

struct Scanned {
    ordinal: u32,
    offset: u64,
    record: VerdictRecord,
}

impl Scan {
    fn open(path: PathBuf, index: Arc<CompletionIndex>) -> Result<Self, RecordError> {
        let lines = match File::open(&path) {
            Ok(file) => Some(Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(io_error("open", &path)(error)),
        };
        Ok(Scan { path, index, lines, end: 0 })
    }

    fn next(&mut self) -> Result<Option<Scanned>, RecordError> {
        let Some(lines) = self.lines.as_mut() else { return Ok(None) };
        let Some(line) = lines.next_line().map_err(io_error("read", &self.path))? else { return Ok(None) };
        let (number, offset, terminated) = (line.number, line.offset, line.terminated);
        let parsed = serde_json::from_slice::<VerdictRecord>(line.bytes);
        let damaged = |problem| RecordError::VerdictLine { path: self.path.clone(), line: number, problem };
        match parsed {
            Ok(record) if terminated => {
                let ordinal =
                    self.index.ordinal(record.task_id.as_str(), record.sample).ok_or_else(|| {
                        damaged(format!("the run has no completion {} of {}", record.sample, record.task_id))
                    })?;
                self.end = lines.end();
                Ok(Some(Scanned { ordinal, offset, record }))
            }
            _ if !terminated || lines.at_end().map_err(io_error("read", &self.path))? => {
                self.lines = None; // torn by a crash
                Ok(None)
            }
            Err(error) => Err(damaged(format!("not a verdict: {error}"))),
            Ok(_) => unreachable!("a line that is not terminated is the last"),
        }
    }
}
