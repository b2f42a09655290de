//! Opening and reading what somebody named, or put into a folder: it need not be a file, and need not end. Writing
//! files that are there whole or not at all.

use std::fs::{self, DirEntry, File, FileType};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// The most names of a folder that are looked at. The largest published set has 10,000 problems in two folders, and
/// runs of it have a few hundred samples a problem.
pub(crate) const MOST_ENTRIES: usize = 100_000;

/// Opens a file, or a pipe, as the shell's `<(…)` is one.
///
/// # Errors
///
/// Those of opening a file; and for a folder, a device or a socket, of which some never end.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() || is_pipe(kind) { File::open(path) } else { Err(no_file(kind)) }
}

/// Opens a file that was found in a folder, where a pipe would wait for a writer that nobody started.
///
/// # Errors
///
/// Those of opening a file; and for everything that is no file.
pub(crate) fn open_found(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() { File::open(path) } else { Err(no_file(kind)) }
}

/// All of a file, or a pipe, of at most `limit` bytes.
///
/// # Errors
///
/// Those of [`open`] and of reading, and for a longer file.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_all(open(path)?, limit)
}

/// All of a file that was found in a folder, of at most `limit` bytes.
///
/// # Errors
///
/// Those of [`open_found`] and of reading, and for a longer file.
pub(crate) fn read_found(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_all(open_found(path)?, limit)
}

fn read_all(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("longer than {limit} bytes, the most that such a file may have"),
        ));
    }
    Ok(content)
}

/// The text that the content of a file is.
///
/// # Errors
///
/// When it is not UTF-8.
pub(crate) fn text(content: Vec<u8>) -> io::Result<String> {
    String::from_utf8(content).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        io::Error::new(ErrorKind::InvalidData, format!("not UTF-8 at byte {byte}"))
    })
}

/// What begins the name of a file that is not whole yet.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Writes a file beside its place and moves it there, so that it is there whole or not at all, whatever becomes of this
/// process. A link stays, and what it leads to is written. A device or a pipe stays, too: it is given the content.
///
/// # Errors
///
/// Those of writing. What was there before stays.
pub(crate) fn write_whole<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> Result<(), E>,
) -> Result<(), E> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let mut content = beside(&std::env::temp_dir().join("output"), write)?;
        content.rewind()?;
        io::copy(&mut content, &mut File::options().write(true).open(path)?)?;
        return Ok(());
    }
    // Where there is nothing yet, there is nothing to follow.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    beside(path, write)?.persist(path).map_err(io::Error::from)?;
    Ok(())
}

/// Writes a file whole, its content behind that one's digest, and makes the folder that it is in.
///
/// # Errors
///
/// Those of writing. What was there before stays.
pub(crate) fn write_behind_digest(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    write_whole(path, |file| {
        file.write_all(blake3::hash(content).as_bytes())?;
        file.write_all(content)
    })
}

/// The content of a file that [`write_behind_digest`] wrote; none if it is not as it was written.
pub(crate) fn behind_digest(file: &[u8]) -> Option<&[u8]> {
    let (digest, content) = file.split_at_checked(blake3::OUT_LEN)?;
    (blake3::hash(content).as_bytes() == digest).then_some(content)
}

/// As [`write_whole`], and what was written is on the disk before it is in its place: it is whole after a power cut,
/// too.
///
/// # Errors
///
/// Those of writing. What was there before stays.
pub(crate) fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let file = beside(path, |file| file.write_all(content))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A file beside the place of another.
fn beside<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> Result<(), E>,
) -> Result<NamedTempFile, E> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // Temporary files are their owner's alone. This one stays, so it is as open as others that are written.
    builder.prefix(UNFINISHED).permissions(PermissionsExt::from_mode(0o666));
    let mut file = BufWriter::new(builder.tempfile_in(parent)?);
    write(&mut file)?;
    Ok(file.into_inner().map_err(io::Error::from)?)
}

