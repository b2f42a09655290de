//! Tests by assertions, which run in the program's cell.
//!
//! They are compiled apart from the program, of which they know what the problem's prompt declares: so its macros, its
//! operators and whatever else it defines do not reach them. Then both are linked, with what a program defines
//! [its own](object::enclose). Where the tests have come to their end, before anything else, the cell reaches a mark
//! that the program can not: its name is made up when all is compiled, and only the code where programs begin imports
//! it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use wasmparser::{Parser, Payload};

use super::declaration::{Declaration, braces_left_open};
use super::library::{ARCHIVE, MARKED_START_OF_C, MARKED_START_OF_CPP, TAGS_OBJECT};
use super::session::{Attempt, ClangRunner, LIBRARIES, NoObject, Object, failure_of, new_cell};
use super::tools::{self, Compilation};
use super::wide::WideText;
use super::{Dialect, faults, messages, object};
use crate::runner::capabilities::{Assertions, SharedCell, SharedEnd};
use crate::runner::programs::{CompiledProgram, NoProgram};
use crate::runner::{Execution, Failure};
use crate::sandbox::{CellLimits, Engine, FileTree, Fuel, SandboxError, Stop};

/// What the mark is called where it is not made up yet; so it stands in the sources, too.
const NO_MARK: &str = "karat_mark_0123456789abcdef0123456789abcdef";
/// The module that marks are imported from.
const MARKS: &str = "mark";

impl SharedCell for ClangRunner {
    fn in_one_cell(
        &self,
        program: &str,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<SharedEnd>, SandboxError> {
        let ended = |result, fuel| Ok(Execution { result, fuel, memory_denied: false });
        let key = self.key(&["with tests", program, tests.prompt, tests.setup, tests.source]);
        let compiled = match self.programs.get(&key) {
            Some(compiled) => compiled,
            None => match self.compile_with_tests(program, tests)? {
                Some(compiled) => {
                    self.programs.put(&key, &compiled);
                    compiled
                }
                None => return ended(Err(Failure::Stopped(Stop::Backstop)), Fuel(0)),
            },
        };
        let mut module = match compiled.result {
            Ok(module) => module,
            Err(NoProgram::Tests(why)) => return ended(Ok(SharedEnd::Unfit(why)), Fuel(0)),
            Err(no_program) => return ended(Err(failure_of(no_program)), compiled.fuel),
        };
        let mark = new_mark();
        if !rename_mark(&mut module, &mark) {
            return Err(SandboxError::NotAGuest("it has no mark".to_owned()));
        }
        let guest = Engine::shared()?.compile(&module, super::NATIVE_SECOND, FileTree::default())?;
        let Some(mut cell) = new_cell(&guest, limits)? else {
            return ended(Err(Failure::Stopped(Stop::OutOfMemory)), Fuel(0));
        };
        let result = match cell.run(&["program"]) {
            Ok(0) if cell.mark() == Some(&mark) => Ok(SharedEnd::Ended),
            Ok(status) => Ok(SharedEnd::Left(status & 0xff)),
            Err(stop) => Err(faults::failure(stop, cell.error_output(), cell.memory_denied())),
        };
        Ok(Execution { result, fuel: cell.fuel_used(), memory_denied: cell.memory_denied() })
    }
}

impl ClangRunner {
    /// Compiles a program and its tests, and links them; nothing if the machine was too slow. The module has a mark
    /// that is not made up yet.
    fn compile_with_tests(
        &self,
        program: &str,
        tests: &Assertions,
    ) -> Result<Option<CompiledProgram>, SandboxError> {
        let no_program = |no_program, fuel| Ok(Some(CompiledProgram { result: Err(no_program), fuel }));
        let (declaration, tests) = match tests_apart(self.dialect, tests) {
            Ok(apart) => apart,
            Err(why) => return no_program(NoProgram::Tests(why), Fuel(0)),
        };
        let program = closed(program);
        let Object { result, mut fuel, is_wide } = self.object(&program)?;
        let mut program = match result {
            Ok(object) => object,
            Err(NoObject::Backstop) => return Ok(None),
            Err(NoObject::Failed(failure)) => return no_program(super::session::no_program(failure), fuel),
        };
        let text = if is_wide { WideText::of(&tests) } else { WideText::unchanged(&tests) };
        let ways: &[bool] = if self.dialect == Dialect::Cpp { &[true, false] } else { &[false] };
        let mut tests = None;
        let mut said = String::new();
        for all_headers in ways {
            let made = self.attempt(&Attempt { text: text.clone(), all_headers: *all_headers })?;
            fuel.0 += made.fuel.0;
            match made.file {
                Ok(object) => {
                    tests = Some(object);
                    break;
                }
                Err(unmade) if unmade.backstop() => return Ok(None),
                Err(_) => said = made.said,
            }
        }
        let Some(tests) = tests else {
            let why = match messages::refused(&said, &text) {
                Failure::Refused(message) => message,
                other => format!("{other:?}"),
            };
            return no_program(
                NoProgram::Tests(format!("without a program they do not compile: {why}")),
                fuel,
            );
        };
        if !object::has_main(&tests) {
            return no_program(NoProgram::Tests("they have no function main".to_owned()), fuel);
        }
        if object::is_bitcode(&program) {
            return no_program(NoProgram::TooLarge, fuel); // which symbols are whose could not be told
        }
        let used = object::functions_used(&tests);
        if object::enclose(&mut program, |name| declaration.is_symbol(name) && used.contains(name)).is_none()
        {
            return no_program(NoProgram::Refused("it is no object that could be linked".to_owned()), fuel);
        }
        let mark = new_mark();
        let linked = self.link_with_tests(&mark, &tests, &program)?;
        fuel.0 += linked.fuel.0;
        let result = match linked.file {
            // A second mark would be the program's own.
            Ok(mut module) => match rename_mark(&mut module, NO_MARK) {
                true => Ok(module),
                false => Err(NoProgram::Refused("it imports what programs can not".to_owned())),
            },
            Err(unmade) if unmade.backstop() => return Ok(None),
            Err(unmade) => Err(super::session::not_linked(&unmade, &linked.said)),
        };
        Ok(Some(CompiledProgram { result, fuel }))
    }

