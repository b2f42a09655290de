//! What `karat score` writes: the summary, the export, the failures of a task.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::Format;
use crate::cli::lines;
use crate::evaluate::Scored;
use crate::evaluate::answer_endings::is_zero;
use crate::evaluate::summary::{Scores, Summary};
use crate::judge::verdict::{Judging, Verdict, VerdictKind};
use crate::problem::{ProblemSet, TaskId};
use crate::record::{RunDirectory, RunManifest, VerdictRecord};
use crate::report::limits::LimitTexts;
use crate::report::site::plural;
use crate::report::{sample, terminal};

/// The result of a run for standard output.
#[derive(Debug, Serialize)]
pub(crate) struct ScoreOutput {
    run: String,
    /// What the run is called, where it was given a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    problem_set: String,
    judging: Judging,
    limits: String,
    /// Lines of the input that were left out as invalid.
    skipped_lines: u64,
    /// Samples of problems outside of the dates asked for.
    #[serde(skip_serializing_if = "is_zero")]
    outside_dates: u64,
    /// What the set's loader had to tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// Verdicts taken over from an interrupted run.
    resumed_verdicts: u64,
    /// Completions with a fence of Markdown that did not pass.
    #[serde(skip_serializing_if = "is_zero")]
    fenced_failures: u64,
    /// Whether the interpreter behaves as the reference build does.
    reference_interpreter: bool,
    #[serde(flatten)]
    summary: Summary,
}

impl ScoreOutput {
    /// The result of a finished run.
    pub(crate) fn new(scored: &Scored, set: &ProblemSet) -> Self {
        let Scored { run, summary, left_out, resumed, fenced, is_reference } = scored;
        let manifest = run.manifest();
        ScoreOutput {
            run: run.path().display().to_string(),
            name: manifest.name.clone(),
            problem_set: manifest.problems.name.clone(),
            judging: manifest.judging,
            limits: describe_limits(manifest),
            skipped_lines: left_out.invalid,
            outside_dates: left_out.outside_dates,
            notes: set.notes.clone(),
            resumed_verdicts: *resumed,
            fenced_failures: *fenced,
            reference_interpreter: *is_reference,
            summary: summary.clone(),
        }
    }

    /// The scores.
    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Whether the harness failed on a completion.
    pub(crate) fn has_inconclusive(&self) -> bool {
        let inconclusive = |scores: &Scores| scores.verdicts.contains_key(&VerdictKind::Inconclusive);
        [&self.summary.sealed, &self.summary.compat].into_iter().flatten().any(inconclusive)
    }

    /// Writes it to standard output.
    pub(crate) fn print(&self, format: Format) -> io::Result<()> {
        let mut out = lines::stdout(format);
        match format {
            Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(self)?),
            Format::Table => {
                write!(out, "{}", terminal::summary(&self.summary))?;
                if self.skipped_lines > 0 {
                    writeln!(
                        out,
                        "Left out of the samples, being malformed or of an unknown task: {}.",
                        plural(self.skipped_lines, "sample")
                    )?;
                }
                if self.outside_dates > 0 {
                    writeln!(
                        out,
                        "Of problems outside of --from and --to, and so not judged: {}.",
                        plural(self.outside_dates, "sample")
                    )?;
                }
                for note in &self.notes {
                    writeln!(out, "{}: {note}.", self.problem_set)?;
                }
                if self.resumed_verdicts > 0 {
                    writeln!(out, "Verdicts from before the run was resumed: {}.", self.resumed_verdicts)?;
                }
                if self.fenced_failures > 0 {
                    writeln!(
                        out,
                        "{} that did not pass {} fences (```): if these are a chat model's answers, --extract takes the \
                         programs out of them.",
                        plural(self.fenced_failures, "completion"),
                        if self.fenced_failures == 1 { "has" } else { "have" }
                    )?;
                }
                if !self.reference_interpreter {
                    writeln!(
                        out,
                        "This machine's interpreter is not the reference build: `karat runners verify` says how."
                    )?;
                }
                let called = self.name.as_ref().map(|name| format!("{name}, in ")).unwrap_or_default();
                writeln!(out, "limits: {}\nrun: {called}{}", self.limits, self.run)
            }
        }
    }
}

fn describe_limits(manifest: &RunManifest) -> String {
    let LimitTexts { fuel, memory, output } = LimitTexts::of(manifest);
    format!("{fuel} · {memory} of memory · output of {output}")
}

/// Shows every completion of the named tasks that did not pass.
pub(crate) fn print_failures(tasks: &[TaskId], set: &ProblemSet, run: &RunDirectory) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for task in tasks {
        let (mut judged, mut shown) = (0_u64, 0_u64);
        for (recorded, verdict) in run.completions()?.zip(run.verdicts()?) {
            let VerdictRecord { task_id, judgements, .. } = verdict?.record;
            let completion = recorded?.completion;
            if task_id != *task {
                continue;
            }
            judged += 1;
            for (judging, judgement) in judgements.each() {
                if judgement.verdict != Verdict::Passed {
                    shown += 1;
                    let problem = set.problem(task_id.as_str())?;
                    write!(out, "\n{}", sample::failure(&problem, &completion, judging, judgement))?;
                }
            }
        }
        match (judged, shown) {
            (0, _) => writeln!(out, "\n{task}: there is no completion of it.")?,
            (_, 0) => writeln!(out, "\n{task}: every completion passed.")?,
            _ => {}
        }
    }
    Ok(())
}
