//! Lines and their tokens.

/// A piece of a line outside of strings and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
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
    pub fn name(self) -> Option<&'a str> {
        match self {
            Token::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is this character.
    pub fn is(self, mark: char) -> bool {
        self == Token::Mark(mark)
    }
}

/// What a line is to the statements around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
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
pub struct Line<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// White space at its beginning, in bytes.
    pub indent: usize,
    /// What it is.
    pub role: Role,
    /// What is on it.
    pub tokens: Vec<Token<'a>>,
    /// Where the first three or more backticks outside of strings and comments begin, in bytes.
    pub backticks: Option<usize>,
    /// Whether the statement goes on in the next line.
    pub goes_on: bool,
}

impl<'a> Line<'a> {
    /// Whether a statement begins here at the left margin.
    pub fn is_top(&self) -> bool {
        self.role == Role::Statement && self.indent == 0
    }

    /// Whether it is a statement that is no part of another line's.
    pub fn is_statement(&self) -> bool {
        self.role == Role::Statement
    }

    /// The white space at its beginning.
    pub fn indentation(&self) -> &'a str {
        &self.text[..self.indent]
    }

    /// Whether a block follows: its last token is a colon.
    pub fn opens_block(&self) -> bool {
        self.tokens.last().is_some_and(|last| last.is(':'))
    }

    /// The names on it.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.tokens.iter().filter_map(|token| token.name())
    }
}

/// The lines of a text, line ends aside.
pub fn lines(text: &str) -> Vec<Line<'_>> {
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

/// What is open at the end of a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scanner {
    /// The quote of a triple-quoted string.
    string: Option<u8>,
    brackets: u32,
    backslash: bool,
}

impl Scanner {
    /// Whether a string of several lines is open.
    pub fn in_string(&self) -> bool {
        self.string.is_some()
    }

    /// Reads the next line, which begins at byte `start` of the text.
    pub fn line<'a>(&mut self, text: &'a str, start: usize) -> Line<'a> {
        let indent = text.len() - text.trim_start_matches([' ', '\t', '\u{c}']).len();
        let rest = &text[indent..];
        if self.string.is_none() && self.brackets > 0 && indent == 0 && begins_definition(rest) {
            // No bracket holds these, so one was left open before.
            self.brackets = 0;
        }
        let role = if self.string.is_some() {
            Role::InString
        } else if rest.trim().is_empty() {
            Role::Blank
        } else if self.brackets > 0 || self.backslash {
            Role::Continued
        } else if rest.starts_with('#') {
            Role::Comment
        } else {
            Role::Statement
        };
        self.backslash = false;
        let (tokens, backticks) = self.tokens(text);
        let goes_on = self.string.is_some() || self.brackets > 0 || self.backslash;
        Line { text, start, indent, role, tokens, backticks, goes_on }
    }

    fn tokens<'a>(&mut self, text: &'a str) -> (Vec<Token<'a>>, Option<usize>) {
        let bytes = text.as_bytes();
        let mut tokens = Vec::new();
        let mut backticks = None;
        let mut at = 0;
        if self.string.is_some() {
            at = self.string_end(bytes, 0);
            tokens.push(Token::Text);
        }
        while let Some(character) = text[at..].chars().next() {
            let next = at + character.len_utf8();
            match character {
                '#' => break,
                '\\' if text[next..].trim().is_empty() => {
                    self.backslash = true;
                    break;
                }
                '"' | '\'' => {
                    let quote = bytes[at];
                    if bytes[at..].starts_with(&[quote; 3]) {
                        self.string = Some(quote);
                        at = self.string_end(bytes, at + 3);
                    } else {
                        at = short_string_end(bytes, next, quote);
                    }
                    tokens.push(Token::Text);
                }
                _ if character == '_' || character.is_alphabetic() => {
                    let end = word_end(text, at);
                    let name = &text[at..end];
                    let quoted = matches!(bytes.get(end), Some(b'"' | b'\''));
                    if quoted && is_string_prefix(name) {
                        // The string follows.
                    } else if quoted && !super::is_keyword(name) {
                        tokens.extend([Token::Name(name), Token::Fault]);
                    } else {
                        tokens.push(Token::Name(name));
                    }
                    at = end;
                }
                _ if character.is_ascii_digit() => {
                    at = number_end(bytes, at);
                    tokens.push(Token::Number);
                }
                _ => {
                    match character {
                        '(' | '[' | '{' => self.brackets += 1,
                        ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
                        '`' if backticks.is_none() && bytes[at..].starts_with(b"```") => backticks = Some(at),
                        _ => {}
                    }
                    if !character.is_whitespace() {
                        tokens.push(Token::Mark(character));
                    }
                    at = next;
                }
            }
        }
        (tokens, backticks)
    }

    /// The end of the open string, or of the line.
    fn string_end(&mut self, bytes: &[u8], from: usize) -> usize {
        let Some(quote) = self.string else { return from };
        let mut at = from;
        while at < bytes.len() {
            if bytes[at] == b'\\' {
                at += 2;
            } else if bytes[at..].starts_with(&[quote; 3]) {
                self.string = None;
                return at + 3;
            } else {
                at += 1;
            }
        }
        bytes.len()
    }
}

/// The end of a string that ends on its line at the latest. It is at the start of a character, for quotes are ASCII.
fn short_string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at] == quote {
            return at + 1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn word_end(text: &str, from: usize) -> usize {
    let part = |character: char| character == '_' || character.is_alphanumeric();
    text[from..].find(|character| !part(character)).map_or(text.len(), |length| from + length)
}

/// `12`, `0x1F`, `1_000.5`, `1e-9`, `2j`. A final point is no part of it, so that a numbered list can be told.
fn number_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        let exponent = matches!(byte, b'+' | b'-')
            && matches!(bytes[at - 1], b'e' | b'E')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let point = byte == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !(byte == b'_' || byte.is_ascii_alphanumeric() || point || (exponent && at > from)) {
            break;
        }
        at += 1;
    }
    at
}

fn is_string_prefix(name: &str) -> bool {
    name.len() <= 2 && name.bytes().all(|byte| b"rbfutRBFUT".contains(&byte))
}

fn begins_definition(text: &str) -> bool {
    ["def ", "class ", "async def ", "import ", "from "].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Vec<Role> {
        lines(text).iter().map(|line| line.role).collect()
    }

    #[test]
    fn statements_strings_and_brackets_are_told_apart() {
        use Role::*;
        let text = "x = [1,\n2]\n\n# note\ns = '''a\n  b'''\ny = 1 + \\\n  2\ndef f():\n    return 'it''s'\n";
        let expected = [
            Statement, Continued, Blank, Comment, Statement, InString, Statement, Continued, Statement,
            Statement,
        ];
        assert_eq!(roles(text), expected);
    }

    #[test]
    fn a_bracket_left_open_does_not_hide_the_next_definition() {
        assert_eq!(roles("x = foo(\ndef f():\n"), [Role::Statement, Role::Statement]);
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
