"""How values cross between cells: as plain data, by name, and what is neither as a handle.

A packed value is `(tag, bytes)`. Tag `DATA`: the marshalled value itself, which is what nearly everything is. Tag
`TREE`: the marshalled tree of nodes that `_node` makes of a value with something in it that marshal does not know.
What a candidate's object says of itself (`__eq__`, `__bool__`, `__class__`) is never asked while packing; only data,
names and handles leave the cell, and a handle equals nothing but itself.

The host checks every tree that leaves a candidate's cell (`src/runner/python/wire.rs`): a kind of node that is added
here has to be added there.
"""

import array
import collections
import datetime
import decimal
import fractions
import marshal
import types

from . import known

DATA, TREE = 0, 1

# Trees that are nested deeper do not cross, and longer names are cut. The host has the same numbers.
DEEPEST = 200
LONGEST_NAME = 200

# marshal writes every buffer as bytes, which would lose the type.
_BUFFERS = {bytearray, memoryview, array.array}
_CONTAINERS = {list, tuple, dict, set, frozenset}

# Those types of the standard library that stay as they are, and how to take one apart into arguments that make it.
VALUES = {
    fractions.Fraction: lambda v: (v.numerator, v.denominator),
    decimal.Decimal: lambda v: (decimal.Decimal.__str__(v),),
    datetime.timedelta: lambda v: (v.days, v.seconds, v.microseconds),
    datetime.datetime: lambda v: (v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond),
    datetime.date: lambda v: (v.year, v.month, v.day),
    datetime.time: lambda v: (v.hour, v.minute, v.second, v.microsecond),
}
# All that cross by value.
_BY_VALUE = {
    **VALUES,
    collections.deque: lambda v: (list(v), v.maxlen),
    collections.Counter: lambda v: (dict(v),),
    collections.OrderedDict: lambda v: (list(v.items()),),
    collections.defaultdict: lambda v: (v.default_factory, dict(v)),
    range: lambda v: (v.start, v.stop, v.step),
    slice: lambda v: (v.start, v.stop, v.step),
    bytearray: lambda v: (bytes(v),),
    collections.ChainMap: lambda v: (*v.maps,),
    collections.UserDict: lambda v: (v.data,),
    collections.UserList: lambda v: (v.data,),
    collections.UserString: lambda v: (v.data,),
    types.MappingProxyType: lambda v: ({**v},),
    type({}.keys()): lambda v: ([*v],),
    type({}.values()): lambda v: ([*v],),
    type({}.items()): lambda v: ([*v],),
}
_CONSTRUCTORS = {
    **{cls.__name__: cls for cls in _BY_VALUE},
    "dict_keys": lambda keys: dict.fromkeys(keys).keys(),
    "dict_values": lambda values: dict(enumerate(values)).values(),
    "dict_items": lambda items: dict(items).items(),
}

# What marshal knows. A kind of one of these is that, as data, and so is a kind of one of `_KINDS`.
_BASES = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
# A kind of one of these, if nearer, is a kind of that: class, and what it is by itself, whatever a kind of it overrides.
_KINDS = {
    collections.deque: lambda v: collections.deque(collections.deque.__iter__(v), collections.deque.maxlen.__get__(v)),
    collections.Counter: lambda v: collections.Counter(dict(dict.items(v))),
    collections.OrderedDict: lambda v: collections.OrderedDict(collections.OrderedDict.items(v)),
    **{cls: lambda v, cls=cls: cls(*VALUES[cls](v)) for cls in VALUES},
    **{
        cls: lambda v, cls=cls: cls(v.data)
        for cls in (collections.UserDict, collections.UserList, collections.UserString)
    },
}
# What a missing key of a `defaultdict` that crosses by value may be made by.
_FACTORIES = (None, bool, int, float, str, list, tuple, dict, set)

_ask = None


def set_ask(function):
    """Say through what the host is asked: bytes to bytes."""
    global _ask
    _ask = function


def ask(*request):
    """Ask the host and return its reply, a tuple."""
    return marshal.loads(_ask(marshal.dumps(request, 2)))


class CanNotCross(TypeError):
    """A value is neither data nor may it cross by name or as a handle."""


