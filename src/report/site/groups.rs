//! Scores of groups of problems: of each difficulty, and of each tag.

use std::collections::BTreeMap;

use super::board::{Board, BoardRun};
use super::input::ProblemInput;
use crate::evaluate::group::GroupName;
use crate::stats::{Estimate, ProblemCounts, mean_pass_at_k};

/// Problems that have something in common, by their indices.
pub(super) struct ProblemGroup {
    /// What they have in common.
    pub name: String,
    pub problems: Vec<usize>,
}

/// The difficulties from easy to hard. None where all problems are of one difficulty, or of none.
pub(super) fn difficulties(board: &Board<'_>) -> Vec<ProblemGroup> {
    let groups = groups(board, |problem| problem.difficulty.as_slice());
    if groups.len() < 2 { Vec::new() } else { groups }
}

/// The tags that the most problems have, at most `most` of them, in alphabetical order.
pub(super) fn tags(board: &Board<'_>, most: usize) -> Vec<ProblemGroup> {
    let mut groups = groups(board, |problem| &problem.tags);
    groups.sort_by_key(|group| std::cmp::Reverse(group.problems.len()));
    groups.truncate(most);
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    groups
}

fn groups(board: &Board<'_>, names: impl Fn(&ProblemInput) -> &[String]) -> Vec<ProblemGroup> {
    let mut groups: BTreeMap<GroupName, Vec<usize>> = BTreeMap::new();
    for (index, problem) in board.input.problems.iter().enumerate() {
        for name in names(problem) {
            let problems = groups.entry(GroupName::new(name.clone())).or_default();
            // A set may have the same tag twice.
            if problems.last() != Some(&index) {
                problems.push(index);
            }
        }
    }
    groups.into_iter().map(|(name, problems)| ProblemGroup { name: name.text, problems }).collect()
}

/// pass@1 over those of the problems that the run has samples of.
pub(super) fn score(run: &BoardRun<'_>, problems: &[usize]) -> Option<Estimate> {
    let counts: Vec<ProblemCounts> = problems
        .iter()
        .map(|problem| run.input.problems[*problem].counts)
        .filter(|counts| counts.samples > 0)
        .collect();
    mean_pass_at_k(&counts, 1).ok()
}
