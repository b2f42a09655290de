//! From a file of completions to a run that is ready to be judged: everything that can be wrong with the input is found
//! here, before anything runs.

use std::path::{Path, PathBuf};

use super::execute::{LeftOut, PreparedScore, ScoreRecord, VerdictCounts};
use super::resume::{RUNS, RunKind, directory_of_name, free_directory};
use super::{EvaluateError, Executor, Observer, Rules, Scored, Selection};
use crate::complete::Form;
use crate::complete::extract::{AnswerKind, extract};
use crate::complete::samples::{Sample, SampleError, SampleTask, Samples, Tasks};
use crate::problem::locate::near;
use crate::problem::{Problem, ProblemSet, StoreError, TaskId};
use crate::record::{CompletionIndex, CompletionWriter, NewRun, RunDirectory, RunManifest, VerdictRecord};

/// Where completions come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleSource {
    /// The set's own reference solutions.
    Reference,
    /// A file.
    File {
        /// Where it is; `-` for standard input.
        path: PathBuf,
        /// Whether it holds a chat model's answers, with prose and fences, out of which programs are to be taken.
        raw: bool,
        /// Whether to leave out what is malformed or of an unknown problem.
        skip_invalid: bool,
    },
}

impl SampleSource {
    /// A file of programs.
    pub fn file(path: impl Into<PathBuf>) -> SampleSource {
        SampleSource::File { path: path.into(), raw: false, skip_invalid: false }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            SampleSource::Reference => None,
            SampleSource::File { path, .. } => Some(path),
        }
    }

    /// What messages call it.
    fn name(&self) -> String {
        self.path().map_or("the reference".into(), |path| path.display().to_string())
    }
}

/// Completions to be judged and scored.
///
/// ```
/// use karat::evaluate::{Executor, Rules, SampleSource, ScoreRequest, unobserved};
///
/// # let folder = tempfile::tempdir()?;
/// let rules = Rules::default();
/// let problems = rules.load("tests/fixtures/formats/karat".as_ref())?;
/// let executor = Executor::start(&problems.set.languages(), None, &unobserved)?;
/// let mut request = ScoreRequest::new(SampleSource::file("reports/sample/careful.jsonl"), rules);
/// request.run_dir = Some(folder.path().join("careful"));
/// let scored = request.run(&problems, &executor, &unobserved)?;
/// let scores = scored.summary.sealed.expect("sealed judging is the default");
/// assert!(scores.pass_at_k[0].value > 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRequest {
    /// The completions.
    pub samples: SampleSource,
    /// How they are judged.
    pub rules: Rules,
    /// Whether to score what is there, although problems have no completion or fewer than k.
    pub allow_partial: bool,
    /// What to call the run; by default, the name of its directory.
    pub name: Option<String>,
    /// Where to record the run; in a folder of [`RUNS`] by default.
    pub run_dir: Option<PathBuf>,
    /// Whether to go on with an interrupted run of the same question, if there is one.
    pub resume: bool,
}

impl ScoreRequest {
    /// Judges all completions by the rules and records them in a new directory.
    pub fn new(samples: SampleSource, rules: Rules) -> ScoreRequest {
        ScoreRequest { samples, rules, allow_partial: false, name: None, run_dir: None, resume: false }
    }

    /// Judges the completions and scores them.
    ///
    /// # Errors
    ///
    /// When something is wrong with the input, or the run can not be judged or recorded.
    pub fn run(
        &self,
        selection: &Selection,
        executor: &Executor,
        observe: Observer<'_>,
    ) -> Result<Scored, EvaluateError> {
        self.prepare(selection, observe)?.execute(executor, observe)
    }

