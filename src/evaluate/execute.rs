//! Executing a run: all cores judge, verdicts are recorded as they come.

use std::sync::{Mutex, PoisonError};

use rayon::iter::{ParallelBridge, ParallelIterator};
use tracing::info;

use super::alone::Alone;
use super::rules::AnswerJudge;
use super::summary::Summary;
use super::{EvaluateError, Event, Executor, Observer, Rules, Selection};
use crate::complete::Completion;
use crate::judge::{BothAnswers, Judgements};
use crate::lock::lock;
use crate::record::{
    CompletionIndex, NewRun, RecordError, RunDirectory, RunManifest, VerdictLog, VerdictRecord,
};
use crate::shown::shown;

/// Samples that are not judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Malformed, or of an unknown task, and left out since that was asked for.
    pub invalid: u64,
    /// Of problems outside of the dates that were asked for.
    pub outside_dates: u64,
}

/// A run that can be executed.
#[derive(Debug)]
pub struct PreparedScore<'a> {
    pub(super) rules: &'a Rules,
    pub(super) selection: &'a Selection,
    /// Where it is recorded.
    pub(super) record: ScoreRecord,
    /// The k's to score.
    pub(super) ks: Vec<u64>,
    pub(super) left_out: LeftOut,
}

/// The record of a run that is about to be judged.
#[derive(Debug)]
pub(super) enum ScoreRecord {
    /// It begins when all is ready. Dropped before that, it leaves nothing.
    New(NewRun, Box<RunManifest>),
    /// It goes on: the log of its verdicts, how many samples have one already, and how many of those pass.
    Resumed(Box<VerdictLog>, VerdictCounts),
}

impl ScoreRecord {
    fn index(&self) -> &CompletionIndex {
        match self {
            ScoreRecord::New(run, _) => run.index(),
            ScoreRecord::Resumed(log, _) => log.directory().index(),
        }
    }

    fn start(self) -> Result<(VerdictLog, VerdictCounts), RecordError> {
        match self {
            ScoreRecord::New(run, manifest) => {
                let log = run.start(*manifest)?.verdict_log(|_| true)?;
                Ok((log.kept_from_first_verdict(), VerdictCounts::default()))
            }
            ScoreRecord::Resumed(log, before) => Ok((*log, before)),
        }
    }
}

/// What an interrupted run left.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VerdictCounts {
    pub judged: u64,
    pub passed: u64,
}

/// A run that was judged and scored.
#[derive(Debug)]
pub struct Scored {
    /// Its record.
    pub run: RunDirectory,
    /// Its scores.
    pub summary: Summary,
    /// Samples that were not judged.
    pub left_out: LeftOut,
    /// Verdicts that an interrupted run left.
    pub resumed: u64,
    /// Completions with a fence of Markdown that were judged now and did not pass.
    pub fenced: u64,
    /// Whether what executed it behaves like the reference builds, so that verdicts and fuel are as elsewhere.
    pub is_reference: bool,
}

/// What the threads share.
struct Shared<'a> {
    judge: AnswerJudge<'a>,
    state: Mutex<State>,
    observe: Observer<'a>,
}

struct State {
    log: VerdictLog,
    counts: VerdictCounts,
    fenced: u64,
}

impl PreparedScore<'_> {
    /// Judges every completion that has no verdict yet, and scores the run.
    ///
    /// # Errors
    ///
    /// When the limits leave no room, a reference solution can not be measured, or the run can not be recorded.
    pub fn execute(self, executor: &Executor, observe: Observer<'_>) -> Result<Scored, EvaluateError> {
        let PreparedScore { rules, selection, record, ks, left_out } = self;
        let set = &*selection.set;
        let judge = rules.judge(executor, set.dataset)?;
        let index = record.index();
        let is_wanted = |task_id: &str| index.samples(task_id) > 0;
        executor.measure_references(
            set,
            &judge,
            |task_id, entry| is_wanted(task_id.as_str()) && rules.wants_reference(entry),
            observe,
        )?;
        let (log, before) = record.start()?;
        let samples = log.directory().index().len();
        observe(Event::Recording {
            path: log.directory().path(),
            samples,
            answered: samples,
            judged: before.judged,
            passed: before.passed,
        });
        info!(path = %shown(log.directory().path().display()), samples, judged = before.judged, "run begins");
        let judge = AnswerJudge::new(rules, set, executor, judge, observe);
        let run = judge_all(judge, log, before, executor, observe);
        observe(Event::Ended);
        let (run, fenced) = run?;
        let summary = rules.summary(&run, set, &ks)?;
        run.write_reference_fuel(&executor.reference_fuel(&run, set))?;
        run.write_scores(&summary)?;
        info!(path = %shown(run.path().display()), samples, "run ended");
        let is_reference = executor.is_reference();
        Ok(Scored { run, summary, left_out, resumed: before.judged, fenced, is_reference })
    }
}

/// Those that the backstop stopped are judged once more when nothing else runs.
fn judge_all(
    judge: AnswerJudge<'_>,
    log: VerdictLog,
    counts: VerdictCounts,
    executor: &Executor,
    observe: Observer<'_>,
) -> Result<(RunDirectory, u64), EvaluateError> {
    let done = log.done().clone();
    let completions = log.directory().completions()?;
    let shared = Shared { judge, state: Mutex::new(State { log, counts, fenced: 0 }), observe };
    let alone = Alone::new();
    executor.pool.install(|| {
        completions
            .filter(|recorded| recorded.as_ref().map_or(true, |recorded| !done.contains(recorded.ordinal)))
            .take_while(|_| !executor.stop.is_cancelled())
            .par_bridge()
            .try_for_each(|recorded| -> Result<(), EvaluateError> {
                let completion = recorded?.completion;
                let judgements = shared.judge(&completion)?;
                if judgements.any_inconclusive() {
                    alone.put_aside(completion);
                    return Ok(());
                }
                Ok(shared.record(&completion, judgements)?)
            })
    })?;
    alone.finish(&executor.pool, |completion| -> Result<(), EvaluateError> {
        if executor.stop.is_cancelled() {
            return Ok(());
        }
        let judgements = shared.judge(&completion)?;
        Ok(shared.record(&completion, judgements)?)
    })?;
    let State { mut log, counts, fenced } = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if executor.stop.is_cancelled() && log.missing() > 0 {
        log.sync()?;
        let run = log.directory();
        let (path, samples) = (run.path().to_owned(), run.index().len());
        return Err(match counts.judged {
            0 => EvaluateError::StoppedBeforeJudging,
            judged => EvaluateError::Stopped { path, judged, samples },
        });
    }
    Ok((log.finish()?, fenced))
}

impl Shared<'_> {
    fn judge(&self, completion: &Completion) -> Result<Judgements, EvaluateError> {
        let answers = BothAnswers { sealed: completion.answer(), compat: completion.upstream_answer() };
        self.judge.judge(&completion.task_id, answers)
    }

    fn record(&self, completion: &Completion, judgements: Judgements) -> Result<(), RecordError> {
        let passes = judgements.passes();
        let (task_id, sample) = (completion.task_id.clone(), completion.sample);
        let mut state = lock(&self.state);
        state.log.append(&VerdictRecord { task_id, sample, judgements })?;
        state.counts.judged += 1;
        state.counts.passed += u64::from(passes);
        state.fenced += u64::from(!passes && completion.has_fence());
        let VerdictCounts { judged, passed } = state.counts;
        drop(state);
        (self.observe)(Event::Judged { judged, passed });
        Ok(())
    }
}
