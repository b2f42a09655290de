//! The cache of what reference solutions burn and return.
//!
//! ```text
//! reference/ab/cdef…   ab cdef… is the key: BLAKE3 of the problem and of all that the measurement depends on
//! ```
//!
//! A file is the BLAKE3 of what follows, then a [`ReferenceRun`] as MessagePack. One that does not fit its digest
//! counts as missing: it is made again. What a limit stopped is not kept.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::limits::Limits;
use super::reference::{FORMAT, PATIENCE, ReferenceRun};
use crate::files;
use crate::problem::{Dataset, Entry};

/// The folder's name in the cache directory.
const FOLDER: &str = "reference";

/// A file a problem, named by a digest of all that it depends on.
#[derive(Debug)]
pub struct ReferenceCache {
    directory: PathBuf,
    runner: String,
    /// Runs that are not on the disk, by key: they could not be written, or are not to be kept.
    unwritten: Mutex<HashMap<String, ReferenceRun>>,
}

impl ReferenceCache {
    /// The cache of runs with one guest, in a cache directory. `runner` identifies the guest, its machine code
    /// included.
    pub fn new(cache: &Path, runner: &str) -> ReferenceCache {
        ReferenceCache {
            directory: cache.join(FOLDER),
            runner: runner.to_owned(),
            unwritten: Mutex::default(),
        }
    }

    /// What is known of a problem of a data set.
    pub fn get(&self, dataset: Dataset, entry: &Entry) -> Option<ReferenceRun> {
        let key = self.key(dataset, entry);
        let written = fs::read(self.file(&key)).ok().and_then(|bytes| parse(&bytes));
        written.or_else(|| self.unwritten().get(&key).cloned())
    }

    /// The limit that stopped a problem's reference solution in this process, if one did.
    pub fn stopped(&self, dataset: Dataset, entry: &Entry) -> Option<String> {
        let unwritten = self.unwritten();
        if unwritten.is_empty() {
            return None;
        }
        unwritten.get(&self.key(dataset, entry))?.stopped().map(str::to_owned)
    }

    /// Keeps what was found out; until the end of this process only, if a limit stopped it or it can not be written.
    pub fn put(&self, dataset: Dataset, entry: &Entry, run: ReferenceRun) {
        let key = self.key(dataset, entry);
        if run.stopped().is_some() || self.write(&self.file(&key), &run).is_err() {
            self.unwritten().insert(key, run);
        }
    }

    /// Every file of the cache in a cache directory, with its length.
    ///
    /// # Errors
    ///
    /// When a folder can not be read.
    pub fn files(cache: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut files = Vec::new();
        let mut folders = vec![cache.join(FOLDER)];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                match entry.metadata() {
                    Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                    Ok(metadata) => files.push((entry.path(), metadata.len())),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(files)
    }

    fn write(&self, file: &Path, run: &ReferenceRun) -> io::Result<()> {
        files::write_behind_digest(file, &rmp_serde::to_vec_named(run).map_err(io::Error::other)?)
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<String, ReferenceRun>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that a measurement depends on. The problem's digest does not tell the data set, which decides what is
    /// put before programs, and how long they may take.
    fn key(&self, dataset: Dataset, entry: &Entry) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let text = format!(
            "{FORMAT} {version} {} {dataset:?} {PATIENCE} {:?} {}",
            self.runner,
            Limits::OF_REFERENCES,
            entry.digest
        );
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    fn file(&self, key: &str) -> PathBuf {
        self.directory.join(&key[..2]).join(&key[2..])
    }
}

/// What a file holds, if it is as it was written.
fn parse(bytes: &[u8]) -> Option<ReferenceRun> {
    rmp_serde::from_slice(files::behind_digest(bytes)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Language, Problem, ProblemSet, ProblemSetBuilder};

    fn set() -> ProblemSet {
        let mut builder = ProblemSetBuilder::new();
        for task_id in ["a", "b"] {
            builder.add(&Problem::new(task_id, Language::Python)).unwrap();
        }
        builder.finish("t".into(), Dataset::Karat, None, String::new()).unwrap()
    }

    #[test]
    fn runs_come_back_by_all_that_they_depend_on_and_damaged_ones_do_not() {
        let directory = tempfile::tempdir().unwrap();
        let set = set();
        let (one, other) = (set.get("a").unwrap(), set.get("b").unwrap());
        let cache = ReferenceCache::new(directory.path(), "guest");
        let run = ReferenceRun::of_fuel(&[5, 7]);
        cache.put(Dataset::Karat, one, run.clone());
        let again = ReferenceCache::new(directory.path(), "guest");
        assert_eq!(again.get(Dataset::Karat, one), Some(run));
        assert_eq!(again.get(Dataset::Karat, other), None);
        assert_eq!(again.get(Dataset::Apps, one), None);
        assert_eq!(ReferenceCache::new(directory.path(), "another").get(Dataset::Karat, one), None);

        let files = ReferenceCache::files(directory.path()).unwrap();
        let [(file, length)] = &files[..] else { panic!("{files:?}") };
        let content = fs::read(file).unwrap();
        assert_eq!(content.len() as u64, *length);
        for place in 0..content.len() {
            let mut damaged = content.clone();
            damaged[place] ^= 1;
            fs::write(file, &damaged).unwrap();
            assert_eq!(again.get(Dataset::Karat, one), None, "byte {place}");
            fs::write(file, &content[..place]).unwrap();
            assert_eq!(again.get(Dataset::Karat, one), None, "cut at {place}");
        }
    }

    #[test]
    fn what_a_limit_stopped_is_known_to_this_process_alone() {
        let directory = tempfile::tempdir().unwrap();
        let set = set();
        let entry = set.get("a").unwrap();
        let cache = ReferenceCache::new(directory.path(), "guest");
        let run = ReferenceRun::of_fuel(&[5]).stopped_by("more than 1 G of fuel");
        cache.put(Dataset::Karat, entry, run.clone());
        assert_eq!(cache.get(Dataset::Karat, entry), Some(run));
        assert_eq!(cache.stopped(Dataset::Karat, entry).as_deref(), Some("more than 1 G of fuel"));
        assert_eq!(cache.stopped(Dataset::Karat, set.get("b").unwrap()), None);
        assert!(ReferenceCache::files(directory.path()).unwrap().is_empty());
    }
}
