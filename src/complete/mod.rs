//! Completions: what models answer, and where they come from.

use serde::{Deserialize, Serialize};

use crate::problem::{Problem, TaskId};

pub mod samples;

/// A model's answer to one problem: a line of a run directory's `completions.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The problem that it answers.
    pub task_id: TaskId,
    /// Which of that problem's completions it is, from 0 in order of appearance.
    pub sample: u32,
    /// The text: what follows the prompt, or a program, as `form` says.
    pub completion: String,
    /// What the text is.
    #[serde(default, skip_serializing_if = "Form::is_continuation")]
    pub form: Form,
}

/// What the text of a completion is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// What follows the prompt.
    #[default]
    Continuation,
    /// A whole program, as EvalPlus's `solution` is.
    Program,
}

impl Form {
    /// Whether it is the form that goes without saying.
    pub fn is_continuation(&self) -> bool {
        *self == Form::Continuation
    }
}

/// The program that a completion makes. A continuation follows the problem's prompt and ends before the earliest of its
/// stop tokens; a program is one as it stands.
pub fn program(problem: &Problem, completion: &str, form: Form) -> String {
    match form {
        Form::Program => completion.to_owned(),
        Form::Continuation => {
            let tokens = problem.stop_tokens.iter().filter(|token| !token.is_empty());
            let end = tokens.filter_map(|token| completion.find(token.as_str())).min();
            format!("{}{}", problem.prompt, &completion[..end.unwrap_or(completion.len())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;

    #[test]
    fn the_line_of_a_completion_is_stable() {
        let completion = Completion {
            task_id: "T/0".into(),
            sample: 2,
            completion: "    x = 'é'\n".into(),
            form: Form::Continuation,
        };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"    x = 'é'\n"}"#;
        assert_eq!(serde_json::to_string(&completion).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), completion);
        let program = Completion { form: Form::Program, completion: "x = 1\n".into(), ..completion };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"x = 1\n","form":"program"}"#;
        assert_eq!(serde_json::to_string(&program).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), program);
    }

    #[test]
    fn a_continuation_ends_at_the_earliest_stop_token() {
        let mut problem = Problem::new("p", Language::Python);
        problem.prompt = "def f():\n".into();
        let text = "    return 1\n\nclass A:\n    pass\ndef g():\n";
        assert_eq!(program(&problem, text, Form::Continuation), format!("def f():\n{text}"));
        problem.stop_tokens = vec!["\ndef".into(), String::new(), "\nclass".into()];
        assert_eq!(program(&problem, text, Form::Continuation), "def f():\n    return 1\n");
        assert_eq!(program(&problem, text, Form::Program), text);
    }
}
