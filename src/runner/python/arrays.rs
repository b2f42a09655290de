//! The things of numpy that cross by value: numbers with a type of their own, and arrays of these, of texts and of times.

use crate::value::Value;

/// What crosses by value, by the names of its types.
pub(super) const MADE: [&str; 15] = [
    "ndarray",
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
];

/// Types of elements that are nothing but their bytes, and how many these are.
const ELEMENTS: [(&str, usize); 14] = [
    ("|b1", 1),
    ("|i1", 1),
    ("|u1", 1),
    ("<i2", 2),
    ("<u2", 2),
    ("<f2", 2),
    ("<i4", 4),
    ("<u4", 4),
    ("<f4", 4),
    ("<i8", 8),
    ("<u8", 8),
    ("<f8", 8),
    ("<c8", 8),
    ("<c16", 16),
];

/// What times and durations are counted in.
const UNITS: [&str; 13] = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];

/// numpy takes no more.
const MOST_DIMENSIONS: usize = 64;

/// Whether these are arguments that the guest takes such a thing apart into: each with its kind of node. For other types
/// nothing.
pub(super) fn makes(class: &str, arguments: &[(&str, &Value)]) -> Option<bool> {
    let number = |is: fn(&Value) -> bool| matches!(arguments, [("data", value)] if is(value));
    Some(match class {
        "ndarray" => match arguments {
            [("data", Value::Str(element)), ("data", Value::Tuple(shape)), ("data", Value::Bytes(bytes))] => {
                let size = size_of(element);
                size.zip(items_in(shape)).and_then(|(size, items)| size.checked_mul(items))
                    == Some(bytes.len())
            }
            // Of objects, which are what they are.
            [("data", Value::Str(element)), ("data", Value::Tuple(shape)), items] => {
                element == "|O"
                    && items_in(shape).is_some()
                    && matches!(items.0, "list" | "data")
                    && (items.0 == "list" || matches!(items.1, Value::List(_)))
            }
            _ => false,
        },
        "bool" => number(|value| matches!(value, Value::Bool(_))),
        "float16" | "float32" | "float64" => number(|value| matches!(value, Value::Float(_))),
        "complex64" | "complex128" => number(|value| matches!(value, Value::Complex(..))),
        _ if MADE.contains(&class) => number(|value| matches!(value, Value::Int(_) | Value::BigInt(_))),
        _ => return None,
    })
}

/// How many bytes an element takes.
fn size_of(element: &str) -> Option<usize> {
    if let Some((_, size)) = ELEMENTS.iter().find(|(name, _)| *name == element) {
        return Some(*size);
    }
    let length = |digits: &str| {
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        digits.parse::<usize>().ok().filter(|_| is_plain)
    };
    if let Some(digits) = element.strip_prefix("<U") {
        return length(digits)?.checked_mul(4);
    }
    if let Some(digits) = element.strip_prefix("|S") {
        return length(digits);
    }
    let unit = element.strip_prefix("<M8[").or_else(|| element.strip_prefix("<m8["))?.strip_suffix(']')?;
    UNITS.contains(&unit).then_some(8)
}

/// How many elements an array of a shape has.
fn items_in(shape: &[Value]) -> Option<usize> {
    if shape.len() > MOST_DIMENSIONS {
        return None;
    }
    shape.iter().try_fold(1_usize, |items, length| match length {
        Value::Int(length @ 0..) => items.checked_mul(usize::try_from(*length).ok()?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(element: &str, shape: &[i64], bytes: usize) -> Option<bool> {
        let shape = Value::tuple(shape.iter().map(|length| Value::Int(*length)));
        let (element, bytes) = (Value::from(element), Value::Bytes(vec![0; bytes]));
        makes("ndarray", &[("data", &element), ("data", &shape), ("data", &bytes)])
    }

    #[test]
    fn an_array_has_as_many_bytes_as_its_shape_says() {
        for (element, shape, bytes) in [
            ("<f8", &[2, 3][..], 48),
            ("|b1", &[3], 3),
            ("<i4", &[], 4),
            ("<f8", &[0, 5], 0),
            ("<U7", &[2], 56),
            ("|S3", &[2], 6),
            ("<M8[ns]", &[1], 8),
        ] {
            assert_eq!(array(element, shape, bytes), Some(true), "{element} {shape:?}");
            assert_eq!(array(element, shape, bytes + 1), Some(false), "{element} {shape:?}");
        }
        for (element, shape) in [
            ("<f8", &[-1][..]),
            ("<f8", &[i64::MAX, i64::MAX]),
            ("<f8", &[1; 65]),
            ("|O", &[1]),
            ("<U0", &[1]),
            ("<U99999999999999999999", &[0]),
            ("<M8[x]", &[1]),
            ("|V8", &[1]),
            (">f8", &[1]),
            ("", &[1]),
        ] {
            assert_eq!(array(element, shape, 8), Some(false), "{element} {shape:?}");
        }
    }

    #[test]
    fn numbers_are_made_of_numbers_of_their_kind() {
        for (class, right, wrong) in [
            ("int64", Value::Int(3), Value::Float(3.0)),
            ("float32", Value::Float(0.5), Value::Int(1)),
            ("bool", Value::Bool(true), Value::Int(1)),
            ("complex128", Value::Complex(0.0, 1.0), Value::Float(0.0)),
        ] {
            assert_eq!(makes(class, &[("data", &right)]), Some(true), "{class}");
            assert_eq!(makes(class, &[("data", &wrong)]), Some(false), "{class}");
            assert_eq!(makes(class, &[("make", &right)]), Some(false), "{class}");
            assert_eq!(makes(class, &[]), Some(false), "{class}");
        }
        assert_eq!(makes("Fraction", &[]), None);
    }
}
