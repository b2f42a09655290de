//! `run.json`: what a run was asked.

use std::io::ErrorKind;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tracing::debug;

use super::error::io_error;
use super::names::{ANSWERS, FORMAT, RUN};
use super::seal::{Seal, Sealer};
use super::{RecordError, sealed_file};
use crate::complete::model_spec::ModelSpec;
use crate::complete::query::Parameters;
use crate::files;
use crate::judge::limits::Limits;
use crate::judge::verdict::Judging;
use crate::problem::Dataset;

/// Most bytes of `run.json`. The command line and the limits in it take a few thousand.
const LARGEST: u64 = 16 << 20;

/// What to do about a damaged manifest.
pub(super) const REMEDY: &str = "restore it, or start the run anew";

/// Everything needed to repeat a run.
///
/// It holds no host name and no time but the day: two runs of the same thing on one day have the same manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`FORMAT`] at the time of writing.
    pub format: u32,
    /// Version of karat that started the run.
    pub karat_version: String,
    /// What the run is called, where it was given a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The command line that started it, word by word.
    pub command: Vec<String>,
    /// What was to be solved.
    pub problems: ProblemSetIdentity,
    /// What was judged.
    pub samples: SamplesIdentity,
    /// Which model made the completions, where Karat asked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelIdentity>,
    /// The day on which the run began, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What executed it.
    pub runner: RunnerIdentity,
    /// By which rules.
    pub judging: Judging,
    /// Whether all tests of a problem run although one failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_tests: bool,
    /// Fuel, memory, output and time limits, as the judge puts them.
    pub limits: Limits,
    /// The k of every pass@k that was asked for.
    pub ks: Vec<u64>,
    /// Seed of the randomness in the guest.
    pub seed: u64,
}

/// Which problem set a run used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemSetIdentity {
    /// The set's name.
    pub name: String,
    /// Its format and rules.
    pub dataset: Dataset,
    /// The file, as given on the command line.
    pub path: String,
    /// BLAKE3 of the decompressed file, in hexadecimal.
    pub digest: String,
    /// Only problems published on this day or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Only problems published on this day or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

/// Which completions a run judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplesIdentity {
    /// The file, as given on the command line; none if they come from elsewhere (the reference solutions).
    pub path: Option<String>,
    /// BLAKE3 of `completions.jsonl`, in hexadecimal: the same for the same completions in the same order, however
    /// their file was written.
    pub digest: String,
    /// How many there are.
    pub count: u64,
}

/// Which model was asked, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// The model as it was named.
    pub model: ModelSpec,
    /// The address that was asked, where there is one. It never holds a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What else the answers depend on, as its provider puts it: of a server that Karat started, its version and
    /// options.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub setup: Map<String, Value>,
    /// What was used for the answers, which do not depend on it: devices, processes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub resources: Map<String, Value>,
    /// How it was to answer.
    pub parameters: Parameters,
    /// How many samples of each problem were asked for.
    pub samples: u32,
    /// BLAKE3 of all prompts in the order of the set, in hexadecimal.
    pub prompts: String,
    /// The natural language of the statements, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl ModelIdentity {
    /// The first of the things by which another question was asked, if any was. What was used for the answers, which do
    /// not depend on it, does not count.
    pub fn difference(&self, other: &ModelIdentity) -> Option<&'static str> {
        let ModelIdentity { model, address, setup, resources: _, parameters, samples, prompts, language } =
            self;
        [
            (*model != other.model, "model"),
            (*address != other.address, "address"),
            (*setup != other.setup, "server's or engine's version and options"),
            (*parameters != other.parameters, "parameters"),
            (*samples != other.samples, "number of samples"),
            (*language != other.language, "language"),
            (*prompts != other.prompts, "prompts"),
        ]
        .into_iter()
        .find_map(|(differs, what)| differs.then_some(what))
    }
}

/// Which runner executed the programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerIdentity {
    /// The runner's name.
    pub name: String,
    /// Digest of all that went into it, in hexadecimal.
    pub digest: String,
}

/// Something in which two runs were not judged alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it is: the problems, the runner, the limits.
    pub what: String,
    /// What it is in one run.
    pub one: String,
    /// What it is in the other.
    pub other: String,
}

