//! Sets of small numbers.

/// A set of ordinals below a fixed bound, at one bit each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdinalSet {
    words: Vec<u64>,
    len: u64,
}

impl OrdinalSet {
    /// The empty set of ordinals below `bound`.
    pub fn new(bound: u64) -> Self {
        OrdinalSet { words: vec![0; bound.div_ceil(64) as usize], len: 0 }
    }

    /// Adds an ordinal; false if it was there already.
    ///
    /// # Panics
    ///
    /// When the ordinal is beyond the bound.
    pub fn insert(&mut self, ordinal: u32) -> bool {
        let word = &mut self.words[ordinal as usize / 64];
        let bit = 1 << (ordinal % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.len += u64::from(is_new);
        is_new
    }

    /// Whether the ordinal is there.
    pub fn contains(&self, ordinal: u32) -> bool {
        self.words.get(ordinal as usize / 64).is_some_and(|word| word >> (ordinal % 64) & 1 == 1)
    }

    /// How many ordinals there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_a_set(ordinals in proptest::collection::vec(0u32..300, 0..400)) {
            let mut expected = BTreeSet::new();
            let mut set = OrdinalSet::new(300);
            for ordinal in ordinals {
                prop_assert_eq!(set.insert(ordinal), expected.insert(ordinal));
            }
            prop_assert_eq!(set.len(), expected.len() as u64);
            prop_assert!((0..1000).all(|ordinal| set.contains(ordinal) == expected.contains(&ordinal)));
        }
    }
}
