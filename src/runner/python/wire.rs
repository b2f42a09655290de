//! What a candidate's cell packed, checked before it reaches the tests' cell. `wire.py` in the guest says what the
//! nodes mean; a tree of another shape was not written by it.

use super::arrays;
use super::made::{CONTAINERS, MADE, makes};
use super::shape::{Malformed, array, list, name_cut, natural, one_of, parts};
use crate::value::Value;
use crate::value::marshal;

/// Tag of a packed value that is the value itself.
pub(super) const DATA: i64 = 0;
/// Tag of a packed value that is a tree of nodes.
pub(super) const TREE: i64 = 1;

/// Trees that are nested deeper are refused, as the guest refuses to make them. The arguments of a call are two levels
/// around each of them.
const DEEPEST: usize = 200 + 2;
/// A named tuple with more fields is refused.
const MOST_FIELDS: usize = 256;

/// The special methods that a stand-in may forward.
const FORWARDED: [&str; 65] = [
    "__call__",
    "__iter__",
    "__next__",
    "__len__",
    "__getitem__",
    "__setitem__",
    "__delitem__",
    "__contains__",
    "__bool__",
    "__str__",
    "__repr__",
    "__enter__",
    "__exit__",
    "__reversed__",
    "__int__",
    "__float__",
    "__index__",
    "__instancecheck__",
    "__subclasscheck__",
    "__add__",
    "__sub__",
    "__mul__",
    "__matmul__",
    "__truediv__",
    "__floordiv__",
    "__mod__",
    "__divmod__",
    "__pow__",
    "__lshift__",
    "__rshift__",
    "__and__",
    "__or__",
    "__xor__",
    "__radd__",
    "__rsub__",
    "__rmul__",
    "__rmatmul__",
    "__rtruediv__",
    "__rfloordiv__",
    "__rmod__",
    "__rdivmod__",
    "__rpow__",
    "__rlshift__",
    "__rrshift__",
    "__rand__",
    "__ror__",
    "__rxor__",
    "__iadd__",
    "__isub__",
    "__imul__",
    "__imatmul__",
    "__itruediv__",
    "__ifloordiv__",
    "__imod__",
    "__ipow__",
    "__ilshift__",
    "__irshift__",
    "__iand__",
    "__ior__",
    "__ixor__",
    "__neg__",
    "__pos__",
    "__invert__",
    "__abs__",
    "__round__",
];
/// An exception class has no more bases, nor are they further away.
const MOST_BASES: usize = 32;
/// A class that hides more of what its data has is refused.
const MOST_INSTEAD: usize = 64;
const DEEPEST_BASES: usize = 8 + 1;

/// What a node of something shared may hold.
const SHARED: [&str; 6] = ["data", "list", "dict", "set", "make", "kind"];

/// Checks a packed value, and writes it anew.
///
/// # Errors
///
/// What is not of a shape that the guest's code writes.
pub(super) fn checked(tag: Value, payload: Value) -> Result<(Value, Value), Malformed> {
    let (Value::Int(kind @ (DATA | TREE)), Value::Bytes(bytes)) = (&tag, payload) else {
        return Err(Malformed::Shape);
    };
    let value = marshal::decode(&bytes)?;
    let value = if *kind == TREE { node(value, 0)? } else { value };
    let bytes = marshal::encode(&value);
    Ok((tag, Value::Bytes(bytes)))
}

/// As [`checked`], of a pair in a tuple.
///
/// # Errors
///
/// As [`checked`].
pub(super) fn checked_pair(pair: Value) -> Result<Value, Malformed> {
    let [tag, payload] = parts(pair)?;
    let (tag, payload) = checked(tag, payload)?;
    Ok(Value::tuple([tag, payload]))
}

