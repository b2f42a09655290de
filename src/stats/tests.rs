//! The estimator against exact rational arithmetic, the interval against its definition and by simulation.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};
use proptest::prelude::*;

use super::*;

/// 1 − C(n−c, k) / C(n, k), exactly.
fn exact(n: u64, c: u64, k: u64) -> f64 {
    let all_fail = (0..k).fold(BigRational::one(), |product, i| {
        let numerator = BigInt::from(n - c) - BigInt::from(i);
        if numerator <= BigInt::zero() {
            return BigRational::zero();
        }
        product * BigRational::new(numerator, BigInt::from(n - i))
    });
    (BigRational::one() - all_fail).to_f64().unwrap()
}

fn problem(samples: u64, passed: u64) -> ProblemCounts {
    ProblemCounts { samples, passed, unknown: 0 }
}

fn n_c_k(most: u64) -> impl Strategy<Value = (u64, u64, u64)> {
    (1..=most).prop_flat_map(|n| (Just(n), 0..=n, 1..=n))
}

/// Some problems with at least k completions each, and k.
fn problems_and_k() -> impl Strategy<Value = (Vec<ProblemCounts>, u64)> {
    (1u64..8).prop_flat_map(|k| {
        let one = (k..30).prop_flat_map(|samples| (Just(samples), 0..=samples)).prop_flat_map(
            |(samples, passed)| {
                (0..=samples - passed).prop_map(move |unknown| ProblemCounts { samples, passed, unknown })
            },
        );
        (proptest::collection::vec(one, 1..40), Just(k))
    })
}

proptest! {
    #[test]
    fn pass_at_k_is_exact((n, c, k) in n_c_k(300)) {
        let value = pass_at_k(n, c, k).unwrap();
        prop_assert!((value - exact(n, c, k)).abs() < 1e-13, "{value} {}", exact(n, c, k));
        prop_assert!((0.0..=1.0).contains(&value));
    }

    #[test]
    fn pass_at_k_grows_with_passes_and_draws((n, c, k) in n_c_k(300)) {
        let value = pass_at_k(n, c, k).unwrap();
        if c < n {
            prop_assert!(pass_at_k(n, c + 1, k).unwrap() >= value - 1e-14);
        }
        if k < n {
            prop_assert!(pass_at_k(n, c, k + 1).unwrap() >= value - 1e-14);
        }
    }

    #[test]
    fn estimates_are_ordered_and_within_bounds((problems, k) in problems_and_k()) {
        let Estimate { value, low, high, lower_bound, upper_bound, .. } = mean_pass_at_k(&problems, k).unwrap();
        prop_assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
        prop_assert!(value == lower_bound && lower_bound <= upper_bound && upper_bound <= high);
        prop_assert!(low < high);
    }

    #[test]
    fn unknown_verdicts_only_widen((problems, k) in problems_and_k()) {
        let known: Vec<_> = problems.iter().map(|p| problem(p.samples, p.passed)).collect();
        let (with, without) = (mean_pass_at_k(&problems, k).unwrap(), mean_pass_at_k(&known, k).unwrap());
        prop_assert!(with.low <= without.low && with.high >= without.high && with.value == without.value);
    }

    #[test]
    fn one_sample_a_problem_gives_the_plain_wilson_interval(m in 1u64..2000, share in 0.0..=1.0f64) {
        let passed = (share * m as f64).round() as u64;
        let problems: Vec<_> = (0..m).map(|i| problem(1, u64::from(i < passed))).collect();
        let estimate = mean_pass_at_k(&problems, 1).unwrap();
        let plain = wilson_interval(passed as f64 / m as f64, m as f64);
        prop_assert!((estimate.low - plain.low).abs() < 1e-12, "{estimate:?} {plain:?}");
        prop_assert!((estimate.high - plain.high).abs() < 1e-12, "{estimate:?} {plain:?}");
    }

    #[test]
    fn the_order_of_problems_hardly_matters((problems, k) in problems_and_k()) {
        let reversed: Vec<_> = problems.iter().rev().copied().collect();
        let (one, other) = (mean_pass_at_k(&problems, k).unwrap(), mean_pass_at_k(&reversed, k).unwrap());
        prop_assert!((one.low - other.low).abs() < 1e-9 && (one.high - other.high).abs() < 1e-9);
    }
}

#[test]
fn pass_at_k_with_many_samples() {
    for c in [0, 1, 2, 7, 100, 2_500, 5_000, 9_000, 9_899, 9_900, 9_901, 9_999, 10_000] {
        for k in [1, 2, 10, 100, 1_000] {
            let value = pass_at_k(10_000, c, k).unwrap();
            assert!((value - exact(10_000, c, k)).abs() < 1e-12, "c = {c}, k = {k}: {value}");
        }
    }
    assert_eq!(pass_at_k(u64::MAX, 3, 1), Ok(3.0 / u64::MAX as f64));
}

#[test]
fn pass_at_1_is_the_share_of_passes() {
    for n in 1..=50 {
        for c in 0..=n {
            assert_eq!(pass_at_k(n, c, 1), Ok(c as f64 / n as f64));
        }
    }
}

