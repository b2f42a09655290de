//! What runs are called where several stand side by side.

use std::collections::HashSet;

use super::FinishedRun;

/// A name for each run that no other has: the model or the name of its directory; both where two have the same model;
/// and a number where that is not enough.
pub(super) fn unique(runs: &[FinishedRun]) -> Vec<String> {
    let own: Vec<(String, String)> =
        runs.iter().map(|run| (run.results.title(), run.results.name.clone())).collect();
    distinct(&own)
}

/// As [`unique`], for runs that are called so elsewhere, and whose directories have these names.
pub fn distinct(own: &[(String, String)]) -> Vec<String> {
    let mut taken = HashSet::new();
    own.iter()
        .map(|(title, name)| {
            let is_shared = own.iter().filter(|(other, _)| other == title).count() > 1;
            let wanted = if is_shared && title != name { format!("{title} ({name})") } else { title.clone() };
            let numbered = (2_u32..).map(|number| format!("{wanted} {number}"));
            std::iter::once(wanted.clone())
                .chain(numbered)
                .find(|candidate| taken.insert(candidate.clone()))
                .expect("there are more numbers than runs")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn no_two_runs_have_one_name() {
        let own = [
            ("m", "m-1"),
            ("m", "m-2"),
            ("m", "m-2"),
            ("alone", "somewhere"),
            ("samples", "samples"),
            ("samples", "samples"),
        ]
        .map(|(title, name)| (title.to_owned(), name.to_owned()));
        assert_eq!(distinct(&own), ["m (m-1)", "m (m-2)", "m (m-2) 2", "alone", "samples", "samples 2"]);
    }
}
