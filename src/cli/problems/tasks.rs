//! `karat problems list --tasks`: the problems of sets, one by one.

use std::io::Write;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use crate::cli::lines;
use crate::cli::lines::tell;
use crate::cli::{Ending, Format};
use crate::problem::load::load;
use crate::problem::{Entry, TaskId};
use crate::report::columns::{Column, TextTable};
use crate::shown::{shown, with_causes};

/// A problem of a set.
#[derive(Debug, Serialize)]
struct TaskRow {
    set: String,
    task_id: TaskId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    language: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    difficulty: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Date>,
    kinds: Vec<&'static str>,
    tests: u32,
    /// Whether there is a reference solution in the problem's language.
    reference: bool,
}

impl TaskRow {
    fn new(set: &str, task_id: &TaskId, entry: &Entry) -> TaskRow {
        let facts = &entry.facts;
        TaskRow {
            set: set.to_owned(),
            task_id: task_id.clone(),
            title: facts.title.clone(),
            language: entry.language.name(),
            difficulty: facts.difficulty.clone(),
            tags: facts.tags.clone(),
            date: facts.date,
            kinds: entry.kinds.iter().map(|kind| kind.name()).collect(),
            tests: entry.tests,
            reference: entry.has_reference,
        }
    }
}

/// Writes the problems of these sets. A column that no problem has something for is left out.
///
/// A set that can not be loaded is told, and is an error where it is the only one.
pub(super) fn print(paths: &[PathBuf], format: Format) -> anyhow::Result<Ending> {
    let mut rows = Vec::new();
    let mut ending = Ending::Done;
    for path in paths {
        let set = match load(path, None) {
            Err(error) if paths.len() > 1 => {
                tell(&format!("{}: {}", shown(path.display()), with_causes(&error)));
                ending = Ending::Wrong;
                continue;
            }
            loaded => loaded?,
        };
        rows.extend(set.entries().map(|(task_id, entry)| TaskRow::new(&set.name, task_id, entry)));
    }
    let mut out = lines::stdout(format);
    if format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(ending);
    }
    let text = |text: &Option<String>| shown(text.as_deref().unwrap_or_default()).to_string();
    let cells = |cell: &dyn Fn(&TaskRow) -> String| rows.iter().map(cell).collect::<Vec<String>>();
    let set = |row: &TaskRow| if paths.len() > 1 { shown(&row.set).to_string() } else { String::new() };
    let reference = |row: &TaskRow| if row.reference { "yes" } else { "no" }.to_owned();
    let columns = vec![
        Column::text("set", 3, cells(&set)),
        Column::text("problem", 0, cells(&|row| shown(&row.task_id).to_string())),
        Column::text("title", 2, cells(&|row| text(&row.title))),
        Column::text("difficulty", 1, cells(&|row| text(&row.difficulty))),
        Column::text("date", 4, cells(&|row| row.date.map(|date| date.to_string()).unwrap_or_default())),
        Column::text("kinds", 3, cells(&|row| row.kinds.join(", "))),
        Column::number("tests", 1, cells(&|row| row.tests.to_string())),
        Column::text("reference", 5, cells(&reference)),
    ];
    let table = TextTable::new(columns).elsewhere("--format json");
    writeln!(out, "{table}")?;
    Ok(ending)
}
