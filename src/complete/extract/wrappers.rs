//! What models and the servers in front of them put around an answer: thinking, special tokens, JSON, quotation marks,
//! and characters that nobody sees.

use serde_json::Value as Json;

use super::how::{NoCode, Note};
use crate::python::{self, Token};

/// Tags around a model's thinking, opening and closing.
const THINKING: [(&str, &str); 8] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("[THINK]", "[/THINK]"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("◁think▷", "◁/think▷"),
];

/// What comes before the final answer in the format of gpt-oss.
const FINAL_CHANNEL: &str = "<|channel|>final<|message|>";

/// Tokens that end a turn, or begin the next; no program contains them.
const SPECIAL: [&str; 19] = [
    "<|endoftext|>",
    "<|im_end|>",
    "<|im_start|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|eot|>",
    "<|python_end|>",
    "<|end_of_text|>",
    "<|end_of_turn|>",
    "<|end|>",
    "<|EOT|>",
    "<|file_sep|>",
    "<|fim_prefix|>",
    "<|user|>",
    "<|assistant|>",
    "<|return|>",
    "<|start_header_id|>",
    "<｜end▁of▁sentence｜>",
    "<end_of_turn>",
];

/// Such tokens that a program may well contain: they count only at the end of a line.
const SPECIAL_AT_END: [&str; 4] = ["</s>", "<eos>", "[/INST]", "[INST]"];

/// Tokens with which a turn begins that is all code.
const SPECIAL_AT_START: [&str; 2] = ["<|python_tag|>", "<|python_start|>"];

/// Fields of JSON in which models put a program, the likeliest first.
const FIELDS: [&str; 9] =
    ["code", "solution", "program", "completion", "python", "python_code", "source", "answer", "content"];

/// The answer without what is around it.
///
/// # Errors
///
/// When nothing is left.
pub(super) fn unwrap(raw: &str, notes: &mut Vec<Note>) -> Result<String, NoCode> {
    let text = raw.trim_start_matches('\u{feff}');
    let text = without_thinking(text, notes)?;
    let text = without_special_tokens(text, notes);
    let text = if text.contains('\r') {
        notes.push(Note::LineEndsChanged);
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    };
    let text = with_plain_spaces(&text, notes).unwrap_or(text);
    let text = from_json(&text, notes).or_else(|| unescaped(&text, notes)).unwrap_or(text);
    let text = without_quote_marks(&text, notes).unwrap_or(text);
    let text = with_backticks(&text).unwrap_or(text);
    let thought = notes.contains(&Note::ThinkingRemoved);
    match text.trim().is_empty() {
        true if thought => Err(NoCode::OnlyThinking),
        true => Err(NoCode::Empty),
        false => Ok(text),
    }
}

fn without_thinking<'a>(text: &'a str, notes: &mut Vec<Note>) -> Result<&'a str, NoCode> {
    let mut rest = text;
    if let Some(at) = rest.rfind(FINAL_CHANNEL) {
        notes.push(Note::ThinkingRemoved);
        return Ok(&rest[at + FINAL_CHANNEL.len()..]);
    }
    let mut removed = false;
    while let Some((open, _)) = THINKING.iter().find(|(open, _)| rest.trim_start().starts_with(open)) {
        let inside = &rest.trim_start()[open.len()..];
        // Some open with one tag and close with another.
        let Some(end) = first_end_of_thinking(inside) else { return Err(NoCode::UnfinishedThinking) };
        rest = &inside[end..];
        removed = true;
    }
    // Where the prompt opened it, there is a closing tag alone.
    let ends = THINKING.iter().filter_map(|(_, close)| last_on_a_line(rest, close));
    if let Some(end) = ends.max() {
        rest = &rest[end..];
        removed = true;
    }
    if removed {
        notes.push(Note::ThinkingRemoved);
    }
    Ok(if removed { rest.trim_start_matches(['\r', '\n']) } else { rest })
}

/// The end of the first closing tag. All are looked for at once, so that none is looked for to the end of the text
/// again and again.
fn first_end_of_thinking(text: &str) -> Option<usize> {
    text.match_indices(['<', '[', '◁']).find_map(|(at, _)| {
        let (_, close) = THINKING.iter().find(|(_, close)| text[at..].starts_with(close))?;
        Some(at + close.len())
    })
}

/// The end of the last such tag that begins or ends a line. One within a line may be in a program's string.
fn last_on_a_line(text: &str, tag: &str) -> Option<usize> {
    text.rmatch_indices(tag)
        .find(|(at, _)| {
            let before = text[..*at].trim_end_matches([' ', '\t']);
            let after = text[at + tag.len()..].trim_start_matches([' ', '\t']);
            before.is_empty() || before.ends_with('\n') || after.is_empty() || after.starts_with(['\n', '\r'])
        })
        .map(|(at, _)| at + tag.len())
}

fn without_special_tokens<'a>(text: &'a str, notes: &mut Vec<Note>) -> &'a str {
    let mut text = text;
    while let Some(token) =
        SPECIAL.iter().chain(&SPECIAL_AT_START).find(|token| text.trim_start().starts_with(**token))
    {
        text = &text.trim_start()[token.len()..];
        text = text.strip_prefix("assistant").unwrap_or(text);
    }
    let mut cut: Option<(usize, &str)> = None;
    let mut consider = |at: usize, token: &'static str| {
        if cut.is_none_or(|(first, _)| at < first) {
            cut = Some((at, token));
        }
    };
    for token in SPECIAL {
        // In quotation marks, it is text that a program works on.
        let plain = |at: &usize| !text[at + token.len()..].starts_with(['"', '\'']);
        if let Some(at) = text.match_indices(token).map(|(at, _)| at).find(plain) {
            consider(at, token);
        }
    }
    for token in SPECIAL_AT_END {
        let last =
            |at: &usize| text[at + token.len()..].trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
        let ends = |at: &usize| last(at) || text[at + token.len()..].trim_start().is_empty();
        if let Some(at) = text.match_indices(token).map(|(at, _)| at).find(ends) {
            consider(at, token);
        }
    }
    let Some((at, token)) = cut else { return text };
    notes.push(Note::SpecialTokenCut { token: token.to_owned() });
    &text[..at]
}

