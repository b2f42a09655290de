//! How the result of a problem changed from one run to another.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problem::TaskId;
use crate::stats::{ProblemCounts, pass_at_k};

/// How a problem changed, by how often its samples pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Some sample solved it, and now none does.
    NewlyFailing,
    /// A smaller share of the samples passes than before, but some do.
    PassingLessOften,
    /// A larger share of the samples passes than before, when some did.
    PassingMoreOften,
    /// No sample solved it, and now one does.
    NewlyPassing,
    /// The same share of the samples passes as before, and it is not 0.
    StillPassing,
    /// Solved by none, before and now.
    StillFailing,
    /// That depends on what could not be judged.
    Unknown,
    /// It was not there before.
    New,
    /// It is not there any more.
    Gone,
}

impl Change {
    /// How a problem changed from what it was to what it is.
    pub fn of(before: Option<ProblemCounts>, now: Option<ProblemCounts>) -> Change {
        let (Some(before), Some(now)) = (before, now) else {
            return if before.is_none() { Change::New } else { Change::Gone };
        };
        let least = |counts: ProblemCounts| (counts.passed, counts.samples);
        let most = |counts: ProblemCounts| (counts.passed.saturating_add(counts.unknown), counts.samples);
        let is_known = before.unknown == 0 && now.unknown == 0;
        if before.passed > 0 && most(now).0 == 0 {
            Change::NewlyFailing
        } else if most(before).0 == 0 && now.passed > 0 {
            Change::NewlyPassing
        } else if compare_shares(most(now), least(before)) == Ordering::Less {
            Change::PassingLessOften
        } else if compare_shares(least(now), most(before)) == Ordering::Greater {
            Change::PassingMoreOften
        } else if !is_known {
            Change::Unknown
        } else if now.passed > 0 {
            Change::StillPassing
        } else {
            Change::StillFailing
        }
    }

    /// What it is called where problems are listed.
    pub fn title(self) -> &'static str {
        match self {
            Change::NewlyFailing => "Newly failing",
            Change::PassingLessOften => "Passing less often",
            Change::PassingMoreOften => "Passing more often",
            Change::NewlyPassing => "Newly passing",
            Change::StillPassing => "Still passing",
            Change::StillFailing => "Still failing",
            Change::Unknown => "Could not be judged",
            Change::New => "Not in the baseline",
            Change::Gone => "Only in the baseline",
        }
    }

    /// What that means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Change::NewlyFailing => "At least one sample passed before, and now none does.",
            Change::PassingLessOften => "A smaller share of the samples passes than before, but some do.",
            Change::PassingMoreOften => "A larger share of the samples passes than before, when some did.",
            Change::NewlyPassing => "No sample passed before, and now at least one does.",
            Change::StillPassing => "The same share of the samples passes as before.",
            Change::StillFailing => "No sample passes, before and now.",
            Change::Unknown => "Whether these changed depends on samples without a verdict.",
            Change::New => "The baseline has no samples of these.",
            Change::Gone => "The run has no samples of these.",
        }
    }

    /// Whether it is a change for the worse.
    pub fn is_worse(self) -> bool {
        matches!(self, Change::NewlyFailing | Change::PassingLessOften)
    }
}

/// Compares two shares, each given as part and whole.
fn compare_shares((one, of_one): (u64, u64), (other, of_other): (u64, u64)) -> Ordering {
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    product(one, of_other).cmp(&product(other, of_one))
}

/// By how much pass@k of a problem changed, unknown verdicts counted as failures; nothing where one of the two has
/// fewer than k samples.
pub fn difference(before: ProblemCounts, now: ProblemCounts, k: u64) -> Option<f64> {
    let score = |counts: ProblemCounts| pass_at_k(counts.samples, counts.passed, k).ok();
    Some(score(now)? - score(before)?)
}

/// A problem that changed, with what it was and what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The problem.
    pub task_id: TaskId,
    /// Its counts before.
    pub before: ProblemCounts,
    /// Its counts now.
    pub now: ProblemCounts,
}

impl Moved {
    /// How much more of the samples pass.
    fn rise(&self) -> f64 {
        let share = |counts: ProblemCounts| counts.passed as f64 / counts.samples.max(1) as f64;
        share(self.now) - share(self.before)
    }

    /// The largest drop first, by pass@k and then by the share of the samples that pass.
    pub fn by_drop(&self, other: &Moved, k: u64) -> Ordering {
        self.compare(other, k).then_with(|| self.task_id.cmp(&other.task_id))
    }

    /// The largest rise first, by pass@k and then by the share of the samples that pass.
    pub fn by_rise(&self, other: &Moved, k: u64) -> Ordering {
        other.compare(self, k).then_with(|| self.task_id.cmp(&other.task_id))
    }