def pack(value, make_handle=None, held=None):
    """Pack a value. `make_handle(value)` returns the number under which a thing that is not data stays here;
    `held(value)` the number of what stands for a thing of the other cell, and None for all else."""
    try:
        payload = marshal.dumps(value, 2, allow_code=False)
    except ValueError:
        payload = None
    if payload is None or b"s" in payload and _has_buffers(value):
        return TREE, marshal.dumps(_node(value, make_handle, held), 2)
    return DATA, payload


def _has_buffers(value):
    """Whether there are buffers in what marshal has written, which begins each of them with the letter s."""
    if type(value) is dict:
        return _has_buffers([*value.keys(), *value.values()])
    if type(value) not in _CONTAINERS:
        return type(value) in _BUFFERS
    inside = {*map(type, value)}
    return not _BUFFERS.isdisjoint(inside) or (
        not _CONTAINERS.isdisjoint(inside) and any(_has_buffers(item) for item in value if type(item) in _CONTAINERS)
    )


def pack_argument(index):
    """Pack the answer that a call returned its own argument, a mutable one: the other cell has that already."""
    return TREE, marshal.dumps(("argument", index), 2)


def unpack(tag, payload, take=None):
    """The value that `pack` packed. `take(kind, *rest)` returns what a node means that is no data: `"handle"` with
    number, class name and abilities; `"derived"` with these and the data that it is; `"held"` with a number; `"known"`
    with a name; `"exception"` with number, class name and bases (`bases_of`); `"argument"` with an index."""
    value = marshal.loads(payload, allow_code=False)
    return value if tag == DATA else _value(value, take)


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
    return name[:LONGEST_NAME] if type(name) is str else "object"


def builtin_base(cls):
    """The name of the nearest built-in class that an exception's class is a kind of."""
    for base in type.mro(cls):
        if base in _BUILTIN_EXCEPTIONS:
            return name_of(base)
    return "Exception"


def bases_of(cls, hold):
    """The exceptions that an exception's class is made from: of a built-in one the name, of another a tuple of the number
    that `hold` gives it, its name and its own bases. The host allows no more than this."""
    left = MOST_BASES

    def bases(cls, depth):
        nonlocal left
        found = []
        for base in type.__dict__["__bases__"].__get__(cls):
            if BaseException not in type.mro(base):
                continue
            left -= 1
            own = base not in _BUILTIN_EXCEPTIONS and depth < DEEPEST_BASES and left > 0
            found.append((hold(base), name_of(base), bases(base, depth + 1)) if own else builtin_base(base))
        return tuple(found[:MOST_BASES])

    return bases(cls, 0)


# The host has the same numbers.
DEEPEST_BASES, MOST_BASES = 8, 32

_BUILTIN_EXCEPTIONS = {cls for cls in known.CLASSES.values() if issubclass(cls, BaseException)}
EXCEPTIONS = {name_of(cls): cls for cls in _BUILTIN_EXCEPTIONS}


def _node(value, make_handle, held=None, depth=0):
    if depth > DEEPEST:
        raise CanNotCross(f"a value that is nested more than {DEEPEST} deep can not cross between cells")
    cls = type(value)
    take_apart = _BY_VALUE.get(cls)
    if take_apart is not None and (cls is not collections.defaultdict or _is_known_factory(value.default_factory)):
        if cls in (datetime.datetime, datetime.time) and value.tzinfo is not None:
            raise CanNotCross("a time with a time zone can not cross between cells")
        return ("make", cls.__name__, _node(list(take_apart(value)), make_handle, held, depth + 1))
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
    base = _base(cls)
    if base is not None:
        return _derived(value, cls, base, make_handle, held, depth)
    name = known.name_of(value)
    if name is not None and (held is not None or name in known.CLASSES):
        return ("known", name)
    if make_handle is None:
        raise CanNotCross(f"a {name_of(cls)} can not cross between cells")
    if type in type.mro(cls) and BaseException in type.mro(value):
        return ("exception", make_handle(value), name_of(value), bases_of(value, make_handle))
    return ("handle", make_handle(value), name_of(cls), abilities(value))


