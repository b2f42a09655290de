//! What stands in the lines of code that is no part of it: line numbers, an interpreter's marks, HTML.

use super::how::Note;
use super::python::{self, Token};
use crate::problem::Language;

/// Code without decoration.
pub fn plain(code: String, language: Language, notes: &mut Vec<Note>) -> String {
    let code = without_numbers(&code, notes).unwrap_or(code);
    let code = without_interpreter_marks(&code, language, notes).unwrap_or(code);
    without_html(&code, language, notes).unwrap_or(code)
}

/// Takes away numbers that count the lines: `1 def f():`, `12: return`, `3| x`.
fn without_numbers(code: &str, notes: &mut Vec<Note>) -> Option<String> {
    let mut expected = None;
    let mut plain = String::with_capacity(code.len());
    let mut words = false;
    let mut count = 0;
    for line in code.lines() {
        let rest = line.trim_start();
        if !rest.is_empty() {
            let digits =
                rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
            let number: u32 = rest[..digits].parse().ok()?;
            if expected.is_some_and(|expected| expected != number) || (expected.is_none() && number > 1) {
                return None;
            }
            expected = Some(number + 1);
            let rest = rest[digits..].trim_start_matches([':', '|', '.', ')']);
            let code = if rest.is_empty() { rest } else { rest.strip_prefix([' ', '\t'])? };
            words |= code.contains(char::is_alphabetic);
            plain.push_str(code);
            count += 1;
        }
        plain.push('\n');
    }
    if !words || count < 2 {
        return None;
    }
    notes.push(Note::LineNumbersRemoved);
    Some(plain)
}

/// Takes what was typed out of a session with Python's interpreter.
fn without_interpreter_marks(code: &str, language: Language, notes: &mut Vec<Note>) -> Option<String> {
    let first = code.lines().find(|line| !line.trim().is_empty())?;
    if language != Language::Python || !first.starts_with(">>> ") {
        return None;
    }
    let mut plain = String::with_capacity(code.len());
    for line in code.lines() {
        let typed = [">>> ", "... "].iter().find_map(|mark| line.strip_prefix(mark));
        if let Some(typed) = typed {
            plain.push_str(typed);
            plain.push('\n');
        }
    }
    notes.push(Note::InterpreterMarksRemoved);
    Some(plain)
}

/// Takes back the escapes of HTML, if the code itself has some and has nothing that would have been escaped too.
fn without_html(code: &str, language: Language, notes: &mut Vec<Note>) -> Option<String> {
    if !code.contains("&lt;") && !code.contains("&gt;") && !code.contains("&amp;") && !code.contains("&quot;")
    {
        return None;
    }
    if language == Language::Python {
        let lines = python::lines(code);
        let tokens = || lines.iter().flat_map(|line| line.tokens.windows(3));
        let escaped = tokens().any(|part| {
            matches!(part, [Token::Mark('&'), Token::Name("lt" | "gt" | "amp" | "quot"), Token::Mark(';')])
        });
        let plain = lines.iter().flat_map(|line| &line.tokens).any(|token| token.is('<') || token.is('>'));
        if !escaped || plain {
            return None;
        }
    } else if code.contains(['<', '>']) {
        return None;
    }
    notes.push(Note::HtmlUnescaped);
    let mut plain = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let names = [
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&amp;", '&'),
            ("&quot;", '"'),
            ("&#39;", '\''),
            ("&#x27;", '\''),
        ];
        match names.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, character)) => {
                plain.push(*character);
                rest = &rest[name.len()..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    Some(plain)
}