/// A node, with the names in it cut.
fn node(value: Value, depth: usize) -> Result<Value, Malformed> {
    if depth > DEEPEST {
        return Err(Malformed::Shape);
    }
    let mut items = value.into_tuple().ok_or(Malformed::Shape)?;
    if items.is_empty() {
        return Err(Malformed::Shape);
    }
    let kind = std::mem::replace(&mut items[0], Value::None).into_text().ok_or(Malformed::Shape)?;
    let rest = items.split_off(1);
    // Each in a function of its own, so that little of the stack is taken for each level.
    let checked = match kind.as_str() {
        "list" | "tuple" | "set" | "frozenset" => items_of_container(rest, depth),
        "dict" => entries_of_dictionary(rest, depth),
        "make" => made_thing(rest, depth),
        "named tuple" => named_tuple(rest, depth),
        "kind" => kind_of_data(rest, depth),
        "derived" => derived_thing(rest, depth),
        "shared" => shared_thing(rest, depth),
        kind => leaf(kind, rest),
    }?;
    Ok(Value::tuple(std::iter::once(Value::Str(kind)).chain(checked)))
}

fn items_of_container(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [inner] = array(rest)?;
    Ok(vec![nodes(inner, depth)?])
}

fn entries_of_dictionary(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [entries] = array(rest)?;
    let entry = |pair| {
        let [key, value] = parts(pair)?;
        Ok(Value::tuple([node(key, depth + 1)?, node(value, depth + 1)?]))
    };
    Ok(vec![Value::List(list(entries)?.into_iter().map(entry).collect::<Result<_, Malformed>>()?)])
}

fn made_thing(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [name, arguments] = array(rest)?;
    let name = one_of(name.clone(), &MADE).or_else(|_| one_of(name, &arrays::MADE))?;
    let arguments = node(arguments, depth + 1)?;
    if makes(&name, &arguments) { Ok(vec![name, arguments]) } else { Err(Malformed::Shape) }
}

fn named_tuple(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [name, fields, inner] = array(rest)?;
    let fields = list(fields)?;
    if fields.len() > MOST_FIELDS {
        return Err(Malformed::Shape);
    }
    let fields = fields.into_iter().map(name_cut).collect::<Result<_, Malformed>>()?;
    Ok(vec![name_cut(name)?, Value::List(fields), nodes(inner, depth)?])
}

/// A thing of a class that is made from one of data and adds nothing: the name of the class, and the node of the data.
fn kind_of_data(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [name, data] = array(rest)?;
    Ok(vec![name_cut(name)?, node_of(&CONTAINERS, data, depth + 1)?])
}

/// A thing of a class that is made from one of data: what a handle has, and the node of the data.
fn derived_thing(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let [number, name, names, data] = array(rest)?;
    let data = node_of(&CONTAINERS, data, depth + 1)?;
    let names = list(names)?;
    if names.len() > FORWARDED.len() + MOST_INSTEAD {
        return Err(Malformed::Shape);
    }
    let names = names.into_iter().map(name_cut).collect::<Result<_, _>>()?;
    Ok(vec![natural(number)?, name_cut(name)?, Value::List(names), data])
}

/// A container that both cells hold: its number, and where that is new what is in it. What is in it is before it, so
/// that nothing can hold itself. It is no deeper than what it is.
fn shared_thing(rest: Vec<Value>, depth: usize) -> Result<Vec<Value>, Malformed> {
    let mut rest = rest.into_iter();
    let (Some(number @ Value::Int(_)), content, None) = (rest.next(), rest.next(), rest.next()) else {
        return Err(Malformed::Shape);
    };
    let content = content.map(|content| node_of(&SHARED, content, depth)).transpose()?;
    Ok(std::iter::once(number).chain(content).collect())
}

/// A node of one of these kinds.
fn node_of(kinds: &[&str], value: Value, depth: usize) -> Result<Value, Malformed> {
    let checked = node(value, depth)?;
    match &checked {
        Value::Tuple(items) if matches!(&items[0], Value::Str(kind) if kinds.contains(&kind.as_str())) => {
            Ok(checked)
        }
        _ => Err(Malformed::Shape),
    }
}

