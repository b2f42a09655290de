//! When a test's answer counts as the expected one: a small, closed set of rules. `judge::compare` carries them out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A comparison rule. Each says whether it compares texts (what a program wrote), values (what a function returned),
/// or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Comparison {
    /// Texts: the same to the byte. Values: equal and of the same types throughout.
    Exact,
    /// Texts: the same lines, white space at both ends of a line and of the text aside.
    TrimmedLines,
    /// Texts: the same tokens in the same order, where white space separates tokens.
    Tokens,
    /// Texts: the same tokens, where tokens that are both decimal numbers may differ by `absolute + relative × |expected|`.
    /// Values: the same shape, where numbers may differ by as much.
    Numbers {
        /// Absolute tolerance.
        #[serde(default)]
        absolute: f64,
        /// Relative tolerance.
        #[serde(default)]
        relative: f64,
    },
    /// Values: equal as Python's `==` says, NaN being equal to itself.
    #[default]
    Values,
    /// Texts: the same lines in any order, each as often. Values: the same items of the outermost collection in any
    /// order, each as often.
    Unordered,
    /// Values: EvalPlus's rule.
    EvalPlus {
        /// Absolute tolerance of the problem; 0 for none, and then 1e-6 from the first expected value that is a float
        /// or made of floats.
        #[serde(default)]
        atol: f64,
        /// What takes the comparison's place for a few problems.
        #[serde(default)]
        oracle: EvalPlusOracle,
    },
    /// Texts: the ladder of APPS. Values: equal, or equal to a single value in a list.
    Apps,
    /// Texts: lines of equal text or of equal decimal numbers. Values: equal, a tuple counting as a list.
    LiveCodeBench,
    /// Texts: lower-cased tokens, numbers within 1e-5.
    CodeContests,
    /// A program of the set's own decides, in a cell of its own. It defines `check(input, expected, output)` and
    /// returns whether the output is right, or a text that says what is wrong. For tests by calls `input` is the list
    /// of arguments.
    Checker {
        /// The program, in Python.
        source: String,
    },
}

/// How EvalPlus judges the problems for which equality is not the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvalPlusOracle {
    /// By equality, as all others.
    #[default]
    None,
    /// Equal as sets.
    Set,
    /// Both are None, or neither is.
    NotNone,
    /// Whatever comes back is right.
    Anything,
    /// Mbpp/295: equal, or 0.
    OrZero,
    /// Mbpp/581: equal, or within the tolerance of the surface of a square pyramid, rounded, whose base edge and height are
    /// the arguments.
    OrPyramidSurface,
    /// Mbpp/558: equal, or the sum of the differences of the arguments' decimal digits, the shorter one filled with zeros.
    OrDigitDistance,
    /// HumanEval/32: the polynomial whose coefficients are the argument is within the tolerance of 0 at the answer.
    PolynomialZero,
}

impl EvalPlusOracle {
    /// The name in records and for the guest.
    pub fn name(self) -> &'static str {
        match self {
            EvalPlusOracle::None => "none",
            EvalPlusOracle::Set => "set",
            EvalPlusOracle::NotNone => "not_none",
            EvalPlusOracle::Anything => "anything",
            EvalPlusOracle::PolynomialZero => "polynomial_zero",
        }
    }
}
