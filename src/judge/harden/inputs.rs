//! New arguments from old ones. What comes out has the types that went in; whether it fulfils a problem's constraints
//! is for others to say.

use std::collections::HashSet;

use fastrand::Rng;
use num_bigint::BigInt;

use super::hint::Hint;
use crate::value::{Digest, Value, hashable};

/// Values that are larger than this many values are no examples of elements.
const LARGEST_ELEMENT: usize = 40;

/// How many values of a parameter are remembered.
const MOST_REMEMBERED: usize = 400;

/// Changes the arguments of calls.
#[derive(Debug)]
pub(super) struct Arguments {
    seeds: Vec<Vec<Value>>,
    parameters: Vec<Parameter>,
}

/// What is known of a parameter.
#[derive(Debug)]
struct Parameter {
    hint: Hint,
    /// Values that stand in it anywhere, to take others from.
    seen: Vec<Value>,
    /// Integers near which something may happen.
    limits: Vec<i64>,
}

impl Arguments {
    /// Learns from arguments that are in order, which must not be none. `declared` is what the signature says, and
    /// `limits` are integers that constraints name.
    pub(super) fn new(seeds: Vec<Vec<Value>>, declared: Vec<Hint>, limits: &[i64]) -> Arguments {
        let most = seeds.iter().map(Vec::len).max().unwrap_or(0);
        let mut declared = declared.into_iter();
        let parameters = (0..most)
            .map(|place| {
                let values = || seeds.iter().filter_map(|seed| seed.get(place));
                let shown = Hint::of_values(values());
                let declared = declared.next().unwrap_or(Hint::Unknown).completed_by(shown.clone());
                // A signature that its own tests do not keep to says nothing.
                let hint = if values().all(|value| declared.admits(value)) { declared } else { shown };
                let mut seen = Vec::new();
                values().for_each(|value| remember(value, &mut seen));
                Parameter { hint, seen: distinct(seen), limits: limits.to_vec() }
            })
            .collect();
        Arguments { seeds, parameters }
    }

    /// Arguments that differ from some of those known in one to four places.
    pub(super) fn next(&self, random: &mut Rng) -> Vec<Value> {
        let mut arguments = self.seeds[random.usize(..self.seeds.len())].clone();
        for _ in 0..steps(random) {
            if arguments.is_empty() {
                break;
            }
            let place = random.usize(..arguments.len());
            match random.u32(..10) {
                0 => {
                    let other = &self.seeds[random.usize(..self.seeds.len())];
                    if let Some(value) = other.get(place) {
                        arguments[place] = value.clone();
                    }
                }
                1 => together(&mut arguments, place, random),
                _ => {
                    let parameter = &self.parameters[place];
                    arguments[place] = parameter.changed(&arguments[place], &parameter.hint, random);
                }
            }
        }
        arguments
    }

    /// Whether arguments have the types of the parameters.
    #[cfg(test)]
    fn admits(&self, arguments: &[Value]) -> bool {
        self.parameters.iter().zip(arguments).all(|(parameter, value)| parameter.hint.admits(value))
    }
}

/// How many changes to make: mostly one.
pub(super) fn steps(random: &mut Rng) -> usize {
    [1, 1, 1, 2, 2, 3, 4][random.usize(..7)]
}

/// Removes or doubles an element of a list, and the same one of every other list of that length: lists that belong
/// together stay together.
fn together(arguments: &mut [Value], place: usize, random: &mut Rng) {
    let Value::List(items) = &arguments[place] else { return };
    let length = items.len();
    if length == 0 {
        return;
    }
    let (index, remove) = (random.usize(..length), random.bool());
    for argument in arguments {
        match argument {
            Value::List(items) if items.len() == length && remove => drop(items.remove(index)),
            Value::List(items) if items.len() == length => items.insert(index, items[index].clone()),
            _ => {}
        }
    }
}

/// Keeps a value and all that it holds, leaving out what is large.
fn remember(value: &Value, seen: &mut Vec<Value>) {
    if seen.len() >= 4 * MOST_REMEMBERED {
        return;
    }
    if size(value) <= LARGEST_ELEMENT {
        seen.push(value.clone());
    }
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            items.iter().for_each(|item| remember(item, seen));
        }
        Value::Dict(entries) => entries.iter().for_each(|(key, value)| {
            remember(key, seen);
            remember(value, seen);
        }),
        _ => {}
    }
}

fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut keys = HashSet::new();
    let mut kept: Vec<Value> = values
        .into_iter()
        .filter(|value| keys.insert((std::mem::discriminant(value), value.python_key())))
        .collect();
    kept.truncate(MOST_REMEMBERED);
    kept
}

/// How many values a value is made of; a text counts a tenth of its characters besides.
pub(super) fn size(value: &Value) -> usize {
    1 + match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            items.iter().map(size).sum()
        }
        Value::Dict(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
        Value::Str(text) => text.len() / 10,
        Value::Bytes(bytes) => bytes.len() / 10,
        _ => 0,
    }
}

impl Parameter {
    /// A value of the same type that differs, mostly in one place.
    fn changed(&self, value: &Value, hint: &Hint, random: &mut Rng) -> Value {
        if let Hint::Either(hints) = hint {
            let fits = hints.iter().find(|hint| hint.admits(value));
            return match fits {
                Some(hint) if random.u32(..6) > 0 && *hint != Hint::None => self.changed(value, hint, random),
                _ => self.fresh(&hints[random.usize(..hints.len())], random),
            };
        }
        match (value, hint) {
            (Value::Bool(bool), _) => Value::Bool(!bool),
            (Value::Int(int), _) => self.integer(*int, random),
            (Value::BigInt(big), _) => big_neighbour(&big.into(), random),
            (Value::Float(float), _) => self.float(*float, random),
            (Value::Str(text), _) => Value::Str(self.text(text, random)),
            (Value::List(items), Hint::List(of)) => Value::List(self.items(items, of, random)),
            (Value::Tuple(items), Hint::TupleOf(of)) => Value::Tuple(self.items(items, of, random)),
            (Value::Tuple(items), Hint::Tuple(hints)) if hints.len() == items.len() && !items.is_empty() => {
                let mut items = items.clone();
                let place = random.usize(..items.len());
                items[place] = self.changed(&items[place], &hints[place], random);
                Value::Tuple(items)
            }
            (Value::Set(items), Hint::Set(of)) => Value::Set(self.set(items, of, random)),
            (Value::FrozenSet(items), Hint::FrozenSet(of)) => Value::FrozenSet(self.set(items, of, random)),
            (Value::Dict(entries), Hint::Dict(keys, values)) => {
                Value::Dict(self.entries(entries, keys, values, random))
            }
            (value, Hint::Unknown | Hint::Any) => match Hint::of_values([value]) {
                Hint::Unknown | Hint::Any | Hint::None => value.clone(),
                hint => self.changed(value, &hint, random),
            },
            (value, _) => value.clone(),
        }
    }

    /// A value of a type: one that was seen, or a small one.
    fn fresh(&self, hint: &Hint, random: &mut Rng) -> Value {
        let fitting: Vec<&Value> = self.seen.iter().filter(|value| hint.admits(value)).collect();
        if !fitting.is_empty() {
            return fitting[random.usize(..fitting.len())].clone();
        }
        match hint {
            Hint::Unknown | Hint::Any | Hint::None => Value::None,
            Hint::Bool => Value::Bool(random.bool()),
            Hint::Int => Value::Int(random.i64(0..4)),
            Hint::Float => Value::Float(random.i64(0..8) as f64 / 2.0),
            Hint::Text => Value::Str(String::new()),
            Hint::Bytes => Value::Bytes(Vec::new()),
            Hint::List(_) => Value::List(Vec::new()),
            Hint::TupleOf(_) => Value::Tuple(Vec::new()),
            Hint::Tuple(hints) => Value::Tuple(hints.iter().map(|hint| self.fresh(hint, random)).collect()),
            Hint::Set(_) => Value::Set(Vec::new()),
            Hint::FrozenSet(_) => Value::FrozenSet(Vec::new()),
            Hint::Dict(..) => Value::Dict(Vec::new()),
            Hint::Either(hints) => self.fresh(&hints[random.usize(..hints.len())], random),
        }
    }

