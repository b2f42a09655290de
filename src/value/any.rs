//! Arbitrary values for property tests.

use proptest::prelude::*;

use super::Value;
use super::canonical::{contains_nan, unhashable, unique, unique_keys};

/// Values of every kind, small numbers and short texts more often than others, so that equal ones meet.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    any_leaf().prop_recursive(4, 40, 6, |inner| {
        let items = move || prop::collection::vec(inner.clone(), 0..6);
        let hashable =
            |items: Vec<Value>| unique(items.into_iter().filter(|item| unhashable(item).is_none()).collect());
        prop_oneof![
            items().prop_map(Value::List),
            items().prop_map(Value::Tuple),
            items().prop_map(move |items| Value::Set(hashable(items))),
            items().prop_map(move |items| Value::FrozenSet(hashable(items))),
            (items(), items()).prop_map(move |(keys, values)| {
                Value::Dict(unique_keys(hashable(keys).into_iter().zip(values).collect()))
            }),
        ]
    })
}

/// Values without NaN: those that Python finds equal to a copy of themselves.
pub(crate) fn any_value_without_nan() -> impl Strategy<Value = Value> {
    any_value().prop_filter("NaN is equal to nothing", |value| !contains_nan(value))
}

fn any_leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        Just(Value::Ellipsis),
        any::<bool>().prop_map(Value::Bool),
        (-2i64..3).prop_map(Value::Int),
        any::<i64>().prop_map(Value::Int),
        any::<[u8; 17]>().prop_map(|bytes| num_bigint::BigInt::from_signed_bytes_le(&bytes).into()),
        any_float().prop_map(Value::Float),
        (any_float(), any_float()).prop_map(|(real, imaginary)| Value::Complex(real, imaginary)),
        any::<String>().prop_map(Value::Str),
        "[ab\n' ]{0,3}".prop_map(Value::Str),
        (0xd800u32..0xe000, "[a']?").prop_map(|(surrogate, text)| {
            let mut bytes = text.into_bytes();
            super::generalised::push(surrogate, &mut bytes);
            Value::SurrogateStr(bytes)
        }),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
    ]
}

fn any_float() -> impl Strategy<Value = f64> {
    let special = [0.0, -0.0, 1.0, -1.0, 0.1, 1e16, 1e-5, 1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    prop_oneof![prop::sample::select(special.to_vec()), prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL]
}
