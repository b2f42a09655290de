//! From an outcome to a verdict.

use super::tally::TestOutcome;
use super::verdict::{Location, Mismatch, Raised, Source, Verdict};
use crate::runner::{Execution, Explanation, Failure, Fault, FaultKind, Place};
use crate::sandbox::{Bytes, CellLimits, Fuel, LONGEST_MESSAGE, SandboxError, Stop};

/// Longer lines are cut in a verdict.
const LONGEST_LINE: usize = 200;
/// Longer values and texts are cut in a verdict, in characters.
pub(super) const LONGEST_VALUE: usize = 500;

/// A text as a verdict shows it: cut where it is long.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The outcome of a test. If the execution ran to its end, `ended` decides.
pub(super) fn of_test<T>(
    execution: Result<Execution<T>, SandboxError>,
    sources: &Sources,
    limits: &CellLimits,
    ended: impl FnOnce(T) -> Verdict,
) -> TestOutcome {
    let (verdict, fuel) = match execution {
        Ok(Execution { result: Ok(value), fuel, .. }) => (ended(value), fuel),
        Ok(Execution { result: Err(failure), fuel, memory_denied }) => {
            (verdict(failure, memory_denied, sources, limits), fuel)
        }
        Err(error) => (Verdict::Inconclusive { reason: error.to_string() }, Fuel(0)),
    };
    TestOutcome { verdict, fuel, open: false, things: None }
}

/// The sources that an execution was made of, to tell which line failed.
pub(super) struct Sources<'a> {
    /// The program: prompt and completion.
    pub program: &'a str,
    /// The tests.
    pub test: &'a str,
    /// They were executed as one text, the tests right behind the program.
    pub one_text: bool,
}

/// What it means that an execution did not come to its end.
pub(super) fn verdict(
    failure: Failure,
    memory_denied: bool,
    sources: &Sources,
    limits: &CellLimits,
) -> Verdict {
    let out_of_memory = Verdict::OutOfMemory { limit: limits.memory };
    let too_large = Verdict::OutputLimit { limit: Bytes(LONGEST_MESSAGE as u64) };
    match failure {
        Failure::TooLarge => too_large,
        Failure::Refused(message) => Verdict::CompileError { message: shown(&message) },
        Failure::NotAProgram(fault) if fault.kind == FaultKind::Syntax => {
            Verdict::SyntaxError(raised(&fault, sources))
        }
        Failure::NotAProgram(fault) => failed(&fault, Explanation::default(), sources, limits),
        Failure::Raised(fault, explanation) => failed(&fault, explanation, sources, limits),
        Failure::Stopped(stop) => match stop {
            Stop::OutOfFuel => Verdict::OutOfFuel { limit: limits.fuel },
            Stop::OutOfMemory => out_of_memory,
            Stop::OutputLimit => Verdict::OutputLimit { limit: limits.output },
            Stop::MessageTooLong => too_large,
            Stop::Exited(code) => left_with(code),
            Stop::Backstop => Verdict::Inconclusive {
                reason: format!(
                    "stopped by the wall-clock backstop of {} s before the fuel limit was reached",
                    limits.wall.as_secs()
                ),
            },
            Stop::Trap(_) | Stop::StackOverflow if memory_denied => out_of_memory,
            Stop::StackOverflow => crashed("StackOverflow", "the program ran out of stack".into()),
            Stop::AskRefused(_) => crashed("Tampered", "the program called the judge's own interface".into()),
            Stop::Trap(message) => crashed("Crash", message),
            Stop::NoSuchExport(_) | Stop::AlreadyStopped => {
                Verdict::Inconclusive { reason: stop.to_string() }
            }
        },
    }
}

/// The verdict on a process that left with a status.
pub(super) fn left_with(status: i32) -> Verdict {
    Verdict::Exited { how: format!("the process exited with status {status}") }
}

fn failed(fault: &Fault, explanation: Explanation, sources: &Sources, limits: &CellLimits) -> Verdict {
    let location = location(fault, sources);
    let in_tests = location.as_ref().is_some_and(|location| location.source == Source::Tests);
    match &fault.kind {
        FaultKind::Missing(needs) => Verdict::Unsupported { needs: needs.clone() },
        FaultKind::Memory => Verdict::OutOfMemory { limit: limits.memory },
        FaultKind::Exit(by) => Verdict::Exited { how: format!("{by}: {}", fault.message) },
        FaultKind::Assertion if in_tests => Verdict::WrongAnswer(Mismatch {
            line: location.as_ref().map(|location| location.line),
            assertion: explanation.assertion.or(location.map(|location| location.text)),
            input: explanation.input,
            expected: explanation.expected,
            got: explanation.got,
            message: Some(fault.message.clone()).filter(|message| !message.is_empty()),
        }),
        _ => Verdict::Exception(Raised {
            exception: fault.class.clone(),
            message: fault.message.clone(),
            location,
        }),
    }
}

