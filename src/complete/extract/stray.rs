//! What a program does at the margin although tests call a function of it: it tries the function out, ends, or reads
//! input that is not there. None of it is part of the answer, and any of it can fail.

use std::collections::HashSet;

use super::decoration::is_name;
use super::how::Note;
use crate::python::{Chunk, LineRole, SourceLine, StatementKind, Token};

/// How many imports, and values that only tests need, are looked for: for each, everything before it is read once more.
const MOST_VALUES: usize = 32;

/// The code without the assertions, prints and calls that try it out, and without what reads input. After the last
/// definition, all that follows the first of them goes too, and so do the values before it that only they need.
pub(super) fn without_tests(
    code: &str,
    lines: &[SourceLine<'_>],
    chunks: &[Chunk<'_>],
    name: &str,
    notes: &mut Vec<Note>,
) -> String {
    let named = named_in_definitions(lines, chunks);
    let is_test_suite = |chunk: &Chunk<'_>| defines_tests(chunk, name, &named);
    let defines = |chunk: &Chunk<'_>| match &chunk.kind {
        StatementKind::Assignment(names) => names.contains(&name),
        StatementKind::Import(_) => true,
        StatementKind::Function { .. } | StatementKind::Class { .. } => !is_test_suite(chunk),
        _ => false,
    };
    let Some(last) = chunks.iter().rposition(defines) else { return code.to_owned() };
    let after = chunks[last + 1..].iter().position(|chunk| is_test(lines, chunk, name));
    let mut end = after.map_or(chunks.len(), |at| last + 1 + at);
    for _ in 0..MOST_VALUES {
        if after.is_none() || end <= last + 1 || !is_set_for_nothing(lines, &chunks[..end]) {
            break;
        }
        end -= 1;
    }
    // What needs something that is left out goes too.
    let mut lost: HashSet<&str> = HashSet::new();
    let mut is_kept = |number: usize| {
        let chunk = &chunks[number];
        let needs_lost =
            || lines[chunk.lines.clone()].iter().flat_map(SourceLine::names).any(|name| lost.contains(name));
        let is_missed = reads_input(lines, chunks, number)
            || (matches!(chunk.kind, StatementKind::Other | StatementKind::Assignment(_)) && needs_lost());
        if is_missed {
            lost.extend(sets(lines, chunk));
        }
        let tries = tries_out(lines, chunk, name) || is_test_suite(chunk);
        number < end && !is_missed && !tries && !is_name(lines, chunk)
    };
    let mut kept: Vec<bool> = (0..chunks.len()).map(&mut is_kept).collect();
    if kept.contains(&false) {
        let imports = (0..chunks.len()).filter(|&number| imports_for_tests(lines, &chunks[number]));
        for number in imports.take(MOST_VALUES) {
            let names = chunks[number].kind.binds();
            let is_used = |other: usize| {
                other != number && kept[other] && names.iter().any(|name| uses(lines, &chunks[other], name))
            };
            let is_needed = names.is_empty() || (0..chunks.len()).any(is_used);
            kept[number] &= is_needed;
        }
    }
    let mut text = String::with_capacity(code.len());
    let mut dropped = 0;
    for (chunk, kept) in chunks.iter().zip(&kept) {
        if *kept {
            let end = lines.get(chunk.lines.end).map_or(code.len(), |line| line.start);
            text.push_str(&code[lines[chunk.lines.start].start..end]);
        } else {
            dropped += lines[chunk.lines.clone()].iter().filter(|line| line.role != LineRole::Blank).count();
        }
    }
    if dropped == 0 {
        return code.to_owned();
    }
    notes.push(Note::TestsDropped { lines: dropped });
    if kept.first() == Some(&false) { text.trim_start_matches('\n').to_owned() } else { text }
}

/// Whether a statement after the last definition tries the function out: it calls it, prints, asserts, or is the block
/// of a main program.
fn is_test(lines: &[SourceLine<'_>], chunk: &Chunk<'_>, name: &str) -> bool {
    let calls = |line: &SourceLine<'_>| {
        line.tokens.windows(2).any(|pair| pair[0] == Token::Name(name) && pair[1].is('('))
    };
    tries_out(lines, chunk, name) || lines[chunk.head..chunk.lines.end].iter().any(calls)
}

/// The names in what defines something other than tests.
fn named_in_definitions<'a>(lines: &[SourceLine<'a>], chunks: &[Chunk<'a>]) -> HashSet<&'a str> {
    let is_definition = |chunk: &&Chunk<'_>| match &chunk.kind {
        StatementKind::Function { name, .. } => !name.starts_with("test"),
        StatementKind::Class { methods, .. } => !has_tests(methods),
        StatementKind::Assignment(_) => true,
        _ => false,
    };
    let definitions = chunks.iter().filter(is_definition);
    definitions.flat_map(|chunk| lines[chunk.lines.clone()].iter().flat_map(SourceLine::names)).collect()
}

