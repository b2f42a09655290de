//! `karat models verify`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::lines;
use crate::cli::{Ending, Format};
use crate::model::install::{EnginePart, What, named_models};
use crate::package::PartState;
use crate::report::columns::TextTable;
use crate::shown::shown;

/// A row of `verify`.
#[derive(Serialize)]
struct Row {
    /// `engine` or `model`.
    kind: &'static str,
    name: String,
    state: &'static str,
    detail: String,
    path: PathBuf,
}

pub(super) fn run(cache: &Path, format: Format) -> anyhow::Result<Ending> {
    let mut rows = Vec::new();
    for part in EnginePart::ALL {
        rows.push(row(cache, "engine", What::Engine(part))?);
    }
    for model in named_models() {
        rows.push(row(cache, "model", What::Model(model))?);
    }
    let mut out = lines::stdout(format);
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Table => {
            let mut table = TextTable::with_header(vec!["", "name", "state", "detail"]);
            for row in &rows {
                table.add_row([row.kind, &row.name, row.state, &shown(&row.detail).to_string()]);
            }
            writeln!(out, "{table}")?;
        }
    }
    let is_good =
        rows.iter().all(|row| row.state != "damaged") && rows.iter().any(|row| row.state == "verified");
    Ok(if is_good { Ending::Done } else { Ending::Wrong })
}

fn row(cache: &Path, kind: &'static str, what: What) -> anyhow::Result<Row> {
    let (state, detail) = match what.state(cache)? {
        PartState::Ready => ("verified", "all files are as they were written".to_owned()),
        PartState::Missing => ("missing", "not installed".to_owned()),
        PartState::Damaged(how) => ("damaged", format!("{how}; `karat models install` fetches it again")),
    };
    Ok(Row { kind, name: what.part().name.clone(), state, detail, path: what.path(cache)? })
}
