//! What the harnesses of HumanEval-X and HumanEvalPack put around programs, by language.

use super::records::{Record, RecordFault};
use crate::problem::{Dataset, Language, Problem};

/// Before programs in Python, apart from numpy, which they do not need.
pub(super) const USUAL_IMPORTS: &str = "\
import collections
import copy
import datetime
import functools
import hashlib
import heapq
import itertools
import math
import re
import statistics
import string
import sys
from collections import *
from typing import *
";

/// Before programs in C++, those that the prompt does not include by itself.
const OF_CPP: [&str; 20] = [
    "#include<stdlib.h>",
    "#include<algorithm>",
    "#include<cmath>",
    "#include<math.h>",
    "#include<numeric>",
    "#include<stdio.h>",
    "#include<vector>",
    "#include<set>",
    "#include<map>",
    "#include<queue>",
    "#include<stack>",
    "#include<list>",
    "#include<deque>",
    "#include<string>",
    "#include<climits>",
    "#include<cstring>",
    "#include<iostream>",
    "#include<sstream>",
    "#include<fstream>",
    "using namespace std;",
];

/// Packages that a program in Go gets an import of where it uses them.
const OF_GO: [&str; 10] =
    ["math", "strings", "fmt", "strconv", "time", "bytes", "regexp", "sort", "math/rand", "crypto/md5"];

/// The module of Go by which the tests assert. It is not Go's own, and what stands for it comes behind a program.
const TESTIFY: &str = "\"github.com/stretchr/testify/assert\"";
const FOR_TESTIFY: &str = include_str!("testify.go");

/// Before tests in JavaScript: the harness takes it for a failure that something was written, as `console.assert` does
/// where it does not hold.
const OF_JAVA_SCRIPT: &str = "\
console.assert = (holds, ...what) => {
    if (!holds) throw new Error(['Assertion failed', ...what].join(': '));
};
";

/// Puts around a problem's programs what its harness does. The problem has its prompt.
///
/// # Errors
///
/// When a field of the record is not what it must be.
pub(super) fn put(problem: &mut Problem, record: &Record<'_>, dataset: Dataset) -> Result<(), RecordFault> {
    match problem.language {
        Language::Python => problem.preamble = USUAL_IMPORTS.to_owned(),
        Language::Cpp => {
            let missing = OF_CPP.iter().filter(|line| !problem.prompt.contains(*line));
            problem.preamble = missing.flat_map(|line| [line, "\n"]).collect();
            // The tests have it.
            problem.stop_tokens = vec!["\nint main(".to_owned()];
        }
        Language::Go => {
            // What the prompt imports is imported where the program uses it: Go refuses what is not used.
            let imports = record.text_if_any("import")?.unwrap_or_default().trim();
            if !imports.is_empty() {
                problem.prompt = problem.prompt.replacen(imports, "", 1);
            }
            let setup = record.text_if_any("test_setup")?.unwrap_or_default().trim_end();
            let own = setup.lines().filter(|line| line.trim().trim_start_matches("import").trim() != TESTIFY);
            problem.preamble = own.flat_map(|line| [line, "\n"]).collect();
            if setup.contains(TESTIFY) {
                problem.preamble.push_str("import \"reflect\"\n");
                problem.epilogue = FOR_TESTIFY.to_owned();
            }
            problem.imports = OF_GO.map(str::to_owned).to_vec();
            problem.stop_tokens = vec!["\nfunc main(".to_owned()];
        }
        Language::JavaScript => problem.setup = OF_JAVA_SCRIPT.to_owned(),
        // HumanEval-X has the documentation in the prompt, and the signature apart from it.
        Language::Rust if dataset == Dataset::HumanEvalX => {
            problem.prompt = format!("{}{}", record.string("declaration")?, problem.prompt);
            problem.preamble = "fn main() {}\n".to_owned();
        }
        _ => {}
    }
    Ok(())
}
