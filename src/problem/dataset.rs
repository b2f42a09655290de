//! Published problem sets, whose formats and rules Karat knows.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::comparison::Comparison;

/// A published problem set, or one in the format of such a set.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
pub enum Dataset {
    /// OpenAI's HumanEval: complete a Python function from its signature and docstring.
    #[value(name = "humaneval")]
    HumanEval,
    /// EvalPlus's HumanEval+: the same functions, with many more inputs.
    #[value(name = "humaneval+", alias = "humanevalplus")]
    HumanEvalPlus,
    /// EvalPlus's MBPP+.
    #[value(name = "mbpp+", alias = "mbppplus")]
    MbppPlus,
    /// Google's Mostly Basic Python Problems, all of them.
    #[value(name = "mbpp")]
    Mbpp,
    /// The part of MBPP that its authors went over by hand.
    #[value(name = "mbpp-sanitized")]
    MbppSanitized,
    /// APPS: contest problems of three difficulties.
    #[value(name = "apps")]
    Apps,
    /// DeepMind's CodeContests.
    #[value(name = "code-contests", alias = "codecontests")]
    CodeContests,
    /// LiveCodeBench: contest problems with dates.
    #[value(name = "livecodebench", alias = "lcb")]
    LiveCodeBench,
    /// MultiPL-E: HumanEval and MBPP translated to other languages.
    #[value(name = "multipl-e", alias = "multiple")]
    MultiPlE,
    /// A set in Karat's own format.
    #[value(name = "karat")]
    Karat,
}

impl Dataset {
    /// Every one, in the order in which help texts list them.
    pub const ALL: [Dataset; 10] = [
        Dataset::HumanEval,
        Dataset::HumanEvalPlus,
        Dataset::MbppPlus,
        Dataset::Mbpp,
        Dataset::MbppSanitized,
        Dataset::Apps,
        Dataset::CodeContests,
        Dataset::LiveCodeBench,
        Dataset::MultiPlE,
        Dataset::Karat,
    ];

    /// The name, as its authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Dataset::HumanEval => "HumanEval",
            Dataset::HumanEvalPlus => "HumanEval+",
            Dataset::MbppPlus => "MBPP+",
            Dataset::Mbpp => "MBPP",
            Dataset::MbppSanitized => "MBPP sanitized",
            Dataset::Apps => "APPS",
            Dataset::CodeContests => "CodeContests",
            Dataset::LiveCodeBench => "LiveCodeBench",
            Dataset::MultiPlE => "MultiPL-E",
            Dataset::Karat => "Karat",
        }
    }

    /// The comparison of its tests, where the set does not say otherwise.
    pub fn comparison(self) -> Comparison {
        match self {
            Dataset::HumanEvalPlus | Dataset::MbppPlus => {
                Comparison::EvalPlus { atol: 0.0, oracle: Default::default() }
            }
            Dataset::Apps => Comparison::Apps,
            Dataset::CodeContests => Comparison::CodeContests,
            Dataset::LiveCodeBench => Comparison::LiveCodeBench,
            Dataset::HumanEval
            | Dataset::Mbpp
            | Dataset::MbppSanitized
            | Dataset::MultiPlE
            | Dataset::Karat => Comparison::Values,
        }
    }

    /// The time that the upstream harness allows one test (HumanEval, MBPP and MultiPL-E: a whole program), in seconds.
    pub fn seconds(self) -> u64 {
        match self {
            Dataset::HumanEval | Dataset::Mbpp | Dataset::MbppSanitized => 3,
            Dataset::HumanEvalPlus | Dataset::MbppPlus | Dataset::Apps => 4,
            Dataset::LiveCodeBench => 6,
            Dataset::CodeContests | Dataset::Karat => 10,
            Dataset::MultiPlE => 15,
        }
    }

    /// Whether all tests of a problem run although one failed: where the set's own metrics need that.
    pub fn runs_all_tests(self) -> bool {
        self == Dataset::Apps
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
