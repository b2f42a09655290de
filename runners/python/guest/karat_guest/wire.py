"""How values cross between cells: as plain data, by name, and what is neither as a handle.

A packed value is `(tag, bytes)`. Tag `DATA`: the marshalled value itself, which is what nearly everything is. Tag
`TREE`: the marshalled tree of nodes that `_node` makes of a value with something in it that marshal does not know.
What a candidate's object says of itself (`__eq__`, `__bool__`, `__class__`) is never asked while packing; only data,
names and handles leave the cell, and a handle equals nothing but itself.

The host checks every tree that leaves a candidate's cell (`src/runner/python/wire.rs`): a kind of node that is added
here has to be added there.
"""

import collections
import datetime
import decimal
import fractions
import itertools
import marshal
import pathlib
import types
import zoneinfo
from sys import getrefcount

from . import known, shared

DATA, TREE = 0, 1

# Trees that are nested deeper do not cross, and longer names are cut. The host has the same numbers.
DEEPEST = 200
LONGEST_NAME = 200

# What marshal looks into.
_MARSHALLED = {list, tuple, dict, set, frozenset}
_HOLD_NOTHING = {type(None), bool, int, float, complex, str, bytes}
# What else it writes are buffers, as bytes, which would lose the type; any class can be one.
_NO_BUFFERS = _MARSHALLED | _HOLD_NOTHING | {type(...), type(StopIteration)}

def _of_time(value, *parts):
    """The parts of a time, and its zone, if it is one of the library's."""
    zone = value.tzinfo
    if zone is None:
        return parts
    if type(zone) not in _ZONES:
        raise CanNotCross(f"a time in a zone that is a {name_of(type(zone))} can not cross between cells")
    return *parts, zone


