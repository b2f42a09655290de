//! What `karat show` says of a run before its samples.

use std::fmt::Write;

use jiff::civil::Date;
use serde::Serialize;

use crate::evaluate::summary::Summary;
use crate::judge::verdict::Judging;
use crate::record::{RecordError, RunDirectory, unfinished};
use crate::report::limits::LimitTexts;
use crate::report::run_samples::{SampleFilter, SampleRow};
use crate::report::site::plural;
use crate::report::{fitting, printable, terminal};

/// A run, for people and programs.
#[derive(Debug, Serialize)]
pub(super) struct RunPage {
    /// Where it is.
    run: String,
    /// What it is called, where it was given a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    problem_set: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Date>,
    karat_version: String,
    judging: Judging,
    limits: String,
    completions: u64,
    /// The command that goes on with it.
    #[serde(skip)]
    resume: Option<String>,
    /// Whether every completion has a verdict and the scores are there.
    pub(super) finished: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<Summary>,
    /// The samples that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) samples: Option<Vec<SampleRow>>,
}

impl RunPage {
    /// What there is to say of a run.
    pub(super) fn new(run: &RunDirectory, note: Option<String>) -> Result<RunPage, RecordError> {
        let manifest = run.manifest();
        let LimitTexts { fuel, memory, output } = LimitTexts::of(manifest);
        let scores: Option<Summary> = run.scores()?;
        Ok(RunPage {
            run: run.path().display().to_string(),
            name: manifest.name.clone(),
            problem_set: manifest.problems.name.clone(),
            format: manifest.problems.dataset.name(),
            model: manifest.model.as_ref().map(|model| model.model.title()),
            date: manifest.date,
            karat_version: manifest.karat_version.clone(),
            judging: manifest.judging,
            limits: format!("{fuel} · {memory} of memory · output of {output}"),
            completions: run.index().len(),
            resume: manifest.resume_command(),
            finished: scores.is_some(),
            note,
            scores,
            samples: None,
        })
    }

    /// It as text; with its scores where those are wanted.
    pub(super) fn text(&self, with_scores: bool) -> String {
        let mut out = String::new();
        let date = self.date.map(|date| date.to_string());
        let called =
            self.name.as_ref().map_or_else(|| self.run.clone(), |name| format!("{name} ({})", self.run));
        let lines = [
            ("run", Some(called)),
            ("set", Some(format!("{} ({})", self.problem_set, self.format))),
            ("model", self.model.clone()),
            ("date", date),
            ("karat", Some(self.karat_version.clone())),
            ("judging", Some(self.judging.name().to_owned())),
            ("limits", Some(self.limits.clone())),
        ];
        for (name, text) in lines {
            if let Some(text) = text {
                let line = format!("{name:<8} {}", printable(&text));
                let _ = writeln!(out, "{}", fitting::prose_behind(&line, 9));
            }
        }
        if let Some(note) = &self.note {
            let line = format!("{:<8} {}", "note", printable(note));
            let _ = writeln!(out, "{}", fitting::prose_behind(&line, 9));
        }
        match &self.scores {
            Some(scores) if with_scores => {
                out.push('\n');
                out.push_str(&terminal::summary(scores));
            }
            Some(_) => {}
            None => {
                let said = format!(
                    "{:<8} {} recorded, and not all of them judged: {}",
                    "note",
                    plural(self.completions, "completion"),
                    unfinished(self.resume.as_deref())
                );
                let _ = writeln!(out, "{}", fitting::prose(&said));
            }
        }
        out
    }
}

/// How many samples of a run, which may not be `finished`, were shown, and how to see others.
pub(super) fn ending(shown: u64, filter: &SampleFilter, finished: bool) -> String {
    let which = match (filter.verdicts.is_empty(), shown) {
        (true, 0) if !finished => {
            return "Nothing that is judged so far failed; --verdict all shows it.".to_owned();
        }
        (true, 0) => return "Every sample passed; --verdict all shows them.".to_owned(),
        (true, _) => "that did not pass; --verdict all shows the others, too",
        (false, 0) => return "No sample has such a verdict.".to_owned(),
        (false, _) => "with such a verdict",
    };
    format!("{} {which}.", plural(shown, "sample"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_of_a_finished_run_can_be_said_that_every_sample_passed() {
        let filter = SampleFilter::default();
        assert!(ending(0, &filter, true).starts_with("Every sample passed"));
        assert!(ending(0, &filter, false).starts_with("Nothing that is judged so far failed"));
        assert_eq!(ending(2, &filter, false), ending(2, &filter, true));
    }
}
