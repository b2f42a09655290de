//! An answer together with the program that was found in it: a line of a samples file.

use serde::{Deserialize, Serialize};

use super::extract::{AnswerKind, ExtractionRule, How, NoCode, Note, extract_by, extract_ended};
use super::query::RawAnswer;
use super::{Answer, Form};
use crate::problem::{Comparison, Problem, TaskId};

/// One sample's answer, with the program in it. Its JSON is a line that `karat score` reads: `completion` or `solution`
/// is the program, the rest tells where it comes from.
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
    /// The whole program that the upstream harness takes out of the answer, where that is another one; empty where it
    /// finds none. LiveCodeBench has a rule of its own, and compatible judging goes by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_solution: Option<String>,
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
            upstream_solution: None,
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
        answered.upstream_solution = upstream_solution(problem, &answered.answer, kind)
            .filter(|upstream| upstream.trim_end() != answered.program().program_for(problem).trim_end());
        answered
    }

    /// The program, as text and as what it is.
    pub fn program(&self) -> Answer<'_> {
        match (&self.solution, &self.completion) {
            (Some(text), _) => Answer::program(text),
            (None, text) => Answer::continuation(text.as_deref().unwrap_or_default()),
        }
    }

    /// The program that the upstream harness takes out of the answer.
    pub fn upstream_program(&self) -> Answer<'_> {
        self.upstream_solution.as_deref().map_or(self.program(), Answer::program)
    }
}

/// What LiveCodeBench's rule takes out of the answer of a chat model to one of its problems.
fn upstream_solution(problem: &Problem, answer: &RawAnswer, kind: AnswerKind) -> Option<String> {
    let is_extracted = answer.form.is_none() && kind == AnswerKind::Chat;
    if !is_extracted || problem.comparison != Comparison::LiveCodeBench {
        return None;
    }
    let found = extract_by(ExtractionRule::LiveCodeBench, problem, &answer.text, kind);
    Some(found.map_or_else(|_| String::new(), |extraction| extraction.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;

    #[test]
    fn live_code_bench_takes_what_is_between_the_last_two_fences() {
        let mut problem = Problem::new("t", Language::Python);
        problem.comparison = Comparison::LiveCodeBench;
        let upstream = |text: &str, form, kind| {
            let answered = AnsweredSample::new(&problem, 0, RawAnswer { form, ..RawAnswer::new(text) }, kind);
            let line = serde_json::to_string(&answered).unwrap();
            assert_eq!(serde_json::from_str::<AnsweredSample>(&line).unwrap(), answered);
            answered.upstream_program().text.to_owned()
        };
        let chat = |text| upstream(text, None, AnswerKind::Chat);
        // The same program by both rules is kept once.
        assert_eq!(chat("Here:\n```python\nprint(1)\n```\n").trim_end(), "print(1)");
        assert_eq!(chat("```python\nprint(1)\n```\nIt prints\n```\n1\n```\n"), "1");
        assert_eq!(chat("```python\nprint(1)\n```\nIt prints ```1```.\n"), "", "an inline fence is one, too");
        assert_eq!(chat("print(1)\n"), "", "without fences there is none");
        assert_eq!(chat("```python\nprint(1)\n"), "", "nor with one");
        // Fences mean nothing in what a base model says, nor in what is given as a program.
        assert_eq!(upstream("print(1)\n", Some(Form::Program), AnswerKind::Chat), "print(1)\n");
        assert_ne!(upstream("print(1)\n", None, AnswerKind::Completion), "");
        problem.comparison = Comparison::Apps;
        let other = AnsweredSample::new(&problem, 0, RawAnswer::new("print(1)\n"), AnswerKind::Chat);
        assert_eq!((other.upstream_solution.is_none(), other.program().text), (true, "print(1)\n"));
    }

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
