//! The header of the function that a problem asks for.

use crate::shown::shown;

/// What calls need to know of a Python function's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The function's name.
    pub name: String,
    /// The names of the parameters that can be passed by position, in order, without stars.
    pub parameters: Vec<String>,
    /// How many arguments a call needs.
    pub least: usize,
    /// How many it can have; nothing where a parameter with a star takes any number.
    pub most: Option<usize>,
}

/// A text is not the header of a function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It does not begin as one.
    #[error("begin it with `def`, the function's name and `(`")]
    NoDef,
    /// It does not end as one.
    #[error("end it with a colon; the body is the model's to write")]
    NoColon,
    /// A bracket or a quote is not closed, or one is closed that was never opened.
    #[error("its brackets and quotes do not match; close each where it belongs")]
    Unbalanced,
    /// Something is no name.
    #[error("{:?} is no name; write one with letters, digits and underscores", shown(_0))]
    NotAName(String),
    /// A parameter without a default that no argument by position reaches.
    #[error(
        "no argument of a test can reach the parameter {:?}; take away the star before it, or give it a default",
        shown(_0)
    )]
    KeywordOnly(String),
}

impl Signature {
    /// Reads `def name(parameters) -> result:`, on one line or several.
    ///
    /// # Errors
    ///
    /// When the text is something else, or has parameters that can only be passed by name.
    pub fn parse(text: &str, is_name: impl Fn(&str) -> bool) -> Result<Signature, SignatureError> {
        let rest = text.trim().strip_prefix("def").filter(|rest| rest.starts_with(char::is_whitespace));
        let (name, rest) = rest.and_then(|rest| rest.split_once('(')).ok_or(SignatureError::NoDef)?;
        let checked = |name: &str| {
            let name = name.trim();
            if is_name(name) { Ok(name.to_owned()) } else { Err(SignatureError::NotAName(name.to_owned())) }
        };
        let mut signature =
            Signature { name: checked(name)?, parameters: Vec::new(), least: 0, most: Some(0) };
        let (parameters, rest) = split_parameters(rest)?;
        if !rest.ends_with(':') {
            return Err(SignatureError::NoColon);
        }
        let mut keyword_only = false;
        for parameter in &parameters {
            let name_end = parameter.find([':', '=']).unwrap_or(parameter.len());
            let (name, has_default) = (parameter[..name_end].trim(), has_default(parameter)?);
            if name == "/" {
                continue;
            } else if let Some(name) = name.strip_prefix("**") {
                checked(name)?;
            } else if let Some(name) = name.strip_prefix('*') {
                keyword_only = true;
                if !name.trim().is_empty() {
                    checked(name)?;
                    signature.most = None;
                }
            } else if keyword_only {
                let name = checked(name)?;
                if !has_default {
                    return Err(SignatureError::KeywordOnly(name));
                }
            } else {
                signature.parameters.push(checked(name)?);
                signature.least += usize::from(!has_default);
                signature.most = signature.most.map(|most| most + 1);
            }
        }
        Ok(signature)
    }

    /// Whether a call can have as many arguments.
    pub fn takes(&self, arguments: usize) -> bool {
        self.least <= arguments && self.most.is_none_or(|most| arguments <= most)
    }

    /// The numbers of arguments that a call can have, in words.
    pub fn takes_in_words(&self) -> String {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match self.most {
            None => format!("{} or more arguments", self.least),
            Some(most) if most == self.least => format!("{most} argument{}", plural(most)),
            Some(most) => format!("{} to {most} arguments", self.least),
        }
    }
}

/// The parameters up to the bracket that closes the list, and what follows it.
fn split_parameters(text: &str) -> Result<(Vec<&str>, &str), SignatureError> {
    let mut parameters = Vec::new();
    let mut start = 0;
    for (at, depth, character) in outside_quotes(text)? {
        if depth == 0 && matches!(character, ',' | ')') {
            let parameter = text[start..at].trim();
            // A comma may follow the last parameter, and `()` has none.
            if !parameter.is_empty() {
                parameters.push(parameter);
            } else if character == ',' {
                return Err(SignatureError::NotAName(String::new()));
            }
            start = at + 1;
            if character == ')' {
                return Ok((parameters, text[start..].trim()));
            }
        }
    }
    Err(SignatureError::Unbalanced)
}

