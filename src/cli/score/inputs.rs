//! From arguments and files to a run that is ready to execute: everything that can be wrong with the input is found
//! here, before anything runs.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::bail;

use super::ScoreArguments;
use crate::cli::executor::{RUNS, free_directory, newest_run};
use crate::complete::Form;
use crate::complete::extract::{AnswerKind, extract};
use crate::complete::samples::{SampleError, SampleTask, Samples, Tasks};
use crate::judge::verdict::Verdict;
use crate::problem::{Problem, ProblemSet, TaskId};
use crate::record::{
    CompletionIndex, CompletionWriter, NewRun, RunDirectory, RunManifest, VerdictLog, VerdictRecord,
};
use crate::shown::shown;

/// Samples that are not judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeftOut {
    /// Malformed, or of an unknown task, and left out since that was asked for.
    pub invalid: u64,
    /// Of problems outside of the dates that were asked for.
    pub outside_dates: u64,
}

/// A run that can be executed.
pub struct Prepared {
    /// The log of its verdicts, and with it the run.
    pub log: VerdictLog,
    /// The k's to score.
    pub ks: Vec<u64>,
    /// Samples that were left out.
    pub left_out: LeftOut,
    /// Verdicts that an interrupted run left.
    pub resumed: u64,
}

/// Reads the samples into a new run directory, or finds the run to resume.
pub fn prepare(
    arguments: &ScoreArguments,
    set: &ProblemSet,
    outside: &HashSet<TaskId>,
) -> anyhow::Result<Prepared> {
    let staging = staging_directory(arguments)?;
    let mut writer = RunDirectory::create(&staging)?;
    let left_out = read_samples(arguments, set, outside, &mut writer)?;
    let ks = check_counts(arguments, set, writer.index())?;
    let new_run = writer.close()?;
    let samples = arguments.samples.as_ref().map(|path| path.display().to_string());
    let mut manifest = arguments.judge.manifest(set, &arguments.problems, samples, None, ks.clone())?;
    new_run.digest().clone_into(&mut manifest.samples.digest);
    let (log, resumed) = start_or_resume(arguments, new_run, manifest)?;
    Ok(Prepared { log, ks, left_out, resumed })
}

fn start_or_resume(
    arguments: &ScoreArguments,
    new_run: NewRun,
    manifest: RunManifest,
) -> anyhow::Result<(VerdictLog, u64)> {
    if !arguments.resume {
        return Ok((new_run.start(manifest)?.verdict_log(|_| true)?, 0));
    }
    let Some(path) = run_to_resume(arguments, &manifest)? else {
        return Ok((new_run.start(manifest)?.verdict_log(|_| true)?, 0));
    };
    drop(new_run);
    // An inconclusive verdict is the harness's failure: it is judged again.
    let conclusive = |record: &VerdictRecord| {
        [&record.sealed, &record.compat]
            .into_iter()
            .flatten()
            .all(|judgement| !matches!(judgement.verdict, Verdict::Inconclusive { .. }))
    };
    let log = RunDirectory::resume(&path)?.verdict_log(conclusive)?;
    let done = log.done().len();
    Ok((log, done))
}

/// The directory of the run to resume: the one that was named, or the newest below `runs/` that judges the same.
fn run_to_resume(arguments: &ScoreArguments, manifest: &RunManifest) -> anyhow::Result<Option<PathBuf>> {
    if let Some(path) = &arguments.run_dir {
        if !path.join("run.json").exists() {
            return Ok(None);
        }
        if let Some(difference) = difference(&RunDirectory::manifest_of(path)?, manifest) {
            bail!(
                "{} is a run with other {difference}; name another directory with --run-dir, or leave out --resume",
                shown(path.display())
            );
        }
        return Ok(Some(path.clone()));
    }
    Ok(newest_run("run.json", |path| Ok(difference(&RunDirectory::manifest_of(path)?, manifest).is_none())))
}

/// What makes two runs different, if anything does. How a file is called and which k's were asked for does not.
fn difference(recorded: &RunManifest, asked: &RunManifest) -> Option<String> {
    match recorded.differences(asked).into_iter().next() {
        Some(difference) => Some(difference.what),
        None => (recorded.samples.digest != asked.samples.digest).then(|| "samples".to_owned()),
    }
}

/// Where a new run goes: the directory that was named, or the first of `runs/NAME`, `runs/NAME-2`, … that is free.
/// With `--resume`, a place aside: only if there is nothing to resume does it become a run.
fn staging_directory(arguments: &ScoreArguments) -> anyhow::Result<PathBuf> {
    if let Some(path) = &arguments.run_dir {
        if arguments.resume && path.join("run.json").exists() {
            return Ok(free_directory(&format!("{}-resuming", path.display())));
        }
        return Ok(path.clone());
    }
    let name = match &arguments.samples {
        None => "reference".to_owned(),
        Some(path) if path.as_os_str() == "-" => "stdin".to_owned(),
        Some(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.split('.').find(|part| !part.is_empty()).unwrap_or("samples").to_owned()
        }
    };
    Ok(free_directory(&format!("{RUNS}/{name}")))
}

