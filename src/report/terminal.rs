//! Scores as tables for a terminal.

use std::fmt::Write;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use super::RANK_RULE;
use super::unit::{percent, percent_range};
use crate::evaluate::group::Group;
use crate::evaluate::summary::{Scores, Summary};
use crate::judge::verdict::{Standing, VerdictKind};
use crate::shown::shown;
use crate::stats::{Estimate, Mean};

/// The summary as tables: pass@k with its interval, the count of each verdict, and what a reader has to know.
pub fn summary(summary: &Summary) -> String {
    let both = summary.sealed.is_some() && summary.compat.is_some();
    let mut out = String::new();
    for (name, scores) in [("sealed", &summary.sealed), ("compat", &summary.compat)] {
        let Some(scores) = scores else { continue };
        if both {
            let _ = writeln!(out, "{name} judging");
        }
        let _ = writeln!(out, "{}\n{}", score_table(scores), verdict_table(scores, summary.completions));
        for note in notes(scores) {
            let _ = writeln!(out, "{}", prose(&note));
        }
        out.push_str(&group_tables(summary, name));
    }
    let (without, all) =
        (summary.problems_without_completions, summary.problems + summary.problems_without_completions);
    match without {
        0 => {}
        1 => out.push_str(&format!("1 of {all} problems has no completion and is not in these scores.\n")),
        _ => out.push_str(&format!(
            "{without} of {all} problems have no completion and are not in these scores.\n"
        )),
    }
    if both {
        out.push_str(&disagreements(summary));
    }
    out
}

fn score_table(scores: &Scores) -> Table {
    let bounded = scores.pass_at_k.iter().any(|estimate| estimate.lower_bound != estimate.upper_bound);
    let mut header = vec!["", "score", "95 %", "problems"];
    if bounded {
        header.push("bounds");
    }
    let mut table = table(header);
    let (base, all) = if scores.base_pass_at_k.is_empty() { ("", "") } else { ("base ", "plus ") };
    let rows = scores.base_pass_at_k.iter().map(|estimate| (base, estimate));
    for (label, estimate) in rows.chain(scores.pass_at_k.iter().map(|estimate| (all, estimate))) {
        let Estimate { k, value, low, high, lower_bound, upper_bound, problems, .. } = estimate;
        let mut row = vec![
            format!("{label}pass@{k}"),
            percent(*value),
            percent_range(*low, *high),
            problems.to_string(),
        ];
        if bounded {
            row.push(percent_range(*lower_bound, *upper_bound));
        }
        table.add_row(row);
    }
    if let Some(Mean { value, low, high, .. }) = scores.test_case_average {
        let problems = scores.pass_at_k.first().map_or_else(String::new, |first| first.problems.to_string());
        let interval = percent_range(low, high);
        table.add_row(["test case average".to_owned(), percent(value), interval, problems]);
    }
    align_right(&mut table, 1..5);
    table
}

/// A table for every grouping: a row a group, a column a score.
fn group_tables(summary: &Summary, judging: &str) -> String {
    let mut out = String::new();
    for groups in summary.groups.chunk_by(|a, b| a.by == b.by) {
        let scores = |group: &Group| {
            let scores = if judging == "sealed" { &group.sealed } else { &group.compat };
            scores.clone().unwrap_or_default()
        };
        let mut ks: Vec<u64> =
            groups.iter().flat_map(|group| scores(group).pass_at_k).map(|estimate| estimate.k).collect();
        ks.sort_unstable();
        ks.dedup();
        let with_average = groups.iter().any(|group| scores(group).test_case_average.is_some());
        let mut header = vec![groups[0].by.name().to_owned(), "problems".to_owned()];
        // A narrow terminal has room for the scores alone.
        let with_intervals = width().is_none_or(|width| usize::from(width) >= 36 + 26 * ks.len());
        for k in &ks {
            header.push(format!("pass@{k}"));
            header.extend(with_intervals.then(|| "95 %".to_owned()));
        }
        if with_average {
            header.push("test case average".to_owned());
        }
        let columns = header.len();
        let mut table = table(header);
        for group in groups {
            let mut row = vec![shown(&group.name).to_string(), group.problems.to_string()];
            let scores = scores(group);
            for k in &ks {
                let estimate = scores.pass_at_k.iter().find(|estimate| estimate.k == *k);
                row.push(estimate.map_or_else(String::new, |one| percent(one.value)));
                row.extend(
                    with_intervals
                        .then(|| estimate.map_or_else(String::new, |one| percent_range(one.low, one.high))),
                );
            }
            if with_average {
                let average = scores.test_case_average;
                row.push(average.map_or_else(String::new, |mean| percent(mean.value)));
            }
            table.add_row(row);
        }
        align_right(&mut table, 1..columns);
        let _ = writeln!(out, "{table}");
    }
    out
}

