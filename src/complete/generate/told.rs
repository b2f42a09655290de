//! Events for whoever follows a run in its log. No answer's text is among what is told.

use tracing::{debug, trace};

use super::GenerationEvent;
use crate::shown::shown;

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
