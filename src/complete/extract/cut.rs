//! A last statement that was cut off with the answer: it is no part of a program that is whole without it.

use super::choose::{acts, talks_to_the_world};
use crate::python::{self, Chunk, LineRole, Scanner, SourceLine, StatementKind, Token};

/// What is known of the end of a piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Something stands behind it, a closing fence or prose: the model was done with it.
    Closed,
    /// The answer ends with it.
    Open,
    /// The answer ends with it, and so within a fenced block or between tags.
    Unclosed,
    /// The answer ends with it, at the limit of tokens.
    Cut,
}

/// Words that no statement ends with.
const GO_ON: [&str; 21] = [
    "and", "as", "assert", "async", "await", "class", "def", "del", "elif", "for", "from", "global", "if",
    "import", "in", "is", "lambda", "nonlocal", "not", "or", "with",
];

/// The code without a last statement that was cut off; `None` where there is none to leave out.
///
/// Where tests call the function `name`, such a statement follows the function, or begins a second version of it. A
/// function that was itself cut off stays as it is, and is judged as it is. Where the whole program runs, it must end
/// in the middle, and the program must still do something and write without it.
pub(super) fn without_cut_statement<'a>(
    code: &'a str,
    name: Option<&str>,
    ending: Ending,
) -> Option<&'a str> {
    if ending == Ending::Closed {
        return None;
    }
    let lines = python::lines(code);
    let chunks = python::outline(&lines);
    let last = chunks.last()?;
    let incomplete = is_incomplete(&lines);
    let from = match name {
        Some(name) => {
            let entry = chunks.iter().rposition(|chunk| defines(chunk, name))?;
            if let Some(decorator) = trailing_decorator(&lines) {
                (decorator > chunks[entry].head).then_some(decorator)
            } else if entry + 1 < chunks.len() {
                let spare = incomplete || is_spare(&lines, &chunks, ending);
                spare.then_some(last.lines.start)
            } else if (incomplete || ending == Ending::Cut)
                && chunks[..entry].iter().any(|chunk| defines_all(chunk, name))
            {
                Some(last.lines.start)
            } else {
                incomplete.then(|| last_method(&lines, last, name)).flatten()
            }
        }
        None => {
            let whole_without =
                talks_to_the_world(&lines[..last.lines.start]).writes && acts(&chunks[..chunks.len() - 1]);
            (incomplete && whole_without).then_some(last.lines.start)
        }
    }?;
    Some(&code[..lines[from].start])
}

fn defines(chunk: &Chunk<'_>, name: &str) -> bool {
    match &chunk.kind {
        StatementKind::Function { name: function, .. } => *function == name,
        StatementKind::Assignment(names) => names.contains(&name),
        StatementKind::Class { methods, .. } => methods.iter().any(|(method, _)| *method == name),
        _ => false,
    }
}

/// Whether a chunk defines the function, and not its header alone.
fn defines_all(chunk: &Chunk<'_>, name: &str) -> bool {
    match &chunk.kind {
        StatementKind::Function { stub, .. } => !stub && defines(chunk, name),
        StatementKind::Class { methods, .. } => methods.iter().any(|(method, stub)| *method == name && !stub),
        _ => defines(chunk, name),
    }
}

