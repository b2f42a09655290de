//! What it took to get the completions of a run: tokens, money, time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::complete::price::Price;
use crate::complete::query::{RawAnswer, Usage};

/// What getting the answers of a run came to. What the server did not say, or no price is known for, is unknown, never
/// zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The model as it was named.
    pub model: String,
    /// What the server says that it served, in the order of the alphabet; several where it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served_models: Vec<String>,
    /// Samples that were wanted.
    pub wanted: u64,
    /// Samples that were answered; only these are scored.
    pub answered: u64,
    /// Tokens of the prompts.
    pub input_tokens: Option<u64>,
    /// Tokens of the answers, thinking included.
    pub output_tokens: Option<u64>,
    /// Tokens of the prompts that came from the server's cache.
    pub cached_tokens: Option<u64>,
    /// Tokens of the answers that were thinking.
    pub reasoning_tokens: Option<u64>,
    /// What all answers cost in US dollars, whenever they were paid.
    pub cost: Option<f64>,
    /// Problems with a completion that passed.
    pub solved: u64,
    /// [`cost`](Self::cost) by [`solved`](Self::solved).
    pub cost_per_solved: Option<f64>,
    /// Half of the requests took at most so many milliseconds.
    pub median_latency_ms: Option<u64>,
}

/// Collects answers one by one.
#[derive(Debug)]
pub struct GenerationTally {
    price: Option<Price>,
    usage: Usage,
    cost: Option<f64>,
    latencies: Vec<u64>,
    served_models: BTreeSet<String>,
    answered: u64,
}

impl GenerationTally {
    /// No answers yet.
    pub fn new(price: Option<Price>) -> GenerationTally {
        let none = Some(0);
        let usage = Usage { input: none, output: none, cached: none, reasoning: none };
        GenerationTally {
            price,
            usage,
            cost: Some(0.0),
            latencies: Vec::new(),
            served_models: BTreeSet::new(),
            answered: 0,
        }
    }

    /// Takes an answer.
    pub fn add(&mut self, answer: &RawAnswer) {
        let add = |sum: &mut Option<u64>, count: Option<u64>| {
            *sum = sum.zip(count).map(|(sum, count)| sum.saturating_add(count)); // counts are a server's word
        };
        add(&mut self.usage.input, answer.usage.input);
        add(&mut self.usage.output, answer.usage.output);
        add(&mut self.usage.cached, answer.usage.cached);
        add(&mut self.usage.reasoning, answer.usage.reasoning);
        let cost = self.price.and_then(|price| price.cost(&answer.usage));
        self.cost = self.cost.zip(cost).map(|(sum, cost)| sum + cost);
        if answer.latency_ms > 0 {
            self.latencies.push(answer.latency_ms);
        }
        if let Some(model) = answer.served_model.as_ref().filter(|model| !self.served_models.contains(*model))
        {
            self.served_models.insert(model.clone());
        }
        self.answered += 1;
    }

    /// What it came to, of `wanted` samples and with `solved` problems solved.
    pub fn generation(mut self, model: String, wanted: u64, solved: u64) -> Generation {
        self.latencies.sort_unstable();
        let known = self.answered > 0;
        let cost = self.cost.filter(|_| known);
        Generation {
            model,
            served_models: self.served_models.into_iter().collect(),
            wanted,
            answered: self.answered,
            input_tokens: self.usage.input.filter(|_| known),
            output_tokens: self.usage.output.filter(|_| known),
            cached_tokens: self.usage.cached.filter(|_| known),
            reasoning_tokens: self.usage.reasoning.filter(|_| known),
            cost,
            solved,
            cost_per_solved: cost.filter(|_| solved > 0).map(|cost| cost / solved as f64),
            median_latency_ms: self.latencies.get(self.latencies.len().saturating_sub(1) / 2).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(input: Option<u64>, latency_ms: u64) -> RawAnswer {
        let usage = Usage { input, output: Some(1_000_000), ..Usage::default() };
        RawAnswer { usage, latency_ms, ..RawAnswer::new("x") }
    }

    #[test]
    fn costs_add_up_and_what_is_unknown_stays_unknown() {
        let price = Price { input: 1.0, output: 2.0, cached: None };
        let mut tally = GenerationTally::new(Some(price));
        for latency in [30, 10, 20] {
            tally.add(&answer(Some(1_000_000), latency));
        }
        let generation = tally.generation("m".into(), 4, 2);
        assert_eq!((generation.cost, generation.cost_per_solved), (Some(9.0), Some(4.5)));
        assert_eq!((generation.input_tokens, generation.cached_tokens), (Some(3_000_000), None));
        assert_eq!((generation.answered, generation.median_latency_ms), (3, Some(20)));

        let mut tally = GenerationTally::new(Some(price));
        tally.add(&answer(Some(1), 0));
        tally.add(&answer(None, 0));
        let generation = tally.generation("m".into(), 2, 0);
        assert_eq!(
            (generation.cost, generation.input_tokens, generation.cost_per_solved),
            (None, None, None)
        );
        assert_eq!((generation.output_tokens, generation.median_latency_ms), (Some(2_000_000), None));
        let nothing = GenerationTally::new(None).generation("m".into(), 2, 0);
        assert_eq!((nothing.cost, nothing.output_tokens), (None, None));
    }
}
