//! What becomes of requests that a server refuses: they are tried without what they can do without, and where every
//! request is refused, or fails for good, in the same words, the run ends after a few.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Engine, GenerationEvent};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::provider::AskError;
use crate::complete::query::{Query, RawAnswer};
use crate::problem::TaskId;

/// How many different refusals are looked into that turn out to concern nothing a request can do without.
const MOST_IN_VAIN: usize = 3;

/// Where the server has answered nothing, every task counts as refused once this many were, in the same words, or this
/// many requests for two of them.
const ALL_TASKS: usize = 5;
const ALL_REQUESTS: u32 = 16;

/// The same where it has answered before. These may be the tasks that are too long for it.
const ALL_TASKS_AFTER_ANSWERS: usize = 12;
const ALL_REQUESTS_AFTER_ANSWERS: u32 = 48;

/// What is known of what a server refuses.
#[derive(Default)]
pub(super) struct Refusals {
    known: Mutex<Known>,
    /// One request at a time finds out what is refused; the others wait for the result.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    left_out: Additions,
    /// What was in requests that were answered, so that it is not what a server refuses.
    taken: Additions,
    in_vain: HashSet<String>,
    has_answered: bool,
    /// What the last refusals said, all in the same words.
    last: String,
    requests: u32,
    tasks: HashSet<TaskId>,
}

impl Refusals {
    /// What requests do without.
    pub(super) fn left_out(&self) -> Additions {
        self.lock().left_out
    }

    /// Notes that the server answered a request that had these additions.
    fn answered(&self, sent: Additions) {
        let mut known = self.lock();
        known.taken = known.taken.and(sent);
        known.has_answered = true;
        known.requests = 0;
        known.tasks.clear();
    }

    /// Notes that a request for a task failed for good, and says whether all others would fail like it.
    pub(super) fn concerns_all(&self, task_id: &TaskId, error: &AskError) -> bool {
        let Some(refusal) = error.failure_of_all() else { return false };
        let mut known = self.lock();
        if known.last != refusal {
            known.last = refusal;
            known.requests = 0;
            known.tasks.clear();
        }
        known.requests += 1;
        known.tasks.insert(task_id.clone());
        let (tasks, requests) = match known.has_answered {
            false => (ALL_TASKS, ALL_REQUESTS),
            true => (ALL_TASKS_AFTER_ANSWERS, ALL_REQUESTS_AFTER_ANSWERS),
        };
        known.tasks.len() >= tasks || (known.requests >= requests && known.tasks.len() > 1)
    }

    fn is_in_vain(&self, refusal: &str) -> bool {
        let known = self.lock();
        known.in_vain.len() >= MOST_IN_VAIN || known.in_vain.contains(refusal)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Notes that the server answered a query.
    pub(super) fn note_answered(&self, query: &Query) {
        self.refusals.answered(self.settings.provider.additions(query));
    }

    /// Looks for what the server refused in a request, by sending it without that. What it has taken before is not what
    /// it refuses, and what it calls its own failure is looked into only where the words name what it may be of.
    /// Nothing comes back where another request found it out meanwhile.
    ///
    /// # Errors
    ///
    /// The refusal, where it is of what the user asks for; or what else went wrong.
    pub(super) async fn try_without(
        &self,
        query: &Query,
        error: AskError,
    ) -> Result<Option<Vec<RawAnswer>>, AskError> {
        let sent = self.settings.provider.additions(query).without(self.refusals.lock().taken);
        let may_be = error.may_be_of_an_addition() && !tries_after(sent, &error).is_empty();
        let Some(first) = error.refusal().filter(|_| may_be) else {
            return Err(error);
        };
        let _turn = self.refusals.turn.lock().await;
        let settled = self.refusals.left_out();
        if !settled.without(query.left_out).is_empty() {
            return Ok(None);
        }
        let mut left_out = settled;
        let mut refusal = first.clone();
        let mut tries = tries_after(sent, &error).into_iter();
        while let Some(more) =
            tries.next().filter(|_| !self.stop.is_cancelled() && !self.refusals.is_in_vain(&first))
        {
            let without = left_out.and(more);
            match self.send(&query_without(query, without)).await {
                Ok(answers) => {
                    self.settle(without, without.without(settled), error).await;
                    return Ok(Some(answers));
                }
                Err(other) => match other.refusal().filter(|_| other.may_be_of_an_addition()) {
                    Some(same) if same == refusal => {}
                    // That was it, and something else is refused as well.
                    Some(next) => {
                        left_out = without;
                        refusal = next;
                        tries = tries_after(sent.without(left_out), &other).into_iter();
                    }
                    None => return Err(other),
                },
            }
        }
        self.refusals.lock().in_vain.insert(first);
        Err(error)
    }

    /// Leaves things out of all requests from now on, and says so.
    async fn settle(&self, left_out: Additions, new: Additions, error: AskError) {
        self.refusals.lock().left_out = left_out;
        if left_out.contains(Addition::SeveralAnswers) {
            self.most_samples.store(1, std::sync::atomic::Ordering::Relaxed);
        }
        self.tell(GenerationEvent::LeftOut { left_out: new, error }).await;
    }
}

fn query_without(query: &Query, left_out: Additions) -> Query {
    let mut query = Query { left_out, ..query.clone() };
    if left_out.contains(Addition::SeveralAnswers) {
        query.samples.end = query.samples.start + 1;
    }
    query
}

/// What to do without, try by try, after a request that had these additions was refused so.
fn tries_after(sent: Additions, error: &AskError) -> Vec<Additions> {
    match error {
        AskError::Busy { message, .. } => sent.named_in(message),
        refused => sent.tries(&words(refused)),
    }
}

/// The words of a refusal, which hint at what was refused.
fn words(error: &AskError) -> String {
    match error {
        AskError::OneAtATime { .. } => "`n`".to_owned(),
        AskError::Refused { message, .. } => message.clone(),
        other => other.to_string(),
    }
}
