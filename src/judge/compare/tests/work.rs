//! What comes from a hostile guest is compared in bounded work, on a small stack.

use super::*;
use crate::value::work;

#[test]
fn texts_of_megabytes_are_compared_in_little_more_than_linear_time() {
    // Quadratic time would be minutes here.
    let lines: Vec<String> = (0..200_000).map(|number| format!("{number} {number}.50")).collect();
    let (text, reversed) = (lines.join("\n"), lines.iter().rev().cloned().collect::<Vec<_>>().join("\n"));
    for rule in every_rule().into_iter().filter(|rule| rule.compares_texts()) {
        for mode in BOTH {
            if let Ok(same) = texts(&rule, mode, &text, &text) {
                assert!(same);
                let unordered =
                    rule == Comparison::Unordered || (rule == Comparison::Apps && mode == Mode::Upstream);
                assert_eq!(texts(&rule, mode, &text, &reversed), Ok(unordered));
            }
        }
    }
}

#[test]
fn numbers_of_millions_of_digits_are_compared_in_linear_time() {
    // Quadratic time would be hours here.
    let nines = "9".repeat(3_000_000);
    let zeros = "0".repeat(3_000_000);
    for (rule, expected, got, right) in [
        (Comparison::Apps, &*nines, &*format!("{nines}.{zeros}"), true),
        (Comparison::Apps, &nines, &format!("1{zeros}"), false),
        (Comparison::Apps, &format!("0.{nines}"), &format!("0.{nines}1"), true),
        (Comparison::Apps, "0.5", &format!("0.{zeros}5"), false),
        (Comparison::Apps, "0.5", &format!("{nines}e-{nines}"), false),
        (Comparison::LiveCodeBench, &nines, &format!("{nines}.{zeros}"), true),
        (Comparison::LiveCodeBench, &nines, &format!("1{zeros}"), false),
        (Comparison::CodeContests, &format!("0.{nines}"), &format!("1.{zeros}"), true),
        (Comparison::CodeContests, &format!("0.{nines}"), &format!("1.{zeros}1e1"), false),
        (numbers(0.0, 0.0), &nines, &format!("{nines}.{zeros}"), true),
        (numbers(0.5, 0.0), &format!("{nines}.5"), &format!("1{zeros}"), false),
        (numbers(0.5, 0.0), &format!("0.{nines}5"), &format!("1.{zeros}"), true),
    ] {
        assert_eq!(texts(&rule, Mode::Sealed, expected, got), Ok(right), "{rule:?}");
    }
    // The digits of such a number would be many more.
    let large = "1e308 ".repeat(100_000);
    for mode in BOTH {
        assert_eq!(texts(&Comparison::Apps, mode, &large, &large.replace(' ', "  ")), Ok(true));
    }
}

const LONG_TEXT: usize = 4 << 20;

/// What a forged reply can be: 1,900 frozen sets, tuples or lists, one in the other, around a long text.
fn forged(codes: &[u8], character: &str) -> Value {
    let open: Vec<u8> =
        codes.iter().copied().cycle().take(1_900).flat_map(|code| [code, 1, 0, 0, 0]).collect();
    let length = (LONG_TEXT as u32).to_le_bytes();
    let text = character.repeat(LONG_TEXT);
    let bytes = [open.as_slice(), b"u", &length, text.as_bytes()].concat();
    crate::value::marshal::decode(&bytes).unwrap()
}

#[test]
fn a_forged_reply_costs_little_more_than_its_own_size_by_every_rule() {
    let small: Vec<Value> = [
        "{1, 2}",
        "{1: 2}",
        "frozenset({1})",
        "100000000000000000000000000000000",
        "[1.5]",
        "(1,)",
        "'x'",
        "[[1]]",
        "None",
    ]
    .into_iter()
    .map(|text| Value::parse_literal(text).unwrap())
    .collect();
    for codes in [b">".as_slice(), b"(", b"[", b">(", b"(>>"] {
        let (got, other) = (forged(codes, "x"), forged(codes, "y"));
        for expected in small.iter().chain([&other, &got]) {
            for rule in every_rule() {
                for mode in BOTH {
                    let (right, digested) = work::of(|| values(&rule, mode, &[], expected, &got));
                    assert!(digested <= 5 * LONG_TEXT, "{rule:?} {mode:?}: {digested} bytes");
                    let is_same = std::ptr::eq(expected, &got);
                    let decides = matches!(
                        rule,
                        Comparison::Exact
                            | Comparison::Values
                            | Comparison::Unordered
                            | Comparison::Numbers { .. }
                    );
                    assert!(!decides || right == Ok(is_same), "{rule:?} {mode:?}");
                }
            }
        }
    }
}

#[test]
fn values_as_deep_as_marshal_allows_are_compared_on_a_small_stack() {
    let compare = || {
        for wrap in [
            (|inner| Value::List(vec![inner])) as fn(Value) -> Value,
            |inner| Value::Tuple(vec![inner]),
            |inner| Value::FrozenSet(vec![inner]),
            |inner| Value::Dict(vec![(Value::None, inner)]),
        ] {
            let [one, other] =
                [1.5, 1.500001].map(|leaf| (0..2_000).fold(Value::Float(leaf), |inner, _| wrap(inner)));
            for rule in every_rule() {
                for mode in BOTH {
                    let _ = values(&rule, mode, &[], &one, &other);
                    let decides =
                        matches!(rule, Comparison::Exact | Comparison::Values | Comparison::Unordered);
                    assert!(
                        !decides || values(&rule, mode, &[], &one, &one) == Ok(true),
                        "{rule:?} {mode:?}"
                    );
                }
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(compare);
    assert!(thread.unwrap().join().is_ok());
}
