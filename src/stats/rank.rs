//! Ranks of a leaderboard.

/// The rank of each run, 1 the best: 1 plus the number of runs that are better and differ significantly.
///
/// `values` are the runs' scores, the more the better, in any order; `differs(i, j)` says whether the runs i and j
/// differ significantly, and is only asked where the score of i is above that of j.
///
/// "Not significantly different" is no equivalence: A may be like B and B like C while A is better than C. So no way of
/// ranking can give all such pairs one rank and all others two. This one asks how many runs are surely better than a
/// run: runs that nobody beats share rank 1, and a run's rank does not hang on a chain of neighbours. What it allows is
/// that a run with a lower score has the better rank, where its score is known less well; and ranks may be left out,
/// as after a tie in sport.
///
/// ```
/// let values = [0.9, 0.85, 0.6];
/// assert_eq!(karat::stats::ranks(&values, |i, j| values[i] - values[j] > 0.1), [1, 1, 3]);
/// ```
pub fn ranks(values: &[f64], differs: impl Fn(usize, usize) -> bool) -> Vec<u64> {
    let better = |i: usize, j: usize| values[i] > values[j] && differs(i, j);
    (0..values.len()).map(|j| 1 + (0..values.len()).filter(|&i| better(i, j)).count() as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_do_not_differ_share_a_rank() {
        assert_eq!(ranks(&[0.5, 0.9, 0.7], |_, _| true), [3, 1, 2]);
        assert_eq!(ranks(&[0.5, 0.9, 0.7], |_, _| false), [1, 1, 1]);
        assert_eq!(ranks(&[0.7, 0.7], |_, _| true), [1, 1], "equal scores are a tie whatever the test says");
        assert!(ranks(&[], |_, _| true).is_empty());
    }

    #[test]
    fn a_chain_of_neighbours_is_no_tie() {
        // Each is like the next, the first is better than the third.
        let values = [0.9, 0.85, 0.8];
        assert_eq!(ranks(&values, |i, j| i.abs_diff(j) > 1), [1, 1, 2]);
    }
}
