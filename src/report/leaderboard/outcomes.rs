//! The samples of a run by problem and verdict, with why.

use std::collections::BTreeMap;

use crate::judge::verdict::{Judgement, VerdictKind};
use crate::problem::TaskId;
use crate::report::open_reason::open_reason;
use crate::report::site::{Outcome, shorten};

/// Longer reasons are cut, in characters.
const LONGEST_REASON: usize = 160;

/// How many reasons for one verdict on a problem's samples are told apart; the rest counts as one more.
const MOST_REASONS: usize = 8;

/// The samples of a run, as they are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcomes(BTreeMap<TaskId, Vec<Collected>>);

/// The samples of a problem with one verdict.
#[derive(Clone, Debug)]
struct Collected {
    verdict: VerdictKind,
    samples: Vec<u32>,
    /// The reasons in the order in which they came, and how many samples have each.
    reasons: Vec<(String, u64)>,
    has_more_reasons: bool,
}

impl Outcomes {
    /// Takes a sample.
    pub(super) fn add(&mut self, task_id: &TaskId, sample: u32, judgement: &Judgement) {
        let of_problem = match self.0.get_mut(task_id) {
            Some(of_problem) => of_problem,
            None => self.0.entry(task_id.clone()).or_default(),
        };
        let verdict = judgement.verdict.kind();
        let reason = shorten(&open_reason(judgement), LONGEST_REASON);
        match of_problem.iter_mut().find(|one| one.verdict == verdict) {
            Some(one) => {
                one.samples.push(sample);
                match one.reasons.iter().position(|(known, _)| *known == reason) {
                    Some(place) => one.reasons[place].1 += 1,
                    None if one.reasons.len() < MOST_REASONS => one.reasons.push((reason, 1)),
                    None => one.has_more_reasons = true,
                }
            }
            None => of_problem.push(Collected {
                verdict,
                samples: vec![sample],
                reasons: vec![(reason, 1)],
                has_more_reasons: false,
            }),
        }
    }

    /// Those of a problem, by verdict.
    pub(super) fn of(&self, task_id: &TaskId) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = self
            .0
            .get(task_id)
            .into_iter()
            .flatten()
            .map(|one| {
                // Of equally frequent ones the first.
                let most = one.reasons.iter().rev().max_by_key(|(_, count)| *count);
                let mut samples = one.samples.clone();
                samples.sort_unstable();
                Outcome {
                    verdict: one.verdict,
                    samples,
                    reason: most.map(|(reason, _)| reason.clone()).unwrap_or_default(),
                    other_reasons: one.reasons.len() as u64 - 1 + u64::from(one.has_more_reasons),
                }
            })
            .collect();
        outcomes.sort_unstable_by_key(|one| one.verdict);
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::verdict::{Raised, Verdict};

    #[test]
    fn samples_of_a_verdict_stand_together_with_the_most_frequent_reason() {
        let raised = |exception: &str| {
            let raised = Raised { exception: exception.into(), message: "secret".into(), location: None };
            Judgement::without_execution(Verdict::Exception(raised))
        };
        let task_id = TaskId::new("t");
        let mut outcomes = Outcomes::default();
        for (sample, exception) in ["KeyError", "TypeError", "TypeError"].into_iter().enumerate() {
            outcomes.add(&task_id, sample as u32, &raised(exception));
        }
        outcomes.add(&task_id, 3, &Judgement::without_execution(Verdict::Passed));
        let [passed, failed] = outcomes.of(&task_id).try_into().unwrap();
        assert_eq!((passed.verdict, passed.samples), (VerdictKind::Passed, vec![3]));
        assert_eq!((failed.samples, failed.reason.as_str()), (vec![0, 1, 2], "TypeError"));
        assert_eq!(failed.other_reasons, 1);
        assert!(outcomes.of(&TaskId::new("u")).is_empty());
    }
}
