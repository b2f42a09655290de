//! The page of a run.

use serde::Serialize;

use super::board::{Board, BoardRun};
use super::format::{count, difference, difference_interval, dollars, p_value, percent, ratio};
use super::plot::bar;
use super::view::{Frame, RunLink, ScoreView, Share};
use crate::judge::verdict::{Standing, VerdictKind};

/// What the page shows.
#[derive(Serialize)]
pub(super) struct RunView<'a> {
    frame: Frame<'a>,
    name: &'a str,
    rank: String,
    of: usize,
    /// Names and texts.
    facts: Vec<(String, String)>,
    scores: Vec<ScoreView>,
    verdicts: Vec<VerdictRow>,
    duels: Vec<DuelRow<'a>>,
    problems: Vec<ProblemRow<'a>>,
    with_difficulty: bool,
    with_fuel: bool,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct VerdictRow {
    name: String,
    standing: &'static str,
    count: String,
    share: Share,
}

#[derive(Serialize)]
struct DuelRow<'a> {
    other: RunLink<'a>,
    difference: String,
    sort: f64,
    interval: String,
    p_value: String,
    adjusted_p_value: String,
    significant: bool,
    won: String,
    lost: String,
}

#[derive(Serialize)]
struct ProblemRow<'a> {
    place: usize,
    task_id: &'a str,
    slug: &'a str,
    title: Option<&'a str>,
    difficulty: Option<&'a str>,
    counts: Option<String>,
    unknown: Option<String>,
    rate: Option<Share>,
    fuel: Option<String>,
    fuel_sort: Option<f64>,
}

impl<'a> RunView<'a> {
    pub(super) fn new(board: &'a Board<'_>, run: &'a BoardRun<'_>) -> RunView<'a> {
        let input = run.input;
        let problems = &board.input.problems;
        let all: u64 = input.verdicts.values().sum();
        RunView {
            frame: Frame::new(board, "../"),
            name: &input.name,
            rank: input.rank.to_string(),
            of: board.runs.len(),
            facts: facts(board, run),
            scores: input.pass_at_k.iter().map(|one| ScoreView::new(one, run.style)).collect(),
            verdicts: input.verdicts.iter().map(|(kind, count)| verdict(*kind, *count, all)).collect(),
            duels: duels(board, run),
            problems: (0..problems.len()).map(|index| problem(board, run, index)).collect(),
            with_difficulty: problems.iter().any(|problem| problem.difficulty.is_some()),
            with_fuel: input.problems.iter().any(|result| result.fuel_ratio.is_some()),
            notes: input.notes.iter().map(String::as_str).collect(),
        }
    }
}

fn facts(board: &Board<'_>, run: &BoardRun<'_>) -> Vec<(String, String)> {
    let input = run.input;
    let set = &board.input.problem_set;
    let known = [
        ("Model", input.model.clone()),
        ("Date", input.date.map(|date| date.to_string())),
        (
            "Problem set",
            Some(match &set.version {
                Some(version) => format!("{} {version}", set.name),
                None => set.name.clone(),
            }),
        ),
        ("Dataset", Some(set.dataset.clone())),
        ("Digest of the set", Some(set.digest.clone())),
        ("Judging", Some(input.judging.clone())),
        ("Karat", Some(input.karat_version.clone())),
        ("Runner", Some(input.runner.clone())),
        ("Cost", input.cost.map(dollars)),
        ("Cost per solved problem", input.cost_per_solved.map(dollars)),
        ("Tokens in", input.tokens_in.map(count)),
        ("Tokens out", input.tokens_out.map(count)),
    ];
    let known = known.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?)));
    let limits = input.limits.iter().map(|(name, text)| (format!("Limit: {name}"), text.clone()));
    known.chain(limits).filter(|(_, text)| !text.is_empty()).collect()
}

fn verdict(kind: VerdictKind, number: u64, all: u64) -> VerdictRow {
    let share = number as f64 / all.max(1) as f64;
    VerdictRow {
        name: verdict_name(kind),
        standing: standing(kind),
        count: count(number),
        share: Share { sort: share, text: percent(share), bar: bar::share(share) },
    }
}

/// The verdict's name for people, `wrong answer`.
pub(super) fn verdict_name(kind: VerdictKind) -> String {
    kind.name().replace('_', " ")
}

/// The class of a verdict: `pass`, `fail` or `unknown`.
pub(super) fn standing(kind: VerdictKind) -> &'static str {
    match kind.standing() {
        Standing::Pass => "pass",
        Standing::Fail => "fail",
        Standing::Unknown => "unknown",
    }
}

fn duels<'a>(board: &'a Board<'_>, run: &BoardRun<'_>) -> Vec<DuelRow<'a>> {
    let Some(row) = board.input.head_to_head.get(run.index) else { return Vec::new() };
    let others = board.runs.iter().filter(|other| other.index != run.index);
    others
        .filter_map(|other| {
            let duel = row[other.index].as_ref()?;
            Some(DuelRow {
                other: RunLink::new(other),
                difference: difference(duel.difference),
                sort: duel.difference,
                interval: difference_interval(duel.low, duel.high),
                p_value: p_value(duel.p_value),
                adjusted_p_value: p_value(duel.adjusted_p_value),
                significant: duel.is_significant(),
                won: count(duel.won),
                lost: count(duel.lost),
            })
        })
        .collect()
}

fn problem<'a>(board: &'a Board<'_>, run: &BoardRun<'_>, index: usize) -> ProblemRow<'a> {
    let problem = &board.input.problems[index];
    let result = run.input.problems[index];
    let counts = result.counts;
    ProblemRow {
        place: index + 1,
        task_id: &problem.task_id,
        slug: &board.problem_slugs[index],
        title: problem.title.as_deref(),
        difficulty: problem.difficulty.as_deref(),
        counts: (counts.samples > 0)
            .then(|| format!("{} of {}", count(counts.passed), count(counts.samples))),
        unknown: (counts.unknown > 0).then(|| count(counts.unknown)),
        rate: result.pass_rate().map(Share::new),
        fuel: result.fuel_ratio.map(ratio),
        fuel_sort: result.fuel_ratio,
    }
}
