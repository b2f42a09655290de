//! The measure of work.

use serde::{Deserialize, Serialize};

/// An amount of fuel: about one unit for every WebAssembly instruction. The same program on the same input burns the
/// same fuel on every run and every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fuel(pub u64);
