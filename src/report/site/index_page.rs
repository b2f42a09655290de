//! The first page, with the leaderboard and its plots, and the list of problems.

use serde::Serialize;

use super::board::Board;
use super::format::{count, dollars, plural, short_count};
use super::input::ProblemSetInput;
use super::plot::{self, Figure};
use super::view::{Frame, RunLink, ScoreView, Share};
use crate::report::RANK_RULE;

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
    rows: Vec<Row<'a>>,
    columns: Columns,
    figures: Vec<Figure>,
    notes: Vec<&'a str>,
    /// Whether any score has bounds.
    is_bounded: bool,
    /// How to read ranks, where there are several runs.
    rank_rule: Option<&'static str>,
}

/// Which columns have anything in them.
#[derive(Serialize)]
struct Columns {
    cost: bool,
    per_solved: bool,
    tokens: bool,
    tokens_in: bool,
    date: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    rank: String,
    /// For sorting.
    best_rank: u32,
    link: RunLink<'a>,
    model: Option<&'a str>,
    first: Option<ScoreView>,
    others: Vec<Option<ScoreView>>,
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
    pub(super) fn new(board: &'a Board<'_>) -> IndexView<'a> {
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
        IndexView {
            frame: Frame::new(board, ""),
            description: board.input.description.as_deref(),
            set: &board.input.problem_set,
            runs: plural(board.runs.len() as u64, "run"),
            problems: plural(board.input.problems.len() as u64, "problem"),
            rows: board.runs.iter().map(|run| row(run, first_k, &other_ks)).collect(),
            first_k,
            other_ks,
            columns: Columns {
                cost: any(&|run| run.cost.is_some()),
                per_solved: any(&|run| run.cost_per_solved.is_some()),
                tokens: any(&|run| run.tokens_out.is_some() || run.tokens_in.is_some()),
                tokens_in: any(&|run| run.tokens_in.is_some()),
                date: any(&|run| run.date.is_some()),
            },
            figures: figures.into_iter().flatten().collect(),
            notes: board.input.notes.iter().map(String::as_str).collect(),
            rank_rule: (board.runs.len() > 1).then_some(RANK_RULE),
            is_bounded: any(&|run| run.pass_at_k.iter().any(|one| one.upper_bound > one.lower_bound)),
        }
    }
}

fn row<'a>(run: &'a super::board::BoardRun<'_>, first_k: Option<u64>, other_ks: &[u64]) -> Row<'a> {
    let score = |k: u64| {
        let estimate = run.input.pass_at_k.iter().find(|one| one.k == k)?;
        Some(ScoreView::new(estimate, run.style))
    };
    Row {
        rank: run.input.rank.to_string(),
        best_rank: run.input.rank.best,
        link: RunLink::new(run),
        model: run.input.model.as_deref().filter(|model| *model != run.input.name),
        first: first_k.and_then(score),
        others: other_ks.iter().map(|k| score(*k)).collect(),
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
            total: plural(problems.len() as u64, "problem"),
        }
    }
}
