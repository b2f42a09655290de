//! The samples on the page of a problem: by run, those with the same program as one.

use serde::Serialize;

use super::board::{Board, BoardRun};
use super::error::SiteError;
use super::format::{count, plural, shorten};
use super::input::{AnswerInput, FailingTest, PageSource, SampleInput};
use super::view::{RunLink, standing, verdict_name};
use super::{answer, code, diff};
use crate::judge::verdict::VerdictKind;
use crate::language::Interpreter;
use crate::problem::Language;

/// A page shows at most this many bytes of programs and answers; the samples after that are without.
const MOST_TEXT: usize = 1_000_000;

/// Values in a line are cut to this many characters.
const LONGEST_IN_LINE: usize = 60;

/// The samples of a run.
#[derive(Serialize)]
pub(super) struct RunSamples<'a> {
    link: RunLink<'a>,
    samples: Vec<SampleView>,
    left_out: Option<String>,
}

/// Samples that have the same program.
#[derive(Serialize)]
struct SampleView {
    /// Its address on the page, as in `careful/0`.
    id: String,
    /// The addresses of the others that have the program.
    others: Vec<String>,
    /// `Sample 0`, `Samples 0, 2`.
    title: String,
    verdict: String,
    /// The name of the verdict in records, for filtering.
    kind: VerdictKind,
    standing: &'static str,
    reason: String,
    tokens: Option<String>,
    fuel: String,
    interpreter: Option<&'static str>,
    /// Markup; none where there is none, or the page has enough of it.
    code: Option<String>,
    /// Whether there is a program that is not shown.
    is_left_out: bool,
    failing: Option<FailingView>,
    answers: Vec<AnswerView>,
}

/// What a model wrote.
#[derive(Serialize)]
struct AnswerView {
    title: String,
    /// What is to be said of it, a phrase each.
    facts: Vec<String>,
    /// Markup.
    thinking: Option<String>,
    /// Markup; none where the answer is the program, or the page has enough of them.
    text: Option<String>,
    /// Whether what is in the program is marked in it.
    is_marked: bool,
    is_left_out: bool,
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

/// How the samples of a page are shown.
struct Showing {
    language: Language,
    reveal: bool,
    /// How many bytes of programs and answers there may still be.
    text_left: usize,
}

/// The samples of a problem, of every run that has some.
pub(super) fn of_problem<'a>(
    board: &'a Board<'_>,
    source: &dyn PageSource,
    index: usize,
    language: Language,
) -> Result<Vec<RunSamples<'a>>, SiteError> {
    let task_id = &board.input.problems[index].task_id;
    let mut showing = Showing { language, reveal: board.input.reveal_tests, text_left: MOST_TEXT };
    let mut runs = Vec::new();
    for (run, &quota) in board.runs.iter().zip(&board.quotas[index]) {
        let existing = run.input.problems[index].counts.samples;
        if existing == 0 {
            continue;
        }
        let samples = if quota > 0 {
            source
                .samples(run.index, index, quota)
                .map_err(|source| SiteError::Source { task_id: task_id.clone(), source })?
        } else {
            Vec::new()
        };
        let left_out = existing.saturating_sub(samples.len() as u64);
        runs.push(RunSamples {
            link: RunLink::new(run),
            samples: together(samples).iter().map(|equal| view(run, equal, &mut showing)).collect(),
            left_out: (left_out > 0).then(|| plural(left_out, "more sample")),
        });
    }
    Ok(runs)
}

