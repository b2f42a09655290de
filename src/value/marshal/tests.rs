use proptest::prelude::*;

use super::*;
use crate::value::any_value_without_nan;

/// What a value takes of the host's memory: where it stands, and what is allocated for all that it holds.
fn memory(value: &Value) -> usize {
    let allocated = match value {
        Value::Str(text) => text.capacity(),
        Value::SurrogateStr(bytes) | Value::Bytes(bytes) => bytes.capacity(),
        Value::BigInt(big) => 2 * big.digits.capacity(),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            SLOT * items.capacity()
        }
        Value::Dict(entries) => 2 * SLOT * entries.capacity(),
        _ => 0,
    };
    // Each item's own place is within what is allocated for all of them.
    let within = value.children().into_iter().flatten().map(|child| memory(child) - SLOT);
    SLOT + allocation(allocated) + within.sum::<usize>()
}

#[test]
fn what_is_written_part_by_part_is_written_as_one_value() {
    let items = [Value::None, Value::List(vec![])];
    let whole =
        Value::tuple([Value::from("call"), Value::List(items.to_vec()), Value::Tuple(items.to_vec())]);
    let mut parts = Parts::default();
    parts.tuple(3).value(&Value::from("call")).list_of(&items).tuple(2).value(&items[0]).list(0);
    assert_eq!(parts.into_bytes(), encode(&whole));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in any_value_without_nan()) {
        prop_assert_eq!(decode(&encode(&value)), Ok(value));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = decode(&bytes) {
            prop_assert_eq!(decode(&encode(&value)).map(|v| encode(&v)), Ok(encode(&value)));
        }
    }

    #[test]
    fn any_codes_are_read_or_refused(text in r"([(\[<>{]\x00{4}|[(\[<>]\x01\x00{3}|[(\[<>]\x02\x00{3}|\{|[N.TF0]|[i]\x07\x00{3}|u\x01\x00{3}a|l\x06\x00{3}\x01\x00(\x02\x00){5}){0,20}") {
        if let Ok(value) = decode(text.as_bytes()) {
            let again = encode(&value);
            prop_assert!(again.len() <= text.len());
            prop_assert_eq!(decode(&again).map(|value| encode(&value)), Ok(again));
        }
    }

    #[test]
    fn no_more_memory_is_taken_than_allowed(value in any_value_without_nan(), allowed in 0usize..4_000) {
        let bytes = encode(&value);
        let needed = memory(&decode(&bytes).unwrap());
        match decode_within(&bytes, allowed) {
            Ok(read) => prop_assert!(memory(&read) <= allowed),
            Err(error) => {
                prop_assert!(error.is_too_large(), "{}", error);
                prop_assert!(needed > allowed, "{} are needed", needed);
            }
        }
        prop_assert!(decode_within(&bytes, needed).is_ok());
    }

    #[test]
    fn what_was_read_takes_no_more_bytes_when_it_is_written(value in any_value_without_nan()) {
        let bytes = encode(&value);
        let read = decode(&bytes).unwrap();
        prop_assert_eq!(encode(&read).len(), bytes.len());
        prop_assert!(bytes.len() <= memory(&read));
    }
}

#[test]
fn values_that_python_wrote() {
    // marshal.dumps((1, -2**40, 2**70, "é", b"x", [1.5], {"a": None}, frozenset([True]), ..., 1 - 2j), 2).hex()
    let hex = concat!(
        "280a00000069010000006cfdffffff0000000000046c05000000000000000000000000047502000000c3a973",
        "01000000785b0100000067000000000000f83f7b7501000000614e303e01000000542e79000000000000f03f",
        "00000000000000c0",
    );
    let bytes: Vec<u8> =
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    let value = Value::tuple([
        Value::Int(1),
        Value::Int(-(1 << 40)),
        Value::BigInt(BigInt { negative: false, digits: vec![0, 0, 0, 0, 1 << 10] }),
        Value::Str("é".into()),
        Value::Bytes(b"x".to_vec()),
        Value::List(vec![Value::Float(1.5)]),
        Value::Dict(vec![(Value::Str("a".into()), Value::None)]),
        Value::FrozenSet(vec![Value::Bool(true)]),
        Value::Ellipsis,
        Value::Complex(1.0, -2.0),
    ]);
    assert_eq!(decode(&bytes), Ok(value.clone()));
    assert_eq!(encode(&value), bytes);
}

#[test]
fn every_cut_is_noticed() {
    let whole = encode(&Value::tuple([Value::Int(1 << 40), Value::Str("abc".into()), Value::List(vec![])]));
    for end in 0..whole.len() {
        assert!(matches!(decode(&whole[..end]), Err(MarshalError::Truncated(_))), "cut at {end}");
    }
}

