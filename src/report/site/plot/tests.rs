//! What every plot has to fulfil, and some of each.

use super::super::tests::board_input;
use super::*;
use crate::report::site::input::SiteInput;

fn figures(input: &SiteInput) -> Vec<Figure> {
    let board = Board::new(input).unwrap();
    let plots = [
        pass_at_k::plot(&board),
        cost::plot(&board),
        heat_map::plot(&board),
        head_to_head::plot(&board),
        difficulty::plot(&board),
        efficiency::plot(&board),
    ];
    plots.into_iter().flatten().collect()
}

fn find<'a>(figures: &'a [Figure], id: &str) -> &'a Figure {
    figures.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("there is no {id}"))
}

#[test]
fn every_plot_says_what_it_shows_and_has_its_data() {
    for runs in [3, 8, 30] {
        let input = board_input(runs, 60, 10);
        let figures = figures(&input);
        assert_eq!(figures.len(), 6);
        for figure in figures {
            let (said, drawing) = figure.svg.split_once("</p>").unwrap();
            assert!(said.len() > "<p class=\"hidden\">".len() + 20, "{}", figure.id);
            assert!(drawing.starts_with("<svg viewBox=\"0 0 "), "{}", figure.id);
            assert!(drawing.contains("<title>1 run 0"), "{}: who points at a run is told which", figure.id);
            assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf"), "{}", figure.id);
            assert!(!figure.svg.contains("style="), "{}: the page's policy forbids it", figure.id);
            assert!(
                figure.table.rows.iter().all(|row| row.len() == figure.table.header.len()),
                "{}",
                figure.id
            );
            // The cost of one run is not known.
            let expected = if figure.id == "cost" { runs - 1 } else { runs };
            assert_eq!(figure.table.rows.len(), expected, "{}", figure.id);
            assert!(!figure.legend.is_empty());
        }
    }
}

#[test]
fn only_so_many_runs_have_a_style_of_their_own() {
    let input = board_input(30, 20, 10);
    let figures = figures(&input);
    let lines = find(&figures, "pass-at-k");
    assert_eq!(lines.svg.matches("class=\"l rest\"").count(), 30 - 8);
    assert_eq!(lines.svg.matches("class=\"label\"").count(), 8);
    assert_eq!(lines.legend.len(), 9);
    assert_eq!(lines.legend[8].name, "22 more");
}

#[test]
fn plots_without_data_are_left_out() {
    let mut input = board_input(2, 10, 1);
    input.head_to_head.clear();
    for run in &mut input.runs {
        run.cost = None;
        run.problems.iter_mut().for_each(|problem| problem.fuel_ratio = None);
    }
    input.problems.iter_mut().for_each(|problem| problem.difficulty = None);
    let ids: Vec<&str> = figures(&input).iter().map(|figure| figure.id).collect();
    assert_eq!(ids, ["heat-map"]);
}

#[test]
fn a_heat_map_of_many_problems_is_put_together_and_small() {
    let input = board_input(50, 1000, 10);
    let figures = figures(&input);
    let map = find(&figures, "heat-map");
    assert!(map.svg.len() < 150_000, "{}", map.svg.len());
    assert!(map.caption.contains("240 columns"), "{}", map.caption);
    // One path for each shade, however many cells.
    assert!(map.svg.matches("class=\"cell h").count() <= 6);
}

#[test]
fn a_heat_map_covers_every_cell_once() {
    let input = board_input(3, 17, 4);
    let figures = figures(&input);
    let svg = &find(&figures, "heat-map").svg;
    let paths = svg.split("class=\"cell").filter_map(|part| part.split("d=\"").nth(1)?.split('"').next());
    let strokes = paths.flat_map(|path| path.split('h').skip(1));
    let cells: usize = strokes.filter_map(|stroke| stroke.split('M').next()?.parse::<usize>().ok()).sum();
    assert_eq!(cells, 3 * 17);
}

