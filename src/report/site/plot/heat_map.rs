//! Every run's pass rate on every problem, the problems from hard to easy.
//!
//! The drawing stays small however many there are: neighbouring problems share a column where there are more than
//! [`MOST_COLUMNS`], and all cells of a shade are one path, neighbours in one stroke.

use std::fmt::Write;

use super::svg::{Anchor, Svg, number};
use super::{DataTable, Figure, LegendEntry};
use crate::report::site::board::{Board, BoardRun};
use crate::report::site::format::{percent, points};

/// More problems than this are put together.
const MOST_COLUMNS: usize = 240;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 15.0;
const SHADES: usize = 6;
/// How many problems of a column are named.
const MOST_NAMED: usize = 8;
/// Groups of problems in the table of data.
const TENTHS: usize = 10;

/// The plot; none where no problem has samples.
pub(in crate::report::site) fn plot(board: &Board<'_>) -> Option<Figure> {
    let order = hard_to_easy(board);
    if order.is_empty() {
        return None;
    }
    let columns = split(&order, MOST_COLUMNS);
    let width = (RIGHT - LEFT) / columns.len() as f64;
    let bottom = ROW * board.runs.len() as f64 + 6.0;

    let mut svg = Svg::new(RIGHT, bottom + 24.0);
    let mut paths: [String; SHADES] = Default::default();
    for (row, run) in board.runs.iter().enumerate() {
        let y = 6.0 + ROW * row as f64;
        let name = run.short_label(24);
        svg.run_link(run, "", |svg| svg.text(LEFT - 8.0, y + ROW - 4.0, Anchor::End, "tick", &name));
        let shades: Vec<Option<usize>> =
            columns.iter().map(|problems| pass_rate(run, problems).map(shade)).collect();
        let mut column = 0;
        for same in shades.chunk_by(|a, b| a == b) {
            if let Some(shade) = same[0] {
                let _ = write!(paths[shade], "M{column} {}h{}", number(y + ROW / 2.0), same.len());
            }
            column += same.len();
        }
    }
    svg.raw(&format!(
        "<g transform=\"translate({LEFT} 0) scale({width:.4} 1)\" stroke-width=\"{}\">",
        ROW - 1.0
    ));
    for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        svg.path(path, &format!("cell h{shade}"));
    }
    svg.raw("</g>");
    for (place, problems) in columns.iter().enumerate() {
        let (x, height) = (LEFT + width * place as f64, ROW * board.runs.len() as f64);
        let cover = |svg: &mut Svg| svg.rectangle(x, 6.0, width, height, "cover");
        match problems {
            [problem] => {
                let page = format!("problem/{}.html", board.problem_slugs[*problem]);
                svg.link(&page, &title(board, problems), cover);
            }
            problems => svg.link("problems.html", &title(board, problems), cover),
        }
    }
    svg.text(LEFT, bottom + 16.0, Anchor::Start, "title", "← hardest problems");
    svg.text(RIGHT, bottom + 16.0, Anchor::End, "title", "easiest problems →");

    let together = if columns.len() < order.len() {
        format!(
            " Each of the {} columns is the mean of up to {} problems that are about equally hard.",
            columns.len(),
            order.len().div_ceil(columns.len())
        )
    } else {
        String::new()
    };
    let has_all = |run: &BoardRun<'_>| columns.iter().all(|problems| pass_rate(run, problems).is_some());
    let gaps =
        if board.runs.iter().all(has_all) { "" } else { " A gap is a problem that the run does not have." };
    let label = format!(
        "Heat map of {} runs and {} problems: the share of samples that pass, the problems from hard to easy.",
        board.runs.len(),
        order.len()
    );
    Some(Figure {
        id: "heat-map",
        title: "Problem by problem",
        caption: format!(
            "The share of a run's samples that pass, in the shades of the legend. Problems are ordered by their mean over all \
             runs; who points at a cell is told which one it is.{gaps}{together}"
        ),
        svg: svg.finish(&label),
        legend: legend(),
        table: table(board, &order),
    })
}

