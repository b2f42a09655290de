//! The [`Verdict`] on one completion, with all that a reader needs to understand it.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::language::Interpreter;
use crate::sandbox::{Bytes, Fuel};

/// Which rules decide whether a completion passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Judging {
    /// Candidate and tests run in cells of their own; only plain data crosses between them.
    Sealed,
    /// The upstream harness's rules to the letter, its leniencies included.
    Compat,
    /// Judge and score by both and list where they disagree; reports and comparisons take the sealed verdicts.
    Both,
}

impl Judging {
    /// The name in records and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Judging::Sealed => "sealed",
            Judging::Compat => "compat",
            Judging::Both => "both",
        }
    }
}

/// The outcome of one completion.
///
/// The eight after [`Verdict::Passed`] are failures of the completion; [`Verdict::NoCode`] is a failure that is
/// reported apart; [`Verdict::Unsupported`] and [`Verdict::Inconclusive`] are no statement about the completion at all
/// and put bounds on pass@k instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Every test passed.
    Passed,
    /// A test compared the completion's answer with the expected one, and they differ.
    WrongAnswer(Mismatch),
    /// The completion, or a test on the completion's answer, raised.
    Exception(Raised),
    /// The completion is not a program of its language.
    SyntaxError(Raised),
    /// A compiler refused the program (for languages that have one).
    CompileError {
        /// What the compiler said.
        message: String,
    },
    /// The fuel limit was reached: too slow, or endless.
    OutOfFuel {
        /// The limit, in units of fuel.
        limit: Fuel,
    },
    /// The memory limit was reached.
    OutOfMemory {
        /// The limit.
        limit: Bytes,
    },
    /// The completion wrote more than the output limit allows.
    OutputLimit {
        /// The limit.
        limit: Bytes,
    },
    /// The completion left before the tests ended (`sys.exit`, `os._exit`, …).
    Exited {
        /// How it left, in the language's terms.
        how: String,
    },
    /// Nothing that could be run was found in the answer.
    NoCode,
    /// The completion needs something that the sandbox does not have.
    Unsupported {
        /// The name of what is missing: a module of the language's library, say.
        needs: String,
    },
    /// The harness could not reach a verdict (the wall-clock backstop twice over, an I/O error): run it again.
    Inconclusive {
        /// What went wrong in the harness.
        reason: String,
    },
}

/// What was compared and differs: an assertion that did not hold, with what could be found out about it, or an answer
/// that is not the expected one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Line in the test's source, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The assertion's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<String>,
    /// The arguments of the call, or the standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What the completion answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// The assertion's own message, or where two texts differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// An exception that nobody caught.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// The exception's class, `ZeroDivisionError`.
    pub exception: String,
    /// Its message.
    pub message: String,
    /// Where the failing line is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A line of a program or of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Which source the line belongs to.
    pub source: Source,
    /// Line number, from 1.
    pub line: u32,
    /// The line itself, without indentation.
    pub text: String,
}

/// The two sources that make up an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The program made from prompt and completion.
    Program,
    /// The tests.
    Tests,
}

/// A verdict with what it cost and how it was reached. The same completion gives the same judgement, to the
/// byte, on every machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Fuel that the completion burned in all tests (under sealed judging: without the tests' own).
    pub fuel: Fuel,
    /// Which tests ran and passed, where the problem has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestCounts>,
    /// The tests handed the completion something that can not cross between cells, so that both ran in one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// The interpreter that ran it, where that is not the language's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
}

/// How many of a problem's tests ran and passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TestCountsRecord", into = "TestCountsRecord")]
pub struct TestCounts {
    /// How many the problem has.
    pub total: u32,
    /// How many ran; without `--all-tests` none after the first that did not pass.
    pub run: u32,
    /// How many passed.
    pub passed: u32,
    /// How many have no verdict on the completion itself.
    pub unknown: u32,
    /// The test that the verdict is about, from 0 in the order of the problem.
    pub failed: Option<u32>,
    /// Whether the base tests passed, where the set tells them from the tests that were added (EvalPlus).
    pub base_passed: Option<bool>,
}

/// [`TestCounts`] as records have them.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct TestCountsRecord {
    total: u32,
    run: u32,
    passed: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    unknown: u32,
    /// From 1, as reports number tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing_test: Option<NonZeroU32>,
    /// The same from 0, in records of older versions. It read like a count.
    #[serde(default, skip_serializing)]
    failed: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_passed: Option<bool>,
}

impl From<TestCountsRecord> for TestCounts {
    fn from(record: TestCountsRecord) -> TestCounts {
        let TestCountsRecord { total, run, passed, unknown, failing_test, failed, base_passed } = record;
        let failed = failing_test.map(|number| number.get() - 1).or(failed);
        TestCounts { total, run, passed, unknown, failed, base_passed }
    }
}

