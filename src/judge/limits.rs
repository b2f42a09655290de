//! How much a completion may use, and by which rule.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::problem::Dataset;
use crate::sandbox::{Bytes, CellLimits, Fuel};

/// A completion may burn this many times what the reference solution burns.
pub const REFERENCE_FACTOR: u64 = 10;

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
    /// [`REFERENCE_FACTOR`] times what the reference solution burns.
    Reference,
    /// The fuel of one native second: ten times the reference is less than that.
    Floor,
    /// The data set's own time limit, as fuel.
    DatasetTime,
}

impl Limits {
    /// The limit of a sealed execution: ten times the reference's fuel, but at least one native second's; without a
    /// reference, the data set's time limit.
    pub fn sealed(&self, reference: Option<Fuel>, dataset: Dataset) -> FuelLimit {
        match (self.fuel, reference) {
            (Some(limit), _) => FuelLimit { limit, rule: FuelRule::Given },
            (None, Some(Fuel(burned))) => {
                let ten_times = burned.saturating_mul(REFERENCE_FACTOR);
                if ten_times > Fuel::PER_NATIVE_SECOND.0 {
                    FuelLimit { limit: Fuel(ten_times), rule: FuelRule::Reference }
                } else {
                    FuelLimit { limit: Fuel::PER_NATIVE_SECOND, rule: FuelRule::Floor }
                }
            }
            (None, None) => dataset_time(dataset),
        }
    }

    /// The limit of an execution by the upstream harness's rules: its time limit, as fuel.
    pub fn compat(&self, dataset: Dataset) -> FuelLimit {
        match self.fuel {
            Some(limit) => FuelLimit { limit, rule: FuelRule::Given },
            None => dataset_time(dataset),
        }
    }

    /// The limits of a cell that may burn `fuel`.
    pub fn cell(&self, fuel: Fuel) -> CellLimits {
        // A slow machine under load makes 1 G a second; nothing that works is ever stopped by this.
        let backstop = self.backstop_seconds.unwrap_or(60 + fuel.0 / 1_000_000_000);
        CellLimits { fuel, memory: self.memory, output: self.output, wall: Duration::from_secs(backstop) }
    }
}

fn dataset_time(dataset: Dataset) -> FuelLimit {
    FuelLimit { limit: Fuel(dataset.seconds() * Fuel::PER_NATIVE_SECOND.0), rule: FuelRule::DatasetTime }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_sets_the_limit_above_one_native_second() {
        let limits = Limits::default();
        assert_eq!(limits.sealed(Some(Fuel(1000)), Dataset::HumanEval).rule, FuelRule::Floor);
        assert_eq!(limits.sealed(Some(Fuel(1000)), Dataset::HumanEval).limit, Fuel::PER_NATIVE_SECOND);
        let heavy = Fuel::PER_NATIVE_SECOND;
        assert_eq!(
            limits.sealed(Some(heavy), Dataset::HumanEval),
            FuelLimit { limit: Fuel(heavy.0 * 10), rule: FuelRule::Reference }
        );
        assert_eq!(limits.sealed(None, Dataset::HumanEval).limit, Fuel(3 * Fuel::PER_NATIVE_SECOND.0));
    }

    #[test]
    fn a_given_limit_stands_for_every_execution() {
        let limits = Limits { fuel: Some(Fuel(7)), ..Limits::default() };
        assert_eq!(limits.sealed(Some(Fuel(u64::MAX)), Dataset::HumanEval).limit, Fuel(7));
        assert_eq!(limits.compat(Dataset::HumanEval).limit, Fuel(7));
    }
}
