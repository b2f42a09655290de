//! `long` as programs know it: 64 bits wide. On the compiler's target it has 32, and `long long` has 64, so that is
//! what programs are compiled with.
//!
//! A program's text is changed in places, by a lexer: `long` becomes `long long`, `5L` becomes `5LL`, and what the
//! library has for `long` becomes what it has for `long long`. Formats of `printf` and its like are mended afterwards,
//! where the compiler says that they do not fit.

/// A text in which something was put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WideText {
    /// The text.
    pub text: String,
    /// What was put in: the line, from 1, the column in the new text, from 1, and how many bytes.
    put_in: Vec<(u32, u32, u32)>,
    is_wide: bool,
}

/// Names, and at which byte of them what is put in.
const NAMES: &[(&str, usize, &str)] = &[
    ("LONG_MAX", 0, "L"),
    ("LONG_MIN", 0, "L"),
    ("ULONG_MAX", 1, "L"),
    ("__builtin_clzl", 14, "l"),
    ("__builtin_ctzl", 14, "l"),
    ("__builtin_ffsl", 14, "l"),
    ("__builtin_parityl", 17, "l"),
    ("__builtin_popcountl", 19, "l"),
    ("atol", 4, "l"),
    ("labs", 0, "l"),
    ("lrint", 0, "l"),
    ("lround", 0, "l"),
    ("stol", 4, "l"),
    ("stoul", 5, "l"),
    ("strtol", 6, "l"),
    ("strtoul", 7, "l"),
];

/// A token: where it begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Other,
}

impl WideText {
    /// A program's text, changed.
    pub(super) fn of(source: &str) -> WideText {
        let mut insertions: Vec<(usize, &str)> = Vec::new();
        let tokens = tokens(source);
        let word = |index: Option<usize>| {
            index.and_then(|index| tokens.get(index)).map_or("", |token| &source[token.start..token.end])
        };
        for (index, token) in tokens.iter().enumerate() {
            let text = &source[token.start..token.end];
            match token.kind {
                Kind::Word if text == "long" => {
                    let around = [word(index.checked_sub(1)), word(Some(index + 1))];
                    if !around.iter().any(|other| ["long", "double"].contains(other)) {
                        insertions.push((token.end, " long"));
                    }
                }
                Kind::Word => {
                    if let Some((_, at, put_in)) = NAMES.iter().find(|(name, ..)| *name == text) {
                        insertions.push((token.start + at, put_in));
                    }
                }
                Kind::Number if is_long(text) => {
                    let at = text.rfind(['l', 'L']).unwrap_or_default();
                    insertions.push((token.start + at, &text[at..=at]));
                }
                Kind::Number | Kind::Other => {}
            }
        }
        let (mut text, mut put_in) = (String::with_capacity(source.len()), Vec::new());
        let (mut done, mut line, mut begin) = (0, 1, 0);
        for (at, inserted) in insertions {
            let before = &source[done..at];
            text.push_str(before);
            line += before.matches('\n').count() as u32;
            begin = before.rfind('\n').map_or(begin, |newline| text.len() - before.len() + newline + 1);
            put_in.push((line, (text.len() - begin + 1) as u32, inserted.len() as u32));
            text.push_str(inserted);
            done = at;
        }
        text.push_str(&source[done..]);
        WideText { text, put_in, is_wide: true }
    }

    /// A program's text as it is.
    pub(super) fn unchanged(source: &str) -> WideText {
        WideText { text: source.to_owned(), put_in: Vec::new(), is_wide: false }
    }

    /// Whether anything was put in.
    pub(super) fn is_changed(&self) -> bool {
        !self.put_in.is_empty()
    }

    /// Whether its `long` has 64 bits.
    pub(super) fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// The column of the original text that became this one.
    pub(super) fn original_column(&self, line: u32, column: u32) -> u32 {
        let before = self.put_in.iter().filter(|(other, at, _)| *other == line && *at < column);
        column.saturating_sub(before.map(|(_, at, bytes)| (*bytes).min(column - at)).sum()).max(1)
    }

