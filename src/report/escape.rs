//! Text that a model wrote, or a name that a user chose, made harmless for what it is put into: one function a format.
//!
//! All of them first make control characters and those that reorder text visible, by [`printable`].

use std::borrow::Cow;

use super::printable;

/// Text within HTML, between tags or in a quoted attribute. It can end neither, nor start anything.
pub fn html(text: &str) -> Cow<'_, str> {
    let is_plain = |character: char| {
        !matches!(character, '&' | '<' | '>' | '"' | '\'' | '`')
            && (character == '\n' || is_visible(character))
    };
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    push_html(&mut out, text);
    Cow::Owned(out)
}

/// Appends [`html`] of the text.
pub fn push_html(out: &mut String, text: &str) {
    push_printable_html(out, &printable(text));
}

/// Appends [`html`] of a text that [`printable`] has gone over already.
pub(super) fn push_printable_html(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(position) = rest.find(['&', '<', '>', '"', '\'', '`']) {
        out.push_str(&rest[..position]);
        out.push_str(match rest.as_bytes()[position] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => "&#96;",
        });
        rest = &rest[position + 1..];
    }
    out.push_str(rest);
}

fn is_visible(character: char) -> bool {
    character.is_ascii_graphic() || character == ' ' || character.is_alphanumeric()
}

/// A text field of a CSV file by RFC 4180, quoted where it has to be.
///
/// Spreadsheets take a field that begins with `=`, `+`, `-`, `@`, a tab or an end of line for a formula; such a field
/// gets an apostrophe in front, which they take for "this is text". Numbers do not belong in here: `-1` is one.
pub fn csv(text: &str) -> String {
    let mut field = printable(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        field.insert(0, '\'');
    }
    let needs_quotes = |character| matches!(character, '"' | ',' | ';' | '\n' | '\t' | ' ' | '\'');
    if field.contains(needs_quotes) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

/// Text within a line or a table cell of Markdown: it stays text, and on one line. Every punctuation mark that could
/// make it anything else gets a backslash, and those of HTML are written as entities.
pub fn markdown(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len() + 8);
    for (index, character) in text.char_indices() {
        let before = &text[..index];
        let special = match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!' | '@'
            | '$' | '=' | '+' | ':' | '^' => true,
            '-' => before.trim_start().is_empty(),
            // A number and a dot begin a list; www. begins a link.
            '.' => {
                before.trim_start().chars().all(|one| one.is_ascii_digit())
                    || before.to_ascii_lowercase().ends_with("www")
            }
            _ => false,
        };
        match character {
            '\n' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if special => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// What models and users might write, whole or in parts.
    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("</script><script>alert(1)</script>".to_owned()),
            Just("\u{1b}[2J\u{202e}\0\r\n".to_owned()),
            Just("|`*_[x](javascript:y) ~~ www.a.b https://c.d 1. # - + &amp; $x$".to_owned()),
            Just("=cmd|' /C calc'!A0\"\",".to_owned()),
            any::<String>(),
            "[ -~]{0,8}",
        ];
        proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
    }

    fn read_csv(field: &str) -> String {
        match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => field.to_owned(),
        }
    }

    #[test]
    fn html_cannot_be_left() {
        let table = [
            ("</script>", "&lt;/script&gt;"),
            ("a & \"b\" 'c' `d`", "a &amp; &quot;b&quot; &#39;c&#39; &#96;d&#96;"),
            ("\0\x1b[31m", "\\u{0}\\u{1b}[31m"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("naïve\n漢字", "naïve\n漢字"),
        ];
        for (text, expected) in table {
            assert_eq!(html(text), expected);
        }
    }

    #[test]
    fn csv_has_no_formulas() {
        let table = [
            ("plain", "plain"),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@sum", "\"'@sum\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\\rx\""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("a-b", "a-b"),
        ];
        for (text, expected) in table {
            assert_eq!(csv(text), expected, "{text:?}");
        }
    }

    #[test]
    fn markdown_stays_text() {
        let table = [
            ("gpt-4.1 mini", "gpt-4.1 mini"),
            ("a|b", "a\\|b"),
            ("`x`", "\\`x\\`"),
            ("<b>", "&lt;b&gt;"),
            ("[a](b)", "\\[a\\]\\(b\\)"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("two\nlines", "two lines"),
            ("^a^", "\\^a\\^"),
            ("https://a.b www.c.d", "https\\://a.b www\\.c.d"),
        ];
        for (text, expected) in table {
            assert_eq!(markdown(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn html_holds_nothing_raw(text in hostile()) {
            let out = html(&text);
            let raw = ['<', '>', '"', '\'', '`', '\0', '\x1b', '\r', '\u{202e}'];
            prop_assert!(!out.contains(raw));
            let back = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'")
                .replace("&#96;", "`").replace("&amp;", "&");
            prop_assert_eq!(back, printable(&text));
        }

        #[test]
        fn csv_round_trips(text in hostile()) {
            let field = csv(&text);
            let read = read_csv(&field);
            prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            let guarded = read.strip_prefix('\'').filter(|rest| *rest == printable(&text));
            prop_assert_eq!(guarded.unwrap_or(&read), printable(&text));
            let unquoted = field.strip_prefix('"').is_none();
            prop_assert!(!unquoted || !field.contains([',', '\n', '"']));
        }

        #[test]
        fn markdown_is_one_paragraph_of_the_same_text(text in hostile()) {
            let line = markdown(&text);
            let mut read = String::new();
            for event in Parser::new_ext(&line, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
                match event {
                    Event::Text(part) => read.push_str(&part),
                    Event::Start(Tag::Paragraph) | Event::End(_) => {}
                    other => prop_assert!(false, "{:?} in {:?}", other, line),
                }
            }
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(&read), words(&printable(&text)));
        }
    }
}
