//! Turns code into what a problem wants: a continuation of its prompt, or a whole program.

use std::collections::HashSet;

use super::super::Form;
use super::body::body;
use super::choose::is_body;
use super::how::Note;
use super::stray::without_tests;
use crate::problem::{Language, Problem, TestBody, TestKind};
use crate::python::{self, Chunk, LineRole, SourceLine, StatementKind, Token, is_word_part};

/// The function that the tests of a problem call: its entry point, or, where the set names none, the last one of the
/// prompt. None where they run the whole program, or insert it.
pub(super) fn entry_point(problem: &Problem) -> Option<String> {
    if problem.kinds() == [TestKind::Stdio] || problem.text_name.is_some() {
        return None;
    }
    problem.entry_point.clone().or_else(|| match problem.language {
        Language::Python => {
            python::outline(&python::lines(&problem.prompt)).iter().rev().find_map(|chunk| match chunk.kind {
                StatementKind::Function { name, .. } => Some(name.to_owned()),
                _ => None,
            })
        }
        _ => signature(&problem.prompt).and_then(|line| line.split('(').next()).map(last_word),
    })
}

fn last_word(text: &str) -> String {
    let end = text.trim_end_matches(|character| !is_word_part(character));
    end.rsplit(|character| !is_word_part(character)).next().unwrap_or_default().to_owned()
}

/// The last line of a prompt, which opens the function that is to be written.
fn signature(prompt: &str) -> Option<&str> {
    prompt.lines().rev().map(str::trim).find(|line| !line.is_empty())
}

/// The code, as the problem wants it.
pub(super) fn fit(problem: &Problem, code: String, notes: &mut Vec<Note>) -> (Form, String) {
    if let Some(rest) = after_prompt(&problem.prompt, &code) {
        notes.push(Note::PromptDropped);
        let rest = rest.to_owned();
        return continuation(problem, &rest, notes);
    }
    if problem.language != Language::Python {
        return fit_other(problem, code, notes);
    }
    match entry_point(problem) {
        Some(name) => fit_function(problem, code, &name, notes),
        None => (Form::Program, at_margin(code, |_| true)),
    }
}

/// What follows the prompt in code that begins with it, white space at its ends aside.
fn after_prompt<'a>(prompt: &str, code: &'a str) -> Option<&'a str> {
    let whole = prompt.trim();
    if whole.is_empty() {
        return None;
    }
    let rest = code.trim_start_matches('\n').strip_prefix(whole)?;
    let rest = rest.strip_prefix([' ', '\t']).map_or(rest, |_| rest.trim_start_matches([' ', '\t']));
    let rest = rest.strip_prefix('\n').filter(|_| prompt.ends_with('\n')).unwrap_or(rest);
    // The prompt of MBPP+ is a docstring, and a whole program follows it.
    rest.trim_start_matches('\n').starts_with([' ', '\t', '}']).then_some(rest)
}

/// Text that goes on with the prompt, its indentation mended, cut where the problem says.
pub(super) fn continuation(problem: &Problem, text: &str, notes: &mut Vec<Note>) -> (Form, String) {
    let mut text = text.to_owned();
    if problem.language == Language::Python
        && let Some(target) = body_indentation(&problem.prompt)
    {
        text = body(&text, &target, notes);
        if !problem.prompt.is_empty() && !problem.prompt.ends_with('\n') && !text.starts_with('\n') {
            text.insert(0, '\n');
        }
    }
    let tokens = problem.stop_tokens.iter().filter(|token| !token.is_empty());
    let cuts = tokens.filter_map(|token| Some((text.find(token.as_str())?, token)));
    if let Some((at, token)) = cuts.min_by_key(|(at, _)| *at) {
        notes.push(Note::StopTokenCut { token: token.clone() });
        text.truncate(at);
    }
    (Form::Continuation, text)
}

/// The white space that statements have in the function that a prompt leaves open; none if it leaves none open.
fn body_indentation(prompt: &str) -> Option<String> {
    let lines = python::lines(prompt);
    let header = lines.iter().rposition(|line| line.is_statement() && is_header(line))?;
    let within = |line: &&SourceLine<'_>| line.is_statement() && line.indent > lines[header].indent;
    let found = lines[header + 1..].iter().find(within).map(|line| line.indentation().to_owned());
    Some(found.unwrap_or_else(|| format!("{}    ", lines[header].indentation())))
}