# Those types of the standard library that stay as they are, and how to take one apart into arguments that make it.
VALUES = {
    fractions.Fraction: lambda v: (v.numerator, v.denominator),
    decimal.Decimal: lambda v: (decimal.Decimal.__str__(v),),
    datetime.timedelta: lambda v: (v.days, v.seconds, v.microseconds),
    datetime.datetime: lambda v: _of_time(v, v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond),
    datetime.date: lambda v: (v.year, v.month, v.day),
    datetime.time: lambda v: _of_time(v, v.hour, v.minute, v.second, v.microsecond),
}
_ZONES = {
    datetime.timezone: lambda v: (v.utcoffset(None), v.tzname(None)),
    zoneinfo.ZoneInfo: lambda v: (v.key,),
}
# All that cross by value.
_BY_VALUE = {
    **VALUES,
    **_ZONES,
    pathlib.PurePosixPath: lambda v: (str(v),),
    pathlib.PureWindowsPath: lambda v: (str(v),),
    pathlib.PosixPath: lambda v: (str(v),),
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


def pack(value, make_handle=None):
    """Pack a value. `make_handle(value)` returns the number under which a thing that is not data stays here, and
    `make_handle(value, True)` that of one which is made from a container. All containers are copies there."""
    payload = _marshalled(value)
    if payload is None:
        return _tree(_Nodes(make_handle, None).node(value))
    return DATA, payload


def pack_attributes(attributes, make_handle):
    """Pack those of an object's attributes that can cross."""
    try:
        return pack(attributes, make_handle)
    except Exception:
        nodes = []
        for name, value in attributes.items():
            try:
                nodes.append((("data", name), _Nodes(make_handle, None).node(value, 1)))
            except Exception:
                pass
        return _tree(("dict", nodes))


def pack_given(given, make_handle, shares):
    """Pack the only item of a list, which the candidate gives, and share the containers in it that it keeps."""
    payload = _marshalled(given[0])
    if type(given[0]) in _HOLD_NOTHING:
        return DATA, payload
    if payload is not None and shared.is_alone(given, payload):
        return DATA, payload
    numbers = shares.given()
    try:
        return _tree(_Nodes(make_handle, None, shares, True).nodes(given, 0, False)[0])
    except CanNotCross:
        if payload is None:
            raise
        shares.take_back(numbers)  # nested too deep to be shared: what the tests get are copies
        return DATA, payload


def pack_arguments(positional, keywords, held, shares):
    """Pack the arguments of a call, and share the containers that are in them twice. `held(value)` returns the number of
    what stands for a thing of the other cell, and None for all else. Returns all containers that are in them, too."""
    values = (positional, keywords)
    payload = _marshalled(values)
    items = [*positional, *keywords.values()]
    found, twice, _ = shared.containers(items, payload or b"")
    if payload is None or twice or shares.is_met_again(found):
        return _tree(_Nodes(None, held, shares, False, twice).node(values)), found
    return (DATA, payload), found


# What `pack_arguments` packs where there are none.
NO_ARGUMENTS = DATA, marshal.dumps(((), {}), 2)


def pack_changes(changes, make_handle, held, shares):
    """Pack what `Shared.changes` told. What is in something that is shared is shared, too. What the tests put into it that
    can not cross is not told: to the candidate, it is not there."""
    nodes, packed = _Nodes(make_handle, held, shares, make_handle is not None), []
    for number, data in changes:
        given = shares.given()
        try:
            packed.append(("tuple", [("data", number), nodes.content(data, 2, True)]))
        except CanNotCross:
            if make_handle is not None:
                raise
            shares.take_back(given)
    return _tree(("list", packed))


def _tree(node):
    return TREE, marshal.dumps(node, 2)


def _marshalled(value):
    """What marshal writes of a value, if it knows all that is in it."""
    try:
        payload = marshal.dumps(value, 2, allow_code=False)
    except ValueError:
        return None
    return None if b"s" in payload and _has_buffers(value) else payload


def _has_buffers(value):
    """Whether there are buffers in what marshal has written, which begins each of them with the letter s."""
    if type(value) is dict:
        return _has_buffers([*value.keys(), *value.values()])
    if type(value) not in _MARSHALLED:
        return type(value) not in _NO_BUFFERS
    inside = {*map(type, value)}
    return not _NO_BUFFERS.issuperset(inside) or (
        not _MARSHALLED.isdisjoint(inside) and any(_has_buffers(item) for item in value if type(item) in _MARSHALLED)
    )


def unpack(tag, payload, take=None):
    """The value that `pack` packed. `take(kind, *rest)` returns what a node means that is no data: `"handle"` with
    number, class name and abilities; `"derived"` with these and a function that makes the data that it is; `"kind"` with class name and such a function;
    `"held"` with a number; `"known"` with a name; `"exception"` with number, class name and bases (`bases_of`); `"shared"`
    with a number and a function that makes what is meant, or None."""
    value = marshal.loads(payload, allow_code=False)
    return value if tag == DATA else _value(value, take)


def is_container(tag, payload):
    """Whether what was packed is a container with something in it that is no data."""
    if tag == DATA:
        return False
    node = marshal.loads(payload, allow_code=False)
    kind = node[2][0] if node[0] == "shared" and len(node) > 2 else node[0]
    return kind in ("list", "tuple", "dict", "set", "frozenset", "make", "named tuple")


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


def is_builtin_exception(cls):
    """Whether a class is an exception of the interpreter's own."""
    return cls in _BUILTIN_EXCEPTIONS


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


class _Nodes:
    """Makes nodes of values. With `shares`, those containers are shared that already are; that are in a container which
    is; that have an id among `twice`; and where the program `gives` them, that something else holds, too."""

    def __init__(self, make_handle, held, shares=None, gives=False, twice=()):
        self._make_handle, self._held = make_handle, held
        self._shares, self._gives, self._twice = shares, gives, twice
        self._open = {*()}

    def nodes(self, items, depth, is_shared):
        if not self._gives or is_shared:
            return [self.node(item, depth, is_shared) for item in items]
        made = []
        for item in items:
            is_kept = getrefcount(item) > shared.IN_ONE  # by itself, since a call that is prepared counts, too
            made.append(self.node(item, depth, is_kept))
        return made

    def node(self, value, depth=0, is_shared=False):
        cls = type(value)
        if self._shares is None or cls not in shared.KINDS or _makes_by_itself(value):
            return self.content(value, depth, is_shared)
        number = self._shares.number_of(value)
        if number is not None:
            if number in self._open:
                raise CanNotCross("a value that holds itself can not cross between cells")
            return ("shared", number)
        if not is_shared and id(value) not in self._twice:
            return self.content(value, depth, False)
        number = self._shares.hold(value)
        self._open.add(number)
        content = self.content(value, depth, True)
        self._open.discard(number)
        self._shares.note(number)
        return ("shared", number, content)

    def content(self, value, depth, is_shared):
        """The node of a value which is not shared itself."""
        if depth > DEEPEST:
            raise CanNotCross(f"a value that is nested more than {DEEPEST} deep can not cross between cells")
        cls, make_handle, held = type(value), self._make_handle, self._held
        take_apart = _BY_VALUE.get(cls)
        if take_apart is not None and not _makes_by_itself(value):
            return (
                "make", cls.__name__, ("list", [self.content(part, depth + 2, is_shared) for part in take_apart(value)])
            )  # fmt: skip
        if cls in _MARSHALLED and _is_flat(value):
            return ("data", value)
        if cls in (list, tuple, set, frozenset):
            return (cls.__name__, self.nodes(value, depth + 1, is_shared))
        if cls is dict:
            keys = [self.node(key, depth + 1, is_shared) for key in value]
            return ("dict", [*zip(keys, self.nodes(value.values(), depth + 1, is_shared))])
        if cls in _BASES or value is None or value is Ellipsis:
            return ("data", value)
        number = held(value) if held is not None else None
        if number is not None:
            return ("held", number)
        base = _base(cls)
        if base is not None:
            return self._derived(value, cls, base, depth, is_shared)
        name = known.name_of(value)
        if name is not None and (held is not None or name in known.CLASSES):
            return ("known", name)
        if make_handle is None:
            raise CanNotCross(f"a {name_of(cls)} can not cross between cells")
        if type in type.mro(cls) and BaseException in type.mro(value):
            return ("exception", make_handle(value), name_of(value), bases_of(value, make_handle))
        return ("handle", make_handle(value), name_of(cls), abilities(value))

    def _derived(self, value, cls, base, depth, is_shared):
        """A thing of a class that is made from one of data."""
        named = _named_tuple(cls) if base is tuple else None
        # What tests make of a class of their own is meant to have its behaviour.
        if self._held is not None and named is None and OF_CANDIDATE not in cls.__dict__:
            raise CanNotCross(f"a {name_of(cls)}, a kind of {base.__name__}, can not cross between cells")
        make_handle, shares = self._make_handle, self._shares if base in shared.KINDS else None
        added = None if make_handle is None else _added(value, cls, base, named)
        if added is None and shares is not None:
            number = shares.number_of(value)
            if number is not None:
                return ("shared", number)
        number = None
        if added is not None:
            number = make_handle(value, base in shared.KINDS)
            is_shared = is_shared or base in shared.KINDS
        data = as_data(value)
        if named is not None and len(named[1]) == len(data):
            node = ("named tuple", *named, self.nodes(data, depth + 1, is_shared))
        elif added is None and make_handle is not None:
            if shares is None:
                return ("kind", name_of(cls), self.content(data, depth + 1, is_shared))
            number = shares.hold(value)
            node = ("shared", number, ("kind", name_of(cls), self.content(data, depth + 1, True)))
            shares.note(number)
            return node
        else:
            node = self.content(data, depth + 1, is_shared)
        return node if added is None else ("derived", number, name_of(cls), added, node)


# What a class has that stands for one of the candidate's: a thing of it that was made here is the data that it is.
OF_CANDIDATE = "_karat_of_candidate"


def _is_flat(value):
    """Whether nothing is in a container, or in tuples in it, that may be shared or that marshal does not know."""
    if type(value) is dict:
        return _HOLD_NOTHING.issuperset(map(type, value)) and _HOLD_NOTHING.issuperset(map(type, value.values()))
    if {tuple}.issuperset(map(type, value)):
        value = itertools.chain.from_iterable(value)
    return _HOLD_NOTHING.issuperset(map(type, value))


def _makes_by_itself(value):
    """Whether a `defaultdict` makes what is missing by a function that not every cell has."""
    return type(value) is collections.defaultdict and not any(value.default_factory is one for one in _FACTORIES)


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
    """The special methods among `FORWARDED` that a kind of data has of its own, and what else it has instead of what the
    data has; or None if there is nothing about it that the data does not have."""
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
    special = sorted(_FORWARDED & own)
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        attributes = None
    instead = sorted(name for name in own if not name.startswith("_") and hasattr(base, name))[:MOST_INSTEAD]
    has_more = special or attributes or "__getattr__" in own or any(not name.startswith("_") for name in own)
    return special + instead if has_more else None


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
        return take(*node[:4], lambda: _value(node[4], take))
    if kind == "kind":
        return take(kind, node[1], lambda: _value(node[2], take))
    if kind == "shared":
        return take(kind, node[1], (lambda: _value(node[2], take)) if len(node) > 2 else None)
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


# How many names of a kind of data may hide some of the data's own. The host has the same number.
MOST_INSTEAD = 64

# Computing. Whoever is asked this hears of the other number, which may be the one that the tests expect.
COMPUTED = (
    "__add__", "__sub__", "__mul__", "__matmul__", "__truediv__", "__floordiv__", "__mod__", "__divmod__", "__pow__",
    "__lshift__", "__rshift__", "__and__", "__or__", "__xor__",
)  # fmt: skip
REFLECTED = tuple(f"__r{name[2:]}" for name in COMPUTED)
IN_PLACE = tuple(f"__i{name[2:]}" for name in COMPUTED if name != "__divmod__")
UNARY = ("__neg__", "__pos__", "__invert__", "__abs__", "__round__")
ARITHMETIC = (*COMPUTED, *REFLECTED, *IN_PLACE, *UNARY)

# The special methods that a handle forwards to its object. Never comparison or hashing: a handle is itself only.
FORWARDED = (
    "__call__", "__iter__", "__next__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__",
    "__bool__", "__str__", "__repr__", "__enter__", "__exit__", "__reversed__", "__int__", "__float__", "__index__",
    "__instancecheck__", "__subclasscheck__", *ARITHMETIC,
)  # fmt: skip
_FORWARDED = frozenset(FORWARDED)


def abilities(value):
    """Which of `FORWARDED` an object has, by its class alone."""
    found = {*()}
    for base in type.mro(type(value)):
        found.update(_FORWARDED.intersection(base.__dict__))
    return sorted(found)
