"""Classes and functions that cross by name, since every cell has its own: `int`, `ValueError`, `types.GeneratorType`.

What tests hand to the candidate may be any of these. What the candidate hands to the tests may only be one of
`CLASSES`: to call one of them with values of the candidate's makes nothing but data.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import math
import operator
import re
import types


def _exceptions():
    return [
        value for value in vars(builtins).values() if isinstance(value, type) and issubclass(value, BaseException)
    ]


_DATA = [
    object, bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice,
    type(None), type(...), type(NotImplemented),
    collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict, decimal.Decimal,
    fractions.Fraction, datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
]  # fmt: skip

# What things that are no data are, for `isinstance`. None of them can be made of data alone.
_KINDS = [
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, types.CoroutineType,
    types.AsyncGeneratorType, types.ModuleType, types.CodeType, re.Pattern, re.Match, map, filter, zip, enumerate,
    reversed, type(iter([])), type(iter(())), type(iter("")), type(iter({})), type(iter(set())), type(iter(range(0))),
]  # fmt: skip


def _named(classes):
    return {f"{cls.__module__}.{cls.__qualname__}": cls for cls in classes}


# What a stand-in may be taken for: never for data, which is there itself.
KINDS = _named([*_KINDS, *_exceptions()])
CLASSES = {**_named(_DATA), **KINDS}
_ALL = dict(CLASSES)


def prepare():
    """Name everything that tests may hand over."""
    for module in (builtins, math, operator):
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_"):
                _ALL.setdefault(f"{module.__name__}.{name}", value)
    for cls in (str, bytes, list, tuple, dict, set, frozenset, int, float):
        for name, value in vars(cls).items():
            if callable(value) and not name.startswith("_"):
                _ALL.setdefault(f"builtins.{cls.__name__}.{name}", value)
    for name, value in reversed(_ALL.items()):
        _NAMES[id(value)] = name


# By identity: what a value says of itself (`__eq__`, `__hash__`) is not asked.
_NAMES = {}


def name_of(value):
    """The name under which a value is known in every cell, or None."""
    return _NAMES.get(id(value))


def also(value, cls):
    """From now on, `value` crosses as what the class `cls` is known as."""
    _NAMES[id(value)] = _NAMES[id(cls)]


def no_more(value):
    """Undo `also`."""
    _NAMES.pop(id(value), None)


def named(name, only_classes):
    """What is known by that name; `KeyError` where nothing is."""
    return (CLASSES if only_classes else _ALL)[name]
