//! Keys of APIs: from the environment into a header, and nowhere else.

use std::ops::Range;

use reqwest::header::HeaderValue;

/// What replaces a key that came back in a server's text.
pub(super) const REMOVED: &str = "[key removed]";

/// Shorter keys are placeholders such as `EMPTY`, which servers of one's own are given: in an answer, such a word is
/// the model's own.
const SHORTEST_SECRET: usize = 16;

/// A key. It can not be printed, compared or serialised; it leaves this type only as a header that is marked sensitive,
/// or, if it was made for a server that Karat starts, to that server.
#[derive(Clone)]
pub struct Key(String);

/// A variable holds something that can not be sent as a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is not a key: it has characters that a header can not carry; set it again")]
pub struct KeyError {
    /// The variable's name.
    pub variable: &'static str,
}

impl Key {
    /// The key in the first of these variables that is set and not blank.
    ///
    /// # Errors
    ///
    /// When it can not be a header.
    pub fn from_environment(
        environment: &dyn Fn(&str) -> Option<String>,
        variables: &[&'static str],
    ) -> Result<Option<Key>, KeyError> {
        for variable in variables {
            let Some(value) = environment(variable) else { continue };
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(KeyError { variable });
            }
            return Ok(Some(Key(value.to_owned())));
        }
        Ok(None)
    }

    /// A key that nobody can guess.
    ///
    /// # Errors
    ///
    /// Where the system has no random numbers.
    pub(super) fn random() -> std::io::Result<Key> {
        use std::io::Read;
        let mut bytes = [0_u8; 32];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Key(blake3::Hash::from_bytes(bytes).to_hex().to_string()))
    }

    /// The key itself, for a server that Karat starts and that will ask for it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The header that carries it: `prefix` and the key.
    pub fn header(&self, prefix: &str) -> HeaderValue {
        let mut value = HeaderValue::from_str(&format!("{prefix}{}", self.0))
            .expect("a key of graphic ASCII characters is a header's value");
        value.set_sensitive(true);
        value
    }

    /// A text for an error, without the key, whether the key is in it as it is or with some characters escaped as in
    /// JSON.
    pub fn removed_from(&self, text: &str) -> String {
        let text = text.replace(&self.0, REMOVED);
        let (mut plain, mut copied) = (String::new(), 0);
        while let Some(found) = self.find_escaped(&text, copied) {
            plain.push_str(&text[copied..found.start]);
            plain.push_str(REMOVED);
            copied = found.end;
        }
        plain + &text[copied..]
    }

    /// A server's answer without the key, unless the key is a mere placeholder.
    pub fn removed_from_answer(&self, answer: String) -> String {
        let is_secret = self.0.len() >= SHORTEST_SECRET;
        if is_secret && (answer.contains(&self.0) || self.find_escaped(&answer, 0).is_some()) {
            self.removed_from(&answer)
        } else {
            answer
        }
    }

    /// Where the key is, from a byte on, in a text that may have escaped some of its characters once or, in JSON within
    /// JSON, several times.
    fn find_escaped(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let (bytes, first) = (text.as_bytes(), self.0.as_bytes().first()?);
        let stroke = from + bytes[from..].iter().position(|&byte| byte == b'\\')?;
        // The key begins so far before the first escape at most. A run of strokes is one start: it ends in the same
        // place from each of them.
        let earliest = from.max(stroke.saturating_sub(self.0.len()));
        let begins = |&at: &usize| match bytes[at] {
            b'\\' => at == from || bytes[at - 1] != b'\\',
            byte => byte == *first,
        };
        (earliest..bytes.len())
            .filter(begins)
            .find_map(|start| Some(start..self.end_of_escaped(bytes, start)?))
    }

    fn end_of_escaped(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut at = start;
        for &wanted in self.0.as_bytes() {
            let strokes = bytes[at..].iter().take_while(|&&byte| byte == b'\\').count();
            let after = &bytes[at + strokes..];
            let is_code = |digits: &[u8]| {
                let text = std::str::from_utf8(digits).ok();
                text.and_then(|text| u32::from_str_radix(text, 16).ok()) == Some(wanted.into())
            };
            let code = after.strip_prefix(b"u").and_then(|digits| digits.get(..4));
            at += if strokes > 0 && code.is_some_and(is_code) {
                strokes + 5
            } else if strokes > 0 && wanted == b'\\' {
                strokes
            } else if after.first() == Some(&wanted) {
                strokes + 1
            } else {
                return None;
            };
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let environment = |name: &str| match name {
            "EMPTY" => Some(" ".to_owned()),
            "FIRST" => Some("sk-secret\n".to_owned()),
            "SECOND" => Some("other".to_owned()),
            "BROKEN" => Some("two\nlines".to_owned()),
            _ => None,
        };
        let key = |names: &[&'static str]| Key::from_environment(&environment, names);
        let first = key(&["MISSING", "EMPTY", "FIRST", "SECOND"]).ok().flatten().unwrap();
        assert_eq!(first.header("Bearer ").as_bytes(), b"Bearer sk-secret");
        assert_eq!(format!("{:?}", first.header("Bearer ")), "Sensitive");
        assert_eq!(first.removed_from("bad key: sk-secret!"), "bad key: [key removed]!");
        assert_eq!(first.removed_from_answer("sk-secret".into()), "sk-secret"); // too short to be one
        assert_eq!(
            Key("0123456789abcdef".into()).removed_from_answer("<0123456789abcdef>".into()),
            "<[key removed]>"
        );
        let secret = Key("sk-/0123456789\"ab".into());
        let all: String = secret.0.chars().map(|letter| format!("\\u{:04X}", u32::from(letter))).collect();
        for escaped in [
            r#"sk-\/0123456789\"ab"#,
            r#"sk-/0123456789\"ab"#,
            r#"\u0073k-/01234\u0035\u0036789\"ab"#,
            r#"sk-\\/0123456789\\\"ab"#,
            r#"\\u0073k-/0123456789\\u0022ab"#,
            &all,
        ] {
            let text = format!(r#"{{"a": "\n<{escaped}>\"", "b": "{escaped}"}}"#);
            let wanted = r#"{"a": "\n<[key removed]>\"", "b": "[key removed]"}"#;
            assert_eq!(secret.removed_from_answer(text.clone()), wanted, "{escaped}");
            assert_eq!(secret.removed_from(&text), wanted, "{escaped}");
        }
        assert_eq!(secret.removed_from(r"sk-\u0\"), r"sk-\u0\");
        assert!(matches!(key(&["MISSING", "EMPTY"]), Ok(None)));
        let error = key(&["BROKEN"]).err().unwrap();
        assert_eq!(error, KeyError { variable: "BROKEN" });
        assert!(!error.to_string().contains("two"));
    }
}
