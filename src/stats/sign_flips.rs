//! The test of a mean difference by flipping signs.
//!
//! If two runs do not differ, each problem's difference could as well have had the other sign. So the sum of the
//! differences is compared with the sums that all ways of setting the signs give; twice the share of those that are as
//! far out on the observed side is the p-value (R. A. Fisher, "The design of experiments", 1935, section 21).
//!
//! With X the sum of the absolute differences that get one of the signs, a sum is as far out as the observed one or
//! farther, on one side, exactly if X is at most the smaller of the observed sums of the positive and of the negative
//! differences. By symmetry it does not matter which sign. All functions here take the absolute differences that are
//! not 0 and that smaller sum, `limit`.

use super::random::Random;

/// How many flips are drawn where there are too many to go through.
pub(super) const RESAMPLES: u32 = 100_000;

/// Up to how many differences all flips are gone through.
pub(super) const ENUMERATED: usize = 20;

/// Additions that the exact distribution of whole differences may take: about a tenth of a second.
const MOST_WORK: u64 = 200_000_000;

/// Sums this near are equal: they differ by rounding alone.
const TOLERANCE: f64 = 1e-9;

const SEED: u64 = 0x0073_6967_6e73;

/// The exact p-value of whole differences, of any number, or nothing where that would take too long.
///
/// The distribution of X is built up one difference at a time (M. Pagano, D. Tritchler, "On obtaining permutation
/// distributions in polynomial time", Journal of the American Statistical Association 78, 1983, pages 435–440). With
/// differences of 1 this is McNemar's exact test, a binomial test of wins against losses.
pub(super) fn exact(differences: &[u64], limit: u64) -> Option<f64> {
    let work = (limit + 1).checked_mul(differences.len() as u64)?;
    if work > MOST_WORK {
        return None;
    }
    let mut share = vec![0.0; limit as usize + 1];
    let mut next = share.clone();
    share[0] = 1.0;
    for &difference in differences {
        // The difference counts for half of the sums, and where it alone is above the limit for none.
        let below = share.len().min(usize::try_from(difference).unwrap_or(usize::MAX));
        for (next, without) in next.iter_mut().zip(&share[..below]) {
            *next = 0.5 * without;
        }
        for ((next, without), with) in next[below..].iter_mut().zip(&share[below..]).zip(&share) {
            *next = 0.5 * (without + with);
        }
        std::mem::swap(&mut share, &mut next);
    }
    Some(two_sided(share.iter().sum()))
}

/// The exact p-value by going through all flips of a few differences, in descending order.
pub(super) fn enumerate(differences: &[f64], limit: f64) -> f64 {
    debug_assert!(differences.is_sorted_by(|a, b| a >= b) && differences.len() < 63);
    let flips = 2_f64.powi(differences.len() as i32);
    two_sided(sums_within(differences, limit + TOLERANCE) as f64 / flips)
}

/// How many subsets of `differences` have a sum of at most `limit`.
fn sums_within(differences: &[f64], limit: f64) -> u64 {
    if limit < 0.0 {
        return 0;
    }
    if differences.iter().sum::<f64>() <= limit {
        return 1 << differences.len();
    }
    let Some((first, rest)) = differences.split_first() else { return 1 };
    sums_within(rest, limit) + sums_within(rest, limit - first)
}

/// An estimate of the p-value from random flips: (b + 1) / (m + 1) where b of m flips are as far out as what was
/// observed, on either side, which counts the observation as one of them and keeps the test's level (B. Phipson, G. K.
/// Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular Biology 9,
/// 2010, article 39).
pub(super) fn monte_carlo(differences: &[f64], limit: f64) -> f64 {
    let mut sorted = differences.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let groups: Vec<(f64, usize)> =
        sorted.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len())).collect();
    let total: f64 = sorted.iter().sum();
    let limit = limit + TOLERANCE;
    let mut random = Random::with_seed(SEED);
    let as_far_out = (0..RESAMPLES)
        .filter(|_| {
            let sum: f64 = groups.iter().map(|(value, count)| value * heads(*count, &mut random)).sum();
            sum <= limit || total - sum <= limit
        })
        .count();
    (as_far_out as f64 + 1.0) / (f64::from(RESAMPLES) + 1.0)
}

