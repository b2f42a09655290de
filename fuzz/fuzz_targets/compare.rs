//! Comparison rules on any two values and any two texts: a value is equal to itself but for NaN, what must be symmetric
//! is, stricter rules imply looser ones, and the canonical form agrees with walking both values side by side.

#![no_main]

use arbitrary::{Result, Unstructured};
use karat::judge::compare::{Mode, first_difference, texts, tolerances, values};
use karat::problem::comparison::{Comparison, EvalPlusOracle};
use karat::value::{Value, identical, python_equal, python_equal_with_nan};
use karat_fuzz::value;
use libfuzzer_sys::fuzz_target;

const ORACLES: [EvalPlusOracle; 8] = [
    EvalPlusOracle::None,
    EvalPlusOracle::Set,
    EvalPlusOracle::NotNone,
    EvalPlusOracle::Anything,
    EvalPlusOracle::OrZero,
    EvalPlusOracle::OrDigitDistance,
    EvalPlusOracle::OrPyramidSurface,
    EvalPlusOracle::PolynomialZero,
];

/// What ends a line in Python's `splitlines`, line feeds aside.
const DIVIDING: [char; 9] = ['\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}'];

fuzz_target!(|bytes: &[u8]| {
    let _ = run(&mut Unstructured::new(bytes));
});

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let tolerance = *bytes.choose(&[0.0, 1e-6, 0.5])?;
    let atol = *bytes.choose(&[0.0, 1e-6])?;
    let oracle = *bytes.choose(&ORACLES)?;
    let mut rules = vec![
        Comparison::Exact,
        Comparison::TrimmedLines,
        Comparison::Tokens,
        Comparison::Numbers { absolute: tolerance, relative: 0.0 },
        Comparison::Unordered,
        Comparison::LiveCodeBench,
        // Up to here symmetric.
        Comparison::Apps,
        Comparison::CodeContests,
        Comparison::Numbers { absolute: tolerance, relative: 1e-3 },
        Comparison::EvalPlus { atol, oracle },
    ];
    if bytes.arbitrary()? {
        let one: &str = bytes.arbitrary()?;
        let other: &str = bytes.arbitrary()?;
        check_texts(&rules, one, other);
    } else {
        let one = value(bytes)?;
        let other = if bytes.ratio(1, 4)? { one.clone() } else { value(bytes)? };
        rules.insert(0, Comparison::Values);
        check_values(&rules, &one, &other, &value(bytes)?);
    }
    Ok(())
}

fn check_texts(rules: &[Comparison], one: &str, other: &str) {
    for mode in [Mode::Sealed, Mode::Upstream] {
        for (position, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.compares_texts()) {
            let same = |one, other| texts(rule, mode, one, other).expect("the rule compares texts");
            // APPS's own harness divides an answer at these, and what is expected at line feeds alone.
            let divided = *rule == Comparison::Apps && mode == Mode::Upstream && one.contains(DIVIDING);
            assert!(same(one, one) || divided, "{rule:?} {mode:?} {one:?} is not itself");
            if position < 6 {
                assert_eq!(same(one, other), same(other, one), "{rule:?} {mode:?} {one:?} {other:?}");
            }
        }
    }
    let same_lines = texts(&Comparison::TrimmedLines, Mode::Sealed, one, other);
    assert_eq!(first_difference(one, other).is_none(), same_lines == Ok(true));
}

fn check_values(rules: &[Comparison], one: &Value, other: &Value, argument: &Value) {
    let arguments = [argument.clone(), other.clone()];
    let has_nan = !python_equal(one, one);
    for mode in [Mode::Sealed, Mode::Upstream] {
        for (position, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.compares_values()) {
            let same =
                |one, other| values(rule, mode, &arguments, one, other).expect("the rule compares values");
            let by_oracle =
                matches!(rule, Comparison::EvalPlus { oracle, .. } if *oracle != EvalPlusOracle::None);
            assert!(same(one, one) || has_nan || by_oracle, "{rule:?} {mode:?} {one:?} is not itself");
            if position < 7 {
                assert_eq!(same(one, other), same(other, one), "{rule:?} {mode:?} {one:?} {other:?}");
            }
            let _ = values(rule, mode, &arguments[..1], one, other);
        }
    }
    assert_eq!(tolerances(0.0, [one, other]).len(), 2);
    assert!(python_equal_with_nan(one, other) || !identical(one, other), "{one:?} {other:?}");
    assert_eq!(python_equal(one, other), !has_nan && python_equal_with_nan(one, other));
    // What has no order is compared by its canonical form, and a list item by item.
    let by_form = |value: &Value| Value::Dict(vec![(Value::None, value.clone())]);
    let by_walking = |value: &Value| Value::List(vec![value.clone()]);
    for same in [identical, python_equal_with_nan] {
        let walked = same(&by_walking(one), &by_walking(other));
        assert_eq!(same(&by_form(one), &by_form(other)), walked, "{one:?} {other:?}");
    }
}