    fn integer(&self, int: i64, random: &mut Rng) -> Value {
        let near = |limits: &[i64], random: &mut Rng| {
            let limit = if limits.is_empty() { 0 } else { limits[random.usize(..limits.len())] };
            limit.saturating_add(random.i64(-1..=1))
        };
        let seen = |random: &mut Rng| match self.fresh(&Hint::Int, random) {
            Value::Int(seen) => seen,
            _ => int,
        };
        let changed = match random.u32(..13) {
            0 | 1 => int.saturating_add(1),
            2 | 3 => int.saturating_sub(1),
            4 => 0,
            5 => 1,
            6 => int.saturating_neg(),
            7 => int.saturating_mul(2),
            8 => int / 2,
            9 => seen(random),
            10 => seen(random).saturating_add(random.i64(-1..=1)),
            11 => near(&self.limits, random),
            _ => random.i64(0..=int.saturating_abs().saturating_mul(2).clamp(3, i64::MAX - 1)),
        };
        Value::Int(changed)
    }

    fn float(&self, float: f64, random: &mut Rng) -> Value {
        match random.u32(..7) {
            0 => Value::Float(float + 1.0),
            1 => Value::Float(float - 1.0),
            2 => Value::Float(0.0),
            3 => Value::Float(-float),
            4 => Value::Float(float / 2.0),
            5 => Value::Float(float.round()),
            _ => match self.fresh(&Hint::Float, random) {
                Value::Int(int) => Value::Float(int as f64),
                other => other,
            },
        }
    }

    fn text(&self, text: &str, random: &mut Rng) -> String {
        let texts: Vec<&str> = self
            .seen
            .iter()
            .filter_map(|value| if let Value::Str(text) = value { Some(text.as_str()) } else { None })
            .collect();
        if texts.len() > 1 && random.u32(..6) == 0 {
            return texts[random.usize(..texts.len())].to_owned();
        }
        let mut alphabet: Vec<char> =
            texts.iter().flat_map(|text| text.chars()).chain(text.chars()).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        changed_text(text, &alphabet, random)
    }

    fn items(&self, items: &[Value], of: &Hint, random: &mut Rng) -> Vec<Value> {
        let mut items = items.to_vec();
        let place = |random: &mut Rng, length: usize| random.usize(..length);
        match random.u32(..12) {
            0 => items.insert(random.usize(..=items.len()), self.fresh(of, random)),
            1 if !items.is_empty() => drop(items.remove(place(random, items.len()))),
            2 if !items.is_empty() => {
                let index = place(random, items.len());
                items.insert(index, items[index].clone());
            }
            3 => items.sort_by_key(order),
            4 => items.reverse(),
            5 if items.len() > 1 => {
                let (one, other) = (place(random, items.len()), place(random, items.len()));
                items.swap(one, other);
            }
            6 => items.truncate(items.len() / 2),
            7 if items.len() <= 20 => items.extend(items.clone()),
            8 if !items.is_empty() => {
                let (from, to) = (place(random, items.len()), place(random, items.len()));
                items[to] = items[from].clone();
            }
            _ if items.is_empty() => items.push(self.fresh(of, random)),
            _ => {
                let index = place(random, items.len());
                items[index] = self.changed(&items[index], of, random);
            }
        }
        items
    }

    fn set(&self, items: &[Value], of: &Hint, random: &mut Rng) -> Vec<Value> {
        let items = self.items(items, of, random).into_iter().filter(hashable).collect();
        distinct_by(items, Value::python_key)
    }

    fn entries(
        &self,
        entries: &[(Value, Value)],
        keys: &Hint,
        values: &Hint,
        random: &mut Rng,
    ) -> Vec<(Value, Value)> {
        let mut entries = entries.to_vec();
        let index = random.usize(..entries.len().max(1));
        match random.u32(..6) {
            0 if !entries.is_empty() => drop(entries.remove(index)),
            1 => entries.reverse(),
            2 if !entries.is_empty() => {
                entries[index].0 = self.changed(&entries[index].0, keys, random);
            }
            3 | 4 if !entries.is_empty() => {
                entries[index].1 = self.changed(&entries[index].1, values, random);
            }
            _ => entries.push((self.fresh(keys, random), self.fresh(values, random))),
        }
        entries.retain(|(key, _)| hashable(key));
        distinct_by(entries, |(key, _)| key.python_key())
    }
}

fn distinct_by<T>(items: Vec<T>, key: impl Fn(&T) -> Digest) -> Vec<T> {
    let mut keys = HashSet::new();
    items.into_iter().filter(|item| keys.insert(key(item))).collect()
}