/// The verdicts that the samples have, in the order of tables: for filtering, and for people.
pub(super) fn verdicts(runs: &[RunSamples<'_>]) -> Vec<(VerdictKind, String)> {
    let mut kinds: Vec<VerdictKind> =
        runs.iter().flat_map(|run| run.samples.iter().map(|sample| sample.kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|kind| (kind, verdict_name(kind))).collect()
}

/// What the page says of samples that are not on it.
pub(super) fn note(board: &Board<'_>, index: usize) -> Option<String> {
    let existing: u64 = board.runs.iter().map(|run| run.input.problems[index].counts.samples).sum();
    let shown: usize = board.quotas[index].iter().sum();
    (existing > shown as u64).then(|| {
        format!(
            "The page shows {} of {}, of every run about as many.",
            count(shown as u64),
            plural(existing, "sample")
        )
    })
}

/// The address of a sample on the page of its problem.
pub(super) fn address(run: &BoardRun<'_>, sample: u32) -> String {
    format!("{}/{sample}", run.slug)
}

/// Samples by program, in the order of the first of each. Equal programs with unlike judgements stay apart.
fn together(samples: Vec<SampleInput>) -> Vec<Vec<SampleInput>> {
    let mut groups: Vec<Vec<SampleInput>> = Vec::new();
    let is_same = |a: &SampleInput, b: &SampleInput| {
        !a.code.is_empty()
            && (&a.code, a.verdict, &a.reason, a.fuel) == (&b.code, b.verdict, &b.reason, b.fuel)
            && a.failing_test == b.failing_test
    };
    for sample in samples {
        match groups.iter_mut().find(|group| is_same(&group[0], &sample)) {
            Some(group) => group.push(sample),
            None => groups.push(vec![sample]),
        }
    }
    groups
}

fn view(run: &BoardRun<'_>, equal: &[SampleInput], showing: &mut Showing) -> SampleView {
    let first = &equal[0];
    let numbers: Vec<String> = equal.iter().map(|one| one.sample.to_string()).collect();
    let code = showing.block(&first.code, first.failing_line);
    SampleView {
        id: address(run, first.sample),
        others: equal[1..].iter().map(|one| address(run, one.sample)).collect(),
        title: format!("Sample{} {}", if equal.len() == 1 { "" } else { "s" }, numbers.join(", ")),
        verdict: verdict_name(first.verdict),
        kind: first.verdict,
        standing: standing(first.verdict),
        reason: reason(first, showing.reveal),
        tokens: tokens(equal),
        fuel: count(first.fuel),
        interpreter: first.interpreter.map(Interpreter::name),
        is_left_out: !first.code.is_empty() && code.is_none(),
        code,
        failing: first.failing_test.as_ref().map(|test| failing(test, showing.reveal)),
        answers: equal
            .iter()
            .filter_map(|one| Some(answer(one, one.answer.as_ref()?, equal.len() > 1, showing)))
            .collect(),
    }
}

impl Showing {
    /// Whether a text of that size still fits the page; it is then counted.
    fn takes(&mut self, text: &str) -> bool {
        let size = text.len().min(code::LONGEST);
        let fits = size <= self.text_left;
        if fits {
            self.text_left -= size;
        }
        fits
    }

    fn block(&mut self, program: &str, failing_line: Option<u32>) -> Option<String> {
        let is_shown = !program.is_empty() && self.takes(program);
        is_shown.then(|| code::block(program, Some(self.language), "Program", failing_line))
    }
}

/// Why the sample did not pass, in a line; of a test that may be seen, with what came out.
fn reason(sample: &SampleInput, reveal: bool) -> String {
    let mut reason = if sample.reason == sample.verdict.name() { "" } else { &sample.reason }.to_owned();
    if let Some(FailingTest { hidden, got: Some(got), expected: Some(expected), .. }) = &sample.failing_test
        && (reveal || !hidden)
    {
        let value = |text: &str| match text.trim() {
            "" => "nothing".to_owned(),
            text => shorten(&text.replace('\n', " ⏎ "), LONGEST_IN_LINE),
        };
        let gap = if reason.is_empty() { "" } else { ": " };
        reason += &format!("{gap}got {}, expected {}", value(got), value(expected));
    }
    line(&reason)
}

/// How many tokens the answers have.
fn tokens(equal: &[SampleInput]) -> Option<String> {
    let known = || equal.iter().filter_map(|one| one.answer.as_ref()?.tokens);
    let (least, most) = (known().min()?, known().max()?);
    Some(if least == most {
        plural(least, "token")
    } else {
        format!("{}–{} tokens", count(least), count(most))
    })
}

fn answer(
    sample: &SampleInput,
    answer: &AnswerInput,
    is_one_of_several: bool,
    showing: &mut Showing,
) -> AnswerView {
    let AnswerInput { text, program, thinking, extraction, ending, tokens, thinking_tokens } = answer;
    let is_program = text.trim() == program.trim();
    let has_text = !is_program && !text.trim().is_empty();
    let shown = (has_text && showing.takes(text)).then(|| answer::block(text, program));
    let thinking = thinking.as_deref().filter(|thinking| !thinking.trim().is_empty());
    let shown_thinking =
        thinking.filter(|thinking| showing.takes(thinking)).map(|thinking| code::value(thinking, "Thinking"));
    let of_thinking = thinking_tokens.filter(|tokens| *tokens > 0);
    let counted = tokens.map(|tokens| match of_thinking {
        Some(thinking) => format!("{}, {} of them thinking", plural(tokens, "token"), count(thinking)),
        None => plural(tokens, "token"),
    });
    let is_whole = is_program && !program.trim().is_empty() && extraction.is_empty();
    let same = is_whole.then(|| "the answer is the program".to_owned());
    AnswerView {
        title: if is_one_of_several {
            format!("Answer of sample {}", sample.sample)
        } else {
            "Answer".into()
        },
        facts: counted
            .into_iter()
            .chain(ending.clone())
            .chain(extraction.iter().map(|one| line(one)))
            .chain(same)
            .collect(),
        is_left_out: has_text && shown.is_none() || thinking.is_some() && shown_thinking.is_none(),
        is_marked: shown.is_some() && !program.trim().is_empty(),
        thinking: shown_thinking,
        text: shown,
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
    shorten(text.trim(), 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(number: u32, code: &str, fuel: u64) -> SampleInput {
        SampleInput {
            sample: number,
            code: code.to_owned(),
            verdict: VerdictKind::WrongAnswer,
            reason: "test 2 of 3".into(),
            failing_line: None,
            failing_test: None,
            fuel,
            interpreter: None,
            answer: None,
        }
    }

    #[test]
    fn equal_programs_with_equal_judgements_are_one() {
        let samples = [(0, "a", 1), (1, "b", 1), (2, "a", 1), (3, "a", 2), (4, "", 0), (5, "", 0)];
        let groups = together(samples.map(|(number, code, fuel)| sample(number, code, fuel)).into());
        let numbers: Vec<Vec<u32>> =
            groups.iter().map(|group| group.iter().map(|one| one.sample).collect()).collect();
        assert_eq!(numbers, [vec![0, 2], vec![1], vec![3], vec![4], vec![5]]);
    }

    #[test]
    fn a_line_says_what_came_out_only_of_a_test_that_may_be_seen() {
        let failing = |hidden| FailingTest {
            hidden,
            got: Some("1\n2\n".into()),
            expected: Some(String::new()),
            ..FailingTest::default()
        };
        let said = |hidden, reveal| {
            let sample = SampleInput { failing_test: Some(failing(hidden)), ..sample(0, "a", 1) };
            reason(&sample, reveal)
        };
        assert_eq!(said(true, false), "test 2 of 3");
        assert_eq!(said(true, true), "test 2 of 3: got 1 ⏎ 2, expected nothing");
        assert_eq!(said(false, false), said(true, true));
    }
}
