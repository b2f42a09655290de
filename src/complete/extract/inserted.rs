//! Code that the tests insert in a program of their own, where its white space counts.

use super::super::Form;
use super::body::body;
use super::fit::{at_margin, is_header};
use super::how::{NoCode, Note};
use crate::problem::Problem;
use crate::python::{self, SourceLine, StatementKind};

/// What a base model wrote, up to the first of the problem's stop tokens.
///
/// # Errors
///
/// When there is nothing before it.
pub(super) fn as_it_is(
    problem: &Problem,
    mut text: String,
    notes: &mut Vec<Note>,
) -> Result<(Form, String), NoCode> {
    cut(problem, &mut text, notes);
    if text.trim().is_empty() { Err(NoCode::Empty) } else { Ok((Form::Continuation, text)) }
}

/// Cuts an answer at a stop token where nothing else says which part of it is code: one without a fence and without the
/// tag that the token would close.
pub(super) fn cut_unmarked(problem: &Problem, text: &mut String, notes: &mut Vec<Note>) {
    if !text.contains("```") && !text.contains("<code>") {
        cut(problem, text, notes);
    }
}

fn cut(problem: &Problem, text: &mut String, notes: &mut Vec<Note>) {
    let tokens = problem.stop_tokens.iter().filter(|token| !token.is_empty());
    let cuts = tokens.filter_map(|token| Some((text.find(token.as_str())?, token)));
    if let Some((at, token)) = cuts.min_by_key(|(at, _)| *at) {
        notes.push(Note::StopTokenCut { token: token.clone() });
        text.truncate(at);
    }
}

/// Code that a chat model answered, indented as the place wants it: if a function is open there, as its body, for which
/// the whole function may have been answered.
pub(super) fn fit(problem: &Problem, code: String, notes: &mut Vec<Note>) -> (Form, String) {
    let Some(open) = Open::of(&problem.prompt) else {
        return (Form::Continuation, at_margin(code, |_| true));
    };
    let code = match without_header(&code, &open.name) {
        Some(rest) => {
            notes.push(Note::SignatureDropped);
            rest
        }
        None => code,
    };
    (Form::Continuation, body(&code, &open.indentation, notes))
}

/// The function that is open at the end of some code.
struct Open {
    name: String,
    /// That of its statements.
    indentation: String,
}

impl Open {
    fn of(prompt: &str) -> Option<Open> {
        let lines = python::lines(prompt);
        let last = lines.iter().rposition(SourceLine::is_statement)?;
        let header = lines[..=last].iter().rposition(|line| line.is_statement() && is_header(line))?;
        let within = &lines[header + 1..=last];
        if within.iter().any(|line| line.is_statement() && line.indent <= lines[header].indent) {
            return None;
        }
        let name = lines[header].names().find(|name| !matches!(*name, "def" | "async"))?.to_owned();
        let first = within.iter().find(|line| line.is_statement());
        let indentation = match first {
            Some(line) => line.indentation().to_owned(),
            None => format!("{}    ", lines[header].indentation()),
        };
        Some(Open { name, indentation })
    }
}

/// The body of the function of this name, at the margin, behind what stands before it; none where it is not defined, or
/// something follows it.
fn without_header(code: &str, name: &str) -> Option<String> {
    let lines = python::lines(code);
    let chunks = python::outline(&lines);
    let last = chunks.last()?;
    if !matches!(last.kind, StatementKind::Function { name: found, .. } if found == name) {
        return None;
    }
    let within = lines.get(last.head + 1..last.lines.end)?;
    let first = within.iter().position(SourceLine::is_statement)?;
    let text = |part: &[SourceLine<'_>]| part.iter().flat_map(|line| [line.text, "\n"]).collect::<String>();
    let inner = at_margin(text(&within[first..]), |_| true);
    Some(format!("{}{inner}", text(&lines[..last.head])))
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerKind, extract};
    use super::*;
    use crate::problem::{Language, Test};

    const FUNCTION: &str = "import numpy as np\nx = test_input\ndef f(x):\n";

    fn problem(prompt: &str) -> Problem {
        let mut problem = Problem::new("p", Language::Python);
        problem.prompt = prompt.to_owned();
        problem.text_name = Some("code".to_owned());
        problem.stop_tokens = vec!["</code>".to_owned(), "# SOLUTION END".to_owned()];
        problem.tests = vec![Test::asserting("test_execution(code)")];
        problem
    }

    fn taken(prompt: &str, raw: &str, kind: AnswerKind) -> String {
        extract(&problem(prompt), raw, kind).unwrap_or_else(|reason| panic!("{reason}: {raw}")).text
    }

    #[test]
    fn a_base_model_is_taken_at_its_word_up_to_the_closing_tag() {
        for (raw, text) in [
            ("y = x + 1\n</code>\nEND SOLUTION\n\nProblem:\nx", "y = x + 1\n"),
            ("    return x\n# SOLUTION END\nplt.show()", "    return x\n"),
            ("  y = x", "  y = x"),
        ] {
            assert_eq!(taken("x = test_input\n", raw, AnswerKind::Completion), text);
        }
        assert!(extract(&problem(""), "\n</code>\ny = 1", AnswerKind::Completion).is_err());
    }

    #[test]
    fn a_chat_model_marks_its_code_in_one_of_several_ways() {
        for raw in [
            "y = x + 1\n",
            "Here:\n```python\ny = x + 1\n```\nThat is all.\n",
            "<code>\ny = x + 1\n</code>\n",
            "y = x + 1\n</code>\nEND SOLUTION\n",
            "```python\n    y = x + 1\n```\n",
        ] {
            assert_eq!(taken("x = test_input\n", raw, AnswerKind::Chat).trim_end(), "y = x + 1", "{raw}");
        }
    }

    #[test]
    fn the_body_of_a_function_is_indented_and_a_whole_function_gives_its_body() {
        for raw in [
            "```python\n    y = x + 1\n    return y\n```",
            "```python\ny = x + 1\nreturn y\n```",
            "```python\ndef f(x):\n    y = x + 1\n    return y\n```",
        ] {
            let text = taken(FUNCTION, raw, AnswerKind::Chat);
            assert_eq!(text.trim_end(), "    y = x + 1\n    return y", "{raw}");
        }
        let with_import = "```python\nimport math\ndef f(x):\n    return math.pi\n```";
        let text = taken(FUNCTION, with_import, AnswerKind::Chat);
        assert_eq!(text.trim_end(), "    import math\n    return math.pi");
        let closed = "def g(x):\n    return x\ny = g(test_input)\n";
        assert_eq!(taken(closed, "```python\nz = y\n```", AnswerKind::Chat).trim_end(), "z = y");
    }
}
