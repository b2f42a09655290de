//! JSON, read as Python's `json.loads` reads it and written as `json.dumps` writes it.

use std::fmt::Write;

use indexmap::IndexMap;
use jiter::{JsonErrorType, JsonValue};

mod stream;

use super::integer::MAX_DECIMAL_DIGITS;
use super::{Value, generalised, integer, repr};

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON at byte {offset}: {fault}")]
pub struct JsonError {
    /// The byte at which the reader stopped, from 0.
    pub offset: usize,
    /// What is wrong there.
    pub fault: JsonFault,
}

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// Nested deeper than 200 levels.
    #[error("nested more than 200 deep")]
    TooDeep,
    /// An integer of more than 4,300 digits, which Python refuses too.
    #[error("an integer of more than {MAX_DECIMAL_DIGITS} digits")]
    TooManyDigits,
    /// Not the format.
    #[error("{0}")]
    Syntax(String),
}

/// Texts of more bytes are read value by value.
const LARGE: usize = 64 << 10;

/// Reads a JSON value that takes up all of `text`, as `json.loads` does: integers of any size apart from floats;
/// `NaN`, `Infinity` and `-Infinity`; lone surrogates; of equal keys the place of the first and the value of the last.
///
/// # Errors
///
/// Where the text is not JSON in UTF-8, is nested more than 200 deep, or has an integer of more than 4,300 digits.
pub fn from_json(text: &[u8]) -> Result<Value, JsonError> {
    if text.len() > LARGE
        && let Some(value) = stream::read(text)
    {
        return Ok(value);
    }
    match JsonValue::parse(text, true) {
        Ok(value) => Ok(convert(&value, None)),
        Err(error) => match mark_lone_surrogates(text) {
            None => Err(error.into()),
            Some((marked, marker)) => Ok(convert(&JsonValue::parse(&marked, true)?, Some(marker))),
        },
    }
}

impl From<jiter::JsonError> for JsonError {
    fn from(error: jiter::JsonError) -> JsonError {
        let fault = match error.error_type {
            JsonErrorType::RecursionLimitExceeded => JsonFault::TooDeep,
            JsonErrorType::NumberOutOfRange => JsonFault::TooManyDigits,
            other => JsonFault::Syntax(other.to_string()),
        };
        JsonError { offset: error.index, fault }
    }
}

impl From<&JsonValue<'_>> for Value {
    fn from(value: &JsonValue<'_>) -> Value {
        convert(value, None)
    }
}

/// The value. Where there is a marker, [`mark_lone_surrogates`] put it into the text.
fn convert(value: &JsonValue<'_>, marker: Option<char>) -> Value {
    match value {
        JsonValue::Null => Value::None,
        JsonValue::Bool(bool) => Value::Bool(*bool),
        JsonValue::Int(int) => Value::Int(*int),
        JsonValue::BigInt(big) => big.clone().into(),
        JsonValue::Float(float) => Value::Float(*float),
        JsonValue::Str(text) => convert_text(text, marker),
        JsonValue::Array(items) => Value::List(items.iter().map(|item| convert(item, marker)).collect()),
        JsonValue::Object(entries) => {
            // An insertion to a key that is there leaves it at its place.
            let entries: IndexMap<&str, &JsonValue> =
                entries.iter().map(|(key, value)| (&**key, value)).collect();
            let entry =
                |(key, value): (&str, &JsonValue)| (convert_text(key, marker), convert(value, marker));
            Value::Dict(entries.into_iter().map(entry).collect())
        }
    }
}

fn convert_text(text: &str, marker: Option<char>) -> Value {
    let Some(marker) = marker.filter(|marker| text.contains(*marker)) else { return Value::Str(text.into()) };
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split(marker);
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(3).unwrap_or((part, ""));
        let low = u32::from_str_radix(digits, 16).unwrap_or_default();
        generalised::push(0xd000 | low, &mut bytes);
        bytes.extend(rest.bytes());
    }
    generalised::text(bytes)
}

