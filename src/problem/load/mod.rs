//! Reads problem sets from files and folders: `records` turns files into records, `recognise` tells their format, and
//! most other files of this folder turn records of one format, or of several of the same shape, into problems.
//!
//! How a file is stored and compressed, and which format it has, is told from its content, never from its name. Sets
//! can have gigabytes of tests, so one record and its problem are in memory at a time.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tracing::{debug, info};

use super::format::FormatError;
use super::{Dataset, Problem, ProblemSet, ProblemSetBuilder, StoreError, TaskId, Test, TestBody};
use crate::files;
use crate::shown::shown;

mod apps;
mod around;
mod big_code_bench;
mod class_eval;
mod code_contests;
mod codeforces;
mod crux_eval;
mod ds_1000;
mod eval_plus;
mod functions;
mod human_eval;
pub mod karat;
mod kod_code;
mod leet_code;
mod live_code_bench;
mod mbpp;
mod multipl_e;
mod notes;
mod pickle;
mod python_tests;
mod recognise;
mod records;
mod sandbox_fusion;
mod stream;
mod verifiable;

use notes::{Notes, ProblemNote};
pub use records::is_one_object;
pub use records::{Element, Elements, MalformedRecord, RecordFault, RecordPlace};
use records::{Record, Refusal, each_record};
pub use stream::{decode, open};

/// Why a problem set could not be loaded. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error(
        "{}: no such file; give the path of a problem set, such as human-eval's HumanEval.jsonl.gz \
         (https://github.com/openai/human-eval, folder data)",
        shown(path.display())
    )]
    NotFound {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads to a folder that is no problem set.
    #[error(
        "{}: is a folder without a problem set; give the path of a problem set's file, of a folder that holds the files \
         of one set (.jsonl, .json, .parquet), or of the folder of APPS that holds a folder a problem",
        shown(path.display())
    )]
    Directory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads to a file, and the format that was asked for is that of a folder.
    #[error(
        "{}: is a file, and Karat's own format is a folder; give the path of the folder that has set.toml in it",
        shown(path.display())
    )]
    NotAFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// A format was asked for, and the folder is a set in Karat's own.
    #[error(
        "{}: is a set in Karat's own format (there is set.toml in it), and can not be read as another; leave out --dataset",
        shown(path.display())
    )]
    OwnFormat {
        /// The path that was given.
        path: PathBuf,
    },
    /// A file could not be read to its end.
    #[error("{}: can not be read; if it is a download, fetch it again", shown(path.display()))]
    Io {
        /// The file that could not be read.
        path: PathBuf,
        /// What the system, or the decompressor, said.
        source: io::Error,
    },
    /// A file can not be read any further: it is damaged, or decompresses to far more than it can be meant to.
    #[error("{}: can not be read after {after}; if it is a download, fetch it again", shown(path.display()))]
    Broken {
        /// The damaged file.
        path: PathBuf,
        /// The last record that could be read; number 0 if none.
        after: RecordPlace,
        /// What the system, the decompressor or the reader said.
        source: io::Error,
    },
    /// A record is not a problem.
    #[error(transparent)]
    Record(#[from] MalformedRecord),
    /// A file of a set in Karat's own format is not as the format wants it.
    #[error(transparent)]
    Format(Box<FormatError>),
    /// The problems can not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are problems, and none of them can be judged.
    #[error("{}: {}, and there are no others; fetch the set again, or choose another", shown(path.display()), shown(note))]
    NothingToJudge {
        /// The file or folder.
        path: PathBuf,
        /// What the problems lack.
        note: String,
    },
    /// The file holds no problem at all.
    #[error("{}: holds no problem; was the download cut short?", shown(path.display()))]
    Empty {
        /// The file without problems.
        path: PathBuf,
    },
}

/// Loads the problem set in a file or folder. Its format is recognised from the fields of the first record, unless it
/// is given as `dataset`.
///
/// # Errors
///
/// When the file is not there, can not be read, is empty, is in no known format, or any of its records is not a
/// problem; the message then names file, record and field.
pub fn load(path: &Path, dataset: Option<Dataset>) -> Result<ProblemSet, LoadError> {
    let mut loading = Loading::new(dataset);
    let digest = match Layout::of(path)? {
        Layout::Karat if dataset.is_some_and(|dataset| dataset != Dataset::Karat) => {
            return Err(LoadError::OwnFormat { path: path.to_owned() });
        }
        Layout::Karat => return karat::load(path).inspect(|set| tell(path, set)),
        Layout::File if dataset == Some(Dataset::Karat) => {
            return Err(LoadError::NotAFolder { path: path.to_owned() });
        }
        Layout::File => loading.file(path)?,
        Layout::Apps(folders) if dataset.is_none_or(|dataset| dataset == Dataset::Apps) => {
            loading.dataset = Some(Dataset::Apps);
            apps::each_folder(path, &folders, |folder, record| loading.take(folder, record))?
        }
        Layout::Parts(files) if dataset != Some(Dataset::Karat) => loading.parts(path, &files)?,
        Layout::Apps(_) | Layout::Parts(_) => return Err(LoadError::Directory { path: path.to_owned() }),
    };
    loading.finish(path, digest).inspect(|set| tell(path, set))
}

