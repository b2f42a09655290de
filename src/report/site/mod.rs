//! The leaderboard as a folder of pages: a pure function of its [input](SiteInput), so that the same runs give the
//! same bytes.
//!
//! ```text
//! index.html            the leaderboard and its plots
//! problems.html         every problem with its pass rate
//! run/<run>.html        a page for each run
//! problem/<problem>.html  a page for each problem, with samples
//! leaderboard.{csv,md,json,parquet}  the same table for other programs
//! style.css, script.js  all that the pages load
//! ```
//!
//! The pages work from a file and without JavaScript, which only adds sorting, filtering and a switch of the colour
//! scheme. Templates, styles and script are in `reports/`. Everything that a model wrote is taken for hostile; what
//! makes it harmless is [`escape`](super::escape). Hidden tests and reference solutions are left out unless
//! [`SiteInput::reveal_tests`] asks for them.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

mod board;
mod code;
mod convert;
mod diff;
mod error;
mod export;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
mod index_page;
mod input;
mod parquet;
mod plot;
mod problem_page;
mod run_page;
mod slug;
mod statement;
mod template;
mod view;

pub use error::SiteError;
pub use export::GENERATOR;
pub use format::{dollars, letters, plural, shorten};
pub use input::{
    Duel, FailingTest, PageSource, ProblemInput, ProblemResult, ProblemSetInput, ProblemText, RunInput,
    SampleInput, SiteInput, SourceError, TestText,
};
pub use slug::slugs;

use board::Board;
use index_page::{IndexView, ProblemsView};
use problem_page::ProblemView;
use run_page::RunView;
use template::{Page, PageTemplates};

const STYLE: &str = include_str!("../../../reports/style.css");
const SCRIPT: &str = include_str!("../../../reports/script.js");

/// Writes the leaderboard into a folder, which is made if it is not there. Pages are written one by one, several at
/// once, and not kept. Files in the folder that have other names stay.
///
/// # Errors
///
/// When the input contradicts itself (before anything is written), a source has no text for a page, or a file can
/// not be written.
pub fn write_site(input: &SiteInput, source: &dyn PageSource, out: &Path) -> Result<(), SiteError> {
    let board = Board::new(input)?;
    let templates = PageTemplates::new()?;
    for folder in [out.to_owned(), out.join("run"), out.join("problem")] {
        fs::create_dir_all(&folder).map_err(|source| SiteError::Write { path: folder, source })?;
    }
    write(&out.join("style.css"), STYLE)?;
    write(&out.join("script.js"), SCRIPT)?;
    write(&out.join("leaderboard.csv"), export::csv(&board))?;
    write(&out.join("leaderboard.md"), export::markdown(&board))?;
    write(&out.join("leaderboard.json"), &export::json(&board)?)?;
    write(&out.join("leaderboard.parquet"), parquet::table(&board)?)?;
    write(&out.join("index.html"), &templates.render(Page::Index, &IndexView::new(&board))?)?;
    write(&out.join("problems.html"), &templates.render(Page::Problems, &ProblemsView::new(&board))?)?;
    board.runs.par_iter().try_for_each(|run| {
        let page = templates.render(Page::Run, &RunView::new(&board, run))?;
        write(&out.join("run").join(format!("{}.html", run.slug)), &page)
    })?;
    (0..input.problems.len()).into_par_iter().try_for_each(|index| {
        let page = templates.render(Page::Problem, &ProblemView::new(&board, source, index)?)?;
        write(&out.join("problem").join(format!("{}.html", board.problem_slugs[index])), &page)
    })
}

/// The table as JSON, as it is in the folder: for programs that want it without one.
///
/// # Errors
///
/// When the input contradicts itself.
pub fn table_as_json(input: &SiteInput) -> Result<String, SiteError> {
    export::json(&Board::new(input)?)
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), SiteError> {
    fs::write(path, content).map_err(|source| SiteError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
