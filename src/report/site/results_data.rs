//! The results as data within a page, for what its script computes: scores over a window of dates, and what a cell of
//! the heat map says.

use jiff::civil::Date;
use serde::Serialize;

use super::board::{Board, BoardRun};
use super::error::SiteError;
use super::export::visible;
use super::groups::difficulties;
use super::plot::heat_map;
use crate::stats::{ALPHA, EXACT_ADDITIONS_IN_PAGES};

/// What the script reads.
#[derive(Serialize)]
struct ResultsData<'a> {
    ranking: RankingData,
    problems: Vec<&'a str>,
    /// The day on which each was published. Left out where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    dates: Option<Vec<Option<Date>>>,
    /// The problems of each difficulty, in the order of the table's columns.
    difficulties: Vec<Vec<usize>>,
    /// The problems of each column of the heat map.
    columns: Vec<Vec<usize>>,
    /// In the order of the table.
    runs: Vec<RunResultsData<'a>>,
}

/// What ranks go by.
#[derive(Serialize)]
struct RankingData {
    alpha: f64,
    exact_additions: u64,
}

#[derive(Serialize)]
struct RunResultsData<'a> {
    name: &'a str,
    page: &'a str,
    /// How many samples each problem has: one number where all have as many.
    samples: Numbers,
    passed: Vec<u64>,
    /// How many could not be judged.
    unknown: Numbers,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Numbers {
    Same(u64),
    Each(Vec<u64>),
}

impl Numbers {
    fn of(numbers: Vec<u64>) -> Numbers {
        match numbers.split_first() {
            None => Numbers::Same(0),
            Some((first, rest)) if rest.iter().all(|number| number == first) => Numbers::Same(*first),
            Some(_) => Numbers::Each(numbers),
        }
    }
}

/// The results as JSON that can stand in a script element: nothing in it ends one.
pub(super) fn json(board: &Board<'_>) -> Result<String, SiteError> {
    let problems = &board.input.problems;
    let dates = problems.iter().any(|problem| problem.date.is_some());
    let results = ResultsData {
        ranking: RankingData { alpha: ALPHA, exact_additions: EXACT_ADDITIONS_IN_PAGES },
        problems: problems.iter().map(|problem| problem.task_id.as_str()).collect(),
        dates: dates.then(|| problems.iter().map(|problem| problem.date).collect()),
        difficulties: difficulties(board).into_iter().map(|level| level.problems).collect(),
        columns: heat_map::columns(board),
        runs: board.runs.iter().map(of_run).collect(),
    };
    let json = visible(&serde_json::to_string(&results)?);
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

fn of_run<'a>(run: &'a BoardRun<'_>) -> RunResultsData<'a> {
    let counts = || run.input.problems.iter().map(|problem| problem.counts);
    RunResultsData {
        name: &run.input.name,
        page: &run.slug,
        samples: Numbers::of(counts().map(|counts| counts.samples).collect()),
        passed: counts().map(|counts| counts.passed).collect(),
        unknown: Numbers::of(counts().map(|counts| counts.unknown).collect()),
    }
}
