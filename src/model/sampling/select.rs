//! Which tokens are kept to draw from: `top_k`, `top_p` and `min_p`, without sorting a vocabulary.
//!
//! Tokens are ordered by their logits, and equal ones by their numbers, the lower first. Each rule keeps a prefix of
//! that order. What can not be in it is dropped in one pass, by a bound on the weight; of the rest, which is short,
//! tokens are counted, or their weights summed, in buckets by the distance of their logits to the largest, and only the
//! bucket in which the prefix ends is sorted. Sums are taken in the order of the tokens' numbers, so that their bits
//! are fixed.

use super::{Sampling, TokenId};

/// How many buckets there are.
const BUCKETS: usize = 1024;
/// How many of them there are for one unit of distance, which is a factor of e in probability.
const PER_UNIT: f32 = 32.0;
/// The size of the groups of neighbours whose maximum is looked at first.
const GROUP: usize = 16;

/// Buffers that are reused.
#[derive(Default)]
pub(super) struct Buffers {
    members: Vec<Place>,
    sums: Vec<f64>,
    maxima: Vec<f32>,
    /// The tokens that are kept, in the order of their numbers.
    pub(super) kept: Vec<KeptToken>,
}

/// A token that is kept.
#[derive(Clone, Copy)]
pub(super) struct KeptToken {
    place: Place,
    pub(super) weight: f32,
}

impl KeptToken {
    pub(super) fn token(&self) -> usize {
        self.place.token()
    }
}

/// A token's place in the order: smaller is likelier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u64);

impl Place {
    fn of(logit: f32, token: usize) -> Place {
        // Turns -0 into 0, which it equals. The bits of floats are in their order once those of negative ones are
        // inverted.
        let bits = (logit + 0.0).to_bits();
        let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
        Place(u64::from(!ascending) << 32 | token as u64)
    }

    fn token(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }
}

/// Whether any token may be left out.
pub(super) fn is_needed(sampling: &Sampling, count: usize) -> bool {
    sampling.top_k.is_some_and(|most| (most as usize) < count) || sampling.top_p < 1.0 || sampling.min_p > 0.0
}

/// Draws from the tokens that are kept, by their weights, of which the largest is 1, given the sum of all weights.
pub(super) fn draw(
    logits: &[f32],
    largest: f32,
    sampling: &Sampling,
    weights: &[f32],
    sum: f64,
    uniform: f64,
    buffers: &mut Buffers,
) -> Option<TokenId> {
    let most = sampling.top_k.map_or(usize::MAX, |most| most as usize);
    let logits_from = bound(logits, most, &mut buffers.maxima);
    // The weights below this are together less than what `top_p` leaves out. With `top_k`, the sum is a different one.
    let spare = (1.0 - f64::from(sampling.top_p)) * sum / weights.len().max(1) as f64 * 0.999;
    let weights_from = if most < logits.len() { 0.0 } else { sampling.min_p.max(spare as f32) };
    let Buffers { members, sums, kept, .. } = buffers;
    kept.clear();
    for (token, (logit, weight)) in logits.iter().zip(weights).enumerate() {
        if *logit >= logits_from && *weight >= weights_from && *weight > 0.0 {
            kept.push(KeptToken { place: Place::of(*logit, token), weight: *weight });
        }
    }
    if most < kept.len() {
        let last = last_kept(logits, largest, kept, (members, sums), most as f64, |_| 1.0);
        kept.retain(|one| one.place <= last);
    }
    if sampling.top_p < 1.0 {
        // What the bounds dropped counts, unless `top_k` had removed it before.
        let all = if most < logits.len() { total(kept) } else { sum };
        let wanted = f64::from(sampling.top_p) * all;
        let last = last_kept(logits, largest, kept, (members, sums), wanted, |one| f64::from(one.weight));
        kept.retain(|one| one.place <= last);
    }
    kept.retain(|one| one.weight >= sampling.min_p);
    let mut left = uniform * total(kept);
    for one in kept.iter() {
        left -= f64::from(one.weight);
        if left < 0.0 {
            return Some(one.token() as TokenId);
        }
    }
    // What rounding leaves over falls to the last one.
    kept.last().map(|one| one.token() as TokenId)
}

fn total(kept: &[KeptToken]) -> f64 {
    kept.iter().map(|one| f64::from(one.weight)).sum()
}

/// The `most` likeliest tokens, the likeliest first.
pub(super) fn likeliest(logits: &[f32], most: usize, buffers: &mut Buffers) -> Vec<TokenId> {
    if most == 0 {
        return Vec::new();
    }
    let from = bound(logits, most, &mut buffers.maxima);
    let places = logits.iter().enumerate().filter(|(_, logit)| **logit >= from);
    let mut places: Vec<Place> = places.map(|(token, logit)| Place::of(*logit, token)).collect();
    places.sort_unstable();
    places.truncate(most);
    places.into_iter().map(|place| place.token() as TokenId).collect()
}

/// A logit that at least `most` tokens reach, since that many groups do.
fn bound(logits: &[f32], most: usize, maxima: &mut Vec<f32>) -> f32 {
    if most > logits.len() / GROUP || most == 0 {
        return f32::NEG_INFINITY;
    }
    maxima.clear();
    maxima.extend(logits.as_chunks::<GROUP>().0.iter().map(|group| {
        group.iter().fold(f32::NEG_INFINITY, |most, logit| if *logit > most { *logit } else { most })
    }));
    *maxima.select_nth_unstable_by(most - 1, |a, b| b.total_cmp(a)).1
}

/// The last of the tokens, in their order, that is needed for their measures to reach `wanted` together; the last of
/// all where they do not.
fn last_kept(
    logits: &[f32],
    largest: f32,
    kept: &[KeptToken],
    (members, sums): (&mut Vec<Place>, &mut Vec<f64>),
    wanted: f64,
    measure: impl Fn(&KeptToken) -> f64,
) -> Place {
    // Everything too far away is in the last bucket.
    let bucket = |one: &KeptToken| (((largest - logits[one.token()]) * PER_UNIT) as usize).min(BUCKETS - 1);
    sums.clear();
    sums.resize(BUCKETS, 0.0);
    for one in kept {
        sums[bucket(one)] += measure(one);
    }
    let mut reached = 0.0;
    let mut end = None;
    for (number, sum) in sums.iter().enumerate() {
        if reached + sum >= wanted {
            end = Some(number);
            break;
        }
        reached += sum;
    }
    // All, if rounding makes them too few.
    let Some(end) = end else { return Place(u64::MAX) };
    members.clear();
    members.extend(kept.iter().filter(|one| bucket(one) == end).map(|one| one.place));
    members.sort_unstable();
    for place in members.iter() {
        let at = kept.partition_point(|one| one.token() < place.token());
        reached += kept.get(at).map_or(0.0, &measure);
        if reached >= wanted {
            return *place;
        }
    }
    // All of the bucket, likewise.
    members.last().copied().unwrap_or(Place(u64::MAX))
}
