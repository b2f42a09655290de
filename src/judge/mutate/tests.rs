use proptest::prelude::*;

use super::*;
use crate::python::{PlacedToken, TokenKind, tokens};

/// The changes of a program, without the lines.
fn changes(source: &str) -> Vec<String> {
    mutants(source, usize::MAX)
        .into_iter()
        .map(|mutant| format!("{} > {}", mutant.before, mutant.after))
        .collect()
}

#[test]
fn every_place_has_its_slips() {
    let cases: [(&str, &[&str]); 25] = [
        ("x = a < b\n", &["x = a < b > pass", "< > <=", "< > >"]),
        ("x = a == b", &["x = a == b > pass", "== > !="]),
        ("x = a % b", &["x = a % b > pass", "% > //", "% > *"]),
        ("x = -a", &["x = -a > pass", "- > nothing"]),
        ("x += a", &["x += a > pass", "+= > -="]),
        ("x = a and not b", &["x = a and not b > pass", "and > or", "not > nothing"]),
        ("x = a not in b", &["x = a not in b > pass", "not > nothing"]),
        ("x = a is None", &["x = a is None > pass", "is > is not"]),
        ("x = a is not None", &["x = a is not None > pass", "not > nothing"]),
        ("x = 5", &["x = 5 > pass", "5 > 6", "5 > 4"]),
        ("x = 0xFF", &["x = 0xFF > pass", "0xFF > 256", "0xFF > 254"]),
        ("x = 0.5", &["x = 0.5 > pass", "0.5 > 1.5", "0.5 > -0.5"]),
        ("x = True", &["x = True > pass", "True > False"]),
        ("x = max(y)", &["x = max(y) > pass", "max > min"]),
        ("x = 'a'", &["x = 'a' > pass", "'a' > ''"]),
        ("x = rb'''a'''", &["x = rb'''a''' > pass", "rb'''a''' > rb''"]),
        ("return x", &["return x > return None", "return x > pass"]),
        ("return None", &["return None > pass"]),
        ("while x:\n    break\n", &["x > not (x)", "break > continue", "break > pass"]),
        ("if lambda: x: y()", &["lambda: x > not (lambda: x)", "y() > pass"]),
        ("x = a if b else c", &["x = a if b else c > pass", "b > not (b)"]),
        ("x = [a for a in b if c]", &["x = [a for a in b if c] > pass", "c > not (c)"]),
        (
            "for i in range(n, k, 2): f(i)",
            &["n > (n) + 1", "n > (n) - 1", "k > (k) + 1", "k > (k) - 1", "2 > 3", "2 > 1", "f(i) > pass"],
        ),
        ("x = 1; y = 'b'", &["x = 1 > pass", "1 > 2", "1 > 0", "y = 'b' > pass", "'b' > ''"]),
        ("for a in b:\n    continue", &["continue > break", "continue > pass"]),
    ];
    for (source, expected) in cases {
        assert_eq!(changes(source), expected, "{source}");
    }
}

#[test]
fn what_means_nothing_is_left_alone() {
    for source in [
        "'''Documentation.'''\n",
        "def f():\n    'Documentation.'\n",
        "import a\nfrom b import c\n",
        "def f(a: int | None, *, b: list[3], **c) -> int | None:\n    pass\n",
        "# x = 1\n",
        "print # + 1\n".trim_start_matches("print"),
        "global x",
    ] {
        assert_eq!(changes(source), [] as [&str; 0], "{source}");
    }
    assert_eq!(changes("def f(a: int = 1):\n    pass"), ["1 > 2", "1 > 0"]);
    assert_eq!(changes("x: int | str = 1"), ["x: int | str = 1 > pass", "1 > 2", "1 > 0"]);
}

#[test]
fn a_mutant_names_its_line() {
    let mutant = &mutants("a = b\nif a < b:\n    pass\n", 99)[2];
    assert_eq!(mutant.describe(), "line 2: < became <=");
    assert_eq!(mutant.source, "a = b\nif a <= b:\n    pass\n");
}

#[test]
fn a_cap_chooses_evenly() {
    let source = "x = a + 1\n".repeat(50);
    let all = mutants(&source, usize::MAX);
    let some = mutants(&source, 10);
    assert_eq!(some.len(), 10);
    assert!(some.iter().all(|mutant| all.contains(mutant)));
    let lines: Vec<u32> = some.iter().map(|mutant| mutant.line).collect();
    assert!(lines.windows(2).all(|pair| (4..=6).contains(&(pair[1] - pair[0]))), "{lines:?}");
}

/// Text that looks like Python now and then.
fn pythonic() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "if ", "x", " < ", "==", "range(", "(", ")", "[", "]", ":", "\n", "    ", "'", "\"\"\"", "f'{", "}",
        "\\", "not ", "return ", "1", "-", "**", "and ", "é", "#", ",", "def f(", "->", "lambda ", "else ",
        ";", "\r",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_has_tokens_in_order(source in prop_oneof![pythonic(), any::<String>()]) {
        let mut end = 0;
        for token in tokens(&source) {
            prop_assert!(token.start >= end);
            prop_assert!(!token.text.is_empty());
            prop_assert_eq!(&source[token.span()], token.text);
            end = token.end();
        }
    }

    #[test]
    fn a_mutant_differs_in_one_place(source in prop_oneof![pythonic(), any::<String>()]) {
        let all = mutants(&source, usize::MAX);
        prop_assert_eq!(&all, &mutants(&source, usize::MAX));
        let edits = all_edits(&source);
        prop_assert!(edits.len() >= all.len());
        for mutant in all {
            prop_assert_ne!(&mutant.source, &source);
            let edit = edits.iter().find(|edit| applied(&source, edit) == mutant).unwrap();
            let (before, after) = (&source[..edit.span.start], &source[edit.span.end..]);
            prop_assert_eq!(format!("{before}{}{after}", edit.replacement), mutant.source);
            let within = |token: &&PlacedToken| token.start < edit.span.end && token.end() > edit.span.start;
            let changed: Vec<PlacedToken> = tokens(&source).iter().filter(within).cloned().collect();
            prop_assert!(changed.iter().all(|token| token.kind != TokenKind::LineEnd), "it is in one statement");
            prop_assert!(changed.first().is_some_and(|first| first.line == mutant.line));
        }
    }
}