#[test]
fn a_matrix_marks_what_is_significant_without_colour_too() {
    let input = board_input(4, 10, 1);
    let figures = figures(&input);
    let matrix = find(&figures, "head-to-head");
    assert_eq!(
        (cells(&matrix.svg, "won"), cells(&matrix.svg, "lost"), cells(&matrix.svg, "even")),
        (6, 6, 0)
    );
    assert!(matrix.svg.contains(">+17.5<") && matrix.svg.contains(">−17.5<"));
    assert!(matrix.svg.contains("6 of 6 pairs differ significantly"));
    let many = board_input(40, 10, 1);
    let figures = self::figures(&many);
    let matrix = find(&figures, "head-to-head");
    let all = ["won", "lost", "even"]
        .map(|kind| (cells(&matrix.svg, kind), cells(&matrix.svg, &format!("{kind}-sign"))));
    assert!(all.iter().all(|(cells, signs)| *cells > 0 && cells == signs), "{all:?}");
    assert_eq!(all.iter().map(|(cells, _)| cells).sum::<usize>(), 40 * 39);
    assert!(matrix.svg.len() < 100_000, "{}", matrix.svg.len());
}

/// How many figures a path of that class draws.
fn cells(svg: &str, class: &str) -> usize {
    let end = svg.find(&format!("\" class=\"{class}\"/>")).unwrap_or(0);
    let start = svg[..end].rfind('"').unwrap_or(0);
    svg[start..end].matches('z').count()
}

#[test]
fn difficulties_are_from_easy_to_hard_and_scored_apart() {
    let input = board_input(2, 30, 1);
    let figures = figures(&input);
    let table = &find(&figures, "difficulty").table;
    assert_eq!(table.header, ["Run", "easy", "medium", "hard"]);
    let passed: u64 = input.runs[0].problems[..10].iter().map(|problem| problem.counts.passed).sum();
    assert!(table.rows[0][1].starts_with(&format!("{:.1} (", passed as f64 * 10.0)), "{:?}", table.rows[0]);
}

#[test]
fn a_profile_counts_problems_that_are_not_solved() {
    let mut input = board_input(1, 4, 1);
    for (problem, ratio) in input.runs[0].problems.iter_mut().zip([Some(0.5), Some(1.0), Some(3.0), None]) {
        problem.fuel_ratio = ratio;
    }
    let figures = figures(&input);
    let table = &find(&figures, "efficiency").table;
    assert_eq!(table.header[1..4], ["median", "within 0.5×", "within 1×"]);
    assert_eq!(table.rows[0], ["1 run 0", "1.00×", "25.0", "50.0", "50.0", "50.0", "75.0", "75.0"]);
}

#[test]
fn the_cheapest_and_the_best_are_on_the_frontier() {
    let input = board_input(6, 20, 1);
    let figures = figures(&input);
    let plot = find(&figures, "cost");
    assert_eq!(plot.svg.matches("class=\"frontier\"").count(), 1);
    assert!(plot.caption.contains("The cost of one run is not known"));
    assert_eq!(plot.table.rows[0][1], "$0.18");
}

#[test]
fn names_in_plots_are_escaped() {
    let mut input = board_input(2, 10, 10);
    input.runs[0].name = "<b>&\u{202e}".into();
    for figure in figures(&input) {
        assert!(!figure.svg.contains("<b>") && !figure.svg.contains('\u{202e}'), "{}", figure.id);
        assert!(figure.legend.iter().all(|entry| !entry.sign.contains("<b>")));
    }
}

#[test]
fn a_bar_lies_within_its_line() {
    let input = board_input(1, 30, 10);
    let estimate = input.runs[0].pass_at_k[0];
    let markup = bar::interval(&estimate, Style::Named(0));
    assert!(markup.starts_with("<svg class=\"bar\" ") && markup.contains(" aria-hidden=\"true\">"));
    assert_eq!(markup.contains("class=\"bounds"), estimate.upper_bound > estimate.lower_bound);
    assert!(
        bar::share(0.0).matches("<rect").count() == 1
            && bar::share(1.0).contains("width=\"80\" height=\"6\" class=\"fill\"")
    );
}