/// The program in an answer that is JSON, as such or in a fenced block: an object with a field for it, or a string.
fn from_json(text: &str, notes: &mut Vec<Note>) -> Option<String> {
    let trimmed = text.trim();
    let call = trimmed.strip_prefix("<tool_call>").and_then(|rest| rest.strip_suffix("</tool_call>"));
    let trimmed = call.map_or(trimmed, str::trim);
    let inner =
        trimmed.strip_prefix("```json").and_then(|rest| rest.strip_suffix("```")).map_or(trimmed, str::trim);
    let inner = only_block_of_json(trimmed).unwrap_or(inner);
    if !(inner.starts_with('{') && inner.ends_with('}') || inner.starts_with('"') && inner.ends_with('"')) {
        return None;
    }
    let (field, code) = match serde_json::from_str(inner).ok()? {
        // A docstring alone is no such string.
        Json::String(code) if code.contains('\n') => (String::new(), code),
        value => field_of(&value)?,
    };
    notes.push(Note::JsonUnwrapped { field });
    Some(code)
}

/// What is in the only fenced block of an answer, if it claims to be JSON.
fn only_block_of_json(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once("```json\n")?;
    let (inside, after) = rest.split_once("\n```")?;
    (!before.contains("```") && !after.contains("```")).then(|| inside.trim())
}

/// An answer on one line in which line ends are written as in a string, `def f():\n    return 1`.
fn unescaped(text: &str, notes: &mut Vec<Note>) -> Option<String> {
    let line = text.trim();
    if line.contains('\n') || !line.contains("\\n") {
        return None;
    }
    let lines = python::lines(line);
    let ends_a_line = |pair: &[Token<'_>]| {
        pair[0].is('\\') && matches!(pair[1], Token::Name(name) if name.starts_with('n'))
    };
    // In a string it is the program's.
    if !lines.first()?.tokens.windows(2).any(ends_a_line) {
        return None;
    }
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(escaped @ ('n' | 't' | '"' | '\'' | '\\'))) => {
                characters.next();
                plain.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            _ => plain.push(character),
        }
    }
    notes.push(Note::EscapesDecoded);
    Some(plain)
}

/// Replaces no-break spaces at the beginnings of lines by plain ones, and removes what has no width from the ends of
/// lines: nobody sees either, and no program means them there.
fn with_plain_spaces(text: &str, notes: &mut Vec<Note>) -> Option<String> {
    let is_space = |character: char| matches!(character, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}');
    let is_nothing = |character: char| matches!(character, '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{200e}');
    if !text.contains(|character| is_space(character) || is_nothing(character)) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let line = line.trim_end_matches(is_nothing);
        let rest = line.trim_start_matches(|character| {
            matches!(character, ' ' | '\t') || is_space(character) || is_nothing(character)
        });
        let white = line[..line.len() - rest.len()].chars().filter(|&character| !is_nothing(character));
        plain.extend(white.map(|character| if is_space(character) { ' ' } else { character }));
        plain.push_str(rest);
        plain.push_str(end);
    }
    if plain == text {
        return None;
    }
    notes.push(Note::SpacesReplaced);
    Some(plain)
}

/// An answer whose block is fenced by three quotes in place of backticks, and names Python.
fn with_backticks(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let quote_of = |line: &str| {
        let quote = ["'''", "\"\"\""].into_iter().find(|quote| line.starts_with(quote))?;
        let name = line[quote.len()..].trim().to_lowercase();
        matches!(name.as_str(), "python" | "python3" | "py").then_some(quote)
    };
    let (open, quote) = lines.iter().enumerate().find_map(|(at, line)| Some((at, quote_of(line)?)))?;
    let close = open + 1 + lines[open + 1..].iter().position(|line| line.trim_end() == quote)?;
    if text.contains("```") {
        return None;
    }
    let fenced = lines.iter().enumerate().map(|(at, line)| match at {
        at if at == open => "```python",
        at if at == close => "```",
        _ => line,
    });
    Some(fenced.flat_map(|line| [line, "\n"]).collect())
}

/// The first field that holds a program, those within others last.
fn field_of(value: &Json) -> Option<(String, String)> {
    let fields = value.as_object()?;
    let here =
        FIELDS.iter().find_map(|name| Some(((*name).to_owned(), fields.get(*name)?.as_str()?.to_owned())));
    here.or_else(|| fields.values().find_map(field_of))
}

/// Lines that all begin with `> `, without it.
fn without_quote_marks(text: &str, notes: &mut Vec<Note>) -> Option<String> {
    let quoted = |line: &str| line.starts_with('>') && !line.starts_with(">>>");
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek()?;
    if !lines.all(quoted) {
        return None;
    }
    notes.push(Note::QuoteMarksRemoved);
    let plain = text.lines().map(|line| {
        let rest = line.strip_prefix('>').unwrap_or(line);
        rest.strip_prefix(' ').unwrap_or(rest)
    });
    Some(plain.flat_map(|line| [line, "\n"]).collect())
}
