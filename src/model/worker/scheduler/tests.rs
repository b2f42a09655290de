use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::model::engine::{Copied, Take};
use crate::model::frames::{Finish, GeneratedText, PromptText};
use crate::model::sampling::{SampleKey, Sampling};
use crate::model::text::{GrowingText, Growth, Stops};

const END: TokenId = 256;
/// A token behind which the model's logits are not numbers.
const POISON: TokenId = 255;

/// A model whose logits are a hash of all tokens before, and whose slots hold tokens. It checks the rules for whose
/// breach an engine would end the process.
struct Fake {
    context: usize,
    kept: Vec<TokenId>,
    slots: Vec<Vec<TokenId>>,
    rows: Vec<Vec<f32>>,
    prefills: usize,
    copies: usize,
    moves: usize,
    /// How many slots each step had.
    steps: Vec<usize>,
}

impl Fake {
    fn new(slots: usize, context: usize) -> Fake {
        let slots = vec![Vec::new(); slots];
        Fake {
            context,
            kept: Vec::new(),
            slots,
            rows: Vec::new(),
            prefills: 0,
            copies: 0,
            moves: 0,
            steps: Vec::new(),
        }
    }
}

fn logits_behind(tokens: &[TokenId]) -> Vec<f32> {
    if tokens.last() == Some(&POISON) {
        return vec![f32::NAN; 257];
    }
    let mut hash = blake3::Hasher::new();
    tokens.iter().for_each(|token| _ = hash.update(&token.to_le_bytes()));
    let mut bytes = [0; 257];
    hash.finalize_xof().fill(&mut bytes);
    let mut logits: Vec<f32> = bytes.iter().map(|byte| f32::from(*byte) / 40.0).collect();
    // Only small letters and the end, so that texts are short and readable.
    for (token, logit) in logits.iter_mut().enumerate() {
        if !(97..=122).contains(&token) && token != END as usize {
            *logit = f32::NEG_INFINITY;
        }
    }
    logits
}

impl Decoder for Fake {
    fn slots(&self) -> usize {
        self.slots.len()
    }

    fn context(&self) -> usize {
        self.context
    }

    fn is_end(&self, token: TokenId) -> bool {
        token == END
    }

    fn piece(&self, token: TokenId) -> Vec<u8> {
        u8::try_from(token).into_iter().collect()
    }

    fn prefill(&mut self, slot: usize, prompt: &[TokenId], copied: Copied) -> Result<&[f32], EngineError> {
        assert!(!prompt.is_empty() && prompt.len() <= self.context);
        assert!(self.slots[slot].is_empty() && self.kept.is_empty());
        self.slots[slot] = prompt.to_vec();
        self.kept = if copied == Copied::Later { prompt.to_vec() } else { Vec::new() };
        self.prefills += 1;
        self.rows = vec![logits_behind(prompt)];
        Ok(&self.rows[0])
    }

    fn forget_prompt(&mut self) {
        self.kept.clear();
    }

    fn score<E: From<EngineError>>(
        &mut self,
        slot: usize,
        prompt: &[TokenId],
        text: &[TokenId],
        take: Take<'_, E>,
    ) -> Result<(), E> {
        assert!(self.slots[slot].is_empty());
        let mut all = prompt.to_vec();
        for token in text {
            take(&logits_behind(&all), *token)?;
            all.push(*token);
        }
        assert!(all.len() <= self.context + 1);
        Ok(())
    }

    fn start_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        assert!(self.slots[slot].is_empty() && !self.kept.is_empty());
        self.slots[slot] = self.kept.clone();
        self.copies += 1;
        Ok(())
    }

    fn move_slot(&mut self, from: usize, to: usize) -> Result<(), EngineError> {
        assert!(from != to && self.slots[to].is_empty() && !self.slots[from].is_empty());
        self.slots[to] = std::mem::take(&mut self.slots[from]);
        self.moves += 1;
        Ok(())
    }

    fn clear_slot(&mut self, slot: usize) -> Result<(), EngineError> {
        self.slots[slot].clear();
        Ok(())
    }

    fn step(&mut self, inputs: &[StepInput]) -> Result<(), EngineError> {
        assert!(!inputs.is_empty() && inputs.len() <= self.slots.len());
        self.rows.clear();
        for (slot, input) in inputs.iter().enumerate() {
            let tokens = &mut self.slots[slot];
            assert!(!tokens.is_empty());
            assert_eq!(tokens.len(), input.position);
            assert!(input.position < self.context);
            tokens.push(input.token);
            self.rows.push(logits_behind(tokens));
        }
        assert!(self.slots[inputs.len()..].iter().all(Vec::is_empty), "slots behind the last are free");
        self.steps.push(inputs.len());
        Ok(())
    }

    fn logits(&self, slot: usize) -> Result<&[f32], EngineError> {
        Ok(&self.rows[slot])
    }
}

