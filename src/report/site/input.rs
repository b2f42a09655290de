//! What a leaderboard shows, as plain data: everything small is in [`SiteInput`], everything that can be large (texts
//! of problems, tests and samples) comes through a [`PageSource`] when its page is written.

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::complete::price::Price;
use crate::judge::verdict::VerdictKind;
use crate::language::Interpreter;
use crate::problem::{Language, Solution};
use crate::stats::{Estimate, ProblemCounts, RankRange, is_significant};

/// A leaderboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteInput {
    /// Its heading.
    pub title: String,
    /// A sentence or two below the heading.
    pub description: Option<String>,
    /// What the runs were to solve.
    pub problem_set: ProblemSetInput,
    /// The runs, in any order: pages list them by rank, then score, then name.
    pub runs: Vec<RunInput>,
    /// The problems, in the order of their set.
    pub problems: Vec<ProblemInput>,
    /// The k's that tables for people have a column for; all that there are if empty. Curves and tables for programs
    /// have all.
    pub table_ks: Vec<u64>,
    /// How each run (row, as in `runs`) did against each other one (column). Empty if nothing was compared.
    pub head_to_head: Vec<Vec<Option<Duel>>>,
    /// Whether hidden tests and reference solutions are shown. They are left out otherwise, even if they are in the
    /// data.
    pub reveal_tests: bool,
    /// What a reader has to know, a sentence each: problems that were left out, say.
    pub notes: Vec<String>,
}

/// Which problem set it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProblemSetInput {
    /// Its name.
    pub name: String,
    /// The version that it gives itself.
    pub version: Option<String>,
    /// The published set whose format and rules it follows.
    pub dataset: String,
    /// BLAKE3 of its content, in hexadecimal.
    pub digest: String,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunInput {
    /// What to call it.
    pub name: String,
    /// The model that wrote the completions.
    pub model: Option<String>,
    /// How large that is, where its name says so.
    pub size: Option<ModelSize>,
    /// What the model's tokens cost.
    pub price: Option<Price>,
    /// The day of the run.
    pub date: Option<Date>,
    /// The version of Karat that judged.
    pub karat_version: String,
    /// Name and digest of the runner that executed the programs.
    pub runner: String,
    /// Fuel, memory, output and time, as texts by name.
    pub limits: IndexMap<String, String>,
    /// By which rules: `sealed`, `compat`.
    pub judging: String,
    /// The ranks that it may have.
    pub rank: RankRange,
    /// Its scores, by ascending k.
    pub pass_at_k: Vec<Estimate>,
    /// Tokens that the model read.
    pub tokens_in: Option<u64>,
    /// Tokens that the model wrote.
    pub tokens_out: Option<u64>,
    /// What the completions cost, in US dollars.
    pub cost: Option<f64>,
    /// The cost for each problem with a completion that passes, in US dollars.
    pub cost_per_solved: Option<f64>,
    /// How many completions got each verdict.
    pub verdicts: IndexMap<VerdictKind, u64>,
    /// The result of each problem: one for each of [`SiteInput::problems`], in that order.
    pub problems: Vec<ProblemResult>,
    /// The samples of each problem by verdict, in the same order. Empty where only the results are known.
    pub outcomes: Vec<Vec<Outcome>>,
    /// All that it takes to repeat the run, as texts by name. No path and no address of a machine is in it.
    pub repeat: IndexMap<String, String>,
    /// What a reader has to know of this run, a sentence each.
    pub notes: Vec<String>,
}

/// The size of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelSize {
    /// How many parameters it has.
    pub parameters: f64,
    /// How that is written, `7B`, with the precision where that is known.
    pub text: String,
}

/// The samples of a problem that got one verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The verdict.
    pub verdict: VerdictKind,
    /// The numbers of the samples, ascending.
    pub samples: Vec<u32>,
    /// Why, in the words of [`SampleInput::reason`]; of several reasons the most frequent one.
    pub reason: String,
    /// How many other reasons there are.
    pub other_reasons: u64,
}

/// The result of a run's completions of one problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProblemResult {
    /// How many there are, and passed. No samples where the run has none for the problem.
    pub counts: ProblemCounts,
    /// Median of the fuel of those that passed, as a multiple of the reference solution's.
    pub fuel_ratio: Option<f64>,
}

/// What is known about a problem without its texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProblemInput {
    /// Its name within the set.
    pub task_id: String,
    /// A title.
    pub title: Option<String>,
    /// How hard it is, in the set's words.
    pub difficulty: Option<String>,
    /// What it is about.
    pub tags: Vec<String>,
    /// The day on which it was published.
    pub date: Option<Date>,
}

/// How one run did against another, on the problems that both have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duel {
    /// Mean difference of pass@1, this run less the other, from −1 to 1.
    pub difference: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// The p-value by itself.
    pub p_value: f64,
    /// The p-value by Holm's correction for all pairs.
    pub adjusted_p_value: f64,
    /// Problems on which this run is better.
    pub won: u64,
    /// Problems on which the other one is better.
    pub lost: u64,
}