    /// The text with formats as the compiler would have them: it says so in lines of the form
    /// `fix-it:"FILE":{LINE:COLUMN-LINE:COLUMN}:"TEXT"`. Nothing if there are none.
    pub(super) fn with_formats(&self, said: &str) -> Option<WideText> {
        let mut starts = vec![0];
        starts.extend(self.text.match_indices('\n').map(|(newline, _)| newline + 1));
        let place = |text: &str| {
            let (line, column) = text.split_once(':')?;
            let (line, column) = (line.parse::<usize>().ok()?, column.parse::<usize>().ok()?);
            starts.get(line.checked_sub(1)?)?.checked_add(column.checked_sub(1)?)
        };
        let fix = |line: &str| {
            let (range, text) =
                line.strip_prefix("fix-it:\"program.")?.split_once("\":{")?.1.split_once("}:\"")?;
            let (start, end) = range.split_once('-')?;
            let (start, end) = (place(start)?, place(end)?);
            let text = text.strip_suffix('"')?;
            let is_format = text.starts_with('%') && self.text.get(start..end)?.starts_with('%');
            is_format.then(|| (start, end, text.to_owned()))
        };
        let mut fixes: Vec<(usize, usize, String)> = said.lines().filter_map(fix).collect();
        fixes.sort();
        fixes.dedup_by_key(|(start, ..)| *start);
        if fixes.is_empty() {
            return None;
        }
        let (mut text, mut done) = (String::with_capacity(self.text.len()), 0);
        for (start, end, format) in fixes {
            if let Some(before) = self.text.get(done..start) {
                text.push_str(before);
                text.push_str(&format);
                done = end;
            }
        }
        text.push_str(&self.text[done..]);
        Some(WideText { text, ..self.clone() })
    }
}

/// Whether a number is an integer whose type is `long`: it has one `l` at its end, beside a `u`.
fn is_long(number: &str) -> bool {
    let number = number.to_ascii_lowercase();
    let digits = number.trim_end_matches(['u', 'l']);
    let is_hexadecimal = digits.starts_with("0x");
    let is_real =
        digits.contains('.') || if is_hexadecimal { digits.contains('p') } else { digits.contains('e') };
    !is_real && number[digits.len()..].matches('l').count() == 1
}

/// The words, numbers and other characters of a text, without comments, literals and the names of headers.
pub(super) fn tokens(source: &str) -> Vec<Lexeme> {
    let bytes = source.as_bytes();
    let mut tokens: Vec<Lexeme> = Vec::new();
    let mut at = 0;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    while at < bytes.len() {
        let start = at;
        let rest = &source[..][start..];
        match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if rest.starts_with("//") => at = end_of_line(bytes, at),
            b'/' if rest.starts_with("/*") => {
                at = rest[2..].find("*/").map_or(bytes.len(), |end| start + end + 4)
            }
            b'"' | b'\'' => {
                at = end_of_literal(bytes, at);
                tokens.push(Lexeme { start, end: at, kind: Kind::Other });
            }
            b'<' if follows_include(source, &tokens) => {
                at = rest.find(['>', '\n']).map_or(bytes.len(), |end| start + end + 1);
            }
            byte if byte.is_ascii_digit() => {
                // A digit may follow a quotation mark, and a sign an exponent.
                while at < bytes.len()
                    && (is_word(bytes[at])
                        || bytes[at] == b'.'
                        || bytes[at] == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
                        || matches!(bytes[at], b'+' | b'-')
                            && matches!(bytes[at - 1], b'e' | b'E' | b'p' | b'P')
                            && !(source[start..at].starts_with("0x") && matches!(bytes[at - 1], b'e' | b'E')))
                {
                    at += 1;
                }
                tokens.push(Lexeme { start, end: at, kind: Kind::Number });
            }
            byte if is_word(byte) => {
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
                if bytes.get(at) == Some(&b'"') && source[start..at].ends_with('R') {
                    at = end_of_raw(source, at);
                } else {
                    tokens.push(Lexeme { start, end: at, kind: Kind::Word });
                }
            }
            _ => {
                at += 1;
                tokens.push(Lexeme { start, end: at, kind: Kind::Other });
            }
        }
    }
    tokens
}

