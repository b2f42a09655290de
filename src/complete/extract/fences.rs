//! Fenced blocks, as CommonMark has them, and as models get them wrong.

use super::how::Fence;
use super::prose::{is_prose, is_strong};
use crate::problem::Language;
use crate::python::{self, Scanner, StatementKind, Token};

/// A fenced block.
#[derive(Clone, Debug)]
pub(super) struct Fenced {
    /// What is recorded of it.
    pub fence: Fence,
    /// What is in it.
    pub text: String,
}

/// An answer, divided by its fences.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    /// The blocks, in order.
    pub blocks: Vec<Fenced>,
    /// The text outside of them, a line a line.
    pub outside: String,
    /// Whether there is text before the first block.
    pub before: bool,
    /// Whether there is text after the last.
    pub after: bool,
}

/// What blocks hold besides programming languages, by the names that their fences give.
const OTHER_NAMES: [&str; 33] = [
    "bat",
    "cmd",
    "console",
    "css",
    "csv",
    "diff",
    "html",
    "ini",
    "input",
    "json",
    "latex",
    "log",
    "markdown",
    "math",
    "md",
    "output",
    "patch",
    "plain",
    "plaintext",
    "powershell",
    "pseudo",
    "pseudocode",
    "pycon",
    "shell-session",
    "sql",
    "stderr",
    "stdin",
    "stdout",
    "tex",
    "text",
    "txt",
    "xml",
    "yaml",
];

/// How deeply documents may be nested.
const DEEPEST: u32 = 4;

/// The language that a block claims: `python`, `py3` and `python3.11` are one.
pub(super) fn language_of(name: &str) -> Option<Language> {
    let plain = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    match plain {
        "" => None,
        "ipython" | "pycon" | "python-repl" | "cython" | "sage" => Some(Language::Python),
        _ => Language::from_name(name).or_else(|| Language::from_name(plain)),
    }
}

fn is_known(name: &str) -> bool {
    language_of(name).is_some() || OTHER_NAMES.contains(&name)
}

/// A line that opens or closes a block.
#[derive(Clone, Copy, Debug)]
struct Mark<'a> {
    /// White space before it, in characters.
    indent: usize,
    mark: char,
    length: usize,
    /// What stands before it on the line, and after it.
    before: &'a str,
    info: &'a str,
}

/// The fence that a line begins with.
fn mark_at_start(line: &str) -> Option<Mark<'_>> {
    let rest = line.trim_start();
    let mark = rest.chars().next().filter(|&mark| mark == '`' || mark == '~')?;
    let info = rest.trim_start_matches(mark);
    let length = rest.len() - info.len();
    let indent = line.chars().take_while(|character| character.is_whitespace()).count();
    (length >= 3).then_some(Mark { indent, mark, length, before: "", info: info.trim() })
}

/// The fence that a line ends with, after prose: "Here it is: ```python".
fn mark_at_end(line: &str) -> Option<Mark<'_>> {
    let at = line.find("```")?;
    let rest = &line[at..];
    let info = rest.trim_start_matches('`');
    let name = info.trim();
    let only = !info.contains('`') && (name.is_empty() || is_known(&name.to_lowercase()));
    let length = rest.len() - info.len();
    only.then_some(Mark { indent: 0, mark: '`', length, before: line[..at].trim_end(), info: name })
}

/// Divides an answer by its fences. What looks like a fence within a string of a Python program is none.
pub(super) fn split(text: &str, language: Language) -> Split {
    let lines: Vec<&str> = text.lines().collect();
    Splitter { lines: &lines, language, strings_end: language == Language::Python, depth: 0 }.split()
}

struct Splitter<'a> {
    lines: &'a [&'a str],
    language: Language,
    /// Whether strings have ended so far. One that has not would hide all fences after it.
    strings_end: bool,
    /// How many documents this one is in.
    depth: u32,
}

/// Where a block ends.
#[derive(Clone, Debug)]
struct End<'a> {
    /// The number of lines before its end.
    line: usize,
    /// A last piece of code, before a fence on the same line.
    piece: Option<&'a str>,
    /// The line after its end.
    next: usize,
    finished: bool,
}

impl End<'_> {
    /// Whether it is a fence without a name, and not one that opens the next block.
    fn is_bare(&self) -> bool {
        self.next > self.line
    }
}

