"""What tests hold instead of what lies in the candidate's cell. What is asked of it, is asked there."""

import sys

from . import derived, known, shared, skipped, swallowed, wire
from .raised import again, describe, text_of


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

    __slots__ = ("_number", "_answers", "_origin", "__weakref__")

    def __getattribute__(self, name):
        if name == "__class__":
            return _class_of(self)
        return _use(self, "getattr", (name,))

    def __setattr__(self, name, value):
        _use(self, "setattr", (name, value))

    def __delattr__(self, name):
        _use(self, "delattr", (name,))


_number, _answers, _origin = StandIn._number, StandIn._answers, StandIn._origin


class Callable(StandIn):
    """What can be called."""

    __slots__ = ()

    def __call__(self, *positional, **keywords):
        return _use(self, "__call__", positional, keywords)


class Answer(StandIn):
    """A thing where only data is an answer: it can be looked at, and be told nothing."""

    __slots__ = ()

    def __getattribute__(self, name):
        if name == "__class__":
            return _class_of(self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name, value):
        getattr(self, name)

    def __delattr__(self, name):
        getattr(self, name)


# What can be asked of such a thing: nothing that hands over what the tests expect.
_OF_ANSWERS = {
    "__iter__", "__next__", "__reversed__", "__len__", "__getitem__", "__bool__", "__str__", "__repr__", "__int__",
    "__float__", "__index__",
}  # fmt: skip


def make(number, cls=Callable, origin=""):
    """The stand-in for object `number`, which came from `origin`."""
    stand_in = cls()
    _number.__set__(stand_in, number)
    _origin.__set__(stand_in, origin)
    _answers.__set__(stand_in, {})
    return stand_in


def answered(stand_in, positional, keywords):
    """The answer that the same call got before, for explanations."""
    packed, _ = wire.pack_arguments(positional, keywords, _held, _shared)
    return _taken(*_answers.__get__(stand_in)[packed])


def names(wanted):
    """What the candidate's namespace has of these names. The host lets no other names through."""
    status, *reply = wire.ask("names", wanted)
    if status == "uncrossable":
        raise Uncrossable(_message(reply[0]))
    return {name: _taken(*packed, take=_take_named, place=name) for name, *packed in reply[0]}


def _use(stand_in, operation, positional=(), keywords={}):
    origin = _origin.__get__(stand_in)
    value, packed, answer = _ask(_number.__get__(stand_in), operation, positional, keywords, origin)
    if operation == "__call__":
        _answers.__get__(stand_in)[packed] = answer
    return value


def _use_value(value, operation, positional=(), keywords={}):
    return _ask(_value_numbers[id(value)], operation, positional, keywords)[0]


def _is_value(value):
    return id(value) in _value_numbers


def _place(operation, positional, origin):
    """Where an answer comes from, as the text of the tests would say it: `Tree()` is what calling what is called so gives,
    `.items` an attribute of that name, of whatever it is, and `.items()[]` what is in what calling that gives."""
    if operation == "getattr":
        return f".{positional[0]}"[:LONGEST_PLACE]
    if operation == "__call__":
        return f"{origin}()"[:LONGEST_PLACE]
    if operation in ("__next__", "__getitem__"):
        return _inside(origin)
    return origin if operation in ("__iter__", "__reversed__") else operation


def _inside(place):
    return place if place.endswith("[]") else f"{place}[]"


# The host takes no more and no longer ones.
LONGEST_PLACE, MOST_PLACES = 100, 256


