//! What reference solutions burn: measured once a problem, kept in the cache, the yardstick of fuel limits.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Judge;
use super::limits::Limits;
use super::verdict::{Judgement, Judging, Verdict};
use crate::problem::{Dataset, Problem, ProblemSet, TaskId};
use crate::runner::python::PythonRunner;
use crate::sandbox::Fuel;

/// The fuel of a problem set's reference solutions; nothing for one that does not pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceFuel {
    burned: BTreeMap<TaskId, Option<Fuel>>,
    file: Option<PathBuf>,
}

impl ReferenceFuel {
    /// What the cache has for this problem set and this guest. A file that can not be read counts as empty: it is
    /// measured again.
    pub fn from_cache(cache: &Path, set: &ProblemSet, runner_inputs: &str) -> ReferenceFuel {
        let file = cache.join("reference-fuel").join(format!("{}-{runner_inputs}.json", &set.digest[..16]));
        let burned =
            fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        ReferenceFuel { burned, file: Some(file) }
    }

    /// The fuel of a problem's reference solution, if it has one that passes.
    pub fn of(&self, task_id: &TaskId) -> Option<Fuel> {
        self.burned.get(task_id).copied().flatten()
    }

    /// Whether a problem's reference has yet to be measured.
    pub fn is_unknown(&self, problem: &Problem) -> bool {
        problem.reference().is_some() && !self.burned.contains_key(&problem.task_id)
    }

    /// Measures one problem's reference solution, with the fuel of the data set's own time limit: nothing for one
    /// that does not pass.
    ///
    /// # Errors
    ///
    /// The harness's own failure, which says nothing about the solution.
    pub fn measure(
        problem: &Problem,
        reference: &str,
        runner: &PythonRunner,
        limits: Limits,
        dataset: Dataset,
    ) -> Result<Option<Fuel>, String> {
        let generous = Limits { fuel: Some(limits.compat(dataset).limit), ..limits };
        let judgement =
            Judge::new(runner, generous, dataset).judge(problem, reference, None, Judging::Sealed).sealed;
        match judgement {
            Some(Judgement { verdict: Verdict::Passed, fuel, .. }) => Ok(Some(fuel)),
            Some(Judgement { verdict: Verdict::Inconclusive { reason }, .. }) => Err(reason),
            _ => Ok(None),
        }
    }

    /// Adds measurements and writes them to the cache, as far as it can be written: it is only a cache.
    pub fn extend(&mut self, measured: impl IntoIterator<Item = (TaskId, Option<Fuel>)>) {
        self.burned.extend(measured);
        if let Some(file) = &self.file
            && let Some(parent) = file.parent()
            && fs::create_dir_all(parent).is_ok()
            && let Ok(mut temporary) = tempfile::NamedTempFile::new_in(parent)
            && let Ok(json) = serde_json::to_vec(&self.burned)
            && temporary.write_all(&json).is_ok()
        {
            let _ = temporary.persist(file);
        }
    }
}