pub(super) fn is_header(line: &SourceLine<'_>) -> bool {
    matches!(
        line.tokens.as_slice(),
        [Token::Name("def"), ..] | [Token::Name("async"), Token::Name("def"), ..]
    )
}

fn fit_other(problem: &Problem, code: String, notes: &mut Vec<Note>) -> (Form, String) {
    if problem.prompt.is_empty() {
        return (Form::Program, code);
    }
    let signature = signature(&problem.prompt).unwrap_or_default();
    let mut end = 0;
    for line in code.split_inclusive('\n') {
        end += line.len();
        if line.trim() == signature {
            notes.push(Note::SignatureDropped);
            let rest = code[end..].to_owned();
            return continuation(problem, &rest, notes);
        }
    }
    let name = entry_point(problem).unwrap_or_default();
    let defines = |line: &str| {
        !line.starts_with([' ', '\t'])
            && line.contains(&format!("{name}("))
            && line.split_whitespace().count() > 1
    };
    if !name.is_empty() && code.lines().any(defines) {
        notes.push(Note::WholeProgram);
        return (Form::Program, code);
    }
    continuation(problem, &code, notes)
}

/// Code as a program that defines the function of this name, or as the body of it.
pub(super) fn fit_function(
    problem: &Problem,
    code: String,
    name: &str,
    notes: &mut Vec<Note>,
) -> (Form, String) {
    let code = dedented(code, name);
    let code = with_first_line_at_margin(code);
    let lines = python::lines(&code);
    let chunks = python::outline(&lines);
    let function = chunks.iter().rev().find(|chunk| chunk.kind.binds().contains(&name));
    let method = chunks.iter().any(|chunk| match &chunk.kind {
        StatementKind::Class { methods, .. } => methods.iter().any(|(method, _)| *method == name),
        _ => false,
    });
    if function.is_none() && !method && is_body(&lines, &chunks) {
        if body_indentation(&problem.prompt).is_some() {
            return continuation(problem, &code, notes);
        }
        let starter = problem.starter_code.as_deref().unwrap_or_default();
        if let Some(target) = body_indentation(starter) {
            let text = body(&code, &target, notes);
            notes.push(Note::StarterCodeAdded);
            return (Form::Program, format!("{}\n{text}", starter.trim_end()));
        }
    }
    if function.is_none() && !method {
        notes.push(Note::EntryPointMissing { name: name.to_owned() });
    }
    if !problem.prompt.is_empty() {
        notes.push(Note::WholeProgram);
    }
    let mut text = without_tests(&code, &lines, &chunks, name, notes);
    let wants_class =
        problem.starter_code.as_deref().is_some_and(|starter| starter.contains("class Solution"));
    if wants_class
        && matches!(function.map(|chunk| &chunk.kind), Some(StatementKind::Function { takes_self: true, .. }))
    {
        notes.push(Note::ClassAdded);
        text = in_class(&text);
    } else if function.is_none() && method && calls_function(problem) {
        let class = chunks.iter().rev().find_map(|chunk| match &chunk.kind {
            StatementKind::Class { name: class, methods }
                if methods.iter().any(|(method, _)| *method == name) =>
            {
                Some(*class)
            }
            _ => None,
        });
        notes.push(Note::FunctionAdded);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("\n{name} = {}().{name}\n", class.unwrap_or("Solution")));
    }
    (Form::Program, with_prompt_definitions(&problem.prompt, text, name, notes))
}

/// Whether tests take the function by its name. Tests by calls look into the class `Solution` as well.
fn calls_function(problem: &Problem) -> bool {
    problem.tests.iter().any(|test| matches!(test.body, TestBody::Assertions { .. }))
}

/// Code that is indented as a whole and defines the function, moved to the margin.
fn dedented(code: String, name: &str) -> String {
    at_margin(code, |line| is_header(line) && line.names().any(|found| found == name))
}

