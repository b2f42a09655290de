//! Sets of LeetCode's problems, whose solutions are methods of a class `Solution`.
//!
//! - LeetCodeDataset: `task_id, prompt, completion, entry_point, test, starter_code, problem_description, difficulty,
//!   tags, estimated_date`, where earlier releases have what is known of a problem in `meta`. The prompt is not what a
//!   model is asked: it is imports and classes that every program has.
//! - DeepSeek's contests: `task_id, url, title, meta, prompt, prompt_sft, test, start_time`.
//! - Mercury: `id, slug_name, difficulty, pretty_content, solutions, prompt, entry_point, test_cases, convert_offline,
//!   evaluate_offline`, where the last two are code that makes a test's values fit and compares them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::apps::with_parsed;
use super::around::USUAL_IMPORTS;
use super::records::{Item, Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test};
use crate::python::{is_identifier, word_length};
use crate::shown::shown;
use crate::value::Value;

const SOURCE: &str = "leetcode";

/// The problem in a record of LeetCodeDataset.
pub(super) fn dataset_problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let task_id = record.name("task_id")?;
    let statement = match record.optional_string("problem_description")? {
        Some(statement) => statement,
        None => record.string("query")?,
    };
    let called = record.required("entry_point")?;
    let method = method(&called)?;
    let mut problem = Problem::new(task_id, Language::Python).stated(statement);
    let preamble = &with_late_imports(record.string("prompt")?);
    problem.preamble = preamble.to_owned();
    problem.starter_code = record.optional_string("starter_code")?.map(str::to_owned);
    problem.references = vec![Solution::new("completion", record.string("completion")?)];
    let test = record.string("test")?.trim_end();
    // Tests make and compare trees and lists with the classes in the preamble, and must not use a candidate's in their
    // place: names that the tests' own text defines go before the candidate's.
    problem.tests = vec![Test::asserting(format!("{preamble}\n\n{test}\n\ncheck({})\n", called.string()?))];
    problem.entry_point = Some(method.to_owned());
    let facts = &mut problem.facts;
    facts.title = Some(task_id.to_owned());
    facts.source = Some(SOURCE.to_owned());
    facts.difficulty = record.optional_string("difficulty")?.map(str::to_owned);
    facts.tags = record.strings("tags")?;
    facts.date = record.optional("estimated_date").map(|item| day(&item)).transpose()?;
    // Releases before 0.3.1 have these in an object.
    if let Some(meta) = record.optional("meta") {
        let text = |name| meta.optional(name)?.map(|item| item.string().map(str::to_owned)).transpose();
        problem.starter_code = problem.starter_code.or(text("lang_code")?);
        let facts = &mut problem.facts;
        facts.difficulty = facts.difficulty.take().or(text("difficulty")?);
        facts.date = facts.date.or(meta.optional("estimated_date")?.map(|item| day(&item)).transpose()?);
        if let Some(tags) = meta.optional("tags")? {
            facts.tags = tags.strings_or_literal()?;
        }
    }
    Ok(problem)
}

fn day(item: &Item<'_, '_>) -> Result<Date, RecordFault> {
    let text = item.string()?;
    text.parse().map_err(|_| item.unusable(format!("is {:?}; write it as 2024-12-31", shown(text))))
}

/// Code that every program has, changed so that packages that do not come with Python are imported only when they are
/// used: most programs do without.
fn with_late_imports(code: &str) -> String {
    code.split_inclusive('\n')
        .map(|line| {
            let of_package = line.strip_prefix("from sortedcontainers import ").map(str::trim_end);
            let Some(names) = of_package else { return line.to_owned() };
            let names = names.split(',').map(str::trim);
            if !names.clone().all(is_identifier) {
                return line.to_owned();
            }
            let late = |name| {
                format!("def {name}(*_, **__):\n    import sortedcontainers\n    return sortedcontainers.{name}(*_, **__)\n")
            };
            names.map(late).collect()
        })
        .collect()
}

/// The method in `Solution().method`, or a function alone.
fn method<'v>(item: &Item<'_, 'v>) -> Result<&'v str, RecordFault> {
    let text = item.string()?;
    let name = text.strip_prefix("Solution().").unwrap_or(text);
    if is_identifier(name) {
        return Ok(name);
    }
    Err(item.unusable(format!(
        "is {:?}; give the name of a function, or of a method as in Solution().add",
        shown(text)
    )))
}

