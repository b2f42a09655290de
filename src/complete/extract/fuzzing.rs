//! What the fuzz targets in `fuzz/` reach of how Python's lines are read.

use super::prose::{is_prose, is_strong};
use crate::python::{lines, outline};

/// Reads a text as lines of Python and divides it into its statements at the left margin.
///
/// # Panics
///
/// Where the lines are not those of the text, or the parts do not cover them.
pub fn python_lines(text: &str) {
    let lines = lines(text);
    let mut rest = text;
    for line in &lines {
        assert_eq!(line.start, text.len() - rest.len());
        rest = rest.strip_prefix(line.text).expect("a line follows the one before");
        rest = rest.strip_prefix('\r').unwrap_or(rest);
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        assert!(!line.text.contains('\n') && line.indentation().trim().is_empty());
        assert!(line.backticks.is_none_or(|at| line.text[at..].starts_with("```")));
        assert!(!(is_strong(line) && is_prose(line)));
    }
    assert!(rest.is_empty());
    let chunks = outline(&lines);
    assert!(chunks.windows(2).all(|pair| pair[0].lines.end == pair[1].lines.start));
    assert!(chunks.iter().all(|chunk| chunk.lines.contains(&chunk.head)));
    assert!(chunks.last().is_none_or(|last| last.lines.end == lines.len()));
}
