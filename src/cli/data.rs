//! `karat data`: published problem sets, and how they come to this machine.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::lines;
use super::shared::{FormatArguments, ProgressArguments};
use super::{Ending, Format, progress};
use crate::problem::locate::near;
use crate::published::{self, FetchError, KnownSet, PinnedSet};
use crate::report::columns::{Column, TextTable};
use crate::shown::{bytes, either, shown};

/// List and fetch published problem sets.
///
/// Fetched sets are put into a folder where every command finds them by name: KARAT_SETS_DIR, else karat/problems in
/// your data directory.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat data list
  karat data fetch humaneval mbpp
  karat score samples.jsonl HumanEval")]
pub(super) struct DataArguments {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    List(ListArguments),
    Fetch(FetchArguments),
}

/// Show published problem sets: how large they are, under which licence, and where they come from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat data list
  karat data list --format json")]
struct ListArguments {
    #[command(flatten)]
    output: FormatArguments,
}

/// Fetch published problem sets and check them by their digests.
///
/// Nothing is fetched that is there. Without a network it is said which file belongs where; put there by hand, it is
/// checked and used all the same. Sets whose bytes Karat does not know are not fetched: it says where they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat data fetch humaneval
  karat data fetch mbpp+ cruxeval --to sets

Exit status: 0 they are there; 2 error, or one of them is not.")]
struct FetchArguments {
    /// The sets, by the names that `karat data list` shows.
    #[arg(value_name = "SET", required = true)]
    sets: Vec<String>,

    /// The folder to put them into [default: the one where Karat finds them by name].
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,

    /// Replace a file that is not the one that is known.
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    output: FormatArguments,

    #[command(flatten)]
    progress: ProgressArguments,
}

/// A set as it is listed.
#[derive(Debug, Serialize)]
struct ListRow {
    set: &'static str,
    problems: Option<u64>,
    bytes: Option<u64>,
    sha256: Option<String>,
    licence: &'static str,
    home: &'static str,
    /// Where the file is fetched from; nothing where people have to get it themselves.
    url: Option<&'static str>,
    /// What is wanted of it, where people have to get it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<&'static str>,
    /// Where it is on this machine, if it is.
    path: Option<PathBuf>,
}

/// A set that was fetched.
#[derive(Debug, Serialize)]
struct FetchRow {
    set: &'static str,
    path: PathBuf,
    fetched: bool,
    licence: &'static str,
}

pub(super) fn run(arguments: &DataArguments) -> anyhow::Result<Ending> {
    match &arguments.command {
        DataCommand::List(arguments) => list(arguments),
        DataCommand::Fetch(arguments) => fetch(arguments),
    }
}

fn list(arguments: &ListArguments) -> anyhow::Result<Ending> {
    let folder = published::data_folder();
    let here = |set: &'static PinnedSet| {
        let folder = folder.as_deref().filter(|folder| published::is_there(set, folder))?;
        Some(set.path(folder))
    };
    let pinned = published::pinned().iter().map(|set| ListRow {
        set: &set.name,
        problems: Some(set.problems),
        bytes: Some(set.bytes),
        sha256: Some(set.sha256.to_string()),
        licence: &set.licence,
        home: &set.home,
        url: Some(&set.url),
        files: None,
        path: here(set),
    });
    let others = published::others().iter().map(|set| ListRow {
        set: &set.name,
        problems: None,
        bytes: None,
        sha256: None,
        licence: &set.licence,
        home: &set.home,
        url: None,
        files: Some(&set.files),
        path: None,
    });
    let rows: Vec<ListRow> = pinned.chain(others).collect();
    let mut out = lines::stdout(arguments.output.format);
    if arguments.output.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(Ending::Done);
    }
    let cells = |cell: &dyn Fn(&ListRow) -> String| rows.iter().map(cell).collect::<Vec<String>>();
    let state = |row: &ListRow| match (&row.path, row.url) {
        (Some(_), _) => "here".to_owned(),
        (None, Some(_)) => String::new(),
        (None, None) => "by hand".to_owned(),
    };
    let problems = |row: &ListRow| row.problems.map(|problems| problems.to_string()).unwrap_or_default();
    let columns = vec![
        Column::text("set", 0, cells(&|row| row.set.to_owned())),
        Column::number("problems", 2, cells(&problems)),
        Column::number("size", 1, cells(&|row| row.bytes.map(bytes).unwrap_or_default())),
        Column::text("licence", 1, cells(&|row| row.licence.to_owned())),
        Column::text("", 0, cells(&state)),
        Column::link("from", 3, cells(&|row| row.home.trim_start_matches("https://").to_owned())),
    ];
    let table = TextTable::new(columns).elsewhere("--format json");
    writeln!(out, "{table}")?;
    writeln!(out, "`karat data fetch SET` fetches a set; `by hand`: it says where the set is.")?;
    if let Some(folder) = &folder {
        writeln!(out, "They are put into {}", shown(folder.display()))?;
    }
    Ok(Ending::Done)
}

fn fetch(arguments: &FetchArguments) -> anyhow::Result<Ending> {
    let folder = match &arguments.to {
        Some(folder) => folder.clone(),
        None => published::data_folder().ok_or(FetchError::NoFolder)?,
    };
    let sets = arguments.sets.iter().map(|name| pinned(name, &folder)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for set in sets {
        let bar = progress::bytes("fetching", set.bytes, arguments.progress.quiet);
        let fetched = published::fetch(set, &folder, arguments.replace, &mut |bytes| bar.set_position(bytes));
        bar.finish_and_clear();
        let fetched = fetched.with_context(|| format!("{} is not there", set.name))?;
        rows.push(FetchRow {
            set: &set.name,
            path: fetched.path,
            fetched: !fetched.was_there,
            licence: &set.licence,
        });
    }
    let mut out = lines::stdout(arguments.output.format);
    if arguments.output.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(Ending::Done);
    }
    for FetchRow { set, path, fetched, licence } in &rows {
        let what = if *fetched { "fetched" } else { "was there, and is as it should be" };
        writeln!(out, "{set} ({licence}): {what}: {}", shown(path.display()))?;
    }
    Ok(Ending::Done)
}

/// The set of that name, if it can be fetched.
fn pinned(name: &str, folder: &Path) -> anyhow::Result<&'static PinnedSet> {
    match published::find(name) {
        Some(KnownSet::Pinned(set)) => Ok(set),
        Some(KnownSet::Other(set)) => bail!(
            "{}: Karat does not know the bytes of this set, so that it does not fetch it. It is at {} (licence: {}): get {}, \
             and put it into {}, or name its path",
            set.name,
            set.home,
            set.licence,
            set.files,
            shown(folder.display())
        ),
        None => {
            let near = near(name, published::names().map(str::to_owned));
            let advice = match near.as_slice() {
                [] => "`karat data list` shows those that are known".to_owned(),
                near => format!("did you mean {}?", either(near)),
            };
            bail!("there is no published set {:?} that Karat knows; {advice}", shown(name))
        }
    }
}
