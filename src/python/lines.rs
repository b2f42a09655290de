//! Lines of a text that may be Python or prose, and their tokens.

use super::lexer::{Piece, Reading, open_string_end, pieces};
use super::words::is_keyword;

/// A piece of a line outside of strings and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name or a keyword.
    Name(&'a str),
    /// A number.
    Number,
    /// A string, or the part of one that is on this line.
    Text,
    /// Any other character.
    Mark(char),
    /// What can not be Python: a quote glued to a name, as in `Here's`.
    Fault,
}

impl<'a> Token<'a> {
    /// The name, if it is one.
    pub(crate) fn name(self) -> Option<&'a str> {
        match self {
            Token::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is this character.
    pub(crate) fn is(self, mark: char) -> bool {
        self == Token::Mark(mark)
    }
}

/// What a line is to the statements around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineRole {
    /// White space.
    Blank,
    /// A comment and nothing else.
    Comment,
    /// A statement begins here.
    Statement,
    /// A statement goes on, within brackets or after a backslash.
    Continued,
    /// It begins within a string of several lines.
    InString,
}

/// A line without its end.
#[derive(Clone, Debug)]
pub(crate) struct SourceLine<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// White space at its beginning, in bytes.
    pub indent: usize,
    /// What it is.
    pub role: LineRole,
    /// What is on it.
    pub tokens: Vec<Token<'a>>,
    /// Where the first three or more backticks outside of strings and comments begin, in bytes.
    pub backticks: Option<usize>,
    /// Whether the statement goes on in the next line.
    pub goes_on: bool,
}

impl<'a> SourceLine<'a> {
    /// Whether a statement begins here at the left margin.
    pub(crate) fn is_top(&self) -> bool {
        self.role == LineRole::Statement && self.indent == 0
    }

    /// Whether it is a statement that is no part of another line's.
    pub(crate) fn is_statement(&self) -> bool {
        self.role == LineRole::Statement
    }

    /// Whether it belongs to the statement of a line before it.
    pub(crate) fn is_continued(&self) -> bool {
        matches!(self.role, LineRole::Continued | LineRole::InString)
    }

    /// The white space at its beginning.
    pub(crate) fn indentation(&self) -> &'a str {
        &self.text[..self.indent]
    }

    /// Whether a block follows: its last token is a colon.
    pub(crate) fn opens_block(&self) -> bool {
        self.tokens.last().is_some_and(|last| last.is(':'))
    }

    /// The names on it.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.tokens.iter().filter_map(|token| token.name())
    }
}

/// The lines of a text, line ends aside.
pub(crate) fn lines(text: &str) -> Vec<SourceLine<'_>> {
    let mut scanner = Scanner::default();
    let mut start = 0;
    let mut lines = Vec::new();
    for whole in text.split_inclusive('\n') {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        lines.push(scanner.line(line.strip_suffix('\r').unwrap_or(line), start));
        start += whole.len();
    }
    lines
}

/// The line behind the statement that begins on a line, its block left out.
pub(crate) fn statement_end(lines: &[SourceLine<'_>], head: usize) -> usize {
    head + 1 + lines[head + 1..].iter().take_while(|line| line.is_continued()).count()
}

/// The tokens of the statement that begins on a line, its block left out.
pub(super) fn statement_tokens<'a, 'l>(
    lines: &'l [SourceLine<'a>],
    head: usize,
) -> impl Iterator<Item = Token<'a>> + use<'a, 'l> {
    lines[head..statement_end(lines, head)].iter().flat_map(|line| line.tokens.iter().copied())
}

/// What is open at the end of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scanner {
    /// The quote of a triple-quoted string.
    string: Option<u8>,
    brackets: u32,
    backslash: bool,
}

impl Scanner {
    /// Whether a string of several lines is open.
    pub(crate) fn in_string(&self) -> bool {
        self.string.is_some()
    }

