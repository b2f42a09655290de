//! HumanEval's format: JSON lines of `task_id, prompt, entry_point, canonical_solution, test`.

use std::collections::HashMap;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;

use super::json_lines::{ADD_FIELD, Field, LONGEST_LINE, LineError, LineFault, Lines, parse_object};
use super::{Digesting, LoadError, open, open_error, set_name};
use crate::problem::{Dataset, Language, Problem, ProblemSet, ProblemSetBuilder, Solution, Test, TestBody};

/// A line, before its fields are checked. Fields beyond these are not looked at.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    task_id: Field,
    #[serde(default)]
    prompt: Field,
    #[serde(default)]
    entry_point: Field,
    #[serde(default)]
    canonical_solution: Field,
    #[serde(default)]
    test: Field,
    #[serde(default)]
    completion: Field,
}

pub(super) fn load(path: &Path) -> Result<ProblemSet, LoadError> {
    let reader = open(path).map_err(|source| open_error(path, source))?;
    let mut lines = Lines::new(BufReader::new(Digesting::new(reader)), LONGEST_LINE);
    let mut problems = ProblemSetBuilder::new();
    let mut first_lines = HashMap::new();
    while let Some(line) = lines.next_line().map_err(|source| open_error(path, source))? {
        let at_line = |fault| LineError { file: path.display().to_string(), line: line.number, fault };
        let text = line.text().map_err(at_line)?;
        if text.is_empty() {
            continue;
        }
        let problem = parse_object(text).and_then(problem).map_err(at_line)?;
        if !problems.add(&problem)? {
            return Err(at_line(LineFault::Duplicate {
                field: "task_id",
                value: problem.task_id.to_string(),
                first_line: first_lines[&problem.task_id],
            })
            .into());
        }
        first_lines.insert(problem.task_id, line.number);
    }
    if problems.is_empty() {
        return Err(LoadError::Empty { path: path.to_owned() });
    }
    let digest = lines.get_mut().get_ref().hasher.finalize().to_hex().to_string();
    Ok(problems.finish(set_name(path), Dataset::HumanEval, None, digest)?)
}

fn problem(row: Row) -> Result<Problem, LineFault> {
    let advice = if row.completion.is_present() {
        "this looks like a file of completions; give it as the samples, not as the problems"
    } else {
        ADD_FIELD
    };
    let task_id = row.task_id.string("task_id", advice)?;
    if task_id.is_empty() {
        return Err(LineFault::EmptyField { field: "task_id" });
    }
    let prompt = row.prompt.string("prompt", advice)?;
    let entry_point = row.entry_point.string("entry_point", advice)?;
    if !is_python_identifier(&entry_point) {
        return Err(LineFault::NotAnIdentifier { field: "entry_point", value: entry_point });
    }
    let reference = row.canonical_solution.optional_string("canonical_solution")?;
    let source = row.test.string("test", advice)?;
    Ok(Problem {
        prompt,
        entry_point: Some(entry_point),
        references: reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect(),
        tests: vec![Test::hidden(TestBody::Assertions { source, calls_check: true })],
        ..Problem::new(task_id, Language::Python)
    })
}

