//! Fetching a set: over HTTP, bounded, checked by its digest, and put into its place whole.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use tracing::debug;

use super::{FetchError, PinnedSet};
use crate::files;
use crate::http_client;
use crate::package::Sha256;

/// The variable with the address of a folder that has the files by the names that they have in the data folder.
const MIRROR: &str = "KARAT_SETS_MIRROR";

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long nothing may come.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// A set that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its file.
    pub path: PathBuf,
    /// Whether it was there before.
    pub was_there: bool,
}

/// Whether the set's file is in a folder, judging by its name and length.
pub fn is_there(set: &PinnedSet, folder: &Path) -> bool {
    fs::metadata(set.path(folder)).is_ok_and(|file| file.is_file() && file.len() == set.bytes)
}

/// Puts a set into a folder, unless it is there. A file of its name that is another one is replaced only if that is
/// wanted. `on_bytes` is told how many bytes have come.
///
/// # Errors
///
/// When the file can not be had or written, or is not the one that is known.
pub fn fetch(
    set: &PinnedSet,
    folder: &Path,
    replace: bool,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Fetched, FetchError> {
    let mirror = env::var(MIRROR).ok().filter(|mirror| !mirror.is_empty());
    let url = match mirror {
        Some(base) => format!("{}/{}", base.trim_end_matches('/'), set.file.replace('+', "%2B")),
        None => set.url.clone(),
    };
    fetch_from(&url, set, folder, replace, on_bytes)
}

pub(super) fn fetch_from(
    url: &str,
    set: &PinnedSet,
    folder: &Path,
    replace: bool,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Fetched, FetchError> {
    let path = set.path(folder);
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |source| FetchError::File { action, path, source }
    };
    if path.exists() {
        let file = files::open_found(&path).map_err(failed("read", &path))?;
        let found = Sha256::of(file).map_err(failed("read", &path))?;
        if found == set.sha256 {
            return Ok(Fetched { path, was_there: true });
        }
        if !replace {
            return Err(FetchError::OtherFile { path, set: set.name.clone(), found, wanted: set.sha256 });
        }
    }
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    debug!(url, "fetching a problem set");
    let server = |said: String| FetchError::Server { url: url.to_owned(), to: path.clone(), said };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| server(error.to_string()))?;
    let bytes = runtime.block_on(body(url, set.bytes, on_bytes)).map_err(server)?;
    let found = Sha256::of(bytes.as_slice()).map_err(failed("read", &path))?;
    if found != set.sha256 {
        return Err(FetchError::OtherBytes { url: url.to_owned(), found, wanted: set.sha256 });
    }
    let write = |out: &mut std::io::BufWriter<_>| -> std::io::Result<()> { out.write_all(&bytes) };
    files::write_whole(&path, write).map_err(failed("write", &path))?;
    Ok(Fetched { path, was_there: false })
}

/// The file at an address, of at most `most` bytes; or what went wrong, in words.
async fn body(url: &str, most: u64, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, String> {
    let mut response = client(url)?.get(url).send().await.map_err(|error| http_client::words_of(&error))?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("the server says {status}"));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| http_client::words_of(&error))? {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(format!("it is longer than the {most} bytes that are known"));
        }
        bytes.extend_from_slice(&chunk);
        on_bytes(bytes.len() as u64);
    }
    Ok(bytes)
}

fn client(url: &str) -> Result<Client, String> {
    let url = url::Url::parse(url).map_err(|error| format!("it is no address ({error})"))?;
    let builder = http_client::builder(&url)
        .redirect(Policy::limited(MOST_REDIRECTS))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT);
    builder.build().map_err(|error| http_client::words_of(&error))
}
