//! The closed form of the interval of a mean over problems.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The 97.5 % point of the standard normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// An interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's 95 % score interval for a proportion `p` observed in `n` independent trials.
///
/// Unlike the textbook p ± 1.96 √(p(1−p)/n) it stays within [0, 1], does not shrink to a point at p = 0 and p = 1,
/// and covers close to 95 % also for small n (E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22, 1927, pages 209–212; L. D. Brown,
/// T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16, 2001, pages
/// 101–133).
///
/// `p` must be within [0, 1] and `n`, which need not be whole, positive.
pub fn wilson_interval(p: f64, n: f64) -> Interval {
    debug_assert!((0.0..=1.0).contains(&p) && n > 0.0, "p = {p}, n = {n}");
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    // At p = 0 and p = 1 one end is exactly p; rounding must not move it, nor put p outside.
    Interval { low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0) }
}

impl Interval {
    /// The mean of the problems' scores and its 95 % interval, with the problem as the unit of sampling.
    ///
    /// A score says something about the problems that the set stands for, not only about those in it; and the
    /// completions of one problem resemble each other. Taking all completions as independent trials would claim a
    /// precision that is not there, so only the scatter *between* problems counts. What Korn and Graubard do for
    /// clustered surveys does that and keeps the good behaviour of a score interval near 0 and 1: find how many
    /// independent trials would have given a mean as variable as the observed one, n_eff = p(1−p) / (s²/m) for m
    /// problems with variance s², and put that into an interval for a proportion, here Wilson's (E. L. Korn, B. I.
    /// Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from
    /// survey data", Survey Methodology 24, 1998, pages 193–201; N. Dean, M. Pagano, "Evaluating confidence interval
    /// methods for binomial proportions in clustered surveys", Journal of Survey Statistics and Methodology 3, 2015,
    /// pages 484–503, compare the alternatives). In detail:
    ///
    /// - s² divides by m, so that scores of 0 and 1 only (one completion a problem) give n_eff = m and the plain
    ///   Wilson interval, exactly. Scores within [0, 1] never vary more than that, so n_eff is never below m.
    /// - As s² is itself an estimate from m problems, n_eff is multiplied by (t_{N−1} / t_{m−1})², the squared ratio
    ///   of Student's 97.5 % points, as Korn and Graubard do. It is 1 for one completion a problem, near 1 for many
    ///   problems, and keeps the interval honest for a handful.
    /// - n_eff is at most N = Σ ⌊n/k⌋, the number of disjoint groups of k completions (`groups`): the estimator can
    ///   not be more precise than if all of them were independent.
    /// - Where the scores do not vary at all, or all are 0 or 1, their scatter says nothing: n_eff = m.
    ///
    /// In simulations it covers the truth in 94 to 96 of 100 cases for the 164 problems of HumanEval, with 1 and with
    /// 20 completions each; for a dozen or two most of which nobody or everybody solves, in 84 to 90 only: the few
    /// problems that would tell are then often not in the set at all. The bootstrap does better there and is the
    /// default; this one needs no random numbers, and anyone can check it with a pocket calculator.
    ///
    /// `scores` must not be empty, and lie within [0, 1].
    ///
    /// The interval always holds the mean. With one completion a problem it moves up with every pass; with more it
    /// need not, since a pass can also make the problems more alike and the interval narrower.
    pub fn of_mean(scores: &[f64], groups: u64) -> (f64, Interval) {
        let m = scores.len() as f64;
        let p = (scores.iter().sum::<f64>() / m).clamp(0.0, 1.0);
        (p, wilson_interval(p, effective_problems(scores, p, groups)))
    }

    /// The smallest interval that holds both.
    pub(super) fn joined(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

fn effective_problems(scores: &[f64], p: f64, groups: u64) -> f64 {
    let m = scores.len() as f64;
    // The sum of squares of equal scores may round to something other than 0, so compare the scores instead.
    if scores.iter().all(|score| (score - scores[0]).abs() < 1e-12) || p <= 0.0 || p >= 1.0 {
        return m;
    }
    let variance = scores.iter().map(|score| (score - p).powi(2)).sum::<f64>() / m;
    let most = (groups as f64).max(m);
    let adjustment = (student_97_5(most - 1.0) / student_97_5(m - 1.0)).powi(2);
    (adjustment * p * (1.0 - p) / (variance / m)).clamp(m, most)
}

/// The 97.5 % point of Student's distribution with `degrees` of freedom, at least 1.
///
/// Above 1,000 the crate's inversion loses digits, and the expansion of M. Abramowitz, I. A. Stegun, "Handbook of
/// Mathematical Functions", 26.7.5, has them all.
fn student_97_5(degrees: f64) -> f64 {
    // Below 1 there is one problem and no scatter to speak of; 1 is the widest there is.
    let degrees = degrees.max(1.0);
    if degrees <= 1_000.0
        && let Ok(student) = StudentsT::new(0.0, 1.0, degrees)
    {
        return student.inverse_cdf(0.975);
    }
    let z2 = Z * Z;
    let terms = [
        (z2 + 1.0) / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0,
    ];
    Z * (1.0 + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / degrees))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_points_are_those_of_scipy() {
        // python -c 'from scipy.stats import t; print([t.ppf(0.975, d) for d in (1, 2, 9, 10, 30, 163, 1000, 1001,
        // 19999, 1e6, 1e9)])'
        for (degrees, point) in [
            (1.0, 12.706204736174694),
            (2.0, 4.302652729749462),
            (9.0, 2.262157162798205),
            (10.0, 2.228138851986274),
            (30.0, 2.0422724563012378),
            (163.0, 1.974624620966361),
            (1_000.0, 1.9623390808264083),
            (1_001.0, 1.9623367052808798),
            (19_999.0, 1.960082611089815),
            (1e6, 1.959966356814107),
            (1e9, 1.959963986912325),
        ] {
            assert!((student_97_5(degrees) - point).abs() < 1e-9, "{degrees}: {}", student_97_5(degrees));
        }
        let points: Vec<f64> = (1..200).map(|degrees| student_97_5(f64::from(degrees))).collect();
        assert!(points.is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn wilson_matches_published_values() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
        // table I, method 3 (score interval without continuity correction).
        for (passed, n, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let interval = wilson_interval(passed / n, n);
            assert!((interval.low - low).abs() < 5e-5 && (interval.high - high).abs() < 5e-5, "{interval:?}");
        }
    }

    #[test]
    fn wilson_is_that_of_scipy() {
        // python -c 'from scipy.stats import binomtest as b; print([b(*x).proportion_ci(method="wilson") for x in
        //   ((81, 263), (15, 148), (0, 20), (1, 29), (20, 20))])'
        for (passed, n, low, high) in [
            (81.0, 263.0, 0.2552885198782742, 0.36620957698280004),
            (15.0, 148.0, 0.06238639953073629, 0.16048724172330803),
            (0.0, 20.0, 0.0, 0.16112515805281935),
            (1.0, 29.0, 0.006113214292762667, 0.17175521879320282),
            (20.0, 20.0, 0.8388748419471808, 1.0),
        ] {
            let interval = wilson_interval(passed / n, n);
            assert!((interval.low - low).abs() < 1e-9 && (interval.high - high).abs() < 1e-9, "{interval:?}");
        }
    }
}
