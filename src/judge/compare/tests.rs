use proptest::prelude::*;

use super::*;
use crate::problem::comparison::EvalPlusOracle;
use crate::value::{any_value, any_value_without_nan};

const BOTH: [Mode; 2] = [Mode::Sealed, Mode::Upstream];

fn numbers(absolute: f64, relative: f64) -> Comparison {
    Comparison::Numbers { absolute, relative }
}

fn eval_plus(atol: f64, oracle: EvalPlusOracle) -> Comparison {
    Comparison::EvalPlus { atol, oracle }
}

/// The same verdict in both modes.
fn compare_texts(rule: &Comparison, expected: &str, got: &str) -> bool {
    let [sealed, upstream] = BOTH.map(|mode| texts(rule, mode, expected, got).unwrap());
    assert_eq!(sealed, upstream, "{rule:?} {expected:?} {got:?}");
    sealed
}

/// The verdicts of both modes, sealed first.
fn both_texts(rule: &Comparison, expected: &str, got: &str) -> (bool, bool) {
    BOTH.map(|mode| texts(rule, mode, expected, got).unwrap()).into()
}

fn both_values(rule: &Comparison, expected: &str, got: &str) -> (bool, bool) {
    let read = |text| Value::parse_literal(text).unwrap();
    BOTH.map(|mode| values(rule, mode, &[], &read(expected), &read(got)).unwrap()).into()
}

fn compare_values(rule: &Comparison, expected: &str, got: &str) -> bool {
    let (sealed, upstream) = both_values(rule, expected, got);
    assert_eq!(sealed, upstream, "{rule:?} {expected} {got}");
    sealed
}

/// A call of EvalPlus's rule: tolerance, arguments, expected value, answer.
fn oracle(oracle: EvalPlusOracle, atol: f64, arguments: &str, expected: &str, got: &str) -> bool {
    let read = |text| Value::parse_literal(text).unwrap();
    let arguments = Value::parse_literals(arguments).unwrap();
    let rule = eval_plus(atol, oracle);
    let [sealed, upstream] =
        BOTH.map(|mode| values(&rule, mode, &arguments, &read(expected), &read(got)).unwrap());
    assert_eq!(sealed, upstream);
    sealed
}

#[test]
fn exact_texts_are_the_same_to_the_byte() {
    assert!(compare_texts(&Comparison::Exact, "a b\n", "a b\n"));
    assert!(!compare_texts(&Comparison::Exact, "a b\n", "a b"));
}

#[test]
fn exact_values_have_the_same_types() {
    assert!(compare_values(&Comparison::Exact, "[1, {2, 3}, nan]", "[1, {3, 2}, nan]"));
    assert!(!compare_values(&Comparison::Exact, "[1]", "[1.0]"));
    assert!(!compare_values(&Comparison::Exact, "[1]", "(1,)"));
    assert!(!compare_values(&Comparison::Exact, "0.0", "-0.0"));
}

#[test]
fn trimmed_lines_are_compared_one_by_one() {
    assert!(compare_texts(&Comparison::TrimmedLines, "1 2\n3", "\n 1 2 \r\n3\t\n\n"));
    assert!(!compare_texts(&Comparison::TrimmedLines, "1 2\n3", "1 2\n\n3"));
    assert!(!compare_texts(&Comparison::TrimmedLines, "1 2\n3", "1  2\n3"));
    assert!(!compare_texts(&Comparison::TrimmedLines, "1\n2", "1"));
    assert!(compare_texts(&Comparison::TrimmedLines, "", " \n"));
}

#[test]
fn tokens_ignore_where_lines_end() {
    assert!(compare_texts(&Comparison::Tokens, "1 2\n3", "1\n2   3"));
    assert!(!compare_texts(&Comparison::Tokens, "1 2", "12"));
    assert!(!compare_texts(&Comparison::Tokens, "1 2", "1 2 3"));
    assert!(!compare_texts(&Comparison::Tokens, "1 2", "2 1"));
    assert!(!compare_texts(&Comparison::Tokens, "Yes", "yes"));
}

