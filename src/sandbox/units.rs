//! What limits are measured in.

use serde::{Deserialize, Serialize};

/// An amount of fuel: about one unit for every WebAssembly instruction. The same program on the same input burns the
/// same fuel on every run and every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fuel(pub u64);

impl Fuel {
    /// What one second of native CPython is worth.
    ///
    /// The 164 reference programs of HumanEval burn 5.5 G of fuel and take 0.18 s in one native CPython 3.11 process
    /// on an x86-64 server core of 2026, so a second there is 31 G. The figure sets the scale of limits and of the
    /// guest's clock; what a program burns does not depend on it.
    pub const PER_NATIVE_SECOND: Fuel = Fuel(30_000_000_000);

    /// What so many seconds of native CPython are worth.
    pub fn of_seconds(seconds: f64) -> Fuel {
        Fuel((seconds * Fuel::PER_NATIVE_SECOND.0 as f64) as u64) // saturates, and NaN is 0
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// As many mebibytes.
    pub const fn mebi(count: u64) -> Bytes {
        Bytes(count << 20)
    }

    /// As a size in memory; more than there can be becomes the most there can be.
    pub fn as_size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl From<usize> for Bytes {
    fn from(size: usize) -> Bytes {
        Bytes(size as u64)
    }
}
