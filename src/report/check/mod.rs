//! Whether a run is worse than a baseline: the question of CI.

pub mod annotations;
pub mod junit;
pub mod markdown;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::results::{Compared, ResultsError, RunResults};
use crate::problem::TaskId;
use crate::record::Difference;
use crate::stats::{Estimate, ProblemCounts};

/// A drop of the score that is allowed, from 0 to 1. Written in percentage points: `2pp`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Drop(f64);

/// A text that is no drop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no drop of a score; give percentage points from 0pp to 100pp, as in 2pp")]
pub struct DropError(String);

impl FromStr for Drop {
    type Err = DropError;

    fn from_str(text: &str) -> Result<Drop, DropError> {
        let error = || DropError(text.to_owned());
        let points = text.trim().strip_suffix("pp").ok_or_else(error)?;
        let points: f64 = points.trim().parse().map_err(|_| error())?;
        if (0.0..=100.0).contains(&points) { Ok(Drop(points / 100.0)) } else { Err(error()) }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}pp", self.0 * 100.0)
    }
}

/// When a run counts as worse.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The k of pass@k.
    pub k: u64,
    /// A drop of at most this is allowed.
    pub max_drop: Drop,
    /// A difference is significant if its p-value is below this.
    pub alpha: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The score did not drop by more than is allowed.
    Passed,
    /// It did, and that is not chance.
    Regressed,
    /// It did, but that may be chance; or what could not be judged decides.
    Inconclusive,
}

impl Outcome {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Regressed => "regressed",
            Outcome::Inconclusive => "inconclusive",
        }
    }
}

/// How a problem changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Some sample solved it, and now none does.
    NewlyFailing,
    /// No sample solved it, and now one does.
    NewlyPassing,
    /// Solved by some sample, before and now.
    StillPassing,
    /// Solved by none, before and now.
    StillFailing,
    /// What could not be judged decides.
    Unknown,
    /// The baseline does not have it.
    New,
    /// The run does not have it.
    Gone,
}

/// A problem in the run and in the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemCheck {
    /// The problem.
    pub task_id: TaskId,
    /// What came of it in the baseline.
    pub baseline: Option<ProblemCounts>,
    /// What came of it in the run.
    pub run: Option<ProblemCounts>,
    /// How it changed.
    pub change: Change,
    /// Why a sample of the run did not pass: verdict and failing test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The whole check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What came of it.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
    /// The rule.
    pub rule: Rule,
    /// What the run is called.
    pub run: String,
    /// What the baseline is called.
    pub baseline: String,
    /// The run's score.
    pub run_score: Option<Estimate>,
    /// The baseline's score.
    pub baseline_score: Option<Estimate>,
    /// The comparison.
    pub compared: Compared,
    /// In what the two were judged differently, where that was allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Every problem.
    pub problems: Vec<ProblemCheck>,
}

/// Checks a run against a baseline. `failures` tells why a problem's sample failed.
///
/// The run regressed if its score dropped by more than is allowed and the difference is significant: p below alpha, by
/// the paired test of [`compare_paired`](crate::stats::compare_paired). If it dropped by more than is allowed but not
/// significantly, or only if what could not be judged were failures, the check is inconclusive.
///
/// # Errors
///
/// When the two have no problem in common.
pub fn check(
    baseline: &RunResults,
    run: &RunResults,
    rule: Rule,
    failures: &BTreeMap<TaskId, String>,
) -> Result<Check, ResultsError> {
    let compared = baseline.compare(run, rule.k)?;
    let (outcome, reason) = judge(&compared, rule);
    let mut task_ids: Vec<&TaskId> = baseline.problems.keys().chain(run.problems.keys()).collect();
    task_ids.sort_unstable();
    task_ids.dedup();
    let problems = task_ids.into_iter().map(|task_id| {
        let (before, now) = (baseline.problems.get(task_id).copied(), run.problems.get(task_id).copied());
        ProblemCheck {
            task_id: task_id.clone(),
            baseline: before,
            run: now,
            change: change(before, now),
            failure: failures.get(task_id).cloned(),
        }
    });
    Ok(Check {
        outcome,
        reason,
        rule,
        run: run.title(),
        baseline: baseline.title(),
        run_score: run.pass_at_k(rule.k),
        baseline_score: baseline.pass_at_k(rule.k),
        differences: baseline.differences(run),
        problems: problems.collect(),
        compared,
    })
}

fn judge(compared: &Compared, rule: Rule) -> (Outcome, String) {
    let paired = &compared.paired;
    let (k, Drop(allowed)) = (rule.k, rule.max_drop);
    // Differences are sums of fractions: a drop of exactly what is allowed must not fail by its last bit.
    let exceeds = |difference: f64| difference < -allowed - 1e-12;
    let points = |difference: f64| format!("{:+.1} pp", difference * 100.0);
    let p = p_value(paired.p_value);
    let change = format!("pass@{k} changed by {} ({p})", points(paired.difference));
    let bounds = [paired.lower_bound, paired.upper_bound].map(exceeds);
    match bounds {
        [false, false] => (Outcome::Passed, format!("{change}; a drop of {} is allowed", rule.max_drop)),
        [true, true] if paired.p_value < rule.alpha => (
            Outcome::Regressed,
            format!("{change}, more than the allowed drop of {} and not chance", rule.max_drop),
        ),
        [true, true] => {
            let needed = match (paired.samples_needed, paired.problems_needed) {
                (Some(samples), _) => format!("; {samples} samples a problem would tell"),
                (None, Some(problems)) => format!("; {problems} problems would tell"),
                (None, None) => String::new(),
            };
            (
                Outcome::Inconclusive,
                format!(
                    "{change}, more than the allowed drop of {}, but it may be chance{needed}",
                    rule.max_drop
                ),
            )
        }
        _ => (
            Outcome::Inconclusive,
            format!(
                "pass@{k} changed by {} to {}, since some completions could not be judged; a drop of {} is allowed",
                points(paired.lower_bound),
                points(paired.upper_bound),
                rule.max_drop
            ),
        ),
    }
}

fn change(before: Option<ProblemCounts>, now: Option<ProblemCounts>) -> Change {
    let (Some(before), Some(now)) = (before, now) else {
        return if before.is_none() { Change::New } else { Change::Gone };
    };
    // Whether some sample passes, if that is known.
    let solved = |counts: ProblemCounts| match counts {
        ProblemCounts { passed: 1.., .. } => Some(true),
        ProblemCounts { unknown: 1.., .. } => None,
        _ => Some(false),
    };
    match (solved(before), solved(now)) {
        (Some(true), Some(false)) => Change::NewlyFailing,
        (Some(false), Some(true)) => Change::NewlyPassing,
        (_, Some(true)) => Change::StillPassing,
        (Some(false), Some(false)) => Change::StillFailing,
        _ => Change::Unknown,
    }
}

/// A p-value for people: `p = 0.031`, `p < 0.0001`.
pub fn p_value(p: f64) -> String {
    let digits = if p < 0.01 { 4 } else { 3 };
    if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {p:.digits$}") }
}

impl Check {
    /// The problems that changed in a way.
    pub fn changed(&self, change: Change) -> impl Iterator<Item = &ProblemCheck> {
        self.problems.iter().filter(move |problem| problem.change == change)
    }
}

#[cfg(test)]
mod tests;
