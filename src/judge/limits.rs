//! How much a completion may use, and by which rule.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::problem::{Dataset, ProblemLimits};
use crate::sandbox::{Bytes, CellLimits, Fuel};
use crate::shown;

/// A completion may burn this many times what the reference solution burns.
pub const REFERENCE_FACTOR: u64 = 10;

/// Less fuel than this ends every program before it begins.
pub const LEAST_FUEL: Fuel = Fuel(100_000);

/// A fuel limit within which no program begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no program begins with so little; is {}G meant? 30G are about a second", given.0)]
pub struct LittleFuel {
    /// The limit that was given.
    pub given: Fuel,
}

/// The limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A fuel limit for every execution, in place of the rules.
    pub fuel: Option<Fuel>,
    /// Memory of a cell.
    pub memory: Bytes,
    /// What a cell may write to standard output and standard error.
    pub output: Bytes,
    /// Wall-clock backstop, in seconds; without it, one that grows with the fuel limit.
    pub backstop_seconds: Option<u64>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { fuel: None, memory: Bytes::mebi(512), output: Bytes::mebi(1), backstop_seconds: None }
    }
}

impl Limits {
    /// In words, those of these limits that are others than `beside`.
    pub fn where_they_differ(&self, beside: &Limits) -> Vec<String> {
        let mut said = Vec::new();
        if self.fuel != beside.fuel {
            let giga = |Fuel(fuel)| format!("{} G of fuel", fuel as f64 / 1e9);
            said.push(self.fuel.map_or_else(|| "fuel by the rules".to_owned(), giga));
        }
        if self.memory != beside.memory {
            said.push(format!("{} of memory", shown::bytes(self.memory.0)));
        }
        if self.output != beside.output {
            said.push(format!("{} of output", shown::bytes(self.output.0)));
        }
        if self.backstop_seconds != beside.backstop_seconds {
            let seconds = |seconds| format!("a backstop of {seconds} s");
            said.push(self.backstop_seconds.map_or_else(|| "a backstop by the fuel".to_owned(), seconds));
        }
        said
    }

    /// Refuses a fuel limit that ends every program before it begins.
    ///
    /// # Errors
    ///
    /// When one is given, and it is so small.
    pub fn refuse_little_fuel(&self) -> Result<(), LittleFuel> {
        match self.fuel {
            Some(given) if given < LEAST_FUEL => Err(LittleFuel { given }),
            _ => Ok(()),
        }
    }

    /// Those within which reference solutions are measured, whatever the limits of a run are: what is found out is
    /// kept, for runs with other limits, too. They are wide, so that little is stopped that a run may want to allow.
    /// Fuel goes by the data set's time limit.
    pub const OF_REFERENCES: Limits =
        Limits { fuel: None, memory: Bytes::mebi(1024), output: Bytes::mebi(16), backstop_seconds: None };
}

/// A fuel limit and why it is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuelLimit {
    /// The limit.
    pub limit: Fuel,
    /// The rule that gave it.
    pub rule: FuelRule,
}

/// The rules that give a fuel limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuelRule {
    /// Given by the user.
    Given,
    /// Set by the problem itself.
    Problem,
    /// [`REFERENCE_FACTOR`] times what the reference solution burns.
    Reference,
    /// The time limit of the problem or of the data set, as fuel.
    Time,
}

impl Limits {
    /// The limit of a sealed execution of one test: the problem's own fuel; else the time limit of the problem or of
    /// its set, or ten times the reference's fuel on that test if that is more. A second of native work burns
    /// `native_second`.
    pub fn sealed(
        &self,
        problem: &ProblemLimits,
        reference: Option<Fuel>,
        dataset: Dataset,
        native_second: Fuel,
    ) -> FuelLimit {
        match (self.fuel, problem.fuel, reference) {
            (Some(limit), _, _) => FuelLimit { limit, rule: FuelRule::Given },
            (None, Some(limit), _) => FuelLimit { limit, rule: FuelRule::Problem },
            (None, None, reference) => {
                let of_set = if reference.is_some() { dataset.least_seconds() } else { dataset.seconds() };
                let seconds = problem.seconds.unwrap_or(of_set as f64);
                let time = FuelLimit { limit: native_second.times(seconds), rule: FuelRule::Time };
                let burned = reference.map_or(0, |Fuel(burned)| burned.saturating_mul(REFERENCE_FACTOR));
                let reference = FuelLimit { limit: Fuel(burned), rule: FuelRule::Reference };
                if reference.limit > time.limit { reference } else { time }
            }
        }
    }

