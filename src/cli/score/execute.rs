//! Executing a run: all cores judge, verdicts are recorded as they come.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use rayon::ThreadPool;
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::cli::progress;
use crate::complete::Completion;
use crate::judge::prepared::PreparedProblems;
use crate::judge::verdict::Judging;
use crate::judge::{BothAnswers, Judge, Judgements};
use crate::record::{RecordError, RunDirectory, VerdictLog, VerdictRecord};
use crate::shown::shown;

/// Everything that judging a run needs.
pub struct Execution<'a> {
    pub pool: &'a ThreadPool,
    pub problems: PreparedProblems<'a>,
    pub judge: Judge<'a>,
    pub judging: Judging,
    pub quiet: bool,
}

impl Execution<'_> {
    /// Judges every completion that has no verdict yet. Those that the backstop stopped are judged once more when
    /// nothing else runs.
    pub fn execute(&self, log: VerdictLog) -> anyhow::Result<RunDirectory> {
        let bar = progress::judging(log.directory().index().len(), self.quiet);
        bar.set_prefix("judging");
        let path = shown(log.directory().path().display());
        bar.println(format!("recording in {path}; should this be interrupted, it goes on with --resume"));
        bar.set_position(log.done().len());
        bar.reset_eta();
        let done = log.done().clone();
        let is_resumed = !done.is_empty();
        let completions = log.directory().completions()?;
        let log = Mutex::new(log);
        let passes = AtomicU64::new(0);
        let stopped = Mutex::new(Vec::new());
        let record = |completion: &Completion, judgements: Judgements| -> Result<(), RecordError> {
            if judgements.passes() {
                passes.fetch_add(1, Ordering::Relaxed);
            }
            lock(&log).append(&VerdictRecord {
                task_id: completion.task_id.clone(),
                sample: completion.sample,
                sealed: judgements.sealed,
                compat: judgements.compat,
            })?;
            tick(&bar, &passes, is_resumed);
            Ok(())
        };
        self.pool.install(|| {
            completions
                .filter(|recorded| {
                    recorded.as_ref().map_or(true, |recorded| !done.contains(recorded.ordinal))
                })
                .par_bridge()
                .try_for_each(|recorded| -> anyhow::Result<()> {
                    let completion = recorded?.completion;
                    let judgements = self.judge(&completion)?;
                    if judgements.any_inconclusive() {
                        lock(&stopped).push(completion);
                        return Ok(());
                    }
                    Ok(record(&completion, judgements)?)
                })
        })?;
        for completion in stopped.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // On a thread of the pool, where the cells' stacks are, with all others idle.
            let judgements = self.pool.install(|| self.judge(&completion))?;
            record(&completion, judgements)?;
        }
        bar.finish_and_clear();
        Ok(log.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?)
    }

    fn judge(&self, completion: &Completion) -> anyhow::Result<Judgements> {
        let prepared = self.problems.get(&completion.task_id)?;
        let reference = prepared.reference.as_ref();
        let answers = BothAnswers { sealed: completion.answer(), compat: completion.upstream_answer() };
        Ok(self.judge.judge_each(&prepared.problem, answers, reference, self.judging))
    }
}

fn tick(bar: &ProgressBar, passes: &AtomicU64, is_resumed: bool) {
    bar.inc(1);
    if bar.is_hidden() {
        return;
    }
    let since = if is_resumed { " since it was resumed" } else { "" };
    bar.set_message(format!("{} passed{since}", passes.load(Ordering::Relaxed)));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
