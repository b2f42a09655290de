//! Which sequences are computed when: all slots are kept full, across prompts.
//!
//! A prompt is computed once, in the slot of its first completion, and copied to a slot for each of the others. A slot
//! that becomes free is filled at once with the next completion, of the same prompt or the next one; only when nothing
//! is left to start are the others moved together, since the engine is fast only with consecutive slots. The text of a
//! completion does not depend on any of this: see the engine's and the sampling's comments.

use std::collections::VecDeque;
use std::rc::Rc;

use super::decoder::Decoder;
use super::sample::{Sequence, SharedTask};
use crate::model::engine::{Copied, EngineError, StepInput, TokenId};
use crate::model::frames::{CompletionTask, FromWorker, RequestError, RequestId, Score};
use crate::model::sampling::{Sampler, SamplingError, Seen};

/// The most completions of one request.
const MOST_COMPLETIONS: usize = 1 << 20;

/// A request whose turn has not come.
enum Waiting {
    Completions(Rc<SharedTask>, Vec<TokenId>),
    Score(RequestId, Vec<TokenId>, Vec<TokenId>),
}

impl Waiting {
    fn request(&self) -> RequestId {
        match self {
            Waiting::Completions(shared, _) => shared.request,
            Waiting::Score(request, _, _) => *request,
        }
    }
}

/// The prompt whose completions are being started.
struct Held {
    shared: Rc<SharedTask>,
    /// The logits behind it, with which every completion begins.
    logits: Vec<f32>,
    /// The completion that begins next.
    next: usize,
    /// The slot that the prompt was computed in, until a completion runs there.
    slot: Option<usize>,
}

/// What is being computed, and what waits.
#[derive(Default)]
pub struct Scheduler {
    waiting: VecDeque<Waiting>,
    held: Option<Held>,
    /// By slot; there are none behind the last one that is occupied.
    running: Vec<Option<Sequence>>,
    sampler: Sampler,
    inputs: Vec<StepInput>,
}

impl Scheduler {
    /// A scheduler with nothing to do.
    pub fn new() -> Scheduler {
        Scheduler::default()
    }

