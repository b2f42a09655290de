//! The digest of a model's files. It takes a while, so it is cached.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::{Gguf, GgufError, GgufFault};
use crate::package::{Sha256, write_whole};

/// The digests that are known, in a cache directory, one file each:
///
/// ```text
/// models/digests/<blake3 of the path>.json    path, length, time of change, sha256
/// ```
#[derive(Clone, Debug)]
pub struct Digests {
    directory: PathBuf,
}

/// What is known of a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    bytes: u64,
    /// Nanoseconds from 1970 to the last change.
    modified: u128,
    sha256: Sha256,
}

/// A file that changed this recently may change again and look the same.
const UNSETTLED: Duration = Duration::from_secs(2);

impl Digests {
    /// The digests in a cache directory.
    pub fn new(cache: &Path) -> Digests {
        Digests { directory: cache.join("models/digests") }
    }

    /// The SHA-256 of a model's files, one after the other: for a single file, the one that hubs publish. Calls
    /// `progress` with the number of bytes that were read.
    ///
    /// # Errors
    ///
    /// When a file can not be read. A digest that can not be cached is computed again next time.
    pub fn of(&self, gguf: &Gguf, progress: &mut dyn FnMut(u64)) -> Result<Sha256, GgufError> {
        let [file] = gguf.files.as_slice() else { return digest(&gguf.files, progress) };
        let before = state(file);
        if let Some(known) = before.as_ref().and_then(|before| self.known(before)) {
            return Ok(known);
        }
        let sha256 = digest(&gguf.files, progress)?;
        let settled = |modified: u128| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            modified + UNSETTLED.as_nanos() < now.as_nanos()
        };
        if let Some((path, bytes, modified)) = before.filter(|before| state(file).as_ref() == Some(before))
            && settled(modified)
        {
            let known = Known { path, bytes, modified, sha256 };
            let target = self.file(&known.path);
            let json = serde_json::to_vec_pretty(&known).expect("it is plain data");
            // The cache only saves time.
            let _ = fs::create_dir_all(&self.directory).map(|()| write_whole(&target, &json));
        }
        Ok(sha256)
    }

    fn known(&self, (path, bytes, modified): &(PathBuf, u64, u128)) -> Option<Sha256> {
        let content = crate::files::read_found(&self.file(path), 1 << 16).ok()?;
        let known: Known = serde_json::from_slice(&content).ok()?;
        (known.path == *path && known.bytes == *bytes && known.modified == *modified).then_some(known.sha256)
    }

    fn file(&self, path: &Path) -> PathBuf {
        let name = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        self.directory.join(format!("{}.json", &name[..32]))
    }
}

/// The digest of files, one after the other. Calls `progress` with the number of bytes that were read.
///
/// # Errors
///
/// When one can not be read.
pub fn digest(files: &[PathBuf], progress: &mut dyn FnMut(u64)) -> Result<Sha256, GgufError> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut total = 0;
    for path in files {
        let wrong = |error: io::Error| GgufError { path: path.clone(), fault: GgufFault::Io(error) };
        let mut file = File::open(path).map_err(wrong)?;
        loop {
            let length = file.read(&mut buffer).map_err(wrong)?;
            if length == 0 {
                break;
            }
            hasher.update(&buffer[..length]);
            total += length as u64;
            progress(total);
        }
    }
    Ok(Sha256::from(hasher))
}

/// What tells that a file is unchanged.
fn state(path: &Path) -> Option<(PathBuf, u64, u128)> {
    let path = fs::canonicalize(path).ok()?;
    let metadata: Metadata = fs::metadata(&path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some((path, metadata.len(), modified.as_nanos()))
}
