//! Packages that a problem itself needs, whatever the answer: what its tests, or the code that it puts before an
//! answer, import, and no interpreter comes with. Where there is one, no answer can be judged.

use super::{Language, Problem, TestBody};
use crate::python::{imported_packages, is_here};

impl Problem {
    /// The first package that the problem's own code imports when it is loaded, and no interpreter here comes with: in
    /// its tests, in what runs before them, in what stands before every program, and in its prompt if that is part of
    /// the program.
    pub fn needed_package(&self, with_prompt: bool) -> Option<&str> {
        if self.language != Language::Python {
            return None;
        }
        let prompt = with_prompt.then_some(self.prompt.as_str());
        self.own_code().chain(prompt).flat_map(imported_packages).find(|name| !is_here(name))
    }

    /// The code that the problem puts around every program, whether it goes on with the prompt or not.
    pub fn own_code(&self) -> impl Iterator<Item = &str> + Clone {
        let tests = self.tests.iter().filter_map(|test| match &test.body {
            TestBody::Assertions { source, .. } => Some(source.as_str()),
            _ => None,
        });
        let has_assertions = tests.clone().next().is_some();
        let setup = has_assertions.then_some(self.setup.as_str());
        [Some(self.preamble.as_str()), setup].into_iter().flatten().chain(tests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Test;

    fn needed(test: &str) -> Option<String> {
        let problem = Problem { tests: vec![Test::asserting(test)], ..Problem::new("p", Language::Python) };
        problem.needed_package(true).map(str::to_owned)
    }

    #[test]
    fn what_python_does_not_come_with_is_found() {
        for (text, name) in [
            ("import torch as t\nassert f()", "torch"),
            ("import math, requests", "requests"),
            ("import os.path as p, sys\nfrom collections import *\nfrom nltk.corpus import words", "nltk"),
        ] {
            assert_eq!(needed(text).as_deref(), Some(name), "{text}");
        }
        for text in ["import math\nimport os.path as p, numpy", "from __future__ import annotations", ""] {
            assert_eq!(needed(text), None, "{text}");
        }
    }

    #[test]
    fn a_prompt_counts_where_it_is_part_of_the_program() {
        let problem =
            Problem { prompt: "import torch\ndef f():\n".into(), ..Problem::new("p", Language::Python) };
        assert_eq!((problem.needed_package(true), problem.needed_package(false)), (Some("torch"), None));
        let other = Problem { language: Language::Julia, ..problem };
        assert_eq!(other.needed_package(true), None);
    }
}
