//! ClassEval's format: records of `task_id, skeleton, test, solution_code, import_statement, class_name, test_classes`.
//! The tests are classes of unittest.

use super::python_tests::run_unittest;
use super::records::{Record, RecordFault};
use crate::problem::{Language, Problem, Solution, Test};
use crate::python::is_identifier;
use crate::shown::shown;

/// The problem in a record: a test for each class of tests.
pub(super) fn problem(record: &Record<'_>) -> Result<Problem, RecordFault> {
    let mut problem = Problem::new(record.name_or_number("task_id")?, Language::Python)
        .stated("Complete the class: implement every method as its docstring says.");
    problem.starter_code = Some(record.string("skeleton")?.to_owned());
    let mut imports =
        record.optional("import_statement").map_or(Ok(Vec::new()), |item| item.strings_or_literal())?;
    imports.push(String::new());
    problem.preamble = imports.join("\n");
    problem.references = vec![Solution::new("solution_code", record.string("solution_code")?)];
    let test = record.string("test")?;
    let classes = record.required("test_classes")?;
    for class in classes.strings_or_literal()? {
        let class = class.trim();
        if !is_identifier(class) {
            return Err(classes.unusable(format!("names the class {:?}; fetch the file again", shown(class))));
        }
        problem.tests.push(Test::asserting(format!("{test}\n\n{}", run_unittest(class))));
    }
    problem.facts.title = record.optional_string("class_name")?.map(str::to_owned);
    Ok(problem)
}