/// The names in a folder, sorted; names that are not UTF-8 are left out.
///
/// # Errors
///
/// Those of reading a folder, and for one of more than [`MOST_ENTRIES`].
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = entries(folder)?;
    let mut names: Vec<String> =
        entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = Vec::new();
    for (number, entry) in fs::read_dir(folder)?.enumerate() {
        if number == MOST_ENTRIES {
            return Err(io::Error::new(
                ErrorKind::FileTooLarge,
                format!(
                    "more than {MOST_ENTRIES} files in one folder; name one of them, or split the folder"
                ),
            ));
        }
        entries.push(entry?);
    }
    Ok(entries)
}

/// The bytes of a file, or of all files in a folder. What goes away meanwhile takes none.
///
/// # Errors
///
/// Those of reading a folder, and for one of more than [`MOST_ENTRIES`].
pub(crate) fn size(path: &Path) -> io::Result<u64> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        metadata => metadata?,
    };
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    match entries(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(0),
        entries => entries?.iter().map(|entry| size(&entry.path())).sum(),
    }
}

/// The BLAKE3 digest of a file, in hexadecimal digits.
///
/// # Errors
///
/// When it can not be read.
pub(crate) fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_mmap_rayon(path)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The paths in a folder that can be read, and no more than [`MOST_ENTRIES`]: for looking around.
pub(crate) fn some_paths(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().take(MOST_ENTRIES).flatten().map(|entry| entry.path())
}

fn no_file(kind: FileType) -> io::Error {
    if kind.is_dir() {
        return ErrorKind::IsADirectory.into();
    }
    io::Error::new(ErrorKind::InvalidInput, "a device, a pipe or a socket where a file is expected")
}

fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let kind = |result: io::Result<File>| result.map(drop).map_err(|error| error.kind());
        assert_eq!(kind(open(folder.path())), Err(ErrorKind::IsADirectory));
        assert_eq!(kind(open(&folder.path().join("none"))), Err(ErrorKind::NotFound));
        let file = folder.path().join("file");
        fs::write(&file, "four").unwrap();
        assert_eq!((kind(open(&file)), kind(open_found(&file))), (Ok(()), Ok(())));
        for device in ["/dev/zero", "/dev/null"] {
            assert_eq!(kind(open(Path::new(device))), Err(ErrorKind::InvalidInput), "{device}");
            let link = folder.path().join(&device[5..]);
            std::os::unix::fs::symlink(device, &link).unwrap();
            assert_eq!(read_found(&link, 9).unwrap_err().kind(), ErrorKind::InvalidInput, "{device}");
        }
    }

    #[test]
    fn a_file_is_written_whole_or_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_durably(&file, b"before").unwrap();
        let failed: io::Result<()> = write_whole(&file, |out| {
            out.write_all(b"half")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(read(&file, 9).unwrap(), b"before");
        assert_eq!(names(folder.path()).unwrap(), ["file"], "nothing is left behind");
        write_whole::<io::Error>(&file, |out| out.write_all(b"after")).unwrap();
        assert_eq!(read(&file, 9).unwrap(), b"after");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("file", &link).unwrap();
        write_whole::<io::Error>(&link, |out| out.write_all(b"by link")).unwrap();
        assert_eq!(read(&file, 9).unwrap(), b"by link");
        assert!(link.is_symlink());
    }

    #[test]
    fn a_pipe_is_given_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_whole::<io::Error>(&pipe, |out| out.write_all(b"content")).unwrap();
        assert_eq!(reader.join().unwrap(), b"content");
        assert_eq!(names(folder.path()).unwrap(), ["pipe"], "it is still a pipe, and nothing is beside it");
        assert!(!fs::metadata(&pipe).unwrap().is_file());
    }

    #[test]
    fn no_more_is_read_than_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "f\u{fc}r").unwrap();
        assert_eq!(text(read(&file, 4).unwrap()).unwrap(), "für");
        let error = read(&file, 3).unwrap_err();
        assert!(error.to_string().starts_with("longer than 3 bytes"), "{error}");
        fs::write(&file, b"fo\xfc").unwrap();
        assert!(text(read_found(&file, 9).unwrap()).unwrap_err().to_string().contains("not UTF-8 at byte 3"));
        assert_eq!(names(folder.path()).unwrap(), ["file"]);
        assert_eq!(some_paths(folder.path()).collect::<Vec<_>>(), [file]);
    }
}
