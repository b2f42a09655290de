//! Python, virtual environments and pip: what the user has is found, and his settings for pip hold.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{io, thread};

use super::error::{PackageError, file_error};
use super::{Registry, Sha256};
use crate::{child, files};

/// What pip says where it can not reach the registry. It warns of every attempt but the last one, and its last words
/// are about versions that it did not find; the other signs are of connections that end within a file.
const UNREACHABLE: [&str; 7] = [
    "connection broken by",
    "Connection broken",
    "Connection aborted",
    "Max retries exceeded",
    "Read timed out",
    "incomplete-download",
    "network connectivity",
];

/// How often it is looked how much pip has fetched.
const TICK: Duration = Duration::from_millis(200);

/// What pip says of a file whose digest is not listed.
const WRONG_DIGEST: &str = "DO NOT MATCH THE HASHES";

/// A Python that can install packages: `KARAT_PYTHON`, or the one on the path.
///
/// # Errors
///
/// [`PackageError::NoPython`].
pub fn base() -> Result<String, PackageError> {
    if let Some(named) = std::env::var("KARAT_PYTHON").ok().filter(|named| !named.is_empty()) {
        return if runs(&named) {
            Ok(named)
        } else {
            Err(PackageError::NoPython { tried: format!("KARAT_PYTHON={named}") })
        };
    }
    let candidates = ["python3", "python"];
    candidates
        .into_iter()
        .find(|name| runs(name))
        .map(str::to_owned)
        .ok_or_else(|| PackageError::NoPython { tried: candidates.join(", ") })
}

/// Whether a Python of a version that can install packages answers under this name.
pub fn runs(python: &str) -> bool {
    child::command(python)
        .args(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"])
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Whether a Python has a pip.
pub(super) fn has_pip(python: &str) -> bool {
    let command = child::command(python).args(["-m", "pip", "--version"]).stdin(Stdio::null()).output();
    command.is_ok_and(|output| output.status.success())
}

/// The Python within a virtual environment.
pub fn within(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Makes a virtual environment and returns its Python.
///
/// # Errors
///
/// [`PackageError::NoPip`], or when the Python can not be started.
pub fn environment(base: &str, directory: &Path) -> Result<PathBuf, PackageError> {
    let output = child::command(base)
        .args(["-m", "venv"])
        .arg(directory)
        .stdin(Stdio::null())
        .output()
        .map_err(file_error("can not run", Path::new(base)))?;
    if !output.status.success() {
        return Err(PackageError::NoPip { python: base.to_owned(), said: what_it_said(&output) });
    }
    Ok(within(directory))
}

/// A package of PyPI, by its pins.
#[derive(Clone, Copy, Debug)]
pub struct Requirement<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The digests of its archives.
    pub sha256: &'a [Sha256],
}

/// Has pip install a package, without what it depends on, into the environment of `python`. `directory` is where the
/// file is put that tells pip the digests.
///
/// # Errors
///
/// [`PackageError::Unreachable`], [`PackageError::WrongDigest`] or [`PackageError::Refused`].
pub fn install(python: &Path, requirement: Requirement<'_>, directory: &Path) -> Result<(), PackageError> {
    pip(python, &[OsStr::new("install")], requirement, directory, &mut || ())
}

/// Has pip download the wheel of a package into the folder `to`; `directory` is for temporary files. `fetched` is told
/// how many bytes of it are there.
///
/// # Errors
///
/// As of [`install`].
pub fn download(
    python: &Path,
    requirement: Requirement<'_>,
    to: &Path,
    directory: &Path,
    fetched: &mut dyn FnMut(u64),
) -> Result<(), PackageError> {
    let words = [OsStr::new("download"), OsStr::new("--dest"), to.as_os_str()];
    let mut last = 0;
    pip(python, &words, requirement, directory, &mut || {
        let bytes = downloaded(to, directory);
        if bytes > last {
            last = bytes;
            fetched(bytes);
        }
    })
}

/// How much pip has downloaded: the wheel grows in a folder of pip's own among the temporary ones, and is then copied.
fn downloaded(to: &Path, directory: &Path) -> u64 {
    let is_of_pip =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"pip-"));
    let folders = files::some_paths(directory).filter(is_of_pip).chain([to.to_owned()]);
    let sizes =
        folders.flat_map(|folder| files::some_paths(&folder)).filter_map(|path| fs::metadata(path).ok());
    sizes.filter(fs::Metadata::is_file).map(|metadata| metadata.len()).max().unwrap_or(0)
}