impl Duel {
    /// Whether the difference is significant, of this pair by itself: what ranks go by, since no third run changes it.
    pub fn is_significant(&self) -> bool {
        is_significant(self.p_value)
    }

    /// Whether it is significant among all pairs: with a chance below 5 % not even one of those without a difference
    /// is.
    pub fn is_significant_among_all(&self) -> bool {
        is_significant(self.adjusted_p_value)
    }

    /// Whether this run is significantly better than the other.
    pub fn is_won(&self) -> bool {
        self.is_significant() && self.difference > 0.0
    }
}

/// The texts of a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemText {
    /// The language of its code.
    pub language: Language,
    /// What is asked, by natural language.
    pub statements: IndexMap<String, String>,
    /// Code that a completion continues, or empty.
    pub prompt: String,
    /// Code that follows a completion.
    pub suffix: Option<String>,
    /// Code that was shown as a start and is not part of the program.
    pub starter_code: Option<String>,
    /// Tests that a model may see.
    pub examples: Vec<TestText>,
    /// Tests that it may not see. Only shown with [`SiteInput::reveal_tests`].
    pub hidden_tests: Vec<TestText>,
    /// Solutions that are right. Only shown with [`SiteInput::reveal_tests`].
    pub references: Vec<Solution>,
}

/// A test, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestText {
    /// Assertions, in the problem's language.
    pub code: Option<String>,
    /// Arguments of a call, or standard input.
    pub input: Option<String>,
    /// What has to come out.
    pub expected: Option<String>,
}

/// A completion and its judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleInput {
    /// Which of the problem's completions it is, from 0.
    pub sample: u32,
    /// The program; empty where there is none.
    pub code: String,
    /// How it was judged.
    pub verdict: VerdictKind,
    /// Why, without anything of a test: it is shown whether or not tests are. Empty where the verdict says it.
    pub reason: String,
    /// The line of the program at which it failed, from 1.
    pub failing_line: Option<u32>,
    /// The test that it failed.
    pub failing_test: Option<FailingTest>,
    /// Units of fuel that it burned.
    pub fuel: u64,
    /// The interpreter that ran it, where that is not the language's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
    /// What the model wrote, where Karat asked it.
    pub answer: Option<AnswerInput>,
}

/// What a model wrote, before the program was taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerInput {
    /// Its text.
    pub text: String,
    /// What was found in it: the program, or the part of it that is not the problem's own.
    pub program: String,
    /// Thinking that came apart from the text.
    pub thinking: Option<String>,
    /// Where the program was in the text and what was changed on the way, a phrase each. Empty where the text is the
    /// program.
    pub extraction: Vec<String>,
    /// How it ended, where that was not by itself.
    pub ending: Option<String>,
    /// Tokens of the answer, thinking included.
    pub tokens: Option<u64>,
    /// Those of them that were thinking.
    pub thinking_tokens: Option<u64>,
}

/// What some runs asked their models.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptInput {
    /// The runs, by their indices in [`SiteInput::runs`].
    pub runs: Vec<usize>,
    /// The prompt, role by role.
    pub text: String,
}

/// The test that a sample failed, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingTest {
    /// Which one, from 1.
    pub number: Option<u32>,
    /// Of how many.
    pub total: Option<u32>,
    /// Whether a model may not see it. Of a hidden one all texts below are left out unless
    /// [`SiteInput::reveal_tests`].
    pub hidden: bool,
    /// What the test or the program said.
    pub message: Option<String>,
    /// The assertion that did not hold.
    pub assertion: Option<String>,
    /// Arguments of the call, or standard input.
    pub input: Option<String>,
    /// What had to come out.
    pub expected: Option<String>,
    /// What came out.
    pub got: Option<String>,
}

/// Why a source has no text.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Where the texts of problem pages come from. Several pages are written at once.
pub trait PageSource: Sync {
    /// The texts of a problem, by its index in [`SiteInput::problems`].
    ///
    /// # Errors
    ///
    /// When they can not be read; the site is left unfinished.
    fn problem(&self, problem: usize) -> Result<ProblemText, SourceError>;

    /// What models were asked, where that is known: each prompt once.
    ///
    /// # Errors
    ///
    /// When it can not be made; the site is left unfinished.
    fn prompts(&self, problem: usize) -> Result<Vec<PromptInput>, SourceError>;

    /// The first samples of a run (by its index in [`SiteInput::runs`]) for a problem, at most `most` of them, in the
    /// order of their numbers.
    ///
    /// # Errors
    ///
    /// When they can not be read; the site is left unfinished.
    fn samples(&self, run: usize, problem: usize, most: usize) -> Result<Vec<SampleInput>, SourceError>;
}
