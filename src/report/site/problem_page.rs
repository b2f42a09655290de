//! The page of a problem: what was asked, how every run did, and samples with their verdicts.

use serde::Serialize;

use super::board::Board;
use super::error::SiteError;
use super::format::{count, plural, ratio};
use super::input::{FailingTest, PageSource, ProblemText, SampleInput, TestText};
use super::run_page::{standing, verdict_name};
use super::view::{Frame, RunLink, Share};
use super::{code, diff, statement};
use crate::problem::Language;

/// A page shows at most this many samples, of every run about as many.
const MOST_SAMPLES: usize = 200;
/// A page shows at most this many bytes of programs; the samples after that are without.
const MOST_CODE: usize = 1_000_000;
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
    runs: Vec<RunSamples<'a>>,
    samples_note: Option<String>,
    previous: Option<Neighbour<'a>>,
    next: Option<Neighbour<'a>>,
}

#[derive(Serialize)]
struct Neighbour<'a> {
    task_id: &'a str,
    slug: &'a str,
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

#[derive(Serialize)]
struct RunSamples<'a> {
    link: RunLink<'a>,
    samples: Vec<SampleView>,
    left_out: Option<String>,
}

#[derive(Serialize)]
struct SampleView {
    number: u32,
    verdict: String,
    standing: &'static str,
    reason: String,
    fuel: String,
    /// Markup; none where there is none, or the page has enough of it.
    code: Option<String>,
    /// Whether there is a program that is not shown.
    is_left_out: bool,
    failing: Option<FailingView>,
}

#[derive(Serialize)]
struct FailingView {
    /// `Test 3 of 12`.
    which: String,
    /// Its texts are left out.
    is_hidden: bool,
    message: Option<String>,
    /// Titles and markup.
    parts: Vec<(&'static str, String)>,
    /// Markup.
    diff: Option<String>,
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
        let quotas = quotas(board, index);
        let shown: usize = quotas.iter().sum();
        let mut code_left = MOST_CODE;
        let mut runs = Vec::new();
        for (run, quota) in board.runs.iter().zip(quotas) {
            let existing = run.input.problems[index].counts.samples;
            if existing == 0 {
                continue;
            }
            let samples =
                if quota > 0 { source.samples(run.index, index).map_err(failed)? } else { Vec::new() };
            let samples: Vec<SampleView> = samples
                .iter()
                .take(quota)
                .map(|one| sample(one, text.language, board.input.reveal_tests, &mut code_left))
                .collect();
            let left_out = existing.saturating_sub(samples.len() as u64);
            runs.push(RunSamples {
                link: RunLink::new(run),
                samples,
                left_out: (left_out > 0).then(|| plural(left_out, "more sample")),
            });
        }
        let existing: u64 = board.runs.iter().map(|run| run.input.problems[index].counts.samples).sum();
        let samples_note = (existing > shown as u64).then(|| {
            format!(
                "The page shows {} of {}, of every run about as many.",
                count(shown as u64),
                plural(existing, "sample")
            )
        });
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
            runs,
            samples_note,
            previous: index.checked_sub(1).and_then(neighbour),
            next: neighbour(index + 1),
        })
    }
}

/// How many samples of each run are shown: one more for each in turn until the page is full.
fn quotas(board: &Board<'_>, index: usize) -> Vec<usize> {
    let existing: Vec<usize> =
        board.runs.iter().map(|run| run.input.problems[index].counts.samples as usize).collect();
    let mut quotas = vec![0; existing.len()];
    let mut left = MOST_SAMPLES;
    loop {
        let open = existing.iter().zip(&quotas).filter(|(existing, quota)| quota < existing).count();
        if open == 0 || left == 0 {
            return quotas;
        }
        let each = (left / open).max(1);
        for (quota, existing) in quotas.iter_mut().zip(&existing) {
            let more = (existing - *quota).min(each).min(left);
            *quota += more;
            left -= more;
        }
    }
}

fn facts(board: &Board<'_>, index: usize, text: &ProblemText) -> Vec<(&'static str, String)> {
    let problem = &board.input.problems[index];
    let known = [
        ("Difficulty", problem.difficulty.clone()),
        ("Tags", (!problem.tags.is_empty()).then(|| problem.tags.join(", "))),
        ("Language", Some(text.language.name().to_owned())),
    ];
    known.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

fn sources(text: &ProblemText) -> Vec<(&'static str, String)> {
    let suffix = text.suffix.as_deref().unwrap_or_default();
    let starter = text.starter_code.as_deref().unwrap_or_default();
    [("Prompt", text.prompt.as_str()), ("After the completion", suffix), ("Starter code", starter)]
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

fn sample(sample: &SampleInput, language: Language, reveal: bool, code_left: &mut usize) -> SampleView {
    let size = sample.code.len().min(code::LONGEST);
    let has_code = !sample.code.is_empty();
    let code = (has_code && size <= *code_left).then(|| {
        *code_left -= size;
        code::block(&sample.code, Some(language), "Program", sample.failing_line)
    });
    SampleView {
        number: sample.sample,
        verdict: verdict_name(sample.verdict),
        standing: standing(sample.verdict),
        reason: if sample.reason == sample.verdict.name() { String::new() } else { line(&sample.reason) },
        fuel: count(sample.fuel),
        is_left_out: has_code && code.is_none(),
        code,
        failing: sample.failing_test.as_ref().map(|test| failing(test, reveal)),
    }
}

fn failing(test: &FailingTest, reveal: bool) -> FailingView {
    let which = match (test.number, test.total) {
        (Some(number), Some(total)) => format!("Test {} of {}", count(number.into()), count(total.into())),
        (Some(number), None) => format!("Test {}", count(number.into())),
        _ => "The test".to_owned(),
    };
    if test.hidden && !reveal {
        return FailingView { which, is_hidden: true, message: None, parts: Vec::new(), diff: None };
    }
    let parts = [
        ("Assertion", &test.assertion),
        ("Input", &test.input),
        ("Expected", &test.expected),
        ("Got", &test.got),
    ];
    FailingView {
        which,
        is_hidden: false,
        message: test.message.as_deref().map(line),
        parts: parts
            .into_iter()
            .filter_map(|(title, text)| Some((title, code::value(text.as_ref()?, title))))
            .collect(),
        diff: test
            .expected
            .as_deref()
            .zip(test.got.as_deref())
            .and_then(|(expected, got)| diff::lines(expected, got)),
    }
}

/// A text that stands in a line of the page.
fn line(text: &str) -> String {
    super::format::shorten(text.trim(), 500)
}
