//! Texts as Python takes them apart.

/// Whether Python's `str.isspace` holds: Unicode's white space and the four separators of ASCII.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

/// `str.strip()`
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.split()`
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|token| !token.is_empty())
}

/// The stripped lines of the stripped text: `[line.strip() for line in text.strip().split('\n')]`.
pub(super) fn stripped_lines(text: &str) -> impl Iterator<Item = &str> {
    strip(text).split('\n').map(strip)
}

/// `str.splitlines()`
pub(super) fn split_lines(text: &str) -> Vec<&str> {
    let is_end = |character| {
        matches!(
            character,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(is_end) {
        lines.push(&rest[..end]);
        let mut after = rest[end..].chars();
        let is_pair = rest[end..].starts_with("\r\n");
        after.nth(usize::from(is_pair));
        rest = after.as_str();
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// `float(text)`: nothing where that would raise.
pub(super) fn float(text: &str) -> Option<f64> {
    let text = strip(text);
    if !text.contains('_') {
        return text.parse().ok();
    }
    // Underscores may stand between two digits.
    let is_digit = |character: char| character.is_ascii_digit();
    let mut parts = text.split('_').peekable();
    let mut is_first = true;
    while let Some(part) = parts.next() {
        let begins = is_first || part.starts_with(is_digit);
        let ends = parts.peek().is_none() || part.ends_with(is_digit);
        if !(begins && ends) {
            return None;
        }
        is_first = false;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_python_ends_them() {
        // [line for line in text.splitlines()] in CPython 3.11
        let text = "a\nb\r\nc\rd\x0be\x0cf\x1cg\x1dh\x1ei\u{85}j\u{2028}k\u{2029}l\x1fm\n\nn";
        let lines = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l\x1fm", "", "n"];
        assert_eq!(split_lines(text), lines);
        assert_eq!(split_lines(""), [""; 0]);
        assert_eq!(split_lines("\n"), [""]);
        assert_eq!(split_lines("a\n"), ["a"]);
        assert_eq!(split_lines("\n\ra"), ["", "", "a"]);
    }

    #[test]
    fn white_space_is_pythons() {
        let space =
            "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u{85}\u{a0}\u{1680}\u{2000}\u{2028}\u{202f}\u{205f}\u{3000}";
        assert!(space.chars().all(is_space));
        assert!(!"\u{200b}\u{feff}\u{180e}\0a".chars().any(is_space));
        assert_eq!(tokens(" a\u{1f}b\u{3000} c").collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn floats_are_read_as_python_reads_them() {
        for (text, value) in [
            ("1", 1.0),
            (" +1.5\n", 1.5),
            ("1_0.5", 10.5),
            ("1e1_0", 1e10),
            (".5", 0.5),
            ("5.", 5.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("iNf", f64::INFINITY),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(float(text), Some(value), "{text}");
        }
        for text in ["", "a", "_1", "1_", "1__0", "1_.5", "1._5", "1e_5", "0x10", "1 2", ".", "1e", "--1"] {
            assert_eq!(float(text), None, "{text}");
        }
        assert!(float("nan").is_some_and(f64::is_nan));
    }
}
