//! Programs: compiled, linked, and run.

use std::sync::Arc;

use super::library::{ARCHIVE, COMPILED_HEADERS, START_OF_C, START_OF_CPP, TAGS_OBJECT};
use super::tools::{self, Compilation, Unmade, options};
use super::wide::WideText;
use super::{C, CPP, Dialect, NATIVE_SECOND, faults, messages, object};
use crate::language::Language;
use crate::runner::capabilities::{Prelude, SharedCell};
use crate::runner::install::{Compiled, InstallError};
use crate::runner::programs::{CompiledProgram, NoProgram, Programs};
use crate::runner::{Execution, Exit, Failure, Fault, FaultKind, Input, Prepared, Ran, Runner, SEED};
use crate::sandbox::{
    Bytes, Cell, CellLimits, Engine, FileTree, Fuel, Guest, HostRefusal, SandboxError, Stop,
};

/// What programs are linked with, beside the library that was built at installation. Real numbers of all widths can be
/// printed and read.
pub(super) const LIBRARIES: &[&str] = &[
    "-lsetjmp",
    "-lwasi-emulated-signal",
    "-lwasi-emulated-process-clocks",
    "-lwasi-emulated-getpid",
    "-lwasi-emulated-mman",
    "-lc-printscan-long-double",
    "-lc",
    "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a",
];

/// Options for the linker where it makes code.
const OF_BITCODE: &[&str] = &[
    "-mllvm",
    "-wasm-enable-eh",
    "-mllvm",
    "-wasm-enable-sjlj",
    "-mllvm",
    "-wasm-use-legacy-eh=false",
    "-mllvm",
    "-exception-model=wasm",
];

/// What decides, beside the runner's files, how programs are compiled. A change of any of it makes what was compiled
/// before that of another version.
const HOW: &[&str] = &[
    include_str!("declaration.rs"),
    include_str!("messages.rs"),
    include_str!("object.rs"),
    include_str!("session.rs"),
    include_str!("shared.rs"),
    include_str!("tools.rs"),
    include_str!("wide.rs"),
];

/// What every program has in memory: its stack, and some for the library.
const SMALLEST_MEMORY: Bytes = Bytes::mebi(9);

/// Programs in C or C++, compiled in cells and run in others.
pub(super) struct ClangRunner {
    pub(super) dialect: Dialect,
    pub(super) compiler: Guest,
    /// The digest of what it was made from.
    identity: String,
    pub(super) programs: Programs,
}

/// A way to compile a program.
pub(super) struct Attempt {
    pub(super) text: WideText,
    /// With all headers of C++, compiled before.
    pub(super) all_headers: bool,
}

/// An object, or why there is none.
pub(super) struct Object {
    pub(super) result: Result<Vec<u8>, NoObject>,
    pub(super) fuel: Fuel,
    /// Whether its `long` has 64 bits.
    pub(super) is_wide: bool,
}

pub(super) enum NoObject {
    Failed(Failure),
    /// The machine was too slow.
    Backstop,
}

impl ClangRunner {
    /// The runner of the compiled guest.
    ///
    /// # Errors
    ///
    /// A compiled guest that this sandbox can not load.
    pub(super) fn load(compiled: &Compiled, dialect: Dialect) -> Result<ClangRunner, InstallError> {
        Ok(ClangRunner {
            dialect,
            compiler: compiled.load("clang", NATIVE_SECOND)?,
            identity: compiled.inputs().to_owned(),
            programs: Programs::new(compiled.cache()),
        })
    }

    /// A program that is compiled although it may be in the cache, with the beginning of its digest.
    pub(super) fn without_cache(
        &self,
        source: &str,
    ) -> Result<(Result<Prepared, Failure>, i64), SandboxError> {
        let Some(CompiledProgram { result, .. }) = self.compile(source)? else {
            return Ok((Err(Failure::Stopped(Stop::Backstop)), 0));
        };
        let digest = result.as_ref().map_or(0, |module| {
            let digest = blake3::hash(module);
            i64::from_le_bytes(*digest.as_bytes().first_chunk().expect("a digest is longer"))
        });
        Ok((prepared(source, Prelude::None, result)?, digest))
    }

    /// All that a compilation depends on, beside these texts.
    pub(super) fn key(&self, texts: &[&str]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        let own = [env!("CARGO_PKG_VERSION"), &self.identity, self.dialect.language().name()];
        for part in own.iter().chain(HOW).chain(texts) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        hasher.finalize()
    }