/// What a cell says of the containers that both hold: which of the arguments are among them, by place and number; the
/// numbers of those that no longer are; and what has changed, packed. Or nothing.
///
/// # Errors
///
/// As [`checked`].
pub(super) fn checked_news(value: Value) -> Result<Value, Malformed> {
    if value == Value::None {
        return Ok(value);
    }
    let [bound, dropped, changes] = parts(value)?;
    let pair = |pair| {
        let [place, number] = parts(pair)?;
        Ok(Value::tuple([natural(place)?, natural(number)?]))
    };
    let bound = list(bound)?.into_iter().map(pair).collect::<Result<_, Malformed>>()?;
    let dropped = list(dropped)?;
    if !dropped.iter().all(|number| matches!(number, Value::Int(_))) {
        return Err(Malformed::Shape);
    }
    let changes = match changes {
        Value::None => Value::None,
        pair => checked_pair(pair)?,
    };
    Ok(Value::tuple([Value::List(bound), Value::List(dropped), changes]))
}

/// What follows the kind of a node that has no others in it.
fn leaf(kind: &str, rest: Vec<Value>) -> Result<Vec<Value>, Malformed> {
    Ok(match kind {
        "data" => array::<1>(rest)?.into(),
        "known" => {
            let [name] = array(rest)?;
            vec![name_cut(name)?]
        }
        "exception" => {
            let [number, name, bases] = array(rest)?;
            vec![natural(number)?, name_cut(name)?, checked_bases(bases)?]
        }
        "handle" => {
            let [number, name, abilities] = array(rest)?;
            vec![natural(number)?, name_cut(name)?, forwarded(abilities)?]
        }
        _ => return Err(Malformed::Shape),
    })
}

/// The bases of an exception's class: of a built-in one the name, of another number, name and bases.
///
/// # Errors
///
/// What is not of this shape, or too much of it.
pub(super) fn checked_bases(value: Value) -> Result<Value, Malformed> {
    let mut left = MOST_BASES;
    bases(value, 0, &mut left)
}

fn bases(value: Value, depth: usize, left: &mut usize) -> Result<Value, Malformed> {
    if depth > DEEPEST_BASES {
        return Err(Malformed::Shape);
    }
    let base = |base| {
        *left = left.checked_sub(1).ok_or(Malformed::Shape)?;
        match base {
            Value::Str(_) => name_cut(base),
            _ => {
                let [number, name, inner] = parts(base)?;
                Ok(Value::tuple([natural(number)?, name_cut(name)?, bases(inner, depth + 1, left)?]))
            }
        }
    };
    let checked: Result<Vec<Value>, Malformed> =
        value.into_tuple().ok_or(Malformed::Shape)?.into_iter().map(base).collect();
    Ok(Value::Tuple(checked?))
}

/// Names of special methods that are forwarded.
fn forwarded(names: Value) -> Result<Value, Malformed> {
    let names = list(names)?;
    if names.len() > FORWARDED.len() {
        return Err(Malformed::Shape);
    }
    Ok(Value::List(names.into_iter().map(|name| one_of(name, &FORWARDED)).collect::<Result<_, _>>()?))
}

