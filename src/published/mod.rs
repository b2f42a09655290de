//! Published problem sets: where they are, under which licence, and how they come to this machine.
//!
//! Those whose bytes are known, by size and sha256, are [fetched](fetch) into the [data folder](data_folder), where
//! sets are found by name. A file that somebody put there is as good as one that was fetched, since its digest is what
//! counts.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::package::Sha256;

mod error;
mod fetch;

pub use error::FetchError;
pub use fetch::{fetch, is_there};

/// The variable that names the data folder.
pub const VARIABLE: &str = "KARAT_SETS_DIR";

/// All sets that are known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    pinned: Vec<PinnedSet>,
    other: Vec<OtherSet>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("sets.toml")).expect("a test reads the table, which is a part of the program")
});

/// A set whose bytes are known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedSet {
    /// Its name, by which it is found when it is there.
    pub name: String,
    /// Other names that it is asked for by.
    #[serde(default)]
    pub also: Vec<String>,
    /// The name of its file in the data folder.
    pub file: String,
    /// Where the file is.
    pub url: String,
    /// Where people read about it.
    pub home: String,
    /// Its licence, by its SPDX identifier.
    pub licence: String,
    /// How many problems it has.
    pub problems: u64,
    /// The length of the file.
    pub bytes: u64,
    /// The digest of the file.
    pub sha256: Sha256,
}

/// A set that people have to get themselves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherSet {
    /// Its name.
    pub name: String,
    /// Other names that it is asked for by.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where it is.
    pub home: String,
    /// Its licence, by its SPDX identifier.
    pub licence: String,
    /// Which of the files there are wanted.
    pub files: String,
}

/// A set that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownSet {
    /// It can be fetched.
    Pinned(&'static PinnedSet),
    /// It can not.
    Other(&'static OtherSet),
}

/// The sets that can be fetched.
pub fn pinned() -> &'static [PinnedSet] {
    &TABLE.pinned
}

/// The sets that people have to get themselves.
pub fn others() -> &'static [OtherSet] {
    &TABLE.other
}

/// The set of a name, in any case.
pub fn find(name: &str) -> Option<KnownSet> {
    let is = |own: &str, also: &[String]| {
        own.eq_ignore_ascii_case(name) || also.iter().any(|also| also.eq_ignore_ascii_case(name))
    };
    let pinned = pinned().iter().find(|set| is(&set.name, &set.also)).map(KnownSet::Pinned);
    pinned.or_else(|| others().iter().find(|set| is(&set.name, &set.also)).map(KnownSet::Other))
}

/// All names by which sets are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    let pinned = pinned().iter().map(|set| set.name.as_str());
    pinned.chain(others().iter().map(|set| set.name.as_str()))
}

/// Where fetched sets are: `KARAT_SETS_DIR`, or `karat/problems` in the user's data directory; nothing where the user
/// has no home directory.
pub fn data_folder() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let base = etcetera::choose_base_strategy().ok()?;
    Some(etcetera::BaseStrategy::data_dir(&base).join("karat/problems"))
}

impl PinnedSet {
    /// Where its file is, or will be, in a folder.
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }
}

#[cfg(test)]
mod tests;
