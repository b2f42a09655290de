//! The table of the leaderboard for other programs: CSV, Markdown and JSON. Shares are from 0 to 1, amounts in US
//! dollars; what is not known is empty, or null.

use serde::Serialize;

use super::board::{Board, BoardRun};
use super::error::SiteError;
use super::format::{dollars, interval, points, short_count};
use crate::report::escape;
use crate::report::{printable, rule_of_ranks};

const SCHEMA: u32 = 2;

/// What `generator` says in the table as JSON.
pub const GENERATOR: &str = "karat";

/// The table as CSV, a row for each run.
pub(super) fn csv(board: &Board<'_>) -> String {
    let mut header: Vec<String> = ["rank", "rank_worst", "run", "model", "date"].map(str::to_owned).to_vec();
    for k in &board.ks {
        let columns = ["", "_low", "_high", "_lower_bound", "_upper_bound"];
        header.extend(columns.map(|column| format!("pass_at_{k}{column}")));
    }
    header.extend(
        [
            "cost",
            "cost_per_solved",
            "tokens_in",
            "tokens_out",
            "karat_version",
            "judging",
            "problem_set",
            "problem_set_version",
            "problem_set_digest",
            "page",
        ]
        .map(str::to_owned),
    );
    let mut out = header.join(",");
    out.push('\n');
    let set = &board.input.problem_set;
    for run in &board.runs {
        let input = run.input;
        let mut row = vec![
            input.rank.best.to_string(),
            input.rank.worst.to_string(),
            escape::csv(&input.name),
            escape::csv(input.model.as_deref().unwrap_or_default()),
            text(input.date),
        ];
        for k in &board.ks {
            match input.pass_at_k.iter().find(|one| one.k == *k) {
                Some(one) => row.extend(
                    [one.value, one.low, one.high, one.lower_bound, one.upper_bound]
                        .map(|share| share.to_string()),
                ),
                None => row.extend([const { String::new() }; 5]),
            }
        }
        row.extend([
            text(input.cost),
            text(input.cost_per_solved),
            text(input.tokens_in),
            text(input.tokens_out),
        ]);
        row.extend(
            [
                &input.karat_version,
                &input.judging,
                &set.name,
                set.version.as_deref().unwrap_or_default(),
                &set.digest,
            ]
            .map(escape::csv),
        );
        row.push(page(run));
        out.push_str(&row.join(","));
        out.push('\n');
    }
    out
}

/// The table as Markdown.
pub(super) fn markdown(board: &Board<'_>) -> String {
    let shown = |known: &dyn Fn(&BoardRun<'_>) -> bool| board.runs.iter().any(known);
    let (with_model, with_cost) =
        (shown(&|run| run.input.model.is_some()), shown(&|run| run.input.cost.is_some()));
    let (with_tokens, with_date) =
        (shown(&|run| run.input.tokens_out.is_some()), shown(&|run| run.input.date.is_some()));
    let mut header = vec!["Rank".to_owned(), "Run".to_owned()];
    let mut alignment = vec!["---:", "---"];
    let mut column = |name: String, right: bool| {
        header.push(name);
        alignment.push(if right { "---:" } else { "---" });
    };
    if with_model {
        column("Model".into(), false);
    }
    board.table_ks.iter().for_each(|k| column(format!("pass@{k} (95% interval)"), true));
    if with_cost {
        column("Cost".into(), true);
        column("Per solved problem".into(), true);
    }
    if with_tokens {
        column("Tokens out".into(), true);
    }
    if with_date {
        column("Date".into(), false);
    }
    let set = &board.input.problem_set;
    let mut out = format!(
        "# {}\n\nProblem set {} {}, {} problems. Scores are percentages.\n\n",
        escape::markdown(&board.input.title),
        escape::markdown(&set.name),
        escape::markdown(set.version.as_deref().unwrap_or_default()),
        board.input.problems.len()
    );
    let mut line = |cells: &[String]| {
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    };
    line(&header);
    line(&alignment.iter().map(|&mark| mark.to_owned()).collect::<Vec<_>>());
    for run in &board.runs {
        let input = run.input;
        let mut row = vec![input.rank.to_string(), escape::markdown(&input.name)];
        if with_model {
            row.push(escape::markdown(input.model.as_deref().unwrap_or_default()));
        }
        row.extend(board.table_ks.iter().map(|k| {
            let score = input.pass_at_k.iter().find(|one| one.k == *k);
            score.map_or_else(String::new, |one| {
                format!("{} ({})", points(one.value), interval(one.low, one.high))
            })
        }));
        if with_cost {
            row.extend(
                [input.cost, input.cost_per_solved].map(|cost| cost.map_or_else(String::new, dollars)),
            );
        }
        if with_tokens {
            row.push(input.tokens_out.map_or_else(String::new, short_count));
        }
        if with_date {
            row.push(text(input.date));
        }
        line(&row);
    }
    if board.runs.len() > 1 {
        out.push_str(&format!("\n{}\n", escape::markdown(&rule_of_ranks())));
    }
    out
}

#[derive(Serialize)]
struct Table<'a> {
    /// By this a folder is known to be a leaderboard.
    generator: &'static str,
    schema: u32,
    title: &'a str,
    problem_set: &'a super::input::ProblemSetInput,
    problems: usize,
    notes: &'a [String],
    runs: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    /// The best rank that the run may have.
    rank: u32,
    rank_worst: u32,
    run: &'a str,
    model: Option<&'a str>,
    date: Option<jiff::civil::Date>,
    pass_at_k: &'a [crate::stats::Estimate],
    cost: Option<f64>,
    cost_per_solved: Option<f64>,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    verdicts: &'a indexmap::IndexMap<crate::judge::verdict::VerdictKind, u64>,
    karat_version: &'a str,
    runner: &'a str,
    judging: &'a str,
    limits: &'a indexmap::IndexMap<String, String>,
    notes: &'a [String],
    page: String,
}

/// The table as JSON.
pub(super) fn json(board: &Board<'_>) -> Result<String, SiteError> {
    let rows = board.runs.iter().map(|run| Row {
        rank: run.input.rank.best,
        rank_worst: run.input.rank.worst,
        run: &run.input.name,
        model: run.input.model.as_deref(),
        date: run.input.date,
        pass_at_k: &run.input.pass_at_k,
        cost: run.input.cost,
        cost_per_solved: run.input.cost_per_solved,
        tokens_in: run.input.tokens_in,
        tokens_out: run.input.tokens_out,
        verdicts: &run.input.verdicts,
        karat_version: &run.input.karat_version,
        runner: &run.input.runner,
        judging: &run.input.judging,
        limits: &run.input.limits,
        notes: &run.input.notes,
        page: page(run),
    });
    let table = Table {
        generator: GENERATOR,
        schema: SCHEMA,
        title: &board.input.title,
        problem_set: &board.input.problem_set,
        problems: board.input.problems.len(),
        notes: &board.input.notes,
        runs: rows.collect(),
    };
    Ok(visible(&serde_json::to_string_pretty(&table)?))
}

/// JSON in which characters that steer a terminal or reorder text are written as escapes: the same data, and harmless
/// to look at. Outside of strings it has no such characters.
pub(super) fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        let text = character.encode_utf8(&mut [0; 4]).to_owned();
        if printable(&text) == text {
            out.push(character)
        } else {
            out.push_str(&format!("\\u{:04x}", u32::from(character)))
        }
    }
    out.push('\n');
    out
}

pub(super) fn page(run: &BoardRun<'_>) -> String {
    format!("run/{}.html", run.slug)
}

fn text<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
