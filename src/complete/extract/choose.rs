//! Which of an answer's pieces of code is the program, and which others belong to it.

use std::collections::{HashMap, HashSet};

use super::prose::{is_prose, is_strong};
use crate::problem::Language;
use crate::python::{self, Chunk, SourceLine, StatementKind, Token};

/// A piece of code that may be the program.
#[derive(Clone, Debug)]
pub(super) struct CodePiece {
    /// The code.
    pub text: String,
    /// The language that it claims.
    pub claims: Claim,
    /// Whether it is known to go on in what was cut off.
    pub unfinished: bool,
}

/// What a piece of code claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The problem's language.
    Same,
    /// Nothing.
    Nothing,
    /// Something else: another language, output, a document.
    Other,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The problem's language.
    pub language: Language,
    /// The function that the tests call, if they call one.
    pub entry_point: Option<&'a str>,
    /// Whether the first of equally good pieces is taken, and not the last: a model that only continues texts goes on
    /// to another task after its answer.
    pub first: bool,
}

/// How much of the function that the tests call a piece has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Nothing,
    /// Its header, with no body to speak of.
    Stub,
    /// Its body, whose header is in the prompt.
    Body,
    /// All of it.
    Whole,
}

/// How good a piece is as the program; the best is taken.
type Merit = (Part, bool, u8, u8, bool);

/// The numbers of the pieces that are the program, in order; none if no piece is code in the language.
pub(super) fn choose(pieces: &[CodePiece], wanted: &Wanted<'_>) -> Vec<usize> {
    if wanted.language != Language::Python {
        let rank = |piece: &CodePiece| match piece.claims {
            Claim::Same => 2,
            Claim::Nothing => 1,
            Claim::Other => 0,
        };
        let merits = pieces.iter().map(|piece| {
            let named = wanted.entry_point.is_some_and(|name| piece.text.contains(name));
            let part = if named { Part::Whole } else { Part::Nothing };
            (rank(piece) > 0).then_some((part, !piece.unfinished, rank(piece), 0, false))
        });
        return best(merits, wanted.first).into_iter().collect();
    }
    let read: Vec<Vec<SourceLine<'_>>> = pieces.iter().map(|piece| python::lines(&piece.text)).collect();
    let outlines: Vec<Vec<Chunk<'_>>> = read.iter().map(|lines| python::outline(lines)).collect();
    let merits = pieces
        .iter()
        .zip(&read)
        .zip(&outlines)
        .map(|((piece, lines), chunks)| merit(piece, lines, chunks, wanted));
    let Some(chosen) = best(merits, wanted.first) else { return Vec::new() };
    let mut taken = with_helpers(chosen, &read, &outlines, pieces, wanted);
    if wanted.entry_point.is_none() && !acts(&outlines[chosen]) {
        let made: HashSet<&str> = defined(&outlines[chosen]).collect();
        let runs = |&number: &usize| {
            pieces[number].claims != Claim::Other && acts(&outlines[number]) && {
                let own = bound(&read[number]);
                let is_made = |name: &str| made.contains(name) && !own.contains(name);
                read[number].iter().flat_map(SourceLine::names).any(is_made)
            }
        };
        taken.extend((chosen + 1..pieces.len()).find(runs));
        taken.sort_unstable();
    }
    taken
}

fn best(merits: impl Iterator<Item = Option<Merit>>, first: bool) -> Option<usize> {
    let candidates = merits.enumerate().filter_map(|(number, merit)| Some((merit?, number)));
    if first {
        candidates.max_by_key(|&(merit, number)| (merit, std::cmp::Reverse(number))).map(|(_, number)| number)
    } else {
        candidates.max().map(|(_, number)| number)
    }
}