def _ask(number, operation, positional, keywords, origin=""):
    """What came of an operation in the candidate's cell, the packed arguments, and the packed answer."""
    if operation in wire.ARITHMETIC:
        _things_given.add(_COMPUTING[operation])
    try:
        news, packed, things = None, wire.NO_ARGUMENTS, ()
        if not _shared.is_empty():
            changes = _shared.changes()
            dropped = _shared.sweep()  # afterwards, so that the last change is not lost
            if dropped or changes:
                news = ([], dropped, wire.pack_changes(changes, None, _held, _shared) if changes else None)
        if positional or keywords:
            packed, things = wire.pack_arguments(positional, keywords, _held, _shared)
    except (wire.CanNotCross, ValueError, RecursionError) as error:
        raise Uncrossable(str(error)) from None
    status, *reply = wire.ask("use", number, operation, *packed, news)
    *reply, printed = reply
    if printed is not None and sys.stdout is not sys.__stdout__:
        sys.stdout.write(printed)  # the tests capture what is printed
    if status == "uncrossable":
        raise Uncrossable(_message(reply[0]))
    *reply, news = reply
    if news is not None:
        _share(things, news[0])
    if status == "raised":
        error = _exception(reply[0])
        _hear(news)
        if (operation, type(error)) not in _ANSWERS:
            swallowed.watch(error)
        raise error
    place = _place(operation, positional, origin)
    value = _taken(*reply, _take_attribute(positional[0]) if operation == "getattr" else _take, place)
    _hear(news)
    return value, packed, reply


def _share(things, bound):
    """Share those of the things that were handed over which the candidate changed or keeps."""
    try:
        for place, number in bound:
            _shared.note(_shared.hold(things[place], number))
    except Exception as error:
        raise Uncrossable(f"what came are not the arguments: {error}") from None


def _hear(news):
    """Let the tests see what the candidate did to what is shared, and what it no longer holds."""
    if news is None:
        return
    _, released, changes = news
    if changes is not None:
        try:
            _shared.change(_taken(*changes, place="shared"))
        except Exception as error:
            raise Uncrossable(f"what came is not what has changed: {error}") from None
    for number in released:
        _shared.drop(number)


# Where Python's protocols ask for an exception, it is an answer and may be swallowed.
_ANSWERS = {
    ("__next__", StopIteration),
    ("__getitem__", IndexError),
    ("getattr", AttributeError),
    ("__len__", TypeError),
}


def _taken(tag, payload, take=None, place=""):
    """The value that came from the candidate's cell, from a place that `_place` named."""
    global _from
    try:
        _from = _inside(place) if wire.is_container(tag, payload) else place
        return wire.unpack(tag, payload, take or _take)
    except Exception as error:
        raise Uncrossable(f"what came is not a value: {error}") from None


def _exception(description):
    global _from
    _from = "raise"
    try:
        return again(description, _class_of_exception, _take)
    except Exception as error:
        raise Uncrossable(f"what came is not an exception: {error}") from None


def _message(description):
    return description[2]


def _held(value):
    """The number of what stands for a thing of the candidate's, None for all else."""
    cls = type(value)
    if StandIn in cls.__mro__:
        return _number.__get__(value)
    return _class_numbers.get(value) if cls is type else _value_numbers.get(id(value))


_handles = {}
_handle_classes = {}
_value_numbers = {}
_exception_classes = {}
_class_numbers = {}
_own_classes = {}
# The containers that both cells hold.
_shared = shared.Shared(-1)

# Where things are an answer, since the reference solution gives some there; everywhere, if that is None. Where things
# were given; and where the answer comes from that is just taken.
_allowed = None
_things_given = set()
_from = ""
# By which operators the candidate computes with things. It hears of the other operand then, which may be what is expected:
# so it is the reference solution, or only where that gives things, too, and by those operators with which it is computed.
_computed = {*()}
# What is noted of that: `__radd__` is asked where another class would be asked for `__add__`.
_COMPUTING = {name: f"({name})" for name in (*wire.COMPUTED, *wire.UNARY)}
_COMPUTING.update(
    {other: f"({name})" for others in (wire.REFLECTED, wire.IN_PLACE) for other in others for name in wire.COMPUTED
     if other[3:] == name[2:]}
)  # fmt: skip
# What things said of themselves that only answer: number and operation.
_looked_at = {}


