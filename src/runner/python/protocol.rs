//! The requests and replies of the guest, as types. What is not of their shape was not written by the guest's own
//! code: a candidate shares its cell with that code and can make it say anything, so nothing is taken on trust.

use super::marshal::{self, MarshalError};
use super::{Assertions, Prelude};
use crate::runner::{CallOutcome, Code, Explanation, Failure, Fault, Place, Returned};
use crate::value::Value;

/// What the tests' cell asks of the host.
pub enum Ask {
    /// Do something in the candidate's cell; the request to send there.
    Use(Vec<u8>),
    /// Take note of a failure before it is explained.
    Failed(Fault),
}

/// `compile`: make code of a program without executing it.
pub fn compile(program: &str) -> Vec<u8> {
    request("compile", [Value::from(program)])
}

/// `load`: execute a program in the candidate's cell. Object 0 is the entry point then, or the namespace.
pub fn load(program: &Code, entry_point: Option<&str>) -> Vec<u8> {
    request("load", [code(program), entry_point.map_or(Value::None, Value::from)])
}

/// `check` or `statements`: run tests in the tests' cell.
pub fn test(tests: &Assertions) -> Vec<u8> {
    let entry_point = Value::from(tests.entry_point.unwrap_or_default());
    if tests.calls_check {
        request("check", [tests.prompt.into(), tests.source.into(), entry_point])
    } else {
        request("statements", [tests.prompt.into(), tests.setup.into(), tests.source.into(), entry_point])
    }
}

/// `call`: execute a program and call a function of it.
pub fn call(program: &Code, prelude: Prelude, entry_point: &str, arguments: &[Value]) -> Vec<u8> {
    let arguments = Value::List(arguments.to_vec());
    request("call", [code(program), self::prelude(prelude), entry_point.into(), arguments])
}

/// `stdio`: run a whole program.
pub fn stdio(program: &Code, prelude: Prelude) -> Vec<u8> {
    request("stdio", [code(program), self::prelude(prelude)])
}

/// `one_cell`: run program and tests as one text.
pub fn one_cell(source: &str, as_human_eval: bool) -> Vec<u8> {
    request("one_cell", [Value::from(source), Value::Bool(as_human_eval)])
}

/// `one_cell_calls`: call a function of a program for each case, and compare in the same cell.
pub fn one_cell_calls(
    harness: &str,
    program: &Code,
    prelude: Prelude,
    entry_point: &str,
    cases: Vec<Value>,
    stop: bool,
) -> Vec<u8> {
    let prelude = self::prelude(prelude);
    let cases = Value::List(cases);
    let stop = Value::Bool(stop);
    request("one_cell_calls", [harness.into(), code(program), prelude, entry_point.into(), cases, stop])
}

/// `judge_output`: ask a checker program about an output.
pub fn judge_output(checker: &str, input: Value, expected: Value, output: Value) -> Vec<u8> {
    request("judge_output", [checker.into(), input, expected, output])
}

fn code(program: &Code) -> Value {
    match program {
        Code::Source(text) => Value::from(text.as_str()),
        Code::Compiled(bytes) => Value::Bytes(bytes.clone()),
    }
}

fn prelude(prelude: Prelude) -> Value {
    Value::from(match prelude {
        Prelude::None => "",
        Prelude::Apps => "apps",
        Prelude::LiveCodeBench => "live_code_bench",
    })
}

/// `use` of the entry point without arguments.
pub fn call_without_arguments() -> Vec<u8> {
    let arguments = marshal::encode(&Value::tuple([Value::Tuple(vec![]), Value::Dict(vec![])]));
    request("use", [Value::Int(0), "__call__".into(), Value::Int(DATA), Value::Bytes(arguments)])
}

/// The tag of a packed value that is the value itself.
pub const DATA: i64 = 0;

fn request(operation: &str, arguments: impl IntoIterator<Item = Value>) -> Vec<u8> {
    marshal::encode(&Value::tuple([Value::from(operation)].into_iter().chain(arguments)))
}

/// A reply that is not of any shape that the guest's code writes.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Not even data.
    #[error("what came back is not data: {0}")]
    NotData(#[from] MarshalError),
    /// Data of another shape.
    #[error("what came back has the wrong shape")]
    Shape,
}

/// A reply of a cell: its status, and the failure that this is, or what follows the status.
pub type Reply = (String, Result<std::vec::IntoIter<Value>, Failure>);

/// Reads a reply to any request but `use`.
///
/// # Errors
///
/// A reply of no shape that the guest's code writes.
pub fn reply(bytes: &[u8]) -> Result<Reply, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    let failure = match status.as_str() {
        "syntax_error" => Failure::NotAProgram(fault(next(&mut rest)?)?),
        "raised" => Failure::Raised(fault(next(&mut rest)?)?, Explanation::default()),
        "failed" => {
            let fault = fault(next(&mut rest)?)?;
            Failure::Raised(fault, rest.next().map(explanation).unwrap_or_default())
        }
        "unsealable" => Failure::Unsealable(text(next(&mut rest)?)?),
        _ => return Ok((status, Ok(rest))),
    };
    Ok((status, Err(failure)))
}

/// What a call returned: the rest of a reply with the status `value` or `object`.
///
/// # Errors
///
/// As [`reply`].
pub fn returned(status: &str, mut rest: std::vec::IntoIter<Value>) -> Result<Returned, Malformed> {
    match (status, next(&mut rest)?) {
        ("value", Value::Bytes(bytes)) => Ok(Returned::Data(marshal::decode(&bytes)?)),
        ("object", class) => Ok(Returned::Object { class: text(class)?, text: text(next(&mut rest)?)? }),
        _ => Err(Malformed::Shape),
    }
}

