//! Asking a model without judging: its answers go into a file of samples.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::answer_endings::AnswerEndings;
use super::asking::{AskSettings, Asked, Asking, Interrupt, ToKeep};
use super::{EvaluateError, Event, Observer, Questions};
use crate::complete::answered::AnsweredSample;
use crate::complete::extract::AnswerKind;
use crate::complete::model_spec::ModelSpec;
use crate::complete::provider::Provider;
use crate::complete::query::RawAnswer;
use crate::files;
use crate::problem::{Problem, ProblemSet, TaskId};

/// A model to be asked, and the file that its samples go into.
pub struct GenerateRequest {
    /// The model.
    pub model: ModelSpec,
    /// Who answers for it.
    pub provider: Arc<dyn Provider>,
    /// What it is asked.
    pub questions: Questions,
    /// How it is asked.
    pub ask: AskSettings,
    /// The file, written whole when nothing more comes.
    pub out: PathBuf,
}

/// What was generated.
#[derive(Debug)]
pub struct Generated {
    /// How many samples were wanted.
    pub wanted: u64,
    /// How many are in the file.
    pub answered: u64,
    /// How many of them have no code.
    pub no_code: u64,
    /// How the answers ended.
    pub ends: AnswerEndings,
    /// What was told of the asking.
    pub asked: Asked,
}

impl GenerateRequest {
    /// Whether answers are kept for the next time.
    pub fn is_cached(&self) -> bool {
        self.ask.cache && self.provider.identity().is_some()
    }

    /// Asks, and writes the file.
    ///
    /// # Errors
    ///
    /// When the model can not be asked, or the file not be written.
    pub fn run(
        &self,
        set: &ProblemSet,
        interrupt: Interrupt,
        observe: Observer<'_>,
    ) -> Result<Generated, EvaluateError> {
        let provider = Arc::clone(&self.provider);
        let generator = self.ask.generator(&self.model, provider, CancellationToken::new())?;
        let wanted = set.len() as u64 * u64::from(self.ask.samples);
        let mut samples = GeneratedFile::new(&self.out, set, self.questions.kind)?;
        let (mut answered, mut no_code, mut ends) = (0, 0, AnswerEndings::default());
        let mut asked = Asked::new(self.ask.price);
        let mut asking = Asking::start(generator, self.questions.works.clone(), interrupt)?;
        let followed = asked.follow(&mut asking.events, observe, |kept| {
            if let ToKeep::Answer { task_id, sample, answer } = kept {
                answered += 1;
                ends.add(&answer);
                no_code += u64::from(!samples.add(&task_id, sample, answer)?);
            }
            Ok(())
        });
        observe(Event::Ended);
        asking.end();
        followed?;
        if asked.ending.is_none() {
            let advice = match self.is_cached() {
                true => "run it again, what was answered is in the cache",
                false => "run it again",
            };
            return Err(EvaluateError::ProviderStopped { advice });
        }
        samples.finish()?;
        let ends = ends.with_failed(&asked.kept_back);
        Ok(Generated { wanted, answered, no_code, ends, asked })
    }
}

/// Takes samples as they come, and leaves them in the order of the set.
struct GeneratedFile<'a> {
    path: &'a Path,
    set: &'a ProblemSet,
    kind: AnswerKind,
    arrived: BufWriter<File>,
    end: u64,
    /// Where the line of each sample is: task by position in the set, sample, offset, length.
    lines: Vec<(usize, u32, u64, usize)>,
    /// The problem that the last sample was of: they mostly come together.
    last: Option<Problem>,
}

impl<'a> GeneratedFile<'a> {
    fn new(
        path: &'a Path,
        set: &'a ProblemSet,
        kind: AnswerKind,
    ) -> Result<GeneratedFile<'a>, EvaluateError> {
        let arrived =
            tempfile::tempfile().map_err(|source| EvaluateError::Temporary { action: "make", source })?;
        let arrived = BufWriter::new(arrived);
        Ok(GeneratedFile { path, set, kind, arrived, end: 0, lines: Vec::new(), last: None })
    }

    /// Adds an answer; false if there is no code in it.
    fn add(&mut self, task_id: &TaskId, sample: u32, answer: RawAnswer) -> Result<bool, EvaluateError> {
        let problem = match self.last.take().filter(|problem| problem.task_id == *task_id) {
            Some(problem) => problem,
            None => self.set.problem(task_id.as_str())?,
        };
        let line = AnsweredSample::new(&problem, sample, answer, self.kind);
        let has_code = line.no_code.is_none();
        let failed = |source| EvaluateError::Temporary { action: "write to", source };
        let mut bytes = serde_json::to_vec(&line).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        self.arrived.write_all(&bytes).map_err(failed)?;
        let position = self.set.position(task_id.as_str()).unwrap_or(usize::MAX);
        self.lines.push((position, sample, self.end, bytes.len()));
        self.end += bytes.len() as u64;
        self.last = Some(problem);
        Ok(has_code)
    }

    /// Writes the file, whole or not at all.
    fn finish(mut self) -> Result<(), EvaluateError> {
        self.arrived.flush().map_err(|source| EvaluateError::Temporary { action: "write to", source })?;
        self.lines.sort_unstable();
        files::write_whole(self.path, |out| {
            let mut bytes = Vec::new();
            for (_, _, offset, length) in &self.lines {
                bytes.resize(*length, 0);
                let arrived = self.arrived.get_mut();
                arrived.seek(SeekFrom::Start(*offset))?;
                arrived.read_exact(&mut bytes)?;
                out.write_all(&bytes)?;
            }
            Ok(())
        })
        .map_err(EvaluateError::write(self.path))
    }
}
