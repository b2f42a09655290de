//! The scores of a run, as data.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::answer_endings::is_zero;
use super::group::{Group, GroupBy, GroupName, GroupScores};
use super::spent::Generation;
use crate::judge::Judgements;
use crate::judge::verdict::{Judgement, Standing, VerdictKind};
use crate::language::Interpreter;
use crate::problem::{ProblemSet, TaskId};
use crate::stats::{Estimate, Mean, PassAtKError, ProblemCounts, mean, mean_pass_at_k};

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
    /// Scores of groups of problems, where that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Completions that pass by one judging and not by the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagreements: Vec<Disagreement>,
    /// What it took to get the completions, where Karat asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
}

/// The scores by one way of judging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// pass@k for each k, with its interval.
    pub pass_at_k: Vec<Estimate>,
    /// pass@k by the base tests alone, for sets that tell them from tests that were added (EvalPlus).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_pass_at_k: Vec<Estimate>,
    /// APPS's test case average, where all tests ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_case_average: Option<Mean>,
    /// k's that were asked for but not every problem has enough samples for, with the problems that have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<PartialK>,
    /// How many completions got each verdict; verdicts that none got are left out.
    pub verdicts: IndexMap<VerdictKind, u64>,
    /// Completions that were judged in one cell, since their tests can not be sealed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open: u64,
    /// How many completions interpreters ran that are not the usual ones of their languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub interpreters: BTreeMap<Interpreter, u64>,
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

/// Collects verdicts one by one: memory grows with the problems, not with the completions.
#[derive(Debug, Default)]
pub struct VerdictTally {
    tasks: BTreeMap<TaskId, [TaskTally; 2]>,
    verdicts: [BTreeMap<VerdictKind, u64>; 2],
    open: [u64; 2],
    interpreters: [BTreeMap<Interpreter, u64>; 2],
    completions: u64,
    disagreements: Vec<Disagreement>,
    all_tests: bool,
}

/// The counts of one problem's completions under one way of judging.
#[derive(Clone, Copy, Debug, Default)]
struct TaskTally {
    counts: ProblemCounts,
    /// By the base tests alone.
    base: ProblemCounts,
    /// The set tells base tests from others.
    base_apart: bool,
    /// Sum of the completions' shares of tests that passed.
    test_share: f64,
    /// Completions for which not all tests ran, so that their share is not known.
    without_share: u64,
}

impl TaskTally {
    fn add(&mut self, judgement: &Judgement) {
        let standing = judgement.verdict.kind().standing();
        count(&mut self.counts, standing);
        // Where base tests are not told apart, not one test ran (a syntax error, no code), or all are base tests.
        let base_passed = judgement.tests.and_then(|tests| tests.base_passed);
        self.base_apart |= base_passed.is_some();
        count(&mut self.base, if base_passed == Some(true) { Standing::Pass } else { standing });
        match judgement.tests {
            Some(tests) if tests.run == tests.total => {
                self.test_share += f64::from(tests.passed) / f64::from(tests.total);
            }
            Some(_) => self.without_share += 1,
            None => self.test_share += f64::from(u8::from(standing == Standing::Pass)),
        }
    }
}

fn count(counts: &mut ProblemCounts, standing: Standing) {
    counts.samples += 1;
    match standing {
        Standing::Pass => counts.passed += 1,
        Standing::Unknown => counts.unknown += 1,
        Standing::Fail => {}
    }
}

impl VerdictTally {
    /// No verdicts yet. With `all_tests`, where all tests of every completion ran, there is a test case average.
    pub fn new(all_tests: bool) -> VerdictTally {
        VerdictTally { all_tests, ..VerdictTally::default() }
    }

