//! The formats of published sets other than those that all others are compared with.

use super::*;

fn published(name: &str) -> ProblemSet {
    load_fixture(&format!("published/{name}"))
}

/// The fixtures, and what each is.
pub(super) const PUBLISHED: [(&str, Dataset); 29] = [
    ("published/humaneval-x.jsonl", Dataset::HumanEvalX),
    ("published/humaneval-x-js.jsonl", Dataset::HumanEvalX),
    ("published/humaneval-x-cpp.jsonl", Dataset::HumanEvalX),
    ("published/humaneval-x-go.jsonl", Dataset::HumanEvalX),
    ("published/humaneval-x-rust.jsonl", Dataset::HumanEvalX),
    ("published/humanevalpack.jsonl", Dataset::HumanEvalPack),
    ("published/mxeval.jsonl", Dataset::Mxeval),
    ("published/humaneval-xl.jsonl", Dataset::HumanEvalXl),
    ("published/humaneval-xl-kotlin.jsonl", Dataset::HumanEvalXl),
    ("published/evoeval.jsonl", Dataset::EvoEval),
    ("published/humaneval-plus-hf.jsonl", Dataset::HumanEvalPlus),
    ("published/mbpp-plus-hf.jsonl", Dataset::MbppPlus),
    ("published/odex.jsonl", Dataset::Odex),
    ("published/mhpp.jsonl", Dataset::Mhpp),
    ("published/leetcode.jsonl", Dataset::LeetCode),
    ("published/leetcode-contests.jsonl", Dataset::LeetCodeContests),
    ("published/mercury.jsonl", Dataset::Mercury),
    ("published/taco.jsonl", Dataset::Apps),
    ("published/codeforces.jsonl", Dataset::Codeforces),
    ("published/kodcode.jsonl", Dataset::KodCode),
    ("published/acecode.jsonl", Dataset::AceCode),
    ("published/classeval.jsonl", Dataset::ClassEval),
    ("published/cruxeval.jsonl", Dataset::CruxEval),
    ("published/bigcodebench.jsonl", Dataset::BigCodeBench),
    ("published/ds-1000.jsonl", Dataset::Ds1000),
    ("published/studenteval.jsonl", Dataset::StudentEval),
    ("published/sandboxfusion.jsonl", Dataset::SandboxFusion),
    ("published/verifiable.jsonl", Dataset::VerifiableCoding),
    ("published/needs-torch.jsonl", Dataset::HumanEval),
];

#[test]
fn every_published_format_is_recognised_and_can_be_named() {
    for (name, dataset) in PUBLISHED {
        let set = load_fixture(name);
        assert_eq!(set.dataset, dataset, "{name}");
        let content = fs::read(fixture(name)).unwrap();
        let named = load_bytes(&content, Some(dataset)).unwrap();
        assert!(named.entries().eq(set.entries()), "{name}");
    }
}

#[test]
fn what_lacks_a_field_is_refused_with_the_name_of_the_nearest_format() {
    for (name, field, nearest) in [
        ("published/humanevalpack.jsonl", "test", "HumanEvalPack"),
        ("published/mercury.jsonl", "test_cases", "Mercury"),
        ("published/codeforces.jsonl", "official_tests", "open-r1/codeforces"),
        ("published/classeval.jsonl", "solution_code", "ClassEval"),
        ("published/bigcodebench.jsonl", "code_prompt", "BigCodeBench"),
        ("published/ds-1000.jsonl", "code_context", "DS-1000"),
        // What lacks one field of a format has all of HumanEval's, too.
        ("published/humanevalpack.jsonl", "declaration", "HumanEvalPack"),
        ("published/humaneval-xl.jsonl", "language", "HumanEval-XL"),
        ("published/evoeval.jsonl", "canonical_solution", "EvoEval"),
        ("humaneval-plus.jsonl", "plus_input", "HumanEval+"),
        ("mbpp.jsonl", "test_list", "MBPP"),
        ("code-contests.jsonl", "private_tests", "CodeContests"),
        ("live-code-bench/test.jsonl", "public_test_cases", "LiveCodeBench"),
    ] {
        let mut row = rows_of(name).swap_remove(0);
        row.as_object_mut().unwrap().remove(field);
        let fault = fault_of(row);
        let (start, missing) = (format!("this looks most like {nearest}"), format!("`{field}`"));
        assert!(fault.starts_with(&start) && fault.contains(&missing), "{name}: {fault}");
    }
}

