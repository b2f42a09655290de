//! Whether a run is worse than a baseline: the question of CI.

mod alike;
pub mod annotations;
pub mod junit;
pub mod markdown;
mod reasons;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::alike::{NotJudgedAlike, refuse_differences};
pub use self::reasons::Reasons;
pub use super::change::Change;
use super::change::{self, Moved};
use super::results::{Compared, ResultsError, RunResults};
use super::unit::points;
use crate::problem::TaskId;
use crate::record::Difference;
use crate::stats::{Estimate, ProblemCounts, is_significant_at};

/// A drop of the score that is allowed, from 0 to 1. Written in percentage points: `2pp`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Drop(f64);

/// A text that is no drop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DropError {
    /// A number alone.
    #[error("`{0}` has no unit; write {0}pp for percentage points")]
    NoUnit(String),
    /// Per cent are not what it is in.
    #[error(
        "a drop is in percentage points, so that it can not be taken for a share of the score: write {0}pp"
    )]
    Percent(String),
    /// Anything else.
    #[error("`{0}` is no drop of a score; give percentage points from 0pp to 100pp, as in 2pp")]
    Other(String),
}

impl FromStr for Drop {
    type Err = DropError;

    fn from_str(text: &str) -> Result<Drop, DropError> {
        let error = || DropError::Other(text.to_owned());
        let in_range =
            |number: &str| number.trim().parse().is_ok_and(|points: f64| (0.0..=100.0).contains(&points));
        let Some(points) = text.trim().strip_suffix("pp") else {
            let number = text.trim().trim_end_matches(['%', ' ']);
            return Err(match (in_range(number), text.contains('%')) {
                (true, false) => DropError::NoUnit(number.to_owned()),
                (true, true) => DropError::Percent(number.to_owned()),
                (false, _) => error(),
            });
        };
        let points: f64 = points.trim().parse().map_err(|_| error())?;
        if (0.0..=100.0).contains(&points) { Ok(Drop(points / 100.0)) } else { Err(error()) }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As it was written: 7pp is 0.07, and 100 times that is a little more than 7.
        write!(formatter, "{}pp", (self.0 * 1e11).round() / 1e9)
    }
}

/// When a run counts as worse.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegressionRule {
    /// The k of pass@k.
    pub k: u64,
    /// A drop of at most this is allowed.
    pub max_drop: Drop,
    /// A difference is significant if its p-value is below this.
    pub alpha: f64,
}

/// The outcome of a check.
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

/// A problem in the run and in the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemCheck {
    /// The problem.
    pub task_id: TaskId,
    /// Its counts in the baseline.
    pub baseline: Option<ProblemCounts>,
    /// Its counts in the run.
    pub run: Option<ProblemCounts>,
    /// How it changed.
    pub change: Change,
    /// By how much its pass@k changed; nothing where one of the two has fewer than k samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Why a sample of the run failed: verdict and failing test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Why a sample of the run could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<String>,
}

impl ProblemCheck {
    /// How many samples passed and pass, and why not all do: of a problem that could not be judged, why that is.
    pub fn words(&self) -> String {
        let counts = |counts: Option<ProblemCounts>| counts.map_or("not there".to_owned(), change::counts);
        let counts = format!("{} → {}", counts(self.baseline), counts(self.run));
        let why = match self.change {
            Change::Unknown if self.run.is_some_and(|run| run.unknown == 0) => Some("in the baseline"),
            Change::Unknown => self.not_judged.as_deref(),
            Change::StillPassing | Change::NewlyPassing | Change::PassingMoreOften => None,
            _ => self.failure.as_deref().or(self.not_judged.as_deref()),
        };
        why.map_or_else(|| counts.clone(), |why| format!("{counts}; {why}"))
    }

    fn moved(&self) -> Moved {
        Moved {
            task_id: self.task_id.clone(),
            before: self.baseline.unwrap_or_default(),
            now: self.run.unwrap_or_default(),
        }
    }
}

/// The whole check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
    /// The rule.
    pub rule: RegressionRule,
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

