//! A small seeded generator whose numbers are the same on every platform and in every version.
//!
//! Nothing here may depend on the platform's mathematical library, whose last digits differ: logarithms and powers
//! come from the crate `libm`, all else is integer arithmetic and what IEEE 754 fixes to the last bit.

/// xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions on
/// Mathematical Software 47, 2021, article 36).
#[derive(Clone, Debug)]
pub(super) struct Random([u64; 4]);

impl Random {
    /// The generator for a seed, its state filled by SplitMix64 as its authors advise.
    pub(super) fn with_seed(mut seed: u64) -> Random {
        Random(std::array::from_fn(|_| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = seed;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// Sixty-four random bits.
    #[inline]
    pub(super) fn bits(&mut self) -> u64 {
        let state = &mut self.0;
        let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        result
    }

    /// A number within (0, 1), neither end included.
    #[inline]
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A number from the standard normal distribution, by Marsaglia's polar method, and how many uniform ones it took.
    fn normal_and_count(&mut self) -> (f64, u32) {
        let mut count = 0;
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            count += 2;
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                return (x * (-2.0 * libm::log(square) / square).sqrt(), count);
            }
        }
    }
}

/// What distributions are drawn from.
pub(super) trait RandomSource {
    /// A number within (0, 1), neither end included.
    fn uniform(&mut self) -> f64;

    /// A number from the standard normal distribution.
    fn normal(&mut self) -> f64;
}

impl RandomSource for Random {
    #[inline]
    fn uniform(&mut self) -> f64 {
        Random::uniform(self)
    }

    fn normal(&mut self) -> f64 {
        self.normal_and_count().0
    }
}

/// The first numbers of a generator, written down: for a leaderboard the same seed is begun with thousands of times,
/// and the logarithms of normal numbers are most of the work.
#[derive(Debug)]
pub(super) struct Tape {
    steps: Vec<Step>,
    /// The generator after the last step.
    end: Random,
}

/// What can be drawn at a place of the tape.
#[derive(Clone, Copy, Debug)]
struct Step {
    uniform: f64,
    normal: f64,
    /// How many places the normal number takes.
    places: u32,
}

impl Tape {
    /// Enough numbers for the bootstrap of some twenty different scores: 3 MB, written in a few milliseconds.
    const LENGTH: usize = 1 << 17;

    /// Writes the tape of a seed.
    pub(super) fn with_seed(seed: u64) -> Tape {
        let mut random = Random::with_seed(seed);
        let steps = (0..Tape::LENGTH)
            .map(|_| {
                let (normal, places) = random.clone().normal_and_count();
                Step { uniform: random.uniform(), normal, places }
            })
            .collect();
        Tape { steps, end: random }
    }

    /// Reads the tape from its beginning, and goes on beyond its end: the numbers of [`Random::with_seed`].
    pub(super) fn play(&self) -> Player<'_> {
        Player { tape: self, place: 0, beyond: None }
    }
}

/// Reads a tape.
#[derive(Debug)]
pub(super) struct Player<'a> {
    tape: &'a Tape,
    place: usize,
    /// The generator, beyond the end of the tape.
    beyond: Option<Random>,
}

impl Player<'_> {
    fn beyond(&mut self) -> &mut Random {
        let surplus = self.place - self.tape.steps.len();
        self.beyond.get_or_insert_with(|| {
            let mut random = self.tape.end.clone();
            (0..surplus).for_each(|_| _ = random.bits());
            random
        })
    }
}

impl RandomSource for Player<'_> {
    #[inline]
    fn uniform(&mut self) -> f64 {
        match self.tape.steps.get(self.place) {
            Some(step) => {
                self.place += 1;
                step.uniform
            }
            None => self.beyond().uniform(),
        }
    }

    #[inline]
    fn normal(&mut self) -> f64 {
        match self.tape.steps.get(self.place) {
            Some(step) => {
                self.place += step.places as usize;
                step.normal
            }
            None => self.beyond().normal(),
        }
    }
}

/// A Gamma distribution of scale 1, ready to draw from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gamma {
    /// Shape 1: the exponential distribution, which needs one logarithm only.
    Exponential,
    /// Any other shape, by the method of G. Marsaglia, W. W. Tsang, "A simple method for generating gamma
    /// variables", ACM Transactions on Mathematical Software 26, 2000, pages 363–372.
    Other {
        /// Their d, the shape less a third.
        d: f64,
        /// Their c.
        c: f64,
        /// Below shape 1 the draw is that of the shape plus 1 times a uniform number to this power.
        power: Option<f64>,
    },
}

impl Gamma {
    /// The distribution with this shape, which must be positive.
    pub(super) fn with_shape(shape: f64) -> Gamma {
        debug_assert!(shape > 0.0, "shape {shape}");
        if shape == 1.0 {
            return Gamma::Exponential;
        }
        let (shape, power) = if shape < 1.0 { (shape + 1.0, Some(1.0 / shape)) } else { (shape, None) };
        let d = shape - 1.0 / 3.0;
        Gamma::Other { d, c: 1.0 / (9.0 * d).sqrt(), power }
    }

    /// A number from it.
    #[inline]
    pub(super) fn draw(self, random: &mut impl RandomSource) -> f64 {
        match self {
            Gamma::Exponential => -libm::log(random.uniform()),
            Gamma::Other { d, c, power: None } => at_least_one(d, c, random),
            Gamma::Other { d, c, power: Some(power) } => {
                at_least_one(d, c, random) * libm::pow(random.uniform(), power)
            }
        }
    }
}

fn at_least_one(d: f64, c: f64, random: &mut impl RandomSource) -> f64 {
    loop {
        let x = random.normal();
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let cube = root * root * root;
        let u = random.uniform();
        let x2 = x * x;
        // The first condition implies the second and spares most of the logarithms.
        if u < 1.0 - 0.0331 * x2 * x2 || libm::log(u) < 0.5 * x2 + d * (1.0 - cube + libm::log(cube)) {
            return d * cube;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_never_change() {
        // The first outputs of SplitMix64 from 0, and of xoshiro256++ from the state 1, 2, 3, 4, as published.
        assert_eq!(Random::with_seed(0).0[..2], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        let mut random = Random([1, 2, 3, 4]);
        let published = [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386];
        assert_eq!(std::array::from_fn(|_| random.bits()), published);
    }

    #[test]
    fn a_tape_plays_what_the_generator_gives_beyond_its_end_too() {
        let tape = Tape::with_seed(3);
        let (mut player, mut random) = (tape.play(), Random::with_seed(3));
        let gammas = [0.5, 1.0, 7.0].map(Gamma::with_shape);
        for draw in 0..Tape::LENGTH {
            let gamma = gammas[draw % 3];
            assert_eq!(gamma.draw(&mut player).to_bits(), gamma.draw(&mut random).to_bits(), "draw {draw}");
        }
        assert!(player.beyond.is_some());
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        for shape in [0.5, 2.0 / 3.0, 1.0, 5.0 / 3.0, 7.0, 300.0] {
            let (gamma, mut random) = (Gamma::with_shape(shape), Random::with_seed(1));
            let draws: Vec<f64> = (0..20_000).map(|_| gamma.draw(&mut random)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean / shape - 1.0).abs() < 0.03, "shape {shape}: mean {mean}");
            assert!((variance / shape - 1.0).abs() < 0.08, "shape {shape}: variance {variance}");
        }
    }
}