fn has_tests(methods: &[(&str, bool)]) -> bool {
    methods.iter().any(|(method, _)| method.starts_with("test"))
}

/// Whether a statement defines tests, and nothing else names them.
fn defines_tests(chunk: &Chunk<'_>, name: &str, named: &HashSet<&str>) -> bool {
    match &chunk.kind {
        StatementKind::Function { name: own, .. } => {
            own.starts_with("test") && *own != name && !named.contains(own)
        }
        StatementKind::Class { name: own, methods } => {
            let has_it = methods.iter().any(|(method, _)| *method == name);
            has_tests(methods) && !has_it && *own != name && !named.contains(own)
        }
        _ => false,
    }
}

/// Whether a statement imports from what only tests use.
fn imports_for_tests(lines: &[SourceLine<'_>], chunk: &Chunk<'_>) -> bool {
    let module = lines[chunk.head].names().nth(1);
    matches!(chunk.kind, StatementKind::Import(_))
        && matches!(module, Some("pytest" | "unittest" | "doctest" | "hypothesis" | "nose"))
}

/// Whether the last of some statements gives values to names that no other one uses.
fn is_set_for_nothing(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>]) -> bool {
    let Some((last, before)) = chunks.split_last() else { return false };
    let StatementKind::Assignment(names) = &last.kind else { return false };
    !names.is_empty() && !names.iter().any(|name| before.iter().any(|chunk| uses(lines, chunk, name)))
}

/// Whether a statement needs a name from outside. A function does not need its own parameters and variables from there.
fn uses(lines: &[SourceLine<'_>], chunk: &Chunk<'_>, name: &str) -> bool {
    let within = &lines[chunk.lines.clone()];
    let is_named = |line: &SourceLine<'_>| line.names().any(|found| found == name);
    if !within.iter().any(is_named) {
        return false;
    }
    if !matches!(chunk.kind, StatementKind::Function { .. }) {
        return true;
    }
    let head = chunk.head..chunk.lines.end;
    let body = head.clone().skip(1).find(|&number| lines[number].is_statement()).unwrap_or(chunk.lines.end);
    let header = || lines[chunk.head..body].iter().flat_map(|line| &line.tokens).copied();
    let in_header = header().filter(|token| *token == Token::Name(name)).count();
    if in_header > 0 {
        let tokens: Vec<Token<'_>> = header().collect();
        let is_parameter = |pair: &[Token<'_>]| {
            matches!(pair[0], Token::Mark('(' | ',' | '*')) && pair[1] == Token::Name(name)
        };
        return in_header > 1 || !tokens.windows(2).any(is_parameter);
    }
    let is_shared = |line: &SourceLine<'_>| {
        matches!(line.tokens.first(), Some(Token::Name("global" | "nonlocal"))) && is_named(line)
    };
    let is_own = |line: &SourceLine<'_>| match line.tokens.as_slice() {
        [Token::Name(target), Token::Mark('='), next, ..] => *target == name && !next.is('='),
        [Token::Name("for"), Token::Name(target), ..] => *target == name,
        _ => false,
    };
    lines[body..chunk.lines.end].iter().any(is_shared) || !lines[body..chunk.lines.end].iter().any(is_own)
}