fn raised(fault: &Fault, sources: &Sources) -> Raised {
    Raised {
        exception: fault.class.clone(),
        message: fault.message.clone(),
        location: location(fault, sources),
    }
}

fn crashed(exception: &str, message: String) -> Verdict {
    Verdict::Exception(Raised { exception: exception.into(), message, location: None })
}

fn location(fault: &Fault, sources: &Sources) -> Option<Location> {
    let (source, line) = match fault.place? {
        Place::Tests(line) => (Source::Tests, line),
        Place::Program(line) => {
            let lines_before_tests = sources.program.matches('\n').count() as u32;
            if sources.one_text && line > lines_before_tests {
                (Source::Tests, line - lines_before_tests)
            } else {
                (Source::Program, line)
            }
        }
    };
    let text = match source {
        Source::Program => sources.program,
        Source::Tests => sources.test,
    };
    let text = text.lines().nth(line as usize - 1).unwrap_or_default().trim();
    Some(Location { source, line, text: text.chars().take(LONGEST_LINE).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::limits::Limits;

    const SOURCES: Sources = Sources {
        program: "def f():\n    return 1\n",
        test: "def check(f):\n    assert f() == 2\n",
        one_text: true,
    };

    fn verdict_of(failure: Failure, memory_denied: bool) -> Verdict {
        verdict(failure, memory_denied, &SOURCES, &Limits::default().cell(Fuel(9), None, 0))
    }

    fn fault(class: &str, kind: FaultKind, line: u32) -> Fault {
        Fault { class: class.into(), kind, place: Some(Place::Program(line)), ..Fault::default() }
    }

    #[test]
    fn an_assertion_of_the_tests_is_a_wrong_answer_and_one_of_the_program_is_an_exception() {
        let failed = |line| {
            verdict_of(
                Failure::Raised(fault("AssertionError", FaultKind::Assertion, line), Explanation::default()),
                false,
            )
        };
        let Verdict::WrongAnswer(assertion) = failed(4) else { panic!("{:?}", failed(4)) };
        assert_eq!(assertion.line, Some(2));
        assert_eq!(assertion.assertion.as_deref(), Some("assert f() == 2"));
        let Verdict::Exception(raised) = failed(2) else { panic!("{:?}", failed(2)) };
        assert_eq!(raised.location.unwrap().text, "return 1");
    }

    #[test]
    fn a_crash_after_a_refused_allocation_is_out_of_memory_and_a_caught_refusal_is_not() {
        let raised = |kind| Failure::Raised(fault("AnError", kind, 1), Explanation::default());
        assert!(matches!(verdict_of(raised(FaultKind::Memory), true), Verdict::OutOfMemory { .. }));
        assert!(matches!(verdict_of(raised(FaultKind::Other), true), Verdict::Exception(_)));
        assert!(matches!(
            verdict_of(Failure::Stopped(Stop::Trap("unreachable".into())), true),
            Verdict::OutOfMemory { .. }
        ));
    }

    #[test]
    fn every_stop_has_its_verdict() {
        let kind = |stop| verdict_of(Failure::Stopped(stop), false).kind().name();
        assert_eq!(kind(Stop::OutOfFuel), "out_of_fuel");
        assert_eq!(kind(Stop::OutputLimit), "output_limit");
        assert_eq!(kind(Stop::Exited(0)), "exited");
        assert_eq!(kind(Stop::Backstop), "inconclusive");
        assert_eq!(kind(Stop::StackOverflow), "exception");
    }

    #[test]
    fn leaving_is_called_what_its_language_calls_it() {
        let left = fault("Subclass", FaultKind::Exit("SystemExit"), 1);
        let left = Failure::Raised(Fault { message: "3".into(), ..left }, Explanation::default());
        assert_eq!(verdict_of(left, false), Verdict::Exited { how: "SystemExit: 3".into() });
    }

    #[test]
    fn what_a_fault_means_is_the_runners_word() {
        let missing = || fault("ModuleNotFoundError", FaultKind::Missing("numpy".into()), 1);
        let raised = Failure::Raised(missing(), Explanation::default());
        assert_eq!(verdict_of(raised, false), Verdict::Unsupported { needs: "numpy".into() });
        assert_eq!(
            verdict_of(Failure::NotAProgram(missing()), false),
            Verdict::Unsupported { needs: "numpy".into() }
        );
        let kind = |failure| verdict_of(failure, false).kind().name();
        let syntax = || fault("SyntaxError", FaultKind::Syntax, 1);
        assert_eq!(kind(Failure::NotAProgram(syntax())), "syntax_error");
        // The program compiled a text of its own.
        assert_eq!(kind(Failure::Raised(syntax(), Explanation::default())), "exception");
        assert_eq!(kind(Failure::Refused("no such type".into())), "compile_error");
    }
}
