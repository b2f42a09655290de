"""The cell of the tests: run them against a stand-in for the candidate, which lives in another cell."""

import builtins
import importlib
import sys
from types import CodeType

from . import wire
from .explain import explain
from .raised import TESTS, again, describe


class Unsealable(BaseException):
    """The tests hand the candidate something that can not cross between cells."""


def check(prompt, test, entry_point):
    """Run tests that define `check(candidate)`, the candidate being object number 0: `("passed",)`,
    `("failed", description, explanation)`, where the explanation is a dict, or `("unsealable", why)`.

    The prompt is executed here too where the tests use something of it, a helper or an import; what the candidate
    made of that stays in its own cell."""

    def tests():
        stand_in = StandIn(0)
        namespace = {}
        code = compile(test, TESTS, "exec", dont_inherit=True)
        if _may_use(code, prompt, entry_point):
            _execute(prompt, namespace)
        namespace[entry_point] = stand_in
        exec(code, namespace)
        namespace["check"](stand_in)

    return _outcome(tests, test)


def statements(prompt, setup, test, entry_point):
    """Run tests that are statements, with the names that they use of the candidate, whose namespace is object
    number 0. Replies as `check` does."""

    def tests():
        namespace = {}
        texts = ((setup, "<setup>"), (test, TESTS))
        codes = [compile(text, name, "exec", dont_inherit=True) for text, name in texts]
        names = set().union(*map(_names, codes))
        if _may_use(codes[1], prompt, entry_point):
            _execute(prompt, namespace)
        # A candidate that names a function after a builtin or a module must not thereby get into the tests' own
        # arithmetic, unless that function is what is tested.
        own = (names & sys.stdlib_module_names) - {entry_point}
        wanted = names - own - ({*dir(builtins)} - {entry_point})
        namespace.update({name: importlib.import_module(name) for name in own if name in sys.modules})
        namespace.update(_use(StandIn(0), "names", (sorted(wanted),)))
        for code in codes:
            exec(code, namespace)

    return _outcome(tests, test)


def _outcome(tests, test):
    try:
        tests()
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


class _Held:
    """What tests hold instead of something in the candidate's cell. Equal to itself only."""

    def __init__(self, number):
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "_answers", {})


class StandIn(_Held):
    """What tests hold instead of something that can be called."""

    def __call__(self, *positional, **keywords):
        return _use(self, "__call__", positional, keywords)

    def answered(self, positional, keywords):
        """The answer that the same call got before, for explanations."""
        return self._answers[wire.pack((positional, keywords), held=_number_of)]


def _use(stand_in, operation, positional=(), keywords={}):
    try:
        packed = wire.pack((positional, keywords), held=_number_of)
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


def _number_of(value):
    return value._number if isinstance(value, _Held) else None


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


def forget():
    """Forget all handles on things of the candidate's cell."""
    _handles.clear()
    _classes.clear()


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
    members["__setattr__"] = lambda self, name, value: _use(self, "setattr", (name, value))
    base = StandIn if "__call__" in abilities else _Held
    return type(str(type_name), (base,), members)
