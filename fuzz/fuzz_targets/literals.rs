//! Python literals: any text is read or refused with a place within it, and the `repr` of what was read is read again
//! as the same value. Likewise JSON.

#![no_main]

use karat::value::{Value, hashable, identical, json::from_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = from_json(bytes) {
        check(&value);
        if let Some(text) = value.to_json() {
            let again = from_json(text.as_bytes()).expect("what was written can be read");
            assert!(identical(&value, &again), "{value:?} became {again:?}");
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Value::parse_literal(text) {
        Ok(value) => check(&value),
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1).expect("the line is one of the text");
            assert!(error.column <= line.chars().count() + 1, "{error}");
        }
    }
    if let Ok(values) = Value::parse_literals(text) {
        values.iter().for_each(check);
    }
});

fn check(value: &Value) {
    let repr = value.repr();
    let again = Value::parse_literal(&repr).expect("a repr can be read");
    assert!(identical(value, &again), "{value:?} became {again:?}");
    assert_eq!(again.repr(), repr);
    assert_eq!(value.repr_short(repr.chars().count()), repr);
    assert!(value.repr_short(7).chars().count() <= 7);
    let _ = (hashable(value), value.to_json());
}