/// Logs what was loaded.
fn tell(path: &Path, set: &ProblemSet) {
    let (dataset, problems, notes) = (set.dataset, set.len(), set.notes.len());
    info!(path = %shown(path.display()), %dataset, problems, notes, digest = %set.digest, "problem set loaded");
}

/// How a set is stored.
#[derive(Debug)]
enum Layout {
    /// One file.
    File,
    /// A folder in Karat's own format: `set.toml` is in it.
    Karat,
    /// The folder of APPS, and the names of those in it that are a problem each.
    Apps(Vec<String>),
    /// A folder of files that are a set together, as LiveCodeBench's `test.jsonl`, `test2.jsonl`, … are, and their
    /// names.
    Parts(Vec<String>),
}

impl Layout {
    fn of(path: &Path) -> Result<Layout, LoadError> {
        let unreadable = |source| open_error(path, source);
        if !fs::metadata(path).map_err(unreadable)?.is_dir() {
            return Ok(Layout::File);
        }
        if path.join("set.toml").is_file() {
            return Ok(Layout::Karat);
        }
        let mut names = files::names(path).map_err(unreadable)?;
        let folders: Vec<String> =
            names.iter().filter(|name| path.join(name).join(apps::QUESTION).is_file()).cloned().collect();
        if !folders.is_empty() {
            return Ok(Layout::Apps(folders));
        }
        // In a folder there are other files too (a README, a licence), so here names do count.
        names.retain(|name| is_data(name) && path.join(name).is_file());
        if names.is_empty() {
            return Err(LoadError::Directory { path: path.to_owned() });
        }
        Ok(Layout::Parts(names))
    }
}

fn is_data(name: &str) -> bool {
    let stem = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(name);
    !name.starts_with('.')
        && [".jsonl", ".json", ".parquet"].iter().any(|extension| stem.ends_with(extension))
}

/// A set while it is loaded.
struct Loading {
    /// The format, once it is known.
    dataset: Option<Dataset>,
    /// What the first record was recognised as, where the format was not named.
    recognised: Option<recognise::Recognised>,
    problems: ProblemSetBuilder,
    notes: Notes,
    /// Where each problem was, so that a duplicate can be reported with the place of the first.
    places: HashMap<TaskId, (usize, RecordPlace)>,
    /// The files so far.
    files: Vec<PathBuf>,
}

impl Loading {
    fn new(dataset: Option<Dataset>) -> Loading {
        Loading {
            dataset,
            recognised: None,
            problems: ProblemSetBuilder::new(),
            notes: Notes::default(),
            places: HashMap::new(),
            files: Vec::new(),
        }
    }

    fn file(&mut self, path: &Path) -> Result<blake3::Hash, LoadError> {
        each_record(path, |record| self.take(path, record))
    }

    /// Several files in the order of their names. The digest is of names and contents.
    fn parts(&mut self, path: &Path, names: &[String]) -> Result<blake3::Hash, LoadError> {
        let mut hasher = blake3::Hasher::new();
        for name in names {
            let digest = self.file(&path.join(name))?;
            hasher
                .update(&(name.len() as u64).to_le_bytes())
                .update(name.as_bytes())
                .update(digest.as_bytes());
        }
        Ok(hasher.finalize())
    }

    fn take(&mut self, path: &Path, record: Record<'_>) -> Result<(), Refusal> {
        let dataset = match (self.dataset, self.recognised) {
            (Some(dataset), None) => dataset,
            (_, Some(recognised)) => {
                recognised.check(&record)?;
                recognised.dataset
            }
            (None, None) => {
                let recognised = recognise::dataset(&record)?;
                let dataset = recognised.dataset;
                debug!(path = %shown(path.display()), %dataset, "format recognised");
                self.recognised = Some(recognised);
                *self.dataset.insert(dataset)
            }
        };
        self.notes.place = record.place;
        let problems = problems(dataset, &record, &mut self.notes)?;
        if problems.is_empty() {
            return Ok(());
        }
        if self.files.last().is_none_or(|last| last != path) {
            self.files.push(path.to_owned());
        }
        problems.into_iter().try_for_each(|problem| self.add(problem, record.place))
    }

