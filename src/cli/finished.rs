//! Of several runs, those that are finished: what several commands take.

use super::lines::tell;
use crate::report::finished::{self, FinishedOnes, MayBeUnfinished};
use crate::report::printable;

/// The runs that are finished, `least` of them or more. Others are named on standard error.
///
/// # Errors
///
/// As [`finished::finished_ones`].
pub(super) fn finished_ones<T, E: MayBeUnfinished>(
    opened: impl IntoIterator<Item = Result<T, E>>,
    least: usize,
) -> Result<Vec<T>, E> {
    let FinishedOnes { runs, left_out } = finished::finished_ones(opened, least)?;
    if !left_out.is_empty() {
        let which = printable(&left_out.join(", "));
        tell(&format!("note: left out, since not finished: {which} (`karat show RUN` says how to go on)"));
    }
    Ok(runs)
}
