//! What the fuzz targets in `fuzz/` reach of the protocol between cells.

use super::protocol::{
    Ask, ask, call_outcomes, checked_answer, checked_names, plain_answer, reply, returned,
};

/// Reads bytes in every way in which what a cell wrote is read.
///
/// # Panics
///
/// Where what is passed on to another cell is not read there as it was here.
pub fn protocol(bytes: &[u8]) {
    if let Ok((status, Ok(rest))) = reply(bytes) {
        let _ = returned(&status, rest.clone());
        let _ = call_outcomes(&status, rest);
    }
    let _ = plain_answer(bytes);
    if let Ok(Ask::Use(request)) = ask(bytes) {
        assert!(matches!(ask(&request), Ok(Ask::Use(again)) if again == request));
    }
    if let Ok(answer) = checked_answer(bytes, b"") {
        assert_eq!(checked_answer(&answer, b"").ok(), Some(answer));
    }
    let wanted = ["a".to_owned(), "b".to_owned()];
    if let Ok(names) = checked_names(bytes, &wanted) {
        assert_eq!(checked_names(&names, &wanted).ok(), Some(names));
    }
}
