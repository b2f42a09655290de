//! Of several runs, those that are finished: what comparisons and leaderboards take.

use std::path::Path;

use super::leaderboard::LeaderboardError;
use super::results::ResultsError;

/// An error that may be that a run is not finished.
pub trait MayBeUnfinished: std::error::Error + Send + Sync + 'static {
    /// The run's directory, if it is that.
    fn unfinished(&self) -> Option<&Path>;
}

impl MayBeUnfinished for ResultsError {
    fn unfinished(&self) -> Option<&Path> {
        ResultsError::unfinished(self)
    }
}

impl MayBeUnfinished for LeaderboardError {
    fn unfinished(&self) -> Option<&Path> {
        match self {
            LeaderboardError::Results(error) => error.unfinished(),
            LeaderboardError::Record(error) => error.unfinished(),
            _ => None,
        }
    }
}

/// Runs that are finished, and the names of those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedOnes<T> {
    /// The finished ones.
    pub runs: Vec<T>,
    /// What the others are called.
    pub left_out: Vec<String>,
}

/// The runs that could be opened. Those that are not finished are left out where `least` others remain.
///
/// # Errors
///
/// The first that says otherwise, or that one is not finished where too few are.
pub fn finished_ones<T, E: MayBeUnfinished>(
    opened: impl IntoIterator<Item = Result<T, E>>,
    least: usize,
) -> Result<FinishedOnes<T>, E> {
    let (mut runs, mut unfinished) = (Vec::new(), Vec::new());
    for one in opened {
        match one {
            Ok(run) => runs.push(run),
            Err(error) if error.unfinished().is_some() => unfinished.push(error),
            Err(error) => return Err(error),
        }
    }
    let name = |error: &E| Some(error.unfinished()?.file_name()?.to_string_lossy().into_owned());
    let left_out = unfinished.iter().filter_map(name).collect();
    if runs.len() < least && !unfinished.is_empty() {
        return Err(unfinished.swap_remove(0));
    }
    Ok(FinishedOnes { runs, left_out })
}
