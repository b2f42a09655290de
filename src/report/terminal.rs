//! Scores as tables for a terminal.

use std::fmt::Write;

use super::columns::{Column, TextTable};
use super::fitting::{prose, width};
use super::rule_of_ranks;
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

fn score_table(scores: &Scores) -> TextTable {
    let bounded = scores.pass_at_k.iter().any(|estimate| estimate.lower_bound != estimate.upper_bound);
    let mut header = vec!["", "score", "95 %", "problems"];
    if bounded {
        header.push("bounds");
    }
    let mut table = TextTable::with_header(header);
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
    table.numbers(1..5);
    table.dispensable(1, [3]);
    table.elsewhere("--format json")
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
        let cells = |cell: &dyn Fn(&Group) -> String| groups.iter().map(cell).collect::<Vec<String>>();
        let mut columns = vec![
            Column::text(groups[0].by.name(), 0, cells(&|group| shown(&group.name).to_string())),
            Column::number("problems", 2, cells(&|group| group.problems.to_string())),
        ];
        for k in &ks {
            let of = |group: &Group, text: fn(&Estimate) -> String| {
                scores(group).pass_at_k.iter().find(|one| one.k == *k).map_or_else(String::new, text)
            };
            let value = cells(&|group| of(group, |one| percent(one.value)));
            let interval = cells(&|group| of(group, |one| percent_range(one.low, one.high)));
            columns.push(Column::number(format!("pass@{k}"), 0, value));
            columns.push(Column::number("95 %", 1, interval));
        }
        if with_average {
            let average = |group: &Group| {
                scores(group).test_case_average.map_or_else(String::new, |mean| percent(mean.value))
            };
            columns.push(Column::number("test case average", 0, cells(&average)));
        }
        let _ = writeln!(out, "{}", TextTable::new(columns).elsewhere("--format json"));
    }
    out
}

fn verdict_table(scores: &Scores, completions: u64) -> TextTable {
    let mut table = TextTable::with_header(["verdict", "completions", "share"]);
    for (kind, count) in &scores.verdicts {
        let share = percent(*count as f64 / completions.max(1) as f64);
        table.add_row([kind.name().to_owned(), count.to_string(), share]);
    }
    table.numbers(1..3);
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
    for (interpreter, count) in &scores.interpreters {
        notes.push(format!("Run by the interpreter {interpreter}: {}.", completions(*count)));
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
    let mut table = TextTable::with_header(["disagreement", "sample", "sealed", "compat"]);
    for one in &summary.disagreements {
        let (sealed, compat) = (one.sealed.name(), one.compat.name());
        table.add_row([one.task_id.to_string(), one.sample.to_string(), sealed.into(), compat.into()]);
    }
    format!("{table}\n")
}

/// How to read ranks, on lines that fit a terminal.
pub fn rank_rule() -> String {
    let rule = rule_of_ranks();
    if width().is_some_and(|width| width < 80) {
        return prose(&rule);
    }
    rule.replace(", at worst", ",\n  at worst").replace(" (p below", "\n  (p below")
}
