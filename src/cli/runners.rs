//! `karat runners`: what runs programs, and whether it is in order.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::lines;
use super::shared::{FormatArguments, ProgressArguments};
use super::{Ending, Format, progress};
use crate::judge::LANGUAGE_OF_SETS;
use crate::package::Package;
use crate::report::columns::TextTable;
use crate::runner::install::{InstallState, InstalledRunner, Likeness, cache_directory};
use crate::runner::manifest::Fingerprint;
use crate::runner::recipe::Recipe;
use crate::shown::{bytes, shown};

/// List, install and check what runs programs.
///
/// A runner is installed by itself when a command needs it. It lies in the cache directory (KARAT_CACHE_DIR, or
/// `karat` in the user's cache directory) under the digest of everything that went into it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat runners list
  karat runners install python
  karat runners verify --format json")]
pub(super) struct RunnersArguments {
    #[command(subcommand)]
    command: RunnersCommand,
}

#[derive(Debug, Subcommand)]
enum RunnersCommand {
    /// Show each runner, its interpreter, and whether it is installed.
    List(FormatArguments),
    /// Install runners, or build them again.
    Install {
        /// The runner to install; all of them if none is named.
        name: Option<String>,
        /// Build again what is installed already.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        progress: ProgressArguments,
    },
    /// Check that each installed runner is as it was written and behaves like the reference build.
    Verify(FormatArguments),
    /// Write the guests that are built on this machine into a folder, compressed, for a release to carry.
    ///
    /// Where karat lies in PREFIX/bin, the guests in PREFIX/share/karat/guests are taken instead of being built, if
    /// they are of the same version. KARAT_DATA_DIR names another folder than PREFIX/share/karat.
    Bundle {
        /// The folder; there is a folder in it for each runner whose guests are built here.
        folder: PathBuf,
        /// Write nothing, but compare what is there with what is built on this machine.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        progress: ProgressArguments,
    },
}

/// A row of `list` and `verify`.
#[derive(Debug, Serialize)]
struct Row {
    runner: &'static str,
    interpreter: String,
    package: String,
    state: &'static str,
    detail: String,
    inputs: String,
    /// It is installed only when it is first needed: it is no part of what every command has.
    is_on_demand: bool,
    /// How many bytes are fetched for it.
    fetched_bytes: u64,
    /// How many bytes it takes, compiled; 0 while it is not installed.
    installed_bytes: u64,
}

pub(super) fn run(arguments: RunnersArguments) -> anyhow::Result<Ending> {
    let cache = cache_directory()?;
    match arguments.command {
        RunnersCommand::List(output) => {
            show(&rows(&cache, false)?, output.format)?;
            Ok(Ending::Done)
        }
        RunnersCommand::Verify(output) => {
            let rows = rows(&cache, true)?;
            show(&rows, output.format)?;
            // What nobody needed here so far is not missed.
            let in_order = |row: &Row| row.state == "verified" || row.is_on_demand && row.state == "missing";
            Ok(if rows.iter().all(in_order) { Ending::Done } else { Ending::Wrong })
        }
        RunnersCommand::Install { name, force, progress } => {
            let recipes = match name {
                None => Recipe::runners().collect(),
                Some(name) => match Recipe::named(&name) {
                    Some(recipe) => vec![recipe],
                    None => {
                        anyhow::bail!(
                            "there is no runner `{name}`; `karat runners list` shows those there are"
                        )
                    }
                },
            };
            for recipe in recipes {
                install(recipe, &cache, force, progress.quiet)?;
            }
            Ok(Ending::Done)
        }
        RunnersCommand::Bundle { folder, check, progress: ProgressArguments { quiet } } => {
            for recipe in Recipe::runners() {
                bundle(recipe, &cache, &folder, check, quiet)?;
            }
            Ok(Ending::Done)
        }
    }
}

