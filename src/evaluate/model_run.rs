//! A run of a model: it is asked, what it answers is judged at once, and all of it is recorded and scored.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::info;

use super::asking::{AskSettings, Asked, Asking, Interrupt};
use super::pipeline::{Pipeline, PipelineOutput};
use super::progress::RunProgress;
use super::resume::{RunKind, directory_of_model, directory_of_name};
use super::rules::AnswerJudge;
use super::spent::GenerationTally;
use super::{
    EvaluateError, Event, Executor, LeftOut, Observer, PromptSettings, Questions, Rules, Scored, Selection,
};
use crate::complete::generate::{EndReason, Work};
use crate::complete::model_spec::ModelSpec;
use crate::complete::provider::{self, Provider};
use crate::problem::ProblemSet;
use crate::record::{GrowingRun, ModelIdentity, RunManifest};
use crate::shown::shown;

/// A model to be asked, judged and scored.
///
/// ```
/// use karat::evaluate::asking::uninterrupted;
/// use karat::evaluate::{Executor, Rules, RunRequest, unobserved};
///
/// # let folder = tempfile::tempdir()?;
/// let rules = Rules::default();
/// let problems = rules.load("problems/starter".as_ref())?;
/// let executor = Executor::start_beside_network(&problems.set.languages(), None, &unobserved)?;
/// let model = "replay:problems/starter/replay.jsonl".parse()?;
/// let mut request = RunRequest::new(model, &problems, rules)?;
/// request.run_dir = Some(folder.path().join("replay"));
/// let outcome = request.run(&problems, &executor, uninterrupted(), &unobserved)?;
/// let finished = outcome.finished().expect("nobody interrupted it");
/// assert!(finished.scored.summary.completions > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RunRequest {
    /// The model.
    pub model: ModelSpec,
    /// Who answers for it.
    pub provider: Arc<dyn Provider>,
    /// What it is asked.
    pub questions: Questions,
    /// How it is asked.
    pub ask: AskSettings,
    /// How its completions are judged.
    pub rules: Rules,
    /// What to call the run; by default, the name of its model.
    pub name: Option<String>,
    /// Where to record the run; in a folder of [`RUNS`](super::resume::RUNS) by default.
    pub run_dir: Option<PathBuf>,
    /// Whether to go on with an interrupted run of the same question, if there is one.
    pub resume: bool,
}

/// How a run of a model ended.
#[derive(Debug)]
pub enum RunOutcome {
    /// It was scored.
    Finished(Box<AskedRun>),
    /// The user interrupted it.
    Interrupted {
        /// Where it is recorded; nowhere, if nothing is answered.
        path: PathBuf,
        /// How many samples were wanted.
        wanted: u64,
        /// How many are answered.
        answered: u64,
        /// How many are judged.
        judged: u64,
    },
}

impl RunOutcome {
    /// The run, if it was not interrupted.
    pub fn finished(self) -> Option<AskedRun> {
        match self {
            RunOutcome::Finished(finished) => Some(*finished),
            RunOutcome::Interrupted { .. } => None,
        }
    }
}

/// A run of a model that was scored.
#[derive(Debug)]
pub struct AskedRun {
    /// The run and its scores.
    pub scored: Scored,
    /// What was told of the asking.
    pub asked: Asked,
    /// Answers that the run held before it was resumed.
    pub resumed_answers: u64,
}

/// A run's directory and what it holds.
struct Record {
    run: GrowingRun,
    progress: RunProgress,
}

impl RunRequest {
    /// Asks a model for one sample of each problem. Keys come from the environment.
    ///
    /// # Errors
    ///
    /// When the model can not be asked: it has no key, or is the built-in one, which has to be opened first.
    pub fn new(model: ModelSpec, selection: &Selection, rules: Rules) -> Result<RunRequest, EvaluateError> {
        let ask = AskSettings::default();
        let questions = Questions::new(&PromptSettings::default(), &model, &selection.set, ask.samples)?;
        let provider = provider::open(&model, &|name| std::env::var(name).ok(), &selection.set)?;
        Ok(RunRequest { model, provider, questions, ask, rules, name: None, run_dir: None, resume: false })
    }

