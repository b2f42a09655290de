//! What the scheduler needs of an engine, so that it can be tested without one.

use crate::model::engine::{Copied, EngineError, InferenceEngine, StepInput, Take, TokenId};

/// Slots that hold sequences. The methods are those of [`InferenceEngine`].
pub trait Decoder {
    /// How many sequences are computed at once.
    fn slots(&self) -> usize;
    /// How many tokens a sequence can have.
    fn context(&self) -> usize;
    /// Whether a completion ends with this token.
    fn is_end(&self, token: TokenId) -> bool;
    /// The bytes that a token stands for.
    fn piece(&self, token: TokenId) -> Vec<u8>;
    /// Computes a prompt into a slot, and gives the logits behind it.
    ///
    /// # Errors
    ///
    /// When it does not fit, or the engine fails.
    fn prefill(&mut self, slot: usize, prompt: &[TokenId], copied: Copied) -> Result<&[f32], EngineError>;
    /// Drops the prompt that was kept to be copied.
    fn forget_prompt(&mut self);
    /// Calls `take` with each token of a text behind a prompt and the logits before it; uses a free slot.
    ///
    /// # Errors
    ///
    /// When both do not fit, or the engine fails; and those of `take`.
    fn score<E: From<EngineError>>(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        text: &[TokenId],
        take: Take<'_, E>,
    ) -> Result<(), E>;
    /// Copies the prompt that is kept into a slot.
    ///
    /// # Errors
    ///
    /// If there is no such slot.
    fn start_slot(&mut self, slot: usize) -> Result<(), EngineError>;
    /// Moves the contents of a slot into a free one.
    ///
    /// # Errors
    ///
    /// If one of the slots does not exist, or they are the same.
    fn move_slot(&mut self, from: usize, to: usize) -> Result<(), EngineError>;
    /// Empties a slot.
    ///
    /// # Errors
    ///
    /// If there is no such slot.
    fn clear_slot(&mut self, slot: usize) -> Result<(), EngineError>;
    /// Computes the next token of slots 0 to n.
    ///
    /// # Errors
    ///
    /// When an input is out of range, or the engine fails.
    fn step(&mut self, inputs: &[StepInput]) -> Result<(), EngineError>;
    /// The logits of a slot of the last step.
    ///
    /// # Errors
    ///
    /// When there are none.
    fn logits(&self, slot: usize) -> Result<&[f32], EngineError>;
}

impl Decoder for InferenceEngine {
    fn slots(&self) -> usize {
        InferenceEngine::slots(self)
    }

    fn context(&self) -> usize {
        InferenceEngine::context(self)
    }

    fn is_end(&self, token: TokenId) -> bool {
        InferenceEngine::is_end(self, token)
    }

    fn piece(&self, token: TokenId) -> Vec<u8> {
        InferenceEngine::piece(self, token)
    }

    fn prefill(&mut self, slot: usize, prompt: &[TokenId], copied: Copied) -> Result<&[f32], EngineError> {
        InferenceEngine::prefill(self, slot, prompt, copied)
    }

    fn forget_prompt(&mut self) {
        InferenceEngine::forget_prompt(self);
    }

    fn score<E: From<EngineError>>(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        text: &[TokenId],
        take: Take<'_, E>,
    ) -> Result<(), E> {
        InferenceEngine::score(self, slot, prompt, text, take)
    }

    fn start_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        InferenceEngine::start_slot(self, slot)
    }

    fn move_slot(&mut self, from: usize, to: usize) -> Result<(), EngineError> {
        InferenceEngine::move_slot(self, from, to)
    }

    fn clear_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        InferenceEngine::clear_slot(self, slot)
    }

    fn step(&mut self, inputs: &[StepInput]) -> Result<(), EngineError> {
        InferenceEngine::step(self, inputs)
    }

    fn logits(&self, slot: usize) -> Result<&[f32], EngineError> {
        InferenceEngine::logits(self, slot)
    }
}
