//! An answer together with the program that was found in it: a line of a samples file.

use serde::{Deserialize, Serialize};

use super::extract::{AnswerKind, How, NoCode, Note, extract_ended};
use super::query::RawAnswer;
use super::{Answer, Form};
use crate::problem::{Problem, TaskId};

/// What became of one sample's answer. Its JSON is a line that `karat score` reads: `completion` or `solution` is the
/// program, the rest tells where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredSample {
    /// The problem.
    pub task_id: TaskId,
    /// Which of the samples that were asked for, from 0.
    pub sample: u32,
    /// The program that follows the prompt, if it is one. Empty where there is no code in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completion: Option<String>,
    /// The program that stands for itself, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    /// Where in the answer the program was; nothing if the answer's source gave it as a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    how: Option<How>,
    /// What was changed on the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
    /// Why there is no program in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_code: Option<NoCode>,
    /// The answer as it came.
    pub answer: RawAnswer,
}

impl AnsweredSample {
    /// Takes the program out of an answer. An answer whose source says what it is (a replay, say) is taken as it is.
    pub fn new(problem: &Problem, sample: u32, answer: RawAnswer, kind: AnswerKind) -> AnsweredSample {
        let mut answered = AnsweredSample {
            task_id: problem.task_id.clone(),
            sample,
            completion: None,
            solution: None,
            how: None,
            notes: Vec::new(),
            no_code: None,
            answer,
        };
        let (form, text) = match answered.answer.form {
            Some(form) => (form, answered.answer.text.clone()),
            None => match extract_ended(problem, &answered.answer.text, kind, answered.answer.finish) {
                Ok(extraction) => {
                    answered.how = Some(extraction.how);
                    answered.notes = extraction.notes;
                    (extraction.form, extraction.text)
                }
                Err(no_code) => {
                    answered.no_code = Some(no_code);
                    (Form::Continuation, String::new())
                }
            },
        };
        match form {
            Form::Continuation => answered.completion = Some(text),
            Form::Program => answered.solution = Some(text),
        }
        answered
    }

    /// The program, as text and as what it is.
    pub fn program(&self) -> Answer<'_> {
        match (&self.solution, &self.completion) {
            (Some(text), _) => Answer::program(text),
            (None, text) => Answer::continuation(text.as_deref().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;

    fn answered(answer: RawAnswer) -> AnsweredSample {
        let problem = Problem { entry_point: Some("f".into()), ..Problem::new("t", Language::Python) };
        AnsweredSample::new(&problem, 3, answer, AnswerKind::Chat)
    }

    #[test]
    fn a_line_holds_the_program_and_the_answer() {
        let from_text = answered(RawAnswer::new("Here:\n```python\ndef f():\n    return 1\n```\n"));
        assert!(from_text.program().text.starts_with("def f():") && from_text.how.is_some());
        let given = answered(RawAnswer { form: Some(Form::Continuation), ..RawAnswer::new("  ```") });
        assert_eq!((given.program(), given.how.is_none()), (Answer::continuation("  ```"), true));
        let silent = answered(RawAnswer::new(" "));
        assert_eq!((silent.program(), silent.no_code.is_some()), (Answer::continuation(""), true));
        for sample in [from_text, given, silent] {
            let line = serde_json::to_string(&sample).unwrap();
            assert_eq!(serde_json::from_str::<AnsweredSample>(&line).unwrap(), sample);
        }
    }
}
