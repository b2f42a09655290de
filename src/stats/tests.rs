//! The estimators against exact rational arithmetic, the intervals against their definition and by simulation.

use num_bigint::BigUint;
use num_rational::Ratio;
use num_traits::{One, ToPrimitive};
use proptest::prelude::*;

use super::random::Random;
use super::*;

/// n (n−1) … (n−k+1).
fn falling(n: u64, k: u64) -> BigUint {
    (0..k).fold(BigUint::one(), |product, i| product * n.saturating_sub(i))
}

/// C(marked, k) / C(n, k), exactly.
fn exact_all_among(n: u64, marked: u64, k: u64) -> Ratio<BigUint> {
    // The same ratio with the draws and the unmarked exchanged, where those are fewer.
    let draws = k.min(n - marked);
    Ratio::new(falling(n - k.max(n - marked), draws), falling(n, draws))
}

/// pass@k and pass^k, exactly but for the last rounding.
fn exact(n: u64, c: u64, k: u64) -> (f64, f64) {
    let pass_at_k = Ratio::one() - exact_all_among(n, n - c, k);
    (pass_at_k.to_f64().unwrap(), exact_all_among(n, c, k).to_f64().unwrap())
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
    fn pass_at_k_and_pass_hat_k_are_exact((n, c, k) in n_c_k(300)) {
        let (at, hat) = (pass_at_k(n, c, k).unwrap(), pass_hat_k(n, c, k).unwrap());
        let exact = exact(n, c, k);
        prop_assert!((at - exact.0).abs() < 1e-13 && (hat - exact.1).abs() < 1e-13, "{at} {hat} {exact:?}");
        prop_assert!((0.0..=1.0).contains(&at) && (0.0..=at).contains(&hat));
    }

    #[test]
    fn pass_at_k_and_pass_hat_k_mirror_each_other((n, c, k) in n_c_k(10_000)) {
        let (at, hat) = (pass_at_k(n, c, k).unwrap(), pass_hat_k(n, n - c, k).unwrap());
        prop_assert!((at + hat - 1.0).abs() < 1e-15);
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

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_are_exact_for_ten_thousand_samples((n, c, k) in n_c_k(10_000)) {
        let (at, hat) = (pass_at_k(n, c, k).unwrap(), pass_hat_k(n, c, k).unwrap());
        let exact = exact(n, c, k);
        prop_assert!((at - exact.0).abs() < 1e-11 && (hat - exact.1).abs() < 1e-11, "{at} {hat} {exact:?}");
    }

    #[test]
    fn estimates_are_ordered_and_within_bounds((problems, k) in problems_and_k()) {
        let estimate = mean_pass_at_k(&problems, k).unwrap();
        let Estimate { value, low, high, closed_form, lower_bound, upper_bound, .. } = estimate;
        prop_assert!(value == lower_bound && lower_bound <= upper_bound);
        for Interval { low, high } in [Interval { low, high }, closed_form] {
            prop_assert!(0.0 <= low && low <= value && upper_bound <= high && high <= 1.0 && low < high);
        }
    }

    #[test]
    fn unknown_verdicts_only_widen((problems, k) in problems_and_k()) {
        let known: Vec<_> = problems.iter().map(|p| problem(p.samples, p.passed)).collect();
        let (with, without) = (mean_pass_at_k(&problems, k).unwrap(), mean_pass_at_k(&known, k).unwrap());
        prop_assert!(with.low <= without.low && with.high >= without.high && with.value == without.value);
        prop_assert_eq!(with.closed_form, with.closed_form.joined(without.closed_form));
    }

    #[test]
    fn one_sample_a_problem_gives_the_plain_wilson_interval(m in 1u64..2000, share in 0.0..=1.0f64) {
        let passed = (share * m as f64).round() as u64;
        let problems: Vec<_> = (0..m).map(|i| problem(1, u64::from(i < passed))).collect();
        let closed_form = mean_pass_at_k(&problems, 1).unwrap().closed_form;
        let plain = wilson_interval(passed as f64 / m as f64, m as f64);
        prop_assert!((closed_form.low - plain.low).abs() < 1e-12, "{closed_form:?} {plain:?}");
        prop_assert!((closed_form.high - plain.high).abs() < 1e-12, "{closed_form:?} {plain:?}");
    }

    #[test]
    fn the_order_of_problems_hardly_matters((problems, k) in problems_and_k()) {
        let reversed: Vec<_> = problems.iter().rev().copied().collect();
        let (one, other) = (mean_pass_at_k(&problems, k).unwrap(), mean_pass_at_k(&reversed, k).unwrap());
        prop_assert_eq!((one.value, one.low, one.high), (other.value, other.low, other.high));
        let (one, other) = (one.closed_form, other.closed_form);
        prop_assert!((one.low - other.low).abs() < 1e-9 && (one.high - other.high).abs() < 1e-9);
    }
}

#[test]
fn pass_at_k_with_many_samples() {
    for c in [0, 1, 2, 7, 100, 2_500, 5_000, 9_000, 9_899, 9_900, 9_901, 9_999, 10_000] {
        for k in [1, 2, 10, 100, 1_000] {
            let (at, hat) = (pass_at_k(10_000, c, k).unwrap(), pass_hat_k(10_000, c, k).unwrap());
            let exact = exact(10_000, c, k);
            assert!(
                (at - exact.0).abs() < 1e-12 && (hat - exact.1).abs() < 1e-12,
                "c = {c}, k = {k}: {at} {hat}"
            );
        }
    }
    assert_eq!(pass_at_k(u64::MAX, 3, 1), Ok(3.0 / u64::MAX as f64));
}

#[test]
fn values_are_those_of_scipy() {
    // python -c 'from scipy.special import comb; print([(1 - comb(n - c, k, exact=True) / comb(n, k, exact=True),
    //   comb(c, k, exact=True) / comb(n, k, exact=True)) for n, c, k in (...)])'
    for (n, c, k, at, hat) in [
        (20, 3, 5, 0.6008771929824561, 0.0),
        (200, 37, 100, 0.9999999999998803, 0.0),
        (10_000, 5, 100, 0.04901955890886911, 0.0),
        (10_000, 137, 50, 0.4991470770040406, 2.6887878579610552e-98),
        (20, 17, 5, 1.0, 0.3991228070175439),
        (200, 163, 10, 0.9999999844848751, 0.12262543262053976),
        (10_000, 9_990, 100, 1.0, 0.9043409414826901),
    ] {
        let (our_at, our_hat) = (pass_at_k(n, c, k).unwrap(), pass_hat_k(n, c, k).unwrap());
        assert!(
            (our_at - at).abs() < 1e-9 && (our_hat - hat).abs() < 1e-9,
            "{n}, {c}, {k}: {our_at} {our_hat}"
        );
    }
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
    assert_eq!(pass_hat_k(5, 6, 1), Err(wrong));
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
    assert_eq!((one.low, one.high), (many.low, many.high));
    let (one, many) = (one.closed_form, many.closed_form);
    assert!((one.low - many.low).abs() < 1e-12 && (one.high - many.high).abs() < 1e-12);
    // A single problem says nothing of the others, whatever it scores.
    let single = mean_pass_at_k(&[problem(1000, 500)], 1).unwrap();
    assert!(single.low < 0.11 && single.high > 0.89, "{single:?}");
}

/// How often an interval holds the true mean, where a problem's chance of a pass is drawn by `chance`.
fn coverage(
    (m, n, k): (u64, u64, u64),
    chance: fn(f64) -> f64,
    runs: u64,
    interval: impl Fn(&[f64], u64) -> Interval,
) -> f64 {
    const STEPS: u64 = 100_000;
    // The true pass@k by the midpoint rule over the uniform number that the chance is made from.
    let truth =
        (0..STEPS).map(|i| 1.0 - (1.0 - chance((i as f64 + 0.5) / STEPS as f64)).powi(k as i32)).sum::<f64>()
            / STEPS as f64;
    let mut random = Random::with_seed(20_210_707);
    let covered = (0..runs)
        .filter(|_| {
            let scores: Vec<_> = (0..m)
                .map(|_| {
                    let p = chance(random.uniform());
                    let passed = (0..n).filter(|_| random.uniform() < p).count() as u64;
                    pass_at_k(n, passed, k).unwrap()
                })
                .collect();
            let Interval { low, high } = interval(&scores, m * (n / k));
            low <= truth && truth <= high
        })
        .count();
    covered as f64 / runs as f64
}

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

#[test]
fn the_closed_form_covers_the_truth_about_as_often_as_it_says() {
    type Chance = fn(f64) -> f64;
    let chances: [(&str, Chance); 4] =
        [("uniform", |u| u), ("polar", polar), ("weak", weak), ("strong", strong)];
    for (name, chance) in chances {
        for (m, n, k) in [(164, 1, 1), (164, 20, 1), (164, 20, 10), (12, 20, 1)] {
            let covered =
                coverage((m, n, k), chance, 2_000, |scores, groups| Interval::of_mean(scores, groups).1);
            // With a dozen problems and a long tail it falls short, and the documentation says so.
            let least = if m == 12 && ["weak", "strong"].contains(&name) { 0.84 } else { 0.93 };
            assert!((least..=0.98).contains(&covered), "{name}: m = {m}, n = {n}, k = {k}: {covered}");
        }
    }
}

/// One configuration in which the closed form falls short; `benches/coverage.rs` has them all.
#[test]
fn the_bootstrap_covers_the_truth_where_most_problems_are_too_hard() {
    let by_draws = |scores: &[f64], _| bootstrap::interval_by_draws(scores, bootstrap::Ends::SCORES, 199).1;
    let covered = coverage((20, 20, 1), weak, 1_000, by_draws);
    assert!((0.93..=0.97).contains(&covered), "{covered}");
}
