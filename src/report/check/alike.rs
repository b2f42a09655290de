//! Whether a run and its baseline were judged so that their scores compare.

use std::path::{Path, PathBuf};

use crate::record::Difference;
use crate::report::results::RunResults;

/// A run and a baseline whose scores do not compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} and {} were not judged alike, so that their scores do not compare:{}\nMake a new baseline with `karat \
     baseline`, or compare all the same with --allow-differences",
    baseline.display(),
    run.display(),
    lines(differences)
)]
pub struct NotJudgedAlike {
    /// Where the baseline is.
    pub baseline: PathBuf,
    /// Where the run is.
    pub run: PathBuf,
    /// In what they differ.
    pub differences: Vec<Difference>,
}

fn lines(differences: &[Difference]) -> String {
    let line = |difference: &Difference| {
        let Difference { what, one, other } = difference;
        format!("\n  {what}: {one} in the baseline, {other} in the run")
    };
    differences.iter().map(line).collect()
}

/// Refuses a run and a baseline that were judged with other problems, runner, rules or limits.
///
/// # Errors
///
/// When they were.
pub fn refuse_differences(
    (baseline, before): (&Path, &RunResults),
    (run, now): (&Path, &RunResults),
) -> Result<(), NotJudgedAlike> {
    let differences = before.differences(now);
    if differences.is_empty() {
        return Ok(());
    }
    Err(NotJudgedAlike { baseline: baseline.to_owned(), run: run.to_owned(), differences })
}
