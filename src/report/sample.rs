//! One completion in full: program, test and reason.

use std::fmt::Write;

use super::human_eval::reason;
use super::printable;
use crate::complete::Completion;
use crate::judge::verdict::{Judgement, Source, Verdict};
use crate::problem::{Problem, TestBody};

/// A completion that did not pass, for people: why, the program, and the test, with the failing line marked.
pub fn failure(problem: &Problem, completion: &Completion, judging: &str, judgement: &Judgement) -> String {
    let verdict = &judgement.verdict;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} sample {} · {} · {judging} · fuel {}",
        completion.task_id,
        completion.sample,
        verdict.kind().name(),
        judgement.fuel.0
    );
    for (name, text) in facts(verdict) {
        let _ = writeln!(out, "  {name:<10} {text}");
    }
    let test = match problem.tests.first().map(|test| &test.body) {
        Some(TestBody::Assertions { source, .. }) => source,
        _ => "",
    };
    let program = format!("{}{}", problem.prompt, completion.completion);
    let _ = writeln!(out, "\n  program");
    out.push_str(&numbered(&program, failing_line(verdict, Source::Program)));
    let _ = writeln!(out, "\n  test");
    out.push_str(&numbered(test, failing_line(verdict, Source::Tests)));
    printable(&out)
}

fn facts(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let mut facts = vec![("reason", reason(verdict))];
    if let Verdict::WrongAnswer(assertion) = verdict {
        let fields = [
            ("assertion", &assertion.assertion),
            ("input", &assertion.input),
            ("expected", &assertion.expected),
            ("got", &assertion.got),
            ("message", &assertion.message),
        ];
        facts.extend(fields.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
    }
    for (_, text) in &mut facts {
        *text = text.replace('\n', "\n             ");
    }
    facts
}

fn failing_line(verdict: &Verdict, source: Source) -> Option<u32> {
    match verdict {
        Verdict::WrongAnswer(assertion) if source == Source::Tests => assertion.line,
        Verdict::Exception(raised) | Verdict::SyntaxError(raised) => raised
            .location
            .as_ref()
            .filter(|location| location.source == source)
            .map(|location| location.line),
        _ => None,
    }
}

fn numbered(text: &str, marked: Option<u32>) -> String {
    let mut out = String::new();
    for (number, line) in (1u32..).zip(text.trim_end().lines()) {
        let mark = if marked == Some(number) { '>' } else { ' ' };
        let _ = writeln!(out, "  {mark}{number:>4} │ {line}");
    }
    out
}
