//! The samples on the page of a run: by problem and verdict, each with a link to where its program is.

use std::fmt::Write;

use serde::Serialize;

use super::board::{Board, BoardRun};
use super::format::{count, plural};
use super::input::Outcome;
use super::sample_list::address;
use super::view::{standing, verdict_name};
use crate::judge::verdict::VerdictKind;

/// Samples of a problem with one verdict.
#[derive(Serialize)]
pub(super) struct SamplesRow<'a> {
    task_id: &'a str,
    slug: &'a str,
    verdict: String,
    /// The name of the verdict in records, for filtering.
    kind: VerdictKind,
    standing: &'static str,
    /// Markup: a link for each sample that the problem's page shows.
    links: String,
    reason: String,
    /// For sorting.
    count: usize,
}

/// The samples of a run, in the order of the problems.
pub(super) fn rows<'a>(board: &'a Board<'_>, run: &BoardRun<'_>, place: usize) -> Vec<SamplesRow<'a>> {
    let of_problem = |(index, outcomes): (usize, &Vec<Outcome>)| {
        let slug = &board.problem_slugs[index];
        let quota = board.quotas[index][place];
        let row = |outcome: &Outcome| SamplesRow {
            task_id: &board.input.problems[index].task_id,
            slug,
            verdict: verdict_name(outcome.verdict),
            kind: outcome.verdict,
            standing: standing(outcome.verdict),
            links: links(run, slug, &outcome.samples, quota),
            reason: reason(outcome),
            count: outcome.samples.len(),
        };
        outcomes.iter().map(row).collect::<Vec<_>>()
    };
    run.input.outcomes.iter().enumerate().flat_map(of_problem).collect()
}

/// The verdicts that there are among rows, for filtering, and for people.
pub(super) fn verdicts(rows: &[SamplesRow<'_>]) -> Vec<(VerdictKind, String)> {
    let mut kinds: Vec<VerdictKind> = rows.iter().map(|row| row.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|kind| (kind, verdict_name(kind))).collect()
}

/// Slugs need no escaping, neither in an address nor in markup.
fn links(run: &BoardRun<'_>, slug: &str, samples: &[u32], quota: usize) -> String {
    let mut out = String::new();
    let shown = samples.iter().take_while(|sample| (**sample as usize) < quota);
    let mut left = samples.len();
    for sample in shown {
        let gap = if out.is_empty() { "" } else { " " };
        let address = address(run, *sample);
        let _ = write!(out, "{gap}<a href=\"../problem/{slug}.html#{address}\">{sample}</a>");
        left -= 1;
    }
    if left > 0 {
        let gap = if out.is_empty() { "" } else { " and " };
        let more = if out.is_empty() {
            plural(left as u64, "sample")
        } else {
            format!("{} more", count(left as u64))
        };
        let _ = write!(out, "{gap}{more}");
    }
    out
}

fn reason(outcome: &Outcome) -> String {
    match outcome.other_reasons {
        0 => outcome.reason.clone(),
        others => format!("{}, and {}", outcome.reason, plural(others, "other reason")),
    }
}