fn task(keys: impl IntoIterator<Item = u64>, most_tokens: u32) -> CompletionTask {
    CompletionTask {
        prompt: PromptText::new("", false, false),
        keys: keys.into_iter().map(SampleKey).collect(),
        sampling: Sampling { temperature: 0.7, top_p: 0.95, ..Sampling::default() },
        stops: Stops::default(),
        most_tokens,
        log_probabilities: None,
    }
}

/// The same completion, generated alone and without a scheduler.
fn alone(prompt: &[TokenId], key: SampleKey, task: &CompletionTask, context: usize) -> (String, Finish, u32) {
    let (mut sampler, mut tokens, mut text) = (Sampler::default(), prompt.to_vec(), GrowingText::default());
    let mut seen = Seen::of(prompt);
    for index in 0.. {
        let token = sampler.choose(&logits_behind(&tokens), &task.sampling, key, index, &seen).unwrap();
        let made = index as u32 + 1;
        if token == END {
            return (text.into_text(), Finish::Stop, made);
        }
        let piece = [u8::try_from(token).unwrap()];
        if text.push(&piece, &task.stops) == Growth::Stopped {
            return (text.into_text(), Finish::Stop, made);
        }
        if made == task.most_tokens || tokens.len() == context {
            return (text.into_text(), Finish::Length, made);
        }
        tokens.push(token);
        seen.add(token);
    }
    unreachable!()
}

fn run(scheduler: &mut Scheduler, fake: &mut Fake) -> Vec<FromWorker> {
    let mut events = Vec::new();
    for _ in 0..100_000 {
        if scheduler.is_idle() {
            return events;
        }
        scheduler.step(fake, &mut events).unwrap();
    }
    panic!("it does not end");
}

fn completions(events: Vec<FromWorker>) -> HashMap<(RequestId, u32), GeneratedText> {
    let mut found = HashMap::new();
    for event in events {
        let FromWorker::Completed(request, index, completion) = event else { panic!("{event:?}") };
        assert!(found.insert((request, index), completion).is_none(), "twice");
    }
    found
}

