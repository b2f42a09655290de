//! A value taken apart into what `repr` prints one after the other, from the first piece or from the last.

use super::Value;

/// From which end a value is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// What is printed in one go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// What stands before, between and behind items.
    Text(&'static str),
    /// A value that holds no other values.
    Plain(&'a Value),
}

/// The pieces of a value in the given direction. What is already given of a collection is kept in a list, not on the
/// machine's stack, since values may be nested 2,000 deep.
pub(super) fn pieces(value: &Value, direction: Direction) -> impl Iterator<Item = Piece<'_>> {
    let mut open: Vec<Open> = Vec::new();
    let mut next = Some(value);
    std::iter::from_fn(move || {
        let value = match next.take() {
            Some(whole) => whole,
            None => {
                let innermost = open.last_mut()?;
                if innermost.given == innermost.length {
                    let last = innermost.edge(opposite(direction));
                    open.pop();
                    return Some(Piece::Text(last));
                }
                if innermost.given > 0 && !innermost.separated {
                    innermost.separated = true;
                    return Some(Piece::Text(innermost.separator(direction)));
                }
                innermost.take(direction)
            }
        };
        let Some(collection) = Open::of(value) else { return Some(Piece::Plain(value)) };
        let first = collection.edge(direction);
        open.push(collection);
        Some(Piece::Text(first))
    })
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Forward => Direction::Backward,
        Direction::Backward => Direction::Forward,
    }
}

/// A collection of which some items were given. A dictionary's items are its keys and values by turns.
struct Open<'a> {
    value: &'a Value,
    length: usize,
    given: usize,
    /// The separator before the next item was given.
    separated: bool,
}

impl<'a> Open<'a> {
    fn of(value: &'a Value) -> Option<Open<'a>> {
        let length = match value {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
                items.len()
            }
            Value::Dict(entries) => 2 * entries.len(),
            _ => return None,
        };
        Some(Open { value, length, given: 0, separated: false })
    }

    /// What stands at the end where this direction begins.
    fn edge(&self, direction: Direction) -> &'static str {
        let (open, close) = match (self.value, self.length) {
            (Value::Tuple(_), 1) => ("(", ",)"),
            (Value::Tuple(_), _) => ("(", ")"),
            (Value::Set(_), 0) => ("set(", ")"),
            (Value::FrozenSet(_), 0) => ("frozenset(", ")"),
            (Value::FrozenSet(_), _) => ("frozenset({", "})"),
            (Value::Set(_) | Value::Dict(_), _) => ("{", "}"),
            _ => ("[", "]"),
        };
        if direction == Direction::Forward { open } else { close }
    }

    /// The index of the item that comes next.
    fn index(&self, direction: Direction) -> usize {
        match direction {
            Direction::Forward => self.given,
            Direction::Backward => self.length - 1 - self.given,
        }
    }

    /// What stands between the item given last and the next.
    fn separator(&self, direction: Direction) -> &'static str {
        let next = self.index(direction);
        let second = if direction == Direction::Forward { next } else { next + 1 };
        if matches!(self.value, Value::Dict(_)) && second % 2 == 1 { ": " } else { ", " }
    }

    /// Gives the next item.
    fn take(&mut self, direction: Direction) -> &'a Value {
        let index = self.index(direction);
        self.given += 1;
        self.separated = false;
        match self.value {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
                &items[index]
            }
            Value::Dict(entries) => {
                let (key, value) = &entries[index / 2];
                if index.is_multiple_of(2) { key } else { value }
            }
            plain => plain,
        }
    }
}
