//! Mutants of a Python program: the program with one place changed, as a slip of the author would have it. Good tests
//! tell a mutant from the program, unless both always do the same.

mod edits;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::python;

/// How many mutants of a problem are judged where nobody says.
pub const MOST_MUTANTS: usize = 60;

/// A program with one place changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutant {
    /// The line of the change in the program, from 1.
    pub line: u32,
    /// What stood there, on one line.
    pub before: String,
    /// What stands there now, on one line.
    pub after: String,
    /// The whole changed program.
    #[serde(skip)]
    pub source: String,
}

impl Mutant {
    /// The change in words: `line 12: < became <=`.
    pub fn describe(&self) -> String {
        format!("line {}: {} became {}", self.line, self.before, self.after)
    }
}

/// A place of a text and what to put there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    span: Range<usize>,
    line: u32,
    replacement: String,
}

/// The mutants of a program, at most `most`, chosen evenly over the source, in its order. The same program always has
/// the same. Some may not compile: running them shows it.
pub fn mutants(source: &str, most: usize) -> Vec<Mutant> {
    let mut seen = HashSet::from([source.to_owned()]);
    let all: Vec<Mutant> = all_edits(source)
        .into_iter()
        .map(|edit| applied(source, &edit))
        .filter(|mutant| seen.insert(mutant.source.clone()))
        .collect();
    if all.len() <= most {
        return all;
    }
    let count = all.len();
    let mut chosen = vec![false; count];
    (0..most).for_each(|index| chosen[index * count / most] = true);
    all.into_iter().zip(chosen).filter_map(|(mutant, chosen)| chosen.then_some(mutant)).collect()
}

/// All changes that can be made, in the order of the source.
fn all_edits(source: &str) -> Vec<Edit> {
    let tokens = python::tokens(source);
    let statements = python::statements(&tokens);
    let ignored = python::annotations(&tokens, &statements);
    let mut edits = edits::of_tokens(source, &tokens, &ignored);
    edits.extend(edits::of_statements(source, &tokens, &statements));
    // Stable: what is made of one place keeps its order.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits
}

fn applied(source: &str, edit: &Edit) -> Mutant {
    let Edit { span, line, replacement } = edit;
    Mutant {
        line: *line,
        before: on_one_line(&source[span.clone()]),
        after: on_one_line(replacement),
        source: format!("{}{replacement}{}", &source[..span.start], &source[span.end..]),
    }
}

fn on_one_line(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None if line.is_empty() => "nothing".to_owned(),
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}
