"""What tests hold instead of things of the candidate's that are a kind of data with behaviour of their own: a `Stack` that
is a list, a named tuple with methods, a member of an `IntEnum`. They are compared, counted and computed with here, as the
data that they are; what their class adds is asked in the candidate's cell.
"""

import collections
import operator

from . import wire

# What things of the candidate's may be made from, besides what the library has.
_MADE_FROM = (
    int, float, complex, str, bytes, tuple, frozenset, list, dict, set, collections.deque, collections.Counter,
    collections.OrderedDict,
)  # fmt: skip
# What the library writes in Python, and C takes for no data: what tests hold is a stand-in, which asks what the data is now.
_STOOD_FOR = (collections.UserDict, collections.UserList, collections.UserString)


def is_base(base):
    """Whether something of a class may be made from data of this one."""
    return base in _MADE_FROM or base in wire.VALUES or issubclass(base, tuple)


def is_stood_for(base):
    """Whether what is made from data of this class has a stand-in."""
    return base in _STOOD_FOR


def made(cls, data):
    """The thing of a class that `value_class` or `kind_class` made, which is that data."""
    base = type(data)
    if issubclass(cls, tuple):
        return tuple.__new__(cls, data)
    if base in _STOOD_FOR:
        thing = base.__new__(cls)
        base.__init__(thing, data.data)
        return thing
    if base in _CHANGING:
        thing = base.__new__(cls)
        base.__init__(thing, data, *((data.maxlen,) if base is collections.deque else ()))
        return thing
    return base.__new__(cls, *(wire.VALUES[base](data) if base in wire.VALUES else (data,)))


_CHANGING = (list, dict, set, collections.deque, collections.Counter, collections.OrderedDict)


def kind_class(name, base):
    """A kind of `base` that adds nothing."""
    if not is_base(base) and not is_stood_for(base):
        raise wire.CanNotCross(f"nothing is made from a {base.__name__}")
    return type(name, (base,), {wire.OF_CANDIDATE: True})


def value_class(name, base, use, is_made, instead, forwarders):
    """A kind of `base`: what data has is not asked elsewhere, but for what the class has `instead` of it. The candidate's
    cell is asked by `use(value, operation, arguments)`, and by the special methods among `forwarders`; `is_made` says
    whether a value is more than half made, and no copy that was made here."""

    def attribute(self, name):
        if name.startswith("__") or not is_made(self) or hasattr(base, name) and name not in instead:
            return base.__getattribute__(self, name)
        return use(self, "getattr", (name,))

    def set_attribute(self, name, value):
        if is_made(self):
            use(self, "setattr", (name, value))
        else:
            base.__setattr__(self, name, value)

    def delete_attribute(self, name):
        use(self, "delattr", (name,))

    members = {
        "__getattribute__": attribute, "__setattr__": set_attribute, "__delattr__": delete_attribute,
        wire.OF_CANDIDATE: True, **forwarders,
    }  # fmt: skip
    return type(name, (base,), members)


def container_class(name, base, stand_in, use, forwarders):
    """A kind of `stand_in`, for data that changes. As `value_class` else."""

    def data(self):
        value = use(self, "data")
        if type(value) is not base:
            raise wire.CanNotCross(f"the data of a {name} is no {base.__name__}")
        return value

    def on_data(operation):
        return lambda self, *arguments: operation(data(self), *arguments)

    members = {name: on_data(getattr(base, name)) for name in _BY_ITSELF if hasattr(base, name)}
    members |= {name: on_data(getattr(operator, name)) for name in (*_COMPARED, *_COMPUTED)}
    members |= {f"__r{name[2:]}": on_data(_reflected(getattr(operator, name))) for name in _COMPUTED}
    return type(name, (stand_in,), {"__slots__": (), "__hash__": None, BASE: base, **members, **forwarders})


# Where a class has the one of the data that it stands for.
BASE = "_karat_base"
# What is always asked of the thing itself, whose class may make an item that is missing.
OF_CONTAINERS = ("__getitem__", "__setitem__", "__delitem__")

_BY_ITSELF = ("__len__", "__iter__", "__reversed__", "__contains__", "__str__", "__repr__")
_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_COMPUTED = ("__add__", "__sub__", "__mul__", "__and__", "__or__", "__xor__")


def _reflected(operation):
    return lambda value, other: operation(other, value)
