//! A run whose completions are still arriving: they are judged as they come, so there is no list of them to begin with.
//!
//! ```text
//! runs/<name>/
//!   question.json   RunManifest without its samples: what is asked, and how it is judged
//!   answers.jsonl   one AnsweredSample a line, in the order of arrival
//!   judged.jsonl    one JudgedProgram a line: equal programs of a problem are judged once
//!   errors.jsonl    one FailedSample a line: samples without an answer
//! ```
//!
//! [`GrowingRun::finish`] makes the files of a [run](super) of them, in the order of the problem set, so that it no
//! longer matters in which order answers came. The files above stay: they hold the answers whole, and where samples
//! are missing the run can be resumed and finished again. `run.json` says how far answers and programs went, so that a
//! later loss is noticed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use tracing::info;

use super::append::LineAt;
use super::completions::{CompletionWriter, check_replaceable};
use super::error::io_error;
use super::lock::DirectoryLock;
use super::log::{Log, LogMark, LogReader};
use super::manifest::{REMEDY, sealer_of_run};
use super::names::{ANSWERS, COMPLETIONS, ERRORS, JUDGED, QUESTION, REFERENCES, RUN, SCORES, VERDICTS};
use super::seal::{Seal, Sealer};
use super::unkept::Unkept;
use super::{RecordError, RunDirectory, RunManifest, VerdictRecord, atomic, sealed_file};
use crate::complete::answered::AnsweredSample;
use crate::complete::{Answer, Form};
use crate::judge::verdict::Judgement;
use crate::judge::{Judgements, NoJudgement};
use crate::problem::TaskId;
use crate::shown::shown;

/// Identifies a program among those of a problem: BLAKE3 of its text and of what it is, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProgramDigest(String);

impl ProgramDigest {
    /// The digest of the program in an answer, together with the one that the upstream harness takes out of it, if that
    /// is another one: answers with the same digest are judged the same.
    pub fn of_answered(answered: &AnsweredSample) -> ProgramDigest {
        let ProgramDigest(digest) = ProgramDigest::of(answered.program());
        match &answered.upstream_solution {
            None => ProgramDigest(digest),
            Some(upstream) => {
                let ProgramDigest(upstream) = ProgramDigest::of(Answer::program(upstream));
                ProgramDigest(blake3::hash(format!("{digest}{upstream}").as_bytes()).to_hex().to_string())
            }
        }
    }

    /// The digest of a program.
    pub fn of(program: Answer<'_>) -> ProgramDigest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(match program.form {
            Form::Continuation => b"c",
            Form::Program => b"p",
        });
        hasher.update(program.text.as_bytes());
        ProgramDigest(hasher.finalize().to_hex().to_string())
    }
}

/// What was judged of a program.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "JudgedLine<TaskId, ProgramDigest, Judgement>")]
pub struct JudgedProgram {
    /// The problem.
    pub task_id: TaskId,
    /// The program.
    pub program: ProgramDigest,
    /// What was judged of it.
    pub judgements: Judgements,
}

/// The fields of a line of `judged.jsonl`.
#[derive(Serialize, Deserialize)]
struct JudgedLine<T, P, J> {
    task_id: T,
    program: P,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    sealed: Option<J>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    compat: Option<J>,
}

impl TryFrom<JudgedLine<TaskId, ProgramDigest, Judgement>> for JudgedProgram {
    type Error = NoJudgement;

    fn try_from(line: JudgedLine<TaskId, ProgramDigest, Judgement>) -> Result<JudgedProgram, NoJudgement> {
        let JudgedLine { task_id, program, sealed, compat } = line;
        Ok(JudgedProgram { task_id, program, judgements: Judgements::from_fields(sealed, compat)? })
    }
}

impl Serialize for JudgedProgram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let JudgedProgram { task_id, program, judgements } = self;
        let (sealed, compat) = (judgements.sealed(), judgements.compat());
        JudgedLine { task_id, program, sealed, compat }.serialize(serializer)
    }
}

/// A sample that has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedSample {
    /// The problem.
    pub task_id: TaskId,
    /// Which of its samples.
    pub sample: u32,
    /// Why.
    pub error: String,
}

