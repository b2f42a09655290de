"""What tests hold instead of things of the candidate's that are a kind of data with behaviour of their own: a `Stack` that
is a list, a named tuple with methods, a member of an `IntEnum`. They are compared, counted and computed with here, as the
data that they are; what their class adds is asked in the candidate's cell.
"""

import collections
import operator

from . import wire

# Data that stays as it is: what crosses is that data, with attributes of its own.
_VALUES = (int, float, complex, str, bytes, tuple, frozenset)
# Data that changes: what crosses is a stand-in, which asks what the data is now.
_CONTAINERS = (
    list, dict, set, collections.deque, collections.Counter, collections.OrderedDict, collections.UserDict,
    collections.UserList, collections.UserString,
)  # fmt: skip


def is_value(base):
    """Whether data of this class stays as it is."""
    return base in _VALUES or base in wire.VALUES or issubclass(base, tuple)


def value_of(cls, data):
    """The value of a class that `value_class` made, which is that data."""
    if issubclass(cls, tuple):
        return tuple.__new__(cls, data)
    base = type(data)
    return base.__new__(cls, *(wire.VALUES[base](data) if base in wire.VALUES else (data,)))


def is_container(base):
    """Whether data of this class changes."""
    return base in _CONTAINERS


def value_class(name, base, use, is_made, forwarders):
    """A kind of `base`, data that stays as it is: what data has is not asked elsewhere. The candidate's cell is asked by
    `use(value, operation, arguments)`, and by the special methods among `forwarders`; `is_made` says whether a value is
    more than half made."""

    def attribute(self, name):
        if name.startswith("__") or hasattr(base, name):
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
        "__getattribute__": attribute, "__setattr__": set_attribute, "__delattr__": delete_attribute, **forwarders
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
