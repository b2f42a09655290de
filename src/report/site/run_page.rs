//! The page of a run.

use indexmap::IndexMap;
use serde::Serialize;

use super::board::{Board, BoardRun};
use super::format::{count, difference, difference_interval, dollars, p_value, percent, ratio};
use super::groups::{self, ProblemGroup};
use super::plot::bar;
use super::run_samples::{self, SamplesRow};
use super::view::{Frame, RunLink, ScoreView, Share, standing, verdict_name};
use crate::complete::price::Price;
use crate::judge::verdict::{Standing, VerdictKind};

/// How many tags have a score: those that the most problems have.
const MOST_TAGS: usize = 30;

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
    groups: Vec<GroupTable>,
    samples: Vec<SamplesRow<'a>>,
    /// The verdicts among those, for filtering: in records and for people.
    sample_verdicts: Vec<(VerdictKind, String)>,
    problems: Vec<ProblemRow<'a>>,
    with_difficulty: bool,
    with_tags: bool,
    with_date: bool,
    with_fuel: bool,
    repeat: &'a IndexMap<String, String>,
    notes: Vec<&'a str>,
}

/// What leads on to the page of the first run.
#[derive(Serialize)]
pub(super) struct OpeningView<'a> {
    name: &'a str,
    address: String,
}

impl<'a> OpeningView<'a> {
    pub(super) fn new(board: &'a Board<'_>) -> OpeningView<'a> {
        let Some(run) = board.runs.first() else {
            return OpeningView { name: &board.input.title, address: "index.html".to_owned() };
        };
        let is_failing = |kind: &VerdictKind| kind.standing() != Standing::Pass;
        let filter =
            if run.input.verdicts.keys().any(is_failing) { "?samples.failing=1#samples-title" } else { "" };
        OpeningView { name: &run.input.name, address: format!("run/{}.html{filter}", run.slug) }
    }
}

/// pass@1 of groups of problems.
#[derive(Serialize)]
struct GroupTable {
    id: &'static str,
    title: &'static str,
    what: &'static str,
    rows: Vec<GroupRow>,
}

#[derive(Serialize)]
struct GroupRow {
    name: String,
    problems: String,
    score: Option<ScoreView>,
}

#[derive(Serialize)]
struct VerdictRow {
    /// The verdict's name in records.
    kind: VerdictKind,
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
    tags: String,
    date: Option<String>,
    counts: Option<String>,
    unknown: Option<String>,
    rate: Option<Share>,
    fuel: Option<String>,
    fuel_sort: Option<f64>,
}

impl<'a> RunView<'a> {
    pub(super) fn new(board: &'a Board<'_>, place: usize) -> RunView<'a> {
        let run = &board.runs[place];
        let input = run.input;
        let problems = &board.input.problems;
        let samples = run_samples::rows(board, run, place);
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
            groups: groups(board, run),
            sample_verdicts: run_samples::verdicts(&samples),
            samples,
            problems: (0..problems.len()).map(|index| problem(board, run, index)).collect(),
            with_difficulty: problems.iter().any(|problem| problem.difficulty.is_some()),
            with_tags: problems.iter().any(|problem| !problem.tags.is_empty()),
            with_date: problems.iter().any(|problem| problem.date.is_some()),
            with_fuel: input.problems.iter().any(|result| result.fuel_ratio.is_some()),
            repeat: &input.repeat,
            notes: input.notes.iter().map(String::as_str).collect(),
        }
    }
}

fn facts(board: &Board<'_>, run: &BoardRun<'_>) -> Vec<(String, String)> {
    let input = run.input;
    let set = &board.input.problem_set;
    let known = [
        ("Model", input.model.clone()),
        ("Size of the model", input.size.as_ref().map(|size| size.text.clone())),
        ("Price of a million tokens", input.price.map(|price| price_words(&price))),
        ("Date", input.date.map(|date| date.to_string())),
        (
            "Problem set",
            Some(match &set.version {
                Some(version) => format!("{} {version}", set.name),
                None => set.name.clone(),
            }),
        ),
        ("Dataset", Some(set.dataset.clone())),
        ("Judging", Some(input.judging.clone())),
        ("Karat", Some(input.karat_version.clone())),
        ("Cost", input.cost.map(dollars)),
        ("Cost per solved problem", input.cost_per_solved.map(dollars)),
        ("Tokens in", input.tokens_in.map(count)),
        ("Tokens out", input.tokens_out.map(count)),
    ];
    let known = known.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?)));
    let limits = input.limits.iter().map(|(name, text)| (format!("Limit: {name}"), text.clone()));
    known.chain(limits).filter(|(_, text)| !text.is_empty()).collect()
}

fn price_words(price: &Price) -> String {
    let cached = price.cached.map(|cached| format!(", {} from a cache", dollars(cached)));
    format!("{} in{}, {} out", dollars(price.input), cached.unwrap_or_default(), dollars(price.output))
}

/// The scores by difficulty and by tag.
fn groups(board: &Board<'_>, run: &BoardRun<'_>) -> Vec<GroupTable> {
    let row = |group: ProblemGroup| GroupRow {
        problems: count(group.problems.len() as u64),
        score: groups::score(run, &group.problems).map(|score| ScoreView::new(&score, run.style)),
        name: group.name,
    };
    let table = |id, title, what, groups: Vec<ProblemGroup>| GroupTable {
        id,
        title,
        what,
        rows: groups.into_iter().map(row).collect(),
    };
    [
        table("difficulties", "By difficulty", "Difficulty", groups::difficulties(board)),
        table("tags", "By tag", "Tag", groups::tags(board, MOST_TAGS)),
    ]
    .into_iter()
    .filter(|table| !table.rows.is_empty())
    .collect()
}

fn verdict(kind: VerdictKind, number: u64, all: u64) -> VerdictRow {
    let share = number as f64 / all.max(1) as f64;
    VerdictRow {
        kind,
        name: verdict_name(kind),
        standing: standing(kind),
        count: count(number),
        share: Share { sort: share, text: percent(share), bar: bar::share(share) },
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
        tags: problem.tags.join(", "),
        date: problem.date.map(|date| date.to_string()),
        counts: (counts.samples > 0)
            .then(|| format!("{} of {}", count(counts.passed), count(counts.samples))),
        unknown: (counts.unknown > 0).then(|| count(counts.unknown)),
        rate: result.pass_rate().map(Share::new),
        fuel: result.fuel_ratio.map(ratio),
        fuel_sort: result.fuel_ratio,
    }
}
