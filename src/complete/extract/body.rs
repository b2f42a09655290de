//! The body of a function without its header: where it ends, and how far it must be indented.

use std::collections::{HashMap, HashSet};

use super::how::Note;
use crate::python::{self, LineRole, SourceLine};

/// The body in a text, re-indented, and those definitions after it that it uses.
///
/// `target` is the indentation that the body must have.
pub(super) fn body(text: &str, target: &str, notes: &mut Vec<Note>) -> String {
    let lines = python::lines(text);
    let Some(first) = lines.iter().position(SourceLine::is_statement) else { return text.to_owned() };
    let Shape { end, base, first_fixed } = shape(&lines, first);
    let found = lines[first].indentation();
    let mut out = String::with_capacity(text.len() + 64);
    if base == target && !first_fixed {
        out.push_str(&text[..lines.get(end).map_or(text.len(), |line| line.start)]);
    } else {
        notes.push(Note::BodyIndented { from: found.to_owned(), to: target.to_owned() });
        for (number, line) in lines[..end].iter().enumerate() {
            match line.role {
                // A line within a string is content: its white space is no indentation.
                LineRole::InString => out.push_str(line.text),
                LineRole::Blank => {}
                _ if number == first && first_fixed => indented(&mut out, target, line.text.trim_start()),
                _ => match line.text.strip_prefix(base) {
                    Some(rest) => indented(&mut out, target, rest),
                    None if line.role == LineRole::Comment => {
                        indented(&mut out, target, line.text.trim_start())
                    }
                    None => out.push_str(line.text),
                },
            }
            out.push('\n');
        }
    }
    if end < lines.len() {
        append_used(&mut out, text, &lines, end, notes);
    }
    out
}

fn indented(out: &mut String, target: &str, text: &str) {
    out.push_str(target);
    out.push_str(text);
}

/// Which lines a body has, and how they are indented.
struct Shape<'a> {
    /// The line before which it ends.
    end: usize,
    /// The indentation of its statements.
    base: &'a str,
    /// Whether its first line alone has another, as in an answer that was stripped, or where a token held a space too
    /// many or too few.
    first_fixed: bool,
}

fn shape<'a>(lines: &[SourceLine<'a>], first: usize) -> Shape<'a> {
    let statements = || lines[first + 1..].iter().filter(|line| line.is_statement());
    let next = statements().next();
    let inner_least = statements().take_while(|line| line.indent > 0).min_by_key(|line| line.indent);
    let head = &lines[first];
    let end_at_margin = || {
        let end = (first + 1..lines.len()).find(|&number| lines[number].is_top()).unwrap_or(lines.len());
        // What stands above the next statement at the margin belongs to it.
        (first + 1..end)
            .rev()
            .take_while(|&number| {
                lines[number].role == LineRole::Blank
                    || (lines[number].role == LineRole::Comment && lines[number].indent == 0)
            })
            .last()
            .filter(|_| end < lines.len())
            .unwrap_or(end)
    };
    // What begins a block is followed by a deeper line, which is no sign that it is itself too far left.
    let opens_block = statement_opens_block(lines, first);
    let follows_no_block = |least: &&SourceLine<'_>| {
        next.is_some_and(|next| next.indent > 0 && (!opens_block || next.indent > least.indent))
    };
    if head.indent > 0 {
        let is_base = |least: &&SourceLine<'_>| {
            least.indent < head.indent || (least.indent > head.indent && follows_no_block(least))
        };
        let base = inner_least.filter(is_base).unwrap_or(head);
        let first_fixed = base.indent != head.indent;
        return Shape { end: end_at_margin(), base: base.indentation(), first_fixed };
    }
    // The first line is at the margin. If it opens no block, or not the one that follows, only it was stripped.
    match inner_least.filter(follows_no_block) {
        Some(least) => Shape { end: end_at_margin(), base: least.indentation(), first_fixed: true },
        None => Shape { end: lines.len(), base: "", first_fixed: false },
    }
}

/// Whether the statement that begins on a line, and may go on over others, opens a block.
fn statement_opens_block(lines: &[SourceLine<'_>], first: usize) -> bool {
    let ends = |line: &&SourceLine<'_>| matches!(line.role, LineRole::Continued | LineRole::InString);
    let further = lines[first + 1..].iter().take_while(|line| !line.is_statement()).filter(ends).last();
    further.unwrap_or(&lines[first]).opens_block()
}

/// Appends the definitions among the lines from `end` that the body uses, and what these use.
fn append_used(out: &mut String, text: &str, lines: &[SourceLine<'_>], end: usize, notes: &mut Vec<Note>) {
    let rest = &lines[end..];
    let chunks = python::outline(rest);
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| chunk.kind.is_definition()) {
        for name in chunk.kind.binds() {
            by_name.entry(*name).or_default().push(number);
        }
    }
    let mut open: Vec<&str> = lines[..end].iter().flat_map(SourceLine::names).collect();
    let mut used = HashSet::new();
    while let Some(name) = open.pop() {
        for number in by_name.remove(name).unwrap_or_default() {
            if used.insert(number) {
                open.extend(rest[chunks[number].lines.clone()].iter().flat_map(SourceLine::names));
            }
        }
    }
    let position = |number: usize| rest.get(number).map_or(text.len(), |line| line.start);
    let mut dropped = 0;
    for (number, chunk) in chunks.iter().enumerate() {
        if used.contains(&number) {
            out.push_str(&text[position(chunk.lines.start)..position(chunk.lines.end)]);
        } else {
            dropped += rest[chunk.lines.clone()].iter().filter(|line| line.role != LineRole::Blank).count();
        }
    }
    if dropped > 0 {
        notes.push(Note::RestDropped { lines: dropped });
    }
}
