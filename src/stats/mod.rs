//! Scores and how far they can be trusted. Pure arithmetic: nothing here reads a file or knows a verdict.

use serde::{Deserialize, Serialize};

mod bootstrap;
mod holm;
mod interval;
mod paired;
mod pass_at_k;
mod random;
mod rank;
mod sign_flips;

pub use holm::holm;
pub use interval::{Interval, wilson_interval};
pub use paired::{PairedComparison, PairedTest, compare_paired};
pub use pass_at_k::{PassAtKError, pass_at_k, pass_hat_k};
pub use rank::{ALPHA, EXACT_ADDITIONS_IN_PAGES, RankRange, is_significant, is_significant_at, rank_ranges};

/// How many of one problem's completions were judged, and how many passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemCounts {
    /// How many completions were judged.
    pub samples: u64,
    /// How many of them passed.
    pub passed: u64,
    /// How many of them have no verdict on the completion itself (unsupported, inconclusive).
    pub unknown: u64,
}

impl ProblemCounts {
    /// How many completions passed if every unknown verdict were a pass.
    fn at_most(self) -> Result<u64, PassAtKError> {
        let ProblemCounts { samples, passed, unknown } = self;
        let verdicts = passed.saturating_add(unknown);
        if verdicts > samples {
            return Err(PassAtKError::MoreVerdictsThanSamples { samples, verdicts });
        }
        Ok(verdicts)
    }
}

/// Mean pass@k over the problems of a set, with what is known about its precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The k of pass@k.
    pub k: u64,
    /// The mean of the problems' pass@k, unknown verdicts counted as failures.
    pub value: f64,
    /// Lower end of the 95 % interval, by the bootstrap over problems.
    pub low: f64,
    /// Upper end of the 95 % interval, by the bootstrap over problems.
    pub high: f64,
    /// The 95 % interval by a closed form, beside the other.
    pub closed_form: Interval,
    /// The mean if every unknown verdict were a failure. Equal to `value`.
    pub lower_bound: f64,
    /// The mean if every unknown verdict were a pass.
    pub upper_bound: f64,
    /// Over how many problems the mean is taken.
    pub problems: u64,
}

/// Mean pass@k over problems, with 95 % intervals that treat the problem as the unit of sampling.
///
/// Each problem's pass@k comes from [`pass_at_k`]; the mean gives every problem the same weight however many
/// completions it has.
///
/// `low` and `high` come from a Bayesian bootstrap over problems with a pseudo-observation at 0 and one at 1 (D. B.
/// Rubin, "The Bayesian bootstrap", Annals of Statistics 9, 1981, pages 130–134; P. Muliere, P. Secchi, "Bayesian
/// nonparametric predictive inference and bootstrap techniques", Annals of the Institute of Statistical Mathematics 48,
/// 1996, pages 663–673): `src/stats/bootstrap.rs` says how and why. Its seed is fixed: the same problems, in whatever
/// order, give the same interval on every platform. `closed_form` is [`Interval::of_mean`].
///
/// Unknown verdicts count as failures in `value` and widen the intervals: each is the smallest one that holds both the
/// interval computed with all of them failing and the one with all of them passing.
///
/// # Errors
///
/// When there are no problems, k is 0, a problem has fewer than k completions, or its counts contradict each other.
///
/// ```
/// use karat::stats::{ProblemCounts, mean_pass_at_k};
///
/// let problems = [
///     ProblemCounts { samples: 10, passed: 10, unknown: 0 },
///     ProblemCounts { samples: 10, passed: 2, unknown: 1 },
/// ];
/// let estimate = mean_pass_at_k(&problems, 1)?;
/// assert!((estimate.value - 0.6).abs() < 1e-12);
/// assert!((estimate.upper_bound - 0.65).abs() < 1e-12);
/// # Ok::<(), karat::stats::PassAtKError>(())
/// ```
pub fn mean_pass_at_k(problems: &[ProblemCounts], k: u64) -> Result<Estimate, PassAtKError> {
    if problems.is_empty() {
        return Err(PassAtKError::NoProblems);
    }
    let mut failing = Vec::with_capacity(problems.len());
    let mut passing = Vec::with_capacity(problems.len());
    let mut groups = 0;
    for counts in problems {
        failing.push(pass_at_k(counts.samples, counts.passed, k)?);
        passing.push(pass_at_k(counts.samples, counts.at_most()?, k)?);
        groups += counts.samples / k;
    }
    let lower = Mean::of(&failing, groups);
    let upper = if passing == failing { lower } else { Mean::of(&passing, groups) };
    Ok(Estimate {
        k,
        value: lower.value,
        low: lower.low.min(upper.low),
        high: lower.high.max(upper.high),
        closed_form: lower.closed_form.joined(upper.closed_form),
        lower_bound: lower.value,
        upper_bound: upper.value,
        problems: problems.len() as u64,
    })
}

/// A mean over problems with its precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end of the 95 % interval, by the bootstrap over problems.
    pub low: f64,
    /// Upper end of the 95 % interval, by the bootstrap over problems.
    pub high: f64,
    /// The 95 % interval by a closed form, beside the other.
    pub closed_form: Interval,
}

impl Mean {
    fn of(scores: &[f64], groups: u64) -> Mean {
        let (value, Interval { low, high }) = bootstrap::interval_of_mean(scores, bootstrap::Ends::SCORES);
        let (_, closed_form) = Interval::of_mean(scores, groups);
        Mean { value, low, high, closed_form }
    }
}

/// The mean of scores within [0, 1], one a problem, over `samples` completions in all, with the intervals of
/// [`mean_pass_at_k`]. Nothing if there is no score.
pub fn mean(scores: &[f64], samples: u64) -> Option<Mean> {
    if scores.is_empty() {
        return None;
    }
    Some(Mean::of(scores, samples))
}

#[cfg(test)]
mod tests;
