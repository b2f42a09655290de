//! BigCodeBench and DS-1000, whose problems are about libraries.

use super::*;

const BIG_CODE_BENCH: &str = "published/bigcodebench.jsonl";
const DS_1000: &str = "published/ds-1000.jsonl";

fn source(test: &Test) -> &str {
    match &test.body {
        TestBody::Assertions { source, calls_check: false } => source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_problem_of_big_code_bench_has_both_prompts_and_runs_its_class_of_tests() {
    let set = load_fixture(BIG_CODE_BENCH);
    let shops = set.problem("BigCodeBench/9001").unwrap();
    assert!(shops.prompt.starts_with("import pandas as pd\n\n# Constants\nLEAST = 2\n\ndef task_func("));
    assert!(shops.prompt.ends_with("    \"\"\"\n"));
    assert!(shops.statements["en"].ends_with("def task_func(sales, least=LEAST):\n```"));
    assert_eq!(shops.entry_point.as_deref(), Some("task_func"));
    assert_eq!(shops.facts.tags, ["pandas"]);
    assert_eq!(shops.reference().unwrap().name, "canonical_solution");
    assert!(source(&shops.tests[0]).starts_with("import unittest\n"));
    assert!(source(&shops.tests[0]).ends_with("\n_run_unittest(TestCases)\n"));
    assert!(shops.stop_tokens.iter().any(|token| token == "\nclass "));
}

#[test]
fn the_code_of_the_prompt_comes_first_where_big_code_bench_is_calibrated() {
    let preamble = |dataset| {
        let content = fs::read(fixture(BIG_CODE_BENCH)).unwrap();
        let set = load_bytes(&content, Some(dataset)).unwrap();
        assert_eq!(set.dataset, dataset);
        set.problem("BigCodeBench/9000").unwrap().preamble
    };
    assert_eq!(
        preamble(Dataset::BigCodeBench),
        "import numpy as np\ndef task_func(table):\n\n    pass\n",
        "as its harness does"
    );
    assert_eq!(preamble(Dataset::BigCodeBenchUncalibrated), "");
}

#[test]
fn what_is_wrong_in_a_row_of_big_code_bench_is_named() {
    let row = |field: &str, value: Json| {
        let row = with(rows_of(BIG_CODE_BENCH).swap_remove(0), field, value);
        load_rows(&[rows_of(BIG_CODE_BENCH).swap_remove(1), row], None).unwrap_err().to_string()
    };
    let no_class =
        row("test", json!("import unittest\n# class TestCases:\nclass Tests(unittest.TestCase): pass\n"));
    assert!(
        no_class
            .ends_with("set.jsonl, line 2: field `test` defines no class TestCases; fetch the file again"),
        "{no_class}"
    );
    let name = row("entry_point", json!("task func"));
    assert!(
        name.contains("line 2: field `entry_point` is \"task func\", which can not name a function"),
        "{name}"
    );
    let libraries = row("libs", json!("['numpy', 1]"));
    assert!(libraries.contains("line 2: field `libs`"), "{libraries}");
    for libraries in [json!(["numpy", "re"]), json!("['numpy', 're']")] {
        let row = with(rows_of(BIG_CODE_BENCH).swap_remove(0), "libs", libraries);
        let set = load_rows(&[row], None).unwrap();
        assert_eq!(set.problem("BigCodeBench/9000").unwrap().facts.tags, ["numpy", "re"]);
    }
}

#[test]
fn tests_of_ds_1000_are_given_the_answer_as_a_text() {
    let set = load_fixture(DS_1000);
    let mirrored = set.problem("DS-1000/9001").unwrap();
    assert_eq!(mirrored.text_name.as_deref(), Some("code"));
    assert_eq!(mirrored.prompt, "import numpy as np\na = test_input\ndef f(a):\n");
    assert!(mirrored.statements["en"].ends_with("### BEGIN SOLUTION"));
    assert!(source(&mirrored.tests[0]).ends_with("\n\ntest_execution(code)\n"));
    assert_eq!(
        (&mirrored.facts.tags[..], mirrored.facts.source.as_deref()),
        (&["Numpy".to_owned()][..], Some("Semantic"))
    );
    let peaks = set.problem("DS-1000/9000").unwrap();
    assert!(source(&peaks.tests[0]).ends_with("\n\ntest_execution(code)\ntest_string(code)\n"));
    assert_eq!(set.problem("DS-1000/9500").unwrap().needed_package(false), Some("torch"));
}

#[test]
fn what_is_wrong_in_a_row_of_ds_1000_is_named() {
    let row = |field: &str, value: Json| fault_of(with(rows_of(DS_1000).swap_remove(0), field, value));
    let old = row("code_context", json!("import numpy\n"));
    assert!(old.starts_with("field `code_context` defines no test_execution"), "{old}");
    assert_eq!(row("metadata", json!({})), "field `metadata.problem_id` is missing; add it");
    assert!(
        row("metadata", json!({"problem_id": 1, "library": 2}))
            .starts_with("field `metadata.library` is a number")
    );
    let metadata = json!({"problem_id": "7", "library": "Scipy"}).to_string();
    let set = load_rows(&[with(rows_of(DS_1000).swap_remove(0), "metadata", json!(metadata))], None).unwrap();
    assert_eq!(names(&set), ["DS-1000/7"]);
}
