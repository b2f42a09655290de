//! Which directory a run is recorded in: a new one, or that of the run that is resumed.

use std::path::{Path, PathBuf};

use tracing::debug;

use super::{EvaluateError, Event, Observer};
use crate::complete::model_spec::{GgufModel, ModelSpec, ServerEngine};
use crate::record::{GrowingRun, RecordError, RunDirectory, RunManifest};
use crate::shown::shown;

/// Where runs are recorded, below the working directory.
pub const RUNS: &str = "runs";

/// The first of `BASE`, `BASE-2`, … that is free.
pub(super) fn free_directory(base: &str) -> PathBuf {
    std::iter::once(base.to_owned())
        .chain((2..).map(|number| format!("{base}-{number}")))
        .map(PathBuf::from)
        .find(|path| !path.exists() || RunDirectory::is_left_over(path))
        .expect("numbers do not end")
}

/// Where a new run of a model goes.
pub(super) fn directory_of_model(set: &str, model: &ModelSpec) -> PathBuf {
    free_directory(&format!("{RUNS}/{}-{}", slug(set), slug(&name(model))))
}

/// Where a new run goes that has a name.
pub(super) fn directory_of_name(name: &str) -> PathBuf {
    free_directory(&format!("{RUNS}/{}", slug(name)))
}

/// The two kinds of runs that can be resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunKind {
    /// Its completions were there when it began.
    Given,
    /// A model is asked for them.
    Asked,
}

impl RunKind {
    /// Whether there is such a run.
    pub(super) fn is_at(self, path: &Path) -> bool {
        match self {
            RunKind::Given => RunDirectory::is_at(path),
            RunKind::Asked => GrowingRun::is_at(path),
        }
    }

    /// What the run in a directory was asked.
    fn question_of(self, path: &Path) -> Result<RunManifest, RecordError> {
        match self {
            RunKind::Given => RunDirectory::manifest_of(path),
            RunKind::Asked => GrowingRun::question_of(path),
        }
    }

    /// The file that is as old as the run.
    fn dated_by(self) -> &'static str {
        match self {
            RunKind::Given => "run.json",
            RunKind::Asked => ".",
        }
    }

    /// What makes two questions different, if anything does. Names of files and the k's that were asked for do not.
    fn difference(self, recorded: &RunManifest, asked: &RunManifest) -> Option<String> {
        // Without a name, any run will do.
        if asked.name.is_some() && recorded.name != asked.name {
            return Some("name".to_owned());
        }
        if let Some(difference) = recorded.differences(asked).into_iter().next() {
            return Some(difference.what);
        }
        match self {
            RunKind::Given => (recorded.samples.digest != asked.samples.digest).then(|| "samples".to_owned()),
            RunKind::Asked => match (&recorded.model, &asked.model) {
                (Some(recorded), Some(asked)) => recorded.difference(asked).map(str::to_owned),
                (recorded, asked) => (recorded.is_some() != asked.is_some()).then(|| "model".to_owned()),
            },
        }
    }

    /// The directory of the run to go on with: the one that was named, if there is a run in it, or the newest below
    /// [`RUNS`] that was asked the same, one that is not finished before any that is. What can not be read is passed
    /// over, and told; and so is that there is nothing to go on with.
    pub(super) fn find(
        self,
        named: Option<&Path>,
        question: &RunManifest,
        observe: Observer<'_>,
    ) -> Result<Option<PathBuf>, EvaluateError> {
        let difference = |path: &Path| Ok(self.difference(&self.question_of(path)?, question));
        if let Some(path) = named {
            if !self.is_at(path) {
                observe(Event::NothingToResume);
                return Ok(None);
            }
            return match difference(path)? {
                Some(what) => Err(EvaluateError::OtherRun { path: path.to_owned(), what }),
                None => Ok(Some(path.to_owned())),
            };
        }
        let unfinished = self.newest(&difference, is_unfinished, observe);
        let found = unfinished.or_else(|| self.newest(&difference, |_| true, &|_| ()));
        if found.is_none() {
            observe(Event::NothingToResume);
        }
        Ok(found)
    }

    /// Tells of the newest run below [`RUNS`] that was asked the same and is not finished: a new one begins all the same.
    pub(super) fn tell_of_unfinished(self, question: &RunManifest, observe: Observer<'_>) {
        let difference = |path: &Path| Ok(self.difference(&self.question_of(path)?, question));
        if let Some(path) = self.newest(&difference, is_unfinished, &|_| ()) {
            observe(Event::Unfinished { path: &path, resume: question.resume_command().as_deref() });
        }
    }

    fn newest(
        self,
        difference: &dyn Fn(&Path) -> Result<Option<String>, RecordError>,
        is_wanted: impl Fn(&Path) -> bool,
        observe: Observer<'_>,
    ) -> Option<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(RUNS).into_iter().flatten().flatten() {
            let path = entry.path();
            let difference = difference(&path);
            debug!(path = %shown(path.display()), ?difference, "looked for a run to resume");
            match difference {
                Ok(None) if !is_wanted(&path) => {}
                Ok(None) => {
                    let modified = path.join(self.dated_by()).metadata().and_then(|file| file.modified());
                    found.extend(modified.ok().map(|modified| (modified, path)));
                }
                Ok(Some(_)) | Err(RecordError::NotARun { .. } | RecordError::NotFinished { .. }) => {}
                Err(error) => observe(Event::PassedOver(&error)),
            }
        }
        found.into_iter().max().map(|(_, path)| path)
    }
}

fn is_unfinished(path: &Path) -> bool {
    !RunDirectory::is_finished(path)
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