fn merit(
    piece: &CodePiece,
    lines: &[SourceLine<'_>],
    chunks: &[Chunk<'_>],
    wanted: &Wanted<'_>,
) -> Option<Merit> {
    let strong = lines.iter().filter(|line| is_strong(line)).count();
    let prose = lines.iter().filter(|line| is_prose(line)).count();
    let (defines, whole) = match wanted.entry_point {
        Some(name) => defines(lines, chunks, name),
        None => (false, false),
    };
    let is_code = match piece.claims {
        Claim::Same => strong > 0 || lines.iter().any(SourceLine::is_statement),
        Claim::Nothing => strong > 0 && prose * 2 <= strong,
        Claim::Other => defines,
    };
    if !is_code {
        return None;
    }
    let claim = u8::from(piece.claims == Claim::Same);
    let part = match wanted.entry_point {
        Some(_) if defines => Part::Stub,
        Some(_) if is_body(lines, chunks) => Part::Body,
        _ => Part::Nothing,
    };
    let speaks = if wanted.entry_point.is_none() { talks_to_the_world(lines).count() } else { 0 };
    if whole {
        // Whatever it claims, it is the function.
        return Some((Part::Whole, !piece.unfinished, 0, 0, false));
    }
    let runs = wanted.entry_point.is_none() && acts(chunks);
    Some((part, speaks == 2, claim, speaks + u8::from(runs), !piece.unfinished))
}

/// Whether code does something when it runs, other than define things.
pub(crate) fn acts(chunks: &[Chunk<'_>]) -> bool {
    chunks.iter().any(|chunk| matches!(chunk.kind, StatementKind::Other | StatementKind::MainGuard))
}

/// The functions and classes that code defines.
fn defined<'a>(chunks: &'a [Chunk<'a>]) -> impl Iterator<Item = &'a str> {
    chunks.iter().filter_map(|chunk| match chunk.kind {
        StatementKind::Function { name, .. } | StatementKind::Class { name, .. } => Some(name),
        _ => None,
    })
}

/// Whether the function is defined, as such or in a class, and whether it is more than a stub.
fn defines(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>], name: &str) -> (bool, bool) {
    let mut found = (false, false);
    for chunk in chunks {
        let stub = match &chunk.kind {
            StatementKind::Function { name: function, stub, .. } if *function == name => *stub,
            StatementKind::Assignment(names) if names.contains(&name) => false,
            StatementKind::Class { methods, .. } => {
                match methods.iter().rev().find(|(method, _)| *method == name) {
                    Some((_, stub)) => *stub,
                    None => continue,
                }
            }
            _ => continue,
        };
        found = (true, found.1 || !stub);
    }
    if !found.0 {
        // All of it may be indented, as a method without its class is.
        let header = |line: &SourceLine<'_>| {
            line.is_statement()
                && line.indent > 0
                && line.tokens.starts_with(&[Token::Name("def"), Token::Name(name)])
        };
        let indented = lines.iter().any(header);
        return (indented, indented);
    }
    found
}

/// Whether code defines a function of this name.
pub(super) fn defines_in(code: &str, name: &str) -> bool {
    let lines = python::lines(code);
    defines(&lines, &python::outline(&lines), name).0
}

/// Whether code is the body of a function, whose header is in the prompt.
pub(super) fn is_body(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>]) -> bool {
    let Some(first) = lines.iter().find(|line| line.is_statement()) else { return false };
    let returns =
        |line: &&SourceLine<'_>| matches!(line.tokens.first(), Some(Token::Name("return" | "yield")));
    let second = lines.iter().filter(|line| line.is_statement()).nth(1);
    let stripped = !first.opens_block() && second.is_some_and(|line| line.indent > 0);
    let returns_at_margin = lines.iter().any(|line| line.is_top() && returns(&line));
    // A block at the margin that leaves a function is within one.
    let bare_block = chunks.iter().any(|chunk| {
        chunk.kind == StatementKind::Other
            && lines[chunk.lines.clone()].iter().any(|line| line.is_statement() && returns(&line))
    });
    first.indent > 0 || stripped || returns_at_margin || bare_block
}

/// What code does with its standard streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    /// It mentions something that reads.
    pub reads: bool,
    /// It mentions something that writes.
    pub writes: bool,
}

impl Talk {
    fn count(self) -> u8 {
        u8::from(self.reads) + u8::from(self.writes)
    }
}