    /// Compiles and links a program; nothing if the machine was too slow.
    fn compile(&self, source: &str) -> Result<Option<CompiledProgram>, SandboxError> {
        let Object { result, mut fuel, .. } = self.object(source)?;
        let object = match result {
            Ok(object) if object::is_bitcode(&object) => object,
            Ok(mut object) if object::has_main(&object) => {
                // Natively, the library of C does not call a program's `read` where it means its own.
                if self.dialect == Dialect::C {
                    let _ = object::enclose(&mut object, object::is_main);
                }
                object
            }
            Ok(_) => {
                let why = NoProgram::Refused("the program has no function main".to_owned());
                return Ok(Some(CompiledProgram { result: Err(why), fuel }));
            }
            Err(NoObject::Backstop) => return Ok(None),
            Err(NoObject::Failed(failure)) => {
                return Ok(Some(CompiledProgram { result: Err(no_program(failure)), fuel }));
            }
        };
        let linked = self.link(&object)?;
        fuel.0 += linked.fuel.0;
        let result = match linked.file {
            Ok(module) => Ok(module),
            Err(unmade) if unmade.backstop() => return Ok(None),
            Err(unmade) => Err(not_linked(&unmade, &linked.said)),
        };
        Ok(Some(CompiledProgram { result, fuel }))
    }

    /// The ways to compile a program, of which the first that goes is taken. Programs see all headers of C++, since
    /// those of g++ include many of each other; and `long` has 64 bits. Where either is what they can not be compiled
    /// with, they do without.
    fn attempts(&self, source: &str) -> Vec<Attempt> {
        let wide = || WideText::of(source);
        let is_cpp = self.dialect == Dialect::Cpp;
        let mut attempts = vec![Attempt { text: wide(), all_headers: is_cpp }];
        if is_cpp && !source.contains("bits/stdc++.h") {
            attempts.push(Attempt { text: wide(), all_headers: false });
        }
        if wide().is_changed() {
            attempts.push(Attempt { text: WideText::unchanged(source), all_headers: is_cpp });
        }
        attempts
    }

    pub(super) fn object(&self, source: &str) -> Result<Object, SandboxError> {
        let mut fuel = Fuel(0);
        let mut refused = None;
        for attempt in self.attempts(source) {
            let Attempt { text, all_headers } = &attempt;
            let made = self.attempt(&attempt)?;
            fuel.0 += made.fuel.0;
            match made.file {
                Ok(object) => {
                    let mended = match text.with_formats(&made.said) {
                        Some(text) => Some(self.attempt(&Attempt { text, ..attempt })?),
                        None => None,
                    };
                    fuel.0 += mended.as_ref().map_or(0, |mended| mended.fuel.0);
                    let object = mended.and_then(|mended| mended.file.ok()).unwrap_or(object);
                    return Ok(Object { result: Ok(object), fuel, is_wide: text.is_wide() });
                }
                Err(unmade) if unmade.backstop() => {
                    return Ok(Object { result: Err(NoObject::Backstop), fuel, is_wide: false });
                }
                Err(unmade) => {
                    let failure = match unmade.limit() {
                        Some(limit) => Failure::Refused(format!("the compiler was stopped: {limit}")),
                        None => messages::refused(&made.said, text),
                    };
                    // What is said of a program with the headers that it includes itself is what its author expects.
                    if refused.is_none() || !all_headers && text.is_wide() {
                        refused = Some(failure);
                    }
                    if matches!(unmade, Unmade::Stopped(_)) {
                        break; // it would be again
                    }
                }
            }
        }
        let failure = refused.unwrap_or(Failure::Refused(String::new()));
        Ok(Object { result: Err(NoObject::Failed(failure)), fuel, is_wide: false })
    }

    /// Compiles a text in one way.
    pub(super) fn attempt(&self, attempt: &Attempt) -> Result<Compilation, SandboxError> {
        let (name, language, of_dialect) = match self.dialect {
            Dialect::C => ("program.c", "c", C),
            Dialect::Cpp => ("program.cpp", "c++", CPP),
        };
        let headers = ["-include-pch", COMPILED_HEADERS];
        let headers = if attempt.all_headers { &headers[..] } else { &[] };
        let compile = |form: &'static str| {
            let rest = [form, "-x", language, "-o", "program.o", name];
            let options = options(of_dialect).chain(headers.iter().copied()).chain(rest);
            tools::compile(&self.compiler, options, &[(name, attempt.text.text.as_bytes())], "program.o")
        };
        let object = compile("-emit-obj")?;
        match &object.file {
            // Objects hold the zeros that large arrays begin with; bitcode, of which the linker makes code, does not.
            Err(unmade) if unmade.is_large(&object.said) => {
                let bitcode = compile("-emit-llvm-bc")?;
                Ok(Compilation { fuel: Fuel(object.fuel.0 + bitcode.fuel.0), ..bitcode })
            }
            _ => Ok(object),
        }
    }

    fn link(&self, object: &[u8]) -> Result<Compilation, SandboxError> {
        let own: &[&str] = match self.dialect {
            Dialect::C => &[START_OF_C, TAGS_OBJECT, "program.o"],
            Dialect::Cpp => &[START_OF_CPP, TAGS_OBJECT, "program.o", ARCHIVE, "-lc++", "-lc++abi"],
        };
        let of_bitcode = if object::is_bitcode(object) { OF_BITCODE } else { &[] };
        tools::link(&self.compiler, &[own, LIBRARIES, of_bitcode].concat(), &[("program.o", object)])
    }
}

