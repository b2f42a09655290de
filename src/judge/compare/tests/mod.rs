use super::*;
use crate::problem::comparison::EvalPlusOracle;

mod apps;
mod eval_plus;
mod properties;
mod work;

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
fn long_numbers_in_texts_are_not_rounded_before_they_are_compared() {
    for (rule, expected, got, right) in [
        (numbers(1e-9, 0.0), "50000000000000001", "50000000000000000", false),
        (numbers(1e-9, 0.0), "50000000000000001", "50000000000000000.9999999999", true),
        (numbers(0.5, 0.0), "50000000000000001", "50000000000000000.5", true),
        (numbers(0.4, 0.0), "50000000000000001", "50000000000000000.5", false),
        (numbers(1.0, 0.0), "100000000000000000000", "99999999999999999999", true),
        (numbers(0.0, 1e-9), "0.33333333333333333333", "0.3333333333", true),
        (numbers(0.0, 0.5), "1e400", "1e500", false),
        (numbers(0.0, 0.5), "1e400", "10e399", true),
        (numbers(0.0, 0.5), "1", "1e400", false),
    ] {
        assert_eq!(compare_texts(&rule, expected, got), right, "{rule:?} {expected} {got}");
    }
}

#[test]
fn long_integers_in_values_are_not_rounded_before_they_are_compared() {
    let zeros = "0".repeat(400);
    let (huge, next) = (format!("1{zeros}0"), format!("1{zeros}1"));
    for (rule, expected, got, right) in [
        (numbers(1e-9, 0.0), "50000000000000001", "50000000000000000", false),
        (numbers(1e-9, 0.0), "9007199254740993", "9007199254740992.0", false),
        (numbers(1.0, 0.0), "9007199254740993", "9007199254740992.0", true),
        (numbers(1.0, 0.0), "[50000000000000001]", "[50000000000000002]", true),
        (numbers(1e-9, 1e-9), "123456789012345678901234567890", "123456789012345678901234567891", true),
        (numbers(1e-9, 0.0), "123456789012345678901234567890", "123456789012345678901234567891", false),
        // Beyond binary64 there is no tolerance.
        (numbers(1e-9, 1e-9), &huge, &next, false),
        (numbers(1e-9, 1e-9), &huge, &huge, true),
        (numbers(1e-9, 1e-9), &huge, "inf", false),
    ] {
        assert_eq!(compare_values(&rule, expected, got), right, "{rule:?} {expected} {got}");
    }
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
    assert!(compare_values(&rule, "{'a': {1: [2.0]}, 'b': 3}", "{'b': 3.005, 'a': {True: [2.005]}}"));
    assert!(!compare_values(&rule, "{'a': {1: [2.0]}}", "{'a': {1: [2.02]}}"));
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
    assert_eq!(both_texts(&Comparison::CodeContests, one, "50000000000000000.5"), (false, true));
    assert_eq!(both_texts(&Comparison::CodeContests, "50000000000000000.5", other), (false, true));
    assert_eq!(both_texts(&Comparison::CodeContests, one, "50000000000000001.000001"), (true, true));
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
        Some(LineDifference { line: 2, expected: line("b"), got: line("x") })
    );
    assert_eq!(
        first_difference("a\nb", "a"),
        Some(LineDifference { line: 2, expected: line("b"), got: None })
    );
    assert_eq!(
        first_difference("a", "a\nb"),
        Some(LineDifference { line: 2, expected: None, got: line("b") })
    );
    let said = |expected, got| first_difference(expected, got).unwrap().to_string();
    assert_eq!(said("a\nb", "a\n\"c\""), r#"line 2: expected "b", got "\"c\"""#);
    assert_eq!(said("a\nb", "a"), r#"line 2: expected "b", got nothing more"#);
    assert_eq!(said("a", "a\nb"), r#"line 2: expected nothing more, got "b""#);
    let long = first_difference(&"é".repeat(300), "").unwrap();
    assert_eq!((long.expected, long.got), (Some("é".repeat(200)), line("")));
}

/// Every rule, EvalPlus's with each oracle, without and with a tolerance.
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
