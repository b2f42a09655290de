//! `karat cache`: what is kept so that nothing is paid, measured or built twice, and how to get rid of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::lines;
use super::shared::FormatArguments;
use super::{Ending, Format};
use crate::complete::answer_cache::CacheShare;
use crate::evaluate::kept::{Cleared, Kept, KeptKind, NotRemoved};
use crate::report::columns::TextTable;
use crate::report::printable;
use crate::runner::install::cache_directory;
use crate::shown::bytes as size;

/// Look at, or clear, what is kept for later.
///
/// There are answers of models, each under what was asked (model, address, prompt, parameters, sample); what reference
/// solutions burn and return, each under its problem and runner; the builds of runners, each under what it was built
/// from, those of older versions too; programs that compilers made; the models that were installed; the parts of the engine that runs them; what
/// servers wrote that Karat started; and the reports of `karat view`. All are in the cache directory (KARAT_CACHE_DIR,
/// or `karat` in the user's cache directory).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat cache stats
  karat cache stats --format json
  karat cache clear references
  karat cache clear answers runners
  karat cache clear")]
pub(super) struct CacheArguments {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Show what is kept and how much room it takes.
    #[command(after_help = "\
Examples:
  karat cache stats
  karat cache stats --format json")]
    Stats(FormatArguments),
    /// Remove what is kept, all of it or some kinds. What this version uses of runners, models and the engine stays,
    /// unless --in-use.
    ///
    /// Answers that were removed are asked for, and paid, again; references are measured, runners built, and models and
    /// the engine fetched again.
    #[command(after_help = "\
Examples:
  karat cache clear references
  karat cache clear answers runners
  karat cache clear runners --in-use
  karat cache clear models engine --in-use
  karat cache clear --format json

Exit status: 0 removed; 2 error, or something could not be removed.")]
    Clear {
        /// What to remove [default: all kinds].
        #[arg(value_enum, value_name = "KIND")]
        kinds: Vec<KeptKind>,

        /// Also remove the runners, models and parts of the engine that this version uses; the next command that needs
        /// one builds it again, which takes about half a minute, or fetches it again.
        #[arg(long)]
        in_use: bool,

        #[command(flatten)]
        output: FormatArguments,
    },
}

/// How many entries of a kind there are, for people.
fn count(kind: KeptKind, entries: u64) -> String {
    let (one, many) = match kind {
        KeptKind::Answers => ("answer", "answers"),
        KeptKind::References => ("reference run", "reference runs"),
        KeptKind::Runners => ("build", "builds"),
        KeptKind::Programs => ("compiled program", "compiled programs"),
        KeptKind::Models => ("model", "models"),
        KeptKind::Engine => ("part of the engine", "parts of the engine"),
        KeptKind::Servers => ("log of a server", "logs of servers"),
        KeptKind::Views => ("report", "reports"),
    };
    format!("{entries} {}", if entries == 1 { one } else { many })
}
pub(super) fn run(arguments: &CacheArguments) -> anyhow::Result<Ending> {
    let kept = Kept::read(cache_directory()?)?;
    match &arguments.command {
        CacheCommand::Stats(output) => {
            show(&kept, output.format)?;
            Ok(Ending::Done)
        }
        CacheCommand::Clear { kinds, in_use, output } => {
            let mut kinds = if kinds.is_empty() { KeptKind::ALL.to_vec() } else { kinds.clone() };
            kinds.sort_unstable();
            kinds.dedup();
            let cleared = kept.clear(&kinds, *in_use)?;
            show_cleared(&cleared, output.format)?;
            Ok(if cleared.not_removed.is_empty() { Ending::Done } else { Ending::Wrong })
        }
    }
}

