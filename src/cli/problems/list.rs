//! `karat problems list`: the sets there are, and what is in each.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

use super::tasks;
use crate::cli::lines;
use crate::cli::shared::FormatArguments;
use crate::cli::{Ending, Format};
use crate::evaluate::group::GroupName;
use crate::problem::load::load;
use crate::problem::locate::{self, available, locate};
use crate::problem::{Language, ProblemSet};
use crate::report::columns::{Column, TextTable};
use crate::shown::{shown, shown_text};

/// Show problem sets with the number, kinds and languages of their problems.
///
/// A language without a runner is marked: its problems can be shown, but not judged here.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems list
  karat problems list HumanEval.jsonl.gz problems/starter
  karat problems list problems/starter --tasks
  KARAT_PROBLEMS=~/sets karat problems list --format json

Exit status: 0 done; 2 error, or a set can not be loaded.")]
pub(super) struct ListArguments {
    /// The sets, by path or name [default: every set in KARAT_PROBLEMS, ./problems and the data folder].
    #[arg(value_name = "SET")]
    sets: Vec<String>,

    /// Show the problems of the sets, one by one.
    #[arg(long)]
    tasks: bool,

    #[command(flatten)]
    output: FormatArguments,
}

/// A set, or why it can not be loaded.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Row {
    Loaded(Box<Loaded>),
    Failed { set: String, path: PathBuf, error: String },
}

#[derive(Debug, Serialize)]
struct Loaded {
    set: String,
    path: PathBuf,
    format: &'static str,
    version: Option<String>,
    digest: String,
    licence: Option<String>,
    natural_languages: Vec<String>,
    problems: u64,
    tests: u64,
    languages: Vec<LanguageRow>,
    /// How many problems have tests of a kind, by its name.
    kinds: IndexMap<&'static str, u64>,
    /// How many problems are so hard, in the set's own words.
    difficulties: IndexMap<String, u64>,
    /// How many problems have a reference solution in their language.
    references: u64,
}

#[derive(Debug, Serialize)]
struct LanguageRow {
    language: &'static str,
    runs_here: bool,
}

pub(super) fn run(arguments: &ListArguments) -> anyhow::Result<Ending> {
    let paths = if arguments.sets.is_empty() {
        available()
    } else {
        arguments.sets.iter().map(|name| locate(name)).collect::<Result<_, _>>()?
    };
    if arguments.tasks {
        return tasks::print(&paths, arguments.output.format);
    }
    let rows: Vec<Row> = paths.into_iter().map(row).collect();
    let mut out = lines::stdout(arguments.output.format);
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Table if rows.is_empty() => {
            let folders = locate::folders();
            let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            writeln!(
                out,
                "There is no problem set in {}; `karat data fetch humaneval` fetches one, and {} names other folders.",
                folders.join(", "),
                locate::VARIABLE
            )?;
        }
        Format::Table => out.write_all(table(&rows).as_bytes())?,
    }
    let all_loaded = rows.iter().all(|row| matches!(row, Row::Loaded(_)));
    Ok(if all_loaded { Ending::Done } else { Ending::Wrong })
}

fn row(path: PathBuf) -> Row {
    match load(&path, None) {
        Ok(set) => Row::Loaded(Box::new(Loaded::new(&path, set))),
        Err(error) => {
            let error = anyhow::Error::from(error);
            Row::Failed { set: locate::name_of(&path), path, error: format!("{error:#}") }
        }
    }
}

impl Loaded {
    fn new(path: &Path, set: ProblemSet) -> Loaded {
        let mut kinds = IndexMap::new();
        let mut difficulties = IndexMap::new();
        for (_, entry) in set.entries() {
            for kind in &entry.kinds {
                *kinds.entry(kind.name()).or_default() += 1;
            }
            if let Some(difficulty) = &entry.facts.difficulty {
                *difficulties.entry(difficulty.clone()).or_default() += 1;
            }
        }
        kinds.sort_unstable_keys();
        difficulties.sort_by_cached_key(|difficulty, _| GroupName::new(difficulty.clone()));
        let language =
            |language: Language| LanguageRow { language: language.name(), runs_here: language.runs_here() };
        Loaded {
            path: path.to_owned(),
            format: set.dataset.name(),
            version: set.version.clone(),
            digest: set.digest.clone(),
            licence: set.facts.licence.clone(),
            natural_languages: set.facts.natural_languages.clone(),
            problems: set.len() as u64,
            tests: set.entries().map(|(_, entry)| u64::from(entry.tests)).sum(),
            languages: set.languages().into_iter().map(language).collect(),
            kinds,
            difficulties,
            references: set.entries().filter(|(_, entry)| entry.has_reference).count() as u64,
            set: set.name,
        }
    }
}

fn table(rows: &[Row]) -> String {
    let cells = |cell: &dyn Fn(&Loaded) -> String| {
        let of_row = |row: &Row| match row {
            Row::Loaded(loaded) => cell(loaded),
            Row::Failed { .. } => String::new(),
        };
        rows.iter().map(of_row).collect::<Vec<String>>()
    };
    let set = |row: &Row| match row {
        Row::Loaded(loaded) => shown(&loaded.set).to_string(),
        Row::Failed { set, .. } => shown(set).to_string(),
    };
    let format = |row: &Row| match row {
        Row::Loaded(loaded) => loaded.format.to_owned(),
        Row::Failed { .. } => "error".to_owned(),
    };
    let languages = |row: &Loaded| {
        let languages = row.languages.iter().map(|row| {
            let mark = if row.runs_here { "" } else { " (no runner)" };
            format!("{}{mark}", row.language)
        });
        languages.collect::<Vec<_>>().join(", ")
    };
    let kinds = |row: &Loaded| row.kinds.keys().copied().collect::<Vec<&str>>().join(", ");
    let version = |row: &Loaded| shown(row.version.as_deref().unwrap_or_default()).to_string();
    let columns = vec![
        Column::text("set", 0, rows.iter().map(set)),
        Column::text("format", 0, rows.iter().map(format)),
        Column::text("version", 5, cells(&version)),
        Column::number("problems", 0, cells(&|row| row.problems.to_string())),
        Column::number("tests", 1, cells(&|row| row.tests.to_string())),
        Column::text("languages", 3, cells(&languages)),
        Column::text("kinds", 2, cells(&kinds)),
        Column::text("difficulties", 4, cells(&|row| counts(&row.difficulties))),
        Column::number("references", 6, cells(&|row| row.references.to_string())),
    ];
    let table = TextTable::new(columns).elsewhere("--format json");
    let mut text = format!("{table}\n");
    for row in rows {
        if let Row::Failed { set, error, .. } = row {
            text.push_str(&format!("{}: {}\n", shown(set), shown_text(error)));
        }
    }
    text
}

/// Difficulties with their counts, the first few of many.
fn counts(difficulties: &IndexMap<String, u64>) -> String {
    const MOST: usize = 5;
    let mut parts: Vec<String> = difficulties
        .iter()
        .take(MOST)
        .map(|(difficulty, count)| format!("{} {count}", shown(difficulty)))
        .collect();
    if difficulties.len() > MOST {
        parts.push(format!("{} more", difficulties.len() - MOST));
    }
    parts.join(", ")
}