fn big_neighbour(big: &BigInt, random: &mut Rng) -> Value {
    let changed = match random.u32(..4) {
        0 => big + 1,
        1 => big - 1,
        2 => -big,
        _ => big / 2,
    };
    Value::from(changed)
}

/// A key that sorts numbers by size and texts by their characters, whatever they are.
fn order(value: &Value) -> (u8, i64, String) {
    match value {
        Value::Int(int) => (0, *int, String::new()),
        Value::Float(float) => (0, *float as i64, String::new()),
        Value::Str(text) => (1, 0, text.clone()),
        Value::Tuple(items) | Value::List(items) => {
            let first = items.first().and_then(Value::as_int).unwrap_or(0);
            (2, first, value.repr_short(100))
        }
        other => (3, 0, other.repr_short(100)),
    }
}

/// A text that differs in a place or two, of characters from an alphabet.
pub(super) fn changed_text(text: &str, alphabet: &[char], random: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.is_empty() {
        letters.extend((!alphabet.is_empty()).then(|| alphabet[random.usize(..alphabet.len())]));
        return letters.into_iter().collect();
    }
    let index = random.usize(..letters.len());
    let letter = if alphabet.is_empty() { letters[index] } else { alphabet[random.usize(..alphabet.len())] };
    match random.u32(..11) {
        0 => drop(letters.remove(index)),
        1 => letters.insert(index, letters[index]),
        2 if letters.len() > 1 => letters.swap(index, index.saturating_sub(1)),
        3 | 4 => letters[index] = letter,
        5 => letters.insert(index, letter),
        6 => letters.push(letter),
        7 => letters.reverse(),
        8 => letters.truncate(index),
        9 => drop(letters.drain(..index)),
        _ if letters.len() <= 30 => letters.extend(letters.clone()),
        _ => letters[index] = letter,
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;
    use crate::value::any_value;

    fn arguments(seeds: &[&str], header: &str) -> Arguments {
        let seeds = seeds.iter().map(|seed| Value::parse_literals(seed).unwrap()).collect();
        Arguments::new(seeds, Hint::of_parameters(header), &[10])
    }

    #[test]
    fn inputs_differ_and_reach_the_limits() {
        let arguments = arguments(&["[3, 1], 'ab'", "[7], ''"], "def f(a: list[int], b: str):");
        let mut random = Rng::with_seed(1);
        let made: Vec<String> =
            (0..2000).map(|_| Value::List(arguments.next(&mut random)).repr_short(1000)).collect();
        for wanted in [
            "[[], 'ab']",
            "[[1, 3], 'ab']",
            "[[3, 1, 3, 1], 'ab']",
            "[[3, 1], 'ba']",
            "[[11], '']",
            "[[7], 'ab']",
        ] {
            assert!(made.iter().any(|text| text == wanted), "{wanted}");
        }
    }

    #[test]
    fn lists_that_belong_together_can_change_together() {
        let arguments = arguments(&["[1, 2], [3, 4]"], "def f(a, b):");
        let mut random = Rng::with_seed(1);
        let same = (0..500)
            .map(|_| arguments.next(&mut random))
            .any(|made| made == Value::parse_literals("[1], [3]").unwrap());
        assert!(same);
    }

    proptest! {
        #[test]
        fn types_are_kept(seeds in prop::collection::vec(any_value(), 1..4), seed in any::<u64>()) {
            let arguments = Arguments::new(seeds.into_iter().map(|value| vec![value]).collect(), vec![], &[5]);
            let mut random = Rng::with_seed(seed);
            for _ in 0..20 {
                let made = arguments.next(&mut random);
                prop_assert!(arguments.admits(&made), "{made:?} is none of {:?}", arguments.parameters);
            }
        }

        #[test]
        fn declared_types_are_kept(seed in any::<u64>()) {
            let seeds = ["[], None, {}", "[(1, 'a')], 3, {'x': [True]}"];
            let header = "def f(a: list[tuple[int, str]], b: int | None, c: dict[str, list[bool]]):";
            let arguments = arguments(&seeds, header);
            let mut random = Rng::with_seed(seed);
            let hints = Hint::of_parameters(header);
            for _ in 0..20 {
                for (hint, value) in hints.iter().zip(arguments.next(&mut random)) {
                    prop_assert!(hint.admits(&value), "{value:?}");
                }
            }
        }
    }
}
