//! `run.json`: what a run was asked.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::error::io_error;
use super::{RUN, RecordError};
use crate::judge::verdict::Judging;
use crate::problem::Dataset;

/// The format of run directories that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Everything needed to repeat a run.
///
/// It holds no time and no host name: two runs of the same thing have the same manifest.
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

/// Which runner executed the programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerIdentity {
    /// The runner's name.
    pub name: String,
    /// Digest of all that went into it, in hexadecimal.
    pub digest: String,
}

impl RunManifest {
    pub(super) fn read(directory: &Path) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = directory.join(RUN);
        let content = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                RecordError::NotARun { path: directory.to_owned() }
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
