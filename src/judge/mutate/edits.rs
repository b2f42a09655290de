//! What can be changed in a program.

use num_bigint::BigInt;

use super::Edit;
use crate::python::{PlacedToken, Statement, TokenKind, split};

/// What an operator with two sides becomes.
const BINARY: [(&str, &[&str]); 18] = [
    ("<", &["<=", ">"]),
    ("<=", &["<", ">="]),
    (">", &[">=", "<"]),
    (">=", &[">", "<="]),
    ("==", &["!="]),
    ("!=", &["=="]),
    ("+", &["-"]),
    ("-", &["+"]),
    ("*", &["//", "+"]),
    ("//", &["*", "%"]),
    ("%", &["//", "*"]),
    ("/", &["*", "//"]),
    ("**", &["*"]),
    ("<<", &[">>"]),
    (">>", &["<<"]),
    ("&", &["|"]),
    ("|", &["&"]),
    ("^", &["&"]),
];

/// What an assignment with an operator becomes.
const AUGMENTED: [(&str, &str); 12] = [
    ("+=", "-="),
    ("-=", "+="),
    ("*=", "//="),
    ("//=", "*="),
    ("/=", "*="),
    ("%=", "//="),
    ("**=", "*="),
    ("<<=", ">>="),
    (">>=", "<<="),
    ("&=", "|="),
    ("|=", "&="),
    ("^=", "|="),
];

/// What a word becomes.
const WORDS: [(&str, &str); 8] = [
    ("and", "or"),
    ("or", "and"),
    ("True", "False"),
    ("False", "True"),
    ("min", "max"),
    ("max", "min"),
    ("break", "continue"),
    ("continue", "break"),
];

/// The changes of single tokens, and of what follows them in brackets. Those of tokens that are `ignored` are left
/// out.
pub(super) fn of_tokens(source: &str, tokens: &[PlacedToken], ignored: &[bool]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if ignored[index] {
            continue;
        }
        let before = index.checked_sub(1).map(|before| &tokens[before]);
        let replaced =
            |text: &str| Edit { span: token.span(), line: token.line, replacement: text.to_owned() };
        match token.kind {
            TokenKind::Operator if before.is_some_and(PlacedToken::ends_operand) => {
                let binary = BINARY.iter().filter(|(from, _)| *from == token.text);
                edits.extend(binary.flat_map(|(_, to)| to.iter()).map(|to| replaced(to)));
                let augmented = AUGMENTED.iter().filter(|(from, _)| *from == token.text);
                edits.extend(augmented.map(|(_, to)| replaced(to)));
            }
            TokenKind::Operator if token.text == "-" => edits.push(replaced("")),
            TokenKind::Number => edits.extend(neighbours(token.text).iter().map(|text| replaced(text))),
            TokenKind::Text => edits.extend(emptied(tokens, index).map(|text| replaced(&text))),
            TokenKind::Keyword if token.text == "not" => edits.push(without_not(tokens, index)),
            TokenKind::Keyword if token.text == "is" && !is_keyword(tokens, index + 1, "not") => {
                edits.push(replaced("is not"));
            }
            TokenKind::Keyword if token.text == "if" => edits.extend(negated_within(source, tokens, index)),
            TokenKind::Name if before.is_some_and(|before| before.is(".")) => {}
            TokenKind::Name if token.text == "range" => edits.extend(bounds(source, tokens, index)),
            TokenKind::Name | TokenKind::Keyword => {
                edits
                    .extend(WORDS.iter().filter(|(from, _)| *from == token.text).map(|(_, to)| replaced(to)));
            }
            _ => {}
        }
    }
    edits
}

/// The changes of whole statements: gone, without its value, its condition the other way round.
pub(super) fn of_statements(source: &str, tokens: &[PlacedToken], statements: &[Statement]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for statement in statements {
        let (first, rest) =
            (&tokens[statement.tokens.start], statement.tokens.start + 1..statement.tokens.end);
        if statement.is_header {
            if matches!(first.text, "if" | "elif" | "while") && !rest.is_empty() {
                edits.push(negated(source, tokens, rest));
            }
            continue;
        }
        let is_documentation =
            tokens[statement.tokens.clone()].iter().all(|token| token.kind == TokenKind::Text);
        let span = first.start..tokens[statement.tokens.end - 1].end();
        let keyword = if first.kind == TokenKind::Keyword { first.text } else { "" };
        if keyword == "return" && !rest.is_empty() && &source[tokens[rest.start].start..span.end] != "None" {
            edits.push(Edit { span: span.clone(), line: first.line, replacement: "return None".to_owned() });
        }
        let stays = matches!(keyword, "pass" | "import" | "from" | "global" | "nonlocal") || first.is("@");
        if !(is_documentation || stays) {
            edits.push(Edit { span, line: first.line, replacement: "pass".to_owned() });
        }
    }
    edits
}

