//! Every run against every other one.

use std::fmt::Write;

use super::svg::{Anchor, Svg, number};
use super::{DataTable, Figure, LegendEntry};
use crate::report::site::board::Board;
use crate::report::site::format::{difference, difference_interval, p_value};
use crate::report::site::input::Duel;
use crate::stats::ALPHA;

const LEFT: f64 = 190.0;
const TOP: f64 = 24.0;
/// The largest width of the matrix.
const MATRIX: f64 = 530.0;

/// The plot; none where nothing was compared.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let all = &board.input.head_to_head;
    if all.iter().flatten().all(Option::is_none) {
        return None;
    }
    let runs = board.runs.len();
    let size = (MATRIX / runs as f64).floor().clamp(10.0, 46.0);
    let with_numbers = size >= 34.0;
    let label_every = if size < 16.0 { 5 } else { 1 };
    let side = size * runs as f64;
    let mut svg = Svg::new(LEFT + side.max(330.0) + 4.0, TOP + side + 8.0);
    // The cells of a kind are one path, and their signs another: thousands of them stay small.
    let mut paths: [(String, String); 3] = Default::default();
    let mut numbers = Vec::new();
    for (row, run) in board.runs.iter().enumerate() {
        let middle = size * (row as f64 + 0.5);
        let name = run.short_label(24);
        let class = if size < 13.0 { "tick small" } else { "tick" };
        svg.run_link(run, &format!("rank {}", run.input.rank), |svg| {
            svg.text(LEFT - 8.0, TOP + middle + 4.0, Anchor::End, class, &name);
        });
        if row.is_multiple_of(label_every) {
            svg.text(LEFT + middle, TOP - 8.0, Anchor::Middle, "tick", &run.number.to_string());
        }
        for (column, other) in board.runs.iter().enumerate().filter(|(column, _)| *column != row) {
            let Some(duel) = &all[run.index][other.index] else { continue };
            let (x, y) = (LEFT + size * column as f64, TOP + size * row as f64);
            let (cells, signs) = &mut paths[kind(duel) as usize];
            let inner = number(size - 1.0);
            let _ = write!(cells, "M{} {}h{inner}v{inner}h-{inner}z", number(x), number(y));
            let middle = (x + (size - 1.0) / 2.0, y + (size - 1.0) / 2.0);
            if with_numbers {
                numbers.push((middle, duel, (run, other)));
            } else {
                signs.push_str(&sign(kind(duel), middle, (size * 0.28).round()));
            }
        }
    }
    for (kind, (cells, signs)) in KINDS.into_iter().zip(&paths).filter(|(_, (cells, _))| !cells.is_empty()) {
        svg.path(cells, kind.class());
        if !signs.is_empty() {
            svg.path(signs, &format!("{}-sign", kind.class()));
        }
    }
    for ((x, y), duel, (run, other)) in numbers {
        let class = match (duel.is_significant_among_all(), duel.is_significant()) {
            (true, _) => "on-cell",
            (false, true) => "",
            (false, false) => "off-cell",
        };
        let said = format!(
            "less {}: {} ({}), p {}",
            other.label(),
            difference(duel.difference),
            difference_interval(duel.low, duel.high),
            p_value(duel.p_value)
        );
        svg.run_link(run, &said, |svg| {
            svg.text(x, y + 4.0, Anchor::Middle, class, &difference(duel.difference));
        });
    }
    let label = format!(
        "Matrix of {runs} runs against each other: {} of {} pairs differ significantly.",
        pairs(board, Duel::is_significant),
        pairs(board, |_| true)
    );
    let signs = if with_numbers {
        "Numbers are percentage points of pass@1; bold ones are significant among all pairs too, by Holm's correction."
    } else {
        "The table has the numbers."
    };
    Some(Figure {
        id: "head-to-head",
        title: "Head to head",
        caption: format!(
            "Is the run of the row better or worse than the run of the column, on the problems that both have? Runs \
             have the numbers of the ranking. Coloured where p is below {ALPHA}, each pair by itself. \
             {signs}"
        ),
        svg: svg.finish(&label),
        legend: legend(),
        table: table(board),
    })
}

/// How many pairs fulfil a condition, each counted once.
fn pairs(board: &Board<'_>, condition: impl Fn(&Duel) -> bool) -> usize {
    let duels = board.input.head_to_head.iter().enumerate();
    duels.flat_map(|(row, duels)| duels[..row].iter().flatten()).filter(|duel| condition(duel)).count()
}

/// What a cell says.
#[derive(Clone, Copy)]
enum Kind {
    Won,
    Lost,
    Even,
}

const KINDS: [Kind; 3] = [Kind::Won, Kind::Lost, Kind::Even];

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Kind::Won => "won",
            Kind::Lost => "lost",
            Kind::Even => "even",
        }
    }
}

fn kind(duel: &Duel) -> Kind {
    match (duel.is_significant(), duel.difference > 0.0) {
        (true, true) => Kind::Won,
        (true, false) => Kind::Lost,
        (false, _) => Kind::Even,
    }
}

/// A triangle upwards for better, one downwards for worse, and a dash for neither: to be read without colours.
fn sign(kind: Kind, (x, y): (f64, f64), radius: f64) -> String {
    let left = number(x - radius);
    let (above, below) = (number(y - radius), number(y + radius));
    let (half, full) = (number(radius), number(2.0 * radius));
    match kind {
        Kind::Won => format!("M{left} {below}l{half}-{full} {half} {full}z"),
        Kind::Lost => format!("M{left} {above}l{half} {full} {half}-{full}z"),
        Kind::Even => format!("M{left} {}h{full}v1h-{full}z", number(y - 0.5)),
    }
}

fn legend() -> Vec<LegendEntry> {
    let entry = |(kind, name): (Kind, &str)| {
        let class = kind.class();
        LegendEntry {
            sign: format!(
                "<svg class=\"sign\" viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" aria-hidden=\"true\"><path \
                 class=\"{class}\" d=\"M0 0h14v14h-14z\"/><path class=\"{class}-sign\" d=\"{}\"/></svg>",
                sign(kind, (7.0, 7.0), 4.0)
            ),
            name: name.to_owned(),
            page: None,
        }
    };
    [(Kind::Won, "row is better"), (Kind::Lost, "row is worse"), (Kind::Even, "no significant difference")]
        .map(entry)
        .into()
}

fn table(board: &Board<'_>) -> DataTable {
    let columns = board.runs.iter().map(|run| run.number.to_string());
    let title = format!("Run (* p below {ALPHA}, ** corrected for all pairs too)");
    let header = std::iter::once(title).chain(columns).collect();
    let rows = board.runs.iter().map(|run| {
        let cells = board.runs.iter().map(|other| match &board.input.head_to_head[run.index][other.index] {
            Some(duel) => {
                let marks = match (duel.is_significant(), duel.is_significant_among_all()) {
                    (true, true) => "**",
                    (true, false) => "*",
                    _ => "",
                };
                format!("{}{marks}", difference(duel.difference))
            }
            None => String::new(),
        });
        std::iter::once(run.label()).chain(cells).collect()
    });
    DataTable { header, rows: rows.collect() }
}
