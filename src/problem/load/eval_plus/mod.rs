//! EvalPlus's format (HumanEval+ and MBPP+): records of `task_id, prompt, contract, canonical_solution, base_input,
//! plus_input, atol, entry_point`. Expected values are not in it: they are what the reference answers.

use super::human_eval::python_name;
use super::notes::Notes;
use super::records::{Item, Record, RecordFault};
use crate::problem::comparison::EvalPlusOracle;
use crate::problem::{Comparison, Dataset, Language, Problem, Solution, Test, TestBody, TestGroup};
use crate::value::Value;

mod base;
pub(super) mod evolved;
mod hugging_face;
mod inputs;

use inputs::Conversion;

/// Whether a record in HumanEval's fields has the tests of EvalPlus, as they are on Hugging Face.
pub(super) fn is_hugging_face_form(record: &Record<'_>) -> bool {
    hugging_face::is_it(record)
}

/// The problem in a record, in either form. `contract`, the assertions by which EvalPlus chose its inputs, plays no
/// part in judging.
pub(super) fn problem(
    record: &Record<'_>,
    dataset: Dataset,
    notes: &mut Notes,
) -> Result<Problem, RecordFault> {
    if !record.has("base_input") && record.has("test") {
        return match dataset {
            Dataset::MbppPlus => hugging_face::mbpp_plus(record),
            _ => hugging_face::human_eval_plus(record, notes),
        };
    }
    let task_id = record.name("task_id")?;
    // In MBPP+ the prompt is a docstring and the reference a whole program. Upstream joins the two all the same.
    let prompt = record.string("prompt")?.to_owned();
    let reference = record.optional_string("canonical_solution")?;
    let entry_point = python_name(&record.required("entry_point")?)?;
    let atol = record.optional("atol").map_or(Ok(0.0), |item| item.float())?;
    let number = task_id.rsplit('/').next().and_then(|number| number.parse().ok());
    let conversion = match dataset {
        Dataset::MbppPlus => number.map_or(Conversion::NONE, Conversion::of),
        _ => Conversion::NONE,
    };
    let mut tests = Vec::new();
    for (field, group) in [("base_input", TestGroup::Base), ("plus_input", TestGroup::Plus)] {
        append_tests(&record.required(field)?, group, conversion, &mut tests)?;
    }
    Ok(Problem {
        prompt,
        comparison: Comparison::EvalPlus { atol, oracle: oracle(dataset, &entry_point) },
        entry_point: Some(entry_point),
        references: reference.into_iter().map(|source| Solution::new("canonical_solution", source)).collect(),
        tests,
        ..Problem::new(task_id, Language::Python)
    })
}

/// A test for each list of arguments.
fn append_tests(
    inputs: &Item<'_, '_>,
    group: TestGroup,
    conversion: Conversion,
    tests: &mut Vec<Test>,
) -> Result<(), RecordFault> {
    // The set writes `{}` where it has added no inputs.
    if inputs.object().is_ok_and(|fields| fields.is_empty()) {
        return Ok(());
    }
    for input in inputs.items()? {
        let arguments = input.items()?.map(|argument| Value::from(argument.value())).collect();
        let arguments = conversion.apply(arguments).map_err(|problem| input.unusable(problem))?;
        let body = TestBody::Call { arguments, expected: None };
        tests.push(Test { visible: false, group, body });
    }
    Ok(())
}

/// What replaces equality, by function, in EvalPlus 0.3.1.
fn oracle(dataset: Dataset, entry_point: &str) -> EvalPlusOracle {
    match (dataset, entry_point) {
        (Dataset::HumanEvalPlus, "find_zero") => EvalPlusOracle::PolynomialZero,
        (
            Dataset::MbppPlus,
            "similar_elements"
            | "find_char_long"
            | "common_in_nested_lists"
            | "extract_singly"
            | "larg_nnum"
            | "intersection_array"
            | "find_dissimilar"
            | "Diff",
        ) => EvalPlusOracle::Set,
        (Dataset::MbppPlus, "check_str" | "text_match_three" | "text_starta_endb") => EvalPlusOracle::NotNone,
        (Dataset::MbppPlus, "are_equivalent") => EvalPlusOracle::Anything,
        (Dataset::MbppPlus, "sum_div") => EvalPlusOracle::OrZero,
        (Dataset::MbppPlus, "surface_Area") => EvalPlusOracle::OrPyramidSurface,
        (Dataset::MbppPlus, "digit_distance_nums") => EvalPlusOracle::OrDigitDistance,
        _ => EvalPlusOracle::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracles_belong_to_functions_of_one_set() {
        assert_eq!(oracle(Dataset::HumanEvalPlus, "find_zero"), EvalPlusOracle::PolynomialZero);
        assert_eq!(oracle(Dataset::MbppPlus, "find_zero"), EvalPlusOracle::None);
        assert_eq!(oracle(Dataset::MbppPlus, "Diff"), EvalPlusOracle::Set);
        assert_eq!(oracle(Dataset::HumanEvalPlus, "Diff"), EvalPlusOracle::None);
        assert_eq!(oracle(Dataset::MbppPlus, "sum_div"), EvalPlusOracle::OrZero);
    }
}
