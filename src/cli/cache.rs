//! `karat cache`: what is kept so that nothing is paid, measured or built twice, and how to get rid of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::lines;
use super::serving::SERVER_LOGS;
use super::shared::FormatArguments;
use super::view::VIEWS;
use super::{Ending, Format};
use crate::complete::answer_cache::{AnswerCache, CacheShare, CacheStats};
use crate::files;
use crate::judge::reference_cache::ReferenceCache;
use crate::model;
use crate::model::install::InstalledFiles;
use crate::report::columns::TextTable;
use crate::report::printable;
use crate::runner::builds::{self, Build};
use crate::runner::install::cache_directory;
use crate::runner::table::RECIPES;
use crate::shown::{bytes as size, shown};

/// Look at, or clear, what is kept for later.
///
/// There are answers of models, each under what was asked (model, address, prompt, parameters, sample); what reference
/// solutions burn and return, each under its problem and runner; the builds of runners, each under what it was built
/// from, those of older versions too; the models that were installed; the parts of the engine that runs them; what
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
        kinds: Vec<Kind>,

        /// Also remove the runners, models and parts of the engine that this version uses; the next command that needs
        /// one builds it again, which takes about half a minute, or fetches it again.
        #[arg(long)]
        in_use: bool,

        #[command(flatten)]
        output: FormatArguments,
    },
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Answers of models.
    Answers,
    /// What reference solutions burn and return.
    References,
    /// Builds of runners.
    Runners,
    /// Models that were installed, and digests of others.
    Models,
    /// Parts of the engine that runs models.
    Engine,
    /// Logs of servers that Karat started.
    Servers,
    /// Reports of `karat view`.
    Views,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Kind::Answers,
        Kind::References,
        Kind::Runners,
        Kind::Models,
        Kind::Engine,
        Kind::Servers,
        Kind::Views,
    ];

    /// Its entries, for people.
    fn count(self, entries: u64) -> String {
        let (one, many) = match self {
            Kind::Answers => ("answer", "answers"),
            Kind::References => ("reference run", "reference runs"),
            Kind::Runners => ("build", "builds"),
            Kind::Models => ("model", "models"),
            Kind::Engine => ("part of the engine", "parts of the engine"),
            Kind::Servers => ("log of a server", "logs of servers"),
            Kind::Views => ("report", "reports"),
        };
        format!("{entries} {}", if entries == 1 { one } else { many })
    }
}

/// All that is kept.
struct Kept {
    directory: PathBuf,
    answers: CacheStats,
    references: Vec<(PathBuf, u64)>,
    builds: Vec<Build>,
    /// Models and parts of the engine.
    installed: Vec<InstalledFiles>,
    /// Logs of servers.
    servers: Vec<(PathBuf, u64)>,
    /// Reports of `karat view`.
    views: Vec<(PathBuf, u64)>,
}

