use proptest::prelude::*;

use super::super::{any_value, any_value_without_nan, identical, python_equal, python_equal_with_nan};
use super::*;

/// The bytes of which a digest stands for the value, by definition: those of a collection are those of all that it
/// holds. They are longer at each level of nesting.
fn naive(value: &Value, sense: Sense) -> Vec<u8> {
    let mut out = Vec::new();
    let set = |code: u8, items: &[Value]| {
        let mut members: Vec<Vec<u8>> = items.iter().map(|item| naive(item, sense)).collect();
        members.sort();
        members.dedup();
        let count = (members.len() as u64).to_le_bytes();
        [&[code], count.as_slice(), &members.concat()].concat()
    };
    match value {
        Value::List(items) | Value::Tuple(items) => {
            let code = if matches!(value, Value::List(_)) { b'[' } else { b'(' };
            write_length(code, items.len(), &mut out);
            items.iter().for_each(|item| out.extend(naive(item, sense)));
        }
        Value::Set(items) => out = set(b'<', items),
        Value::FrozenSet(items) => out = set(if sense == Sense::Python { b'<' } else { b'>' }, items),
        Value::Dict(entries) => {
            let mut last: std::collections::BTreeMap<Vec<u8>, Vec<u8>> = Default::default();
            for (key, value) in entries {
                last.insert(naive(key, sense), naive(value, sense));
            }
            write_length(b'{', last.len(), &mut out);
            last.into_iter().for_each(|(key, value)| out.extend([key, value].concat()));
        }
        Value::Str(text) => {
            write_length(b's', text.len(), &mut out);
            out.extend(text.as_bytes());
        }
        Value::SurrogateStr(text) => {
            write_length(b's', text.len(), &mut out);
            out.extend(text);
        }
        Value::Bytes(bytes) => {
            write_length(b'b', bytes.len(), &mut out);
            out.extend(bytes);
        }
        other => write_plain(other, sense, &mut out),
    }
    out
}

fn nested(levels: usize, inner: Value, wrap: fn(Value) -> Value) -> Value {
    (0..levels).fold(inner, |inner, _| wrap(inner))
}

const TEXT: usize = 4 << 20;

/// Wraps that a guest can send, and a few that only a set's own files could have.
const WRAPS: [fn(Value) -> Value; 7] = [
    |inner| Value::FrozenSet(vec![inner]),
    |inner| Value::FrozenSet(vec![inner, Value::Int(1)]),
    |inner| Value::FrozenSet(vec![Value::Tuple(vec![inner])]),
    |inner| Value::Tuple(vec![inner]),
    |inner| Value::List(vec![inner]),
    |inner| Value::Dict(vec![(Value::Int(1), inner)]),
    |inner| Value::Dict(vec![(inner, Value::None)]),
];

#[test]
fn each_byte_is_digested_once_however_deep_it_lies() {
    for (index, wrap) in WRAPS.into_iter().enumerate() {
        let value = nested(1_900, Value::Str("x".repeat(TEXT)), wrap);
        for sense in [Sense::Python, Sense::Types] {
            let (_, digested) = work::of(|| digest(&value, sense));
            assert!((TEXT..TEXT + 1_900 * 200).contains(&digested), "wrap {index}: {digested} bytes");
        }
    }
}

#[test]
fn a_forged_reply_is_compared_in_little_more_than_its_own_size() {
    for wrap in WRAPS {
        let forged = nested(1_900, Value::Str("x".repeat(TEXT)), wrap);
        let other = nested(1_900, Value::Str("y".repeat(TEXT)), wrap);
        let (equal, digested) = work::of(|| {
            let small = Value::Set(vec![Value::Int(1), Value::Int(2)]);
            [python_equal(&forged, &small), python_equal(&forged, &other), python_equal(&forged, &forged)]
        });
        assert_eq!(equal, [false, false, true]);
        assert!(digested < 6 * TEXT, "{digested} bytes");
    }
}

#[test]
fn the_work_grows_with_the_size() {
    let value = |count: usize| {
        let item = |number: usize| {
            let inner =
                Value::FrozenSet(vec![Value::Int(number as i64), Value::Str("x".repeat(number % 100))]);
            Value::Tuple(vec![inner.clone(), Value::FrozenSet(vec![inner])])
        };
        Value::Set((0..count).map(item).collect())
    };
    let work_of = |count| work::of(|| digest(&value(count), Sense::Python)).1;
    let (small, large) = (work_of(1_000), work_of(10_000));
    assert_eq!(large, 10 * small - 9 * 9, "nine bytes of each are the set's own");
}

proptest! {
    #[test]
    fn digests_are_equal_exactly_where_the_definition_says(one in any_value(), other in any_value()) {
        for sense in [Sense::Python, Sense::Types] {
            let same = naive(&one, sense) == naive(&other, sense);
            prop_assert_eq!(digest(&one, sense) == digest(&other, sense), same);
        }
    }

    #[test]
    fn equality_is_by_the_definition_too(one in any_value(), other in any_value()) {
        let same = naive(&one, Sense::Python) == naive(&other, Sense::Python);
        prop_assert_eq!(python_equal_with_nan(&one, &other), same);
        prop_assert_eq!(identical(&one, &other), naive(&one, Sense::Types) == naive(&other, Sense::Types));
    }

    #[test]
    fn neither_order_nor_the_kind_of_set_matters(value in any_value_without_nan()) {
        let other = shuffled(&value);
        prop_assert_eq!(naive(&value, Sense::Python), naive(&other, Sense::Python));
        prop_assert_eq!(digest(&value, Sense::Python), digest(&other, Sense::Python));
        prop_assert!(python_equal(&value, &other));
    }

    #[test]
    fn little_more_is_digested_than_there_is(value in any_value()) {
        let size = naive(&value, Sense::Python).len();
        let (_, digested) = work::of(|| digest(&value, Sense::Python));
        prop_assert!(digested <= 6 * size + 100, "{} bytes for {}", digested, size);
    }
}

/// The same value written in another order.
fn shuffled(value: &Value) -> Value {
    let all = |items: &[Value]| items.iter().map(shuffled).collect::<Vec<Value>>();
    let back = |items: &[Value]| items.iter().rev().map(shuffled).collect::<Vec<Value>>();
    match value {
        Value::List(items) => Value::List(all(items)),
        Value::Tuple(items) => Value::Tuple(all(items)),
        Value::Set(items) => Value::FrozenSet(back(items)),
        Value::FrozenSet(items) => Value::Set(back(items)),
        Value::Dict(entries) => {
            Value::Dict(entries.iter().rev().map(|(key, value)| (shuffled(key), shuffled(value))).collect())
        }
        other => other.clone(),
    }
}
