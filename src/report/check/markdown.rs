//! The check as Markdown, for the summary of a job or a comment.

use std::fmt::Write;

use super::{Check, NamedChange, Outcome, ProblemCheck, p_value};
use crate::report::escape::markdown;
use crate::report::unit::{percent, percent_range, points};
use crate::stats::Estimate;

/// How many problems of a kind are named.
const MOST_NAMED: usize = 50;
/// How many characters of a failure are shown.
const LONGEST_FAILURE: usize = 200;

/// The summary.
pub fn summary(check: &Check) -> String {
    let mut out = String::new();
    let mark = match check.outcome {
        Outcome::Passed => "✅",
        Outcome::Regressed => "❌",
        Outcome::Inconclusive => "❔",
    };
    let k = check.rule.k;
    let _ =
        writeln!(out, "## {mark} karat check: {}\n\n{}.\n", check.outcome.name(), markdown(&check.reason));
    let _ = writeln!(out, "| | pass@{k} | 95 % interval | problems |\n| --- | ---: | ---: | ---: |");
    let rows = [("baseline", &check.baseline, &check.baseline_score), ("run", &check.run, &check.run_score)];
    for (which, name, score) in rows {
        let Some(Estimate { value, low, high, problems, .. }) = score else { continue };
        let [value, interval] = [percent(*value), percent_range(*low, *high)];
        let _ = writeln!(out, "| {which}: {} | {value} | {interval} | {problems} |", markdown(name));
    }
    let paired = &check.compared.paired;
    let _ = writeln!(
        out,
        "\nDifference: {} ({} to {}), {}.",
        points(paired.difference),
        points(paired.low),
        points(paired.high),
        p_value(paired.p_value)
    );
    for note in check.notes() {
        let _ = writeln!(out, "\n{}", markdown(&note));
    }
    for difference in &check.differences {
        let [what, one, other] =
            [&difference.what, &difference.one, &difference.other].map(|text| markdown(text));
        let _ = writeln!(out, "\nJudged with other {what}: {one} in the baseline, {other} now.");
    }
    for NamedChange { title, meaning, problems } in check.named() {
        named(&mut out, title, meaning, &problems);
    }
    out
}

fn named(out: &mut String, title: &str, meaning: &str, problems: &[&ProblemCheck]) {
    let _ = writeln!(out, "\n### {title}: {}\n\n{meaning}\n", problems.len());
    for problem in problems.iter().take(MOST_NAMED) {
        let words = problem.words();
        let short: String = words.chars().take(LONGEST_FAILURE).collect();
        let rest = if short.len() < words.len() { "…" } else { "" };
        let _ = writeln!(out, "- {}: {}{rest}", markdown(problem.task_id.as_str()), markdown(&short));
    }
    if problems.len() > MOST_NAMED {
        let _ = writeln!(out, "- and {} more", problems.len() - MOST_NAMED);
    }
}
