//! What is in the lines of code without being part of it: line numbers, an interpreter's marks, HTML.

use super::how::Note;
use crate::problem::Language;
use crate::python::{self, Chunk, SourceLine, StatementKind, Token};

/// Code without decoration.
pub(super) fn plain(code: String, language: Language, notes: &mut Vec<Note>) -> String {
    let code = without_numbers(&code, notes).unwrap_or(code);
    let code = without_interpreter_marks(&code, language, notes).unwrap_or(code);
    let code = without_html(&code, language, notes).unwrap_or(code);
    without_heading(&code, language, notes).unwrap_or(code)
}

/// Removes lines above a program and behind it that are no part of it: `python`, `src/solution.py`, `Explanation`, and
/// a call of a function that is only defined below it. None of them can do anything there but fail.
fn without_heading(code: &str, language: Language, notes: &mut Vec<Note>) -> Option<String> {
    if language != Language::Python {
        return None;
    }
    let lines = python::lines(code);
    let chunks = python::outline(&lines);
    let first = lines.iter().position(SourceLine::is_statement)?;
    if chunks.first()?.head != first {
        return None;
    }
    let is_heading = |number: usize| is_name(&lines, &chunks[number]) || calls_ahead(&lines, &chunks, number);
    let before = (0..chunks.len()).take_while(|&number| is_heading(number)).count();
    let after = chunks[before..].iter().rev().take_while(|chunk| is_name(&lines, chunk)).count();
    let kept = before..chunks.len() - after;
    if kept.is_empty() || kept.len() == chunks.len() {
        return None;
    }
    let from = lines[chunks[kept.start].lines.start].start;
    let end = chunks.get(kept.end).map_or(code.len(), |chunk| lines[chunk.lines.start].start);
    notes.push(Note::HeadingDropped { lines: chunks.len() - kept.len() });
    Some(code[from..end].trim_start_matches('\n').to_owned())
}

/// A word or a number, or several with points, strokes, hyphens and arrows between them, and nothing else.
pub(super) fn is_name(lines: &[SourceLine<'_>], chunk: &Chunk<'_>) -> bool {
    let tokens = lines[chunk.head].tokens.as_slice();
    let is_word = |token: &Token<'_>| match token {
        Token::Name(word) => !python::is_keyword(word),
        Token::Number | Token::Text => true,
        _ => false,
    };
    let joins = |token: &Token<'_>| matches!(token, Token::Mark('.' | '/' | '-' | '<' | '>'));
    let alternates = |pair: &[Token<'_>]| is_word(&pair[0]) != is_word(&pair[1]) || pair[0] == pair[1];
    chunk.kind == StatementKind::Other
        && lines[chunk.head..chunk.lines.end].iter().filter(|line| !line.tokens.is_empty()).count() == 1
        && matches!(tokens.first(), Some(Token::Name(_) | Token::Number))
        && tokens.last().is_some_and(is_word)
        && tokens.iter().all(|token| is_word(token) || joins(token))
        && tokens.windows(2).all(alternates)
}

/// A line that does nothing but call what is defined only further down.
fn calls_ahead(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>], number: usize) -> bool {
    let chunk = &chunks[number];
    let [Token::Name(name), Token::Mark('('), ..] = lines[chunk.head].tokens.as_slice() else { return false };
    let tokens = lines[chunk.head..chunk.lines.end].iter().flat_map(|line| &line.tokens);
    let mut depth = 0_i32;
    let mut closed = 0;
    for token in tokens {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth -= 1,
            _ => {}
        }
        closed += i32::from(depth == 0 && token.is(')'));
    }
    let ends = lines[chunk.head..chunk.lines.end].iter().rev().find_map(|line| line.tokens.last());
    let is_defined = chunks[number + 1..].iter().any(|later| {
        matches!(&later.kind, StatementKind::Function { name: defined, .. } | StatementKind::Class { name: defined, .. } if defined == name)
    });
    chunk.kind == StatementKind::Other && closed == 1 && ends.is_some_and(|last| last.is(')')) && is_defined
}

/// Removes numbers that count the lines: `1 def f():`, `12: return`, `3| x`.
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
    if language != Language::Python || typed(first).is_none() {
        return None;
    }
    let plain = code.lines().filter_map(typed).flat_map(|line| [line, "\n"]).collect();
    notes.push(Note::InterpreterMarksRemoved);
    Some(plain)
}

/// What was typed on a line of a session with Python's interpreter, or IPython's: `>>> x`, `... x`, `In [1]: x`, `
/// ...: x`.
pub(super) fn typed(line: &str) -> Option<&str> {
    let plain = [">>> ", "... "].iter().find_map(|mark| line.strip_prefix(mark));
    let ipython = || {
        let rest = match line.strip_prefix("In [") {
            Some(rest) => rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).strip_prefix("]:")?,
            None => line.trim_start().strip_prefix("...:")?,
        };
        Some(rest.strip_prefix(' ').unwrap_or(rest))
    };
    plain.or_else(ipython)
}

/// Undoes HTML's escapes, if the code has some, and has nothing that would have been escaped too.
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
