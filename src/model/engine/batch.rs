//! Computing: prompts, steps of all slots, logits.
//!
//! The sequences are the slots from 0, then the holder of a prompt where there is one. The library groups only
//! sequences with consecutive numbers, so a step is of slots 0 to n.

use super::{Copies, EngineError, InferenceEngine, PIECE, SCORED_PIECE, TokenId, parts};
use crate::model::library::log;
use crate::model::library::parameters::Batch;

/// The arrays of a batch, with their lengths equal.
pub(super) struct Rows {
    tokens: Vec<TokenId>,
    positions: Vec<i32>,
    sequences: Vec<i32>,
    counts: Vec<i32>,
    wanted: Vec<i8>,
    pointers: Vec<*mut i32>,
}

impl Rows {
    pub(super) fn with_capacity(most: usize) -> Rows {
        Rows {
            tokens: Vec::with_capacity(most),
            positions: Vec::with_capacity(most),
            sequences: Vec::with_capacity(most),
            counts: Vec::with_capacity(most),
            wanted: Vec::with_capacity(most),
            pointers: Vec::with_capacity(most),
        }
    }

    fn clear(&mut self) {
        self.tokens.clear();
        self.positions.clear();
        self.sequences.clear();
        self.counts.clear();
        self.wanted.clear();
    }

    fn push(&mut self, token: TokenId, position: usize, sequence: usize, wanted: bool) {
        self.tokens.push(token);
        // Below the context, which fits.
        self.positions.push(position as i32);
        self.sequences.push(sequence as i32);
        self.counts.push(1);
        self.wanted.push(i8::from(wanted));
    }

    /// The batch, whose pointers are good until the rows change.
    fn batch(&mut self) -> Batch {
        self.pointers.clear();
        let first = self.sequences.as_mut_ptr();
        self.pointers.extend((0..self.sequences.len()).map(|row| first.wrapping_add(row)));
        Batch {
            n_tokens: self.tokens.len() as i32,
            token: self.tokens.as_mut_ptr(),
            pos: self.positions.as_mut_ptr(),
            n_seq_id: self.counts.as_mut_ptr(),
            seq_id: self.pointers.as_mut_ptr(),
            logits: self.wanted.as_mut_ptr(),
            ..Batch::empty()
        }
    }
}

/// One token of a step, for one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepInput {
    /// The token.
    pub token: TokenId,
    /// How many tokens come before it.
    pub position: usize,
}

/// Whether a prompt will be copied to other slots once it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It will not: it has one completion.
    Never,
    /// It will, by [`InferenceEngine::start_slot`], until [`InferenceEngine::forget_prompt`]: it has several.
    Later,
}

/// Takes the logits before each token of a text, with that token.
pub type Take<'a, E> = &'a mut dyn FnMut(&[f32], TokenId) -> Result<(), E>;

impl InferenceEngine {
    /// Computes a prompt into a slot, and gives the logits behind its last token.
    ///
    /// # Errors
    ///
    /// If there is no such slot, the prompt has no token or more than fit, or the library can not compute.
    pub fn prefill(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        copied: Copied,
    ) -> Result<&[f32], EngineError> {
        self.check_slot(slot)?;
        if prompt.is_empty() || prompt.len() > self.context() {
            return Err(EngineError::Call("a prompt that has no token, or more than fit"));
        }
        self.forget_prompt();
        match (&self.copies, copied) {
            (Copies::Whole { holder }, Copied::Later) => {
                let holder = *holder;
                self.compute(holder, prompt)?;
                self.copy_whole(holder, slot);
            }
            (Copies::Filled { .. }, Copied::Later) => {
                self.compute(slot, prompt)?;
                let kept = self.read(slot)?;
                self.copies = Copies::Filled { kept };
            }
            (_, Copied::Never) => self.compute(slot, prompt)?,
        }
        self.logits(0)
    }

    /// Computes a prompt into an empty sequence.
    fn compute(&mut self, sequence: usize, prompt: &[TokenId]) -> Result<(), EngineError> {
        self.remove(sequence);
        let mut position = 0;
        for piece in prompt.chunks(PIECE as usize) {
            for part in parts(piece.len(), self.batch) {
                self.rows.clear();
                for token in &prompt[position..position + part] {
                    self.rows.push(*token, position, sequence, position + 1 == prompt.len());
                    position += 1;
                }
                self.decode()?;
            }
        }
        Ok(())
    }