#[test]
fn numbers_in_texts_may_differ_by_the_tolerance() {
    assert!(compare_texts(&numbers(0.01, 0.0), "x 1.00 2", "x\n1.005 2.0"));
    assert!(!compare_texts(&numbers(0.01, 0.0), "1.00", "1.02"));
    assert!(compare_texts(&numbers(0.0, 0.01), "1000", "1009"));
    assert!(!compare_texts(&numbers(0.0, 0.01), "1000", "1011"));
    assert!(!compare_texts(&numbers(0.5, 0.0), "x", "y"));
    assert!(!compare_texts(&numbers(0.5, 0.0), "1", "1 1"));
    assert!(!compare_texts(&numbers(0.5, 0.0), "1", "nan"));
    assert!(compare_texts(&numbers(0.5, 0.0), "nan inf", "nan inf"));
    assert!(!compare_texts(&numbers(0.0, 0.5), "1e400", "1"));
}

#[test]
fn numbers_in_texts_without_tolerance_are_compared_exactly() {
    assert!(compare_texts(&numbers(0.0, 0.0), "1000 .5", "1e3 0.50"));
    assert!(!compare_texts(&numbers(0.0, 0.0), "50000000000000001", "50000000000000000"));
    assert!(!compare_texts(&numbers(0.0, 0.0), "0.1", "0.10000000000000000001"));
}

#[test]
fn numbers_in_values_may_differ_by_the_tolerance() {
    let rule = numbers(0.01, 0.0);
    assert!(compare_values(&rule, "[1, (2.5, {'a': 3j})]", "[1.005, (2.495, {'a': 0.001+3j})]"));
    assert!(!compare_values(&rule, "[1.0]", "[1.02]"));
    assert!(!compare_values(&rule, "[1.0]", "(1.0,)"));
    assert!(!compare_values(&rule, "[1.0]", "[1.0, 1.0]"));
    assert!(!compare_values(&rule, "1", "True"));
    assert!(!compare_values(&rule, "{'a': 1}", "{'b': 1}"));
    assert!(!compare_values(&rule, "{'a': 1}", "{'a': 1, 'b': 1}"));
    assert!(compare_values(&rule, "[inf, nan, None, 'x', {1}]", "[inf, nan, None, 'x', {1}]"));
    assert!(!compare_values(&rule, "inf", "1.0"));
    assert!(!compare_values(&rule, "{1.0}", "{1.001}"));
    assert!(compare_values(&numbers(0.0, 0.0), "9007199254740992", "9007199254740992.0"));
    assert!(!compare_values(&numbers(0.0, 0.0), "9007199254740993", "9007199254740992.0"));
}

#[test]
fn values_are_equal_as_python_says_and_nan_to_itself() {
    assert!(compare_values(&Comparison::Values, "[1, True, {1, 2}]", "[1.0, 1, {2, 1}]"));
    assert!(compare_values(&Comparison::Values, "[nan]", "[nan]"));
    assert!(!compare_values(&Comparison::Values, "[1]", "(1,)"));
}

#[test]
fn unordered_compares_lines_or_items_as_often() {
    assert!(compare_texts(&Comparison::Unordered, "a\nb\na", " b \na\na\n"));
    assert!(!compare_texts(&Comparison::Unordered, "a\nb\na", "a\nb\nb"));
    assert!(!compare_texts(&Comparison::Unordered, "a\nb", "a\nb\nb"));
    assert!(compare_values(&Comparison::Unordered, "[1, [2, 3], 1]", "[[2, 3], True, 1.0]"));
    assert!(!compare_values(&Comparison::Unordered, "[1, [2, 3]]", "[1, [3, 2]]"));
    assert!(!compare_values(&Comparison::Unordered, "[1, 2, 2]", "[1, 1, 2]"));
    assert!(!compare_values(&Comparison::Unordered, "[1, 2]", "(1, 2)"));
    assert!(compare_values(&Comparison::Unordered, "(1, 2)", "(2, 1)"));
    assert!(compare_values(&Comparison::Unordered, "{1, 2}", "{2, 1}"));
    assert!(compare_values(&Comparison::Unordered, "1", "1.0"));
}

