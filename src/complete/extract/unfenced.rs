//! Code that stands between lines of prose without any fence.

use std::ops::Range;

use super::prose::{is_prose, is_strong};
use crate::problem::Language;
use crate::python::{LineRole, Scanner, SourceLine};

/// A run of lines that are code.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The lines, by number from 0.
    pub lines: Range<usize>,
    /// The code.
    pub text: String,
}

/// The runs of code in a text.
pub(super) fn runs(text: &str, language: Language) -> Vec<Run> {
    if language != Language::Python {
        return other_language(text);
    }
    let (runs, _) = between_prose(text, |line, _| line.role != LineRole::InString);
    runs
}

/// The runs of code in a block with prose in it, and whether there is any. Only prose at the margin counts, since an
/// indented line belongs to the code before it, whatever it says.
pub(super) fn runs_in_block(text: &str) -> Option<Vec<Run>> {
    let at_margin =
        |line: &SourceLine, in_run: bool| line.role == LineRole::Statement && (line.indent == 0 || !in_run);
    let (runs, is_mixed) = between_prose(text, at_margin);
    is_mixed.then_some(runs)
}

/// The runs of code between lines of prose, and whether there are such lines. `may_be_prose` gets a line and whether it
/// would end a run, and decides whether to ask if it is prose.
fn between_prose(text: &str, may_be_prose: impl Fn(&SourceLine, bool) -> bool) -> (Vec<Run>, bool) {
    let all: Vec<&str> = text.lines().collect();
    let mut runs = Vec::new();
    let mut scanner = Scanner::default();
    let mut current: Option<Builder> = None;
    let mut is_mixed = false;
    for (number, text) in all.iter().enumerate() {
        let line = scanner.line(text, 0);
        if may_be_prose(&line, current.is_some()) && is_prose(&line) {
            is_mixed = true;
            runs.extend(current.take().and_then(|run| run.finish(&all)));
            scanner = Scanner::default();
            continue;
        }
        if current.is_some() || line.role != LineRole::Blank {
            let run = current.get_or_insert(Builder { from: number, end: number, strong: false });
            if line.role != LineRole::Blank {
                run.end = number + 1;
            }
            run.strong |= is_strong(&line);
        }
    }
    runs.extend(current.and_then(|run| run.finish(&all)));
    (runs, is_mixed)
}

struct Builder {
    from: usize,
    end: usize,
    strong: bool,
}

impl Builder {
    fn finish(self, all: &[&str]) -> Option<Run> {
        let lines = self.from..self.end;
        let text = all[lines.clone()].iter().flat_map(|line| [*line, "\n"]).collect();
        self.strong.then_some(Run { lines, text })
    }
}

/// One run: the text less what reads like sentences at its beginning and its end.
fn other_language(text: &str) -> Vec<Run> {
    let all: Vec<&str> = text.lines().collect();
    let is_code = |line: &&str| !line.trim().is_empty() && !is_sentence(line);
    let Some(from) = all.iter().position(is_code) else { return Vec::new() };
    let end = all.iter().rposition(is_code).map_or(all.len(), |last| last + 1);
    let text: String = all[from..end].iter().flat_map(|line| [*line, "\n"]).collect();
    let has_code = text.contains(['(', '{', '=', ';']);
    if has_code { vec![Run { lines: from..end, text }] } else { Vec::new() }
}

/// Whether a line reads like a sentence in any language: it begins with a capital letter and several words, and has no
/// marks that programs have.
fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    line.starts_with(|first: char| first.is_uppercase())
        && line.ends_with(['.', ':', '!', '?'])
        && words >= 2
        && !line.contains(['{', '}', ';', '='])
}