/// The problem in a record of DeepSeek's contests. Answers are whole programs there, which upstream gives usual
/// imports.
pub(super) fn contest_problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let mut problem =
        Problem::new(record.name("task_id")?, Language::Python).stated(record.string("prompt_sft")?);
    let prompt = record.string("prompt")?;
    problem.preamble = USUAL_IMPORTS.to_owned();
    problem.starter_code = prompt.rfind("class Solution").map(|at| prompt[at..].to_owned());
    let test = record.string("test")?;
    let name = |rest: &str| rest[..word_length(rest)].to_owned();
    problem.entry_point =
        test.split_once("my_solution.").map(|(_, rest)| name(rest)).filter(|name| is_identifier(name));
    problem.tests = vec![Test::asserting(test)];
    let facts = &mut problem.facts;
    facts.title = record.optional_string("title")?.map(str::to_owned);
    facts.url = record.optional_string("url")?.map(str::to_owned);
    facts.source = Some(SOURCE.to_owned());
    if let Some(meta) = record.optional("meta") {
        with_parsed(&meta, |meta| {
            facts.difficulty =
                meta.optional("difficulty")?.map(|item| item.string().map(str::to_owned)).transpose()?;
            Ok(())
        })?;
    }
    let start =
        record.optional_integer("start_time")?.and_then(|seconds| Timestamp::from_second(seconds).ok());
    facts.date = start.map(|start| TimeZone::UTC.to_datetime(start).date());
    Ok(problem)
}

/// What Mercury's harness puts before programs, apart from packages that are not Python's own.
const MERCURY_PREAMBLE: &str = "\
import bisect
from bisect import bisect_left, bisect_right
from collections import deque, defaultdict, OrderedDict
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush
from itertools import permutations, zip_longest
from math import ceil, factorial, floor, inf, sqrt
from sys import maxsize, stdin

class ListNode:
    def __init__(self, val=0, next=None):
        self.val = val
        self.next = next

class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val = val
        self.left = left
        self.right = right
";

/// The problem in a record of Mercury. Its solutions are right, the fastest first.
pub(super) fn mercury_problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let task_id = record.name("slug_name")?;
    let statement = match record.optional("pretty_content") {
        Some(item) if item.string().is_err() => item.strings()?.join("\n"),
        Some(item) => item.string()?.to_owned(),
        None => String::new(),
    };
    let entry_point = record.required("entry_point")?;
    let method = method(&entry_point)?;
    let mut problem = Problem::new(task_id, Language::Python).stated(statement);
    problem.preamble = format!("{USUAL_IMPORTS}{MERCURY_PREAMBLE}");
    problem.starter_code = record.optional_string("prompt")?.map(str::to_owned);
    problem.entry_point = Some(method.to_owned());
    if let Some(solutions) = record.optional("solutions") {
        for (number, solution) in solutions.items()?.enumerate() {
            let source = solution.required("solution")?.string()?.to_owned();
            problem.references.push(Solution::new(format!("solutions[{number}]"), source));
        }
    }
    let cases = record.required("test_cases")?;
    let cases = with_parsed(&cases, |cases| {
        let case = |case: Item<'_, '_>| {
            let (input, expected) = (case.required("input")?, case.required("expected")?);
            Ok(Value::Tuple(vec![Value::from(input.value()), Value::from(expected.value())]))
        };
        cases.items()?.map(case).collect::<Result<Vec<Value>, RecordFault>>()
    })?;
    let code = |field| record.optional_string(field).map(Option::unwrap_or_default);
    problem.tests = vec![Test::asserting(mercury_test(
        &Value::List(cases),
        code("convert_offline")?,
        code("evaluate_offline")?,
        method,
    ))];
    let facts = &mut problem.facts;
    facts.title = Some(task_id.to_owned());
    facts.source = Some(SOURCE.to_owned());
    facts.difficulty = record.optional_string("difficulty")?.map(str::to_owned);
    Ok(problem)
}

/// The test of all cases. Where a record has no code for that, values are used as they are.
fn mercury_test(cases: &Value, convert: &str, evaluate: &str, method: &str) -> String {
    let convert =
        if convert.trim().is_empty() { "def convert_offline(case):\n    return case" } else { convert };
    let evaluate = if evaluate.trim().is_empty() {
        "def evaluate_offline(inputs, outputs, expected):\n    return outputs == expected"
    } else {
        evaluate
    };
    format!(
        "{USUAL_IMPORTS}{MERCURY_PREAMBLE}\nnan = float('nan')\n{convert}\n\n{evaluate}\n\nsolution = Solution()\nfor case in {}:\n    \
         inputs, expected = convert_offline(case)\n    \
         if isinstance(inputs, dict):\n        outputs = solution.{method}(**inputs)\n    \
         else:\n        outputs = solution.{method}(*inputs)\n    \
         assert evaluate_offline(inputs, outputs, expected), f'got {{outputs!r}}, expected {{expected!r}}'\n",
        cases.repr()
    )
}
