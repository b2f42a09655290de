//! The requests and replies of the guest, as types. What is not of their shape was not written by the guest's own
//! code: a candidate shares its cell with that code and can make it say anything, so nothing is taken on trust.

use super::marshal::{self, MarshalError};
use crate::runner::{Explanation, Fault, Place};
use crate::value::Value;

/// A reply of the candidate's cell to `load`.
pub enum Loaded {
    /// The entry point is there.
    Ready,
    /// It does not compile.
    NotAProgram(Fault),
    /// It raised on the way.
    Raised(Fault),
}

/// A reply of a cell that ran tests.
pub enum Tested {
    /// They ran to their end.
    Passed,
    /// They ended with an exception.
    Failed(Fault, Explanation),
    /// Program and tests in one text, and it does not compile.
    NotAProgram(Fault),
    /// They can not be sealed; why.
    Unsealable(String),
}

/// What the tests' cell asks of the host.
pub enum Ask {
    /// Do something in the candidate's cell; the request to send there.
    Use(Vec<u8>),
    /// Take note of a failure before it is explained.
    Failed(Fault),
}

/// `load`: execute a program in the candidate's cell.
pub fn load(program: &str, entry_point: &str) -> Vec<u8> {
    request("load", [program, entry_point].map(Value::from))
}

/// `test`: run tests in the tests' cell.
pub fn test(prompt: &str, test: &str, entry_point: &str) -> Vec<u8> {
    request("test", [prompt, test, entry_point].map(Value::from))
}

/// `one_cell`: run program and tests as one text.
pub fn one_cell(source: &str, as_human_eval: bool) -> Vec<u8> {
    request("one_cell", [Value::from(source), Value::Bool(as_human_eval)])
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

/// Reads a reply to [`load`].
pub fn loaded(bytes: &[u8]) -> Result<Loaded, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    Ok(match status.as_str() {
        "loaded" => Loaded::Ready,
        "syntax_error" => Loaded::NotAProgram(fault(next(&mut rest)?)?),
        "raised" => Loaded::Raised(fault(next(&mut rest)?)?),
        _ => return Err(Malformed::Shape),
    })
}

/// Reads a reply to [`test`] or [`one_cell`].
pub fn tested(bytes: &[u8]) -> Result<Tested, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    Ok(match status.as_str() {
        "passed" => Tested::Passed,
        "syntax_error" => Tested::NotAProgram(fault(next(&mut rest)?)?),
        "failed" => {
            let fault = fault(next(&mut rest)?)?;
            Tested::Failed(fault, rest.next().map(explanation).unwrap_or_default())
        }
        "unsealable" => Tested::Unsealable(text(next(&mut rest)?)?),
        _ => return Err(Malformed::Shape),
    })
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
