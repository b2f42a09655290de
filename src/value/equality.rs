//! When two values are equal: as Python says, and to the type.

use num_traits::ToPrimitive;

use super::canonical::{self, Number, Sense, bits, contains_nan};
use super::{Value, side_by_side};

/// Whether Python's `==` holds between two values: `1 == 1.0 == True` by exact numeric value, a list is no tuple, a
/// set equals a frozen set, dictionaries whatever their order. NaN is equal to nothing, itself included.
pub fn python_equal(one: &Value, other: &Value) -> bool {
    !contains_nan(one) && python_equal_with_nan(one, other)
}

/// As [`python_equal`], but NaN equals NaN.
pub fn python_equal_with_nan(one: &Value, other: &Value) -> bool {
    equal(one, other, Sense::Python)
}

/// Whether two values are the same, of the same types throughout. Order counts not in sets and dictionaries; floats
/// are told apart by their bits (0.0 is not -0.0), but any NaN is any NaN.
pub fn identical(one: &Value, other: &Value) -> bool {
    equal(one, other, Sense::Types)
}

/// Walks lists, tuples and dictionaries side by side. Sets are compared by their digests, in n·log n time.
fn equal(one: &Value, other: &Value, sense: Sense) -> bool {
    side_by_side(one, other, sense, |one, other| match (one, other) {
        (Value::Str(one), Value::Str(other)) => one == other,
        (Value::Bytes(one), Value::Bytes(other)) | (Value::SurrogateStr(one), Value::SurrogateStr(other)) => {
            one == other
        }
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
        (
            Value::Set(items) | Value::FrozenSet(items),
            Value::Set(other_items) | Value::FrozenSet(other_items),
        ) => {
            let same_type = std::mem::discriminant(one) == std::mem::discriminant(other);
            (sense == Sense::Python || same_type)
                && items.is_empty() == other_items.is_empty()
                && canonical::digest(one, sense) == canonical::digest(other, sense)
        }
        _ => numbers_equal(one, other, sense),
    })
}

fn numbers_equal(one: &Value, other: &Value, sense: Sense) -> bool {
    match (sense, one, other) {
        (Sense::Types, Value::Float(one), Value::Float(other)) => bits(*one) == bits(*other),
        (Sense::Types, Value::Complex(real, imaginary), Value::Complex(other_real, other_imaginary)) => {
            bits(*real) == bits(*other_real) && bits(*imaginary) == bits(*other_imaginary)
        }
        (Sense::Types, Value::Bool(one), Value::Bool(other)) => one == other,
        (Sense::Types, Value::Int(_) | Value::BigInt(_), Value::Int(_) | Value::BigInt(_))
        | (Sense::Python, ..) => match (Number::of(one), Number::of(other)) {
            (Some(one), Some(other)) => one.equals(&other),
            _ => false,
        },
        (Sense::Types, ..) => false,
    }
}

/// How far two integers lie apart, whatever their types; nothing if one is no integer. Rounded only at the end, so that
/// different integers lie apart however long they are.
pub(crate) fn integer_distance(one: &Value, other: &Value) -> Option<f64> {
    match (Number::of(one)?, Number::of(other)?) {
        (Number::Int(one), Number::Int(other)) => Some((i128::from(one) - i128::from(other)).abs() as f64),
        (one, other) => (one.into_integer()? - other.into_integer()?).to_f64().map(f64::abs),
    }
}

impl Number {
    fn into_integer(self) -> Option<num_bigint::BigInt> {
        match self {
            Number::Int(int) => Some(int.into()),
            Number::BigInt(big) => Some(big),
            Number::Float(_) | Number::Complex(..) => None,
        }
    }

