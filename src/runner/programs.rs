//! Programs that compilers made, so that none is compiled twice: for this process, and on the disk for later ones.
//!
//! ```text
//! programs/ab/cdef…   ab cdef… is the key: BLAKE3 of the program and of all that its compilation depends on
//! ```
//!
//! A file is the BLAKE3 of what follows, then, compressed, the fuel that compiling took and the result: a WebAssembly
//! module, or why there is none. One that does not fit its digest counts as missing. Machine code is never kept there.
//! When there is too much, what was not used for longest goes.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tracing::debug;

use super::{Execution, Prepared};
use crate::files;
use crate::lock::lock;
use crate::sandbox::Fuel;

/// The folder's name in the cache directory.
const FOLDER: &str = "programs";
/// How many bytes are kept on the disk.
const MOST_BYTES: u64 = 256 << 20;
/// How many more programs are written before somebody looks how many bytes there are.
const LOOK_AFTER: u32 = 64;
/// How many programs are at hand in a process, each with some megabytes of machine code.
const MOST_AT_HAND: usize = 24;
/// Most bytes of a file. Programs are a thousandth of it.
const LARGEST: u64 = 64 << 20;

/// What compiling a program gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CompiledProgram {
    /// The module, or why there is none.
    pub result: Result<Vec<u8>, NoProgram>,
    /// What compiling burned.
    pub fuel: Fuel,
}

/// Why there is no module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum NoProgram {
    /// The compiler refused the program; what it said.
    Refused(String),
    /// The program needs what no sandbox has.
    Missing(String),
    /// What it has in memory when it begins is more than any cell can have.
    TooLarge,
    /// The tests that it is compiled with are none that could be; why.
    Tests(String),
}

/// The programs of one runner.
pub(super) struct Programs {
    directory: PathBuf,
    written: AtomicU32,
    at_hand: Mutex<VecDeque<(blake3::Hash, Execution<Prepared>)>>,
}

impl Programs {
    /// Those in a cache directory.
    pub(super) fn new(cache: &Path) -> Programs {
        Programs { directory: cache.join(FOLDER), written: AtomicU32::new(0), at_hand: Mutex::default() }
    }

    /// A program that was prepared in this process not long ago.
    pub(super) fn at_hand(&self, key: &blake3::Hash) -> Option<Execution<Prepared>> {
        let mut at_hand = lock(&self.at_hand);
        let place = at_hand.iter().position(|(other, _)| other == key)?;
        let found = at_hand.remove(place)?;
        at_hand.push_back(found.clone());
        Some(found.1)
    }

    /// Keeps a prepared program at hand.
    pub(super) fn keep_at_hand(&self, key: blake3::Hash, program: Execution<Prepared>) {
        let mut at_hand = lock(&self.at_hand);
        at_hand.retain(|(other, _)| *other != key);
        if at_hand.len() == MOST_AT_HAND {
            at_hand.pop_front();
        }
        at_hand.push_back((key, program));
    }

    /// What an earlier compilation gave.
    pub(super) fn get(&self, key: &blake3::Hash) -> Option<CompiledProgram> {
        let path = self.path(key);
        let program = parse(&files::read(&path, LARGEST).ok()?)?;
        // Where that can not be noted, it goes sooner.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(program)
    }