/// Takes all samples into the run directory. Tells how many were left out.
fn read_samples(
    arguments: &ScoreArguments,
    set: &ProblemSet,
    outside: &HashSet<TaskId>,
    writer: &mut CompletionWriter,
) -> anyhow::Result<LeftOut> {
    let Some(path) = &arguments.samples else {
        let without: Vec<&str> = set
            .entries()
            .filter(|(_, entry)| !entry.has_reference)
            .map(|(task_id, _)| task_id.as_str())
            .collect();
        if !without.is_empty() && !arguments.allow_partial {
            bail!(
                "{}: {} of {} problems have no reference solution: {}; --allow-partial scores the others",
                shown(arguments.problems.display()),
                without.len(),
                set.len(),
                some_of(&without)
            );
        }
        for problem in set.problems() {
            let problem = problem?;
            if let Some(reference) = problem.reference() {
                writer.append(&problem.task_id, &reference.source, Form::Continuation)?;
            }
        }
        return Ok(LeftOut::default());
    };
    let mut left_out = LeftOut::default();
    let tasks = Tasks::of(set);
    let mut programs = Programs { set, last: None };
    let samples = if arguments.raw { Samples::open_raw(path)? } else { Samples::open(path)? };
    for sample in samples {
        let sample = match sample {
            Ok(sample) => sample,
            Err(error) if arguments.skip_invalid && is_skippable(&error) => {
                left_out.invalid += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if let (SampleTask::Position(_), false) = (&sample.task, outside.is_empty()) {
            bail!(
                "{}: the samples go by the order of the whole set; leave out --from and --to, or name their tasks",
                shown(path.display())
            );
        }
        match (tasks.find(&sample.task), &sample.task) {
            (Some(task_id), _) if arguments.raw => {
                let (form, text) = programs.extract(task_id, &sample.completion)?;
                writer.append(task_id, &text, form)?;
            }
            (Some(task_id), _) => {
                let upstream = sample.upstream_solution.as_deref();
                writer.append_with_upstream(task_id, &sample.completion, sample.form, upstream)?;
            }
            (None, SampleTask::Named(name) | SampleTask::Part(name, _)) if outside.contains(name) => {
                left_out.outside_dates += 1
            }
            (None, _) if arguments.skip_invalid => left_out.invalid += 1,
            (None, SampleTask::Named(name) | SampleTask::Part(name, _)) => bail!(
                "{}, {}: field `task_id`: the problem set {} has no task `{name}`; give the problem set that the \
                 samples were made for, or leave such lines out with --skip-invalid",
                shown(path.display()),
                sample.place,
                set.name
            ),
            (None, SampleTask::Position(position)) => bail!(
                "{}, {}: is for problem {} of the set {}, which has {}; give the problem set that the samples were made \
                 for, or leave such records out with --skip-invalid",
                shown(path.display()),
                sample.place,
                position + 1,
                set.name,
                set.len()
            ),
        }
    }
    Ok(left_out)
}

/// Whether what follows a faulty sample can still be read.
fn is_skippable(error: &SampleError) -> bool {
    matches!(error, SampleError::Program { .. }) || error.skippable().is_some()
}

/// Takes programs out of answers. Those to one problem mostly come one after another.
struct Programs<'a> {
    set: &'a ProblemSet,
    last: Option<Problem>,
}

impl Programs<'_> {
    /// The program in an answer, an empty one if there is none.
    fn extract(&mut self, task_id: &TaskId, answer: &str) -> anyhow::Result<(Form, String)> {
        let problem = match self.last.take() {
            Some(problem) if problem.task_id == *task_id => problem,
            _ => self.set.problem(task_id.as_str())?,
        };
        let extracted = extract(self.last.insert(problem), answer, AnswerKind::Chat);
        Ok(extracted.map_or((Form::Program, String::new()), |found| (found.form, found.text)))
    }
}

/// Checks that there are enough samples, and settles which k's are scored.
fn check_counts(
    arguments: &ScoreArguments,
    set: &ProblemSet,
    index: &CompletionIndex,
) -> anyhow::Result<Vec<u64>> {
    let source = arguments.samples.as_ref().map_or("the reference".into(), |path| path.display().to_string());
    if index.is_empty() {
        bail!("{source}: there are no completions to score");
    }
    let samples = |task_id: &str| index.samples(task_id);
    let missing: Vec<&str> =
        set.task_ids().map(|task_id| task_id.as_str()).filter(|task_id| samples(task_id) == 0).collect();
    if !missing.is_empty() && !arguments.allow_partial {
        bail!(
            "{source}: {} of {} problems have no completion: {}; add them, or score what is there with --allow-partial",
            missing.len(),
            set.len(),
            some_of(&missing)
        );
    }
    let fewest = index.tasks().map(|(_, count)| count).min().unwrap_or(0);
    let most = index.tasks().map(|(_, count)| count).max().unwrap_or(0);
    if arguments.judge.k.is_empty() {
        return Ok([1, 10, 100].into_iter().filter(|k| *k <= fewest).collect());
    }
    let mut ks = arguments.judge.k.clone();
    ks.sort_unstable();
    ks.dedup();
    for &k in &ks {
        let few: Vec<&str> =
            index.tasks().filter(|(_, count)| *count < k).map(|(task_id, _)| task_id.as_str()).collect();
        if k > most {
            bail!("{source}: pass@{k} needs {k} samples a problem, and no problem has more than {most}");
        }
        if !few.is_empty() && !arguments.allow_partial {
            bail!(
                "{source}: pass@{k} needs {k} samples a problem, and these have fewer: {}; choose a smaller --k, or score \
                 the problems that have enough with --allow-partial",
                some_of(&few)
            );
        }
    }
    Ok(ks)
}

fn some_of(task_ids: &[&str]) -> String {
    const SHOWN: usize = 5;
    let mut text = task_ids.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if task_ids.len() > SHOWN {
        text.push_str(", …");
    }
    text
}
