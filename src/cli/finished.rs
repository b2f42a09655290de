//! Of several runs, those that are finished: what several commands take.

use std::path::Path;

use super::lines::tell;
use crate::report::leaderboard::LeaderboardError;
use crate::report::printable;
use crate::report::results::ResultsError;

/// An error that may be that a run is not finished.
pub(super) trait MayBeUnfinished: std::error::Error + Send + Sync + 'static {
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

/// The runs that could be opened. Those that are not finished are left out, and named on standard error, where `least`
/// others remain.
///
/// # Errors
///
/// The first that says otherwise, or that one is not finished where too few are.
pub(super) fn finished_ones<T, E: MayBeUnfinished>(
    opened: impl IntoIterator<Item = Result<T, E>>,
    least: usize,
) -> Result<Vec<T>, E> {
    let (mut runs, mut unfinished) = (Vec::new(), Vec::new());
    for one in opened {
        match one {
            Ok(run) => runs.push(run),
            Err(error) if error.unfinished().is_some() => unfinished.push(error),
            Err(error) => return Err(error),
        }
    }
    let names: Vec<String> = unfinished
        .iter()
        .filter_map(|error| Some(error.unfinished()?.file_name()?.to_string_lossy().into_owned()))
        .collect();
    if runs.len() < least && !unfinished.is_empty() {
        return Err(unfinished.swap_remove(0));
    }
    if !names.is_empty() {
        let which = printable(&names.join(", "));
        tell(&format!("note: left out, since not finished: {which} (`karat show RUN` says how to go on)"));
    }
    Ok(runs)
}