fn verdict_table(scores: &Scores, completions: u64) -> Table {
    let mut table = table(vec!["verdict", "completions", "share"]);
    for (kind, count) in &scores.verdicts {
        let share = percent(*count as f64 / completions.max(1) as f64);
        table.add_row([kind.name().to_owned(), count.to_string(), share]);
    }
    align_right(&mut table, 1..3);
    table
}

fn notes(scores: &Scores) -> Vec<String> {
    let mut notes = Vec::new();
    let unknown: u64 = scores
        .verdicts
        .iter()
        .filter(|(kind, _)| kind.standing() == Standing::Unknown)
        .map(|(_, count)| count)
        .sum();
    if unknown > 0 {
        notes.push(format!(
            "Unsupported or inconclusive, and so neither passed nor failed: {}. The score takes them as failures, the \
             bounds as all failed and as all passed.",
            completions(unknown)
        ));
    }
    if scores.verdicts.contains_key(&VerdictKind::Inconclusive) {
        notes.push("Inconclusive verdicts are the harness's failure: the same command with --resume judges them again.".to_owned());
    }
    for partial in &scores.partial {
        notes.push(format!(
            "pass@{} is over the {} problems that have {} samples; {} that have fewer are left out.",
            partial.k, partial.problems, partial.k, partial.left_out
        ));
    }
    if scores.open > 0 {
        notes
            .push(format!("Judged open, since their tests can not be sealed: {}.", completions(scores.open)));
    }
    notes
}

fn completions(count: u64) -> String {
    format!("{count} completion{}", if count == 1 { "" } else { "s" })
}

fn disagreements(summary: &Summary) -> String {
    if summary.disagreements.is_empty() {
        return "Sealed and compatible judging agree on every completion.\n".to_owned();
    }
    let mut table = table(vec!["disagreement", "sample", "sealed", "compat"]);
    for one in &summary.disagreements {
        let (sealed, compat) = (one.sealed.name(), one.compat.name());
        table.add_row([one.task_id.to_string(), one.sample.to_string(), sealed.into(), compat.into()]);
    }
    format!("{table}\n")
}

/// How to read ranks, on lines that fit a terminal.
pub fn rank_rule() -> String {
    if width().is_some_and(|width| width < 80) {
        return prose(RANK_RULE);
    }
    RANK_RULE.replace(", at worst", ",\n  at worst").replace(" (p below", "\n  (p below")
}

/// A table in the style of all tables of karat. In a terminal it is no wider than that: texts are broken into lines.
pub fn table<T: Into<comfy_table::Cell>>(header: Vec<T>) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

/// How wide the terminal is; nothing where output is piped, and tables have the width that they need.
pub fn width() -> Option<u16> {
    Table::new().width()
}

/// A sentence on lines that fit the terminal, broken between words; where output is piped, on one line.
pub fn prose(text: &str) -> String {
    match width() {
        Some(width) => wrapped(text, width.into()),
        None => text.to_owned(),
    }
}

fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// Aligns columns to the right, as numbers are, which are never broken.
pub fn align_right(table: &mut Table, columns: std::ops::Range<usize>) {
    for index in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        keep_whole(table, index);
    }
}

/// Gives a column the width of its content, whatever room there is.
pub fn keep_whole(table: &mut Table, index: usize) {
    if let Some(column) = table.column_mut(index) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 9), "one two\nthree");
        assert_eq!(wrapped("one incomprehensible", 5), "one\nincomprehensible");
        assert_eq!(wrapped("", 5), "");
    }
}