def things_given():
    """Where things were given, and by which operators they were computed with, sorted; None if that is too much."""
    return sorted(_things_given) if len(_things_given) <= MOST_PLACES else None


def _is_thing():
    """Whether what comes may be a thing. It is noted that one came."""
    _things_given.add(_from)
    return _allowed is None or _from in _allowed


def forget():
    """Forget everything of the candidate's cell."""
    global _allowed, _computed
    for own in _own_classes.values():
        known.no_more(own)
    for known_things in (
        _handles, _handle_classes, _value_numbers, _exception_classes, _class_numbers, _own_classes, _things_given,
        _looked_at,
    ):  # fmt: skip
        known_things.clear()
    _shared.forget()
    Uncrossable.first = None
    _allowed, _computed = None, {*()}
    swallowed.forget()


def _take(kind, *rest):
    if kind == "shared":
        return _shared.take(*rest)
    if kind == "kind":
        return _kind(rest[0], _content(rest[1]))
    if kind == "handle":
        return _handle(*rest)
    if kind == "derived":
        return _derived(*rest)
    if kind in ("known", "exception") and not _is_thing():
        return _NoData()
    if kind == "known":
        cls = known.named(rest[0], only_classes=True)
        return _own_class(cls) if cls in _CATCH_TOO_MUCH else cls
    if kind == "exception":
        return _exception_class(*rest)
    raise wire.CanNotCross(kind)


class _NoData:
    """A class where only data is an answer."""


# What the tests' own assertions raise, and what catches that.
_CATCH_TOO_MUCH = (AssertionError, Exception, BaseException)


def _take_attribute(name):
    """As `_take`, for an attribute of that name. If the tests catch exceptions by it and it is one of the library's, they
    mean the candidate's exceptions: what their own lines raise, of that class too, is not to be caught by it."""

    def take(kind, *rest):
        value = _take(kind, *rest)
        is_exception = kind == "known" and isinstance(value, type) and issubclass(value, BaseException)
        return _own_class(value) if is_exception and skipped.is_caught(name) else value

    return take


def _take_named(kind, *rest):
    """As `_take_attribute`, for what the tests use by a name of the candidate's: that is no answer, but what answers."""
    if kind == "handle":
        return _handle(*rest, named=True)
    if kind == "derived" and "__call__" in rest[2]:
        return _derived(*rest, named=True)
    if kind == "exception":
        return _exception_class(*rest)
    if kind == "known":
        cls = known.named(rest[0], only_classes=True)
        return _own_class(cls) if issubclass(cls, BaseException) else cls
    return _take(kind, *rest)


def _own_class(cls):
    """A class like a library's exception, of which only the candidate raises any."""
    if cls not in _own_classes and cls not in _own_classes.values():
        own = type(cls.__name__, (cls,), {"__module__": cls.__module__, "__doc__": cls.__doc__})
        known.also(own, cls)
        _own_classes[cls] = own
    return _own_classes.get(cls, cls)


def _class_of_exception(number, name, base, bases):
    """The class that an exception of the candidate's has here."""
    return _own_classes.get(base, base) if base.__name__ == name else _exception_class(number, name, bases)


def _handle(number, type_name, abilities, named=False):
    is_answer = not named and not _is_thing()
    if (number, is_answer) not in _handles:
        key = (type_name, is_answer, *abilities)
        if key not in _handle_classes:
            _handle_classes[key] = _class_of_handle(*key)
        _handles[number, is_answer] = make(number, _handle_classes[key], _from)
    return _handles[number, is_answer]


def _class_of_handle(type_name, is_answer, *abilities):
    base = Answer if is_answer else Callable if "__call__" in abilities else StandIn
    members = _of_answer({*abilities} & _OF_ANSWERS) if is_answer else _forwarders(_forwarded(abilities), _use)
    return type(type_name, (base,), {"__slots__": (), **members})


