//! JSON of servers that is not quite JSON, although the answer in it is whole and was paid for: halves of surrogate
//! pairs, which a model writes that was stopped within a character, and numbers that are not numbers.

/// The text with these mistakes mended; `None` where something else is wrong with it.
pub(super) fn mended(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut text = String::with_capacity(json.len());
    let (mut copied, mut at, mut in_string) = (0, 0, false);
    while at < bytes.len() {
        let (length, instead) = match (in_string, bytes[at]) {
            (_, b'"') => {
                in_string = !in_string;
                (1, None)
            }
            (true, b'\\') => escape(&bytes[at..]),
            (false, b'N' | b'I' | b'-') => no_number(&bytes[at..]),
            _ => (1, None),
        };
        if let Some(instead) = instead {
            text.push_str(&json[copied..at]);
            text.push_str(instead);
            copied = at + length;
        }
        at += length;
    }
    text.push_str(json.get(copied..)?);
    (copied > 0).then_some(text)
}

/// How long an escape is, and what replaces it if it is an unpaired half.
fn escape(bytes: &[u8]) -> (usize, Option<&'static str>) {
    match unit(bytes) {
        None => (2, None),
        Some(0xD800..=0xDBFF) if matches!(unit(&bytes[6..]), Some(0xDC00..=0xDFFF)) => (12, None),
        Some(0xD800..=0xDFFF) => (6, Some("\\ufffd")),
        Some(_) => (6, None),
    }
}

/// The code unit that an escape at the beginning stands for.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then(|| std::str::from_utf8(digits).ok())??;
    u16::from_str_radix(digits, 16).ok()
}

/// `NaN` and the infinities, as Python's `json` writes them; JSON has no such values.
fn no_number(bytes: &[u8]) -> (usize, Option<&'static str>) {
    let found = [&b"NaN"[..], b"Infinity", b"-Infinity"].into_iter().find(|word| bytes.starts_with(word));
    found.map_or((1, None), |word| (word.len(), Some("null")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn half_a_pair_becomes_a_mark_and_the_rest_stays() {
        for (broken, whole) in [
            (r#"{"a":"x\ud83dy"}"#, json!({"a": "x\u{fffd}y"})),
            (r#"{"a":"\uDE00\ud83d\ude00\ud83d"}"#, json!({"a": "\u{fffd}😀\u{fffd}"})),
            (r#"{"a":"\ud83d\ud83d\ude00é"}"#, json!({"a": "\u{fffd}😀é"})),
            (r#"{"a":"\\ud83d\ud83d\\"}"#, json!({"a": "\\ud83d\u{fffd}\\"})),
            (
                r#"{"a":[NaN,-Infinity,Infinity,-1],"b":"NaN"}"#,
                json!({"a": [null, null, null, -1], "b": "NaN"}),
            ),
        ] {
            assert_eq!(serde_json::from_str::<Value>(&mended(broken).unwrap()).unwrap(), whole, "{broken}");
        }
        for other in [r#"{"a":"x"}"#, r#"{"a": oops"#, "", r#""\ud83d\ude00""#, r#"{"a":"\u12"#] {
            assert_eq!(mended(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in any::<String>(), cut in r#"(\\ud83d|\\u|"|\\|NaN|\\udc00){0,8}"#) {
            let _ = mended(&format!("{cut}{text}{cut}"));
        }

        #[test]
        fn what_is_json_stays_as_it_is(text in any::<String>()) {
            prop_assert_eq!(mended(&json!({"a": text}).to_string()), None);
        }
    }
}
