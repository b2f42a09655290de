//! The things of Python's library that cross by value: the other cell makes them anew from arguments, which are checked
//! here.

use super::arrays;
use crate::value::Value;

/// The types of Python's library that cross by value.
pub(super) const MADE: [&str; 26] = [
    "Fraction",
    "Decimal",
    "timedelta",
    "datetime",
    "date",
    "time",
    "deque",
    "Counter",
    "OrderedDict",
    "defaultdict",
    "range",
    "slice",
    "bytearray",
    "ChainMap",
    "UserDict",
    "UserList",
    "UserString",
    "mappingproxy",
    "dict_keys",
    "dict_values",
    "dict_items",
    "timezone",
    "ZoneInfo",
    "PurePosixPath",
    "PureWindowsPath",
    "PosixPath",
];

/// What makes the missing items of a `defaultdict`.
const FACTORIES: [&str; 8] = [
    "builtins.bool",
    "builtins.int",
    "builtins.float",
    "builtins.str",
    "builtins.list",
    "builtins.tuple",
    "builtins.dict",
    "builtins.set",
];

/// The kinds of nodes that containers are made of.
pub(super) const CONTAINERS: [&str; 8] =
    ["data", "list", "tuple", "set", "frozenset", "dict", "named tuple", "make"];

/// Whether these are arguments that the guest takes such a thing apart into. Of others Python would make one by asking
/// them, and where they are the candidate's, a fraction could be 0 by 0, which is neither less nor more than any
/// number.
pub(super) fn makes(class: &Value, arguments: &Value) -> bool {
    let (Value::Str(class), Value::Tuple(list)) = (class, arguments) else { return false };
    let [Value::Str(kind), Value::List(arguments)] = &list[..] else { return false };
    // Each argument: its kind, and what it is if it is plain.
    let arguments: Option<Vec<(&str, &Value)>> = arguments
        .iter()
        .map(|argument| match argument {
            Value::Tuple(node) => match &node[..] {
                [Value::Str(kind), value, ..] => Some((kind.as_str(), value)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let Some(arguments) = arguments.filter(|_| kind == "list") else { return false };
    if let Some(makes) = arrays::makes(class, &arguments) {
        return makes;
    }
    let all = |is: fn(&Value) -> bool| arguments.iter().all(|(kind, value)| *kind == "data" && is(value));
    match class.as_str() {
        "Fraction" => arguments.len() == 2 && all(is_integer),
        "range" | "timedelta" | "date" => all(is_integer),
        "datetime" | "time" => {
            let (parts, zone) = match arguments[..] {
                [ref parts @ .., ("make", Value::Str(zone))] => (parts, Some(zone)),
                ref parts => (parts, None),
            };
            parts.iter().all(|(kind, value)| *kind == "data" && is_integer(value))
                && zone.is_none_or(|zone| ["timezone", "ZoneInfo"].contains(&zone.as_str()))
        }
        "timezone" => match arguments[..] {
            [("make", Value::Str(class)), ("data", name)] => {
                class == "timedelta" && matches!(name, Value::None | Value::Str(_))
            }
            _ => false,
        },
        "ZoneInfo" | "PurePosixPath" | "PureWindowsPath" | "PosixPath" | "Decimal" | "UserString" => {
            arguments.len() == 1 && all(|value| matches!(value, Value::Str(_)))
        }
        "bytearray" => arguments.len() == 1 && all(|value| matches!(value, Value::Bytes(_))),
        "slice" => all(|value| matches!(value, Value::None) || is_integer(value)),
        "defaultdict" => match arguments[..] {
            [factory, ("dict", _) | ("data", Value::Dict(_))] => match factory {
                ("data", factory) => *factory == Value::None,
                ("known", Value::Str(factory)) => FACTORIES.contains(&factory.as_str()),
                _ => false,
            },
            _ => false,
        },
        _ => arguments.iter().all(|(kind, _)| CONTAINERS.contains(kind)),
    }
}

fn is_integer(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::BigInt(_))
}