impl RunManifest {
    /// The ways in which two runs were not judged alike, so that their scores are not comparable. What was judged, the
    /// names of files and the k's that were asked for do not count.
    pub fn differences(&self, other: &RunManifest) -> Vec<Difference> {
        let dates = |manifest: &RunManifest| {
            let day = |day: Option<Date>| day.map_or("any".to_owned(), |day| day.to_string());
            format!("{} to {}", day(manifest.problems.from), day(manifest.problems.to))
        };
        // What is the same under two names is the same; what is not, is known by its name, and by its digest where that is
        // the same.
        let is_same_set = self.problems.digest == other.problems.digest;
        let is_same_name = self.problems.name == other.problems.name;
        let problems = |manifest: &RunManifest| match &manifest.problems {
            _ if is_same_set => String::new(),
            set if is_same_name => format!("{} with digest {}", set.name, set.digest),
            set => set.name.clone(),
        };
        let tests =
            |manifest: &RunManifest| if manifest.all_tests { "all" } else { "up to the first failure" };
        let runner = |manifest: &RunManifest| format!("{} {}", manifest.runner.name, manifest.runner.digest);
        let limits = |manifest: &RunManifest, beside: &RunManifest| {
            manifest.limits.where_they_differ(&beside.limits).join(", ")
        };
        [
            ("problems", problems(self), problems(other)),
            ("data set", self.problems.dataset.name().to_owned(), other.problems.dataset.name().to_owned()),
            ("dates", dates(self), dates(other)),
            ("runner", runner(self), runner(other)),
            ("judging", self.judging.name().to_owned(), other.judging.name().to_owned()),
            ("tests to run", tests(self).to_owned(), tests(other).to_owned()),
            ("limits", limits(self, other), limits(other, self)),
            ("seed", self.seed.to_string(), other.seed.to_string()),
        ]
        .into_iter()
        .filter(|(_, one, other)| one != other)
        .map(|(what, one, other)| {
            debug!(what, %one, %other, "runs differ");
            Difference { what: what.to_owned(), one, other }
        })
        .collect()
    }

    /// All that a verdict depends on besides problem and completion, as bytes: what the seals of verdicts are bound to.
    pub(super) fn judged_by(&self) -> Vec<u8> {
        /// How completions are judged.
        #[derive(Serialize)]
        struct JudgedBy<'a> {
            problems: &'a str,
            dataset: Dataset,
            runner: &'a RunnerIdentity,
            judging: Judging,
            all_tests: bool,
            limits: &'a Limits,
            seed: u64,
        }
        let judged_by = JudgedBy {
            problems: &self.problems.digest,
            dataset: self.problems.dataset,
            runner: &self.runner,
            judging: self.judging,
            all_tests: self.all_tests,
            limits: &self.limits,
            seed: self.seed,
        };
        serde_json::to_vec(&judged_by).expect("plain data is JSON")
    }

    /// Reads the manifest of a run that has started.
    pub(super) fn read(directory: &Path) -> Result<Self, RecordError> {
        Ok(RunManifest::read_file(&directory.join(RUN), &sealer_of_run())?.0)
    }

    /// What the run is called: the name that it was given; else the model where Karat asked one, with the natural language of
    /// the statements where one was chosen. Others are called as their directory is.
    pub fn given_name(&self) -> Option<String> {
        match (&self.name, &self.model) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(ModelIdentity { model, language: Some(language), .. })) => {
                Some(format!("{} [{language}]", model.title()))
            }
            (None, Some(ModelIdentity { model, .. })) => Some(model.title()),
            (None, None) => None,
        }
    }

    /// The error that the run in a directory, which was asked this, is not finished.
    pub fn not_finished(&self, directory: &Path) -> RecordError {
        RecordError::NotFinished { path: directory.to_owned(), resume: self.resume_command() }
    }

    /// The command that goes on with the run, as a shell takes it; none where it was begun otherwise than by karat's own.
    pub fn resume_command(&self) -> Option<String> {
        const RESUME: &str = "--resume";
        if self.command.first().map(String::as_str) != Some("karat") {
            return None;
        }
        let mut words: Vec<String> = self.command.iter().map(|word| quoted(word)).collect();
        // What stands behind the dashes is for a server.
        let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
        if !words[..end].iter().any(|word| word == RESUME) {
            words.insert(end, RESUME.to_owned());
        }
        Some(words.join(" "))
    }

    /// Reads `run.json` or `question.json`, with its seal.
    pub(super) fn read_file(path: &Path, sealer: &Sealer) -> Result<(Self, Seal), RecordError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let content = files::read_found(path, LARGEST).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                RecordError::NotARun { path: path.parent().unwrap_or(path).to_owned() }
            }
            _ => io_error("read", path)(error),
        })?;
        // The format first: others have other fields, and other seals or none.
        let Format { format: found } = serde_json::from_slice(&content)
            .map_err(|source| RecordError::Unreadable { path: path.to_owned(), remedy: REMEDY, source })?;
        if found > FORMAT {
            return Err(RecordError::NewerFormat { path: path.to_owned(), found, supported: FORMAT });
        }
        if found < FORMAT {
            let again = again(path, &content);
            return Err(RecordError::OlderFormat { path: path.to_owned(), found, supported: FORMAT, again });
        }
        sealed_file::parse(path, &content, sealer, REMEDY)
    }
}

/// A word of a command line as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "%+,-./:=@_".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What makes the seal of `run.json`.
pub(super) fn sealer_of_run() -> Sealer {
    Sealer::new(RUN, b"")
}

/// The command that judges the completions of a run again whose manifest has the older format.
fn again(path: &Path, content: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Older {
        problems: Named,
        samples: Named,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Named {
        path: Option<String>,
    }
    let Older { problems, samples } = serde_json::from_slice(content).unwrap_or_default();
    let answers = path.with_file_name(ANSWERS);
    let completions = match samples.path {
        _ if answers.exists() => answers.display().to_string(),
        Some(path) => path,
        None => "--reference".to_owned(),
    };
    format!("karat score {completions} {}", problems.path.as_deref().unwrap_or("SET"))
}