#[test]
fn eval_plus_equality_is_exact_without_tolerance() {
    assert!(compare_values(&eval_plus(0.0, EvalPlusOracle::None), "[1, 2]", "[True, 2.0]"));
    assert!(!compare_values(&eval_plus(0.0, EvalPlusOracle::None), "[1, 2]", "(1, 2)"));
    assert!(!compare_values(&eval_plus(0.0, EvalPlusOracle::None), "1", "2"));
    assert!(!compare_values(&eval_plus(0.0, EvalPlusOracle::None), "[1, 1.5]", "[1, 1.50000001]"));
    assert!(!compare_values(&eval_plus(0.0, EvalPlusOracle::None), "{'a': 1.5}", "{'a': 1.50000001}"));
}

#[test]
fn eval_plus_takes_a_tolerance_where_floats_are_expected() {
    let rule = eval_plus(0.0, EvalPlusOracle::None);
    assert!(compare_values(&rule, "1.5", "1.5000005"));
    assert!(!compare_values(&rule, "1.5", "1.500002"));
    assert!(compare_values(&rule, "[1.5, 2.5]", "[1.5000005, 2.5]"));
    assert!(compare_values(&rule, "(1.5,)", "(1.5000005,)"));
    assert!(!compare_values(&rule, "[[1.5]]", "[[1.5000005]]"));
    // 1e-6 + 1e-7 × 1e9
    assert!(compare_values(&rule, "1000000000.0", "1000000099.0"));
    assert!(!compare_values(&rule, "1000000000.0", "1000000101.0"));
}

#[test]
fn eval_plus_tolerance_stays_from_the_first_floats_on() {
    let expected = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| Value::parse_literal(text).unwrap()).collect()
    };
    assert_eq!(tolerances(0.0, &expected(&["1", "[]", "1.5", "2", "'a'"])), [0.0, 0.0, 1e-6, 1e-6, 1e-6]);
    assert_eq!(
        tolerances(0.0, &expected(&["[1.5, 2]", "[[1.5]]", "{1.5}", "(2.0, 1.0)"])),
        [0.0, 0.0, 0.0, 1e-6]
    );
    assert_eq!(tolerances(1e-4, &expected(&["1", "1.5"])), [1e-4, 1e-4]);
    assert_eq!(tolerances(0.0, &[]), [0.0; 0]);
}

#[test]
fn eval_plus_tolerance_needs_the_same_type_and_length() {
    let rule = eval_plus(0.1, EvalPlusOracle::None);
    assert!(compare_values(&rule, "[1, 2.0, True]", "[1.05, 2, 1]"));
    assert!(compare_values(&rule, "[[1.0, 2.0], [3.0, 4.0]]", "[(1.05, 2.0), [3.0, 4]]"));
    assert!(compare_values(&rule, "1j", "0.05+1j"));
    assert!(compare_values(&rule, "[inf, 1.0]", "[inf, 1.05]"));
    for (expected, got) in [
        ("1.0", "[1.05]"),
        ("1", "1.05"),
        ("True", "1.05"),
        ("[1.0]", "(1.05,)"),
        ("[1.0]", "[1.05, 1.0]"),
        ("[[1.0], [2.0]]", "[[1.05], 2.0]"),
        ("[[1.0], [2.0, 3.0]]", "[[1.05], [2.0, 3.0]]"),
        ("[1.0, 'a']", "[1.05, 'a']"),
        ("[1.0, None]", "[1.05, None]"),
        ("{'a': 1.0}", "{'a': 1.05}"),
        ("{1.0}", "{1.05}"),
        ("'a'", "'b'"),
        ("None", "1.0"),
        ("nan", "nan"),
        ("inf", "1.0"),
        ("1.0", "inf"),
    ] {
        assert!(!compare_values(&rule, expected, got), "{expected} {got}");
    }
}

