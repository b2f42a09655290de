//! How answers ended: whole, cut off, empty, refused or filtered.

use serde::{Deserialize, Serialize};

use crate::complete::provider::AskError;
use crate::complete::query::{FinishReason, RawAnswer};

/// How answers ended, and what else there is to know about them. Samples that failed because their answer was held back
/// count, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerEndings {
    /// Answers that ended at the limit of tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_off: u64,
    /// Those of them that had no text yet: the thinking took it all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_off_without_text: u64,
    /// Samples that came back without any text, although nothing is said to have ended them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub empty: u64,
    /// Samples that the model refused to answer, as the server reports it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u64,
    /// Samples that a filter of the server ended or kept back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub filtered: u64,
    /// Answers to prompts of which the server counts far fewer tokens than they have.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub prompts_cut: u64,
    /// Answers whose tokens the server did not count, although it counted those of their prompts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncounted: u64,
}

impl AnswerEndings {
    /// Takes in an answer.
    pub fn add(&mut self, answer: &RawAnswer) {
        let is_blank = answer.text.trim().is_empty();
        match answer.finish {
            FinishReason::Length => {
                self.cut_off += 1;
                self.cut_off_without_text += u64::from(is_blank);
            }
            FinishReason::Refusal => self.refused += 1,
            FinishReason::ContentFilter => self.filtered += 1,
            FinishReason::Stop | FinishReason::Other => self.empty += u64::from(is_blank),
        }
        self.prompts_cut += u64::from(answer.prompt_cut);
        self.uncounted += u64::from(answer.usage.input.is_some() && answer.usage.output.is_none());
    }

    /// Takes in why a sample has no answer.
    pub fn add_failed(&mut self, error: &AskError) {
        match error {
            AskError::Empty => self.empty += 1,
            AskError::Declined { .. } => self.refused += 1,
            AskError::ContentFilter { .. } => self.filtered += 1,
            _ => {}
        }
    }

    /// The same with the endings of samples that have no answer.
    pub fn with_failed(self, failed: &AnswerEndings) -> AnswerEndings {
        AnswerEndings {
            empty: self.empty + failed.empty,
            refused: self.refused + failed.refused,
            filtered: self.filtered + failed.filtered,
            ..self
        }
    }

    /// What a reader has to know about them, a sentence each, given how many samples were wanted and how many answered.
    pub fn notes(&self, wanted: u64, answered: u64) -> Vec<String> {
        let mut notes = Vec::new();
        if self.cut_off > 0 {
            let thinking = match self.cut_off_without_text {
                0 => String::new(),
                count if count == self.cut_off => ", all of them before there was any text".to_owned(),
                count => format!(", {count} of them before there was any text"),
            };
            notes.push(format!(
                "Cut off at the limit of tokens: {} of {answered} answers{thinking}. With more tokens (--max-tokens, or the \
                 server's own limit) more of them might pass.",
                self.cut_off
            ));
        }
        for (count, what) in [
            (self.empty, "Empty, and nothing is said to have cut them off"),
            (self.refused, "Refused by the model"),
            (self.filtered, "Ended or kept back by a filter of the server"),
        ] {
            if count > 0 {
                notes.push(format!("{what}: {count} of {wanted} samples."));
            }
        }
        if self.prompts_cut > 0 {
            notes.push(format!(
                "The server counts far fewer tokens than there are in {}: it may have cut what is missing. Give it a longer \
                 context.",
                match self.prompts_cut {
                    1 => "the prompt of 1 answer".to_owned(),
                    count => format!("the prompts of {count} answers"),
                }
            ));
        }
        notes
    }
}

/// Whether there is none, so that it can be left out of a result.
pub fn is_zero(count: &u64) -> bool {
    *count == 0
}
