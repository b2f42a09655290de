//! What a program left that was stopped: its fault, as its language has it.

use crate::runner::{Explanation, Failure, Fault, FaultKind, Place};
use crate::sandbox::Stop;

/// How the library of C++ begins what it says when nobody catches an exception.
const TERMINATING: &str = "libc++abi: terminating due to uncaught exception of type ";
/// How that of C begins what it says of an assertion.
const ASSERTION: &str = "Assertion failed: ";

/// Why a program did not come to its end.
pub(super) fn failure(stop: Stop, standard_error: &[u8], memory_denied: bool) -> Failure {
    let Stop::Trap(trap) = &stop else { return Failure::Stopped(stop) };
    let said = String::from_utf8_lossy(standard_error);
    let fault = if trap.contains("unreachable") {
        aborted(&said, memory_denied)
    } else {
        let (class, message) = signal(trap);
        Fault { class: class.to_owned(), message: message.to_owned(), ..Fault::default() }
    };
    Failure::Raised(fault, Explanation::default())
}

/// What would have ended the program natively, by what the processor of the sandbox calls it.
fn signal(trap: &str) -> (&'static str, &str) {
    let known = [
        ("divide by zero", "SIGFPE", "an integer was divided by zero"),
        ("integer overflow", "SIGFPE", "the result of a division is too large"),
        ("out of bounds memory", "SIGSEGV", "an address outside of the program's memory"),
        ("indirect call", "SIGSEGV", "a call of what is no such function"),
        ("undefined element", "SIGSEGV", "a call of what is no function"),
        ("uninitialized element", "SIGSEGV", "a call of what is no function"),
    ];
    let found = known.into_iter().find(|(part, ..)| trap.contains(part));
    found.map_or(("Crash", trap), |(_, class, message)| (class, message))
}

/// What a program said that aborted.
fn aborted(said: &str, memory_denied: bool) -> Fault {
    let last = said.lines().rev().find(|line| line.starts_with(TERMINATING) || line.starts_with(ASSERTION));
    let last = last.unwrap_or_default();
    if let Some(exception) = last.strip_prefix(TERMINATING) {
        let (class, message) = exception.split_once(": ").unwrap_or((exception, ""));
        let kind = match class {
            "std::bad_alloc" if memory_denied => FaultKind::Memory,
            "std::__2::system_error" | "std::system_error"
                if message.starts_with("thread constructor failed") =>
            {
                FaultKind::Missing("threads".to_owned())
            }
            _ => FaultKind::Other,
        };
        let class = class.replace("std::__2::", "std::");
        return Fault { class, message: message.to_owned(), kind, place: None };
    }
    if let Some(assertion) = last.strip_prefix(ASSERTION) {
        let (text, place) = assertion.rsplit_once(" (").unwrap_or((assertion, ""));
        let line = place.trim_end_matches(')').rsplit(": ").next().and_then(|line| line.parse().ok());
        let line = line.filter(|line| *line > 0);
        // The line of the tests says it as they have it.
        let (message, place) = match line {
            Some(line) if place.starts_with("tests.") => (String::new(), Some(Place::Tests(line))),
            line => (text.to_owned(), line.map(Place::Program)),
        };
        return Fault { class: "assert".into(), message, kind: FaultKind::Assertion, place };
    }
    let message = "it called abort, or came to the end of a function that has to return something";
    Fault { class: "SIGABRT".into(), message: message.into(), ..Fault::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(trap: &str, said: &str) -> Fault {
        match failure(Stop::Trap(trap.to_owned()), said.as_bytes(), true) {
            Failure::Raised(fault, _) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_are_called_what_they_are_called_natively() {
        assert_eq!(fault("wasm trap: integer divide by zero", "").class, "SIGFPE");
        assert_eq!(fault("wasm trap: out of bounds memory access", "").class, "SIGSEGV");
        assert_eq!(fault("wasm `unreachable` instruction executed", "some text\n").class, "SIGABRT");
        let thrown = |what: &str| fault("unreachable", &format!("before\n{TERMINATING}{what}\n"));
        let uncaught = thrown("std::out_of_range: vector: index");
        assert_eq!(
            (uncaught.class.as_str(), uncaught.message.as_str()),
            ("std::out_of_range", "vector: index")
        );
        assert_eq!(thrown("int").class, "int");
        assert_eq!(thrown("std::bad_alloc: std::bad_alloc").kind, FaultKind::Memory);
        let threads = thrown("std::__2::system_error: thread constructor failed: Not supported");
        assert_eq!(threads.kind, FaultKind::Missing("threads".into()));
        let assertion = fault("unreachable", "Assertion failed: f(1) == 2 (program.cpp: main: 7)\n");
        assert_eq!((assertion.message.as_str(), assertion.place), ("f(1) == 2", Some(Place::Program(7))));
        let assertion = fault("unreachable", "Assertion failed: f(1) == (2) (tests.c: main: 3)\n");
        assert_eq!((assertion.message.as_str(), assertion.place), ("", Some(Place::Tests(3))));
        assert_eq!(failure(Stop::OutOfFuel, b"", false), Failure::Stopped(Stop::OutOfFuel));
    }
}