#[test]
fn eval_plus_oracle_set() {
    let set = |expected, got| oracle(EvalPlusOracle::Set, 0.0, "", expected, got);
    assert!(set("(1, 2)", "[2, 1, 1]"));
    assert!(set("['a', 'b']", "'bab'"));
    assert!(set("[1]", "{True: 2}"));
    assert!(!set("(1, 2)", "(1,)"));
    assert!(!set("[[1]]", "[[1]]")); // lists can not be in sets
    assert!(!set("[1]", "1"));
}

#[test]
fn eval_plus_oracle_not_none() {
    let not_none = |expected, got| oracle(EvalPlusOracle::NotNone, 0.0, "", expected, got);
    assert!(not_none("'found'", "1"));
    assert!(not_none("'found'", "True"));
    assert!(not_none("True", "'found'"));
    assert!(not_none("None", "False"));
    assert!(not_none("None", "None"));
    assert!(!not_none("None", "''"));
    assert!(!not_none("False", "0"));
    assert!(!not_none("'found'", "None"));
    assert!(!not_none("'found'", "False"));
}

#[test]
fn eval_plus_oracle_anything() {
    assert!(oracle(EvalPlusOracle::Anything, 0.0, "", "True", "None"));
}

#[test]
fn eval_plus_oracle_or_zero() {
    let or_zero = |expected, got| oracle(EvalPlusOracle::OrZero, 0.0, "8", expected, got);
    assert!(or_zero("7", "7") && or_zero("7", "0") && or_zero("7", "False"));
    assert!(!or_zero("7", "1"));
}

#[test]
fn eval_plus_oracle_or_digit_distance() {
    let distance = |arguments, got| oracle(EvalPlusOracle::OrDigitDistance, 0.0, arguments, "99", got);
    assert!(distance("1, 2", "99"));
    // 005 and 256: 2 + 5 + 1
    assert!(distance("5, 256", "8"));
    assert!(distance("123, 256", "7"));
    assert!(!distance("123, 256", "6"));
    assert!(!distance("-1, 2", "1")); // upstream stumbles over the sign
}

#[test]
fn eval_plus_oracle_or_pyramid_surface() {
    let surface = |atol, got| oracle(EvalPlusOracle::OrPyramidSurface, atol, "3, 4", "33", got);
    assert!(surface(0.0, "33"));
    // 9 + 6 × √(1.5² + 4²) = 34.63
    assert!(surface(0.0, "35"));
    assert!(!surface(0.0, "34"));
    assert!(surface(1.0, "34.5"));
    assert!(!surface(0.0, "'35'"));
}

#[test]
fn eval_plus_oracle_polynomial_zero() {
    let zero = |coefficients, got| oracle(EvalPlusOracle::PolynomialZero, 1e-4, coefficients, "-0.5", got);
    assert!(zero("[1, 2]", "-0.5"));
    assert!(zero("[1, 2]", "-0.50001"));
    assert!(!zero("[1, 2]", "-0.6"));
    assert!(!zero("[1, 2]", "0.6"));
    assert!(zero("[-6, 11, -6, 1]", "2")); // another zero than the expected one
    assert!(!zero("[1, 2]", "None"));
    assert!(!zero("[1, 2]", "nan"));
}

#[test]
fn apps_compares_stripped_texts() {
    assert!(compare_texts(&Comparison::Apps, "1 2\n3\n", "1 2\n3"));
    assert!(compare_texts(&Comparison::Apps, "", "\n\n"));
}

