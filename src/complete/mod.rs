//! Completions: what models answer, and where they come from.

use serde::{Deserialize, Serialize};

use crate::problem::{Problem, TaskId, TestBody};
use crate::value::Value;

pub mod answer_cache;
pub mod answered;
pub mod budget;
pub mod extract;
pub mod generate;
mod go_imports;
pub mod left_out;
pub mod logprobs;
pub mod model_spec;
pub mod price;
pub mod prompt;
pub mod provider;
pub mod query;
pub mod rate;
pub mod retry;
pub mod samples;

/// How an answer becomes a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// It follows the problem's prompt, and goes before its suffix.
    #[default]
    Continuation,
    /// It is a whole program, whatever the prompt is.
    Program,
}

/// What a model answered, as text and as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The text.
    pub text: &'a str,
    /// How it becomes a program.
    pub form: Form,
}

impl<'a> Answer<'a> {
    /// An answer that continues the prompt.
    pub fn continuation(text: &'a str) -> Answer<'a> {
        Answer { text, form: Form::Continuation }
    }

    /// An answer that is a whole program.
    pub fn program(text: &'a str) -> Answer<'a> {
        Answer { text, form: Form::Program }
    }

    /// Whether there is no code for the problem in it. What goes between a prompt and a suffix may be white space.
    pub fn is_blank_for(&self, problem: &Problem) -> bool {
        let text = if problem.suffix.is_some() { self.text } else { self.text.trim() };
        text.is_empty()
    }

    /// The program that it makes of a problem: the problem's prompt, the text up to the first of the problem's stop
    /// tokens, and the problem's suffix; or the text itself. What the set puts before every program comes first, and
    /// what it puts behind every program last. Where the tests want a text, all that the program does is give it a name.
    pub fn program_for(&self, problem: &Problem) -> String {
        let until_stop = || {
            let tokens = problem.stop_tokens.iter().filter(|token| !token.is_empty());
            let ends = tokens.filter_map(|token| self.text.find(token.as_str()));
            &self.text[..ends.min().unwrap_or(self.text.len())]
        };
        if let Some(name) = &problem.text_name {
            return format!("{name} = {}\n", Value::from(until_stop()).repr());
        }
        let mut preamble = problem.preamble.clone();
        if !preamble.is_empty() && !preamble.ends_with('\n') {
            preamble.push('\n');
        }
        let program = match self.form {
            Form::Program => self.text.to_owned(),
            Form::Continuation => {
                let suffix = problem.suffix.as_deref().unwrap_or_default();
                format!("{}{}{suffix}\n", problem.prompt, until_stop())
            }
        };
        let mut program = if problem.imports.is_empty() {
            preamble + &program
        } else {
            let tests = problem.tests.iter().filter_map(|test| match &test.body {
                TestBody::Assertions { source, .. } => Some(source.as_str()),
                _ => None,
            });
            go_imports::joined(&preamble, &program, &tests.collect::<Vec<_>>(), &problem.imports)
        };
        if !problem.epilogue.is_empty() {
            program.push('\n');
            program.push_str(&problem.epilogue);
        }
        program
    }

    /// The program as people read it: where the tests insert the answer, with the code that stands before it there.
    pub fn listing_for(&self, problem: &Problem) -> String {
        match problem.text_name {
            Some(_) => format!("{}{}", problem.prompt, self.text),
            None => self.program_for(problem),
        }
    }
}

/// A model's answer to one problem: a line of a run directory's `completions.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The problem that it answers.
    pub task_id: TaskId,
    /// Which of that problem's completions it is, from 0 in order of appearance.
    pub sample: u32,
    /// The text: what follows the prompt, or a program, as `form` says.
    pub completion: String,
    /// Whether it follows the prompt or is a whole program.
    #[serde(default, skip_serializing_if = "Form::is_continuation")]
    pub form: Form,
    /// The whole program that the upstream harness takes out of the same answer, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_solution: Option<String>,
}

impl Completion {
    /// Whether there is a fence of Markdown in it, which no program begins a line with.
    pub fn has_fence(&self) -> bool {
        self.completion.lines().any(|line| line.trim_start().starts_with("```"))
    }

    /// The answer in it.
    pub fn answer(&self) -> Answer<'_> {
        Answer { text: &self.completion, form: self.form }
    }

    /// The answer as the upstream harness takes it.
    pub fn upstream_answer(&self) -> Answer<'_> {
        self.upstream_solution.as_deref().map_or(self.answer(), Answer::program)
    }
}

