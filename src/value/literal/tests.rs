use proptest::prelude::*;

use super::super::any_value;
use super::*;

/// Literals, and what CPython 3.11 prints for `repr(ast.literal_eval(…))`.
const READ_AND_PRINTED: &[(&str, &str)] = &[
    ("None", "None"),
    (" True", "True"),
    ("False ", "False"),
    ("...", "Ellipsis"),
    ("0", "0"),
    ("00_0", "0"),
    ("-0", "0"),
    ("+1", "1"),
    ("- 1", "-1"),
    ("-(1)", "-1"),
    ("1_000", "1000"),
    ("0xFf", "255"),
    ("0x_f_f", "255"),
    ("0o17", "15"),
    ("0B101", "5"),
    ("9223372036854775807", "9223372036854775807"),
    ("9223372036854775808", "9223372036854775808"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("-9223372036854775809", "-9223372036854775809"),
    ("0x8000000000000000", "9223372036854775808"),
    ("1_267_650_600_228_229_401_496_703_205_376", "1267650600228229401496703205376"),
    ("1e5", "100000.0"),
    (".5", "0.5"),
    ("1.", "1.0"),
    ("1_0.5", "10.5"),
    ("1e1_0", "10000000000.0"),
    ("01.5", "1.5"),
    ("01e2", "100.0"),
    ("1E-5", "1e-05"),
    ("0.0001", "0.0001"),
    ("0.00001234", "1.234e-05"),
    ("1e15", "1000000000000000.0"),
    ("9999999999999998.0", "9999999999999998.0"),
    ("1e16", "1e+16"),
    ("12345678901234567.0", "1.2345678901234568e+16"),
    ("1e22", "1e+22"),
    ("1e100", "1e+100"),
    ("5e-324", "5e-324"),
    ("2.2250738585072014e-308", "2.2250738585072014e-308"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("9007199254740993.0", "9007199254740992.0"),
    ("0.1", "0.1"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("1e999", "inf"),
    ("-1e999", "-inf"),
    ("-0.0", "-0.0"),
    ("3j", "3j"),
    ("0j", "0j"),
    ("01j", "1j"),
    ("1.5J", "1.5j"),
    ("1e16j", "1e+16j"),
    ("1+2j", "(1+2j)"),
    ("-1-2j", "(-1-2j)"),
    ("1.5 - .5j", "(1.5-0.5j)"),
    ("(1) + (2j)", "(1+2j)"),
    ("(1+2j)", "(1+2j)"),
    ("[1+2j, -3.5e20-1j]", "[(1+2j), (-3.5e+20-1j)]"),
    ("''", "''"),
    (r#""it's""#, r#""it's""#),
    (r#"'say "hi"'"#, r#"'say "hi"'"#),
    (r#"'both \' and "'"#, r#"'both \' and "'"#),
    (r"'\a\b\f\n\r\t\v\\\''", r#""\x07\x08\x0c\n\r\t\x0b\\'""#),
    (r"'\0\7\101\400\1234'", r"'\x00\x07AĀS4'"),
    (r"'\x41\xe9\u20ac\U0001F600'", "'Aé€😀'"),
    (r"'\ud83d\ude00'", r"'\ud83d\ude00'"),
    (r"'a\udfffb'", r"'a\udfffb'"),
    (r"'\d\q\8'", r"'\\d\\q\\8'"),
    (r"r'\n\''", r#""\\n\\'""#),
    (r"R'\\'", r"'\\\\'"),
    ("u'x' U\"y\"", "'xy'"),
    ("'a' \"b\" r'\\c' '''d'''", r"'ab\\cd'"),
    ("('a'\n 'b')", "'ab'"),
    ("'a\\\nb'", "'ab'"),
    ("'a\\\r\nb'", "'ab'"),
    ("'''a\n'b''\"'''", r#"'a\n\'b\'\'"'"#),
    ("\"\"\"a\r\nb\rc\"\"\"", r"'a\nb\nc'"),
    ("r'''\\\r\n'''", r"'\\\n'"),
    ("''''''", "''"),
    ("'\x7f\u{80}\u{ad}\u{301}\u{200b}\u{2028}\u{a0}\u{3000}'", r"'\x7f\x80\xad́\u200b\u2028\xa0\u3000'"),
    ("'é\u{e000}\u{10ffff}\u{378}\u{fffd}\u{feff}'", r"'é\ue000\U0010ffff\u0378�\ufeff'"),
    ("b''", "b''"),
    (r#"b'a\xff\'"\n\0'"#, r#"b'a\xff\'"\n\x00'"#),
    (r#"b"it's""#, r#"b"it's""#),
    (r"b'\u0041\N{x}\777'", r"b'\\u0041\\N{x}\xff'"),
    (r"rb'\x00' Br'\n' bR'' B''", r"b'\\x00\\n'"),
    ("[]", "[]"),
    ("[1, 'a', None,]", "[1, 'a', None]"),
    ("()", "()"),
    ("(1,)", "(1,)"),
    ("(1)", "1"),
    ("((1, 2), [3])", "((1, 2), [3])"),
    ("1, 2", "(1, 2)"),
    ("1,", "(1,)"),
    ("{}", "{}"),
    ("{1, 2, }", "{1, 2}"),
    ("{1, 1.0, True}", "{1}"),
    ("{(1, 2)}", "{(1, 2)}"),
    ("set()", "set()"),
    ("{'a': [1], 2: (3,), }", "{'a': [1], 2: (3,)}"),
    ("{1: 'a', 2: 'b', True: 'c'}", "{1: 'c', 2: 'b'}"),
    ("[ # a comment\n 1, # another\n\n 2 \\\n , 3]\n", "[1, 2, 3]"),
    ("[1,\t2,\x0c3]", "[1, 2, 3]"),
];

/// What `literal_eval` refuses but `eval` takes in CPython 3.11, and what it prints for it.
const READ_BEYOND: &[(&str, &str)] = &[
    ("Ellipsis", "Ellipsis"),
    ("float('nan')", "nan"),
    ("float(\"-inf\")", "-inf"),
    ("-float('Infinity')", "-inf"),
    ("float('1.5')", "1.5"),
    ("frozenset()", "frozenset()"),
    ("frozenset({1})", "frozenset({1})"),
    ("frozenset([1, 1.0])", "frozenset({1})"),
    ("frozenset((),)", "frozenset()"),
    ("set([1, 1])", "{1}"),
    ("{frozenset({1}): frozenset()}", "{frozenset({1}): frozenset()}"),
];

#[test]
fn literals_are_read_and_printed_as_python_does() {
    for (text, printed) in READ_AND_PRINTED.iter().chain(READ_BEYOND) {
        match Value::parse_literal(text) {
            Ok(value) => assert_eq!(value.repr(), *printed, "of {text:?}"),
            Err(error) => panic!("{text:?}: {error}"),
        }
    }
}

#[test]
fn what_repr_prints_for_nan_and_infinity_is_read() {
    for text in ["nan", "inf", "-inf", "[nan, -inf]", "nanj", "infj", "(nan+nanj)", "(-inf-infj)", "(1+nanj)"]
    {
        assert_eq!(Value::parse_literal(text).map(|value| value.repr()), Ok(text.to_owned()));
    }
}

#[test]
fn the_types_are_pythons() {
    let read = |text| Value::parse_literal(text).unwrap();
    assert_eq!(read("True"), Value::Bool(true));
    assert_eq!(read("1"), Value::Int(1));
    assert_eq!(read("1.0"), Value::Float(1.0));
    assert_eq!(read("1j"), Value::Complex(0.0, 1.0));
    assert_eq!(read("b'1'"), Value::Bytes(b"1".to_vec()));
    assert_eq!(read("'1'"), Value::Str("1".into()));
    assert_eq!(read("{1}"), Value::Set(vec![Value::Int(1)]));
    assert_eq!(read("'\\ud800'"), Value::SurrogateStr(vec![0xed, 0xa0, 0x80]));
    assert!(matches!(read("-0.0"), Value::Float(zero) if zero.is_sign_negative()));
}

#[test]
fn complex_zeros_keep_their_signs() {
    for (text, real, imaginary) in [
        ("-1j", 0.0, -1.0),
        ("(-0-1j)", -0.0, -1.0),
        ("(-0+1j)", -0.0, 1.0),
        ("-0j", 0.0, -0.0),
        ("0-0j", 0.0, -0.0),
        ("-0.0+0j", -0.0, 0.0),
    ] {
        let Ok(Value::Complex(a, b)) = Value::parse_literal(text) else { panic!("{text}") };
        assert_eq!((a.to_bits(), b.to_bits()), (f64::to_bits(real), f64::to_bits(imaginary)), "{text}");
    }
    assert_eq!(Value::Complex(-0.0, -1.0).repr(), "(-0-1j)");
    assert_eq!(Value::Complex(0.0, -0.0).repr(), "-0j");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, message) in [
        ("", "column 1: expected a value, found the end"),
        ("[1, 2", "column 6: expected `,` or `]`, found the end"),
        ("[1 2]", "column 4: expected `,` or `]`, found `2`"),
        ("[,]", "column 2: expected a value, found `,`"),
        ("(1, 2]", "column 6: expected `,` or `)`, found `]`"),
        ("(1 2)", "column 4: expected `,` or `)`, found `2`"),
        ("(,)", "column 2: expected a value, found `,`"),
        ("{1: 2, 3}", "column 9: expected `:`, found `}`"),
        ("{1, 2: 3}", "column 6: expected `,`, `:` or `}`, found `:`"),
        ("1 2", "column 3: expected `,` or the end, found `2`"),
        ("'é' x", "column 5: expected `,` or the end, found `x`"),
        ("[1,\n\n  'é', ?]", "line 3, column 8: expected a value, found `?`"),
        ("foo", "column 1: `foo` is not a literal; "),
        ("true", "column 1: `true` is not a literal; "),
        ("[n=3]", "column 2: `n` is not a literal; "),
        ("--1", "column 2: expected a value, found `-`"),
        ("-True", "column 2: expected a number after the sign, found `T`"),
        ("-'a'", "column 2: expected a number after the sign, found `'`"),
        ("-(-1)", "column 2: expected a number after the sign, found `(`"),
        ("1+2", "column 3: expected an imaginary number such as 2j, found `2`"),
        ("1+-2j", "column 3: expected a value, found `-`"),
        ("2j+1", "column 3: expected `,` or the end, found `+`"),
        ("1+2j+3j", "column 5: expected `,` or the end, found `+`"),
        ("01", "column 1: `01` is not a number: an integer has no leading zeros"),
        ("1__0", "column 1: `1__0` is not a number: underscores must stand alone"),
        ("1_", "column 1: `1_` is not a number: underscores"),
        ("1_e5", "column 1: `1_e5` is not a number: underscores"),
        ("1._5", "column 1: `1._5` is not a number: underscores"),
        ("0x", "column 1: `0x` is not a number: digits must follow"),
        ("0b12", "column 1: `0b12` is not a number: a digit is not of that base"),
        ("0x1.5", "column 1: `0x1.5` is not a number: a digit is not of that base"),
        ("1x", "column 1: `1x` is not a number: a character does not belong"),
        ("1.2.3", "column 1: `1.2.3` is not a number: not a decimal number"),
        ("1e", "column 1: `1e` is not a number: not a decimal number"),
        (".", "column 1: `.` is not a number: not a decimal number"),
        ("['a", "column 2: the string that begins here has no end; close it with '"),
        ("'a\nb'", "line 1, column 1: the string that begins here has no end"),
        ("'''a''", "column 1: the string that begins here has no end; close it with '''"),
        ("'a\\'", "column 1: the string that begins here has no end; close it with '"),
        ("r'\\'", "column 1: the string that begins here has no end; close it with '"),
        ("f'{x}'", "column 1: a string can not have the prefix `f`"),
        ("bu'x'", "column 1: a string can not have the prefix `bu`"),
        ("'a' b'b'", "column 5: text and bytes can not be joined"),
        ("b'é'", "column 3: bytes can only hold ASCII characters"),
        (r"'a\xg1'", r"column 3: \x must be followed by two hexadecimal digits"),
        (r"'\u12'", r"column 2: \u must be followed by four hexadecimal digits"),
        (r"'\U00110000'", r"column 2: \U must be followed by eight hexadecimal digits"),
        (r"'\N{DASH}'", r"column 2: names of characters (\N{…}) are not known here"),
        ("{[1]}", "column 2: a list can not be in a set or be a key"),
        ("{1: 2, (1, {2}): 3}", "column 8: a set can not be in a set or be a key"),
        ("frozenset([{}])", "column 11: a dictionary can not be in a set or be a key"),
        ("float('x')", "column 7: expected a number in quotes, such as 'nan', found `'`"),
        ("set(1)", "column 5: expected a list, tuple or set, found `1`"),
        ("set 1", "column 5: expected `(`, found `1`"),
    ] {
        match Value::parse_literal(text) {
            Ok(value) => panic!("{text:?} was read as {value:?}"),
            Err(error) => assert!(error.to_string().starts_with(message), "{text:?}: {error}"),
        }
    }
}

#[test]
fn huge_integers_are_read_in_hexadecimal_only() {
    let error = Value::parse_literal(&"7".repeat(4_301)).unwrap_err();
    assert!(error.to_string().ends_with("more than 4,300 digits; write it in hexadecimal"));
    assert_eq!(Value::parse_literal(&"7".repeat(4_300)).unwrap().repr(), "7".repeat(4_300));
    let hexadecimal = format!("-0x{}", "7".repeat(100_000));
    assert_eq!(Value::parse_literal(&hexadecimal).unwrap().repr(), hexadecimal);
    let error = Value::parse_literal(&format!("{}+1j", "7".repeat(400))).unwrap_err();
    assert!(error.to_string().ends_with("it is too large for a complex number"), "{error}");
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Value::parse_literal(&nested(MAX_DEPTH - 1)).is_ok());
    for deep in [nested(MAX_DEPTH), "(".repeat(1_000_000), "{1:".repeat(1_000_000), "set(".repeat(1_000_000)]
    {
        let error = Value::parse_literal(&deep).unwrap_err();
        assert_eq!(error.fault, LiteralFault::TooDeep);
    }
}

#[test]
fn arguments_are_separated_by_commas() {
    let read = |text| Value::parse_literals(text);
    assert_eq!(read(""), Ok(vec![]));
    assert_eq!(read(" # nothing\n "), Ok(vec![]));
    assert_eq!(read("1"), Ok(vec![Value::Int(1)]));
    assert_eq!(read("[1, 2], None"), Ok(vec![Value::List(vec![Value::Int(1), Value::Int(2)]), Value::None]));
    assert_eq!(read("1,\n 2,\n"), Ok(vec![Value::Int(1), Value::Int(2)]));
    assert_eq!(read(","), Err(Value::parse_literals(",").unwrap_err()));
    assert_eq!(read("1,,2").unwrap_err().column, 3);
    assert_eq!(read("1 2").unwrap_err().to_string(), "column 3: expected `,` or the end, found `2`");
}

#[test]
fn a_short_repr_keeps_both_ends() {
    let value = Value::List((0..1_000).map(Value::Int).collect());
    assert_eq!(value.repr_short(20), "[0, 1, 2, …998, 999]");
    let Value::List(items) = &value else { unreachable!() };
    for limit in [0, 1, 20, usize::MAX] {
        assert_eq!(Value::list_repr_short(items, limit), value.repr_short(limit), "{limit}");
    }
    assert_eq!(Value::list_repr_short(&[], 9), "[]");
    assert_eq!(Value::Str("x".repeat(50)).repr_short(11), "'xxxx…xxxx'");
    let exact = Value::Str("äöü".into());
    assert_eq!(exact.repr_short(5), "'äöü'");
    assert_eq!(exact.repr_short(4), "'ä…'");
    assert_eq!(exact.repr_short(1), "…");
    assert_eq!(exact.repr_short(0), "…");
}

#[test]
fn a_short_repr_of_long_values_keeps_both_ends() {
    let zeros = "0".repeat(20_000);
    for literal in [
        format!("'{}'", "é漢🎈\\n\\'".repeat(5_000)),
        format!("'\\ud800{}'", "é\\udfff漢".repeat(5_000)),
        format!("b'{}\\''", "a\\xff\\n".repeat(5_000)),
        format!("-0xfedcba98765432{zeros}1"),
        format!("0x{zeros}1{}", "0".repeat(4_299)),
        format!("[{}]", "{'a': (1,), b'': {2.5}}, ".repeat(2_000)),
        format!("{{{}: [{}]}}", "'x'".repeat(5_000), "(), ".repeat(5_000)),
    ] {
        let value = Value::parse_literal(&literal).unwrap();
        let whole: Vec<char> = value.repr().chars().collect();
        for limit in [1, 2, 3, 8, 9, 100, 501, 4_305] {
            let kept = limit - 1;
            let (start, end) = (&whole[..kept - kept / 2], &whole[whole.len() - kept / 2..]);
            let cut: String = start.iter().chain(&['…']).chain(end).collect();
            let expected = if whole.len() <= limit { whole.iter().collect() } else { cut };
            assert_eq!(value.repr_short(limit), expected, "{limit}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_at_all_are_printed() {
    assert_eq!(
        Value::SurrogateStr(b"a\xff\xed\xa0\x80\xed\xa0".to_vec()).repr(),
        "'a\u{fffd}\\ud800\u{fffd}\u{fffd}'"
    );
}

proptest! {
    #[test]
    fn what_repr_prints_is_read_again(value in any_value()) {
        let text = value.repr();
        let read = Value::parse_literal(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        // The text tells all but NaNs apart, and NaN is not equal to itself.
        prop_assert_eq!(format!("{read:?}"), format!("{value:?}"));
        let arguments = Value::parse_literals(&format!("{text},{text}")).map(|values| values.len());
        prop_assert_eq!(arguments, Ok(2));
    }

    #[test]
    fn a_short_repr_is_the_cut_repr(value in any_value(), limit in 0usize..60) {
        let (whole, short) = (value.repr(), value.repr_short(limit));
        if whole.chars().count() <= limit {
            prop_assert_eq!(short, whole);
        } else {
            prop_assert_eq!(short.chars().count(), limit.max(1));
            let (start, end) = short.split_once('…').unwrap();
            prop_assert!(whole.starts_with(start) && whole.ends_with(end));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Value::parse_literal(&text);
        let _ = Value::parse_literals(&text);
    }

    #[test]
    fn any_text_of_pythons_characters_is_read_or_refused(text in r#"[\[\](){},:'"\\rbuxUN0-9_.eEjJ+\-#\n\r asetfloninf]{0,24}"#) {
        if let Ok(value) = Value::parse_literal(&text) {
            prop_assert!(Value::parse_literal(&value.repr()).is_ok(), "{}", value.repr());
        }
    }
}
