//! Every run against every other one, and the ranks that follow: what `karat compare` and leaderboards both go by.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::results::{Compared, ResultsError, RunResults};
use crate::stats::{RankRange, holm, is_significant, rank_ranges};

/// Two runs, compared; `T` is what is kept of the comparison.
#[derive(Clone, Copy, Debug)]
pub struct RunPair<T> {
    /// The first run, by its place.
    pub from: usize,
    /// The second one, which has the higher place.
    pub to: usize,
    /// Mean difference of pass@k, the second run less the first.
    pub difference: f64,
    /// The p-value of this pair by itself.
    pub p_value: f64,
    /// The p-value by Holm's correction for all pairs that were compared.
    pub adjusted_p_value: f64,
    /// What is kept of the comparison.
    pub kept: T,
}

impl<T> RunPair<T> {
    /// Whether the difference is significant, of this pair by itself.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_value)
    }

    /// Whether it is significant among all pairs, too.
    pub fn is_significant_among_all(&self) -> bool {
        is_significant(self.adjusted_p_value)
    }

    /// The run that is significantly better, and the other one.
    fn better(&self) -> Option<(usize, usize)> {
        let is_second = self.difference > 0.0;
        self.is_significant().then_some(if is_second { (self.to, self.from) } else { (self.from, self.to) })
    }
}

/// Some runs, each compared with each.
#[derive(Debug)]
pub struct HeadToHead<T> {
    /// The pairs that were compared, in the order of the runs.
    pub pairs: Vec<RunPair<T>>,
    /// Why others could not be: as a rule, because the two runs have no problem in common.
    pub not_compared: Vec<ResultsError>,
    runs: usize,
}

impl<T: Send> HeadToHead<T> {
    /// Compares each run with each by pass@k, on the problems that both have with k samples. Of every comparison that
    /// is kept which `keep` returns; `each_pair` is called after each. Both may be called from any thread.
    ///
    /// What can not be compared is no pair: it counts neither for Holm's correction nor for ranks.
    pub fn of(
        runs: &[&RunResults],
        k: u64,
        keep: impl Fn(Compared) -> T + Sync,
        each_pair: impl Fn() + Sync,
    ) -> HeadToHead<T> {
        let places: Vec<(usize, usize)> =
            (0..runs.len()).flat_map(|from| (from + 1..runs.len()).map(move |to| (from, to))).collect();
        let compared: Vec<Result<RunPair<T>, ResultsError>> = places
            .into_par_iter()
            .map(|(from, to)| {
                let compared = runs[from].compare(runs[to], k);
                each_pair();
                compared.map(|compared| RunPair {
                    from,
                    to,
                    difference: compared.paired.difference,
                    p_value: compared.paired.p_value,
                    adjusted_p_value: 1.0,
                    kept: keep(compared),
                })
            })
            .collect();
        let (mut pairs, mut not_compared) = (Vec::new(), Vec::new());
        for one in compared {
            match one {
                Ok(pair) => pairs.push(pair),
                Err(error) => not_compared.push(error),
            }
        }
        let adjusted = holm(&pairs.iter().map(|pair| pair.p_value).collect::<Vec<f64>>());
        for (pair, adjusted) in pairs.iter_mut().zip(adjusted) {
            pair.adjusted_p_value = adjusted;
        }
        HeadToHead { pairs, not_compared, runs: runs.len() }
    }
}

impl<T> HeadToHead<T> {
    /// The ranks that each run may have. They take each pair by itself, so that no third run moves two others.
    pub fn ranks(&self) -> Vec<RankRange> {
        let better: BTreeSet<(usize, usize)> = self.pairs.iter().filter_map(RunPair::better).collect();
        rank_ranges(self.runs, |one, other| better.contains(&(one, other)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::problem::TaskId;
    use crate::record::RunDirectory;
    use crate::stats::ProblemCounts;

    /// A run with one sample a problem, all of which pass or fail.
    fn run(name: &str, problems: std::ops::Range<usize>, passes: bool) -> RunResults {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/runs/careful");
        let manifest = RunDirectory::open(&sample).unwrap().manifest().clone();
        let counts = ProblemCounts { samples: 1, passed: u64::from(passes), unknown: 0 };
        let problems = problems.map(|number| (TaskId::new(format!("T/{number:03}")), counts));
        RunResults::for_tests(name, manifest, problems.collect())
    }

    #[test]
    fn runs_without_a_problem_in_common_count_neither_for_ranks_nor_for_the_correction() {
        let (good, bad, other) =
            (run("good", 0..9, true), run("bad", 0..9, false), run("other", 9..12, true));
        let head_to_head = HeadToHead::of(&[&other, &bad, &good], 1, |compared| compared.left_out, || ());
        let [pair] = &head_to_head.pairs[..] else { panic!("{head_to_head:?}") };
        assert_eq!((pair.from, pair.to, pair.difference, pair.kept), (1, 2, 1.0, 0));
        assert!(pair.is_significant() && pair.is_significant_among_all());
        assert_eq!(pair.p_value, pair.adjusted_p_value, "it is the only pair");
        assert_eq!(head_to_head.not_compared.len(), 2);
        let ranks: Vec<String> = head_to_head.ranks().iter().map(ToString::to_string).collect();
        assert_eq!(ranks, ["1–3", "2–3", "1–2"]);
    }
}
