//! What passes between Karat and the processes of the built-in model: any bytes are read or refused, and what was read
//! is written and read again as the same. The last byte says from whom they are.

#![no_main]

use std::io::Cursor;

use karat::model::frames::{self, FromWorker, ToWorker};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, content)) = bytes.split_last() else { return };
    match choice % 2 {
        0 => read::<ToWorker>(content),
        _ => read::<FromWorker>(content),
    }
});

fn read<T: Serialize + DeserializeOwned>(content: &[u8]) {
    // With its length before it, and without.
    let message = frames::decode::<T>(content);
    let mut pipe = Cursor::new(content);
    while let Ok(Some(message)) = frames::read::<T>(&mut pipe) {
        check(&message);
    }
    if let Ok(message) = message {
        check(&message);
    }
}

fn check<T: Serialize + DeserializeOwned>(message: &T) {
    let frame = frames::encode(message).expect("what was read is not too long");
    let again = frames::read::<T>(&mut Cursor::new(&frame));
    let again = again.expect("what was written can be read").expect("it is there");
    // By their bytes, since numbers that are none do not equal themselves.
    assert_eq!(frames::encode(&again).expect("as before"), frame);
}
