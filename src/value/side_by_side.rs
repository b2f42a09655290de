//! Walks through two values at once, as comparisons do.

use std::slice::Iter;

use super::Value;
use super::canonical::{Sense, entries_by_key};
use super::walk::next_of;

/// Whether two values agree: lists and tuples item by item, dictionaries key by key, keys being the same in the given
/// sense (of equal keys that a guest wrote, the last counts, as in Python), and for all else `agree` says so.
pub(crate) fn side_by_side(
    one: &Value,
    other: &Value,
    keys: Sense,
    agree: impl Fn(&Value, &Value) -> bool,
) -> bool {
    let mut open: Vec<Pairs> = Vec::new();
    let mut next = Some((one, other));
    while let Some((one, other)) = next {
        match (one, other) {
            (Value::List(one), Value::List(other)) | (Value::Tuple(one), Value::Tuple(other)) => {
                if one.len() != other.len() {
                    return false;
                }
                open.push(Pairs::Items(one.iter(), other.iter()));
            }
            (Value::Dict(one), Value::Dict(other)) => match pairs_by_key(one, other, keys) {
                Some(pairs) => open.push(Pairs::Entries(pairs.into_iter())),
                None => return false,
            },
            _ if agree(one, other) => {}
            _ => return false,
        }
        next = next_of(&mut open);
    }
    true
}

/// The values of two dictionaries side by side; nothing if their keys differ.
fn pairs_by_key<'a>(
    one: &'a [(Value, Value)],
    other: &'a [(Value, Value)],
    keys: Sense,
) -> Option<Vec<(&'a Value, &'a Value)>> {
    if one.is_empty() != other.is_empty() {
        return None;
    }
    let (one, other) = (entries_by_key(one, keys), entries_by_key(other, keys));
    let same_keys = one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| one.0 == other.0);
    same_keys.then(|| one.into_iter().zip(other).map(|((_, one), (_, other))| (one, other)).collect())
}

/// What is still to be compared of two collections.
enum Pairs<'a> {
    Items(Iter<'a, Value>, Iter<'a, Value>),
    Entries(std::vec::IntoIter<(&'a Value, &'a Value)>),
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Pairs::Items(one, other) => one.next().zip(other.next()),
            Pairs::Entries(pairs) => pairs.next(),
        }
    }
}
