//! APPS' rules.

use super::*;

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
    assert!(compare_texts(&Comparison::Apps, "1000000.0\n0.0", "1000010\n0.00000001"));
    assert!(!compare_texts(&Comparison::Apps, "1000000.0", "1000011"));
    assert!(!compare_texts(&Comparison::Apps, "5.0\n6.0", "5.00001"));
    assert!(!compare_texts(&Comparison::Apps, "5\n6", "5.00001"));
}

#[test]
fn apps_wrong_integers_pass_upstream_only() {
    for (expected, got) in [
        ("1000000007", "1000001007"),
        ("1000000007", "1000000007.4"),
        ("123456790\n1000000007", "123456790\n1000000008"),
        ("1000000\n0", "1000010\n0.00000001"),
        ("-1000000007", "-1000000008"),
        ("50000000000000001", "50000000000000000"),
        ("1", "0.999999999999"),
    ] {
        assert_eq!(both_texts(&Comparison::Apps, expected, got), (false, true), "{expected} {got}");
    }
    for (expected, got) in [("5", "5.0"), ("5", "5e0"), ("-0", "0"), ("+5", "5"), ("100\n2", "1e2\n2.00")] {
        assert_eq!(both_texts(&Comparison::Apps, expected, got), (true, true), "{expected} {got}");
    }
}

#[test]
fn apps_compares_every_token_of_a_line_in_sealed_judging() {
    for (expected, got, upstream) in [
        ("0.5 0.333333333", "0.5 0.3333333333333333", true),
        ("500.0 600.0", "500.002 600.002", false),
        ("2.0 3.0", "2 3", true),
        ("Case #1: 0.3333333", "Case #1: 0.33333333333", false),
        ("3 0.5 x", "3.0  0.500000001\tx", false),
        ("a b", "a  b", true),
        ("1 2\n\n3 4", " 1   2\n3 4 ", true),
        ("1e3 2", "1000.001 2", false),
    ] {
        assert_eq!(both_texts(&Comparison::Apps, expected, got), (true, upstream), "{expected:?} {got:?}");
    }
    for (expected, got) in [
        ("3 0.5", "3.0000001 0.5"), // an integer
        ("0.5 0.25", "0.5"),
        ("0.5 0.25", "0.25 0.5 0.5 1"),
        ("0.5 0.25", "0.5 0.26"),
        ("0.5\n0.25", "0.5\n0.25\n1"),
        ("0.5 0.25", "0.5\n0.25"),
        ("1.5 a", "1.5 b"),
        ("Case #1: 0.5", "Case #2: 0.5"),
    ] {
        assert!(!both_texts(&Comparison::Apps, expected, got).0, "{expected:?} {got:?}");
    }
}

#[test]
fn apps_numbers_that_are_none_or_not_finite() {
    for (expected, got, sealed) in [
        ("inf", "Infinity", true),
        ("-inf", "-Infinity", true),
        ("inf", "-inf", false),
        ("inf", "1e400", false),
        ("inf", "1e308", false),
        ("1e400", "inf", false),
        ("1e400", "1e500", false),
        ("1e400", "10e399", true),
        ("1.5", "nan", false),
        ("1.5", "inf", false),
        ("nan", "nan", true),
        ("nan", "0.5", false),
        ("0x10", "16", false),
        ("1_000", "1000", false),
        ("1000", "1_000", false),
        // Every digit counts where a zero comes first: bits, times.
        ("0101", "101", false),
        ("0101", "0101.0", false),
        ("09 30", "9 30", false),
        ("101", "0101", true),
        ("0", "0.0", true),
        ("0.5", ".5", true),
    ] {
        assert_eq!(both_texts(&Comparison::Apps, expected, got).0, sealed, "{expected} {got}");
    }
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
