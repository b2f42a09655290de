//! What models and the servers in front of them put around an answer: thinking, special tokens, JSON, quotation marks,
//! tags.

use serde_json::Value as Json;

use super::how::{NoCode, Note};

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

/// Tokens with which a turn ends, or the next begins, that no program has in it.
const SPECIAL: [&str; 16] = [
    "<|endoftext|>",
    "<|im_end|>",
    "<|im_start|>",
    "<|eot_id|>",
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

/// Such tokens that a program may well have in it: they count at the end of a line only.
const SPECIAL_AT_END: [&str; 4] = ["</s>", "<eos>", "[/INST]", "[INST]"];

/// Tags around code, opening and closing.
const TAGS: [(&str, &str); 9] = [
    ("[BEGIN]", "[DONE]"),
    ("[PYTHON]", "[/PYTHON]"),
    ("[ANSWER]", "[/ANSWER]"),
    ("[CODE]", "[/CODE]"),
    ("<code>", "</code>"),
    ("<python>", "</python>"),
    ("<answer>", "</answer>"),
    ("<solution>", "</solution>"),
    ("<pre>", "</pre>"),
];

/// Fields of JSON in which models put a program, the likeliest first.
const FIELDS: [&str; 9] =
    ["code", "solution", "program", "completion", "python", "python_code", "source", "answer", "content"];

/// The answer without what is around it.
///
/// # Errors
///
/// When nothing is left.
pub fn unwrap(raw: &str, notes: &mut Vec<Note>) -> Result<String, NoCode> {
    let text = raw.trim_start_matches('\u{feff}');
    let text = without_thinking(text, notes)?;
    let text = without_special_tokens(text, notes);
    let text = if text.contains("\r\n") {
        notes.push(Note::LineEndsChanged);
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    };
    let text = from_json(&text, notes).unwrap_or(text);
    let text = without_quote_marks(&text, notes).unwrap_or(text);
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
    while let Some(token) = SPECIAL.iter().find(|token| text.trim_start().starts_with(**token)) {
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
        // In quotation marks it is what a program is about.
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
    let inner =
        trimmed.strip_prefix("```json").and_then(|rest| rest.strip_suffix("```")).map_or(trimmed, str::trim);
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

/// What stands between tags.
#[derive(Clone, Copy, Debug)]
pub struct Tagged<'a> {
    /// The opening tag.
    pub tag: &'static str,
    /// The text between it and the closing one, or the end.
    pub text: &'a str,
    /// What stands before it, and after it.
    pub around: [&'a str; 2],
}

/// The texts between tags of the first kind that is there. The first opening tag may be missing, as where the prompt
/// ended with it, and the last closing one, as in an answer that was cut off.
pub fn tagged(text: &str) -> Vec<Tagged<'_>> {
    let Some(&(tag, close)) =
        TAGS.iter().find(|(open, close)| on_a_line(text, open) || on_a_line(text, close))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let open = rest.find(tag);
        let end = rest.find(close);
        let start = match (open, end) {
            (Some(open), Some(end)) if open > end && at == 0 => at,
            (None, Some(_)) if at == 0 => at,
            (Some(open), _) => at + open + tag.len(),
            (None, _) => break,
        };
        let end = text[start..].find(close).map_or(text.len(), |length| start + length);
        found.push(Tagged { tag, text: &text[start..end], around: [&text[..start], &text[end..]] });
        at = (end + close.len()).min(text.len());
    }
    found
}

/// Whether a tag begins or ends a line.
fn on_a_line(text: &str, tag: &str) -> bool {
    text.contains(tag) && text.lines().map(str::trim).any(|line| line.starts_with(tag) || line.ends_with(tag))
}
