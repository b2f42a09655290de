//! Texts of problems and samples for their pages, read from the set and the run directories when a page wants them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::prompts::Prompts;
use crate::judge::verdict::VerdictKind;
use crate::problem::{Language, Problem, ProblemSet};
use crate::record::{RecordError, RunDirectory, RunManifest, SampleReader};
use crate::report::site::{
    AnswerInput, FailingTest, PageSource, ProblemText, PromptInput, SampleInput, SiteInput, SourceError,
};

/// Where the pages' texts come from.
pub struct RunSamples<'a> {
    input: &'a SiteInput,
    set: Option<&'a ProblemSet>,
    readers: Vec<SampleReader>,
    prompts: Prompts,
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
        let manifests: Vec<&RunManifest> = directories.iter().map(RunDirectory::manifest).collect();
        let prompts = set.map(|set| Prompts::of(&manifests, set)).unwrap_or_default();
        Ok(RunSamples { input, set, readers, prompts, recent: Mutex::default() })
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

    fn prompts(&self, problem: usize) -> Result<Vec<PromptInput>, SourceError> {
        let Some(set) = self.set else { return Ok(Vec::new()) };
        Ok(self.prompts.of_problem(set, &self.read(problem)?.task_id, self.input.reveal_tests)?)
    }

    fn samples(&self, run: usize, problem: usize, most: usize) -> Result<Vec<SampleInput>, SourceError> {
        let text = self.read(problem)?;
        let samples = self.readers[run].first_samples(text.task_id.as_str(), most)?;
        let shown = samples.into_iter().filter_map(|recorded| {
            let record = recorded.verdict.as_ref()?;
            let mut sample = SampleInput::of(&text, &recorded.completion, record.judgements.counted());
            if let Some(why) = recorded.why_no_code.filter(|_| sample.verdict == VerdictKind::NoCode) {
                sample.reason = why;
            }
            sample.answer = recorded.answer.map(|answer| AnswerInput::of(answer, &recorded.completion));
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
