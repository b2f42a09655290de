//! The unbiased estimator of pass@k.

/// Why a score can not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassAtKError {
    /// k is 0.
    #[error("pass@0 means nothing: k must be at least 1")]
    ZeroK,
    /// There are fewer completions than k.
    #[error("pass@{k} needs at least {k} completions of every problem, but one has {n}; use a smaller k")]
    TooFewSamples {
        /// How many completions there are.
        n: u64,
        /// How many are needed.
        k: u64,
    },
    /// The counts contradict each other.
    #[error("{verdicts} passes and unknown verdicts out of {samples} completions: the counts are wrong")]
    MoreVerdictsThanSamples {
        /// How many completions there are.
        samples: u64,
        /// How many were said to have passed or to be unknown.
        verdicts: u64,
    },
    /// There is nothing to take the mean of.
    #[error("there is no problem to score")]
    NoProblems,
}

/// The probability that at least one of k completions passes, estimated without bias from n completions of which c
/// passed: 1 − C(n−c, k) / C(n, k).
///
/// This is the estimator of Chen et al., "Evaluating Large Language Models Trained on Code" (2021,
/// arXiv:2107.03374), section 2.1. As there, the ratio of the binomials is never computed from the binomials, which
/// overflow, but as a product of ratios below 1. The product has two forms, over the c passes or over the k draws;
/// the shorter one is taken, so that the rounding error is at most that of min(c, k) multiplications.
///
/// # Errors
///
/// When k is 0, k > n (not clamped: the data can not tell) or c > n.
///
/// ```
/// use karat::stats::pass_at_k;
///
/// assert_eq!(pass_at_k(10, 3, 1), Ok(0.3));
/// assert!((pass_at_k(5, 2, 2).unwrap() - 0.7).abs() < 1e-15);
/// assert!(pass_at_k(5, 2, 6).is_err());
/// ```
pub fn pass_at_k(n: u64, c: u64, k: u64) -> Result<f64, PassAtKError> {
    if k == 0 {
        return Err(PassAtKError::ZeroK);
    }
    if c > n {
        return Err(PassAtKError::MoreVerdictsThanSamples { samples: n, verdicts: c });
    }
    if k > n {
        return Err(PassAtKError::TooFewSamples { n, k });
    }
    if c == 0 {
        return Ok(0.0);
    }
    if k > n - c {
        return Ok(1.0); // fewer failures than draws
    }
    if k == 1 || c == 1 {
        return Ok((c * k) as f64 / n as f64); // exact but for one rounding
    }
    // C(n−c, k) / C(n, k) is symmetric in c and k: the product over the draws is the one over the passes.
    let (long, short) = (c.max(k), c.min(k));
    let mut all_fail = 1.0;
    for drawn in 0..short {
        let left = n - drawn;
        all_fail *= (left - long) as f64 / left as f64;
    }
    Ok(1.0 - all_fail)
}