    /// Reads the samples into a new run directory, or finds the run to resume.
    ///
    /// # Errors
    ///
    /// When something is wrong with the input, or the run can not be recorded.
    pub fn prepare<'a>(
        &'a self,
        selection: &'a Selection,
        observe: Observer<'_>,
    ) -> Result<PreparedScore<'a>, EvaluateError> {
        let mut writer = RunDirectory::create(self.staging_directory())?;
        let left_out = self.read_samples(selection, &mut writer)?;
        let ks = self.check_counts(&selection.set, writer.index())?;
        let new_run = writer.close()?;
        let samples = self.samples.path().map(|path| path.display().to_string());
        let mut manifest = self.rules.manifest(selection, samples, None, ks.clone())?;
        new_run.digest().clone_into(&mut manifest.samples.digest);
        manifest.name.clone_from(&self.name);
        let record = self.new_or_resumed(new_run, manifest, observe)?;
        Ok(PreparedScore { rules: &self.rules, selection, record, ks, left_out })
    }

    fn new_or_resumed(
        &self,
        new_run: NewRun,
        manifest: RunManifest,
        observe: Observer<'_>,
    ) -> Result<ScoreRecord, EvaluateError> {
        let found = if self.resume {
            RunKind::Given.find(self.run_dir.as_deref(), &manifest, observe)?
        } else {
            if self.run_dir.is_none() {
                RunKind::Given.tell_of_unfinished(&manifest, observe);
            }
            None
        };
        let Some(path) = found else {
            return Ok(ScoreRecord::New(new_run, Box::new(manifest)));
        };
        drop(new_run);
        let mut before = VerdictCounts::default();
        // An inconclusive verdict is the harness's failure: it is judged again.
        let log = RunDirectory::resume(&path)?.verdict_log(|VerdictRecord { judgements, .. }| {
            let is_kept = !judgements.any_inconclusive();
            before.judged += u64::from(is_kept);
            before.passed += u64::from(is_kept && judgements.passes());
            is_kept
        })?;
        Ok(ScoreRecord::Resumed(Box::new(log), before))
    }

    /// Where a new run goes: the directory that was named, or the first of `runs/NAME`, `runs/NAME-2`, … that is free.
    /// Where one is resumed, a place aside: only if there is nothing to resume does it become a run.
    fn staging_directory(&self) -> PathBuf {
        if let Some(path) = &self.run_dir {
            if self.resume && RunKind::Given.is_at(path) {
                return free_directory(&format!("{}-resuming", path.display()));
            }
            return path.clone();
        }
        if let Some(name) = &self.name {
            return directory_of_name(name);
        }
        let name = match self.samples.path() {
            None => "reference".to_owned(),
            Some(path) if path.as_os_str() == "-" => "stdin".to_owned(),
            Some(path) => {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                name.split('.').find(|part| !part.is_empty()).unwrap_or("samples").to_owned()
            }
        };
        free_directory(&format!("{RUNS}/{name}"))
    }

    /// Takes all samples into the run directory. Tells how many were left out.
    fn read_samples(
        &self,
        selection: &Selection,
        writer: &mut CompletionWriter,
    ) -> Result<LeftOut, EvaluateError> {
        match &self.samples {
            SampleSource::Reference => self.read_references(selection, writer).map(|()| LeftOut::default()),
            SampleSource::File { path, raw, skip_invalid } => {
                let file = SamplesFile { path, raw: *raw, skip_invalid: *skip_invalid, selection };
                file.read(writer)
            }
        }
    }

    fn read_references(
        &self,
        Selection { path, set, .. }: &Selection,
        writer: &mut CompletionWriter,
    ) -> Result<(), EvaluateError> {
        let without: Vec<&str> = set
            .entries()
            .filter(|(_, entry)| !entry.has_reference)
            .map(|(task_id, _)| task_id.as_str())
            .collect();
        if without.len() == set.len() {
            return Err(EvaluateError::NoReferences { path: path.clone() });
        }
        if !without.is_empty() && !self.allow_partial {
            return Err(EvaluateError::MissingReferences {
                path: path.clone(),
                missing: without.len(),
                problems: set.len(),
                some: some_of(&without),
            });
        }
        for problem in set.problems() {
            let problem = problem?;
            if let Some(reference) = problem.reference() {
                writer.append(&problem.task_id, &reference.source, Form::Continuation)?;
            }
        }
        Ok(())
    }

    /// Checks that there are enough samples, and settles which k's are scored.
    fn check_counts(&self, set: &ProblemSet, index: &CompletionIndex) -> Result<Vec<u64>, EvaluateError> {
        let source_name = self.samples.name();
        if index.is_empty() {
            return Err(EvaluateError::NoCompletions { source_name });
        }
        let missing: Vec<&str> =
            set.task_ids().map(TaskId::as_str).filter(|task_id| index.samples(task_id) == 0).collect();
        if !missing.is_empty() && !self.allow_partial {
            return Err(EvaluateError::MissingCompletions {
                source_name,
                missing: missing.len(),
                problems: set.len(),
                some: some_of(&missing),
            });
        }
        let fewest = index.tasks().map(|(_, count)| count).min().unwrap_or(0);
        let most = index.tasks().map(|(_, count)| count).max().unwrap_or(0);
        let ks = self.rules.ks_of(fewest);
        for &k in &ks {
            if k > most {
                return Err(EvaluateError::LargeK { source_name, k, most });
            }
            let few: Vec<&str> =
                index.tasks().filter(|(_, count)| *count < k).map(|(task_id, _)| task_id.as_str()).collect();
            if !few.is_empty() && !self.allow_partial {
                return Err(EvaluateError::FewSamples { source_name, k, some: some_of(&few) });
            }
        }
        Ok(ks)
    }
}