#[test]
fn what_is_not_data_is_refused() {
    assert_eq!(decode(b"c"), Err(MarshalError::NotData { code: b'c', at: 0 }));
    assert_eq!(decode(b"0"), Err(MarshalError::NotData { code: b'0', at: 0 }));
    assert_eq!(decode(b"[\x01\x00\x00\x000"), Err(MarshalError::NotData { code: b'0', at: 5 }));
    assert_eq!(decode(b"[\xff\xff\xff\xff"), Err(MarshalError::OutOfRange(1)));
    assert_eq!(decode(b"<\x01\0\0\0[\0\0\0\0"), Err(MarshalError::Unhashable(1)));
    assert_eq!(decode(b"(\x01\0\0\0{(\x01\0\0\0{0N0"), Err(MarshalError::Unhashable(6)));
    assert_eq!(decode(b"u\x02\0\0\0a\xff"), Err(MarshalError::NotText(1)));
    assert_eq!(decode(b"u\x03\0\0\0\xed\xa0\x80"), Ok(Value::SurrogateStr(vec![0xed, 0xa0, 0x80])));
    assert_eq!(decode(b"NN"), Err(MarshalError::Trailing(1)));
    assert_eq!(decode(b"[\xff\xff\xff\x7f"), Err(MarshalError::Truncated(5)));
}

/// A list with that many items, and their bytes.
fn list(count: usize, items: &[u8]) -> Vec<u8> {
    [b"[".as_slice(), &(count as u32).to_le_bytes(), items].concat()
}

#[test]
fn what_is_too_large_is_refused_as_that() {
    const ONE: &[u8] = b"[\x01\0\0\0";
    let most = MAX_MEMORY / SLOT;
    assert!(decode(&list(1_000_000, &vec![b'N'; 1_000_000])).is_ok());
    let pairs = b"NN".repeat(most / 2);
    for (why, bytes) in [
        ("many values", list(most, &vec![b'N'; most])),
        ("many small lists", list(most / 2, &[ONE, b"N"].concat().repeat(most / 2))),
        ("many short texts", list(most / 2, &b"u\x01\0\0\0a".repeat(most / 2))),
        ("many integers", list(most / 2, &[b"l\x06\0\0\0".as_slice(), &[1; 12]].concat().repeat(most / 2))),
        ("a large dictionary", [b"{".as_slice(), &pairs, b"0"].concat()),
        ("many dictionaries", list(most / 4, &b"{NN0".repeat(most / 4))),
        (
            "a long text",
            [b"u".as_slice(), &(MAX_MEMORY as u32).to_le_bytes(), &vec![b'a'; MAX_MEMORY]].concat(),
        ),
        // Lists that say to be longer than they are take no memory for it.
        ("lies", [list(2_000_000, b"").repeat(4), vec![b'N'; 3_000_000]].concat()),
    ] {
        let error = decode(&bytes).unwrap_err();
        assert_eq!(error, MarshalError::TooLarge, "{why}");
        assert!(error.is_too_large());
    }
    assert_eq!(MarshalError::TooLarge.to_string(), "the value would take more than 128 MiB of memory");
}

#[test]
fn what_is_too_deep_is_refused_as_that() {
    for code in ["[", "(", ">"] {
        let nested = |levels: usize| [format!("{code}\x01\0\0\0").repeat(levels).as_bytes(), b"N"].concat();
        assert!(decode(&nested(MAX_DEPTH)).is_ok());
        let error = decode(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error, MarshalError::TooDeep);
        assert!(error.is_too_large());
    }
    let dictionaries = |levels| [b"{N".repeat(levels), b"N".to_vec(), b"0".repeat(levels)].concat();
    assert!(decode(&dictionaries(MAX_DEPTH)).is_ok());
    assert_eq!(decode(&dictionaries(MAX_DEPTH + 1)), Err(MarshalError::TooDeep));
    assert_eq!(decode(&dictionaries(1_000_000)), Err(MarshalError::TooDeep));
}

#[test]
fn a_wrong_shape_is_not_too_large() {
    for bytes in
        [b"c".as_slice(), b"", b"NN", b"<\x01\0\0\0[\0\0\0\0", b"u\x01\0\0\0\xff", b"[\xff\xff\xff\xff"]
    {
        assert!(!decode(bytes).unwrap_err().is_too_large());
    }
}

#[test]
fn values_as_deep_as_allowed_fit_on_a_small_stack() {
    let everything = || {
        for code in [b"[", b"(", b">"] {
            let bytes = [[code.as_slice(), b"\x01\0\0\0"].concat().repeat(MAX_DEPTH), b"N".to_vec()].concat();
            let value = decode(&bytes).unwrap();
            assert_eq!(encode(&value), bytes);
            let copy = value.clone();
            assert!(copy == value);
            drop(copy);
            assert!(!value.repr_short(20).is_empty());
        }
        let bytes = [b"{N".repeat(MAX_DEPTH), b"N".to_vec(), b"0".repeat(MAX_DEPTH)].concat();
        assert_eq!(encode(&decode(&bytes).unwrap()), bytes);
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(everything);
    assert!(thread.unwrap().join().is_ok());
}
