//! The samples of a run, by problem: places in the files are kept, texts are read when they are asked for.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answers::{RecordedAnswer, RecordedAnswers};
use super::append::LineAt;
use super::completions::content_sealer;
use super::error::io_error;
use super::log::LogReader;
use super::names::{COMPLETIONS, LONGEST_RECORD, VERDICTS};
use super::seal::{Seal, Sealer, content_of};
use super::{CompletionIndex, RecordError, RunDirectory, VerdictRecord, open_file};
use crate::complete::Completion;
use crate::json_lines::Lines;
use crate::problem::TaskId;

/// Reads completions with their verdicts, from any thread.
#[derive(Debug)]
pub struct SampleReader {
    completions: LogReader<Completion>,
    verdicts: LogReader<VerdictRecord>,
    index: Arc<CompletionIndex>,
    contents: Sealer,
    sealer: Sealer,
    /// For each problem, by sample: its completion and its verdict.
    places: HashMap<TaskId, Vec<(LineAt, Option<LineAt>)>>,
    answers: RecordedAnswers,
}

/// A sample of a run.
#[derive(Clone, Debug)]
pub struct RecordedSample {
    /// The completion.
    pub completion: Completion,
    /// Its verdict; none where it was not judged.
    pub verdict: Option<VerdictRecord>,
    /// What the model answered, where Karat asked it.
    pub answer: Option<RecordedAnswer>,
    /// Why there is no program in its answer, where that is known.
    pub why_no_code: Option<String>,
}

/// What identifies a line of both files.
#[derive(Deserialize)]
struct Key {
    task_id: TaskId,
    sample: u32,
}

impl SampleReader {
    /// Finds every sample of a run.
    ///
    /// # Errors
    ///
    /// When the files can not be read.
    pub fn open(run: &RunDirectory) -> Result<SampleReader, RecordError> {
        let mut places: HashMap<TaskId, Vec<(LineAt, Option<LineAt>)>> = HashMap::new();
        let completions = run.path().join(COMPLETIONS);
        let verdicts = run.path().join(VERDICTS);
        each_line(&completions, |at, key: Key| places.entry(key.task_id).or_default().push((at, None)))?;
        if verdicts.exists() {
            each_line(&verdicts, |at, key: Key| {
                let place =
                    places.get_mut(&key.task_id).and_then(|places| places.get_mut(key.sample as usize));
                if let Some((_, verdict)) = place {
                    verdict.get_or_insert(at);
                }
            })?;
        }
        Ok(SampleReader {
            completions: LogReader::open(&completions)?,
            verdicts: LogReader::open(if verdicts.exists() { &verdicts } else { &completions })?,
            index: Arc::clone(&run.index),
            contents: content_sealer(),
            sealer: run.verdict_sealer(),
            places,
            answers: RecordedAnswers::of(run)?,
        })
    }

    /// The samples of a problem in their order.
    ///
    /// # Errors
    ///
    /// When they can not be read, or changed since the run was opened.
    pub fn samples(&self, task_id: &str) -> Result<Vec<RecordedSample>, RecordError> {
        self.first_samples(task_id, usize::MAX)
    }

    /// The first samples of a problem in their order, at most `most`.
    ///
    /// # Errors
    ///
    /// When they can not be read, or changed since the run was opened.
    pub fn first_samples(&self, task_id: &str, most: usize) -> Result<Vec<RecordedSample>, RecordError> {
        let places = self.places.get(task_id).map(Vec::as_slice).unwrap_or_default();
        (0..)
            .zip(places)
            .take(most)
            .map(|(sample, (completion, verdict))| {
                let content = self.index.ordinal(task_id, sample).map(|ordinal| self.index.content(ordinal));
                let is_it =
                    |line: &[u8]| Some(self.contents.seal(Seal::default(), content_of(line))) == content;
                let is_on_it =
                    |line: &[u8]| self.sealer.check_line(content.unwrap_or_default(), line).is_ok();
                let verdict = verdict.map(|at| self.verdicts.read_checked(at, is_on_it)).transpose()?;
                let completion = self.completions.read_checked(*completion, is_it)?;
                let answer = self.answers.answer(&completion, places.len())?;
                let why_no_code = self.answers.why_no_code(task_id, sample, places.len()).map(str::to_owned);
                Ok(RecordedSample { completion, verdict, answer, why_no_code })
            })
            .collect()
    }
}

/// Calls a function with each whole line that can be parsed.
fn each_line<T: DeserializeOwned>(path: &Path, mut each: impl FnMut(LineAt, T)) -> Result<(), RecordError> {
    let file: File = open_file(path)?;
    let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD);
    while let Some(line) = lines.next_line().map_err(io_error("read", path))? {
        if let Ok(value) = serde_json::from_slice(line.bytes) {
            each(LineAt::new(line.offset, line.bytes.len()), value);
        }
    }
    Ok(())
}