    /// Frees the memory of the prompt that was kept to be copied.
    pub fn forget_prompt(&mut self) {
        match &mut self.copies {
            Copies::Whole { holder } => {
                let holder = *holder;
                self.remove(holder);
            }
            Copies::Filled { kept } => *kept = Vec::new(),
        }
    }

    /// Computes a text that follows a prompt, in a free slot, which is free again afterwards, and calls `take` with
    /// each token of the text and the logits before it.
    ///
    /// # Errors
    ///
    /// As [`InferenceEngine::prefill`], of both together; and those of `take`.
    pub fn score<E: From<EngineError>>(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        text: &[TokenId],
        take: Take<'_, E>,
    ) -> Result<(), E> {
        let scored = self.score_in(slot, prompt, text, take);
        self.clear_slot(slot)?;
        scored
    }

    fn score_in<E: From<EngineError>>(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        text: &[TokenId],
        take: Take<'_, E>,
    ) -> Result<(), E> {
        let Some((last, before)) = text.split_last() else { return Ok(()) };
        take(self.prefill(slot, prompt, Copied::Never)?, text[0])?;
        if prompt.len() + before.len() > self.context() {
            return Err(EngineError::Call("a text that has more tokens than fit").into());
        }
        let next: Vec<TokenId> = before.iter().skip(1).chain([last]).copied().collect();
        for (number, (piece, next)) in before.chunks(SCORED_PIECE).zip(next.chunks(SCORED_PIECE)).enumerate()
        {
            self.rows.clear();
            for (offset, token) in piece.iter().enumerate() {
                self.rows.push(*token, prompt.len() + number * SCORED_PIECE + offset, slot, true);
            }
            self.decode()?;
            for (row, token) in next.iter().enumerate() {
                take(self.logits(row)?, *token)?;
            }
        }
        Ok(())
    }