/// A decorator at the margin with nothing under it.
fn trailing_decorator(lines: &[SourceLine<'_>]) -> Option<usize> {
    let last = lines.iter().rposition(SourceLine::is_statement)?;
    let mut first = last;
    while lines[first].is_top() && lines[first].tokens.first().is_some_and(|token| token.is('@')) {
        match lines[..first].iter().rposition(SourceLine::is_statement) {
            Some(before) if lines[before].tokens.first().is_some_and(|token| token.is('@')) => first = before,
            _ => return Some(first),
        }
    }
    None
}

/// Where the last method of a class begins, if that is another than the one that is wanted.
fn last_method(lines: &[SourceLine<'_>], class: &Chunk<'_>, name: &str) -> Option<usize> {
    if !matches!(class.kind, StatementKind::Class { .. }) {
        return None;
    }
    let within = class.head + 1..class.lines.end;
    let indent = lines[within.clone()].iter().find(|line| line.is_statement())?.indent;
    let mut at = within.clone().rev().find(|&number| {
        let line = &lines[number];
        line.is_statement()
            && line.indent == indent
            && matches!(line.tokens.first(), Some(Token::Name("def" | "async" | "class")))
    })?;
    if lines[at].names().any(|found| found == name) {
        return None;
    }
    while at > within.start && lines[at - 1].tokens.first().is_some_and(|token| token.is('@')) {
        at -= 1;
    }
    Some(at)
}

/// Whether the last statement is one that nothing needs, although it could be whole: `import unitt`.
fn is_spare(lines: &[SourceLine<'_>], chunks: &[Chunk<'_>], ending: Ending) -> bool {
    let Some((last, before)) = chunks.split_last() else { return false };
    let unused = |names: &[&str]| {
        let used = |name: &&str| {
            before.iter().any(|chunk| {
                lines[chunk.lines.clone()].iter().any(|line| line.names().any(|found| found == *name))
            })
        };
        !names.is_empty() && !names.iter().any(used)
    };
    match (&last.kind, ending) {
        (StatementKind::Import(names) | StatementKind::Assignment(names), Ending::Unclosed | Ending::Cut) => {
            unused(names)
        }
        // The last definition could always go on, even where nothing is missing.
        (StatementKind::Function { .. } | StatementKind::Class { .. }, Ending::Cut) => {
            unused(last.kind.binds())
        }
        (StatementKind::Other | StatementKind::Return | StatementKind::MainGuard, Ending::Cut) => true,
        _ => false,
    }
}

/// Whether the last statement can not be complete.
fn is_incomplete(lines: &[SourceLine<'_>]) -> bool {
    let last = lines.iter().rposition(|line| !matches!(line.role, LineRole::Blank | LineRole::Comment));
    let Some(last) = last else { return false };
    let line = &lines[last];
    if line.goes_on || (line.role != LineRole::InString && leaves_a_string_open(line.text)) {
        return true;
    }
    let head = lines[..=last].iter().rposition(SourceLine::is_statement).unwrap_or(last);
    let first = lines[head].tokens.first();
    let tokens: Vec<Token<'_>> =
        lines[head..=last].iter().flat_map(|line| line.tokens.iter().copied()).collect();
    let is_decorator = first.is_some_and(|token| token.is('@'));
    let lacks_import = first == Some(&Token::Name("from")) && !tokens.contains(&Token::Name("import"));
    is_decorator || lacks_import || lacks_a_block(&tokens) || ends_in_the_middle(&tokens)
}

/// The header of a block without its colon, or with nothing behind it.
fn lacks_a_block(tokens: &[Token<'_>]) -> bool {
    let has_block = tokens.first().and_then(|first| first.name()).is_some_and(python::begins_block);
    let colon = tokens.iter().any(|token| token.is(':'));
    (has_block && !colon) || tokens.last().is_some_and(|token| token.is(':'))
}

fn ends_in_the_middle(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [.., Token::Name("import"), Token::Mark('*')] => false,
        [.., before, Token::Mark('.')] => !matches!(before, Token::Number | Token::Mark('.')),
        [.., Token::Mark(mark)] => "+-*/%=<>&|^~@!".contains(*mark),
        [.., Token::Name(word)] => GO_ON.contains(word),
        _ => false,
    }
}

/// Whether a string is open at the end of a line. If one is, a further quote closes it, and the bracket behind it opens
/// something.
fn leaves_a_string_open(text: &str) -> bool {
    ['"', '\''].into_iter().any(|quote| Scanner::default().line(&format!("{text} {quote} ("), 0).goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_end_in_the_middle_are_told() {
        for cut in [
            "print(add(5,",
            "x = [1, 2",
            "x = 'abc",
            "x = \"it's",
            "def f(x):",
            "def f",
            "class Test",
            "for i in range(3)",
            "if x == 3:\n    # a comment",
            "x = y +",
            "x = y and",
            "return x -",
            "x = a.",
            "from math",
            "from math import",
            "@cache",
            "'''A text",
            "x = 1 + \\",
        ] {
            assert!(is_incomplete(&python::lines(cut)), "{cut}");
        }
        for whole in [
            "print(add(5))",
            "x = ''",
            "x = \"it's\"  # isn't it",
            "x = '''a\nb'''",
            "for i in x: pass",
            "from math import *",
            "x = 1.",
            "...",
            "x = 1,",
            "return",
            "x: int",
            "x = y if z else None",
            "",
        ] {
            assert!(!is_incomplete(&python::lines(whole)), "{whole}");
        }
    }

    #[test]
    fn what_the_function_needs_stays() {
        let kept = |tail: &str, ending| {
            let code = format!("def f(x):\n    return g(x)\n\n{tail}");
            without_cut_statement(&code, Some("f"), ending).is_none()
        };
        assert!(kept("def g(x):\n    return x", Ending::Cut));
        assert!(kept("g = len", Ending::Cut));
        assert!(!kept("def h(x):\n    return [x] if x] for y", Ending::Cut));
        assert!(!kept("class H:\n    x = 1", Ending::Cut) && kept("class H:\n    x = 1", Ending::Unclosed));
        assert!(
            !kept("h = le", Ending::Cut) && !kept("h = le", Ending::Unclosed) && kept("h = le", Ending::Open)
        );
        assert!(!kept("fill(table)", Ending::Cut) && kept("fill(table)", Ending::Unclosed));
        for ending in [Ending::Cut, Ending::Unclosed, Ending::Open] {
            assert!(!kept("h = [1,", ending) && !kept("@cache", ending));
        }
        assert!(kept("h = [1,", Ending::Closed));
        let half = "def f(x):\n    return (x +";
        assert_eq!(without_cut_statement(half, Some("f"), Ending::Cut), None);
    }

    #[test]
    fn the_function_once_more_is_left_out_where_it_was_cut_off() {
        let kept = |first: &str, again: &str, ending| {
            let code = format!("def f(x):\n    {first}\n\ndef f(x):\n    {again}");
            without_cut_statement(&code, Some("f"), ending).map(|kept| kept.trim_end().to_owned())
        };
        let before = Some("def f(x):\n    return 1".to_owned());
        for ending in [Ending::Cut, Ending::Unclosed, Ending::Open] {
            assert_eq!(kept("return 1", "\"\"\"Gives", ending), before);
            assert_eq!(kept("\"\"\"Gives 1.\"\"\"", "return (1 +", ending), None);
        }
        assert_eq!(kept("return 1", "return 2", Ending::Cut), before);
        assert_eq!(kept("return 1", "return 2", Ending::Unclosed), None);
    }

    #[test]
    fn a_program_is_cut_only_where_it_writes_before() {
        let cut = |code| without_cut_statement(code, None, Ending::Cut);
        assert_eq!(cut("print(input())\n\ndef help(x"), Some("print(input())\n"));
        assert_eq!(cut("n = input()\nprint(n"), None);
        assert_eq!(cut("n = input()\nprint(n)"), None);
        assert_eq!(
            cut("def solve():\n    print(input())\n\ndef main():\n    solve("),
            None,
            "nothing would run"
        );
    }

    #[test]
    fn a_method_after_the_one_that_is_wanted_is_left_out() {
        let code = "class Solution:\n    def f(self):\n        return 1\n\n    @staticmethod\n    def g(x):\n        retur(";
        let kept = without_cut_statement(code, Some("f"), Ending::Unclosed).unwrap();
        assert!(kept.trim_end().ends_with("return 1"), "{kept}");
        assert_eq!(without_cut_statement(code, Some("g"), Ending::Unclosed), None);
    }
}
