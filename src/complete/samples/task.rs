//! Which problem of a set a sample is for: by its name, by a name that is almost its name, or by its place.

use std::collections::HashMap;
use std::fmt;

use crate::problem::{ProblemSet, TaskId};
use crate::shown::shown;

/// How a sample names its problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleTask {
    /// By a name.
    Named(TaskId),
    /// By its place in the order of the set, from 0.
    Position(usize),
    /// By a name that several problems share, and what follows it in that of the one that is meant: CRUXEval's own
    /// files say `sample_0` for `sample_0/output` and for `sample_0/input`.
    Part(TaskId, &'static str),
}

impl fmt::Display for SampleTask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SampleTask::Named(task_id) => shown(task_id.as_str()).fmt(formatter),
            SampleTask::Position(position) => write!(formatter, "problem {}", position + 1),
            SampleTask::Part(task_id, part) => write!(formatter, "{}/{part}", shown(task_id.as_str())),
        }
    }
}

/// The problems of a set, to be found by what samples call them.
#[derive(Debug)]
pub struct Tasks<'a> {
    order: Vec<&'a TaskId>,
    by_name: HashMap<&'a str, &'a TaskId>,
    /// By what follows the last `/`; nothing where that is the end of several names.
    by_end: HashMap<&'a str, Option<&'a TaskId>>,
}

impl<'a> Tasks<'a> {
    /// The problems of a set.
    pub fn of(set: &'a ProblemSet) -> Tasks<'a> {
        let order: Vec<&TaskId> = set.task_ids().collect();
        let by_name = order.iter().map(|task_id| (task_id.as_str(), *task_id)).collect();
        let mut by_end = HashMap::new();
        for &task_id in &order {
            let end = task_id.as_str().rsplit('/').next().unwrap_or_default();
            by_end.entry(end).and_modify(|found| *found = None).or_insert(Some(task_id));
        }
        Tasks { order, by_name, by_end }
    }

    /// The problem that is meant: of that name; or, for a bare name such as MBPP's `11`, the only one whose name ends
    /// with it, as `Mbpp/11` does.
    pub fn find(&self, task: &SampleTask) -> Option<&'a TaskId> {
        match task {
            SampleTask::Position(position) => self.order.get(*position).copied(),
            SampleTask::Part(name, part) => {
                let whole = format!("{}/{part}", name.as_str());
                self.by_name.get(whole.as_str()).or_else(|| self.by_name.get(name.as_str())).copied()
            }
            SampleTask::Named(name) => {
                let name = name.as_str();
                self.by_name.get(name).copied().or_else(|| self.by_end.get(name).copied().flatten())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Dataset, Language, Problem, ProblemSetBuilder};

    #[test]
    fn a_problem_is_found_by_name_by_its_end_and_by_place() {
        let mut builder = ProblemSetBuilder::new();
        for name in ["Mbpp/11", "Mbpp/12", "a/x", "b/x", "12"] {
            builder.add(&Problem::new(name, Language::Python)).unwrap();
        }
        let set = builder.finish("t".into(), Dataset::Mbpp, None, String::new()).unwrap();
        let tasks = Tasks::of(&set);
        let named = |name: &str| tasks.find(&SampleTask::Named(name.into())).map(TaskId::as_str);
        assert_eq!(
            (named("Mbpp/11"), named("11"), named("12")),
            (Some("Mbpp/11"), Some("Mbpp/11"), Some("12"))
        );
        assert_eq!((named("x"), named("1"), named("a/11")), (None, None, None));
        let part = |name: &str, part| tasks.find(&SampleTask::Part(name.into(), part)).map(TaskId::as_str);
        assert_eq!((part("a", "x"), part("12", "x"), part("x", "a")), (Some("a/x"), Some("12"), None));
        let place = |position| tasks.find(&SampleTask::Position(position)).map(TaskId::as_str);
        assert_eq!((place(1), place(5)), (Some("Mbpp/12"), None));
    }
}
