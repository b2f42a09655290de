//! What holds for every rule.

use proptest::prelude::*;

use super::*;
use crate::value::{any_value, any_value_without_nan};

/// Outputs of few tokens, so that two of them are often nearly the same.
fn any_output() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), r"((1|1\.0|1e0|1\.00001|0\.0004|-0|2|a|A|nan|inf|1_0)[ \n\t]{1,2}){0,5}"]
}

proptest! {
    #[test]
    fn every_text_equals_itself(text in any_output()) {
        // APPS' harness divides only the answer where Python ends lines, but where there is a line feed.
        let has_other_ends = text::split_lines(&text).iter().ne(&text.lines().collect::<Vec<_>>());
        for rule in every_rule() {
            for mode in BOTH {
                if rule == Comparison::Apps && mode == Mode::Upstream && has_other_ends {
                    continue;
                }
                prop_assert_ne!(texts(&rule, mode, &text, &text), Ok(false), "{:?}", rule);
            }
        }
    }

    #[test]
    fn every_value_equals_itself(value in any_value_without_nan()) {
        for rule in every_rule() {
            let oracle = match rule {
                Comparison::EvalPlus { oracle, .. } => oracle,
                _ => EvalPlusOracle::None,
            };
            // These two look at the arguments, or make a set of the value; most others take `...` for an object.
            let apart = [EvalPlusOracle::Set, EvalPlusOracle::PolynomialZero].contains(&oracle);
            let takes_objects = [EvalPlusOracle::None, EvalPlusOracle::NotNone].contains(&oracle);
            if apart || (value == Value::Ellipsis && !takes_objects) {
                continue;
            }
            for mode in BOTH {
                prop_assert_ne!(values(&rule, mode, &[], &value, &value), Ok(false), "{:?}", rule);
            }
        }
    }

    #[test]
    fn what_sealed_accepts_upstream_accepts(expected in any_output(), got in any_output()) {
        // But for APPS, whose harness has a tolerance only where there is one number a line.
        for rule in every_rule().into_iter().filter(|rule| *rule != Comparison::Apps) {
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
        // But for what is neither None nor true, which upstream takes for a match.
        let not_none = |rule: &Comparison| matches!(rule, Comparison::EvalPlus { oracle: EvalPlusOracle::NotNone, .. });
        let rules: Vec<Comparison> = every_rule().into_iter().filter(|rule| !not_none(rule)).collect();
        for (expected, rule) in [&expected, &wrapped].into_iter().flat_map(|e| rules.iter().map(move |r| (e, r))) {
            if values(rule, Mode::Sealed, &arguments, expected, &got) == Ok(true) {
                prop_assert_eq!(values(rule, Mode::Upstream, &arguments, expected, &got), Ok(true), "{:?}", rule);
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
    fn apps_takes_an_integer_only_for_an_equal_number(one in -10i64.pow(12)..10i64.pow(12), off in 1i64..1000, places in 0usize..3) {
        let apps = |got: &str| texts(&Comparison::Apps, Mode::Sealed, &format!("n {one}\n"), &format!("n {got}\n")).unwrap();
        let written = format!("{one}.{}", "0".repeat(places));
        prop_assert!(apps(&written) && apps(&one.to_string()));
        let fraction = format!("{one}.{off:04}");
        prop_assert!(!apps(&(one + off).to_string()) && !apps(&fraction));
    }

    #[test]
    fn apps_takes_a_real_number_within_the_tolerance(number in -1e6f64..1e6, off in -2e-5f64..2e-5) {
        prop_assume!(number.fract() != 0.0 && (off.abs() - 1e-5).abs() > 1e-7 && number.abs() > 1.0);
        let got = number * (1.0 + off);
        let apps = texts(&Comparison::Apps, Mode::Sealed, &format!("a {number} b"), &format!("a {got:.12} b"));
        prop_assert_eq!(apps.unwrap(), off.abs() < 1e-5);
    }

    #[test]
    fn a_difference_is_found_where_trimmed_lines_differ(expected in any_output(), got in any_output()) {
        let same = compare_texts(&Comparison::TrimmedLines, &expected, &got);
        prop_assert_eq!(first_difference(&expected, &got).is_none(), same);
    }
}