fn bundle(recipe: &Recipe, cache: &Path, folder: &Path, check: bool, quiet: bool) -> anyhow::Result<()> {
    let installer = recipe.installer(cache)?;
    if installer.manifest().environment().next().is_none() {
        return Ok(()); // it is made of what is published as it is
    }
    let (bar, mut on_step) = progress::installing(recipe.name(), quiet);
    if !check {
        let written = installer.write_bundle(folder, &mut on_step);
        bar.finish_and_clear();
        writeln!(io::stdout(), "{} is in {}", recipe.name(), shown(written?.display()))?;
        return Ok(());
    }
    let compared = installer.compare_bundle(folder, &mut on_step);
    bar.finish_and_clear();
    for (guest, likeness) in compared? {
        let how = match likeness {
            Likeness::Identical => "identical to the one built here".to_owned(),
            Likeness::SameProgram { bytes } => {
                format!(
                    "the program that is built here; {bytes} bytes of its memory differ, which hold times of the build"
                )
            }
        };
        writeln!(io::stdout(), "{}, guest {guest}: {how}", recipe.name())?;
    }
    Ok(())
}

fn install(recipe: &Recipe, cache: &Path, force: bool, quiet: bool) -> anyhow::Result<()> {
    if force {
        recipe.installer(cache)?.remove()?;
    }
    let (bar, mut on_step) = progress::installing(recipe.name(), quiet);
    let installed = recipe.install(cache, &mut on_step);
    bar.finish_and_clear();
    let (_, installed) = installed?;
    writeln!(io::stdout(), "{} is installed: {}", recipe.name(), paths(&installed))?;
    Ok(())
}

/// The files of its compiled guests.
fn paths(installed: &InstalledRunner) -> String {
    let guests = installed.compiled().guests().iter();
    guests.map(|guest| guest.path().display().to_string()).collect::<Vec<_>>().join(", ")
}

fn rows(cache: &Path, verify: bool) -> anyhow::Result<Vec<Row>> {
    Recipe::runners().map(|recipe| row(recipe, cache, verify)).collect()
}

fn row(recipe: &Recipe, cache: &Path, verify: bool) -> anyhow::Result<Row> {
    let installer = recipe.installer(cache)?;
    let manifest = installer.manifest();
    let state = installer.state();
    let installed_bytes = match &state {
        InstallState::Ready(installed) => {
            let guests = installed.compiled().guests().iter();
            guests.filter_map(|guest| Some(guest.path().metadata().ok()?.len())).sum()
        }
        InstallState::Missing | InstallState::Damaged(_) => 0,
    };
    let (state, detail) = match state {
        InstallState::Missing => {
            ("missing", "installed when first needed, or by `karat runners install`".to_owned())
        }
        InstallState::Damaged(how) => ("damaged", format!("{how}; built again when next needed")),
        InstallState::Ready(installed) if verify => match (recipe.probe)(installed.compiled()) {
            Err(error) => ("broken", error),
            Ok(fingerprint) => compare(fingerprint, manifest.fingerprint),
        },
        InstallState::Ready(installed) => ("installed", paths(&installed)),
    };
    Ok(Row {
        runner: recipe.name(),
        interpreter: manifest.interpreter.clone(),
        package: manifest.packages.first().map(Package::label).unwrap_or_default(),
        state,
        detail,
        inputs: installer.inputs().to_owned(),
        is_on_demand: recipe.interpreter.is_some() || recipe.language != LANGUAGE_OF_SETS,
        fetched_bytes: recipe.bytes_to_fetch(),
        installed_bytes,
    })
}

fn compare(got: Fingerprint, reference: Fingerprint) -> (&'static str, String) {
    if got == reference {
        return ("verified", "behaves like the reference build".to_owned());
    }
    let detail = format!(
        "hash {} and fuel {} where the reference build has {} and {}: hash order and fuel can differ from other machines",
        got.hash, got.fuel, reference.hash, reference.fuel
    );
    ("different", detail)
}

fn show(rows: &[Row], format: Format) -> io::Result<()> {
    let mut out = lines::stdout(format);
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(rows)?),
        Format::Table => {
            let mut table =
                TextTable::with_header(["runner", "interpreter", "package", "size", "state", "detail"]);
            for row in rows {
                let size = match row.installed_bytes {
                    0 => format!("{} to fetch", bytes(row.fetched_bytes)),
                    installed => bytes(installed),
                };
                table.add_row([row.runner, &row.interpreter, &row.package, &size, row.state, &row.detail]);
            }
            writeln!(out, "{table}")
        }
    }
}
