//! The correction for many comparisons at once.

/// Holm's step-down adjusted p-values, in the order of `p_values`.
///
/// Rejecting what is at most α keeps the chance of even one false rejection at most α, whatever the dependence between
/// the tests, which comparisons that share a run have (S. Holm, "A simple sequentially rejective multiple test
/// procedure", Scandinavian Journal of Statistics 6, 1979, pages 65–70). The i-th smallest of m is multiplied by
/// m − i + 1, then raised to those before it, and cut at 1.
///
/// ```
/// assert_eq!(karat::stats::holm(&[0.02, 0.01, 0.5]), [0.04, 0.03, 0.5]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (before, index) in order.into_iter().enumerate() {
        let left = (p_values.len() - before) as f64;
        largest = largest.max(left * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn adjusted_values_are_those_of_statsmodels() {
        // SciPy has no Holm correction. python -c 'from statsmodels.stats.multitest import multipletests as m;
        //   print(m([0.01, 0.04, 0.03, 0.005, 0.03, 0.8], method="holm")[1])'
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.03, 0.8]);
        for (ours, theirs) in adjusted.iter().zip([0.05, 0.12, 0.12, 0.03, 0.12, 0.8]) {
            assert!((ours - theirs).abs() < 1e-9, "{adjusted:?}");
        }
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_are_no_smaller(
            p_values in proptest::collection::vec(0.0..=1.0_f64, 1..40),
        ) {
            let adjusted = holm(&p_values);
            for (i, p_value) in p_values.iter().enumerate() {
                prop_assert!(*p_value <= adjusted[i] && adjusted[i] <= 1.0);
                prop_assert!(adjusted[i] <= (p_values.len() as f64 * p_value).min(1.0), "no larger than Bonferroni's");
                for (j, other) in p_values.iter().enumerate() {
                    prop_assert!(p_value > other || adjusted[i] <= adjusted[j]);
                }
            }
        }
    }
}
