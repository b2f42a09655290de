//! Which worker does what: requests, their parts, and what is under way. No pipes and no processes here.

use std::collections::{BTreeMap, HashMap, VecDeque};

use tokio::sync::{mpsc, oneshot};

use super::ModelError;
use crate::model::frames::{
    CompletionTask, FromWorker, GeneratedText, RequestId, Score, ScoreTask, ToWorker,
};

/// The answer to a request.
#[derive(Debug)]
pub(super) enum WorkerAnswer {
    Completions(Vec<GeneratedText>),
    Score(Score),
}

/// What is asked.
pub(super) enum Task {
    Complete(CompletionTask),
    Score(ScoreTask),
}

/// A request, of one or more parts.
struct Request {
    completions: Vec<Option<GeneratedText>>,
    missing: usize,
    reply: oneshot::Sender<Result<WorkerAnswer, ModelError>>,
}

/// The part of a request that one worker does.
struct Part {
    request: RequestId,
    /// The index of the part's first completion in the request.
    first: usize,
    /// How many completions are still to come.
    missing: usize,
    /// Who does it.
    worker: Option<usize>,
}

struct Worker {
    /// Where its messages go; `None` while it does not run.
    messages: Option<mpsc::UnboundedSender<ToWorker>>,
    slots: usize,
    /// Its process, while it runs.
    process: Option<u32>,
    /// How many of its completions are still to come.
    load: usize,
    /// Whether it will not run again.
    is_gone: bool,
}

/// All requests that wait or are under way.
pub(super) struct PoolState {
    workers: Vec<Worker>,
    requests: HashMap<RequestId, Request>,
    /// In the order in which they were asked.
    parts: BTreeMap<RequestId, Part>,
    queue: VecDeque<(RequestId, ToWorker, usize)>,
    next: RequestId,
    /// Why no worker runs or ever will, if that is so.
    gave_up: Option<ModelError>,
}

impl PoolState {
    /// A state with workers of these slots that do not run yet.
    pub(super) fn new(slots: impl IntoIterator<Item = usize>) -> PoolState {
        let worker = |slots| Worker { messages: None, slots, process: None, load: 0, is_gone: false };
        PoolState {
            workers: slots.into_iter().map(worker).collect(),
            requests: HashMap::new(),
            parts: BTreeMap::new(),
            queue: VecDeque::new(),
            next: 0,
            gave_up: None,
        }
    }

    /// Adds a request, and returns its number and the receiver of its answer.
    pub(super) fn ask(
        &mut self,
        task: Task,
    ) -> (RequestId, oneshot::Receiver<Result<WorkerAnswer, ModelError>>) {
        let (reply, receiver) = oneshot::channel();
        let request = self.number();
        if let Some(error) = &self.gave_up {
            // The receiver still exists here.
            let _ = reply.send(Err(error.clone()));
            return (request, receiver);
        }
        let count = match &task {
            Task::Complete(task) => task.keys.len(),
            Task::Score(_) => 1,
        };
        let completions = vec![None; if matches!(task, Task::Score(_)) { 0 } else { count }];
        self.requests.insert(request, Request { completions, missing: count, reply });
        match task {
            Task::Score(task) => {
                let number = self.number();
                self.parts.insert(number, Part { request, first: 0, missing: 1, worker: None });
                self.queue.push_back((number, ToWorker::Score(number, task), 1));
            }
            Task::Complete(task) => {
                // A prompt is computed once for each part, so there are no more parts than workers, and no more than
                // fill their slots.
                let running = self.workers.iter().filter(|worker| !worker.is_gone);
                let (workers, slots) =
                    running.fold((0, 1), |(count, most), worker| (count + 1, worker.slots.max(most)));
                let parts = count.div_ceil(slots).min(workers).max(1);
                let size = count.div_ceil(parts).max(1);
                // A request for nothing is sent on, to be refused.
                let starts = (0..count.max(1)).step_by(size);
                for first in starts {
                    let keys = task.keys[first..count.min(first + size)].to_vec();
                    let number = self.number();
                    let missing = keys.len();
                    self.parts.insert(number, Part { request, first, missing, worker: None });
                    let message = ToWorker::Complete(number, CompletionTask { keys, ..task.clone() });
                    self.queue.push_back((number, message, missing));
                }
            }
        }
        self.dispatch();
        (request, receiver)
    }

    fn number(&mut self) -> RequestId {
        self.next += 1;
        self.next
    }

    /// Cancels a request that nobody waits for any longer.
    pub(super) fn cancel(&mut self, request: RequestId) {
        if self.requests.remove(&request).is_some() {
            self.drop_parts(request);
            self.dispatch();
        }
    }

