//! A test as the text of a table, to be put into a problem's file.

use std::fmt::Write;

use crate::problem::{Test, TestBody};
use crate::value::Value;

/// The text of a `[[tests]]` table, with comments above what it says. It reads as the test that it was made of,
/// except that a call for which nothing is expected has no text.
pub fn test_table(test: &Test, comments: &[String]) -> String {
    let fields = match &test.body {
        TestBody::Assertions { source, .. } => vec![("assertion", source.clone())],
        TestBody::Call { arguments, expected } => {
            let arguments: Vec<String> = arguments.iter().map(Value::repr).collect();
            let expected = expected.as_ref().map(|expected| ("expected", expected.repr()));
            [("arguments", arguments.join(", "))].into_iter().chain(expected).collect()
        }
        TestBody::Stdio { input, expected } => vec![("input", input.clone()), ("output", expected.clone())],
    };
    let mut table = String::from("[[tests]]\n");
    for comment in comments {
        // A comment ends with its line and has no control characters.
        let line: String =
            comment.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        let _ = writeln!(table, "# {line}");
    }
    for (field, text) in fields {
        let _ = writeln!(table, "{field} = {}", toml_string(&text));
    }
    table
}

/// A text as a TOML string, the sort that reads best.
fn toml_string(text: &str) -> String {
    let plain = |text: &str| !text.chars().any(|character| character.is_control() && character != '\t');
    if text.contains('\n') && plain(&text.replace('\n', "")) && !text.contains("'''") && !text.ends_with('\'')
    {
        return format!("'''\n{text}'''");
    }
    if plain(text) && !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    if plain(text) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut escaped = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            _ if character.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(character));
            }
            _ => escaped.push(character),
        }
    }
    escaped.push('"');
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_reads_well() {
        let call = TestBody::Call {
            arguments: Value::parse_literals("[1, 'a'], \"it's\"").unwrap(),
            expected: Some(Value::Str("\"".into())),
        };
        let comments = ["catches: two\nlines".to_owned()];
        let expected = "[[tests]]\n# catches: two lines\narguments = \"[1, 'a'], \\\"it's\\\"\"\nexpected = \"'\\\"'\"\n";
        assert_eq!(test_table(&Test::hidden(call), &comments), expected);
        let stdio = TestBody::Stdio { input: "1 2\n3\n".into(), expected: String::new() };
        let expected = "[[tests]]\ninput = '''\n1 2\n3\n'''\noutput = \"\"\n";
        assert_eq!(test_table(&Test::hidden(stdio), &[]), expected);
        let source = "assert f(\"a\") == 1".to_owned();
        let assertion = TestBody::Assertions { source, calls_check: false };
        assert_eq!(
            test_table(&Test::hidden(assertion), &[]),
            "[[tests]]\nassertion = 'assert f(\"a\") == 1'\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in prop_oneof![any::<String>(), "['\"\\\\\n\ta]{0,8}"], comment in any::<String>()) {
            let body = TestBody::Stdio { input: text.clone(), expected: String::new() };
            let table = test_table(&Test::hidden(body), &[comment]);
            let read: toml::Table = toml::from_str(&table).unwrap();
            prop_assert_eq!(read["tests"][0]["input"].as_str(), Some(text.as_str()));
        }
    }
}
