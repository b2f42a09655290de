//! Parts: what is fetched, kept and of use together.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::archive::Unpacked;
use super::error::{PackageError, file_error};
use super::{Package, Sha256};
use crate::files;

/// Files of one or more packages that are of use only together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name, under which the folder remembers it.
    pub name: String,
    /// The packages.
    pub packages: Vec<Package>,
    /// Files that come with Karat: notices that belong to the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<Text>,
    /// Files that are made of members, and take their places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<Made>,
}

/// A file that is made of one that was fetched, which is then not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// What it is made of: where a member would be in the folder.
    pub of: String,
    /// Its path in the folder.
    pub to: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest, whoever makes it.
    pub sha256: Sha256,
}

/// Makes the second file of the first, or says why it can not.
pub type Make<'a> = dyn Fn(&Path, &Path) -> Result<(), String> + 'a;

/// A file that comes with Karat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Its path in the folder.
    pub to: String,
    /// What is in it.
    pub content: String,
}

impl Part {
    /// How many bytes are fetched for it, npm and Python aside.
    pub fn fetched_bytes(&self) -> u64 {
        self.packages.iter().map(Package::bytes).sum()
    }

    /// How many bytes its files have, at most.
    pub fn bytes(&self) -> u64 {
        let members = self.packages.iter().flat_map(|package| &package.members);
        let kept = members.filter(|member| self.made.iter().all(|made| made.of != member.to));
        kept.map(|member| member.bytes).chain(self.made.iter().map(|made| made.bytes)).sum()
    }

    /// The digest of all pins: what was fetched by others is not this part.
    pub fn inputs(&self) -> String {
        let json = if self.made.is_empty() {
            serde_json::to_vec(&(&self.packages, &self.texts))
        } else {
            serde_json::to_vec(&(&self.packages, &self.texts, &self.made))
        };
        let json = json.expect("pins are plain data");
        blake3::hash(&json).to_hex()[..16].to_owned()
    }
}

impl Made {
    /// Makes it in a folder of unpacked files.
    pub(super) fn make(&self, folder: &Path, make: &Make<'_>) -> Result<Unpacked, PackageError> {
        let failed = |message: String| PackageError::Made { file: self.to.clone(), message };
        let [of, to] = [&self.of, &self.to].map(|name| folder.join(name));
        make(&of, &to).map_err(failed)?;
        let file = fs::File::open(&to).map_err(file_error("can not read", &to))?;
        let got = Sha256::of(file).map_err(file_error("can not read", &to))?;
        if got != self.sha256 {
            return Err(failed(format!("its sha256 is {got}, and should be {}", self.sha256)));
        }
        let blake3 = files::digest(&to).map_err(file_error("can not read", &to))?;
        Ok(Unpacked { to: self.to.clone(), bytes: self.bytes, blake3 })
    }
}
