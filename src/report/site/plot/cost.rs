//! Score against cost, a mark for each run whose cost is known.

use super::axes::{Axes, BOTTOM, LEFT, TOP, WIDTH};
use super::scale::{Scale, round_numbers, share_range, share_ticks};
use super::svg::Anchor;
use super::{DataTable, Figure, runs_legend};
use crate::report::site::board::{Board, BoardRun, Style};
use crate::report::site::format::{dollars, interval, percent, points};
use crate::stats::Estimate;

const RIGHT: f64 = 712.0;

/// A run in the plot.
struct Point<'a> {
    run: &'a BoardRun<'a>,
    cost: f64,
    score: Estimate,
}

/// The plot; none where the cost of fewer than two runs is known.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let points_of_runs: Vec<Point<'_>> = board
        .runs
        .iter()
        .filter_map(|run| {
            let cost = run.input.cost.filter(|cost| *cost > 0.0 && cost.is_finite())?;
            Some(Point { run, cost, score: *run.input.pass_at_k.first()? })
        })
        .collect();
    if points_of_runs.len() < 2 {
        return None;
    }
    let range = share_range(points_of_runs.iter().flat_map(|one| [one.score.low, one.score.high]));
    let (cheapest, dearest) = points_of_runs
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), one| (low.min(one.cost), high.max(one.cost)));
    let ticks = round_numbers(cheapest, dearest);
    let x = Scale::logarithmic((ticks[0], ticks[ticks.len() - 1]), (LEFT + 12.0, RIGHT - 12.0));
    let y = Scale::linear(range, (BOTTOM, TOP));
    let axes = Axes { right: RIGHT, x, y };
    let ticks: Vec<(f64, String)> = ticks.into_iter().map(|tick| (tick, dollars(tick))).collect();

    let mut svg = axes.begin(&share_ticks(range));
    axes.draw_below(&mut svg, &ticks, 52.0);
    axes.title_below(&mut svg, "Cost of the run, US dollars (logarithmic)");

    let frontier: Vec<(f64, f64)> =
        frontier(&points_of_runs).iter().map(|one| (x.at(one.cost), y.at(one.score.value))).collect();
    svg.polyline(&steps(&frontier), "frontier");
    for Point { run, cost, score } in points_of_runs.iter().rev() {
        if run.style != Style::Rest {
            let x = x.at(*cost);
            let class = format!("whisker-line {}", run.style.class());
            svg.line((x, y.at(score.low)), (x, y.at(score.high)), &class);
        }
        let said =
            format!("{}, {} ({})", dollars(*cost), percent(score.value), interval(score.low, score.high));
        svg.run_link(run, &said, |svg| svg.mark(run.style, x.at(*cost), y.at(score.value)));
    }
    let marks: Vec<(f64, f64)> =
        points_of_runs.iter().map(|one| (x.at(one.cost), y.at(one.score.value))).collect();
    let names = points_of_runs.iter().filter(|one| one.run.style != Style::Rest);
    let names: Vec<String> = names.map(|one| one.run.short_label(24)).collect();
    for (label, name) in place(&marks, &names).into_iter().zip(&names) {
        if let Some(Label { x, y, is_left }) = label {
            svg.text(x, y, if is_left { Anchor::End } else { Anchor::Start }, "label", name);
        }
    }

    let k = points_of_runs[0].score.k;
    let rows = points_of_runs.iter().map(|Point { run, cost, score }| {
        vec![
            run.label(),
            dollars(*cost),
            format!("{} ({})", points(score.value), interval(score.low, score.high)),
        ]
    });
    let label = format!(
        "Plot of pass@{k} against cost for {} runs, from {} to {}.",
        points_of_runs.len(),
        dollars(cheapest),
        dollars(dearest)
    );
    let unknown = board.runs.len() - points_of_runs.len();
    let left_out = match unknown {
        0 => String::new(),
        1 => " The cost of one run is not known.".to_owned(),
        _ => format!(" The cost of {unknown} runs is not known."),
    };
    Some(Figure {
        id: "cost",
        title: "Score against cost",
        caption: format!(
            "pass@{k} with its 95% interval against what all completions of the run cost. Along the stepped line no \
             cheaper run scores as high.{left_out}"
        ),
        svg: svg.finish(&label),
        legend: runs_legend(board),
        table: DataTable {
            header: vec!["Run".into(), "Cost".into(), format!("pass@{k}")],
            rows: rows.collect(),
        },
    })
}

/// Where a name stands.
struct Label {
    x: f64,
    y: f64,
    /// The name ends at `x` in the place of beginning there.
    is_left: bool,
}

/// Puts the names beside the first marks, at their right, left, above or below, where neither another name nor a mark
/// is in the way. There may be no such place; the legend has the name too.
fn place(marks: &[(f64, f64)], names: &[String]) -> Vec<Option<Label>> {
    const LETTER: f64 = 7.5;
    let mut taken: Vec<[f64; 4]> = marks.iter().map(|(x, y)| [x - 6.0, y - 6.0, x + 6.0, y + 6.0]).collect();
    let mut find = |(mark, name): (&(f64, f64), &String)| {
        let width = name.chars().count() as f64 * LETTER;
        let choices = [(10.0, 4.0), (-10.0, 4.0), (8.0, -9.0), (-8.0, -9.0), (8.0, 17.0), (-8.0, 17.0)];
        choices.into_iter().find_map(|(right, down)| {
            let (x, y) = (mark.0 + right, mark.1 + down);
            let is_left = right < 0.0;
            let start = if is_left { x - width } else { x };
            let area = [start, y - 11.0, start + width, y + 3.0];
            let is_inside = start > LEFT && start + width < WIDTH && y > TOP && y < BOTTOM;
            let is_free = taken.iter().all(|other| {
                area[2] < other[0] || other[2] < area[0] || area[3] < other[1] || other[3] < area[1]
            });
            (is_inside && is_free).then(|| {
                taken.push(area);
                Label { x, y, is_left }
            })
        })
    };
    marks.iter().zip(names).map(&mut find).collect()
}

/// The runs that no other one beats in both respects, by cost.
fn frontier<'p, 'a>(points: &'p [Point<'a>]) -> Vec<&'p Point<'a>> {
    let mut order: Vec<&Point<'_>> = points.iter().collect();
    order.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| b.score.value.total_cmp(&a.score.value)));
    let mut best = f64::NEG_INFINITY;
    order.retain(|one| {
        let is_better = one.score.value > best;
        best = best.max(one.score.value);
        is_better
    });
    order
}

/// From one point to the next, first to the right and then up.
fn steps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in points {
        if let Some(&(_, before)) = out.last() {
            out.push((x, before));
        }
        out.push((x, y));
    }
    if let Some(&(_, last)) = out.last() {
        out.push((RIGHT, last));
    }
    out
}