    /// Adds a problem of the last file.
    fn add(&mut self, mut problem: Problem, place: RecordPlace) -> Result<(), Refusal> {
        let file = self.files.len() - 1;
        // A comparison that would let everything pass, or nothing.
        let is_blank = |test: &Test| matches!(&test.body, TestBody::Assertions { source, .. } if source.trim().is_empty());
        problem.tests.retain(|test| !is_blank(test));
        if problem.tests.is_empty() {
            self.notes.add(ProblemNote::WithoutTests);
            return Ok(());
        }
        if self.dataset == Some(Dataset::Odex) {
            // Several of its problems come from one question, and are called by its number.
            let base = problem.task_id.clone();
            let free = (2_u64..).map(|number| TaskId::new(format!("{}-{number}", base.as_str())));
            let names = std::iter::once(base.clone()).chain(free);
            problem.task_id = names.into_iter().find(|name| !self.places.contains_key(name)).unwrap_or(base);
        }
        if problem.needed_package(true).is_some() {
            self.notes.add(ProblemNote::NeedsPackage);
        }
        if !self.problems.add(&problem)? {
            let (first_file, place) = self.places[&problem.task_id];
            let first = if first_file == file {
                place.to_string()
            } else {
                format!("{}, {place}", self.files[first_file].display())
            };
            let value = problem.task_id.as_str().to_owned();
            return Err(RecordFault::Duplicate { value, first }.into());
        }
        self.places.insert(problem.task_id, (file, place));
        Ok(())
    }

    fn finish(self, path: &Path, digest: blake3::Hash) -> Result<ProblemSet, LoadError> {
        let Some(dataset) = self.dataset.filter(|_| !self.problems.is_empty()) else {
            return Err(match self.notes.first() {
                Some(note) => LoadError::NothingToJudge { path: path.to_owned(), note },
                None => LoadError::Empty { path: path.to_owned() },
            });
        };
        let notes = self.notes.into_texts();
        let mut set = self.problems.finish(set_name(path), dataset, None, digest.to_hex().to_string())?;
        set.notes = notes;
        Ok(set)
    }
}

/// The problems in a record: one, or two of CRUXEval's; none, and a note, where it can not be judged.
fn problems(dataset: Dataset, record: &Record<'_>, notes: &mut Notes) -> Result<Vec<Problem>, RecordFault> {
    let problem = match dataset {
        Dataset::HumanEval
        | Dataset::HumanEvalX
        | Dataset::HumanEvalPack
        | Dataset::HumanEvalXl
        | Dataset::Mxeval => human_eval::problem(record, dataset).map(Some),
        Dataset::HumanEvalPlus | Dataset::MbppPlus => eval_plus::problem(record, dataset, notes).map(Some),
        Dataset::EvoEval => eval_plus::evolved::problem(record, notes),
        Dataset::Mbpp | Dataset::MbppSanitized => mbpp::problem(record).map(Some),
        Dataset::Apps => apps::problem(record, notes),
        Dataset::CodeContests => code_contests::problem(record, notes),
        Dataset::Codeforces => codeforces::problem(record, notes),
        Dataset::LiveCodeBench => live_code_bench::problem(record).map(Some),
        Dataset::MultiPlE => multipl_e::problem(record).map(Some),
        Dataset::Odex => functions::odex(record).map(Some),
        Dataset::Mhpp => functions::mhpp(record).map(Some),
        Dataset::AceCode => functions::ace_code(record).map(Some),
        Dataset::StudentEval => functions::student_eval(record).map(Some),
        Dataset::LeetCode => leet_code::dataset_problem(record).map(Some),
        Dataset::LeetCodeContests => leet_code::contest_problem(record).map(Some),
        Dataset::Mercury => leet_code::mercury_problem(record).map(Some),
        Dataset::KodCode => kod_code::problem(record, notes),
        Dataset::ClassEval => class_eval::problem(record).map(Some),
        Dataset::CruxEval => return crux_eval::problems(record).map(Vec::from),
        Dataset::BigCodeBench => big_code_bench::problem(record, true).map(Some),
        Dataset::BigCodeBenchUncalibrated => big_code_bench::problem(record, false).map(Some),
        Dataset::Ds1000 => ds_1000::problem(record).map(Some),
        Dataset::SandboxFusion => sandbox_fusion::problem(record, notes),
        Dataset::VerifiableCoding => verifiable::problem(record, notes),
        Dataset::Karat => unreachable!("a file is never taken for a set in Karat's own format"),
    };
    problem.map(|problem| problem.into_iter().collect())
}

fn open_error(path: &Path, source: io::Error) -> LoadError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound => LoadError::NotFound { path },
        ErrorKind::IsADirectory => LoadError::Directory { path },
        _ => LoadError::Io { path, source },
    }
}

/// A file's name without the extensions that say how it is stored: `HumanEval` for `data/HumanEval.jsonl.gz`.
fn set_name(path: &Path) -> String {
    let whole = if path.file_name().is_none() { fs::canonicalize(path).ok() } else { None };
    let path = whole.as_deref().unwrap_or(path);
    let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut name: &str = &file_name;
    for extension in [".gz", ".zst", ".jsonl", ".json", ".parquet"] {
        name = name.strip_suffix(extension).filter(|rest| !rest.is_empty()).unwrap_or(name);
    }
    name.to_owned()
}

#[cfg(test)]
mod tests;
