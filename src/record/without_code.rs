//! Why samples of a run have no program, for people: what their answers say, of which the record of a run holds the whole.

use std::collections::HashMap;
use std::io::BufReader;

use serde::Deserialize;

use super::growing::{question_sealer, sealer_of_log};
use super::manifest::RunManifest;
use super::names::{ANSWERS, LONGEST_RECORD, QUESTION};
use super::seal::{Chain, in_chain};
use super::{RecordError, RunDirectory, error::io_error, open_file};
use crate::complete::extract::NoCode;
use crate::complete::query::FinishReason;
use crate::json_lines::Lines;
use crate::problem::TaskId;

/// The reasons, where Karat asked for the answers; none for a run that was given its completions.
#[derive(Debug, Default)]
pub(super) struct WithoutCode {
    /// For each problem, the numbers under which samples were asked for, and why there is no program in them.
    by_task: HashMap<TaskId, Vec<(u32, Option<String>)>>,
}

/// What this needs of an answer's line.
#[derive(Deserialize)]
struct Line {
    task_id: TaskId,
    sample: u32,
    #[serde(default)]
    no_code: Option<NoCode>,
    answer: End,
}

#[derive(Deserialize)]
struct End {
    finish: FinishReason,
}

impl WithoutCode {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// When the files can not be read, or a line is not as it was written.
    pub(crate) fn of(run: &RunDirectory) -> Result<WithoutCode, RecordError> {
        let path = run.path().join(ANSWERS);
        let question = run.path().join(QUESTION);
        if !path.exists() || !question.exists() {
            return Ok(WithoutCode::default());
        }
        let (_, seal) = RunManifest::read_file(&question, &question_sealer())?;
        let mut chain = Chain::new(sealer_of_log(ANSWERS, seal));
        let mut by_task: HashMap<TaskId, Vec<(u32, Option<String>)>> = HashMap::new();
        let file = open_file(&path)?;
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, file), LONGEST_RECORD);
        while let Some(line) = lines.next_line().map_err(io_error("read", &path))? {
            if !line.terminated {
                break; // torn, and no sample of this run
            }
            let damaged =
                |problem: String| RecordError::LogLine { path: path.clone(), line: line.number, problem };
            chain.follow(chain.check_line(line.bytes).map_err(|fault| damaged(in_chain(fault).to_owned()))?);
            let Line { task_id, sample, no_code, answer } = serde_json::from_slice(line.bytes)
                .map_err(|error| damaged(format!("not what belongs there: {error}")))?;
            by_task.entry(task_id).or_default().push((sample, no_code.map(|why| words(&why, answer.finish))));
        }
        for samples in by_task.values_mut() {
            samples.sort_unstable_by_key(|(sample, _)| *sample);
        }
        Ok(WithoutCode { by_task })
    }

    /// Why there is no program in a sample of a problem that has this many of them. In the run they are renumbered, so
    /// that there are no gaps.
    pub(crate) fn why(&self, task_id: &str, sample: u32, of: usize) -> Option<&str> {
        let samples = self.by_task.get(task_id).filter(|samples| samples.len() == of)?;
        samples.get(sample as usize)?.1.as_deref()
    }
}

/// Why there is no program in an answer that ended so.
fn words(why: &NoCode, finish: FinishReason) -> String {
    let is_blank = matches!(why, NoCode::Empty | NoCode::OnlyThinking | NoCode::UnfinishedThinking);
    match finish {
        FinishReason::Length if is_blank => {
            "cut off at the limit of tokens before there was any text".to_owned()
        }
        FinishReason::Length => format!("{why}, and the answer was cut off at the limit of tokens"),
        FinishReason::Refusal => "the model refused to answer".to_owned(),
        FinishReason::ContentFilter => format!("{why}, and a filter of the server ended the answer"),
        FinishReason::Stop | FinishReason::Other => why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_says_more_than_that_there_is_no_code() {
        for (why, finish, expected) in [
            (NoCode::Empty, FinishReason::Length, "cut off at the limit of tokens before there was any text"),
            (
                NoCode::UnfinishedThinking,
                FinishReason::Length,
                "cut off at the limit of tokens before there was any text",
            ),
            (
                NoCode::OnlyProse,
                FinishReason::Length,
                "there is prose and no code, and the answer was cut off at the limit of tokens",
            ),
            (NoCode::OnlyProse, FinishReason::Refusal, "the model refused to answer"),
            (NoCode::OtherLanguage { language: "rust".into() }, FinishReason::Stop, "the code is rust"),
        ] {
            assert_eq!(words(&why, finish), expected);
        }
    }

    #[test]
    fn samples_are_found_by_their_place_among_those_that_were_answered() {
        let samples = vec![(0, None), (2, Some("a".to_owned())), (5, None)];
        let reasons = WithoutCode { by_task: [(TaskId::new("t"), samples)].into() };
        assert_eq!(reasons.why("t", 1, 3), Some("a"));
        assert_eq!(
            (reasons.why("t", 0, 3), reasons.why("t", 2, 3), reasons.why("u", 1, 3)),
            (None, None, None)
        );
        assert_eq!(reasons.why("t", 1, 2), None, "other samples than those of the run");
    }
}
