//! What is kept in the cache directory, so that nothing is paid, measured or built twice: how much it is, and what of it
//! may be removed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::complete::answer_cache::{AnswerCache, CacheError, CacheShare, CacheStats};
use crate::files;
use crate::judge::reference_cache::ReferenceCache;
use crate::model;
use crate::model::install::InstalledFiles;
use crate::runner::builds::{self, Build};
use crate::runner::install::InstallError;
use crate::runner::programs;
use crate::runner::recipe::Recipe;
use crate::shown::shown;

/// The folder of what servers wrote that Karat started.
pub const SERVER_LOGS: &str = "servers";

/// The folder of reports that were made to be looked at.
pub const VIEWS: &str = "views";

/// Why the cache directory can not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// It is not known which builds are in use.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// The answers can not be read.
    #[error(transparent)]
    Answers(#[from] CacheError),
    /// A folder can not be read.
    #[error("can not look through {}", shown(directory.display()))]
    Folder {
        /// The cache directory.
        directory: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum KeptKind {
    /// Answers of models.
    Answers,
    /// What reference solutions burn and return.
    References,
    /// Builds of runners.
    Runners,
    /// Programs that compilers made.
    Programs,
    /// Models that were installed, and digests of others.
    Models,
    /// Parts of the engine that runs models.
    Engine,
    /// Logs of servers that Karat started.
    Servers,
    /// Reports of `karat view`.
    Views,
}

impl KeptKind {
    /// All of them.
    pub const ALL: [KeptKind; 8] = [
        KeptKind::Answers,
        KeptKind::References,
        KeptKind::Runners,
        KeptKind::Programs,
        KeptKind::Models,
        KeptKind::Engine,
        KeptKind::Servers,
        KeptKind::Views,
    ];
}

/// All that is kept.
pub struct Kept {
    /// The cache directory.
    pub directory: PathBuf,
    /// Answers of models.
    pub answers: CacheStats,
    references: Vec<(PathBuf, u64)>,
    programs: Vec<(PathBuf, u64)>,
    /// Builds of runners.
    pub builds: Vec<Build>,
    /// Models and parts of the engine.
    pub installed: Vec<InstalledFiles>,
    /// Logs of servers.
    servers: Vec<(PathBuf, u64)>,
    /// Reports of `karat view`.
    views: Vec<(PathBuf, u64)>,
}

impl Kept {
    /// Looks through a cache directory.
    ///
    /// # Errors
    ///
    /// When it can not be read.
    pub fn read(directory: PathBuf) -> Result<Kept, KeptError> {
        let can_not = |source| KeptError::Folder { directory: directory.clone(), source };
        let installers: Vec<_> = Recipe::runners()
            .map(|recipe| Ok((recipe.name(), recipe.installer(&directory)?)))
            .collect::<Result<_, InstallError>>()?;
        Ok(Kept {
            answers: AnswerCache::new(&directory).stats()?,
            references: ReferenceCache::files(&directory).map_err(can_not)?,
            programs: programs::files(&directory).map_err(can_not)?,
            builds: builds::builds(&directory, &installers).map_err(can_not)?,
            installed: model::install::installed(&directory).map_err(can_not)?,
            servers: all_in(&directory.join(SERVER_LOGS)).map_err(can_not)?,
            views: all_in(&directory.join(VIEWS)).map_err(can_not)?,
            directory,
        })
    }

    /// How much there is of a kind.
    pub fn share(&self, kind: KeptKind) -> CacheShare {
        match kind {
            KeptKind::Answers => self.answers.total,
            KeptKind::References => share(self.references.iter().map(|(_, bytes)| *bytes)),
            KeptKind::Programs => share(self.programs.iter().map(|(_, bytes)| *bytes)),
            KeptKind::Runners => share(self.builds.iter().map(|build| build.bytes)),
            KeptKind::Models | KeptKind::Engine => {
                share(self.installed(kind).map(|installed| installed.kept.bytes))
            }
            KeptKind::Servers => share(self.servers.iter().map(|(_, bytes)| *bytes)),
            KeptKind::Views => share(self.views.iter().map(|(_, bytes)| *bytes)),
        }
    }

    /// The models, or the parts of the engine.
    pub fn installed(&self, kind: KeptKind) -> impl Iterator<Item = &InstalledFiles> {
        self.installed.iter().filter(move |installed| installed.is_engine == (kind == KeptKind::Engine))
    }

    /// What this version uses of some kinds.
    fn in_use(&self, kinds: &[KeptKind]) -> CacheShare {
        let builds = self.builds.iter().filter(|build| kinds.contains(&KeptKind::Runners) && build.in_use);
        let installed = [KeptKind::Models, KeptKind::Engine].into_iter().filter(|kind| kinds.contains(kind));
        let installed = installed.flat_map(|kind| self.installed(kind)).filter(|installed| installed.in_use);
        share(builds.map(|build| build.bytes).chain(installed.map(|installed| installed.kept.bytes)))
    }

    /// Removes some kinds, each named once; without `in_use` not what this version uses of runners, models and the engine.
    ///
    /// # Errors
    ///
    /// When what is left can not be looked through.
    pub fn clear(&self, kinds: &[KeptKind], in_use: bool) -> Result<Cleared, KeptError> {
        let mut cleared =
            Cleared { removed: BTreeMap::new(), kept_in_use: CacheShare::default(), not_removed: Vec::new() };
        for &kind in kinds {
            match kind {
                KeptKind::Answers => {
                    if let Err(error) = AnswerCache::new(&self.directory).clear() {
                        let why =
                            std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
                        cleared.not_removed.push(NotRemoved { path: self.directory.join("answers"), why });
                    }
                }
                KeptKind::References => {
                    self.references.iter().for_each(|(path, _)| cleared.remove(path));
                }
                KeptKind::Programs => self.programs.iter().for_each(|(path, _)| cleared.remove(path)),
                // A server that runs goes on without its file.
                KeptKind::Servers => self.servers.iter().for_each(|(path, _)| cleared.remove(path)),
                KeptKind::Views => self.views.iter().for_each(|(path, _)| cleared.remove(path)),
                KeptKind::Runners => cleared.remove_builds(self, in_use),
                KeptKind::Models | KeptKind::Engine => {
                    self.installed(kind)
                        .filter(|installed| in_use || !installed.in_use)
                        .for_each(|installed| cleared.remove_installed(installed));
                }
            }
        }
        // What is there now says best what is gone.
        let left = Kept::read(self.directory.clone())?;
        for &kind in kinds {
            let (before, after) = (self.share(kind), left.share(kind));
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

/// What was removed, and what was not.
#[derive(Debug, Serialize)]
pub struct Cleared {
    /// What was removed, by kind.
    pub removed: BTreeMap<KeptKind, CacheShare>,
    /// What is in use and so stays.
    pub kept_in_use: CacheShare,
    /// What could not be removed.
    pub not_removed: Vec<NotRemoved>,
}

/// Something that should have been removed.
#[derive(Debug, Serialize)]
pub struct NotRemoved {
    /// The file or folder.
    pub path: PathBuf,
    /// Why it is still there.
    pub why: String,
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
}