def _is_known_factory(factory):
    return any(factory is one for one in _FACTORIES)


def _derived(value, cls, base, make_handle, held, depth):
    """A thing of a class that is made from one of data."""
    named = _named_tuple(cls) if base is tuple else None
    # What tests make of a class of their own is meant to have its behaviour.
    if held is not None and named is None:
        raise CanNotCross(f"a {name_of(cls)}, a kind of {base.__name__}, can not cross between cells")
    if base in (datetime.datetime, datetime.time) and value.tzinfo is not None:
        raise CanNotCross("a time with a time zone can not cross between cells")
    data = as_data(value)
    if named is not None and len(named[1]) == len(data):
        node = ("named tuple", *named, [_node(item, make_handle, held, depth + 1) for item in data])
    else:
        node = _node(data, make_handle, held, depth + 1)
    added = None if make_handle is None else _added(value, cls, base, named)
    return node if added is None else ("derived", make_handle(value), name_of(cls), added, node)


def _base(cls):
    """The nearest class of data that a class is made from, if it is."""
    for base in type.mro(cls):
        if base in _KINDS or base in _BASES:
            return base
    return None


def as_data(value):
    """What a thing of a class that is made from one of data is as that data."""
    base = _base(type(value))
    return _KINDS[base](value) if base in _KINDS else _plain(base, value)


def _added(value, cls, base, named):
    """The special methods among `FORWARDED` that a kind of data has of its own, or None if there is nothing about it that
    the data does not have."""
    owners = {}
    for owner in type.mro(cls):
        for name in owner.__dict__:
            owners.setdefault(name, owner)
    library = type.mro(base)
    own = {name for name, owner in owners.items() if owner not in library}
    if named is not None:
        own.difference_update(named[1])
        if type(owners["__repr__"].__dict__.get("_fields")) is tuple:
            own.discard("__repr__")
    if cls is collections.defaultdict or "__missing__" in own:
        own.add("__getitem__")
    special = [name for name in FORWARDED if name in own]
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        attributes = None
    return special if special or attributes or any(not name.startswith("_") for name in own) else None


def _named_tuple(cls):
    """Name and fields of a class that `namedtuple` made or that is a kind of one, else None."""
    for base in type.mro(cls):
        fields = base.__dict__.get("_fields")
        if type(fields) is tuple and all(type(field) is str for field in fields):
            return name_of(base), list(fields)
    return None


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


def _value(node, take):
    kind = node[0]
    if kind == "data":
        return node[1]
    if kind == "dict":
        return {_value(key, take): _value(value, take) for key, value in node[1]}
    if kind in ("list", "tuple", "set", "frozenset"):
        items = [_value(item, take) for item in node[1]]
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)
    if kind == "make":
        return _CONSTRUCTORS[node[1]](*_value(node[2], take))
    if kind == "named tuple":
        return _named_tuple_class(node[1], tuple(node[2]))._make([_value(item, take) for item in node[3]])
    if take is None:
        raise CanNotCross(f"what came is not data: {kind!r}")
    if kind == "derived":
        return take(*node[:4], _value(node[4], take))
    return take(*node)


_named_tuples = {}


class _Unnamed:
    _make = staticmethod(tuple)



def _named_tuple_class(name, fields):
    key = (name, fields)
    # What a tuple has itself is not to be hidden by a field.
    if any(hasattr(tuple, field) for field in fields):
        return _Unnamed
    if key not in _named_tuples:
        _named_tuples[key] = collections.namedtuple(name, fields)
    return _named_tuples[key]


# The special methods that a handle forwards to its object. Never comparison or hashing: a handle is itself only.
FORWARDED = (
    "__call__", "__iter__", "__next__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__",
    "__bool__", "__str__", "__repr__", "__enter__", "__exit__", "__reversed__", "__int__", "__float__", "__index__",
    "__instancecheck__", "__subclasscheck__",
)  # fmt: skip


def abilities(value):
    """Which of `FORWARDED` an object has, by its class alone."""
    cls = type(value)
    return [name for name in FORWARDED if any(name in base.__dict__ for base in type.mro(cls))]
