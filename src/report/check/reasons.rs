//! Why the samples of a run did not pass.

use std::collections::BTreeMap;
use std::path::Path;

use crate::judge::verdict::{Standing, Verdict};
use crate::problem::TaskId;
use crate::record::RunDirectory;
use crate::report::human_eval::reason;
use crate::report::results::ResultsError;
use crate::report::run_name::run_path;

/// Why samples of a run did not pass, one reason a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Why the first sample failed that did.
    pub failed: BTreeMap<TaskId, String>,
    /// Why the first sample could not be judged that was not.
    pub not_judged: BTreeMap<TaskId, String>,
}

impl Reasons {
    /// Those of a run, by its directory or its name. A baseline has none.
    ///
    /// # Errors
    ///
    /// When there is no such run, or it can not be read.
    pub fn of(run: &Path) -> Result<Reasons, ResultsError> {
        let mut reasons = Reasons::default();
        let run = run_path(run)?;
        if !run.is_dir() {
            return Ok(reasons);
        }
        for recorded in RunDirectory::open(run)?.verdicts()? {
            let record = recorded?.record;
            let judgement = record.judgements.counted();
            let of_kind = match judgement.verdict.kind().standing() {
                Standing::Pass => continue,
                Standing::Fail => &mut reasons.failed,
                Standing::Unknown => &mut reasons.not_judged,
            };
            let test = judgement.tests.and_then(|tests| tests.failed);
            let test = test.map(|test| format!(" in test {}", test + 1)).unwrap_or_default();
            let kind = judgement.verdict.kind().name();
            let mut text = format!("{kind}{test}: {}", reason(&judgement.verdict));
            if let Verdict::WrongAnswer(mismatch) = &judgement.verdict
                && let Some(input) = &mismatch.input
            {
                text.push_str(&format!("; input {}", input.trim_end()));
            }
            of_kind.entry(record.task_id).or_insert(text);
        }
        Ok(reasons)
    }
}