impl Form {
    /// Whether it is the form that goes without saying.
    pub fn is_continuation(&self) -> bool {
        *self == Form::Continuation
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::problem::Language;
    use crate::problem::load::load;

    #[test]
    fn the_line_of_a_completion_is_stable() {
        let completion = Completion {
            task_id: "T/0".into(),
            sample: 2,
            completion: "    x = 'é'\n".into(),
            form: Form::Continuation,
            upstream_solution: None,
        };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"    x = 'é'\n"}"#;
        assert_eq!(serde_json::to_string(&completion).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), completion);
        let program = Completion { form: Form::Program, completion: "x = 1\n".into(), ..completion };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"x = 1\n","form":"program"}"#;
        assert_eq!(serde_json::to_string(&program).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), program);
        assert_eq!(program.upstream_answer(), program.answer());
        let both = Completion { upstream_solution: Some("x = 2\n".into()), ..program };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"x = 1\n","form":"program","upstream_solution":"x = 2\n"}"#;
        assert_eq!(serde_json::to_string(&both).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), both);
        assert_eq!(both.upstream_answer(), Answer::program("x = 2\n"));
    }

    #[test]
    fn a_continuation_ends_at_the_earliest_stop_token() {
        let mut problem = Problem::new("p", Language::Python);
        problem.prompt = "def f():\n".into();
        let text = "    return 1\n\nclass A:\n    pass\ndef g():\n";
        assert_eq!(Answer::continuation(text).program_for(&problem), format!("def f():\n{text}\n"));
        problem.stop_tokens = vec!["\ndef".into(), String::new(), "\nclass".into()];
        assert_eq!(Answer::continuation(text).program_for(&problem), "def f():\n    return 1\n\n");
        assert_eq!(Answer::program(text).program_for(&problem), text);
    }

    #[test]
    fn a_text_that_tests_insert_is_given_a_name_and_does_not_run() {
        let mut problem = Problem::new("p", Language::Python);
        problem.text_name = Some("code".into());
        problem.prompt = "x = test_input\n".into();
        problem.stop_tokens = vec!["</code>".into()];
        let text = "y = 'a\\n' * x\n</code>\nMore.";
        let program = r#"code = "y = 'a\\n' * x\n""#;
        for answer in [Answer::continuation(text), Answer::program(text)] {
            assert_eq!(answer.program_for(&problem), format!("{program}\n"));
            assert_eq!(answer.listing_for(&problem), format!("x = test_input\n{text}"));
        }
    }

    #[test]
    fn what_fills_a_gap_stands_between_prompt_and_suffix_as_it_is() {
        let mut problem = Problem::new("p", Language::Python);
        problem.prompt = "def f(x):\n    if x:".into();
        assert!(Answer::continuation(" ").is_blank_for(&problem));
        problem.suffix = Some(" 1\n    return 2\n".into());
        let middle = "\n        return";
        let program = "def f(x):\n    if x:\n        return 1\n    return 2\n\n";
        assert_eq!(Answer::continuation(middle).program_for(&problem), program);
        assert_eq!(Answer::program("x = 1\n").program_for(&problem), "x = 1\n");
        assert!(Answer::continuation("").is_blank_for(&problem));
        assert!(!Answer::continuation(" ").is_blank_for(&problem));
    }

    #[test]
    fn programs_of_humaneval_x_are_put_together_as_its_harness_does() {
        let problem = |name: &str, task: &str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/published");
            load(&folder.join(name), None).unwrap_or_else(|error| panic!("{error}")).problem(task).unwrap()
        };
        let program = |name: &str, task: &str, answer: Answer<'_>| answer.program_for(&problem(name, task));
        let whole = |name: &str, task: &str| {
            let problem = problem(name, task);
            Answer::continuation(&problem.reference().unwrap().source).program_for(&problem)
        };
        let cpp = whole("humaneval-x-cpp.jsonl", "CPP/0");
        assert!(cpp.starts_with("#include<stdlib.h>\n#include<cmath>\n"), "{cpp}");
        assert!(cpp.contains("#include<fstream>\n/*\nTwice each"), "{cpp}");
        assert_eq!(cpp.matches("#include<vector>").count(), 1, "{cpp}");
        let with_main = Answer::continuation("    return {};\n}\nint main() {\n}\n");
        assert!(program("humaneval-x-cpp.jsonl", "CPP/0", with_main).ends_with("    return {};\n}\n"));

        let go = whole("humaneval-x-go.jsonl", "Go/0");
        let begins = "package main\n\nimport (\n    \"testing\"\n)\nimport \"reflect\"\nimport \"math\"\n";
        assert!(go.starts_with(begins) && go.contains("\nvar assert assertions\n"), "{go}");
        assert_eq!((go.matches("\"math\"").count(), go.contains("\"strings\"")), (1, false), "{go}");
        let without = program("humaneval-x-go.jsonl", "Go/0", Answer::continuation("    return x\n}\n"));
        assert!(!without.contains("\"math\""), "Go refuses what is not used: {without}");

        let rust = whole("humaneval-x-rust.jsonl", "Rust/0");
        assert!(
            rust.starts_with("fn main() {}\nuse std::cmp::max;\nfn double(n:i32) -> i32{\n\n/*\n Twice"),
            "{rust}"
        );
        let js = whole("humaneval-x-js.jsonl", "JavaScript/0");
        assert_eq!(js, "// Twice n.\nconst double = (n) => {\n  return 2 * n;\n}\n\n");
    }
}
