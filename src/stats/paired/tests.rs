//! Comparisons against SciPy, by their symmetries, and against what they predict.

use proptest::prelude::*;

use super::*;

fn counts(samples: u64, passed: u64) -> ProblemCounts {
    ProblemCounts { samples, passed, unknown: 0 }
}

/// Problems with one sample: how many only B, only A and both passed.
fn single(only_b: usize, only_a: usize, both: usize) -> Vec<(ProblemCounts, ProblemCounts)> {
    let (fail, pass) = (counts(1, 0), counts(1, 1));
    let mut pairs = vec![(fail, pass); only_b];
    pairs.extend(vec![(pass, fail); only_a]);
    pairs.extend(vec![(pass, pass); both]);
    pairs
}

/// Problems where A passes 5 of 10, and B more by each of these.
fn tenths(more: &[i64]) -> Vec<(ProblemCounts, ProblemCounts)> {
    more.iter().map(|more| (counts(10, 5), counts(10, 5_u64.saturating_add_signed(*more)))).collect()
}

fn some_counts(k: u64) -> impl Strategy<Value = ProblemCounts> {
    (k..8)
        .prop_flat_map(|samples| (Just(samples), 0..=samples))
        .prop_flat_map(|(samples, passed)| (Just(samples), Just(passed), 0..=(samples - passed).min(1)))
        .prop_map(|(samples, passed, unknown)| ProblemCounts { samples, passed, unknown })
}

