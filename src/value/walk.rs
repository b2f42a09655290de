//! Walks through values in loops, with a stack of their own: values may be nested 2,000 deep, and threads have small
//! machine stacks.

use std::slice::Iter;

use super::Value;

/// The values that a value holds, one after the other; of a dictionary's entry the key, then the value.
#[derive(Clone, Debug)]
pub(crate) enum Children<'a> {
    /// Of a list, tuple or set.
    Items(Iter<'a, Value>),
    /// Of a dictionary.
    Entries {
        /// The entries to come.
        entries: Iter<'a, (Value, Value)>,
        /// The value of the entry whose key was given last.
        value: Option<&'a Value>,
    },
}

impl<'a> Iterator for Children<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<&'a Value> {
        match self {
            Children::Items(items) => items.next(),
            Children::Entries { entries, value } => value.take().or_else(|| {
                let (key, of_key) = entries.next()?;
                *value = Some(of_key);
                Some(key)
            }),
        }
    }
}

impl Value {
    /// What the value holds; nothing for what holds no other values.
    pub(crate) fn children(&self) -> Option<Children<'_>> {
        match self {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
                Some(Children::Items(items.iter()))
            }
            Value::Dict(entries) => Some(Children::Entries { entries: entries.iter(), value: None }),
            _ => None,
        }
    }
}

/// Whether something holds for a value or for any within it.
pub(super) fn any(value: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    let mut open: Vec<Children> = Vec::new();
    let mut next = Some(value);
    while let Some(value) = next {
        if holds(value) {
            return true;
        }
        open.extend(value.children());
        next = next_of(&mut open);
    }
    false
}

/// The next item of the innermost collection that has one; those that have none are done.
pub(super) fn next_of<T: Iterator>(open: &mut Vec<T>) -> Option<T::Item> {
    while let Some(innermost) = open.last_mut() {
        let next = innermost.next();
        if next.is_some() {
            return next;
        }
        open.pop();
    }
    None
}
