//! What the compiler and the linker say, as a reader of verdicts wants it.

use super::wide::WideText;
use crate::runner::{Failure, Fault, FaultKind};

/// What programs use that is only there where there are processes, threads and networks, or another library or
/// processor. Of headers, a whole folder's where it ends in `/`.
const LACKING: &[&str] = &[
    "alarm",
    "boost/",
    "dup2",
    "execl",
    "execlp",
    "execv",
    "execvp",
    "ext/",
    "fork",
    "getrusage",
    "gmp.h",
    "gmpxx.h",
    "immintrin.h",
    "kill",
    "mpi.h",
    "omp.h",
    "pclose",
    "pipe",
    "popen",
    "pthread_create",
    "pthread_join",
    "sigaction",
    "socket",
    "spawn.h",
    "sys/ipc.h",
    "sys/prctl.h",
    "sys/resource.h",
    "sys/shm.h",
    "sys/wait.h",
    "system",
    "thrd_create",
    "tmpfile",
    "tr1/",
    "tr2/",
    "vfork",
    "wait",
    "waitpid",
    "windows.h",
    "conio.h",
    "x86intrin.h",
];

/// Why the compiler refused a program.
pub(super) fn refused(said: &str, text: &WideText) -> Failure {
    let mut errors = said.lines().enumerate().filter_map(|(number, line)| {
        let (place, message) = line.split_once(": error: ").or_else(|| line.split_once(": fatal error: "))?;
        Some((number, place, message))
    });
    let Some((number, place, message)) = errors.next() else {
        // An assertion of the compiler's own, say.
        let last = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it says nothing");
        return Failure::Refused(format!("the compiler failed: {last}"));
    };
    if let Some(lacking) = lacking(message) {
        return missing(lacking);
    }
    let of_program = |place: &str| {
        let mut parts = place.strip_prefix("program.")?.split(':').skip(1).map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(line)), Some(Ok(column))) => {
                Some(format!("line {line}, column {}", text.original_column(line, column)))
            }
            _ => None,
        }
    };
    if let Some(place) = of_program(place) {
        return Failure::Refused(format!("{place}: {message}"));
    }
    // In a template of the library: where the program uses it.
    let used = said.lines().skip(number + 1).take_while(|line| !line.contains(": error: "));
    let mut used =
        used.filter_map(|line| line.split_once(": note: ")).filter_map(|(place, _)| of_program(place));
    let header = place.split(':').next().unwrap_or(place).trim_start_matches("/usr/include/");
    let header = header.trim_start_matches("c++/v1/");
    Failure::Refused(match used.next() {
        Some(place) => format!("{place}: in {header}: {message}"),
        None => format!("in {header}: {message}"),
    })
}

/// Why the linker refused a program.
pub(super) fn not_linked(said: &str) -> Failure {
    let error = said.lines().find_map(|line| line.split_once("error: ")).map_or(said, |(_, message)| message);
    match error.split_once("undefined symbol: ") {
        Some((_, name)) if LACKING.contains(&name) => missing(name),
        Some((_, name)) => Failure::Refused(format!("{name} is declared and used, but not defined")),
        None => {
            let message = error.split_once(": ").map_or(error, |(_, message)| message);
            Failure::Refused(message.lines().next().unwrap_or_default().to_owned())
        }
    }
}

/// That a program needs what no sandbox has.
pub(super) fn missing(what: &str) -> Failure {
    let kind = FaultKind::Missing(what.to_owned());
    Failure::NotAProgram(Fault { class: "missing".into(), message: what.to_owned(), kind, place: None })
}

/// What an error says is missing, if it is something that no sandbox has.
fn lacking(message: &str) -> Option<&str> {
    if message.contains("only meant to be used on x86") {
        return Some("the instructions of x86 processors");
    }
    let quoted = message.split('\'').nth(1)?;
    let is_name = message.starts_with("use of undeclared identifier")
        || message.starts_with("no member named")
        || message.starts_with("call to undeclared function")
        || message.ends_with("file not found");
    let lacks = |lacking: &&str| quoted == *lacking || lacking.ends_with('/') && quoted.starts_with(*lacking);
    (is_name && LACKING.iter().any(lacks)).then_some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(said: &str) -> Failure {
        refused(said, &WideText::of("long x = 5;\nlong y = z;\n"))
    }

    #[test]
    fn the_first_message_has_its_place_in_the_program() {
        let said =
            "program.cpp:2:15: error: use of undeclared identifier 'z'\nprogram.cpp:3:1: error: other\n";
        assert_eq!(of(said), Failure::Refused("line 2, column 10: use of undeclared identifier 'z'".into()));
        let said = "In file included from program.cpp:1:\n/usr/include/c++/v1/__algorithm/sort.h:9:3: error: no '<'\n\
                    program.cpp:1:2: note: in instantiation of 'f' requested here\n";
        assert_eq!(of(said), Failure::Refused("line 1, column 2: in __algorithm/sort.h: no '<'".into()));
        assert_eq!(
            of("Assertion failed\n"),
            Failure::Refused("the compiler failed: Assertion failed".into())
        );
    }

    #[test]
    fn what_no_sandbox_has_is_no_fault_of_the_program() {
        for (message, name) in [
            ("program.c:1:10: fatal error: 'sys/wait.h' file not found", Some("sys/wait.h")),
            ("program.c:1:10: fatal error: 'boost/any.hpp' file not found", Some("boost/any.hpp")),
            ("program.c:1:10: fatal error: 'mine.h' file not found", None),
            ("program.c:5:3: error: use of undeclared identifier 'system'", Some("system")),
            ("program.c:5:3: error: use of undeclared identifier 'sistem'", None),
        ] {
            let kind = match of(message) {
                Failure::NotAProgram(Fault { kind: FaultKind::Missing(name), .. }) => Some(name),
                _ => None,
            };
            assert_eq!(kind.as_deref(), name, "{message}");
        }
        let said = "wasm-ld: error: program.o: undefined symbol: fork\n";
        assert_eq!(not_linked(said), missing("fork"));
    }

    #[test]
    fn the_linker_is_understood() {
        let text = |said: &str| match not_linked(said) {
            Failure::Refused(text) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            text("wasm-ld: error: program.o: undefined symbol: f(int)\n"),
            "f(int) is declared and used, but not defined"
        );
        assert_eq!(text("wasm-ld: error: duplicate symbol: f\n>>> defined in a\n"), "f");
    }
}
