//! How much memory the values of one record may take: `0,` is two bytes of JSON and 32 of memory.

use std::cell::Cell;

/// The most values that one record may hold, including those in JSON within its texts. They take 160 MiB of memory, and
/// another 60 for what is stored and what goes to a cell. Published tests have a few million.
pub(crate) const MOST_VALUES: u64 = 5 << 20;

/// How many values a record may still have.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    left: Cell<u64>,
}

impl Default for Values {
    fn default() -> Values {
        Values { left: Cell::new(MOST_VALUES) }
    }
}

impl Values {
    /// Counts what is parsed and then made into arguments or expected values, which are as many again. False if that is
    /// more than is left.
    #[must_use]
    pub(crate) fn take_json(&self, json: &[u8]) -> bool {
        self.take(2 * values_in(json))
    }

    /// Counts what is made into a value at once. False if that is more than is left.
    #[must_use]
    pub(crate) fn take_value(&self, json: &[u8]) -> bool {
        self.take(values_in(json))
    }

    /// Counts a number of values; false if fewer are left.
    #[must_use]
    pub(crate) fn take(&self, count: u64) -> bool {
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// How many values and names of fields a JSON text has at most: one, and one after each bracket that opens, comma and
/// colon outside of strings.
fn values_in(json: &[u8]) -> u64 {
    let mut count = 1;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' | b',' | b':' => count += 1,
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use jiter::JsonValue;
    use proptest::prelude::*;

    use super::*;

    fn values(value: &JsonValue<'_>) -> u64 {
        1 + match value {
            JsonValue::Array(items) => items.iter().map(values).sum(),
            JsonValue::Object(fields) => fields.iter().map(|(_, value)| 1 + values(value)).sum(),
            _ => 0,
        }
    }

    #[test]
    fn what_is_taken_is_gone() {
        let left = Values { left: Cell::new(7) };
        assert!(left.take_json(b"[1, \"a,[\\\",\"]")); // three, and three again
        assert!(left.take_value(b"0"));
        assert!(!left.take_value(b"0"));
    }

    proptest! {
        #[test]
        fn no_value_escapes_the_count(text in r#"[\[\]{}:," a1\\]{0,24}"#) {
            if let Ok(value) = JsonValue::parse(text.as_bytes(), true) {
                prop_assert!(values_in(text.as_bytes()) >= values(&value), "{}", text);
            }
        }
    }
}
