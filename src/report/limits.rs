//! The limits of a run in words.

use crate::judge::limits::{Limits, REFERENCE_FACTOR};
use crate::judge::verdict::Judging;
use crate::record::RunManifest;
use crate::runner::recipe::Recipe;
use crate::runner::table::RECIPES;
use crate::sandbox::{Bytes, Fuel};

/// The limits of a run, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitTexts {
    /// Fuel, or the rule that gives it.
    pub fuel: String,
    /// Memory.
    pub memory: String,
    /// Output, and that there may be more where a test expects much.
    pub output: String,
}

impl LimitTexts {
    /// The limits in the manifest of a run.
    pub fn of(manifest: &RunManifest) -> LimitTexts {
        let limits = &manifest.limits;
        LimitTexts {
            fuel: limits
                .fuel
                .map_or_else(|| by_rule(limits, manifest), |fuel| format!("{} of fuel", giga(fuel))),
            memory: format!("{} MiB", limits.memory.0 >> 20),
            output: format!("{}, or twice the longest that a test expects", size(limits.output)),
        }
    }
}

fn by_rule(limits: &Limits, manifest: &RunManifest) -> String {
    // Of several runners, or one that this version does not have, the first of all speaks.
    let recipe = Recipe::named(&manifest.runner.name).unwrap_or(&RECIPES[0]);
    let native_second = recipe.native_second;
    let seconds = manifest.problems.dataset.seconds();
    let least = manifest.problems.dataset.least_seconds();
    let sealed = format!(
        "{REFERENCE_FACTOR} × the reference's fuel, at least {} (the time limit of {least} s, or the problem's own)",
        giga(native_second.times(least as f64))
    );
    let compat = giga(limits.upstream(seconds, native_second).limit);
    let compat = format!("{compat} of fuel (the data set's time limit of {seconds} s)");
    match manifest.judging {
        Judging::Sealed => sealed,
        Judging::Compat => compat,
        Judging::Both => format!("sealed {sealed}; compat {compat}"),
    }
}

/// A number of bytes, for people.
pub fn size(bytes: Bytes) -> String {
    match bytes.0 {
        bytes if bytes > 0 && bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        bytes => format!("{} KiB", bytes >> 10),
    }
}

fn giga(fuel: Fuel) -> String {
    format!("{} G", fuel.0 as f64 / 1e9)
}