/// Whether Python would take the text for a name. It is pasted into a program, so nothing else may pass.
pub(super) fn is_python_identifier(text: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
        "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
        "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|other| other == '_' || other.is_alphanumeric())
        && !KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::{Value, json};

    use super::*;

    fn row(task_id: &str) -> Value {
        json!({
            "task_id": task_id, "prompt": "def f():\n", "entry_point": "f", "canonical_solution": "    return 1\n",
            "test": "def check(candidate):\n    assert candidate() == 1\n", "extra": [1, null],
        })
    }

    fn load_text(text: &str) -> Result<ProblemSet, LoadError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("set.jsonl");
        std::fs::write(&path, text).unwrap();
        load(&path)
    }

    fn fault(text: &str) -> (u64, LineFault) {
        match load_text(text).unwrap_err() {
            LoadError::Line(error) => {
                let message = error.to_string();
                assert!(message.contains("set.jsonl, line "), "{message}");
                assert!(message.contains("; "), "no advice: {message}");
                (error.line, error.fault)
            }
            other => panic!("{other}"),
        }
    }

    fn without(field: &str) -> String {
        let mut row = row("T/1");
        row.as_object_mut().unwrap().remove(field);
        row.to_string()
    }

    fn with(field: &str, value: Value) -> String {
        let mut row = row("T/1");
        row[field] = value;
        row.to_string()
    }

    #[test]
    fn reads_problems_in_order_plain_and_gzipped_alike() {
        let text = format!("\n{}\n  \r\n{}", row("T/1"), row("T/0"));
        let plain = load_text(&text).unwrap();
        assert_eq!(plain.name, "set");
        assert_eq!(plain.task_ids().map(|task_id| task_id.as_str()).collect::<Vec<_>>(), ["T/1", "T/0"]);
        assert_eq!(plain.digest, blake3::hash(text.as_bytes()).to_hex().to_string());
        assert_eq!(plain.problem("T/0").unwrap().reference().unwrap().source, "    return 1\n");

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("set.jsonl"); // gzipped in spite of its name
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        std::fs::write(&path, encoder.finish().unwrap()).unwrap();
        let gzipped = load(&path).unwrap();
        assert_eq!(gzipped.digest, plain.digest);
        assert!(gzipped.entries().eq(plain.entries()));
    }

    #[test]
    fn the_reference_may_be_missing() {
        for text in [without("canonical_solution"), with("canonical_solution", Value::Null)] {
            assert!(!load_text(&text).unwrap().get("T/1").unwrap().has_reference);
        }
    }

    #[test]
    fn missing_and_mistyped_fields_are_named() {
        for field in ["task_id", "prompt", "entry_point", "test"] {
            assert_eq!(fault(&without(field)), (1, LineFault::MissingField { field, advice: ADD_FIELD }));
            let text = format!("{}\n\n{}", row("T/0"), with(field, json!(7)));
            assert_eq!(fault(&text), (3, LineFault::NotAString { field, found: "a number" }));
        }
        assert!(matches!(fault(&with("canonical_solution", json!([]))).1, LineFault::NotAString { .. }));
        assert_eq!(fault(&with("task_id", json!(""))).1, LineFault::EmptyField { field: "task_id" });
    }

    #[test]
    fn a_file_of_completions_is_recognised() {
        let (_, fault) = fault(r#"{"task_id": "T/0", "completion": "    pass\n"}"#);
        assert!(fault.to_string().contains("file of completions"), "{fault}");
    }

    #[test]
    fn duplicates_name_both_lines() {
        let text = format!("{}\n\n{}\n{}\n", row("T/0"), row("T/1"), row("T/0"));
        let expected = LineFault::Duplicate { field: "task_id", value: "T/0".into(), first_line: 1 };
        assert_eq!(fault(&text), (4, expected));
    }

    #[test]
    fn entry_points_must_be_names() {
        for wrong in ["", "f()", "a.b", "1f", "class", "f; import os", "f\n"] {
            let expected = LineFault::NotAnIdentifier { field: "entry_point", value: wrong.into() };
            assert_eq!(fault(&with("entry_point", json!(wrong))), (1, expected));
        }
        for right in ["f", "_f", "is_prime2", "größe"] {
            load_text(&with("entry_point", json!(right))).unwrap();
        }
    }

    #[test]
    fn empty_files_and_broken_lines_are_errors() {
        assert!(matches!(load_text(""), Err(LoadError::Empty { .. })));
        assert!(matches!(load_text("\n \n"), Err(LoadError::Empty { .. })));
        assert_eq!(fault("[]"), (1, LineFault::NotAnObject { found: "an array" }));
        let (line, fault) = fault(&format!("{}\n{{\"task_id\": ", row("T/0")));
        assert_eq!(line, 2);
        assert!(matches!(fault, LineFault::InvalidJson { .. }));
    }
}
