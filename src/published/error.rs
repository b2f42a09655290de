//! Why a published set can not be had.

use std::io;
use std::path::PathBuf;

use super::VARIABLE;
use crate::package::Sha256;
use crate::shown::shown;

/// Why a set can not be had. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no place for it.
    #[error("there is no home directory to put problem sets into; set {VARIABLE} to a folder")]
    NoFolder,
    /// The file system refused.
    #[error("can not {action} {}", shown(path.display()))]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server can not be asked, or does not have it.
    #[error(
        "can not fetch {url}: {said}\nWithout a network, get that file on another machine and put it at {}; the same command \
         then checks it, and Karat finds it there",
        shown(to.display())
    )]
    Server {
        /// Where it is.
        url: String,
        /// Where it is to be.
        to: PathBuf,
        /// What went wrong.
        said: String,
    },
    /// What came is another file.
    #[error(
        "{url} is not the file that is known (sha256 {found}, and {wanted} is expected); nothing was kept. A proxy or a \
         mirror may have answered with something else"
    )]
    OtherBytes {
        /// Where it came from.
        url: String,
        /// Its digest.
        found: Sha256,
        /// The one that it should have.
        wanted: Sha256,
    },
    /// What lies there is another file.
    #[error(
        "{}: is not the file that is known as {set} (sha256 {found}, and {wanted} is expected); remove it, or give --replace",
        shown(path.display())
    )]
    OtherFile {
        /// Where the set is kept; what lies there is another file.
        path: PathBuf,
        /// The set.
        set: String,
        /// Its digest.
        found: Sha256,
        /// The one that it should have.
        wanted: Sha256,
    },
}
