//! Which published format a file has, told from the fields of its first record.

use super::records::{Record, RecordFault};
use crate::problem::Dataset;
use crate::shown::shown;

/// The format of the file that begins with this record.
///
/// A field or two that no other format has are enough, so that a record that lacks a field is still told to lack it.
pub(super) fn dataset(record: &Record<'_>) -> Result<Dataset, RecordFault> {
    let has = |names: &[&str]| names.iter().any(|name| record.has(name));
    if has(&["base_input", "plus_input"]) {
        let task_id = record.optional_string("task_id")?;
        let is_mbpp = task_id.is_some_and(|task_id| task_id.starts_with("Mbpp/"));
        Ok(if is_mbpp { Dataset::MbppPlus } else { Dataset::HumanEvalPlus })
    } else if has(&["complete_prompt", "instruct_prompt"]) {
        Err(RecordFault::NotProblems {
            what: "BigCodeBench",
            advice: "its programs need numpy, pandas and more, which the sandbox does not have; choose another set",
        })
    } else if has(&["test_list"]) {
        Ok(if has(&["text"]) { Dataset::Mbpp } else { Dataset::MbppSanitized })
    } else if has(&["public_test_cases", "private_test_cases", "question_content"]) {
        Ok(Dataset::LiveCodeBench)
    } else if has(&["public_tests", "private_tests", "generated_tests"]) {
        Ok(Dataset::CodeContests)
    } else if has(&["stop_tokens", "doctests", "prompt_terminology"]) {
        Ok(Dataset::MultiPlE)
    } else if has(&["question", "input_output"]) {
        Ok(Dataset::Apps)
    } else if has(&["entry_point", "canonical_solution", "test"]) {
        Ok(Dataset::HumanEval)
    } else if has(&["completion", "solution"]) {
        Err(RecordFault::NotProblems {
            what: "a file of completions",
            advice: "give it as the samples, not as the problems",
        })
    } else {
        let mut fields =
            record.names().take(20).map(|name| shown(name).to_string()).collect::<Vec<_>>().join(", ");
        if fields.is_empty() {
            fields.push_str("none");
        }
        Err(RecordFault::Unrecognised { fields })
    }
}
