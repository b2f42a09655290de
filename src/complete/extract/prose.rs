//! Whether a line is prose rather than Python.

use crate::python::{LineRole, SourceLine, Token, begins_block, is_keyword};

/// Words that begin a statement and stand nowhere else in one, a block's colon aside.
const STARTERS: [&str; 14] = [
    "assert", "break", "class", "continue", "def", "del", "global", "nonlocal", "pass", "raise", "return",
    "try", "while", "with",
];

/// Words that are reserved at the beginning of some statements only.
const SOFT: [&str; 3] = ["match", "case", "type"];

/// Words that stand before a colon in what explains a program, and that no program annotates.
const LABELS: [&str; 16] = [
    "Answer",
    "Code",
    "Example",
    "Examples",
    "Expected",
    "Explanation",
    "File",
    "Filename",
    "Input",
    "Language",
    "Note",
    "Notes",
    "Output",
    "Result",
    "Solution",
    "Usage",
];

/// Whether a line on which a statement begins, or goes on, reads like prose: two words next to each other that Python
/// keeps apart, a full stop, a mark that Python has no use for.
pub(super) fn is_prose(line: &SourceLine<'_>) -> bool {
    let tokens = line.tokens.as_slice();
    let trimmed = line.text.trim();
    match line.role {
        LineRole::Blank | LineRole::Comment | LineRole::InString => return false,
        LineRole::Statement | LineRole::Continued => {}
    }
    let Some((&first, &last)) = tokens.first().zip(tokens.last()) else { return false };
    tokens.iter().any(|token| is_foreign(*token))
        || tokens.windows(2).enumerate().any(|(at, pair)| can_not_follow(at, pair[0], pair[1]))
        || ends_like_prose(trimmed, tokens)
        || (line.role == LineRole::Statement && begins_like_prose(trimmed, tokens, first))
        || (line.role == LineRole::Statement
            && (lists_values(tokens) || lists_labels(tokens) || names_an_order(tokens)))
        || (line.role == LineRole::Statement && !line.goes_on && lacks_its_colon(tokens, first, last))
        || matches!(tokens, [Token::Name(word)] if !word.is_ascii())
}

/// Whether a statement is surely code, and not a value or a word that could be anything.
pub(super) fn is_strong(line: &SourceLine<'_>) -> bool {
    let tokens = line.tokens.as_slice();
    if line.role != LineRole::Statement || is_prose(line) {
        return false;
    }
    match tokens {
        [Token::Mark('@'), ..] => true,
        [Token::Name(word), ..]
            if is_keyword(word) && !matches!(*word, "True" | "False" | "None" | "not") =>
        {
            true
        }
        [Token::Name(_), rest @ ..] => {
            rest.iter().any(|token| token.is('=')) || matches!(rest, [Token::Mark('(' | '.' | '['), ..])
        }
        _ => false,
    }
}

/// Marks that have no place in Python outside of strings. Typographic quotes are left to the interpreter.
fn is_foreign(token: Token<'_>) -> bool {
    match token {
        Token::Fault => true,
        Token::Mark('`' | '$' | '?' | '\\') => true,
        Token::Mark(mark) => !mark.is_ascii() && !"“”‘’".contains(mark),
        _ => false,
    }
}

fn can_not_follow(at: usize, left: Token<'_>, right: Token<'_>) -> bool {
    match (left, right) {
        (Token::Name(left), Token::Name(right)) => {
            let soft = at == 0 && SOFT.contains(&left);
            let starts = STARTERS.contains(&right) && left != "async";
            starts || (!is_keyword(left) && !is_keyword(right) && !soft)
        }
        (Token::Number | Token::Text | Token::Mark(')' | ']' | '}'), Token::Name(right)) => {
            !is_keyword(right) || STARTERS.contains(&right)
        }
        (Token::Name(left), Token::Number) => !(is_keyword(left) || (at == 0 && SOFT.contains(&left))),
        (Token::Mark(','), Token::Name(right)) => STARTERS.contains(&right),
        (Token::Mark('!'), right) => !right.is('='),
        _ => false,
    }
}