    /// Asks and judges at once, records all of it and scores it.
    ///
    /// # Errors
    ///
    /// When it can not be asked, judged or recorded. What came before is recorded, and the run can be resumed.
    pub fn run(
        &self,
        selection: &Selection,
        executor: &Executor,
        interrupt: Interrupt,
        observe: Observer<'_>,
    ) -> Result<RunOutcome, EvaluateError> {
        let set = &*selection.set;
        let ks = self.rules.ks_for(self.ask.samples)?;
        let question = self.rules.manifest(selection, None, Some(self.identity()), ks.clone())?;
        let question = RunManifest { name: self.name.clone(), ..question };
        let cancellation = CancellationToken::new();
        let generator = self.ask.generator(&self.model, Arc::clone(&self.provider), cancellation.clone())?;
        let judge = self.rules.judge(executor, set.dataset)?;
        executor.measure_references(set, &judge, |_, entry| self.rules.wants_reference(entry), observe)?;
        let Record { run, progress } = self.begin_or_resume(set, question, observe)?;
        let path = run.path().to_owned();
        let resumed_answers = progress.answers();
        let wanted = set.len() as u64 * u64::from(self.ask.samples);
        observe(Event::Recording {
            path: &path,
            samples: wanted,
            answered: resumed_answers,
            judged: progress.judged(),
            passed: progress.passed(),
        });
        info!(path = %shown(path.display()), samples = wanted, answered = resumed_answers, "run begins");
        let works = missing(&self.questions.works, set, &progress);
        let mut asking = Asking::start(generator, works, interrupt)?;
        let pipeline = Pipeline {
            set,
            kind: self.questions.kind,
            judge: AnswerJudge::new(&self.rules, set, executor, judge, observe),
            price: self.ask.price,
            pool: &executor.pool,
            observe,
            interrupted: asking.interrupted.clone(),
            cancellation,
        };
        let interrupted = asking.interrupted.clone();
        let outcome = pipeline.run(run, progress, &mut asking.events);
        observe(Event::Ended);
        asking.end();
        let outcome = outcome.map_err(|source| match GrowingRun::is_at(&path) {
            true => EvaluateError::Interrupted { path: path.clone(), source: Box::new(source) },
            false => source, // there was nothing in it
        })?;
        if interrupted.is_cancelled() {
            let (answered, judged) = (outcome.progress.answers(), outcome.progress.judged());
            let path = outcome.run.close()?;
            info!(path = %shown(path.display()), answered, judged, "run interrupted");
            return Ok(RunOutcome::Interrupted { path, wanted, answered, judged });
        }
        let finished = self.finish(selection, executor, outcome, &ks, resumed_answers)?;
        info!(path = %shown(path.display()), samples = wanted, "run ended");
        Ok(RunOutcome::Finished(Box::new(finished)))
    }

    /// Which model is asked, and how, for the record.
    fn identity(&self) -> ModelIdentity {
        // A server that Karat starts has another one each time, and the built-in model has none.
        let has_address = !matches!(self.model, ModelSpec::Managed { .. } | ModelSpec::Gguf { .. });
        let address = self.provider.identity().map(|identity| identity.address);
        ModelIdentity {
            model: self.model.clone(),
            address: address.filter(|address| has_address && !address.is_empty()),
            setup: self.provider.setup(),
            resources: self.provider.resources(),
            parameters: self.ask.parameters.clone(),
            samples: self.ask.samples,
            prompts: self.questions.digest.clone(),
            language: self.questions.language.clone(),
        }
    }