/// What a run was made of when it was last finished.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MadeOf {
    answers: LogMark,
    judged: LogMark,
}

/// The run, for writing; no other process can write it until this is dropped.
#[derive(Debug)]
pub struct GrowingRun {
    path: PathBuf,
    question: RunManifest,
    answers: Log<AnsweredSample>,
    judged: Log<JudgedProgram>,
    errors: Log<FailedSample>,
    /// What removes it again as long as there is no answer.
    unkept: Unkept,
    lock: DirectoryLock,
}

impl GrowingRun {
    /// Begins a run in a new or empty directory. If it ends before there is an answer in it, nothing of it is left.
    ///
    /// # Errors
    ///
    /// When the directory holds a run or anything else, another process writes there, or it can not be made.
    pub fn begin(path: impl Into<PathBuf>, question: RunManifest) -> Result<GrowingRun, RecordError> {
        let path = path.into();
        let made = !path.exists();
        fs::create_dir_all(&path).map_err(io_error("create", &path))?;
        check_replaceable(&path)?; // before a lock file is put where it does not belong
        let lock = DirectoryLock::acquire(&path)?;
        check_replaceable(&path)?; // another process may have started a run just before
        let held = (Unkept::new(&path, made), lock);
        let seal = sealed_file::replace(&path.join(QUESTION), &question_sealer(), &question)?;
        GrowingRun::open(path, (question, seal), held, None, |_, _| (), |_, _| ())
    }

    /// Goes on with a run. Hands over what it holds: each answer and each judged program.
    ///
    /// # Errors
    ///
    /// When there is no such run, another process writes there, or its files are not as they were written.
    pub fn resume(
        path: impl Into<PathBuf>,
        answer: impl FnMut(LineAt, AnsweredSample),
        judged: impl FnMut(LineAt, JudgedProgram),
    ) -> Result<GrowingRun, RecordError> {
        let path = path.into();
        let question = RunManifest::read_file(&path.join(QUESTION), &question_sealer())?;
        let lock = DirectoryLock::acquire(&path)?;
        let made_of = check_finished(&path)?;
        // Until it is known what is in it, nothing may be removed.
        let mut unkept = Unkept::new(&path, true);
        unkept.keep();
        let mut run = GrowingRun::open(path, question, (unkept, lock), made_of, answer, judged)?;
        run.errors.clear()?; // they are asked for again
        let (answers, judged) = (run.answers.count(), run.judged.count());
        info!(path = %shown(run.path.display()), answers, judged, "resuming");
        Ok(run)
    }

    fn open(
        path: PathBuf,
        (question, seal): (RunManifest, Seal),
        (unkept, lock): (Unkept, DirectoryLock),
        made_of: Option<MadeOf>,
        answer: impl FnMut(LineAt, AnsweredSample),
        judged: impl FnMut(LineAt, JudgedProgram),
    ) -> Result<GrowingRun, RecordError> {
        let sealer = |file| sealer_of_log(file, seal);
        let (answers_then, judged_then) = made_of.map(|made_of| (made_of.answers, made_of.judged)).unzip();
        Ok(GrowingRun {
            answers: Log::open(path.join(ANSWERS), sealer(ANSWERS), answers_then.as_ref(), answer)?,
            judged: Log::open(path.join(JUDGED), sealer(JUDGED), judged_then.as_ref(), judged)?,
            errors: Log::open(path.join(ERRORS), sealer(ERRORS), None, |_, _| ())?,
            path,
            question,
            unkept,
            lock,
        })
    }

    /// Whether there is such a run.
    pub fn is_at(path: &Path) -> bool {
        path.join(QUESTION).exists()
    }

    /// What a run asks, without opening it.
    ///
    /// # Errors
    ///
    /// When there is no such run, or its question can not be read.
    pub fn question_of(path: &Path) -> Result<RunManifest, RecordError> {
        Ok(RunManifest::read_file(&path.join(QUESTION), &question_sealer())?.0)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records an answer.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn add_answer(&mut self, answer: &AnsweredSample) -> Result<LineAt, RecordError> {
        let at = self.answers.append(answer)?;
        self.unkept.keep();
        Ok(at)
    }

    /// Records what was judged of a program.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn add_judged(&mut self, judged: &JudgedProgram) -> Result<LineAt, RecordError> {
        self.judged.append(judged)
    }