#[test]
fn records_of_other_languages_have_their_language() {
    for (name, language) in [
        ("humaneval-x.jsonl", Language::Python),
        ("humaneval-x-js.jsonl", Language::JavaScript),
        ("humaneval-xl-kotlin.jsonl", Language::Kotlin),
        ("mxeval.jsonl", Language::Python),
    ] {
        assert_eq!(published(name).languages(), [language], "{name}");
    }
    // A file of HumanEval's that says nothing of its language, and is not Python.
    let row = json!({"task_id": "HumanEval/0", "prompt": "int twice(int n) {\n", "canonical_solution": "  return 2 * n;\n}\n",
                     "entry_point": "twice", "test": "int main() { assert(twice(2) == 4); }\n"});
    assert!(fault_of(row).contains("HumanEval in a language other than Python"));
    let unknown = with(rows_of("published/mxeval.jsonl").swap_remove(0), "language", json!("elvish"));
    assert!(fault_of(unknown).starts_with("field `language` is \"elvish\""));
    let unknown = with(rows_of("published/humaneval-x.jsonl").swap_remove(0), "task_id", json!("Elvish/0"));
    assert!(fault_of(unknown).starts_with("field `task_id` begins with \"Elvish\""));
}

#[test]
fn eval_plus_on_hugging_face_has_calls_with_expected_values() {
    let set = published("humaneval-plus-hf.jsonl");
    let double = set.problem("HumanEval/900").unwrap();
    assert_eq!(double.tests[2].body, call(vec![Value::Float(0.15)], Some(Value::Float(0.3))));
    assert!(double.tests.iter().all(|test| test.group == TestGroup::Base), "which are base, is not known");
    assert_eq!(double.comparison, Comparison::EvalPlus { atol: 0.0, oracle: EvalPlusOracle::None });
    let crossed = set.problem("HumanEval/901").unwrap();
    assert_eq!(crossed.tests[1].body, call(vec![Value::Int(-1)], None));
    assert!(set.notes[0].contains("HumanEval's own"), "{:?}", set.notes);

    let last = published("mbpp-plus-hf.jsonl").problem("Mbpp/900").unwrap();
    let groups: Vec<TestGroup> = last.tests.iter().map(|test| test.group).collect();
    assert_eq!(groups, [TestGroup::Base, TestGroup::Plus, TestGroup::Plus]);
    assert_eq!(last.tests[2].body, call(vec![ints([])], Some(Value::None)));
    assert_eq!(last.entry_point.as_deref(), Some("last"));
    assert!(
        last.prompt.starts_with("\"\"\"\nWrite a function")
            && last.prompt.contains("assert last([1, 2]) == 2")
    );
    let row = rows_of("published/mbpp-plus-hf.jsonl").swap_remove(0);
    let uneven = row["test"].as_str().unwrap().replace("[2, 5, None]", "[2, 5]");
    assert!(fault_of(with(row, "test", json!(uneven))).contains("has 2 results for 3 inputs"));
}

