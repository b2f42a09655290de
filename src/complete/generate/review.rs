//! A review of each reply before its answers count.

use crate::complete::left_out::Addition;
use crate::complete::provider::AskError;
use crate::complete::query::{FinishReason, Query, RawAnswer};

/// Why an answer that was held back is not an answer.
pub(super) fn withheld(answer: &RawAnswer) -> AskError {
    match answer.finish {
        FinishReason::Refusal => {
            let reason = "the server sent an empty answer and names that as the reason".to_owned();
            AskError::Declined { reason }
        }
        _ => {
            let reason = "the server sent an empty answer and names its filter as the reason".to_owned();
            AskError::ContentFilter { reason }
        }
    }
}

/// Prompts of fewer bytes are not compared with the server's count of their tokens.
const SHORTEST_PROMPT: usize = 300;

/// No tokenizer takes more bytes of prose and code into a token, on average.
const BYTES_A_TOKEN: u64 = 10;

/// Does what the server was not asked to do, notes that it was not, and looks whether it saw all of the prompt.
pub(super) fn look_over(query: &Query, answers: &mut [RawAnswer]) {
    if query.left_out.contains(Addition::Stop) {
        for answer in answers.iter_mut() {
            let stops = query.parameters.stop.iter().filter(|stop| !stop.is_empty());
            if let Some(end) = stops.filter_map(|stop| answer.text.find(stop.as_str())).min() {
                answer.text.truncate(end);
                // Whatever ended it later on, the text beyond this is not wanted.
                if answer.finish == FinishReason::Length {
                    answer.finish = FinishReason::Stop;
                }
            }
        }
    }
    // What a request counts is divided among its answers.
    let counted: Option<u64> = answers.iter().map(|answer| answer.usage.input).sum();
    let bytes = query.prompt.len();
    let is_cut = bytes >= SHORTEST_PROMPT
        && counted.is_some_and(|tokens| tokens.saturating_mul(BYTES_A_TOKEN) < bytes as u64);
    for answer in answers {
        answer.prompt_cut |= is_cut;
        answer.left_out = query.left_out;
    }
}

/// Whether a server may have made an answer although none arrived.
pub(super) fn may_have_cost(error: &AskError) -> bool {
    matches!(
        error,
        AskError::Timeout { .. }
            | AskError::Truncated { .. }
            | AskError::CutStream { .. }
            | AskError::InvalidJson { .. }
            | AskError::TooLong { .. }
            | AskError::NoChoices
            | AskError::Empty
            | AskError::GivenUp { .. }
    )
}
