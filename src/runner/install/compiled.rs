//! Guests that were compiled ahead of time: machine code, which is executed as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::InstallError;
use super::record::InstallRecord;
use crate::files;
use crate::runner::manifest::{CellFiles, in_zip};
use crate::sandbox::{Engine, FileTree, Fuel, Guest};

/// What cells of a guest are, which decides how it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GuestForm {
    /// The core module that a component was fused into.
    Fused,
    /// A core module as it is.
    Module(FilesOfCells),
    /// A core module as it was when it was initialised.
    Snapshot(FilesOfCells),
}

/// What the files of a guest's cells begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilesOfCells {
    /// Where the packages' files are.
    pub folder: PathBuf,
    /// Which of them cells have.
    pub files: Vec<CellFiles>,
    /// The archive of what was made for them.
    pub made: Option<PathBuf>,
}

impl FilesOfCells {
    fn read(&self) -> Result<FileTree, InstallError> {
        let mut made = Vec::new();
        if let Some(path) = &self.made {
            let archive = files::read(path, MOST_BYTES).map_err(unreadable(path))?;
            unpack(&archive, "", &mut made).map_err(unreadable(path))?;
        }
        cell_files(&self.folder, &self.files, made)
    }
}

/// A guest that this version of Karat compiled, on this machine or one like it.
///
/// Only the installer makes one, after it has checked the file's digest: what is in the file is executed.
///
/// ```compile_fail
/// use karat::runner::install::CompiledGuest;
/// let guest = CompiledGuest { name: "any".into(), path: "/tmp/any".into() };
/// ```
#[derive(Clone, Debug)]
pub struct CompiledGuest {
    name: String,
    path: PathBuf,
    form: GuestForm,
}

impl CompiledGuest {
    /// For the installer: the file has to be one that the engine compiled, in that form and unchanged.
    pub(super) fn new(name: &str, path: PathBuf, form: GuestForm) -> CompiledGuest {
        CompiledGuest { name: name.to_owned(), path, form }
    }

    /// Its name in the manifest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies, compiled, in the cache.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Loads it. The clock of its cells goes on by a second whenever they have burned `native_second`.
    ///
    /// # Errors
    ///
    /// A guest that this sandbox can not load, and files for its cells that can not be read.
    pub fn load(&self, native_second: Fuel) -> Result<Guest, InstallError> {
        let load = |error| InstallError::Load { guest: self.name.clone(), error: Box::new(error) };
        let engine = Engine::shared().map_err(load)?;
        match &self.form {
            // SAFETY: nobody but the installer makes a `CompiledGuest`: `precompile_component` of this version made the
            // file, its digest was checked, and it lies in a directory of this user's.
            GuestForm::Fused => unsafe { engine.load(&self.path, native_second) },
            GuestForm::Module(files) => {
                let files = files.read()?;
                // SAFETY: as above, by `precompile_module`.
                unsafe { engine.load_module(&self.path, native_second, files) }
            }
            GuestForm::Snapshot(files) => {
                let files = files.read()?;
                // SAFETY: as above, of what `snapshot` made.
                unsafe { engine.load_snapshot(&self.path, native_second, files) }
            }
        }
        .map_err(load)
    }
}

/// The compiled guests of a runner.
#[derive(Clone, Debug)]
pub struct Compiled {
    inputs: String,
    guests: Vec<CompiledGuest>,
}

impl Compiled {
    pub(super) fn new(inputs: String, guests: Vec<CompiledGuest>) -> Compiled {
        Compiled { inputs, guests }
    }

    /// The same guests, whose cells also have the files in an archive.
    pub(super) fn with_made(mut self, archive: &Path) -> Compiled {
        for guest in &mut self.guests {
            if let GuestForm::Module(files) | GuestForm::Snapshot(files) = &mut guest.form {
                files.made = Some(archive.to_owned());
            }
        }
        self
    }

    /// The digest of what they were made from. Two machines with the same digest run the same guests.
    pub fn inputs(&self) -> &str {
        &self.inputs
    }

    /// The cache directory, in which they lie.
    pub(crate) fn cache(&self) -> &Path {
        // `runners/NAME/FILE` in it
        let file = self.guests.first().map(CompiledGuest::path);
        file.and_then(|file| file.ancestors().nth(3)).unwrap_or(Path::new(""))
    }

    /// All of them, in the manifest's order.
    pub fn guests(&self) -> &[CompiledGuest] {
        &self.guests
    }

    /// Loads the guest of that name in the manifest, as [`CompiledGuest::load`] does.
    ///
    /// # Errors
    ///
    /// As there, and [`InstallError::NoGuest`].
    pub fn load(&self, name: &str, native_second: Fuel) -> Result<Guest, InstallError> {
        let guest = self.guests.iter().find(|guest| guest.name == name);
        guest.ok_or_else(|| InstallError::NoGuest(name.to_owned()))?.load(native_second)
    }
}

/// An installed runner.
#[derive(Clone, Debug)]
pub struct InstalledRunner {
    compiled: Compiled,
    record: InstallRecord,
}

impl InstalledRunner {
    pub(super) fn new(compiled: Compiled, record: InstallRecord) -> InstalledRunner {
        InstalledRunner { compiled, record }
    }

    /// The compiled guests.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// What is known of them.
    pub fn record(&self) -> &InstallRecord {
        &self.record
    }
}

