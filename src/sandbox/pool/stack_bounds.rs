//! Lets an interpreter use more of its stack.
//!
//! CPython looks at how far down its stack it is, so that recursion through C ends by an exception: it keeps the top of
//! the stack in its memory, with two bounds behind that. Both follow from the size that it takes stacks on this platform
//! to have, which can be much less than what the module was linked with. Where a snapshot is taken they can be moved.
//!
//! What lies on this stack has its like on the machine's, which is used up sooner: so whoever moves the bounds says how
//! far. Snapshots in which that was done run on a machine's stack as deep as that of guests that fusing has made.

/// The bounds of its stack that an interpreter keeps, as bytes below the top: a word each, behind a word that is the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StackBounds {
    /// As the interpreter has computed them.
    pub from: [u32; 2],
    /// As they are to be.
    pub to: [u32; 2],
}

/// What tops of stacks are multiples of.
const ALIGNMENT: u32 = 16;

impl StackBounds {
    /// Moves the bounds in an interpreter's memory. What is wrong is said in words.
    pub(super) fn apply(&self, memory: &mut [u8]) -> Result<(), String> {
        let [soft, hard] = self.to;
        if soft > hard {
            return Err("the first of the bounds of its stack lies beyond the second".to_owned());
        }
        let mut found = None;
        for (place, words) in memory.windows(12).enumerate().step_by(4) {
            let word = |at: usize| words[at..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
            let top = word(0);
            let is_below = |at: usize, below: u32| top.checked_sub(below) == Some(word(at));
            if top.is_multiple_of(ALIGNMENT)
                && is_below(4, self.from[0])
                && is_below(8, self.from[1])
                && found.replace((place, top)).is_some()
            {
                return Err("such bounds of a stack are in its memory twice".to_owned());
            }
        }
        let (place, top) = found.ok_or("such bounds of a stack are not in its memory")?;
        if hard > top {
            return Err(format!("its stack has no more than {top} bytes"));
        }
        for (at, below) in [(4, soft), (8, hard)] {
            memory[place + at..][..4].copy_from_slice(&(top - below).to_le_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: StackBounds = StackBounds { from: [0x300, 0x400], to: [0xf00, 0xf80] };

    fn memory(words: &[(usize, u32)]) -> Vec<u8> {
        let mut memory = vec![0xee; 0x2000];
        for (at, word) in words {
            memory[*at..][..4].copy_from_slice(&word.to_le_bytes());
        }
        memory
    }

    #[test]
    fn bounds_are_moved_where_they_are_found_once() {
        let known = [(0x1100, 0x1000), (0x1104, 0xd00), (0x1108, 0xc00)];
        let mut moved = memory(&known);
        assert_eq!(BOUNDS.apply(&mut moved), Ok(()));
        assert_eq!(moved, memory(&[(0x1100, 0x1000), (0x1104, 0x100), (0x1108, 0x80)]));

        let why = |words: &[(usize, u32)], bounds: StackBounds| bounds.apply(&mut memory(words)).unwrap_err();
        assert!(why(&[], BOUNDS).contains("not in its memory"));
        assert!(why(&known[..2], BOUNDS).contains("not in its memory"));
        let twice = [&known[..], &[(0x1200, 0x1000), (0x1204, 0xd00), (0x1208, 0xc00)]].concat();
        assert!(why(&twice, BOUNDS).contains("twice"));
        assert!(why(&known, StackBounds { to: [0xf00, 0x1001], ..BOUNDS }).contains("no more than 4096"));
        assert!(why(&known, StackBounds { to: [0xf80, 0xf00], ..BOUNDS }).contains("beyond the second"));
    }
}