#[test]
fn apps_compares_stripped_lines() {
    assert!(compare_texts(&Comparison::Apps, "1 2\n3", " 1 2 \n3 \n"));
    assert!(compare_texts(&Comparison::Apps, "1 2 \n 3", "1 2\n3"));
}

#[test]
fn apps_compares_lines_that_are_not_empty() {
    assert!(compare_texts(&Comparison::Apps, "1\n2", "1\n\n\n2\n"));
    assert!(compare_texts(&Comparison::Apps, "1\n\n2", "1\n2\n"));
    assert!(compare_texts(&Comparison::Apps, "1\n2", "1 \n\n 2\n"));
}

#[test]
fn apps_compares_one_number_a_line_within_the_tolerance() {
    assert!(compare_texts(&Comparison::Apps, "1000000\n0", "1000010\n0.00000001"));
    assert!(!compare_texts(&Comparison::Apps, "1000000", "1000011"));
    assert!(!compare_texts(&Comparison::Apps, "5\n6", "5.00001"));
    assert_eq!(both_texts(&Comparison::Apps, "500.0 600.0", "500.002 600.002"), (false, false)); // two a line
}

#[test]
fn apps_case_matters() {
    assert!(!compare_texts(&Comparison::Apps, "YES", "Yes"));
}

#[test]
fn apps_sets_of_tokens_pass_upstream_only() {
    assert_eq!(both_texts(&Comparison::Apps, "1 2 3", "3 2 1 1"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "a b\nc", "c\nb a\nc"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "1 2", "1\n2"), (false, false));
    assert_eq!(both_texts(&Comparison::Apps, "a\n \nb", "a\nb"), (false, false));
}

#[test]
fn apps_numbers_rounded_to_three_decimals_pass_upstream_only() {
    assert_eq!(both_texts(&Comparison::Apps, "0.0012 x", "0.0013 x"), (false, false));
    assert_eq!(both_texts(&Comparison::Apps, "0.0012", "0.0013"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "0.0012 2", "2.0 0.0013"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "-0.0001", "0.0001"), (false, true));
    // Ties go to the even digit, as Python's `round` has it.
    assert_eq!(both_texts(&Comparison::Apps, "0.062", "0.0625"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "0.312", "0.3125"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "0.188", "0.1875"), (false, true));
    assert_eq!(both_texts(&Comparison::Apps, "1 nan", "nan 1 1 2"), (false, false));
}

#[test]
fn apps_an_outer_tuple_counts_as_a_list() {
    assert!(compare_values(&Comparison::Apps, "[1, 2]", "(1, 2)"));
    assert!(compare_values(&Comparison::Apps, "[[1, 2]]", "(1, 2)"));
    assert!(compare_values(&Comparison::Apps, "1", "True"));
    assert!(!compare_values(&Comparison::Apps, "[1, 2]", "[1, 3]"));
}

#[test]
fn apps_the_only_element_of_the_expected_list_counts() {
    assert!(compare_values(&Comparison::Apps, "[5]", "5"));
    assert!(compare_values(&Comparison::Apps, "[[5]]", "[5]"));
    assert!(!compare_values(&Comparison::Apps, "[5]", "6"));
    assert!(!compare_values(&Comparison::Apps, "[]", "None"));
}

#[test]
fn apps_the_first_of_several_elements_passes_upstream_only() {
    assert_eq!(both_values(&Comparison::Apps, "[5, 6]", "5"), (false, true));
    assert_eq!(both_values(&Comparison::Apps, "[5, 6]", "6"), (false, false));
    assert_eq!(both_values(&Comparison::Apps, "[[[1, 2]], 6]", "[(1, 2)]"), (false, true));
}