    /// Whether there is nothing to do.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.held.is_none() && self.running.is_empty()
    }

    /// Adds a prompt to complete.
    ///
    /// # Errors
    ///
    /// When it has no tokens or too many, or asks for something impossible.
    pub fn complete(
        &mut self,
        decoder: &impl Decoder,
        request: RequestId,
        prompt: Vec<TokenId>,
        task: CompletionTask,
    ) -> Result<(), RequestError> {
        check_prompt(decoder, prompt.len())?;
        task.sampling.check()?;
        if task.keys.is_empty() || task.keys.len() > MOST_COMPLETIONS {
            let count = task.keys.len();
            return Err(RequestError::Request(format!(
                "{count} completions; ask for 1 to {MOST_COMPLETIONS}"
            )));
        }
        if task.most_tokens == 0 {
            return Err(RequestError::Request(
                "a completion of at most 0 tokens; ask for 1 or more".to_owned(),
            ));
        }
        let looks_back = task.sampling.repetition_penalty != 1.0;
        let seen = if looks_back { Seen::of(&prompt) } else { Seen::default() };
        let shared = Rc::new(SharedTask { request, task, prompt_tokens: prompt.len(), seen });
        self.waiting.push_back(Waiting::Completions(shared, prompt));
        Ok(())
    }

    /// Adds a text to rate.
    ///
    /// # Errors
    ///
    /// When the prompt has no tokens, or both have too many.
    pub fn score(
        &mut self,
        decoder: &impl Decoder,
        request: RequestId,
        prompt: Vec<TokenId>,
        text: Vec<TokenId>,
    ) -> Result<(), RequestError> {
        if prompt.is_empty() {
            return Err(RequestError::Empty);
        }
        check_prompt(decoder, prompt.len() + text.len().saturating_sub(1))?;
        self.waiting.push_back(Waiting::Score(request, prompt, text));
        Ok(())
    }

    /// Cancels a request.
    ///
    /// # Errors
    ///
    /// When the engine fails.
    pub fn cancel(&mut self, decoder: &mut impl Decoder, request: RequestId) -> Result<(), EngineError> {
        self.waiting.retain(|waiting| waiting.request() != request);
        if self.held.as_ref().is_some_and(|held| held.shared.request == request) {
            self.release(decoder)?;
        }
        for slot in 0..self.running.len() {
            let is_of_it = |sample: &mut Sequence| sample.shared.request == request;
            if self.running[slot].take_if(is_of_it).is_some() {
                decoder.clear_slot(slot)?;
            }
        }
        self.shorten();
        Ok(())
    }

    /// Does one thing: computes a prompt, or the next token of all slots. Completions that ended are added to `events`.
    ///
    /// # Errors
    ///
    /// When the engine fails.
    pub fn step(
        &mut self,
        decoder: &mut impl Decoder,
        events: &mut Vec<FromWorker>,
    ) -> Result<(), EngineError> {
        self.start_held(decoder, events)?;
        if self.held.is_none()
            && let Some(slot) = self.free_slot(decoder)
            && let Some(waiting) = self.waiting.pop_front()
        {
            return self.begin(decoder, slot, waiting, events);
        }
        self.close_up(decoder)?;
        if self.running.is_empty() { Ok(()) } else { self.decode(decoder, events) }
    }

    /// Starts completions of the current prompt, as long as there are free slots.
    fn start_held(
        &mut self,
        decoder: &mut impl Decoder,
        events: &mut Vec<FromWorker>,
    ) -> Result<(), EngineError> {
        while let Some(slot) = self.free_slot(decoder)
            && let Some(held) = &mut self.held
        {
            let mut sample = Sequence::new(&held.shared, held.next);
            let request = held.shared.request;
            let ended = sample.advance(decoder, &held.logits, &mut self.sampler);
            held.next += 1;
            let is_last = held.next == held.shared.task.keys.len();
            match ended {
                Err(error) => {
                    self.refuse(decoder, request, error, events)?;
                    continue;
                }
                Ok(Some(finish)) => {
                    let (index, completion) = sample.end(finish);
                    events.push(FromWorker::Completed(request, index, completion));
                }
                Ok(None) => {
                    // The first free slot is the one with the prompt, as long as it holds it.
                    if held.slot.take().is_none() {
                        decoder.start_slot(slot)?;
                    }
                    if slot == self.running.len() {
                        self.running.push(Some(sample));
                    } else {
                        self.running[slot] = Some(sample);
                    }
                }
            }
            if is_last {
                self.release(decoder)?;
            }
        }
        Ok(())
    }

    /// Drops the prompt whose completions were being started.
    fn release(&mut self, decoder: &mut impl Decoder) -> Result<(), EngineError> {
        let Some(held) = self.held.take() else { return Ok(()) };
        decoder.forget_prompt();
        held.slot.map_or(Ok(()), |slot| decoder.clear_slot(slot))
    }

    /// The first slot that nothing runs in.
    fn free_slot(&self, decoder: &impl Decoder) -> Option<usize> {
        let hole = self.running.iter().position(Option::is_none);
        hole.or_else(|| Some(self.running.len()).filter(|length| *length < decoder.slots()))
    }

    fn begin(
        &mut self,
        decoder: &mut impl Decoder,
        slot: usize,
        waiting: Waiting,
        events: &mut Vec<FromWorker>,
    ) -> Result<(), EngineError> {
        match waiting {
            Waiting::Completions(shared, prompt) => {
                let copied = if shared.task.keys.len() > 1 { Copied::Later } else { Copied::Never };
                let logits = decoder.prefill(slot, &prompt, copied)?.to_vec();
                self.held = Some(Held { shared, logits, next: 0, slot: Some(slot) });
                self.start_held(decoder, events)
            }
            Waiting::Score(request, prompt, text) => {
                let mut rated = Vec::with_capacity(text.len());
                let sampler = &mut self.sampler;
                let mut take = |logits: &[f32], token: TokenId| {
                    rated.push(sampler.rate(logits, token, 0)?.0);
                    Ok(())
                };
                match decoder.score::<ScoreError>(slot, &prompt, &text, &mut take) {
                    Ok(()) => {}
                    Err(ScoreError::Engine(error)) => return Err(error),
                    Err(ScoreError::Sampling(error)) => {
                        events.push(FromWorker::Refused(request, error.into()));
                        return Ok(());
                    }
                }
                let tokens = rated
                    .into_iter()
                    .map(|rated| crate::model::frames::TokenRating {
                        token: rated.token,
                        bytes: decoder.piece(rated.token),
                        log_probability: rated.log_probability,
                        likeliest: Vec::new(),
                    })
                    .collect();
                let prompt_tokens = prompt.len() as u32;
                events.push(FromWorker::Scored(request, Score { prompt_tokens, tokens }));
                Ok(())
            }
        }
    }

    /// Moves the last sequences into free slots before them.
    fn close_up(&mut self, decoder: &mut impl Decoder) -> Result<(), EngineError> {
        self.shorten();
        while let Some(hole) = self.running.iter().position(Option::is_none) {
            let last = self.running.len() - 1;
            decoder.move_slot(last, hole)?;
            self.running[hole] = self.running[last].take();
            self.shorten();
        }
        Ok(())
    }

    /// Drops free slots at the end.
    fn shorten(&mut self) {
        while self.running.pop_if(|last| last.is_none()).is_some() {}
    }

    /// Computes the next token of all slots.
    fn decode(
        &mut self,
        decoder: &mut impl Decoder,
        events: &mut Vec<FromWorker>,
    ) -> Result<(), EngineError> {
        self.inputs.clear();
        self.inputs.extend(
            self.running
                .iter()
                .flatten()
                .map(|sample| StepInput { token: sample.last, position: sample.position() }),
        );
        decoder.step(&self.inputs)?;
        let mut refused = Vec::new();
        for (slot, place) in self.running.iter_mut().enumerate() {
            let Some(sample) = place else { continue };
            match sample.advance(decoder, decoder.logits(slot)?, &mut self.sampler) {
                Ok(None) => {}
                Ok(Some(finish)) => {
                    if let Some(sample) = place.take() {
                        let request = sample.shared.request;
                        let (index, completion) = sample.end(finish);
                        events.push(FromWorker::Completed(request, index, completion));
                    }
                    decoder.clear_slot(slot)?;
                }
                Err(error) => refused.push((sample.shared.request, error)),
            }
        }
        for (request, error) in refused {
            // Another completion of the same request may have been refused before.
            if self.running.iter().flatten().any(|sample| sample.shared.request == request) {
                self.refuse(decoder, request, error, events)?;
            }
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        decoder: &mut impl Decoder,
        request: RequestId,
        error: SamplingError,
        events: &mut Vec<FromWorker>,
    ) -> Result<(), EngineError> {
        events.push(FromWorker::Refused(request, error.into()));
        self.cancel(decoder, request)
    }
}

/// Why a score ended early.
enum ScoreError {
    Engine(EngineError),
    Sampling(SamplingError),
}

impl From<EngineError> for ScoreError {
    fn from(error: EngineError) -> ScoreError {
        ScoreError::Engine(error)
    }
}

impl From<SamplingError> for ScoreError {
    fn from(error: SamplingError) -> ScoreError {
        ScoreError::Sampling(error)
    }
}

fn check_prompt(decoder: &impl Decoder, tokens: usize) -> Result<(), RequestError> {
    let most = decoder.context() - 1;
    if tokens == 0 {
        return Err(RequestError::Empty);
    }
    if tokens > most {
        return Err(RequestError::TooLong { tokens: tokens as u64, most: most as u64 });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
