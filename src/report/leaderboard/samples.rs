//! Texts of problems and samples for their pages, read from the set and the run directories when a page wants them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::judge::verdict::VerdictKind;
use crate::problem::{Language, Problem, ProblemSet};
use crate::record::{RecordError, RunDirectory, SampleReader};
use crate::report::site::{FailingTest, PageSource, ProblemText, SampleInput, SiteInput, SourceError};

/// Where the pages' texts come from.
#[derive(Debug)]
pub struct RunSamples<'a> {
    input: &'a SiteInput,
    set: Option<&'a ProblemSet>,
    readers: Vec<SampleReader>,
    /// The problems of the pages that are being written: each is wanted once for every run.
    recent: Mutex<VecDeque<(usize, Arc<Problem>)>>,
}

impl<'a> RunSamples<'a> {
    pub(super) fn open(
        input: &'a SiteInput,
        directories: &[RunDirectory],
        set: Option<&'a ProblemSet>,
    ) -> Result<RunSamples<'a>, RecordError> {
        let readers = directories.par_iter().map(SampleReader::open).collect::<Result<_, _>>()?;
        Ok(RunSamples { input, set, readers, recent: Mutex::default() })
    }

    fn read(&self, index: usize) -> Result<Arc<Problem>, SourceError> {
        let lock = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, problem)) = lock().iter().find(|(recent, _)| *recent == index) {
            return Ok(Arc::clone(problem));
        }
        let task_id = self.input.problems[index].task_id.as_str();
        let problem = Arc::new(match self.set {
            Some(set) => set.problem(task_id)?,
            // Nothing but its name is known.
            None => Problem::new(task_id, Language::Python),
        });
        let mut recent = lock();
        recent.push_back((index, Arc::clone(&problem)));
        while recent.len() > rayon::current_num_threads() {
            recent.pop_front();
        }
        Ok(problem)
    }
}

impl PageSource for RunSamples<'_> {
    fn problem(&self, problem: usize) -> Result<ProblemText, SourceError> {
        Ok(ProblemText::of(&*self.read(problem)?))
    }

    fn samples(&self, run: usize, problem: usize) -> Result<Vec<SampleInput>, SourceError> {
        let text = self.read(problem)?;
        let samples = self.readers[run].samples(text.task_id.as_str())?;
        let shown = samples.iter().filter_map(|recorded| {
            let record = recorded.verdict.as_ref()?;
            let sample = SampleInput::of(&text, &recorded.completion, record.judgements.counted());
            let sample = match &recorded.why_no_code {
                Some(why) if sample.verdict == VerdictKind::NoCode => {
                    SampleInput { reason: why.clone(), ..sample }
                }
                _ => sample,
            };
            Some(if self.set.is_some() { sample } else { without_problem(sample) })
        });
        Ok(shown.collect())
    }
}

/// A sample of a problem that is not known: which tests are hidden is not known either, so all are; and lines do not
/// count from where the program began.
fn without_problem(sample: SampleInput) -> SampleInput {
    let failing_test = sample.failing_test.map(|test| FailingTest { hidden: true, ..test });
    SampleInput { failing_test, failing_line: None, ..sample }
}
