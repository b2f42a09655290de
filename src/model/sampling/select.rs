//! Which tokens are left to draw from: `top_k`, `top_p` and `min_p`, without sorting a vocabulary.
//!
//! Tokens are ordered by their logits, and equal ones by their numbers, the lower first. Each rule keeps a first part of
//! that order, so all that is searched is the last token that is kept: tokens are counted, or their weights summed, in
//! buckets by the distance of their logits to the largest, and only the bucket where the part ends is sorted.

use super::exponential::block_sums;
use super::{Sampling, Token};

/// How many buckets there are.
const BUCKETS: usize = 1024;
/// How many of them one unit of distance has, which is a factor of e in probability.
const PER_UNIT: f32 = 32.0;

/// Buffers that are used again.
#[derive(Default)]
pub struct Buffers {
    members: Vec<Place>,
    sums: Vec<f64>,
}

/// A token's place in the order: smaller is likelier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u64);

impl Place {
    fn of(logit: f32, token: usize) -> Place {
        // Makes 0 of -0, which it equals. The bits of floats are in their order once those of negative ones are turned
        // over.
        let bits = (logit + 0.0).to_bits();
        let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
        Place(u64::from(!ascending) << 32 | token as u64)
    }

    fn token(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }
}

/// Sets the weights of tokens that are not kept to 0, and makes the sums of the blocks anew.
pub(super) fn keep(
    logits: &[f32],
    sampling: &Sampling,
    weights: &mut [f32],
    sums: &mut Vec<f64>,
    buffers: &mut Buffers,
) {
    let most = sampling.top_k.map_or(usize::MAX, |most| most as usize);
    if most < logits.len() {
        let last = last_kept(logits, buffers, most as f64, |_| 1.0);
        cut(logits, weights, last);
        block_sums(weights, sums);
    }
    if sampling.top_p < 1.0 {
        let wanted = f64::from(sampling.top_p) * sums.iter().sum::<f64>();
        let last = last_kept(logits, buffers, wanted, |token| f64::from(weights[token]));
        cut(logits, weights, last);
        block_sums(weights, sums);
    }
    if sampling.min_p > 0.0 {
        // The likeliest token's weight is 1.
        for weight in weights.iter_mut() {
            *weight = if *weight < sampling.min_p { 0.0 } else { *weight };
        }
        block_sums(weights, sums);
    }
}

/// The `most` likeliest tokens, the likeliest first.
pub(super) fn likeliest(logits: &[f32], most: usize, buffers: &mut Buffers) -> Vec<Token> {
    if most == 0 {
        return Vec::new();
    }
    let last = last_kept(logits, buffers, most as f64, |_| 1.0);
    let places = logits.iter().enumerate().map(|(token, logit)| Place::of(*logit, token));
    let mut kept: Vec<Place> = places.filter(|place| *place <= last).collect();
    kept.sort_unstable();
    kept.truncate(most);
    kept.into_iter().map(|place| place.token() as Token).collect()
}

/// The last of the tokens that are needed, in their order, until their measures together reach `wanted`; all are needed
/// where they do not.
fn last_kept(
    logits: &[f32],
    Buffers { members, sums }: &mut Buffers,
    wanted: f64,
    measure: impl Fn(usize) -> f64,
) -> Place {
    let largest =
        logits.iter().fold(f32::NEG_INFINITY, |most, logit| if *logit > most { *logit } else { most });
    // What is too far away, and -inf, is in the last one.
    let bucket = |logit: f32| (((largest - logit) * PER_UNIT) as usize).min(BUCKETS - 1);
    sums.clear();
    sums.resize(BUCKETS, 0.0);
    for (token, logit) in logits.iter().enumerate() {
        sums[bucket(*logit)] += measure(token);
    }
    let mut reached = 0.0;
    let mut end = BUCKETS - 1;
    for (number, sum) in sums.iter().enumerate() {
        if reached + sum >= wanted {
            end = number;
            break;
        }
        if number < end {
            reached += sum;
        }
    }
    members.clear();
    let places = logits.iter().enumerate().filter(|(_, logit)| bucket(**logit) == end);
    members.extend(places.map(|(token, logit)| Place::of(*logit, token)));
    members.sort_unstable();
    for place in members.iter() {
        reached += measure(place.token());
        if reached >= wanted {
            return *place;
        }
    }
    // All of the bucket, where rounding says that it is not enough.
    members.last().copied().unwrap_or(Place(u64::MAX))
}

fn cut(logits: &[f32], weights: &mut [f32], last: Place) {
    for (token, (weight, logit)) in weights.iter_mut().zip(logits).enumerate() {
        if Place::of(*logit, token) > last {
            *weight = 0.0;
        }
    }
}
