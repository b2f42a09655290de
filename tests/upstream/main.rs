//! The rules of the upstream harnesses, a test each: what passes by sealed judging and what by compatible judging.
//!
//! The modules follow `docs/upstream.md`, harness by harness.

#[path = "../common/mod.rs"]
mod common;

mod apps;
mod big_code_bench;
mod code_contests;
mod ds_1000;
mod eval_plus;
mod executed;
mod human_eval;
mod limits;
mod live_code_bench;
mod mbpp;
mod multipl_e;

use karat::complete::Answer;
use karat::judge::limits::Limits;
use karat::judge::reference::ReferenceRun;
use karat::judge::verdict::{Judgement, Judging, TestCounts};
use karat::judge::{Judge, Judgements};
use karat::problem::load::load;
use karat::problem::{Comparison, Dataset, Language, Problem, Test, TestBody};
use karat::value::Value;

/// A problem with the data set whose harness judges it.
struct Case {
    dataset: Dataset,
    problem: Problem,
}

/// The result of a completion by both ways of judging.
struct Both {
    sealed: Judgement,
    compat: Judgement,
}

impl Case {
    /// A problem of a fixture.
    fn fixture(file: &str, task_id: &str) -> Case {
        let set = load(&common::file("fixtures/formats").join(file), None).expect("the fixture loads");
        Case { dataset: set.dataset, problem: set.problem(task_id).expect("the problem is there") }
    }

    /// A problem that is judged by inputs and outputs of programs, by the comparison of its set.
    fn stdio(dataset: Dataset, tests: &[(&str, &str)]) -> Case {
        Case { dataset, problem: common::stdio_problem(tests, dataset.comparison()) }
    }

    /// A problem that is judged by calls of `solve`, by the comparison of its set: arguments and expected values as
    /// Python literals.
    fn calls(dataset: Dataset, tests: &[(&str, &str)]) -> Case {
        Case { dataset, problem: common::calls_problem(tests, dataset.comparison()) }
    }

    /// A problem that is judged by assertions, a test each.
    fn assertions(dataset: Dataset, entry_point: &str, setup: &str, assertions: &[&str]) -> Case {
        let test = |source: &&str| {
            Test::hidden(TestBody::Assertions { source: (*source).to_owned(), calls_check: false })
        };
        let problem = Problem {
            entry_point: Some(entry_point.to_owned()),
            setup: setup.to_owned(),
            tests: assertions.iter().map(test).collect(),
            ..Problem::new("p", Language::Python)
        };
        Case { dataset, problem }
    }

    fn judge(&self) -> Judge<'static> {
        Judge::new(common::runners(), Limits::default(), self.dataset)
            .all_tests(self.dataset.runs_all_tests())
    }

    fn reference(&self) -> Option<ReferenceRun> {
        self.problem.reference()?;
        Some(self.judge().measure(&self.problem).expect("the harness measures"))
    }

    /// Judges an answer that follows the prompt.
    fn both(&self, text: &str) -> Both {
        self.both_of(Answer::continuation(text))
    }

    fn both_of(&self, answer: Answer) -> Both {
        let reference = self.reference();
        match self.judge().judge(&self.problem, answer, reference.as_ref(), Judging::Both) {
            Judgements::Both { sealed, compat } => Both { sealed, compat },
            one => panic!("both were asked for: {one:?}"),
        }
    }

    /// The names of both verdicts, the sealed one first.
    fn verdicts(&self, text: &str) -> (&'static str, &'static str) {
        self.both(text).names()
    }

    #[track_caller]
    fn passes(&self, text: &str) {
        let both = self.both(text);
        assert_eq!(both.names(), ("passed", "passed"), "{text}\n{both}");
    }

    #[track_caller]
    fn fails(&self, text: &str) {
        let both = self.both(text);
        assert_eq!(both.names(), ("wrong_answer", "wrong_answer"), "{text}\n{both}");
    }

    /// A solution that passes only by the leniencies of the upstream harness.
    #[track_caller]
    fn passes_only_upstream(&self, text: &str) {
        let both = self.both(text);
        assert_eq!(both.names(), ("wrong_answer", "passed"), "{text}\n{both}");
    }
}

impl Both {
    fn names(&self) -> (&'static str, &'static str) {
        (self.sealed.verdict.kind().name(), self.compat.verdict.kind().name())
    }

    /// Both tests' counts, the sealed ones first.
    fn counts(&self) -> [TestCounts; 2] {
        [&self.sealed, &self.compat].map(|judgement| judgement.tests.expect("there are several tests"))
    }
}

impl std::fmt::Display for Both {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "sealed {:?}\ncompat {:?}", self.sealed.verdict, self.compat.verdict)
    }
}

/// A problem that leaves expected values to a reference solution, a function `solve`: base inputs and added ones, each
/// the arguments of a call as Python literals.
fn against_reference(reference: &str, comparison: Comparison, base: &[&str], plus: &[&str]) -> Case {
    use karat::problem::{Solution, TestGroup};

    let test = |group| {
        move |arguments: &&str| {
            let arguments = Value::parse_literals(arguments).expect("arguments are literals");
            Test { group, ..Test::hidden(TestBody::Call { arguments, expected: None }) }
        }
    };
    let problem = Problem {
        entry_point: Some("solve".into()),
        references: vec![Solution::new("reference", reference)],
        tests: base.iter().map(test(TestGroup::Base)).chain(plus.iter().map(test(TestGroup::Plus))).collect(),
        comparison,
        ..Problem::new("p", Language::Python)
    };
    Case { dataset: Dataset::HumanEvalPlus, problem }
}
