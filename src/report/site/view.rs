//! Parts that several pages have in common.

use serde::Serialize;

use super::board::{Board, BoardRun, Style};
use super::format::{interval, percent, points, shorten_name};
use super::plot::bar;
use crate::judge::verdict::{Standing, VerdictKind};
use crate::stats::Estimate;

/// Longer names of runs are cut in tables, in characters. The run's page has the whole.
const LONGEST_NAME: usize = 60;

/// What the frame of a page needs.
#[derive(Serialize)]
pub(super) struct Frame<'a> {
    /// The way from the page to the folder of the site: nothing or `../`.
    pub root: &'static str,
    /// The heading of the site.
    pub site: &'a str,
    /// The problem set with its version.
    pub set: String,
    pub karat_version: &'static str,
}

impl<'a> Frame<'a> {
    pub(super) fn new(board: &'a Board<'_>, root: &'static str) -> Frame<'a> {
        let set = &board.input.problem_set;
        let version = set.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        Frame {
            root,
            site: &board.input.title,
            set: format!("{}{version}", set.name),
            karat_version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// A score in a table.
#[derive(Serialize)]
pub(super) struct ScoreView {
    pub k: u64,
    /// For sorting.
    pub sort: f64,
    pub value: String,
    pub interval: String,
    /// What unknown verdicts make of it, where there are any.
    pub bounds: Option<String>,
    /// Markup.
    pub bar: String,
}

impl ScoreView {
    pub(super) fn new(estimate: &Estimate, style: Style) -> ScoreView {
        let is_bounded = estimate.upper_bound > estimate.lower_bound;
        ScoreView {
            k: estimate.k,
            sort: estimate.value,
            value: points(estimate.value),
            interval: interval(estimate.low, estimate.high),
            bounds: is_bounded.then(|| interval(estimate.lower_bound, estimate.upper_bound)),
            bar: bar::interval(estimate, style),
        }
    }
}

/// A share of samples in a table.
#[derive(Serialize)]
pub(super) struct Share {
    /// For sorting.
    pub sort: f64,
    pub text: String,
    /// Markup.
    pub bar: String,
}

impl Share {
    pub(super) fn new(share: f64) -> Share {
        Share { sort: share, text: percent(share), bar: bar::share(share) }
    }
}

/// A reference to a run's page.
#[derive(Serialize)]
pub(super) struct RunLink<'a> {
    pub name: String,
    pub slug: &'a str,
    /// Markup: the run's sign in plots.
    pub sign: String,
}

impl<'a> RunLink<'a> {
    pub(super) fn new(run: &'a BoardRun<'_>) -> RunLink<'a> {
        let sign = super::plot::mark(run.style, 7.0, 7.0);
        RunLink {
            name: shorten_name(&run.input.name, LONGEST_NAME),
            slug: &run.slug,
            sign: format!(
                "<svg class=\"sign\" viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" aria-hidden=\"true\">{sign}</svg>"
            ),
        }
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
