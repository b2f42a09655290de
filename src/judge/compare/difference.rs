//! Where an output first differs from the expected one, for messages.

use std::fmt;

use super::text;

/// The most characters of a line that are shown.
const LONGEST: usize = 200;

/// The first line in which two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDifference {
    /// Its number, from 1. White space at the beginning of the texts does not count.
    pub line: usize,
    /// What was expected there, without white space at both ends, cut to 200 characters; nothing after the last line.
    pub expected: Option<String>,
    /// What was there instead.
    pub got: Option<String>,
}

impl fmt::Display for LineDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |line: &Option<String>| {
            line.as_ref().map_or_else(|| "nothing more".to_owned(), |line| format!("{line:?}"))
        };
        write!(formatter, "line {}: expected {}, got {}", self.line, shown(&self.expected), shown(&self.got))
    }
}

/// The first line in which two texts differ, white space at both ends of a line and of the text aside.
pub fn first_difference(expected: &str, got: &str) -> Option<LineDifference> {
    let mut got_lines = text::stripped_lines(got);
    let mut expected_lines = text::stripped_lines(expected);
    let mut line = 1;
    loop {
        match (expected_lines.next(), got_lines.next()) {
            (None, None) => return None,
            (expected, got) if expected == got => line += 1,
            (expected, got) => {
                return Some(LineDifference { line, expected: expected.map(cut), got: got.map(cut) });
            }
        }
    }
}

fn cut(line: &str) -> String {
    line.chars().take(LONGEST).collect()
}