fn pip(
    python: &Path,
    words: &[&OsStr],
    requirement: Requirement<'_>,
    directory: &Path,
    on_tick: &mut dyn FnMut(),
) -> Result<(), PackageError> {
    let package = format!("{}=={}", requirement.name, requirement.version);
    let hashes: String = requirement.sha256.iter().map(|sha256| format!(" --hash=sha256:{sha256}")).collect();
    let requirements = directory.join("requirements.txt");
    fs::write(&requirements, format!("{package}{hashes}\n"))
        .map_err(file_error("can not write", &requirements))?;
    let mut pip = child::command(python);
    pip.args(["-m", "pip"])
        .args(words)
        .args(["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary", ":all:", "--require-hashes", "--retries", "2", "--requirement"])
        .arg(&requirements)
        // The archive may be larger than what the usual place for temporary files can hold.
        .env("TMPDIR", directory)
        .stdin(Stdio::null());
    // These would install elsewhere or for elsewhere, or hide that the registry can not be reached.
    for setting in [
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_USER",
        "PIP_QUIET",
        "PIP_PLATFORM",
        "PIP_PYTHON_VERSION",
        "PIP_IMPLEMENTATION",
        "PIP_ABI",
        "PIP_NO_BINARY",
    ] {
        pip.env_remove(setting);
    }
    let output = output(&mut pip, on_tick).map_err(file_error("can not run", python))?;
    if output.status.success() {
        return Ok(());
    }
    let said = what_it_said(&output);
    Err(if said.contains(WRONG_DIGEST) {
        let got = said.lines().filter_map(|line| line.trim().strip_prefix("Got ")).next_back();
        let got = got.map_or(said.as_str(), str::trim).to_owned();
        PackageError::WrongDigest { registry: Registry::PyPi, package, got }
    } else if UNREACHABLE.iter().any(|sign| said.contains(sign)) {
        PackageError::Unreachable { tool: "pip", package, said }
    } else {
        PackageError::Refused { tool: "pip", package, said }
    })
}

/// What a command wrote, and how it ended. Until it does, something else is done every now and then.
fn output(command: &mut Command, on_tick: &mut dyn FnMut()) -> io::Result<Output> {
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || sender.send(command.output()));
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(output) => return output,
                Err(RecvTimeoutError::Timeout) => on_tick(),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("the thread that waits for it has ended"));
                }
            }
        }
    })
}

/// The end of what a command wrote.
pub(crate) fn what_it_said(output: &Output) -> String {
    const LINES: usize = 15;
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let end = &lines[lines.len().saturating_sub(LINES)..];
    if end.is_empty() { format!("(nothing; {})", output.status) } else { end.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pip_has_downloaded_is_the_size_of_its_largest_file() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str, length: usize| {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![0; length]).unwrap();
        };
        let to = directory.path().join("archive");
        let downloaded = || downloaded(&to, directory.path());
        assert_eq!(downloaded(), 0);
        at("unpacked/earlier", 5000);
        at("requirements.txt", 4000);
        assert_eq!(downloaded(), 0);
        at("pip-unpack-ab/n-1.whl", 100);
        at("pip-build-tracker-cd/empty", 0);
        assert_eq!(downloaded(), 100);
        at("archive/n-1.whl", 300);
        assert_eq!(downloaded(), 300);
    }

    #[test]
    fn a_command_is_waited_for_and_something_else_is_done_meanwhile() {
        let mut ticks = 0;
        let output =
            output(Command::new("sh").args(["-c", "sleep 1; echo done; exit 3"]), &mut || ticks += 1);
        let output = output.unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b"done\n"[..]));
        assert!(ticks > 1, "{ticks}");
        assert!(super::output(&mut Command::new("/nonexistent/program"), &mut || ()).is_err());
    }
}
