//! Problems with what is known of their reference solutions, read when they are needed and kept as long as there is
//! room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::reference::ReferenceRun;
use super::reference_cache::ReferenceCache;
use crate::problem::{Problem, ProblemSet, StoreError, TaskId};

/// How many bytes of problems are kept, as the set stores them. In memory they take about twice as much.
const MOST_KEPT: usize = 64 << 20;

/// A problem that is ready to be judged.
#[derive(Debug)]
pub struct PreparedProblem {
    /// The problem.
    pub problem: Problem,
    /// What its reference solution burns and returns, if that is known and wanted.
    pub reference: Option<ReferenceRun>,
}

/// The problems of a set, ready to be judged. The completions of a problem mostly come one after another, so that
/// each is read once.
#[derive(Debug)]
pub struct PreparedProblems<'a> {
    set: &'a ProblemSet,
    references: Option<&'a ReferenceCache>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    problems: HashMap<TaskId, Arc<PreparedProblem>>,
    bytes: usize,
}

impl<'a> PreparedProblems<'a> {
    /// The problems of `set` with what `references` knows.
    pub fn new(set: &'a ProblemSet, references: Option<&'a ReferenceCache>) -> PreparedProblems<'a> {
        PreparedProblems { set, references, kept: Mutex::default() }
    }

    /// The problem of that name.
    ///
    /// # Errors
    ///
    /// When there is none, or it can not be read back.
    pub fn get(&self, task_id: &TaskId) -> Result<Arc<PreparedProblem>, StoreError> {
        if let Some(prepared) = self.kept().problems.get(task_id) {
            return Ok(Arc::clone(prepared));
        }
        let problem = self.set.problem(task_id.as_str())?;
        let entry = self.set.get(task_id.as_str());
        let reference = entry.and_then(|entry| self.references?.get(self.set.dataset, entry));
        let prepared = Arc::new(PreparedProblem { problem, reference });
        let size = entry.map_or(0, |entry| entry.stored_bytes());
        let mut kept = self.kept();
        if kept.bytes + size > MOST_KEPT {
            *kept = Kept::default();
        }
        if kept.problems.insert(task_id.clone(), Arc::clone(&prepared)).is_none() {
            kept.bytes += size;
        }
        Ok(prepared)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
