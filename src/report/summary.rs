//! The scores of a run, as data.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::judge::verdict::{Judgement, Standing, VerdictKind};
use crate::problem::TaskId;
use crate::stats::{Estimate, PassAtKError, ProblemCounts, mean_pass_at_k};

/// The scores of a run: derived from its verdicts alone, so that the same verdicts give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Problems that have completions.
    pub problems: u64,
    /// Problems of the set without any completion.
    pub problems_without_completions: u64,
    /// Completions that were judged.
    pub completions: u64,
    /// Scores by sealed judging, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Scores>,
    /// Scores by the upstream harness's rules, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compat: Option<Scores>,
    /// Completions that pass by one judging and not by the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagreements: Vec<Disagreement>,
}

/// The scores by one way of judging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// pass@k for each k, with its interval.
    pub pass_at_k: Vec<Estimate>,
    /// k's that were asked for but not every problem has enough samples for, with the problems that have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<PartialK>,
    /// How many completions got each verdict; verdicts that none got are left out.
    pub verdicts: IndexMap<VerdictKind, u64>,
    /// Completions that were judged in one cell, since their tests can not be sealed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open: u64,
}

/// A k for which only some problems have enough samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialK {
    /// The k.
    pub k: u64,
    /// Problems with at least k samples, on which pass@k was computed.
    pub problems: u64,
    /// Problems with fewer, which were left out.
    pub left_out: u64,
}

/// A completion on which the two judgings disagree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// Its task.
    pub task_id: TaskId,
    /// Its sample index.
    pub sample: u32,
    /// The sealed verdict.
    pub sealed: VerdictKind,
    /// The compatible verdict.
    pub compat: VerdictKind,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Collects verdicts one by one: memory grows with the problems, not with the completions.
#[derive(Debug, Default)]
pub struct Tally {
    tasks: BTreeMap<TaskId, [ProblemCounts; 2]>,
    verdicts: [BTreeMap<VerdictKind, u64>; 2],
    open: [u64; 2],
    completions: u64,
    disagreements: Vec<Disagreement>,
}

impl Tally {
    /// Takes the judgements of one completion.
    pub fn add(
        &mut self,
        task_id: &TaskId,
        sample: u32,
        sealed: Option<&Judgement>,
        compat: Option<&Judgement>,
    ) {
        self.completions += 1;
        if !self.tasks.contains_key(task_id) {
            self.tasks.insert(task_id.clone(), Default::default());
        }
        let counts = self.tasks.get_mut(task_id).expect("it was just put there");
        for (index, judgement) in [sealed, compat].into_iter().enumerate() {
            let Some(judgement) = judgement else { continue };
            let kind = judgement.verdict.kind();
            counts[index].samples += 1;
            match kind.standing() {
                Standing::Pass => counts[index].passed += 1,
                Standing::Unknown => counts[index].unknown += 1,
                Standing::Fail => {}
            }
            *self.verdicts[index].entry(kind).or_default() += 1;
            self.open[index] += u64::from(judgement.open);
        }
        if let (Some(sealed), Some(compat)) = (sealed, compat) {
            let (sealed, compat) = (sealed.verdict.kind(), compat.verdict.kind());
            if sealed.standing() != compat.standing() {
                self.disagreements.push(Disagreement { task_id: task_id.clone(), sample, sealed, compat });
            }
        }
    }

    /// The scores for each k. Problems with fewer than k samples are left out of that k and counted.
    ///
    /// # Errors
    ///
    /// None of the problems has k samples, or k is 0.
    pub fn summary(mut self, ks: &[u64], problems_in_set: u64) -> Result<Summary, PassAtKError> {
        self.disagreements.sort_by(|a, b| (&a.task_id, a.sample).cmp(&(&b.task_id, b.sample)));
        let problems = self.tasks.len() as u64;
        Ok(Summary {
            problems,
            problems_without_completions: problems_in_set.saturating_sub(problems),
            completions: self.completions,
            sealed: self.scores(0, ks)?,
            compat: self.scores(1, ks)?,
            disagreements: self.disagreements,
        })
    }

    fn scores(&self, index: usize, ks: &[u64]) -> Result<Option<Scores>, PassAtKError> {
        if self.verdicts[index].is_empty() {
            return Ok(None);
        }
        let mut scores = Scores {
            pass_at_k: Vec::new(),
            partial: Vec::new(),
            verdicts: self.verdicts[index].iter().map(|(kind, count)| (*kind, *count)).collect(),
            open: self.open[index],
        };
        for &k in ks {
            let enough: Vec<ProblemCounts> = self
                .tasks
                .values()
                .map(|counts| counts[index])
                .filter(|counts| counts.samples >= k)
                .collect();
            let left_out = (self.tasks.len() - enough.len()) as u64;
            if left_out > 0 {
                scores.partial.push(PartialK { k, problems: enough.len() as u64, left_out });
            }
            scores.pass_at_k.push(mean_pass_at_k(&enough, k)?);
        }
        Ok(Some(scores))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::verdict::Verdict;

    fn judgement(verdict: Verdict) -> Judgement {
        Judgement { verdict, fuel: Default::default(), open: false }
    }

    #[test]
    fn unknown_verdicts_bound_the_score_and_disagreements_are_listed() {
        let mut tally = Tally::default();
        let passed = judgement(Verdict::Passed);
        let unsupported = judgement(Verdict::Unsupported { needs: "numpy".into() });
        let exited = judgement(Verdict::Exited { how: "SystemExit: 0".into() });
        let (a, b) = (TaskId::new("a"), TaskId::new("b"));
        tally.add(&b, 0, Some(&unsupported), Some(&unsupported));
        tally.add(&a, 1, Some(&exited), Some(&passed));
        tally.add(&a, 0, Some(&passed), Some(&passed));
        let summary = tally.summary(&[1], 3).unwrap();
        let sealed = summary.sealed.unwrap();
        assert_eq!(sealed.pass_at_k[0].value, 0.25);
        assert_eq!((sealed.pass_at_k[0].lower_bound, sealed.pass_at_k[0].upper_bound), (0.25, 0.75));
        assert_eq!(summary.problems_without_completions, 1);
        assert_eq!(summary.disagreements.len(), 1);
        assert_eq!(
            (summary.disagreements[0].sample, summary.disagreements[0].sealed),
            (1, VerdictKind::Exited)
        );
    }

    #[test]
    fn problems_with_too_few_samples_are_left_out_and_counted() {
        let mut tally = Tally::default();
        let passed = judgement(Verdict::Passed);
        for (task, sample) in [("a", 0), ("a", 1), ("b", 0)] {
            tally.add(&TaskId::new(task), sample, Some(&passed), None);
        }
        let sealed = tally.summary(&[2], 2).unwrap().sealed.unwrap();
        assert_eq!(sealed.partial, [PartialK { k: 2, problems: 1, left_out: 1 }]);
    }
}
