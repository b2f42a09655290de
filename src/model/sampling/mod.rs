//! From logits to a token: the same bits on every machine.
//!
//! The steps and their order are those of Hugging Face's transformers (`generation/logits_process.py`): the repetition
//! penalty on the logits, then the temperature, then the `top_k` likeliest tokens, of these the fewest that have
//! `top_p` together, of these those with at least `min_p` of the likeliest one's probability. llama.cpp applies the
//! temperature last and looks for repetitions in the last 64 tokens only; servers such as vLLM do the same as here.
//!
//! No function of the system's mathematical library is used, no sum depends on how many lanes a processor has, and
//! nothing is fused: see [`exponential`]. The random number of a token depends on the sample's key and the token's
//! index alone.

use serde::{Deserialize, Serialize};

use super::library::parameters::TokenId;

pub mod exponential;
mod key;
mod penalty;
mod select;

pub use key::SampleKey;
pub use penalty::Seen;

use exponential::{WEIGHTS_BLOCK, block_sums, weights};

/// How a token is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// What logits are divided by; 0 takes the likeliest token, and of equal ones that with the lowest number.
    pub temperature: f32,
    /// How many of the likeliest tokens are kept; all if this is `None`.
    pub top_k: Option<u32>,
    /// The fewest of the likeliest tokens that have this probability together are kept; 1 keeps all.
    pub top_p: f32,
    /// Tokens with less than this share of the likeliest one's probability are left out; 0 keeps all.
    pub min_p: f32,
    /// The logits of tokens that the text has already are divided by this where they are positive, and multiplied by it
    /// where they are negative (N. S. Keskar et al., "CTRL", 2019, section 4.1); 1 changes nothing. Prompt and
    /// completion both count.
    pub repetition_penalty: f32,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { temperature: 1.0, top_k: None, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0 }
    }
}

/// Why no token can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum SamplingError {
    /// The model's logits are not numbers.
    #[error(
        "the model gives no usable probabilities (some of its logits are not numbers); its file may be damaged: compare \
         its digest"
    )]
    NotNumbers,
    /// A setting is out of range.
    #[error("{0} is out of range; give {1}")]
    Setting(String, String),
}

impl Sampling {
    /// Checks the settings' ranges.
    ///
    /// # Errors
    ///
    /// With the first that is out of range.
    pub fn check(&self) -> Result<(), SamplingError> {
        let wrong = |name: &str, value: f32, range: &str| {
            Err(SamplingError::Setting(format!("{name} {value}"), range.to_owned()))
        };
        if !(0.0..=100.0).contains(&self.temperature) {
            return wrong("temperature", self.temperature, "0 to 100");
        }
        if self.top_k == Some(0) {
            return wrong("top_k", 0.0, "1 or more, or nothing");
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return wrong("top_p", self.top_p, "more than 0, and at most 1");
        }
        if !(0.0..=1.0).contains(&self.min_p) {
            return wrong("min_p", self.min_p, "0 to 1");
        }
        if !(0.01..=100.0).contains(&self.repetition_penalty) {
            return wrong("repetition_penalty", self.repetition_penalty, "0.01 to 100");
        }
        Ok(())
    }

    /// Whether the likeliest token is taken. Below this temperature, the smallest difference between two logits would
    /// be lost in rounding.
    fn is_greedy(&self) -> bool {
        self.temperature < 1e-5
    }
}

/// A token and the logarithm of its probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    /// The token.
    pub token: TokenId,
    /// The natural logarithm of the probability that the model itself gives it, before temperature and the rest.
    pub log_probability: f64,
}

/// Chooses tokens; its buffers are reused.
#[derive(Default)]
pub struct Sampler {
    /// Logits with the penalty, where there is one.
    penalised: Vec<f32>,
    /// The weights of all tokens, filled up to whole blocks.
    weights: Vec<f32>,
    /// The sums of the weights' blocks.
    sums: Vec<f64>,
    select: select::Buffers,
}

