//! The file of one problem.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{ComparisonTable, from_text};
use crate::problem::{Language, TestKind};
use crate::sandbox::{Bytes, Fuel};

/// A problem: what a model is asked, and what decides whether its answer is right. The file's name without `.toml` is
/// the problem's name within the set.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "problem", title = "Karat problem")]
pub struct ProblemFile {
    /// The title.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// How hard the problem is.
    pub difficulty: Difficulty,
    /// What the problem is about.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The programming language; the set's first where nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<Language>")]
    pub language: Option<Spanned<Language>>,
    /// How answers are tested: by calls of a function whose result is compared, by assertions about a function, or by
    /// what a whole program writes to standard output.
    pub kind: TestKind,
    /// The header of the function to write, `def merge(a: list[int], b: list[int]) -> list[int]:`. Tests by calls and
    /// by assertions need it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub signature: Option<Spanned<String>>,
    /// For tests by assertions: code that runs before each of them.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub setup: Option<Spanned<String>>,
    /// For tests by standard input and output: the file in its directory that the program finds the input in, besides.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub input_file: Option<Spanned<String>>,
    /// For tests by standard input and output: the file that the program leaves its output in. What it prints counts where
    /// it leaves no such file.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub output_file: Option<Spanned<String>>,
    /// What is asked, by natural language, the default first. It is shown as it is written, to models and on pages; pages
    /// set code in backticks and between fences (```) as code.
    #[schemars(with = "IndexMap<String, String>")]
    pub statement: Spanned<IndexMap<String, Spanned<String>>>,
    /// Tests that the model sees.
    #[serde(default)]
    #[schemars(with = "Vec<TestTable>")]
    pub examples: Vec<Spanned<TestTable>>,
    /// Hidden tests.
    #[serde(default)]
    #[schemars(with = "Vec<TestTable>")]
    pub tests: Vec<Spanned<TestTable>>,
    /// When an answer counts as the expected one; the set's rule for the kind of test where nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<ComparisonTable>")]
    pub comparison: Option<Spanned<ComparisonTable>>,
    /// Limits of one test; the set's where nothing is said.
    #[serde(default)]
    pub limits: LimitsTable,
    /// What every input fulfils.
    #[serde(default)]
    pub inputs: InputsTable,
    /// Right solutions. The first in the problem's language is the reference: it sets the fuel limit.
    #[serde(default)]
    #[schemars(with = "Vec<SolutionTable>")]
    pub solutions: Vec<Spanned<SolutionTable>>,
    /// Wrong solutions, which the tests must catch.
    #[serde(default)]
    #[schemars(with = "Vec<WrongTable>")]
    pub wrong: Vec<Spanned<WrongTable>>,
}

/// How hard a problem is.
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
pub enum Difficulty {
    /// A few lines, no algorithm to know.
    Introductory,
    /// What is asked in an interview: one idea, edge cases.
    Interview,
    /// What is asked in a contest: an algorithm that must be found, and be fast enough.
    Competition,
}

impl Difficulty {
    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Difficulty::Introductory => "introductory",
            Difficulty::Interview => "interview",
            Difficulty::Competition => "competition",
        }
    }
}

/// A test. By calls it has `arguments` and `expected`, by assertions `assertion`, by standard input and output `input`
/// and `output`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestTable {
    /// Calls: the arguments as they stand in a call, as Python literals: `[1, 3], "x"`.
    #[schemars(with = "Option<String>")]
    pub arguments: Option<Spanned<String>>,
    /// Calls: what the call must return, as a Python literal.
    #[schemars(with = "Option<String>")]
    pub expected: Option<Spanned<String>>,
    /// Assertions: one or several statements that assert something about the function, by its name.
    #[schemars(with = "Option<String>")]
    pub assertion: Option<Spanned<String>>,
    /// Standard input and output: what the program reads.
    #[schemars(with = "Option<String>")]
    pub input: Option<Spanned<String>>,
    /// Standard input and output: what it must write.
    #[schemars(with = "Option<String>")]
    pub output: Option<Spanned<String>>,
}

/// Limits of one test.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsTable {
    /// Fuel, `"30G"`: in place of ten times what the reference solution burns.
    #[serde(default, deserialize_with = "from_text")]
    #[schemars(with = "Option<String>")]
    pub fuel: Option<Fuel>,
    /// A time limit in seconds of native speed, which becomes fuel.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub seconds: Option<Spanned<f64>>,
    /// Memory for the program itself, beside the interpreter's own: `"64MiB"`.
    #[serde(default, deserialize_with = "from_text")]
    #[schemars(with = "Option<String>")]
    pub memory: Option<Bytes>,
}

/// What every input fulfils.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputsTable {
    /// Tests by calls and assertions: Python expressions over the parameters, `1 <= len(a) <= 10**5`. Tests by
    /// standard input and output: sentences.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub constraints: Vec<Spanned<String>>,
}

/// A right solution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SolutionTable {
    /// What to call it: its idea, in a few words.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Its programming language; the problem's where nothing is said.
    #[serde(default)]
    pub language: Option<Language>,
    /// The program.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// A wrong solution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrongTable {
    /// What is wrong with it, in a few words.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Its programming language; the problem's where nothing is said.
    #[serde(default)]
    pub language: Option<Language>,
    /// The verdict that it must get; any failure will do where nothing is said.
    #[serde(default)]
    pub verdict: Option<ExpectedVerdict>,
    /// The program.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// A verdict that a wrong solution can be expected to get: one that is a failure of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedVerdict {
    /// It answers, and the answer is not the expected one.
    WrongAnswer,
    /// It raises.
    Exception,
    /// It is not a program of its language.
    SyntaxError,
    /// The compiler refuses it.
    CompileError,
    /// It is too slow, or never ends.
    OutOfFuel,
    /// It uses too much memory.
    OutOfMemory,
    /// It writes too much.
    OutputLimit,
    /// It leaves before the test ends.
    Exited,
}

impl ExpectedVerdict {
    /// Every one.
    pub const ALL: [ExpectedVerdict; 8] = [
        ExpectedVerdict::WrongAnswer,
        ExpectedVerdict::Exception,
        ExpectedVerdict::SyntaxError,
        ExpectedVerdict::CompileError,
        ExpectedVerdict::OutOfFuel,
        ExpectedVerdict::OutOfMemory,
        ExpectedVerdict::OutputLimit,
        ExpectedVerdict::Exited,
    ];

    /// The verdict's name in records.
    pub fn name(self) -> &'static str {
        match self {
            ExpectedVerdict::WrongAnswer => "wrong_answer",
            ExpectedVerdict::Exception => "exception",
            ExpectedVerdict::SyntaxError => "syntax_error",
            ExpectedVerdict::CompileError => "compile_error",
            ExpectedVerdict::OutOfFuel => "out_of_fuel",
            ExpectedVerdict::OutOfMemory => "out_of_memory",
            ExpectedVerdict::OutputLimit => "output_limit",
            ExpectedVerdict::Exited => "exited",
        }
    }
}
