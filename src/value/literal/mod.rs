//! Python literals, read as `ast.literal_eval` reads them.
//!
//! Beyond it, what `repr` prints for plain data is read: `nan`, `inf`, `set()`, `frozenset({1})`, `Ellipsis`; and
//! `float('nan')`, `set([1])` and the like, as people write them. New lines between tokens never end a literal.

use super::Value;
use super::canonical::{unhashable, unique, unique_keys};
use crate::python::word_length;

mod number;
mod string;
#[cfg(test)]
mod tests;

/// Values nested deeper than this are refused, as CPython's own parser does with brackets.
pub const MAX_DEPTH: usize = 200;

/// Why a text is not a literal, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", place(*line, *column, *several_lines))]
pub struct LiteralError {
    /// Line of the text, from 1.
    pub line: usize,
    /// Character of that line, from 1.
    pub column: usize,
    /// Whether the text has several lines, so that the message names the line.
    pub several_lines: bool,
    /// What is wrong there.
    pub fault: LiteralFault,
}

/// What is wrong with a literal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiteralFault {
    /// Something else belongs here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What belongs here.
        expected: &'static str,
        /// What is here.
        found: String,
    },
    /// A name that stands for no literal.
    #[error("`{0}` is not a literal; write None, True, False, a number, a string in quotes or a collection")]
    Name(String),
    /// A number that is malformed.
    #[error("`{text}` is not a number: {reason}")]
    Number {
        /// The number.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A string without its end.
    #[error("the string that begins here has no end; close it with {0}")]
    UnterminatedString(&'static str),
    /// A string prefix that Python does not have or that makes code of the string.
    #[error("a string can not have the prefix `{0}`; r, b, u and rb are the ones for literals")]
    Prefix(String),
    /// A malformed escape sequence.
    #[error("{0}")]
    Escape(&'static str),
    /// A character beyond ASCII in bytes.
    #[error("bytes can only hold ASCII characters; write {0:?} as \\x escapes")]
    NotAscii(char),
    /// Adjacent literals of text and of bytes.
    #[error("text and bytes can not be joined; give both or neither the prefix b")]
    MixedStrings,
    /// A list, set or dictionary as an element of a set or as a key.
    #[error("{0} can not be in a set or be a key; write a tuple, or frozenset({{…}})")]
    Unhashable(&'static str),
    /// More than [`MAX_DEPTH`] levels.
    #[error("nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

fn place(line: usize, column: usize, several_lines: bool) -> String {
    if several_lines { format!("line {line}, column {column}: ") } else { format!("column {column}: ") }
}

impl Value {
    /// Reads a Python literal that takes up all of `text`. Several values with commas between are a tuple.
    ///
    /// Real and imaginary part of a complex number keep their signs, zeros' included, so that `-1j` is what `repr`
    /// prints for a real part of 0; Python's arithmetic would make -0.0 of it.
    ///
    /// # Errors
    ///
    /// Where the text is not a literal; the error names the column and says what was expected.
    pub fn parse_literal(text: &str) -> Result<Value, LiteralError> {
        parse(text, |parser| {
            let first = parser.value()?;
            if !parser.take(',') {
                return Ok(first);
            }
            let mut items = vec![first];
            items.extend(parser.values_until_end()?);
            Ok(Value::Tuple(items))
        })
    }

    /// Reads literals with commas between, as the arguments of a call are written: `[1, 2], None`. A blank text has
    /// none.
    ///
    /// # Errors
    ///
    /// As [`Value::parse_literal`].
    pub fn parse_literals(text: &str) -> Result<Vec<Value>, LiteralError> {
        parse(text, Parser::values_until_end)
    }
}

fn parse<'a, T>(
    text: &'a str,
    read: impl FnOnce(&mut Parser<'a>) -> Result<T, Fault>,
) -> Result<T, LiteralError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let result = read(&mut parser).and_then(|value| {
        parser.skip_blank();
        if parser.at == text.len() { Ok(value) } else { Err(parser.expected("`,` or the end")) }
    });
    result.map_err(|fault| {
        let before = &text[..fault.at];
        let line_start = before.rfind('\n').map_or(0, |line_feed| line_feed + 1);
        LiteralError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            several_lines: text.trim_end().contains('\n'),
            fault: *fault.fault,
        }
    })
}

/// A fault at a byte of the text. Boxed, since results of the parser are many and faults are rare.
struct Fault {
    at: usize,
    fault: Box<LiteralFault>,
}

/// What stands where a value can: Python's sums and signs take numbers as they are written, nothing else.
enum Operand {
    /// A number without sign.
    Number(Value),
    Other(Value),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn expected(&self, expected: &'static str) -> Fault {
        self.expected_at(self.at, expected)
    }

    fn expected_at(&self, at: usize, expected: &'static str) -> Fault {
        let found = match self.text[at..].chars().next() {
            None => "the end".to_owned(),
            Some(character) => format!("`{character}`"),
        };
        fault_at(at, LiteralFault::Expected { expected, found })
    }

    /// Skips white space, new lines, comments, and backslashes at the end of a line.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
            self.at += rest.len() - blank.len();
            if blank.starts_with('#') {
                self.at += blank.find('\n').unwrap_or(blank.len());
            } else if blank.starts_with("\\\n") || blank.starts_with("\\\r\n") {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Takes a character, after blanks, if it comes next.
    fn take(&mut self, character: char) -> bool {
        self.skip_blank();
        let next = self.rest().starts_with(character);
        if next {
            self.at += character.len_utf8();
        }
        next
    }

    fn value(&mut self) -> Result<Value, Fault> {
        match self.expression()? {
            Operand::Number(value) | Operand::Other(value) => Ok(value),
        }
    }

    fn expression(&mut self) -> Result<Operand, Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(fault_at(self.at, LiteralFault::TooDeep));
        }
        self.depth += 1;
        let result = self.sum();
        self.depth -= 1;
        result
    }

    /// A value, a number with a sign, or a complex number as the sum of its parts.
    fn sum(&mut self) -> Result<Operand, Fault> {
        let negative = self.take('-');
        let signed = negative || self.take('+');
        self.skip_blank();
        let start = self.at;
        let number = match self.primary()? {
            Operand::Number(number) => number,
            Operand::Other(_) if signed => return Err(self.expected_at(start, "a number after the sign")),
            other => return Ok(other),
        };
        self.skip_blank();
        let minus = self.rest().starts_with('-');
        if matches!(number, Value::Complex(..)) || !(minus || self.rest().starts_with('+')) {
            return Ok(match (signed, negative) {
                (true, true) => Operand::Other(number::negate(number)),
                (true, false) => Operand::Other(number),
                (false, _) => Operand::Number(number),
            });
        }
        let real = number::to_float(&number).ok_or_else(|| {
            let text = self.text[start..self.at].trim_end().to_owned();
            fault_at(start, LiteralFault::Number { text, reason: "it is too large for a complex number" })
        })?;
        self.at += 1;
        self.skip_blank();
        let right = self.at;
        match self.primary()? {
            Operand::Number(Value::Complex(_, imaginary)) => {
                let real = number::with_sign(real, negative);
                Ok(Operand::Other(Value::Complex(real, number::with_sign(imaginary, minus))))
            }
            _ => Err(self.expected_at(right, "an imaginary number such as 2j")),
        }
    }

    fn primary(&mut self) -> Result<Operand, Fault> {
        self.skip_blank();
        match self.peek() {
            Some('(') => self.parentheses(),
            Some('[') => {
                self.at += 1;
                Ok(Operand::Other(Value::List(self.values_until(']', "`,` or `]`")?)))
            }
            Some('{') => self.braces().map(Operand::Other),
            Some('"' | '\'') => self.strings().map(Operand::Other),
            Some('.') if self.rest().starts_with("...") => {
                self.at += 3;
                Ok(Operand::Other(Value::Ellipsis))
            }
            Some('0'..='9' | '.') => self.number().map(Operand::Number),
            Some(character) if character.is_alphabetic() || character == '_' => self.name(),
            _ => Err(self.expected("a value")),
        }
    }

    /// A tuple, or a single value in parentheses.
    fn parentheses(&mut self) -> Result<Operand, Fault> {
        self.at += 1;
        if self.take(')') {
            return Ok(Operand::Other(Value::Tuple(Vec::new())));
        }
        let first = self.expression()?;
        if self.take(')') {
            return Ok(first);
        }
        if !self.take(',') {
            return Err(self.expected("`,` or `)`"));
        }
        let (Operand::Number(first) | Operand::Other(first)) = first;
        let mut items = vec![first];
        items.extend(self.values_until(')', "`,` or `)`")?);
        Ok(Operand::Other(Value::Tuple(items)))
    }

    /// Values with commas between, a comma at the end allowed, and what closes them.
    fn values_until(&mut self, close: char, expected: &'static str) -> Result<Vec<Value>, Fault> {
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.value()?);
            if !self.take(',') && !self.rest().starts_with(close) {
                return Err(self.expected(expected));
            }
        }
        Ok(items)
    }

    fn values_until_end(&mut self) -> Result<Vec<Value>, Fault> {
        let mut items = Vec::new();
        self.skip_blank();
        while self.at < self.text.len() {
            items.push(self.value()?);
            if !self.take(',') {
                break;
            }
            self.skip_blank();
        }
        Ok(items)
    }

    /// A set or a dictionary.
    fn braces(&mut self) -> Result<Value, Fault> {
        self.at += 1;
        if self.take('}') {
            return Ok(Value::Dict(Vec::new()));
        }
        let first = self.hashable()?;
        if !self.take(':') {
            let mut items = vec![first];
            while !self.take('}') {
                if !self.take(',') {
                    return Err(self.expected("`,`, `:` or `}`"));
                }
                if self.take('}') {
                    break;
                }
                items.push(self.hashable()?);
            }
            return Ok(Value::Set(unique(items)));
        }
        let mut entries = vec![(first, self.value()?)];
        while !self.take('}') {
            if !self.take(',') {
                return Err(self.expected("`,` or `}`"));
            }
            if self.take('}') {
                break;
            }
            let key = self.hashable()?;
            if !self.take(':') {
                return Err(self.expected("`:`"));
            }
            entries.push((key, self.value()?));
        }
        Ok(Value::Dict(unique_keys(entries)))
    }

    fn hashable(&mut self) -> Result<Value, Fault> {
        self.skip_blank();
        let start = self.at;
        let value = self.value()?;
        match unhashable(&value) {
            None => Ok(value),
            Some(kind) => Err(fault_at(start, LiteralFault::Unhashable(kind))),
        }
    }

    /// A constant by name, a call of `float`, `set` or `frozenset`, or a string with a prefix.
    fn name(&mut self) -> Result<Operand, Fault> {
        let start = self.at;
        let rest = self.rest();
        let length = word_length(rest);
        let name = &rest[..length];
        if rest[length..].starts_with(['"', '\'']) {
            return self.strings().map(Operand::Other);
        }
        self.at += length;
        Ok(match name {
            "None" => Operand::Other(Value::None),
            "True" => Operand::Other(Value::Bool(true)),
            "False" => Operand::Other(Value::Bool(false)),
            "Ellipsis" => Operand::Other(Value::Ellipsis),
            "nan" => Operand::Number(Value::Float(f64::NAN)),
            "inf" => Operand::Number(Value::Float(f64::INFINITY)),
            "nanj" => Operand::Number(Value::Complex(0.0, f64::NAN)),
            "infj" => Operand::Number(Value::Complex(0.0, f64::INFINITY)),
            "float" => {
                let (argument, at) = self.argument()?;
                let float = argument.and_then(Value::into_text).and_then(|text| text.trim().parse().ok());
                let float = float.ok_or_else(|| self.expected_at(at, "a number in quotes, such as 'nan'"))?;
                Operand::Number(Value::Float(number::with_sign(float, false)))
            }
            "set" => Operand::Other(Value::Set(self.items_of_argument()?)),
            "frozenset" => Operand::Other(Value::FrozenSet(self.items_of_argument()?)),
            _ => return Err(fault_at(start, LiteralFault::Name(name.to_owned()))),
        })
    }

    /// The only argument of a call, if there is one, and where it begins.
    fn argument(&mut self) -> Result<(Option<Value>, usize), Fault> {
        if !self.take('(') {
            return Err(self.expected("`(`"));
        }
        self.skip_blank();
        let at = self.at;
        if self.take(')') {
            return Ok((None, at));
        }
        let argument = self.value()?;
        self.take(',');
        if self.take(')') { Ok((Some(argument), at)) } else { Err(self.expected("`)`")) }
    }

    fn items_of_argument(&mut self) -> Result<Vec<Value>, Fault> {
        let (argument, at) = self.argument()?;
        let items = match argument {
            None => Vec::new(),
            Some(Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items)) => {
                items
            }
            Some(_) => return Err(self.expected_at(at, "a list, tuple or set")),
        };
        match items.iter().find_map(unhashable) {
            None => Ok(unique(items)),
            Some(kind) => Err(fault_at(at, LiteralFault::Unhashable(kind))),
        }
    }
}

fn fault_at(at: usize, fault: LiteralFault) -> Fault {
    Fault { at, fault: Box::new(fault) }
}