impl Kept {
    fn read(directory: PathBuf) -> anyhow::Result<Kept> {
        let can_not = || format!("can not look through {}", shown(directory.display()));
        let installers: Vec<_> = RECIPES
            .iter()
            .map(|recipe| Ok((recipe.name(), recipe.installer(&directory)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Kept {
            answers: AnswerCache::new(&directory).stats()?,
            references: ReferenceCache::files(&directory).with_context(can_not)?,
            builds: builds::builds(&directory, &installers).with_context(can_not)?,
            installed: model::install::installed(&directory).with_context(can_not)?,
            servers: all_in(&directory.join(SERVER_LOGS)).with_context(can_not)?,
            views: all_in(&directory.join(VIEWS)).with_context(can_not)?,
            directory,
        })
    }

    fn share(&self, kind: Kind) -> CacheShare {
        match kind {
            Kind::Answers => self.answers.total,
            Kind::References => share(self.references.iter().map(|(_, bytes)| *bytes)),
            Kind::Runners => share(self.builds.iter().map(|build| build.bytes)),
            Kind::Models | Kind::Engine => share(self.installed(kind).map(|installed| installed.kept.bytes)),
            Kind::Servers => share(self.servers.iter().map(|(_, bytes)| *bytes)),
            Kind::Views => share(self.views.iter().map(|(_, bytes)| *bytes)),
        }
    }

    /// The models, or the parts of the engine.
    fn installed(&self, kind: Kind) -> impl Iterator<Item = &InstalledFiles> {
        self.installed.iter().filter(move |installed| installed.is_engine == (kind == Kind::Engine))
    }

    /// What this version uses of some kinds.
    fn in_use(&self, kinds: &[Kind]) -> CacheShare {
        let builds = self.builds.iter().filter(|build| kinds.contains(&Kind::Runners) && build.in_use);
        let installed = [Kind::Models, Kind::Engine].into_iter().filter(|kind| kinds.contains(kind));
        let installed = installed.flat_map(|kind| self.installed(kind)).filter(|installed| installed.in_use);
        share(builds.map(|build| build.bytes).chain(installed.map(|installed| installed.kept.bytes)))
    }
}

/// All that is in a folder, with its size.
fn all_in(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let paths = files::some_paths(folder);
    paths.map(|path| files::size(&path).map(|bytes| (path, bytes))).collect()
}

fn share(sizes: impl Iterator<Item = u64>) -> CacheShare {
    sizes.fold(CacheShare::default(), |share, bytes| CacheShare {
        entries: share.entries + 1,
        bytes: share.bytes + bytes,
    })
}

pub(super) fn run(arguments: &CacheArguments) -> anyhow::Result<Ending> {
    let kept = Kept::read(cache_directory()?)?;
    match &arguments.command {
        CacheCommand::Stats(output) => {
            show(&kept, output.format)?;
            Ok(Ending::Done)
        }
        CacheCommand::Clear { kinds, in_use, output } => {
            let mut kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds.clone() };
            kinds.sort_unstable();
            kinds.dedup();
            let cleared = clear(&kept, &kinds, *in_use)?;
            cleared.show(output.format)?;
            Ok(if cleared.not_removed.is_empty() { Ending::Done } else { Ending::Wrong })
        }
    }
}

fn show(kept: &Kept, format: Format) -> anyhow::Result<()> {
    /// What `stats` writes for programs.
    #[derive(Serialize)]
    struct Output<'a> {
        directory: &'a Path,
        kinds: BTreeMap<Kind, CacheShare>,
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
        kind: Kind,
        name: &'a str,
        in_use: bool,
        bytes: u64,
    }
    let shares = Kind::ALL.map(|kind| (kind, kept.share(kind)));
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
            kind: if installed.is_engine { Kind::Engine } else { Kind::Models },
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
            Kind::Answers => {
                add("answers", "", share);
                for (model, share) in &kept.answers.models {
                    add("", model, *share);
                }
            }
            Kind::References => add("references", "", share),
            Kind::Servers => add("servers", "", share),
            Kind::Views => add("views", "", share),
            Kind::Runners => {
                add("runners", "", share);
                for build in &kept.builds {
                    let in_use = if build.in_use { ", in use" } else { "" };
                    let of = format!("{}, {}{in_use}", build.runner, build.what);
                    add("", &of, CacheShare { entries: 1, bytes: build.bytes });
                }
            }
            Kind::Models | Kind::Engine => {
                add(if kind == Kind::Models { "models" } else { "engine" }, "", share);
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

/// What was removed, and what was not.
#[derive(Debug, Serialize)]
struct Cleared {
    removed: BTreeMap<Kind, CacheShare>,
    /// What is in use and so stays.
    kept_in_use: CacheShare,
    not_removed: Vec<NotRemoved>,
}

/// Something that should have been removed.
#[derive(Debug, Serialize)]
struct NotRemoved {
    path: PathBuf,
    why: String,
}

fn clear(kept: &Kept, kinds: &[Kind], in_use: bool) -> anyhow::Result<Cleared> {
    let mut cleared =
        Cleared { removed: BTreeMap::new(), kept_in_use: CacheShare::default(), not_removed: Vec::new() };
    for &kind in kinds {
        match kind {
            Kind::Answers => {
                if let Err(error) = AnswerCache::new(&kept.directory).clear() {
                    let why = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
                    cleared.not_removed.push(NotRemoved { path: kept.directory.join("answers"), why });
                }
            }
            Kind::References => {
                kept.references.iter().for_each(|(path, _)| cleared.remove(path));
            }
            // A server that runs goes on without its file.
            Kind::Servers => kept.servers.iter().for_each(|(path, _)| cleared.remove(path)),
            Kind::Views => kept.views.iter().for_each(|(path, _)| cleared.remove(path)),
            Kind::Runners => cleared.remove_builds(kept, in_use),
            Kind::Models | Kind::Engine => {
                kept.installed(kind)
                    .filter(|installed| in_use || !installed.in_use)
                    .for_each(|installed| cleared.remove_installed(installed));
            }
        }
    }
    // What is there now says best what is gone.
    let left = Kept::read(kept.directory.clone())?;
    for &kind in kinds {
        let (before, after) = (kept.share(kind), left.share(kind));
        cleared.removed.insert(
            kind,
            CacheShare {
                entries: before.entries.saturating_sub(after.entries),
                bytes: before.bytes.saturating_sub(after.bytes),
            },
        );
    }
    if !in_use {
        cleared.kept_in_use = left.in_use(kinds);
    }
    Ok(cleared)
}

impl Cleared {
    fn remove(&mut self, path: &Path) {
        let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
        let removed = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                self.not_removed.push(NotRemoved { path: path.to_owned(), why: error.to_string() });
            }
            _ => {}
        }
    }

