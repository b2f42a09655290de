//! pass@1 by how hard the problems are.

use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{DataTable, Figure, runs_legend};
use crate::report::site::board::{Board, Style};
use crate::report::site::format::{interval, percent, plural, points, shorten};
use crate::report::site::groups::{ProblemGroup, difficulties, score};
use crate::stats::Estimate;

const LEFT: f64 = 150.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 8.0;
/// The height of a run within its level.
const LANE: f64 = 11.0;

/// The plot; none where the problems are of one difficulty, or of none.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let levels = difficulties(board);
    if levels.is_empty() {
        return None;
    }
    let named = board.runs.iter().filter(|run| run.style != Style::Rest).count();
    let height = LANE * named as f64 + 20.0;
    let bottom = TOP + height * levels.len() as f64;
    let x = Scale::linear((0.0, 1.0), (LEFT, RIGHT));
    let mut svg = Svg::new(RIGHT + 24.0, bottom + 44.0);
    for tick in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
        svg.line((x.at(tick), TOP), (x.at(tick), bottom), "grid");
        svg.text(x.at(tick), bottom + 18.0, Anchor::Middle, "tick", &format!("{:.0}%", tick * 100.0));
    }
    for (place, ProblemGroup { name, problems }) in levels.iter().enumerate() {
        let top = TOP + height * place as f64;
        let middle = top + height / 2.0;
        svg.text(LEFT - 12.0, middle - 2.0, Anchor::End, "label", &shorten(name, 20));
        svg.text(LEFT - 12.0, middle + 14.0, Anchor::End, "tick", &plural(problems.len() as u64, "problem"));
        svg.line((0.0, top + height), (RIGHT, top + height), "grid");
        for run in board.runs.iter().rev() {
            let Some(score) = score(run, problems) else { continue };
            let Style::Named(lane) = run.style else {
                let said = said(name, &score);
                svg.run_link(run, &said, |svg| svg.mark(run.style, x.at(score.value), middle));
                continue;
            };
            let y = top + 10.0 + LANE * (lane as f64 + 0.5);
            let class = format!("whisker-line {}", run.style.class());
            svg.line((x.at(score.low), y), (x.at(score.high), y), &class);
            svg.run_link(run, &said(name, &score), |svg| svg.mark(run.style, x.at(score.value), y));
        }
    }
    svg.text((LEFT + RIGHT) / 2.0, bottom + 38.0, Anchor::Middle, "title", "pass@1");

    let header =
        std::iter::once("Run".to_owned()).chain(levels.iter().map(|level| level.name.clone())).collect();
    let rows = board.runs.iter().map(|run| {
        let scores = levels.iter().map(|level| {
            score(run, &level.problems).map_or_else(
                || "–".to_owned(),
                |one| format!("{} ({})", points(one.value), interval(one.low, one.high)),
            )
        });
        std::iter::once(run.label()).chain(scores).collect()
    });
    let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
    let label = format!("Plot of pass@1 of {} runs by difficulty: {}.", board.runs.len(), names.join(", "));
    Some(Figure {
        id: "difficulty",
        title: "By difficulty",
        caption: "pass@1 on the problems of each difficulty, in the set's own words, with 95% intervals."
            .to_owned(),
        svg: svg.finish(&label),
        legend: runs_legend(board),
        table: DataTable { header, rows: rows.collect() },
    })
}

fn said(level: &str, score: &Estimate) -> String {
    format!("{level} {} ({})", percent(score.value), interval(score.low, score.high))
}
