"""A cell that runs a whole program, as `python3 program.py` would, and one that decides about its output."""

import atexit
import gc
import io
import sys
from types import ModuleType

from . import environment, preludes, threads
from .candidate import code_of
from .raised import TESTS, describe


def stdio(program, prelude):
    """Run a program as `__main__`, with standard input and output that the host gives and takes: `("ended",)`,
    `("exited", status)` after `sys.exit` and its like, `("syntax_error", description)` or
    `("raised", description)`."""
    try:
        code = code_of(program)
    except BaseException as error:
        return ("syntax_error", describe(error))
    main = sys.modules["__main__"] = ModuleType("__main__")
    namespace = main.__dict__
    namespace.update(preludes.namespace(prelude), __name__="__main__", __file__=_FILE)
    sys.argv[:] = [_FILE]
    environment.open_standard_input()
    if prelude:
        namespace.update(stdin=sys.stdin, stdout=sys.stdout)  # names that both preludes give
    outcome = _outcome(exec, code, namespace)
    for leave in (_finish_threads, _run_exit_functions, _write_out, _delete):
        late = _outcome(leave, namespace)
        if outcome == ("ended",):
            outcome = late
    return outcome


# Where it would be. There is no such file.
_FILE = "/program.py"


def _outcome(function, *arguments):
    try:
        function(*arguments)
    except SystemExit as error:
        if error.code is None:
            return ("exited", 0)
        return ("exited", int(error.code) & 0xFF if isinstance(error.code, int) else 1)
    except BaseException as error:
        return ("raised", describe(error))
    return ("ended",)


def _finish_threads(namespace):
    threads.finish()


def _run_exit_functions(namespace):
    atexit._run_exitfuncs()


def _write_out(namespace):
    """What the interpreter does when it goes down: write out what is still in buffers."""
    streams = [value for value in namespace.values() if isinstance(value, io.IOBase)]
    for stream in (*streams, sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
        try:
            if not stream.closed:
                stream.flush()
        except (AttributeError, ValueError, OSError):
            pass


def _delete(namespace):
    """Objects that do something when they go do so at the end, in the order of their names. To look for them is only
    worth its while where there is a class of that kind."""
    if any(
        isinstance(value, type) and value.__module__ == "__main__" and "__del__" in vars(value)
        for value in namespace.values()
    ):
        names = [name for name in namespace if name != "__builtins__"]
        for name in sorted(names, key=lambda name: not (name[:1] == "_" and name[:2] != "__")):
            namespace[name] = None
        gc.collect()
        _write_out({})


def check(source, input, expected, output):
    """Ask the problem set's own program about an output: `("passed",)`, `("wrong", why)` or
    `("failed", description)`. `input` is a text, or the list of arguments of a call."""
    namespace = {}
    try:
        exec(compile(source, TESTS, "exec", dont_inherit=True), namespace)
        answer = namespace["check"](input, expected, output)
    except BaseException as error:
        return ("failed", describe(error))
    if answer is True or answer is None:
        return ("passed",)
    return ("wrong", "" if answer is False else str(answer)[:500])
