//! Why a server that Karat starts can not be asked.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::shown::{shown, shown_text};

/// Why a server that Karat starts can not be asked. All concern every sample.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Nothing could be started at all.
    #[error("can not start `{}` ({source})", shown(command))]
    Start {
        /// The command line, without the key.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file for its log can not be made.
    #[error("{}: can not be made, for the server's log ({source})", shown(path.display()))]
    Log {
        /// Where the log was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It ended before it was ready, or while it was in use.
    #[error("{program} ended {when} ({}); {quote}", shown(status))]
    Ended {
        /// Which program.
        program: &'static str,
        /// `before it was ready`, or `while it was needed`.
        when: &'static str,
        /// How it ended, in the system's words.
        status: Arc<str>,
        /// The end of its log.
        quote: Quote,
    },
    /// It has written nothing for too long.
    #[error(
        "{program} was not ready and wrote nothing for {} s; --server-silence allows more; {quote}",
        limit.as_secs()
    )]
    Silent {
        /// Which program.
        program: &'static str,
        /// How long it may write nothing.
        limit: Duration,
        /// The end of its log.
        quote: Quote,
    },
    /// Its list of models can not be read, or there is none.
    #[error(
        "{program} runs, but does not list its models as OpenAI's API does: {}; {quote}",
        shown_text(message)
    )]
    NoList {
        /// Which program.
        program: &'static str,
        /// What came instead.
        message: String,
        /// The end of its log.
        quote: Quote,
    },
    /// It serves something else.
    #[error(
        "{program} does not serve `{}`, but {}; leave out what names a model behind --",
        shown(wanted),
        shown(listed)
    )]
    OtherModel {
        /// Which program.
        program: &'static str,
        /// What was asked for.
        wanted: String,
        /// What it lists.
        listed: String,
    },
    /// It was ended because no more answers were wanted.
    #[error("{program} was ended, as nothing more was wanted of it")]
    Closed {
        /// Which program.
        program: &'static str,
    },
}

/// The end of a log.
#[derive(Debug)]
pub struct Quote {
    /// The log that is quoted.
    pub path: PathBuf,
    /// Its last lines.
    pub lines: Vec<String>,
}

/// How many characters of a line are quoted.
const LONGEST_LINE: usize = 240;

impl std::fmt::Display for Quote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = shown(self.path.display());
        if self.lines.is_empty() {
            return write!(formatter, "it wrote nothing to its log, {path}");
        }
        write!(formatter, "the end of its log, {path}:")?;
        for line in &self.lines {
            let line: String = line.chars().take(LONGEST_LINE).collect();
            write!(formatter, "\n    {}", shown_text(line))?;
        }
        Ok(())
    }
}