/// The numbers one below and one above.
fn neighbours(text: &str) -> Vec<String> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    let integer = match plain.get(..2) {
        Some("0x") => BigInt::parse_bytes(&plain.as_bytes()[2..], 16),
        Some("0b") => BigInt::parse_bytes(&plain.as_bytes()[2..], 2),
        Some("0o") => BigInt::parse_bytes(&plain.as_bytes()[2..], 8),
        _ => BigInt::parse_bytes(plain.as_bytes(), 10),
    };
    if let Some(integer) = integer {
        let (above, below): (BigInt, BigInt) = (&integer + 1, &integer - 1);
        return vec![above.to_string(), below.to_string()];
    }
    match plain.parse::<f64>() {
        Ok(float) if float.is_finite() && float.abs() < 1e15 => {
            vec![format!("{:?}", float + 1.0), format!("{:?}", float - 1.0)]
        }
        _ => Vec::new(),
    }
}

/// The string without its content, if it has any and is no documentation.
fn emptied(tokens: &[PlacedToken], index: usize) -> Option<String> {
    let text = tokens[index].text;
    let alone = |token: Option<&PlacedToken>| {
        token.is_none_or(|token| matches!(token.kind, TokenKind::LineEnd | TokenKind::Text))
    };
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    // What follows a header on its line is documentation too; nobody writes it so.
    if tokens[index].depth == 0 && alone(before) && alone(tokens.get(index + 1)) {
        return None;
    }
    let quote = text.find(['"', '\''])?;
    let body = text[quote..].trim_matches(['"', '\'']);
    let mark = &text[quote..=quote];
    (!body.is_empty()).then(|| format!("{}{mark}{mark}", &text[..quote]))
}

/// `not x` becomes `x`, and `not in` becomes `in`.
fn without_not(tokens: &[PlacedToken], index: usize) -> Edit {
    let token = &tokens[index];
    let end =
        tokens.get(index + 1).filter(|next| next.line == token.line).map_or(token.end(), |next| next.start);
    Edit { span: token.start..end, line: token.line, replacement: String::new() }
}

fn is_keyword(tokens: &[PlacedToken], index: usize, keyword: &str) -> bool {
    tokens.get(index).is_some_and(|token| token.is_keyword(keyword))
}

/// The condition in the middle of a conditional expression, or at the end of a comprehension, the other way round.
fn negated_within(source: &str, tokens: &[PlacedToken], index: usize) -> Option<Edit> {
    let depth = tokens[index].depth;
    let inside = index.checked_sub(1).is_some_and(|before| {
        let before = &tokens[before];
        before.ends_operand() && (before.line == tokens[index].line || depth > 0)
    });
    if !inside {
        return None; // it begins a statement
    }
    let ends = |token: &&PlacedToken| {
        token.depth < depth
            || token.kind == TokenKind::LineEnd
            || token.depth == depth
                && matches!(token.text, "else" | "for" | "if" | "async" | "," | ")" | "]" | "}")
    };
    let length = tokens[index + 1..].iter().position(|token| ends(&token))?;
    (length > 0).then(|| negated(source, tokens, index + 1..index + 1 + length))
}

/// The expression that these tokens are, negated.
fn negated(source: &str, tokens: &[PlacedToken], range: std::ops::Range<usize>) -> Edit {
    let span = tokens[range.start].start..tokens[range.end - 1].end();
    let replacement = format!("not ({})", &source[span.clone()]);
    Edit { span, line: tokens[range.start].line, replacement }
}

/// The first two arguments of a call of `range`, each one more and one less.
fn bounds(source: &str, tokens: &[PlacedToken], index: usize) -> Vec<Edit> {
    let mut edits = Vec::new();
    let Some(open) = tokens.get(index + 1).filter(|next| next.is("(")) else { return edits };
    let inside = tokens[index + 2..].iter().take_while(|token| token.depth > open.depth).count();
    let inside = index + 2..index + 2 + inside;
    let arguments = split(inside, |place| tokens[place].is(",") && tokens[place].depth == open.depth + 1);
    for argument in arguments.into_iter().take(2).filter(|argument| !argument.is_empty()) {
        let first = &tokens[argument.start];
        // Numbers have neighbours of their own, and a star brings several arguments.
        if argument.len() == 1 && first.kind == TokenKind::Number || first.is("*") {
            continue;
        }
        let span = first.start..tokens[argument.end - 1].end();
        for change in ["+ 1", "- 1"] {
            let replacement = format!("({}) {change}", &source[span.clone()]);
            edits.push(Edit { span: span.clone(), line: first.line, replacement });
        }
    }
    edits
}
