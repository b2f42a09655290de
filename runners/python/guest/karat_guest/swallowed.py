"""Exceptions of the candidate's that nobody saw.

Python's own protocols take some exceptions for an answer: `StopIteration` ends a `map`, `AttributeError` makes
`hasattr` false. A candidate that raises one while it should compute would end the tests early instead of failing
them. Classes stay what they are, so that tests can look for them; whether one was swallowed is found out by watching
where it ends: a handler in the tests has seen it, the interpreter's C code has not.
"""

import asyncio
import concurrent.futures
import contextlib
import opcode
import unittest
from sys import monitoring

from .raised import TESTS

_TOOL = 3  # one of the numbers that no kind of tool has a claim on
_unseen = {}
_watching = False


def watch(error):
    """From now on, `first_unseen` knows of `error`, which is about to be raised."""
    global _watching
    if not _watching:
        _watching = True
        monitoring.use_tool_id(_TOOL, "karat")
        events = monitoring.events
        monitoring.register_callback(_TOOL, events.EXCEPTION_HANDLED, _seen)
        monitoring.register_callback(_TOOL, events.RAISE, _raised)
        monitoring.register_callback(_TOOL, events.RERAISE, _raised)
        monitoring.set_events(_TOOL, events.EXCEPTION_HANDLED | events.RAISE | events.RERAISE)
    error._karat_watched = True
    _unseen[id(error)] = error


def is_watched(error):
    """Whether `error` was raised by the candidate. Asked of the class that Python made, not of the exception."""
    return "_karat_watched" in getattr(error, "__dict__", ())


def still_unseen(error):
    """Whoever handled `error`, which is watched, was the candidate."""
    _unseen[id(error)] = error


def first_unseen():
    """The first exception that was watched and that nobody saw, or None."""
    return next(iter(_unseen.values()), None)


def forget():
    """Back to the state before the first `watch`."""
    global _watching
    if _watching:
        monitoring.free_tool_id(_TOOL)
        _watching = False
    _unseen.clear()


def _seen(code, offset, error):
    if code.co_filename in _WHO_SEES and code.co_code[offset] not in _PROTOCOLS:
        _unseen.pop(id(error), None)


# The texts of the tests, and what of the library catches exceptions to show them to somebody. Other handlers there
# take them for an answer, as `Mapping.get` does with a `KeyError`.
_WHO_SEES = {TESTS, "<setup>", "<prompt>"} | {
    function.__code__.co_filename
    for function in (
        unittest.TestCase.assertRaises,
        contextlib.suppress.__exit__,
        concurrent.futures.Future.result,
        asyncio.run,
        asyncio.BaseEventLoop.run_until_complete,
    )
}
# Handlers that the compiler makes: of `async for` and `await`, and around every generator and coroutine, where it makes
# a `RuntimeError` of a `StopIteration`.
_PROTOCOLS = {opcode.opmap[name] for name in ("END_ASYNC_FOR", "CLEANUP_THROW", "CALL_INTRINSIC_1")}


def _raised(code, offset, error):
    # Raised once more after it was seen.
    if is_watched(error):
        _unseen[id(error)] = error
