//! Marshal data, the format in which values cross between cells: any bytes are read or refused, and what was read is
//! written and read again as the same value.

#![no_main]

use karat::value::identical;
use karat::value::marshal::{decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = decode(bytes) else { return };
    let written = encode(&value);
    let again = decode(&written).expect("what was written can be read");
    assert!(identical(&value, &again), "{value:?} became {again:?}");
    assert_eq!(encode(&again), written);
});
