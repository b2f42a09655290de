//! Why a package can not be had.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Registry, Sha256};

/// Why a package can not be had. Each message says what to do.
#[derive(Debug, Error)]
pub enum PackageError {
    /// No Python that can make environments was found.
    #[error("no Python found (tried: {tried}); install Python 3.9 or newer, or set KARAT_PYTHON to one")]
    NoPython {
        /// What was tried.
        tried: String,
    },
    /// Python lacks the modules that make an environment with pip in it.
    #[error(
        "{python} can not make a virtual environment with pip in it; on Debian or Ubuntu install python3-venv. It \
         said:\n{said}"
    )]
    NoPip {
        /// The Python.
        python: String,
        /// The end of what it wrote.
        said: String,
    },
    /// The npm that the user names does not run.
    #[error(
        "KARAT_NPM={named} does not run; set it to an npm of version 7 or newer, or unset it and Karat fetches one"
    )]
    NoNpm {
        /// What the variable holds.
        named: String,
    },
    /// There is no npm, and none could be fetched.
    #[error(
        "{package} is a package of npm, which is not installed, and none can be fetched in its place; install Node.js with \
         npm, or set KARAT_NPM to an npm"
    )]
    NpmNotFetched {
        /// The package that was wanted.
        package: String,
        /// Why not.
        source: Box<PackageError>,
    },
    /// There is no cargo.
    #[error(
        "{package} is a package of crates.io, and no cargo to fetch it with was found (tried: {tried}); install Rust, or \
         set KARAT_CARGO to a cargo"
    )]
    NoCargo {
        /// The package that was wanted.
        package: String,
        /// What was tried.
        tried: String,
    },
    /// The registry does not answer.
    #[error(
        "{tool} can not fetch {package}: the package registry can not be reached. Check the network, or the proxy and \
         registry that {tool} is set to use; it said:\n{said}"
    )]
    Unreachable {
        /// `pip`, `npm` or `cargo`.
        tool: &'static str,
        /// The package.
        package: String,
        /// The end of what the tool wrote.
        said: String,
    },
    /// The registry answers, but the tool can not install the package.
    #[error(
        "{tool} can not fetch {package}. If it is set to use another registry, that may not have it. It said:\n{said}"
    )]
    Refused {
        /// `pip`, `npm` or `cargo`.
        tool: &'static str,
        /// The package.
        package: String,
        /// The end of what the tool wrote.
        said: String,
    },
    /// The archive is another one than the pinned.
    #[error(
        "what {registry} gave for {package} is not the file that this version of Karat was made for (its sha256: {got}). \
         Nothing of it was used. A mirror or proxy may have changed it; try again without, or report it"
    )]
    WrongDigest {
        /// Where it came from.
        registry: Registry,
        /// The package.
        package: String,
        /// The digest of what came, or the tool's word for it.
        got: String,
    },
    /// There is no space.
    #[error(
        "the disk is full: {package} needs {needed} in {} while it is unpacked. Make room, or set KARAT_CACHE_DIR to a \
         directory on another disk", path.display()
    )]
    DiskFull {
        /// The package.
        package: String,
        /// How many bytes are needed, for people.
        needed: String,
        /// Where.
        path: PathBuf,
    },
    /// The archive is not as its pins say.
    #[error("the archive of {package}, {}: {message}", crate::shown::shown(member))]
    Archive {
        /// The package.
        package: String,
        /// The path in the archive.
        member: String,
        /// What is wrong.
        message: String,
    },
    /// A file can not be made of what was fetched.
    #[error("can not make {}: {message}", crate::shown::shown(file))]
    Made {
        /// Its name.
        file: String,
        /// Why not.
        message: String,
    },
    /// A file can not be read or written.
    #[error("{action} {}: {error}", path.display())]
    File {
        /// What was to be done.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it could not be.
        error: io::Error,
    },
}

impl PackageError {
    /// The same with what is known of a full disk: the package that needs room, how much, and where.
    pub(super) fn with_need(self, package: &super::Package, path: &Path) -> PackageError {
        let is_full = match &self {
            PackageError::File { error, .. } => is_full(error),
            PackageError::Refused { said, .. } | PackageError::NoPip { said, .. } => says_full(said),
            PackageError::Unreachable { said, .. } => says_full(said),
            _ => false,
        };
        if !is_full {
            return self;
        }
        let unpacked: u64 = package.members.iter().map(|member| member.bytes).sum();
        let needed = crate::shown::bytes(package.bytes() + unpacked);
        PackageError::DiskFull { package: package.label(), needed, path: path.to_owned() }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn says_full(said: &str) -> bool {
    ["No space left on device", "ENOSPC", "Disk quota exceeded", "EDQUOT"]
        .iter()
        .any(|sign| said.contains(sign))
}

pub(crate) fn file_error<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl Fn(io::Error) -> PackageError + use<'a> {
    move |error| PackageError::File { action, path: path.to_owned(), error }
}

/// Of a digest that is not one of the pinned.
pub(super) fn wrong_digest(package: &super::Package, got: Sha256) -> PackageError {
    PackageError::WrongDigest { registry: package.registry, package: package.label(), got: got.to_string() }
}
