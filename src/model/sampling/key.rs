//! The key of a sample's random numbers.

use serde::{Deserialize, Serialize};

/// Determines the random numbers of one sample. A token's number depends on this and the token's index alone, so it
/// does not matter what else was drawn before or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SampleKey(pub u64);

/// What SplitMix64 adds for each number.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SampleKey {
    /// The key of a sample, from the run's seed, the problem's name and the sample's index.
    pub fn of(seed: u64, problem: &str, sample: u64) -> SampleKey {
        let mut hash = blake3::Hasher::new_derive_key("karat 2026 key of a sample");
        hash.update(&seed.to_le_bytes());
        hash.update(&sample.to_le_bytes());
        hash.update(problem.as_bytes());
        let bytes = hash.finalize();
        SampleKey(bytes.as_bytes().iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)))
    }

    /// A number from 0 to 1, excluding 1, for the token of this index.
    ///
    /// It is the number of that index in SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom
    /// Number Generators", OOPSLA 2014), whose state is a counter, here started from the mixed key.
    pub fn uniform(self, index: u64) -> f64 {
        let start = mixed(self.0.wrapping_add(STEP));
        let bits = mixed(start.wrapping_add(STEP.wrapping_mul(index.wrapping_add(1))));
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_split_mix() {
        // The first ones that are published with SplitMix64's code, for the seed 0.
        assert_eq!(mixed(STEP), 0xe220_a839_7b1d_cdaf);
        let key = SampleKey(0);
        assert_eq!(
            key.uniform(0),
            (mixed(0xe220_a839_7b1d_cdaf_u64.wrapping_add(STEP)) >> 11) as f64 / 2_f64.powi(53)
        );
        let mean = (0..10_000).map(|index| key.uniform(index)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let first: f64 = (0..10_000).map(|key| SampleKey(key).uniform(0)).sum::<f64>() / 10_000.0;
        assert!((first - 0.5).abs() < 0.01, "{first}");
    }

    #[test]
    fn every_part_of_a_key_counts() {
        let keys = [
            SampleKey::of(1, "a", 0),
            SampleKey::of(2, "a", 0),
            SampleKey::of(1, "b", 0),
            SampleKey::of(1, "a", 1),
            SampleKey::of(0, "a", 1),
        ];
        for (number, key) in keys.iter().enumerate() {
            assert!(!keys[..number].contains(key), "{number}");
        }
        assert_eq!(SampleKey::of(1, "a", 0), keys[0]);
    }
}
