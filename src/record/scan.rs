//! Reading `verdicts.jsonl`: every line is checked, and, where the run is finished, that no line is missing.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::iter::FusedIterator;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::io_error;
use super::log::is_torn;
use super::names::{LONGEST_RECORD, VERDICTS};
use super::ordinals::OrdinalSet;
use super::seal::{NO_SEAL, SealFault, Sealer};
use super::{CompletionIndex, RecordError, RunDirectory, VerdictRecord};
use crate::files;
use crate::json_lines::Lines;

/// What is wrong with a verdict that has another seal than the one that fits.
const OTHER_SEAL: &str = "not the verdict that was reached on this completion: its seal does not fit; it was changed, or \
                          comes from a run that judged another completion or otherwise";

/// Which files the scores of a run were computed from: where `scores.json` says it, the run is finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ScoredFiles {
    /// BLAKE3 of `completions.jsonl`, in hexadecimal.
    pub completions: String,
    /// `verdicts.jsonl`.
    pub verdicts: FileDigest,
}

/// A file of lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileDigest {
    /// How many lines there are.
    pub lines: u64,
    /// BLAKE3 of the file, in hexadecimal.
    pub digest: String,
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
}

impl Verdicts {
    pub(super) fn open(run: &RunDirectory) -> Result<Self, RecordError> {
        Ok(Verdicts { scan: Some(Scan::open(run)?) })
    }
}

impl Iterator for Verdicts {
    type Item = Result<RecordedVerdict, RecordError>;

    /// The next verdict. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        match self.scan.as_mut()?.next() {
            Ok(Some(Scanned { ordinal, record, .. })) => Some(Ok(RecordedVerdict { ordinal, record })),
            end => {
                self.scan = None;
                end.err().map(Err)
            }
        }
    }
}

impl FusedIterator for Verdicts {}

/// Every line of the file, checked.
#[derive(Debug)]
pub(super) struct Scan {
    path: PathBuf,
    index: Arc<CompletionIndex>,
    sealer: Sealer,
    /// None if there is no file, or at the torn last line.
    lines: Option<Lines<BufReader<File>>>,
    /// What the scores say of the file, if the run is finished: it is then whole and in order.
    finished: Option<FileDigest>,
    seen: OrdinalSet,
    hasher: blake3::Hasher,
    /// Where the last good line ends.
    pub end: u64,
}

/// A line.
pub(super) struct Scanned {
    pub ordinal: u32,
    pub offset: u64,
    pub record: VerdictRecord,
}

impl Scan {
    pub(super) fn open(run: &RunDirectory) -> Result<Self, RecordError> {
        let path = run.path().join(VERDICTS);
        // Another process may just be finishing the run, or resuming it.
        let (finished, file) = loop {
            let before = run.scored_files()?;
            let file = match files::open_found(&path) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(io_error("open", &path)(error)),
            };
            if run.scored_files()? == before {
                break (before, file);
            }
        };
        let reader = |file| Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD);
        // A finished run without the file has lost all its lines.
        let lines = file.map(reader);
        Ok(Scan {
            path,
            index: Arc::clone(&run.index),
            sealer: run.verdict_sealer(),
            lines,
            finished: finished.map(|files| files.verdicts),
            seen: OrdinalSet::new(run.index().len()),
            hasher: blake3::Hasher::new(),
            end: 0,
        })
    }

    /// The next verdict; at most one on each completion.
    pub(super) fn next(&mut self) -> Result<Option<Scanned>, RecordError> {
        let Some(lines) = self.lines.as_mut() else { return self.ended() };
        let Some(line) = lines.next_line().map_err(io_error("read", &self.path))? else {
            return self.ended();
        };
        let (number, offset, terminated) = (line.number, line.offset, line.terminated);
        let checked = check(&self.index, &self.sealer, line.bytes);
        if checked.is_ok() {
            self.hasher.update(line.bytes).update(b"\n");
        }
        let damaged =
            |problem| Err(RecordError::VerdictLine { path: self.path.clone(), line: number, problem });
        let is_json = !matches!(checked, Err(Fault::NotJson(_)));
        if self.finished.is_none()
            && is_torn(lines, terminated, is_json).map_err(io_error("read", &self.path))?
        {
            self.lines = None;
            return Ok(None);
        }
        let (ordinal, record) = match checked {
            Ok(_) if !terminated => return damaged("the file ends before the end of the line".to_owned()),
            Ok(checked) => checked,
            Err(Fault::NotJson(problem) | Fault::Damaged(problem)) => return damaged(problem),
        };
        if self.seen.contains(ordinal) {
            return damaged(format!("a second verdict on {}", self.index.name(ordinal)));
        }
        let expected = self.seen.len();
        if self.finished.is_some() && u64::from(ordinal) != expected {
            return damaged(format!(
                "the verdict on {} belongs here, and this is the one on {}: lines were lost or moved",
                self.index.name(expected as u32),
                self.index.name(ordinal)
            ));
        }
        self.seen.insert(ordinal);
        self.end = lines.end();
        Ok(Some(Scanned { ordinal, offset, record }))
    }

    /// The end of the file: of a finished run it must be the end of its verdicts.
    fn ended(&mut self) -> Result<Option<Scanned>, RecordError> {
        self.lines = None;
        let Some(finished) = self.finished.take() else { return Ok(None) };
        let read = self.digest();
        if read.lines < finished.lines {
            let problem = format!(
                "the verdict on {} belongs here, and the file ends: scores.json says {} lines",
                self.index.name(read.lines as u32),
                finished.lines
            );
            return Err(RecordError::VerdictLine { path: self.path.clone(), line: read.lines + 1, problem });
        }
        if read != finished {
            return Err(RecordError::Changed {
                path: self.path.clone(),
                problem: format!(
                    "not the file that the scores were computed from (digest {}, scores.json says {})",
                    read.digest, finished.digest
                ),
                remedy: "restore it, or remove scores.json, and --resume computes the scores again",
            });
        }
        Ok(None)
    }

    /// What was read so far.
    pub(super) fn digest(&self) -> FileDigest {
        FileDigest { lines: self.seen.len(), digest: self.hasher.finalize().to_hex().to_string() }
    }
}

/// What is wrong with a line.
enum Fault {
    /// Not JSON: at the end of an unfinished run, what a crash left of a line.
    NotJson(String),
    /// Something that no crash leaves behind.
    Damaged(String),
}

/// The verdict in a line, with the position of its completion.
fn check(index: &CompletionIndex, sealer: &Sealer, line: &[u8]) -> Result<(u32, VerdictRecord), Fault> {
    let record: VerdictRecord = serde_json::from_slice(line).map_err(|error| {
        let problem = format!("not a verdict: {error}");
        if error.is_data() { Fault::Damaged(problem) } else { Fault::NotJson(problem) }
    })?;
    let (task_id, sample) = (&record.task_id, record.sample);
    let ordinal = index
        .ordinal(task_id.as_str(), sample)
        .ok_or_else(|| Fault::Damaged(format!("the run has no completion {sample} of {task_id}")))?;
    match sealer.check_line(index.content(ordinal), line) {
        Ok(_) => Ok((ordinal, record)),
        Err(SealFault::Missing) => Err(Fault::Damaged(NO_SEAL.to_owned())),
        Err(SealFault::Other) => Err(Fault::Damaged(OTHER_SEAL.to_owned())),
    }
}
