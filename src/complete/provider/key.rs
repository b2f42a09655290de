//! Keys of APIs: from the environment into a header, and nowhere else.

use reqwest::header::HeaderValue;

/// What stands in the place of a key that came back in a server's text.
const REMOVED: &str = "[key removed]";

/// Shorter keys are placeholders such as `EMPTY`, which servers of one's own are given: in an answer, such a word is the
/// model's.
const SHORTEST_SECRET: usize = 16;

/// A key. It can not be printed, compared or serialised; it leaves this type only as a header that is marked sensitive,
/// and, one that was made for a server of ours, to that server.
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

    /// The key itself, for a server of ours that is to ask for it.
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

    /// A text for an error, without the key.
    pub fn removed_from(&self, text: &str) -> String {
        text.replace(&self.0, REMOVED)
    }

    /// A server's answer without the key, unless the key is a mere placeholder.
    pub fn removed_from_answer(&self, answer: String) -> String {
        if self.0.len() >= SHORTEST_SECRET && answer.contains(&self.0) {
            self.removed_from(&answer)
        } else {
            answer
        }
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
        assert!(matches!(key(&["MISSING", "EMPTY"]), Ok(None)));
        let error = key(&["BROKEN"]).err().unwrap();
        assert_eq!(error, KeyError { variable: "BROKEN" });
        assert!(!error.to_string().contains("two"));
    }
}