    /// Begins the run, or goes on with the one that was interrupted.
    fn begin_or_resume(
        &self,
        set: &ProblemSet,
        question: RunManifest,
        observe: Observer<'_>,
    ) -> Result<Record, EvaluateError> {
        let resumed = if self.resume {
            RunKind::Asked.find(self.run_dir.as_deref(), &question, observe)?
        } else {
            if self.run_dir.is_none() {
                RunKind::Asked.tell_of_unfinished(&question, observe);
            }
            None
        };
        let Some(path) = resumed else {
            let path = match (&self.run_dir, &self.name) {
                (Some(path), _) => path.clone(),
                (None, Some(name)) => directory_of_name(name),
                (None, None) => directory_of_model(&set.name, &self.model),
            };
            return Ok(Record { run: GrowingRun::begin(path, question)?, progress: RunProgress::default() });
        };
        let mut progress = RunProgress::default();
        let mut judged = Vec::new();
        let run = GrowingRun::resume(
            path,
            |at, answered| {
                progress.add_answer(set, at, &answered);
            },
            |at, program| judged.push((at, program)),
        )?;
        for (at, program) in &judged {
            progress.add_judged(set, *at, program);
        }
        Ok(Record { run, progress })
    }

    /// Finishes the record of a run and scores it.
    fn finish(
        &self,
        selection: &Selection,
        executor: &Executor,
        outcome: PipelineOutput,
        ks: &[u64],
        resumed_answers: u64,
    ) -> Result<AskedRun, EvaluateError> {
        let PipelineOutput { run, progress, asked } = outcome;
        let set = &*selection.set;
        let samples = progress.in_order();
        let model = self.model.to_string();
        if samples.is_empty() {
            let why = asked.errors.keys().next().map_or(asked.why(), String::as_str).to_owned();
            return Err(EvaluateError::NothingAnswered { model, why });
        }
        let mut tally = GenerationTally::new(self.ask.price);
        let answers = run.answers()?;
        for (answer, _) in &samples {
            tally.add(&answers.read(*answer)?);
        }
        let wanted = set.len() as u64 * u64::from(self.ask.samples);
        let title = self.model.title();
        let generation = tally.generation(title, wanted, progress.solved(), asked.kept_back);
        let run = run.finish(samples.into_iter())?;
        // Where requests failed there may be a k that no problem has enough samples for.
        let most = run.index().tasks().map(|(_, count)| count).max().unwrap_or(0);
        let ks: Vec<u64> = ks.iter().copied().filter(|k| *k <= most).collect();
        let mut summary = self.rules.summary(&run, set, &ks)?;
        summary.generation = Some(generation);
        run.write_reference_fuel(&executor.reference_fuel(&run, set))?;
        run.write_scores(&summary)?;
        let is_reference = executor.is_reference();
        let scored =
            Scored { run, summary, left_out: LeftOut::default(), resumed: 0, fenced: 0, is_reference };
        Ok(AskedRun { scored, asked, resumed_answers })
    }
}

impl Asked {
    /// Why there is no answer to what was not answered.
    pub fn why(&self) -> &'static str {
        match self.ending() {
            EndReason::Complete => "their requests failed",
            EndReason::Cancelled => "it was stopped before",
            EndReason::BudgetReached => "the budget is used up",
            EndReason::Hopeless => "all others would have failed as the last one did",
        }
    }
}

/// What is still to be asked: the samples that have no answer yet.
fn missing(works: &[Work], set: &ProblemSet, progress: &RunProgress) -> Vec<Work> {
    let answered = progress.answered();
    let mut missing = Vec::with_capacity(works.len());
    for work in works {
        let position = set.position(work.task_id.as_str());
        let Some(known) = position.and_then(|position| answered.get(&position)) else {
            missing.push(work.clone());
            continue;
        };
        let mut start = work.samples.start;
        let mut known = known.clone();
        known.sort_unstable();
        for sample in known.into_iter().chain([work.samples.end]) {
            if sample > start {
                missing.push(Work { samples: start..sample, ..work.clone() });
            }
            start = start.max(sample.saturating_add(1));
        }
    }
    missing
}
