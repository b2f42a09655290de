//! Reads problem sets from files, one file of this folder a format.
//!
//! Whether a file is gzipped is told from its first bytes, never from its name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::format::FormatError;
use super::{ProblemSet, StoreError};

mod human_eval;
pub mod json_lines;
pub mod karat;

use json_lines::LineError;

/// Why a problem set could not be loaded. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error(
        "{}: no such file; give the path of a problem set, such as human-eval's HumanEval.jsonl.gz \
         (https://github.com/openai/human-eval, folder data)",
        path.display()
    )]
    NotFound {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path leads to a directory.
    #[error("{}: is a directory; give the path of the problem set's file in it", path.display())]
    Directory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The file could not be read to its end.
    #[error("{}: can not be read; if it is a download, fetch it again", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system, or the decompressor, said.
        source: io::Error,
    },
    /// A line is not a problem.
    #[error(transparent)]
    Line(#[from] LineError),
    /// A file of a set in Karat's own format is not as the format wants it.
    #[error(transparent)]
    Format(Box<FormatError>),
    /// The problems can not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file holds no problem at all.
    #[error("{}: holds no problem; was the download cut short?", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Loads the problem set in a file, plain or gzipped.
///
/// # Errors
///
/// When the file is not there, can not be read, is empty, or any of its lines is not a problem; the message then
/// names file, line and field.
pub fn load(path: &Path) -> Result<ProblemSet, LoadError> {
    if karat::is_set(path) { karat::load(path) } else { human_eval::load(path) }
}

/// Opens a file and decompresses it if its first bytes are gzip's.
///
/// # Errors
///
/// Those of opening a file and of reading its first bytes.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    decode(File::open(path)?)
}

/// Decompresses a stream if its first bytes are gzip's (several members in a row included), and passes it on as it
/// is otherwise.
///
/// # Errors
///
/// Those of reading the first bytes.
pub fn decode(mut reader: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    // A pipe may deliver less than asked for, so `read` alone is not enough.
    let mut start = Vec::with_capacity(GZIP.len());
    reader.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
    let is_gzip = start == GZIP;
    let whole = Cursor::new(start).chain(reader);
    if is_gzip {
        Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(BufReader::new(whole)))))
    } else {
        Ok(Box::new(BufReader::with_capacity(BUFFER, whole)))
    }
}

const BUFFER: usize = 64 * 1024;

fn open_error(path: &Path, source: io::Error) -> LoadError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound => LoadError::NotFound { path },
        ErrorKind::IsADirectory => LoadError::Directory { path },
        _ => LoadError::Io { path, source },
    }
}

/// Passes bytes on and digests them on the way.
struct Digesting<R> {
    reader: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Digesting<R> {
    fn new(reader: R) -> Self {
        Digesting { reader, hasher: blake3::Hasher::new() }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

/// A file's name without the extensions that say how it is stored: `HumanEval` for `data/HumanEval.jsonl.gz`.
fn set_name(path: &Path) -> String {
    let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut name: &str = &file_name;
    for extension in [".gz", ".jsonl", ".json"] {
        name = name.strip_suffix(extension).filter(|rest| !rest.is_empty()).unwrap_or(name);
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(content: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        decode(Cursor::new(content))?.read_to_end(&mut whole)?;
        Ok(whole)
    }

    #[test]
    fn gzip_is_told_from_the_content() {
        for plain in [&b""[..], b"\x1f", b"{", b"{}\n", b"\x1f\x8c"] {
            assert_eq!(decoded(plain.to_vec()).unwrap(), plain);
            assert_eq!(decoded(gzip(plain)).unwrap(), plain);
        }
        let members = [gzip(b"one\n"), gzip(b"two\n")].concat();
        assert_eq!(decoded(members).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn a_truncated_gzip_stream_is_an_error() {
        let mut content = gzip(&[b'a'; 10_000]);
        content.truncate(content.len() - 3);
        assert!(decoded(content).is_err());
    }

    #[test]
    fn the_set_is_named_after_its_file() {
        assert_eq!(set_name(Path::new("data/HumanEval.jsonl.gz")), "HumanEval");
        assert_eq!(set_name(Path::new("my.set.jsonl")), "my.set");
        assert_eq!(set_name(Path::new("plain")), "plain");
        assert_eq!(set_name(Path::new(".gz")), ".gz");
    }

    #[test]
    fn a_missing_file_and_a_directory_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let missing = load(&directory.path().join("none.jsonl")).unwrap_err();
        assert!(matches!(missing, LoadError::NotFound { .. }));
        assert!(missing.to_string().contains("HumanEval.jsonl.gz"), "{missing}");
        assert!(matches!(load(directory.path()).unwrap_err(), LoadError::Directory { .. }));
    }
}
