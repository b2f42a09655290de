//! EvalPlus's results, read as those of a run.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{PASS, TIMEOUT};
use crate::judge::limits::Limits;
use crate::judge::verdict::{Judging, VerdictKind};
use crate::problem::{Dataset, TaskId};
use crate::record::{FORMAT, ProblemSetIdentity, RunManifest, RunnerIdentity, SamplesIdentity};
use crate::stats::ProblemCounts;
use crate::value::json::without_nan;

/// How results of EvalPlus name what executed the programs.
const RUNNER: &str = "EvalPlus";

/// How the names of its files end, before `.json`.
const ENDING: &str = "eval_results";

/// Why a file is not read as EvalPlus's results.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON of that shape.
    #[error(
        "not EvalPlus's results: `eval` has a list of objects with `base_status` and `plus_status` for each task"
    )]
    Shape(#[source] serde_json::Error),
    /// It has no results.
    #[error("EvalPlus's results of no sample; give those of a run that evaluated some")]
    Empty,
}

/// What a file of results says.
#[derive(Debug, PartialEq)]
pub struct UpstreamResults {
    /// What it is called: its name without what all of them end in.
    pub name: String,
    /// What was asked, where the file says that.
    pub manifest: RunManifest,
    /// The counts of each problem. A sample passed if it passed all tests that were run.
    pub problems: BTreeMap<TaskId, ProblemCounts>,
    /// How many samples ended how.
    pub verdicts: BTreeMap<VerdictKind, u64>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    hash: Option<String>,
    eval: BTreeMap<TaskId, Vec<Row>>,
}

#[derive(Deserialize)]
struct Row {
    base_status: Option<String>,
    /// Nothing where the base tests alone were run.
    #[serde(default)]
    plus_status: Option<String>,
}

impl Row {
    fn kind(&self) -> VerdictKind {
        let statuses = [self.base_status.as_deref(), self.plus_status.as_deref().or(Some(PASS))];
        if statuses.iter().all(|status| *status == Some(PASS)) {
            VerdictKind::Passed
        } else if statuses.contains(&Some(TIMEOUT)) {
            VerdictKind::OutOfFuel
        } else {
            // An exception is not told from a wrong answer.
            VerdictKind::WrongAnswer
        }
    }
}

/// Whether a JSON file looks like EvalPlus's results.
pub fn is_results(content: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Shape {
        #[serde(rename = "eval")]
        _eval: BTreeMap<TaskId, IgnoredAny>,
    }
    let text = String::from_utf8_lossy(content);
    let finite = without_nan(&text);
    serde_json::from_str::<Shape>(finite.as_deref().unwrap_or(&text)).is_ok()
}

impl UpstreamResults {
    /// Reads the content of a file of that name.
    ///
    /// # Errors
    ///
    /// When it is not of the shape that EvalPlus has written since 0.2, or has no sample.
    pub fn read(path: &Path, content: &[u8]) -> Result<UpstreamResults, ReadError> {
        // Python writes failing inputs that are no numbers of JSON. They are not looked at.
        let text = String::from_utf8_lossy(content);
        let finite = without_nan(&text);
        let file: File =
            serde_json::from_str(finite.as_deref().unwrap_or(&text)).map_err(ReadError::Shape)?;
        let mut problems = BTreeMap::new();
        let mut verdicts: BTreeMap<VerdictKind, u64> = BTreeMap::new();
        for (task_id, rows) in file.eval.iter().filter(|(_, rows)| !rows.is_empty()) {
            let kinds: Vec<VerdictKind> = rows.iter().map(Row::kind).collect();
            let passed = kinds.iter().filter(|kind| **kind == VerdictKind::Passed).count() as u64;
            let counts = ProblemCounts { samples: rows.len() as u64, passed, unknown: 0 };
            problems.insert(task_id.clone(), counts);
            kinds.into_iter().for_each(|kind| *verdicts.entry(kind).or_default() += 1);
        }
        let Some(first) = problems.keys().next() else { return Err(ReadError::Empty) };
        let (set, dataset) = if first.as_str().starts_with("Mbpp/") {
            ("MBPP+", Dataset::MbppPlus)
        } else {
            ("HumanEval+", Dataset::HumanEvalPlus)
        };
        let name = name_of(path);
        let count = problems.values().map(|counts| counts.samples).sum();
        let manifest = RunManifest {
            format: FORMAT,
            karat_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: Some(name.clone()),
            command: Vec::new(),
            problems: ProblemSetIdentity {
                name: set.to_owned(),
                dataset,
                path: String::new(),
                digest: file.hash.map(|hash| format!("md5 {hash}")).unwrap_or_default(),
                from: None,
                to: None,
            },
            samples: SamplesIdentity { path: None, digest: String::new(), count },
            model: None,
            date: file.date.and_then(|date| date.get(..10)?.parse::<Date>().ok()),
            runner: RunnerIdentity { name: RUNNER.to_owned(), digest: String::new() },
            judging: Judging::Compat,
            all_tests: false,
            limits: Limits::default(),
            ks: Vec::new(),
            seed: 0,
        };
        Ok(UpstreamResults { name, manifest, problems, verdicts })
    }