    /// Equality by value, except that NaN equals NaN.
    fn equals(&self, other: &Number) -> bool {
        // -0.0 does not come up as a float of its own, but as a complex number's real part it does.
        let same = |one: f64, other: f64| one == other || (one.is_nan() && other.is_nan());
        match (self, other) {
            (Number::Int(one), Number::Int(other)) => one == other,
            (Number::BigInt(one), Number::BigInt(other)) => one == other,
            (Number::Float(one), Number::Float(other)) => same(*one, *other),
            (Number::Complex(real, imaginary), Number::Complex(other_real, other_imaginary)) => {
                same(*real, *other_real) && same(*imaginary, *other_imaginary)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{any_value, any_value_without_nan};
    use super::*;

    fn read(text: &str) -> Value {
        Value::parse_literal(text).unwrap()
    }

    #[test]
    fn equality_is_pythons() {
        // Each pair is equal in CPython 3.11.
        for (one, other) in [
            ("1", "1.0"),
            ("1", "True"),
            ("0", "False"),
            ("0.0", "-0.0"),
            ("1+0j", "True"),
            ("0-0j", "-0.0"),
            ("(-0-1j)", "(0-1j)"),
            ("9007199254740992", "9007199254740992.0"),
            ("1e300", &format!("{:.0}", 1e300)),
            ("-9223372036854775808", "-9223372036854775808.0"),
            ("9223372036854775808", "9223372036854775808.0"),
            ("[1, (2.0, True)]", "[True, (2, 1)]"),
            ("{1, 2.0, 'a'}", "{'a', 2, True}"),
            ("{1, 2}", "frozenset({2, 1})"),
            ("{frozenset({1, 2}): [1]}", "{frozenset({2.0, True}): [True]}"),
            ("{'a': 1, 'b': 2}", "{'b': 2.0, 'a': True}"),
            ("inf", "inf"),
            ("infj", "0+infj"),
        ] {
            assert!(python_equal(&read(one), &read(other)), "{one} == {other}");
            assert!(python_equal(&read(other), &read(one)), "{other} == {one}");
        }
        // None of these is.
        for (one, other) in [
            ("[1]", "(1,)"),
            ("1", "'1'"),
            ("'a'", "b'a'"),
            ("None", "False"),
            ("None", "0"),
            ("...", "None"),
            ("nan", "nan"),
            ("[nan]", "[nan]"),
            ("{1: nan}", "{1: nan}"),
            ("{nan}", "{nan}"),
            ("nanj", "nanj"),
            ("9007199254740993", "9007199254740992.0"),
            ("9223372036854775807", "9223372036854775807.0"),
            ("1", "1+1j"),
            ("inf", "-inf"),
            ("{1, 2}", "{1, 2, 3}"),
            ("{1}", "{1: 1}"),
            ("{1}", "[1]"),
            ("{'a': 1}", "{'a': 2}"),
            ("{'a': 1}", "{'b': 1}"),
            ("{}", "set()"),
            ("[]", "()"),
            ("''", "b''"),
            ("[1, 2]", "[1, 2, 3]"),
            ("0.1", "0.2"),
        ] {
            assert!(!python_equal(&read(one), &read(other)), "{one} != {other}");
            assert!(!python_equal(&read(other), &read(one)), "{other} != {one}");
        }
    }

    #[test]
    fn nan_may_be_asked_to_equal_itself() {
        for text in ["nan", "[nan]", "{1: nan}", "{nan}", "nanj", "(1+nanj)", "{(nan, 1)}"] {
            assert!(python_equal_with_nan(&read(text), &read(text)), "{text}");
            assert!(!python_equal(&read(text), &read(text)), "{text}");
        }
        assert!(!python_equal_with_nan(&read("nan"), &read("None")));
        assert!(python_equal_with_nan(&Value::Float(f64::NAN), &Value::Float(-f64::NAN)));
    }

    #[test]
    fn identical_values_have_the_same_types() {
        for (one, other) in [
            ("{1, 'a', 2.5}", "{2.5, 'a', 1}"),
            ("{'a': 1, 'b': [2]}", "{'b': [2], 'a': 1}"),
            ("[nan, (nan, 1j)]", "[nan, (nan, 1j)]"),
            ("{nan}", "{nan}"),
        ] {
            assert!(identical(&read(one), &read(other)), "{one}, {other}");
        }
        for (one, other) in [
            ("1", "1.0"),
            ("1", "True"),
            ("[1]", "[1.0]"),
            ("{1}", "{True}"),
            ("{1: 0}", "{1.0: 0}"),
            ("{1}", "frozenset({1})"),
            ("0.0", "-0.0"),
            ("{0.0}", "{-0.0}"),
            ("1+0j", "1.0"),
            ("0-0j", "0+0j"),
            ("[1]", "(1,)"),
        ] {
            assert!(!identical(&read(one), &read(other)), "{one}, {other}");
        }
        assert!(identical(&Value::Float(f64::NAN), &Value::Float(-f64::NAN)));
    }

    #[test]
    fn what_a_guest_writes_twice_into_a_set_or_dictionary_counts_as_python_counts_it() {
        let twice = Value::Set(vec![Value::Int(1), Value::Float(1.0)]);
        assert!(python_equal(&twice, &read("{1}")));
        let key = |value| (Value::Int(1), Value::Int(value));
        assert!(python_equal(&Value::Dict(vec![key(2), key(3)]), &read("{1: 3}")));
        assert!(!python_equal(&Value::Dict(vec![key(2), key(3)]), &read("{1: 2}")));
    }

    #[test]
    fn large_sets_and_dictionaries_are_compared_by_sorting() {
        const COUNT: i64 = 100_000;
        let set = |order: &mut dyn Iterator<Item = i64>| Value::Set(order.map(Value::Int).collect());
        let (up, down) = (set(&mut (0..COUNT)), set(&mut (0..COUNT).rev()));
        assert!(python_equal(&up, &down) && identical(&up, &down));
        let floats = Value::FrozenSet((0..COUNT).map(|int| Value::Float(int as f64)).collect());
        assert!(python_equal(&up, &floats) && !identical(&up, &floats));
        let dict = |order: &mut dyn Iterator<Item = i64>| {
            Value::Dict(order.map(|int| (Value::Str(int.to_string()), Value::Int(int))).collect())
        };
        assert!(identical(&dict(&mut (0..COUNT)), &dict(&mut (0..COUNT).rev())));
    }

    #[test]
    fn values_as_deep_as_marshal_allows_fit_on_a_small_stack() {
        fn nested(wrap: impl Fn(Value) -> Value) -> Value {
            (0..2_000).fold(Value::Int(1), |inner, _| wrap(inner))
        }
        let compare = || {
            for wrap in [
                (|inner| Value::List(vec![inner])) as fn(Value) -> Value,
                |inner| Value::Tuple(vec![inner]),
                |inner| Value::FrozenSet(vec![inner]),
                |inner| Value::Dict(vec![(Value::None, inner)]),
                |inner| Value::Dict(vec![(inner, Value::None)]),
            ] {
                let (one, other) = (nested(wrap), nested(wrap));
                assert!(python_equal(&one, &other) && identical(&one, &other));
                assert!(python_equal_with_nan(&one, &other) && one == other && one.clone() == other);
                assert_eq!(one.python_key(), other.python_key());
                assert!(!one.repr().is_empty() && one.repr_short(9).chars().count() == 9);
                assert!(!format!("{one:?}").is_empty());
                let _ = (one.to_json(), super::super::hashable(&one), canonical::unique(vec![one, other]));
            }
        };
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(compare);
        assert!(thread.unwrap().join().is_ok());
    }

    proptest! {
        #[test]
        fn a_value_equals_its_copy(value in any_value()) {
            prop_assert!(identical(&value, &value.clone()));
            prop_assert!(python_equal_with_nan(&value, &value.clone()));
        }

        #[test]
        fn without_nan_a_value_equals_its_copy_in_python(value in any_value_without_nan()) {
            prop_assert!(python_equal(&value, &value.clone()));
        }

        #[test]
        fn the_three_senses_follow_from_one_another(one in any_value(), other in any_value()) {
            prop_assert_eq!(python_equal(&one, &other), python_equal(&other, &one));
            prop_assert_eq!(identical(&one, &other), identical(&other, &one));
            if identical(&one, &other) || python_equal(&one, &other) {
                prop_assert!(python_equal_with_nan(&one, &other));
            }
        }

        #[test]
        fn walking_and_digests_agree(one in any_value(), other in any_value()) {
            for sense in [Sense::Python, Sense::Types] {
                prop_assert_eq!(
                    equal(&one, &other, sense),
                    canonical::digest(&one, sense) == canonical::digest(&other, sense)
                );
            }
        }

        #[test]
        fn integers_and_floats_are_compared_exactly(mantissa in any::<i64>(), exponent in 0u32..80) {
            let integer = num_bigint::BigInt::from(mantissa) << exponent;
            let float = mantissa as f64 * f64::from(exponent).exp2();
            // Only what a float holds without rounding is equal to it.
            let exact = mantissa as f64 as i128 == i128::from(mantissa);
            prop_assert_eq!(python_equal(&integer.into(), &Value::Float(float)), exact);
        }
    }
}