fn follows_include(source: &str, tokens: &[Lexeme]) -> bool {
    tokens.last().is_some_and(|token| source[token.start..token.end].starts_with("include"))
        && tokens.iter().rev().nth(1).is_some_and(|token| &source[token.start..token.end] == "#")
}

fn end_of_line(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && (bytes[at] != b'\n' || bytes[at - 1] == b'\\') {
        at += 1;
    }
    at
}

fn end_of_literal(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != bytes[start] && bytes[at] != b'\n' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The end of `"DELIMITER(…)DELIMITER"`.
fn end_of_raw(source: &str, quote: usize) -> usize {
    let rest = &source[quote + 1..];
    let Some((delimiter, text)) = rest.split_once('(') else { return source.len() };
    let end = format!("){delimiter}\"");
    text.find(&end).map_or(source.len(), |at| quote + 1 + delimiter.len() + 1 + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(source: &str) -> String {
        WideText::of(source).text
    }

    #[test]
    fn long_becomes_long_long_and_nothing_else_does() {
        for (source, expected) in [
            ("long x;", "long long x;"),
            ("unsigned long int f(long);", "unsigned long long int f(long long);"),
            (
                "long long x; long double y; long\n/* 64 */ long z;",
                "long long x; long double y; long\n/* 64 */ long z;",
            ),
            ("#define ll long", "#define ll long long"),
            ("// long\n\"long\" 'long' /* long */ R\"x(long)\" long)x\" longer", ""),
            ("#include <long>\n#include <a>\nlong a;", "#include <long>\n#include <a>\nlong long a;"),
            ("5L + 0x1FuL + 1'000'000l", "5LL + 0x1FuLL + 1'000'000ll"),
            ("5LL, 5, 0xFL, 1.5L, 1e5L, 2u, 1e-5L, x5L", "5LL, 5, 0xFLL, 1.5L, 1e5L, 2u, 1e-5L, x5L"),
            ("stol(s) < LONG_MAX && ULONG_MAX", "stoll(s) < LLONG_MAX && ULLONG_MAX"),
            ("\"a\\\"long\" long '\\'' long", "\"a\\\"long\" long long '\\'' long long"),
        ] {
            assert_eq!(wide(source), if expected.is_empty() { source } else { expected }, "{source}");
        }
        // Whatever a text ends in, it is read to its end.
        for source in ["\"long", "'\\", "R\"x(long", "/* long", "// long\\", "#include <long", "1e", "é long"]
        {
            assert_eq!(
                wide(source).len(),
                source.len() + if source.starts_with('é') { 5 } else { 0 },
                "{source}"
            );
        }
    }

    #[test]
    fn columns_are_those_of_the_program() {
        let text = WideText::of("int a;\nlong b = 5L; x\n");
        assert_eq!(text.text, "int a;\nlong long b = 5LL; x\n");
        let columns: Vec<u32> =
            [1, 4, 5, 11, 20].iter().map(|column| text.original_column(2, *column)).collect();
        assert_eq!(columns, [1, 4, 5, 6, 14]);
        assert_eq!(text.original_column(1, 20), 20);
    }

    #[test]
    fn formats_are_mended_where_the_compiler_says_so() {
        let text = WideText::of("long x;\nprintf(\"%ld %s\", x, y);\n");
        let said = "program.c:2:18: warning: …\nfix-it:\"program.c\":{2:9-2:12}:\"%lld\"\nfix-it:\"program.c\":{9:9-9:12}:\"%d\"\n\
                    fix-it:\"program.c\":{2:1-2:2}:\"(int)\"\nfix-it:\"other.h\":{2:9-2:12}:\"%d\"\n";
        let mended = text.with_formats(said).unwrap();
        assert_eq!(mended.text, "long long x;\nprintf(\"%lld %s\", x, y);\n");
        assert_eq!(mended.with_formats(""), None);
    }
}
