"""What tests hold instead of what lies in the candidate's cell. What is asked of it, is asked there."""

import sys

from . import known, skipped, swallowed, wire
from .raised import again, describe


class Uncrossable(BaseException):
    """The candidate's cell gave what can not be taken, or the tests got from it what can not be handed back. No
    `except Exception` of the tests' hides it, and `outcome` knows of it even where something else does."""

    first = None

    def __init__(self, reason):
        super().__init__(reason)
        if Uncrossable.first is None:
            Uncrossable.first = self


class StandIn:
    """Equal to itself only. Every attribute is the candidate's, so what belongs to the stand-in is reached through the
    descriptors below."""

    __slots__ = ("_number", "_answers", "__weakref__")

    def __getattribute__(self, name):
        if name == "__class__":
            return _class_of(self)
        return _use(self, "getattr", (name,))

    def __setattr__(self, name, value):
        _use(self, "setattr", (name, value))

    def __delattr__(self, name):
        _use(self, "delattr", (name,))


_number, _answers = StandIn._number, StandIn._answers


class Callable(StandIn):
    """What can be called."""

    __slots__ = ()

    def __call__(self, *positional, **keywords):
        return _use(self, "__call__", positional, keywords)


def make(number, cls=Callable):
    """The stand-in for object `number`."""
    stand_in = cls()
    _number.__set__(stand_in, number)
    _answers.__set__(stand_in, {})
    return stand_in


def answered(stand_in, positional, keywords):
    """The answer that the same call got before, for explanations."""
    return _answers.__get__(stand_in)[wire.pack((positional, keywords), held=_held)]


def names(wanted):
    """What the candidate's namespace has of these names. The host lets no other names through."""
    status, *reply = wire.ask("names", wanted)
    if status == "uncrossable":
        raise Uncrossable(_message(reply[0]))
    return {name: _taken(*packed, take=_take_named) for name, *packed in reply[0]}


def _use(stand_in, operation, positional=(), keywords={}):
    try:
        packed = wire.pack((positional, keywords), held=_held)
    except (wire.CanNotCross, ValueError, RecursionError) as error:
        raise Uncrossable(str(error)) from None
    status, *reply = wire.ask("use", _number.__get__(stand_in), operation, *packed)
    *reply, printed = reply
    if printed is not None and sys.stdout is not sys.__stdout__:
        sys.stdout.write(printed)  # the tests capture what is printed
    if status == "uncrossable":
        raise Uncrossable(_message(reply[0]))
    *reply, changed = reply
    if changed is not None:
        _change(positional, keywords, changed)
    if status == "raised":
        error = _exception(reply[0])
        if (operation, type(error)) not in _ANSWERS:
            swallowed.watch(error)
        raise error
    value = _taken(*reply, positional)
    _answers.__get__(stand_in)[packed] = value
    return value


# Where Python's protocols ask for an exception, it is an answer and may be swallowed.
_ANSWERS = {
    ("__next__", StopIteration),
    ("__getitem__", IndexError),
    ("getattr", AttributeError),
    ("__len__", TypeError),
}


def _taken(tag, payload, positional=(), take=None):
    """The value that came from the candidate's cell."""

    def take_argument(kind, *rest):
        if kind == "argument":
            return positional[rest[0]]
        return _take(kind, *rest)

    try:
        return wire.unpack(tag, payload, take or take_argument)
    except Exception as error:
        raise Uncrossable(f"what came is not a value: {error}") from None


def _exception(description):
    try:
        return again(description, _class_of_exception, _take)
    except Exception as error:
        raise Uncrossable(f"what came is not an exception: {error}") from None


def _message(description):
    return description[2]


def _change(positional, keywords, packed):
    """Let the tests see what the candidate did to the arguments themselves."""
    positional_after, keywords_after = _taken(*packed, positional)
    try:
        pairs = [*zip(positional, positional_after, strict=True)]
        pairs += [(value, keywords_after[name]) for name, value in keywords.items()]
        for before, after in pairs:
            if type(before) is not type(after) or before == after:
                continue
            if isinstance(before, (list, bytearray)):
                before[:] = after
            elif isinstance(before, (dict, set)):
                before.clear()
                before.update(after)
    except Exception as error:
        raise Uncrossable(f"what came are not the arguments: {error}") from None