def _of_answer(abilities):
    """Special methods of a thing where only data is an answer. Data does not change and does not contradict itself: what is
    asked is asked once, and what can be gone through has the length, and is as true, as what comes of that."""
    members = {name: _look_once(name) for name in abilities - {"__getitem__", "__next__"}}
    if "__getitem__" in abilities:
        members["__getitem__"] = lambda self, key: _use(self, "__getitem__", (key,))
    if "__next__" in abilities:
        # What goes forward only is nothing else.
        for name in ("__len__", "__getitem__", "__reversed__"):
            members.pop(name, None)
        return {**members, "__next__": lambda self: _use(self, "__next__"), "__iter__": lambda self: self}
    if "__iter__" in abilities or "__getitem__" in abilities:
        look = _by_iteration if "__iter__" in abilities else _by_index

        def items(self):
            return _again(_looked(self, "items", look))

        members["__iter__"] = items
        if "__len__" in abilities:
            members["__len__"] = lambda self: len([*items(self)])
            members["__bool__"] = lambda self: len(self) > 0
        if "__reversed__" in abilities:
            members["__reversed__"] = lambda self: reversed([*items(self)])
    return members


def _look_once(operation):
    return lambda self: _looked(self, operation, lambda self: _use(self, operation))


def _looked(stand_in, what, look):
    key = _number.__get__(stand_in), what
    if key not in _looked_at:
        _looked_at[key] = look(stand_in)
    return _looked_at[key]


def _by_iteration(stand_in):
    return [], _use(stand_in, "__iter__")


def _by_index(stand_in):
    def items():
        place = 0
        while True:
            try:
                item = _use(stand_in, "__getitem__", (place,))
            except IndexError:
                return
            yield item
            place += 1

    return [], items()


def _again(items):
    """Goes through items that may have been gone through before."""
    known, others = items
    place = 0
    while True:
        if place == len(known):
            try:
                known.append(next(others))
            except StopIteration:
                return
        yield known[place]
        place += 1


def _forwarded(names):
    """Which of the names are those of special methods that ask the candidate's cell."""
    return {*names} & (_NEVER_COMPUTED | _computed)


_NEVER_COMPUTED = {*wire.FORWARDED} - {*wire.ARITHMETIC}


def _forwarders(special, use, base=None):
    """Special methods of a class that ask the candidate's cell; what was made here has those of its base."""

    def forward(operation):
        def ask(self, *positional, **keywords):
            if base is not None and not _is_value(self):
                on_data = getattr(base, operation, None)
                return NotImplemented if on_data is None else on_data(self, *positional, **keywords)
            return use(self, operation, positional, keywords)

        return ask

    def leave(self, kind, error, traceback):
        return _leave(use, self, kind, error, traceback)

    return {name: leave if name == "__exit__" else forward(name) for name in special}


def _content(make):
    """The data that something is, which `make` makes: what is in it comes from inside of that."""
    global _from
    place = _from
    _from = _inside(place)
    data = make()
    _from = place
    return data


def _kind(type_name, data, number=None):
    """What is a kind of `data`, and nothing but data here."""
    key = (type_name, type(data))
    if key not in _handle_classes:
        _handle_classes[key] = derived.kind_class(type_name, type(data))
    value = derived.made(_handle_classes[key], data)
    if number is not None and type(data) in shared.KINDS and not _shared.has(shared.MADE_FROM + number):
        _shared.note(_shared.hold(value, shared.MADE_FROM + number))
    return value


