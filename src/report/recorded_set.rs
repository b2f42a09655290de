//! The problem set that runs were made with: the one that is named, or the one where a run had it from.

use std::path::{Path, PathBuf};

use crate::evaluate::EvaluateError;
use crate::evaluate::rules::set_path;
use crate::problem::ProblemSet;
use crate::problem::load::{LoadError, load};
use crate::record::ProblemSetIdentity;
use crate::shown::{either, shown};

/// Why there is no problem set. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecordedSetError {
    /// There is no set of the name that was given.
    #[error(transparent)]
    Named(Box<EvaluateError>),
    /// The set that was named can not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The set that was named is another one.
    #[error(
        "{}: not the problem set of the runs (digest {found}, and the runs have {} with digest {digest})",
        shown(path.display()), shown(name)
    )]
    Other {
        /// The set that was named.
        path: PathBuf,
        /// Its digest.
        found: String,
        /// The name of the runs' set.
        name: String,
        /// Its digest.
        digest: String,
    },
    /// It is nowhere where a run had it.
    #[error(
        "the problem set {} of the runs (digest {digest}) {} {}; say with --problems where it is, or do without statements \
         with --without-problems",
        shown(name),
        what_became(*is_other),
        either(tried)
    )]
    Gone {
        /// The name of the set.
        name: String,
        /// Its digest.
        digest: String,
        /// Where it was looked for.
        tried: Vec<String>,
        /// Whether there is another set.
        is_other: bool,
    },
}

/// What became of a set that is not where a run had it.
pub fn what_became(is_other: bool) -> &'static str {
    if is_other { "was changed since: another one is at" } else { "is not, or no longer, at" }
}

/// The set that runs were made with, all of which had the same: at the place or of the name that is given, else where
/// one of the runs had it.
///
/// # Errors
///
/// When it is not there, or what is there is another one.
pub fn recorded_set(
    named: Option<&Path>,
    wanted: &ProblemSetIdentity,
    runs: &[&ProblemSetIdentity],
) -> Result<ProblemSet, RecordedSetError> {
    if let Some(named) = named {
        let path = set_path(named).map_err(|error| RecordedSetError::Named(Box::new(error)))?;
        let set = load(&path, Some(wanted.dataset))?;
        if set.digest == wanted.digest {
            return Ok(set);
        }
        let (found, name, digest) = (set.digest, wanted.name.clone(), wanted.digest.clone());
        return Err(RecordedSetError::Other { path, found, name, digest });
    }
    let (mut tried, mut is_other) = (Vec::<String>::new(), false);
    for ProblemSetIdentity { path, dataset, digest, .. } in runs {
        if tried.contains(path) {
            continue;
        }
        tried.push(path.clone());
        // What is wrong with another file of that name is not asked.
        match load(Path::new(path), Some(*dataset)) {
            Ok(set) if set.digest == *digest => return Ok(set),
            Ok(_) => is_other = true,
            Err(_) => {}
        }
    }
    let (name, digest) = (wanted.name.clone(), wanted.digest.clone());
    Err(RecordedSetError::Gone { name, digest, tried, is_other })
}
