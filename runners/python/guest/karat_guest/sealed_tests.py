"""The cell of the tests: run them against a stand-in for the candidate, which lives in another cell."""

import builtins
from types import CodeType

from . import wire
from .explain import explain
from .raised import TESTS, again, describe


class Unsealable(BaseException):
    """The tests hand the candidate something that can not cross between cells."""


def run(prompt, test, entry_point):
    """Run assertion tests: `("passed",)`, `("failed", description, explanation)`, where the explanation is a dict,
    or `("unsealable", why)`.

    The prompt is executed here too where the tests use something of it, a helper or an import; what the candidate
    made of that stays in its own cell."""
    stand_in = StandIn(0)
    namespace = {}
    try:
        code = compile(test, TESTS, "exec", dont_inherit=True)
        if _may_use(code, prompt, entry_point):
            _execute(prompt, namespace)
        namespace[entry_point] = stand_in
        exec(code, namespace)
        namespace["check"](stand_in)
    except Unsealable as error:
        return ("unsealable", str(error))
    except BaseException as error:
        description = getattr(error, "_karat_described", None)
        if description is not None:
            return ("failed", description, {})
        description = describe(error)
        # Said before explaining, so that it stands even if the explanation runs out of fuel or memory.
        wire.ask("failed", description)
        return ("failed", description, explain(error, test, StandIn))
    return ("passed",)


# With these a name can be used without being written down.
_INDIRECT = {"eval", "exec", "globals", "vars"}
_NEVER_OF_THE_PROMPT = {*dir(builtins), "check", "METADATA"} - _INDIRECT


def _may_use(code, prompt, entry_point):
    """Whether tests may use something of the prompt, the entry point aside. Most do not, and compiling it again
    takes about as long as running them."""
    names = _names(code) - _NEVER_OF_THE_PROMPT - {entry_point}
    return "import *" in prompt or not _INDIRECT.isdisjoint(names) or any(name in prompt for name in names)


def _names(code):
    names = {*code.co_names}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names


def _execute(prompt, namespace):
    try:
        exec(compile(prompt, "<prompt>", "exec", dont_inherit=True), namespace)
    except Exception:
        pass  # a prompt that is not a program by itself has no helpers to offer


class StandIn:
    """What tests hold instead of something in the candidate's cell. Equal to itself only."""

    def __init__(self, number):
        self._number = number
        self._answers = {}

    def __call__(self, *positional, **keywords):
        return _use(self, "__call__", positional, keywords)

    def answered(self, positional, keywords):
        """The answer that the same call got before, for explanations."""
        return self._answers[wire.pack((positional, keywords))]


def _use(stand_in, operation, positional=(), keywords={}):
    try:
        packed = wire.pack((positional, keywords))
    except (wire.CanNotCross, ValueError) as error:
        raise Unsealable(str(error)) from None
    status, *reply = wire.ask("use", stand_in._number, operation, *packed)
    if status == "raised":
        raise again(reply[0])
    tag, payload, changed = reply
    if changed is not None:
        _change(positional, keywords, *wire.unpack(*changed))
    value = wire.unpack(tag, payload, _take_handle)
    stand_in._answers[packed] = value
    return value


def _change(positional, keywords, positional_after, keywords_after):
    """Let the tests see what the candidate did to the arguments themselves."""
    pairs = [*zip(positional, positional_after), *((v, keywords_after.get(k)) for k, v in keywords.items())]
    for before, after in pairs:
        if type(before) is not type(after) or before == after:
            continue
        if isinstance(before, (list, bytearray)):
            before[:] = after
        elif isinstance(before, (dict, set)):
            before.clear()
            before.update(after)


_handles = {}
_classes = {}


def _take_handle(number, type_name, abilities):
    if number not in _handles:
        key = (type_name, *abilities)
        if key not in _classes:
            _classes[key] = _class_of_handle(type_name, abilities)
        _handles[number] = _classes[key](number)
    return _handles[number]


def _class_of_handle(type_name, abilities):
    def forward(operation):
        return lambda self, *positional, **keywords: _use(self, operation, positional, keywords)

    members = {name: forward(name) for name in wire.FORWARDED if name in abilities and name != "__call__"}
    members["__getattr__"] = lambda self, name: _use(self, "getattr", (name,))
    base = StandIn if "__call__" in abilities else _Uncallable
    return type(str(type_name), (base,), members)


class _Uncallable:
    def __init__(self, number):
        self._number = number
        self._answers = {}