/// Whether a program reads and whether it writes, by the names in it.
pub(super) fn talks_to_the_world(lines: &[SourceLine<'_>]) -> Talk {
    let named = |words: &[&str]| lines.iter().flat_map(SourceLine::names).any(|name| words.contains(&name));
    Talk {
        reads: named(&["input", "stdin", "raw_input", "fileinput", "open"]) && !brings_its_input(lines),
        writes: named(&["print", "stdout", "write"]),
    }
}

/// Whether a program replaces standard input by a text of its own, as one does that tries another out.
fn brings_its_input(lines: &[SourceLine<'_>]) -> bool {
    let replaces = |line: &SourceLine<'_>| {
        let pairs = line.tokens.windows(2);
        line.names().any(|name| name == "StringIO")
            && pairs.into_iter().any(|pair| pair[0] == Token::Name("stdin") && pair[1].is('='))
    };
    let mentions = lines.iter().flat_map(SourceLine::names).filter(|name| *name == "stdin").count();
    mentions == 1 && lines.iter().any(replaces)
}

/// The chosen piece, and those others that do nothing but define what it uses and does not define.
fn with_helpers(
    chosen: usize,
    read: &[Vec<SourceLine<'_>>],
    outlines: &[Vec<Chunk<'_>>],
    pieces: &[CodePiece],
    wanted: &Wanted<'_>,
) -> Vec<usize> {
    let helps = |number: usize| {
        let only_defines = outlines[number]
            .iter()
            .all(|chunk| chunk.kind.is_definition() || chunk.kind == StatementKind::Docstring);
        let defines_entry =
            wanted.entry_point.is_some_and(|name| defines(&read[number], &outlines[number], name).0);
        let prose = read[number].iter().any(is_prose);
        number != chosen
            && pieces[number].claims != Claim::Other
            && !outlines[number].is_empty()
            && only_defines
            && !defines_entry
            && !prose
    };
    let binds = |number: usize| outlines[number].iter().flat_map(|chunk| chunk.kind.binds().iter().copied());
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let mut all_names = Vec::new();
    for number in (0..pieces.len()).filter(|&number| helps(number)) {
        // `import *` and the like: any name may come from it.
        let everything = outlines[number]
            .iter()
            .all(|chunk| matches!(&chunk.kind, StatementKind::Import(names) if names.is_empty()));
        if everything {
            all_names.push(number);
        }
        by_name.extend(binds(number).map(|name| (name, number)));
    }
    let mut taken: HashSet<usize> = all_names.into_iter().chain([chosen]).collect();
    let mut open = vec![chosen];
    while let Some(number) = open.pop() {
        let bound = bound(&read[number]);
        for name in read[number].iter().flat_map(SourceLine::names).filter(|name| !bound.contains(name)) {
            if let Some(&helper) = by_name.get(name)
                && taken.insert(helper)
            {
                open.push(helper);
            }
        }
    }
    let mut taken: Vec<usize> = taken.into_iter().collect();
    taken.sort_unstable();
    taken
}

/// The names that code binds anywhere: parameters, targets, definitions, imports.
fn bound<'a>(lines: &[SourceLine<'a>]) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    for line in lines {
        let tokens = line.tokens.as_slice();
        let header = matches!(tokens, [Token::Name("def" | "async"), ..]);
        names.extend(targets(tokens));
        let mut target = false;
        for (at, token) in tokens.iter().enumerate() {
            let Token::Name(name) = *token else { continue };
            let before = at.checked_sub(1).map(|before| tokens[before]);
            let after = tokens.get(at + 1);
            let assigned = after.is_some_and(|after| after.is('='))
                && !tokens.get(at + 2).is_some_and(|next| next.is('='));
            let defined = matches!(before, Some(Token::Name("def" | "class" | "as" | "import" | "global")));
            let parameter = header && matches!(before, Some(Token::Mark('(' | ',' | '*')));
            if matches!(name, "for" | "lambda") {
                target = true;
            } else if name == "in" {
                target = false;
            } else if assigned || defined || parameter || target {
                names.insert(name);
            }
            if after.is_some_and(|after| after.is(':')) {
                target = false;
            }
        }
    }
    names
}

/// The names in a list of targets, `a, (b, *c) = …`: what stands before the first `=` of a statement, if that is
/// nothing but names.
fn targets<'a, 'b>(tokens: &'b [Token<'a>]) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
    let end = tokens.iter().position(|token| token.is('=')).unwrap_or(0);
    let listed = &tokens[..end];
    let are_names = listed.iter().all(|token| match token {
        Token::Name(word) => !python::is_keyword(word),
        Token::Mark(mark) => ",()[]*".contains(*mark),
        _ => false,
    });
    let calls = listed
        .windows(2)
        .any(|pair| pair[0].name().is_some() && matches!(pair[1], Token::Mark('(' | '[' | '*')));
    listed.iter().filter_map(|token| token.name()).filter(move |_| are_names && !calls)
}
