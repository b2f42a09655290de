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
pub(super) enum PrintedPiece<'a> {
    /// What stands before, between and behind items.
    Text(&'static str),
    /// A value that holds no other values.
    Plain(&'a Value),
}

/// What is taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whole<'a> {
    Value(&'a Value),
    /// What would be the items of a list, so that they need not be copied to be one.
    List(&'a [Value]),
}

impl<'a> From<&'a Value> for Whole<'a> {
    fn from(value: &'a Value) -> Whole<'a> {
        Whole::Value(value)
    }
}

/// The pieces of a value in the given direction. What is already given of a collection is kept in a list, not on the
/// machine's stack, since values may be nested 2,000 deep.
pub(super) fn pieces(whole: Whole<'_>, direction: Direction) -> impl Iterator<Item = PrintedPiece<'_>> {
    let mut open: Vec<Open> = Vec::new();
    let mut whole = Some(whole);
    std::iter::from_fn(move || {
        let value = match whole.take() {
            Some(Whole::Value(value)) => value,
            Some(Whole::List(items)) => {
                let list = Open::new(Shape::List, Items::Values(items));
                let first = list.edge(direction);
                open.push(list);
                return Some(PrintedPiece::Text(first));
            }
            None => {
                let innermost = open.last_mut()?;
                if innermost.given == innermost.length {
                    let last = innermost.edge(opposite(direction));
                    open.pop();
                    return Some(PrintedPiece::Text(last));
                }
                if innermost.given > 0 && !innermost.separated {
                    innermost.separated = true;
                    return Some(PrintedPiece::Text(innermost.separator(direction)));
                }
                innermost.take(direction)
            }
        };
        let Some(collection) = Open::of(value) else { return Some(PrintedPiece::Plain(value)) };
        let first = collection.edge(direction);
        open.push(collection);
        Some(PrintedPiece::Text(first))
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
    shape: Shape,
    items: Items<'a>,
    length: usize,
    given: usize,
    /// The separator before the next item was given.
    separated: bool,
}

/// What stands around the items of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    List,
    Tuple,
    Set,
    FrozenSet,
    Dict,
}

#[derive(Clone, Copy, Debug)]
enum Items<'a> {
    Values(&'a [Value]),
    Entries(&'a [(Value, Value)]),
}

impl<'a> Open<'a> {
    fn new(shape: Shape, items: Items<'a>) -> Open<'a> {
        let length = match items {
            Items::Values(values) => values.len(),
            Items::Entries(entries) => 2 * entries.len(),
        };
        Open { shape, items, length, given: 0, separated: false }
    }

    fn of(value: &'a Value) -> Option<Open<'a>> {
        Some(match value {
            Value::List(items) => Open::new(Shape::List, Items::Values(items)),
            Value::Tuple(items) => Open::new(Shape::Tuple, Items::Values(items)),
            Value::Set(items) => Open::new(Shape::Set, Items::Values(items)),
            Value::FrozenSet(items) => Open::new(Shape::FrozenSet, Items::Values(items)),
            Value::Dict(entries) => Open::new(Shape::Dict, Items::Entries(entries)),
            _ => return None,
        })
    }

    /// What stands at the end where this direction begins.
    fn edge(&self, direction: Direction) -> &'static str {
        let (open, close) = match (self.shape, self.length) {
            (Shape::Tuple, 1) => ("(", ",)"),
            (Shape::Tuple, _) => ("(", ")"),
            (Shape::Set, 0) => ("set(", ")"),
            (Shape::FrozenSet, 0) => ("frozenset(", ")"),
            (Shape::FrozenSet, _) => ("frozenset({", "})"),
            (Shape::Set | Shape::Dict, _) => ("{", "}"),
            (Shape::List, _) => ("[", "]"),
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
        if self.shape == Shape::Dict && second % 2 == 1 { ": " } else { ", " }
    }

    /// Gives the next item.
    fn take(&mut self, direction: Direction) -> &'a Value {
        let index = self.index(direction);
        self.given += 1;
        self.separated = false;
        match self.items {
            Items::Values(values) => &values[index],
            Items::Entries(entries) => {
                let (key, value) = &entries[index / 2];
                if index.is_multiple_of(2) { key } else { value }
            }
        }
    }
}