/// Whether a statement, wherever it stands, does nothing but try the function out, or end the program that did.
fn tries_out(lines: &[SourceLine<'_>], chunk: &Chunk<'_>, name: &str) -> bool {
    match (&chunk.kind, lines[chunk.head].tokens.as_slice()) {
        (StatementKind::MainGuard, _) | (_, [Token::Name("print" | "assert"), ..]) => true,
        (StatementKind::Other, [Token::Name("exit" | "quit"), Token::Mark('('), ..])
        | (
            StatementKind::Other,
            [
                Token::Name("sys" | "os"),
                Token::Mark('.'),
                Token::Name("exit" | "_exit"),
                Token::Mark('('),
                ..,
            ],
        )
        | (StatementKind::Other, [Token::Name("raise"), Token::Name("SystemExit"), ..]) => true,
        (StatementKind::Other, [Token::Name(word), Token::Mark('('), ..]) if *word == name => true,
        (StatementKind::Other, [Token::Name(word), Token::Mark('(' | '.'), ..]) => {
            matches!(*word, "main" | "unittest" | "doctest" | "check" | "run_tests")
                || word.starts_with("test")
        }
        _ => false,
    }
}

/// Whether a statement reads standard input, which tests that call a function do not have. One that is ready to find
/// none stays where something else needs what it sets.
fn reads_input(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>], number: usize) -> bool {
    let chunk = &chunks[number];
    if !matches!(chunk.kind, StatementKind::Other | StatementKind::Assignment(_) | StatementKind::MainGuard) {
        return false;
    }
    let within = &lines[chunk.head..chunk.lines.end];
    let names = |word: &str| within.iter().flat_map(SourceLine::names).any(|name| name == word);
    let calls = |words: &[&str]| {
        let pairs = within.iter().flat_map(|line| line.tokens.windows(2));
        pairs
            .into_iter()
            .any(|pair| pair[0].name().is_some_and(|name| words.contains(&name)) && pair[1].is('('))
    };
    let reads = calls(&["input", "raw_input", "open"])
        || (names("stdin") && calls(&["read", "readline", "readlines"]));
    if !reads || names("lambda") || names("def") {
        return false;
    }
    let is_guarded = lines[chunk.head].tokens.first() == Some(&Token::Name("try"));
    !is_guarded || !is_needed(lines, chunks, number)
}

/// Whether another statement names what this one sets.
fn is_needed(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>], number: usize) -> bool {
    let set: HashSet<&str> = sets(lines, &chunks[number]).collect();
    let others = chunks.iter().enumerate().filter(|(other, _)| *other != number);
    let mut names =
        others.flat_map(|(_, chunk)| lines[chunk.lines.clone()].iter().flat_map(SourceLine::names));
    names.any(|name| set.contains(name))
}

/// The names that a statement gives a value: what stands before a `=`, between `for` and `in`, and behind `as`.
fn sets<'a>(lines: &[SourceLine<'a>], chunk: &Chunk<'a>) -> impl Iterator<Item = &'a str> {
    let of_line = |line: &SourceLine<'a>| {
        let (mut names, mut depth) = (Vec::new(), 0_i32);
        let mut before: Vec<&'a str> = Vec::new();
        for (at, token) in line.tokens.iter().enumerate() {
            match token {
                Token::Mark('(' | '[' | '{') => depth += 1,
                Token::Mark(')' | ']' | '}') => depth -= 1,
                Token::Mark('=') if depth == 0 => names.append(&mut before),
                Token::Name("in") if depth == 0 => names.append(&mut before),
                Token::Name(word) if depth == 0 && *word != "for" => {
                    let follows_as = at > 0 && line.tokens[at - 1] == Token::Name("as");
                    if follows_as { names.push(*word) } else { before.push(*word) }
                }
                _ => {}
            }
        }
        names
    };
    let names: Vec<&'a str> = lines[chunk.lines.clone()].iter().flat_map(of_line).collect();
    names.into_iter()
}
