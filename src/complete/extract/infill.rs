//! Code that stands between a prompt and a suffix. Its line ends are up to the model: it is neither cut nor indented.

use super::super::Form;
use super::fit;
use super::how::{Extraction, How, NoCode, Note};
use crate::problem::{Language, Problem};
use crate::python;

/// What a base model wrote, to the byte, as HumanEval-Infilling's own evaluation takes it.
///
/// # Errors
///
/// When that is nothing. White space may be what belongs there.
pub(super) fn as_it_is(raw: &str) -> Result<Extraction, NoCode> {
    if raw.is_empty() {
        return Err(NoCode::Empty);
    }
    Ok(Extraction {
        form: Form::Continuation,
        text: raw.to_owned(),
        how: How::Continuation,
        notes: Vec::new(),
    })
}

/// The code that a chat model answered: what is between prompt and suffix if it repeats both, a whole program if it
/// defines the prompt's function anew, and else what goes between them.
pub(super) fn fit(problem: &Problem, suffix: &str, code: String, notes: &mut Vec<Note>) -> (Form, String) {
    if let Some(middle) = between(&problem.prompt, suffix, &code) {
        notes.push(Note::FrameDropped);
        return (Form::Continuation, middle.to_owned());
    }
    if problem.language == Language::Python
        && let Some(name) = fit::entry_point(problem)
        && defines(&problem.prompt, &name)
        && defines(&code, &name)
    {
        return fit::fit_function(problem, code, &name, notes);
    }
    (Form::Continuation, with_its_end(&problem.prompt, suffix, code))
}

/// What is between a prompt and a suffix in code that has both, empty lines and white space around it all aside.
fn between<'a>(prompt: &str, suffix: &str, code: &'a str) -> Option<&'a str> {
    let prompt = prompt.trim_start_matches('\n');
    let rest = code.trim_start_matches('\n').strip_prefix(prompt).filter(|_| !prompt.is_empty())?;
    let suffix = suffix.trim_end();
    let rest = if suffix.is_empty() { rest } else { rest.trim_end().strip_suffix(suffix)? };
    Some(rest)
}

/// Code that was given alone. Whether a line end followed it can not be told from the answer: one is added where the
/// prompt has whole lines, and none is kept where the suffix begins with one or the code goes on in the prompt's line.
fn with_its_end(prompt: &str, suffix: &str, mut code: String) -> String {
    let whole_lines = prompt.is_empty() || prompt.ends_with('\n');
    if suffix.starts_with('\n') || (!whole_lines && code.trim_end_matches('\n').lines().count() < 2) {
        code.truncate(code.trim_end_matches('\n').len());
    } else if whole_lines && !code.ends_with('\n') {
        code.push('\n');
    }
    code
}

fn defines(code: &str, name: &str) -> bool {
    let lines = python::lines(code);
    python::outline(&lines).iter().any(
        |chunk| matches!(chunk.kind, python::StatementKind::Function { name: found, .. } if found == name),
    )
}

/// A prompt in Python without the function or class at its end, which the text behind it may go on with: a program by
/// itself, where the prompt is not.
pub fn whole_statements(prompt: &str) -> &str {
    let lines = python::lines(prompt);
    let open = python::outline(&lines).into_iter().next_back();
    let open = open.filter(|chunk| {
        !matches!(
            chunk.kind,
            python::StatementKind::Import(_)
                | python::StatementKind::Assignment(_)
                | python::StatementKind::Docstring
        )
    });
    let end = open.and_then(|chunk| lines.get(chunk.lines.start)).map_or(prompt.len(), |line| line.start);
    &prompt[..end]
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerKind, extract};
    use super::*;

    const PROMPT: &str = "import math\n\n\ndef area(radius):\n    \"\"\"The area of a circle.\"\"\"\n";
    const SUFFIX: &str = "    return math.pi * square\n";

    fn problem(prompt: &str, suffix: &str) -> Problem {
        let mut problem = Problem::new("p", Language::Python);
        problem.prompt = prompt.to_owned();
        problem.suffix = Some(suffix.to_owned());
        problem.entry_point = Some("area".to_owned());
        problem
    }

    fn text(problem: &Problem, raw: &str, kind: AnswerKind) -> (Form, String) {
        let found = extract(problem, raw, kind).unwrap_or_else(|reason| panic!("{reason}: {raw}"));
        (found.form, found.text)
    }

    #[test]
    fn a_base_model_is_taken_at_its_word() {
        let problem = problem(PROMPT, SUFFIX);
        for raw in [
            "    square = radius ** 2\n",
            "square = 1",
            "    \n",
            "    a = 1\n\n\ndef other():\n    pass\n",
            "```python\n<think>\r\n",
            "{\"code\": \"x\"}",
        ] {
            let found = text(&problem, raw, AnswerKind::Completion);
            assert_eq!(found, (Form::Continuation, raw.to_owned()));
        }
        assert_eq!(extract(&problem, "", AnswerKind::Completion), Err(NoCode::Empty));
    }

    #[test]
    fn a_chat_model_may_answer_with_all_of_the_code_or_with_the_part() {
        let circle = problem(PROMPT, SUFFIX);
        let middle = "    square = radius ** 2\n";
        let chat = |code: &str| format!("Here:\n```python\n{code}```\n");
        let continuation = (Form::Continuation, middle.to_owned());
        for raw in [
            chat(&format!("{PROMPT}{middle}{SUFFIX}")),
            chat(&format!("\n{PROMPT}{middle}{SUFFIX}\n\n")),
            chat(middle),
        ] {
            assert_eq!(text(&circle, &raw, AnswerKind::Chat), continuation, "{raw}");
        }
        let rewritten = "def area(radius):\n    return math.pi * radius ** 2\n";
        let (form, program) = text(&circle, &chat(rewritten), AnswerKind::Chat);
        assert_eq!(form, Form::Program);
        assert!(program.starts_with("import math\n") && program.ends_with(rewritten), "{program}");
        assert_eq!(extract(&circle, "", AnswerKind::Chat), Err(NoCode::Empty));
    }

    #[test]
    fn a_part_of_a_line_has_no_end_of_a_line() {
        let chat = |problem: &Problem, code: &str| {
            text(problem, &format!("```python\n{code}\n```\n"), AnswerKind::Chat).1
        };
        let within = problem("def area(r):\n    return 3 * ", " * r\n");
        assert_eq!(chat(&within, "r"), "r");
        assert_eq!(chat(&problem("def area(r):\n    return", "\n"), "3 * r * r"), "3 * r * r");
        assert_eq!(chat(&problem(PROMPT, SUFFIX), "    square = 1"), "    square = 1\n");
        let whole = "def area(r):\n    return 3 * r * r";
        assert_eq!(chat(&within, whole), "r");
    }

    #[test]
    fn a_function_that_is_not_whole_is_left_out() {
        let helper = "import math\n\n\ndef helper(x):\n    return x\n\n\n";
        let prompt = format!("{helper}def area(r):\n    for i in r:\n");
        assert_eq!(whole_statements(&prompt).trim_end(), helper.trim_end());
        assert_eq!(whole_statements("import math\nx = 1\n"), "import math\nx = 1\n");
        assert_eq!(whole_statements(""), "");
    }
}