    /// Reads the next line, which begins at byte `start` of the text.
    pub(crate) fn line<'a>(&mut self, text: &'a str, start: usize) -> SourceLine<'a> {
        let indent = text.len() - text.trim_start_matches([' ', '\t', '\u{c}']).len();
        let rest = &text[indent..];
        if self.string.is_none() && self.brackets > 0 && indent == 0 && begins_definition(rest) {
            // No bracket holds these, so one was left open before.
            self.brackets = 0;
        }
        let role = if self.string.is_some() {
            LineRole::InString
        } else if rest.trim().is_empty() {
            LineRole::Blank
        } else if self.brackets > 0 || self.backslash {
            LineRole::Continued
        } else if rest.starts_with('#') {
            LineRole::Comment
        } else {
            LineRole::Statement
        };
        self.backslash = false;
        let (tokens, backticks) = self.tokens(text);
        let goes_on = self.string.is_some() || self.brackets > 0 || self.backslash;
        SourceLine { text, start, indent, role, tokens, backticks, goes_on }
    }

    fn tokens<'a>(&mut self, text: &'a str) -> (Vec<Token<'a>>, Option<usize>) {
        let mut tokens = Vec::new();
        let mut backticks = None;
        let mut from = 0;
        if let Some(quote) = self.string {
            let end = open_string_end(text, quote);
            self.string = self.string.filter(|_| end.is_none());
            from = end.unwrap_or(text.len());
            tokens.push(Token::Text);
        }
        for (piece, start, end) in pieces(text, from, Reading::Answer) {
            match piece {
                Piece::Comment => break,
                Piece::Backslash if text[end..].trim().is_empty() => {
                    self.backslash = true;
                    break;
                }
                Piece::Blank | Piece::LineEnd => {}
                Piece::Text { open } => {
                    self.string = open;
                    tokens.push(Token::Text);
                }
                Piece::Word => {
                    let name = &text[start..end];
                    tokens.push(Token::Name(name));
                    if text[end..].starts_with(['"', '\'']) && !is_keyword(name) {
                        tokens.push(Token::Fault);
                    }
                }
                Piece::Number => tokens.push(Token::Number),
                Piece::Backslash | Piece::Operator => {
                    for mark in text[start..end].chars() {
                        match mark {
                            '(' | '[' | '{' => self.brackets += 1,
                            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
                            '`' if text[start..].starts_with("```") => backticks = backticks.or(Some(start)),
                            _ => {}
                        }
                        tokens.push(Token::Mark(mark));
                    }
                }
            }
        }
        (tokens, backticks)
    }
}

fn begins_definition(text: &str) -> bool {
    ["def ", "class ", "async def ", "import ", "from "].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Vec<LineRole> {
        lines(text).iter().map(|line| line.role).collect()
    }

    #[test]
    fn statements_strings_and_brackets_are_told_apart() {
        use LineRole::*;
        let text = "x = [1,\n2]\n\n# note\ns = '''a\n  b'''\ny = 1 + \\\n  2\ndef f():\n    return 'it''s'\n";
        let expected = [
            Statement, Continued, Blank, Comment, Statement, InString, Statement, Continued, Statement,
            Statement,
        ];
        assert_eq!(roles(text), expected);
    }

    #[test]
    fn a_bracket_left_open_does_not_hide_the_next_definition() {
        assert_eq!(roles("x = foo(\ndef f():\n"), [LineRole::Statement, LineRole::Statement]);
    }

    #[test]
    fn backticks_count_outside_of_strings_and_comments_only() {
        let found: Vec<_> =
            lines("a = '```'\nb = 1 # ```\nreturn x```\n").iter().map(|line| line.backticks).collect();
        assert_eq!(found, [None, None, Some(8)]);
    }

    #[test]
    fn an_escape_at_the_end_of_a_string_is_no_end_of_the_text() {
        for text in ["'é\\", "'''\\", "x = 'a\\é", "\"\"\"é\\\"\"\""] {
            assert_eq!(lines(text).len(), 1);
        }
    }
}
