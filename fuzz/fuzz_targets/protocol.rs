//! What cells say: any bytes, and replies of the right shape with some of their values changed.

#![no_main]

use arbitrary::{Result, Unstructured};
use karat::runner::python::fuzzing::protocol;
use karat::value::Value;
use karat::value::marshal::encode;
use karat_fuzz::value;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    protocol(bytes);
    if let Ok(message) = message(&mut Unstructured::new(bytes)) {
        protocol(&encode(&message));
    }
});

fn message(bytes: &mut Unstructured<'_>) -> Result<Value> {
    const STATUSES: [&str; 13] = [
        "value",
        "object",
        "raised",
        "failed",
        "syntax_error",
        "unsealable",
        "called",
        "use",
        "passed",
        "wrong",
        "exited",
        "ended",
        "call",
    ];
    let mut parts = vec![(*bytes.choose(&STATUSES)?).into()];
    for _ in 0..bytes.int_in_range(0..=3)? {
        parts.push(part(bytes, 2)?);
    }
    Ok(Value::Tuple(parts))
}

/// A part of a message, now and then any value.
fn part(bytes: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => Value::Int(bytes.int_in_range(-1..=2)?),
        1 => Value::Bytes(encode(&value(bytes)?)),
        2 => Value::tuple([Value::Int(0), Value::Bytes(encode(&value(bytes)?))]),
        3 => description(bytes)?,
        4 => Value::Dict(vec![("input".into(), value(bytes)?), ("got".into(), value(bytes)?)]),
        5 if depth > 0 => Value::List((0..2).map(|_| part(bytes, depth - 1)).collect::<Result<_>>()?),
        6 if depth > 0 => Value::tuple([*bytes.choose(&["wrong", "raised"])?, "passed"].map(Value::from)),
        _ => value(bytes)?,
    })
}

/// An exception as the guest describes it.
fn description(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let arguments = Value::tuple([Value::Int(0), Value::Bytes(encode(&value(bytes)?))]);
    let line = Value::Int(bytes.arbitrary()?);
    let mut parts = ["ValueError", "ValueError", "no", "", "<program>", "", "numpy"].map(Value::from);
    (parts[3], parts[5]) = (arguments, line);
    if bytes.arbitrary()? {
        let index = bytes.choose_index(parts.len())?;
        parts[index] = value(bytes)?;
    }
    Ok(Value::tuple(parts))
}
