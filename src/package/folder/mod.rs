//! Folders of the cache that hold the wanted files of packages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::archive::{Unpacked, unpack};
use super::error::{PackageError, file_error};
use super::tools::{FetchStep, Tools};
use super::write::{TEMPORARY, lock, remove_unfinished, write_whole};
use super::{Make, Package, Part, Text};
use crate::files;

/// The state of a part in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartState {
    /// All files are there, as they were written.
    Ready,
    /// Not fetched, or by other pins.
    Missing,
    /// Files are not as they were written; what is wrong with them.
    Damaged(String),
}

/// What a folder remembers of a part.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    inputs: String,
    files: BTreeMap<String, Written>,
}

/// A file as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    bytes: u64,
    blake3: String,
}

/// A part that is kept, whoever fetched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPart {
    /// The part's name; empty for files that no part owns.
    pub part: String,
    /// The digest of its pins.
    pub inputs: String,
    /// Its files and its record.
    pub paths: Vec<PathBuf>,
    /// How many bytes they take.
    pub bytes: u64,
}

/// Fetches the archive of a package.
type Fetch<'a> = dyn FnMut(&Package, &Path, &mut dyn FnMut(FetchStep)) -> Result<PathBuf, PackageError> + 'a;

/// A folder of the cache. What one part holds, another must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at a path.
    ///
    /// # Errors
    ///
    /// For a relative path where there is no current directory.
    pub fn new(path: &Path) -> Result<Folder, PackageError> {
        // The tools work in a directory of their own, where a relative path would mean something else.
        let path = std::path::absolute(path).map_err(file_error("can not find", path))?;
        Ok(Folder { path })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks at the files of a part. Each is read once, to check its digest.
    pub fn state(&self, part: &Part) -> PartState {
        self.look(part, true)
    }

    /// As [`state`](Self::state), but by lengths only: quick, where somebody else checks digests.
    pub fn quick_state(&self, part: &Part) -> PartState {
        self.look(part, false)
    }

    fn look(&self, part: &Part, digests: bool) -> PartState {
        let record = match self.record(&part.name) {
            Ok(Some(record)) => record,
            Ok(None) => return PartState::Missing,
            Err(how) => return PartState::Damaged(how),
        };
        if record.inputs != part.inputs() {
            return PartState::Missing;
        }
        for (name, written) in &record.files {
            let path = self.path.join(name);
            let damaged = |how: &str| PartState::Damaged(format!("{} {how}", path.display()));
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() && metadata.len() == written.bytes => {}
                Ok(_) => return damaged("is not as it was written"),
                Err(error) => return damaged(&format!("can not be read: {error}")),
            }
            if digests {
                match files::digest(&path) {
                    Ok(digest) if digest == written.blake3 => {}
                    Ok(_) => return damaged("is not as it was written"),
                    Err(error) => return damaged(&format!("can not be read: {error}")),
                }
            }
        }
        PartState::Ready
    }

    /// Fetches a part unless it is there; a damaged one is fetched again.
    ///
    /// # Errors
    ///
    /// See [`PackageError`]. What was there before stays.
    pub fn ensure(&self, part: &Part, progress: &mut dyn FnMut(FetchStep)) -> Result<(), PackageError> {
        self.ensure_with(part, &|_, _| Err("nothing here makes files".to_owned()), progress)
    }

    /// As [`ensure`](Self::ensure), for a part with files that are [made](Made).
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub fn ensure_with(
        &self,
        part: &Part,
        make: &Make<'_>,
        progress: &mut dyn FnMut(FetchStep),
    ) -> Result<(), PackageError> {
        let mut tools = None;
        self.ensure_by(part, progress, make, &mut |package, work, progress| {
            tools.get_or_insert_with(|| Tools::new(work)).fetch(package, progress)
        })
    }

    /// As [`ensure`](Self::ensure), with archives from elsewhere. `fetch` is given a folder for temporary files, the
    /// same for all packages.
    fn ensure_by(
        &self,
        part: &Part,
        progress: &mut dyn FnMut(FetchStep),
        make: &Make<'_>,
        fetch: &mut Fetch<'_>,
    ) -> Result<(), PackageError> {
        if self.state(part) == PartState::Ready {
            return Ok(());
        }
        fs::create_dir_all(&self.path).map_err(file_error("can not make", &self.path))?;
        let _lock = lock(&self.path, || progress(FetchStep::Waiting))?;
        if self.state(part) == PartState::Ready {
            return Ok(()); // another process fetched it meanwhile
        }
        remove_unfinished(&self.path);
        let work = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(&self.path)
            .map_err(file_error("can not make a directory in", &self.path))?;
        let unpacked = work.path().join("unpacked");
        let mut files = Vec::new();
        for package in &part.packages {
            let mut unpack = || {
                let archive = fetch(package, work.path(), progress)?;
                progress(FetchStep::Unpack { package: package.label() });
                unpack(package, &archive, &unpacked)
            };
            files.extend(unpack().map_err(|error| error.with_need(package, &self.path))?);
        }
        for Text { to, content } in &part.texts {
            write_whole(&unpacked.join(to), content.as_bytes())?;
            let blake3 = blake3::hash(content.as_bytes()).to_hex().to_string();
            files.push(Unpacked { to: to.clone(), bytes: content.len() as u64, blake3 });
        }
        for made in &part.made {
            progress(FetchStep::Make { file: made.to.clone() });
            files.retain(|file| file.to != made.of);
            files.push(made.make(&unpacked, make)?);
        }
        self.adopt(part, &unpacked, files)
    }

    /// Moves unpacked files to their places and writes the record, so that the part is there.
    fn adopt(&self, part: &Part, unpacked: &Path, files: Vec<Unpacked>) -> Result<(), PackageError> {
        self.remove(part)?;
        for file in &files {
            let (from, to) = (unpacked.join(&file.to), self.path.join(&file.to));
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(file_error("can not make", parent))?;
            }
            fs::rename(&from, &to).map_err(file_error("can not write", &to))?;
        }
        let files =
            files.into_iter().map(|Unpacked { to, bytes, blake3 }| (to, Written { bytes, blake3 })).collect();
        let record = Record { inputs: part.inputs(), files };
        let json = serde_json::to_vec_pretty(&record).expect("a record is plain data");
        write_whole(&self.record_path(&part.name), &json)
    }

    /// Forgets a part, of whatever pins: its record first, so that it is never there in part.
    ///
    /// # Errors
    ///
    /// Files that can not be removed.
    pub fn remove(&self, part: &Part) -> Result<(), PackageError> {
        let files = self.record(&part.name).ok().flatten().map(|record| record.files).unwrap_or_default();
        let record = self.record_path(&part.name);
        for path in std::iter::once(record).chain(files.keys().map(|name| self.path.join(name))) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(PackageError::File { action: "can not remove", path, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// All that is in the folder: the parts, and what is left over, if anything.
    ///
    /// # Errors
    ///
    /// When the folder can not be read.
    pub fn kept(&self) -> io::Result<Vec<KeptPart>> {
        let mut kept = Vec::new();
        let mut owned: Vec<PathBuf> = vec![self.path.join(super::write::LOCK)];
        for name in entries(&self.path)? {
            let Some(part) = name.strip_suffix(RECORD) else { continue };
            let Ok(Some(record)) = self.record(part) else { continue };
            let mut paths = vec![self.record_path(part)];
            paths.extend(record.files.keys().map(|name| self.path.join(name)));
            let bytes = paths.iter().map(|path| files::size(path)).sum::<io::Result<u64>>()?;
            owned.extend(paths.iter().cloned());
            kept.push(KeptPart { part: part.to_owned(), inputs: record.inputs, paths, bytes });
        }
        let names = entries(&self.path)?;
        let left: Vec<PathBuf> = names
            .iter()
            .map(|name| self.path.join(name))
            .filter(|path| !owned.iter().any(|owned| owned.starts_with(path)))
            .collect();
        if !left.is_empty() {
            let bytes = left.iter().map(|path| files::size(path)).sum::<io::Result<u64>>()?;
            kept.push(KeptPart { part: String::new(), inputs: String::new(), paths: left, bytes });
        }
        Ok(kept)
    }

    /// The right to remove what is in the folder; `None` while a process fetches something into it.
    ///
    /// # Errors
    ///
    /// When the lock can not be made.
    pub fn try_lock(&self) -> io::Result<Option<fs::File>> {
        let file = fs::File::create(self.path.join(super::write::LOCK))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn record_path(&self, part: &str) -> PathBuf {
        self.path.join(format!("{part}{RECORD}"))
    }

    fn record(&self, part: &str) -> Result<Option<Record>, String> {
        /// The most bytes that a record may have: some 200,000 files.
        const MOST_BYTES: u64 = 64 << 20;
        let path = self.record_path(part);
        let bytes = match files::read_found(&path, MOST_BYTES) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{} can not be read: {error}", path.display())),
            Ok(bytes) => bytes,
        };
        let record: Record = serde_json::from_slice(&bytes)
            .map_err(|error| format!("{} can not be read: {error}", path.display()))?;
        // Whoever changed the record must not have files elsewhere removed.
        match record.files.keys().find(|name| !super::archive::is_within(name)) {
            Some(name) => Err(format!("{} names {}", path.display(), crate::shown::shown(name))),
            None => Ok(Some(record)),
        }
    }
}

/// How the names of records end.
const RECORD: &str = ".part.json";

fn entries(folder: &Path) -> io::Result<Vec<String>> {
    match files::names(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        names => names,
    }
}

#[cfg(test)]
mod tests;