impl From<TestCounts> for TestCountsRecord {
    fn from(counts: TestCounts) -> TestCountsRecord {
        let TestCounts { total, run, passed, unknown, failed, base_passed } = counts;
        let failing_test = failed.and_then(|index| NonZeroU32::new(index.saturating_add(1)));
        TestCountsRecord { total, run, passed, unknown, failing_test, failed: None, base_passed }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// How a verdict enters the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A pass.
    Pass,
    /// A failure.
    Fail,
    /// Neither: it widens the bounds.
    Unknown,
}

/// The name of a [`Verdict`] variant, as in records and tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // they are the variants of Verdict
pub enum VerdictKind {
    Passed,
    WrongAnswer,
    Exception,
    SyntaxError,
    CompileError,
    OutOfFuel,
    OutOfMemory,
    OutputLimit,
    Exited,
    NoCode,
    Unsupported,
    Inconclusive,
}

impl VerdictKind {
    /// Every kind, in the order in which tables list them.
    pub const ALL: [VerdictKind; 12] = [
        VerdictKind::Passed,
        VerdictKind::WrongAnswer,
        VerdictKind::Exception,
        VerdictKind::SyntaxError,
        VerdictKind::CompileError,
        VerdictKind::OutOfFuel,
        VerdictKind::OutOfMemory,
        VerdictKind::OutputLimit,
        VerdictKind::Exited,
        VerdictKind::NoCode,
        VerdictKind::Unsupported,
        VerdictKind::Inconclusive,
    ];

    /// The name in records and tables.
    pub fn name(self) -> &'static str {
        match self {
            VerdictKind::Passed => "passed",
            VerdictKind::WrongAnswer => "wrong_answer",
            VerdictKind::Exception => "exception",
            VerdictKind::SyntaxError => "syntax_error",
            VerdictKind::CompileError => "compile_error",
            VerdictKind::OutOfFuel => "out_of_fuel",
            VerdictKind::OutOfMemory => "out_of_memory",
            VerdictKind::OutputLimit => "output_limit",
            VerdictKind::Exited => "exited",
            VerdictKind::NoCode => "no_code",
            VerdictKind::Unsupported => "unsupported",
            VerdictKind::Inconclusive => "inconclusive",
        }
    }

    /// How this kind enters the score.
    pub fn standing(self) -> Standing {
        match self {
            VerdictKind::Passed => Standing::Pass,
            VerdictKind::Unsupported | VerdictKind::Inconclusive => Standing::Unknown,
            VerdictKind::WrongAnswer
            | VerdictKind::Exception
            | VerdictKind::SyntaxError
            | VerdictKind::CompileError
            | VerdictKind::OutOfFuel
            | VerdictKind::OutOfMemory
            | VerdictKind::OutputLimit
            | VerdictKind::Exited
            | VerdictKind::NoCode => Standing::Fail,
        }
    }
}

impl Verdict {
    /// The variant's name.
    pub fn kind(&self) -> VerdictKind {
        match self {
            Verdict::Passed => VerdictKind::Passed,
            Verdict::WrongAnswer(_) => VerdictKind::WrongAnswer,
            Verdict::Exception(_) => VerdictKind::Exception,
            Verdict::SyntaxError(_) => VerdictKind::SyntaxError,
            Verdict::CompileError { .. } => VerdictKind::CompileError,
            Verdict::OutOfFuel { .. } => VerdictKind::OutOfFuel,
            Verdict::OutOfMemory { .. } => VerdictKind::OutOfMemory,
            Verdict::OutputLimit { .. } => VerdictKind::OutputLimit,
            Verdict::Exited { .. } => VerdictKind::Exited,
            Verdict::NoCode => VerdictKind::NoCode,
            Verdict::Unsupported { .. } => VerdictKind::Unsupported,
            Verdict::Inconclusive { .. } => VerdictKind::Inconclusive,
        }
    }
}

impl Judgement {
    /// A judgement that was reached without executing anything.
    pub fn without_execution(verdict: Verdict) -> Judgement {
        Judgement { verdict, fuel: Fuel(0), tests: None, open: false, interpreter: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failing_test_is_recorded_as_reports_number_it_and_old_records_are_read() {
        let counts =
            TestCounts { total: 40, run: 30, passed: 29, unknown: 0, failed: Some(29), base_passed: None };
        let text = serde_json::to_string(&counts).unwrap();
        assert_eq!(text, r#"{"total":40,"run":30,"passed":29,"failing_test":30}"#);
        assert_eq!(serde_json::from_str::<TestCounts>(&text).unwrap(), counts);
        let old = r#"{"total":40,"run":30,"passed":29,"failed":29}"#;
        assert_eq!(serde_json::from_str::<TestCounts>(old).unwrap(), counts);
        assert!(
            serde_json::from_str::<TestCounts>(r#"{"total":1,"run":1,"passed":0,"failing_test":0}"#).is_err()
        );
    }
}