fn nodes(value: Value, depth: usize) -> Result<Value, Malformed> {
    let inner = list(value)?.into_iter().map(|item| node(item, depth + 1)).collect::<Result<_, _>>()?;
    Ok(Value::List(inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::python::shape::LONGEST_NAME;

    fn text(text: &str) -> Value {
        Value::from(text)
    }

    fn data(int: i64) -> Value {
        Value::tuple([text("data"), Value::Int(int)])
    }

    fn of(kind: &str, value: Value) -> Value {
        Value::tuple([text(kind), value])
    }

    fn made(class: &str, arguments: impl IntoIterator<Item = Value>) -> Value {
        Value::tuple([text("make"), text(class), of("list", listed(arguments))])
    }

    fn handle() -> Value {
        Value::tuple([text("handle"), Value::Int(7), text("Odd"), listed([text("__int__")])])
    }

    fn shared(number: i64, of: Option<Value>) -> Value {
        Value::tuple([text("shared"), Value::Int(number)].into_iter().chain(of))
    }

    fn derived(of: Value) -> Value {
        Value::tuple([text("derived"), Value::Int(7), text("Odd"), listed([text("__len__")]), of])
    }

    /// An exception's own bases, each with the next.
    fn own_bases(levels: usize) -> Value {
        (0..levels).fold(Value::tuple([text("KeyError")]), |inner, _| {
            Value::tuple([Value::tuple([Value::Int(1), text("Base"), inner])])
        })
    }

    fn listed(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(items.into_iter().collect())
    }

    fn check(tree: &Value) -> Result<Value, Malformed> {
        let (_, payload) = checked(Value::Int(TREE), Value::Bytes(marshal::encode(tree)))?;
        match payload {
            Value::Bytes(bytes) => Ok(marshal::decode(&bytes)?),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_guest_writes_passes_unchanged() {
        for tree in [
            data(1),
            Value::tuple([text("list"), listed([data(1), data(2)])]),
            Value::tuple([text("dict"), listed([Value::tuple([data(1), data(2)])])]),
            made("Fraction", [data(1), data(3)]),
            made("slice", [data(1), of("data", Value::None), of("data", Value::None)]),
            made("deque", [of("list", listed([handle()])), of("data", Value::None)]),
            Value::tuple([text("named tuple"), text("Point"), listed([text("x")]), listed([data(1)])]),
            Value::tuple([text("known"), text("builtins.int")]),
            shared(0, Some(of("list", listed([shared(1, None), shared(-1, None)])))),
            shared(2, Some(made("deque", [of("list", listed([])), of("data", Value::None)]))),
            shared(4, Some(Value::tuple([text("kind"), text("Odd"), of("list", listed([]))]))),
            shared(3, Some(of("data", listed([Value::Int(1)])))),
            made("defaultdict", [of("known", text("builtins.list")), of("data", Value::Dict(vec![]))]),
            Value::tuple([text("kind"), text("Odd"), of("list", listed([handle()]))]),
            Value::tuple([text("exception"), Value::Int(3), text("Odd"), Value::tuple([text("KeyError")])]),
            Value::tuple([text("exception"), Value::Int(3), text("Odd"), own_bases(2)]),
            Value::tuple([text("handle"), Value::Int(7), text("Stack"), listed([text("__len__")])]),
            made("defaultdict", [of("known", text("builtins.list")), of("dict", listed([]))]),
            derived(of("list", listed([data(1), handle()]))),
            derived(made("deque", [of("list", listed([])), of("data", Value::None)])),
        ] {
            assert_eq!(check(&tree).unwrap(), tree);
        }
    }

    #[test]
    fn what_it_never_writes_is_refused() {
        for tree in [
            Value::None,
            Value::tuple([]),
            Value::tuple([text("data")]),
            Value::tuple([text("data"), Value::None, Value::None]),
            Value::tuple([text("held"), Value::Int(0)]),
            Value::tuple([text("list"), Value::tuple([data(1)])]),
            Value::tuple([text("list"), listed([Value::Int(1)])]),
            Value::tuple([text("dict"), listed([Value::tuple([data(1)])])]),
            Value::tuple([text("make"), text("Popen"), data(1)]),
            made("Fraction", [data(1)]),
            made("Fraction", [data(1), of("data", Value::Float(2.0))]),
            made("Fraction", [handle()]),
            made("range", [handle()]),
            made("Decimal", [handle()]),
            made("bytearray", [data(1 << 40)]),
            made("deque", [handle(), of("data", Value::None)]),
            made("Counter", [handle()]),
            Value::tuple([text("shared")]),
            Value::tuple([text("shared"), Value::Bool(true)]),
            Value::tuple([text("shared"), Value::Int(1), of("list", listed([])), Value::None]),
            shared(1, Some(handle())),
            shared(1, Some(shared(2, None))),
            made("Counter", [shared(1, None)]),
            Value::tuple([text("kind"), text("Odd"), handle()]),
            Value::tuple([text("kind"), Value::None, data(1)]),
            Value::tuple([text("handle"), Value::Int(-1), text("x"), listed([])]),
            Value::tuple([text("handle"), Value::Int(1), text("x"), listed([text("__eq__")])]),
            Value::tuple([text("handle"), Value::Int(1), Value::None, listed([])]),
            Value::tuple([text("exception"), Value::Int(-2), text("x"), Value::tuple([text("y")])]),
            Value::tuple([text("exception"), Value::Int(2), text("x"), text("y")]),
            Value::tuple([text("exception"), Value::Int(2), text("x"), own_bases(DEEPEST_BASES + 1)]),
            Value::tuple([
                text("exception"),
                Value::Int(2),
                text("x"),
                Value::Tuple(vec![text("y"); MOST_BASES + 1]),
            ]),
            made("defaultdict", [of("known", text("builtins.eval")), of("dict", listed([]))]),
            made("defaultdict", [handle(), of("dict", listed([]))]),
            made("defaultdict", [of("data", Value::None), data(1)]),
            made("PosixPath", [made("UserString", [of("data", text("/"))])]),
            made("PurePosixPath", []),
            made("ZoneInfo", [handle()]),
            made("timezone", [handle(), of("data", Value::None)]),
            made("timezone", [made("timedelta", [data(0)]), data(1)]),
            made("datetime", [data(1), data(1), handle()]),
            made("datetime", [data(1), made("deque", [of("list", listed([])), of("data", Value::None)])]),
            made("date", [data(1), made("ZoneInfo", [of("data", text("UTC"))])]),
            derived(handle()),
            derived(Value::Int(1)),
        ] {
            assert!(check(&tree).is_err(), "{tree:?}");
        }
        assert!(checked(Value::Int(2), Value::Bytes(marshal::encode(&Value::None))).is_err());
        assert!(checked(Value::Int(DATA), Value::None).is_err());
    }

    #[test]
    fn news_are_checked_too() {
        let pairs = |place, number| listed([Value::tuple([Value::Int(place), Value::Int(number)])]);
        let changes = |tree: Value| Value::tuple([Value::Int(TREE), Value::Bytes(marshal::encode(&tree))]);
        for news in [
            Value::None,
            Value::tuple([listed([]), listed([]), Value::None]),
            Value::tuple([pairs(0, 7), listed([Value::Int(-1)]), changes(of("list", listed([])))]),
        ] {
            assert_eq!(checked_news(news.clone()).unwrap(), news);
        }
        for news in [
            Value::Int(0),
            Value::tuple([listed([]), listed([])]),
            Value::tuple([pairs(-1, 0), listed([]), Value::None]),
            Value::tuple([pairs(0, -1), listed([]), Value::None]),
            Value::tuple([listed([Value::Int(1)]), listed([]), Value::None]),
            Value::tuple([listed([]), listed([Value::None]), Value::None]),
            Value::tuple([listed([]), listed([]), Value::Int(1)]),
            Value::tuple([listed([]), listed([]), changes(Value::None)]),
        ] {
            assert!(checked_news(news.clone()).is_err(), "{news:?}");
        }
    }

    #[test]
    fn depth_and_names_are_bounded() {
        let nested = |levels: usize| {
            (0..levels).fold(data(1), |inner, _| Value::tuple([text("list"), listed([inner])]))
        };
        assert!(check(&nested(DEEPEST)).is_ok());
        assert!(check(&nested(DEEPEST + 1)).is_err());
        let long = Value::tuple([text("handle"), Value::Int(1), text(&"A".repeat(1 << 20)), listed([])]);
        let cut = check(&long).unwrap().into_tuple().unwrap();
        assert!(cut[2].clone().into_text().unwrap().len() <= LONGEST_NAME + '…'.len_utf8());
        let fields = listed((0..MOST_FIELDS + 1).map(|index| text(&format!("f{index}"))));
        assert!(check(&Value::tuple([text("named tuple"), text("P"), fields, listed([])])).is_err());
    }
}