#[test]
fn apps_nested_tuples_count_as_lists_in_the_only_element() {
    assert!(compare_values(&Comparison::Apps, "[[[1, 2], [3, 4]]]", "[(1, 2), (3, 4)]"));
    assert!(compare_values(&Comparison::Apps, "[[[1, 2], ['a', 'b']]]", "((1, 2), 'ab')"));
    assert!(!compare_values(&Comparison::Apps, "[[1, 2], [3, 4]]", "[(1, 2), (3, 4)]"));
    assert!(!compare_values(&Comparison::Apps, "[[[1, 2], 3]]", "[(1, 2), 3]")); // 3 is no sequence
    assert!(!compare_values(&Comparison::Apps, "[[[1, [2]]]]", "[(1, (2,))]"));
}

#[test]
fn live_code_bench_wants_the_same_stripped_lines() {
    assert!(compare_texts(&Comparison::LiveCodeBench, "Yes\n1 2", "\nYes \n 1 2\n\n"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "Yes\n1 2", "Yes\n\n1 2"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "Yes\n1", "Yes"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "Yes", "yes"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "a b", "a  b"));
}

#[test]
fn live_code_bench_compares_decimals_exactly() {
    assert!(compare_texts(&Comparison::LiveCodeBench, "1000 0.5", "1e3  .50"));
    assert!(compare_texts(&Comparison::LiveCodeBench, "1_000", "1000"));
    assert!(compare_texts(&Comparison::LiveCodeBench, "1e3", "1_000"));
    assert!(compare_texts(&Comparison::LiveCodeBench, "inf -Infinity", "Infinity -INF"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "50000000000000001", "50000000000000000"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "0.333333", "0.3333333"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "1 x", "1.0 x"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "1 2", "1.0"));
    assert!(!compare_texts(&Comparison::LiveCodeBench, "1 nan", "1.0 nan"));
}

#[test]
fn live_code_bench_an_outer_tuple_counts_as_a_list() {
    assert!(compare_values(&Comparison::LiveCodeBench, "[1, 2]", "(1, 2)"));
    assert!(!compare_values(&Comparison::LiveCodeBench, "[[1, 2]]", "[(1, 2)]"));
    assert!(!compare_values(&Comparison::LiveCodeBench, "[5]", "5"));
}

#[test]
fn live_code_bench_values_are_equal_as_python_says() {
    assert!(compare_values(&Comparison::LiveCodeBench, "1", "True"));
    assert!(compare_values(&Comparison::LiveCodeBench, "[1, 2]", "[1.0, 2]"));
    assert!(!compare_values(&Comparison::LiveCodeBench, "0.3", "0.30000000000000004"));
    assert!(!compare_values(&Comparison::LiveCodeBench, "nan", "nan"));
}

#[test]
fn code_contests_compares_lower_cased_tokens() {
    assert!(compare_texts(&Comparison::CodeContests, "YES\n1 2", "yes 1\n2"));
    assert!(!compare_texts(&Comparison::CodeContests, "YES", "NO"));
    assert!(!compare_texts(&Comparison::CodeContests, "1 2", "1"));
    assert!(!compare_texts(&Comparison::CodeContests, "a\x0cb", "a b")); // no form feed
}

#[test]
fn code_contests_compares_numbers_within_their_precision() {
    assert!(compare_texts(&Comparison::CodeContests, "1 2.5", "1.000001 2.500009"));
    assert!(!compare_texts(&Comparison::CodeContests, "2.5", "2.50002"));
    assert!(!compare_texts(&Comparison::CodeContests, "1", "one"));
    assert!(compare_texts(&Comparison::CodeContests, "1000", "1e3"));
    assert!(compare_texts(&Comparison::CodeContests, "NaN inf", "nan INF"));
    assert!(!compare_texts(&Comparison::CodeContests, "nan 1", "nan 1.0"));
}

#[test]
fn code_contests_long_integers_are_binary64_upstream_only() {
    let (one, other) = ("50000000000000001", "50000000000000000");
    assert_eq!(both_texts(&Comparison::CodeContests, one, other), (false, true));
    assert_eq!(both_texts(&Comparison::CodeContests, "1.5e1", "15"), (true, true));
}

