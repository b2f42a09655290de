//! Text from outside as an error, a note or a table may show it: names of files and tasks, fields, values, what parsers
//! and servers said. Such text can be of any length and hold anything, so none of it is written out but through
//! [`shown`] (names and values: one line, cut in the middle), [`shown_text`] (words: lines stay) or [`printable`] (all
//! of it).

use std::collections::VecDeque;
use std::error::Error;
use std::fmt::{self, Debug, Display, Write};

/// Most characters of a name or value that are shown.
pub(crate) const MOST_OF_NAME: usize = 300;

/// Most characters of words that are shown.
pub(crate) const MOST_OF_WORDS: usize = 4000;

/// Makes text harmless for a terminal: control characters other than newline and tab, and the characters that reorder
/// text, become visible escapes.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|character| push_visible(&mut out, character, Style::WORDS));
    out
}

/// A name or a value on one line. What is longer than [`MOST_OF_NAME`] characters is cut in the middle, since names
/// differ at their ends; a newline is escaped. As [`Debug`], it is in quotes.
pub(crate) fn shown<T: Display>(value: T) -> Shown<T> {
    Shown { value, most: MOST_OF_NAME, style: Style::NAME }
}

/// Words, on as many lines as they have. What is longer than [`MOST_OF_WORDS`] characters is cut in the middle.
pub(crate) fn shown_text<T: Display>(value: T) -> Shown<T> {
    Shown { value, most: MOST_OF_WORDS, style: Style::WORDS }
}

/// Names or values of which one is meant, each as [`shown`]: `a or b`.
pub(crate) fn either(names: &[String]) -> String {
    names.iter().map(|name| shown(name).to_string()).collect::<Vec<_>>().join(" or ")
}

/// An error with its causes, a line each, as the command line says it. Many say their cause themselves, which is not
/// said again.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = shown_text(error).to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = shown_text(error).to_string();
        if !text.contains(&said) {
            text.push_str("\n  because: ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// A number of bytes, for people.
pub(crate) fn bytes(bytes: u64) -> String {
    let (name, size) = unit(bytes);
    format!("{:.1} {name}", bytes as f64 / size)
}

/// How many bytes there are of how many, for people.
pub(crate) fn bytes_of(some: u64, all: u64) -> String {
    let (name, size) = unit(all);
    format!("{:.1} of {:.1} {name}", some as f64 / size, all as f64 / size)
}

/// The unit that a number of bytes is shown in, and how many bytes that is.
fn unit(bytes: u64) -> (&'static str, f64) {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = 1024.0;
    let mut unit = 0;
    while bytes as f64 / size >= 999.95 && unit + 1 < UNITS.len() {
        size *= 1024.0;
        unit += 1;
    }
    (UNITS[unit], size)
}

/// What [`shown`] and [`shown_text`] make.
#[derive(Clone, Copy)]
pub(crate) struct Shown<T> {
    value: T,
    most: usize,
    style: Style,
}

/// What of a text needs no escape.
#[derive(Clone, Copy)]
struct Style {
    lines: bool,
    quotes: bool,
}

impl Style {
    const WORDS: Style = Style { lines: true, quotes: false };
    const NAME: Style = Style { lines: false, quotes: false };
}

impl<T: Display> Display for Shown<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ends = Ends::new(self.most);
        write!(ends, "{}", self.value)?;
        formatter.pad(&ends.into_text(self.style))
    }
}

impl<T: Display> Debug for Shown<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ends = Ends::new(self.most);
        write!(ends, "{}", self.value)?;
        write!(formatter, "\"{}\"", ends.into_text(Style { quotes: true, ..self.style }))
    }
}

/// Takes a text of any length and keeps its ends.
struct Ends {
    half: usize,
    start: String,
    started: usize,
    end: VecDeque<char>,
    is_cut: bool,
}

impl Ends {
    fn new(most: usize) -> Ends {
        Ends { half: most / 2, start: String::new(), started: 0, end: VecDeque::new(), is_cut: false }
    }

    fn into_text(self, style: Style) -> String {
        let mut out = String::with_capacity(self.start.len() + self.end.len());
        self.start.chars().for_each(|character| push_visible(&mut out, character, style));
        if self.is_cut {
            out.push('…');
        }
        self.end.into_iter().for_each(|character| push_visible(&mut out, character, style));
        out
    }
}

