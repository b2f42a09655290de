//! What a user should be told once about a set that was loaded.

use std::collections::BTreeMap;

use super::records::RecordPlace;

/// Counts problems that a user should hear about.
#[derive(Debug)]
pub(super) struct Notes {
    /// Where the problem is that is being read.
    pub place: RecordPlace,
    /// How many there are, and where the first is.
    counts: BTreeMap<ProblemNote, (u64, RecordPlace)>,
}

impl Default for Notes {
    fn default() -> Notes {
        Notes { place: RecordPlace::Whole, counts: BTreeMap::new() }
    }
}

/// What is noted about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ProblemNote {
    /// It has no tests, so it is left out.
    WithoutTests,
    /// Its statement asks for programs that read or write files of given names.
    UsesFiles,
    /// Its tests need files that come with them, so it is left out.
    NeedsFiles,
    /// It is interactive, so it is left out.
    Interactive,
    /// Only some of its tests are there.
    SomeTests,
    /// Its tests are no functions without arguments, so it is left out.
    NotFunctions,
    /// Its own code imports packages that the sandbox does not have.
    NeedsPackage,
    /// Which of its tests are the original set's is not said.
    NoBase,
}

impl Notes {
    /// Notes one problem more.
    pub(super) fn add(&mut self, note: ProblemNote) {
        self.counts.entry(note).or_insert((0, self.place)).0 += 1;
    }

    /// The first note, and where the first problem is that it concerns.
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

impl ProblemNote {
    fn text(self, count: u64) -> String {
        let problems = if count == 1 { "1 problem".to_owned() } else { format!("{count} problems") };
        match self {
            ProblemNote::WithoutTests => format!("{problems} without tests left out"),
            ProblemNote::NeedsFiles => {
                format!("{problems} whose tests need files that come with them left out")
            }
            ProblemNote::Interactive => format!("{problems} that talk with the program left out"),
            ProblemNote::SomeTests => {
                format!("{problems} with some of their tests only, which can pass what is wrong")
            }
            ProblemNote::NeedsPackage => format!(
                "{problems} whose tests or prompts import packages that the sandbox does not have: whatever the answers, \
                 they are inconclusive"
            ),
            ProblemNote::NoBase => format!(
                "{problems} whose first inputs are not HumanEval's own: all inputs count as base, so that there is one \
                 score (the files of EvalPlus itself say which are whose)"
            ),
            ProblemNote::NotFunctions => {
                format!("{problems} with tests of pytest of which none can be run here left out")
            }
            ProblemNote::UsesFiles => format!(
                "{problems} with named input or output files (tag `files`): the input is in the file and on \
                 standard input, and an output file counts before standard output"
            ),
        }
    }
}