    /// The limit of an execution by the upstream harness's rules: this many seconds, as fuel.
    pub fn upstream(&self, seconds: u64, native_second: Fuel) -> FuelLimit {
        match self.fuel {
            Some(limit) => FuelLimit { limit, rule: FuelRule::Given },
            None => FuelLimit { limit: native_second.times(seconds as f64), rule: FuelRule::Time },
        }
    }

    /// The limits of a cell that may burn `fuel` and take as much memory as the problem says, if it does. It may write
    /// twice the longest output that is expected.
    pub fn cell(&self, fuel: Fuel, memory: Option<Bytes>, longest_expected: usize) -> CellLimits {
        // A slow machine under load makes 1 G a second; nothing that works is ever stopped by this.
        let backstop = self.backstop_seconds.unwrap_or(60 + fuel.0 / 1_000_000_000);
        let memory = memory.unwrap_or(self.memory);
        let output = self.output.max(Bytes(2 * longest_expected as u64));
        CellLimits { fuel, memory, output, wall: Duration::from_secs(backstop) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Fuel = Fuel(30_000_000_000);
    const NO_LIMITS: ProblemLimits = ProblemLimits { fuel: None, seconds: None, memory: None };

    #[test]
    fn the_limit_is_the_larger_of_the_sets_time_and_ten_times_the_reference() {
        let limits = Limits::default();
        let sealed = |reference| limits.sealed(&NO_LIMITS, reference, Dataset::HumanEval, SECOND);
        let three_seconds = SECOND.times(3.0);
        assert_eq!(sealed(None), FuelLimit { limit: three_seconds, rule: FuelRule::Time });
        assert_eq!(sealed(Some(Fuel(1000))), FuelLimit { limit: three_seconds, rule: FuelRule::Time });
        let heavy = SECOND;
        assert_eq!(sealed(Some(heavy)), FuelLimit { limit: Fuel(heavy.0 * 10), rule: FuelRule::Reference });
        // Karat's own sets have no time limit.
        let own = |reference| limits.sealed(&NO_LIMITS, reference, Dataset::Karat, SECOND).limit;
        assert_eq!((own(Some(Fuel(1))), own(None)), (SECOND, SECOND.times(10.0)));
    }

    #[test]
    fn twice_the_longest_expected_output_can_be_written() {
        let output = |expected| Limits::default().cell(Fuel(1), None, expected).output;
        assert_eq!(output(1000), Bytes::mebi(1));
        assert_eq!(output(3 << 20), Bytes::mebi(6));
    }

    #[test]
    fn a_problem_can_set_its_own_limits() {
        let limits = Limits::default();
        let own = ProblemLimits { fuel: Some(Fuel(5)), seconds: Some(0.5), memory: None };
        assert_eq!(limits.sealed(&own, Some(Fuel(1)), Dataset::Karat, SECOND).rule, FuelRule::Problem);
        let timed = ProblemLimits { fuel: None, ..own };
        let expected = FuelLimit { limit: SECOND.times(0.5), rule: FuelRule::Time };
        assert_eq!(limits.sealed(&timed, None, Dataset::Karat, SECOND), expected);
    }

    #[test]
    fn a_limit_with_which_nothing_begins_is_refused() {
        let refused = |fuel| Limits { fuel, ..Limits::default() }.refuse_little_fuel();
        assert_eq!(refused(None), Ok(()));
        assert_eq!(refused(Some(LEAST_FUEL)), Ok(()));
        let error = refused(Some(Fuel(30))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no program begins with so little; is 30G meant? 30G are about a second"
        );
    }

    #[test]
    fn a_given_limit_stands_for_every_execution() {
        let limits = Limits { fuel: Some(Fuel(7)), ..Limits::default() };
        assert_eq!(
            limits.sealed(&NO_LIMITS, Some(Fuel(u64::MAX)), Dataset::HumanEval, SECOND).limit,
            Fuel(7)
        );
        assert_eq!(limits.upstream(4, SECOND).limit, Fuel(7));
    }
}