def _derived(number, type_name, names, make_data, named=False):
    """What is a kind of `data` with behaviour of its own: the special methods among the names, and the others instead of
    what the data has by these names."""
    is_kind = not named and not _is_thing()
    data = _content(make_data)
    if (number, is_kind) in _handles:
        return _handles[number, is_kind]
    if is_kind:
        value = _kind(type_name, data, number)
    else:
        base, special = type(data), _forwarded(names)
        key = (type_name, base, *names)
        if derived.is_stood_for(base):
            if key not in _handle_classes:
                stand_in = Callable if "__call__" in special else StandIn
                forwarders = _forwarders({*special, *derived.OF_CONTAINERS}, _use)
                _handle_classes[key] = derived.container_class(type_name, base, stand_in, _use, forwarders)
            value = make(number, _handle_classes[key])
        elif derived.is_base(base):
            if key not in _handle_classes:
                forwarders = _forwarders(special, _use_value, base)
                _handle_classes[key] = derived.value_class(
                    type_name, base, _use_value, _is_value, {*names} - {*wire.FORWARDED}, forwarders
                )
            value = derived.made(_handle_classes[key], data)
            _value_numbers[id(value)] = number
            if base in shared.KINDS:
                _shared.drop(shared.MADE_FROM + number)  # where it was a kind only, it is a copy from now on
                _shared.note(_shared.hold(value, shared.MADE_FROM + number))
        else:
            raise wire.CanNotCross(f"nothing is made from a {base.__name__}")
    if not is_kind or not derived.is_stood_for(type(data)):
        _handles[number, is_kind] = value
    return value


def _leave(use, self, kind, error, traceback):
    """A context manager of the candidate's hears of the class of what was raised. What the tests' own assertions raise is
    not for it to swallow, nor what may keep one of them from being reached; and what the candidate raised is not seen by
    anybody where it does."""
    if isinstance(error, AssertionError):
        return False
    swallows = use(self, "__exit__", (kind, None, None))
    if error is None or not swallows:
        return swallows
    if swallowed.is_watched(error):
        swallowed.still_unseen(error)
        return swallows
    return swallows if skipped.may_swallow(traceback) else False


def _exception_class(number, name, bases):
    """A class of the candidate's own that tests can catch and raise."""
    key = (number, name, bases)
    if key not in _exception_classes:
        parents = [
            _exception_class(*base) if type(base) is tuple else _builtin_exception(base) for base in bases
        ] or [Exception]
        try:
            cls = type(name, (*parents,), {"__str__": _text_of_exception})
        except TypeError:  # no classes that Python makes one of
            cls = type(name, (parents[0],), {"__str__": _text_of_exception})
        _exception_classes[key] = cls
        if number >= 0:
            _class_numbers[cls] = number
    return _exception_classes[key]


def _builtin_exception(name):
    cls = wire.EXCEPTIONS.get(name, Exception)
    return _own_classes.get(cls, cls)


def _text_of_exception(error):
    text = text_of(error)
    return BaseException.__str__(error) if text is None else text


def _class_of(stand_in):
    """What `isinstance` shall take the stand-in for: the library's class where its thing is of one."""
    if derived.BASE in type(stand_in).__dict__:
        return type(stand_in).__dict__[derived.BASE]
    name = _use(stand_in, "class")
    if name == "builtins.type":
        return type
    return known.KINDS.get(name, type(stand_in)) if type(name) is str else type(stand_in)


def outcome(tests, answers):
    """Run tests: None, or the exception of the tests' or the candidate's that they end with. `answers` says what counts as
    one besides data: True is everything, with which the candidate's cell may compute, as with the reference solution; None
    is everything, without that, where nobody knows; a list is what `things_given` returned for the reference solution."""
    global _allowed, _computed
    _allowed, _computed = None, {*()}
    if type(answers) is list:
        _allowed = {*answers}
        _computed = {name for name, noted in _COMPUTING.items() if noted in _allowed}
    elif answers:
        _computed = {*wire.ARITHMETIC}
    try:
        tests()
    except BaseException as error:
        return Uncrossable.first or error
    return Uncrossable.first or swallowed.first_unseen()


def description_of(error):
    """The description of an exception that came from the candidate's cell, of any other a new one."""
    described = getattr(error, "_karat_described", None)
    return describe(error) if described is None else described
