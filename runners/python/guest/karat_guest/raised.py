"""An exception as data."""

from . import lacking, wire

PROGRAM, TESTS = "<program>", "<tests>"

# Longer texts are cut: here, so that little crosses, and on the host, since a program can change what is said here.
_LONGEST_MESSAGE = 2000


def describe(error, hold=None):
    """`(class, builtin base, message, packed arguments, source, line, what is missing, number of the class, its bases,
    packed attributes)` of an exception: what the host reports, and enough to raise its like in another cell. `source` is
    `PROGRAM`, `TESTS` or empty. With `hold`, a class of the program's own has the number that `hold(class)` gives and the
    bases that `wire.bases_of` tells, and -1 and none otherwise."""
    cls = type(error)
    source, line = _where(error)
    missing = lacking.missing(error)
    try:
        message = str(error)
        message = message if type(message) is str else str.__str__(message)
    except BaseException:
        message = ""
    try:
        arguments = wire.pack(error.args, hold)
    except BaseException:
        arguments = wire.pack((message[:_LONGEST_MESSAGE],))
    name, base = wire.name_of(cls), wire.builtin_base(cls)
    number, bases, attributes = -1, (), None
    if hold is not None:
        attributes = _attributes(error, hold)
        if wire.EXCEPTIONS.get(name) is not cls:
            number, bases = hold(cls), wire.bases_of(cls, hold)
    message = message[:_LONGEST_MESSAGE]
    return (name, base, message, arguments, source, line, missing, number, bases, attributes)


def _attributes(error, hold):
    """What the program set on the exception itself, and what its class has for it, packed as far as it can cross."""
    attributes = {}
    try:
        names = {*error.__dict__}
        for cls in type.mro(type(error)):
            if cls is not object and not wire.is_builtin_exception(cls):
                names.update(name for name in cls.__dict__ if not name.startswith("_"))
        for name in sorted(map(str, names)):
            try:
                attributes[name] = getattr(error, name)
            except Exception:
                pass
        return wire.pack_attributes(attributes, hold) if attributes else None
    except BaseException:
        return None


def again(description, class_of, take):
    """Raise-able like of a described exception, of `class_of(number, name, base, bases)`, where `base` is the nearest
    built-in class."""
    name, base, message, arguments, _, _, _, number, bases, attributes = description
    cls = class_of(number, name, wire.EXCEPTIONS.get(base, Exception), bases)
    error = _made(cls, wire.unpack(*arguments, take), message)
    if attributes is not None:
        error.__dict__.update(wire.unpack(*attributes, take))
    error._karat_described = description
    return error


def text_of(error):
    """What the candidate's cell says that an exception is as a text, None if it came from nowhere or that was cut."""
    described = getattr(error, "_karat_described", None)
    return None if described is None or len(described[2]) >= _LONGEST_MESSAGE else described[2]


def _made(cls, arguments, message):
    # Some built-in classes only take arguments of certain types.
    for arguments in (arguments, (message,)):
        try:
            return cls(*arguments)
        except Exception:
            pass
    return type(cls.__name__, (Exception,), {})(message)


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
