//! What exceptions of Python mean.

use super::lacking;
use crate::runner::{Explanation, Failure, Fault, FaultKind};
use crate::sandbox::Stop;

/// The exception by which a program of Python leaves. A verdict's words begin with it.
pub const LEAVES: &str = "SystemExit";

/// What an exception means: `base` is the nearest built-in class that it is a kind of, and `missing` what it is about,
/// by the guest's word, where something is not there: a module, or a function behind the name of its module and a
/// point.
pub(super) fn kind(base: &str, missing: &str) -> FaultKind {
    match (lacking::needed(missing), base) {
        (Some(needs), _) => FaultKind::Missing(needs),
        (None, "AssertionError") => FaultKind::Assertion,
        (None, LEAVES) => FaultKind::Exit(LEAVES),
        (None, "MemoryError") => FaultKind::Memory,
        // `compile` raises the last two on texts with a null or a lone surrogate.
        (None, "SyntaxError" | "IndentationError" | "TabError" | "ValueError" | "UnicodeEncodeError") => {
            FaultKind::Syntax
        }
        (None, _) => FaultKind::Other,
    }
}

/// A failure of a cell. What recursed past the stack is the interpreter; where memory was refused before that, this is
/// what brought it down.
pub(super) fn of_cell(failure: Failure, memory_denied: bool) -> Failure {
    match failure {
        Failure::Stopped(Stop::StackOverflow) if !memory_denied => {
            let fault = Fault {
                class: "StackOverflow".into(),
                message: "the interpreter ran out of its own stack".into(),
                ..Fault::default()
            };
            Failure::Raised(fault, Explanation::default())
        }
        other => other,
    }
}

/// A failure of a program of that text. The parser of the sandbox takes 140 brackets within brackets; where more are
/// asked for, it depends on the text whether CPython elsewhere would have taken them.
pub(super) fn of_program(failure: Failure, text: &str) -> Failure {
    match failure {
        Failure::NotAProgram(fault) if is_nested_too_deeply(&fault) => {
            Failure::NotAProgram(if deepest_brackets(text) <= MOST_BRACKETS {
                Fault { kind: FaultKind::Missing("a parser for brackets nested as deeply".into()), ..fault }
            } else {
                Fault {
                    class: "SyntaxError".into(),
                    message: "too many nested parentheses".into(),
                    place: None,
                    kind: FaultKind::Syntax,
                }
            })
        }
        other => other,
    }
}

fn is_nested_too_deeply(fault: &Fault) -> bool {
    fault.kind == FaultKind::Memory && fault.message.starts_with("Parser stack overflowed")
}

/// Brackets within brackets that CPython's tokenizer takes (`MAXLEVEL`).
const MOST_BRACKETS: usize = 200;

/// How deeply brackets are nested in a text; those in strings count, too.
fn deepest_brackets(text: &str) -> usize {
    let mut depth = 0_usize;
    let depths = text.bytes().map(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth
    });
    depths.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sandbox_lacks_is_missing_and_what_exists_nowhere_is_not() {
        for (missing, needs) in [("numpy.linalg", "numpy"), ("signal.alarm", "signal.alarm")] {
            assert_eq!(kind("ModuleNotFoundError", missing), FaultKind::Missing(needs.into()));
        }
        for missing in ["", "num py", "a..b", "solution", "math.alarm"] {
            assert_eq!(kind("ModuleNotFoundError", missing), FaultKind::Other, "{missing}");
        }
    }

    #[test]
    fn a_deep_recursion_is_an_exception_unless_memory_was_refused() {
        let overflow = || Failure::Stopped(Stop::StackOverflow);
        assert_eq!(of_cell(overflow(), true), overflow());
        let Failure::Raised(fault, _) = of_cell(overflow(), false) else { panic!("it is no exception") };
        assert_eq!((fault.class.as_str(), fault.kind), ("StackOverflow", FaultKind::Other));
        assert_eq!(fault.message, "the interpreter ran out of its own stack"); // as committed runs have it
    }

    #[test]
    fn brackets_are_missing_as_deep_as_cpython_takes_them_and_a_syntax_error_beyond() {
        let fault = Fault {
            class: "MemoryError".into(),
            message: "Parser stack overflowed - Python source too complex to parse".into(),
            kind: kind("MemoryError", ""),
            place: None,
        };
        let kind = |depth| match of_program(Failure::NotAProgram(fault.clone()), &"(".repeat(depth)) {
            Failure::NotAProgram(fault) => fault.kind,
            other => panic!("{other:?}"),
        };
        assert!(matches!(kind(200), FaultKind::Missing(_)));
        assert_eq!(kind(201), FaultKind::Syntax);
    }
}
