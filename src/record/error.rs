//! What can go wrong with a run directory.

use std::io;
use std::path::{Path, PathBuf};

use crate::problem::TaskId;
use crate::shown::{shown, shown_text};

/// Why a run could not be written or read. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The system refused.
    #[error("can not {action} {}", shown(path.display()))]
    Io {
        /// What was tried: `write`, say.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A new run would overwrite one.
    #[error("{} already holds a run; continue it with --resume, or choose another directory", shown(path.display()))]
    AlreadyARun {
        /// The directory.
        path: PathBuf,
    },
    /// A new run would mix with other files.
    #[error("{} is not empty (it holds {found:?}); choose a new or empty directory", shown(path.display()))]
    NotEmpty {
        /// The directory.
        path: PathBuf,
        /// One of the files in it.
        found: String,
    },
    /// Another process writes there.
    #[error(
        "{} is in use by another karat{}; wait for it to end, or choose another directory",
        shown(path.display()),
        process.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    Locked {
        /// The directory.
        path: PathBuf,
        /// The other process, if it could be told.
        process: Option<u32>,
    },
    /// There is no run to read.
    #[error("{} holds no run (there is no run.json in it); give the directory of a run", shown(path.display()))]
    NotARun {
        /// The directory.
        path: PathBuf,
    },
    /// The run was interrupted. Said in the same words wherever it matters.
    #[error("{}: {}", shown(path.display()), unfinished(resume.as_deref()))]
    NotFinished {
        /// The directory.
        path: PathBuf,
        /// The command that goes on with it.
        resume: Option<String>,
    },
    /// `run.json` is damaged.
    #[error("{}: not the manifest of a run; restore it, or start the run anew", shown(path.display()))]
    Manifest {
        /// The `run.json` that is damaged.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// `run.json` is from the future.
    #[error(
        "{}: written by a newer karat (format {found}, this one reads up to {supported}); use that version",
        shown(path.display())
    )]
    NewerFormat {
        /// The file of the newer format.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that can be read.
        supported: u32,
    },
    /// `run.json` is from before lines had seals.
    #[error(
        "{}: written by an older karat (format {found}, this one reads {supported}), whose lines have no seals, so that \
         nobody can tell whether they are as they were written; judge the completions again: {again}",
        shown(path.display())
    )]
    OlderFormat {
        /// The file of the older format.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format that can be read.
        supported: u32,
        /// The command that judges the completions again.
        again: String,
    },
    /// A file that is written whole is not as karat wrote it.
    #[error("{}: {problem}; {remedy}", shown(path.display()))]
    Changed {
        /// The file that was changed.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A file that is written whole has the right seal, but is not what was expected.
    #[error("{}: not readable; {remedy}", shown(path.display()))]
    Unreadable {
        /// The file that has the right seal.
        path: PathBuf,
        /// What to do.
        remedy: &'static str,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The completions are not those that the run started with.
    #[error(
        "{}: not the file that the run started with (digest {found}, run.json says {expected}); restore it, or start the \
         run anew",
        shown(path.display())
    )]
    CompletionsChanged {
        /// The file of completions.
        path: PathBuf,
        /// The digest in `run.json`.
        expected: String,
        /// The digest of the file.
        found: String,
    },
    /// A line of `completions.jsonl` is damaged.
    #[error(
        "{}, line {line}: {problem}; restore the file, or start the run anew (a run of a model: remove run.json, and \
         --resume makes the file again)",
        shown(path.display())
    )]
    CompletionLine {
        /// The file of completions with that line.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of `verdicts.jsonl` is damaged, or lost.
    #[error(
        "{}, line {line}: {problem}; restore the file, or remove scores.json and the lines that are not as they were, and \
         --resume judges what is missing then",
        shown(path.display())
    )]
    VerdictLine {
        /// The file of verdicts with that line.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of a growing run's file is damaged, or lost.
    #[error(
        "{}, line {line}: {problem}; restore the file, or remove run.json and all from this line on, and --resume makes \
         up for it",
        shown(path.display())
    )]
    LogLine {
        /// The log with that line.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// A verdict on a completion that the run does not have.
    #[error("the run has no completion {sample} of {task_id}, so there can be no verdict on it")]
    UnknownCompletion {
        /// The problem.
        task_id: TaskId,
        /// Which of its completions.
        sample: u32,
    },
    /// The run can not be finished yet.
    #[error("{missing} of {total} completions have no verdict yet; continue the run with --resume")]
    Unfinished {
        /// How many verdicts are missing.
        missing: u64,
        /// How many completions there are.
        total: u64,
    },
    /// There are more completions than a run can have.
    #[error("a run can hold {} completions at most; split the file", u32::MAX)]
    TooManyCompletions,
    /// An earlier write failed and could not be undone.
    #[error("{}: an earlier write failed; continue the run with --resume once that is mended", shown(path.display()))]
    LogBroken {
        /// The log that could not be undone.
        path: PathBuf,
    },
}

impl RecordError {
    /// The run's directory, if what is wrong is that it is not finished.
    pub fn unfinished(&self) -> Option<&Path> {
        match self {
            RecordError::NotFinished { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// What is said of a run that was interrupted.
pub fn unfinished(resume: Option<&str>) -> String {
    match resume {
        Some(resume) => format!("the run is not finished; this goes on with it:\n  {}", shown_text(resume)),
        None => "the run is not finished; begin it again as it was begun, with `resume`".to_owned(),
    }
}

/// Turns a system error into one that says what was tried with which file.
pub(super) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RecordError {
    let path = path.to_owned();
    move |source| RecordError::Io { action, path, source }
}
