//! The answers behind the samples of a run that Karat asked a model for, with why some of them hold no program.

use std::collections::HashMap;
use std::io::BufReader;

use serde::Deserialize;

use super::append::LineAt;
use super::growing::{question_sealer, sealer_of_log};
use super::log::LogReader;
use super::manifest::RunManifest;
use super::names::{ANSWERS, LONGEST_RECORD, QUESTION};
use super::seal::{Chain, in_chain};
use super::{RecordError, RunDirectory, error::io_error, open_file};
use crate::complete::Completion;
use crate::complete::extract::{How, NoCode, Note};
use crate::complete::query::{FinishReason, Usage};
use crate::json_lines::Lines;
use crate::problem::TaskId;

/// What a model answered to one sample, and how its program was found in it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RecordedAnswer {
    /// The program that follows the prompt, if it is one.
    completion: Option<String>,
    /// The program that stands for itself, if it is one.
    solution: Option<String>,
    /// Where in the answer the program was; nothing if the answer's source gave it as a program.
    pub how: Option<How>,
    /// What was changed on the way.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// The answer.
    pub answer: AnswerText,
}

/// The answer as it came, without what only programs want to know.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AnswerText {
    /// Its text, without thinking that the API keeps apart.
    pub text: String,
    /// Thinking that the API keeps apart.
    #[serde(default)]
    pub thinking: Option<String>,
    /// Why it ended.
    pub finish: FinishReason,
    /// Its tokens.
    #[serde(default)]
    pub usage: Usage,
}

impl RecordedAnswer {
    /// Whether the completion is what was found in it.
    fn belongs_to(&self, completion: &Completion) -> bool {
        let program = self.solution.as_ref().or(self.completion.as_ref());
        program.is_some_and(|program| *program == completion.completion)
    }
}

/// Where the answers of a run are. There are none for a run that was given its completions.
#[derive(Debug, Default)]
pub(super) struct RecordedAnswers {
    reader: Option<LogReader<RecordedAnswer>>,
    /// For each problem, its answers by the numbers under which samples were asked for.
    by_task: HashMap<TaskId, Vec<AnswerPlace>>,
}

#[derive(Debug)]
struct AnswerPlace {
    sample: u32,
    at: LineAt,
    no_code: Option<String>,
}

/// What finding an answer needs of its line.
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

impl RecordedAnswers {
    /// Finds them.
    ///
    /// # Errors
    ///
    /// When the files can not be read, or a line is not as it was written.
    pub(super) fn of(run: &RunDirectory) -> Result<RecordedAnswers, RecordError> {
        let path = run.path().join(ANSWERS);
        let question = run.path().join(QUESTION);
        if !path.exists() || !question.exists() {
            return Ok(RecordedAnswers::default());
        }
        let (_, seal) = RunManifest::read_file(&question, &question_sealer())?;
        let mut chain = Chain::new(sealer_of_log(ANSWERS, seal));
        let mut by_task: HashMap<TaskId, Vec<AnswerPlace>> = HashMap::new();
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
            let at = LineAt::new(line.offset, line.bytes.len());
            let no_code = no_code.map(|why| words(&why, answer.finish));
            by_task.entry(task_id).or_default().push(AnswerPlace { sample, at, no_code });
        }
        for places in by_task.values_mut() {
            places.sort_unstable_by_key(|place| place.sample);
        }
        Ok(RecordedAnswers { reader: Some(LogReader::open(&path)?), by_task })
    }

    /// The place of the answer to a sample, of a problem with `of` samples. In the run they are numbered anew, so that
    /// there are no gaps.
    fn place(&self, task_id: &str, sample: u32, of: usize) -> Option<&AnswerPlace> {
        let places = self.by_task.get(task_id).filter(|places| places.len() == of)?;
        places.get(sample as usize)
    }

    /// Why there is no program in a sample of a problem with `of` samples.
    pub(super) fn why_no_code(&self, task_id: &str, sample: u32, of: usize) -> Option<&str> {
        self.place(task_id, sample, of)?.no_code.as_deref()
    }

    /// The answer in which a completion was found, of a problem with `of` completions.
    ///
    /// # Errors
    ///
    /// When it can not be read.
    pub(super) fn answer(
        &self,
        completion: &Completion,
        of: usize,
    ) -> Result<Option<RecordedAnswer>, RecordError> {
        let place = self.place(completion.task_id.as_str(), completion.sample, of);
        let Some((reader, place)) = self.reader.as_ref().zip(place) else { return Ok(None) };
        Ok(Some(reader.read(place.at)?).filter(|answer| answer.belongs_to(completion)))
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
        let place = |(sample, no_code): (u32, Option<&str>)| AnswerPlace {
            sample,
            at: LineAt::new(0, 0),
            no_code: no_code.map(str::to_owned),
        };
        let places = [(0, None), (2, Some("a")), (5, None)].map(place);
        let answers = RecordedAnswers { reader: None, by_task: [(TaskId::new("t"), places.into())].into() };
        assert_eq!(answers.why_no_code("t", 1, 3), Some("a"));
        assert_eq!(
            [("t", 0), ("t", 2), ("u", 1)].map(|(task_id, sample)| answers.why_no_code(task_id, sample, 3)),
            [None, None, None]
        );
        assert_eq!(answers.why_no_code("t", 1, 2), None, "other samples than those of the run");
    }
}