#[test]
fn what_can_not_be_computed_is_an_error() {
    assert_eq!(pass_at_k(5, 2, 0), Err(PassAtKError::ZeroK));
    assert_eq!(pass_at_k(5, 2, 6), Err(PassAtKError::TooFewSamples { n: 5, k: 6 }));
    let wrong = PassAtKError::MoreVerdictsThanSamples { samples: 5, verdicts: 6 };
    assert_eq!(pass_at_k(5, 6, 1), Err(wrong));
    assert_eq!(mean_pass_at_k(&[], 1), Err(PassAtKError::NoProblems));
    assert_eq!(mean_pass_at_k(&[problem(3, 1)], 0), Err(PassAtKError::ZeroK));
    let counts = ProblemCounts { samples: 5, passed: 3, unknown: 3 };
    assert_eq!(mean_pass_at_k(&[counts], 1), Err(wrong));
    let few = PassAtKError::TooFewSamples { n: 1, k: 2 };
    assert_eq!(mean_pass_at_k(&[problem(2, 1), problem(1, 1)], 2), Err(few));
}

#[test]
fn one_sample_a_problem_moves_the_interval_up_with_every_pass() {
    let estimates: Vec<_> = (0..=164)
        .map(|passed| {
            let problems: Vec<_> = (0..164).map(|i| problem(1, u64::from(i < passed))).collect();
            mean_pass_at_k(&problems, 1).unwrap()
        })
        .collect();
    assert!(estimates.is_sorted_by(|a, b| a.low < b.low && a.high < b.high && a.value < b.value));
    assert_eq!((estimates[0].low, estimates[164].high), (0.0, 1.0));
}

#[test]
fn problems_that_agree_within_themselves_count_once() {
    // Twenty completions a problem that all pass or all fail are worth no more than one.
    let (one, many): (Vec<_>, Vec<_>) =
        (0..164u64).map(|i| u64::from(i % 3 == 0)).map(|c| (problem(1, c), problem(20, 20 * c))).unzip();
    let (one, many) = (mean_pass_at_k(&one, 1).unwrap(), mean_pass_at_k(&many, 1).unwrap());
    assert!((one.low - many.low).abs() < 1e-12 && (one.high - many.high).abs() < 1e-12);
    // A single problem says nothing of the others, whatever it scores.
    let single = mean_pass_at_k(&[problem(1000, 500)], 1).unwrap();
    assert!(single.low < 0.06 && single.high > 0.94, "{single:?}");
}

/// A linear congruential generator with an xorshift-multiply output: enough for a seeded simulation.
struct Random(u64);

impl Random {
    /// Uniform within [0, 1).
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// How often the interval holds the true mean, where a problem's chance of a pass is drawn by `chance`.
fn coverage(m: u64, n: u64, k: u64, chance: fn(f64) -> f64, seed: u64) -> f64 {
    const RUNS: u64 = 2_000;
    const STEPS: u64 = 100_000;
    // The true pass@k by the midpoint rule over the uniform number that the chance is made from.
    let truth =
        (0..STEPS).map(|i| 1.0 - (1.0 - chance((i as f64 + 0.5) / STEPS as f64)).powi(k as i32)).sum::<f64>()
            / STEPS as f64;
    let mut random = Random(seed);
    let covered = (0..RUNS)
        .filter(|_| {
            let problems: Vec<_> = (0..m)
                .map(|_| {
                    let p = chance(random.next());
                    problem(n, (0..n).filter(|_| random.next() < p).count() as u64)
                })
                .collect();
            let estimate = mean_pass_at_k(&problems, k).unwrap();
            estimate.low <= truth && truth <= estimate.high
        })
        .count();
    covered as f64 / RUNS as f64
}

#[test]
fn the_interval_covers_the_truth_about_as_often_as_it_says() {
    /// Most problems are either easy or hard (the arcsine distribution), as on HumanEval.
    fn polar(u: f64) -> f64 {
        (std::f64::consts::FRAC_PI_2 * u).sin().powi(2)
    }
    /// A weak model: mean 0.1, with a long tail.
    fn weak(u: f64) -> f64 {
        u.powi(9)
    }
    /// A strong model: mean 0.9.
    fn strong(u: f64) -> f64 {
        1.0 - u.powi(9)
    }
    type Chance = fn(f64) -> f64;
    let chances: [(&str, Chance); 4] =
        [("uniform", |u| u), ("polar", polar), ("weak", weak), ("strong", strong)];
    for (name, chance) in chances {
        for (m, n, k) in [(164, 1, 1), (164, 20, 1), (164, 20, 10), (12, 20, 1)] {
            let covered = coverage(m, n, k, chance, 20_210_707);
            // With a dozen problems and a long tail it falls short, and the documentation says so.
            let least = if m == 12 && ["weak", "strong"].contains(&name) { 0.84 } else { 0.93 };
            assert!((least..=0.97).contains(&covered), "{name}: m = {m}, n = {n}, k = {k}: {covered}");
        }
    }
}
