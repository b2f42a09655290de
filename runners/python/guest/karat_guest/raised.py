"""An exception as data."""

import builtins

from . import wire

PROGRAM, TESTS = "<program>", "<tests>"


def describe(error):
    """`(class, builtin base, message, packed arguments, source, line, missing module)` of an exception: what the
    host reports, and enough to raise its like in another cell. `source` is `PROGRAM`, `TESTS` or empty."""
    cls = type(error)
    source, line = _where(error)
    missing = ""
    if isinstance(error, ModuleNotFoundError):
        name = error.name
        missing = name if type(name) is str and name else "a module"
    try:
        message = str(error)
        message = message if type(message) is str else str.__str__(message)
    except BaseException:
        message = ""
    try:
        arguments = wire.pack(error.args)
    except BaseException:
        arguments = wire.pack((message,))
    return (_name(cls), _builtin_base(cls), message[:2000], arguments, source, line, missing)


def again(description):
    """Raise-able like of a described exception: the builtin class itself, or a subclass under the same name."""
    name, base, _, arguments, *_ = description
    base = getattr(builtins, base, Exception)
    if not (isinstance(base, type) and issubclass(base, BaseException)):
        base = Exception
    cls = base if base.__name__ == name else type(name, (base,), {})
    try:
        error = cls(*wire.unpack(*arguments))
    except Exception:
        error = cls.__new__(cls)
    error._karat_described = description
    return error


def _name(cls):
    name = type.__getattribute__(cls, "__name__")
    return name if type(name) is str else "Exception"


def _builtin_base(cls):
    for base in type.mro(cls):
        name = _name(base)
        if getattr(builtins, name, None) is base:
            return name
    return "Exception"


def _where(error):
    """The innermost line of program or tests that the exception passed through."""
    if isinstance(error, SyntaxError) and error.filename in (PROGRAM, TESTS):
        return error.filename, error.lineno or 0
    source, line = "", 0
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name in (PROGRAM, TESTS):
            source, line = name, traceback.tb_lineno or 0
        traceback = traceback.tb_next
    return source, line
