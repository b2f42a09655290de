//! Which published format a file has, told from the fields of its first record.

use std::cmp::Reverse;

use super::eval_plus;
use super::records::{Record, RecordFault};
use crate::problem::Dataset;
use crate::shown::shown;

/// A published format, and the fields that identify it.
struct Format {
    /// What its authors call it.
    name: &'static str,
    /// What a record of it has, whatever else is in it.
    fields: &'static [&'static str],
    /// What else is true of a record of it, where its fields alone do not decide.
    also: fn(&Record<'_>) -> bool,
    /// Fields that no other format has: a record with one of them that lacks one of `fields` is no record of another.
    marks: &'static [&'static str],
    /// The function that reads it, or what to do instead.
    read: Result<Dataset, &'static str>,
}

const fn format(name: &'static str, fields: &'static [&'static str], read: Dataset) -> Format {
    Format { name, fields, also: |_| true, marks: &[], read: Ok(read) }
}

const fn refused(name: &'static str, fields: &'static [&'static str], advice: &'static str) -> Format {
    Format { name, fields, also: |_| true, marks: &[], read: Err(advice) }
}

/// Every format. Where a record can have all fields of two, the more specific one comes first.
const FORMATS: &[Format] = &[
    format(
        "BigCodeBench",
        &[
            "task_id",
            "complete_prompt",
            "instruct_prompt",
            "canonical_solution",
            "code_prompt",
            "test",
            "entry_point",
        ],
        Dataset::BigCodeBench,
    ),
    format("DS-1000", &["prompt", "reference_code", "metadata", "code_context"], Dataset::Ds1000),
    refused(
        "SWE-bench",
        &["instance_id", "problem_statement", "test_patch"],
        "its problems are whole repositories, which do not run here; choose another set",
    ),
    refused(
        "LiveCodeBench's code execution",
        &["question_id", "function_name", "code", "input", "output"],
        "its answers are no programs; choose LiveCodeBench's code generation",
    ),
    refused(
        "LiveCodeBench's test output prediction",
        &["question_id", "function_name", "starter_code", "test"],
        "its answers are no programs; choose LiveCodeBench's code generation",
    ),
    Format { also: is_mbpp, ..format("MBPP+", EVAL_PLUS, Dataset::MbppPlus) },
    format("HumanEval+", EVAL_PLUS, Dataset::HumanEvalPlus),
    Format {
        marks: &["parent"],
        ..format(
            "EvoEval",
            &["task_id", "prompt", "entry_point", "canonical_solution", "inputs"],
            Dataset::EvoEval,
        )
    },
    format("MBPP+", &["task_id", "prompt", "test_list", "test"], Dataset::MbppPlus),
    format("MBPP", &["task_id", "text", "test_list"], Dataset::Mbpp),
    format("MBPP sanitized", &["task_id", "prompt", "test_list"], Dataset::MbppSanitized),
    format(
        "LiveCodeBench",
        &["question_id", "question_content", "public_test_cases", "private_test_cases"],
        Dataset::LiveCodeBench,
    ),
    format(
        "CodeContests",
        &["name", "description", "public_tests", "private_tests", "generated_tests"],
        Dataset::CodeContests,
    ),
    format(
        "open-r1/codeforces",
        &["id", "description", "input_format", "output_format", "official_tests"],
        Dataset::Codeforces,
    ),
    format("MultiPL-E", &["name", "language", "prompt", "tests"], Dataset::MultiPlE),
    format("KodCode", &["question_id", "question", "solution", "test"], Dataset::KodCode),
    format("KodCode", &["question_id", "question", "solution", "test_code"], Dataset::KodCode),
    format("AceCode", &["id", "question", "test_cases"], Dataset::AceCode),
    // TACO's records are those of APPS with more fields.
    format("APPS", &["question", "input_output"], Dataset::Apps),
    format(
        "Mercury",
        &["slug_name", "prompt", "entry_point", "test_cases", "convert_offline", "evaluate_offline"],
        Dataset::Mercury,
    ),
    format(
        "LeetCodeDataset",
        &["task_id", "prompt", "completion", "entry_point", "test", "starter_code"],
        Dataset::LeetCode,
    ),
    // Releases before 0.3.1.
    format(
        "LeetCodeDataset",
        &["task_id", "prompt", "completion", "entry_point", "test", "query", "meta"],
        Dataset::LeetCode,
    ),
    format(
        "DeepSeek's LeetCode contests",
        &["task_id", "prompt", "prompt_sft", "test", "meta"],
        Dataset::LeetCodeContests,
    ),
    format("ODEX", &["task_id", "prompt", "suffix", "test_start", "test", "entry_point"], Dataset::Odex),
    format("MHPP", &["prompt", "function_name", "test"], Dataset::Mhpp),
    refused(
        "MHPP as its authors publish it",
        &["question", "prompt", "function_name", "difficulty_types"],
        "its tests are not in it; give a file that has them, in the field `test`",
    ),
    format(
        "ClassEval",
        &["task_id", "skeleton", "class_name", "solution_code", "test", "test_classes"],
        Dataset::ClassEval,
    ),
    refused(
        "CRUXEval-X",
        &["id", "code", "input", "output", "gt"],
        "its functions are in languages that do not run here; choose CRUXEval",
    ),
    format("CRUXEval", &["id", "code", "input", "output"], Dataset::CruxEval),
    format("StudentEval", &["problem", "entrypoint", "assertions", "prompt"], Dataset::StudentEval),
    format(
        "verifiable coding problems",
        &["problem_id", "prompt", "verification_info"],
        Dataset::VerifiableCoding,
    ),
    format("SandboxFusion", &["id", "content", "labels", "test"], Dataset::SandboxFusion),
    format("SandboxFusion", &["id", "content", "labels", "test_list"], Dataset::SandboxFusion),
    Format {
        marks: &["bug_type", "failure_symptoms"],
        ..format(
            "HumanEvalPack",
            &["task_id", "prompt", "declaration", "canonical_solution", "buggy_solution", "test"],
            Dataset::HumanEvalPack,
        )
    },
    format(
        "HumanEval-X",
        &["task_id", "prompt", "declaration", "canonical_solution", "test"],
        Dataset::HumanEvalX,
    ),
    format(
        "HumanEval-XL",
        &["task_id", "prompt", "entry_point", "test", "language", "natural_language"],
        Dataset::HumanEvalXl,
    ),
    format("mxeval", &["task_id", "prompt", "entry_point", "test", "language"], Dataset::Mxeval),
    Format {
        also: eval_plus::is_hugging_face_form,
        ..format("HumanEval+", HUMAN_EVAL, Dataset::HumanEvalPlus)
    },
    Format { also: is_python, ..format("HumanEval", HUMAN_EVAL, Dataset::HumanEval) },
    refused(
        "HumanEval in a language other than Python",
        HUMAN_EVAL,
        "which language it is, is not said; add a field `language` to its records",
    ),
];

const EVAL_PLUS: &[&str] = &["task_id", "prompt", "entry_point", "base_input", "plus_input"];
const HUMAN_EVAL: &[&str] = &["task_id", "prompt", "entry_point", "test"];

/// Names of fields that tell little about a record, since many formats have them.
const COMMON: &[&str] = &[
    "task_id",
    "id",
    "name",
    "prompt",
    "question",
    "question_id",
    "description",
    "content",
    "entry_point",
    "canonical_solution",
    "solution",
    "completion",
    "code",
    "input",
    "output",
    "test",
    "text",
    "language",
    "suffix",
];

/// Fields of which a sample has one, and a problem none.
const OF_SAMPLES: &[&str] =
    &["completion", "completions", "solution", "generation", "generations", "code_list"];

/// The format of the first record of a file.
#[derive(Clone, Copy)]
pub(super) struct Recognised {
    format: &'static Format,
    /// The function that reads it.
    pub dataset: Dataset,
}

impl Recognised {
    /// The fields that identify the format.
    #[cfg(test)]
    pub(super) fn fields(self) -> &'static [&'static str] {
        self.format.fields
    }

    /// Checks that a further record is not of another format. Whether a record lacks something is for the reader to
    /// say.
    pub(super) fn check(self, record: &Record<'_>) -> Result<(), RecordFault> {
        let Some(found) = format_of(record) else { return Ok(()) };
        // Records in HumanEval's fields are told apart by the text of their tests, which may differ within a set.
        let is_same = found.read == Ok(self.dataset) || [found.fields, self.format.fields] == [HUMAN_EVAL; 2];
        if is_same { Ok(()) } else { Err(RecordFault::Mixed { what: found.name, first: self.format.name }) }
    }
}

/// The first format that a record has every field of.
fn format_of(record: &Record<'_>) -> Option<&'static Format> {
    let has_all = |format: &&Format| format.fields.iter().all(|field| record.has(field));
    FORMATS.iter().filter(has_all).find(|format| (format.also)(record))
}

/// The format of the file that begins with this record: the first that it has every field of. What has most fields of
/// a format, but not all, is refused with its name, so that nothing is judged by the rules of another.
pub(super) fn dataset(record: &Record<'_>) -> Result<Recognised, RecordFault> {
    let near = nearest(record);
    if let Some(format) = format_of(record) {
        // A record that lacks one field of a more specific format may have all of a more general one.
        let damaged = near.filter(|near| near.missing == 1 && near.own > own(format, record));
        let other = |near: &Near| near.format.read != format.read;
        if let Some(near) = damaged.or_else(|| marked(record)).filter(other) {
            return Err(near.fault(record));
        }
        let advice = |advice| RecordFault::NotProblems { what: format.name, advice };
        return format.read.map(|dataset| Recognised { format, dataset }).map_err(advice);
    }
    if near.is_none_or(|near| near.own == 0) && OF_SAMPLES.iter().any(|field| record.has(field)) {
        return Err(RecordFault::NotProblems {
            what: "a file of completions",
            advice: "give it as the samples, not as the problems",
        });
    }
    if let Some(near) = near {
        return Err(near.fault(record));
    }
    let mut fields =
        record.names().take(20).map(|name| shown(name).to_string()).collect::<Vec<_>>().join(", ");
    if fields.is_empty() {
        fields.push_str("none");
    }
    Err(RecordFault::Unrecognised { fields })
}

/// The format that a record has an unmistakable field of.
fn marked(record: &Record<'_>) -> Option<Near> {
    let format = FORMATS.iter().find(|format| format.marks.iter().any(|field| record.has(field)))?;
    Some(Near::of(format, record))
}

/// A format of which a record has some fields.
#[derive(Clone, Copy)]
struct Near {
    format: &'static Format,
    /// How many of these fields few other formats have.
    own: usize,
    missing: usize,
}

impl Near {
    fn of(format: &'static Format, record: &Record<'_>) -> Near {
        let missing = format.fields.iter().filter(|field| !record.has(field)).count();
        Near { format, own: own(format, record), missing }
    }

    /// What the record lacks.
    fn fault(&self, record: &Record<'_>) -> RecordFault {
        let missing = self.format.fields.iter().filter(|field| !record.has(field));
        let missing: Vec<String> = missing.map(|field| format!("`{field}`")).collect();
        RecordFault::NotQuite { what: self.format.name, missing: missing.join(", ") }
    }
}

/// How many fields of a format a record has that few other formats have.
fn own(format: &Format, record: &Record<'_>) -> usize {
    format.fields.iter().filter(|field| record.has(field) && !COMMON.contains(field)).count()
}

/// The format that a record comes nearest to: it has at least half of its fields. More fields that few other formats
/// have come first, then fewer that are missing. HumanEval wins a tie, since most formats are modelled on it.
fn nearest(record: &Record<'_>) -> Option<Near> {
    let readable = FORMATS.iter().filter(|format| format.read.is_ok() && (format.also)(record));
    let near = readable.map(|format| Near::of(format, record)).filter(|near| {
        let all = near.format.fields.len();
        near.missing < all && 2 * near.missing <= all
    });
    near.min_by_key(|near| {
        let is_model = near.format.read == Ok(Dataset::HumanEval);
        (Reverse(near.own), near.missing, !is_model, near.format.fields.len())
    })
}

/// Whether EvalPlus calls the task one of MBPP.
fn is_mbpp(record: &Record<'_>) -> bool {
    record.optional_string("task_id").is_ok_and(|task_id| task_id.is_some_and(|id| id.starts_with("Mbpp/")))
}

/// Whether nothing speaks against Python: the program that the record makes defines something as Python does. Where
/// there is no solution, the prompt may be a sentence.
fn is_python(record: &Record<'_>) -> bool {
    let text = |field| record.optional_string(field).ok().flatten().unwrap_or_default();
    let solution = text("canonical_solution");
    let program = [text("prompt"), solution, text("suffix")].concat();
    record.string("prompt").is_err()
        || solution.is_empty()
        || ["def ", "class ", "lambda"].iter().any(|word| program.contains(word))
}