/// Checks a run against a baseline. `reasons` tells why samples of the run did not pass.
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
    rule: RegressionRule,
    reasons: &Reasons,
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
            change: Change::of(before, now),
            difference: before.zip(now).and_then(|(before, now)| change::difference(before, now, rule.k)),
            failure: reasons.failed.get(task_id).cloned(),
            not_judged: reasons.not_judged.get(task_id).cloned(),
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

fn judge(compared: &Compared, rule: RegressionRule) -> (Outcome, String) {
    let paired = &compared.paired;
    let (k, Drop(allowed)) = (rule.k, rule.max_drop);
    // Differences are sums of fractions: a drop of exactly what is allowed must not fail by its last bit.
    let exceeds = |difference: f64| difference < -allowed - 1e-12;
    let p = p_value(paired.p_value);
    let change = format!("pass@{k} changed by {} ({p})", points(paired.difference));
    let bounds = [paired.lower_bound, paired.upper_bound].map(exceeds);
    match bounds {
        [false, false] => (Outcome::Passed, format!("{change}; a drop of {} is allowed", rule.max_drop)),
        [true, true] if is_significant_at(rule.alpha, paired.p_value) => (
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

/// A p-value for people: `p = 0.031`, `p < 0.0001`.
pub fn p_value(p: f64) -> String {
    let digits = if p < 0.01 { 4 } else { 3 };
    if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {p:.digits$}") }
}

/// Problems that changed in the same way.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedChange<'a> {
    /// What that way is called.
    pub title: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// The problems, the largest change first.
    pub problems: Vec<&'a ProblemCheck>,
}

impl Check {
    /// The problems that changed in a way, the largest change of their pass@k first.
    pub fn changed(&self, change: Change) -> Vec<&ProblemCheck> {
        let mut changed: Vec<&ProblemCheck> =
            self.problems.iter().filter(|problem| problem.change == change).collect();
        let is_better = matches!(change, Change::NewlyPassing | Change::PassingMoreOften);
        changed.sort_by(|one, other| {
            let (one, other) = (one.moved(), other.moved());
            if is_better { one.by_rise(&other, self.rule.k) } else { one.by_drop(&other, self.rule.k) }
        });
        changed
    }

    /// The problems that are worse, the largest drop first.
    pub fn worse(&self) -> Vec<&ProblemCheck> {
        let mut worse: Vec<&ProblemCheck> =
            self.problems.iter().filter(|problem| problem.change.is_worse()).collect();
        worse.sort_by(|one, other| one.moved().by_drop(&other.moved(), self.rule.k));
        worse
    }

    /// What is named, with what it is called and what that means.
    pub fn named(&self) -> Vec<NamedChange<'_>> {
        let named = [
            Change::NewlyFailing,
            Change::PassingLessOften,
            Change::Unknown,
            Change::NewlyPassing,
            Change::PassingMoreOften,
            Change::New,
            Change::Gone,
        ];
        let named = named.map(|change| NamedChange {
            title: change.title(),
            meaning: change.meaning(),
            problems: self.changed(change),
        });
        named.into_iter().filter(|named| !named.problems.is_empty()).collect()
    }

    /// What a reader has to know of the comparison, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let paired = &self.compared.paired;
        let k = self.rule.k;
        let mut notes = vec![format!(
            "Of {} problems {} are worse, {} better and {} equal by pass@{k}{}.",
            paired.problems,
            paired.lost,
            paired.won,
            paired.tied,
            match paired.undecided {
                0 => String::new(),
                count => format!("; of {count} that hangs on what could not be judged"),
            }
        )];
        let is_small = |problem: &&ProblemCheck| {
            let counts = problem.baseline.zip(problem.run);
            counts.is_some_and(|(before, now)| before.samples < k || now.samples < k)
        };
        let few = self.problems.iter().filter(is_small).count();
        if few > 0 {
            notes.push(format!("Left out of the comparison, having fewer than {k} samples: {few}."));
        }
        notes
    }
}

#[cfg(test)]
mod tests;
