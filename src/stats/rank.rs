//! What is significant, and which ranks follow from it: the one place that all tables and pages go by.
//!
//! Pages rank anew when a reader chooses a window of dates. `reports/script/rank.js` does that, by the same test and the
//! same rule, with the numbers below, which `src/report/site/results_data.rs` hands to it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A difference is significant if its p-value is below this.
pub const ALPHA: f64 = 0.05;

/// Up to how many additions the script of a page computes the exact distribution of a test, so that a move of a slider
/// shows at once; beyond, it takes the normal one of the same mean and variance. What is computed here may take more.
pub const EXACT_ADDITIONS_IN_PAGES: u64 = 200_000;

/// Whether a difference with this p-value is significant.
pub fn is_significant(p_value: f64) -> bool {
    is_significant_at(ALPHA, p_value)
}

/// Whether a difference with this p-value is significant at a level that somebody chose.
pub fn is_significant_at(alpha: f64, p_value: f64) -> bool {
    p_value < alpha
}

/// The ranks that a run may have, 1 the best.
///
/// "Not significantly different" is no equivalence: A may be like B and B like C while A is better than C. So no single
/// number can be the same for all runs that do not differ and another for all that do. A range says no more than the
/// comparisons do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RankRange {
    /// 1 and the number of runs that are significantly better.
    pub best: u32,
    /// The number of all runs less those that are significantly worse.
    pub worst: u32,
}

impl Default for RankRange {
    /// That of a run alone.
    fn default() -> RankRange {
        RankRange { best: 1, worst: 1 }
    }
}

impl fmt::Display for RankRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RankRange { best, worst } = self;
        formatter.pad(&if best == worst { best.to_string() } else { format!("{best}–{worst}") })
    }
}

/// The ranks that each of some runs may have.
///
/// `better(i, j)` says whether the run i is significantly better than the run j, never both ways round. As long as that
/// depends on the two runs alone, a run moves another one's best rank only by being better than it, and its worst rank
/// only by not being worse than it.
///
/// ```
/// let values = [0.9, 0.85, 0.6];
/// let ranks = karat::stats::rank_ranges(3, |i, j| values[i] - values[j] > 0.1);
/// let texts: Vec<String> = ranks.iter().map(ToString::to_string).collect();
/// assert_eq!(texts, ["1–2", "1–2", "3"]);
/// ```
pub fn rank_ranges(runs: usize, better: impl Fn(usize, usize) -> bool) -> Vec<RankRange> {
    let count = |one: &dyn Fn(usize) -> bool| (0..runs).filter(|&other| one(other)).count();
    let range = |run: usize| RankRange {
        best: (1 + count(&|other| better(other, run))) as u32,
        worst: (runs - count(&|other| better(run, other))) as u32,
    };
    (0..runs).map(range).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(runs: usize, better: impl Fn(usize, usize) -> bool) -> Vec<String> {
        rank_ranges(runs, better).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_rank_is_as_exact_as_the_comparisons() {
        let values = [0.5, 0.9, 0.7];
        assert_eq!(texts(3, |i, j| values[i] > values[j]), ["3", "1", "2"]);
        assert_eq!(texts(3, |_, _| false), ["1–3", "1–3", "1–3"]);
        assert_eq!(texts(1, |_, _| false), ["1"]);
        assert!(rank_ranges(0, |_, _| true).is_empty());
    }

    #[test]
    fn a_chain_of_neighbours_is_told_as_it_is() {
        // Each is like the next, the first is better than the third.
        assert_eq!(texts(3, |i, j| i + 1 < j), ["1–2", "1–3", "2–3"]);
    }

    /// Which of some runs are better than which: not all comparisons come out as the order of the scores, as where runs
    /// have few samples or different problems.
    fn outcomes() -> impl Strategy<Value = (usize, Vec<Vec<i8>>)> {
        (1_usize..9).prop_flat_map(|runs| {
            let row = proptest::collection::vec(-1_i8..=1, runs);
            (Just(runs), proptest::collection::vec(row, runs))
        })
    }

    proptest! {
        #[test]
        fn an_added_run_moves_only_those_that_it_says_something_of((runs, outcomes) in outcomes()) {
            let better = |i: usize, j: usize| if i < j { outcomes[i][j] > 0 } else { i > j && outcomes[j][i] < 0 };
            let all = rank_ranges(runs, better);
            let added = runs - 1;
            for (run, without) in rank_ranges(added, better).into_iter().enumerate() {
                prop_assert_eq!(all[run].best, without.best + u32::from(better(added, run)));
                prop_assert_eq!(all[run].worst, without.worst + u32::from(!better(run, added)));
            }
            for (run, RankRange { best, worst }) in all.iter().enumerate() {
                prop_assert!(1 <= *best && best <= worst && *worst as usize <= runs);
                prop_assert_eq!(*best as usize, 1 + (0..runs).filter(|other| better(*other, run)).count());
            }
        }
    }
}
