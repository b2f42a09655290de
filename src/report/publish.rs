//! Puts a leaderboard into its place: whole or not at all, and never over something that Karat did not write.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::site::{GENERATOR, OPENING, SiteError};

/// What a leaderboard has in its folder.
const OWN: [&str; 11] = [
    "index.html",
    OPENING,
    "problems.html",
    "run",
    "problem",
    "style.css",
    "script.js",
    "leaderboard.csv",
    "leaderboard.md",
    "leaderboard.json",
    "leaderboard.parquet",
];

/// The file by which a folder is known to be a leaderboard.
const MARKER: &str = "leaderboard.json";

/// Why a leaderboard could not be put into its place. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder holds something else.
    #[error(
        "{}: is there already and is no leaderboard that karat wrote; choose a folder that is empty or not there",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is a leaderboard, and somebody put something else there.
    #[error(
        "{}: {file} in it is no part of a leaderboard and would be lost; write into another folder and copy from there",
        path.display()
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What does not belong there.
        file: String,
    },
    /// The system refused.
    #[error("can not {doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The leaderboard can not be written.
    #[error(transparent)]
    Site(#[from] SiteError),
}

/// Lets `write` fill a new folder beside `out` and then moves that to `out`, in the place of an older leaderboard.
///
/// # Errors
///
/// When there is something else at `out` ([`check`]), `write` fails, or the system refuses. `out` is then as it was.
pub fn publish(out: &Path, write: impl FnOnce(&Path) -> Result<(), SiteError>) -> Result<(), PublishError> {
    check(out)?;
    let failed = |doing, path: &Path| {
        let path = path.to_owned();
        move |source| PublishError::Io { doing, path, source }
    };
    // What a symbolic link leads to is replaced, not the link.
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed("make", parent))?;
    let beside = tempfile::Builder::new()
        .prefix(".karat-report-")
        .tempdir_in(parent)
        .map_err(failed("make a folder in", parent))?;
    // A folder within, since the one around it is closed to other users.
    let new = beside.path().join("new");
    write(&new)?;
    let old = beside.path().join("old");
    let replaces = out.exists();
    if replaces {
        fs::rename(&out, &old).map_err(failed("move away the old", &out))?;
    }
    fs::rename(&new, &out).map_err(|source| {
        if replaces {
            let _ = fs::rename(&old, &out); // the error that led here says more
        }
        failed("move the leaderboard to", &out)(source)
    })
    // The old one goes with the folder beside.
}

/// Whether a leaderboard may be put at `out`: there is nothing, an empty folder, or a leaderboard and nothing else.
///
/// # Errors
///
/// When it may not, or that can not be told.
pub fn check(out: &Path) -> Result<(), PublishError> {
    let failed = |source| PublishError::Io { doing: "read", path: out.to_owned(), source };
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return Err(PublishError::NotOurs { path: out.to_owned() });
        }
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    if names.is_empty() {
        return Ok(());
    }
    if !is_leaderboard(&out.join(MARKER)) {
        return Err(PublishError::NotOurs { path: out.to_owned() });
    }
    match names.into_iter().find(|name| !OWN.contains(&name.as_str())) {
        Some(file) => Err(PublishError::Foreign { path: out.to_owned(), file }),
        None => Ok(()),
    }
}

fn is_leaderboard(marker: &Path) -> bool {
    #[derive(Deserialize)]
    struct Marker {
        generator: String,
    }
    let content = fs::read(marker).unwrap_or_default();
    serde_json::from_slice::<Marker>(&content).is_ok_and(|marker| marker.generator == GENERATOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(content: &'static str) -> impl FnOnce(&Path) -> Result<(), SiteError> {
        move |folder| {
            fs::create_dir_all(folder.join("run")).unwrap();
            fs::write(folder.join("index.html"), content).unwrap();
            fs::write(folder.join(MARKER), format!("{{\"generator\": {GENERATOR:?}}}")).unwrap();
            Ok(())
        }
    }

    #[test]
    fn a_leaderboard_replaces_a_leaderboard_and_leaves_nothing_beside() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("deep/site");
        publish(&out, write("one")).unwrap();
        publish(&out, write("two")).unwrap();
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "two");
        assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_one() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("site");
        publish(&out, write("one")).unwrap();
        let failing = |_: &Path| Err(SiteError::HeadToHead { runs: 1 });
        assert!(matches!(publish(&out, failing), Err(PublishError::Site(_))));
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "one");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_others_wrote_stays() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("site");
        fs::create_dir(&out).unwrap();
        publish(&out, write("one")).unwrap();
        fs::write(out.join("CNAME"), "example.org").unwrap();
        let error = publish(&out, write("two")).unwrap_err();
        assert!(matches!(&error, PublishError::Foreign { file, .. } if file == "CNAME"), "{error}");
        fs::write(directory.path().join("file"), "x").unwrap();
        for path in [directory.path().join("file"), directory.path().to_owned()] {
            assert!(matches!(publish(&path, write("two")), Err(PublishError::NotOurs { .. })));
        }
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "one");
    }
}
