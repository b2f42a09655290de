//! A run that is not worth keeping yet: until there is an answer or a verdict in it, its directory goes when it ends.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock::LOCK;
use super::names::{ANSWERS, COMPLETIONS, ERRORS, JUDGED, QUESTION, RUN, VERDICTS};

/// The directory of a run in which there is nothing yet. Dropping it removes what the run wrote there, and so it has to be
/// dropped before the lock is.
#[derive(Debug)]
pub(super) struct Unkept {
    path: PathBuf,
    /// Whether the directory was made for this run.
    made: bool,
    kept: bool,
}

impl Unkept {
    /// The directory at a path, which is removed, too, if it was `made` for the run.
    pub(super) fn new(path: &Path, made: bool) -> Unkept {
        Unkept { path: path.to_owned(), made, kept: false }
    }

    /// Something is in it: it stays from now on.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Unkept {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // In this order, so that what is left by a crash in between is a run, or is replaced by the next one. What can not be
        // removed does no harm.
        for file in [VERDICTS, ANSWERS, JUDGED, ERRORS, RUN, QUESTION, COMPLETIONS, LOCK] {
            let _ = fs::remove_file(self.path.join(file));
        }
        if self.made {
            let _ = fs::remove_dir(&self.path);
        }
    }
}