/// The most bytes of a file that is unpacked for cells.
const MOST_BYTES: u64 = 2 << 30;

/// What the files of cells begin with; `more` are further files, by their paths.
pub(super) fn cell_files(
    folder: &Path,
    files: &[CellFiles],
    more: impl IntoIterator<Item = (String, Arc<[u8]>)>,
) -> Result<FileTree, InstallError> {
    let mut found: Vec<(String, Arc<[u8]>)> = Vec::new();
    for CellFiles { from, at } in files {
        let path = folder.join(from);
        let read = |path: &Path| files::read(path, MOST_BYTES).map_err(unreadable(path));
        if let Some((archive, inside)) = in_zip(from) {
            let path = folder.join(archive);
            unzip(read(&path)?, inside, at, &mut found).map_err(unreadable(&path))?;
        } else if from.is_empty() || from.ends_with('/') {
            for below in all_below(&path).map_err(unreadable(&path))? {
                let name = below.strip_prefix(&path).unwrap_or(&below).to_string_lossy().into_owned();
                found.push((joined(at, &name), read(&below)?.into()));
            }
        } else if from.ends_with(".tar") {
            unpack(&read(&path)?, at, &mut found).map_err(unreadable(&path))?;
        } else {
            found.push((at.clone(), read(&path)?.into()));
        }
    }
    found.extend(more);
    FileTree::new(found.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())))
        .map_err(|error| InstallError::CellFiles { folder: folder.to_owned(), message: error.to_string() })
}

/// A file in a zip archive, or all that are in a folder of it, where the path ends in `/` or is empty; the path may lead
/// on into an archive in the archive.
fn unzip(bytes: Vec<u8>, inside: &str, at: &str, found: &mut Vec<(String, Arc<[u8]>)>) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).map_err(io::Error::other)?;
    let content = |archive: &mut zip::ZipArchive<_>, name: &str| -> io::Result<Vec<u8>> {
        let mut file = archive.by_name(name).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        let mut content = Vec::new();
        let read = Read::by_ref(&mut file).take(MOST_BYTES).read_to_end(&mut content)?;
        if read as u64 == MOST_BYTES {
            return Err(io::Error::other(format!("{name} is too large")));
        }
        Ok(content)
    };
    if let Some((inner, rest)) = in_zip(inside) {
        return unzip(content(&mut archive, inner)?, rest, at, found);
    }
    if !inside.is_empty() && !inside.ends_with('/') {
        found.push((at.to_owned(), content(&mut archive, inside)?.into()));
        return Ok(());
    }
    let names: Result<Vec<String>, _> = archive.file_names().map(|name| name.map(Cow::into_owned)).collect();
    let mut names = names.map_err(io::Error::other)?;
    names.retain(|name| name.starts_with(inside) && !name.ends_with('/'));
    names.sort();
    for name in names {
        found.push((joined(at, &name[inside.len()..]), content(&mut archive, &name)?.into()));
    }
    Ok(())
}

/// The files of a tar archive; links in it are refused.
fn unpack(bytes: &[u8], at: &str, found: &mut Vec<(String, Arc<[u8]>)>) -> io::Result<()> {
    for entry in tar::Archive::new(bytes).entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        if !kind.is_file() {
            return Err(io::Error::other(format!("{name} is a link or a device, not a file")));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        found.push((joined(at, name.strip_prefix("./").unwrap_or(&name)), content.into()));
    }
    Ok(())
}

/// An archive of files, as [`unpack`] reads it.
pub(super) fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, path, content.as_slice()).expect("there is memory");
    }
    archive.into_inner().expect("there is memory")
}

fn joined(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// All files below a folder, by their names.
fn all_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(all_below(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> InstallError + '_ {
    move |error| InstallError::File { action: "can not read", path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_cells_are_those_of_folders_and_archives_and_links_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        archive.append_data(&mut header, "./include/a.h", &b"four"[..]).unwrap();
        fs::write(folder.path().join("usr.tar"), archive.get_ref()).unwrap();
        header.set_size(0);
        header.set_entry_type(tar::EntryType::Symlink);
        archive.append_link(&mut header, "b", "/etc/passwd").unwrap();
        fs::write(folder.path().join("link.tar"), archive.into_inner().unwrap()).unwrap();
        fs::create_dir_all(folder.path().join("lib/deep")).unwrap();
        for name in ["lib/x", "lib/deep/y", "one"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let entry = |from: &str, at: &str| CellFiles { from: from.into(), at: at.into() };
        let tree = |files: &[CellFiles]| cell_files(folder.path(), files, []);
        assert!(tree(&[entry("usr.tar", "usr"), entry("lib/", ""), entry("one", "etc/one")]).is_ok());
        // What is there twice shows what is where.
        for (from, at, place) in [
            ("usr.tar", "usr", "usr/include/a.h"),
            ("usr.tar", "", "include/a.h"),
            ("lib/", "lib", "lib/x"),
            ("lib/", "opt/", "opt/deep/y"),
            ("one", "etc/one", "etc/one"),
        ] {
            assert!(tree(&[entry(from, at), entry("one", place)]).is_err(), "{from} {at}");
        }
        let error = tree(&[entry("link.tar", "")]).unwrap_err().to_string();
        assert!(error.contains("link.tar: b is a link"), "{error}");
        let error = tree(&[entry("missing", "")]).unwrap_err().to_string();
        assert!(error.starts_with("can not read ") && error.contains("missing"), "{error}");
    }
}
