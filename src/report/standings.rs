//! A leaderboard as a table for a terminal.

use super::columns::{Column, TextTable};
use super::printable;
use super::site::{RunInput, SiteInput, dollars, shorten};
use super::terminal::rank_rule;
use super::unit::{percent, percent_range};
use crate::stats::Estimate;

/// Longer names are cut, in characters, where there is no wide terminal.
const LONGEST_NAME: usize = 40;

/// A sparkline has at most this many columns where there is no wide terminal.
const MOST_BARS: usize = 20;

/// A terminal of at least this width has room for more.
const WIDE: u16 = 150;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The ranked table. With `colour`, the runs that may have rank 1 stand out.
///
/// The sparkline has the mean pass rate of groups of problems, of about equal size: on the left those that are hardest
/// for all runs together. So the same column means the same problems in every row.
pub fn standings(input: &SiteInput, colour: bool, width: Option<u16>) -> String {
    let is_wide = width.is_some_and(|width| width >= WIDE);
    let (longest_name, most_bars) =
        if is_wide { (2 * LONGEST_NAME, 3 * MOST_BARS) } else { (LONGEST_NAME, MOST_BARS) };
    let (first_k, other_ks) = match input.table_ks.split_first() {
        Some((first, others)) => (*first, others),
        None => (1, &[][..]),
    };
    let groups = groups(input, most_bars);
    let cells = |cell: &dyn Fn(&RunInput) -> String| input.runs.iter().map(cell).collect::<Vec<String>>();
    let score = |run: &RunInput, k: u64, text: fn(&Estimate) -> String| {
        run.pass_at_k.iter().find(|one| one.k == k).map_or_else(String::new, text)
    };
    let name = |run: &RunInput| shorten(&printable(&run.name), longest_name).replace(['\n', '\t'], " ");
    let interval = |one: &Estimate| percent_range(one.low, one.high);
    let mut columns = vec![
        Column::number("rank", 0, cells(&|run| run.rank.to_string())),
        Column::text("run", 0, cells(&name)),
        Column::number(
            format!("pass@{first_k}"),
            0,
            cells(&|run| score(run, first_k, |one| percent(one.value))),
        ),
        Column::number("95 %", 0, cells(&|run| score(run, first_k, interval))),
    ];
    for k in other_ks {
        let value = cells(&|run| score(run, *k, |one| percent(one.value)));
        columns.push(Column::number(format!("pass@{k}"), 1, value));
    }
    columns.push(Column::link("problems, hard to easy", 2, cells(&|run| sparkline(run, &groups))));
    columns.push(Column::number("cost", 1, cells(&|run| run.cost.map_or_else(String::new, dollars))));
    let first: Vec<usize> = input
        .runs
        .iter()
        .enumerate()
        .filter(|(_, run)| colour && run.rank.best == 1)
        .map(|(row, _)| row)
        .collect();
    let table = TextTable::new(columns).elsewhere("--format json").marked(first).text(width);
    let mut out = format!("{table}\n");
    if input.runs.len() > 1 {
        out.push_str(&rank_rule());
        out.push('\n');
    }
    out
}

/// The problems by how often all runs pass them, the hardest first, in groups of about equal size.
fn groups(input: &SiteInput, most: usize) -> Vec<Vec<usize>> {
    let problems = input.problems.len();
    let ease = |problem: usize| {
        let rates: Vec<f64> = input.runs.iter().filter_map(|run| run.problems[problem].pass_rate()).collect();
        rates.iter().sum::<f64>() / rates.len().max(1) as f64
    };
    let mut order: Vec<(f64, &str, usize)> = input
        .problems
        .iter()
        .enumerate()
        .map(|(index, problem)| (ease(index), problem.task_id.as_str(), index))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)).then(a.2.cmp(&b.2)));
    let bars = problems.min(most);
    (0..bars)
        .map(|bar| {
            let range = bar * problems / bars..(bar + 1) * problems / bars;
            order[range].iter().map(|(.., problem)| *problem).collect()
        })
        .collect()
}

/// A bar for each group: its mean pass rate, or a dot where the run has none of its problems.
fn sparkline(run: &RunInput, groups: &[Vec<usize>]) -> String {
    let bar = |group: &Vec<usize>| {
        let rates: Vec<f64> = group.iter().filter_map(|problem| run.problems[*problem].pass_rate()).collect();
        if rates.is_empty() {
            return '·';
        }
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        BARS[((mean * BARS.len() as f64) as usize).min(BARS.len() - 1)]
    };
    groups.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::site::{ProblemInput, ProblemResult};
    use crate::stats::ProblemCounts;

    fn board(rates: &[&[u64]]) -> SiteInput {
        let run = |passes: &&[u64]| RunInput {
            name: "a\u{1b}[31m".into(),
            problems: passes
                .iter()
                .map(|passed| ProblemResult {
                    counts: ProblemCounts { samples: 8, passed: *passed, unknown: 0 },
                    fuel_ratio: None,
                })
                .collect(),
            ..RunInput::default()
        };
        SiteInput {
            runs: rates.iter().map(run).collect(),
            problems: vec![ProblemInput::default(); rates[0].len()],
            ..SiteInput::default()
        }
    }

    #[test]
    fn columns_of_a_sparkline_are_the_same_problems_in_every_row() {
        let input = board(&[&[0, 8, 4], &[8, 8, 0]]);
        let groups = groups(&input, MOST_BARS);
        assert_eq!(groups, [[2], [0], [1]]);
        assert_eq!(sparkline(&input.runs[0], &groups), "▅▁█");
        assert_eq!(sparkline(&input.runs[1], &groups), "▁██");
    }

    #[test]
    fn many_problems_share_the_columns() {
        let passes: Vec<u64> = (0..1000).map(|problem| problem % 9).collect();
        let input = board(&[&passes]);
        let groups = groups(&input, MOST_BARS);
        assert_eq!((groups.len(), groups.iter().map(Vec::len).sum::<usize>()), (20, 1000));
        let line = sparkline(&input.runs[0], &groups);
        assert_eq!(line.chars().count(), 20);
        assert!(line.starts_with('▁') && line.ends_with('█'), "{line}");
    }

    #[test]
    fn a_table_is_as_wide_as_the_terminal_allows() {
        let passes: Vec<u64> = (0..100).map(|problem| problem % 9).collect();
        let mut input = board(&[&passes]);
        input.runs[0].name = "a long name of a model ".repeat(4);
        let widest = |width| {
            let table = standings(&input, false, width);
            table.lines().map(|line| line.chars().count()).max().unwrap_or(0)
        };
        assert!(widest(Some(200)) > widest(None), "there is more of the name, and more bars");
        assert!(widest(Some(200)) <= 200);
        let narrow = standings(&input, false, Some(60));
        assert!(narrow.contains("\"problems, hard to easy\"") && !narrow.contains('█'), "{narrow}");
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    }

    #[test]
    fn colours_are_there_only_where_asked_for_and_never_a_runs_own() {
        let input = board(&[&[1]]);
        let (plain, coloured) = (standings(&input, false, None), standings(&input, true, None));
        assert!(!plain.contains('\x1b') && plain.contains("a\\u{1b}[31m"), "{plain}");
        assert!(coloured.contains("\x1b[1m") && !coloured.contains("\x1b[31m"));
    }
}