proptest! {
    #[test]
    fn a_completion_depends_on_nothing_else(
        slots in 1_usize..9,
        requests in proptest::collection::vec(
            (proptest::collection::vec(97..122_i32, 1..20), proptest::collection::vec(any::<u64>(), 1..12), 1_u32..30),
            1..8,
        ),
        steps_between in 0_usize..6,
        penalty in prop_oneof![Just(1.0_f32), Just(1.3)],
    ) {
        const CONTEXT: usize = 32;
        let (mut fake, mut scheduler) = (Fake::new(slots, CONTEXT), Scheduler::new());
        let mut events = Vec::new();
        let mut tasks = Vec::new();
        for (number, (prompt, keys, most)) in requests.iter().enumerate() {
            let mut task = task(keys.iter().copied(), *most);
            task.stops = Stops::try_from(vec!["ab".to_owned(), "zz".to_owned()]).unwrap();
            task.sampling.repetition_penalty = penalty;
            scheduler.complete(&fake, number as u64, prompt.clone(), task.clone()).unwrap();
            tasks.push(task);
            for _ in 0..steps_between {
                scheduler.step(&mut fake, &mut events).unwrap();
            }
        }
        events.extend(run(&mut scheduler, &mut fake));
        prop_assert!(fake.slots.iter().all(Vec::is_empty) && fake.kept.is_empty());
        prop_assert_eq!(fake.prefills, requests.len());
        let found = completions(events);
        prop_assert_eq!(found.len(), requests.iter().map(|(_, keys, _)| keys.len()).sum::<usize>());
        for ((request, index), completion) in found {
            let (prompt, keys, _) = &requests[request as usize];
            let task = &tasks[request as usize];
            let expected = alone(prompt, SampleKey(keys[index as usize]), task, CONTEXT);
            prop_assert_eq!((completion.text, completion.finish, completion.tokens), expected);
            prop_assert_eq!(completion.prompt_tokens as usize, prompt.len());
        }
    }

    #[test]
    fn a_cancelled_request_leaves_the_others(
        slots in 1_usize..5, steps in 0_usize..40, cancelled in 0_u64..4,
    ) {
        let (mut fake, mut scheduler) = (Fake::new(slots, 64), Scheduler::new());
        for request in 0..4_u64 {
            let prompt = vec![97 + request as TokenId; 3];
            scheduler.complete(&fake, request, prompt, task(0..5, 20)).unwrap();
        }
        let mut events = Vec::new();
        for _ in 0..steps {
            scheduler.step(&mut fake, &mut events).unwrap();
        }
        let before = completions(events).into_iter().filter(|((request, _), _)| *request != cancelled);
        let before: Vec<_> = before.collect();
        scheduler.cancel(&mut fake, cancelled).unwrap();
        let after = completions(run(&mut scheduler, &mut fake));
        prop_assert!(after.keys().all(|(request, _)| *request != cancelled));
        prop_assert!(fake.slots.iter().all(Vec::is_empty) && fake.kept.is_empty());
        prop_assert_eq!(before.len() + after.len(), 15);
        for ((request, index), completion) in before.into_iter().chain(after) {
            let prompt = vec![97 + request as TokenId; 3];
            let expected = alone(&prompt, SampleKey(u64::from(index)), &task(0..5, 20), 64);
            prop_assert_eq!((completion.text, completion.finish, completion.tokens), expected);
        }
    }
}

#[test]
fn slots_are_full_as_long_as_something_waits() {
    let (mut fake, mut scheduler) = (Fake::new(4, 256), Scheduler::new());
    for request in 0..12 {
        scheduler.complete(&fake, request, vec![97, 98 + request as TokenId], task(0..3, 40)).unwrap();
    }
    let events = run(&mut scheduler, &mut fake);
    let tokens: u32 = events
        .iter()
        .map(|event| match event {
            FromWorker::Completed(_, _, completion) => completion.tokens,
            _ => 0,
        })
        .sum();
    assert_eq!(completions(events).len(), 36);
    assert_eq!(fake.prefills, 12, "each prompt once");
    let first_with_room = fake.steps.iter().position(|slots| *slots < 4).unwrap();
    let in_last = fake.steps[first_with_room..].iter().sum::<usize>();
    assert!(fake.steps[first_with_room..].iter().is_sorted_by(|a, b| a >= b), "{:?}", fake.steps);
    assert!(in_last <= 3 * 40, "only the last completions run with room beside them");
    // The first token of each completion comes from the prompt's logits, and an end is not computed.
    assert!(fake.steps.iter().sum::<usize>() < tokens as usize);
}

#[test]
fn a_prompt_is_computed_where_its_first_completion_runs() {
    let (mut fake, mut scheduler) = (Fake::new(4, 256), Scheduler::new());
    for request in 0..9 {
        scheduler.complete(&fake, request, vec![97, 98 + request as TokenId], task([request], 40)).unwrap();
    }
    assert_eq!(completions(run(&mut scheduler, &mut fake)).len(), 9);
    assert_eq!((fake.prefills, fake.copies), (9, 0), "prompts of one completion are never copied");
    // One token each, which the prompt's logits give: nothing runs in the slot, and it is free afterwards.
    scheduler.complete(&fake, 9, vec![97], task(0..6, 1)).unwrap();
    assert_eq!(completions(run(&mut scheduler, &mut fake)).len(), 6);
    assert!(fake.copies == 0 && fake.kept.is_empty() && fake.slots.iter().all(Vec::is_empty));
    scheduler.complete(&fake, 10, vec![98], task(0..6, 40)).unwrap();
    assert_eq!(completions(run(&mut scheduler, &mut fake)).len(), 6);
    assert!((1..=5).contains(&fake.copies), "{}", fake.copies);
}

