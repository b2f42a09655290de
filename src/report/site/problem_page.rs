//! The page of a problem: what was asked, how every run did, and samples with their verdicts.

use serde::Serialize;

use super::board::Board;
use super::error::SiteError;
use super::format::{count, plural, ratio};
use super::input::{PageSource, ProblemText, PromptInput, TestText};
use super::sample_list::{self, RunSamples};
use super::view::{Frame, RunLink, Share};
use super::{code, statement};
use crate::judge::verdict::VerdictKind;
use crate::problem::Language;

/// A page shows at most this many tests of a kind.
const MOST_TESTS: usize = 50;

/// What the page shows.
#[derive(Serialize)]
pub(super) struct ProblemView<'a> {
    frame: Frame<'a>,
    task_id: &'a str,
    title: Option<&'a str>,
    facts: Vec<(&'static str, String)>,
    /// Languages and markup.
    statements: Vec<(String, String)>,
    /// Titles and markup.
    sources: Vec<(&'static str, String)>,
    examples: Vec<TestView>,
    examples_note: Option<String>,
    hidden_tests: Vec<TestView>,
    hidden_tests_note: Option<String>,
    /// Names and markup.
    references: Vec<(String, String)>,
    results: Vec<ResultRow<'a>>,
    with_fuel: bool,
    prompts: Vec<PromptView<'a>>,
    runs: Vec<RunSamples<'a>>,
    samples_note: Option<String>,
    /// The verdicts of the samples, for filtering: names in records and for people.
    verdicts: Vec<(VerdictKind, String)>,
    previous: Option<Neighbour<'a>>,
    next: Option<Neighbour<'a>>,
}

#[derive(Serialize)]
struct Neighbour<'a> {
    task_id: &'a str,
    slug: &'a str,
}

/// What some runs asked.
#[derive(Serialize)]
struct PromptView<'a> {
    /// The runs; none where all asked the same.
    runs: Vec<RunLink<'a>>,
    /// Markup.
    text: String,
}

/// A test: markup of each part.
#[derive(Serialize)]
struct TestView {
    code: Option<String>,
    input: Option<String>,
    expected: Option<String>,
}

#[derive(Serialize)]
struct ResultRow<'a> {
    link: RunLink<'a>,
    counts: String,
    rate: Share,
    fuel: Option<String>,
}

impl<'a> ProblemView<'a> {
    pub(super) fn new(
        board: &'a Board<'_>,
        source: &dyn PageSource,
        index: usize,
    ) -> Result<ProblemView<'a>, SiteError> {
        let problem = &board.input.problems[index];
        let failed = |source| SiteError::Source { task_id: problem.task_id.clone(), source };
        let mut text = source.problem(index).map_err(failed)?;
        if !board.input.reveal_tests {
            text.hidden_tests.clear();
            text.references.clear();
        }
        let prompts = source.prompts(index).map_err(failed)?;
        let runs = sample_list::of_problem(board, source, index, text.language)?;
        let neighbour = |index: usize| {
            let problem = board.input.problems.get(index)?;
            Some(Neighbour { task_id: &problem.task_id, slug: &board.problem_slugs[index] })
        };
        let language = text.language;
        let tests =
            |tests: &[TestText]| tests.iter().take(MOST_TESTS).map(|one| test(one, language)).collect();
        Ok(ProblemView {
            frame: Frame::new(board, "../"),
            task_id: &problem.task_id,
            title: problem.title.as_deref(),
            facts: facts(board, index, &text),
            statements: text
                .statements
                .iter()
                .map(|(name, text)| (name.clone(), statement::render(text)))
                .collect(),
            sources: sources(&text),
            examples: tests(&text.examples),
            examples_note: tests_note(&text.examples),
            hidden_tests: tests(&text.hidden_tests),
            hidden_tests_note: tests_note(&text.hidden_tests),
            references: text
                .references
                .iter()
                .map(|one| {
                    (
                        one.name.clone(),
                        code::block(
                            &one.source,
                            Some(one.language.unwrap_or(language)),
                            "Reference solution",
                            None,
                        ),
                    )
                })
                .collect(),
            results: results(board, index),
            with_fuel: board.runs.iter().any(|run| run.input.problems[index].fuel_ratio.is_some()),
            samples_note: sample_list::note(board, index),
            verdicts: sample_list::verdicts(&runs),
            runs,
            prompts: prompts.iter().map(|one| prompt(board, one)).collect(),
            previous: index.checked_sub(1).and_then(neighbour),
            next: neighbour(index + 1),
        })
    }
}

fn facts(board: &Board<'_>, index: usize, text: &ProblemText) -> Vec<(&'static str, String)> {
    let problem = &board.input.problems[index];
    let known = [
        ("Difficulty", problem.difficulty.clone()),
        ("Tags", (!problem.tags.is_empty()).then(|| problem.tags.join(", "))),
        ("Published", problem.date.map(|date| date.to_string())),
        ("Language", Some(text.language.name().to_owned())),
    ];
    known.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

fn prompt<'a>(board: &'a Board<'_>, prompt: &PromptInput) -> PromptView<'a> {
    let is_everyones = board.runs.iter().all(|run| prompt.runs.contains(&run.index));
    let asking = board.runs.iter().filter(|run| !is_everyones && prompt.runs.contains(&run.index));
    PromptView { runs: asking.map(RunLink::new).collect(), text: code::value(&prompt.text, "Prompt") }
}

fn sources(text: &ProblemText) -> Vec<(&'static str, String)> {
    let suffix = text.suffix.as_deref().unwrap_or_default();
    let starter = text.starter_code.as_deref().unwrap_or_default();
    [("Code to continue", text.prompt.as_str()), ("After the completion", suffix), ("Starter code", starter)]
        .into_iter()
        .filter(|(_, source)| !source.trim().is_empty())
        .map(|(title, source)| (title, code::block(source, Some(text.language), title, None)))
        .collect()
}

fn test(test: &TestText, language: Language) -> TestView {
    TestView {
        code: test.code.as_ref().map(|text| code::block(text, Some(language), "Test", None)),
        input: test.input.as_ref().map(|text| code::value(text, "Input")),
        expected: test.expected.as_ref().map(|text| code::value(text, "Expected")),
    }
}

fn tests_note(tests: &[TestText]) -> Option<String> {
    let more = tests.len().saturating_sub(MOST_TESTS) as u64;
    (more > 0).then(|| format!("{} not shown.", plural(more, "more test")))
}

fn results<'a>(board: &'a Board<'_>, index: usize) -> Vec<ResultRow<'a>> {
    let row = |run: &'a super::board::BoardRun<'_>| {
        let result = run.input.problems[index];
        Some(ResultRow {
            link: RunLink::new(run),
            counts: format!("{} of {}", count(result.counts.passed), count(result.counts.samples)),
            rate: Share::new(result.pass_rate()?),
            fuel: result.fuel_ratio.map(ratio),
        })
    };
    board.runs.iter().filter_map(row).collect()
}