impl Sampler {
    /// Chooses a token.
    ///
    /// `index` is the number of the token within the completion, and `seen` the tokens of prompt and completion so far;
    /// they matter only with a repetition penalty.
    ///
    /// # Errors
    ///
    /// When a logit is not a number, or none is finite.
    pub fn choose(
        &mut self,
        logits: &[f32],
        sampling: &Sampling,
        key: SampleKey,
        index: u64,
        seen: &Seen,
    ) -> Result<TokenId, SamplingError> {
        let Sampler { penalised, weights: buffer, sums, select } = self;
        let logits = if sampling.repetition_penalty == 1.0 {
            logits
        } else {
            penalised.clear();
            penalised.extend_from_slice(logits);
            seen.penalise(penalised, sampling.repetition_penalty);
            &penalised[..]
        };
        let largest = largest(logits)?;
        if sampling.is_greedy() {
            return first_of(logits, largest);
        }
        weights(logits, largest, 1.0 / sampling.temperature, buffer);
        block_sums(buffer, sums);
        let uniform = key.uniform(index);
        let drawn = if select::is_needed(sampling, logits.len()) {
            let sum = sums.iter().sum();
            select::draw(logits, largest, sampling, &buffer[..logits.len()], sum, uniform, select)
        } else {
            draw(buffer, sums, uniform)
        };
        drawn.ok_or(SamplingError::NotNumbers)
    }

    /// The logarithm of the probability of a token, and of the `most` likeliest, the likeliest first.
    ///
    /// # Errors
    ///
    /// When a logit is not a number, or none is finite.
    pub fn rate(
        &mut self,
        logits: &[f32],
        token: TokenId,
        most: usize,
    ) -> Result<(Rated, Vec<Rated>), SamplingError> {
        let largest = largest(logits)?;
        weights(logits, largest, 1.0, &mut self.weights);
        block_sums(&self.weights, &mut self.sums);
        let sum = libm::log(self.sums.iter().sum());
        let rated = |token: TokenId| {
            let logit = usize::try_from(token).ok().and_then(|token| logits.get(token));
            let logit = f64::from(*logit.ok_or(SamplingError::NotNumbers)?);
            Ok(Rated { token, log_probability: logit - f64::from(largest) - sum })
        };
        let likeliest = select::likeliest(logits, most, &mut self.select);
        Ok((rated(token)?, likeliest.into_iter().map(rated).collect::<Result<_, _>>()?))
    }
}

/// The largest logit.
fn largest(logits: &[f32]) -> Result<f32, SamplingError> {
    const LANES: usize = 8;
    let mut most = [f32::NEG_INFINITY; LANES];
    let mut is_wrong = [false; LANES];
    let (blocks, rest) = logits.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            most[lane] = if block[lane] > most[lane] { block[lane] } else { most[lane] };
            is_wrong[lane] |= block[lane].is_nan();
        }
    }
    let most = most.iter().chain(rest).fold(f32::NEG_INFINITY, |most, logit| most.max(*logit));
    let is_wrong = is_wrong.contains(&true) || rest.iter().any(|logit| logit.is_nan());
    if is_wrong || !most.is_finite() { Err(SamplingError::NotNumbers) } else { Ok(most) }
}

fn first_of(logits: &[f32], value: f32) -> Result<TokenId, SamplingError> {
    let first = logits.iter().position(|logit| *logit == value);
    first.map(|first| first as TokenId).ok_or(SamplingError::NotNumbers)
}

/// The token in whose share of the total weight a number from 0 to 1 falls, in the order of their numbers.
fn draw(weights: &[f32], sums: &[f64], uniform: f64) -> Option<TokenId> {
    let mut left = uniform * sums.iter().sum::<f64>();
    let mut last = None;
    for (block, sum) in sums.iter().enumerate().filter(|(_, sum)| **sum > 0.0) {
        if left >= *sum {
            left -= sum;
            last = Some(block);
            continue;
        }
        return in_block(weights, block, left);
    }
    // What rounding leaves over falls to the last one.
    in_block(weights, last?, f64::INFINITY)
}

fn in_block(weights: &[f32], block: usize, mut left: f64) -> Option<TokenId> {
    let start = block * WEIGHTS_BLOCK;
    let mut last = None;
    for (offset, weight) in weights[start..start + WEIGHTS_BLOCK].iter().enumerate() {
        if *weight > 0.0 {
            last = Some((start + offset) as TokenId);
            left -= f64::from(*weight);
            if left < 0.0 {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests;