/// Code that is indented as a whole, moved to the margin if one of the lines that are farthest left is such.
pub(super) fn at_margin(code: String, is_such: impl Fn(&SourceLine<'_>) -> bool) -> String {
    let lines = python::lines(&code);
    let statements = || lines.iter().filter(|line| line.is_statement());
    let Some(least) = statements().min_by_key(|line| line.indent) else { return code };
    if least.indent == 0 || !statements().any(|line| line.indent == least.indent && is_such(line)) {
        return code;
    }
    let base = least.indentation();
    let plain = lines.iter().flat_map(|line| {
        let text = if line.role == LineRole::InString {
            line.text
        } else {
            line.text.strip_prefix(base).unwrap_or(line.text)
        };
        [text, "\n"]
    });
    plain.collect()
}

/// Code in which only the first line has white space before it, as where a token held a space too many.
fn with_first_line_at_margin(code: String) -> String {
    let lines = python::lines(&code);
    let mut statements = lines.iter().filter(|line| line.is_statement());
    let Some(first) = statements.next().filter(|line| line.indent > 0) else { return code };
    let begins_program = matches!(
        first.tokens.first(),
        Some(Token::Name("def" | "async" | "class" | "import" | "from") | Token::Mark('@'))
    );
    if !begins_program || !statements.any(SourceLine::is_top) {
        return code;
    }
    format!("{}{}", &code[..first.start], &code[first.start + first.indent..])
}

/// Functions that take `self`, in a class, after all else.
fn in_class(code: &str) -> String {
    let lines = python::lines(code);
    let chunks = python::outline(&lines);
    let methods: HashSet<usize> = chunks
        .iter()
        .filter(|chunk| matches!(chunk.kind, StatementKind::Function { takes_self: true, .. }))
        .flat_map(|chunk| chunk.lines.clone())
        .collect();
    let first =
        chunks.iter().find(|chunk| matches!(chunk.kind, StatementKind::Function { takes_self: true, .. }));
    let Some(first) = first.map(|chunk| chunk.lines.start) else { return code.to_owned() };
    // What stands between the methods stands before the class.
    let (mut before, mut within) = (String::new(), String::from("class Solution:\n"));
    for (number, line) in lines.iter().enumerate() {
        if number < first || !methods.contains(&number) {
            before.push_str(line.text);
            before.push('\n');
        } else if line.role == LineRole::InString || line.role == LineRole::Blank {
            within.push_str(line.text);
            within.push('\n');
        } else {
            within.push_str("    ");
            within.push_str(line.text);
            within.push('\n');
        }
    }
    before + &within
}

/// The code with those imports and helpers of the prompt before it that it lacks.
fn with_prompt_definitions(prompt: &str, code: String, name: &str, notes: &mut Vec<Note>) -> String {
    let prompt_lines = python::lines(prompt);
    let lines = python::lines(&code);
    let chunks = python::outline(&lines);
    let bound: HashSet<&str> = chunks.iter().flat_map(|chunk| chunk.kind.binds().iter().copied()).collect();
    let texts: HashSet<&str> = lines.iter().map(|line| line.text.trim_end()).collect();
    let mut added = String::new();
    for chunk in python::outline(&prompt_lines) {
        let there = match &chunk.kind {
            StatementKind::Import(names) if names.is_empty() => {
                texts.contains(prompt_lines[chunk.head].text.trim_end())
            }
            StatementKind::Import(names) | StatementKind::Assignment(names) => {
                names.iter().all(|name| bound.contains(name))
            }
            StatementKind::Function { name: function, .. } => *function == name || bound.contains(function),
            StatementKind::Class { name: class, .. } => bound.contains(class),
            _ => true,
        };
        if !there {
            for line in &prompt_lines[chunk.lines.clone()] {
                added.push_str(line.text);
                added.push('\n');
            }
        }
    }
    if added.is_empty() {
        return code;
    }
    notes.push(Note::PromptDefinitionsAdded);
    // An import of `__future__` must come first.
    let future = |chunk: &&Chunk<'_>| lines[chunk.head].names().nth(1) == Some("__future__");
    let at = chunks
        .iter()
        .rev()
        .find(future)
        .and_then(|chunk| lines.get(chunk.lines.end))
        .map_or(0, |line| line.start);
    format!("{}{added}\n{}", &code[..at], &code[at..])
}