    fn link_with_tests(&self, mark: &str, tests: &[u8], program: &[u8]) -> Result<Compilation, SandboxError> {
        let (start, library): (_, &[&str]) = match self.dialect {
            Dialect::C => (MARKED_START_OF_C, &[]),
            Dialect::Cpp => (MARKED_START_OF_CPP, &[ARCHIVE, "-lc++", "-lc++abi"]),
        };
        let start = self.with_mark(start, mark)?;
        // What both have, as many programs define it, is that of the tests.
        let objects = ["start.o", TAGS_OBJECT, "tests.o", "program.o"];
        let given: [(&str, &[u8]); 3] = [("start.o", &start), ("tests.o", tests), ("program.o", program)];
        tools::link(&self.compiler, &[&objects, library, LIBRARIES].concat(), &given)
    }

    /// The object where programs begin, with another mark.
    fn with_mark(&self, start: &str, mark: &str) -> Result<Vec<u8>, SandboxError> {
        let mut object = tools::shared_file(&self.compiler, start)?
            .ok_or_else(|| SandboxError::NotAGuest(format!("{start} is missing")))?;
        let places: Vec<usize> = object
            .windows(NO_MARK.len())
            .enumerate()
            .filter(|(_, part)| *part == NO_MARK.as_bytes())
            .map(|(at, _)| at)
            .collect();
        for at in places {
            object[at..at + mark.len()].copy_from_slice(mark.as_bytes());
        }
        Ok(object)
    }
}

/// A name that nobody knows, as long as [`NO_MARK`].
fn new_mark() -> String {
    // Seeded by the system.
    let number = || RandomState::new().build_hasher().finish();
    format!("karat_mark_{:016x}{:016x}", number(), number())
}

/// Gives the mark that a module imports another name; false if there is not exactly one.
fn rename_mark(module: &mut [u8], name: &str) -> bool {
    let Some(range) = mark(module).filter(|range| range.len() == name.len()) else { return false };
    module[range].copy_from_slice(name.as_bytes());
    true
}

/// Where the name stands of the mark that a module imports.
fn mark(module: &[u8]) -> Option<Range<usize>> {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload {
        Ok(Payload::ImportSection(imports)) => Some(imports),
        _ => None,
    });
    let imports = sections.flat_map(wasmparser::ImportSectionReader::into_imports).flatten();
    let mut marks = imports.filter(|import| import.module == MARKS).map(|import| {
        let start = import.name.as_ptr() as usize - module.as_ptr() as usize;
        start..start + import.name.len()
    });
    let mark = marks.next()?;
    marks.next().is_none().then_some(mark)
}