/// The problems that have samples, the hardest first.
fn hard_to_easy(board: &Board<'_>) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = (0..board.input.problems.len())
        .filter_map(|problem| Some((board.problem_pass_rate(problem)?, problem)))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, problem)| problem).collect()
}

/// The problems of each column of the plot.
pub(in crate::report::site) fn columns(board: &Board<'_>) -> Vec<Vec<usize>> {
    split(&hard_to_easy(board), MOST_COLUMNS).into_iter().map(<[usize]>::to_vec).collect()
}

/// A problem by its number in the list of problems, and its name.
fn named(board: &Board<'_>, problem: usize) -> String {
    format!("No. {} {}", problem + 1, board.input.problems[problem].task_id)
}

/// What a column shows.
fn title(board: &Board<'_>, problems: &[usize]) -> String {
    let names: Vec<String> = problems.iter().take(MOST_NAMED).map(|problem| named(board, *problem)).collect();
    let more = problems.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let rates: Vec<f64> = problems.iter().filter_map(|problem| board.problem_pass_rate(*problem)).collect();
    let mean = rates.iter().sum::<f64>() / rates.len().max(1) as f64;
    format!("{}{more}: {} over all runs", names.join(", "), percent(mean))
}

/// None passes, up to a quarter, a half, three quarters, less than all, all.
fn shade(rate: f64) -> usize {
    match rate {
        _ if rate <= 0.0 => 0,
        _ if rate >= 1.0 => 5,
        _ => 1 + ((rate * 4.0) as usize).min(3),
    }
}

fn legend() -> Vec<LegendEntry> {
    let names =
        ["none", "some, under 25%", "25% to under 50%", "50% to under 75%", "75% and more, not all", "all"];
    let entry = |(shade, name): (usize, &str)| LegendEntry {
        sign: format!(
            "<svg class=\"sign\" viewBox=\"0 0 14 12\" width=\"14\" height=\"12\" aria-hidden=\"true\"><path class=\"cell h{shade}\" stroke-width=\"12\" d=\"M0 6h14\"/></svg>"
        ),
        name: name.to_owned(),
        page: None,
    };
    names.into_iter().enumerate().map(entry).collect()
}

/// Splits a list into at most `most` parts whose sizes differ by one at most.
fn split(list: &[usize], most: usize) -> Vec<&[usize]> {
    let parts = list.len().min(most);
    (0..parts).map(|part| &list[part * list.len() / parts..(part + 1) * list.len() / parts]).collect()
}

fn pass_rate(run: &BoardRun<'_>, problems: &[usize]) -> Option<f64> {
    let rates: Vec<f64> =
        problems.iter().filter_map(|problem| run.input.problems[*problem].pass_rate()).collect();
    (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
}

fn table(board: &Board<'_>, order: &[usize]) -> DataTable {
    let groups = split(order, TENTHS);
    let titles = groups.iter().enumerate().map(|(place, group)| match group {
        [problem] => named(board, *problem),
        _ if place == 0 => "hardest tenth".to_owned(),
        _ if place + 1 == groups.len() => "easiest tenth".to_owned(),
        _ => format!("tenth {}", place + 1),
    });
    let header = std::iter::once("Run".to_owned()).chain(titles).collect();
    let rows = board.runs.iter().map(|run| {
        let rates = groups.iter().map(|group| pass_rate(run, group).map_or_else(|| "–".to_owned(), points));
        std::iter::once(run.label()).chain(rates).collect()
    });
    DataTable { header, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_tell_none_and_all_from_some() {
        assert_eq!([0.0, 0.001, 0.25, 0.5, 0.75, 0.999, 1.0].map(shade), [0, 1, 2, 3, 4, 4, 5]);
    }

    #[test]
    fn parts_hold_everything_once() {
        let list: Vec<usize> = (0..1000).collect();
        let parts = split(&list, 240);
        assert_eq!(parts.len(), 240);
        assert_eq!(parts.concat(), list);
        assert!(parts.iter().all(|part| (4..=5).contains(&part.len())));
        assert_eq!(split(&list[..3], 240).len(), 3);
    }
}