    /// Takes the judgements of one completion.
    pub fn add(&mut self, task_id: &TaskId, sample: u32, judgements: &Judgements) {
        self.completions += 1;
        if !self.tasks.contains_key(task_id) {
            self.tasks.insert(task_id.clone(), Default::default());
        }
        let tallies = self.tasks.get_mut(task_id).expect("it was just put there");
        for (index, judgement) in [judgements.sealed(), judgements.compat()].into_iter().enumerate() {
            let Some(judgement) = judgement else { continue };
            tallies[index].add(judgement);
            *self.verdicts[index].entry(judgement.verdict.kind()).or_default() += 1;
            self.open[index] += u64::from(judgement.open);
            if let Some(interpreter) = judgement.interpreter {
                *self.interpreters[index].entry(interpreter).or_default() += 1;
            }
        }
        if let Judgements::Both { sealed, compat } = judgements {
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
    pub fn summary(&self, ks: &[u64], problems_in_set: u64) -> Result<Summary, PassAtKError> {
        let mut disagreements = self.disagreements.clone();
        disagreements.sort_by(|a, b| (&a.task_id, a.sample).cmp(&(&b.task_id, b.sample)));
        let problems = self.tasks.len() as u64;
        Ok(Summary {
            problems,
            problems_without_completions: problems_in_set.saturating_sub(problems),
            completions: self.completions,
            sealed: self.scores(0, ks)?,
            compat: self.scores(1, ks)?,
            groups: Vec::new(),
            disagreements,
            generation: None,
        })
    }

    fn scores(&self, index: usize, ks: &[u64]) -> Result<Option<Scores>, PassAtKError> {
        if self.verdicts[index].is_empty() {
            return Ok(None);
        }
        let tallies: Vec<&TaskTally> = self.tasks.values().map(|both| &both[index]).collect();
        let mut scores = Scores {
            pass_at_k: Vec::new(),
            base_pass_at_k: Vec::new(),
            test_case_average: self.test_case_average(&tallies),
            partial: Vec::new(),
            verdicts: self.verdicts[index].iter().map(|(kind, count)| (*kind, *count)).collect(),
            open: self.open[index],
            interpreters: self.interpreters[index].clone(),
        };
        for &k in ks {
            let enough = tallies.iter().filter(|tally| tally.counts.samples >= k).count() as u64;
            let left_out = tallies.len() as u64 - enough;
            if left_out > 0 {
                scores.partial.push(PartialK { k, problems: enough, left_out });
            }
            scores.pass_at_k.push(pass_at_k(&tallies, k, |tally| tally.counts)?);
            if tallies.iter().any(|tally| tally.base_apart) {
                scores.base_pass_at_k.push(pass_at_k(&tallies, k, |tally| tally.base)?);
            }
        }
        Ok(Some(scores))
    }

    /// The scores of some of the problems; for a k that none of them has enough samples for there is none.
    fn group(&self, index: usize, task_ids: &[&TaskId], ks: &[u64]) -> Option<GroupScores> {
        if self.verdicts[index].is_empty() {
            return None;
        }
        let tallies: Vec<&TaskTally> =
            task_ids.iter().filter_map(|task_id| self.tasks.get(*task_id)).map(|both| &both[index]).collect();
        let pass_at_k =
            ks.iter().filter_map(|k| pass_at_k(&tallies, *k, |tally| tally.counts).ok()).collect();
        Some(GroupScores { pass_at_k, test_case_average: self.test_case_average(&tallies) })
    }

    /// APPS's test case average: the mean over problems of the mean share of tests that a completion passes. Strict
    /// accuracy, its other metric, is pass@1.
    fn test_case_average(&self, tallies: &[&TaskTally]) -> Option<Mean> {
        // A run in compatible judging can end a problem early whatever is asked for.
        if !self.all_tests || tallies.iter().any(|tally| tally.without_share > 0) {
            return None;
        }
        let shares: Vec<f64> =
            tallies.iter().map(|tally| tally.test_share / tally.counts.samples.max(1) as f64).collect();
        mean(&shares, tallies.iter().map(|tally| tally.counts.samples).sum())
    }
}

fn pass_at_k(
    tallies: &[&TaskTally],
    k: u64,
    counts: impl Fn(&TaskTally) -> ProblemCounts,
) -> Result<Estimate, PassAtKError> {
    let enough: Vec<ProblemCounts> =
        tallies.iter().map(|tally| counts(tally)).filter(|counts| counts.samples >= k).collect();
    mean_pass_at_k(&enough, k)
}

impl Summary {
    /// Adds the scores of groups of problems.
    pub fn grouped(mut self, tally: &VerdictTally, ks: &[u64], by: &[GroupBy], set: &ProblemSet) -> Summary {
        for &by in by {
            let mut groups: BTreeMap<GroupName, Vec<&TaskId>> = BTreeMap::new();
            for (task_id, entry) in set.entries().filter(|(task_id, _)| tally.tasks.contains_key(*task_id)) {
                for name in by.names(entry) {
                    groups.entry(GroupName::new(name)).or_default().push(task_id);
                }
            }
            self.groups.extend(groups.into_iter().map(|(name, task_ids)| Group {
                by,
                name: name.text,
                problems: task_ids.len() as u64,
                sealed: tally.group(0, &task_ids, ks),
                compat: tally.group(1, &task_ids, ks),
            }));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::verdict::{TestCounts, Verdict};

    fn judgement(verdict: Verdict) -> Judgement {
        Judgement::without_execution(verdict)
    }

    fn both(sealed: &Judgement, compat: &Judgement) -> Judgements {
        Judgements::Both { sealed: sealed.clone(), compat: compat.clone() }
    }

    #[test]
    fn unknown_verdicts_bound_the_score_and_disagreements_are_listed() {
        let mut tally = VerdictTally::default();
        let passed = judgement(Verdict::Passed);
        let unsupported = judgement(Verdict::Unsupported { needs: "numpy".into() });
        let exited = judgement(Verdict::Exited { how: "SystemExit: 0".into() });
        let (a, b) = (TaskId::new("a"), TaskId::new("b"));
        tally.add(&b, 0, &both(&unsupported, &unsupported));
        tally.add(&a, 1, &both(&exited, &passed));
        tally.add(&a, 0, &both(&passed, &passed));
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
    fn a_completion_that_ran_no_test_counts_for_the_base_score_too() {
        let counts =
            TestCounts { total: 2, run: 2, passed: 1, unknown: 0, failed: Some(1), base_passed: Some(true) };
        let base_only = Judgement { tests: Some(counts), ..judgement(Verdict::NoCode) };
        let nothing_ran = judgement(Verdict::NoCode);
        let mut tally = VerdictTally::default();
        for (task, sample, one) in [("a", 0, &nothing_ran), ("a", 1, &base_only), ("b", 0, &nothing_ran)] {
            tally.add(&TaskId::new(task), sample, &Judgements::Sealed(one.clone()));
        }
        let sealed = tally.summary(&[1], 2).unwrap().sealed.unwrap();
        assert_eq!((sealed.pass_at_k[0].value, sealed.base_pass_at_k[0].value), (0.0, 0.25));
        assert_eq!(sealed.base_pass_at_k[0].problems, 2);
    }

    #[test]
    fn problems_with_too_few_samples_are_left_out_and_counted() {
        let mut tally = VerdictTally::default();
        let passed = judgement(Verdict::Passed);
        for (task, sample) in [("a", 0), ("a", 1), ("b", 0)] {
            tally.add(&TaskId::new(task), sample, &Judgements::Sealed(passed.clone()));
        }
        let sealed = tally.summary(&[2], 2).unwrap().sealed.unwrap();
        assert_eq!(sealed.partial, [PartialK { k: 2, problems: 1, left_out: 1 }]);
    }
}
