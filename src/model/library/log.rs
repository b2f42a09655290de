//! The library's messages: the last ones are kept, and all are written to the worker's standard error, which is its
//! log.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Functions;

/// How many lines are kept.
const KEPT: usize = 64;
/// The longest line that is kept, in bytes.
const LONGEST: usize = 1000;

/// The library's level of an error.
const ERROR: c_int = 4;
/// The level of a warning.
const WARNING: c_int = 3;
/// The level of a continuation of the line before.
const CONTINUED: c_int = 5;

struct Kept {
    /// The last lines of warnings and errors, and how many there were before.
    lines: Vec<String>,
    count: usize,
    level: c_int,
    /// A line that has not ended.
    open: String,
}

static KEPT_LINES: Mutex<Kept> =
    Mutex::new(Kept { lines: Vec::new(), count: 0, level: 0, open: String::new() });

fn kept() -> MutexGuard<'static, Kept> {
    KEPT_LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Receives what the library prints.
pub(super) fn start(functions: &Functions) {
    // SAFETY: the callback may be called from any thread, at any time, without data.
    unsafe {
        (functions.llama_log_set)(Some(take), std::ptr::null_mut());
        (functions.ggml_log_set)(Some(take), std::ptr::null_mut());
    }
}

/// A position in the log.
pub(crate) fn mark() -> usize {
    kept().count
}

/// The warnings and errors since a position, on one line.
pub(crate) fn since(mark: usize) -> String {
    let kept = kept();
    let new = (kept.count.saturating_sub(mark)).min(kept.lines.len());
    kept.lines[kept.lines.len() - new..].join("; ")
}

unsafe extern "C" fn take(level: c_int, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: the library gives a string that ends with a zero and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let mut kept = kept();
    if level != CONTINUED {
        kept.level = level;
    }
    if !(WARNING..=ERROR).contains(&kept.level) {
        return;
    }
    for piece in text.split_inclusive('\n') {
        let room = LONGEST.saturating_sub(kept.open.len());
        kept.open.extend(piece.trim_end_matches('\n').chars().take(room));
        if piece.ends_with('\n') {
            let line = std::mem::take(&mut kept.open);
            // A log that can not be written is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{line}");
            if kept.lines.len() == KEPT {
                kept.lines.remove(0);
            }
            kept.lines.push(line);
            kept.count += 1;
        }
    }
}
