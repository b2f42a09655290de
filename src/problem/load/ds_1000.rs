//! DS-1000's format: records of `prompt, reference_code, metadata, code_context`, where `metadata` is an object (or the
//! text of one) of `problem_id, library, perturbation_type` and more.
//!
//! `code_context` is a program: it has a text, `exec_context`, in which `[insert]` stands for the answer, and defines
//! `test_execution`, which takes the answer as a text, puts it there and executes that on inputs of its own. Some
//! define `test_string` besides, which looks at the words of the answer. So an answer is handed over as a text.

use super::apps::with_parsed;
use super::records::{Item, Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test};

/// What the harness calls the answer.
const NAME: &str = "code";

/// What stands for the answer in the program around it.
const INSERT: &str = "[insert]";

/// What ends an answer, by the harness.
const STOP_TOKENS: [&str; 4] = ["</code>", "# SOLUTION END", "\nEND SOLUTION", "<|endoftext|>"];

/// The problem in a record.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let mut problem = with_parsed(&record.required("metadata")?, facts)?;
    problem = problem.stated(record.string("prompt")?);
    problem.text_name = Some(NAME.to_owned());
    problem.stop_tokens = STOP_TOKENS.map(str::to_owned).to_vec();
    let reference = record.text_if_any("reference_code")?;
    problem.references =
        reference.into_iter().map(|source| Solution::new("reference_code", source)).collect();
    let item = record.required("code_context")?;
    let context = item.string()?;
    if !context.trim().is_empty() {
        if !context.contains("def test_execution(") {
            return Err(item.unusable(
                "defines no test_execution; fetch the file again, in the form that DS-1000 has had since 2024",
            ));
        }
        before_the_answer(context).unwrap_or_default().clone_into(&mut problem.prompt);
        let mut source = format!("{context}\ntest_execution({NAME})\n");
        // As the harness looks for it.
        if context.contains("test_string(") {
            source.push_str(&format!("test_string({NAME})\n"));
        }
        problem.tests = vec![Test::asserting(source)];
    }
    Ok(problem)
}

/// A problem with what is said of it: its library is a tag, and what it was made of is its source.
fn facts(metadata: &Item<'_, '_>) -> Result<Problem, RecordFault> {
    let id = metadata.required("problem_id")?;
    let id = match id.integer() {
        Ok(number) => number.to_string(),
        Err(_) => id.string().map_err(|_| id.expected("a number"))?.to_owned(),
    };
    let mut problem = Problem::new(format!("DS-1000/{id}"), Language::Python);
    problem.facts.tags = vec![metadata.required("library")?.string()?.to_owned()];
    let perturbation = metadata.optional("perturbation_type")?;
    problem.facts.source = perturbation.map(|item| item.string().map(str::to_owned)).transpose()?;
    Ok(problem)
}

/// The code that an answer is put behind.
fn before_the_answer(context: &str) -> Option<&str> {
    let text = context.split_once("exec_context =")?.1.trim_start().trim_start_matches('r');
    let quote = ["\"\"\"", "'''"].into_iter().find(|quote| text.starts_with(quote))?;
    let text = text[quote.len()..].split_once(quote)?.0;
    Some(text.split_once(INSERT)?.0.trim_start_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_before_an_answer_is_found() {
        let context = |quote: &str| {
            format!(
                "import numpy\nexec_context = r{quote}\nimport numpy as np\nx = test_input\n[insert]\nresult = y\n{quote}\n"
            )
        };
        for quote in ["\"\"\"", "'''"] {
            assert_eq!(
                before_the_answer(&context(quote)),
                Some("import numpy as np\nx = test_input\n"),
                "{quote}"
            );
        }
        for text in ["", "exec_context = 1", "exec_context = '''x = 1\n'''", "exec_context = '''[insert]"] {
            assert_eq!(before_the_answer(text), None, "{text}");
        }
    }
}