fn show(kept: &Kept, format: Format) -> anyhow::Result<()> {
    /// What `stats` writes for programs.
    #[derive(Serialize)]
    struct Output<'a> {
        directory: &'a Path,
        kinds: BTreeMap<KeptKind, CacheShare>,
        /// Answers by model; such as can not be read are in none.
        models: &'a BTreeMap<String, CacheShare>,
        builds: Vec<BuildOutput<'a>>,
        /// Models and parts of the engine.
        installed: Vec<InstalledOutput<'a>>,
        total: CacheShare,
    }
    #[derive(Serialize)]
    struct BuildOutput<'a> {
        runner: &'a str,
        what: &'a str,
        in_use: bool,
        bytes: u64,
    }
    #[derive(Serialize)]
    struct InstalledOutput<'a> {
        kind: KeptKind,
        name: &'a str,
        in_use: bool,
        bytes: u64,
    }
    let shares = KeptKind::ALL.map(|kind| (kind, kept.share(kind)));
    let total = shares.iter().fold(CacheShare::default(), |total, (_, share)| CacheShare {
        entries: total.entries + share.entries,
        bytes: total.bytes + share.bytes,
    });
    let mut out = lines::stdout(format);
    if format == Format::Json {
        let builds = kept.builds.iter().map(|build| BuildOutput {
            runner: &build.runner,
            what: &build.what,
            in_use: build.in_use,
            bytes: build.bytes,
        });
        let installed = kept.installed.iter().map(|installed| InstalledOutput {
            kind: if installed.is_engine { KeptKind::Engine } else { KeptKind::Models },
            name: &installed.name,
            in_use: installed.in_use,
            bytes: installed.kept.bytes,
        });
        let output = Output {
            directory: &kept.directory,
            kinds: shares.into_iter().collect(),
            models: &kept.answers.models,
            builds: builds.collect(),
            installed: installed.collect(),
            total,
        };
        writeln!(out, "{}", serde_json::to_string_pretty(&output)?)?;
        return Ok(());
    }
    let mut table = TextTable::with_header(vec!["kind", "of", "entries", "size"]);
    let mut add = |kind: &str, of: &str, share: CacheShare| {
        table.add_row([kind.to_owned(), printable(of), share.entries.to_string(), size(share.bytes)]);
    };
    for (kind, share) in shares {
        match kind {
            KeptKind::Answers => {
                add("answers", "", share);
                for (model, share) in &kept.answers.models {
                    add("", model, *share);
                }
            }
            KeptKind::References => add("references", "", share),
            KeptKind::Programs => add("programs", "", share),
            KeptKind::Servers => add("servers", "", share),
            KeptKind::Views => add("views", "", share),
            KeptKind::Runners => {
                add("runners", "", share);
                for build in &kept.builds {
                    let in_use = if build.in_use { ", in use" } else { "" };
                    let of = format!("{}, {}{in_use}", build.runner, build.what);
                    add("", &of, CacheShare { entries: 1, bytes: build.bytes });
                }
            }
            KeptKind::Models | KeptKind::Engine => {
                add(if kind == KeptKind::Models { "models" } else { "engine" }, "", share);
                for installed in kept.installed(kind) {
                    let of = format!("{}{}", installed.name, if installed.in_use { ", in use" } else { "" });
                    add("", &of, CacheShare { entries: 1, bytes: installed.kept.bytes });
                }
            }
        }
    }
    add("all", "", total);
    table.numbers(2..4);
    writeln!(out, "{table}\nin {}", kept.directory.display())?;
    Ok(())
}

/// Tells what was removed, and what was not.
fn show_cleared(cleared: &Cleared, format: Format) -> anyhow::Result<()> {
    let mut out = lines::stdout(format);
    if format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(cleared)?)?;
        return Ok(());
    }
    for (kind, CacheShare { entries, bytes }) in &cleared.removed {
        writeln!(out, "Forgot {}, {}.", count(*kind, *entries), size(*bytes))?;
    }
    if cleared.kept_in_use.entries > 0 {
        writeln!(
            out,
            "In use, and so kept: {}; --in-use removes that, too.",
            size(cleared.kept_in_use.bytes)
        )?;
    }
    for NotRemoved { path, why } in &cleared.not_removed {
        writeln!(out, "Not removed: {}", printable(&format!("{}: {why}", path.display())))?;
    }
    Ok(())
}