impl<'a> Splitter<'a> {
    fn split(&mut self) -> Split {
        let mut split = Split::default();
        let mut at = 0;
        if let Some(end) = self.unopened() {
            let fence = Fence { index: 0, language: String::new(), unfinished: false, unopened: true };
            let mut code = self.lines[..end.line].to_vec();
            if code.first().is_some_and(|line| is_known(&line.trim().to_lowercase())) {
                code.remove(0);
            }
            code.extend(end.piece);
            split.blocks.push(Fenced { fence, text: joined(&code, 0) });
            at = end.next;
        }
        while let Some(&line) = self.lines.get(at) {
            if let Some(block) = one_line_block(line) {
                self.push(&mut split, block.0, vec![block.1], 0, true);
                at += 1;
                continue;
            }
            let Some(mark) = mark_at_start(line).or_else(|| mark_at_end(line)) else {
                split.outside.push_str(line);
                split.outside.push('\n');
                let blank = line.trim().is_empty();
                split.before |= !blank && split.blocks.is_empty();
                split.after |= !blank && !split.blocks.is_empty();
                at += 1;
                continue;
            };
            if !mark.before.is_empty() {
                split.before |= split.blocks.is_empty();
                split.outside.push_str(mark.before);
                split.outside.push('\n');
            }
            let (language, first) = self.info(mark.info);
            let end = self.end(at + 1, &mark, first);
            let mut code: Vec<&str> = first.into_iter().collect();
            code.extend(&self.lines[at + 1..end.line]);
            code.extend(end.piece);
            self.push(&mut split, language, code, mark.indent, end.finished);
            at = end.next;
        }
        split
    }

    /// Takes a block, or, if it is a document, the blocks in it.
    fn push(&self, split: &mut Split, language: String, code: Vec<&str>, indent: usize, finished: bool) {
        if code.iter().all(|line| line.trim().is_empty()) {
            return;
        }
        split.after = false;
        let text = joined(&code, indent);
        let text = changed(&language, &text).unwrap_or(text);
        let is_document = matches!(language.as_str(), "markdown" | "md" | "") && self.depth < DEEPEST;
        if is_document && code.iter().any(|line| opens_known_block(line)) {
            let lines: Vec<&str> = text.lines().collect();
            let depth = self.depth + 1;
            let mut inner =
                Splitter { lines: &lines, language: self.language, strings_end: self.strings_end, depth }
                    .split();
            for block in &mut inner.blocks {
                block.fence.index += split.blocks.len();
                block.fence.unfinished |= !finished;
            }
            split.blocks.append(&mut inner.blocks);
            return;
        }
        let fence = Fence { index: split.blocks.len(), language, unfinished: !finished, unopened: false };
        split.blocks.push(Fenced { fence, text });
    }

    /// The language in an info string, and code that stands in its place or after it.
    fn info(&self, info: &'a str) -> (String, Option<&'a str>) {
        let cleaned = info.trim_start_matches(['{', '.']);
        let end = cleaned.find(|character: char| character.is_whitespace() || ",:;{}=(".contains(character));
        let (name, rest) = cleaned.split_at(end.unwrap_or(cleaned.len()));
        let name = name.to_lowercase();
        let is_code = |text: &str| {
            let line = Scanner::default().line(text, 0);
            let begins = match line.tokens.first() {
                Some(Token::Name(word)) => python::is_keyword(word),
                Some(Token::Mark(mark)) => *mark == '@',
                _ => false,
            };
            begins && is_strong(&line)
        };
        if self.language != Language::Python {
            return (name, None);
        }
        if is_known(&name) {
            let rest = rest.trim();
            return (name, Some(rest).filter(|rest| is_code(rest)));
        }
        if is_code(info) { (String::new(), Some(info)) } else { (name, None) }
    }

    /// Finds the end of the block whose code begins at a line.
    fn end(&mut self, from: usize, open: &Mark<'a>, first: Option<&'a str>) -> End<'a> {
        let mut scanner = Scanner::default();
        if let Some(first) = first {
            scanner.line(first, 0);
        }
        let mut outside_strings = true;
        let mut within_string = None;
        let mut last_within: Option<End<'a>> = None;
        for (number, &text) in self.lines.iter().enumerate().skip(from) {
            if let Some(end) = end_at(number, text, open) {
                if outside_strings {
                    return end;
                }
                // A bare fence and then one that opens a block: the string is one that the code before did not end.
                if let Some(first) = last_within.take_if(|first| first.is_bare() && !end.is_bare()) {
                    return first;
                }
                last_within = Some(end.clone());
                within_string.get_or_insert(end);
            }
            if self.strings_end {
                let line = scanner.line(text, 0);
                if let Some(end) =
                    line.backticks.filter(|_| outside_strings).and_then(|at| glued(number, &line, at, open))
                {
                    return end;
                }
                outside_strings = !scanner.in_string();
                if outside_strings {
                    last_within = None;
                }
            }
        }
        if within_string.is_some() {
            self.strings_end = false;
        }
        let last = self.lines.len();
        within_string.unwrap_or(End { line: last, piece: None, next: last, finished: false })
    }

    /// The end of a block that has no opening fence, because the prompt ended with it: code, and then the first fence,
    /// which is a bare one.
    fn unopened(&self) -> Option<End<'a>> {
        let at =
            self.lines.iter().position(|line| mark_at_start(line).or_else(|| mark_at_end(line)).is_some())?;
        let mark = mark_at_start(self.lines[at]).or_else(|| mark_at_end(self.lines[at]))?;
        if !mark.info.is_empty() || mark.mark != '`' || self.language != Language::Python {
            return None;
        }
        let piece = Some(mark.before).filter(|before| !before.is_empty()).map(|_| {
            let line = self.lines[at];
            line[..line.find("```").unwrap_or(line.len())].trim_end()
        });
        let mut code = self.lines[..at].to_vec();
        code.extend(piece);
        if code.first().is_some_and(|line| is_known(&line.trim().to_lowercase())) {
            code.remove(0);
        }
        let code = code.join("\n");
        let lines = python::lines(&code);
        // What was in a string was no fence.
        let open = lines.last().is_some_and(|line| line.goes_on);
        let is_code = !open && lines.iter().any(is_strong) && !lines.iter().any(is_prose);
        let closes = is_code && !self.opens_a_program(at, &lines);
        closes.then_some(End { line: at, piece, next: at + 1, finished: true })
    }

    /// Whether the bare fence at a line opens a block, rather than close the code before it: a program follows, and
    /// what is before is a line above it, the name of its file or a call of it.
    fn opens_a_program(&self, at: usize, before: &[python::SourceLine<'_>]) -> bool {
        let rest = &self.lines[at + 1..];
        let next = rest.iter().position(|line| mark_at_start(line).is_some());
        if next.is_some_and(|next| mark_at_start(rest[next]).is_some_and(|mark| !mark.info.is_empty())) {
            return false;
        }
        let text = rest[..next.unwrap_or(rest.len())].join("\n");
        let after = python::lines(&text);
        let is_code = after.iter().any(is_strong) && (next.is_none() || !after.iter().any(is_prose));
        let defines = |lines: &[python::SourceLine<'_>]| {
            let chunks = python::outline(lines);
            chunks.iter().any(|chunk| {
                matches!(chunk.kind, StatementKind::Function { .. } | StatementKind::Class { .. })
            })
        };
        let statements = before.iter().filter(|line| line.is_statement()).count();
        is_code
            && match (defines(before), defines(&after)) {
                (true, after) => after,
                (false, true) => true,
                (false, false) => statements < 2,
            }
    }
}

