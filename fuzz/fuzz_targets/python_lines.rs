//! Python's lines, statements, tokens and mutants of any text.

#![no_main]

use karat::complete::extract::fuzzing::python_lines;
use karat::judge::mutate::mutants;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    python_lines(text);
    for mutant in mutants(text, 20) {
        assert!(mutant.source != text && mutant.line as usize <= text.split('\n').count());
        assert!(!mutant.describe().contains('\n'));
    }
});