    fn compare(&self, other: &Moved, k: u64) -> Ordering {
        let difference = |one: &Moved| difference(one.before, one.now, k).unwrap_or(0.0);
        difference(self).total_cmp(&difference(other)).then_with(|| self.rise().total_cmp(&other.rise()))
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} → {})", self.task_id, counts(self.before), counts(self.now))
    }
}

/// How many samples pass, `3 of 4`, and how many could not be judged.
pub fn counts(counts: ProblemCounts) -> String {
    let ProblemCounts { samples, passed, unknown } = counts;
    match unknown {
        0 => format!("{passed} of {samples}"),
        _ => format!("{passed} of {samples}, {unknown} not judged"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(passed: u64, unknown: u64, samples: u64) -> ProblemCounts {
        ProblemCounts { samples, passed, unknown }
    }

    #[test]
    fn a_change_is_called_what_it_is() {
        use Change::*;
        for (before, now, change) in [
            (of(4, 0, 4), of(1, 0, 4), PassingLessOften),
            (of(4, 0, 4), of(0, 0, 4), NewlyFailing),
            (of(1, 0, 4), of(3, 0, 4), PassingMoreOften),
            (of(0, 0, 4), of(1, 0, 4), NewlyPassing),
            (of(2, 0, 4), of(1, 0, 2), StillPassing),
            (of(2, 0, 4), of(2, 0, 10), PassingLessOften),
            (of(0, 0, 4), of(0, 0, 4), StillFailing),
            (of(4, 0, 4), of(3, 1, 4), Unknown),
            (of(4, 0, 4), of(2, 1, 4), PassingLessOften),
            (of(0, 1, 1), of(1, 0, 1), Unknown),
            (of(1, 0, 1), of(0, 1, 1), Unknown),
        ] {
            assert_eq!(Change::of(Some(before), Some(now)), change, "{before:?} {now:?}");
        }
        assert_eq!(Change::of(None, Some(of(1, 0, 1))), New);
        assert_eq!(Change::of(Some(of(1, 0, 1)), None), Gone);
    }

    #[test]
    fn the_largest_drop_or_rise_comes_first() {
        let moved = |task: &str, before, now| Moved { task_id: TaskId::new(task), before, now };
        let mut all = [
            moved("small", of(4, 0, 4), of(3, 0, 4)),
            moved("b", of(4, 0, 4), of(1, 0, 4)),
            moved("a", of(4, 0, 4), of(1, 0, 4)),
            moved("more", of(1, 0, 4), of(4, 0, 4)),
        ];
        all.sort_by(|one, other| one.by_drop(other, 1));
        assert_eq!(all.each_ref().map(|one| one.task_id.as_str()), ["a", "b", "small", "more"]);
        assert_eq!(all[0].to_string(), "a (4 of 4 → 1 of 4)");
        all.sort_by(|one, other| one.by_rise(other, 1));
        assert_eq!(all.each_ref().map(|one| one.task_id.as_str()), ["more", "small", "a", "b"]);
    }

    proptest! {
        #[test]
        fn what_is_said_holds_whatever_could_not_be_judged(
            (before, now) in (counts_of(), counts_of()), pass_before in any::<bool>(), pass_now in any::<bool>(),
        ) {
            let settled = |counts: ProblemCounts, pass: bool| {
                counts.passed as f64 + if pass { counts.unknown as f64 } else { 0.0 }
            } ;
            let before_share = settled(before, pass_before) / before.samples as f64;
            let now_share = settled(now, pass_now) / now.samples as f64;
            match Change::of(Some(before), Some(now)) {
                Change::NewlyFailing => prop_assert!(before_share > 0.0 && now_share == 0.0),
                Change::PassingLessOften => prop_assert!(now_share < before_share && now.passed + now.unknown > 0),
                Change::PassingMoreOften => prop_assert!(now_share > before_share && before.passed + before.unknown > 0),
                Change::NewlyPassing => prop_assert!(before_share == 0.0 && now_share > 0.0),
                Change::StillPassing => prop_assert!((now_share - before_share).abs() < 1e-12 && now_share > 0.0),
                Change::StillFailing => prop_assert!(before_share == 0.0 && now_share == 0.0),
                Change::Unknown => prop_assert!(before.unknown + now.unknown > 0),
                Change::New | Change::Gone => prop_assert!(false),
            }
        }
    }

    fn counts_of() -> impl Strategy<Value = ProblemCounts> {
        (1_u64..6)
            .prop_flat_map(|samples| (Just(samples), 0..=samples))
            .prop_flat_map(|(samples, passed)| (Just(samples), Just(passed), 0..=samples - passed))
            .prop_map(|(samples, passed, unknown)| ProblemCounts { samples, passed, unknown })
    }
}
