//! Plots as SVG, each a pure function of the leaderboard, in a file of its own. Every plot comes with the same data as
//! a table, for those who do not see it or want the numbers.

use serde::Serialize;

mod axes;
pub(super) mod bar;
pub(super) mod cost;
pub(super) mod difficulty;
pub(super) mod efficiency;
pub(super) mod head_to_head;
pub(super) mod heat_map;
pub(super) mod pass_at_k;
mod scale;
mod svg;

pub(super) use svg::mark;

use super::board::{Board, Style};

/// A plot with all that belongs to it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    /// Its anchor on the page.
    pub id: &'static str,
    pub title: &'static str,
    /// How to read it. Plain text.
    pub caption: String,
    /// The plot. Markup.
    pub svg: String,
    /// What the signs in the plot mean; empty where the plot says it itself.
    pub legend: Vec<LegendEntry>,
    pub table: DataTable,
}

/// A sign of a plot and what it stands for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LegendEntry {
    /// A small drawing. Markup.
    pub sign: String,
    pub name: String,
    /// The name of the page of a run, where it stands for one.
    pub page: Option<String>,
}

/// The data of a plot. Texts, of which the first column names the row.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct DataTable {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The legend of plots in which each run has its style.
fn runs_legend(board: &Board<'_>) -> Vec<LegendEntry> {
    let named = board.runs.iter().filter(|run| run.style != Style::Rest).map(|run| LegendEntry {
        sign: svg::sign(run.style),
        name: run.short_label(40),
        page: Some(run.slug.clone()),
    });
    let rest = board.runs.iter().filter(|run| run.style == Style::Rest).count();
    let rest_entry = (rest > 0).then(|| LegendEntry {
        sign: svg::sign(Style::Rest),
        name: format!("{rest} more"),
        page: None,
    });
    named.chain(rest_entry).collect()
}

#[cfg(test)]
mod tests;