fn has_default(parameter: &str) -> Result<bool, SignatureError> {
    let characters = outside_quotes(parameter)?;
    Ok(characters.iter().any(|&(_, depth, character)| depth == 0 && character == '='))
}

/// The characters that are in no string, each with its place and the number of brackets around it. A closing bracket
/// counts itself, except for one that closes what was never opened, which is the last.
fn outside_quotes(text: &str) -> Result<Vec<(usize, usize, char)>, SignatureError> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' | '"' => loop {
                match characters.next().ok_or(SignatureError::Unbalanced)?.1 {
                    '\\' => drop(characters.next()),
                    other if other == character => break,
                    _ => {}
                }
            },
            ')' | ']' | '}' if depth == 0 => {
                found.push((at, 0, character));
                return Ok(found);
            }
            ')' | ']' | '}' => {
                found.push((at, depth, character));
                depth -= 1;
            }
            '(' | '[' | '{' => {
                found.push((at, depth, character));
                depth += 1;
            }
            _ => found.push((at, depth, character)),
        }
    }
    if depth > 0 { Err(SignatureError::Unbalanced) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Signature, SignatureError> {
        Signature::parse(text, |name| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    }

    fn signature(text: &str) -> (String, Vec<String>, usize, Option<usize>) {
        let Signature { name, parameters, least, most } = parse(text).unwrap();
        (name, parameters, least, most)
    }

    #[test]
    fn parameters_are_counted_as_calls_need_them() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(signature("def f():"), ("f".into(), vec![], 0, Some(0)));
        assert_eq!(signature("def f( ) -> None :"), ("f".into(), vec![], 0, Some(0)));
        let two = "def merge(\n    a: list[int],\n    b: dict[str, tuple[int, ...]],\n) -> list[int]:\n";
        assert_eq!(signature(two), ("merge".into(), names(&["a", "b"]), 2, Some(2)));
        let defaults = "def f(a, b=(1, 2), c: str = \"),'\", /, *, d={}, **rest):";
        assert_eq!(signature(defaults), ("f".into(), names(&["a", "b", "c"]), 1, Some(3)));
        assert_eq!(signature("def f(a, *args: int, d=1):"), ("f".into(), names(&["a"]), 1, None));
        assert_eq!(signature("def f(a=f(1), b=g((2)),):"), ("f".into(), names(&["a", "b"]), 0, Some(2)));
    }

    #[test]
    fn calls_fit_or_do_not() {
        let one_or_two = parse("def f(a, b=1):").unwrap();
        assert_eq!([0, 1, 2, 3].map(|count| one_or_two.takes(count)), [false, true, true, false]);
        assert_eq!(one_or_two.takes_in_words(), "1 to 2 arguments");
        assert_eq!(parse("def f(a):").unwrap().takes_in_words(), "1 argument");
        assert!(parse("def f(*a):").unwrap().takes(9));
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for text in ["", "f(a):", "define(a):", "def f:", "class A:", "async def f():"] {
            assert_eq!(parse(text), Err(SignatureError::NoDef), "{text}");
        }
        for text in ["def f()", "def f() -> int", "def f(): pass", "def f(a) -> int: return 1"] {
            assert_eq!(parse(text), Err(SignatureError::NoColon), "{text}");
        }
        for text in ["def f(a:", "def f(a: list[int):", "def f(a='):", "def f(a]:", "def f((a):"] {
            assert_eq!(parse(text), Err(SignatureError::Unbalanced), "{text}");
        }
        for text in ["def f g():", "def f(a b):", "def f(,):", "def f(a,,b):", "def f(*-):", "def f((a, b)):"]
        {
            assert!(matches!(parse(text), Err(SignatureError::NotAName(_))), "{text}");
        }
        assert_eq!(parse("def f(*, a):"), Err(SignatureError::KeywordOnly("a".into())));
    }
}
