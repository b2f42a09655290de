//! When a test's answer counts as the expected one: a small, closed set of rules. [`crate::judge::compare`] carries
//! them out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A comparison rule. Each says whether it compares texts (what a program wrote), values (what a function returned),
/// or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Comparison {
    /// Texts: the same to the byte. Values: equal and of the same types throughout, where 0.0 is not -0.0, but NaN is
    /// NaN; the order of sets and dictionaries does not count.
    Exact,
    /// Texts: the same lines, white space at both ends of a line and of the text aside.
    TrimmedLines,
    /// Texts: the same tokens in the same order, where white space separates tokens.
    Tokens,
    /// Texts: the same tokens, where tokens that are both decimal numbers may differ by `absolute + relative × |expected|`.
    /// Values: the same shape and types (a list is no tuple), where numbers may differ by as much; `1` and `1.0` are
    /// the same number, `True` is none. Keys and what is in sets is compared exactly, and so are numbers if there is no
    /// tolerance.
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
    /// Texts: the same lines in any order, each as often, white space at both ends of a line and of the text aside.
    /// Values: the same items of the outermost collection in any order, each as often, equal as for `values`.
    Unordered,
    /// Values: EvalPlus's rule. Equal as Python's `==` says; or, where a tolerance is in force, of the same type and
    /// length with every element within `atol + 1e-7 × |expected|`, an integer having no tolerance in sealed judging.
    EvalPlus {
        /// Absolute tolerance of the problem; 0 for none, and then 1e-6 from the first expected value that is a float
        /// or made of floats.
        #[serde(default)]
        atol: f64,
        /// What takes the comparison's place for a few problems.
        #[serde(default)]
        oracle: EvalPlusOracle,
    },
    /// Texts: lines of the same tokens, where real numbers may differ by `1e-8 + 1e-5 × |expected|`, an integer wants an
    /// equal number, and empty lines do not count; in compatible judging the ladder of APPS. Values: equal, or equal to
    /// a single value in a list.
    Apps,
    /// Texts: lines of equal text or of equal decimal numbers. Values: equal, a tuple counting as a list.
    LiveCodeBench,
    /// Texts: lower-cased tokens, numbers within 1e-5, two integers exactly.
    CodeContests,
    /// A program of the set's own decides, in a cell of its own. It defines `check(input, expected, output)` and
    /// returns whether the output is right, or a text that says what is wrong. For tests by calls `input` is the list
    /// of arguments.
    Checker {
        /// The program, in Python.
        source: String,
    },
}

/// How EvalPlus judges the problems for which equality is not the point. Where an oracle does not find the answer
/// right, the tolerance may still do so, except for [`PolynomialZero`](Self::PolynomialZero). What upstream lets pass
/// beyond what a problem means is for compatible judging.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "How EvalPlus judges the problems for which equality is not the point.")]
pub enum EvalPlusOracle {
    /// By equality, as all others.
    #[default]
    None,
    /// Equal as sets, both being lists, tuples or sets: Mbpp/2, 7, 111, 140, 232, 249, 579 and 769. Upstream takes for a
    /// set whatever can become one, a dictionary or a text.
    Set,
    /// The same truth value, and where True or False is expected equal to it. The functions `check_str`,
    /// `text_match_three` and `text_starta_endb` of MBPP+. Upstream: both are None, or neither is, a truth value standing
    /// for whether there is an answer.
    NotNone,
    /// The expected value, or whether the divisors of the two arguments, themselves left out, have the same sum:
    /// Mbpp/164. Upstream: whatever comes back.
    Anything,
    /// The expected value, or 0 where the argument is 1 or less: Mbpp/295. Upstream: or 0.
    OrZero,
    /// The expected value, or the sum of the differences of digits with both numbers filled up by zeros on the left to
    /// the same length: Mbpp/558.
    OrDigitDistance,
    /// The expected value: Mbpp/581. Upstream: or the rounded surface of the square pyramid with this base edge and
    /// height (not slant height), within the tolerance.
    OrPyramidSurface,
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
            EvalPlusOracle::OrZero => "or_zero",
            EvalPlusOracle::OrDigitDistance => "or_digit_distance",
            EvalPlusOracle::OrPyramidSurface => "or_pyramid_surface",
            EvalPlusOracle::PolynomialZero => "polynomial_zero",
        }
    }
}

impl Comparison {
    /// The name that a set's files have for the rule.
    pub fn name(&self) -> &'static str {
        match self {
            Comparison::Exact => "exact",
            Comparison::TrimmedLines => "trimmed_lines",
            Comparison::Tokens => "tokens",
            Comparison::Numbers { .. } => "numbers",
            Comparison::Values => "values",
            Comparison::Unordered => "unordered",
            Comparison::EvalPlus { .. } => "eval_plus",
            Comparison::Apps => "apps",
            Comparison::LiveCodeBench => "live_code_bench",
            Comparison::CodeContests => "code_contests",
            Comparison::Checker { .. } => "checker",
        }
    }

    /// Whether the rule can compare what a program wrote.
    pub fn compares_texts(&self) -> bool {
        !matches!(self, Comparison::Values | Comparison::EvalPlus { .. })
    }

    /// Whether the rule can compare what a function returned.
    pub fn compares_values(&self) -> bool {
        !matches!(self, Comparison::TrimmedLines | Comparison::Tokens | Comparison::CodeContests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_files() {
        for rule in [
            Comparison::Exact,
            Comparison::TrimmedLines,
            Comparison::Tokens,
            Comparison::Numbers { absolute: 0.0, relative: 0.0 },
            Comparison::Values,
            Comparison::Unordered,
            Comparison::EvalPlus { atol: 0.0, oracle: EvalPlusOracle::None },
            Comparison::Apps,
            Comparison::LiveCodeBench,
            Comparison::CodeContests,
            Comparison::Checker { source: String::new() },
        ] {
            let written = serde_json::to_value(&rule).unwrap();
            assert_eq!(written["rule"], rule.name());
            assert!(rule.compares_texts() || rule.compares_values());
        }
    }
}
