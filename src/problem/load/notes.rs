//! What a user should be told once about a set that was loaded.

use std::collections::BTreeMap;

use super::records::Place;

/// Counts problems of which something should be said.
#[derive(Debug)]
pub(super) struct Notes {
    /// Where the problem is that is read now.
    pub place: Place,
    /// How many there are, and where the first is.
    counts: BTreeMap<Note, (u64, Place)>,
}

impl Default for Notes {
    fn default() -> Notes {
        Notes { place: Place::Whole, counts: BTreeMap::new() }
    }
}

/// What there is to say of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Note {
    /// It has no tests, so it is left out.
    WithoutTests,
    /// Its statement asks for programs that read or write files of given names.
    UsesFiles,
    /// Its tests need files that come with them, so it is left out.
    NeedsFiles,
    /// It talks with the program, so it is left out.
    Interactive,
    /// It has some of its tests only.
    SomeTests,
    /// Its tests are no functions without arguments, so it is left out.
    NotFunctions,
    /// Its own code imports packages that the sandbox does not have.
    NeedsPackage,
    /// Which of its tests are those of the original set is not said.
    NoBase,
}

impl Notes {
    /// Notes one problem more.
    pub(super) fn add(&mut self, note: Note) {
        self.counts.entry(note).or_insert((0, self.place)).0 += 1;
    }

    /// The first note, and where the first problem is that it is about.
    pub(super) fn first(&self) -> Option<String> {
        let (&note, &(count, place)) = self.counts.first_key_value()?;
        let first = if count == 1 { "" } else { "the first: " };
        Some(format!("{} ({first}{place})", note.text(count)))
    }

    /// The notes as sentences.
    pub(super) fn into_texts(self) -> Vec<String> {
        self.counts.into_iter().map(|(note, (count, _))| note.text(count)).collect()
    }
}

impl Note {
    fn text(self, count: u64) -> String {
        let problems = if count == 1 { "1 problem".to_owned() } else { format!("{count} problems") };
        match self {
            Note::WithoutTests => format!("{problems} without tests left out"),
            Note::NeedsFiles => format!("{problems} whose tests need files that come with them left out"),
            Note::Interactive => format!("{problems} that talk with the program left out"),
            Note::SomeTests => {
                format!("{problems} with some of their tests only, which can pass what is wrong")
            }
            Note::NeedsPackage => format!(
                "{problems} whose tests or prompts import packages that the sandbox does not have: whatever the answers, \
                 they are inconclusive"
            ),
            Note::NoBase => format!(
                "{problems} whose first inputs are not HumanEval's own: all inputs count as base, so that there is one \
                 score (the files of EvalPlus itself say which are whose)"
            ),
            Note::NotFunctions => {
                format!("{problems} with tests of pytest of which none can be run here left out")
            }
            Note::UsesFiles => format!(
                "{problems} with named input or output files (tag `files`): the input is in the file and on \
                 standard input, and an output file counts before standard output"
            ),
        }
    }
}