    fn remove_builds(&mut self, kept: &Kept, in_use: bool) {
        let mut runners: Vec<&str> = kept.builds.iter().map(|build| build.runner.as_str()).collect();
        runners.dedup();
        for runner in runners {
            // An installer may be reading, or about to write, what would be removed.
            let why = match builds::lock(&kept.directory, runner) {
                Ok(Some(_lock)) => {
                    let builds = kept.builds.iter().filter(|build| build.runner == runner);
                    for build in builds.filter(|build| in_use || !build.in_use) {
                        build.paths.iter().for_each(|path| self.remove(path));
                    }
                    continue;
                }
                Ok(None) => "another karat is installing the runner; try it again when it is done".to_owned(),
                Err(error) => error.to_string(),
            };
            self.not_removed.push(NotRemoved { path: kept.directory.join("runners").join(runner), why });
        }
    }

    fn remove_installed(&mut self, installed: &InstalledFiles) {
        let why = match installed.folder.try_lock() {
            Ok(Some(_lock)) => {
                installed.kept.paths.iter().for_each(|path| self.remove(path));
                return;
            }
            Ok(None) => "another karat is fetching into it; try it again when it is done".to_owned(),
            Err(error) => error.to_string(),
        };
        self.not_removed.push(NotRemoved { path: installed.folder.path().to_owned(), why });
    }

    fn show(&self, format: Format) -> anyhow::Result<()> {
        let mut out = lines::stdout(format);
        if format == Format::Json {
            writeln!(out, "{}", serde_json::to_string_pretty(self)?)?;
            return Ok(());
        }
        for (kind, CacheShare { entries, bytes }) in &self.removed {
            writeln!(out, "Forgot {}, {}.", kind.count(*entries), size(*bytes))?;
        }
        if self.kept_in_use.entries > 0 {
            writeln!(
                out,
                "In use, and so kept: {}; --in-use removes that, too.",
                size(self.kept_in_use.bytes)
            )?;
        }
        for NotRemoved { path, why } in &self.not_removed {
            writeln!(out, "Not removed: {}", printable(&format!("{}: {why}", path.display())))?;
        }
        Ok(())
    }
}
