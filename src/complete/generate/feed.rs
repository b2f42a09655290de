//! The work that is left: cached answers are reported on the way, and the rest is cut into requests.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Batch, Engine, GenerationEvent, Work};
use crate::complete::answer_cache::AnswerKeys;

/// How many samples of a task are looked up in the cache at once.
const LOOKED_UP: u32 = 256;

/// The work that is left, cut into requests.
pub(super) struct Feed<W> {
    work: W,
    current: Option<(Work, Option<Arc<AnswerKeys>>)>,
    /// Known not to be in the cache.
    batches: VecDeque<Batch>,
}

impl<W: Iterator<Item = Work>> Feed<W> {
    /// All of the work.
    pub(super) fn new(work: W) -> Feed<W> {
        Feed { work, current: None, batches: VecDeque::new() }
    }

    /// Takes back samples that other requests have to ask for.
    pub(super) fn put_back(&mut self, batch: Batch) {
        self.batches.push_front(batch);
    }

    /// What the next request should ask for. Cached answers are reported on the way.
    pub(super) async fn next(&mut self, engine: &Engine) -> Option<Batch> {
        loop {
            if let Some(mut batch) = self.batches.pop_front() {
                let most = engine.most_samples.load(Ordering::Relaxed);
                let end = batch.samples.end.min(batch.samples.start.saturating_add(most));
                if end < batch.samples.end {
                    self.batches.push_front(Batch { samples: end..batch.samples.end, ..batch.clone() });
                }
                batch.samples.end = end;
                return Some(batch);
            }
            if engine.stop.is_cancelled() {
                return None;
            }
            self.look_up(engine).await?;
        }
    }

    /// Looks up some samples of the current or the next task.
    async fn look_up(&mut self, engine: &Engine) -> Option<()> {
        let (mut work, keys) = match self.current.take() {
            Some(current) => current,
            None => {
                let work = self.work.next()?;
                let identity =
                    engine.settings.cache.as_ref().and_then(|_| engine.settings.provider.identity());
                let keys = identity.map(|identity| {
                    Arc::new(AnswerKeys::new(&identity, &work.prompt, &engine.settings.parameters))
                });
                (work, keys)
            }
        };
        let end = work.samples.end.min(work.samples.start.saturating_add(LOOKED_UP));
        let samples = work.samples.start..end;
        work.samples.start = end;
        let mut answers = engine.cached(keys.clone(), samples.clone()).await.into_iter();
        for sample in samples {
            match answers.next().flatten() {
                Some(answer) => {
                    let task_id = work.task_id.clone();
                    engine
                        .tell(GenerationEvent::Answered { task_id, sample, answer, from_cache: true })
                        .await;
                }
                None => match self.batches.back_mut() {
                    Some(batch) if batch.samples.end == sample => batch.samples.end += 1,
                    _ => self.batches.push_back(Batch {
                        task_id: work.task_id.clone(),
                        prompt: Arc::clone(&work.prompt),
                        keys: keys.clone(),
                        samples: sample..sample + 1,
                    }),
                },
            }
        }
        if !work.samples.is_empty() {
            self.current = Some((work, keys));
        }
        Some(())
    }

    /// Whether there is any left.
    pub(super) fn has_more(&mut self) -> bool {
        !self.batches.is_empty() || self.current.is_some() || self.work.next().is_some()
    }
}
