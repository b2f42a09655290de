use proptest::prelude::*;

use super::*;

fn kinds(source: &str) -> Vec<(TokenKind, &str)> {
    tokens(source).iter().map(|token| (token.kind, token.text)).collect()
}

#[test]
fn tokens_are_told_apart() {
    use TokenKind::{Keyword, LineEnd, Name, Number, Operator, Text};
    let cases: [(&str, &[(TokenKind, &str)]); 8] = [
        ("a1 <<= 0x1F", &[(Name, "a1"), (Operator, "<<="), (Number, "0x1F")]),
        ("if x: # not y\n", &[(Keyword, "if"), (Name, "x"), (Operator, ":"), (LineEnd, "\n")]),
        ("'a\\'b' rb\"\\\"\"", &[(Text, "'a\\'b'"), (Text, "rb\"\\\"\"")]),
        ("'''a\n'b'''\n", &[(Text, "'''a\n'b'''"), (LineEnd, "\n")]),
        ("f'{x[\"k\"]!r:>{w}}{{'", &[(Text, "f'{x[\"k\"]!r:>{w}}{{'")]),
        ("f\"{'}' + '\\''}\"+1", &[(Text, "f\"{'}' + '\\''}\""), (Operator, "+"), (Number, "1")]),
        (
            "(a,\n\n b)\n\nc\\\n+1.5e-3",
            &[
                (Operator, "("),
                (Name, "a"),
                (Operator, ","),
                (Name, "b"),
                (Operator, ")"),
                (LineEnd, "\n"),
                (Name, "c"),
                (Operator, "+"),
                (Number, "1.5e-3"),
            ],
        ),
        ("x.5 é", &[(Name, "x"), (Number, ".5"), (Name, "é")]),
    ];
    for (source, expected) in cases {
        assert_eq!(kinds(source), expected, "{source}");
    }
    let lines: Vec<u32> = tokens("a\n'''\n'''\n(\nb)").iter().map(|token| token.line).collect();
    assert_eq!(lines, [1, 1, 2, 3, 4, 5, 5]);
}

proptest! {
    #[test]
    fn pieces_are_the_text(text in "([\"'#@\\\\ \r\n{}().:+a-f0-9]|\"\"\"|f'|²|é|漢){0,60}") {
        for reading in [Reading::Program, Reading::Answer, Reading::Listing] {
            let mut at = 0;
            for (_, start, end) in pieces(&text, 0, reading) {
                prop_assert!(start == at && end > start && text.is_char_boundary(end), "{reading:?}");
                at = end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