/// A file of samples, and the problems that they are for.
struct SamplesFile<'a> {
    path: &'a Path,
    raw: bool,
    skip_invalid: bool,
    selection: &'a Selection,
}

impl SamplesFile<'_> {
    fn read(&self, writer: &mut CompletionWriter) -> Result<LeftOut, EvaluateError> {
        let Selection { set, outside, .. } = self.selection;
        let mut left_out = LeftOut::default();
        let tasks = Tasks::of(set);
        let mut programs = Programs { set, last: None };
        let samples = if self.raw { Samples::open_raw(self.path)? } else { Samples::open(self.path)? };
        for sample in samples {
            let sample = match sample {
                Ok(sample) => sample,
                Err(error) if self.skip_invalid && is_skippable(&error) => {
                    left_out.invalid += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if let (SampleTask::Position(_), false) = (&sample.task, outside.is_empty()) {
                return Err(EvaluateError::ByOrder { path: self.path.to_owned() });
            }
            match (tasks.find(&sample.task), &sample.task) {
                (Some(task_id), _) if self.raw => {
                    let (form, text) = programs.extract(task_id, &sample.completion)?;
                    writer.append(task_id, &text, form)?;
                }
                (Some(task_id), _) => {
                    let upstream = sample.upstream_solution.as_deref();
                    writer.append_with_upstream(task_id, &sample.completion, sample.form, upstream)?;
                }
                (None, SampleTask::Named(name) | SampleTask::Part(name, _)) if outside.contains(name) => {
                    left_out.outside_dates += 1;
                }
                (None, _) if self.skip_invalid => left_out.invalid += 1,
                (None, _) => return Err(self.unknown(sample)),
            }
        }
        Ok(left_out)
    }

    /// The error for a sample of a problem that the set does not have.
    fn unknown(&self, sample: Sample) -> EvaluateError {
        let set = &self.selection.set;
        let (path, place, name) = (self.path.to_owned(), sample.place, set.name.clone());
        match sample.task {
            SampleTask::Named(task_id) | SampleTask::Part(task_id, _) => {
                let near = near(task_id.as_str(), set.task_ids().map(|known| known.as_str().to_owned()));
                EvaluateError::UnknownTask { path, place, set: name, task_id, near }
            }
            SampleTask::Position(position) => EvaluateError::UnknownPosition {
                path,
                place,
                set: name,
                position: position + 1,
                problems: set.len(),
            },
        }
    }
}

/// Whether what follows a faulty sample can still be read.
fn is_skippable(error: &SampleError) -> bool {
    matches!(error, SampleError::Program { .. }) || error.skippable().is_some()
}

/// Takes programs out of answers. Those to one problem mostly come one after another.
struct Programs<'a> {
    set: &'a ProblemSet,
    last: Option<Problem>,
}

impl Programs<'_> {
    /// The program in an answer, an empty one if there is none.
    fn extract(&mut self, task_id: &TaskId, answer: &str) -> Result<(Form, String), StoreError> {
        let problem = match self.last.take() {
            Some(problem) if problem.task_id == *task_id => problem,
            _ => self.set.problem(task_id.as_str())?,
        };
        let extracted = extract(self.last.insert(problem), answer, AnswerKind::Chat);
        Ok(extracted.map_or((Form::Program, String::new()), |found| (found.form, found.text)))
    }
}

fn some_of(task_ids: &[&str]) -> String {
    const SHOWN: usize = 5;
    let mut text = task_ids.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if task_ids.len() > SHOWN {
        text.push_str(", …");
    }
    text
}
