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
/// use karat::pass_at_k;
///
/// assert_eq!(pass_at_k(10, 3, 1), Ok(0.3));
/// assert!((pass_at_k(5, 2, 2).unwrap() - 0.7).abs() < 1e-15);
/// assert!(pass_at_k(5, 2, 6).is_err());
/// ```
pub fn pass_at_k(n: u64, c: u64, k: u64) -> Result<f64, PassAtKError> {
    check(n, c, k)?;
    if k == 1 || c == 1 {
        return Ok((c * k) as f64 / n as f64); // exact but for one rounding
    }
    Ok(1.0 - all_among(n, n - c, k))
}

/// The probability that all of k completions pass (pass^k), estimated without bias from n completions of which c
/// passed: C(c, k) / C(n, k).
///
/// How reliable a model is, where pass@k says what it can do with several tries (Yao et al., "τ-bench: A Benchmark for
/// Tool-Agent-User Interaction in Real-World Domains", 2024, arXiv:2406.12045, section 4). pass^1 is pass@1.
///
/// # Errors
///
/// When k is 0, k > n or c > n.
///
/// ```
/// use karat::pass_hat_k;
///
/// assert!((pass_hat_k(5, 4, 2).unwrap() - 0.6).abs() < 1e-15);
/// assert_eq!(pass_hat_k(5, 1, 2), Ok(0.0));
/// ```
pub fn pass_hat_k(n: u64, c: u64, k: u64) -> Result<f64, PassAtKError> {
    check(n, c, k)?;
    if k == 1 {
        return Ok(c as f64 / n as f64);
    }
    Ok(all_among(n, c, k))
}

fn check(n: u64, c: u64, k: u64) -> Result<(), PassAtKError> {
    if k == 0 {
        return Err(PassAtKError::ZeroK);
    }
    if c > n {
        return Err(PassAtKError::MoreVerdictsThanSamples { samples: n, verdicts: c });
    }
    if k > n {
        return Err(PassAtKError::TooFewSamples { n, k });
    }
    Ok(())
}

/// C(marked, k) / C(n, k): the probability that k draws out of n without replacement are all among the marked ones.
fn all_among(n: u64, marked: u64, k: u64) -> f64 {
    if k > marked {
        return 0.0;
    }
    // Symmetric in the draws and those not marked: a product over the former is one over the latter.
    let (long, short) = ((n - marked).max(k), (n - marked).min(k));
    (0..short).fold(1.0, |product, drawn| {
        let left = n - drawn;
        product * ((left - long) as f64 / left as f64)
    })
}
