//! pass@k against k, a line for each run.

use super::axes::{Axes, BOTTOM, LEFT, TOP};
use super::scale::{Scale, dodge, share_range, share_ticks};
use super::svg::Anchor;
use super::{DataTable, Figure, runs_legend};
use crate::report::site::board::{Board, Style};
use crate::report::site::format::{interval, percent, points};

const RIGHT: f64 = 540.0;

/// The plot; none where there is only one k.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let (&[first, .., last], ks) = (board.ks.as_slice(), &board.ks) else { return None };
    let named: Vec<_> = board.runs.iter().filter(|run| run.style != Style::Rest).collect();
    let ends = named.iter().flat_map(|run| run.input.pass_at_k.iter().flat_map(|one| [one.low, one.high]));
    let rest = board.runs.iter().flat_map(|run| run.input.pass_at_k.iter().map(|one| one.value));
    let range = share_range(ends.chain(rest));
    let x = Scale::logarithmic((first.max(1) as f64, last as f64), (LEFT + 24.0, RIGHT - 24.0));
    let y = Scale::linear(range, (BOTTOM, TOP));
    let axes = Axes { right: RIGHT, x, y };
    let ticks: Vec<(f64, String)> = ks.iter().map(|k| (*k as f64, k.to_string())).collect();

    let mut svg = axes.begin(&share_ticks(range));
    axes.draw_below(&mut svg, &ticks, 26.0);
    axes.title_below(&mut svg, "k, samples allowed (logarithmic)");

    // The rest first, so that it lies below; then the worst of the named ones.
    for run in board.runs.iter().rev() {
        let class = run.style.class();
        let positions: Vec<(f64, f64)> =
            run.input.pass_at_k.iter().map(|one| (x.at(one.k as f64), y.at(one.value))).collect();
        svg.run_link(run, "", |svg| svg.polyline(&positions, &format!("l {class}")));
        let Style::Named(number) = run.style else { continue };
        // Whiskers of several runs stand side by side.
        let aside = (number as f64 - (named.len() as f64 - 1.0) / 2.0) * 3.0;
        for (one, (x, position)) in run.input.pass_at_k.iter().zip(&positions) {
            let whisker = x + aside;
            svg.line((whisker, y.at(one.low)), (whisker, y.at(one.high)), &format!("whisker-line {class}"));
            let said = format!("pass@{} {} ({})", one.k, percent(one.value), interval(one.low, one.high));
            svg.run_link(run, &said, |svg| svg.mark(run.style, *x, *position));
        }
    }
    let ends: Vec<(f64, f64)> = named
        .iter()
        .map(|run| {
            run.input.pass_at_k.last().map_or((RIGHT, BOTTOM), |one| (x.at(one.k as f64), y.at(one.value)))
        })
        .collect();
    let wished: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    for ((run, end), label) in named.iter().zip(&ends).zip(dodge(&wished, 15.0, BOTTOM)) {
        svg.line((end.0 + 14.0, end.1), (RIGHT + 2.0, label), "leader");
        let name = run.short_label(22);
        svg.run_link(run, "", |svg| svg.text(RIGHT + 6.0, label + 4.0, Anchor::Start, "label", &name));
    }

    let header = std::iter::once("Run".to_owned()).chain(ks.iter().map(|k| format!("pass@{k}"))).collect();
    let rows = board.runs.iter().map(|run| {
        let scores = ks.iter().map(|k| {
            let one = run.input.pass_at_k.iter().find(|one| one.k == *k);
            one.map_or_else(
                || "–".to_owned(),
                |one| format!("{} ({})", points(one.value), interval(one.low, one.high)),
            )
        });
        std::iter::once(run.label()).chain(scores).collect()
    });
    let best = &board.runs[0].input;
    let label = format!(
        "Line plot of pass@k for {} runs from k = {first} to {last}. {} goes from {} to {}.",
        board.runs.len(),
        best.name,
        best.pass_at_k.first().map_or_else(String::new, |one| percent(one.value)),
        best.pass_at_k.last().map_or_else(String::new, |one| percent(one.value)),
    );
    Some(Figure {
        id: "pass-at-k",
        title: "What more samples bring",
        caption: "pass@k is the chance that at least one of k samples passes. Vertical lines are 95% intervals; they \
                  stand slightly apart so that they can be told apart."
            .to_owned(),
        svg: svg.finish(&label),
        legend: runs_legend(board),
        table: DataTable { header, rows: rows.collect() },
    })
}
