//! The first page, with the leaderboard and its plots, and the list of problems.

use serde::Serialize;

use super::board::{Board, BoardRun};
use super::error::SiteError;
use super::format::{count, dollars, plural, short_count};
use super::groups::{self, ProblemGroup, difficulties};
use super::input::ProblemSetInput;
use super::plot::{self, Figure};
use super::results_data;
use super::view::{Frame, RunLink, ScoreView, Share};
use crate::report::rule_of_ranks;

/// More difficulties than this have no columns in the table.
const MOST_LEVELS: usize = 4;

/// What the first page shows.
#[derive(Serialize)]
pub(super) struct IndexView<'a> {
    frame: Frame<'a>,
    description: Option<&'a str>,
    set: &'a ProblemSetInput,
    /// `50 runs`.
    runs: String,
    /// `1,000 problems`.
    problems: String,
    first_k: Option<u64>,
    other_ks: Vec<u64>,
    /// The difficulties that the table has a column for.
    levels: Vec<String>,
    /// The window of dates that can be chosen; none where fewer than two are known.
    window: Option<DateWindow>,
    /// For the script. Markup.
    results: String,
    rows: Vec<Row<'a>>,
    columns: Columns,
    figures: Vec<Figure>,
    notes: Vec<&'a str>,
    /// Whether any score has bounds.
    is_bounded: bool,
    /// How to read ranks, where there are several runs.
    rank_rule: Option<String>,
}

/// Which columns have anything in them.
#[derive(Serialize)]
struct Columns {
    cost: bool,
    per_solved: bool,
    tokens: bool,
    tokens_in: bool,
    date: bool,
    size: bool,
    price: bool,
}

/// The days on which problems were published.
#[derive(Serialize)]
struct DateWindow {
    first: String,
    last: String,
    /// How many problems are without a date.
    undated: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    number: usize,
    rank: String,
    /// For sorting.
    best_rank: u32,
    link: RunLink<'a>,
    model: Option<&'a str>,
    first: Option<ScoreView>,
    others: Vec<Option<ScoreView>>,
    levels: Vec<Option<ScoreView>>,
    size: Cell,
    price: Cell,
    cost: Cell,
    per_solved: Option<String>,
    tokens_out: Cell,
    tokens_in: Option<String>,
    date: Option<String>,
}

/// A number in a table, as text and for sorting.
#[derive(Serialize)]
struct Cell {
    sort: Option<f64>,
    text: Option<String>,
}

impl<'a> IndexView<'a> {
    pub(super) fn new(board: &'a Board<'_>) -> Result<IndexView<'a>, SiteError> {
        let mut levels = difficulties(board);
        if levels.len() > MOST_LEVELS {
            levels.clear();
        }
        let any =
            |known: &dyn Fn(&super::input::RunInput) -> bool| board.runs.iter().any(|run| known(run.input));
        let figures = [
            plot::pass_at_k::plot(board),
            plot::cost::plot(board),
            plot::heat_map::plot(board),
            plot::head_to_head::plot(board),
            plot::difficulty::plot(board),
            plot::efficiency::plot(board),
        ];
        let (first_k, other_ks) = match board.table_ks.split_first() {
            Some((first, others)) => (Some(*first), others.to_vec()),
            None => (None, Vec::new()),
        };
        Ok(IndexView {
            frame: Frame::new(board, ""),
            description: board.input.description.as_deref(),
            set: &board.input.problem_set,
            runs: plural(board.runs.len() as u64, "run"),
            problems: plural(board.input.problems.len() as u64, "problem"),
            rows: board.runs.iter().map(|run| row(run, first_k, &other_ks, &levels)).collect(),
            levels: levels.into_iter().map(|level| level.name).collect(),
            window: window(board),
            results: results_data::json(board)?,
            first_k,
            other_ks,
            columns: Columns {
                cost: any(&|run| run.cost.is_some()),
                per_solved: any(&|run| run.cost_per_solved.is_some()),
                tokens: any(&|run| run.tokens_out.is_some() || run.tokens_in.is_some()),
                tokens_in: any(&|run| run.tokens_in.is_some()),
                date: any(&|run| run.date.is_some()),
                size: any(&|run| run.size.is_some()),
                price: any(&|run| run.price.is_some()),
            },
            figures: figures.into_iter().flatten().collect(),
            notes: board.input.notes.iter().map(String::as_str).collect(),
            rank_rule: (board.runs.len() > 1).then(rule_of_ranks),
            is_bounded: any(&|run| run.pass_at_k.iter().any(|one| one.upper_bound > one.lower_bound)),
        })
    }
}

