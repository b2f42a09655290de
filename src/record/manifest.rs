//! `run.json`: what a run was asked.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::error::io_error;
use super::{RUN, RecordError};
use crate::complete::model::ModelSpec;
use crate::complete::query::Parameters;
use crate::judge::verdict::Judging;
use crate::problem::Dataset;

/// The format of run directories that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Everything needed to repeat a run.
///
/// It holds no host name and no time but the day: two runs of the same thing on one day have the same manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`FORMAT`] at the time of writing.
    pub format: u32,
    /// Version of karat that started the run.
    pub karat_version: String,
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
    pub limits: serde_json::Value,
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
    /// In what two runs were not judged alike, so that their scores do not compare. What was judged, how a file is
    /// called and which k's were asked for are no such thing.
    pub fn differences(&self, other: &RunManifest) -> Vec<Difference> {
        let dates = |manifest: &RunManifest| {
            let day = |day: Option<Date>| day.map_or("any".to_owned(), |day| day.to_string());
            format!("{} to {}", day(manifest.problems.from), day(manifest.problems.to))
        };
        let tests =
            |manifest: &RunManifest| if manifest.all_tests { "all" } else { "up to the first failure" };
        let runner = |manifest: &RunManifest| format!("{} {}", manifest.runner.name, manifest.runner.digest);
        [
            ("problems", self.problems.digest.clone(), other.problems.digest.clone()),
            ("dates", dates(self), dates(other)),
            ("runner", runner(self), runner(other)),
            ("judging", self.judging.name().to_owned(), other.judging.name().to_owned()),
            ("tests to run", tests(self).to_owned(), tests(other).to_owned()),
            ("limits", self.limits.to_string(), other.limits.to_string()),
        ]
        .into_iter()
        .filter(|(_, one, other)| one != other)
        .map(|(what, one, other)| Difference { what: what.to_owned(), one, other })
        .collect()
    }

    pub(super) fn read(directory: &Path) -> Result<Self, RecordError> {
        RunManifest::read_file(&directory.join(RUN))
    }

    pub(super) fn read_file(path: &Path) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = path.to_owned();
        let content = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                RecordError::NotARun { path: path.parent().unwrap_or(&path).to_owned() }
            }
            _ => io_error("read", &path)(error),
        })?;
        // The format first: a newer one may have fields that this version would misread.
        match serde_json::from_slice(&content) {
            Ok(Format { format }) if format > FORMAT => {
                Err(RecordError::NewerFormat { path, found: format, supported: FORMAT })
            }
            Ok(Format { .. }) => {
                serde_json::from_slice(&content).map_err(|source| RecordError::Manifest { path, source })
            }
            Err(source) => Err(RecordError::Manifest { path, source }),
        }
    }
}
