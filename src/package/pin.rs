//! What a package is pinned by.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::Digest;

/// A package of a registry, and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Where it is published.
    pub registry: Registry,
    /// Its name there.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its archives: one a platform, of which the registry's tool takes the one that fits.
    pub archives: Vec<Archive>,
    /// What is wanted of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

impl Package {
    /// Name and version, as people write them.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// The bytes of its largest archive: no platform fetches more.
    pub fn bytes(&self) -> u64 {
        self.archives.iter().map(|archive| archive.bytes).max().unwrap_or(0)
    }
}

/// Where packages are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Python's package index; archives are wheels, which are zip files.
    PyPi,
    /// npm's registry; archives are gzipped tar files, in which all paths begin with `package/`.
    Npm,
    /// Rust's registry; archives are gzipped tar files, in which all paths begin with `NAME-VERSION/`.
    Crates,
}

impl fmt::Display for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Registry::PyPi => "PyPI",
            Registry::Npm => "npm",
            Registry::Crates => "crates.io",
        })
    }
}

/// An archive of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// The digest of the whole file.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
}

/// A file in an archive, or a folder with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its path in the archive; that of a folder ends in `/`.
    pub path: String,
    /// Its path in the folder that it is unpacked to; of a folder, what takes the place of `path`, empty or ending in
    /// `/`.
    pub to: String,
    /// The most bytes that it may have, in all if it is a folder. A file with a digest has exactly as many.
    pub bytes: u64,
    /// The digest of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

impl Member {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }
}

/// A SHA-256 digest, written in hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of what is read to its end.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of(mut reader: impl Read) -> io::Result<Sha256> {
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(Sha256::from(hasher)),
                length => hasher.update(&buffer[..length]),
            }
        }
    }

    /// The digest of a file.
    ///
    /// # Errors
    ///
    /// Those of opening and reading.
    pub fn of_file(path: &Path) -> io::Result<Sha256> {
        Sha256::of(File::open(path)?)
    }
}

impl From<sha2::Sha256> for Sha256 {
    fn from(hasher: sha2::Sha256) -> Sha256 {
        Sha256(hasher.finalize().into())
    }
}

impl std::str::FromStr for Sha256 {
    type Err = String;

    fn from_str(text: &str) -> Result<Sha256, String> {
        let wrong = || format!("{:?} is no sha256: 64 hexadecimal digits are", crate::shown::shown(text));
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut digest = [0; 32];
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            // `from_str_radix` takes a sign, too.
            if digits.starts_with('+') {
                return Err(wrong());
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Sha256(digest))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Sha256, String> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> String {
        digest.to_string()
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_hexadecimal() {
        // The digest of "abc" that the standard's example gives.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let digest = Sha256::of(&b"abc"[..]).unwrap();
        assert_eq!(digest.to_string(), abc);
        assert_eq!(abc.to_uppercase().parse(), Ok(digest));
        for wrong in ["", "ba78", &abc.replace("ba", "+a"), &abc.replace("ba", "xa"), &abc.replace("ba", "é")]
        {
            assert!(wrong.parse::<Sha256>().is_err(), "{wrong}");
        }
    }
}
