//! Scores and how far they can be trusted. Pure arithmetic: nothing here reads a file or knows a verdict.

use serde::{Deserialize, Serialize};

mod interval;
mod pass_at_k;

pub use interval::{Interval, wilson_interval};
pub use pass_at_k::{PassAtKError, pass_at_k};

/// What came of one problem's completions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemCounts {
    /// How many completions were judged.
    pub samples: u64,
    /// How many of them passed.
    pub passed: u64,
    /// How many of them have no verdict on the completion itself (unsupported, inconclusive).
    pub unknown: u64,
}

/// Mean pass@k over the problems of a set, with what is known about its precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The k of pass@k.
    pub k: u64,
    /// The mean of the problems' pass@k, unknown verdicts counted as failures.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// The mean if every unknown verdict were a failure. Equal to `value`.
    pub lower_bound: f64,
    /// The mean if every unknown verdict were a pass.
    pub upper_bound: f64,
    /// Over how many problems the mean is taken.
    pub problems: u64,
}

/// Mean pass@k over problems, with a 95 % interval that treats the problem as the unit of sampling.
///
/// Each problem's pass@k comes from [`pass_at_k`]; the mean gives every problem the same weight however many
/// completions it has. The interval is that of [`Interval::of_mean`], which says where it comes from.
///
/// Unknown verdicts count as failures in `value` and widen the interval: it is the smallest one that holds both the
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
    for &ProblemCounts { samples, passed, unknown } in problems {
        let at_most = passed.checked_add(unknown).filter(|&sum| sum <= samples).ok_or(
            PassAtKError::MoreVerdictsThanSamples { samples, verdicts: passed.saturating_add(unknown) },
        )?;
        failing.push(pass_at_k(samples, passed, k)?);
        passing.push(pass_at_k(samples, at_most, k)?);
        groups += samples / k;
    }
    let (lower_bound, lower) = Interval::of_mean(&failing, groups);
    let (upper_bound, upper) = Interval::of_mean(&passing, groups);
    Ok(Estimate {
        k,
        value: lower_bound,
        low: lower.low.min(upper.low),
        high: lower.high.max(upper.high),
        lower_bound,
        upper_bound,
        problems: problems.len() as u64,
    })
}

/// A mean over problems with its precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// The mean of scores within [0, 1], one a problem, with the interval of [`Interval::of_mean`] over `samples`
/// completions in all. Nothing if there is no score.
pub fn mean(scores: &[f64], samples: u64) -> Option<Mean> {
    if scores.is_empty() {
        return None;
    }
    let (value, Interval { low, high }) = Interval::of_mean(scores, samples);
    Some(Mean { value, low, high })
}

#[cfg(test)]
mod tests;
