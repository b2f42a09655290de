//! Groups of problems, for scores of their own.

use serde::{Deserialize, Serialize};

use crate::problem::Entry;
use crate::stats::{Estimate, Mean};

/// What problems can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// How hard the set says they are.
    Difficulty,
    /// What they are about; a problem with several tags is in several groups.
    Tag,
    /// Where they come from.
    Source,
    /// Their programming language.
    Language,
}

/// The scores of a group of problems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What the problems have in common.
    pub by: GroupBy,
    /// Which of it.
    pub name: String,
    /// How many of them have completions.
    pub problems: u64,
    /// By sealed judging, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<GroupScores>,
    /// By the upstream harness's rules, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compat: Option<GroupScores>,
}

/// The scores of a group by one way of judging.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupScores {
    /// pass@k for each k that problems of the group have enough samples for.
    pub pass_at_k: Vec<Estimate>,
    /// APPS's test case average, where all tests ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_case_average: Option<Mean>,
}

impl GroupBy {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            GroupBy::Difficulty => "difficulty",
            GroupBy::Tag => "tag",
            GroupBy::Source => "source",
            GroupBy::Language => "language",
        }
    }

    /// The groups that a problem is in.
    pub(super) fn names(self, entry: &Entry) -> Vec<String> {
        let or_none = |fact: &Option<String>| vec![fact.clone().unwrap_or_else(|| "(none)".to_owned())];
        match self {
            GroupBy::Difficulty => or_none(&entry.facts.difficulty),
            GroupBy::Source => or_none(&entry.facts.source),
            GroupBy::Language => vec![entry.language.name().to_owned()],
            GroupBy::Tag if entry.facts.tags.is_empty() => or_none(&None),
            GroupBy::Tag => entry.facts.tags.clone(),
        }
    }
}

/// A group's name, ordered as people order difficulties, and by the alphabet otherwise.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupName {
    rank: usize,
    pub text: String,
}

impl GroupName {
    pub(crate) fn new(text: String) -> GroupName {
        const EASY_TO_HARD: [&str; 6] =
            ["introductory", "easy", "interview", "medium", "competition", "hard"];
        let rank = EASY_TO_HARD.iter().position(|known| text.eq_ignore_ascii_case(known));
        GroupName { rank: rank.unwrap_or(EASY_TO_HARD.len()), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difficulties_go_from_easy_to_hard_and_the_rest_by_the_alphabet() {
        let mut names: Vec<GroupName> = ["hard", "b", "Easy", "a", "medium"]
            .into_iter()
            .map(|name| GroupName::new(name.to_owned()))
            .collect();
        names.sort();
        let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["Easy", "medium", "hard", "a", "b"]);
    }
}