#[test]
fn a_rule_says_what_it_does_not_compare() {
    for rule in every_rule() {
        let is_checker = matches!(rule, Comparison::Checker { .. });
        let texts = texts(&rule, Mode::Sealed, "", "");
        let values = values(&rule, Mode::Sealed, &[], &Value::None, &Value::None);
        assert_eq!(texts.is_ok(), rule.compares_texts() && !is_checker, "{rule:?}");
        assert_eq!(values.is_ok(), rule.compares_values() && !is_checker, "{rule:?}");
    }
    assert_eq!(
        texts(&Comparison::Values, Mode::Sealed, "", "").unwrap_err().to_string(),
        "the comparison rule `values` does not compare texts here; use `trimmed_lines`, `tokens` or `numbers` for \
         output of programs"
    );
}

#[test]
fn the_first_line_that_differs_is_shown() {
    let line = |text: &str| Some(text.to_owned());
    assert_eq!(first_difference("a\nb\n", " a \nb"), None);
    assert_eq!(
        first_difference("a\nb\nc", "a\n x\nc"),
        Some(Difference { line: 2, expected: line("b"), got: line("x") })
    );
    assert_eq!(first_difference("a\nb", "a"), Some(Difference { line: 2, expected: line("b"), got: None }));
    assert_eq!(first_difference("a", "a\nb"), Some(Difference { line: 2, expected: None, got: line("b") }));
    let said = |expected, got| first_difference(expected, got).unwrap().to_string();
    assert_eq!(said("a\nb", "a\n\"c\""), r#"line 2: expected "b", got "\"c\"""#);
    assert_eq!(said("a\nb", "a"), r#"line 2: expected "b", got nothing more"#);
    assert_eq!(said("a", "a\nb"), r#"line 2: expected nothing more, got "b""#);
    let long = first_difference(&"é".repeat(300), "").unwrap();
    assert_eq!((long.expected, long.got), (Some("é".repeat(200)), line("")));
}

#[test]
fn texts_of_megabytes_are_compared_in_little_more_than_linear_time() {
    // Quadratic time would be minutes here.
    let lines: Vec<String> = (0..200_000).map(|number| format!("{number} {number}.50")).collect();
    let (text, reversed) = (lines.join("\n"), lines.iter().rev().cloned().collect::<Vec<_>>().join("\n"));
    for rule in every_rule().into_iter().filter(|rule| rule.compares_texts()) {
        if let Ok(same) = texts(&rule, Mode::Upstream, &text, &text) {
            assert!(same);
            let unordered = matches!(rule, Comparison::Unordered | Comparison::Apps);
            assert_eq!(texts(&rule, Mode::Upstream, &text, &reversed), Ok(unordered));
        }
    }
}

fn every_rule() -> Vec<Comparison> {
    use EvalPlusOracle::{Anything, NotNone, OrDigitDistance, OrPyramidSurface, OrZero, PolynomialZero, Set};
    let mut rules = vec![
        Comparison::Exact,
        Comparison::TrimmedLines,
        Comparison::Tokens,
        numbers(0.0, 0.0),
        numbers(1e-6, 1e-3),
        Comparison::Values,
        Comparison::Unordered,
        Comparison::Apps,
        Comparison::LiveCodeBench,
        Comparison::CodeContests,
        Comparison::Checker { source: String::new() },
    ];
    let oracles = [
        EvalPlusOracle::None,
        Set,
        NotNone,
        Anything,
        OrZero,
        OrDigitDistance,
        OrPyramidSurface,
        PolynomialZero,
    ];
    rules.extend(oracles.map(|oracle| eval_plus(0.0, oracle)));
    rules.extend(oracles.map(|oracle| eval_plus(1e-6, oracle)));
    rules
}

/// Outputs of few tokens, so that two of them are often nearly the same.
fn any_output() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), r"((1|1\.0|1e0|1\.00001|0\.0004|-0|2|a|A|nan|inf|1_0)[ \n\t]{1,2}){0,5}"]
}

