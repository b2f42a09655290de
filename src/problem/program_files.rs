//! Files that a program reads its input from and writes its output to, in place of the standard streams.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a file in a program's current directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

/// A text that can not be the name of a file in the current directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of a file in the program's directory; write one without a folder, as in input.txt")]
pub struct NotAFileName;

impl FileName {
    /// The longest name that a directory takes, in bytes.
    const LONGEST: usize = 255;
    /// Directories that are there before a program starts.
    const TAKEN: [&str; 4] = [".", "..", "dev", "tmp"];

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileName {
    type Error = NotAFileName;

    fn try_from(text: String) -> Result<FileName, NotAFileName> {
        let fits = (1..=Self::LONGEST).contains(&text.len());
        let plain = !text.chars().any(|character| character == '/' || character.is_control());
        if fits && plain && !Self::TAKEN.contains(&text.as_str()) {
            Ok(FileName(text))
        } else {
            Err(NotAFileName)
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The files that a problem's statement names, for tests by stdio. A program finds the input in the input file and on
/// standard input; what it leaves in the output file is its answer, and what it prints if it leaves no such file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramFiles {
    /// Where the input is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<FileName>,
    /// Where the output goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<FileName>,
}

impl ProgramFiles {
    /// Whether the statement names none, as most do.
    pub fn is_empty(&self) -> bool {
        self.input.is_none() && self.output.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_files_beside_the_program() {
        let name = |text: &str| FileName::try_from(text.to_owned()).is_ok();
        assert!(["input.txt", "a b", "é", "...", "-"].into_iter().all(name));
        let long = "x".repeat(256);
        for text in ["", ".", "..", "/etc/passwd", "a/b", "../x", "dev", "tmp", "a\nb", "a\0", &long] {
            assert!(!name(text), "{text:?}");
        }
        serde_json::from_str::<FileName>("\"a/b\"").unwrap_err();
    }
}