fn pairs_and_k() -> impl Strategy<Value = (Vec<(ProblemCounts, ProblemCounts)>, u64)> {
    (1_u64..3)
        .prop_flat_map(|k| (proptest::collection::vec((some_counts(k), some_counts(k)), 1..12), Just(k)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exchanging_the_runs_mirrors_the_comparison((pairs, k) in pairs_and_k()) {
        let swapped: Vec<_> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
        let (one, other) = (compare_paired(&pairs, k).unwrap(), compare_paired(&swapped, k).unwrap());
        prop_assert!((one.difference + other.difference).abs() < 1e-12);
        prop_assert!((one.low + other.high).abs() < 1e-12 && (one.high + other.low).abs() < 1e-12);
        prop_assert!((one.lower_bound + other.upper_bound).abs() < 1e-12);
        prop_assert_eq!((one.p_value, one.test), (other.p_value, other.test));
        prop_assert_eq!((one.won, one.lost, one.tied), (other.lost, other.won, other.tied));
        prop_assert_eq!(one.samples_needed, other.samples_needed);
    }

    #[test]
    fn the_order_of_problems_does_not_matter(
        (pairs, shuffled, k) in pairs_and_k().prop_flat_map(|(pairs, k)| {
            (Just(pairs.clone()), Just(pairs).prop_shuffle(), Just(k))
        }),
    ) {
        prop_assert_eq!(compare_paired(&pairs, k), compare_paired(&shuffled, k));
    }

    #[test]
    fn values_are_ordered_and_within_bounds((pairs, k) in pairs_and_k()) {
        let one = compare_paired(&pairs, k).unwrap();
        prop_assert!(-1.0 <= one.low && one.low <= one.lower_bound && one.lower_bound <= one.difference);
        prop_assert!(one.difference <= one.upper_bound && one.upper_bound <= one.high && one.high <= 1.0);
        prop_assert!(one.low < one.high);
        prop_assert!(one.p_value > 0.0 && one.p_value <= 1.0);
        prop_assert_eq!(one.won + one.lost + one.tied + one.undecided, one.problems);
    }

    #[test]
    fn no_way_to_decide_the_unknown_has_a_larger_p_value((pairs, k) in pairs_and_k(), picks in any::<u64>()) {
        let one = compare_paired(&pairs, k).unwrap();
        let decide = |counts: &ProblemCounts, bit: u32| {
            let passed = counts.passed + if picks >> bit & 1 == 1 { counts.unknown } else { 0 };
            ProblemCounts { passed, unknown: 0, ..*counts }
        };
        let decided: Vec<_> = pairs
            .iter()
            .zip(0..)
            .map(|((a, b), i)| (decide(a, 2 * i), decide(b, 2 * i + 1)))
            .collect();
        let other = compare_paired(&decided, k).unwrap();
        prop_assert!(other.p_value <= one.p_value + 1e-12, "{} {}", other.p_value, one.p_value);
        prop_assert!(one.lower_bound <= other.difference + 1e-12 && other.difference <= one.upper_bound + 1e-12);
        prop_assert!(one.won <= other.won && one.lost <= other.lost && one.tied <= other.tied);
    }
}

#[test]
fn one_sample_a_problem_is_mcnemars_test() {
    let comparison = compare_paired(&single(30, 55, 79), 1).unwrap();
    assert_eq!(comparison.test, PairedTest::McNemarExact);
    // python -c 'from scipy.stats import binomtest; print(binomtest(30, 85).pvalue)'
    assert!((comparison.p_value - 0.008836205876094518).abs() < 1e-9);
    assert_eq!((comparison.won, comparison.lost, comparison.tied), (30, 55, 79));
    assert!((comparison.difference + 25.0 / 164.0).abs() < 1e-12);
    assert!(comparison.low < comparison.difference && comparison.high < 0.0, "{comparison:?}");
}

#[test]
fn several_samples_are_tested_by_flipping_signs() {
    // The differences of the test against SciPy in sign_flips.rs, in tenths.
    let comparison = compare_paired(&tenths(&[3, -1, 2, 2, -1, 4, 0, 1]), 1).unwrap();
    assert_eq!(comparison.test, PairedTest::SignFlips { resamples: None });
    assert!((comparison.p_value - 0.140625).abs() < 1e-9);
    // Unequal numbers of samples have a common fraction too, however many problems.
    let pairs: Vec<_> = (0..60).map(|i| (counts(8, i % 9), counts(6, i * 5 % 7))).collect();
    let exact = compare_paired(&pairs, 1).unwrap();
    assert_eq!(exact.test, PairedTest::SignFlips { resamples: None });
    // pass@2 has none: flips are drawn.
    let drawn = compare_paired(&pairs, 2).unwrap();
    assert_eq!(drawn.test, PairedTest::SignFlips { resamples: Some(100_000) });
}

#[test]
fn runs_that_agree_everywhere_do_not_differ() {
    let comparison = compare_paired(&single(0, 0, 20), 1).unwrap();
    assert_eq!((comparison.difference, comparison.p_value), (0.0, 1.0));
    assert!(
        comparison.low < -0.05 && comparison.high > 0.05,
        "agreement on 20 problems proves little: {comparison:?}"
    );
    assert_eq!(
        (comparison.detectable, comparison.problems_needed, comparison.samples_needed),
        (None, None, None)
    );
}

#[test]
fn unknown_verdicts_widen_and_never_make_significant() {
    let mut pairs = single(12, 0, 30);
    let known = compare_paired(&pairs, 1).unwrap();
    for (_, b) in pairs.iter_mut().take(4) {
        *b = ProblemCounts { samples: 1, passed: 0, unknown: 1 };
    }
    let four = compare_paired(&pairs, 1).unwrap();
    assert_eq!((four.won, four.tied, four.undecided), (8, 30, 4));
    assert_eq!((four.lower_bound, four.upper_bound), (8.0 / 42.0, 12.0 / 42.0));
    assert!(four.low < known.low && four.high >= known.high && four.p_value > known.p_value);
    // Where A could catch up, nothing is shown.
    for (a, _) in pairs.iter_mut().take(12) {
        *a = ProblemCounts { samples: 1, passed: 0, unknown: 1 };
    }
    let all = compare_paired(&pairs, 1).unwrap();
    assert_eq!((all.p_value, all.undecided), (1.0, 12));
    assert!(all.lower_bound < 0.0 && all.upper_bound > 0.0);
}

#[test]
fn what_is_needed_is_what_would_be_detectable() {
    let more = [3, -1, 2, 2, -1, 4, 0, 1, -2, 1];
    let comparison = compare_paired(&tenths(&more), 1).unwrap();
    let detectable = comparison.detectable.unwrap();
    // (1.96 + 0.84) times the standard error of the mean of the tenths above, 0.191195 / √10.
    assert!((detectable - 2.801585 * 0.191195 / 10_f64.sqrt()).abs() < 1e-4, "{detectable}");
    // The observed difference is 0.09: that many times the problems are needed.
    let needed = (10.0 * (detectable / comparison.difference).powi(2)).ceil() as u64;
    assert_eq!(comparison.problems_needed, Some(needed));
    let repeated = more.repeat(needed.div_ceil(10) as usize);
    let enough = compare_paired(&tenths(&repeated), 1).unwrap();
    assert!(enough.detectable.unwrap() <= enough.difference, "{enough:?}");
}

#[test]
fn more_samples_help_only_against_the_scatter_within_problems() {
    // Every problem has the same true difference: enough samples show it.
    let same = compare_paired(&tenths(&[3, -1, 2, 2, -1, 4, 0, 1, -2, 1]), 1).unwrap();
    let samples = same.samples_needed.unwrap();
    assert!(samples > 10, "{samples}");
    // The scatter within is nought, all is between problems: no number of samples does.
    let pairs: Vec<_> = (0..20).map(|i| (counts(10, 0), counts(10, if i == 0 { 10 } else { 0 }))).collect();
    assert_eq!(compare_paired(&pairs, 1).unwrap().samples_needed, None);
    // With one sample a problem the scatter within is not known.
    assert_eq!(compare_paired(&single(5, 2, 10), 1).unwrap().samples_needed, None);
}

#[test]
fn few_problems_are_never_enough() {
    let comparison = compare_paired(&single(3, 0, 0), 1).unwrap();
    assert_eq!((comparison.p_value, comparison.problems_needed), (0.25, Some(6)));
    let single = compare_paired(&single(1, 0, 0), 1).unwrap();
    assert_eq!((single.p_value, single.problems_needed), (1.0, None));
}

#[test]
fn what_can_not_be_compared_is_an_error() {
    assert_eq!(compare_paired(&[], 1), Err(PassAtKError::NoProblems));
    assert_eq!(compare_paired(&single(1, 0, 0), 0), Err(PassAtKError::ZeroK));
    assert_eq!(compare_paired(&single(1, 0, 0), 2), Err(PassAtKError::TooFewSamples { n: 1, k: 2 }));
}
