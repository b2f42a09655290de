"""The cell of the tests: run them against a stand-in for the candidate, which lives in another cell."""

import builtins
import importlib
import opcode
import sys
from types import CodeType

from . import skipped, stand_in, wire
from .explain import explain
from .raised import TESTS


def check(prompt, test, entry_point, answers):
    """Run tests that define `check(candidate)`, the candidate being object number 0: `("passed", places where it gave
    something else than data)`, which are None where they are too many, or `("failed", description, explanation)`, where the
    explanation is a dict. What counts as an answer is said by `answers`, as `stand_in.outcome` takes it.

    The prompt is executed here too where the tests use something of it, a helper or an import; what the candidate
    made of that stays in its own cell."""

    def tests():
        candidate = stand_in.make(0)
        namespace = {}
        code = compile(test, TESTS, "exec", dont_inherit=True)
        if _may_use(code, prompt, entry_point):
            _execute(prompt, namespace)
        namespace[entry_point] = candidate
        exec(code, namespace)
        namespace["check"](candidate)

    return _outcome(tests, test, "", answers)


def statements(prompt, setup, test, entry_point, answers):
    """Run tests that are statements, with the names that they use of the candidate, whose namespace is object
    number 0. Replies as `check` does."""

    def tests():
        namespace = {}
        texts = ((setup, "<setup>"), (test, TESTS))
        codes = [compile(text, name, "exec", dont_inherit=True) for text, name in texts]
        if _may_use(codes[1], prompt, entry_point):
            _execute(prompt, namespace)
        names = set().union(*map(_names, codes)).difference(*map(_bound, codes))
        # A candidate that names a function after a builtin or a module must not thereby get into the tests' own
        # arithmetic, unless that function is what is tested.
        own = (names & sys.stdlib_module_names) - {entry_point}
        namespace.update({name: importlib.import_module(name) for name in own if name in sys.modules})
        wanted = names - own - (_BUILTIN - {entry_point})
        namespace.update(stand_in.names(sorted(name for name in wanted if not name.startswith("__"))))
        for code in codes:
            exec(code, namespace)

    return _outcome(tests, test, setup, answers)


def _outcome(tests, test, setup, answers):
    skipped.read(test, setup)
    error = stand_in.outcome(tests, answers)
    if error is None:
        return ("passed", stand_in.things_given())
    description = stand_in.description_of(error)
    if not isinstance(error, AssertionError) or hasattr(error, "_karat_described"):
        return ("failed", description, {})
    # Said before explaining, so that it stands even if the explanation runs out of fuel or memory.
    wire.ask("failed", description)
    return ("failed", description, explain(error, test))


_BUILTIN = {*dir(builtins)}
# With these a name can be used without being written down.
_INDIRECT = {"eval", "exec", "globals", "vars"}
_NEVER_OF_THE_PROMPT = {*_BUILTIN, "check", "METADATA"} - _INDIRECT


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


_STORES = {opcode.opmap["STORE_NAME"], opcode.opmap["STORE_GLOBAL"]}


def _bound(code, stores=_STORES):
    """The names that a module binds itself, or lets its functions bind."""
    names, extended = set(), 0
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _bound(constant, {opcode.opmap["STORE_GLOBAL"]})
    instructions = code.co_code
    for operation, argument in zip(instructions[::2], instructions[1::2]):
        argument |= extended << 8
        if operation in stores:
            names.add(code.co_names[argument])
        extended = argument if operation == opcode.EXTENDED_ARG else 0
    return names


def _execute(prompt, namespace):
    try:
        exec(compile(prompt, "<prompt>", "exec", dont_inherit=True), namespace)
    except Exception:
        pass  # a prompt that is not a program by itself has no helpers to offer