/// The days between which a reader can choose.
fn window(board: &Board<'_>) -> Option<DateWindow> {
    let dates = || board.input.problems.iter().filter_map(|problem| problem.date);
    let (first, last) = (dates().min()?, dates().max()?);
    let undated = (board.input.problems.len() - dates().count()) as u64;
    (first < last).then(|| DateWindow {
        first: first.to_string(),
        last: last.to_string(),
        undated: (undated > 0).then(|| plural(undated, "problem")),
    })
}

fn row<'a>(
    run: &'a BoardRun<'_>,
    first_k: Option<u64>,
    other_ks: &[u64],
    levels: &[ProblemGroup],
) -> Row<'a> {
    let score = |k: u64| {
        let estimate = run.input.pass_at_k.iter().find(|one| one.k == k)?;
        Some(ScoreView::new(estimate, run.style))
    };
    let price = run.input.price;
    Row {
        number: run.number,
        rank: run.input.rank.to_string(),
        best_rank: run.input.rank.best,
        link: RunLink::new(run),
        model: run.input.model.as_deref().filter(|model| *model != run.input.name),
        first: first_k.and_then(score),
        others: other_ks.iter().map(|k| score(*k)).collect(),
        levels: levels
            .iter()
            .map(|level| groups::score(run, &level.problems).map(|score| ScoreView::new(&score, run.style)))
            .collect(),
        size: Cell {
            sort: run.input.size.as_ref().map(|size| size.parameters),
            text: run.input.size.as_ref().map(|size| size.text.clone()),
        },
        price: Cell {
            sort: price.map(|price| price.output),
            text: price.map(|price| format!("{} / {}", dollars(price.input), dollars(price.output))),
        },
        cost: Cell { sort: run.input.cost, text: run.input.cost.map(dollars) },
        per_solved: run.input.cost_per_solved.map(dollars),
        tokens_out: Cell {
            sort: run.input.tokens_out.map(|number| number as f64),
            text: run.input.tokens_out.map(short_count),
        },
        tokens_in: run.input.tokens_in.map(short_count),
        date: run.input.date.map(|date| date.to_string()),
    }
}

/// What the list of problems shows.
#[derive(Serialize)]
pub(super) struct ProblemsView<'a> {
    frame: Frame<'a>,
    rows: Vec<ProblemRow<'a>>,
    with_title: bool,
    with_difficulty: bool,
    with_tags: bool,
    with_date: bool,
    total: String,
}

#[derive(Serialize)]
struct ProblemRow<'a> {
    place: usize,
    task_id: &'a str,
    slug: &'a str,
    title: Option<&'a str>,
    difficulty: Option<&'a str>,
    tags: String,
    date: Option<String>,
    rate: Option<Share>,
    /// Runs with at least one sample that passes.
    solved_by: u64,
    solved_text: String,
}

impl<'a> ProblemsView<'a> {
    pub(super) fn new(board: &'a Board<'_>) -> ProblemsView<'a> {
        let problems = &board.input.problems;
        let rows = problems.iter().zip(&board.problem_slugs).enumerate().map(|(index, (problem, slug))| {
            let results = || board.runs.iter().map(|run| run.input.problems[index].counts);
            let solved_by = results().filter(|counts| counts.passed > 0).count() as u64;
            let tried_by = results().filter(|counts| counts.samples > 0).count() as u64;
            ProblemRow {
                place: index + 1,
                task_id: &problem.task_id,
                slug,
                title: problem.title.as_deref(),
                difficulty: problem.difficulty.as_deref(),
                tags: problem.tags.join(", "),
                date: problem.date.map(|date| date.to_string()),
                rate: board.problem_pass_rate(index).map(Share::new),
                solved_by,
                solved_text: format!("{} of {}", count(solved_by), count(tried_by)),
            }
        });
        ProblemsView {
            frame: Frame::new(board, ""),
            rows: rows.collect(),
            with_title: problems.iter().any(|problem| problem.title.is_some()),
            with_difficulty: problems.iter().any(|problem| problem.difficulty.is_some()),
            with_tags: problems.iter().any(|problem| !problem.tags.is_empty()),
            with_date: problems.iter().any(|problem| problem.date.is_some()),
            total: plural(problems.len() as u64, "problem"),
        }
    }
}