/// Replaces each escape of a lone surrogate, which jiter refuses, by a character that the text does not have and the
/// last three hexadecimal digits of the surrogate. Both take six bytes, so that offsets stay. Nothing if there is no
/// such escape.
fn mark_lone_surrogates(text: &[u8]) -> Option<(Vec<u8>, char)> {
    // Characters that Unicode reserves for the inner use of programs.
    let marker = ('\u{fdd0}'..='\u{fdef}').find(|marker| {
        let escape = format!("\\u{:04x}", u32::from(*marker));
        let utf8 = marker.to_string();
        !text.windows(utf8.len()).any(|window| window == utf8.as_bytes())
            && !text.windows(escape.len()).any(|window| window.eq_ignore_ascii_case(escape.as_bytes()))
    })?;
    let mut marked = text.to_vec();
    let mut found = false;
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            at += 1;
            continue;
        }
        let is_low = |code: u32| (0xdc00..0xe000).contains(&code);
        match escaped_code(&text[at..]) {
            Some(0xd800..0xdc00) if escaped_code(&text[at + 6..]).is_some_and(is_low) => at += 12,
            Some(0xd800..0xe000) => {
                // The digits themselves already stand in the last three bytes.
                marker.encode_utf8(&mut marked[at..at + 3]);
                found = true;
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    found.then_some((marked, marker))
}

/// JSON with the escape of NUL for each escape of a lone surrogate, if there is such: no text in UTF-8 can have either,
/// nor any program.
pub fn without_lone_surrogates(text: &str) -> Option<String> {
    let (mut marked, marker) = mark_lone_surrogates(text.as_bytes())?;
    let mut utf8 = [0; 3];
    let marker = marker.encode_utf8(&mut utf8).as_bytes();
    let mut at = 0;
    while let Some(found) = marked[at..].windows(marker.len()).position(|window| window == marker) {
        at += found;
        marked.splice(at..at + 6, *b"\\u0000");
        at += 6;
    }
    String::from_utf8(marked).ok()
}

/// JSON with a number that is finite for each NaN and Infinity, which Python writes and JSON does not have; nothing if
/// there is none outside of strings.
pub fn without_nan(text: &str) -> Option<String> {
    const FINITE: &str = "0.5";
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let rest = &bytes[at..];
        let word =
            ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
        if let Some(word) = word {
            out.push_str(&text[kept..at]);
            out.push_str(FINITE);
            at += word.len();
            kept = at;
        } else if bytes[at] == b'"' {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    (kept > 0).then(|| out + &text[kept..])
}

/// The code in an escape such as `\u00e9` that the text begins with.
fn escaped_code(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
}

impl Value {
    /// The value as `json.dumps` writes it; nothing where that would raise: for bytes, sets, complex numbers, `...`,
    /// keys that are not plain, and integers of more than 4,300 digits.
    pub fn to_json(&self) -> Option<String> {
        let mut out = String::new();
        write(self, &mut out)?;
        Some(out)
    }
}

fn write(value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Str(text) => write_text(text.as_bytes(), out),
        Value::SurrogateStr(text) => write_text(text, out),
        Value::List(items) | Value::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Dict(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match key {
                    Value::Str(text) => write_text(text.as_bytes(), out),
                    Value::SurrogateStr(text) => write_text(text, out),
                    other => write!(out, "\"{}\"", plain(other)?).ok()?,
                }
                out.push_str(": ");
                write(value, out)?;
            }
            out.push('}');
        }
        other => out.push_str(&plain(other)?),
    }
    Some(())
}

/// What JSON writes without quotes, and what can be a key beside a text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::None => Some("null".to_owned()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Int(int) => Some(int.to_string()),
        Value::BigInt(big) => integer::decimal(big),
        Value::Float(float) if float.is_nan() => Some("NaN".to_owned()),
        Value::Float(float) if float.is_infinite() => {
            Some(if *float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned())
        }
        Value::Float(float) => Some(repr::float_text(*float, ".0")),
        _ => None,
    }
}

/// Writes a text in ASCII.
fn write_text(text: &[u8], out: &mut String) {
    out.push('"');
    for code in generalised::code_points(text) {
        match char::from_u32(code) {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\x08') => out.push_str("\\b"),
            Some('\x0c') => out.push_str("\\f"),
            Some(character @ ' '..='~') => out.push(character),
            Some(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    push_escape(u32::from(*unit), out);
                }
            }
            None => push_escape(code, out),
        }
    }
    out.push('"');
}