    fn drop_parts(&mut self, request: RequestId) {
        let parts = &self.parts;
        self.queue.retain(|(part, _, _)| parts.get(part).is_some_and(|part| part.request != request));
        let workers = &mut self.workers;
        self.parts.retain(|number, part| {
            if part.request != request {
                return true;
            }
            if let Some(worker) = part.worker.and_then(|worker| workers.get_mut(worker)) {
                worker.load -= part.missing;
                if let Some(messages) = &worker.messages {
                    // A worker that has just died needs no telling.
                    let _ = messages.send(ToWorker::Cancel(*number));
                }
            }
            false
        });
    }

    /// The numbers of the processes that run.
    pub(super) fn processes(&self) -> Vec<u32> {
        self.workers.iter().filter_map(|worker| worker.process).collect()
    }

    /// A worker runs.
    pub(super) fn started(
        &mut self,
        worker: usize,
        process: Option<u32>,
        messages: mpsc::UnboundedSender<ToWorker>,
    ) {
        self.workers[worker].messages = Some(messages);
        self.workers[worker].process = process;
        self.dispatch();
    }

    /// A worker ended; what it was working on fails.
    pub(super) fn ended(&mut self, worker: usize, error: &ModelError) {
        self.workers[worker].messages = None;
        self.workers[worker].process = None;
        let lost: Vec<RequestId> =
            self.parts.values().filter(|part| part.worker == Some(worker)).map(|part| part.request).collect();
        for request in lost {
            self.fail(request, error.clone());
        }
    }

    /// A worker will not run again. With the last of them, everything fails.
    pub(super) fn gone(&mut self, worker: usize, error: &ModelError) {
        self.ended(worker, error);
        self.workers[worker].is_gone = true;
        if self.workers.iter().all(|worker| worker.is_gone) {
            self.gave_up = Some(error.clone());
            let all: Vec<RequestId> = self.requests.keys().copied().collect();
            all.into_iter().for_each(|request| self.fail(request, error.clone()));
        }
    }

    fn fail(&mut self, request: RequestId, error: ModelError) {
        if let Some(failed) = self.requests.remove(&request) {
            // Whoever asked may be gone.
            let _ = failed.reply.send(Err(error));
            self.drop_parts(request);
        }
    }

    /// Handles a worker's message about a request. One about a request that it does not have, which may have been
    /// cancelled, is ignored; one that makes no sense is an error.
    pub(super) fn take(&mut self, worker: usize, message: FromWorker) -> Result<(), &'static str> {
        let number = message.request().ok_or("a message out of turn")?;
        let Some(part) = self.parts.get_mut(&number).filter(|part| part.worker == Some(worker)) else {
            return Ok(());
        };
        let (request, first) = (part.request, part.first);
        let Some(asked) = self.requests.get_mut(&request) else { return Ok(()) };
        match message {
            FromWorker::Completed(_, index, completion) => {
                let place = asked.completions.get_mut(first.saturating_add(index as usize));
                match place {
                    Some(place @ None) if part.missing > 0 => *place = Some(completion),
                    _ => return Err("a completion that was not asked for"),
                }
                part.missing -= 1;
                asked.missing -= 1;
                self.workers[worker].load -= 1;
                if part.missing == 0 {
                    self.parts.remove(&number);
                }
                if asked.missing == 0
                    && let Some(done) = self.requests.remove(&request)
                {
                    let completions = done.completions.into_iter().flatten().collect();
                    let _ = done.reply.send(Ok(WorkerAnswer::Completions(completions)));
                }
            }
            FromWorker::Scored(_, score) => {
                if !asked.completions.is_empty() {
                    return Err("a score that was not asked for");
                }
                self.workers[worker].load -= part.missing;
                self.parts.remove(&number);
                if let Some(done) = self.requests.remove(&request) {
                    let _ = done.reply.send(Ok(WorkerAnswer::Score(score)));
                }
            }
            FromWorker::Refused(_, refusal) => {
                self.workers[worker].load -= part.missing;
                self.parts.remove(&number);
                self.fail(request, ModelError::Refused(refusal));
            }
            _ => {}
        }
        self.dispatch();
        Ok(())
    }

    /// Hands out what waits to the workers with the fewest completions under way; each gets somewhat more than its
    /// slots, so that none waits for the pipe.
    fn dispatch(&mut self) {
        while let Some((number, _, size)) = self.queue.front() {
            let ready = self.workers.iter_mut().enumerate().filter(|(_, worker)| {
                worker.messages.is_some() && worker.load < worker.slots + worker.slots / 2 + 1
            });
            let Some((index, worker)) = ready.min_by_key(|(_, worker)| worker.load) else { return };
            let Some(messages) = &worker.messages else { return };
            let Some(part) = self.parts.get_mut(number) else {
                self.queue.pop_front();
                continue;
            };
            part.worker = Some(index);
            worker.load += size;
            if let Some((_, message, _)) = self.queue.pop_front() {
                // A worker that has just died fails its parts when that is noticed.
                let _ = messages.send(message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