    /// Keeps what a compilation gave. It is made again where it can not be written.
    pub(super) fn put(&self, key: &blake3::Hash, program: &CompiledProgram) {
        if let Err(error) = self.write(&self.path(key), program) {
            debug!(%error, "a compiled program can not be kept");
        }
        if self.written.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_AFTER)
            && let Err(error) = self.make_room(MOST_BYTES)
        {
            debug!(%error, "compiled programs can not be looked through");
        }
    }

    fn write(&self, path: &Path, program: &CompiledProgram) -> io::Result<()> {
        let content = rmp_serde::to_vec_named(program).map_err(io::Error::other)?;
        files::write_behind_digest(path, &zstd::encode_all(content.as_slice(), 1)?)
    }

    /// Removes the oldest where all together take more than this.
    fn make_room(&self, most: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for (path, bytes) in files_in(&self.directory)? {
            match path.metadata().and_then(|metadata| metadata.modified()) {
                Ok(time) => files.push((time, path, bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let mut left: u64 = files.iter().map(|(.., bytes)| bytes).sum();
        if left <= most {
            return Ok(());
        }
        files.sort();
        for (_, path, bytes) in files {
            if left <= most / 4 * 3 {
                break;
            }
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => left -= bytes,
            }
        }
        Ok(())
    }

    fn path(&self, key: &blake3::Hash) -> PathBuf {
        let key = key.to_hex();
        self.directory.join(&key[..2]).join(&key[2..])
    }
}

/// Every compiled program in a cache directory, with its length.
///
/// # Errors
///
/// When a folder can not be read.
pub fn files(cache: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    files_in(&cache.join(FOLDER))
}

fn files_in(directory: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    for folder in files::some_paths(directory) {
        for path in files::some_paths(&folder) {
            let bytes = files::size(&path)?;
            found.push((path, bytes));
        }
    }
    Ok(found)
}

/// What a file holds, if it is as it was written.
fn parse(bytes: &[u8]) -> Option<CompiledProgram> {
    rmp_serde::from_slice(&zstd::decode_all(files::behind_digest(bytes)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::capabilities::Prelude;

    fn key(number: u8) -> blake3::Hash {
        blake3::hash(&[number])
    }

    #[test]
    fn programs_come_back_and_damaged_ones_do_not() {
        let cache = tempfile::tempdir().unwrap();
        let programs = Programs::new(cache.path());
        let program = CompiledProgram { result: Ok(vec![200; 1000]), fuel: Fuel(7) };
        let refused = CompiledProgram { result: Err(NoProgram::Refused("no".into())), fuel: Fuel(1) };
        programs.put(&key(1), &program);
        programs.put(&key(2), &refused);
        let again = Programs::new(cache.path());
        assert_eq!((again.get(&key(1)), again.get(&key(2))), (Some(program), Some(refused)));
        assert_eq!(again.get(&key(3)), None);
        let path = again.path(&key(1));
        let written = fs::read(&path).unwrap();
        for place in 0..written.len() {
            let mut damaged = written.clone();
            damaged[place] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert_eq!(again.get(&key(1)), None, "byte {place}");
        }
        assert_eq!(files(cache.path()).unwrap().len(), 2);
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let cache = tempfile::tempdir().unwrap();
        let programs = Programs::new(cache.path());
        let program = CompiledProgram { result: Ok(Vec::new()), fuel: Fuel(0) };
        for number in 0..8 {
            programs.put(&key(number), &program);
            let file = File::open(programs.path(&key(number))).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number.into()))
                .unwrap();
        }
        let bytes: u64 = files(cache.path()).unwrap().iter().map(|(_, bytes)| bytes).sum();
        programs.get(&key(0)).unwrap(); // used just now
        programs.make_room(bytes - 1).unwrap();
        let left: Vec<u8> = (0..8).filter(|number| programs.get(&key(*number)).is_some()).collect();
        assert_eq!(left, [0, 4, 5, 6, 7], "three quarters are kept");
        programs.make_room(bytes).unwrap();
        assert_eq!(files(cache.path()).unwrap().len(), 5);
    }

    #[test]
    fn some_are_at_hand() {
        let programs = Programs::new(Path::new("nowhere"));
        let prepared = |number: u8| Execution {
            result: Ok(Prepared::source(&number.to_string(), Prelude::None)),
            fuel: Fuel(0),
            memory_denied: false,
        };
        for number in 0..=MOST_AT_HAND as u8 {
            assert_eq!(programs.at_hand(&key(1)).is_some(), number > 1, "{number}");
            programs.keep_at_hand(key(number), prepared(number));
        }
        assert_eq!(programs.at_hand(&key(0)), None);
        assert_eq!(programs.at_hand(&key(1)), Some(prepared(1)));
        assert_eq!(lock(&programs.at_hand).len(), MOST_AT_HAND);
    }
}
