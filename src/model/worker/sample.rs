//! One completion as it grows.

use std::rc::Rc;

use super::decoder::Decoder;
use crate::model::engine::TokenId;
use crate::model::frames::{CompletionTask, Finish, GeneratedText, RequestId, TokenChance, TokenRating};
use crate::model::sampling::{SampleKey, Sampler, SamplingError, Seen};
use crate::model::text::{GrowingText, Growth};

/// What the completions of a request share.
pub(super) struct SharedTask {
    pub(super) request: RequestId,
    pub(super) task: CompletionTask,
    /// How many tokens the prompt has.
    pub(super) prompt_tokens: usize,
    /// The prompt's tokens, where sampling needs them.
    pub(super) seen: Seen,
}

/// A completion that is being generated.
pub(super) struct Sequence {
    pub(super) shared: Rc<SharedTask>,
    /// Its index in the request.
    index: usize,
    key: SampleKey,
    text: GrowingText,
    seen: Seen,
    /// The last token, which has not been computed yet.
    pub(super) last: TokenId,
    made: u32,
    /// The tokens with their log-probabilities, and where in the text each begins.
    ratings: Vec<(usize, TokenRating)>,
}

impl Sequence {
    pub(super) fn new(shared: &Rc<SharedTask>, index: usize) -> Sequence {
        Sequence {
            index,
            key: shared.task.keys[index],
            text: GrowingText::default(),
            seen: shared.seen.clone(),
            last: 0,
            made: 0,
            ratings: Vec::new(),
            shared: Rc::clone(shared),
        }
    }

    /// How many tokens the sequence has computed, which is the position of [`Sequence::last`].
    pub(super) fn position(&self) -> usize {
        self.shared.prompt_tokens + self.made.saturating_sub(1) as usize
    }

    /// Chooses the next token from the logits behind the last one, and returns how the completion ended, if it did.
    pub(super) fn advance(
        &mut self,
        decoder: &impl Decoder,
        logits: &[f32],
        sampler: &mut Sampler,
    ) -> Result<Option<Finish>, SamplingError> {
        let task = &self.shared.task;
        let token = sampler.choose(logits, &task.sampling, self.key, u64::from(self.made), &self.seen)?;
        self.made += 1;
        self.last = token;
        if decoder.is_end(token) {
            return Ok(Some(Finish::Stop));
        }
        let piece = decoder.piece(token);
        let start = self.text.len();
        let growth = self.text.push(&piece, &task.stops);
        if let Some(most) = task.log_probabilities {
            self.ratings.push((start, rating(decoder, logits, sampler, token, piece, usize::from(most))?));
        }
        if task.sampling.repetition_penalty != 1.0 {
            self.seen.add(token);
        }
        let has_room = self.made < task.most_tokens && self.position() < decoder.context();
        Ok(match growth {
            Growth::Stopped => Some(Finish::Stop),
            Growth::Full => Some(Finish::Length),
            Growth::Goes if has_room => None,
            Growth::Goes => Some(Finish::Length),
        })
    }

    /// The completion, with its index.
    pub(super) fn end(self, finish: Finish) -> (u32, GeneratedText) {
        let length = self.text.len();
        // Tokens that are only in a stop string are not part of the text.
        let ratings = self.ratings.into_iter().filter(|(start, _)| *start < length).map(|(_, rating)| rating);
        let completion = GeneratedText {
            finish,
            prompt_tokens: self.shared.prompt_tokens as u32,
            tokens: self.made,
            log_probabilities: self.shared.task.log_probabilities.map(|_| ratings.collect()),
            text: self.text.into_text(),
        };
        (self.index as u32, completion)
    }
}

/// A token's log-probability, and those of the alternatives.
fn rating(
    decoder: &impl Decoder,
    logits: &[f32],
    sampler: &mut Sampler,
    token: TokenId,
    bytes: Vec<u8>,
    most: usize,
) -> Result<TokenRating, SamplingError> {
    let (rated, likeliest) = sampler.rate(logits, token, most)?;
    let chance = |rated: crate::model::sampling::Rated| TokenChance {
        token: rated.token,
        bytes: decoder.piece(rated.token),
        log_probability: rated.log_probability,
    };
    Ok(TokenRating {
        token,
        bytes,
        log_probability: rated.log_probability,
        likeliest: likeliest.into_iter().map(chance).collect(),
    })
}
