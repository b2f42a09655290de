//! Answers from a samples file: sample 0 of a task is the first of the file's samples of that task, and so on.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::error::AskError;
use super::{Identity, OpenError, Provider};
use crate::complete::Form;
use crate::complete::query::{FinishReason, Query, RawAnswer};
use crate::complete::samples::{SampleTask, Samples, Tasks};
use crate::problem::{ProblemSet, TaskId};

/// Answers with what a file says. Texts are in a temporary file; in memory is only where each sample's text is.
pub struct Replay {
    file: String,
    places: HashMap<TaskId, Vec<Place>>,
    texts: Mutex<File>,
}

/// Where the text of a sample is, and what it is.
struct Place {
    offset: u64,
    length: usize,
    form: Form,
}

impl Replay {
    /// Reads a samples file or folder for the problems of a set, once.
    ///
    /// # Errors
    ///
    /// When it can not be read, or a line of it is no sample.
    pub fn open(path: &Path, set: &ProblemSet) -> Result<Replay, OpenError> {
        let tasks = Tasks::of(set);
        let mut places: HashMap<TaskId, Vec<Place>> = HashMap::new();
        let mut texts = BufWriter::new(tempfile::tempfile()?);
        let mut offset = 0;
        for sample in Samples::open(path)? {
            let sample = sample?;
            let length = sample.completion.len();
            texts.write_all(sample.completion.as_bytes())?;
            let task_id = match (tasks.find(&sample.task), sample.task) {
                (Some(task_id), _) => Some(task_id.clone()),
                (None, SampleTask::Named(name)) => Some(name),
                (None, SampleTask::Position(_) | SampleTask::Part(..)) => None,
            };
            if let Some(task_id) = task_id {
                places.entry(task_id).or_default().push(Place { offset, length, form: sample.form });
            }
            offset += length as u64;
        }
        let texts = texts.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Replay { file: path.display().to_string(), places, texts: Mutex::new(texts) })
    }

    fn read(&self, place: &Place) -> io::Result<String> {
        let mut bytes = vec![0; place.length];
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.seek(SeekFrom::Start(place.offset))?;
        texts.read_exact(&mut bytes)?;
        drop(texts);
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}

#[async_trait]
impl Provider for Replay {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let available = self.places.get(&query.task_id).map(Vec::as_slice).unwrap_or_default();
        let asked = query.samples.clone().map(|sample| sample as usize);
        let places: Vec<&Place> = asked.map_while(|sample| available.get(sample)).collect();
        if places.is_empty() {
            let wanted = u64::from(query.samples.start) + 1;
            return Err(AskError::NotInFile { file: self.file.clone(), available: available.len(), wanted });
        }
        let answers = places.into_iter().map(|place| {
            let text = self.read(place).map_err(|source| AskError::Local {
                action: format!("can not read back what was in {}", self.file),
                source,
            })?;
            Ok(RawAnswer { finish: FinishReason::Stop, form: Some(place.form), ..RawAnswer::new(text) })
        });
        answers.collect()
    }

    fn most_samples(&self) -> u32 {
        64
    }

    fn identity(&self) -> Option<Identity> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::complete::query::Prompt;
    use crate::problem::{Dataset, Language, Problem, ProblemSetBuilder};

    fn set() -> ProblemSet {
        let mut builder = ProblemSetBuilder::new();
        for name in ["T/0", "T/1"] {
            builder.add(&Problem::new(name, Language::Python)).unwrap();
        }
        builder.finish("t".into(), Dataset::HumanEval, None, String::new()).unwrap()
    }

    fn query(task_id: &str, samples: std::ops::Range<u32>) -> Query {
        let prompt = Arc::new(Prompt::Text(String::new()));
        Query {
            task_id: task_id.into(),
            prompt,
            parameters: Arc::default(),
            samples,
            left_out: Default::default(),
        }
    }

    #[tokio::test]
    async fn answers_come_in_the_order_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.jsonl");
        let lines = [
            r#"{"task_id": "T/0", "completion": "a"}"#,
            r#"{"task_id": "T/1", "solution": "é"}"#,
            r#"{"task_id": "T/0", "completion": "bc"}"#,
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let replay = Replay::open(&path, &set()).unwrap();
        let answers = replay.ask(&query("T/0", 0..5)).await.unwrap();
        assert_eq!(answers.iter().map(|answer| answer.text.as_str()).collect::<Vec<_>>(), ["a", "bc"]);
        let program = &replay.ask(&query("T/1", 0..1)).await.unwrap()[0];
        assert_eq!((program.text.as_str(), program.form), ("é", Some(Form::Program)));
        let error = replay.ask(&query("T/0", 2..5)).await.unwrap_err();
        assert!(matches!(error, AskError::NotInFile { available: 2, wanted: 3, .. }), "{error}");
        assert!(!error.is_retryable() && !error.concerns_all());
        let error = replay.ask(&query("T/9", 0..1)).await.unwrap_err();
        assert!(error.to_string().contains("has 0 answers"), "{error}");
    }

    #[test]
    fn a_line_that_is_no_sample_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.jsonl");
        std::fs::write(&path, "{\"task_id\": 1.5}\n").unwrap();
        assert!(matches!(Replay::open(&path, &set()), Err(OpenError::Samples(_))));
        assert!(matches!(Replay::open(&folder.path().join("none"), &set()), Err(OpenError::Samples(_))));
    }
}
