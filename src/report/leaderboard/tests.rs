//! Leaderboards of the committed sample runs.

use super::*;
use crate::stats::{ProblemCounts, RankRange};

fn runs(names: &[&str]) -> Vec<FinishedRun> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/runs");
    names.iter().map(|name| FinishedRun::open(&folder.join(name)).unwrap()).collect()
}

fn board(runs: Vec<FinishedRun>) -> SiteInput {
    Leaderboard::new(runs, None, &LeaderboardOptions::default(), || ()).unwrap().input
}

#[test]
fn the_order_of_the_runs_does_not_matter() {
    let input = board(runs(&["careful", "hasty", "terse"]));
    assert_eq!(input, board(runs(&["terse", "careful", "hasty"])));
    let names: Vec<&str> = input.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["careful", "hasty", "terse"], "the best first");
    assert_eq!(input.title, "sampler leaderboard");
    assert_eq!(input.problems.len(), 4);
}

#[test]
fn every_run_meets_every_other_and_sees_the_mirror_image() {
    let input = board(runs(&["careful", "hasty", "terse"]));
    for (row, duels) in input.head_to_head.iter().enumerate() {
        for (column, duel) in duels.iter().enumerate() {
            assert_eq!(duel.is_none(), row == column);
            let Some(duel) = duel else { continue };
            let other = input.head_to_head[column][row].unwrap();
            assert_eq!((duel.difference, duel.low, duel.high), (-other.difference, -other.high, -other.low));
            assert_eq!((duel.won, duel.lost, duel.p_value), (other.lost, other.won, other.p_value));
        }
    }
    let duel = input.head_to_head[0][2].unwrap();
    assert!((duel.difference - 0.5).abs() < 1e-12 && duel.won == 4, "{duel:?}");
    assert!(!duel.is_significant(), "four problems can not show it");
    assert!(input.runs.iter().all(|run| run.rank == RankRange { best: 1, worst: 3 }));
}

#[test]
fn a_run_that_is_better_on_many_problems_has_the_better_rank() {
    let mut runs = runs(&["careful", "terse"]);
    for (run, passed) in runs.iter_mut().zip([3, 0]) {
        let counts = ProblemCounts { samples: 3, passed, unknown: 0 };
        run.results.problems = (0..20).map(|number| (TaskId::new(format!("{number}")), counts)).collect();
    }
    let input = board(runs);
    assert_eq!(input.runs.iter().map(|run| run.rank.to_string()).collect::<Vec<_>>(), ["1", "2"]);
    assert!(input.head_to_head[0][1].unwrap().is_won());
}

#[test]
fn fuel_is_told_relative_to_the_reference() {
    let mut one = runs(&["careful"]).remove(0);
    let task_id = TaskId::new("sampler/two-piles");
    one.passing_fuel.insert(task_id.clone(), 300.0);
    one.reference_fuel.insert(task_id.clone(), Fuel(200));
    let at = |input: &SiteInput| {
        let index = input.problems.iter().position(|problem| problem.task_id == task_id.as_str()).unwrap();
        input.runs[0].problems[index].fuel_ratio
    };
    assert_eq!(at(&board(vec![one.clone()])), Some(1.5));
    one.reference_fuel.clear();
    assert_eq!(at(&board(vec![one])), None);
    assert_eq!((median(vec![3, 1, 2]), median(vec![4, 1, 2, 3])), (2.0, 2.5));
}

#[test]
fn what_a_reader_has_to_know_is_said() {
    let mut runs = runs(&["careful", "hasty", "terse"]);
    runs[2].results.manifest.runner.digest = "ab".repeat(32);
    runs[1].results.problems.pop_first();
    let input = board(runs);
    assert_eq!(input.notes.len(), 2, "{:?}", input.notes);
    assert!(input.notes[0].contains("python abababababab for terse"), "{:?}", input.notes);
    assert!(input.notes[0].contains(" for careful, hasty"), "{:?}", input.notes);
    assert!(input.notes[1].starts_with("1 of the 4 problems is not in every run."), "{:?}", input.notes);
    let hasty = input.runs.iter().find(|run| run.name == "hasty").unwrap();
    assert!(hasty.notes[0].contains("3 of the 4 problems"), "{:?}", hasty.notes);
}

#[test]
fn runs_of_different_sets_share_no_leaderboard() {
    let mut runs = runs(&["careful", "hasty"]);
    runs[1].results.manifest.problems.digest = "other".into();
    let error = Leaderboard::new(runs, None, &LeaderboardOptions::default(), || ()).unwrap_err();
    assert!(matches!(error, LeaderboardError::DifferentSets { .. }), "{error}");
}

/// Runs of a set of this many problems, one sample each, that pass the given ones.
fn made_up(passing: &[std::ops::Range<usize>]) -> Vec<FinishedRun> {
    let one = runs(&["careful"]).remove(0);
    let make = |(place, passing): (usize, &std::ops::Range<usize>)| {
        let mut run = one.clone();
        run.results.name = format!("run {place}");
        let counts = |number: usize| ProblemCounts {
            samples: 1,
            passed: u64::from(passing.contains(&number)),
            unknown: 0,
        };
        run.results.problems =
            (0..60).map(|number| (TaskId::new(format!("{number}")), counts(number))).collect();
        run
    };
    passing.iter().enumerate().map(make).collect()
}

fn ranks(passing: &[std::ops::Range<usize>]) -> BTreeMap<String, String> {
    let input = board(made_up(passing));
    input.runs.iter().map(|run| (run.name.clone(), run.rank.to_string())).collect()
}

#[test]
fn an_unrelated_run_moves_no_other_one() {
    // The first two differ with p = 2 / 2^6 = 0.031: significant of the pair, not of many pairs.
    let two = [0..40, 0..34];
    assert_eq!(ranks(&two).into_values().collect::<Vec<_>>(), ["1", "2"]);
    let mut more = two.to_vec();
    more.extend(std::iter::repeat_n(0..3, 6));
    let with_others = ranks(&more);
    assert_eq!((&*with_others["run 0"], &*with_others["run 1"]), ("1", "2"));
    assert_eq!(&*with_others["run 5"], "3–8", "those that can not be told apart");
    let input = board(made_up(&more));
    let duel = input.head_to_head[0][1].unwrap();
    assert!(duel.is_significant() && !duel.is_significant_among_all(), "{duel:?}");
}

#[test]
fn a_run_has_every_k_that_another_has_and_it_has_the_samples_for() {
    let mut runs = runs(&["careful", "hasty", "terse"]);
    for (run, samples) in runs.iter_mut().zip([4, 20, 40]) {
        for counts in run.results.problems.values_mut() {
            *counts = ProblemCounts { samples, passed: 1, unknown: 0 };
        }
        run.results.manifest.ks = vec![1];
    }
    runs[0].results.manifest.ks = vec![1, 4];
    runs[2].results.manifest.ks = vec![1, 15]; // of which no other was asked, and which is in no curve
    let input = board(runs);
    let ks = |name: &str| -> Vec<u64> {
        let run = input.runs.iter().find(|run| run.name == name).unwrap();
        run.pass_at_k.iter().map(|one| one.k).collect()
    };
    assert_eq!(ks("careful"), [1, 2, 3, 4]);
    assert_eq!(ks("hasty"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20], "with 20 samples");
}