impl Write for Ends {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let split = match text.char_indices().nth(self.half - self.started) {
            Some((at, _)) => at,
            None => text.len(),
        };
        let (start, mut rest) = text.split_at(split);
        self.start.push_str(start);
        self.started += start.chars().count();
        // Of a long piece, what comes before its last characters need not be looked at one by one.
        if let Some((at, _)) = rest.char_indices().rev().nth(self.half).filter(|(at, _)| *at > 0) {
            (rest, self.is_cut) = (&rest[at..], true);
        }
        for character in rest.chars() {
            if self.end.len() == self.half {
                self.end.pop_front();
                self.is_cut = true;
            }
            self.end.push_back(character);
        }
        Ok(())
    }
}

fn push_visible(out: &mut String, character: char, style: Style) {
    match character {
        '\n' | '\t' if style.lines => out.push(character),
        '"' | '\\' if style.quotes => out.extend(['\\', character]),
        '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => out.extend(character.escape_unicode()),
        _ if character.is_control() => out.extend(character.escape_default()),
        _ => out.push(character),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::Context;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        assert_eq!(printable("a\tb\n"), "a\tb\n");
        assert_eq!(printable("\x1b[2J\u{9b}31m\r"), "\\u{1b}[2J\\u{9b}31m\\r");
        assert_eq!(printable("\u{202e}txt\u{61c}"), "\\u{202e}txt\\u{61c}");
        assert_eq!(printable("naïve 漢字"), "naïve 漢字");
    }

    #[test]
    fn a_name_is_one_line_and_cut_in_the_middle() {
        assert_eq!(shown("HumanEval/0").to_string(), "HumanEval/0");
        assert_eq!(shown("a\nb\x1b[2J\u{202e}").to_string(), "a\\nb\\u{1b}[2J\\u{202e}");
        assert_eq!(format!("{:?}", shown("say \"x\"\\\n")), r#""say \"x\"\\\n""#);
        assert_eq!(format!("{:>5}|{:<5}|", shown("é"), shown("é")), "    é|é    |");
        let long = format!("first{}last", "é".repeat(200_000));
        let text = shown(&long).to_string();
        assert!(text.starts_with("firsté") && text.ends_with("élast") && text.contains("é…é"), "{text}");
        assert_eq!(text.chars().count(), MOST_OF_NAME + 1);
        let whole = "x".repeat(MOST_OF_NAME);
        assert_eq!(shown(&whole).to_string(), whole);
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        for (amount, text) in [
            (0, "0.0 KiB"),
            (1023, "1.0 KiB"),
            (999 << 10, "999.0 KiB"),
            (1 << 20, "1.0 MiB"),
            (5 << 30, "5.0 GiB"),
            (u64::MAX, "16777216.0 TiB"),
        ] {
            assert_eq!(bytes(amount), text);
        }
    }

    #[test]
    fn words_keep_their_lines() {
        let words = "line\n\tline\x07\n";
        assert_eq!(shown_text(words).to_string(), "line\n\tline\\u{7}\n");
        let long = "a line\n".repeat(100_000);
        assert_eq!(shown_text(&long).to_string().chars().count(), MOST_OF_WORDS + 1);
    }

    #[test]
    fn a_cause_is_said_once() {
        let inner = || io::Error::other("no such device");
        let error = anyhow::Error::from(inner()).context("can not use x (no such device)").context("it ends");
        assert_eq!(with_causes(error.as_ref()), "it ends\n  because: can not use x (no such device)");
        let error = Err::<(), _>(inner()).context("it ends").unwrap_err();
        assert_eq!(with_causes(error.as_ref()), "it ends\n  because: no such device");
    }

    proptest! {
        #[test]
        fn the_same_is_shown_however_a_text_is_written(
            pieces in proptest::collection::vec(".{0,8}", 0..8), half in 1_usize..6,
        ) {
            let whole = pieces.concat();
            let mut ends = Ends::new(2 * half);
            for piece in &pieces {
                ends.write_str(piece).map_err(|_| TestCaseError::fail("refused"))?;
            }
            let characters: Vec<char> = whole.chars().collect();
            let expected = if characters.len() <= 2 * half {
                whole
            } else {
                let start: String = characters[..half].iter().collect();
                let end: String = characters[characters.len() - half..].iter().collect();
                format!("{start}…{end}")
            };
            prop_assert_eq!(ends.into_text(Style::WORDS), printable(&expected));
        }
    }
}