proptest! {
    #[test]
    fn every_text_equals_itself(text in any_output()) {
        for rule in every_rule() {
            for mode in BOTH {
                prop_assert_ne!(texts(&rule, mode, &text, &text), Ok(false), "{:?}", rule);
            }
        }
    }

    #[test]
    fn every_value_equals_itself(value in any_value_without_nan()) {
        for rule in every_rule() {
            // These two look at the arguments, or make a set of the value.
            let oracles = [EvalPlusOracle::Set, EvalPlusOracle::PolynomialZero];
            if matches!(rule, Comparison::EvalPlus { oracle, .. } if oracles.contains(&oracle)) {
                continue;
            }
            for mode in BOTH {
                prop_assert_ne!(values(&rule, mode, &[], &value, &value), Ok(false), "{:?}", rule);
            }
        }
    }

    #[test]
    fn what_sealed_accepts_upstream_accepts(expected in any_output(), got in any_output()) {
        for rule in every_rule() {
            if texts(&rule, Mode::Sealed, &expected, &got) == Ok(true) {
                prop_assert_eq!(texts(&rule, Mode::Upstream, &expected, &got), Ok(true), "{:?}", rule);
            }
        }
    }

    #[test]
    fn values_that_sealed_accepts_upstream_accepts(
        arguments in prop::collection::vec(any_value(), 0..3), expected in any_value(), got in any_value()
    ) {
        let wrapped = Value::List(vec![got.clone()]);
        for (expected, rule) in [&expected, &wrapped].into_iter().flat_map(|e| every_rule().into_iter().map(move |r| (e, r))) {
            if values(&rule, Mode::Sealed, &arguments, expected, &got) == Ok(true) {
                prop_assert_eq!(values(&rule, Mode::Upstream, &arguments, expected, &got), Ok(true), "{:?}", rule);
            }
        }
    }

    #[test]
    fn trimmed_lines_ignore_trailing_white_space(lines in prop::collection::vec("[ab ]{0,4}", 0..5), space in "[ \t\r]{0,3}") {
        let padded = lines.iter().map(|line| format!("{line}{space}\n")).collect::<String>();
        prop_assert!(compare_texts(&Comparison::TrimmedLines, &lines.join("\n"), &padded));
    }

    #[test]
    fn tokens_ignore_the_kind_of_white_space(
        tokens in prop::collection::vec("[a-z0-9.]{1,3}", 0..6), spaces in prop::collection::vec("[ \t\r\n]{1,3}", 6)
    ) {
        let spaced: String = tokens.iter().zip(&spaces).map(|(token, space)| format!("{token}{space}")).collect();
        prop_assert!(compare_texts(&Comparison::Tokens, &tokens.join(" "), &spaced));
    }

    #[test]
    fn numbers_without_tolerance_are_equal_decimals(mantissa in -9999i64..9999, places in 0u32..4, zeros in 0usize..3, shift in 0i32..3) {
        let exponent = -(places as i32);
        let plain = format!("{mantissa}e{exponent}");
        let same = format!("{mantissa}{}e{}", "0".repeat(zeros), exponent - zeros as i32);
        prop_assert!(compare_texts(&numbers(0.0, 0.0), &plain, &same));
        let other = format!("{mantissa}e{}", exponent + shift);
        prop_assert_eq!(compare_texts(&numbers(0.0, 0.0), &plain, &other), shift == 0 || mantissa == 0);
    }

    #[test]
    fn a_difference_is_found_where_trimmed_lines_differ(expected in any_output(), got in any_output()) {
        let same = compare_texts(&Comparison::TrimmedLines, &expected, &got);
        prop_assert_eq!(first_difference(&expected, &got).is_none(), same);
    }
}
