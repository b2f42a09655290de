//! Asking and judging at once: programs go to the judging threads as their answers arrive.
//!
//! This thread follows the events of the network's runtime, records each answer and hands new programs to the pool.
//! What waits to be judged is a place in the file of answers, so that memory does not grow when answers come faster
//! than they can be judged, and the server is kept busy all the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::{ScopeFifo, ThreadPool};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use super::alone::Alone;
use super::asking::{Asked, ToKeep};
use super::progress::RunProgress;
use super::rules::AnswerJudge;
use super::{EvaluateError, Event, Observer};
use crate::complete::answered::AnsweredSample;
use crate::complete::extract::AnswerKind;
use crate::complete::generate::GenerationEvent as AskEvent;
use crate::complete::price::Price;
use crate::complete::query::RawAnswer;
use crate::judge::{BothAnswers, Judgements};
use crate::lock::lock;
use crate::problem::{ProblemSet, TaskId};
use crate::record::{GrowingRun, JudgedProgram, LineAt, LogReader, ProgramDigest, RecordError};

/// Asking and judging.
pub(super) struct Pipeline<'a> {
    pub set: &'a ProblemSet,
    pub kind: AnswerKind,
    pub judge: AnswerJudge<'a>,
    /// What the answers cost, if that is known.
    pub price: Option<Price>,
    pub pool: &'a ThreadPool,
    pub observe: Observer<'a>,
    /// Cancelled when the user wants no more answers: what is in flight still comes, nothing more is judged.
    pub interrupted: CancellationToken,
    /// Cancelled when something fails here, so that nothing more is asked.
    pub cancellation: CancellationToken,
}

/// A run that was asked and judged.
#[derive(Debug)]
pub(super) struct PipelineOutput {
    /// The record, to be finished or closed.
    pub run: GrowingRun,
    /// What it holds.
    pub progress: RunProgress,
    /// What was told of the asking.
    pub asked: Asked,
}

/// What the threads share.
struct Shared<'a> {
    pipeline: &'a Pipeline<'a>,
    state: Mutex<State>,
    answers: LogReader<AnsweredSample>,
    /// Programs that the backstop stopped.
    alone: Alone<(usize, LineAt)>,
    failure: Mutex<Option<EvaluateError>>,
    failed: AtomicBool,
}

struct State {
    run: GrowingRun,
    progress: RunProgress,
}

impl Pipeline<'_> {
    /// Follows the events to their end and judges what comes, and what `progress` has not judged yet.
    pub(super) fn run(
        &self,
        run: GrowingRun,
        progress: RunProgress,
        events: &mut Receiver<AskEvent>,
    ) -> Result<PipelineOutput, EvaluateError> {
        let shared = Shared {
            pipeline: self,
            answers: run.answers()?,
            state: Mutex::new(State { run, progress }),
            alone: Alone::new(),
            failure: Mutex::default(),
            failed: AtomicBool::new(false),
        };
        let mut asked = Asked::new(self.price);
        self.pool.in_place_scope_fifo(|scope| {
            shared.judge_what_is_there(scope);
            let followed = asked.follow(events, self.observe, |kept| match kept {
                ToKeep::Answer { task_id, sample, answer } => shared.take(scope, &task_id, sample, answer),
                ToKeep::Failure(failed) => Ok(lock(&shared.state).run.add_error(&failed)?),
            });
            if let Err(error) = followed {
                shared.fail(error);
            }
        });
        let judged = shared.alone.finish(self.pool, |(program, answer)| {
            shared.judge(program, answer, true);
            Ok::<(), EvaluateError>(())
        });
        if let Some(error) = lock(&shared.failure).take().or(judged.err()) {
            return Err(error);
        }
        if asked.ending.is_none() {
            let advice = "what was answered is recorded, go on with --resume";
            return Err(EvaluateError::ProviderStopped { advice });
        }
        let State { run, progress } = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(PipelineOutput { run, progress, asked })
    }
}

impl<'scope> Shared<'scope> {
    /// Judges the programs that an interrupted run left without a verdict.
    fn judge_what_is_there(&'scope self, scope: &ScopeFifo<'scope>) {
        let state = lock(&self.state);
        self.tell(&state.progress);
        for (program, answer) in state.progress.unjudged() {
            scope.spawn_fifo(move |_| self.judge(program, answer, false));
        }
    }

    /// Records an answer, and has its program judged if it is a new one.
    fn take(
        &'scope self,
        scope: &ScopeFifo<'scope>,
        task_id: &TaskId,
        sample: u32,
        answer: RawAnswer,
    ) -> Result<(), EvaluateError> {
        let prepared = self.pipeline.judge.problems.get(task_id)?;
        let answered = AnsweredSample::new(&prepared.problem, sample, answer, self.pipeline.kind);
        let mut state = lock(&self.state);
        let at = state.run.add_answer(&answered)?;
        let (program, is_new) = state.progress.add_answer(self.pipeline.set, at, &answered);
        if is_new {
            scope.spawn_fifo(move |_| self.judge(program, at, false));
        } else {
            self.tell(&state.progress);
        }
        Ok(())
    }

    /// Judges a program and records the verdict. One that the backstop stops is put aside, unless it is alone already.
    fn judge(&self, program: usize, answer: LineAt, alone: bool) {
        if self.failed.load(Ordering::Relaxed) || self.pipeline.interrupted.is_cancelled() {
            return;
        }
        if let Err(error) = self.try_to_judge(program, answer, alone) {
            self.fail(error);
        }
    }

    fn try_to_judge(&self, program: usize, at: LineAt, alone: bool) -> Result<(), EvaluateError> {
        let answered = self.answers.read(at)?;
        let answers = BothAnswers { sealed: answered.program(), compat: answered.upstream_program() };
        let judgements = self.pipeline.judge.judge(&answered.task_id, answers)?;
        if judgements.any_inconclusive() && !alone {
            self.alone.put_aside((program, at));
            return Ok(());
        }
        self.record(program, &answered, judgements)?;
        Ok(())
    }

    fn record(
        &self,
        program: usize,
        answered: &AnsweredSample,
        judgements: Judgements,
    ) -> Result<(), RecordError> {
        let passes = judgements.passes();
        let digest = ProgramDigest::of_answered(answered);
        let judged = JudgedProgram { task_id: answered.task_id.clone(), program: digest, judgements };
        let mut state = lock(&self.state);
        let at = state.run.add_judged(&judged)?;
        state.progress.set_judged(program, at, passes);
        self.tell(&state.progress);
        Ok(())
    }

    fn tell(&self, progress: &RunProgress) {
        (self.pipeline.observe)(Event::Judged { judged: progress.judged(), passed: progress.passed() });
    }

    /// Keeps the first thing that went wrong and lets everything end.
    fn fail(&self, error: EvaluateError) {
        lock(&self.failure).get_or_insert(error);
        self.failed.store(true, Ordering::Relaxed);
        self.pipeline.cancellation.cancel();
    }
}