    /// Copies the prompt that is kept into a slot.
    ///
    /// # Errors
    ///
    /// If there is no such slot, or no prompt is kept.
    pub fn start_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        self.check_slot(slot)?;
        match &self.copies {
            Copies::Whole { holder } => {
                self.copy_whole(*holder, slot);
                Ok(())
            }
            Copies::Filled { kept } => self.write(kept, slot),
        }
    }

    /// Moves the contents of a slot into a free one.
    ///
    /// # Errors
    ///
    /// If one of the slots does not exist, or they are the same.
    pub fn move_slot(&mut self, from: usize, to: usize) -> Result<(), EngineError> {
        self.check_slot(from)?;
        self.check_slot(to)?;
        if from == to {
            return Err(EngineError::Call("a slot that is moved onto itself"));
        }
        match &self.copies {
            // A copy through our own memory holds the contents three times for a moment. For a sequence that is nearly
            // full, the library's own copy moves little more than is needed.
            Copies::Filled { .. } if self.length(from) < self.context() / 2 => {
                self.write(&self.read(from)?, to)?;
            }
            Copies::Whole { .. } | Copies::Filled { .. } => self.copy_whole(from, to),
        }
        self.remove(from);
        Ok(())
    }

    /// Empties a slot.
    ///
    /// # Errors
    ///
    /// If there is no such slot.
    pub fn clear_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        self.check_slot(slot)?;
        self.remove(slot);
        Ok(())
    }

    /// Computes the next token of slots 0 to n. The logits behind each are then those of [`InferenceEngine::logits`].
    ///
    /// # Errors
    ///
    /// If there are no inputs or too many, one is out of range, or the library can not compute.
    pub fn step(&mut self, inputs: &[StepInput]) -> Result<(), EngineError> {
        if inputs.is_empty() || inputs.len() > self.slots {
            return Err(EngineError::Call("a step of no slots, or more than there are"));
        }
        self.rows.clear();
        for (slot, input) in inputs.iter().enumerate() {
            if input.position >= self.context() {
                return Err(EngineError::Call("a step beyond a slot's context"));
            }
            self.rows.push(input.token, input.position, slot, true);
        }
        // Computed for its number of columns alone; see the module's comment.
        let companion = (inputs.len() == 1 && self.companion).then_some(1);
        if let Some(companion) = companion {
            self.rows.push(inputs[0].token, 0, companion, true);
        }
        self.decode()?;
        if let Some(companion) = companion {
            self.remove(companion);
        }
        Ok(())
    }

    /// The logits of a row of the last call, which has one for each token whose logits were wanted, in order.
    ///
    /// # Errors
    ///
    /// If there is no such row.
    pub fn logits(&self, row: usize) -> Result<&[f32], EngineError> {
        if row >= self.rows.wanted.iter().filter(|wanted| **wanted != 0).count() {
            return Err(EngineError::Call("logits of a row that was not computed"));
        }
        // SAFETY: the context is there.
        let first = unsafe { (self.library.llama_get_logits)(self.context.as_ptr()) };
        if first.is_null() {
            return Err(EngineError::Call("logits before anything was computed"));
        }
        // SAFETY: the library keeps one row of the vocabulary's size for each wanted token of the last call, in order,
        // until the next call, which needs this engine mutable.
        Ok(unsafe { std::slice::from_raw_parts(first.add(row * self.vocabulary_size), self.vocabulary_size) })
    }

    fn check_slot(&self, slot: usize) -> Result<(), EngineError> {
        if slot < self.slots { Ok(()) } else { Err(EngineError::Call("a slot that there is not")) }
    }

    /// How many tokens a sequence has.
    fn length(&self, sequence: usize) -> usize {
        // SAFETY: a sequence that there is.
        let last = unsafe { (self.library.llama_memory_seq_pos_max)(self.memory.as_ptr(), sequence as i32) };
        // -1 where it has none.
        usize::try_from(last).map_or(0, |last| last + 1)
    }

    /// Copies all the room of a sequence, the next time that something is computed.
    fn copy_whole(&self, from: usize, to: usize) {
        // SAFETY: two sequences that there are, and the whole of one: anything else is a fault that ends the process.
        unsafe { (self.library.llama_memory_seq_cp)(self.memory.as_ptr(), from as i32, to as i32, -1, -1) };
    }

    /// The contents of a sequence, as the library writes them.
    fn read(&self, sequence: usize) -> Result<Vec<u8>, EngineError> {
        let context = self.context.as_ptr();
        // SAFETY: the context is there, and the sequence is one of its own, here and below.
        let size = unsafe { (self.library.llama_state_seq_get_size)(context, sequence as i32) };
        let mut bytes = vec![0; size];
        // SAFETY: the buffer has that size.
        let got = unsafe {
            (self.library.llama_state_seq_get_data)(context, bytes.as_mut_ptr(), size, sequence as i32)
        };
        if got == size { Ok(bytes) } else { Err(EngineError::Call("a sequence that can not be read")) }
    }

    /// Fills a sequence with contents that were read from another one.
    fn write(&self, bytes: &[u8], sequence: usize) -> Result<(), EngineError> {
        if bytes.is_empty() {
            return Err(EngineError::Call("a copy of no prompt"));
        }
        // SAFETY: the context is there, the sequence is one of its own, and the buffer holds what the same context
        // gave.
        let taken = unsafe {
            (self.library.llama_state_seq_set_data)(
                self.context.as_ptr(),
                bytes.as_ptr(),
                bytes.len(),
                sequence as i32,
            )
        };
        if taken == bytes.len() {
            Ok(())
        } else {
            Err(EngineError::Call("a sequence that can not be copied"))
        }
    }

    fn remove(&mut self, sequence: usize) {
        // SAFETY: a sequence that there is, and the whole of it, which never fails.
        unsafe { (self.library.llama_memory_seq_rm)(self.memory.as_ptr(), sequence as i32, -1, -1) };
    }

    /// Computes the rows.
    fn decode(&mut self) -> Result<(), EngineError> {
        let count = self.rows.tokens.len();
        if count == 0 || count > self.batch {
            return Err(EngineError::Call("a batch of no tokens, or too many"));
        }
        if !self.rows.tokens.iter().all(|token| self.knows(*token)) {
            return Err(EngineError::Call("a token that the vocabulary does not have"));
        }
        let from = log::mark();
        let batch = self.rows.batch();
        // SAFETY: the arrays of the batch are of its length and live until the rows change; tokens, sequences and
        // positions are in range, and there are no more than `n_batch`.
        let code = unsafe { (self.library.llama_decode)(self.context.as_ptr(), batch) };
        if code != 0 {
            return Err(EngineError::Decode { code, reason: log::since(from) });
        }
        // SAFETY: the context is there.
        unsafe { (self.library.llama_synchronize)(self.context.as_ptr()) };
        Ok(())
    }
}