def _held(value):
    """The number of what stands for a thing of the candidate's, None for all else."""
    cls = type(value)
    if StandIn in cls.__mro__:
        return _number.__get__(value)
    return _class_numbers.get(value) if cls is type else None


_handles = {}
_handle_classes = {}
_exception_classes = {}
_class_numbers = {}
_own_classes = {}


def forget():
    """Forget everything of the candidate's cell."""
    for own in _own_classes.values():
        known.no_more(own)
    for known_things in (_handles, _handle_classes, _exception_classes, _class_numbers, _own_classes):
        known_things.clear()
    Uncrossable.first = None
    swallowed.forget()


def _take(kind, *rest):
    if kind == "handle":
        return _handle(*rest)
    if kind == "known":
        cls = known.named(rest[0], only_classes=True)
        return _own_class(cls) if cls in _CATCH_TOO_MUCH else cls
    if kind == "exception":
        number, name, base = rest
        return _exception_class(number, name, wire.EXCEPTIONS.get(base, Exception))
    raise wire.CanNotCross(kind)


# What the tests' own assertions raise, and what catches that.
_CATCH_TOO_MUCH = (AssertionError, Exception, BaseException)


def _take_named(kind, *rest):
    """As `_take`, for what the tests use by a name of the candidate's. If that is an exception of the library's, the tests
    mean the candidate's exceptions by it: what their own lines raise, of that class too, is not to be caught by it."""
    value = _take(kind, *rest)
    return _own_class(value) if kind == "known" and issubclass(value, BaseException) else value


def _own_class(cls):
    """A class like a library's exception, of which only the candidate raises any."""
    if cls not in _own_classes and cls not in _own_classes.values():
        own = type(cls.__name__, (cls,), {"__module__": cls.__module__, "__doc__": cls.__doc__})
        known.also(own, cls)
        _own_classes[cls] = own
    return _own_classes.get(cls, cls)


def _class_of_exception(number, name, base):
    """The class that an exception of the candidate's has here."""
    return _own_classes.get(base, base) if base.__name__ == name else _exception_class(number, name, base)


def _handle(number, type_name, abilities):
    if number not in _handles:
        key = (type_name, *abilities)
        if key not in _handle_classes:
            _handle_classes[key] = _class_of_handle(type_name, abilities)
        _handles[number] = make(number, _handle_classes[key])
    return _handles[number]


def _class_of_handle(type_name, abilities):
    def forward(operation):
        return lambda self, *positional, **keywords: _use(self, operation, positional, keywords)

    members = {name: forward(name) for name in wire.FORWARDED if name in abilities and name != "__call__"}
    if "__exit__" in members:
        members["__exit__"] = _exit
    base = Callable if "__call__" in abilities else StandIn
    return type(type_name, (base,), {"__slots__": (), **members})


def _exit(self, kind, error, traceback):
    """A context manager of the candidate's hears of the class of what was raised. What the tests' own assertions raise is
    not for it to swallow, nor what may keep one of them from being reached; and what the candidate raised is not seen by
    anybody where it does."""
    if isinstance(error, AssertionError):
        return False
    swallows = _use(self, "__exit__", (kind, None, None))
    if error is None or not swallows:
        return swallows
    if "_karat_watched" in getattr(error, "__dict__", ()):
        swallowed.still_unseen(error)
        return swallows
    return swallows if skipped.may_swallow(traceback) else False


def _exception_class(number, name, base):
    """A class of the candidate's own that tests can catch and raise."""
    key = (number, name, base)
    if key not in _exception_classes:
        _exception_classes[key] = type(name, (base,), {})
        if number >= 0:
            _class_numbers[_exception_classes[key]] = number
    return _exception_classes[key]


def _class_of(stand_in):
    """What `isinstance` shall take the stand-in for: the library's class where its thing is of one."""
    name = _use(stand_in, "class")
    if name == "builtins.type":
        return type
    return known.KINDS.get(name, type(stand_in)) if type(name) is str else type(stand_in)


def outcome(tests):
    """Run tests: None, or the exception of the tests' or the candidate's that they end with."""
    try:
        tests()
    except BaseException as error:
        return Uncrossable.first or error
    return Uncrossable.first or swallowed.first_unseen()


def description_of(error):
    """The description of an exception that came from the candidate's cell, of any other a new one."""
    described = getattr(error, "_karat_described", None)
    return describe(error) if described is None else described
