//! What happens while answers are asked for, and what a log says of it: never an answer's text.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tracing::{debug, trace};

use crate::complete::answer_cache::CacheError;
use crate::complete::left_out::Additions;
use crate::complete::provider::AskError;
use crate::complete::query::RawAnswer;
use crate::problem::TaskId;
use crate::shown::shown;

/// What happened.
#[derive(Debug)]
pub enum GenerationEvent {
    /// A sample was answered. It is in the cache already.
    Answered {
        /// The task.
        task_id: TaskId,
        /// Which of its samples.
        sample: u32,
        /// The answer.
        answer: RawAnswer,
        /// Whether it was in the cache before.
        from_cache: bool,
    },
    /// A sample will have no answer in this run. This says nothing of the model.
    Failed {
        /// The task.
        task_id: TaskId,
        /// Which of its samples.
        sample: u32,
        /// Why. Samples that were asked for together share it.
        error: Arc<AskError>,
    },
    /// A request failed and will be sent again.
    Retrying {
        /// The task.
        task_id: TaskId,
        /// The samples that are asked for together.
        samples: Range<u32>,
        /// How many attempts failed.
        attempts: u32,
        /// How long until the next.
        wait: Duration,
        /// Why the last one failed.
        error: Arc<AskError>,
    },
    /// The server refuses what Karat adds to requests: it is left out of all that follow.
    LeftOut {
        /// What.
        left_out: Additions,
        /// The refusal.
        error: AskError,
    },
    /// Answers can not be kept for later runs. Told once.
    CacheFailed {
        /// Why.
        error: CacheError,
    },
    /// The budget is used up: no more requests are sent. What is in flight still comes.
    BudgetReached,
    /// Nothing comes after this.
    Ended(EndReason),
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Every sample was answered or failed.
    Complete,
    /// The user, or the reader of the events, stopped it.
    Cancelled,
    /// The budget was used up.
    BudgetReached,
    /// An error came up that every other request would meet; it is in the last failed samples.
    Hopeless,
}

impl EndReason {
    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            EndReason::Complete => "complete",
            EndReason::Cancelled => "cancelled",
            EndReason::BudgetReached => "budget_reached",
            EndReason::Hopeless => "hopeless",
        }
    }
}

impl GenerationEvent {
    /// Tells the log of it: what goes well in detail, what does not at all levels.
    pub(super) fn log(&self) {
        match self {
            GenerationEvent::Answered { task_id: task, sample, answer, from_cache } => {
                let (finish, tokens) = (answer.finish, answer.usage.output);
                trace!(%task, sample, from_cache, ?finish, tokens, bytes = answer.text.len(), "answered");
            }
            GenerationEvent::Failed { task_id: task, sample, error } => {
                debug!(%task, sample, error = %shown(error), "no answer");
            }
            GenerationEvent::Retrying { task_id: task, samples, attempts, wait, error } => {
                debug!(%task, ?samples, attempts, ?wait, error = %shown(error), "trying again");
            }
            GenerationEvent::LeftOut { left_out, error } => {
                debug!(%left_out, error = %shown(error), "leaving out what the server refuses");
            }
            GenerationEvent::CacheFailed { error } => debug!(error = %shown(error), "answers are not kept"),
            GenerationEvent::BudgetReached => debug!("the budget is used up"),
            GenerationEvent::Ended(ending) => debug!(?ending, "asking ended"),
        }
    }
}