#[test]
fn limits_and_facts_are_taken_over() {
    let set = published("taco.jsonl");
    let add = set.problem("0000").unwrap();
    assert_eq!((add.limits.seconds, add.limits.memory.unwrap().0), (Some(2.5), 256_000_000));
    assert_eq!(
        (add.facts.title.as_deref(), &add.facts.tags[..]),
        (Some("add"), &["Mathematics".to_owned()][..])
    );
    let row = rows_of("published/taco.jsonl").swap_remove(0);
    let wrong = fault_of(with(row.clone(), "time_limit", json!("2 fortnights")));
    assert!(wrong.starts_with("field `time_limit` is \"2 fortnights\""), "{wrong}");
    assert!(load_rows(&[with(row, "time_limit", Json::Null)], None).is_ok());

    let set = published("codeforces.jsonl");
    assert_eq!(names(&set), ["1/A", "1/B"]);
    assert_eq!(set.notes.len(), 3, "{:?}", set.notes);
    let split = set.problem("1/B").unwrap();
    assert!(matches!(split.comparison, Comparison::Checker { .. }));
    assert_eq!(split.files.output.map(String::from).as_deref(), Some("output.txt"));
    assert!(split.statements["en"].contains("write the output to the file output.txt"));
    let row = rows_of("published/codeforces.jsonl").swap_remove(0);
    assert!(fault_of(with(row, "input_mode", json!("pipe"))).starts_with("field `input_mode` is \"pipe\""));
    let add = set.problem("1/A").unwrap();
    assert_eq!((add.limits.seconds, add.limits.memory.unwrap().0), (Some(2.0), 256 << 20));
    assert_eq!(add.tests.iter().map(|test| test.visible).collect::<Vec<_>>(), [true, false]);
    assert!(add.statements["en"].contains("Example 1"));
}

#[test]
fn problems_that_can_not_be_judged_are_told() {
    let set = published("kodcode.jsonl");
    assert_eq!(names(&set), ["P0", "P1"]);
    assert!(set.notes[0].starts_with("1 problem with tests of pytest"), "{:?}", set.notes);
    let set = published("sandboxfusion.jsonl");
    assert!(set.notes[0].starts_with("1 problem whose tests need files"), "{:?}", set.notes);
    let set = published("needs-torch.jsonl");
    assert!(set.notes[0].contains("import packages"), "{:?}", set.notes);
}

#[test]
fn what_tests_nothing_is_left_out() {
    for (name, field, value) in [
        ("published/acecode.jsonl", "test_cases", json!([])),
        ("published/classeval.jsonl", "test_classes", json!("")),
        ("published/odex.jsonl", "test", json!([])),
        ("published/mhpp.jsonl", "test", json!(" \n")),
        ("published/humaneval-x.jsonl", "test", json!("")),
        ("published/humaneval-plus-hf.jsonl", "test", json!("")),
        ("mbpp.jsonl", "test_list", json!([])),
    ] {
        let row = with(rows_of(name).swap_remove(0), field, value);
        let error = load_rows(&[row], None).unwrap_err().to_string();
        assert!(error.contains("1 problem without tests left out"), "{name}: {error}");
    }
}

#[test]
fn names_that_come_again_in_odex_are_numbered() {
    assert_eq!(names(&published("odex.jsonl")), ["900", "900-2"]);
    assert_eq!(names(&published("cruxeval.jsonl")), ["sample_0/output", "sample_0/input"]);
    assert_eq!(names(&published("studenteval.jsonl")), ["double/0", "double/1"]);
}

#[test]
fn an_object_over_several_lines_is_one_record() {
    let set = published("multipl-e-result.json");
    assert_eq!((set.dataset, names(&set)), (Dataset::MultiPlE, vec!["HumanEval_900_double"]));
    let error = load_bytes(b"{\n  \"name\": \n}", None).unwrap_err().to_string();
    assert!(error.contains("record 1: not valid JSON"), "{error}");
}

#[test]
fn what_other_sets_are_is_said() {
    for (row, what) in [
        (json!({"instance_id": "", "problem_statement": "", "test_patch": ""}), "SWE-bench"),
        (
            json!({"question": "", "prompt": "", "function_name": "", "difficulty_types": 1}),
            "MHPP as its authors",
        ),
        (json!({"task_id": "T", "generation": ""}), "a file of completions"),
        (json!({"question_id": "T", "code_list": [""]}), "a file of completions"),
    ] {
        let fault = fault_of(row);
        assert!(fault.starts_with(&format!("this looks like {what}")), "{fault}");
    }
}