/// Whether a block ends at a line: at a bare fence, or where the next block opens although this one was not closed.
fn end_at<'a>(number: usize, text: &'a str, open: &Mark<'_>) -> Option<End<'a>> {
    let mark = mark_at_start(text).filter(|mark| mark.mark == open.mark && mark.length >= open.length)?;
    if mark.info.is_empty() {
        return Some(End { line: number, piece: None, next: number + 1, finished: true });
    }
    let reopens = mark.length == open.length && is_known(&first_word(mark.info));
    reopens.then_some(End { line: number, piece: None, next: number, finished: true })
}

/// A closing fence after the last piece of code on its line.
fn glued<'a>(number: usize, line: &python::SourceLine<'a>, at: usize, open: &Mark<'_>) -> Option<End<'a>> {
    let (piece, rest) = line.text.split_at(at);
    let closes = open.mark == '`'
        && !piece.trim().is_empty()
        && rest.trim_end().chars().all(|character| character == '`')
        && rest.trim_end().len() >= open.length;
    closes.then_some(End { line: number, piece: Some(piece.trim_end()), next: number + 1, finished: true })
}

fn first_word(info: &str) -> String {
    let word =
        info.trim_start_matches(['{', '.']).split(|character: char| " \t,:;{}".contains(character)).next();
    word.unwrap_or_default().to_lowercase()
}

fn opens_known_block(line: &str) -> bool {
    mark_at_start(line).is_some_and(|mark| !mark.info.is_empty() && is_known(&first_word(mark.info)))
}

/// A block on one line, ```` ```python return 1``` ````: its language and its code.
fn one_line_block(line: &str) -> Option<(String, &str)> {
    let rest = line.trim();
    let inner = rest.strip_prefix("```")?.strip_suffix("```")?;
    if inner.trim().is_empty() || inner.contains("```") || inner.starts_with('`') {
        return None;
    }
    let word = first_word(inner.trim_start());
    if is_known(&word) && inner.trim_start().len() > word.len() {
        let code = inner.trim_start()[word.len()..].trim_start();
        return Some((word, code.trim_end()));
    }
    Some((String::new(), inner.trim()))
}

/// The new side of a diff; `None` where the block is none.
fn changed(language: &str, text: &str) -> Option<String> {
    let is_change = matches!(language, "diff" | "patch") && text.lines().any(|line| line.starts_with('+'));
    let is_header = |line: &str| {
        ["+++", "---", "@@", "diff --git ", "index ", "\\ "].iter().any(|start| line.starts_with(start))
    };
    is_change.then(|| {
        let kept = text.lines().filter(|line| !line.starts_with('-') && !is_header(line));
        kept.flat_map(|line| [line.strip_prefix(['+', ' ']).unwrap_or(line), "\n"]).collect()
    })
}

/// Lines as a text, less the indentation of the fence.
fn joined(lines: &[&str], indent: usize) -> String {
    let mut text = String::new();
    for line in lines {
        let white = line.len() - line.trim_start_matches([' ', '\t']).len();
        text.push_str(&line[white.min(indent)..]);
        text.push('\n');
    }
    text
}
