//! Of what types arguments are: as a signature says it, and as values show it.

use crate::python::{PlacedToken, TokenKind, tokens};
use crate::value::Value;

/// What is known of a value's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// Nothing is known, or there is no value to tell it by.
    Unknown,
    /// Values of all types, or of one that has no name here.
    Any,
    /// `None`
    None,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float`; integers will do.
    Float,
    /// `str`
    Text,
    /// `bytes`
    Bytes,
    /// `list[…]`
    List(Box<Hint>),
    /// `tuple[…, ...]`
    TupleOf(Box<Hint>),
    /// `tuple[…, …]`
    Tuple(Vec<Hint>),
    /// `set[…]`
    Set(Box<Hint>),
    /// `frozenset[…]`
    FrozenSet(Box<Hint>),
    /// `dict[…, …]`
    Dict(Box<Hint>, Box<Hint>),
    /// `… | …`
    Either(Vec<Hint>),
}

impl Hint {
    /// The types of a function's parameters, by its header, without those that have stars.
    pub(super) fn of_parameters(header: &str) -> Vec<Hint> {
        let tokens = tokens(header);
        let Some(open) = tokens.iter().position(|token| token.is("(")) else { return Vec::new() };
        let depth = tokens[open].depth + 1;
        let inner: Vec<&PlacedToken> =
            tokens[open + 1..].iter().take_while(|token| token.depth >= depth).collect();
        let separates = |token: &&PlacedToken| token.depth == depth && token.is(",");
        let parameters = inner
            .split(separates)
            .filter(|parameter| parameter.first().is_some_and(|first| first.kind == TokenKind::Name));
        parameters
            .map(|parameter| match parameter {
                [_, colon, rest @ ..] if colon.is(":") => {
                    let end = rest.iter().position(|token| token.depth == depth && token.is("="));
                    Parser { tokens: &rest[..end.unwrap_or(rest.len())], at: 0 }.either()
                }
                _ => Hint::Unknown,
            })
            .collect()
    }

    /// The type that all of these values have.
    pub(super) fn of_values<'a>(values: impl IntoIterator<Item = &'a Value>) -> Hint {
        values.into_iter().fold(Hint::Unknown, |hint, value| hint.joined(Hint::of_value(value)))
    }

    fn of_value(value: &Value) -> Hint {
        let items = |items: &[Value]| Box::new(Hint::of_values(items));
        match value {
            Value::None => Hint::None,
            Value::Bool(_) => Hint::Bool,
            Value::Int(_) | Value::BigInt(_) => Hint::Int,
            Value::Float(_) => Hint::Float,
            Value::Str(_) => Hint::Text,
            Value::Bytes(_) => Hint::Bytes,
            Value::List(list) => Hint::List(items(list)),
            Value::Tuple(tuple) => Hint::Tuple(tuple.iter().map(Hint::of_value).collect()),
            Value::Set(set) => Hint::Set(items(set)),
            Value::FrozenSet(set) => Hint::FrozenSet(items(set)),
            Value::Dict(entries) => Hint::Dict(
                Box::new(Hint::of_values(entries.iter().map(|(key, _)| key))),
                Box::new(Hint::of_values(entries.iter().map(|(_, value)| value))),
            ),
            Value::Ellipsis | Value::Complex(..) | Value::SurrogateStr(_) => Hint::Any,
        }
    }

    /// A type that has the values of both.
    fn joined(self, other: Hint) -> Hint {
        let both = |one: Box<Hint>, other: Box<Hint>| Box::new(one.joined(*other));
        match (self, other) {
            (Hint::Unknown, hint) | (hint, Hint::Unknown) => hint,
            (Hint::Any, _) | (_, Hint::Any) => Hint::Any,
            (one, other) if one == other => one,
            (Hint::List(one), Hint::List(other)) => Hint::List(both(one, other)),
            (Hint::Set(one), Hint::Set(other)) => Hint::Set(both(one, other)),
            (Hint::FrozenSet(one), Hint::FrozenSet(other)) => Hint::FrozenSet(both(one, other)),
            (Hint::Dict(keys, values), Hint::Dict(other_keys, other_values)) => {
                Hint::Dict(both(keys, other_keys), both(values, other_values))
            }
            (Hint::Tuple(one), Hint::Tuple(other)) if one.len() == other.len() => {
                Hint::Tuple(one.into_iter().zip(other).map(|(one, other)| one.joined(other)).collect())
            }
            (Hint::Tuple(one), Hint::Tuple(other)) => {
                Hint::TupleOf(Box::new(one.into_iter().chain(other).fold(Hint::Unknown, Hint::joined)))
            }
            (Hint::TupleOf(one), Hint::Tuple(other)) => {
                Hint::TupleOf(Box::new(other.into_iter().fold(*one, Hint::joined)))
            }
            (Hint::Either(mut several), other) => {
                let same = |hint: &Hint| std::mem::discriminant(hint) == std::mem::discriminant(&other);
                match several.iter().position(same) {
                    Some(place) => {
                        several[place] = std::mem::replace(&mut several[place], Hint::None).joined(other)
                    }
                    None => several.push(other),
                }
                Hint::Either(several)
            }
            (one, other) => Hint::Either(vec![one, other]),
        }
    }

    /// This type, with what it leaves open taken from another.
    pub(super) fn completed_by(self, shown: Hint) -> Hint {
        let both = |one: Box<Hint>, other: Box<Hint>| Box::new(one.completed_by(*other));
        match (self, shown) {
            (Hint::Unknown, shown) => shown,
            (Hint::List(one), Hint::List(other)) => Hint::List(both(one, other)),
            (Hint::Set(one), Hint::Set(other)) => Hint::Set(both(one, other)),
            (Hint::Dict(keys, values), Hint::Dict(other_keys, other_values)) => {
                Hint::Dict(both(keys, other_keys), both(values, other_values))
            }
            (Hint::TupleOf(one), shown @ Hint::Tuple(_)) if *one == Hint::Unknown => shown,
            (declared, _) => declared,
        }
    }

    /// Whether a value is of the type.
    pub(super) fn admits(&self, value: &Value) -> bool {
        let all = |hint: &Hint, items: &[Value]| items.iter().all(|item| hint.admits(item));
        match (self, value) {
            (Hint::Unknown | Hint::Any, _)
            | (Hint::None, Value::None)
            | (Hint::Bool, Value::Bool(_))
            | (Hint::Int, Value::Int(_) | Value::BigInt(_))
            | (Hint::Float, Value::Float(_) | Value::Int(_))
            | (Hint::Text, Value::Str(_))
            | (Hint::Bytes, Value::Bytes(_)) => true,
            (Hint::List(hint), Value::List(items))
            | (Hint::TupleOf(hint), Value::Tuple(items))
            | (Hint::Set(hint), Value::Set(items))
            | (Hint::FrozenSet(hint), Value::FrozenSet(items)) => all(hint, items),
            (Hint::Tuple(hints), Value::Tuple(items)) => {
                hints.len() == items.len() && hints.iter().zip(items).all(|(hint, item)| hint.admits(item))
            }
            (Hint::Dict(keys, values), Value::Dict(entries)) => {
                entries.iter().all(|(key, value)| keys.admits(key) && values.admits(value))
            }
            (Hint::Either(hints), value) => hints.iter().any(|hint| hint.admits(value)),
            _ => false,
        }
    }
}

/// Reads a type as Python writes it. What it does not know is [`Hint::Unknown`].
struct Parser<'a> {
    tokens: &'a [&'a PlacedToken<'a>],
    at: usize,
}

impl Parser<'_> {
    fn take(&mut self, operator: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is(operator));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Hint {
        let first = self.one();
        let mut several = vec![first];
        while self.take("|") {
            several.push(self.one());
        }
        if several.len() == 1 { several.remove(0) } else { Hint::Either(several) }
    }

    fn one(&mut self) -> Hint {
        let mut name = "";
        while let Some(token) = self.tokens.get(self.at) {
            if token.is(".") {
                self.at += 1;
            } else if matches!(token.kind, TokenKind::Name | TokenKind::Keyword) {
                (name, self.at) = (token.text, self.at + 1);
            } else {
                break;
            }
        }
        let mut of = Vec::new();
        let mut any_number = false;
        if self.take("[") {
            while self.at < self.tokens.len() && !self.take("]") {
                let before = self.at;
                if self.take("...") {
                    any_number = true;
                } else if !self.take(",") {
                    of.push(self.either());
                }
                if self.at == before {
                    return Hint::Unknown; // a literal, say
                }
            }
        }
        named(name, of, any_number)
    }
}

fn named(name: &str, of: Vec<Hint>, any_number: bool) -> Hint {
    let count = of.len();
    let mut of = of.into_iter();
    let mut next = || Box::new(of.next().unwrap_or(Hint::Unknown));
    match name {
        "None" => Hint::None,
        "bool" => Hint::Bool,
        "int" => Hint::Int,
        "float" => Hint::Float,
        "str" => Hint::Text,
        "bytes" => Hint::Bytes,
        "list" | "List" => Hint::List(next()),
        "set" | "Set" => Hint::Set(next()),
        "frozenset" | "FrozenSet" => Hint::FrozenSet(next()),
        "dict" | "Dict" => Hint::Dict(next(), next()),
        "tuple" | "Tuple" if any_number || count == 0 => Hint::TupleOf(next()),
        "tuple" | "Tuple" => Hint::Tuple(of.collect()),
        "Optional" => Hint::Either(vec![*next(), Hint::None]),
        "Union" => Hint::Either(of.collect()),
        _ => Hint::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_say_their_types() {
        let hints = Hint::of_parameters(
            "def f(a: list[tuple[int, str]], b: int | None = None, c=3, *rest: int, d: Optional[dict[str, float]]):",
        );
        let pair = Hint::Tuple(vec![Hint::Int, Hint::Text]);
        let dict = Hint::Dict(Box::new(Hint::Text), Box::new(Hint::Float));
        assert_eq!(
            hints,
            [
                Hint::List(Box::new(pair)),
                Hint::Either(vec![Hint::Int, Hint::None]),
                Hint::Unknown,
                Hint::Either(vec![dict, Hint::None]),
            ]
        );
        let hints =
            Hint::of_parameters("def f(a: list, b: tuple[int, ...], c: 'x', d: typing.List[Foo]) -> int:");
        let unknown = || Box::new(Hint::Unknown);
        let ints = Hint::TupleOf(Box::new(Hint::Int));
        assert_eq!(hints, [Hint::List(unknown()), ints, Hint::Unknown, Hint::List(unknown())]);
    }

    #[test]
    fn values_show_their_types() {
        let hint = |text: &str| {
            let values = Value::parse_literals(text).unwrap();
            let hint = Hint::of_values(&values);
            assert!(values.iter().all(|value| hint.admits(value)), "{text}: {hint:?}");
            hint
        };
        assert_eq!(hint("1, 2"), Hint::Int);
        assert_eq!(hint("[], ['a']"), Hint::List(Box::new(Hint::Text)));
        assert_eq!(hint("(1, 2), (1,)"), Hint::TupleOf(Box::new(Hint::Int)));
        assert_eq!(hint("None, 1, None, 2"), Hint::Either(vec![Hint::None, Hint::Int]));
        let declared = Hint::of_parameters("def f(a: list):").remove(0);
        assert_eq!(declared.completed_by(hint("[1]")), Hint::List(Box::new(Hint::Int)));
        assert!(!hint("1, 2").admits(&Value::Bool(true)));
    }
}