/// The tests as a text of their own, with what they are about.
fn tests_apart(dialect: Dialect, tests: &Assertions) -> Result<(Declaration, String), String> {
    let declaration = Declaration::of(tests.prompt).or_else(|| {
        // Then the tests declare it themselves.
        let function = tests.entry_point?.to_owned();
        Some(Declaration { text: format!("{}\n", tests.prompt), function })
    });
    let Some(declaration) = declaration else {
        return Err("neither the prompt nor the problem says which function they are about".to_owned());
    };
    let file = match dialect {
        Dialect::C => "tests.c",
        Dialect::Cpp => "tests.cpp",
    };
    // They may begin by closing the function that the prompt leaves open.
    let source = match tests.source.trim_start().strip_prefix('}') {
        Some(rest) => format!("{} {rest}", &tests.source[..tests.source.len() - rest.len() - 1]),
        None => tests.source.to_owned(),
    };
    let text = format!("{}\n{}#line 1 \"{file}\"\n{source}\n", tests.setup, declaration.text);
    Ok((declaration, text))
}

/// A program whose function the tests were to close.
fn closed(program: &str) -> String {
    match braces_left_open(program) {
        0 => program.to_owned(),
        open => format!("{program}\n{}\n", "}".repeat(open)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{START_C, START_CPP};
    use super::*;
    use crate::runner::capabilities::Answers;

    #[test]
    fn the_mark_is_in_the_sources_and_marks_differ() {
        for source in [START_C, START_CPP] {
            assert!(source.contains(NO_MARK));
        }
        let (one, other) = (new_mark(), new_mark());
        assert!(one != other && one.len() == NO_MARK.len(), "{one} {other}");
    }

    #[test]
    fn a_module_has_one_mark() {
        let module = |imports: &str| wat::parse_str(format!("(module {imports})")).unwrap();
        let ours = format!("(import \"mark\" \"{NO_MARK}\" (func))");
        let mut one = module(&format!("(import \"a\" \"{NO_MARK}\" (func)) {ours}"));
        let name = new_mark();
        assert!(rename_mark(&mut one, &name));
        assert_eq!(
            one,
            module(&format!("(import \"a\" \"{NO_MARK}\" (func)) (import \"mark\" \"{name}\" (func))"))
        );
        assert!(!rename_mark(&mut module(""), &name));
        assert!(!rename_mark(&mut module(&format!("{ours} (import \"mark\" \"other\" (func))")), &name));
    }

    #[test]
    fn tests_stand_for_themselves() {
        let assertions = |prompt, source, entry_point| Assertions {
            prompt,
            setup: "",
            source,
            entry_point,
            calls_check: false,
            answers: Answers::Unknown,
        };
        let apart = |tests: &Assertions| tests_apart(Dialect::Cpp, tests);
        let (declaration, text) =
            apart(&assertions("long f(long x) {\n", "  }\nint main() {}\n", None)).unwrap();
        assert_eq!(declaration.function, "f");
        assert_eq!(text, "\nlong f(long x);\n#line 1 \"tests.cpp\"\n   \nint main() {}\n\n");
        assert!(apart(&assertions("", "int f(); int main() {}", Some("f"))).is_ok());
        assert!(apart(&assertions("", "int main() {}", None)).is_err());
        assert_eq!(closed("int f() { return 1;"), "int f() { return 1;\n}\n");
    }
}