/// Why a program could not be linked.
pub(super) fn not_linked(unmade: &Unmade, said: &str) -> NoProgram {
    match unmade.limit() {
        Some(_) if unmade.is_large(said) => NoProgram::TooLarge,
        Some(limit) => NoProgram::Refused(format!("the linker was stopped: {limit}")),
        None if said.contains("memory too small") => NoProgram::TooLarge,
        None => no_program(messages::not_linked(said)),
    }
}

/// What is kept of a failure of the compiler's.
pub(super) fn no_program(failure: Failure) -> NoProgram {
    match failure {
        Failure::NotAProgram(Fault { kind: FaultKind::Missing(name), .. }) => NoProgram::Missing(name),
        Failure::Refused(message) => NoProgram::Refused(message),
        other => NoProgram::Refused(format!("{other:?}")),
    }
}

/// What it means that there is no program.
pub(super) fn failure_of(no_program: NoProgram) -> Failure {
    match no_program {
        NoProgram::Refused(message) | NoProgram::Tests(message) => Failure::Refused(message),
        NoProgram::Missing(name) => messages::missing(&name),
        NoProgram::TooLarge => Failure::Stopped(Stop::OutOfMemory),
    }
}

/// A compiled program, made ready to run.
fn prepared(
    source: &str,
    prelude: Prelude,
    compiled: Result<Vec<u8>, NoProgram>,
) -> Result<Result<Prepared, Failure>, SandboxError> {
    Ok(match compiled {
        Ok(module) => {
            let guest = Engine::shared()?.compile(&module, NATIVE_SECOND, FileTree::default())?;
            Ok(Prepared::guest(source, prelude, guest))
        }
        Err(no_program) => Err(failure_of(no_program)),
    })
}

/// A cell of a program; none where the limit leaves no room for what it has in memory when it begins.
pub(super) fn new_cell(guest: &Guest, limits: &CellLimits) -> Result<Option<Cell>, SandboxError> {
    if guest.initial_memory_bytes() > limits.memory.as_size() {
        return Ok(None);
    }
    let nobody = Box::new(|_: &[u8]| Err(HostRefusal("there is nobody to ask".into())));
    guest.cell(*limits, SEED, nobody).map(Some)
}

impl Runner for ClangRunner {
    fn language(&self) -> Language {
        self.dialect.language()
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn native_second(&self) -> Fuel {
        NATIVE_SECOND
    }

    fn smallest_memory(&self) -> Bytes {
        SMALLEST_MEMORY
    }

    /// Compiling has limits of its own.
    fn prepare(
        &self,
        source: &str,
        prelude: Prelude,
        _runs: usize,
        _limits: &CellLimits,
    ) -> Result<Execution<Prepared>, SandboxError> {
        let key = self.key(&[source]);
        if let Some(prepared) = self.programs.at_hand(&key) {
            return Ok(prepared);
        }
        let compiled = match self.programs.get(&key) {
            Some(compiled) => compiled,
            None => match self.compile(source)? {
                Some(compiled) => {
                    self.programs.put(&key, &compiled);
                    compiled
                }
                None => {
                    let result = Err(Failure::Stopped(Stop::Backstop));
                    return Ok(Execution { result, fuel: Fuel(0), memory_denied: false });
                }
            },
        };
        let result = prepared(source, prelude, compiled.result)?;
        let execution = Execution { result, fuel: compiled.fuel, memory_denied: false };
        self.programs.keep_at_hand(key, execution.clone());
        Ok(execution)
    }

    fn shared_cell(&self) -> Option<&dyn SharedCell> {
        Some(self)
    }

    fn run(&self, program: &Prepared, input: Input<'_>, limits: &CellLimits) -> Result<Ran, SandboxError> {
        let Some(guest) = program.as_guest() else {
            return Err(SandboxError::NotAGuest("the program was not compiled here".to_owned()));
        };
        let Some(mut cell) = new_cell(guest, limits)? else {
            let result = Err(Failure::Stopped(Stop::OutOfMemory));
            return Ok(Ran {
                execution: Execution { result, fuel: Fuel(0), memory_denied: true },
                standard_output: Vec::new(),
                standard_error: Vec::new(),
                output_file: None,
            });
        };
        cell.give_input(Arc::from(input.text.as_bytes()));
        if let Some(path) = input.file {
            cell.give_file(path, input.text.as_bytes())?;
        }
        let ended = cell.run(&["program"]);
        let mut result = match ended {
            Ok(status) => Ok(Exit { status: status & 0xff, early: false }),
            Err(stop) => Err(faults::failure(stop, cell.error_output(), cell.memory_denied())),
        };
        let mut output_file = input.output_file.and_then(|path| cell.file(path)).map(<[u8]>::to_vec);
        if output_file.as_ref().is_some_and(|text| text.len() > limits.output.as_size()) {
            output_file = None;
            result = result.and(Err(Failure::Stopped(Stop::OutputLimit)));
        }
        Ok(Ran {
            execution: Execution { result, fuel: cell.fuel_used(), memory_denied: cell.memory_denied() },
            standard_output: cell.output().to_vec(),
            standard_error: cell.error_output().to_vec(),
            output_file,
        })
    }
}
