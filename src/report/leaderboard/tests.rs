//! Leaderboards of the committed sample runs.

use super::*;

fn runs(names: &[&str]) -> Vec<FinishedRun> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/runs");
    names.iter().map(|name| FinishedRun::open(&folder.join(name)).unwrap()).collect()
}

fn board(runs: Vec<FinishedRun>) -> SiteInput {
    Leaderboard::new(runs, None, &Options::default(), || ()).unwrap().input
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
    assert!(!duel.significant, "four problems can not show it");
    assert!(input.runs.iter().all(|run| run.rank == 1));
}

#[test]
fn a_run_that_is_better_on_many_problems_has_the_better_rank() {
    let mut runs = runs(&["careful", "terse"]);
    for (run, passed) in runs.iter_mut().zip([3, 0]) {
        let counts = crate::stats::ProblemCounts { samples: 3, passed, unknown: 0 };
        run.results.problems = (0..20).map(|number| (TaskId::new(format!("{number}")), counts)).collect();
    }
    let input = board(runs);
    assert_eq!(input.runs.iter().map(|run| run.rank).collect::<Vec<_>>(), [1, 2]);
    assert!(input.head_to_head[0][1].unwrap().significant);
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
    assert!(input.notes[1].starts_with("Only some runs have 1 of the 4 problems."), "{:?}", input.notes);
    let hasty = input.runs.iter().find(|run| run.name == "hasty").unwrap();
    assert!(hasty.notes[0].contains("3 of the 4 problems"), "{:?}", hasty.notes);
}

#[test]
fn runs_of_different_sets_share_no_leaderboard() {
    let mut runs = runs(&["careful", "hasty"]);
    runs[1].results.manifest.problems.digest = "other".into();
    let error = Leaderboard::new(runs, None, &Options::default(), || ()).unwrap_err();
    assert!(matches!(error, LeaderboardError::DifferentSets { .. }), "{error}");
}
