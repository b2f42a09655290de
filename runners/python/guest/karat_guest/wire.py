"""How values cross between cells: as plain data, and what is not data as a handle.

A packed value is `(tag, bytes)`. Tag `DATA`: the marshalled value itself, which is what nearly everything is. Tag
`TREE`: the marshalled tree of nodes that `_node` makes of a value with something in it that marshal does not know.
What a candidate's object says of itself (`__eq__`, `__bool__`, `__class__`) is never asked while packing; only data
and handles leave the cell, and a handle equals nothing but itself.
"""

import collections
import datetime
import decimal
import fractions
import marshal

DATA, TREE = 0, 1

# marshal writes every buffer as bytes, which would lose the type.
_BUFFERS = {bytearray, memoryview, __import__("array").array}

# Types of the standard library that cross by value: class, and how to take one apart into arguments that make it.
_BY_VALUE = {
    fractions.Fraction: lambda v: (v.numerator, v.denominator),
    decimal.Decimal: lambda v: (str(v),),
    datetime.timedelta: lambda v: (v.days, v.seconds, v.microseconds),
    datetime.datetime: lambda v: (v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond),
    datetime.date: lambda v: (v.year, v.month, v.day),
    datetime.time: lambda v: (v.hour, v.minute, v.second, v.microsecond),
    collections.deque: lambda v: (list(v), v.maxlen),
    collections.Counter: lambda v: (dict(v),),
    collections.OrderedDict: lambda v: (list(v.items()),),
    range: lambda v: (v.start, v.stop, v.step),
    bytearray: lambda v: (bytes(v),),
}
_CONSTRUCTORS = {cls.__name__: cls for cls in _BY_VALUE}

# Subclasses of these cross from the candidate as the base: what a subclass adds is behaviour, and behaviour does not
# cross.
_BASES = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)

_ask = None


def set_ask(function):
    """Say through what the host is asked: bytes to bytes."""
    global _ask
    _ask = function


def ask(*request):
    """Ask the host and return its reply, a tuple."""
    return marshal.loads(_ask(marshal.dumps(request, 2)))


class CanNotCross(TypeError):
    """A value is neither data nor may it cross as a handle."""


def pack(value, make_handle=None, held=None):
    """Pack a value. `make_handle(value)` returns the number under which a thing that is not data stays here;
    `held(value)` the number of what stands for a thing of the other cell, and None for all else."""
    try:
        if type(value) in _BUFFERS or (
            type(value) in (list, tuple) and not _BUFFERS.isdisjoint(map(type, value))
        ):
            raise ValueError
        return DATA, marshal.dumps(value, 2)
    except ValueError:
        return TREE, marshal.dumps(_node(value, make_handle, held), 2)


def unpack(tag, payload, take_handle=None, take_held=None):
    """The value that `pack` packed. `take_handle(number, type name, abilities)` makes the stand-in of a handle;
    `take_held(number)` returns the thing of this cell that a stand-in of the other meant."""
    value = marshal.loads(payload)
    return value if tag == DATA else _value(value, take_handle, take_held)


def plain(value):
    """The value if it is plain data, else the plain data that it equals by the rules of the standard library: what
    a subclass adds is dropped, a `Counter` is a dict, a whole `Fraction` an int. A number that is not equal to any
    int or float, a deque, a date or an object is none: `CanNotCross`."""
    cls = type(value)
    if cls in (int, float, str, bool, bytes, complex) or value is None or value is Ellipsis:
        return value
    for base in _BASES:
        if base in type.mro(cls):
            value, cls = _plain(base, value), base
            break
    if cls in (list, tuple, set, frozenset):
        return cls([plain(item) for item in value])
    if cls is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    if cls is bytearray:
        return bytes(value)
    if cls in (fractions.Fraction, decimal.Decimal):
        for number in (int, float):
            try:
                if number(value) == value:
                    return number(value)
            except (ValueError, OverflowError):
                pass
    if cls in _BASES:
        return value
    raise CanNotCross(f"a {name_of(cls)} is not plain data")


def name_of(cls):
    """The name of a class, whatever its metaclass says."""
    name = type.__getattribute__(cls, "__name__")
    return name if type(name) is str else "object"


def _node(value, make_handle, held=None, depth=0):
    if depth > 200:
        raise CanNotCross("the value is nested more than 200 deep")
    cls = type(value)
    take_apart = _BY_VALUE.get(cls)
    if take_apart is not None:
        if cls in (datetime.datetime, datetime.time) and value.tzinfo is not None:
            raise CanNotCross("a time with a time zone can not cross between cells")
        return ("make", cls.__name__, _node(list(take_apart(value)), make_handle, held, depth + 1))
    if cls not in _BASES:
        for base in _BASES:
            if base in type.mro(cls):
                if held is not None:  # what tests make of a class of their own is meant to have its behaviour
                    raise CanNotCross(f"a {cls.__name__}, a kind of {base.__name__}, can not cross between cells")
                value, cls = _plain(base, value), base
                break
    if cls in (list, tuple, set, frozenset):
        return (cls.__name__, [_node(item, make_handle, held, depth + 1) for item in value])
    if cls is dict:
        return (
            "dict",
            [
                (_node(k, make_handle, held, depth + 1), _node(v, make_handle, held, depth + 1))
                for k, v in value.items()
            ],
        )
    if cls in _BASES or value is None or value is Ellipsis:
        return ("data", value)
    number = held(value) if held is not None else None
    if number is not None:
        return ("held", number)
    if make_handle is None:
        raise CanNotCross(f"a {cls.__name__} can not cross between cells")
    return ("handle", make_handle(value), cls.__name__, abilities(value))


def _plain(base, value):
    """The value as its base class sees it, whatever the subclass overrides."""
    if base is dict:
        return dict(dict.items(value))
    if base in (list, tuple, set, frozenset):
        return base(base.__iter__(value))
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes(memoryview(value))
    if base is int:
        return int.__int__(value)
    if base is float:
        return float.__float__(value)
    return base(value)


def _value(node, take_handle, take_held):
    kind = node[0]
    if kind == "data":
        return node[1]
    if kind == "dict":
        return {
            _value(key, take_handle, take_held): _value(value, take_handle, take_held) for key, value in node[1]
        }
    if kind in ("list", "tuple", "set", "frozenset"):
        items = [_value(item, take_handle, take_held) for item in node[1]]
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)
    if kind == "make":
        return _CONSTRUCTORS[node[1]](*_value(node[2], take_handle, take_held))
    if kind == "handle" and take_handle is not None:
        return take_handle(*node[1:])
    if kind == "held" and take_held is not None:
        return take_held(node[1])
    raise CanNotCross(f"what came is not a value: {kind!r}")


# The special methods that a handle forwards to its object. Never comparison or hashing: a handle is itself only.
FORWARDED = (
    "__call__", "__iter__", "__next__", "__len__", "__getitem__", "__contains__", "__bool__", "__str__", "__repr__",
)  # fmt: skip


def abilities(value):
    """Which of `FORWARDED` an object has, by its class alone."""
    cls = type(value)
    return [name for name in FORWARDED if any(name in base.__dict__ for base in type.mro(cls))]
