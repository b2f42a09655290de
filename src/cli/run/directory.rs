//! Which directory a run is recorded in: a new one, or that of the run that is resumed.

use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::Map;

use super::ModelRun;
use super::pipeline::Progress;
use crate::cli::executor::{RUNS, free_directory, newest_run};
use crate::complete::model::{GgufModel, ModelSpec, ServerEngine};
use crate::record::{GrowingRun, ModelIdentity, RunManifest};
use crate::shown::shown;

/// A run's directory and what it holds.
pub struct Record {
    pub run: GrowingRun,
    pub progress: Progress,
    /// Samples that were answered before this began.
    pub resumed: u64,
}

/// Begins the run, or goes on with the one that was interrupted.
pub fn begin_or_resume(of: &ModelRun<'_>, question: RunManifest) -> anyhow::Result<Record> {
    let arguments = of.arguments;
    let resumed = if arguments.resume { to_resume(arguments.run_dir.as_deref(), &question)? } else { None };
    let Some(path) = resumed else {
        let path = arguments.run_dir.clone().unwrap_or_else(|| {
            free_directory(&format!("{RUNS}/{}-{}", slug(&of.set.name), slug(&name(of.model))))
        });
        let run = GrowingRun::begin(path, question)?;
        return Ok(Record { run, progress: Progress::default(), resumed: 0 });
    };
    let mut progress = Progress::default();
    let mut judged = Vec::new();
    let run = GrowingRun::resume(
        path,
        |at, answered| {
            progress.add_answer(of.set, at, &answered);
        },
        |at, program| judged.push((at, program)),
    )?;
    for (at, program) in &judged {
        progress.add_judged(of.set, *at, program);
    }
    let resumed = progress.answers();
    Ok(Record { run, progress, resumed })
}

/// The run to go on with: in the directory that was named, or the newest below `runs/` that asks the same.
fn to_resume(named: Option<&Path>, question: &RunManifest) -> anyhow::Result<Option<PathBuf>> {
    if let Some(path) = named {
        if !GrowingRun::is_at(path) {
            return Ok(None);
        }
        if let Some(what) = difference(&GrowingRun::question_of(path)?, question) {
            bail!(
                "{} is a run with other {what}; name another directory with --run-dir, or leave out --resume",
                shown(path.display())
            );
        }
        return Ok(Some(path.to_owned()));
    }
    Ok(newest_run(".", |path| Ok(difference(&GrowingRun::question_of(path)?, question).is_none())))
}

/// What makes two questions different, if anything does.
fn difference(recorded: &RunManifest, asked: &RunManifest) -> Option<String> {
    match recorded.differences(asked).into_iter().next() {
        Some(difference) => Some(difference.what),
        None => {
            let question = |manifest: &RunManifest| {
                manifest.model.clone().map(|model| ModelIdentity { resources: Map::new(), ..model })
            };
            let differ = question(recorded) != question(asked);
            differ.then(|| "model, parameters or prompts".to_owned())
        }
    }
}

/// What a model is called in names of directories.
fn name(model: &ModelSpec) -> String {
    match model {
        ModelSpec::OpenAi { name, .. }
        | ModelSpec::Anthropic { name }
        | ModelSpec::Gemini { name }
        | ModelSpec::Server { name, .. }
        | ModelSpec::Gguf { model: GgufModel::Installed(name), .. } => name.clone(),
        // What is there may be a file or a folder, of which the last part is the name.
        ModelSpec::Managed { engine: ServerEngine::LlamaServer, name, .. } => stem(Path::new(name)),
        ModelSpec::Managed { name, .. } if name.starts_with(['/', '.']) => stem(Path::new(name)),
        ModelSpec::Managed { name, .. } => name.clone(),
        ModelSpec::Gguf { model: GgufModel::File(path), .. } => stem(path),
        ModelSpec::Replay { path } => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.split('.').find(|part| !part.is_empty()).unwrap_or("replay").to_owned()
        }
        ModelSpec::Reference => "reference".to_owned(),
        ModelSpec::Command { line } => {
            let program = line.split_whitespace().next().unwrap_or("command");
            Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned()
        }
    }
}

/// The name of a model's file, without its ending.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gguf").unwrap_or(&name);
    if name.is_empty() { "model".to_owned() } else { name.to_owned() }
}

/// A text as a part of a file's name.
fn slug(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '+' => character,
            _ => '-',
        })
        .collect();
    let kept = kept.trim_matches(['-', '.']);
    if kept.is_empty() { "run".to_owned() } else { kept.to_owned() }
}