/// How many of `coins` coins show heads.
fn heads(mut coins: usize, random: &mut Random) -> f64 {
    let mut heads = 0;
    while coins > 64 {
        heads += random.bits().count_ones();
        coins -= 64;
    }
    f64::from(heads + (random.bits() >> (64 - coins)).count_ones())
}

/// A p-value is never 0: what was observed is one of the flips, however rare.
fn two_sided(one_side: f64) -> f64 {
    (2.0 * one_side).clamp(f64::MIN_POSITIVE, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The p-value of differences in twentieths, by `exact` and by `enumerate`.
    fn both(twentieths: &[i64]) -> (f64, f64) {
        let sum = |sign: i64| twentieths.iter().map(|one| (one * sign).max(0) as u64).sum::<u64>();
        let limit = sum(1).min(sum(-1));
        let mut whole: Vec<u64> =
            twentieths.iter().map(|one| one.unsigned_abs()).filter(|one| *one > 0).collect();
        whole.sort_unstable_by(|a, b| b.cmp(a));
        let real: Vec<f64> = whole.iter().map(|one| *one as f64 / 20.0).collect();
        (exact(&whole, limit).unwrap(), enumerate(&real, limit as f64 / 20.0))
    }

    #[test]
    fn p_values_are_those_of_scipy() {
        // python -c 'import numpy as np; from scipy.stats import permutation_test as p; print([p((np.array(x) / 20,),
        //   np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=False).pvalue for x in (...)])'
        for (twentieths, p_value) in [
            (&[3, -1, 2, 2, -1, 4, 0, 1][..], 0.140625),
            (&[5, 4, 3, 3, 2, -1, -1, -2, 7, 1], 0.0625),
            (&[-2, -3, -1, -5, 1], 0.1875),
        ] {
            let (exact, enumerated) = both(twentieths);
            assert!((exact - p_value).abs() < 1e-9 && (enumerated - p_value).abs() < 1e-9, "{twentieths:?}");
        }
    }

    #[test]
    fn differences_of_one_give_the_binomial_test_of_scipy() {
        // python -c 'from scipy.stats import binomtest as b; print([b(x, x + y).pvalue for x, y in ((9, 1), (0, 5),
        //   (12, 12), (30, 55), (3, 200), (480, 520))])'
        for (won, lost, p_value) in [
            (9, 1, 0.021484375),
            (0, 5, 0.0625),
            (12, 12, 1.0),
            (30, 55, 0.008836205876094518),
            (3, 200, 2.1693555718929497e-55),
            (480, 520, 0.2174482932041415),
        ] {
            let exact = exact(&vec![1; won + lost], won.min(lost) as u64).unwrap();
            assert!((exact / p_value - 1.0).abs() < 1e-9, "{won}, {lost}: {exact}");
        }
    }

    #[test]
    fn the_ways_agree() {
        let whole = [9_u64, 7, 7, 5, 5, 5, 3, 2, 2, 1, 1, 1];
        let real: Vec<f64> = whole.iter().map(|difference| *difference as f64 / 20.0).collect();
        for limit in [0, 1, 5, 12, 20, 23] {
            let exact = exact(&whole, limit).unwrap();
            assert!((enumerate(&real, limit as f64 / 20.0) - exact).abs() < 1e-12, "{limit}");
            let drawn = monte_carlo(&real, limit as f64 / 20.0);
            assert!(
                (drawn - exact).abs() < 4.0 * (exact / 100_000.0).sqrt() + 2e-5,
                "{limit}: {drawn} {exact}"
            );
        }
    }

    #[test]
    fn many_differences_neither_overflow_nor_vanish() {
        let ones = vec![1; 3_000];
        assert_eq!(exact(&ones, 0), Some(f64::MIN_POSITIVE));
        assert_eq!(exact(&ones, 1_500), Some(1.0));
        assert_eq!(exact(&ones, 1 << 40), None);
        let tenths = vec![0.1; 3_000];
        assert_eq!(monte_carlo(&tenths, 0.0), 1.0 / 100_001.0);
        assert_eq!(monte_carlo(&tenths, 150.0), 1.0);
    }
}