/// What came of the calls of [`one_cell_calls`].
///
/// # Errors
///
/// As [`reply`].
pub fn call_outcomes(
    status: &str,
    mut rest: std::vec::IntoIter<Value>,
) -> Result<Vec<CallOutcome>, Malformed> {
    let ("called", Value::List(outcomes)) = (status, next(&mut rest)?) else { return Err(Malformed::Shape) };
    outcomes
        .into_iter()
        .map(|outcome| {
            let (status, mut rest) = split(outcome)?;
            Ok(match status.as_str() {
                "passed" => CallOutcome::Passed,
                "wrong" => CallOutcome::Wrong(text(next(&mut rest)?)?),
                "raised" => CallOutcome::Raised(fault(next(&mut rest)?)?),
                _ => return Err(Malformed::Shape),
            })
        })
        .collect()
}

/// Reads what the tests' cell asks.
pub fn ask(bytes: &[u8]) -> Result<Ask, Malformed> {
    let value = marshal::decode(bytes)?;
    let (operation, mut rest) = split(value.clone())?;
    Ok(match operation.as_str() {
        "use" => Ask::Use(marshal::encode(&value)),
        "failed" => Ask::Failed(fault(next(&mut rest)?)?),
        _ => return Err(Malformed::Shape),
    })
}

/// Checks a reply of the candidate's cell to `use`, its packed values included, and writes it anew for the tests'
/// cell.
pub fn checked_answer(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    let answer = match status.as_str() {
        "value" => {
            let (tag, payload) = packed(next(&mut rest)?, next(&mut rest)?)?;
            let changed = match next(&mut rest)? {
                Value::None => Value::None,
                pair => {
                    let mut pair = pair.into_tuple().ok_or(Malformed::Shape)?.into_iter();
                    let (tag, payload) = packed(next(&mut pair)?, next(&mut pair)?)?;
                    Value::tuple([tag, payload])
                }
            };
            Value::tuple(["value".into(), tag, payload, changed])
        }
        "raised" => Value::tuple(["raised".into(), checked_description(next(&mut rest)?)?]),
        _ => return Err(Malformed::Shape),
    };
    Ok(marshal::encode(&answer))
}

/// The value in a reply to `use`, where it is plain data.
pub fn plain_answer(bytes: &[u8]) -> Result<Value, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    match (status.as_str(), next(&mut rest)?, next(&mut rest)?) {
        ("value", Value::Int(DATA), Value::Bytes(payload)) => Ok(marshal::decode(&payload)?),
        _ => Err(Malformed::Shape),
    }
}

fn packed(tag: Value, payload: Value) -> Result<(Value, Value), Malformed> {
    match (&tag, payload) {
        (Value::Int(0 | 1), Value::Bytes(bytes)) => {
            let bytes = marshal::encode(&marshal::decode(&bytes)?);
            Ok((tag, Value::Bytes(bytes)))
        }
        _ => Err(Malformed::Shape),
    }
}

/// A description as `raised.py` makes it: class, base, message, packed arguments, source, line, missing module.
fn checked_description(value: Value) -> Result<Value, Malformed> {
    let parts = value.into_tuple().ok_or(Malformed::Shape)?;
    let [class, base, message, arguments, source, line, missing]: [Value; 7] =
        parts.try_into().map_err(|_| Malformed::Shape)?;
    let mut pair = arguments.into_tuple().ok_or(Malformed::Shape)?.into_iter();
    let (tag, payload) = packed(next(&mut pair)?, next(&mut pair)?)?;
    let texts = [class, base, message, source, missing].map(text);
    let [class, base, message, source, missing] = texts;
    let line = Value::Int(line.as_int().ok_or(Malformed::Shape)?);
    let arguments = Value::tuple([tag, payload]);
    Ok(Value::tuple([
        class?.into(),
        base?.into(),
        message?.into(),
        arguments,
        source?.into(),
        line,
        missing?.into(),
    ]))
}

fn fault(value: Value) -> Result<Fault, Malformed> {
    let parts = checked_description(value)?.into_tuple().ok_or(Malformed::Shape)?;
    let mut parts = parts.into_iter();
    let (class, base, message) =
        (text(next(&mut parts)?)?, text(next(&mut parts)?)?, text(next(&mut parts)?)?);
    next(&mut parts)?; // the packed arguments
    let (source, line, missing) = (text(next(&mut parts)?)?, next(&mut parts)?, text(next(&mut parts)?)?);
    let line = line.as_int().and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    let place = match (source.as_str(), line) {
        ("<program>", Some(line)) => Some(Place::Program(line)),
        ("<tests>", Some(line)) => Some(Place::Tests(line)),
        _ => None,
    };
    Ok(Fault { class, base, message, place, missing_module: Some(missing).filter(|name| !name.is_empty()) })
}

fn explanation(value: Value) -> Explanation {
    let mut explanation = Explanation::default();
    let Value::Dict(entries) = value else { return explanation };
    for (key, value) in entries {
        let field = match key.into_text().as_deref() {
            Some("assertion") => &mut explanation.assertion,
            Some("input") => &mut explanation.input,
            Some("expected") => &mut explanation.expected,
            Some("got") => &mut explanation.got,
            _ => continue,
        };
        *field = value.into_text();
    }
    explanation
}

fn split(value: Value) -> Result<(String, std::vec::IntoIter<Value>), Malformed> {
    let mut items = value.into_tuple().ok_or(Malformed::Shape)?.into_iter();
    let first = text(next(&mut items)?)?;
    Ok((first, items))
}

fn next(items: &mut std::vec::IntoIter<Value>) -> Result<Value, Malformed> {
    items.next().ok_or(Malformed::Shape)
}

fn text(value: Value) -> Result<String, Malformed> {
    value.into_text().ok_or(Malformed::Shape)
}