    /// The name of the harness, if a manifest is one of its results.
    pub fn harness(manifest: &RunManifest) -> Option<&str> {
        (manifest.runner.name == RUNNER).then_some(RUNNER)
    }
}

/// `gpt-5` of `gpt-5_eval_results.json`, and of `gpt-5/eval_results.json`.
fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.strip_suffix(ENDING).map_or(&*stem, |before| before.trim_end_matches('_'));
    let folder = || path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match stem {
        "" => folder().unwrap_or_else(|| ENDING.to_owned()),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<UpstreamResults, String> {
        UpstreamResults::read(Path::new("models/gpt_eval_results.json"), text.as_bytes())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_sample_passes_if_it_passes_all_tests_that_were_run() {
        let text = r#"{"date": "2025-11-30 12:30", "hash": "abc", "eval": {"HumanEval/0": [
            {"task_id": "HumanEval/0", "solution": "x", "base_status": "pass", "plus_status": "pass"},
            {"base_status": "pass", "plus_status": "fail", "base_fail_tests": [], "plus_fail_tests": [[NaN, "NaN"]]},
            {"base_status": "timeout", "plus_status": null}, {"base_status": "pass", "plus_status": null}
        ], "HumanEval/1": []}}"#;
        assert!(is_results(text.as_bytes()));
        let results = read(text).unwrap();
        assert_eq!(results.name, "gpt");
        assert_eq!(results.manifest.problems.digest, "md5 abc");
        assert_eq!(results.manifest.date.unwrap().to_string(), "2025-11-30");
        let counts = ProblemCounts { samples: 4, passed: 2, unknown: 0 };
        assert_eq!(results.problems, BTreeMap::from([("HumanEval/0".into(), counts)]));
        let kinds = [(VerdictKind::Passed, 2), (VerdictKind::WrongAnswer, 1), (VerdictKind::OutOfFuel, 1)];
        assert_eq!(results.verdicts, BTreeMap::from(kinds));
        assert_eq!(UpstreamResults::harness(&results.manifest), Some("EvalPlus"));
    }

    #[test]
    fn what_is_something_else_is_said_to_be() {
        assert!(!is_results(b"{\"baseline_format\": 1}"));
        assert!(read(r#"{"eval": {"T/0": {"base": []}}}"#).unwrap_err().contains("`base_status`"));
        assert!(read(r#"{"eval": {}}"#).unwrap_err().contains("of no sample"));
        assert_eq!(name_of(Path::new("/models/gpt/eval_results.json")), "gpt");
        assert_eq!(name_of(Path::new("eval_results.json")), "eval_results");
        assert_eq!(name_of(Path::new("a/other.json")), "other");
    }
}
