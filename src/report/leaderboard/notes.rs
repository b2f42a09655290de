//! What a reader of a leaderboard has to know, a sentence each.

use std::collections::BTreeMap;

use super::FinishedRun;
use crate::judge::verdict::{Judging, VerdictKind};
use crate::problem::{ProblemSet, TaskId};
use crate::report::results::RunResults;
use crate::stats::Estimate;

/// How many digits of a digest people need to tell two apart.
pub(super) const SHORT_DIGEST: usize = 12;

/// How many runs are named; of the others only the number is.
const MOST_NAMES: usize = 4;

/// Longer values are cut, in characters.
const LONGEST_VALUE: usize = 120;

/// What holds for all runs together.
pub(super) fn of_board(
    runs: &[FinishedRun],
    names: &[String],
    task_ids: &[TaskId],
    set: Option<&ProblemSet>,
) -> Vec<String> {
    let mut notes = judged_apart(runs, names);
    let partly = task_ids
        .iter()
        .filter(|task_id| runs.iter().any(|run| !run.results.problems.contains_key(*task_id)))
        .count();
    if partly > 0 {
        notes.push(format!(
            "{partly} of the {} problems {} not in every run. A score is over the problems that its run has; two runs are \
             compared on those that both have.",
            task_ids.len(),
            if partly == 1 { "is" } else { "are" }
        ));
    }
    if let Some(set) = set.filter(|set| set.len() > task_ids.len()) {
        notes.push(format!(
            "{} of the {} problems of the set {} in no run.",
            set.len() - task_ids.len(),
            set.len(),
            if set.len() - task_ids.len() == 1 { "is" } else { "are" }
        ));
    }
    notes
}

/// In what the runs were not judged alike, and who has what.
fn judged_apart(runs: &[FinishedRun], names: &[String]) -> Vec<String> {
    let Some(first) = runs.first() else { return Vec::new() };
    // By what differs: each run that is not like the first with the value of the first and its own.
    let mut apart: BTreeMap<String, Vec<(usize, String, String)>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        for difference in first.results.differences(&run.results) {
            let values = (index, difference.one, difference.other);
            apart.entry(difference.what).or_default().push(values);
        }
    }
    apart
        .into_iter()
        .map(|(what, unlike)| {
            let mut by_value: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (index, name) in names.iter().enumerate() {
                let own = unlike.iter().find(|(other, ..)| *other == index).map(|(_, _, own)| own);
                let value = own.unwrap_or(&unlike[0].1);
                by_value.entry(short(value)).or_default().push(name);
            }
            let values: Vec<String> =
                by_value.iter().map(|(value, names)| format!("{value} for {}", some_of(names))).collect();
            format!(
                "The runs were not judged alike, so that their scores may not compare; {what}: {}.",
                values.join("; ")
            )
        })
        .collect()
}

/// A value that people can compare: of a digest the first digits, of a longer text the beginning.
fn short(value: &str) -> String {
    let words: Vec<&str> = value
        .split(' ')
        .map(|word| {
            let is_digest = word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_digest { &word[..SHORT_DIGEST] } else { word }
        })
        .collect();
    crate::report::site::shorten(&words.join(" "), LONGEST_VALUE)
}

fn some_of(names: &[&str]) -> String {
    if names.len() <= MOST_NAMES {
        return names.join(", ");
    }
    format!("{} and {} more", names[..MOST_NAMES - 1].join(", "), names.len() - MOST_NAMES + 1)
}

/// What holds for a run.
pub(super) fn of_run(results: &RunResults, pass_at_k: &[Estimate], problems: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let own = results.problems.len();
    if own < problems {
        notes.push(format!("The run has {own} of the {problems} problems; its scores are over those."));
    }
    for one in pass_at_k.iter().filter(|one| one.problems < own as u64) {
        notes.push(format!(
            "pass@{} is over the {} problems that have {} samples; {} that have fewer are left out.",
            one.k,
            one.problems,
            one.k,
            own as u64 - one.problems
        ));
    }
    if let Some(count) = results.verdicts.get(&VerdictKind::Inconclusive) {
        notes.push(format!(
            "The harness failed on {count} of the completions, and the intervals allow for both outcomes; the command that \
             made the run judges them again with --resume."
        ));
    }
    let temperature = results.manifest.model.as_ref().and_then(|model| model.parameters.temperature);
    notes.extend(results.generation.iter().flat_map(|generation| generation.notes(temperature, own as u64)));
    if results.manifest.judging == Judging::Both {
        notes.push("The run was judged both ways; what is shown is sealed judging.".to_owned());
    }
    notes
}
