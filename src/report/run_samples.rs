//! The samples of a run with their problems, one by one: for people who want to see what failed, and why.

use serde::Serialize;

use super::human_eval::reason;
use super::sample;
use super::site::TestText;
use crate::complete::Completion;
use crate::judge::verdict::{Judgement, Standing, Verdict, VerdictKind};
use crate::problem::{Language, Problem, ProblemSet, StoreError, TaskId};
use crate::record::{RecordError, RunDirectory, SampleReader};

/// Which samples are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleFilter {
    /// Only those of this problem.
    pub task: Option<TaskId>,
    /// Only the one of this number of each problem, from 0.
    pub sample: Option<u32>,
    /// Only those with one of these verdicts; every one that did not pass where there is none.
    pub verdicts: Vec<VerdictKind>,
}

impl SampleFilter {
    fn wants(&self, sample: u32, kind: VerdictKind) -> bool {
        self.sample.is_none_or(|wanted| wanted == sample)
            && match self.verdicts.as_slice() {
                [] => kind.standing() != Standing::Pass,
                verdicts => verdicts.contains(&kind),
            }
    }
}

/// A sample and one of its judgements.
#[derive(Debug)]
pub struct RunSample<'a> {
    /// Its problem; nothing but its name is known where the set is not there.
    pub problem: &'a Problem,
    /// What was judged.
    pub completion: &'a Completion,
    /// By which rules.
    pub judging: &'static str,
    /// What the judgement is.
    pub judgement: &'a Judgement,
    /// Why there is no program in the answer, where that is known.
    pub why_no_code: Option<&'a str>,
}

/// A sample as JSON has it.
#[derive(Debug, Serialize)]
pub struct SampleRow {
    task_id: TaskId,
    sample: u32,
    judging: &'static str,
    /// Why it did not pass, in one line.
    reason: String,
    /// The whole program; nothing where there is none.
    program: Option<String>,
    /// The test that the verdict is about, where it is known which.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<TestText>,
    #[serde(flatten)]
    judgement: Judgement,
}

impl RunSample<'_> {
    /// Why it did not pass, in one line.
    fn reason(&self) -> String {
        match (self.why_no_code, &self.judgement.verdict) {
            (Some(why), Verdict::NoCode) => why.to_owned(),
            (_, verdict) => reason(verdict),
        }
    }

    /// The sample for people: program, test and reason.
    pub fn text(&self) -> String {
        sample::in_full(self.problem, self.completion, self.judging, self.judgement, &self.reason())
    }

    /// The sample for programs.
    pub fn row(&self) -> SampleRow {
        let failed = self.judgement.tests.and_then(|tests| tests.failed);
        let test = failed.and_then(|index| self.problem.tests.get(index as usize));
        let has_program = self.judgement.verdict != Verdict::NoCode;
        SampleRow {
            task_id: self.completion.task_id.clone(),
            sample: self.completion.sample,
            judging: self.judging,
            reason: self.reason(),
            program: has_program.then(|| self.completion.answer().listing_for(self.problem)),
            test: test.map(TestText::of),
            judgement: self.judgement.clone(),
        }
    }
}

/// Why samples can not be shown.
#[derive(Debug, thiserror::Error)]
pub enum RunSamplesError {
    /// The run can not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A problem can not be read back.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They can not be written to where they are to go.
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

/// Goes through the samples that are wanted: by problem in the order of the set, or of the run where the set is not
/// there, and by number. A sample that was judged both ways comes once for each judgement that is wanted.
///
/// # Errors
///
/// When the run or the set can not be read, and what `each` returns.
pub fn each_sample(
    run: &RunDirectory,
    set: Option<&ProblemSet>,
    filter: &SampleFilter,
    mut each: impl FnMut(&RunSample<'_>) -> Result<(), RunSamplesError>,
) -> Result<(), RunSamplesError> {
    let reader = SampleReader::open(run)?;
    let mut tasks: Vec<&TaskId> = run.index().tasks().map(|(task_id, _)| task_id).collect();
    if let Some(set) = set {
        tasks.sort_by_key(|task_id| set.position(task_id.as_str()));
    }
    tasks.retain(|task_id| filter.task.as_ref().is_none_or(|wanted| wanted == *task_id));
    for task_id in tasks {
        let mut problem = None;
        for recorded in reader.samples(task_id.as_str())? {
            let Some(verdict) = &recorded.verdict else { continue };
            for (judging, judgement) in verdict.judgements.each() {
                if !filter.wants(recorded.completion.sample, judgement.verdict.kind()) {
                    continue;
                }
                let problem = match &mut problem {
                    Some(problem) => problem,
                    none => none.insert(match set {
                        Some(set) => set.problem(task_id.as_str())?,
                        None => Problem::new(task_id.as_str(), Language::Python),
                    }),
                };
                let why_no_code = recorded.why_no_code.as_deref();
                let completion = &recorded.completion;
                each(&RunSample { problem, completion, judging, judgement, why_no_code })?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_pass_is_wanted_where_nothing_is_said() {
        let filter = SampleFilter::default();
        assert!(filter.wants(0, VerdictKind::WrongAnswer) && filter.wants(7, VerdictKind::Unsupported));
        assert!(!filter.wants(0, VerdictKind::Passed));
        let filter = SampleFilter { sample: Some(1), verdicts: vec![VerdictKind::Passed], task: None };
        assert!(filter.wants(1, VerdictKind::Passed));
        assert!(!filter.wants(0, VerdictKind::Passed) && !filter.wants(1, VerdictKind::NoCode));
    }
}