/// A full stop, but not that of `1.` or `...`.
fn ends_like_prose(trimmed: &str, tokens: &[Token<'_>]) -> bool {
    match tokens {
        [.., Token::Number, Token::Mark('.')] => false,
        [.., Token::Mark('.')] => !trimmed.ends_with("..."),
        [.., Token::Mark('!')] => true,
        _ => false,
    }
}

/// Labels with values, as in `height: 2, upside_down: True`: a name and a colon behind a comma.
fn lists_labels(tokens: &[Token<'_>]) -> bool {
    let [Token::Name(first), ..] = tokens else { return false };
    if is_keyword(first) || SOFT.contains(first) {
        return false;
    }
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Name("lambda") => return false,
            Token::Mark(',') if depth == 0 => {
                if let [Token::Name(_), Token::Mark(':'), next, ..] = &tokens[at + 1..]
                    && !next.is('=')
                {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// What a program takes, `O(n)` or `Time: O(n)`.
fn names_an_order(tokens: &[Token<'_>]) -> bool {
    let order = match tokens {
        [Token::Name(_), Token::Mark(':'), order @ ..] => order,
        _ => tokens,
    };
    matches!(order, [Token::Name("O"), Token::Mark('('), _, .., Token::Mark(')')])
}

/// Values of names, as in `x = 3, y = 4 -> 7`: an arrow outside of a header, or a value in place of a target.
fn lists_values(tokens: &[Token<'_>]) -> bool {
    let is_header = matches!(tokens.first(), Some(Token::Name("def" | "async")));
    let has_arrow = tokens.windows(2).any(|pair| pair[0].is('-') && pair[1].is('>'));
    let (mut depth, mut assigned, mut value) = (0_i32, false, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(';' | ':') | Token::Name("lambda" | "if") if depth == 0 => {
                (assigned, value) = (false, false)
            }
            Token::Mark('=') if depth == 0 => {
                let compares = |other: Option<&Token<'_>>| matches!(other, Some(Token::Mark(mark)) if "=!<>:+-*/%&|^@".contains(*mark));
                if compares(tokens.get(at + 1)) || (at > 0 && compares(tokens.get(at - 1))) {
                    continue;
                }
                if assigned && value {
                    return true;
                }
                (assigned, value) = (true, false);
            }
            Token::Number | Token::Text if depth == 0 && assigned => {
                // `3, y = 4`, but not `a - 3`.
                let alone = tokens.get(at + 1).is_some_and(|next| next.is(','));
                value |= alone;
            }
            _ => {}
        }
    }
    has_arrow && !is_header
}

/// Lists, headings, tables, tags, rules, labels and what is typed in a session.
fn begins_like_prose(trimmed: &str, tokens: &[Token<'_>], first: Token<'_>) -> bool {
    let listed = ["- ", "* ", "+ ", "**", "<", "|", "--", "==", "~~~", ">>> "]
        .iter()
        .any(|start| trimmed.starts_with(start));
    let numbered =
        first == Token::Number && tokens.get(1).is_some_and(|second| second.is('.') || second.is(')'));
    let tag = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let tagged = tag.is_some_and(|tag| match tag.strip_prefix('/') {
        Some(name) => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()),
        None => !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_uppercase()) || tag == "code",
    });
    let labelled = matches!(tokens, [Token::Name(label), Token::Mark(':'), _, ..] if LABELS.contains(label));
    listed || numbered || tagged || labelled
}

/// A colon at the end of what can not have a block, or none where there must be one.
fn lacks_its_colon(tokens: &[Token<'_>], first: Token<'_>, last: Token<'_>) -> bool {
    let may = first.name().is_some_and(|word| begins_block(word) || SOFT.contains(&word));
    let must = first.name().is_some_and(begins_block);
    if must {
        return !tokens.iter().any(|token| token.is(':')) && !forgets_its_colon(tokens);
    }
    match tokens {
        [Token::Name("import"), second, ..] => second.name().is_none(),
        [Token::Name("from"), rest @ ..] => !rest.contains(&Token::Name("import")),
        _ => last.is(':') && !may,
    }
}

/// The header of a block that would be one with a colon, and no words of a sentence: `def f(x)`, `while x < 3`.
fn forgets_its_colon(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [Token::Name("def" | "class"), Token::Name(_)] => true,
        [Token::Name("def" | "class"), Token::Name(_), Token::Mark('('), ..] => true,
        [Token::Name("for"), rest @ ..] => rest.contains(&Token::Name("in")) && has_operator(rest),
        [_, rest @ ..] => has_operator(rest),
        [] => false,
    }
}

fn has_operator(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| matches!(token, Token::Mark('(' | '[' | '=' | '<' | '>' | '%')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::lines;

    #[test]
    fn sentences_are_prose_and_statements_are_not() {
        for prose in [
            "Sure! Here is the function:",
            "Here's the code:",
            "This is correct.",
            "Explanation:",
            "**Explanation**",
            "- `x`: the number",
            "1. Read the input",
            "1) Done",
            "For example, 3 is odd",
            "The time complexity is O(n log n)",
            "以下是代码：",
            "说明",
            "Note that this works only for n > 0",
            "from the input we take x",
            "| a | b |",
            "---",
            "if you want more, ask me!",
            "while this works it is slow",
            "Finally, return the result",
            "Step 1",
            "</answer>",
            "[DONE]",
            "[/PYTHON]",
            "[code]",
            "height: 2, upside_down: True",
            "height, width: 0",
            "for example",
            ">>> f(1)",
            "if needed",
            "O(n)",
            "Time: O(n * m)",
            "[/code]",
            "\\begin{verbatim}",
            "The sum is \\(x + y\\)",
            "~~~",
            "I don't know",
            "Note: this (as asked) adds",
            "x = 3, y = 4 -> 7",
            "add(1, 2) -> 3",
            "Input: x = 2, y = 3",
            "Input: numbers = [1, 2]",
            "x = 2, y = 3",
            "f(x) returns y",
        ] {
            assert!(is_prose(&lines(prose)[0]), "{prose}");
        }
        for code in [
            "x = 1",
            "n, m = map(int, input().split())",
            "print(f'{x:.2f} is it')",
            "for x in range(3): print(x)",
            "@cache",
            "*rest, last = items",
            "x: int = 3",
            "if x: return y",
            "match value:",
            "case Point(x=0):",
            "async def f(): pass",
            "y = x if x else not z",
            "else:",
            "return lambda x: x",
            "...",
            "-x",
            "a = b'x' + rb\"y\"",
            "print(“hi”)",
            "x = 1.",
            "assert f(1) == 2, 'no'",
            "from . import x",
            "try: x()",
            "a[1:2] != b",
            "x = yield",
            "f(x); return 3",
            "[x] = y",
            "~x",
            "def f(x) -> int:",
            "async def f(x) -> int:",
            "x = a, b = 1, 2",
            "x = y = 3",
            "x = 5; y = 6",
            "x = a[0] if b else (1) if c else 2",
            "f(x=1, y=2)",
            "x: int = 3",
            "x = 1 <= y == 2",
            "[x for x in (1, 2) if x]",
            "x = {1: 2} or {}",
            "x = O(n)",
            "x = lambda a, b: a",
            "x[a, b:c]",
            "def main()",
            "class Main",
            "while x < 3",
            "for i in range(n)",
            "if x == 3",
            "O()",
        ] {
            assert!(!is_prose(&lines(code)[0]), "{code}");
        }
    }

    #[test]
    fn values_alone_are_no_sure_sign_of_code() {
        for (line, strong) in [
            ("[1, 2]", false),
            ("3", false),
            ("Yes", false),
            ("x = 3", true),
            ("f(3)", true),
            ("return 3", true),
        ] {
            assert_eq!(is_strong(&lines(line)[0]), strong, "{line}");
        }
    }
}