    /// Records that a sample has no answer.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn add_error(&mut self, failed: &FailedSample) -> Result<(), RecordError> {
        self.errors.append(failed).map(|_| ())
    }

    /// Reads answers by their place.
    ///
    /// # Errors
    ///
    /// When the file can not be opened.
    pub fn answers(&self) -> Result<LogReader<AnsweredSample>, RecordError> {
        self.answers.reader()
    }

    /// Makes everything durable, and leaves the run to be resumed.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn close(mut self) -> Result<PathBuf, RecordError> {
        self.answers.sync()?;
        self.judged.sync()?;
        self.errors.sync()?;
        Ok(self.path)
    }

    /// Makes a run of the answers and verdicts, in the order given. The samples of a problem are numbered anew, so
    /// that there are no gaps where one has no answer.
    ///
    /// # Errors
    ///
    /// When the files can not be read or written. The run can be resumed then.
    pub fn finish(
        mut self,
        samples: impl Iterator<Item = (LineAt, LineAt)> + Clone,
    ) -> Result<RunDirectory, RecordError> {
        self.answers.sync()?;
        self.judged.sync()?;
        self.errors.sync()?;
        let (answers, judged) = (self.answers.reader()?, self.judged.reader()?);
        let made_of = MadeOf { answers: self.answers.mark(), judged: self.judged.mark() };
        // The scores first: where they are the run is finished, and nothing may be missing.
        for file in [SCORES, RUN, COMPLETIONS, VERDICTS, REFERENCES] {
            let path = self.path.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(io_error("remove", &path)(error));
                }
                _ => {} // it was there from an earlier end, with fewer answers
            }
            if file == SCORES {
                atomic::sync_directory(&self.path)?;
            }
        }
        let mut writer = CompletionWriter::within(self.path, self.lock)?;
        for (answer, _) in samples.clone() {
            let answer = answers.read(answer)?;
            let program = answer.program();
            let upstream = answer.upstream_solution.as_deref();
            writer.append_with_upstream(&answer.task_id, program.text, program.form, upstream)?;
        }
        let run = writer.close()?.start_with(self.question, Some(made_of))?;
        let mut log = run.verdict_log(|_| true)?;
        let mut task_id = TaskId::new("");
        let mut sample = 0;
        for (_, at) in samples {
            let judged = judged.read(at)?;
            sample = if judged.task_id == task_id { sample + 1 } else { 0 };
            task_id = judged.task_id.clone();
            let JudgedProgram { task_id, judgements, .. } = judged;
            log.append(&VerdictRecord { task_id, sample, judgements })?;
        }
        log.finish()
    }
}

/// What makes the seal of `question.json`.
pub(super) fn question_sealer() -> Sealer {
    Sealer::new(QUESTION, b"")
}

/// What makes the seals of a log of the run whose question has this seal.
pub(super) fn sealer_of_log(file: &'static str, question: Seal) -> Sealer {
    Sealer::new(file, question.to_string().as_bytes())
}

/// If the run was finished before, checks the files that were made then: they will be made again, and edits to them
/// should not go unnoticed. Returns what they were made from.
fn check_finished(path: &Path) -> Result<Option<MadeOf>, RecordError> {
    /// What this needs of `run.json`.
    #[derive(Deserialize)]
    struct Run {
        made_of: MadeOf,
    }
    if !path.join(SCORES).exists() || !path.join(RUN).exists() {
        return Ok(None); // a crash in the middle of finishing leaves anything
    }
    let run = RunDirectory::open(path)?;
    for verdict in run.verdicts()? {
        verdict?;
    }
    run.reference_fuel()?;
    let read = sealed_file::read::<Run>(&path.join(RUN), &sealer_of_run(), REMEDY)?;
    Ok(read.map(|(run, _)| run.made_of))
}