fn push_escape(code: u32, out: &mut String) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(char::from_digit(code >> shift & 0xf, 16).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::any_value;
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        from_json(text.as_bytes()).map(|value| value.repr()).map_err(|error| error.to_string())
    }

    #[test]
    fn json_is_read_as_python_reads_it() {
        // Texts, and what CPython 3.11 prints for `repr(json.loads(…))`.
        for (text, printed) in [
            (" null ", "None"),
            ("true", "True"),
            ("[false, 1, -1, 0, -0]", "[False, 1, -1, 0, 0]"),
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("9223372036854775808", "9223372036854775808"),
            ("-123456789012345678901234567890", "-123456789012345678901234567890"),
            ("[1.0, -0.0, 1e5, 1E-7, 1e400, -1e400]", "[1.0, -0.0, 100000.0, 1e-07, inf, -inf]"),
            ("[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"),
            ("0.1234567890123456789", "0.12345678901234568"),
            (r#""a\"\\\/\b\f\n\r\t\u00e9é""#, r#"'a"\\/\x08\x0c\n\r\téé'"#),
            (r#""\ud83d\ude00""#, "'😀'"),
            (r#""\ud83d""#, r"'\ud83d'"),
            (r#""\uD83D\u0041\ude00 \\ud800""#, r"'\ud83dA\ude00 \\ud800'"),
            (r#""\ud800\ud83d\ude00""#, r"'\ud800😀'"),
            (r#"{"\udfff": "\ud800é", "x": "é"}"#, r"{'\udfff': '\ud800é', 'x': 'é'}"),
            (r#"["\ud800", "\ufdd0\uFDD1"]"#, r"['\ud800', '\ufdd0\ufdd1']"),
            ("[\"\\ud800\", \"\u{fdd0}\"]", r"['\ud800', '\ufdd0']"),
            ("{}", "{}"),
            (r#"{"b": 1, "a": [], "b": {"c": 2}}"#, "{'b': {'c': 2}, 'a': []}"),
            (r#"{"": 0}"#, "{'': 0}"),
            ("\"\u{7f}\u{2028}\"", r"'\x7f\u2028'"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(printed), "of {text}");
        }
    }

    #[test]
    fn a_large_text_is_read_as_a_small_one() {
        let items: Vec<String> =
            (0..20_000).map(|number| format!("[{number}, {{\"a\": 1.5, \"a\": null}}]")).collect();
        let text = format!("[{}]", items.join(", "));
        assert!(text.len() > LARGE);
        let Value::List(read) = from_json(text.as_bytes()).unwrap() else { panic!() };
        assert_eq!((read.len(), read[7].repr().as_str()), (20_000, "[7, {'a': None}]"));
        let wrong = text.replace("[19999,", "[19999");
        assert!(from_json(wrong.as_bytes()).is_err());
    }

    #[test]
    fn lone_surrogates_can_be_taken_out() {
        let found = without_lone_surrogates(r#"["a\ud800", "\udfff\ud83d\ude00"]"#);
        assert_eq!(found.as_deref(), Some(r#"["a\u0000", "\u0000\ud83d\ude00"]"#));
        assert_eq!(without_lone_surrogates(r#"["\\ud800", "\ud83d\ude00"]"#), None);
    }

    #[test]
    fn what_is_not_finite_can_be_taken_out() {
        let found = without_nan(r#"{"a": NaN, "b\"NaN": [-Infinity,Infinity], "c": "NaN"}"#);
        assert_eq!(found.as_deref(), Some(r#"{"a": 0.5, "b\"NaN": [0.5,0.5], "c": "NaN"}"#));
        for none in [r#"{"a": "NaN"}"#, r#""\""#, "\"NaN\\", ""] {
            assert_eq!(without_nan(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_byte() {
        for (text, message) in [
            ("", "not valid JSON at byte 0: EOF"),
            ("[1, 2", "not valid JSON at byte 5: EOF"),
            ("[1 2]", "not valid JSON at byte 3: expected `,` or `]`"),
            ("[1,]", "not valid JSON at byte 3: trailing comma"),
            ("1 2", "not valid JSON at byte 2: trailing characters"),
            ("01", "not valid JSON at byte 1: invalid number"),
            ("{1: 2}", "not valid JSON at byte 1: key must be a string"),
            ("'a'", "not valid JSON at byte 0: expected value"),
            ("\"a\nb\"", "not valid JSON at byte 2: control character"),
            (r#""\x""#, "not valid JSON at byte 2: invalid escape"),
            (r#"["\ud800", ?]"#, "not valid JSON at byte 11: expected value"),
        ] {
            match read(text) {
                Ok(value) => panic!("{text:?} was read as {value}"),
                Err(error) => assert!(error.starts_with(message), "{text:?}: {error}"),
            }
        }
        assert!(from_json(b"\"\xff\"").is_err());
        assert!(from_json("\u{feff}1".as_bytes()).is_err());
    }

    #[test]
    fn depth_and_digits_are_limited() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(from_json(nested(199).as_bytes()).is_ok());
        assert_eq!(from_json(nested(100_000).as_bytes()).unwrap_err().fault, JsonFault::TooDeep);
        assert!(from_json("7".repeat(4_300).as_bytes()).is_ok());
        assert_eq!(from_json("7".repeat(4_301).as_bytes()).unwrap_err().fault, JsonFault::TooManyDigits);
    }

    #[test]
    fn json_is_written_as_python_writes_it() {
        // Literals, and what CPython 3.11 gives for `json.dumps(…)`.
        for (literal, json) in [
            ("[None, True, False, 1, 10**0]".replace("10**0", "2").as_str(), "[null, true, false, 1, 2]"),
            (
                "(1.0, -0.0, 1e16, 1e-5, nan, -inf, inf)",
                "[1.0, -0.0, 1e+16, 1e-05, NaN, -Infinity, Infinity]",
            ),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (
                r#"'a"\\/\x08\x0c\n\r\t\x00\x7fé€😀\ud800'"#,
                r#""a\"\\/\b\f\n\r\t\u0000\u007f\u00e9\u20ac\ud83d\ude00\ud800""#,
            ),
            ("{'a': [], 1: {}, True: (), None: 0}", r#"{"a": [], "1": [], "null": 0}"#),
            ("{2.5: 1, False: 2, nan: 3}", r#"{"2.5": 1, "false": 2, "NaN": 3}"#),
        ] {
            assert_eq!(Value::parse_literal(literal).unwrap().to_json().as_deref(), Some(json), "{literal}");
        }
        for literal in
            ["b''", "{1}", "frozenset()", "1j", "...", "[b'']", "{'a': {1}}", "{(1,): 2}", "{b'a': 2}"]
        {
            assert_eq!(Value::parse_literal(literal).unwrap().to_json(), None, "{literal}");
        }
        let long = Value::parse_literal(&format!("[0x{}]", "f".repeat(4_000))).unwrap();
        assert_eq!(long.to_json(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any_value()) {
            // Reading makes lists of tuples and texts of keys; after that nothing changes.
            if let Some(json) = value.to_json() {
                let read = from_json(json.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
                let again = read.to_json().unwrap_or_default();
                prop_assert_eq!(from_json(again.as_bytes()).map(|value| value.repr()), Ok(read.repr()));
            }
        }

        #[test]
        fn jiters_values_are_converted_as_json_is_read(value in any_value()) {
            if let Some(json) = value.to_json()
                && let Ok(parsed) = JsonValue::parse(json.as_bytes(), true)
            {
                prop_assert_eq!(Ok(Value::from(&parsed).repr()), from_json(json.as_bytes()).map(|v| v.repr()));
            }
        }

        #[test]
        fn what_is_read_value_by_value_is_the_same(value in any_value()) {
            if let Some(json) = value.to_json()
                && let Some(streamed) = stream::read(json.as_bytes())
            {
                prop_assert_eq!(Ok(streamed.repr()), from_json(json.as_bytes()).map(|value| value.repr()));
            }
        }

        #[test]
        fn what_is_refused_is_refused_value_by_value(text in r#"[\[\]{},:"\\a1.eE\- ntaNI]{0,30}"#) {
            if let Some(streamed) = stream::read(text.as_bytes()) {
                prop_assert_eq!(Ok(streamed.repr()), from_json(text.as_bytes()).map(|value| value.repr()));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = from_json(&bytes);
        }

        #[test]
        fn any_text_of_jsons_characters_is_read_or_refused(text in r#"[\[\]{},:"\\udDfF80c9.eE\- ntaNI]{0,30}"#) {
            if let Ok(value) = from_json(text.as_bytes()) {
                prop_assert!(value.to_json().is_some());
            }
        }
    }
}
