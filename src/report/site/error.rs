//! What can go wrong while a site is written.

use std::io;
use std::path::PathBuf;

use super::input::SourceError;

/// A leaderboard can not be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The data contradicts itself.
    #[error("the run {run} has results of {results} problems, and the leaderboard has {problems}")]
    ProblemResults {
        /// The run.
        run: String,
        /// How many results it has.
        results: usize,
        /// How many problems there are.
        problems: usize,
    },
    /// The data contradicts itself.
    #[error("the head-to-head table does not have {runs} rows of {runs} columns, one for each run")]
    HeadToHead {
        /// How many runs there are.
        runs: usize,
    },
    /// The system refused.
    #[error("can not write {}; is the disk full, or the folder not yours?", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The texts of a problem's page can not be had.
    #[error("can not read what belongs on the page of problem {task_id}")]
    Source {
        /// The problem.
        task_id: String,
        /// Why.
        source: SourceError,
    },
    /// A template does not fit the data: a mistake in Karat.
    #[error("can not fill in the template {template}")]
    Template {
        /// Which.
        template: &'static str,
        /// Why.
        source: minijinja::Error,
    },
    /// The table can not be put into JSON.
    #[error("can not write the table as JSON")]
    Json(#[from] serde_json::Error),
    /// The table can not be put into Parquet.
    #[error("can not write the table as Parquet")]
    Parquet(#[from] parquet::errors::ParquetError),
}
