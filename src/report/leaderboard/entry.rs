//! A run as an entry of a leaderboard.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::FinishedRun;
use super::notes::{self, SHORT_DIGEST};
use super::repeat::repeat;
use super::size::size;
use crate::problem::TaskId;
use crate::report::limits::LimitTexts;
use crate::report::results::RunResults;
use crate::report::site::{ProblemResult, RunInput};
use crate::sandbox::Fuel;
use crate::stats::RankRange;

/// The run with its results of these problems.
///
/// `wanted` are the k's that any run of the leaderboard has: it has a score for each that it has the samples for.
pub(super) fn run_input(
    run: &FinishedRun,
    name: String,
    rank: RankRange,
    wanted: &BTreeSet<u64>,
    task_ids: &[TaskId],
) -> RunInput {
    let results = &run.results;
    let manifest = &results.manifest;
    let generation = results.generation.as_ref();
    let LimitTexts { fuel, memory, output } = LimitTexts::of(manifest);
    let digest = manifest.runner.digest.get(..SHORT_DIGEST).unwrap_or(&manifest.runner.digest);
    let own = ks(results);
    let fewest = results.fewest_samples();
    let has = |k: &u64| *k <= fewest || own.contains(k);
    let pass_at_k: Vec<_> = wanted.iter().filter(|k| has(k)).filter_map(|k| results.pass_at_k(*k)).collect();
    RunInput {
        name,
        model: manifest.model.as_ref().map(|model| model.model.title()),
        size: manifest.model.as_ref().and_then(size),
        price: generation.and_then(|generation| generation.price),
        date: manifest.date,
        karat_version: manifest.karat_version.clone(),
        runner: format!("{} {digest}", manifest.runner.name),
        limits: IndexMap::from([
            ("fuel".to_owned(), fuel),
            ("memory".to_owned(), memory),
            ("output".to_owned(), output),
        ]),
        judging: manifest.judging.name().to_owned(),
        rank,
        notes: notes::of_run(results, &pass_at_k, task_ids.len()),
        pass_at_k,
        tokens_in: generation.and_then(|generation| generation.input_tokens),
        tokens_out: generation.and_then(|generation| generation.output_tokens),
        cost: generation.and_then(|generation| generation.cost),
        cost_per_solved: generation.and_then(|generation| generation.cost_per_solved),
        verdicts: results.verdicts.iter().map(|(kind, count)| (*kind, *count)).collect(),
        problems: task_ids.iter().map(|task_id| problem_result(run, task_id)).collect(),
        outcomes: task_ids.iter().map(|task_id| run.outcomes.of(task_id)).collect(),
        repeat: repeat(run),
    }
}

fn problem_result(run: &FinishedRun, task_id: &TaskId) -> ProblemResult {
    let reference = run.reference_fuel.get(task_id).filter(|fuel| **fuel > Fuel(0));
    let burned = run.passing_fuel.get(task_id);
    ProblemResult {
        counts: run.results.problems.get(task_id).copied().unwrap_or_default(),
        fuel_ratio: burned.zip(reference).map(|(burned, reference)| burned / reference.0 as f64),
    }
}

/// Every k that the run has a score for: those of the curve, and those that were asked for and some problems have
/// enough samples for.
pub(super) fn ks(results: &RunResults) -> Vec<u64> {
    let most = results.problems.values().map(|counts| counts.samples).max().unwrap_or(0);
    let mut ks = curve(results.fewest_samples());
    ks.extend(results.manifest.ks.iter().filter(|k| **k >= 1 && **k <= most));
    ks.sort_unstable();
    ks.dedup();
    ks
}

/// The k's at which a curve up to `most` is drawn: every one up to 10, then about evenly on a logarithmic scale, 20,
/// 30, 50, 100 and so on, and the last.
fn curve(most: u64) -> Vec<u64> {
    let powers = std::iter::successors(Some(10_u64), |power| power.checked_mul(10));
    let steps = powers
        .take_while(|power| *power <= most)
        .flat_map(|power| [1, 2, 3, 5].map(|step| power.saturating_mul(step)));
    let mut ks: Vec<u64> = (1..10).chain(steps).filter(|k| *k < most).collect();
    ks.extend((most > 0).then_some(most));
    ks
}

#[cfg(test)]
mod tests {
    use super::curve;

    #[test]
    fn a_curve_has_few_points_and_both_ends() {
        assert!(curve(0).is_empty());
        assert_eq!(curve(1), [1]);
        assert_eq!(curve(4), [1, 2, 3, 4]);
        assert_eq!(curve(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(curve(200), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 50, 100, 200]);
        assert_eq!(curve(u64::MAX).last(), Some(&u64::MAX));
    }
}
