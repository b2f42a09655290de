//! How much fuel programs that pass burn, compared with the reference solution.
//!
//! A performance profile (Dolan and Moré, 2002): for each ratio, the share of all problems that the run solves with at
//! most that many times the fuel of the reference. Unlike a mean of ratios it does not favour a run that solves
//! only what is easy.

use super::axes::{Axes, BOTTOM, LEFT, TOP};
use super::scale::{Scale, dodge};
use super::svg::Anchor;
use super::{DataTable, Figure, runs_legend};
use crate::report::site::board::{Board, BoardRun, Style};
use crate::report::site::format::{percent, plural, points, ratio};
use crate::report::site::input::ProblemResult;

const RIGHT: f64 = 540.0;
/// The axis reaches no farther than this many doublings to either side.
const MOST_DOUBLINGS: i32 = 10;
/// A line has at most this many steps: one of the named runs, and one of the rest.
const STEPS: usize = 120;
const FEW_STEPS: usize = 40;

/// The ratios of a run, ascending, and how many problems it has samples of.
struct Profile<'a> {
    run: &'a BoardRun<'a>,
    ratios: Vec<f64>,
    problems: usize,
}

/// The plot; none where no ratio is known.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let profiles: Vec<Profile<'_>> = board.runs.iter().map(profile).collect();
    let all = || profiles.iter().flat_map(|one| one.ratios.iter().copied());
    all().next()?;
    let (smallest, largest) =
        all().fold((1.0_f64, 1.0_f64), |(low, high), one| (low.min(one), high.max(one)));
    let low = (libm::log2(smallest).floor() as i32).clamp(-MOST_DOUBLINGS, -1);
    let high = (libm::log2(largest).ceil() as i32).clamp(1, MOST_DOUBLINGS);
    let x = Scale::logarithmic((2f64.powi(low), 2f64.powi(high)), (LEFT, RIGHT));
    let y = Scale::linear((0.0, 1.0), (BOTTOM, TOP));
    let axes = Axes { right: RIGHT, x, y };
    let every = ((high - low) / 10 + 1).unsigned_abs();
    let ticks: Vec<(f64, String)> = (low..=high)
        .filter(|doubling| doubling.unsigned_abs().is_multiple_of(every))
        .map(|doubling| (2f64.powi(doubling), doubling_name(doubling)))
        .collect();

    let mut svg = axes.begin(&[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
    axes.draw_below(&mut svg, &ticks, 0.0);
    svg.line((x.at(1.0), TOP), (x.at(1.0), BOTTOM), "reference");
    svg.text(x.at(1.0) + 5.0, TOP + 10.0, Anchor::Start, "tick", "as the reference");
    axes.title_below(&mut svg, "Fuel, as a multiple of the reference solution's (logarithmic)");
    for one in profiles.iter().rev() {
        let line = line(one, &x, &y);
        svg.run_link(one.run, "", |svg| svg.polyline(&line, &format!("l {}", one.run.style.class())));
    }
    let named: Vec<&Profile<'_>> = profiles.iter().filter(|one| one.run.style != Style::Rest).collect();
    let wished: Vec<f64> = named.iter().map(|one| y.at(one.share_within(f64::INFINITY))).collect();
    for ((one, end), label) in named.iter().zip(&wished).zip(dodge(&wished, 15.0, BOTTOM)) {
        svg.line((RIGHT, *end), (RIGHT + 10.0, label), "leader");
        let said = format!("solves {}", percent(one.share_within(f64::INFINITY)));
        let name = one.run.short_label(21);
        svg.run_link(one.run, &said, |svg| {
            svg.mark(one.run.style, RIGHT, *end);
            svg.text(RIGHT + 14.0, label + 4.0, Anchor::Start, "label", &name);
        });
    }

    // A program that passes where nobody knows what the reference burns is in no line.
    let is_unknown = |problem: &&ProblemResult| problem.counts.passed > 0 && problem.fuel_ratio.is_none();
    let unknown: usize =
        board.runs.iter().map(|run| run.input.problems.iter().filter(is_unknown).count()).sum();
    let left_out = match unknown {
        0 => String::new(),
        _ => format!(
            " Where the fuel of the reference is not known, a problem counts as not solved here: {}, all runs together.",
            plural(unknown as u64, "solved problem")
        ),
    };
    let known = profiles.iter().filter(|one| !one.ratios.is_empty()).count();
    let label = format!(
        "Performance profiles of {known} runs: the share of problems solved within a multiple of the reference's fuel."
    );
    Some(Figure {
        id: "efficiency",
        title: "Efficiency",
        caption: format!(
            "The share of the problems that a run has samples of, and solves with at most that many times the fuel of the \
             reference solution; of several samples that pass, the median counts. The farther up and to the left, the \
             better.{left_out}"
        ),
        svg: svg.finish(&label),
        legend: runs_legend(board),
        table: table(&profiles),
    })
}

fn profile<'a>(run: &'a BoardRun<'a>) -> Profile<'a> {
    let known = |ratio: &f64| ratio.is_finite() && *ratio > 0.0;
    let mut ratios: Vec<f64> =
        run.input.problems.iter().filter_map(|problem| problem.fuel_ratio).filter(known).collect();
    ratios.sort_by(f64::total_cmp);
    let problems = run.input.problems.iter().filter(|problem| problem.counts.samples > 0).count();
    Profile { run, ratios, problems: problems.max(1) }
}

impl Profile<'_> {
    /// The share of all problems that are solved with at most that many times the reference's fuel.
    fn share_within(&self, limit: f64) -> f64 {
        self.ratios.partition_point(|ratio| *ratio <= limit) as f64 / self.problems as f64
    }

    fn median(&self) -> Option<f64> {
        let (low, high) = (self.ratios.len().checked_sub(1)? / 2, self.ratios.len() / 2);
        Some((self.ratios[low] + self.ratios[high]) / 2.0)
    }
}

fn line(profile: &Profile<'_>, x: &Scale, y: &Scale) -> Vec<(f64, f64)> {
    let count = profile.ratios.len();
    let steps = count.min(if profile.run.style == Style::Rest { FEW_STEPS } else { STEPS });
    let mut points = vec![(LEFT, BOTTOM)];
    for step in 1..=steps {
        // The last of the problems that share this step.
        let solved = step * count / steps;
        let position = x.at(profile.ratios[solved - 1]);
        points.push((position, points[points.len() - 1].1));
        points.push((position, y.at(solved as f64 / profile.problems as f64)));
    }
    points.push((RIGHT, points[points.len() - 1].1));
    points
}

fn doubling_name(doubling: i32) -> String {
    let power = 1_u32 << doubling.unsigned_abs();
    if doubling < 0 { format!("1/{power}×") } else { format!("{power}×") }
}

fn table(profiles: &[Profile<'_>]) -> DataTable {
    const LIMITS: [f64; 6] = [0.5, 1.0, 1.5, 2.0, 5.0, f64::INFINITY];
    let columns =
        LIMITS.map(|limit| if limit.is_finite() { format!("within {limit}×") } else { "at all".into() });
    let header = ["Run".to_owned(), "median".to_owned()].into_iter().chain(columns).collect();
    let rows = profiles.iter().map(|one| {
        let median = one.median().map_or_else(|| "–".to_owned(), ratio);
        let shares = LIMITS.map(|limit| points(one.share_within(limit)));
        [one.run.label(), median].into_iter().chain(shares).collect()
    });
    DataTable { header, rows: rows.collect() }
}
