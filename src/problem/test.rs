//! What decides whether a completion is right.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

/// A test of a problem. Every one is executed in cells of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Whether a model may see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub visible: bool,
    /// The part of the set's tests that it belongs to.
    #[serde(default, skip_serializing_if = "TestGroup::is_base")]
    pub group: TestGroup,
    /// What is done and expected. (It is a field of its own in what is stored: serde reads one that is flattened, or
    /// tagged within, by way of a copy that takes ten times the memory.)
    pub body: TestBody,
}

/// EvalPlus scores its tests twice: those of the original set alone, and all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestGroup {
    /// The original tests, and every test of a set that makes no difference.
    #[default]
    Base,
    /// What EvalPlus added.
    Plus,
}

impl TestGroup {
    fn is_base(&self) -> bool {
        *self == TestGroup::Base
    }
}

/// The three kinds of test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestBody {
    /// Code that calls the candidate and asserts what it answers.
    Assertions {
        /// The code, in the problem's language. It runs as it stands; where
        /// [`calls_check`](Self::Assertions::calls_check) says so, it defines `check(candidate)`, which is called with
        /// the entry point.
        source: String,
        /// HumanEval's convention.
        calls_check: bool,
    },
    /// A call of the entry point, whose result is compared on the host.
    Call {
        /// Positional arguments.
        arguments: Vec<Value>,
        /// What it must return; nothing where the set leaves it to the reference solution (EvalPlus).
        expected: Option<Value>,
    },
    /// A run of the whole program, whose output is compared on the host.
    Stdio {
        /// Standard input.
        input: String,
        /// What it must write to standard output.
        expected: String,
    },
}

/// A kind of test, by name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // they are the variants of TestBody
pub enum TestKind {
    Assertions,
    Calls,
    Stdio,
}

impl Test {
    /// A hidden test of the base group.
    pub fn hidden(body: TestBody) -> Test {
        Test { visible: false, group: TestGroup::Base, body }
    }

    /// A hidden test of the base group: code that calls the candidate by itself.
    pub fn asserting(source: impl Into<String>) -> Test {
        Test::hidden(TestBody::Assertions { source: source.into(), calls_check: false })
    }

    /// A test of the base group that a model may see.
    pub fn visible(body: TestBody) -> Test {
        Test { visible: true, ..Test::hidden(body) }
    }

    /// Its kind.
    pub fn kind(&self) -> TestKind {
        match self.body {
            TestBody::Assertions { .. } => TestKind::Assertions,
            TestBody::Call { .. } => TestKind::Calls,
            TestBody::Stdio { .. } => TestKind::Stdio,
        }
    }
}

impl TestKind {
    /// The name in records and tables.
    pub fn name(self) -> &'static str {
        match self {
            TestKind::Assertions => "assertions",
            TestKind::Calls => "calls",
            TestKind::Stdio => "stdio",
        }
    }
}

impl fmt::Display for TestKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
