//! One completion in full: program, test and reason.

use std::fmt::Write;

use super::fitting::prose_behind;
use super::human_eval::reason;
use super::printable;
use crate::complete::Completion;
use crate::judge::verdict::{Judgement, Source, Verdict};
use crate::problem::{Problem, TestBody};

/// Longer values and inputs are cut, in characters.
const LONGEST: usize = 500;

/// A completion that did not pass, for people: why, the program, and the test, with the failing line marked.
pub fn failure(problem: &Problem, completion: &Completion, judging: &str, judgement: &Judgement) -> String {
    in_full(problem, completion, judging, judgement, &reason(&judgement.verdict))
}

/// As [`failure`], of a completion that may have passed, too, for a reason in the words of the caller.
pub fn in_full(
    problem: &Problem,
    completion: &Completion,
    judging: &str,
    judgement: &Judgement,
    why: &str,
) -> String {
    let verdict = &judgement.verdict;
    let mut out = String::new();
    let (task_id, sample, fuel) = (&completion.task_id, completion.sample, judgement.fuel.0);
    let mut heading =
        format!("{task_id} sample {sample} · {} · {judging} · fuel {fuel}", verdict.kind().name());
    if let Some(interpreter) = judgement.interpreter {
        heading.push_str(&format!(" · {interpreter}"));
    }
    let _ = writeln!(out, "{}", prose_behind(&heading, 2));
    if *verdict != Verdict::Passed {
        for (name, text) in facts(verdict, why) {
            let line = format!("  {name:<10} {text}");
            // What is no sentence stays as it is.
            let is_prose = matches!(name, "reason" | "message");
            let _ = writeln!(out, "{}", if is_prose { prose_behind(&line, 13) } else { line });
        }
    }
    let program = completion.answer().listing_for(problem);
    let _ = writeln!(out, "\n  program");
    out.push_str(&numbered(&program, failing_line(verdict, Source::Program)));
    if *verdict != Verdict::Passed {
        out.push_str(&tests_shown(problem, judgement));
    }
    printable(&out)
}

fn facts(verdict: &Verdict, why: &str) -> Vec<(&'static str, String)> {
    let mut facts = vec![("reason", why.to_owned())];
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
        *text = text.trim_end().replace('\n', "\n             ");
    }
    facts
}

/// The test that failed, where it is known which, or the assertions that ran as one text.
fn tests_shown(problem: &Problem, judgement: &Judgement) -> String {
    let verdict = &judgement.verdict;
    if let Some(tests) = judgement.tests {
        let failed = tests.failed.and_then(|index| Some((index, problem.tests.get(index as usize)?)));
        return failed.map_or_else(String::new, |(index, test)| {
            format!("\n  test {} of {}\n{}", index + 1, tests.total, test_shown(&test.body, verdict))
        });
    }
    if let [test] = problem.tests.as_slice() {
        return format!("\n  test\n{}", test_shown(&test.body, verdict));
    }
    let assertions = problem.tests.iter().filter_map(|test| match &test.body {
        TestBody::Assertions { source, .. } => Some(format!("{source}\n")),
        _ => None,
    });
    let text: String = assertions.collect();
    if text.is_empty() {
        return String::new();
    }
    format!("\n  tests\n{}", numbered(&text, failing_line(verdict, Source::Tests)))
}

/// A test; what a call or a program got and had to give is in the facts already.
fn test_shown(body: &TestBody, verdict: &Verdict) -> String {
    match body {
        TestBody::Assertions { source, .. } => numbered(source, failing_line(verdict, Source::Tests)),
        TestBody::Call { .. } | TestBody::Stdio { .. } if matches!(verdict, Verdict::WrongAnswer(_)) => {
            "  (as above)\n".to_owned()
        }
        TestBody::Call { arguments, .. } => {
            let arguments: Vec<String> = arguments.iter().map(|value| value.repr_short(LONGEST)).collect();
            format!("  called with {}\n", arguments.join(", "))
        }
        TestBody::Stdio { input, .. } => {
            let cut: String = input.chars().take(LONGEST).collect();
            format!("  standard input\n{}", numbered(&cut, None))
        }
    }
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
