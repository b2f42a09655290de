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
//! The pages work from a file and without JavaScript, which only adds sorting, filtering, keys, a choice of dates and a
//! switch of the colour scheme. Templates, styles and script are in `reports/`. Everything that a model wrote is taken
//! for hostile; what makes it harmless is [`escape`](super::escape). Hidden tests and reference solutions are left out
//! unless [`SiteInput::reveal_tests`] asks for them.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

mod answer;
mod board;
mod code;
mod convert;
mod diff;
mod error;
mod export;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
mod groups;
mod index_page;
mod input;
mod parquet;
mod plot;
mod problem_page;
mod results_data;
mod run_page;
mod run_samples;
mod sample_list;
mod slug;
mod statement;
mod template;
mod view;

pub use error::SiteError;
pub use export::GENERATOR;
pub use format::{dollars, letters, plural, shorten};
pub use input::{
    AnswerInput, Duel, FailingTest, ModelSize, Outcome, PageSource, ProblemInput, ProblemResult,
    ProblemSetInput, ProblemText, PromptInput, RunInput, SampleInput, SiteInput, SourceError, TestText,
};
pub use slug::slugs;

use board::Board;
use index_page::{IndexView, ProblemsView};
use problem_page::ProblemView;
use run_page::{OpeningView, RunView};
use template::{Page, PageTemplates};

const STYLE: &str = include_str!("../../../reports/style.css");
/// One file of many, in the order in which they need each other.
const SCRIPT: &str = concat!(
    include_str!("../../../reports/script/start.js"),
    include_str!("../../../reports/script/address.js"),
    include_str!("../../../reports/script/theme.js"),
    include_str!("../../../reports/script/sort.js"),
    include_str!("../../../reports/script/filter.js"),
    include_str!("../../../reports/script/place.js"),
    include_str!("../../../reports/script/keys.js"),
    include_str!("../../../reports/script/results.js"),
    include_str!("../../../reports/script/interval.js"),
    include_str!("../../../reports/script/rank.js"),
    include_str!("../../../reports/script/window.js"),
    include_str!("../../../reports/script/heat_map.js"),
    include_str!("../../../reports/script/end.js"),
);

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
    write(&out.join("index.html"), &templates.render(Page::Index, &IndexView::new(&board)?)?)?;
    write(&out.join("problems.html"), &templates.render(Page::Problems, &ProblemsView::new(&board))?)?;
    (0..board.runs.len()).into_par_iter().try_for_each(|place| {
        let page = templates.render(Page::Run, &RunView::new(&board, place))?;
        write(&out.join("run").join(format!("{}.html", board.runs[place].slug)), &page)
    })?;
    (0..input.problems.len()).into_par_iter().try_for_each(|index| {
        let page = templates.render(Page::Problem, &ProblemView::new(&board, source, index)?)?;
        write(&out.join("problem").join(format!("{}.html", board.problem_slugs[index])), &page)
    })
}

/// The name of the page that [`write_opening`] writes.
pub const OPENING: &str = "open.html";

/// Adds a page that leads on to the samples of the first run that did not pass, for a browser to be opened at: not
/// every way of opening one takes an address with a filter in it.
///
/// # Errors
///
/// When the input contradicts itself, or the file can not be written.
pub fn write_opening(input: &SiteInput, out: &Path) -> Result<(), SiteError> {
    let board = Board::new(input)?;
    write(&out.join(OPENING), PageTemplates::new()?.render(Page::Opening, &OpeningView::new(&board))?)
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