#[test]
fn nonsense_refuses_its_request_alone() {
    let (mut fake, mut scheduler) = (Fake::new(3, 64), Scheduler::new());
    scheduler.complete(&fake, 1, vec![97], task(0..2, 9)).unwrap();
    scheduler.complete(&fake, 2, vec![98, POISON], task(0..4, 9)).unwrap();
    scheduler.complete(&fake, 3, vec![99], task(0..2, 9)).unwrap();
    let (refused, done): (Vec<_>, Vec<_>) = run(&mut scheduler, &mut fake)
        .into_iter()
        .partition(|event| matches!(event, FromWorker::Refused(..)));
    assert_eq!(refused, [FromWorker::Refused(2, SamplingError::NotNumbers.into())]);
    assert_eq!(completions(done).len(), 4);
    assert!(fake.slots.iter().all(Vec::is_empty) && fake.kept.is_empty());
}

#[test]
fn requests_are_checked() {
    let (fake, mut scheduler) = (Fake::new(2, 16), Scheduler::new());
    assert_eq!(scheduler.complete(&fake, 1, vec![], task([0], 9)), Err(RequestError::Empty));
    let too_long = scheduler.complete(&fake, 1, vec![97; 16], task([0], 9));
    assert_eq!(too_long, Err(RequestError::TooLong { tokens: 16, most: 15 }));
    assert!(matches!(scheduler.complete(&fake, 1, vec![97], task([], 9)), Err(RequestError::Request(_))));
    assert!(matches!(scheduler.complete(&fake, 1, vec![97], task([0], 0)), Err(RequestError::Request(_))));
    let mut wrong = task([0], 9);
    wrong.sampling.top_p = 0.0;
    assert!(matches!(scheduler.complete(&fake, 1, vec![97], wrong), Err(RequestError::Sampling(_))));
    assert_eq!(scheduler.score(&fake, 1, vec![], vec![97]), Err(RequestError::Empty));
    assert!(scheduler.score(&fake, 1, vec![97; 10], vec![97; 7]).is_err());
    assert!(scheduler.is_idle());
}

#[test]
fn a_context_that_ends_ends_the_completion() {
    let (mut fake, mut scheduler) = (Fake::new(2, 16), Scheduler::new());
    let mut endless = task([1], 1000);
    // An end that is far less likely than the likeliest token is not taken.
    endless.sampling = Sampling { temperature: 0.0, ..Sampling::default() };
    scheduler.complete(&fake, 1, vec![97; 15], endless.clone()).unwrap();
    let found = completions(run(&mut scheduler, &mut fake));
    let expected = alone(&[97; 15], SampleKey(1), &endless, 16);
    assert_eq!((found[&(1, 0)].finish, found[&(1, 0)].tokens), (expected.1, expected.2));
    assert!(found[&(1, 0)].tokens <= 2);
}

#[test]
fn scores_and_ratings_are_the_models_own() {
    let (mut fake, mut scheduler) = (Fake::new(2, 64), Scheduler::new());
    let mut rated = task([5], 12);
    rated.log_probabilities = Some(3);
    scheduler.complete(&fake, 1, vec![97, 98], rated).unwrap();
    let FromWorker::Completed(_, _, completion) = run(&mut scheduler, &mut fake).remove(0) else { panic!() };
    let ratings = completion.log_probabilities.unwrap();
    let text: Vec<u8> = ratings.iter().flat_map(|rating| rating.bytes.clone()).collect();
    assert_eq!(text, completion.text.as_bytes());
    assert!(ratings.iter().all(|rating| rating.likeliest.len() == 3));
    // A text that was rated as it was generated gets the same ratings as a whole.
    let tokens: Vec<TokenId> = ratings.iter().map(|rating| rating.token).collect();
    scheduler.score(&fake, 2, vec![97, 98], tokens).unwrap();
    let FromWorker::Scored(2, score) = run(&mut scheduler, &mut fake).remove(0) else { panic!() };
    let log_probabilities = |ratings: &[crate::model::frames::TokenRating]| -> Vec<f64> {
        ratings.iter().map(|rating| rating.log_probability).collect()
    };
    assert_eq!(log_probabilities(&score.tokens), log_probabilities(&ratings));
    assert!(!score.tokens.is_empty());
    scheduler.score(&fake, 3, vec![97], vec![]).unwrap();
    assert_eq!(
        run(&mut scheduler, &mut fake),
        [FromWorker::Scored(3, Score { prompt_tokens: 1, tokens: vec![] })]
    );
}
