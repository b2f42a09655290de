//! Measuring reference solutions: what they burn and return, and which tests can be sealed.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use tracing::{debug, info};

use super::alone::Alone;
use super::error::HarnessFailure;
use super::events::StoppedReference;
use super::{EvaluateError, Event, Executor, Observer};
use crate::complete::Answer;
use crate::judge::Judge;
use crate::problem::{Entry, ProblemSet, TaskId, TestKind};
use crate::record::RunDirectory;
use crate::sandbox::Fuel;

impl Executor {
    /// What the reference solutions of a run's problems burn, where that is known.
    pub fn reference_fuel(&self, run: &RunDirectory, set: &ProblemSet) -> BTreeMap<TaskId, Fuel> {
        let known = |(task_id, _): (&TaskId, u64)| {
            let fuel = self.references.get(set.dataset, set.get(task_id.as_str())?)?.total_fuel()?;
            Some((task_id.clone(), fuel))
        };
        run.index().tasks().filter_map(known).collect()
    }

    /// Measures the reference solutions and the tests of the problems for which `wanted` holds, unless the cache knows
    /// them. Tells which solutions a limit stopped, and what goes for their completions instead.
    ///
    /// # Errors
    ///
    /// When a problem can not be read back, or the harness fails at a solution even with nothing else running. To go
    /// on without would make limits depend on the machine's load.
    pub fn measure_references(
        &self,
        set: &ProblemSet,
        judge: &Judge<'_>,
        wanted: impl Fn(&TaskId, &Entry) -> bool,
        observe: Observer<'_>,
    ) -> Result<(), EvaluateError> {
        let wanted: Vec<(&TaskId, &Entry)> = set
            .entries()
            .filter(|(task_id, entry)| tells_something(entry) && wanted(task_id, entry))
            .collect();
        let unknown: Vec<(&TaskId, &Entry)> = wanted
            .iter()
            .filter(|(_, entry)| self.references.get(set.dataset, entry).is_none())
            .copied()
            .collect();
        debug!(wanted = wanted.len(), unknown = unknown.len(), "references");
        if !unknown.is_empty() {
            observe(Event::MeasuringReferences(unknown.len() as u64));
            let measured = self.measure(set, judge, &unknown, observe);
            observe(Event::ReferencesMeasured);
            measured?;
            info!(references = unknown.len(), "references measured");
        }
        let mut stopped = Vec::new();
        for (task_id, entry) in wanted {
            if let Some(needs) = self.references.stopped(set.dataset, entry) {
                let problem = set.problem(task_id.as_str())?;
                let (task_id, is_needed) = (task_id.clone(), entry.needs_reference);
                if let Some(instead) = judge.limit_without_reference(&problem) {
                    stopped.push(StoppedReference { task_id, needs, instead, is_needed });
                }
            }
        }
        if !stopped.is_empty() {
            observe(Event::ReferencesStopped(&stopped));
        }
        Ok(())
    }

    fn measure(
        &self,
        set: &ProblemSet,
        judge: &Judge<'_>,
        unknown: &[(&TaskId, &Entry)],
        observe: Observer<'_>,
    ) -> Result<(), EvaluateError> {
        let measure = |(task_id, entry): (&TaskId, &Entry)| -> Result<Result<(), String>, EvaluateError> {
            let problem = set.problem(task_id.as_str())?;
            let source = problem.reference().map_or("", |reference| &reference.source);
            self.provide(judge, &problem, Answer::continuation(source), observe)?;
            Ok(judge.measure(&problem).map(|run| {
                self.references.put(set.dataset, entry, run);
                observe(Event::ReferenceMeasured);
            }))
        };
        let alone = Alone::new();
        self.pool.install(|| {
            unknown.par_iter().try_for_each(|one| -> Result<(), EvaluateError> {
                if self.stop.is_cancelled() {
                    return Err(EvaluateError::StoppedMeasuring);
                }
                if measure(*one)?.is_err() {
                    alone.put_aside(*one);
                }
                Ok(())
            })
        })?;
        alone.finish(&self.pool, |one| {
            measure(one)?.map_err(|said| EvaluateError::Reference {
                task_id: one.0.clone(),
                source: HarnessFailure(said),
            })
        })
    }
}

/// Whether measuring can tell something of a problem: what its reference solution burns and returns, or which of its
/// tests can be sealed.
fn tells_something(entry: &Entry) -> bool {
    entry.has_reference || entry.kinds.contains(&TestKind::Assertions)
}
