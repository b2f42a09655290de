//! `set.toml`: what holds for a whole set.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{ComparisonTable, LimitsTable};
use crate::problem::{Interpreter, Language};

/// What holds for a whole problem set: the content of `set.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "set", title = "Karat problem set")]
pub struct SetFile {
    /// The set's name, with which the names of its problems begin: letters, digits, `-`, `_`, `.` and `+`.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// The version. Another version is another set of tests, so that scores of different versions do not compare.
    #[schemars(with = "String")]
    pub version: Spanned<String>,
    /// The licence of the problems, as an SPDX expression where there is one: `CC-BY-4.0`.
    #[schemars(with = "String")]
    pub licence: Spanned<String>,
    /// The programming languages of the problems. The first is that of a problem that does not name its own.
    #[schemars(with = "Vec<Language>")]
    pub languages: Spanned<Vec<Language>>,
    /// The interpreter of all programs in its language, `python-scientific`; where nothing is said, what a program and
    /// its tests import decides.
    #[serde(default)]
    pub interpreter: Option<Interpreter>,
    /// The natural languages (as tags: `en`, `zh`) in which every problem is stated.
    #[schemars(with = "Vec<String>")]
    pub natural_languages: Spanned<Vec<String>>,
    /// What the set is about, in a sentence or two.
    #[serde(default)]
    pub description: Option<String>,
    /// A text that stands nowhere else. Each problem file has it in a comment, so that a model which can recite it
    /// has been trained on the set.
    #[serde(default)]
    pub canary: Option<String>,
    /// Limits of one test, for problems that set none.
    #[serde(default)]
    pub limits: LimitsTable,
    /// Comparison rules, for problems that set none.
    #[serde(default)]
    pub comparison: ComparisonsTable,
}

/// The set's comparison rules, by kind of test.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonsTable {
    /// For tests by calls; `values` where nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<ComparisonTable>")]
    pub calls: Option<Spanned<ComparisonTable>>,
    /// For tests by standard input and output; `trimmed_lines` where nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<ComparisonTable>")]
    pub stdio: Option<Spanned<ComparisonTable>>,
}
