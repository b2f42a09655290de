//! What the cache remembers of compiled guests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::runner::manifest::Fingerprint;

/// What the cache remembers of a runner's compiled guests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallRecord {
    /// Digest of all inputs: packages, guest sources, manifest. Two machines with the same digest run the same guests.
    pub inputs: String,
    /// blake3 of each guest's compiled file, by the guest's name.
    pub compiled: BTreeMap<String, String>,
    /// What they answered to the probe.
    pub fingerprint: Fingerprint,
}

impl InstallRecord {
    /// What tells compiled guests apart.
    pub fn compiled_digests(&self) -> String {
        self.compiled.values().map(String::as_str).collect::<Vec<_>>().join("+")
    }
}
